package main

import (
	"fmt"
	"strings"
)

// script makes one script, and says what kind it is.
func (g *grammar) script() (*tree, string) {
	m := tame
	if g.chance(25) {
		m, g.wildness = wild, 30
	} else if g.chance(30) {
		g.wildness = 25
	}
	scripts := []struct {
		share int
		kind  string
		make  func(m mode) []any
	}{
		{60, "select", g.selects}, {5, "explain", g.explains}, {5, "copy", g.copies}, {6, "cursor", g.cursors}, {6, "prepare", g.prepares},
		{9, "write", g.writes}, {3, "definition", g.definitions}, {3, "statistics", g.statistics}, {3, "setting", g.settings},
	}
	n := g.Intn(100)
	for _, s := range scripts {
		if n -= s.share; n < 0 {
			steps := s.make(m)
			if s.kind == "write" || s.kind == "definition" {
				g.wrote = true
			}
			if g.wrote { // nothing that it does may stay
				steps = append(append([]any{statement("BEGIN")}, steps...), statement("ROLLBACK"))
			}
			return list(sortScript, ";\n", steps...), s.kind
		}
	}
	panic("the shares come to a hundred")
}

func statement(parts ...any) *tree { return node(sortStatement, parts...) }

func (g *grammar) anyQuery(m mode) *tree {
	q, _ := g.query(nil, m)
	return q
}

func (g *grammar) selects(m mode) []any {
	if g.chance(3) {
		return []any{statement("TABLE ", pick(g, g.bodies).name).withDirt(true)}
	}
	if g.chance(6) {
		g.scopes = [][]source{nil}
		from := g.from(m)
		return []any{statement("SELECT * FROM ", from, optional(" WHERE ", g.condition(m)))}
	}
	if g.chance(5) {
		return []any{statement(pick(g, systems))}
	}
	if g.chance(20) {
		return []any{g.focused(m)}
	}
	return []any{statement(g.anyQuery(m))}
}

// focused is one expression over masked columns themselves, with nothing around it.
func (g *grammar) focused(m mode) *tree {
	g.scopes = [][]source{nil}
	from := g.fromBody()
	k := pick(g, []kind{text, text, text, integer, integer, number, date, boolean, boolean, document, array, bytea, span, address, row})
	e := pick(g, expressions[k])
	g.depth, g.windows, g.aggregates = 5, true, e.needs == "agg"
	return statement("SELECT ", g.fill(k, e, m), " AS c0 FROM ", from)
}

func (g *grammar) explains(m mode) []any {
	options := pick(g, []string{"", "VERBOSE ", "(COSTS OFF) ", "(ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) ", "(FORMAT json, ANALYZE, TIMING OFF, SUMMARY OFF) ",
		"(FORMAT yaml) ", "(FORMAT xml, VERBOSE) ", "(ANALYZE, TIMING OFF, SUMMARY OFF, VERBOSE) ", "(SETTINGS, WAL, ANALYZE, TIMING OFF, SUMMARY OFF) "})
	return []any{statement("EXPLAIN ", options, g.anyQuery(m))}
}

func (g *grammar) copies(m mode) []any {
	options := pick(g, []string{"", " (FORMAT csv)", " (FORMAT binary)", " (FORMAT csv, HEADER, FORCE_QUOTE *)", " (DELIMITER '|', NULL 'x')", " (ENCODING 'LATIN1')", " CSV"})
	if g.chance(20) {
		b := pick(g, g.bodies)
		c := pick(g, b.columns)
		t := statement("COPY ", b.name, pick(g, []string{"", " (" + c.name + ")"}), " TO STDOUT", options)
		return []any{t.withDirt(true)}
	}
	return []any{statement("COPY (", g.anyQuery(m), ") TO STDOUT", options)}
}

func (g *grammar) cursors(m mode) []any {
	name := g.alias()
	kind := pick(g, []string{" CURSOR", " BINARY CURSOR", " SCROLL CURSOR", " NO SCROLL CURSOR", " CURSOR WITH HOLD", " BINARY CURSOR WITH HOLD"})
	steps := []any{statement("BEGIN"), statement("DECLARE ", name, kind, " FOR ", g.anyQuery(m))}
	for range 1 + g.Intn(3) {
		steps = append(steps, statement(pick(g, []string{"FETCH 2 FROM ", "FETCH ALL FROM ", "FETCH NEXT FROM ", "MOVE 1 FROM ", "FETCH BACKWARD 1 FROM ", "FETCH ABSOLUTE 2 FROM "}), name))
	}
	if strings.HasSuffix(kind, "HOLD") && !g.wrote {
		return append(steps, statement("COMMIT"), statement("FETCH 1 FROM ", name), statement("CLOSE ", name))
	}
	return append(steps, statement("ROLLBACK"))
}

func (g *grammar) prepares(m mode) []any {
	name := g.alias()
	steps := []any{statement("PREPARE ", name, " AS ", g.anyQuery(m))}
	for range 1 + g.Intn(2) {
		steps = append(steps, statement(pick(g, []string{"EXECUTE ", "EXECUTE ", "EXPLAIN EXECUTE "}), name))
	}
	return append(steps, statement("DEALLOCATE ", name))
}

func (g *grammar) writes(m mode) []any {
	if g.chance(20) {
		return []any{statement(pick(g, maskedWrites)).withDirt(true), statement("SELECT id, word, ssn FROM scratch ORDER BY id")}
	}
	g.scopes = [][]source{nil}
	t := g.written(m)
	if g.chance(60) {
		t.add(optional(" RETURNING ", list(sortList, ", ", g.returned(m), g.returned(m))))
	}
	return []any{t, statement("SELECT id, word, amount FROM scratch ORDER BY id")}
}

// returned is an expression over the columns of the table that is written to: written has put them into the scope.
func (g *grammar) returned(m mode) *tree {
	return g.expr(pick(g, []kind{text, text, integer, number, document, array}), m)
}

// written makes a statement that writes, up to RETURNING.
func (g *grammar) written(m mode) *tree {
	g.wrote = true
	in := g.inner(m)
	key := 100 + g.Intn(100)
	switch g.Intn(6) {
	case 0:
		g.target("scratch", "scratch")
		return statement(fmt.Sprintf("INSERT INTO scratch (id, word, amount) VALUES (%d, ", key), g.expr(text, plain), ", 1)",
			optional(pick(g, []string{"", " ON CONFLICT (id) DO NOTHING", " ON CONFLICT (id) DO UPDATE SET word = excluded.word", " ON CONFLICT DO NOTHING"})))
	case 1:
		q, _ := g.query([]kind{integer, text}, in)
		g.target("scratch", "scratch")
		return statement("INSERT INTO scratch (id, word) SELECT ", fmt.Sprint(key), " + row_number() OVER (), c1 FROM (", q, ") s(c0, c1)")
	case 2:
		g.target("accounts", "a")
		return statement("UPDATE accounts a SET kind = ", g.expr(text, in), optional(" WHERE ", g.condition(m)))
	case 3:
		g.target("people", "p")
		g.target("accounts", "a")
		return statement("UPDATE people p SET name = coalesce(", g.expr(text, in), ", 'x') FROM accounts a WHERE a.owner = p.id", optional(" AND ", g.condition(m)))
	case 4:
		g.target("payments", "p")
		return statement("DELETE FROM payments p WHERE ", g.condition(m))
	}
	q, _ := g.query([]kind{integer, text}, m)
	g.target("scratch", "s")
	return statement("MERGE INTO scratch s USING (", q, ") q(k, v) ON s.id = q.k WHEN MATCHED THEN UPDATE SET word = ", g.expr(text, in),
		fmt.Sprintf(" WHEN NOT MATCHED THEN INSERT (id, word) VALUES (%d, 'new')", key))
}

// target puts a table's columns into the scope.
func (g *grammar) target(table, alias string) {
	for _, b := range g.bodies {
		if b.name == table {
			if len(g.scopes) == 0 {
				g.scopes = [][]source{nil}
			}
			g.named(b.columns, alias)
			return
		}
	}
}

func (g *grammar) definitions(m mode) []any {
	q := g.anyQuery(m)
	name := g.alias()
	first := pick(g, []*tree{
		statement("CREATE TABLE ", name, " AS ", q), statement("SELECT * INTO ", name, " FROM (", q, ") s"), statement("CREATE TEMP TABLE ", name, " AS ", q), statement("CREATE VIEW ", name, " AS ", q),
		statement("CREATE MATERIALIZED VIEW ", name, " AS ", q), statement("CREATE INDEX ", name, " ON people ((", node(string(text), pick(g, []string{"upper(ssn)", "ssn::int", "lower(name)", "1 / pin"})), "))"),
		statement("ALTER TABLE people ADD CHECK (", pick(g, []string{"ssn <> '9'", "pin > 0", "id > 0", "salary < 1000"}), ")"), statement("ALTER TABLE people ALTER pin TYPE text"),
		statement("ALTER TABLE people ALTER ssn SET DEFAULT 'x'"), statement("CREATE TABLE ", name, " (LIKE people INCLUDING ALL)"), statement("ALTER TABLE people RENAME ssn TO plain"),
		statement("CREATE UNIQUE INDEX ", name, " ON people (", pick(g, []string{"pin", "name", "born", "id"}), ")"), statement("ANALYZE people"), statement("TRUNCATE payments"),
		statement("CREATE RULE ", name, " AS ON UPDATE TO scratch DO ALSO SELECT ssn FROM people"), statement("LOCK TABLE people IN SHARE MODE"), statement("REFRESH MATERIALIZED VIEW people_copy"),
		statement("CREATE FUNCTION ", name, "() RETURNS text LANGUAGE sql AS 'SELECT ssn FROM public.people LIMIT 1'"), statement("COMMENT ON TABLE people IS 'x'"), statement("DROP VIEW people_card CASCADE"),
		statement("CREATE STATISTICS ", name, " (ndistinct) ON ssn, name FROM people"), statement("DO $$ BEGIN RAISE NOTICE '%', (SELECT ssn FROM people LIMIT 1); END $$"),
	})
	return []any{first.withDirt(true)}
}

func (g *grammar) statistics(mode) []any {
	return []any{statement(pick(g, []string{
		"SELECT * FROM pg_stats WHERE tablename = 'people'", "SELECT most_common_vals FROM pg_stats", "SELECT stavalues1 FROM pg_statistic", "SELECT n_distinct FROM pg_stats WHERE attname = 'ssn'",
		"SELECT relname, reltuples FROM pg_class WHERE relname = 'people'", "SELECT * FROM pg_stats_ext", "SELECT query FROM pg_stat_activity", "SELECT attname FROM pg_attribute WHERE attrelid = 'people'::regclass ORDER BY attnum",
		"SELECT pg_relation_size('people'), pg_table_size('accounts')", "SELECT consrc FROM pg_constraint", "SELECT conname FROM pg_constraint ORDER BY 1", "SELECT pg_get_viewdef('people_card')",
		"SELECT histogram_bounds FROM pg_stats WHERE attname = 'id'", "SELECT avg_width FROM pg_stats WHERE tablename = 'people'", "SELECT seq_scan > 0 FROM pg_stat_user_tables WHERE relname = 'people'",
		"SELECT n_live_tup FROM pg_stat_all_tables WHERE relname = 'people'", "SELECT column_name FROM information_schema.columns WHERE table_name = 'people' ORDER BY 1", "SELECT * FROM pg_statistic_ext_data",
		"SELECT * FROM pg_cursors", "SELECT name, statement FROM pg_prepared_statements", "SELECT idx_scan >= 0 FROM pg_stat_user_indexes", "SELECT * FROM pg_statio_user_tables WHERE relname = 'cities'",
	})).withDirt(true)}
}

func (g *grammar) settings(m mode) []any {
	set := pick(g, []string{"SET client_min_messages = debug1", "SET bytea_output = escape", "SET datestyle = 'German'", "SET enable_seqscan = off", "SET search_path = pg_temp, public", "SET xmloption = document",
		"SET intervalstyle = iso_8601", "SET extra_float_digits = -5", "SET plan_cache_mode = force_generic_plan", "SET debug_print_plan = on", "SET log_statement = 'all'", "SET work_mem = '64kB'", "SET row_security = off",
		"SET lc_monetary = 'C'", "SET timezone = 'Asia/Tokyo'", "SET transform_null_equals = on", "SET default_statistics_target = 1", "SET client_encoding = 'LATIN1'", "SET standard_conforming_strings = off"})
	return []any{statement(set), statement(g.anyQuery(m)), statement("SHOW ", pick(g, []string{"search_path", "work_mem", "all", "server_version"})), statement("RESET ALL")}
}
