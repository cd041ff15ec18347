package sqlfacts_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// fill repeats a unit between a head and a tail up to a size. A % in it stands for a name that no other has.
func fill(size int, head, unit, tail string) string {
	var b strings.Builder
	b.WriteString(head)
	for i := 0; b.Len()+len(unit)+len(tail)+4 < size; i++ {
		b.WriteString(strings.ReplaceAll(unit, "%", word(i)))
	}
	return b.String() + tail
}

func word(i int) string {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	out := []byte{'q'}
	for ; i > 0; i /= 26 {
		out = append(out, letters[i%26])
	}
	return string(out)
}

// costly are the head, unit and tail of texts that some part of the way takes more than its length for.
var costly = map[string][3]string{
	"comments":            {"", "/**/", ""},
	"comments inside":     {"/*", "/**/", "*/"},
	"operator comments":   {"SELECT 1 ", "+/**/", "1"},
	"stars":               {"/*", "*", "*/SELECT 1"},
	"dashes":              {"", "--\n", "SELECT 1"},
	"minus":               {"SELECT 1 ", "+--\n", "1"},
	"operators":           {"SELECT 1", ",++++++++++++++++++++++++++++++++++++++++1", ""},
	"other operators":     {"SELECT 1", ",@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@1", ""},
	"continued strings":   {"SELECT 'a'", "\n'a'", ""},
	"strings":             {"SELECT 'a'", ",'a'\n--x\n", ""},
	"escapes":             {"SELECT E'", `\uD83D\uDE00`, "'"},
	"unicode":             {"SELECT U&'a'", ",U&'a' UESCAPE '!'", ""},
	"long names":          {"SELECT 1", "," + strings.Repeat("a", 70), ""},
	"long number":         {"SELECT 1", "_1", ""},
	"dollars":             {"SELECT $a$", "$a", "$a$"},
	"dollar quotes":       {"SELECT 1", ",$$$$", ""},
	"setting":             {"SET a", ".a", " = 1"},
	"dotted":              {"SELECT a", ".a", ""},
	"list assignment":     {"UPDATE t SET (a", ",a", ")=ROW(1)"},
	"list assignments":    {"UPDATE t SET a = 1", ",(a,b,c,d,e,f,g,h)=(1,2,3,4,5,6,7,8)", ""},
	"nested assignments":  {"", "UPDATE t SET (a,b)=(WITH x AS (", ""},
	"constants":           {"SELECT 1", ",1", ""},
	"columns":             {"SELECT 1", ",%", " FROM t"},
	"known columns":       {"SELECT ARRAY[c1", ",c1599", "] FROM t"},
	"row of columns":      {"SELECT f(c1", ",c1||c2||c3||c4||c5||c6||c7||c8", ") FROM t"},
	"whole rows":          {"SELECT ROW(t.*", ",t.*", ") FROM t"},
	"stars of a table":    {"SELECT t.*", ",t.*", " FROM t"},
	"functions":           {"SELECT f()", ",%()", ""},
	"tables":              {"SELECT 1 FROM t", ",%", ""},
	"known tables":        {"SELECT * FROM t", ",t %", ""},
	"qualified":           {"SELECT ARRAY[t.c1", ",t.c1599", "] FROM t, t a, t b, t c, t d, t e"},
	"joins":               {"SELECT * FROM t", " JOIN t USING (c1)", ""},
	"natural joins":       {"SELECT * FROM t", " NATURAL JOIN t %", ""},
	"using":               {"SELECT * FROM t JOIN t a USING (c1", ",c1599", ")"},
	"views":               {"SELECT 1 FROM v", ",v %", ""},
	"deep views":          {"SELECT 1 FROM deep", ",deep %", ""},
	"statements of views": {"", "SELECT * FROM deep;", ""},
	"executed":            {"", "EXECUTE large;", ""},
	"or":                  {"DELETE FROM t WHERE c1 = 'x'", " OR c1 = '%'", ""},
	"or of columns":       {"DELETE FROM t WHERE c1", " OR c1599 IS NULL", ""},
	"and":                 {"DELETE FROM t WHERE c1", " AND c1599 = '1'", ""},
	"in":                  {"DELETE FROM t WHERE c1 IN ('a'", ",'a'", ")"},
	"order":               {"SELECT c1, c2 AS a FROM t ORDER BY c1", ",c1599", ""},
	"order by output":     {"SELECT * FROM t ORDER BY 1", ",1600", ""},
	"group":               {"SELECT 1 FROM t GROUP BY CUBE(c1", ",c1599", ")"},
	"windows":             {"SELECT 1 FROM t WINDOW w AS ()", ",% AS (PARTITION BY c1599)", ""},
	"locks":               {"SELECT 1 FROM t, t a, t b", " FOR UPDATE OF t, a, b", ""},
	"values":              {"VALUES (1)", ",(1)", ""},
	"wide values":         {"VALUES (1", ",1", ")"},
	"insert":              {"INSERT INTO t VALUES ('a')", ",('a')", ""},
	"insert columns":      {"INSERT INTO t (c1", ",c1599", ") VALUES (1)"},
	"inserts":             {"WITH a AS (SELECT 1)", ",% AS (INSERT INTO t VALUES (1) RETURNING *)", "SELECT 1"},
	"set":                 {"UPDATE t SET c1 = '1'", ",c1599 = c1", ""},
	"merge":               {"MERGE INTO t USING t s ON t.c1 = s.c1", " WHEN NOT MATCHED THEN INSERT DEFAULT VALUES", ""},
	"queries":             {"WITH a AS (SELECT 1)", ",% AS (TABLE a)", "SELECT 1"},
	"wide queries":        {"WITH a AS (SELECT * FROM t)", ",% AS (TABLE a)", "SELECT 1"},
	"recursive":           {"WITH RECURSIVE a AS (SELECT 1)", ",% AS (SELECT 1 UNION SELECT 1 FROM a)", "SELECT 1"},
	"set operations":      {"SELECT * FROM t", " UNION SELECT * FROM t", ""},
	"exists":              {"SELECT 1 WHERE true", " AND EXISTS (SELECT FROM t)", ""},
	"create":              {"CREATE TABLE n (a int", ",% int CHECK (a > 0)", ")"},
	"keys":                {"CREATE TABLE n (a int", ",% text REFERENCES t (c1599)", ")"},
	"alter":               {"ALTER TABLE t DROP c1", ",ALTER c1 SET DEFAULT 1", ""},
	"drop":                {"DROP TABLE t", ",%", ""},
	"definitions":         {"SELECT 1 FROM f() AS x(a int", ",% int", ")"},
	"copy":                {"COPY t (c1", ",c1599", ") TO STDOUT"},
	"explain":             {"EXPLAIN SELECT ARRAY[c1", ",c1||c2", "] FROM t"},
}

// grown gives texts of some sizes; of those that grow by nesting, one.
func grown(size int) map[string]string {
	texts := map[string]string{}
	for name, c := range costly {
		texts[name] = fill(size, c[0], c[1], c[2])
	}
	doubling := "SELECT * FROM t"
	for range min(size/25, 400) {
		doubling = "SELECT *,* FROM (" + doubling + ") t"
	}
	texts["doubling"] = doubling
	queries, backwards := "WITH q0 AS (SELECT 1 AS a)", ""
	for i := range size / 50 {
		queries += fmt.Sprintf(",q%d AS (SELECT x.*,y.* FROM q%d x, q%d y)", i+1, i, i)
		if len(queries) > 10_000 {
			break
		}
	}
	texts["doubling queries"] = queries + "SELECT 1"
	n := size / 25
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ",q%d AS (TABLE q%d)", i, i+1)
	}
	backwards = b.String()
	texts["backwards"] = "WITH RECURSIVE " + backwards[1:] + fmt.Sprintf(",q%d AS (SELECT 1) SELECT 1", n)
	return texts
}

// hostileClient knows a table of 1,600 columns, views of it and a large prepared statement.
func hostileClient() *client {
	names := make([]string, 1600)
	for i := range names {
		names[i] = fmt.Sprintf("c%d", i)
	}
	catalog := structure(names...)
	view := func(name, definition string, columns []schema.Column) {
		catalog.Relations = append(catalog.Relations, schema.Relation{
			OID: uint32(200 + len(catalog.Relations)), Schema: "public", Name: name, Kind: "v", Columns: columns, Definition: definition,
		})
	}
	one := []schema.Column{{Name: "c0", Attribute: 1, Type: "text"}}
	view("v", "SELECT c0 FROM public.t WHERE c1 IN ('a'"+strings.Repeat(",'a'", 2000)+")", one)
	under := "v"
	for i := range 20 {
		name := fmt.Sprintf("v%d", i)
		view(name, "SELECT a.c0 FROM public."+under+" a, public."+under+" b", one)
		under = name
	}
	view("deep", "SELECT c0 FROM public."+under, one)
	c := newClient(catalog)
	c.send("PREPARE large AS SELECT 1 WHERE 'a' IN ('a'" + strings.Repeat(",'a'", 50_000) + ")")
	return c
}

// linear are those that cost no more than their length at any size.
const linear = "stars;dashes;long number;escapes;dollars;"

// TestHostile: no text, of whatever size, is worth more than a fixed amount of work, and none gives more columns and
// accesses than a fixed number: it is opaque first.
func TestHostile(t *testing.T) {
	c := hostileClient()
	for _, size := range []int{4 << 10, 64 << 10, 256 << 10, 1 << 20} {
		for name, text := range grown(size) {
			t.Run(fmt.Sprintf("%s/%d", name, size), func(t *testing.T) {
				statements, nodes, looks := sqlfacts.Work(text, &c.session)
				if nodes > sqlfacts.MaxWork || looks > sqlfacts.MaxLooks {
					t.Errorf("%d nodes, %d comparisons", nodes, looks)
				}
				last := len(statements) - 1
				if size == 1<<20 && last >= 0 && !statements[last].Opaque() && !strings.Contains(linear, name+";") {
					t.Errorf("is analysed, with %d nodes and %d comparisons", nodes, looks)
				}
				for i := range statements {
					st := &statements[i]
					if len(st.Outputs) > sqlfacts.MaxColumns || len(st.Accesses) > sqlfacts.MaxAccesses {
						t.Errorf("%d outputs, %d accesses", len(st.Outputs), len(st.Accesses))
					}
				}
			})
		}
	}
}

// BenchmarkHostile says what such texts cost, of a size that most bounds let through.
func BenchmarkHostile(b *testing.B) {
	c := hostileClient()
	for name, text := range grown(256 << 10) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sqlfacts.Classify(text, &c.session)
			}
		})
	}
}
