package sqlfacts_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
	"github.com/jackc/pgx/v5/pgconn"
)

// masked are the columns of the corpus that are classified.
var masked = []string{"public.customers.ssn", "public.cards.pan", "public.customers.email", "public.baits.tags", "public.baits.raw"}

// analystVerbs are what the corpus's analyst may do on public.*.
var analystVerbs = []string{schema.VerbSelect, schema.VerbInsert, schema.VerbUpdate, schema.VerbDelete}

func touchesClass(columns []string) bool {
	return slices.ContainsFunc(columns, func(c string) bool { return c == schema.Everything || slices.Contains(masked, c) })
}

// refusedFor says why an analyst under a mask that denies predicates may not run the statement; empty when it may.
func refusedFor(st *sqlfacts.Statement) string {
	for _, acc := range st.Accesses {
		schemaName, _, _ := strings.Cut(acc.Object, ".")
		if !acc.Harmless && !(schemaName == "public" && slices.Contains(analystVerbs, acc.Verb)) {
			return "no rule for " + acc.Verb + " " + acc.Object + " " + st.SQL.OpaqueReason
		}
	}
	for _, u := range st.Uses {
		if touchesClass(u.Columns) {
			return "a class in a forbidden place"
		}
	}
	for _, o := range st.Outputs {
		if touchesClass(o.Columns) && o.Origin == schema.OriginUnsafe {
			return "a class in an unsafe output"
		}
	}
	return ""
}

// maskedOutputs are the names of the outputs that a mask hides.
func maskedOutputs(st *sqlfacts.Statement) []string {
	names := []string{}
	for _, o := range st.Outputs {
		if touchesClass(o.Columns) {
			names = append(names, o.Name)
		}
	}
	return names
}

// verdict is what an analyst sees of a text: "denied", or the masked outputs of its statements.
func verdict(s *sqlfacts.Session, text string) (string, []sqlfacts.Statement) {
	sts := sqlfacts.Classify(text, s)
	var names []string
	for i := range sts {
		if refusedFor(&sts[i]) != "" {
			return "denied", sts
		}
		names = append(names, maskedOutputs(&sts[i])...)
	}
	return "masks " + strings.Join(names, ","), sts
}

type corpusCase struct {
	name       string
	statements []string
}

func readCorpus(t testing.TB, file string) []corpusCase {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []corpusCase
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "-- name: "); ok {
			cases = append(cases, corpusCase{name: name})
		} else if line != "" {
			c := &cases[len(cases)-1]
			c.statements = append(c.statements, line)
		}
	}
	if len(cases) == 0 {
		t.Fatal("the corpus is empty")
	}
	return cases
}

// client runs the statements of a case on one connection, as the wire would.
type client struct {
	session sqlfacts.Session
	known   map[string]*sqlfacts.Statement
}

func newClient(c *schema.Catalog) *client {
	cl := &client{known: map[string]*sqlfacts.Statement{}}
	find := func(name string) *sqlfacts.Statement { return cl.known[name] }
	cl.session = sqlfacts.Session{Catalog: c, SearchPath: c.SearchPath, Prepared: find, Cursor: find}
	return cl
}

func (c *client) send(text string) []sqlfacts.Statement {
	sts := sqlfacts.Classify(text, &c.session)
	for _, st := range sts {
		if st.Effect.Kind == sqlfacts.EffectPrepare || st.Effect.Kind == sqlfacts.EffectDeclare {
			c.known[st.Effect.Name] = st.Effect.Inner
		}
	}
	return sts
}

// leakVerdicts says what must become of each leaks case: the outputs that a mask hides, or denied.
var leakVerdicts = map[string]string{
	"alias": "customer_number", "star": "email,ssn", "concat": "?column?", "substring": "substring,substring", "subquery": "x",
	"scalar-subquery": "ssn", "cte": "t", "recursive-cte": "s", "union-second-arm": "?column?", "whole-row": "c",
	"row-to-json": "row_to_json", "jsonb-agg": "jsonb_agg", "array-agg": "array_agg", "view": "tax_no", "nested-view": "t",
	"matview": "ssn", "returning": "ssn", "copy-out": "email,ssn", "copy-query-out": "ssn", "cursor": "ssn", "binary-cursor": "ssn",
	"sql-prepare": "ssn", "case-null-oracle": "case", "comment-hidden": "ssn", "unicode-identifier": "ssn", "multi-statement": "ssn",
	"lateral": "x", "check-detail": "", "not-null-detail": "",
}

func TestLeaks(t *testing.T) {
	catalog := fetch(t, startServer(t))
	for _, c := range readCorpus(t, "testdata/leaks.sql") {
		t.Run(c.name, func(t *testing.T) {
			cl := newClient(catalog)
			var got []string
			refusal := ""
			for _, text := range c.statements {
				for _, st := range cl.send(text) {
					if refusal == "" {
						refusal = refusedFor(&st)
					}
					got = append(got, maskedOutputs(&st)...)
				}
			}
			want, mayPass := leakVerdicts[c.name]
			switch {
			case !mayPass && refusal == "":
				t.Errorf("passes, masking %q", got)
			case mayPass && refusal != "":
				t.Errorf("refused: %s", refusal)
			case mayPass && strings.Join(got, ",") != want:
				t.Errorf("masks %q, want %q", got, want)
			}
		})
	}
}

func TestWorks(t *testing.T) {
	catalog := fetch(t, startServer(t))
	for _, c := range readCorpus(t, "testdata/works.sql") {
		t.Run(c.name, func(t *testing.T) {
			cl := newClient(catalog)
			for _, text := range c.statements {
				for _, st := range cl.send(text) {
					if reason := refusedFor(&st); reason != "" {
						t.Errorf("%s: refused: %s %+v %+v", text, reason, st.Uses, st.Outputs)
					}
					if names := maskedOutputs(&st); len(names) > 0 && c.name != "masked-column-keeps-row" {
						t.Errorf("%s: masks %q", text, names)
					}
				}
			}
		})
	}
}

// TestAnalyst: what analysts ask day by day passes beside masked columns, and the server understands it.
func TestAnalyst(t *testing.T) {
	server := startServer(t)
	cl := newClient(fetch(t, server))
	conn, err := pgconn.Connect(t.Context(), server.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, c := range readCorpus(t, "testdata/analyst.sql") {
		t.Run(c.name, func(t *testing.T) {
			for _, text := range c.statements {
				for _, st := range cl.send(text) {
					if reason := refusedFor(&st); reason != "" {
						t.Errorf("%s: refused: %s %+v %+v", text, reason, st.Uses, st.Outputs)
					}
				}
				if _, err := conn.Prepare(t.Context(), "", text, nil); err != nil {
					t.Errorf("%s: %v", text, err)
				}
			}
		})
	}
}
