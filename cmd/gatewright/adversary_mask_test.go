package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgproto3/v2"
)

// settingPolicy lets the analyst change settings.
const settingPolicy = `
allow "settings" {
  groups  = ["analyst"]
  targets = ["db"]
  postgres { verbs = ["set"] }
}
`

// detectPolicy is corpusPolicy with a detector for card numbers.
var detectPolicy = strings.Replace(corpusPolicy, `columns = ["public.cards.pan"]`, "columns = [\"public.cards.pan\"]\n  detect  = [\"credit_card\"]", 1)

// cardSchema has one card number in columns of every type that can hold it, and in arrays and rows of them.
const cardSchema = `
CREATE TABLE free (id int, note text, n bigint, num numeric, b bytea, j jsonb, a text[], vc varchar(40)[]);
INSERT INTO free VALUES (1, 'card 4111111111111111', 4111111111111111, 4111111111111111, '4111111111111111',
  '{"n":"4111111111111111"}', ARRAY['4111111111111111'], ARRAY['4111111111111111']);
`

// TestAdversaryDetectors asks for a card number in every form in which the database gives it.
func TestAdversaryDetectors(t *testing.T) {
	s := startScene(t, cardSchema)
	gw := s.gateway(t, detectPolicy)
	for _, column := range []string{"note", "n", "num", "b", "j", "a", "vc", "ARRAY[note]", "ROW(note)", "free", "ARRAY[a]", "to_jsonb(a)", "row_to_json(free) FROM (SELECT note, n, num, j, a, vc FROM free) free --"} {
		for format := range int16(2) {
			t.Run(fmt.Sprintf("%s in format %d", column, format), func(t *testing.T) {
				answers := gw.dial(t).run(t, parse("", "SELECT "+column+" FROM free"), &pgproto3.Bind{ResultFormatCodes: []int16{format}}, execute("", 0))
				noCard(t, answers)
			})
		}
	}
	for _, sql := range []string{
		"COPY free TO STDOUT",
		"COPY free (b) TO STDOUT",
		"COPY (SELECT note FROM free) TO STDOUT (FORMAT csv, QUOTE '1')",
		"COPY (SELECT note FROM free) TO STDOUT (FORMAT csv, DELIMITER '1')",
		"COPY (SELECT note FROM free) TO STDOUT (FORMAT csv, QUOTE 'c', FORCE_QUOTE *)",
		"COPY (SELECT note FROM free) TO STDOUT (FORMAT csv, ESCAPE '1', FORCE_QUOTE *)",
		"COPY (SELECT a FROM free) TO STDOUT (FORMAT csv, QUOTE '1')",
		"COPY (SELECT n, num FROM free) TO STDOUT (DELIMITER '-')",
		"COPY (SELECT note FROM free) TO STDOUT (FORMAT binary)",
		"COPY (SELECT b FROM free) TO STDOUT (FORMAT csv)",
		"COPY (SELECT b FROM free) TO STDOUT (FORMAT binary)",
	} {
		t.Run(sql, func(t *testing.T) { noCard(t, gw.dial(t).query(t, sql)) })
	}
}

// noCard reports a card number, as it is or in hexadecimal. A COPY that doubles its ones has it in front.
func noCard(t *testing.T, answers [][]byte) {
	t.Helper()
	const card = "4111111111111111"
	all := bytes.Join(answers, nil)
	for _, form := range [][]byte{all, spelledInHex(all)} {
		if bytes.Contains(form, []byte(card)) {
			t.Errorf("the client saw the card number in %.400q", all)
		}
	}
}

// TestAdversarySettings sends a text behind the statement that would have the server read it otherwise, so soon that the
// server has not told of the change.
func TestAdversarySettings(t *testing.T) {
	const (
		steal    = `SELECT '\' || ' || ssn FROM public.customers LIMIT 5 --'`
		truncate = `SELECT '\' || '; TRUNCATE public.order_items --'`
		encoded  = "SELECT '\xe3\x81\x82' || ssn FROM public.customers LIMIT 5"
	)
	s := startScene(t, "")
	masking, plain := s.gateway(t, corpusPolicy+corpusPower), s.gateway(t, withoutMasks(corpusPolicy)+settingPolicy)
	for _, setting := range []string{
		"SET standard_conforming_strings = off",
		"SET LOCAL standard_conforming_strings = off",
		"SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; SET standard_conforming_strings = 0",
		"SELECT set_config('standard_conforming_strings', 'off', false)",
		"SELECT set_config(lower('STANDARD_conforming_strings'), 'off', false)",
		"SELECT set_config(name, 'off', false) FROM pg_settings WHERE name = 'standard_conforming_strings'",
		"UPDATE pg_settings SET setting = 'off' WHERE name = 'standard_conforming_strings'",
		"SET client_encoding = 'SJIS'", "SET NAMES 'SJIS'", "SELECT set_config('client_encoding', 'SJIS', false)",
	} {
		for _, text := range []string{steal, truncate, encoded} {
			for name, messages := range map[string][]pgproto3.FrontendMessage{
				"two texts":              steps(setting, text),
				"a transaction of texts": steps("BEGIN", setting, text, "COMMIT"),
				"a text and a segment":   steps(setting, unnamed(text), &pgproto3.Sync{}),
				"a segment and a text":   steps(unnamed(setting), &pgproto3.Sync{}, text),
				"one segment":            steps(unnamed(setting), unnamed(text), &pgproto3.Sync{}),
				"prepared before":        steps(parse("s", text), unnamed(setting), bind("", "s"), execute("", 0), &pgproto3.Sync{}),
				"prepared by name":       steps("PREPARE a AS "+setting, "EXECUTE a", text),
			} {
				t.Run(name+"/"+setting+"/"+text, func(t *testing.T) {
					for _, gw := range []*testbed{masking, plain} {
						answers := playAtOnce(t, gw.dial(t), append(messages, query("ROLLBACK"), query(theEnd)))
						if gw == masking {
							s.hidden(t, answers)
						} else if n := s.items(t); n != "1000" {
							t.Fatalf("%s rows are left in a table that may not be emptied", n)
						}
					}
				})
			}
		}
	}
}

// TestAdversaryReload begins rows before a mask stands, and goes on with them after.
func TestAdversaryReload(t *testing.T) {
	const rows = "SELECT ssn, 'x' || ssn FROM customers"
	sync := &pgproto3.Sync{}
	s := startScene(t, "")
	gw := s.gateway(t, withoutMasks(corpusPolicy))
	cases := []struct {
		name          string
		before, after []pgproto3.FrontendMessage
	}{
		{"a suspended portal", steps("BEGIN", parse("s", rows), bind("p", "s"), execute("p", 1), sync), steps(execute("p", 3), sync)},
		{"a suspended portal that was described", steps("BEGIN", parse("s", rows), bind("p", "s"), describe('P', "p"), execute("p", 1), sync), steps(execute("p", 3), sync)},
		{"a bound portal", steps("BEGIN", parse("s", rows), bind("p", "s"), sync), steps(execute("p", 3), sync)},
		{"a cursor", steps("BEGIN", "DECLARE c CURSOR FOR "+rows, "FETCH c"), steps("FETCH 3 FROM c")},
		{"a cursor WITH HOLD", steps("DECLARE c CURSOR WITH HOLD FOR "+rows, "FETCH c"), steps("FETCH 3 FROM c")},
		{"a prepared statement", steps(parse("s", rows), bind("", "s"), execute("", 1), sync), steps(bind("", "s"), execute("", 3), sync)},
		{"the portal of an EXECUTE", steps("BEGIN", "PREPARE s AS "+rows, parse("", "EXECUTE s"), bind("p", ""), execute("p", 1), sync), steps(execute("p", 3), sync)},
		{"the portal of a FETCH", steps("BEGIN", "DECLARE c CURSOR FOR "+rows, parse("", "FETCH ALL FROM c"), bind("p", ""), execute("p", 1), sync), steps(execute("p", 3), sync)},
	}
	wires := make([]*wire, len(cases))
	for i, c := range cases {
		wires[i] = gw.dial(t)
		shown := s.masked.seen(bytes.Join(playInTurns(t, wires[i], append(c.before, query(theEnd))), nil)) != ""
		if executed := c.name != "a bound portal"; shown != executed {
			t.Fatalf("%s shows values before the mask stands: %v", c.name, shown)
		}
	}
	gw.release(t, corpusPolicy, 2)
	until(t, "the new policy", func() bool { return strings.Count(gw.log(t), `"bundle.loaded"`) == 2 })
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s.hidden(t, playInTurns(t, wires[i], append(c.after, query("ROLLBACK"), query(theEnd))))
		})
	}
}
