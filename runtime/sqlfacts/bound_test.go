package sqlfacts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
)

func rep(s string, n int) string { return strings.Repeat(s, n) }

// hostile are the shapes that grow the parser's stack or time with their number.
var hostile = map[string]func(n int) string{
	"plus":        func(n int) string { return "SELECT 1" + rep("+1", n) },
	"cast":        func(n int) string { return "SELECT 1" + rep("::int", n) },
	"not":         func(n int) string { return "SELECT " + rep("NOT ", n) + "true" },
	"minus":       func(n int) string { return "SELECT " + rep("- ", n) + "1" },
	"signs":       func(n int) string { return "SELECT " + rep("+", n) + "1" },
	"union":       func(n int) string { return "SELECT 1, 2" + rep(" UNION SELECT 1, 2", n) },
	"paren":       func(n int) string { return "SELECT " + rep("(", n) + "1" + rep(")", n) },
	"select":      func(n int) string { return rep("(", n) + "SELECT 1" + rep(")", n) },
	"array":       func(n int) string { return "SELECT ARRAY" + rep("[", n) + "1" + rep("]", n) },
	"function":    func(n int) string { return "SELECT " + rep("f(", n) + "1" + rep(")", n) },
	"case":        func(n int) string { return "SELECT " + rep("CASE WHEN 1 AND 1 THEN ", n) + "1" + rep(" END", n) },
	"else":        func(n int) string { return "SELECT " + rep("CASE WHEN 1 THEN 1 ELSE ", n) + "1" + rep(" END", n) },
	"join":        func(n int) string { return "SELECT FROM a" + rep(" JOIN a ON 1 AND 1", n) },
	"nested join": func(n int) string { return "SELECT FROM a" + rep(" JOIN a", n) + rep(" ON 1", n) },
	"cross join":  func(n int) string { return "SELECT FROM a" + rep(" CROSS JOIN a", n) },
	"subquery":    func(n int) string { return rep("SELECT (", n) + "1" + rep(")", n) },
	"from":        func(n int) string { return rep("SELECT * FROM (", n) + "SELECT 1" + rep(") a", n) },
	"is null":     func(n int) string { return "SELECT a" + rep(" ISNULL", n) },
	"is":          func(n int) string { return "SELECT a" + rep(" IS NULL", n) },
	"between":     func(n int) string { return "SELECT a" + rep(" BETWEEN 1 AND 2 IS NULL", n) },
	"collate":     func(n int) string { return "SELECT a" + rep(" COLLATE c", n) },
	"at":          func(n int) string { return "SELECT a" + rep(" AT TIME ZONE b", n) },
	"in":          func(n int) string { return "SELECT a" + rep(" IN (1)", n) },
	"operator":    func(n int) string { return "SELECT " + rep("@ ", n) + "1" },
	"with":        func(n int) string { return rep("WITH a AS (", n) + "SELECT 1" + rep(") SELECT 1", n) },
	"comment":     func(n int) string { return rep("/*", n) + rep("*/", n) + "SELECT 1" },
	"mixed":       func(n int) string { return "SELECT " + rep("(1+", n) + "1" + rep(")", n) },
	"json":        func(n int) string { return "SELECT " + rep("JSON_OBJECT('a': ", n) + "1" + rep(")", n) },
}

// TestHostileText: at any number each shape is analysed or refused, and the process lives. The parser is let near
// thousands of links, never tens of thousands.
func TestHostileText(t *testing.T) {
	for name, make := range hostile {
		t.Run(name, func(t *testing.T) {
			for _, n := range []int{1, 30, 200, 480, 1000, 1900, 5000, 60000} {
				sts := sqlfacts.Classify(make(n), &sqlfacts.Session{})
				if len(sts) != 1 {
					t.Fatalf("%d: %d statements", n, len(sts))
				}
				if n >= 5000 && !sts[0].Opaque() {
					t.Errorf("%d is not refused", n)
				}
			}
		})
	}
}

func TestBoundsAreNotInTheWay(t *testing.T) {
	for name, text := range map[string]string{
		"long list":       "SELECT 1 WHERE 1 IN (1" + rep(",1", 20000) + ")",
		"long values":     "VALUES (1, 'a')" + rep(",(1, 'a')", 20000),
		"long or":         "SELECT 1 WHERE a = 1" + rep(" OR a = 1 AND b = 2", 3000),
		"many whens":      "SELECT CASE" + rep(" WHEN a = 1 THEN 'x' || b", 2000) + " END",
		"many statements": rep("SELECT 1;", 500),
		"long string":     "SELECT '" + rep("(/*+", 100000) + "'",
		"long dollar":     "SELECT $x$" + rep("(/*+", 100000) + "$x$",
		"long comment":    "SELECT 1 /*" + rep("(+", 100000) + "*/",
		"long name":       `SELECT "` + rep("(+", 10000) + `"`,
		"escape string":   `SELECT E'\'` + rep("(+", 10000) + `'`,
		"continued":       "SELECT E'a'\n'\\'" + rep("(+", 10000) + "'",
		"concatenation":   "SELECT 'a'" + rep("||'b'", 500),
		"banner comments": rep("/*"+rep("*", 100)+"*/--"+rep("-", 100)+"\n", 1000) + "SELECT 1",
		"dotted names":    "SELECT 1 FROM t WHERE t.a" + rep(" AND t.a", 1000),
		"list assignment": "UPDATE t SET (a, b, c) = (1, 2, 3), (d, e) = (SELECT 1, 2 WHERE (1, 2) = (3, 4)) WHERE a IN (1" + rep(",1", 50000) + ")",
		"bulk assignment": "UPDATE t SET (a" + rep(",a", 99) + ") = (1" + rep(",1", 99) + ") WHERE (a, b) IN ((1, 2)" + rep(",(1, 2)", 20000) + ")",
		"bulk insert":     "INSERT INTO t VALUES (1, 'a')" + rep(",(1, 'a')", 30000),
	} {
		t.Run(name, func(t *testing.T) {
			for _, st := range sqlfacts.Classify(text, &sqlfacts.Session{}) {
				if st.Opaque() {
					t.Error(st.SQL.OpaqueReason)
				}
			}
		})
	}
}

func TestBoundsHold(t *testing.T) {
	for name, tc := range map[string]struct{ text, reason string }{
		"length":            {"SELECT '" + rep("x", 1<<20) + "'", "longer than"},
		"NUL":               {"SELECT 1\x00", "NUL"},
		"UTF-8":             {"SELECT '\xff'", "UTF-8"},
		"comments":          {rep("/*", 33) + rep("*/", 33) + "SELECT 1", "comments"},
		"open comments":     {rep("/*", 100000), "comments"},
		"operator":          {"SELECT 1 " + rep("+", 65) + " 1", "operator"},
		"after a string":    {`SELECT E'\\', ` + rep("(", 3000), "too deep"},
		"after plain":       {`SELECT '\', ` + rep("(", 3000) + `'`, "too deep"},
		"after a continued": {"SELECT 'a' --x\n'\\'" + rep("(", 3000) + "'", "too deep"},
		"after a name":      {`SELECT U&"\"` + rep("(", 3000) + `"`, "too deep"},
		"after a dollar":    {"SELECT a$b$" + rep("(", 3000) + "$b$", "too deep"},
		"after a parameter": {"SELECT $1$" + rep("(", 3000) + "$1$", "too deep"},
		"label":             {"SELECT 1 AS case, " + rep("CASE WHEN 1 THEN x.end + ", 500), "too deep"},
		"statements":        {rep("SELECT 1;", 3000), "statements"},
		"comment run":       {rep("/**/", 1<<18), "operators and comments"},
		"comments inside":   {"/*" + rep("/**/", 1<<17) + "*/SELECT 1", "operators and comments"},
		"operator comments": {"SELECT 1 " + rep("+/**/", 1<<17), "operators and comments"},
		"name":              {"SET " + rep("a.", 1<<15) + "a = 1", "parts"},
		"name with blanks":  {"SET " + rep("a /* */ .\n", 1<<15) + "a = 1", "parts"},
		"tokens":            {"SELECT 1" + rep(",1", 1<<18), "tokens"},
		"operator tokens":   {"SELECT 1" + rep(","+rep("+", 60)+"1", 1<<13), "tokens"},
		"list assignment":   {"UPDATE t SET (a" + rep(",a", 1<<14) + ") = (1" + rep(",1", 1<<14) + ")", "assignment"},
		"signed assignment": {"UPDATE t SET (a" + rep(",a", 1<<14) + ")=-(1" + rep(",1", 1<<14) + ")", "assignment"},
		"labelled":          {"UPDATE t SET (a" + rep(",a", 1<<14) + ") = (x).where || f(1" + rep(",1", 1<<14) + ")", "assignment"},
		"conflict":          {"INSERT INTO t VALUES (1) ON CONFLICT DO UPDATE SET (a" + rep(",a", 1<<12) + ") = (1" + rep(",1", 1<<12) + ")", "assignment"},
		"nested assignment": {rep("UPDATE t SET ("+rep("a,", 99)+"a) = (WITH x AS (", 6) + "SELECT 1" + rep(") SELECT 1)", 6), "assignment"},
	} {
		t.Run(name, func(t *testing.T) {
			sts := sqlfacts.Classify(tc.text, &sqlfacts.Session{})
			if len(sts) != 1 || !strings.Contains(sts[0].SQL.OpaqueReason, tc.reason) {
				t.Errorf("%d statements, the first %q", len(sts), sts[0].SQL.OpaqueReason)
			}
		})
	}
}

// FuzzClassify: no text panics, hangs or comes out without facts.
func FuzzClassify(f *testing.F) {
	for _, tc := range adversary {
		f.Add(tc.text)
	}
	for _, make := range hostile {
		f.Add(make(20))
	}
	catalog := loadCatalog(f)
	f.Fuzz(func(t *testing.T, text string) {
		start := time.Now()
		sts := sqlfacts.Classify(text, &newClient(catalog).session)
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("took %v", d)
		}
		for _, st := range sts {
			if st.SQL == nil {
				t.Error("a statement without facts")
			}
			if st.Opaque() != (len(st.Accesses) == 1 && st.Accesses[0].Verb == "opaque") {
				t.Errorf("opaque, but %+v", st.Accesses)
			}
		}
	})
}

func FuzzDecodeCatalog(f *testing.F) {
	f.Add([]byte(`{"server_version":150000,"relations":[{"schema":"a","name":"b","kind":"r","columns":[{"name":"c"}]}]}`))
	f.Add([]byte(`{"server_version":1,"system":["pg_catalog.x"]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := sqlfacts.DecodeCatalog(data)
		if err == nil {
			sqlfacts.Classify("SELECT *, a.c FROM a.b a, x, pg_class", &sqlfacts.Session{Catalog: c, SearchPath: c.SearchPath})
		}
	})
}
