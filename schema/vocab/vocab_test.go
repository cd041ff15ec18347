package vocab_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
	"github.com/google/go-cmp/cmp"
)

// at places an offset as if the text began at line 1, column 1 of its file, one column a rune.
func at(text string) vocab.Locate {
	return func(offset int) schema.Pos {
		p := schema.Pos{Line: 1, Column: 1}
		for i, r := range []rune(text) {
			if i == offset {
				break
			}
			p.Column++
			p.Byte += len(string(r))
			if r == '\n' {
				p.Line, p.Column = p.Line+1, 1
			}
		}
		return p
	}
}

func vocabulary(t testing.TB, kind vocab.Kind) *vocab.Vocabulary {
	t.Helper()
	v, err := vocab.New(kind)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestCheckReports(t *testing.T) {
	exprs := map[string]string{"prod": "target.labels['env'] == 'prod'", "long": strings.Repeat("true || ", 1900) + "true"}
	tests := []struct {
		name, text      string
		kind            vocab.Kind
		want            vocab.Type
		line, from, to  int
		summary, inHint string
	}{
		{"undefined field", "sql.where_bond", vocab.Postgres, vocab.Bool, 1, 5, 15, "Invalid condition", "where_bound"},
		{"undeclared variable", "sqll.where_bound", vocab.Postgres, vocab.Bool, 1, 1, 5, "Invalid condition", "sql"},
		{"field of another protocol", "http.path == '/'", vocab.Postgres, vocab.Bool, 1, 1, 5, "Invalid condition", "principal"},
		{"access in a mask", "access.verb == 'select'", vocab.PostgresMask, vocab.Bool, 1, 1, 7, "Invalid condition", "principal"},
		{"sql in claims", "sql.limit > 1", vocab.Claims, vocab.Bool, 1, 1, 4, "Invalid condition", "claims"},
		{"after non-ASCII", "'größe 🦑' == principal.subjekt", vocab.Postgres, vocab.Bool, 1, 24, 31, "Invalid condition", "subject"},
		{"second line", "principal.kind == 'machine' &&\n  sql.lenght > 1", vocab.Postgres, vocab.Bool, 2, 7, 13, "Invalid condition", "length"},
		{"syntax", "principal.kind ==", vocab.Postgres, vocab.Bool, 1, 17, 18, "Invalid CEL", ""},
		{"wrong type", "principal.kind", vocab.Postgres, vocab.Bool, 1, 1, 15, "Condition has the wrong type", ""},
		{"comparison of types", "principal.kind == 1", vocab.Postgres, vocab.Bool, 1, 16, 18, "Invalid condition", "one type"},
		{"unknown expr", "!expr.prdo", vocab.Postgres, vocab.Bool, 1, 2, 11, "Unknown expr", "expr.prod"},
		{"after an expr", "expr.prod && sql.where_bond", vocab.Postgres, vocab.Bool, 1, 18, 28, "Invalid condition", "where_bound"},
		{"has of an expr", "has(expr.prod)", vocab.Postgres, vocab.Bool, 1, 5, 0, "Invalid condition", ""},
		{"exprs that double", strings.Repeat("expr.long || ", 1000) + "true", vocab.Postgres, vocab.Bool, 1, 1, 2, "Condition is too long", ""},
		{"bad pattern", "principal.subject.matches('a(b')", vocab.Postgres, vocab.Bool, 1, 28, 31, "Invalid regular expression", "RE2"},
		{"pattern from a fact", "principal.subject.matches(principal.kind)", vocab.Postgres, vocab.Bool, 1, 27, 41, "Regular expression is not constant", ""},
		{"cost", "sql.columns.exists(a, sql.columns.exists(b, sql.columns.exists(c, a + b == c)))", vocab.Postgres, vocab.Bool, 1, 1, 80, "Condition may cost too much", "structured"},
		{"costliest term", "sql.limit < 5 || !(sql.has_limit && sql.columns.all(a, a in sql.columns)) && sql.tables.exists(t, t == ')')", vocab.Postgres, vocab.Bool, 1, 37, 74, "Condition may cost too much", "structured"},
		{"cost of a pattern", "sql.columns.exists(c, c.matches('(x{99}){9}'))", vocab.Postgres, vocab.Bool, 1, 1, 47, "Condition may cost too much", ""},
		{"large pattern", "principal.subject.matches('(abcdefghijklm){200}') || sql.has_limit", vocab.Postgres, vocab.Bool, 1, 27, 49, "Regular expression is too large", "repetition"},
		{"long pattern", "principal.subject.matches('" + strings.Repeat("ab", 600) + "')", vocab.Postgres, vocab.Bool, 1, 27, 0, "Regular expression is too large", ""},
		{"bad pattern after escapes", `principal.subject.matches('\\d\u00e9é\x41[b-a]')`, vocab.Postgres, vocab.Bool, 1, 43, 46, "Invalid regular expression", "RE2"},
		{"bad pattern, raw", `principal.subject.matches(r"a\.(b**)")`, vocab.Postgres, vocab.Bool, 1, 34, 36, "Invalid regular expression", "RE2"},
		{"bad pattern, second of two alike", `principal.subject.matches('[*+]x*+')`, vocab.Postgres, vocab.Bool, 1, 33, 35, "Invalid regular expression", "RE2"},
		{"text that multiplies", "principal.subject.replace('a', 'aaaaaaaa') == ''", vocab.Postgres, vocab.Bool, 1, 19, 26, "Invalid condition", "lowerAscii"},
		{"text that multiplies in format", "'%s%s'.format(['a', 'b']) == ''", vocab.Postgres, vocab.Bool, 1, 8, 14, "Invalid condition", ""},
		{"a clock", "now() > request.time", vocab.Postgres, vocab.Bool, 1, 1, 4, "Invalid condition", ""},
		{"zone of the machine", "request.time.getHours('Europe/Berlin') < 9", vocab.Postgres, vocab.Bool, 1, 23, 24, "Time zone is not an offset", "+02:00"},
		{"zone from a fact", "request.time.getHours(request.application) < 9", vocab.Postgres, vocab.Bool, 1, 30, 31, "Time zone is not an offset", "+02:00"},
		{"hidden variable", "principal.groups.exists(sql, sql == 'x')", vocab.Postgres, vocab.Bool, 1, 24, 25, "Macro variable hides a variable", ""},
		{"empty", " ", vocab.Postgres, vocab.Bool, 1, 1, 2, "Condition is empty", ""},
		{"deep", strings.Repeat("(", 100_000) + "true" + strings.Repeat(")", 100_000), vocab.Postgres, vocab.Bool, 1, 1, 2, "Condition is too long", ""},
		{"deep and short", strings.Repeat("[", 200), vocab.Postgres, vocab.Bool, 1, 65, 66, "Condition is nested too deeply", ""},
		{"not UTF-8", "'\xff' == ''", vocab.Postgres, vocab.Bool, 1, 1, 2, "Condition is not valid UTF-8", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, diags := vocabulary(t, tt.kind).CheckWith(tt.text, tt.want, exprs, at(tt.text), "p.hcl")
			if c != nil || len(diags) == 0 {
				t.Fatalf("accepted as %v", c)
			}
			d := diags[0]
			if d.Summary != tt.summary || !strings.Contains(d.Hint, tt.inHint) {
				t.Errorf("got %q, hint %q", d.Summary, d.Hint)
			}
			got := []int{d.Range.Start.Line, d.Range.Start.Column}
			if diff := cmp.Diff([]int{tt.line, tt.from}, got); diff != "" {
				t.Errorf("place (-want +got):\n%s", diff)
			}
			if tt.to != 0 && d.Range.End.Column != tt.to {
				t.Errorf("ends at column %d, want %d", d.Range.End.Column, tt.to)
			}
		})
	}
}

func action() (*schema.Action, *schema.Target) {
	return &schema.Action{
		Protocol:  schema.ProtocolPostgres,
		Principal: &schema.Principal{Issuer: "corp", Subject: "svc:a", Groups: []string{"a", "b"}, Kind: schema.KindMachine},
		SQL:       &schema.SQL{Statement: "select", Tables: []string{"public.cards"}, Limit: 10, HasLimit: true},
		Request:   schema.Request{ClientAddress: "127.0.0.1", Time: time.Unix(0, 0)},
	}, &schema.Target{Name: "db", Labels: map[string]string{"env": "prod"}}
}

func TestPrograms(t *testing.T) {
	exprs := map[string]string{"prod": `target.labels["env"] == "prod"`}
	tests := []struct {
		text    string
		want    bool
		missing bool
	}{
		{"'b' in principal.groups && sql.has_limit && sql.limit <= 10", true, false},
		{"expr.prod && access.verb == 'select'", true, false},
		{"!expr . prod || false", false, false},
		{"sql.tables.exists(t, t.startsWith('public.'))", true, false},
		{"target.labels['region'] == 'eu'", false, true},
		{"has(sql.fingerprint)", false, false},
		{"principal.groups == ['a', 'b'] && ['a', 'b'] == principal.groups && principal.groups + ['c'] == ['a', 'b', 'c']", true, false},
		{"principal.groups[1] == 'b' && 'c' in (['c'] + principal.groups) && !('' in principal.groups)", true, false},
		{"principal.groups.map(g, g.upperAscii()) == ['A', 'B'] && principal.groups.filter(g, g > 'a') == ['b']", true, false},
		{"principal.groups.exists_one(g, g in ['b', 'x']) && type(principal.groups) == list", true, false},
		{"target.labels == {'env': 'prod'} && 'env' in target.labels", true, false},
		{"request.time.getHours('+02:00') == 2 && request.time.getHours() == 0 && request.time.getHours('UTC') == 0", true, false},
		{"' a,B '.trim().lowerAscii().split(',') == ['a', 'b']", true, false},
		{"request.client_address.matches('^127[.]')", true, false},
		{"size(principal.groups) == 2 && principal.kind.upperAscii() == 'MACHINE'", true, false},
	}
	v := vocabulary(t, vocab.Postgres)
	a, target := action()
	b := vocab.NewBinding()
	b.Bind(a, target)
	b.SetAccess(&schema.Access{Verb: "select", Object: "public.cards"})
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			c, diags := v.CheckWith(tt.text, vocab.Bool, exprs, at(tt.text), "p.hcl")
			if c == nil {
				t.Fatal(diags)
			}
			again, p, err := v.Load(c.Text(), vocab.Bool)
			if err != nil {
				t.Fatal(err)
			}
			if again.Text() != c.Text() {
				t.Errorf("canonical text changes from %q to %q", c.Text(), again.Text())
			}
			got, err := p.Bool(b)
			if got != tt.want || (err != nil) != tt.missing {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

// TestLargeFacts: over lists that are longer than the static bound assumes, what is cheap evaluates and what is not has
// no value.
// TestRebinding: a Binding says nothing of the action before.
func TestRebinding(t *testing.T) {
	_, p, err := vocabulary(t, vocab.Postgres).Load("'b' in principal.groups && access.verb == 'drop'", vocab.Bool)
	if err != nil {
		t.Fatal(err)
	}
	a, target := action()
	other, _ := action()
	other.Principal = &schema.Principal{Groups: []string{"x"}}
	b := vocab.NewBinding()
	for _, tt := range []struct {
		act  *schema.Action
		verb string
		want bool
	}{{a, "drop", true}, {a, "alter", false}, {a, "drop", true}, {other, "drop", false}} {
		b.Bind(tt.act, target)
		b.SetAccess(&schema.Access{Verb: tt.verb})
		if got, err := p.Bool(b); got != tt.want || err != nil {
			t.Errorf("%s for %v: %v, %v", tt.verb, tt.act.Principal.Groups, got, err)
		}
	}
	b.Bind(a, target)
	if _, err := p.Bool(b); err == nil {
		t.Error("access has a value before it is set")
	}
}

func TestLargeFacts(t *testing.T) {
	tests := []struct {
		text    string
		failing bool
	}{
		{"sql.columns.exists(c, c == 'x')", false},
		{"sql.columns.all(a, !(a in principal.groups))", true},
	}
	v := vocabulary(t, vocab.Postgres)
	a, target := action()
	for i := range 20_000 {
		a.SQL.Columns = append(a.SQL.Columns, strconv.Itoa(i))
	}
	for i := range 250 {
		a.Principal.Groups = append(a.Principal.Groups, "group-"+strconv.Itoa(i))
	}
	b := vocab.NewBinding()
	b.Bind(a, target)
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			_, p, err := v.Load(tt.text, vocab.Bool)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.Bool(b); (err != nil) != tt.failing {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTerms(t *testing.T) {
	text := "sql.limit <= 5 && !('dba' in principal.groups)"
	c, diags := vocabulary(t, vocab.Postgres).Check(text, vocab.Bool, at(text), "p.hcl")
	if c == nil {
		t.Fatal(diags)
	}
	a, target := action()
	b := vocab.NewBinding()
	b.Bind(a, target)
	want := []schema.Term{
		{Text: "sql.limit <= 5", Value: "false"},
		{Text: "sql.limit", Value: "10"},
		{Text: `"dba" in principal.groups`, Value: "false"},
		{Text: "principal.groups", Value: `["a", "b"]`},
	}
	if diff := cmp.Diff(want, c.Terms(b)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestClaims(t *testing.T) {
	v := vocabulary(t, vocab.Claims)
	claims := map[string]any{"sub": "svc:a", "groups": []any{"x", "y"}, "odd": []any{"x", 1.0}}
	load := func(text string, want vocab.Type) *vocab.Program {
		t.Helper()
		_, p, err := v.Load(text, want)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if got, err := load("claims.sub", vocab.String).String(claims); got != "svc:a" || err != nil {
		t.Errorf("sub: %q, %v", got, err)
	}
	got, err := load("claims.groups", vocab.StringList).Strings(claims)
	if diff := cmp.Diff([]string{"x", "y"}, got); diff != "" || err != nil {
		t.Errorf("groups: %v, %v", got, err)
	}
	for _, text := range []string{"claims.odd", "claims.sub", "claims.none"} {
		if got, err := load(text, vocab.StringList).Strings(claims); err == nil {
			t.Errorf("%s gave %v", text, got)
		}
	}
	if ok, err := load("claims.none == 'x'", vocab.Bool).BoolClaims(claims); ok || err == nil {
		t.Errorf("a missing claim gave %v, %v", ok, err)
	}
}

func TestFingerprintIsStable(t *testing.T) {
	if a, b := vocab.Fingerprint(), vocab.Fingerprint(); a != b || !strings.HasPrefix(a, "sha256:") {
		t.Errorf("%q and %q", a, b)
	}
}

func FuzzCheck(f *testing.F) {
	for _, seed := range []string{"sql.where_bound", "expr.x && !expr.x", "[1,2].map(x, x*2) == []", "access.object in ['a', r'''b''']", "sql.has_limit ? !true : 'x' in sql.tables", "'a'.matches('(')", "((((", "a?b:c"} {
		f.Add(seed)
	}
	v := vocabulary(f, vocab.Postgres)
	a, target := action()
	f.Fuzz(func(t *testing.T, text string) {
		c, diags := v.CheckWith(text, vocab.Bool, map[string]string{"x": "true"}, at(text), "p.hcl")
		if (c == nil) != diags.HasErrors() {
			t.Fatalf("condition %v with %v", c, diags)
		}
		if c == nil {
			return
		}
		_, p, err := v.Load(c.Text(), vocab.Bool)
		if err != nil {
			t.Fatalf("canonical %q of %q does not load: %v", c.Text(), text, err)
		}
		b := vocab.NewBinding()
		b.Bind(a, target)
		want, err := p.Bool(b)
		if got := vocab.NewValuer().Valued(c, b).Possible(func(term *vocab.Valued) vocab.Truth { return term.Value }); err == nil && (got == vocab.True) != want {
			t.Fatalf("%q is %v, and its terms say %v", text, want, got)
		}
		for _, k := range c.Constants() {
			if k.Range.Start.Byte > k.Range.End.Byte || k.Range.End.Byte > len(text) {
				t.Fatalf("%q of %q is at %+v", k.Text, text, k.Range)
			}
		}
	})
}

func BenchmarkProgram(b *testing.B) {
	_, p, err := vocabulary(b, vocab.Postgres).Load("'b' in principal.groups && sql.limit <= 10", vocab.Bool)
	if err != nil {
		b.Fatal(err)
	}
	a, target := action()
	binding := vocab.NewBinding()
	b.ReportAllocs()
	for b.Loop() {
		binding.Bind(a, target)
		if _, err := p.Bool(binding); err != nil {
			b.Fatal(err)
		}
	}
}

// TestHostileShapes puts texts just within the length bound through the whole check: whatever comes out, it must come
// out soon, and what is accepted must evaluate.
func TestHostileShapes(t *testing.T) {
	v := vocabulary(t, vocab.Postgres)
	a, target := action()
	b := vocab.NewBinding()
	b.Bind(a, target)
	b.SetAccess(&schema.Access{})
	fill := func(before, repeated, middle, after string, n int) string {
		return before + strings.Repeat(repeated, n) + middle + strings.Repeat(after, n)
	}
	shapes := map[string]string{
		"parentheses":  fill("", "(", "true", ")", 64),
		"lists":        fill("", "[", "", "]", 64),
		"maps":         fill("", "{1:", "1", "}", 64),
		"not":          fill("", "!", "true", "", 64),
		"or":           fill("true", "||true", "", "", 2700),
		"plus":         fill("1", "+1", " == 1", "", 8000),
		"minus":        fill("", "- ", "1", "", 8000),
		"select":       fill("sql", ".a", "", "", 8000),
		"index":        fill("sql", "[0]", "", "", 5000),
		"ternary":      fill("", "true?true:", "true", "", 1600),
		"ternary left": fill("", "true?", "true", ":true", 60),
		"comparison":   fill("1", "<1", "", "", 8000),
		"calls":        fill("'a'", ".trim()", " == ''", "", 2300),
		"macros":       fill("", "[1].all(x,", "true", ")", 63),
		"wide list":    "size([" + strings.Repeat("1,", 8000) + "1]) > 0",
		"quotes":       strings.Repeat("'", 16_000),
		"spaces":       strings.Repeat(" ", 16_000) + "true",
	}
	for name, text := range shapes {
		t.Run(name, func(t *testing.T) {
			c, diags := v.Check(text, vocab.Bool, at(text), "p.hcl")
			if (c == nil) != diags.HasErrors() {
				t.Fatalf("condition %v with %v", c, diags)
			}
			if c == nil {
				return
			}
			p, err := c.Program()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.Bool(b); err != nil {
				t.Error(err)
			}
		})
	}
}
