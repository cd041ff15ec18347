package postgres_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/postgres"
)

const (
	unreadable = "SELECT note FROM forbidden"
	// approvable may be prepared, and is sent away with a ticket when it is executed.
	approvable = "SELECT note FROM later"
	// failing fails when it runs, not when it is planned.
	failing = "SELECT 1/(g-1) FROM generate_series(1,1) g"
)

// TestConversation sends messages and compares what comes back. Each step's messages go out in one write.
func TestConversation(t *testing.T) {
	g := start(t)
	type step struct {
		send [][]byte
		want string
	}
	msgs := func(m ...[]byte) [][]byte { return m }
	tests := map[string][]step{
		"simple": {{msgs(q("SELECT 1")), "T D(1) C(SELECT 1) ZI"}},
		"empty":  {{msgs(q("")), "I ZI"}, {msgs(q(" ; ")), "I ZI"}},
		"several statements": {
			{msgs(q("SELECT 1; SELECT 2")), "T D(1) C(SELECT 1) T D(2) C(SELECT 1) ZI"}},
		"several, one refused": {
			{msgs(q("INSERT INTO items VALUES (901); " + unreadable)), "E(42501) ZI"},
			{msgs(q("SELECT count(*) FROM items WHERE id = 901")), "T D(0) C(SELECT 1) ZI"}},
		"syntax error": {{msgs(q("SELEC 1")), "E(42601) ZI"}, {msgs(parse("", "SELEC 1"), syncing), "E(42601) ZI"}},
		"refused in a block": {
			{msgs(q("BEGIN")), "C(BEGIN) ZT"},
			{msgs(q(unreadable)), "E(42501) ZE"},
			{msgs(q("SELECT 1")), "E(25P02) ZE"},
			{msgs(q("COMMIT")), "C(ROLLBACK) ZI"}},
		"refused behind a savepoint": {
			{msgs(q("BEGIN; SAVEPOINT a")), "C(BEGIN) C(SAVEPOINT) ZT"},
			{msgs(q(unreadable)), "E(42501) ZE"},
			{msgs(q("ROLLBACK TO a")), "C(ROLLBACK) ZT"},
			{msgs(q("SELECT 1")), "T D(1) C(SELECT 1) ZT"},
			{msgs(q("COMMIT")), "C(COMMIT) ZI"}},
		"refused when the block has failed": {
			{msgs(q("BEGIN")), "C(BEGIN) ZT"},
			{msgs(q("SELECT 1/0")), "E(22012) ZE"},
			{msgs(q(unreadable)), "E(42501) ZE"},
			{msgs(q("ROLLBACK")), "C(ROLLBACK) ZI"}},
		"extended": {{msgs(run("SELECT 1"), syncing), "1 2 D(1) C(SELECT 1) ZI"}},
		"described": {
			{msgs(parse("a", "SELECT 1"), describe("S", "a"), bind("", "a"), describe("P", ""), execute("", 0), syncing),
				"1 t T 2 T D(1) C(SELECT 1) ZI"}},
		"portal in parts": {
			{msgs(parse("", "SELECT generate_series(1,3)"), bind("", ""), execute("", 2), execute("", 2), syncing),
				"1 2 D(1) D(2) s D(3) C(SELECT 1) ZI"}},
		"extended empty": {{msgs(run(""), syncing), "1 2 I ZI"}},
		"refused first": {
			{msgs(run(unreadable), syncing), "E(42501) ZI"},
			{msgs(run("SELECT 1"), syncing), "1 2 D(1) C(SELECT 1) ZI"}},
		"a denied statement is not even parsed": {
			{msgs(parse("d", "SELECT note FROM forbidden"), describe("S", "d"), syncing), "E(42501) ZI"},
			{msgs(parse("d", "SELECT FROM WHERE"), syncing), "E(42601) ZI"},
			{msgs(run("SELECT 1"), syncing), "1 2 D(1) C(SELECT 1) ZI"}},
		"refused before a function runs while it is planned": {
			{msgs(run("SELECT planned() FROM forbidden"), syncing), "E(42501) ZI"},
			{msgs(run("SELECT planned()"), syncing), "1 N(00000) 2 D(1) C(SELECT 1) ZI"}},
		"a table dropped by a statement that was prepared before there was one": {
			{msgs(parse("c", "CREATE TABLE passing (id int)"), parse("d", "DROP TABLE passing"), syncing), "1 1 ZI"},
			{msgs(bind("", "c"), execute("", 0), bind("", "d"), execute("", 0), syncing), "2 C(CREATE TABLE) 2 C(DROP TABLE) ZI"}},
		"refused in the middle": {
			{msgs(run("INSERT INTO items VALUES (902)"), run(unreadable), run("SELECT 3"), syncing, run("SELECT 4"), syncing),
				"1 2 C(INSERT 0 1) E(42501) ZI"},
			{nil, "1 2 D(4) C(SELECT 1) ZI"},
			{msgs(q("SELECT count(*) FROM items WHERE id = 902")), "T D(0) C(SELECT 1) ZI"}},
		"refused behind an error": {
			{msgs(run(failing), run(unreadable), syncing), "1 2 E(22012) ZI"}},
		"refused with a flush": {
			{msgs(run("SELECT 1"), flushing), "1 2 D(1) C(SELECT 1)"},
			{msgs(run(unreadable), flushing), "E(42501)"},
			{msgs(run("SELECT 2"), syncing), "ZI"}},
		"a failed redefinition does not change a name": {
			{msgs(q("PREPARE n AS " + approvable)), "C(PREPARE) ZI"},
			{msgs(parse("n", "SELECT 1"), syncing, bind("", "n"), execute("", 0), syncing), "E(42P05) ZI"},
			{nil, "N(00000) E(42501) ZI"}},
		"a failed close does not either": {
			{msgs(q("PREPARE n AS " + approvable)), "C(PREPARE) ZI"},
			{msgs(run(failing), closing("S", "n"), parse("n", "SELECT 1"), syncing, bind("", "n"), execute("", 0), syncing),
				"1 2 E(22012) ZI"},
			{nil, "N(00000) E(42501) ZI"}},
		"unknown names": {
			{msgs(bind("", "nope"), syncing), "E(26000) ZI"},
			{msgs(execute("nope", 0), syncing), "E(34000) ZI"},
			{msgs(describe("S", "nope"), syncing), "E(26000) ZI"}},
		"names end where they end": {
			{msgs(parse("", "SELECT 1"), syncing), "1 ZI"},
			{msgs(q("SELECT 2")), "T D(2) C(SELECT 1) ZI"},
			{msgs(bind("", ""), syncing), "E(26000) ZI"},
			{msgs(parse("k", "SELECT 1"), bind("p", "k"), syncing, execute("p", 0), syncing), "1 2 ZI"},
			{nil, "E(34000) ZI"}},
		"prepared in SQL": {
			{msgs(q("PREPARE f AS " + unreadable)), "E(42501) ZI"},
			{msgs(q("EXECUTE f")), "E(26000) ZI"},
			{msgs(q("PREPARE a AS " + approvable)), "C(PREPARE) ZI"},
			{msgs(q("EXECUTE a")), "N(00000) E(42501) ZI"},
			{msgs(bind("", "a"), execute("", 0), syncing), "N(00000) E(42501) ZI"},
			{msgs(q("DEALLOCATE a")), "C(DEALLOCATE) ZI"},
			{msgs(q("PREPARE a AS SELECT 5")), "C(PREPARE) ZI"},
			{msgs(q("EXECUTE a")), "T D(5) C(SELECT 1) ZI"},
			{msgs(bind("", "a"), execute("", 0), syncing), "2 D(5) C(SELECT 1) ZI"}},
		"a statement that runs itself": {
			{msgs(parse("a", "EXECUTE a"), syncing), "1 ZI"},
			{msgs(parse("b", "EXECUTE a"), parse("c", "EXECUTE b"), syncing), "1 1 ZI"},
			{msgs(bind("", "a"), execute("", 0), syncing), "2 E(54001) ZI"},
			{msgs(q("SELECT 1")), "T D(1) C(SELECT 1) ZI"}},
		"discarded": {
			{msgs(parse("a", "SELECT 1"), syncing), "1 ZI"},
			{msgs(q("DISCARD ALL")), "C(DISCARD ALL) ZI"},
			{msgs(bind("", "a"), syncing), "E(26000) ZI"}},
		"cursor": {
			{msgs(q("BEGIN")), "C(BEGIN) ZT"},
			{msgs(q("DECLARE c CURSOR FOR SELECT generate_series(1,3)")), "C(DECLARE CURSOR) ZT"},
			{msgs(q("FETCH 2 FROM c")), "T D(1) D(2) C(FETCH 2) ZT"},
			{msgs(q("CLOSE c")), "C(CLOSE CURSOR) ZT"},
			{msgs(q("ROLLBACK")), "C(ROLLBACK) ZI"}},
		"refused cursor": {
			{msgs(q("BEGIN")), "C(BEGIN) ZT"},
			{msgs(q("DECLARE c CURSOR FOR " + unreadable)), "E(42501) ZE"},
			{msgs(q("ROLLBACK")), "C(ROLLBACK) ZI"}},
		"a cursor WITH HOLD outlives its transaction": {
			{msgs(q("DECLARE h CURSOR WITH HOLD FOR SELECT 8")), "C(DECLARE CURSOR) ZI"},
			{msgs(q("SELECT 1")), "T D(1) C(SELECT 1) ZI"},
			{msgs(q("FETCH h")), "T D(8) C(FETCH 1) ZI"},
			{msgs(q("CLOSE ALL")), "C(CLOSE CURSOR ALL) ZI"}},
		"copy in": {
			{msgs(q("COPY items FROM STDIN")), "G"},
			{msgs(message('d', "903\ta\n"), message('d', "903\tb\n"), message('c', "")), "C(COPY 2) ZI"}},
		"copy in fails": {
			{msgs(q("COPY items FROM STDIN")), "G"},
			{msgs(message('f', "no more\x00")), "E(57014) ZI"},
			{msgs(q("SELECT 1")), "T D(1) C(SELECT 1) ZI"}},
		"copy of bad data": {
			{msgs(q("COPY items FROM STDIN")), "G"},
			{msgs(message('d', "x\ty\n"), message('c', "")), "E(22P02) ZI"},
			{msgs(q("SELECT 1")), "T D(1) C(SELECT 1) ZI"}},
		"copy in extended, Sync sent ahead": {
			{msgs(run("COPY items FROM STDIN"), syncing), "1 2 G"},
			{msgs(message('d', "904\ta\n"), message('c', ""), syncing), "C(COPY 1) ZI"},
			{msgs(q("SELECT 1")), "T D(1) C(SELECT 1) ZI"}},
		"copy in extended, all sent ahead": {
			{msgs(run("COPY items FROM STDIN"), message('d', "905\ta\n"), message('c', ""), syncing), "1 2 G C(COPY 1) ZI"},
			{msgs(q("SELECT 1")), "T D(1) C(SELECT 1) ZI"}},
		"copy in extended, bad data": {
			{msgs(run("COPY items FROM STDIN"), syncing), "1 2 G"},
			{msgs(message('d', "x\ta\n"), message('c', ""), syncing), "E(22P02) ZI"},
			{msgs(q("SELECT 1")), "T D(1) C(SELECT 1) ZI"}},
		"copy out":         {{msgs(q("COPY (SELECT 1) TO STDOUT")), "H d c C(COPY 1) ZI"}},
		"copy out refused": {{msgs(q("COPY forbidden TO STDOUT")), "E(42501) ZI"}},
		"function call": {
			{msgs(message('F', "\x00\x00\x00\x00")), "E(0A000) ZI"},
			{msgs(q("SELECT 1")), "T D(1) C(SELECT 1) ZI"}},
		"names follow the search_path": {
			{msgs(q("SELECT secret FROM orders")), "E(42703) ZI"},
			{msgs(q("SET search_path = other")), "C(SET) ZI"},
			{msgs(q("SELECT secret FROM orders")), "T D(other) C(SELECT 1) ZI"},
			{msgs(q("BEGIN")), "C(BEGIN) ZT"},
			{msgs(q("SET LOCAL search_path = public")), "C(SET) ZT"},
			{msgs(q("SELECT id FROM orders WHERE id = 1")), "T D(1) C(SELECT 1) ZT"},
			{msgs(q("ROLLBACK")), "C(ROLLBACK) ZI"},
			{msgs(q("SELECT secret FROM orders")), "T D(other) C(SELECT 1) ZI"},
			{msgs(q("RESET search_path")), "C(RESET) ZI"}},
		"search_path in a pipeline": {
			{msgs(run("SET search_path = other"), run("SELECT secret FROM orders"), syncing),
				"1 2 C(SET) 1 2 D(other) C(SELECT 1) ZI"},
			{msgs(run("SET search_path = public"), run(failing), syncing), "1 2 C(SET) 1 2 E(22012) ZI"},
			{msgs(run("SELECT secret FROM orders"), syncing), "1 2 D(other) C(SELECT 1) ZI"},
			{msgs(q("RESET search_path")), "C(RESET) ZI"}},
		"temporary table": {
			{msgs(q("CREATE TEMP TABLE forbidden (id int)")), "C(CREATE TABLE) ZI"},
			{msgs(q("SELECT id FROM forbidden")), "T C(SELECT 0) ZI"},
			{msgs(q("SELECT note FROM public.forbidden")), "E(42501) ZI"},
			{msgs(q("DROP TABLE pg_temp.forbidden")), "C(DROP TABLE) ZI"},
			{msgs(q(unreadable)), "E(42501) ZI"}},
		"a table of the open transaction": {
			{msgs(q("BEGIN")), "C(BEGIN) ZT"},
			{msgs(q("CREATE TABLE fresh (id int)")), "C(CREATE TABLE) ZT"},
			{msgs(q("INSERT INTO fresh VALUES (1) RETURNING id")), "T D(1) C(INSERT 0 1) ZT"},
			{msgs(q("ROLLBACK")), "C(ROLLBACK) ZI"},
			{msgs(q("SELECT id FROM fresh")), "E(42P01) ZI"}},
		"a table of the pipeline": {
			{msgs(run("CREATE TEMP TABLE pipe (id int)"), run("INSERT INTO pipe VALUES (1)"), run("SELECT id FROM pipe"), syncing),
				"1 2 C(CREATE TABLE) 1 2 C(INSERT 0 1) 1 2 D(1) C(SELECT 1) ZI"}},
		"a name that was shadowed after Parse": {
			{msgs(q("CREATE TEMP TABLE other_temp (id int)")), "C(CREATE TABLE) ZI"},
			{msgs(parse("s", unreadable), syncing), "E(42501) ZI"},
			{msgs(q("CREATE TEMP TABLE forbidden (note text)")), "C(CREATE TABLE) ZI"},
			{msgs(bind("", "s"), execute("", 0), syncing), "E(26000) ZI"},
			{msgs(parse("t", unreadable), bind("", "t"), execute("", 0), syncing), "1 2 C(SELECT 0) ZI"}},
		"a name that was shadowed after PREPARE": {
			{msgs(q("CREATE TEMP TABLE other_temp (id int)")), "C(CREATE TABLE) ZI"},
			{msgs(q("PREPARE s AS " + approvable)), "C(PREPARE) ZI"},
			{msgs(q("CREATE TEMP TABLE later (note text)")), "C(CREATE TABLE) ZI"},
			{msgs(q("EXECUTE s")), "E(0A000) ZI"}},
		"a prepared statement follows search_path": {
			{msgs(parse("s", "SELECT count(*) FROM orders"), syncing), "1 ZI"},
			{msgs(bind("", "s"), execute("", 0), syncing), "2 D(100) C(SELECT 1) ZI"},
			{msgs(q("SET search_path = other")), "C(SET) ZI"},
			{msgs(bind("", "s"), execute("", 0), syncing), "2 D(1) C(SELECT 1) ZI"},
			{msgs(q("RESET search_path")), "C(RESET) ZI"},
			{msgs(bind("", "s"), execute("", 0), syncing), "2 D(100) C(SELECT 1) ZI"}},
		"a FETCH prepared before its cursor": {
			{msgs(q("BEGIN")), "C(BEGIN) ZT"},
			{msgs(q("DECLARE c CURSOR FOR SELECT generate_series(1,4)")), "C(DECLARE CURSOR) ZT"},
			{msgs(parse("f", "FETCH 2 FROM c"), bind("", "f"), execute("", 0), syncing), "1 2 D(1) D(2) C(FETCH 2) ZT"},
			{msgs(q("CLOSE c"), q("DECLARE c CURSOR FOR SELECT id FROM orders ORDER BY id")), "C(CLOSE CURSOR) ZT"},
			{nil, "C(DECLARE CURSOR) ZT"},
			{msgs(bind("", "f"), execute("", 0), syncing), "2 D(1) D(2) C(FETCH 2) ZT"},
			{msgs(q("COMMIT")), "C(COMMIT) ZI"}},
		"isolation level after BEGIN": {
			{msgs(q("BEGIN")), "C(BEGIN) ZT"},
			{msgs(q("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")), "C(SET) ZT"},
			{msgs(q("COMMIT")), "C(COMMIT) ZI"}},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			p := g.enter(t, "dba")
			for _, s := range steps {
				p.send(s.send...)
				if got := p.until(lastKind(s.want)); got != s.want {
					t.Fatalf("%q was answered\n     %s\nwant %s\n%s", s.send, got, s.want, g.stderr)
				}
			}
		})
	}
}

func TestRefusalWords(t *testing.T) {
	g := start(t)
	p := g.enter(t, "dba")
	p.send(q(unreadable))
	_, body := p.read()
	if m := errorField(body, 'M'); !strings.Contains(m, "deny.forbidden") && !strings.Contains(m, "forbidden is not for reading") {
		t.Errorf("the client was told %q", m)
	}
}

func TestLargeMessages(t *testing.T) {
	g := start(t, func(c *postgres.Config) { c.MaxStatement = 4 << 20 })
	p := g.enter(t, "dba")
	big := strings.Repeat("x", 3<<20)
	p.send(q("SELECT length('" + big + "'), 'y'"))
	if got := p.until('Z'); got != "T D(3145728,y) C(SELECT 1) ZI" {
		t.Errorf("got %.100s", got)
	}
	p.send(q("SELECT repeat('x', 3000000)"))
	if got := p.until('Z'); len(got) != len("T D() C(SELECT 1) ZI")+3000000 {
		t.Errorf("got %d bytes, %.100s", len(got), got)
	}
	value := bytes.Repeat([]byte("v"), 2<<20)
	body := append([]byte("\x00\x00\x00\x00\x00\x01\x00\x20\x00\x00"), value...)
	body = append(body, 0, 0)
	p.send(parse("", "SELECT length($1::text)"), message('B', string(body)), execute("", 0), syncing)
	if got := p.until('Z'); got != "1 2 D(2097152) C(SELECT 1) ZI" {
		t.Errorf("got %.100s", got)
	}
	p.send(q("SELECT '" + strings.Repeat("x", 17<<20) + "'"))
	if got := p.until('Z'); got != "E(54000) ZI" {
		t.Errorf("got %.100s", got)
	}
	p.send(message('P', "\x00SELECT '"+strings.Repeat("x", 17<<20)+"'\x00\x00\x00"), bind("", ""), syncing)
	if got := p.until('Z'); got != "E(54000) ZI" {
		t.Errorf("got %.100s", got)
	}
}

// lastKind is the type of the last message in what until writes.
func lastKind(want string) byte {
	if i := strings.LastIndexByte(want, '('); strings.HasSuffix(want, ")") {
		return want[i-1]
	}
	return want[strings.LastIndexByte(want, ' ')+1]
}
