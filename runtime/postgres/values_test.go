package postgres_test

import (
	"context"
	"encoding/hex"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/gatewright/gatewright/runtime/postgres"
	"github.com/gatewright/gatewright/schema"
)

func TestPrinted(t *testing.T) {
	for name, c := range map[string]struct {
		oid  uint32
		hex  string
		want string
	}{
		"int2":                  {21, "fffe", "-2"},
		"int4":                  {23, "0000002a", "42"},
		"int8":                  {20, "ffffffffffffffff", "-1"},
		"oid":                   {26, "ffffffff", "4294967295"},
		"bool":                  {16, "01", "true"},
		"float4":                {700, "3fc00000", "1.5"},
		"float8":                {701, "3ff8000000000000", "1.5"},
		"text":                  {25, "6f2762", "'o''b'"},
		"text, not UTF-8":       {25, "ff00", `'\xff00' (not UTF-8)`},
		"jsonb":                 {3802, "017b7d", "'{}'"},
		"uuid":                  {2950, "00112233445566778899aabbccddeeff", "'00112233-4455-6677-8899-aabbccddeeff'"},
		"date":                  {1082, "00000001", "'2000-01-02'"},
		"date, infinite":        {1082, "7fffffff", "'infinity'"},
		"timestamp":             {1114, "00000000000f4240", "'2000-01-01 00:00:01'"},
		"timestamptz, before":   {1184, "ffffffffffffffff", "'1999-12-31 23:59:59.999999+00'"},
		"timestamptz, infinite": {1184, "8000000000000000", "'-infinity'"},
		"numeric":               {1700, "0003000140000003" + "0001" + "0002" + "1388", "-10002.500"},
		"numeric, small":        {1700, "0001fffe00000006" + "0064", "0.000001"},
		"numeric, zero":         {1700, "0000000000000002", "0.00"},
		"numeric, not a number": {1700, "00000000c0000000", "'NaN'"},
		"numeric, too long":     {1700, "00017fff00000000" + "0001", `'\x00017fff000000000001' (binary, type with OID 1700)`},
		"numeric, cut off":      {1700, "0003000140000003", `'\x0003000140000003' (binary, type with OID 1700)`},
		"another type":          {1007, "00", `'\x00' (binary, type with OID 1007)`},
		"no type":               {0, "00", `'\x00' (binary, type not told)`},
		"a length that is off":  {23, "00", `'\x00' (binary, type with OID 23)`},
	} {
		t.Run(name, func(t *testing.T) {
			value, err := hex.DecodeString(c.hex)
			if err != nil {
				t.Fatal(err)
			}
			if got := postgres.Printed(&schema.Parameter{Binary: true, Value: value}, c.oid); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func FuzzBindValues(f *testing.F) {
	f.Add([]byte{0, 0, 0, 23}, []byte("\x00\x01\x00\x01\x00\x01\x00\x00\x00\x04\x00\x00\x00\x2a\x00\x00"))
	f.Add([]byte{}, []byte("\x00\x00\x00\x02\x00\x00\x00\x01a\xff\xff\xff\xff\x00\x01\x00\x01"))
	f.Fuzz(func(t *testing.T, types, body []byte) {
		shown, ok := postgres.BindValues(types, body)
		if !ok && shown != nil || len(shown) > len(body)/4 {
			t.Errorf("%v from %d bytes", shown, len(body))
		}
	})
}

// TestApproversSeeTheValues asks for approvals with values in every format that pgx sends.
func TestApproversSeeTheValues(t *testing.T) {
	g := start(t)
	args := []any{41, "o'clock", true, nil, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), pgtype.Numeric{Int: big.NewInt(1250), Exp: -2, Valid: true}, []byte{1, 2}}
	const sql = "SELECT note FROM later WHERE length(note) = $1::int AND note = $2 AND $3::bool AND note = $4::text AND now() > $5::timestamptz AND $6::numeric > 1 AND $7::bytea IS NULL"
	for name, c := range map[string]struct {
		mode pgx.QueryExecMode
		want []string
	}{
		"binary": {pgx.QueryExecModeDescribeExec, []string{"41", "'o''clock'", "true", "NULL", "'2026-01-02 03:04:05+00'", "12.50", `'\x0102' (binary, type with OID 17)`}},
		"cached": {pgx.QueryExecModeCacheStatement, []string{"41", "'o''clock'", "true", "NULL", "'2026-01-02 03:04:05+00'", "12.50", `'\x0102' (binary, type with OID 17)`}},
	} {
		t.Run(name, func(t *testing.T) {
			conn := g.connect(t, "dba")
			_, err := conn.Exec(t.Context(), sql, append([]any{c.mode}, args...)...)
			var e *pgconn.PgError
			if !errors.As(err, &e) || e.Code != "42501" || !strings.Contains(e.Message, "waiting for approval, ticket ") {
				t.Fatalf("got %v", err)
			}
			ticket, err := g.desk.Ticket(t.Context(), strings.TrimPrefix(e.Message, "waiting for approval, ticket "))
			if err != nil || ticket == nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, ticket.Parameters); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("too long to be seen", func(t *testing.T) {
		conn := g.connect(t, "dba")
		for _, n := range []int{70 << 10, 40 << 10} { // one is sent on piece by piece
			_, err := conn.Exec(t.Context(), "SELECT note FROM later WHERE note IN ($1, $2)", strings.Repeat("x", n), strings.Repeat("y", n))
			var e *pgconn.PgError
			if !errors.As(err, &e) || e.Code != "42501" || !strings.Contains(e.Message, "too many or too long") {
				t.Errorf("got %v", err)
			}
		}
	})
	for _, l := range g.lines(t) {
		if strings.Contains(l.Text, "clock") {
			t.Errorf("a bind value is in the log: %+v", l)
		}
	}
}

// TestPreparedIsOnRecord: nothing is read by the server before there is a line about it.
func TestPreparedIsOnRecord(t *testing.T) {
	g := start(t)
	p := g.enter(t, "dba")
	p.send(parse("a", "SELECT id FROM orders"), parse("b", approvable), syncing)
	p.until('Z')
	p.send(q("PREPARE c AS SELECT id FROM items"), q("PREPARE d AS "+unreadable), parse("e", unreadable), syncing)
	for range 3 {
		p.until('Z')
	}
	var got []string
	for _, l := range g.lines(t) {
		if l.Kind == "prepared" || l.Kind == "decision" {
			got = append(got, l.Kind+" "+l.Effect+" "+l.Text)
		}
	}
	want := []string{
		"prepared allow SELECT id FROM orders", "prepared approve SELECT note FROM later", "prepared allow PREPARE c AS SELECT id FROM items",
		"decision deny PREPARE d AS SELECT note FROM forbidden", "decision deny SELECT note FROM forbidden",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestMaskedCopyIsDenied: what is refused is on record as refused, with the mask that refused it.
func TestMaskedCopyIsDenied(t *testing.T) {
	g := start(t)
	conn := g.connect(t, "analyst")
	const mingled, foreign = "mask.cards: masked columns cannot leave by a COPY as text whose NULL may look like a value",
		"mask.cards: values to be masked cannot be found in what this COPY writes"
	tests := map[string]string{
		"COPY cards TO STDOUT (NULL '')":                                       mingled,
		`COPY (SELECT pan || 'x' FROM cards) TO STDOUT (NULL '\\')`:            mingled,
		"COPY orders TO STDOUT (ENCODING 'LATIN1')":                            foreign,
		"COPY orders TO STDOUT (FORMAT csv, QUOTE E'\n')":                      foreign,
		`COPY cards TO STDOUT (NULL '\')`:                                      foreign,
		"COPY (SELECT c FROM cards c) TO STDOUT (FORMAT csv, ENCODING 'SJIS')": foreign,
	}
	for sql, want := range tests {
		_, err := conn.Exec(context.Background(), sql)
		var e *pgconn.PgError
		if !errors.As(err, &e) || e.Code != "42501" || e.Message != want || e.Hint == "" {
			t.Errorf("%s: %v", sql, err)
		}
	}
	n := 0
	for _, l := range g.lines(t) {
		if l.Kind == "decision" {
			n++
			if l.Effect != "deny" || cmp.Diff([]string{"mask.cards"}, l.Rules) != "" {
				t.Errorf("%+v", l)
			}
		}
	}
	if n != len(tests) {
		t.Errorf("%d decisions", n)
	}
}

// TestSessionsHoldNoMoreThanTheyMay: names that are never closed are bounded.
func TestSessionsHoldNoMoreThanTheyMay(t *testing.T) {
	g := start(t)
	p := g.enter(t, "dba")
	long := "SELECT 1 /*" + strings.Repeat("x", 1000<<10) + "*/"
	last := ""
	for i := range 12 {
		p.send(parse("s"+string(rune('a'+i)), long), syncing)
		if last = p.until('Z'); last != "1 ZI" {
			break
		}
	}
	if last != "E(54000) ZI" {
		t.Errorf("got %s", last)
	}
	p.send(q("DEALLOCATE ALL"), parse("again", long), syncing)
	if got := p.until('Z') + " " + p.until('Z'); got != "C(DEALLOCATE ALL) ZI 1 ZI" {
		t.Errorf("got %s", got)
	}
}

// TestUnreadText: a text that passes unread may hold any number of statements.
func TestUnreadText(t *testing.T) {
	g := start(t, func(c *postgres.Config) { c.MaxStatement = 4 << 20 })
	p := g.enter(t, "dba")
	long := "/*" + strings.Repeat("x", 1<<20) + "*/"
	p.send(q("SELECT 1; " + long + " SELECT 2; COPY (SELECT 3) TO STDOUT; SELECT 4"))
	if got := p.until('Z'); got != "T D(1) C(SELECT 1) T D(2) C(SELECT 1) H d c C(COPY 1) T D(4) C(SELECT 1) ZI" {
		t.Errorf("got %s", got)
	}
	p.send(q("SELECT 1; " + long + failing))
	if got := p.until('Z'); got != "T D(1) C(SELECT 1) T E(22012) ZI" {
		t.Errorf("got %s", got)
	}
}

// TestDryRunPassesWhatIsNotRead: what the classifier would read otherwise than the server is refused, but not in dry run.
func TestDryRunPassesWhatIsNotRead(t *testing.T) {
	for _, dry := range []bool{false, true} {
		g := startWith(t, dry)
		p := g.enter(t, "dba")
		p.send(q("SET standard_conforming_strings = off"), q(`SELECT 'a\'b', 'c'; SELECT 2`)) // at once
		if got := p.until('Z'); got != "C(SET) ZI" {
			t.Errorf("dry run %v: got %s", dry, got)
		}
		want := "E(0A000) ZI"
		if dry {
			want = "N(22P06) T D(a'b,c) C(SELECT 1) T D(2) C(SELECT 1) ZI"
		}
		if got := p.until('Z'); got != want {
			t.Errorf("dry run %v: got %s, want %s", dry, got, want)
		}
		p.send(run(`SELECT 'a\'b'`), syncing)
		want = "E(0A000) ZI"
		if dry {
			want = "N(22P06) 1 2 D(a'b) C(SELECT 1) ZI"
		}
		if got := p.until('Z'); got != want {
			t.Errorf("dry run %v: got %s, want %s", dry, got, want)
		}
	}
	g := start(t)
	p := g.enter(t, "dba") // in one segment no ParameterStatus comes in between
	p.send(run("SET standard_conforming_strings = off"), run(`SELECT '\' || note || ' FROM forbidden --'`), syncing)
	if got := p.until('Z'); got != "1 2 C(SET) E(0A000) ZI" {
		t.Errorf("got %s", got)
	}
}

// TestLongValuesMeetNoMaskedColumn: a value near PostgreSQL's limit of 1 GB would tell how long a masked one is.
func TestLongValuesMeetNoMaskedColumn(t *testing.T) {
	g := start(t)
	conn := g.connect(t, "analyst")
	for _, sql := range []string{"SELECT left(pan || $1, 3) FROM cards WHERE id = 1", "SELECT pan FROM cards WHERE id = length($1)"} {
		_, err := conn.Exec(t.Context(), sql, strings.Repeat("x", 100<<10))
		var e *pgconn.PgError
		refused := errors.As(err, &e) && e.Code == "54000"
		if refused != strings.Contains(sql, "||") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}
