package vocab_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// written gives a logic as text: leaves as their forms, those that may fail with a question mark.
func written(l *vocab.Logic) string {
	var args []string
	for _, a := range l.Args {
		args = append(args, written(a))
	}
	switch l.Op {
	case vocab.OpAnd:
		return "and(" + strings.Join(args, ", ") + ")"
	case vocab.OpOr:
		return "or(" + strings.Join(args, ", ") + ")"
	case vocab.OpNot:
		return "not(" + args[0] + ")"
	case vocab.OpIf:
		return "if(" + strings.Join(args, ", ") + ")"
	case vocab.OpSame:
		return "same(" + strings.Join(args, ", ") + ")"
	}
	text := l.Leaf.Text
	if !l.Leaf.Total {
		text += "?"
	}
	return "<" + text + ">"
}

func logic(t *testing.T, kind vocab.Kind, text string) *vocab.Logic {
	t.Helper()
	v, err := vocab.New(kind)
	if err != nil {
		t.Fatal(err)
	}
	c, diags := v.Check(text, vocab.Bool, func(int) schema.Pos { return schema.Pos{} }, "")
	if c == nil {
		t.Fatal(diags)
	}
	return c.Logic()
}

func TestLogic(t *testing.T) {
	for text, want := range map[string]string{
		"sql.where_bound && !sql.has_where":                                 `and(<sql.where_bound>, not(<sql.has_where>))`,
		"!(!sql.where_bound)":                                               `<sql.where_bound>`,
		"sql.where_bound == true":                                           `same(<sql.where_bound>, and())`,
		"'dba' in principal.groups":                                         `<"dba" in principal.groups>`,
		"principal.groups.exists(g, g == 'dba' || g in ['ops', 'dba'])":     `or(<"dba" in principal.groups>, <"ops" in principal.groups>)`,
		"principal.groups.exists(g, g.startsWith('dba'))":                   `<principal.groups.exists(g, g.startsWith("dba"))>`,
		"'human' == principal.kind":                                         `<principal.kind == "human">`,
		"principal.kind != 'human'":                                         `not(<principal.kind == "human">)`,
		"principal.kind in ['human', 'agent']":                              `<principal.kind in ["agent", "human"]>`,
		"sql.limit < 10 || 10 > sql.limit":                                  `or(<sql.limit < 10>, <sql.limit < 10>)`,
		"sql.limit <= 10":                                                   `<sql.limit < 11>`,
		"10 <= sql.limit":                                                   `not(<sql.limit < 10>)`,
		"sql.limit > 10":                                                    `not(<sql.limit < 11>)`,
		"sql.limit == 10":                                                   `and(not(<sql.limit < 10>), <sql.limit < 11>)`,
		"sql.limit in [10, 12]":                                             `or(and(not(<sql.limit < 10>), <sql.limit < 11>), and(not(<sql.limit < 12>), <sql.limit < 13>))`,
		"sql.limit > 9223372036854775807":                                   `<sql.limit < -9223372036854775808>`,
		"-1 < sql.limit":                                                    `not(<sql.limit < 0>)`,
		"size(sql.tables) > 3":                                              `not(<size(sql.tables) < 4>)`,
		"request.time.getHours() < 6":                                       `<request.time.getHours() < 6>`,
		"request.time >= timestamp('2026-01-01T00:00:00Z')":                 `not(<request.time < timestamp('2026-01-01T00:00:00Z')>)`,
		"target.labels['env'] == 'prod'":                                    `<target.labels["env"] == "prod"?>`,
		"has(target.labels.env)":                                            `<has(target.labels.env)>`,
		"sql.limit + 1 < 5":                                                 `<(sql.limit + 1) < 5?>`,
		"sql.statement == access.verb || access.verb == sql.statement":      `or(<access.verb == sql.statement>, <access.verb == sql.statement>)`,
		"(principal.kind == 'human' ? 'a' : 'b') == 'a'":                    `if(<principal.kind == "human">, and(), or())`,
		"'x' in (sql.has_where ? sql.tables : sql.columns)":                 `if(<sql.has_where>, <"x" in sql.tables>, <"x" in sql.columns>)`,
		"1 < 2 && 'a' in ['a', 'b'] && 'c'.startsWith('d')":                 `and(and(and(), and()), or())`,
		"request.client_address.startsWith('10.')":                          `<request.client_address.startsWith("10.")>`,
		"sql.tables[0] == 'public.a'":                                       `<sql.tables[0] == "public.a"?>`,
		"sql.statement.matches('^a') == (sql.limit < 1)":                    `same(<sql.statement.matches("^a")>, <sql.limit < 1>)`,
		"principal == principal":                                            `<principal == principal>`,
		"sql.statement < 'b' || 'b' > sql.statement || sql.limit/2 == 1":    ``,
		"request.time - timestamp('2026-01-01T00:00:00Z') < duration('1h')": ``,
	} {
		got := written(logic(t, vocab.Postgres, text))
		if want != "" && got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"claims.client_type in ['service', 'human']": `<claims.client_type in ["human", "service"]?>`,
		"claims.level > 3":                           `<3 < claims.level?>`,
		"has(claims.groups)":                         `<has(claims.groups)>`,
		"has(claims.a.b)":                            `<has(claims.a.b)?>`,
		"'x' in claims.groups":                       `<"x" in claims.groups?>`,
	} {
		if got := written(logic(t, vocab.Claims, text)); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestLogicLeaves(t *testing.T) {
	leaf := func(text string) vocab.Leaf { return *logic(t, vocab.Postgres, text).Leaf }
	for _, c := range []struct {
		text string
		want vocab.Leaf
	}{
		{"principal.subject in ['b', 'a', 'b']", vocab.Leaf{
			Text: `principal.subject in ["a", "b"]`, Term: "principal.subject", Form: vocab.FormOneOf, Values: []string{"a", "b"},
			Total: true, Strict: true, Facts: []string{"principal.subject"}, Constants: []string{"a", "b"},
		}},
		{"request.time < timestamp('2026-01-01T00:00:00Z')", vocab.Leaf{
			Text: "request.time < timestamp('2026-01-01T00:00:00Z')", Term: "request.time", Form: vocab.FormBelow,
			Bound: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano(), Total: true, Strict: true, Facts: []string{"request.time"},
		}},
		{"sql.tables.all(x, x in target.labels)", vocab.Leaf{
			Text: "sql.tables.all(x, x in target.labels)", Total: true, Facts: []string{"sql.tables", "target.labels"},
		}},
		{"principal == principal", vocab.Leaf{Text: "principal == principal", Total: true, Strict: true, Facts: []string{"principal"}}},
	} {
		if diff := cmp.Diff(c.want, leaf(c.text)); diff != "" {
			t.Errorf("%s\n%s", c.text, diff)
		}
	}
}

// Whatever text a leaf has must be CEL that means the leaf, since it is evaluated by itself.
func TestLogicMeansTheCondition(t *testing.T) {
	v, err := vocab.New(vocab.Postgres)
	if err != nil {
		t.Fatal(err)
	}
	b := vocab.NewBinding()
	for _, text := range []string{
		"sql.limit <= 10 && !(sql.where_bound != sql.has_where)", "target.labels['none'] == 'x' || sql.limit == 10",
		"principal.groups.exists(g, g in ['a', 'it\\'s \"b\"']) ? sql.limit > 3 : target.labels['env'] in ['prod', 'test']",
		"!(request.time < timestamp('2026-01-01T00:00:00Z')) && -(-sql.limit) >= 1", "sql.statement >= access.verb || 1 in [sql.limit]",
		"(target.labels['env'] == 'prod') == sql.has_where && sql.limit <= 9223372036854775807", "(target.labels['none'] == 'x') != sql.has_where",
	} {
		c, program, err := v.Load(text, vocab.Bool)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 64 {
			a := &schema.Action{
				Principal: &schema.Principal{Groups: [][]string{nil, {"a"}, {`it's "b"`}}[i%3]},
				Request:   schema.Request{Time: time.Date(2025, 12, 31, i, 0, 0, 0, time.UTC)},
				SQL:       &schema.SQL{Limit: int64(i % 13), WhereBound: i&1 != 0, HasWhere: i&2 != 0, Statement: "select"},
			}
			b.Bind(a, &schema.Target{Labels: map[string]string{"env": []string{"prod", "dev"}[i%2]}})
			b.SetAccess(&schema.Access{Verb: "select"})
			want, wantErr := program.Bool(b)
			got, ok := value(t, v, b, c.Logic())
			if ok != (wantErr == nil) || ok && got != want {
				t.Errorf("%s: %v %v, by its logic %v %v", text, want, wantErr, got, ok)
			}
		}
	}
}

// value evaluates a logic leaf by leaf.
func value(t *testing.T, v *vocab.Vocabulary, b *vocab.Binding, l *vocab.Logic) (result, ok bool) {
	t.Helper()
	switch l.Op {
	case vocab.OpLeaf:
		_, program, err := v.Load(l.Leaf.Text, vocab.Bool)
		if err != nil {
			t.Fatalf("%s: %v", l.Leaf.Text, err)
		}
		result, err := program.Bool(b)
		if err != nil && l.Leaf.Total {
			t.Errorf("%s is total and failed: %v", l.Leaf.Text, err)
		}
		return result, err == nil
	case vocab.OpNot:
		result, ok := value(t, v, b, l.Args[0])
		return !result, ok
	case vocab.OpIf:
		choice, ok := value(t, v, b, l.Args[0])
		switch {
		case !ok:
			return false, false
		case choice:
			return value(t, v, b, l.Args[1])
		}
		return value(t, v, b, l.Args[2])
	}
	if l.Op == vocab.OpSame {
		one, ok := value(t, v, b, l.Args[0])
		two, also := value(t, v, b, l.Args[1])
		return one == two, ok && also
	}
	settles := l.Op == vocab.OpOr
	all := true
	for _, a := range l.Args {
		result, ok := value(t, v, b, a)
		if ok && result == settles {
			return settles, true
		}
		all = all && ok
	}
	return !settles, all
}
