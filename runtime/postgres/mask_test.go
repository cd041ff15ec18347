package postgres_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestMasks(t *testing.T) {
	g := start(t)
	tests := map[string]struct {
		send []byte
		want string
	}{
		"bare":           {q("SELECT id, pan FROM cards ORDER BY id"), "T D(1,************1111) D(2,************1881) C(SELECT 2) ZI"},
		"under an alias": {q("SELECT c.pan AS x FROM cards c WHERE id = 1"), "T D(************1111) C(SELECT 1) ZI"},
		"star":           {q("SELECT * FROM cards WHERE id = 1"), "T D(1,************1111,NULL,NULL) C(SELECT 1) ZI"},
		"derived":        {q("SELECT pan || 'x' FROM cards WHERE id = 1"), "T D(****) C(SELECT 1) ZI"},
		"counted":        {q("SELECT count(pan) FROM cards"), "T D(2) C(SELECT 1) ZI"},
		"extended":       {append(run("SELECT pan FROM cards WHERE id = 1"), syncing...), "1 2 D(************1111) C(SELECT 1) ZI"},
		"extended, described": {append(append(append(append(parse("", "SELECT pan FROM cards WHERE id = 2"), describe("S", "")...), bind("", "")...), describe("P", "")...), append(execute("", 0), syncing...)...),
			"1 t T 2 T D(************1881) C(SELECT 1) ZI"},
		"returning":         {q("UPDATE cards SET id = id WHERE id = 1 RETURNING pan"), "T D(************1111) C(UPDATE 1) ZI"},
		"prepared":          {q("PREPARE p AS SELECT pan FROM cards WHERE id = 1"), "C(PREPARE) ZI"},
		"copy":              {q("COPY cards TO STDOUT"), "H d d c C(COPY 2) ZI"},
		"copy without":      {q("COPY cards (id) TO STDOUT"), "H d d c C(COPY 2) ZI"},
		"predicate":         {q("SELECT id FROM cards WHERE pan LIKE '4%'"), "E(42501) ZI"},
		"cast":              {q("SELECT pan::bigint FROM cards"), "E(42501) ZI"},
		"found by its look": {q("SELECT '4111111111111111'::text AS t"), "T D(************1111) C(SELECT 1) ZI"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := g.enter(t, "analyst")
			p.send(test.send)
			if got := p.until('Z'); got != test.want {
				t.Errorf("got  %s\nwant %s\n%s", got, test.want, g.stderr)
			}
		})
	}
}

func TestMaskedCursor(t *testing.T) {
	g := start(t)
	for _, binary := range []string{"", "BINARY "} {
		p := g.enter(t, "analyst")
		p.send(q("BEGIN"), q("DECLARE c "+binary+"CURSOR FOR SELECT pan FROM cards ORDER BY id"), q("FETCH 1 FROM c"))
		p.until('Z')
		p.until('Z')
		if got := p.until('Z'); got != "T D(************1111) C(FETCH 1) ZT" {
			t.Errorf("got %s", got)
		}
	}
}

// TestMaskedFormats reads every column in every format that pgx asks for.
func TestMaskedFormats(t *testing.T) {
	g := start(t)
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol} {
		t.Run(mode.String(), func(t *testing.T) {
			conn := g.connect(t, "analyst")
			for range 2 {
				rows, err := conn.Query(t.Context(), "SELECT pan, pin, raw, id FROM cards ORDER BY id", mode)
				if err != nil {
					t.Fatal(err)
				}
				got := ""
				for rows.Next() {
					values, err := rows.Values()
					if err != nil {
						t.Fatal(err)
					}
					got += fmt.Sprintln(values...)
				}
				if rows.Err() != nil {
					t.Fatal(rows.Err())
				}
				if got != "************1111 <nil> <nil> 1\n************1881 <nil> <nil> 2\n" {
					t.Errorf("got %s", got)
				}
			}
		})
	}
}

// TestWithheld makes the database speak of values.
func TestWithheld(t *testing.T) {
	g := start(t)
	for name, text := range map[string]string{
		"duplicate key": "INSERT INTO cards VALUES (1, 'x')",
		"null":          "INSERT INTO cards VALUES (9, NULL)",
		"type":          "SELECT 'x4111111111111111'::int",
	} {
		t.Run(name, func(t *testing.T) {
			p := g.enter(t, "analyst")
			p.send(q(text))
			kind, body := p.read()
			if kind != 'E' || errorField(body, 'D') != "" || strings.Contains(string(body), "4111") || !strings.Contains(errorField(body, 'M'), "withheld") {
				t.Errorf("got %c %q", kind, body)
			}
		})
	}
	t.Run("own text", func(t *testing.T) {
		p := g.enter(t, "analyst")
		p.send(parse("", "SELECT 1 FROM nosuch"), syncing)
		_, body := p.read()
		if m := errorField(body, 'M'); !strings.Contains(m, "nosuch") {
			t.Errorf("got %s", m)
		}
	})
	t.Run("notice", func(t *testing.T) {
		for client, want := range map[string]string{"dba": `relation "items" already exists, skipping`, "analyst": "there is no transaction in progress"} {
			p := g.enter(t, client)
			p.send(q(map[string]string{"dba": "CREATE TABLE IF NOT EXISTS items (id int)", "analyst": "COMMIT"}[client]))
			kind, body := p.read()
			if m := errorField(body, 'M'); kind != 'N' || m != want {
				t.Errorf("the %s was told %c %q", client, kind, m)
			}
		}
	})
}
