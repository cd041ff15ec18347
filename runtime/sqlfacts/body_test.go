package sqlfacts_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"
)

const bodies = `
CREATE SCHEMA other;
CREATE TABLE people (id int, pan text NOT NULL, pin int, name text, doc jsonb);
CREATE TABLE other.people (id int, pan text);
CREATE DOMAIN us_zip AS text CHECK (value ~ '^[0-9]+$');
CREATE VIEW named AS SELECT id, name FROM people;
CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT upper($1)';
CREATE FUNCTION hidden(t text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ''x''';
CREATE FUNCTION twice(t text) RETURNS text LANGUAGE sql AS 'SELECT t || twice.t';
CREATE FUNCTION atomic(t text) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT t || 'x'; END;
CREATE FUNCTION returned(t text) RETURNS text LANGUAGE sql RETURN lower(t);
CREATE FUNCTION lookup(int) RETURNS text LANGUAGE sql STABLE AS 'SELECT pan FROM people WHERE id = $1';
CREATE FUNCTION label(int) RETURNS text LANGUAGE sql STABLE AS 'SELECT name FROM people WHERE id = $1';
CREATE FUNCTION by_pan(text) RETURNS text LANGUAGE sql STABLE AS 'SELECT name FROM people WHERE pan = $1';
CREATE FUNCTION listed() RETURNS TABLE (a int, b text) LANGUAGE sql STABLE AS 'SELECT id, pan FROM people';
CREATE FUNCTION everyone() RETURNS SETOF people LANGUAGE sql STABLE AS 'SELECT * FROM people';
CREATE FUNCTION one(i int, OUT n text, OUT p text) LANGUAGE sql STABLE AS 'SELECT name, pan FROM people WHERE id = i';
CREATE FUNCTION elsewhere() RETURNS text LANGUAGE sql STABLE SET search_path = other AS 'SELECT pan FROM people';
CREATE FUNCTION atomic_list() RETURNS SETOF text LANGUAGE sql STABLE BEGIN ATOMIC SELECT pan FROM people ORDER BY id; END;
CREATE FUNCTION nested(i int) RETURNS text LANGUAGE sql STABLE AS 'SELECT plain(lookup(i))';
CREATE FUNCTION number(int) RETURNS int LANGUAGE sql AS 'SELECT $1 + 1';
CREATE FUNCTION pins() RETURNS SETOF int LANGUAGE sql AS 'SELECT pin FROM people';
CREATE FUNCTION narrowed() RETURNS SETOF us_zip LANGUAGE sql AS 'SELECT pan FROM people';
CREATE FUNCTION checked(us_zip) RETURNS text LANGUAGE sql AS 'SELECT ''x''';
CREATE FUNCTION casts(text) RETURNS int LANGUAGE sql AS 'SELECT $1::int';
CREATE FUNCTION writes(text) RETURNS text LANGUAGE sql AS 'WITH w AS (INSERT INTO people (pan) VALUES ($1) RETURNING pan) SELECT ''x''';
CREATE FUNCTION two(text) RETURNS text LANGUAGE sql AS 'SELECT 1; SELECT $1';
CREATE FUNCTION over(text) RETURNS text LANGUAGE sql AS 'SELECT ''t''';
CREATE FUNCTION over(int) RETURNS text LANGUAGE sql AS 'SELECT ''i''';
CREATE FUNCTION code(text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN $1; END';
CREATE FUNCTION itself(int) RETURNS text LANGUAGE sql AS 'SELECT name FROM people WHERE id = $1';
CREATE OR REPLACE FUNCTION itself(int) RETURNS text LANGUAGE sql AS 'SELECT itself($1)';
CREATE FUNCTION strictly(text) RETURNS text LANGUAGE sql STRICT IMMUTABLE AS 'SELECT ''x''';
CREATE FUNCTION defaulted(int, t text DEFAULT 'x') RETURNS text LANGUAGE sql AS 'SELECT t';
CREATE FUNCTION tuned(text) RETURNS text LANGUAGE sql SET work_mem = '1MB' AS 'SELECT $1';
CREATE FUNCTION count_all() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM people';
CREATE FUNCTION grown() RETURNS SETOF people LANGUAGE sql STABLE AS 'SELECT * FROM people';
CREATE FUNCTION nothing() RETURNS void LANGUAGE sql AS 'SELECT pan FROM people';
`

// TestBodies tells for each call of a function in SQL what its columns are made of: their origin and sources, and what is used
// beside. Opaque columns count as made of everything.
func TestBodies(t *testing.T) {
	s := startServer(t)
	run(t, s, bodies)
	catalog := fetch(t, s)
	ctx := context.Background()
	conn, err := pgconn.Connect(ctx, s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	const everything = "unsafe(*)"
	tests := []struct {
		text string
		// outputs are the columns, uses the places of the columns of people that are used beside.
		outputs []string
		uses    []string
	}{
		{"SELECT plain(name) FROM people", []string{"plain derived(name)"}, nil},
		{"SELECT plain(pan) AS p, hidden(pan) AS h FROM people", []string{"p derived(pan)", "h constant()"}, nil},
		{"SELECT twice(pan), atomic(pan), returned(pan) FROM people", []string{"twice derived(pan)", "atomic derived(pan)", "returned derived(pan)"}, nil},
		{"SELECT id, label(id) FROM people", []string{"id bare(id)", "label derived(name)"}, []string{"predicate(id)"}},
		{"SELECT lookup(1)", []string{"lookup derived(pan)"}, []string{"equality(id)"}},
		{"SELECT public.lookup(1)", []string{"lookup derived(pan)"}, []string{"equality(id)"}},
		{"SELECT by_pan('4')", []string{"by_pan derived(name)"}, []string{"equality(pan)"}},
		{"SELECT by_pan(name) FROM people", []string{"by_pan derived(name)"}, []string{"predicate(name,pan)"}},
		{"SELECT * FROM listed()", []string{"a bare(id)", "b bare(pan)"}, nil},
		{"SELECT l.b FROM listed() AS l (x, b) WHERE x > 1", []string{"b bare(pan)"}, []string{"predicate(id)"}},
		{"SELECT name, pin FROM everyone()", []string{"name bare(name)", "pin bare(pin)"}, nil},
		{"SELECT n, p FROM one(1)", []string{"n derived(name)", "p derived(pan)"}, []string{"equality(id)"}},
		{"SELECT elsewhere()", []string{"elsewhere derived(other.pan)"}, nil},
		{"SELECT * FROM atomic_list() AS p", []string{"p bare(pan)"}, []string{"predicate(id)"}},
		{"SELECT nested(7)", []string{"nested derived(pan)"}, []string{"equality(id)"}},
		{"SELECT p.name, l.p FROM people p, LATERAL one(p.id) l", []string{"name bare(name)", "p derived(pan)"}, []string{"predicate(id)"}},
		{"SELECT * FROM pins()", []string{"pins bare(pin)"}, nil},
		{"SELECT count_all(), nothing()", []string{"count_all constant()", "nothing constant()"}, nil},
		{"SELECT itself(1)", []string{"itself " + everything}, []string{"effect(*)"}},
		{"SELECT number(pin) FROM people", []string{"number unsafe(pin)"}, []string{"effect(pin)"}},
		{"SELECT * FROM narrowed()", []string{"narrowed unsafe(pan)"}, []string{"effect(pan)"}},
		{"SELECT checked(pan) FROM people", []string{"checked constant()"}, []string{"effect(pan)"}},
		{"SELECT casts(pan) FROM people", []string{"casts unsafe(pan)"}, []string{"effect(pan)"}},
		{"SELECT writes(pan) FROM people", []string{"writes " + everything}, []string{"effect(*,pan)"}},
		{"SELECT two(pan) FROM people", []string{"two " + everything}, []string{"effect(*,pan)"}},
		{"SELECT over(pan) FROM people", []string{"over " + everything}, []string{"effect(*,pan)"}},
		{"SELECT code(pan) FROM people", []string{"code " + everything}, []string{"effect(*,pan)"}},
		{"SELECT strictly(pan) FROM people", []string{"strictly derived(pan)"}, nil},
		{"SELECT defaulted(1)", []string{"defaulted " + everything}, []string{"effect(*)"}},
		{"SELECT tuned(pan) FROM people", []string{"tuned " + everything}, []string{"effect(*,pan)"}},
		{"SELECT plain($1 => pan) FROM people", nil, nil},
		{"SELECT twice(t => pan) FROM people", []string{"twice " + everything}, []string{"effect(*,pan)"}},
		{"SELECT listed() FROM people", []string{"listed unsafe(id,pan)"}, []string{"effect(id,pan)"}},
		{"SELECT name FROM people WHERE plain(pan) = 'X'", []string{"name bare(name)"}, []string{"predicate(pan)"}},
	}
	short := strings.NewReplacer("public.people.", "", "other.people.", "other.")
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			sts := sqlfacts.Classify(test.text, &newClient(catalog).session)
			if test.outputs == nil {
				if !sts[0].Opaque() {
					t.Errorf("%+v", sts[0])
				}
				return
			}
			st := &sts[0]
			var outputs, uses []string
			for _, o := range st.Outputs {
				origin := map[schema.Origin]string{schema.OriginBare: "bare", schema.OriginDerived: "derived", schema.OriginConstant: "constant", schema.OriginUnsafe: "unsafe"}[o.Origin]
				columns := o.Columns
				if slices.Contains(columns, schema.Everything) {
					columns = []string{schema.Everything}
				}
				outputs = append(outputs, fmt.Sprintf("%s %s(%s)", o.Name, origin, short.Replace(strings.Join(columns, ","))))
			}
			for _, u := range st.Uses {
				place := map[schema.Place]string{schema.PlacePredicate: "predicate", schema.PlaceEquality: "equality", schema.PlaceEffect: "effect", schema.PlaceWrite: "write"}[u.Place]
				uses = append(uses, fmt.Sprintf("%s(%s)", place, short.Replace(strings.Join(u.Columns, ","))))
			}
			if diff := cmp.Diff(test.outputs, outputs); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.uses, uses); diff != "" {
				t.Error(diff)
			}
			if !slices.ContainsFunc(st.Accesses, func(a schema.Access) bool { return a.Verb == schema.VerbCall }) {
				t.Error("no call is on record")
			}
			d, err := conn.Prepare(ctx, "", test.text, nil)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, test.text, st, d.Fields)
		})
	}
}
