package main

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
)

// maskedOf has, for each type of a parameter, masked columns that may stand for it; the first of a type that PostgreSQL
// converts to it where none has the type itself.
var maskedOf = map[string][]string{
	"text": {"ssn", "grade", "email"}, "character varying": {"email", "email"}, "character": {"fixed"}, "name": {"ssn::name"}, "\"char\"": {"ssn::\"char\""},
	"integer": {"pin", "pin"}, "bigint": {"pin"}, "smallint": {"pin::smallint"}, "numeric": {"salary", "salary", "pin"}, "date": {"born"}, "boolean": {"flag"},
	"text[]": {"tags"}, "integer[]": {"scores"}, "jsonb": {"doc"}, "json": {"raw"}, "bytea": {"secret"}, "point": {"spot"}, "polygon": {"area"},
	"int4range": {"span"}, "inet": {"ip"}, "cidr": {"ip::cidr"}, "timestamp with time zone": {"seen"}, "timestamp without time zone": {"born", "seen"}, "uuid": {"badge"},
	"double precision": {"ratio", "pin", "salary"}, "real": {"ratio"}, "bit varying": {"bits"}, "bit": {"bits"}, "money": {"worth"}, "interval": {"born - born", "seen - seen"},
	"anyelement": {"ssn", "pin", "doc", "raw", "home", "span", "mood"}, "anyarray": {"tags", "scores"}, "anynonarray": {"ssn", "born"}, "anycompatible": {"ssn", "pin"},
	"anycompatiblearray": {"tags", "scores"}, "anycompatiblenonarray": {"ssn"}, "\"any\"": {"ssn", "tags", "doc", "t1", "ratio"}, "anyenum": {"mood"}, "anyrange": {"span"},
	"record": {"t1", "home", "ROW(ssn, pin)"}, "anymultirange": {"int4multirange(span)"}, "xml": {"ssn::xml"}, "oid": {"pin::oid"}, "regclass": {"ssn::regclass"},
	"tsvector": {"to_tsvector(ssn)"}, "jsonpath": {"ssn::jsonpath"}, "box": {"box(spot)"}, "circle": {"circle(area)"}, "path": {"path(area)"}, "lseg": {"lseg(spot, spot)"},
}

// constantsOf has constants of a type, those among them with which something fails for some values.
var constantsOf = map[string][]string{
	"text": {"'1'", "''", "'UTF8'", "'a'", "'%s'", "'day'", "'$.a'", `'\'`}, "integer": {"0", "1", "-1", "8", "2147483647"}, "bigint": {"0", "1", "9223372036854775807"}, "boolean": {"true", "false"},
	"numeric": {"0", "1.5"}, "date": {"'2026-01-01'", "'infinity'"}, "text[]": {"'{a}'", "'{}'"}, "jsonb": {`'{"a": 1}'`, "'[1]'"}, "bytea": {`'\x61'`, `''`}, "interval": {"'1 day'"}, "name": {"'UTF8'"},
	"double precision": {"0", "1e308"}, "integer[]": {"'{1}'"}, "point": {"'(1,1)'"}, "polygon": {"'((1e308,1),(1e308,-1e308),(-1,2))'", "'((0,0),(1,1),(1,0))'"}, "int4range": {"'[1,3)'", "'empty'"},
	"inet": {"'10.0.0.1'", "'::1'"}, "timestamp with time zone": {"'2026-01-01'"}, "timestamp without time zone": {"'2026-01-01'"}, "smallint": {"0", "1"}, "character": {"'a'"}, "character varying": {"'a'"},
	"anyelement": {"'a'::text", "1"}, "anyarray": {"ARRAY['a']", "ARRAY[1]"}, "\"any\"": {"'a'::text"}, "anycompatible": {"'a'::text"}, "jsonpath": {"'$.a'", "'strict $.a'"}, "oid": {"0"}, "real": {"0"},
	"bit varying": {"'1'"}, "bit": {"B'1'"}, "record": {"ROW('a'::text, 1)"}, "anycompatiblearray": {"ARRAY['a']"}, "anyrange": {"'[1,3)'::int4range"}, "box": {"'(1e308,1),(0,0)'"}, "circle": {"'<(1e308,0),1>'"},
}

// callables are the functions, operators and casts of the server: kind, name, parameters, whether it gives rows.
const callables = `
SELECT prokind::text || E'\t' || 'pg_catalog.' || quote_ident(proname) || E'\t' || coalesce((SELECT string_agg(format_type(a, NULL), '|' ORDER BY o) FROM unnest(proargtypes) WITH ORDINALITY u(a, o)), '')
  || E'\t' || (provariadic <> 0) FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND pronargs BETWEEN 1 AND 4 AND prokind IN ('f', 'a', 'w')
UNION ALL SELECT 'o' || E'\t' || 'OPERATOR(pg_catalog.' || oprname || ')' || E'\t' || CASE WHEN oprleft = 0 THEN '' ELSE format_type(oprleft, NULL) || '|' END || format_type(oprright, NULL) || E'\tfalse' FROM pg_operator
UNION ALL SELECT 'c' || E'\t' || format_type(casttarget, NULL) || E'\t' || format_type(castsource, NULL) || E'\tfalse' FROM pg_cast
UNION ALL SELECT 'c' || E'\t' || format_type(t.oid, NULL) || E'\ttext\tfalse' FROM pg_type t WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'r')
ORDER BY 1`

// callable is one of them.
type callable struct {
	kind, name string
	parameters []string
	variadic   bool
}

// TestNoninterferenceCatalog calls every function, operator and cast of the server with masked columns, alone and with
// constants beside them, so that none counts as one that cannot fail but does.
func TestNoninterferenceCatalog(t *testing.T) {
	tr := startWorld(t, newWorld())
	tr.fresh(t)
	rng := rand.New(rand.NewSource(*madeSeed))
	counts := newTally()
	var all []callable
	for line := range strings.Lines(tr.askOwner(t, first, callables)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		all = append(all, callable{f[0], f[1], strings.Split(f[2], "|"), f[3] == "true"})
	}
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	rounds := 1 + *madeStatements/2000
	if *madeStatements < 1000 {
		all = all[:len(all)/3]
	}
	for _, c := range all {
		for range rounds {
			if sql := c.statement(rng); sql != "" {
				tr.playCall(t, counts, sql, c.kind, []string{waySimple, wayText, wayBinary}[rng.Intn(3)])
			}
		}
	}
	counts.print(t)
}

func (tr *twinned) playCall(t *testing.T, counts *tally, sql, kind, how string) {
	verdict, got := tr.verdict(t, []string{sql}, how)
	counts.add(map[string]string{"f": "function", "a": "aggregate", "w": "window", "o": "operator", "c": "cast"}[kind], verdict, true)
	tr.odd(t, sql, verdict, got)
	if verdict == leaked {
		t.Errorf("%s: the answer depends on masked values:\n%s\n%s", how, sql, bothAnswers(got))
	}
}

// statement calls it with masked columns and constants, as chance will have it; empty when a parameter has neither.
func (c callable) statement(rng *rand.Rand) string {
	args := make([]string, len(c.parameters))
	hidden := rng.Intn(len(args)) // is masked in any case
	for i, parameter := range c.parameters {
		from := constantsOf[parameter]
		if len(from) == 0 || i == hidden && len(maskedOf[parameter]) > 0 || len(maskedOf[parameter]) > 0 && rng.Intn(3) == 0 {
			from = maskedOf[parameter]
		}
		if len(from) == 0 {
			return ""
		}
		args[i] = from[rng.Intn(len(from))]
	}
	if c.variadic && rng.Intn(2) == 0 {
		args[len(args)-1] = "VARIADIC " + []string{"tags", "scores", "ARRAY['a', 'b']", "tags || ARRAY['a']"}[rng.Intn(4)]
	}
	switch {
	case c.kind == "c":
		return fmt.Sprintf("SELECT (%s)::%s FROM people t1", args[0], c.name)
	case c.kind == "o" && len(args) == 1:
		return fmt.Sprintf("SELECT %s (%s) FROM people t1", c.name, args[0])
	case c.kind == "o":
		return fmt.Sprintf("SELECT (%s) %s (%s) FROM people t1", args[0], c.name, args[1])
	case c.kind == "w":
		return fmt.Sprintf("SELECT %s(%s) OVER (ORDER BY id) FROM people t1", c.name, strings.Join(args, ", "))
	}
	return fmt.Sprintf("SELECT %s(%s) FROM people t1", c.name, strings.Join(args, ", "))
}
