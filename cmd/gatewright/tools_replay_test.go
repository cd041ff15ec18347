package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/pgserver"
	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"
)

// sent is one statement that a tool sent.
type sent struct {
	line int
	text string
	// extended is set for one that was sent with Parse, Bind and Execute, with its parameters as text.
	extended   bool
	parameters []*string
	// fails is set for one that the database refuses.
	fails bool
	// volatile is set when what it answers with changes from one moment or database to another.
	volatile bool
}

// recording is what one tool sent, by session. See testdata/tools/README.md.
type recording struct {
	// rules is the name of the documented rules by which it runs.
	rules    string
	sessions [][]sent
}

func readRecording(t *testing.T, file string) recording {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var r recording
	var current *sent
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		switch word, rest, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "-- ")), " "); {
		case strings.HasPrefix(line, "-- rules "):
			r.rules = rest
		case line == "-- session\n":
			r.sessions, current = append(r.sessions, nil), nil
		case len(r.sessions) == 0: // what the file is
		case strings.HasPrefix(line, "-- simple") || strings.HasPrefix(line, "-- extended"):
			last := &r.sessions[len(r.sessions)-1]
			*last = append(*last, sent{line: number, extended: word == "extended"})
			current = &(*last)[len(*last)-1]
			rest, current.fails = strings.CutPrefix(rest, "fails")
			rest = strings.TrimSpace(rest)
			rest, current.volatile = strings.CutPrefix(rest, "volatile")
			if rest = strings.TrimSpace(rest); rest != "" {
				if err := json.Unmarshal([]byte(rest), &current.parameters); err != nil {
					t.Fatalf("%s:%d: %v", file, number, err)
				}
			}
		case current != nil:
			current.text += line
		}
	}
	if len(r.sessions) == 0 {
		t.Fatalf("%s holds no session", file)
	}
	return r
}

// TestToolsReplayed sends what tools were seen to send, to the database and through a gateway with masks: all of it is
// let through, and answered alike but for masked columns.
func TestToolsReplayed(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(toolsDir, "*", "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	sheds := map[string]*toolshed{}
	for _, file := range files {
		r := readRecording(t, file)
		if sheds[r.rules] == nil {
			c := testbedConfig{policy: toolsPolicy, group: "analyst"}
			if r.rules != "" {
				c.policy, c.group = toolsPolicy+documented(t, r.rules), r.rules
			}
			sheds[r.rules] = startToolshed(t, c, true)
		}
		for _, extended := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/extended=%v", strings.TrimSuffix(filepath.Base(file), ".sql"), extended), func(t *testing.T) {
				sheds[r.rules].replay(t, file, r, extended)
			})
		}
	}
}

func (s *toolshed) replay(t *testing.T, file string, r recording, extended bool) {
	if r.rules != "" { // a migration cannot be done again
		s.reset(t)
	}
	for _, session := range r.sessions {
		direct, gated := connectPG(t, s.url()), connectPG(t, s.gw.url(t))
		oids := newOIDs(t, direct)
		for _, st := range session {
			text, parameters := oids.fill(t, st)
			want := askTool(t, direct, text, parameters, st.extended || extended)
			got := askTool(t, gated, text, parameters, st.extended || extended)
			if want.Code != "" && !st.fails {
				t.Errorf("%s:%d: %s: the database answers %s", filepath.Base(file), st.line, text, want.Code)
			}
			want.mask(oids)
			if st.volatile {
				want.forget()
				got.forget()
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s:%d: %s\n-direct +gateway:\n%s", filepath.Base(file), st.line, text, diff)
			}
		}
		_ = direct.Close(t.Context())
		_ = gated.Close(t.Context())
	}
}

// reset makes both databases anew.
func (s *toolshed) reset(t *testing.T) {
	t.Helper()
	for _, server := range []*pgserver.Server{s.direct, s.gated} {
		conn := connectPG(t, server.URL("postgres"))
		for _, sql := range []string{"DROP DATABASE " + toolsDatabase + " WITH (FORCE)", "CREATE DATABASE " + toolsDatabase + " TEMPLATE " + toolsTemplate} {
			if _, err := conn.Exec(t.Context(), sql).ReadAll(); err != nil {
				t.Fatal(err)
			}
		}
		_ = conn.Close(t.Context())
	}
}

func connectPG(t *testing.T, url string) *pgconn.PgConn {
	t.Helper()
	c, err := pgconn.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(t.Context()) })
	return c
}

// oids fills in the OIDs of a database's objects.
type oids struct {
	conn *pgconn.PgConn
	// personal are the OID of the table of masked columns, and those columns' numbers.
	table   uint32
	columns []uint16
}

func newOIDs(t *testing.T, conn *pgconn.PgConn) *oids {
	t.Helper()
	o := &oids{conn: conn, columns: []uint16{3, 4}}
	if _, err := fmt.Sscan(o.of(t, "regclass", "public.customers"), &o.table); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *oids) of(t *testing.T, kind, name string) string {
	t.Helper()
	r := o.conn.ExecParams(t.Context(), "SELECT $1::"+kind+"::oid::text", [][]byte{[]byte(name)}, nil, nil, nil).Read()
	if r.Err != nil || len(r.Rows) != 1 {
		t.Fatalf("the OID of %s %s: %v", kind, name, r.Err)
	}
	return string(r.Rows[0][0])
}

// place stands for an object's OID.
var place = regexp.MustCompile(`\{(reg[a-z]+) ([^{}]+)\}`)

func (o *oids) fill(t *testing.T, st sent) (string, [][]byte) {
	t.Helper()
	full := func(text string) string {
		return place.ReplaceAllStringFunc(text, func(m string) string {
			parts := place.FindStringSubmatch(m)
			return o.of(t, parts[1], parts[2])
		})
	}
	var parameters [][]byte
	for _, p := range st.parameters {
		if p == nil {
			parameters = append(parameters, nil)
			continue
		}
		parameters = append(parameters, []byte(full(*p)))
	}
	return full(strings.TrimSpace(st.text)), parameters
}

// replies is what came back for a statement.
type replies struct {
	Code    string
	Results []reply
}

type reply struct {
	Fields []pgconn.FieldDescription
	Rows   [][]string
	Tag    string
}

func askTool(t *testing.T, c *pgconn.PgConn, text string, parameters [][]byte, extended bool) *replies {
	t.Helper()
	var results []*pgconn.Result
	var err error
	if extended && (parameters != nil || !strings.Contains(text, ";")) {
		r := c.ExecParams(t.Context(), text, parameters, nil, nil, nil).Read()
		results, err = []*pgconn.Result{r}, r.Err
	} else {
		results, err = c.Exec(t.Context(), text).ReadAll()
	}
	a := &replies{}
	var refusal *pgconn.PgError
	if errors.As(err, &refusal) {
		a.Code = refusal.Code
		if refusal.Code == "42501" {
			a.Code += " " + refusal.Message
		}
	} else if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	for _, r := range results {
		one := reply{Fields: slices.Clone(r.FieldDescriptions), Tag: r.CommandTag.String()}
		for _, row := range r.Rows {
			var cells []string
			for _, cell := range row {
				value := string(cell)
				if cell == nil {
					value = "NULL"
				}
				cells = append(cells, value)
			}
			one.Rows = append(one.Rows, cells)
		}
		a.Results = append(a.Results, one)
	}
	return a
}

// mask puts in the place of personal values what the mask makes of them.
func (a *replies) mask(o *oids) {
	for _, r := range a.Results {
		for i, f := range r.Fields {
			if f.TableOID != o.table || !slices.Contains(o.columns, f.TableAttributeNumber) {
				continue
			}
			for _, row := range r.Rows {
				if row[i] != "NULL" {
					row[i] = "****"
				}
			}
		}
	}
}

// forget leaves of the rows only how many there are.
func (a *replies) forget() {
	for _, r := range a.Results {
		for i := range r.Rows {
			r.Rows[i] = nil
		}
	}
}
