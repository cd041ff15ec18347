package engine_test

import (
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/schema"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func rule(effect schema.Effect, name string, change func(*schema.Rule)) schema.Rule {
	r := schema.Rule{
		Address: effect.String() + "." + name, Effect: effect, Targets: []string{"db"}, Protocol: schema.ProtocolPostgres,
	}
	if effect == schema.Approve {
		r.Route = "dba"
	}
	if change != nil {
		change(&r)
	}
	return r
}

func when(text string) *schema.Condition { return &schema.Condition{Text: text} }

func newEngine(t testing.TB, b *schema.Bundle) *engine.Engine {
	t.Helper()
	if b.Targets == nil {
		b.Targets = []schema.Target{{Name: "db", Protocol: schema.ProtocolPostgres, Labels: map[string]string{"env": "prod"}}}
	}
	if b.Routes == nil {
		b.Routes = []schema.Route{{Name: "dba"}, {Name: "sre"}}
	}
	b.ID = "sha256:test"
	e, err := engine.New(b)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func act(accesses ...schema.Access) *schema.Action {
	return &schema.Action{
		Protocol: schema.ProtocolPostgres, Target: "db",
		Principal: &schema.Principal{Issuer: "corp", Subject: "svc", Groups: []string{"app"}, Kind: schema.KindMachine},
		Accesses:  accesses,
		SQL:       &schema.SQL{Statement: "select", Limit: -1},
	}
}

func on(verb, object string) schema.Access { return schema.Access{Verb: verb, Object: object} }

func decide(e *engine.Engine, a *schema.Action) schema.Decision {
	var d schema.Decision
	e.Decide(a, &d)
	return d
}

func TestAccessesAndRules(t *testing.T) {
	allow := func(verbs, tables string) schema.Rule {
		return rule(schema.Allow, "a", func(r *schema.Rule) { r.Verbs, r.Tables = strings.Fields(verbs), strings.Fields(tables) })
	}
	deny := rule(schema.Deny, "d", func(r *schema.Rule) { r.Verbs = []string{"delete"}; r.Message = "no deletes" })
	approve := rule(schema.Approve, "p", func(r *schema.Rule) { r.Verbs = []string{"delete"} })
	tests := []struct {
		name  string
		rules []schema.Rule
		act   *schema.Action
		want  schema.Effect
		by    string
	}{
		{"no rule", nil, act(on("select", "public.t")), schema.Deny, ""},
		{"no access needs no rule", nil, act(), schema.Allow, ""},
		{"allow", []schema.Rule{allow("select", "public.t")}, act(on("select", "public.t")), schema.Allow, "allow.a"},
		{"allow of another verb", []schema.Rule{allow("insert", "public.t")}, act(on("select", "public.t")), schema.Deny, ""},
		{"allow of another table", []schema.Rule{allow("select", "public.u")}, act(on("select", "public.t")), schema.Deny, ""},
		{"allow by schema", []schema.Rule{allow("select", "public.*")}, act(on("select", "public.t")), schema.Allow, "allow.a"},
		{"allow by a quoted schema", []schema.Rule{allow("select", `"a.b".*`)}, act(on("select", `"a.b".t`)), schema.Allow, "allow.a"},
		{"a schema is no prefix", []schema.Rule{allow("select", "public.*")}, act(on("select", "public2.t")), schema.Deny, ""},
		{"allow by star", []schema.Rule{allow("*", "*")}, act(on("drop", "x.y")), schema.Allow, "allow.a"},
		{"strictest access", []schema.Rule{allow("select", "public.t")}, act(on("select", "public.t"), on("select", "public.u")), schema.Deny, ""},
		{"deny beats allow", []schema.Rule{allow("*", "*"), deny}, act(on("delete", "public.t")), schema.Deny, "deny.d"},
		{"deny beats approve", []schema.Rule{allow("*", "*"), deny, approve}, act(on("delete", "public.t")), schema.Deny, "deny.d"},
		{"approve beats allow", []schema.Rule{allow("*", "*"), approve}, act(on("delete", "public.t")), schema.Approve, "approve.p"},
		{"approve does not allow", []schema.Rule{approve}, act(on("delete", "public.t")), schema.Deny, ""},
		{"opaque needs its name", []schema.Rule{allow("*", "")}, act(on("opaque", "")), schema.Deny, ""},
		{"opaque by name", []schema.Rule{allow("opaque", "")}, act(on("opaque", "")), schema.Allow, "allow.a"},
		{"call needs functions", []schema.Rule{allow("*", "*")}, act(on("call", "pg_catalog.pg_sleep")), schema.Deny, ""},
		{"call by name", []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.Functions = []string{"pg_catalog.pg_sleep"} })},
			act(on("call", "pg_catalog.pg_sleep")), schema.Allow, "allow.a"},
		{"functions alone cover no table", []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.Functions = []string{"*"} })},
			act(on("select", "public.t")), schema.Deny, ""},
		{"harmless needs no rule", nil, act(schema.Access{Verb: "select", Object: "pg_catalog.pg_class", Harmless: true}), schema.Allow, ""},
		{"harmless is not denied by star", []schema.Rule{rule(schema.Deny, "d", func(r *schema.Rule) { r.Tables = []string{"*"} })},
			act(schema.Access{Verb: "select", Object: "pg_catalog.pg_class", Harmless: true}), schema.Allow, ""},
		{"harmless is denied by name", []schema.Rule{rule(schema.Deny, "d", func(r *schema.Rule) { r.Tables = []string{"pg_catalog.*"} })},
			act(schema.Access{Verb: "select", Object: "pg_catalog.pg_class", Harmless: true}), schema.Deny, "deny.d"},
		{"another group", []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.Groups = []string{"dba"} })}, act(on("select", "public.t")), schema.Deny, ""},
		{"unknown verb", []schema.Rule{allow("*", "*")}, act(on("frobnicate", "public.t")), schema.Deny, ""},
		{"failing condition on allow", []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.When = when("target.labels['x'] == 'y'") })},
			act(on("select", "public.t")), schema.Deny, ""},
		{"failing unless on allow", []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.Unless = when("target.labels['x'] == 'y'") })},
			act(on("select", "public.t")), schema.Deny, ""},
		{"failing condition on deny", []schema.Rule{allow("*", "*"), rule(schema.Deny, "d", func(r *schema.Rule) { r.When = when("target.labels['x'] == 'y'") })},
			act(on("select", "public.t")), schema.Deny, "deny.d"},
		{"failing unless on deny", []schema.Rule{allow("*", "*"), rule(schema.Deny, "d", func(r *schema.Rule) { r.Unless = when("target.labels['x'] == 'y'") })},
			act(on("select", "public.t")), schema.Deny, "deny.d"},
		{"failing condition on approve", []schema.Rule{allow("*", "*"), rule(schema.Approve, "p", func(r *schema.Rule) { r.When = when("target.labels['x'] == 'y'") })},
			act(on("select", "public.t")), schema.Approve, "approve.p"},
		{"unless lifts", []schema.Rule{allow("*", "*"), rule(schema.Deny, "d", func(r *schema.Rule) { r.Unless = when("access.object == 'public.t'") })},
			act(on("select", "public.t")), schema.Allow, "allow.a"},
		{"condition per access", []schema.Rule{allow("*", "*"), rule(schema.Deny, "d", func(r *schema.Rule) { r.When = when("access.object == 'public.u'") })},
			act(on("select", "public.t"), on("select", "public.u")), schema.Deny, "deny.d"},
		{"a failing deny is not lifted", []schema.Rule{allow("*", "*"), rule(schema.Deny, "d", func(r *schema.Rule) {
			r.When, r.Unless = when("target.labels['x'] == 'y'"), when("true")
		})}, act(on("select", "public.t")), schema.Deny, "deny.d"},
		{"a deny without a block", []schema.Rule{allow("*", "*"), rule(schema.Deny, "d", func(r *schema.Rule) { r.Protocol = "" })},
			act(on("notify", "c")), schema.Deny, "deny.d"},
		{"a deny of everything is also of opaque", []schema.Rule{allow("opaque", ""), rule(schema.Deny, "d", nil)}, act(on("opaque", "")), schema.Deny, "deny.d"},
		{"tables and functions, a call", []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.Tables, r.Functions = []string{"public.t"}, []string{"public.f"} })},
			act(on("call", "public.f"), on("select", "public.t")), schema.Allow, "allow.a"},
		{"a function is not a table", []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.Tables, r.Functions = []string{"public.t"}, []string{"public.f"} })},
			act(on("call", "public.t")), schema.Deny, ""},
		{"deny of tables never matches call", []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.Functions = []string{"*"} }),
			rule(schema.Deny, "d", func(r *schema.Rule) { r.Tables = []string{"*"} })}, act(on("call", "public.f")), schema.Allow, "allow.a"},
		{"deny of everything matches call", []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.Functions = []string{"*"} }),
			rule(schema.Deny, "d", nil)}, act(on("call", "public.f")), schema.Deny, "deny.d"},
		{"approve of what is harmless, by name", []schema.Rule{rule(schema.Approve, "p", func(r *schema.Rule) { r.Tables = []string{"pg_catalog.pg_class"} })},
			act(schema.Access{Verb: "select", Object: "pg_catalog.pg_class", Harmless: true}), schema.Approve, "approve.p"},
		{"one allow for each access", []schema.Rule{allow("select", "public.t"), rule(schema.Allow, "b", func(r *schema.Rule) { r.Verbs = []string{"insert"} })},
			act(on("select", "public.t"), on("insert", "public.u")), schema.Allow, "allow.a allow.b"},
		{"a rule without targets matches none", []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.Targets = nil })}, act(on("select", "public.t")), schema.Deny, ""},
		{"every deny speaks", []schema.Rule{deny, rule(schema.Deny, "e", nil)}, act(on("delete", "public.t")), schema.Deny, "deny.d deny.e"},
		{"two routes", []schema.Rule{allow("*", "*"), approve, rule(schema.Approve, "q", func(r *schema.Rule) { r.Route = "sre" })},
			act(on("delete", "public.t")), schema.Deny, "approve.p approve.q"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := decide(newEngine(t, &schema.Bundle{Rules: tt.rules}), tt.act)
			if d.Effect != tt.want || strings.Join(d.Rules, " ") != tt.by {
				t.Errorf("got %s by %v (%s), want %s by %q", d.Effect, d.Rules, d.Message, tt.want, tt.by)
			}
			if d.Effect == schema.Deny && (d.Message == "" || d.Hint == "") {
				t.Errorf("a denial without a message or a hint: %+v", d)
			}
			if !d.Enforced || d.Bundle != "sha256:test" {
				t.Errorf("enforced %v by bundle %q", d.Enforced, d.Bundle)
			}
		})
	}
}

func TestConnect(t *testing.T) {
	allow := rule(schema.Allow, "a", func(r *schema.Rule) { r.Groups = []string{"app"}; r.When = when("sql.has_limit") })
	tests := []struct {
		name  string
		rules []schema.Rule
		want  schema.Effect
	}{
		{"nothing could match", nil, schema.Deny},
		{"an allow could match", []schema.Rule{allow}, schema.Allow},
		{"an allow for others", []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.Groups = []string{"x"} })}, schema.Deny},
		{"an allow that its own facts rule out", []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.When = when("principal.kind == 'human'") })}, schema.Deny},
		{"a deny that names connect", []schema.Rule{allow, rule(schema.Deny, "d", func(r *schema.Rule) { r.Verbs = []string{"connect"} })}, schema.Deny},
		{"a deny of everything", []schema.Rule{allow, rule(schema.Deny, "d", func(r *schema.Rule) { r.Protocol = "" })}, schema.Deny},
		{"a deny of everything by facts of the connection", []schema.Rule{allow, rule(schema.Deny, "d", func(r *schema.Rule) { r.When = when("request.client_address == ''") })}, schema.Deny},
		{"a deny of some statements", []schema.Rule{allow, rule(schema.Deny, "d", func(r *schema.Rule) { r.Unless = when("sql.where_bound") })}, schema.Allow},
		{"a deny of some verbs", []schema.Rule{allow, rule(schema.Deny, "d", func(r *schema.Rule) { r.Verbs = []string{"drop"} })}, schema.Allow},
		{"a deny of some tables", []schema.Rule{allow, rule(schema.Deny, "d", func(r *schema.Rule) { r.Tables = []string{"*"} })}, schema.Allow},
		{"an allow that may match a later statement", []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.When = when("principal.kind == 'machine' && sql.has_limit") })}, schema.Allow},
		{"an allow that no statement of this caller can match", []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.When = when("principal.kind == 'human' && sql.has_limit") })}, schema.Deny},
		{"an allow at other times", []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.When = when("request.time > timestamp('2999-01-01T00:00:00Z')") })}, schema.Allow},
		{"an allow lifted for this caller", []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.Unless = when("'app' in principal.groups") })}, schema.Deny},
		{"an allow that fails", []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.When = when("target.labels['x'] == 'y'") })}, schema.Deny},
		{"a deny of connect by its verb", []schema.Rule{allow, rule(schema.Deny, "d", func(r *schema.Rule) { r.When = when("access.verb == 'connect'") })}, schema.Deny},
		{"a deny that fails", []schema.Rule{allow, rule(schema.Deny, "d", func(r *schema.Rule) { r.When = when("target.labels['x'] == 'y'") })}, schema.Deny},
		{"a deny of connect and others, by a statement", []schema.Rule{allow, rule(schema.Deny, "d", func(r *schema.Rule) {
			r.Verbs, r.When = []string{"connect", "select"}, when("sql.limit < 0")
		})}, schema.Allow},
		{"a deny of others", []schema.Rule{allow, rule(schema.Deny, "d", func(r *schema.Rule) { r.Groups = []string{"x"} })}, schema.Allow},
		{"an approve of everything", []schema.Rule{allow, rule(schema.Approve, "p", nil)}, schema.Allow},
		{"an approve that names connect", []schema.Rule{allow, rule(schema.Approve, "p", func(r *schema.Rule) { r.Verbs = []string{"connect"} })}, schema.Approve},
		{"an allow in dry run", []schema.Rule{rule(schema.Allow, "a", func(r *schema.Rule) { r.Mode = schema.DryRun })}, schema.Deny},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := act(on("connect", ""))
			a.SQL = nil
			if d := decide(newEngine(t, &schema.Bundle{Rules: tt.rules}), a); d.Effect != tt.want {
				t.Errorf("got %s by %v", d.Effect, d.Rules)
			}
		})
	}
}

func TestDryRunRules(t *testing.T) {
	dry := func(r *schema.Rule) { r.Mode = schema.DryRun }
	allow := rule(schema.Allow, "a", nil)
	tests := []struct {
		name  string
		rules []schema.Rule
		want  schema.Effect
		would *schema.Would
	}{
		{"deny", []schema.Rule{allow, rule(schema.Deny, "d", dry)}, schema.Allow, &schema.Would{Effect: schema.Deny, Rules: []string{"deny.d"}}},
		{"approve", []schema.Rule{allow, rule(schema.Approve, "p", dry)}, schema.Allow, &schema.Would{Effect: schema.Approve, Rules: []string{"approve.p"}}},
		{"allow", []schema.Rule{rule(schema.Allow, "a", dry)}, schema.Deny, &schema.Would{Effect: schema.Allow, Rules: []string{"allow.a"}}},
		{"no change", []schema.Rule{allow, rule(schema.Deny, "c", nil), rule(schema.Deny, "d", dry)}, schema.Deny, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := decide(newEngine(t, &schema.Bundle{Rules: tt.rules}), act(on("select", "public.t")))
			if d.Effect != tt.want {
				t.Errorf("got %s", d.Effect)
			}
			if diff := cmp.Diff(tt.would, d.Would); diff != "" {
				t.Errorf("would (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnknownTargetAndPrincipal(t *testing.T) {
	e := newEngine(t, &schema.Bundle{Rules: []schema.Rule{rule(schema.Allow, "a", nil)}})
	for name, change := range map[string]func(*schema.Action){
		"target": func(a *schema.Action) { a.Target = "x" }, "protocol": func(a *schema.Action) { a.Protocol = "ssh" },
		"principal": func(a *schema.Action) { a.Principal = nil },
	} {
		a := act(on("select", "public.t"))
		change(a)
		if d := decide(e, a); d.Effect != schema.Deny || d.Message == "" {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for name, b := range map[string]*schema.Bundle{
		"a bad condition":      {Rules: []schema.Rule{rule(schema.Deny, "d", func(r *schema.Rule) { r.When = when("sql.nothing") })}},
		"a mask over access":   masked(func(m *schema.Mask) { m.When = when("access.verb == 'x'") }),
		"an unknown target":    {Rules: []schema.Rule{rule(schema.Deny, "d", func(r *schema.Rule) { r.Targets = []string{"x"} })}},
		"an unknown verb":      {Rules: []schema.Rule{rule(schema.Deny, "d", func(r *schema.Rule) { r.Verbs = []string{"x"} })}},
		"an unknown route":     {Rules: []schema.Rule{rule(schema.Approve, "p", nil)}},
		"an unknown effect":    {Rules: []schema.Rule{rule(9, "p", nil)}},
		"an unknown protocol":  {Rules: []schema.Rule{rule(schema.Deny, "d", func(r *schema.Rule) { r.Protocol = "ssh" })}},
		"a rule twice":         {Rules: []schema.Rule{rule(schema.Deny, "d", nil), rule(schema.Deny, "d", nil)}},
		"an unknown transform": masked(func(m *schema.Mask) { m.With = schema.TransformNone }),
		"an unknown detector":  {Classes: []schema.Class{{Name: "c", Targets: []string{"db"}, Detect: []string{"x"}}}},
		"a loose column":       {Classes: []schema.Class{{Name: "c", Targets: []string{"db"}, Columns: []string{"cards.pan"}}}},
		"a bad claim":          {Issuers: []schema.Issuer{{Name: "i", Subject: *when("sql.limit")}}},
		"an unknown class":     masked(func(m *schema.Mask) { m.Classes = []string{"x"} }),
	} {
		b.Targets = []schema.Target{{Name: "db", Protocol: schema.ProtocolPostgres}}
		if _, err := engine.New(b); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestTrace(t *testing.T) {
	e := newEngine(t, &schema.Bundle{Rules: []schema.Rule{
		rule(schema.Allow, "a", func(r *schema.Rule) { r.Verbs = []string{"select"}; r.When = when("sql.limit < 10") }),
		rule(schema.Allow, "b", func(r *schema.Rule) { r.Groups = []string{"dba"} }),
		rule(schema.Allow, "c", func(r *schema.Rule) { r.Tables = []string{"public.u"} }),
		rule(schema.Allow, "d", func(r *schema.Rule) { r.Verbs = []string{"drop"} }),
		rule(schema.Allow, "e", func(r *schema.Rule) { r.When = when("sql.limit > 10") }),
	}})
	var got []string
	for _, tr := range e.Trace(act(on("select", "public.t"))) {
		line := tr.Rule + " " + tr.Scope
		for _, term := range tr.Terms {
			line += " " + term.Text + "=" + term.Value
		}
		got = append(got, line)
	}
	want := []string{
		"allow.a  sql.limit < 10=true sql.limit=-1", "allow.b groups", "allow.c tables", "allow.d verbs",
		"allow.e condition sql.limit > 10=false sql.limit=-1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestMessages fixes what the caller reads.
func TestMessages(t *testing.T) {
	described := rule(schema.Deny, "unbounded-write", func(r *schema.Rule) { r.Verbs, r.Message = []string{"delete"}, "DELETE needs a WHERE" })
	all := rule(schema.Allow, "a", func(r *schema.Rule) { r.Verbs = []string{"*", "opaque"}; r.Groups = []string{"app"} })
	opaque := act(on("opaque", ""))
	opaque.SQL.OpaqueReason = "DO runs code"
	predicate := act(on("select", "public.cards"))
	predicate.Uses = []schema.Use{{Place: schema.PlacePredicate, Columns: []string{"public.cards.pan"}}}
	cards := masked(func(m *schema.Mask) { m.Message = "ask the fraud team" })
	tests := []struct {
		name          string
		bundle        *schema.Bundle
		act           *schema.Action
		message, hint string
		denied        schema.Access
	}{
		{"the rule's own", &schema.Bundle{Rules: []schema.Rule{all, described}}, act(on("delete", "public.t")),
			"deny.unbounded-write: DELETE needs a WHERE", "change the statement so that the rule does not match, or ask the owner of the policy about the rule", on("delete", "public.t")},
		{"a rule without one", &schema.Bundle{Owner: "sec@example.com", Rules: []schema.Rule{all, rule(schema.Deny, "d", nil)}}, act(on("delete", "public.t")),
			"deny.d: delete on public.t is denied", "change the statement so that the rule does not match, or ask sec@example.com about the rule", on("delete", "public.t")},
		{"no rule", &schema.Bundle{}, act(on("select", "public.a"), on("delete", "public.t")),
			"no rule allows delete on public.t for corp/svc on target db",
			`ask the owner of the policy for an allow rule with verbs = ["delete"] and tables = ["public.t"]`, on("delete", "public.t")},
		{"no rule for a function", &schema.Bundle{Rules: []schema.Rule{all}}, act(on("call", "pg_catalog.pg_sleep")),
			"no rule allows call on pg_catalog.pg_sleep for corp/svc on target db",
			`ask the owner of the policy for an allow rule with verbs = ["call"] and functions = ["pg_catalog.pg_sleep"]`, on("call", "pg_catalog.pg_sleep")},
		{"opaque", &schema.Bundle{}, opaque, "the statement is opaque: DO runs code",
			`write it so that it can be analysed, or ask the owner of the policy for an allow rule with verbs = ["opaque"]`, on("opaque", "")},
		{"connect", &schema.Bundle{}, act(on("connect", "")), "no rule allows corp/svc anything on target db", "ask the owner of the policy for an allow rule", on("connect", "")},
		{"a mask", cards, predicate, "mask.m: a masked column may not decide which rows come, in what order or in what groups (ask the fraud team)",
			"filter, join, sort and group by columns that are not masked", schema.Access{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := decide(newEngine(t, tt.bundle), tt.act)
			got := []string{d.Message, d.Hint}
			if diff := cmp.Diff([]string{tt.message, tt.hint}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.denied, d.Denied); diff != "" {
				t.Errorf("denied (-want +got):\n%s", diff)
			}
		})
	}
}

// TestReuse: a Decision that held much says nothing of it afterwards.
func TestReuse(t *testing.T) {
	e := newEngine(t, masked(nil))
	a := act(on("select", "public.cards"))
	a.Outputs = []schema.Output{{Origin: schema.OriginBare, Columns: []string{"public.cards.pan"}}}
	var d schema.Decision
	e.Decide(a, &d)
	d.Ticket, d.Route, d.Would = "t", "r", &schema.Would{}
	e.Decide(act(), &d)
	want := schema.Decision{Effect: schema.Allow, Enforced: true, Redact: true, Bundle: "sha256:test",
		Detect: []schema.Detection{{Detector: "credit_card", With: schema.TransformLast4, Rule: "mask.m"}}}
	if diff := cmp.Diff(want, d, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
