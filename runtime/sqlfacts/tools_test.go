package sqlfacts_test

import (
	"slices"
	"testing"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
	"github.com/google/go-cmp/cmp"
)

// TestToolAccesses: what tools send beside queries is what it does, no more and no less.
func TestToolAccesses(t *testing.T) {
	harmless := func(verb, object string, columns ...string) schema.Access {
		return schema.Access{Verb: verb, Object: object, Columns: columns, Harmless: true}
	}
	needs := func(verb, object string, columns ...string) schema.Access {
		return schema.Access{Verb: verb, Object: object, Columns: columns}
	}
	for name, tc := range map[string]struct {
		text string
		want []schema.Access
	}{
		"a setting that some servers have": {
			"SELECT set_config(name, 'view', false) FROM pg_settings WHERE name = 'restrict_nonsystem_relation_kind'",
			[]schema.Access{harmless("select", "pg_catalog.pg_settings", "name"), harmless("set", "restrict_nonsystem_relation_kind")},
		},
		"a setting that needs a rule": {
			"SELECT set_config(name, 'postgres', false) FROM pg_settings WHERE name = 'role'",
			[]schema.Access{harmless("select", "pg_catalog.pg_settings", "name"), needs("set", "role")},
		},
		"any setting": {
			"SELECT set_config(name, '1', false) FROM pg_settings WHERE name <> 'work_mem'",
			[]schema.Access{harmless("select", "pg_catalog.pg_settings", "name"), needs("call", "pg_catalog.set_config")},
		},
		"one setting or another": {
			"SELECT set_config(name, '1', false) FROM pg_settings WHERE name = 'work_mem' OR true",
			[]schema.Access{harmless("select", "pg_catalog.pg_settings", "name"), needs("call", "pg_catalog.set_config")},
		},
		"the name of another row": {
			"SELECT set_config(b.name, '1', false) FROM pg_settings a, pg_settings b WHERE a.name = 'work_mem'",
			[]schema.Access{harmless("select", "pg_catalog.pg_settings", "name"), needs("call", "pg_catalog.set_config")},
		},
		"columns in another order": {
			"SELECT set_config(setting, '1', false) FROM pg_settings AS s (setting, name) WHERE name = 'work_mem'",
			[]schema.Access{harmless("select", "pg_catalog.pg_settings", "name", "setting"), needs("call", "pg_catalog.set_config")},
		},
		"a lock as of SELECT": {"LOCK TABLE t IN ACCESS SHARE MODE", []schema.Access{needs("select", "public.t")}},
		"a lock":              {"LOCK TABLE t IN ROW SHARE MODE", []schema.Access{needs("lock", "public.t")}},
		"unlisten":            {"UNLISTEN *", []schema.Access{harmless("notify", `""`)}},
		"listen":              {"LISTEN news", []schema.Access{needs("notify", "news")}},
		"subscriptions": {
			"SELECT subname, subenabled FROM pg_subscription",
			[]schema.Access{harmless("select", "pg_catalog.pg_subscription", "subenabled", "subname")},
		},
		"passwords of subscriptions": {
			"SELECT subname, subconninfo FROM pg_subscription",
			[]schema.Access{needs("select", "pg_catalog.pg_subscription", "subconninfo", "subname")},
		},
		"passwords of subscriptions under another name": {
			"SELECT s.x FROM (SELECT secret AS x FROM pg_user_mappings AS m (a, b, c, d, e, secret)) s",
			[]schema.Access{needs("select", "pg_catalog.pg_user_mappings", "umoptions")},
		},
		"names of prepared statements": {
			"SELECT name FROM pg_prepared_statements", []schema.Access{harmless("select", "pg_catalog.pg_prepared_statements", "name")},
		},
		"texts of cursors": {"SELECT statement FROM pg_cursors", []schema.Access{needs("select", "pg_catalog.pg_cursors", "statement")}},
		"functions of information_schema": {
			"SELECT (information_schema._pg_expandarray(conkey)).n FROM pg_constraint",
			[]schema.Access{harmless("select", "pg_catalog.pg_constraint", "conkey")},
		},
		"other functions of information_schema": {
			"SELECT information_schema.mine(1)", []schema.Access{needs("call", "information_schema.mine")},
		},
		"a type that is made":       {"CREATE TYPE mood AS ENUM ('a')", []schema.Access{needs("create", "public.mood")}},
		"a type that is dropped":    {"DROP TYPE mood", []schema.Access{needs("drop", "public.mood")}},
		"an index that is dropped":  {"DROP INDEX IF EXISTS by_id", []schema.Access{needs("drop", "public.by_id")}},
		"an index of a schema":      {"DROP INDEX other.by_id", []schema.Access{needs("drop", "other.by_id")}},
		"an index that is renamed":  {"ALTER INDEX by_id RENAME TO by_no", []schema.Access{needs("alter", "public.by_id")}},
		"a table as an index":       {"ALTER INDEX t RENAME TO u", []schema.Access{needs("alter", "public.t")}},
		"a function that is made":   {"CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'", []schema.Access{needs("create", "public.f")}},
		"an extension":              {"DROP EXTENSION hstore", []schema.Access{needs("drop", "hstore")}},
		"a transaction's isolation": {"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", nil},
		"another's snapshot":        {"SET TRANSACTION SNAPSHOT '1-1'", []schema.Access{needs("set", "transaction_snapshot")}},
	} {
		t.Run(name, func(t *testing.T) {
			sts := sqlfacts.Classify(tc.text, &newClient(structure("id")).session)
			if len(sts) != 1 || sts[0].Opaque() {
				t.Fatalf("%+v", sts)
			}
			if diff := cmp.Diff(tc.want, sts[0].Accesses); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestSetTransactionResolvesNothing: the session is not read again for it, which could only come after the
// transaction's first query.
func TestSetTransactionResolvesNothing(t *testing.T) {
	for _, text := range []string{
		"SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "SET TRANSACTION SNAPSHOT '1-1'",
		"SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
	} {
		st := sqlfacts.Classify(text, nil)[0]
		if st.Effect.Kind != sqlfacts.EffectSet || !st.Effect.Quiet || st.Effect.MayChangeSession {
			t.Errorf("%s: %+v", text, st.Effect)
		}
	}
}

// TestCasts: a cast of the database's own runs a function, but not over a constant that has no type yet.
func TestCasts(t *testing.T) {
	const own = "call"
	for text, want := range map[string][]string{
		"SELECT '{}'::json":                                  nil,
		"SELECT NULL::json":                                  nil,
		"SELECT json '{}'":                                   nil,
		"SELECT note::json FROM t":                           {own},
		"SELECT $1::json":                                    {own},
		"SELECT 1::json":                                     {own},
		"SELECT '{}'::text::json":                            {own},
		"SELECT x::json FROM (SELECT '{}' AS x) s":           {own},
		"SELECT x::json FROM (VALUES ('{}')) v (x)":          {own},
		"WITH w AS (SELECT '{}' AS x) TABLE w":               nil,
		"WITH w AS (SELECT '{}' AS x) SELECT x::json FROM w": {own},
		"SELECT note::jsonb FROM t":                          nil,
		"SELECT $1::jsonb":                                   nil,
	} {
		catalog := structure("id", "note")
		catalog.Casts, catalog.CastsInC = []string{"json", "jsonb"}, []string{"jsonb"}
		sts := sqlfacts.Classify(text, &newClient(catalog).session)
		var got []string
		for _, a := range sts[0].Accesses {
			if a.Verb == own {
				got = append(got, a.Verb)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", text, diff)
		}
	}
}

// TestIndexOfEachSchema: an index may stand in any schema of the search path, and what drops it needs to be allowed in each.
func TestIndexOfEachSchema(t *testing.T) {
	catalog := structure("id")
	s := &sqlfacts.Session{Catalog: catalog, SearchPath: []string{"pg_temp_3", "pg_catalog", "public", "other"}}
	want := []schema.Access{{Verb: "drop", Object: "public.by_id"}, {Verb: "drop", Object: "other.by_id"}}
	if diff := cmp.Diff(want, sqlfacts.Classify("DROP INDEX by_id", s)[0].Accesses); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestStatementsOfSession: the text of a cursor may hold values, whoever may read it.
func TestStatementsOfSession(t *testing.T) {
	for _, text := range []string{"SELECT statement FROM pg_cursors", "SELECT p FROM pg_prepared_statements p"} {
		out := sqlfacts.Classify(text, &newClient(structure("id")).session)[0].Outputs
		if len(out) != 1 || !slices.Contains(out[0].Columns, schema.Everything) {
			t.Errorf("%s: %+v", text, out)
		}
	}
}
