package postgres_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
)

// The name forbidden stands for trick.forbidden, which anybody may read, or for public.forbidden, which nobody may. What is
// sent below tries to have the server read the second while the gateway believes in the first.

const trick = `
CREATE SCHEMA trick;
CREATE TABLE trick.forbidden (id int, note text);
INSERT INTO trick.forbidden VALUES (1, 'harmless');
CREATE FUNCTION trick.sets() RETURNS int LANGUAGE sql SET search_path = public AS 'SELECT 1';
CREATE FUNCTION trick.changes(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('search_path', $1, false); RETURN $1; END $$;
CREATE FUNCTION trick.changes_here(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('search_path', $1, true); RETURN $1; END $$;
CREATE FUNCTION trick.tries(text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  BEGIN
    PERFORM set_config('search_path', $1, false);
    PERFORM 1 / 0;
  EXCEPTION WHEN division_by_zero THEN NULL;
  END;
  RETURN $1;
END $$;
CREATE TABLE trick.fires (id int);
CREATE FUNCTION trick.fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('search_path', 'public', false); RETURN NEW; END $$;
CREATE TRIGGER fire BEFORE INSERT ON trick.fires FOR EACH ROW EXECUTE FUNCTION trick.fire();
CREATE VIEW trick.looks AS SELECT trick.changes('public') AS path;
CREATE TABLE trick.defaults (id int, path text DEFAULT trick.changes('public'));
CREATE DOMAIN trick.dom AS int CHECK (trick.changes('public') = 'public');
CREATE TABLE trick.doms (id trick.dom);
CREATE TABLE trick.parents (id int PRIMARY KEY);
CREATE TABLE trick.children (id int REFERENCES trick.parents ON DELETE CASCADE);
INSERT INTO trick.parents VALUES (1); INSERT INTO trick.children VALUES (1);
CREATE FUNCTION trick.fired() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('search_path', 'public', false); RETURN OLD; END $$;
CREATE TRIGGER fire BEFORE DELETE ON trick.children FOR EACH ROW EXECUTE FUNCTION trick.fired();
CREATE FUNCTION trick.both(int, text) RETURNS text LANGUAGE sql AS 'SELECT trick.changes(''public'')';
CREATE OPERATOR trick.### (LEFTARG = int, RIGHTARG = text, FUNCTION = trick.both);
CREATE ROLE tricky;
GRANT ALL ON SCHEMA trick, public TO tricky;
GRANT ALL ON ALL TABLES IN SCHEMA trick, public TO tricky;
CREATE SCHEMA tricky AUTHORIZATION tricky;
CREATE PROCEDURE trick.proceeds(text) LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('search_path', $1, false); COMMIT; PERFORM set_config('search_path', 'trick', true); END $$;
`

const untrick = `
DROP SCHEMA IF EXISTS trick, tricky CASCADE;
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tricky') THEN DROP OWNED BY tricky; DROP ROLE tricky; END IF;
END $$;
ALTER ROLE CURRENT_USER RESET ALL; ALTER DATABASE postgres RESET ALL;
`

const readForbidden = "SELECT id, note FROM forbidden"

// tricks are what may change what the name stands for.
var tricks = []string{
	// A name counts as all that the path holds under it: with both in the path it is forbidden already.
	"SET search_path = trick, public", "SET search_path = trick", "SET search_path = trick, pg_catalog", "SET search_path = tricky, trick", "SET search_path = public, trick", "SET search_path TO DEFAULT",
	"SET LOCAL search_path = trick, public", "SET LOCAL search_path = public", "SET SESSION search_path = 'trick'", "RESET search_path", "RESET ALL",
	"SET search_path = \"$user\", trick", "SET SCHEMA 'trick'", "SET SCHEMA 'public'",
	"SELECT set_config('search_path', 'trick', false)", "SELECT set_config('search_path', 'public', true)", "SELECT set_config('SEARCH' || '_path', 'public', false)",
	"SELECT trick.sets()", "SELECT trick.changes('public')", "SELECT trick.changes('trick')", "SELECT trick.changes_here('public')", "SELECT trick.tries('public')",
	"SELECT trick.changes(CASE WHEN random() < 0.5 THEN 'public' ELSE 'trick' END)",
	"INSERT INTO trick.defaults VALUES (1)", "INSERT INTO trick.doms VALUES (1)", "SELECT 1::trick.dom",
	"DELETE FROM trick.parents", "SELECT 1 OPERATOR(trick.###) 'x'",
	"INSERT INTO trick.fires VALUES (1)", "COPY trick.fires FROM STDIN", "SELECT * FROM trick.looks", "TABLE trick.looks LIMIT 1",
	"CALL trick.proceeds('public')", "UPDATE pg_settings SET setting = 'public' WHERE name = 'search_path'",
	"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a", "SAVEPOINT b", "ROLLBACK TO a", "ROLLBACK TO b", "RELEASE a", "COMMIT AND CHAIN", "ROLLBACK AND CHAIN",
	"SELECT 1/0", "SELECT 1", "DISCARD ALL", "DISCARD TEMP", "DISCARD PLANS",
	"SET ROLE tricky", "RESET ROLE", "SET SESSION AUTHORIZATION tricky", "RESET SESSION AUTHORIZATION", "SET LOCAL ROLE tricky",
	"ALTER ROLE CURRENT_USER SET search_path = public", "ALTER DATABASE postgres SET search_path = public",
	"CREATE TEMP TABLE forbidden (id int, note text)", "DROP TABLE pg_temp.forbidden", "CREATE TEMP TABLE forbidden (id int, note text) ON COMMIT DROP",
	"CREATE TEMP VIEW forbidden AS SELECT id, note FROM trick.forbidden", "DROP VIEW pg_temp.forbidden",
	"ALTER TABLE trick.forbidden RENAME TO elsewhere", "ALTER TABLE trick.elsewhere RENAME TO forbidden",
	"ALTER SCHEMA trick RENAME TO tricked", "ALTER SCHEMA tricked RENAME TO trick",
	"SET standard_conforming_strings = off", "SET LOCAL standard_conforming_strings = off", "RESET standard_conforming_strings", "SET client_encoding = 'SJIS'",
	"PREPARE p AS " + readForbidden, "EXECUTE p", "DEALLOCATE p", "DEALLOCATE ALL",
	"DECLARE c CURSOR WITH HOLD FOR " + readForbidden, "FETCH c", "CLOSE c", "CLOSE ALL",
	`SELECT 'a\' , note FROM forbidden -- '`, `SELECT E'\\', '\', (SELECT note FROM forbidden) -- '`,
}

// TestEachTrickFoolsNobody has each of them alone, in each way, and reads.
func TestEachTrickFoolsNobody(t *testing.T) {
	layTricks(t)
	g := start(t)
	for _, text := range tricks {
		if strings.HasPrefix(text, "ALTER") || strings.HasPrefix(text, "COPY") {
			continue // what lasts is for the other test
		}
		for way, one := range map[string][]byte{"query": q(text), "extended": append(run(text), syncing...)} {
			p := g.enter(t, "dba")
			p.send(q("SET search_path = trick"), one, q(readForbidden), q("SELECT 'the end'"))
			got := ""
			for !strings.Contains(got, "D(the end)") && !strings.HasSuffix(got, "ZE") && !strings.HasSuffix(got, "end") {
				got += " " + p.until('Z')
			}
			_ = p.conn.Close()
			if strings.Contains(got, "fruit") {
				t.Errorf("%s, %s: got %s", text, way, got)
			}
		}
	}
}

// layTricks makes what the tricks need, until the test ends.
func layTricks(t *testing.T) (again func()) {
	t.Helper()
	psql := func(ctx context.Context, text string) {
		if _, err := database.PSQL(ctx, "postgres", text); err != nil {
			t.Error(err)
		}
	}
	psql(t.Context(), untrick+trick)
	t.Cleanup(func() { psql(context.Background(), untrick) })
	return func() { psql(t.Context(), untrick+trick) }
}

// ask sends a text in one of the ways that there are.
func ask(random *rand.Rand, text string) []byte {
	switch random.IntN(5) {
	case 0:
		return append(run(text), syncing...)
	case 1:
		return run(text) // what follows is in its segment
	case 2:
		return append(run(text), flushing...)
	default:
		return q(text)
	}
}

// readNamed reads what the name stands for, in ways that look it up at different times.
func readNamed(random *rand.Rand) []byte {
	switch random.IntN(6) {
	case 0: // looked up when it was parsed
		return append(append(parse("early", readForbidden), flushing...), q("SELECT 2")...)
	case 1:
		return append(append(bind("", "early"), execute("", 0)...), syncing...)
	case 2:
		return append(append(append(closing("S", "early"), parse("early", readForbidden)...), append(bind("held", "early"), execute("held", 1)...)...), execute("held", 0)...)
	case 3:
		return append(execute("held", 1), syncing...)
	case 4:
		return q("SELECT 1; " + readForbidden)
	default:
		return q(readForbidden)
	}
}

func TestSettingsFoolNobody(t *testing.T) {
	again := layTricks(t)
	g := start(t)
	random := rand.New(rand.NewPCG(5, 5))
	const rounds = 40
	reads := 0
	for round := range rounds {
		p := g.enter(t, "dba")
		p.send(q("SET search_path = trick"))
		var sent []string
		for range 3 + random.IntN(12) {
			text := tricks[random.IntN(len(tricks))]
			one := ask(random, text)
			if random.IntN(3) == 0 {
				text, one = "(reads)", readNamed(random)
			}
			sent = append(sent, text)
			p.send(one)
		}
		p.send(syncing, q("ROLLBACK"), q(readForbidden), q("ROLLBACK"), syncing, q("SELECT 'the end'"))
		got := ""
		for !strings.Contains(got, "D(the end)") && !strings.HasSuffix(got, "end") {
			got += " " + p.until('Z')
		}
		_ = p.conn.Close()
		reads += strings.Count(got, "harmless")
		if strings.Contains(got, "fruit") {
			t.Errorf("round %d: the forbidden table was read by\n%s\ngot %s", round, strings.Join(sent, ";\n"), got)
		}
		if round%20 == 19 { // what some have made lasts
			again()
		}
	}
	if reads == 0 {
		t.Error("nothing was read: the test shows nothing")
	}
	t.Logf("%d harmless reads", reads)
}
