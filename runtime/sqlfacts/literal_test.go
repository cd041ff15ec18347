package sqlfacts_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
)

func TestLiterals(t *testing.T) {
	s := &newClient(loadCatalog(t)).session
	for text, shared := range map[string]bool{
		"SELECT status FROM orders WHERE id = 7":                                       true,
		"SELECT status FROM orders WHERE 7 < id AND note = 'it''s' AND id <> 9;":       true,
		"SELECT status FROM orders WHERE id = $1 AND note = 'x'":                       true,
		"UPDATE orders SET total = total + -12, note = 'x' WHERE id = 7":               true,
		"DELETE FROM orders WHERE id = 7":                                              true,
		"INSERT INTO orders (id, note) VALUES (7, 'x'), (8, 'y')":                      true,
		"SELECT ssn FROM customers WHERE ssn = '123-45-6789'":                          true,
		"SELECT status FROM orders WHERE id = 7 OR id <> 7":                            false,
		"SELECT status FROM orders WHERE NOT id = 7":                                   false,
		"SELECT status FROM orders WHERE 7 = 7":                                        false,
		"SELECT status FROM orders LIMIT 7":                                            false,
		"SELECT status FROM orders WHERE id = 7 LIMIT 7":                               false,
		"SELECT 'x', status FROM orders WHERE id = 7":                                  false,
		"SELECT substring(ssn, 1, 6) FROM customers":                                   false,
		"SELECT status FROM orders WHERE id = 1234567890":                              false,
		"SELECT status FROM orders WHERE id = 1.5":                                     false,
		"SELECT status FROM orders WHERE note = E'x'":                                  false,
		"SELECT status FROM orders WHERE note = 'a'\n'b'":                              false,
		"SELECT status FROM orders WHERE id = '7'::int":                                false,
		"SELECT set_config('search_path', 'x', true)":                                  false,
		"SELECT status FROM orders WHERE id = length('x')":                             false,
		"UPDATE orders SET note = 'x' || 'y' WHERE id = 7":                             false,
		"INSERT INTO orders (id) VALUES (7) ON CONFLICT (id) DO UPDATE SET note = 'x'": false,
		"INSERT INTO orders (id) SELECT 7":                                             false,
		"SELECT status FROM orders WHERE id = 7; SELECT 1":                             false,
		"SET x.y = 7": false,
		// One literal of each that decides, and one that does not but is not plain.
		"SELECT id, ssn FROM customers WHERE email = $$x$$ ORDER BY 1":      false,
		"SELECT id, ssn FROM customers WHERE email = E'x' ORDER BY 1":       false,
		"SELECT id, ssn FROM customers WHERE email = $q$x$q$ GROUP BY 1, 2": false,
		"SELECT id, ssn FROM customers WHERE id = 1234567890 ORDER BY 2":    false,
		"SELECT id, ssn FROM customers WHERE id = -1234567890 ORDER BY 2":   false,
		"SELECT id, ssn FROM customers WHERE id = 0x1F ORDER BY 2":          false,
		"SELECT id, ssn FROM customers WHERE email = U&'x' LIMIT 5":         false,
		"SELECT nextval('order_no') FROM orders WHERE note = $$x$$":         false,
		"SELECT id, ssn FROM customers WHERE id = - /* 3 */ -- 4\n 5":       true,
		"SELECT id, ssn FROM customers WHERE id = - - 5":                    true,
	} {
		sts := sqlfacts.Classify(text, s)
		_, n := sqlfacts.Shape(nil, text)
		if got := len(sts) == 1 && n > 0 && sts[0].Literals == n; got != shared {
			t.Errorf("%s: shared is %v, %d literals of which %d are counted", text, got, n, sts[0].Literals)
		}
		sameShape(t, s, text)
	}
}

// sameShape checks that a text gives the same statements with other literals in the places of its own, where it is said to.
func sameShape(t *testing.T, s *sqlfacts.Session, text string) {
	t.Helper()
	shape, n := sqlfacts.Shape(nil, text)
	sts := sqlfacts.Classify(text, s)
	if n == 0 || len(sts) != 1 || sts[0].Literals != n || sts[0].Opaque() {
		return
	}
	other := withOthers(string(shape), text)
	again, m := sqlfacts.Shape(nil, other)
	if m != n || string(again) != string(shape) || len(other) != len(text) {
		t.Fatalf("%q was to have the shape of %q", other, text)
	}
	got := sqlfacts.Classify(other, s)
	if len(got) == 1 {
		got[0].Text = sts[0].Text
	}
	if diff := cmp.Diff(sts, got); diff != "" {
		t.Errorf("%q and %q:\n%s", text, other, diff)
	}
}

// withOthers fills the marks of a shape with literals of the same length as the text has there.
func withOthers(shape, text string) string {
	var b strings.Builder
	for i := 0; i < len(shape); i++ {
		if shape[i] != 0 {
			b.WriteByte(shape[i])
			continue
		}
		i++
		from := b.Len()
		end := from + 1
		if shape[i] == 's' {
			for ; text[end] != '\'' || end+1 < len(text) && text[end+1] == '\''; end++ {
				if text[end] == '\'' {
					end++
				}
			}
			b.WriteString("'" + strings.Repeat("z", end-from-1) + "'")
			continue
		}
		for end < len(text) && '0' <= text[end] && text[end] <= '9' {
			end++
		}
		b.WriteString(strings.Repeat("3", end-from))
	}
	return b.String()
}

func FuzzShape(f *testing.F) {
	f.Add("SELECT status FROM orders WHERE id = 7 AND note <> 'x'")
	f.Add("UPDATE orders SET total = total - 5, note = '' WHERE 12 = id")
	f.Add("INSERT INTO orders (id, note) VALUES (1, '''')")
	f.Add("DELETE FROM orders WHERE id < 3 OR id >= 3")
	for _, file := range []string{"testdata/works.sql", "testdata/leaks.sql"} {
		for _, c := range readCorpus(f, file) {
			for _, text := range c.statements {
				f.Add(text)
			}
		}
	}
	s := &newClient(loadCatalog(f)).session
	f.Fuzz(func(t *testing.T, text string) { sameShape(t, s, text) })
}

func BenchmarkShape(b *testing.B) {
	text := "SELECT abalance FROM pgbench_accounts WHERE aid = 123456;"
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst, _ = sqlfacts.Shape(dst[:0], text)
	}
}
