package main

import (
	"testing"

	"github.com/jackc/pgproto3/v2"
)

const createPolicy = `
allow "create" {
  groups  = ["analyst"]
  targets = ["db"]
  postgres {
    verbs  = ["create", "select"]
    tables = ["other.*"]
  }
}
`

// TestAdversaryCreation binds a statement that creates something where the policy lets it, and executes it where
// search_path points elsewhere.
func TestAdversaryCreation(t *testing.T) {
	s := startScene(t, otherSchema)
	gw := s.gateway(t, withoutMasks(corpusPolicy)+createPolicy)
	sync := &pgproto3.Sync{}
	for _, sql := range []string{
		"CREATE TABLE made AS SELECT 1 AS a", "SELECT 1 AS a INTO made", "CREATE TABLE made (a int)", "CREATE VIEW made AS SELECT 1 AS a",
		"CREATE MATERIALIZED VIEW made AS SELECT 1 AS a", "CREATE TABLE made AS EXECUTE s", "EXPLAIN ANALYZE CREATE TABLE made AS SELECT 1 AS a",
	} {
		t.Run(sql, func(t *testing.T) {
			playInTurns(t, gw.dial(t), steps("PREPARE s AS SELECT 1 AS a", "BEGIN", "SET search_path = other", parse("x", sql), bind("p", "x"), sync,
				"SET search_path = public", execute("p", 0), sync, "COMMIT", theEnd))
			if n := s.owner(t, "SELECT count(*) FROM pg_class WHERE relname = 'made' AND relnamespace = 'public'::regnamespace"); n != "0" {
				t.Error("it was created where no rule allows it")
			}
			s.owner(t, `DO 'DECLARE r record; BEGIN FOR r IN SELECT oid::regclass AS name, relkind FROM pg_class WHERE relname = ''made'' LOOP
				EXECUTE ''DROP '' || CASE r.relkind WHEN ''r'' THEN ''TABLE '' WHEN ''v'' THEN ''VIEW '' ELSE ''MATERIALIZED VIEW '' END || r.name; END LOOP; END'`)
		})
	}
}

// TestAdversarySettingsUndone has the end of a transaction, or of a part of one, undo the setting under which a text is
// read, right before the text.
func TestAdversarySettingsUndone(t *testing.T) {
	const (
		off, on  = "SET standard_conforming_strings = off", "SET standard_conforming_strings = on"
		local    = "SET LOCAL standard_conforming_strings = on"
		look     = `SELECT '\'` // has the gateway read the setting
		truncate = `SELECT '\' || '; TRUNCATE public.order_items --'`
	)
	s := startScene(t, "")
	gw := s.gateway(t, withoutMasks(corpusPolicy)+settingPolicy)
	for _, c := range []struct {
		name          string
		before, after []pgproto3.FrontendMessage
	}{
		{"ROLLBACK", steps(off, "BEGIN", on, look), steps("ROLLBACK", truncate)},
		{"ROLLBACK of SET LOCAL", steps(off, "BEGIN", local, look), steps("ROLLBACK", truncate)},
		{"COMMIT of SET LOCAL", steps(off, "BEGIN", local, look), steps("COMMIT", truncate)},
		{"ROLLBACK TO", steps(off, "BEGIN", "SAVEPOINT x", on, look), steps("ROLLBACK TO x", truncate, "COMMIT")},
		{"COMMIT AND CHAIN of SET LOCAL", steps(off, "BEGIN", local, look), steps("COMMIT AND CHAIN", truncate, "COMMIT")},
		{"the end of a segment", steps(off), steps(unnamed(local), unnamed(look), &pgproto3.Sync{}, truncate)},
		{"a segment that fails", steps(off), steps(unnamed(on), unnamed(look), unnamed(failing), &pgproto3.Sync{}, truncate)},
		{"RESET", steps(on, "BEGIN", off), steps("RESET standard_conforming_strings", look, "ROLLBACK", truncate)},
		{"DISCARD ALL", steps(off), steps("DISCARD ALL", truncate)},
		{"a text of several", steps(off, "BEGIN", local, look), steps("COMMIT; SELECT 1", truncate)},
		{"EXECUTE of a COMMIT", steps(off, parse("c", "COMMIT"), &pgproto3.Sync{}, "BEGIN", local, look), steps(bind("", "c"), execute("", 0), &pgproto3.Sync{}, truncate)},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := gw.dial(t)
			playInTurns(t, w, append(c.before, query(theEnd)))
			playAtOnce(t, w, append(c.after, query("ROLLBACK"), query(theEnd)))
			if n := s.items(t); n != "1000" {
				t.Errorf("%s rows are left in a table that may not be emptied", n)
				s.owner(t, "INSERT INTO order_items SELECT g, 1, 'sku', 1 FROM generate_series(1, 1000) g")
			}
		})
	}
}
