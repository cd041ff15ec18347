package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gatewright/gatewright/runtime/pgserver"
)

const worldRows = 12

// worldColumn is a column of the twins' tables: what it is called, where its values are, and whether it may be NULL.
type worldColumn struct {
	table, name string
	// kind is what the grammar takes it for.
	kind kind
	// baits are the values, as SQL; empty for those of plain columns, which are made from the row's number.
	baits  []string
	notNul bool
}

// Values of masked columns. Each twin takes some that the other does not, so that what works on one fails on the other:
// numbers and no numbers, empty arrays, invalid UTF-8, infinite dates, documents of every JSON type.
var (
	textBaits = quoted("123", "abc", "", "007-11-4242", `{"a": 1}`, "2020-01-01", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "%", `\`, "9",
		"A", "50000000000", "0", "(((", "<a>x</a>", "t", "-1", "x,y", "a b")
	shortBaits = quoted("1", "abc", "", "0071", "a  ", "Z", "zzzzzzzz", "%", `\`, "9", "A", "50000000", "0", "(((", "<a/>", "t", "-1", "x,y", "a b")
	intBaits   = strings.Fields("0 1 2 3 7 -1 2147483647 -2147483648 10 64 100 1000 4 5 6 8 9 11 12")
	numBaits   = strings.Fields("0 1 2.5 -3 7 100 200.25 9999999999 10 64 0.01 1000 4 5 6 8 9 150 -12")
	dateBaits  = quoted("2020-01-01", "1970-01-01", "infinity", "-infinity", "1999-12-31", "2000-02-29", "5874897-12-31", "4713-01-01 BC", "2026-01-01",
		"2026-01-02", "2026-01-03", "2026-01-04", "1900-01-01", "1850-05-05", "2100-01-01", "2024-02-29", "1980-08-08", "1981-08-08", "1982-08-08")
	timeBaits  = quoted("2020-01-01 10:00+00", "infinity", "-infinity", "1999-12-31 23:59:59+00", "2000-02-29", "2026-01-01", "1970-01-01")
	boolBaits  = strings.Fields("true false true true false false true")
	arrayBaits = quoted("{}", "{a}", "{a,b}", "{NULL}", "{{a,b},{c,d}}", "{1,2,3}", "[5:6]={x,y}", "{abc,abc}", "{%s}", "{a,b,c,d,e,f}", `{"x y"}`)
	listBaits  = quoted("{}", "{1}", "{1,2}", "{NULL}", "{{1,2},{3,4}}", "{5,6,7}", "{0}")
	jsonBaits  = quoted(`{"a": 1}`, `{"a": "x", "b": [1, 2]}`, `[]`, `[1, "a"]`, `null`, `"text"`, `12`, `{}`, `{"a": {"b": null}}`, `true`, `[[1], {"a": 2}]`)
	rowBaits   = quoted("(Main St,1)", "(,)", "(abc,)", "(,7)", "(123,99999)")
	byteBaits  = quoted(`\x`, `\xff`, `\x616263`, `\xc3a9`, `\xc3`, `\x00`, `\x3132`)
	moodBaits  = quoted("low", "calm", "high", "wild", "low", "wild", "calm")
	pointBaits = quoted("(0,0)", "(1,2)", "(-3,4)", "(100,1)", "(5,-5)", "(0.5,0.25)", "(3,3)")
	areaBaits  = quoted("((0,0),(1,1),(2,0))", "((5,5),(6,6),(7,5))", "((-1,-1),(0,9),(3,3),(4,0))", "((1,1))", "((0,0),(0,1))")
	rangeBaits = quoted("empty", "[1,5)", "(,)", "[3,)", "(,10)", "[7,8)", "[0,1)")
	inetBaits  = quoted("10.0.0.1", "10.1.0.0/16", "::1", "192.168.1.5/24", "fe80::/10", "127.0.0.1", "0.0.0.0/0")
	uuidBaits  = quoted("00000000-0000-0000-0000-000000000000", "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222",
		"33333333-3333-4333-8333-333333333333", "ffffffff-ffff-4fff-bfff-ffffffffffff")
	floatBaits = quoted("0", "1.5", "NaN", "Infinity", "-Infinity", "1e300", "-2", "1e-300", "0.5")
	bitBaits   = quoted("1", "0", "1010", "", "1111000011110000", "01")
)

func quoted(values ...string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = "'" + strings.ReplaceAll(v, "'", "''") + "'"
	}
	return out
}

// worldColumns are the columns that rows are put into, in the order of their tables.
var worldColumns = []worldColumn{
	{table: "cities", name: "name", kind: text}, {table: "cities", name: "people", kind: integer}, {table: "cities", name: "founded", kind: date},
	{table: "people", name: "id", kind: integer}, {table: "people", name: "name", kind: text}, {table: "people", name: "city", kind: text},
	{table: "people", name: "band", kind: integer}, {table: "people", name: "joined", kind: date}, {table: "people", name: "nick", kind: text},
	{"people", "ssn", text, textBaits, true}, {"people", "email", text, textBaits, false}, {"people", "salary", number, numBaits, false},
	{"people", "born", date, dateBaits, false}, {"people", "pin", integer, intBaits, true}, {"people", "tags", array, arrayBaits, false},
	{"people", "doc", document, jsonBaits, false}, {"people", "raw", plainJSON, jsonBaits, false}, {"people", "home", row, rowBaits, false},
	{"people", "grade", text, textBaits, false}, {"people", "secret", bytea, byteBaits, false}, {"people", "mood", other, moodBaits, true},
	{"people", "spot", point, pointBaits, false}, {"people", "area", other, areaBaits, false}, {"people", "span", span, rangeBaits, true},
	{"people", "ip", address, inetBaits, false}, {"people", "flag", boolean, boolBaits, true}, {"people", "seen", other, timeBaits, false},
	{"people", "badge", other, uuidBaits, false}, {"people", "ratio", other, floatBaits, false}, {"people", "fixed", text, shortBaits, true},
	{"people", "bits", other, bitBaits, true}, {"people", "free", text, textBaits, true}, {"people", "scores", other, listBaits, false},
	{"people", "worth", other, intBaits, true}, {"people", "pad", text, nil, true},
	{table: "accounts", name: "id", kind: integer}, {table: "accounts", name: "owner", kind: integer}, {table: "accounts", name: "kind", kind: text},
	{table: "accounts", name: "opened", kind: date}, {"accounts", "iban", text, textBaits, true}, {"accounts", "balance", number, numBaits, true},
	{"accounts", "memo", text, textBaits, false}, {"accounts", "pad", text, nil, true},
	{table: "payments", name: "id", kind: integer}, {table: "payments", name: "account", kind: integer}, {table: "payments", name: "cents", kind: integer},
	{"payments", "card", text, textBaits, true}, {"payments", "note", text, textBaits, false}, {table: "payments", name: "at", kind: date},
	{table: "assets", name: "id", kind: integer}, {table: "assets", name: "label", kind: text}, {"assets", "serial", text, textBaits, true},
	{table: "vehicles", name: "id", kind: integer}, {table: "vehicles", name: "label", kind: text}, {"vehicles", "serial", text, textBaits, true},
	{table: "vehicles", name: "wheels", kind: integer}, {"vehicles", "plate", text, textBaits, true},
	{table: "scratch", name: "id", kind: integer}, {table: "scratch", name: "word", kind: text}, {table: "scratch", name: "amount", kind: number},
	{table: "scratch", name: "day", kind: date}, {"scratch", "ssn", text, textBaits, true}, {"scratch", "pad", text, nil, true},
}

// world says which columns are masked: in all of them the twins differ, and in no others.
type world struct{ masked map[string]bool }

// newWorld masks every column that has baits, or those that are named.
func newWorld(only ...string) world {
	w := world{masked: map[string]bool{}}
	for _, c := range worldColumns {
		full := c.table + "." + c.name
		if c.name == "pad" || len(c.baits) > 0 && (len(only) == 0 || slices.Contains(only, full)) {
			w.masked[full] = true
		}
	}
	return w
}

// rows gives the INSERTs of one twin. Where a masked column is NULL is the same in all: a mask shows it.
func (w world) rows(twin int) string {
	var b strings.Builder
	for _, columns := range tablesOf(worldColumns) {
		var names []string
		for _, c := range columns {
			names = append(names, c.name)
		}
		for r := range worldRows {
			values := make([]string, len(columns))
			for i, c := range columns {
				values[i] = w.value(c, r, i, twin)
			}
			fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES (%s);\n", columns[0].table, strings.Join(names, ", "), strings.Join(values, ", "))
		}
	}
	return b.String()
}

func (w world) value(c worldColumn, r, column, twin int) string {
	switch {
	case c.name == "pad":
		return "''"
	case c.name == "id":
		return fmt.Sprint(r + 1)
	case c.name == "owner" || c.name == "account":
		return fmt.Sprint(1 + r*5%worldRows)
	case len(c.baits) > 0 && !c.notNul && (r+column)%5 == 0:
		return "NULL"
	case len(c.baits) > 0:
		if !w.masked[c.table+"."+c.name] {
			twin = 0
		}
		return c.baits[(r*3+column+twin*(len(c.baits)/2))%len(c.baits)]
	case c.kind == text:
		return fmt.Sprintf("'%c%d'", 'a'+rune(r*7%5), r)
	case c.kind == date:
		return fmt.Sprintf("date '2026-01-01' + %d", r*11%7)
	}
	return fmt.Sprint(r * 5 % 7)
}

// padding makes every row of a table that is written to equally long: the second round evens out what the first one has
// moved to a boundary. Then rows lie in the same pages in both twins, and so do those that writes leave behind.
func padding() string {
	var b strings.Builder
	for _, table := range []string{"people", "accounts", "scratch"} {
		for _, length := range []int{1200, 1220} {
			fmt.Fprintf(&b, "UPDATE %[1]s t SET pad = pad || repeat('x', %[2]d - pg_column_size(t));\n", table, length)
		}
		fmt.Fprintf(&b, "VACUUM FULL %s;\n", table)
	}
	return b.String()
}

// tablesOf groups columns by table, in order.
func tablesOf(columns []worldColumn) [][]worldColumn {
	var out [][]worldColumn
	for i, c := range columns {
		if i == 0 || columns[i-1].table != c.table {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], c)
	}
	return out
}

// policy masks every masked column wholly, and lets the caller read, write and define.
func (w world) policy() string {
	var list []string
	for full := range w.masked {
		list = append(list, fmt.Sprintf("%q", "public."+full))
	}
	slices.Sort(list)
	before, after, _ := strings.Cut(corpusPolicy, `class "ssn"`)
	_, after, _ = strings.Cut(after, "allow ")
	class := "class \"secret\" {\n  targets = [\"db\"]\n  columns = [" + strings.Join(list, ", ") + "]\n}\n\n"
	return strings.Replace(before+class+"allow "+after, `["ssn", "card", "email"]`, `["secret"]`, 1) + worldPower
}

// worldPower lets the caller try to define, to lock and to set, and to call what the database defines.
const worldPower = `
allow "power" {
  groups  = ["analyst"]
  targets = ["db"]
  postgres {
    verbs = ["create", "alter", "drop", "truncate", "lock", "maintain", "grant", "notify", "set"]
  }
}

allow "calls" {
  groups  = ["analyst"]
  targets = ["db"]
  postgres {
    verbs     = ["call"]
    functions = ["public.*"]
  }
}
`

// worldTables are what has statistics. The server's own catalogs have none, which would tell of each other.
const worldTables = "people, accounts, scratch, cities, payments, assets, vehicles, people_copy"

// The twins, and a double of each: what differs between a twin and its double does not come from a masked value.
const (
	first = iota
	second
	double
	otherDouble
	twinCount
)

// twinDatabase is the name of the one database of each server.
const twinDatabase = "twin"

func twinName(i int) string { return string("abcd"[i]) }

// startWorld makes the twins, each on a server of its own, and a gateway in front of each. The servers are copies of one
// that has no rows yet, and get them by the same steps, so that they are alike in all but the rows: in the numbers of
// objects, the order in which catalogs list them, and their names, which decide too where things come in a hash.
func startWorld(t *testing.T, w world) *twinned {
	t.Helper()
	tr := &twinned{empty: emptyWorld(t)}
	var makers sync.WaitGroup
	var failures [twinCount]error
	for i := range twinCount {
		makers.Go(func() {
			tr.servers[i], failures[i] = pgserver.Start(t.Context(), pgserver.Config{Settings: worldSettings(), From: tr.empty})
			if failures[i] != nil {
				return
			}
			t.Cleanup(func() { _ = tr.servers[i].Close() })
			_, failures[i] = tr.servers[i].PSQL(t.Context(), twinDatabase,
				w.rows(i%2)+padding()+"REFRESH MATERIALIZED VIEW people_copy;\nVACUUM ANALYZE "+worldTables+";")
		})
	}
	makers.Wait()
	if err := errors.Join(failures[:]...); err != nil {
		t.Fatal(err)
	}
	tr.evenlyPadded(t)
	tr.alike(t)
	tr.differ(t, w)
	for i := range twinCount {
		tr.direct[i] = dialDirect(t, tr.servers[i], twinDatabase)
		tr.gateways[i] = startTestbed(t, testbedConfig{server: tr.servers[i], database: twinDatabase, target: "db", policy: w.policy(), group: "analyst"})
	}
	return tr
}

// emptyWorld makes a server with the twins' structure, and stops it.
func emptyWorld(t *testing.T) *pgserver.Server {
	t.Helper()
	structure, err := os.ReadFile("testdata/noninterference/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	s, err := pgserver.Start(t.Context(), pgserver.Config{Settings: worldSettings()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for _, step := range [][2]string{{"postgres", "CREATE DATABASE " + twinDatabase}, {twinDatabase, string(structure)}} {
		if _, err := s.PSQL(t.Context(), step[0], step[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// askOwner gives what a question to a twin's own server brings.
func (tr *twinned) askOwner(t *testing.T, twin int, sql string) string {
	t.Helper()
	out, err := tr.servers[twin].PSQL(t.Context(), twinDatabase, sql)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// differ reports a masked column that is the same in the twins, or another that is not.
func (tr *twinned) differ(t *testing.T, w world) {
	t.Helper()
	for _, c := range worldColumns {
		if c.name == "pad" || c.table == "cities" {
			continue
		}
		sql := fmt.Sprintf("SELECT %s FROM %s ORDER BY id", c.name, c.table)
		values := [2]string{tr.askOwner(t, first, sql), tr.askOwner(t, second, sql)}
		if (values[0] != values[1]) != w.masked[c.table+"."+c.name] {
			t.Fatalf("%s.%s: the twins hold\n%s\nand\n%s", c.table, c.name, values[0], values[1])
		}
	}
}

// evenlyPadded reports rows of one table that differ in length.
func (tr *twinned) evenlyPadded(t *testing.T) {
	t.Helper()
	for i := range twinCount {
		out := tr.askOwner(t, i, `SELECT DISTINCT pg_column_size(t) FROM people t;
SELECT DISTINCT pg_column_size(t) FROM accounts t; SELECT DISTINCT pg_column_size(t) FROM scratch t`)
		if out != "1220\n1220\n1220\n" {
			t.Fatalf("rows of twin %s are not of one length: %q", twinName(i), out)
		}
	}
}

// alike reports a catalog of the server that is not the same in all, down to the order of its rows. Those with statistics
// are left out.
func (tr *twinned) alike(t *testing.T) {
	t.Helper()
	for _, catalog := range []string{"pg_class", "pg_attribute", "pg_constraint", "pg_type", "pg_depend", "pg_index", "pg_rewrite", "pg_proc", "pg_database"} {
		sql := fmt.Sprintf("SELECT md5(string_agg(c.ctid || ' ' || c::text, E'\\n' ORDER BY ctid)) FROM %s c", catalog)
		want := tr.askOwner(t, first, sql)
		for i := range twinCount {
			if tr.askOwner(t, i, sql) != want {
				t.Fatalf("twin %s has another %s than twin %s", twinName(i), catalog, twinName(first))
			}
		}
	}
}

// worldSettings keep everything away that makes the order of rows hang on anything but the statement and the rows: no
// work in the background changes where rows lie, and no scan begins where another one is. Tables that nothing writes to
// fit into one page each, and the others' rows are padded, so that the length of a masked value moves no row. All that is
// written is undone, and swept away.
func worldSettings() map[string]string {
	return map[string]string{
		"autovacuum": "off", "synchronize_seqscans": "off", "max_parallel_workers_per_gather": "0", "jit": "off",
		"statement_timeout": "3s", "wal_level": "minimal", "max_wal_senders": "0", "track_activities": "on", "lock_timeout": "1s",
	}
}
