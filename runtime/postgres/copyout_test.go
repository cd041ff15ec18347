package postgres_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// oddTexts are values that COPY must write with care.
var oddTexts = []string{
	"", " ", "plain text", "a,b", `say "so"`, `"`, `""`, `\`, `\\`, `\N`, `\.`, `\n`, "line\nbreak", "car\rriage", "tab\there", "\b\f\v\x01\x1f\x7f",
	"ÄÖÜ€𝄞", "| pipe; ~ 'single'", "x\tNULL\ty", "NULL", "4111111111111111", "card 4111-1111-1111-1111,\"yes\"\n", "ends with \\", "\nstarts", "12345678\"\n,\\",
	"12345678\t|;'", "abcdefgh\r\n\\.", strings.Repeat("long ", 4000),
}

func fillOdd(t *testing.T) {
	t.Helper()
	fillOddWith(t, func(secret string) string { return secret })
}

func fillOddWith(t *testing.T, secret func(string) string) {
	t.Helper()
	conn := direct(t)
	if _, err := conn.Exec(t.Context(), "TRUNCATE odd"); err != nil {
		t.Fatal(err)
	}
	insert := "INSERT INTO odd (id, secret, note, doc, n) VALUES ($1, $2, $3, $4, $5)"
	for i, text := range oddTexts {
		if _, err := conn.Exec(t.Context(), insert, i, secret(text), oddTexts[len(oddTexts)-1-i], map[string]string{"pan": secret(text)}, len(secret(text))+4111111111111111+i); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Exec(t.Context(), insert, len(oddTexts), nil, nil, nil, nil); err != nil {
		t.Fatal(err)
	}
}

func direct(t *testing.T) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	return conn
}

func copied(t *testing.T, conn *pgx.Conn, text string) string {
	t.Helper()
	var out bytes.Buffer
	if _, err := conn.PgConn().CopyTo(t.Context(), &out, text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return out.String()
}

// expectMasked fills a table with what the masked SELECT gives, in the types that it gives.
func expectMasked(t *testing.T, through, conn *pgx.Conn, query string) {
	t.Helper()
	for _, text := range []string{"DROP TABLE IF EXISTS expected", "CREATE TABLE expected AS SELECT * FROM (" + query + ") q WITH NO DATA"} {
		if _, err := conn.Exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := through.Query(t.Context(), query, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		t.Fatal(err)
	}
	var marks []string
	for _, f := range rows.FieldDescriptions() {
		marks = append(marks, fmt.Sprintf("$%d::text::%s", len(marks)+1, map[uint32]string{16: "boolean", 20: "bigint", 23: "int", 3802: "jsonb"}[f.DataTypeOID]))
	}
	insert := strings.ReplaceAll("INSERT INTO expected VALUES ("+strings.Join(marks, ", ")+")", "::text::)", "::text)")
	insert = strings.ReplaceAll(insert, "::text::,", "::text,")
	var all [][]any
	for rows.Next() {
		var values []any
		for _, raw := range rows.RawValues() {
			if raw == nil {
				values = append(values, nil)
			} else {
				values = append(values, string(raw))
			}
		}
		all = append(all, values)
	}
	if rows.Err() != nil || len(all) == 0 {
		t.Fatal(len(all), rows.Err())
	}
	for _, values := range all {
		if _, err := conn.Exec(t.Context(), insert, values...); err != nil {
			t.Fatal(err)
		}
	}
}

// copyOptions are ways of writing data; text formats in which no value may look like NULL.
var copyOptions = []string{
	"", "(FORMAT text)", "(FORMAT csv)", "(FORMAT binary)", "BINARY", "CSV HEADER", "(DELIMITER '|')", "(DELIMITER ',', NULL '\\X')",
	"(FORMAT csv, HEADER, DELIMITER ';', QUOTE '''', ESCAPE '\\')", "(FORMAT csv, ESCAPE '~', FORCE_QUOTE *)", "(FORMAT csv, NULL 'NULL')",
	"(FORMAT csv, FORCE_QUOTE (note, secret))", "(FORMAT csv, QUOTE '1', ESCAPE '8')", "(FORMAT csv, DELIMITER '*', HEADER true)",
	"(FORMAT csv, DELIMITER E'\\t', NULL '\\N')", "(FORMAT csv, HEADER off, ENCODING 'UTF8')", "(ENCODING 'utf-8', DELIMITER E'\\x01')",
	"(FORMAT csv, ESCAPE ',')", "(FORMAT csv, ESCAPE '*', FORCE_QUOTE *)", "(FORMAT csv, NULL '****')", "(FORMAT csv, HEADER 'FALSE')",
}

// TestMaskedCopyEqualsMaskedSelect compares each masked COPY with what PostgreSQL itself writes of the values that the masked
// SELECT gives.
func TestMaskedCopyEqualsMaskedSelect(t *testing.T) {
	fillOdd(t)
	g := start(t)
	analyst, server := g.connect(t, "analyst"), direct(t)
	for name, query := range map[string]string{
		"bare":    "SELECT id, secret, note, doc, n FROM odd",
		"one":     "SELECT secret FROM odd",
		"derived": "SELECT id, secret || 'x' AS secret, note, doc IS NULL AS has, upper(note) AS up FROM odd",
		"renamed": `SELECT note AS "a ""b"",c", secret AS note, n AS "\.", secret AS secret FROM odd`,
		"cte":     "WITH o AS MATERIALIZED (SELECT * FROM odd) SELECT o.id, o.secret, note FROM o JOIN orders USING (id)",
		"union":   "SELECT secret, note FROM odd WHERE id < 5 UNION ALL SELECT note, secret FROM odd WHERE id >= 5",
	} {
		t.Run(name, func(t *testing.T) {
			expectMasked(t, analyst, server, query)
			for _, options := range copyOptions {
				if strings.Contains(options, "FORCE_QUOTE (") && name != "bare" && name != "renamed" && name != "derived" {
					continue
				}
				if strings.Contains(options, "BINARY") {
					options = "(FORMAT binary)" // the old word has no query
				}
				got := copied(t, analyst, "COPY ("+query+") TO STDOUT "+options)
				if want := copied(t, server, "COPY expected TO STDOUT "+options); got != want {
					t.Errorf("%s\ngot  %.3000q\nwant %.3000q", options, got, want)
				}
			}
		})
	}
}

// TestMaskedCopyOfTable does the same for a table, with and without a list of columns; generated columns stay out.
func TestMaskedCopyOfTable(t *testing.T) {
	fillOdd(t)
	g := start(t)
	analyst, server := g.connect(t, "analyst"), direct(t)
	for list, query := range map[string]string{
		"": "SELECT id, secret, note, doc, n FROM odd", " (note, secret)": "SELECT note, secret FROM odd", " (doc)": "SELECT doc FROM odd",
	} {
		expectMasked(t, analyst, server, query)
		for _, options := range copyOptions {
			if strings.Contains(options, "FORCE_QUOTE (") && list == " (doc)" {
				continue
			}
			form := "COPY odd" + list + " TO STDOUT " + options
			want := "COPY expected TO STDOUT " + options
			if options == "BINARY" {
				form, want = "COPY BINARY odd"+list+" TO STDOUT", "COPY expected TO STDOUT (FORMAT binary)"
			}
			if got, want := copied(t, analyst, form), copied(t, server, want); got != want {
				t.Errorf("%s\ngot  %.3000q\nwant %.3000q", form, got, want)
			}
		}
	}
}

// TestCopyOfTwins changes nothing but what the masks hide, and what the unmasked see.
func TestCopyOfTwins(t *testing.T) {
	fillOdd(t)
	g := start(t)
	analyst, dba, server := g.connect(t, "analyst"), g.connect(t, "dba"), direct(t)
	texts := []string{}
	for _, options := range copyOptions {
		if options != "BINARY" {
			texts = append(texts, "COPY odd TO STDOUT "+options)
		}
	}
	texts = append(texts, "COPY (SELECT secret || note AS x FROM odd) TO STDOUT", "COPY (SELECT count(secret), max(id) FROM odd) TO STDOUT",
		"COPY (SELECT secret IS NULL, id FROM odd) TO STDOUT CSV", "COPY odd TO STDOUT (NULL 'x')", "COPY odd (id, note) TO STDOUT (NULL '')")
	var before []string
	for _, text := range texts {
		if got, want := copied(t, dba, text), copied(t, server, text); got != want {
			t.Errorf("%s\nthe dba gets %.1000q\nand not      %.1000q", text, got, want)
		}
		before = append(before, tried(t, analyst, text))
	}
	fillOddWith(t, func(secret string) string {
		runes := []rune(secret)
		if len(runes) < 8 {
			return "short" // last4 shows nothing of either
		}
		return strings.Repeat("z", len(runes)-4) + string(runes[len(runes)-4:])
	})
	for i, text := range texts {
		if got := tried(t, analyst, text); got != before[i] {
			t.Errorf("%s\nof the twin %.2000q\nand not     %.2000q", text, got, before[i])
		}
	}
}

// tried is copied for a COPY that may be refused.
func tried(t *testing.T, conn *pgx.Conn, text string) string {
	t.Helper()
	var out bytes.Buffer
	_, err := conn.PgConn().CopyTo(t.Context(), &out, text)
	return fmt.Sprintf("%s %v", &out, err)
}

func TestMaskedCopyMessages(t *testing.T) {
	g := start(t)
	// Rows come in the order in which they lie, which other tests may have changed.
	inOrder := "BEGIN; CREATE TEMP TABLE kept AS SELECT * FROM cards; DELETE FROM cards; INSERT INTO cards SELECT * FROM kept ORDER BY id; COMMIT"
	if _, err := database.PSQL(t.Context(), "postgres", inOrder); err != nil {
		t.Fatal(err)
	}
	const denied = "E(42501) ZI"
	tests := map[string]struct {
		send []byte
		want string
	}{
		"text":                     {q("COPY cards TO STDOUT"), `H d"1\t************1111\t\\N\t\\N\n" d"2\t************1881\t\\N\t\\N\n" c C(COPY 2) ZI`},
		"extended":                 {append(run("COPY cards (pan) TO STDOUT"), syncing...), `1 2 H d"************1111\n" d"************1881\n" c C(COPY 2) ZI`},
		"two in a segment":         {append(append(run("COPY cards (pan) TO STDOUT"), run("SELECT 1")...), syncing...), `1 2 H d"************1111\n" d"************1881\n" c C(COPY 2) 1 2 D(1) C(SELECT 1) ZI`},
		"two in a text":            {q("COPY cards (id) TO STDOUT; COPY (SELECT pan FROM cards WHERE id = 1) TO STDOUT"), `H d"1\n" d"2\n" c C(COPY 2) H d"************1111\n" c C(COPY 1) ZI`},
		"in a block of its text":   {q("BEGIN; COPY (SELECT pan FROM cards WHERE id = 1) TO STDOUT; COMMIT"), `C(BEGIN) H d"************1111\n" c C(COPY 1) C(COMMIT) ZI`},
		"in a stricter block":      {q("BEGIN ISOLATION LEVEL SERIALIZABLE; COPY (SELECT pan FROM cards WHERE id = 1) TO STDOUT; COMMIT"), `E(25001) ZI`},
		"behind an open segment":   {append(run("SELECT 7"), q("COPY (SELECT pan FROM cards WHERE id = 1) TO STDOUT")...), `1 2 D(7) C(SELECT 1) H d"************1111\n" c C(COPY 1) ZI`},
		"of what it deletes":       {q("COPY (DELETE FROM cards WHERE id = 77 RETURNING pan) TO STDOUT"), `H c C(COPY 0) ZI`},
		"found by its look":        {q("COPY (SELECT 'x 4111111111111111 y', 5) TO STDOUT CSV"), `H d"x ************1111 y,5\n" c C(COPY 1) ZI`},
		"unsafe":                   {q("COPY (SELECT pan::bigint FROM cards) TO STDOUT"), denied},
		"predicate":                {q("COPY (SELECT id FROM cards WHERE pan LIKE '4%') TO STDOUT"), denied},
		"NULL that asks":           {q("COPY cards (id, pan) TO STDOUT (NULL '4111111111111111')"), denied},
		"NULL that asks elsewhere": {q("COPY cards (id) TO STDOUT (NULL '4111111111111111')"), `H d"1\n" d"2\n" c C(COPY 2) ZI`},
		"another encoding":         {q("COPY cards TO STDOUT (ENCODING 'LATIN1')"), denied},
		"to a file":                {q("COPY cards TO '/tmp/x'"), denied},
		"to a program":             {q("COPY cards TO PROGRAM 'cat'"), denied},
		"of nothing there":         {q("COPY cards (nosuch) TO STDOUT"), denied},
		"of no columns":            {q("COPY (SELECT FROM cards) TO STDOUT"), `H d"\n" d"\n" c C(COPY 2) ZI`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := g.enter(t, "analyst")
			p.send(test.send)
			if got := p.copying(); got != test.want {
				t.Errorf("got  %s\nwant %s\n%s", got, test.want, g.stderr)
			}
		})
	}
}

// copying is until ReadyForQuery, with the data of COPY.
func (p *peer) copying() string {
	p.t.Helper()
	var words []string
	for {
		k, body := p.read()
		switch k {
		case 'd':
			words = append(words, fmt.Sprintf("d%q", body))
		case 'D':
			words = append(words, "D("+rowText(body)+")")
		case 'E':
			words = append(words, "E("+errorField(body, 'C')+")")
		case 'C':
			words = append(words, "C("+strings.TrimRight(string(body), "\x00")+")")
		case 'Z':
			return strings.Join(append(words, "Z"+string(body)), " ")
		case 0:
			return strings.Join(append(words, "end"), " ")
		case 'S':
		default:
			words = append(words, string(k))
		}
	}
}

// TestCopyOutcome reads what the log says of a masked COPY.
func TestCopyOutcome(t *testing.T) {
	g := start(t)
	p := g.enter(t, "analyst")
	p.send(q("COPY cards TO STDOUT"))
	p.until('Z')
	_ = p.conn.Close()
	var got *line
	for got == nil {
		for _, l := range g.lines(t) {
			if l.Kind == "outcome" && l.Masked != nil && l.Rows != nil {
				got = &l
			}
		}
	}
	if *got.Rows != 2 || *got.Masked != 5 {
		t.Errorf("%d rows, %d cells masked", *got.Rows, *got.Masked)
	}
}

// TestCopyOfChangedTable changes the order of a table's columns past the gateway, whose catalog has the old one.
func TestCopyOfChangedTable(t *testing.T) {
	conn := direct(t)
	for _, text := range []string{
		"DROP TABLE IF EXISTS shifted", "CREATE TABLE shifted (id int, secret text, note text)", "INSERT INTO shifted VALUES (1, 'secret', 'note')",
	} {
		if _, err := conn.Exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	g := start(t)
	p := g.enter(t, "analyst")
	p.send(q("COPY shifted TO STDOUT"))
	if got, want := p.copying(), `H d"1\t****\tnote\n" c C(COPY 1) ZI`; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	for _, text := range []string{
		"ALTER TABLE shifted DROP COLUMN secret", "ALTER TABLE shifted ADD COLUMN secret text", "UPDATE shifted SET secret = 'secret'",
	} {
		if _, err := conn.Exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	p = g.enter(t, "analyst")
	p.send(q("COPY shifted TO STDOUT"))
	if got := p.copying(); got != "E(XX000) ZI" {
		t.Errorf("got %s", got)
	}
	p = g.enter(t, "analyst")
	p.send(run("COPY shifted TO STDOUT"), syncing)
	if got := p.copying(); strings.Contains(got, "secret") {
		t.Errorf("got %s", got)
	}
	for _, text := range []string{"COPY (SELECT * FROM shifted) TO STDOUT", "COPY shifted (note, secret) TO STDOUT", "COPY shifted TO STDOUT"} {
		p := g.enter(t, "analyst") // the catalog may have been read again by now
		p.send(q(text))
		if got := p.copying(); strings.Contains(got, "secret") {
			t.Errorf("%s: got %s", text, got)
		}
	}
}
