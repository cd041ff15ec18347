package sqlfacts_test

import (
	"context"
	"os"
	"testing"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
	"github.com/jackc/pgx/v5/pgconn"
)

// TestAgainstServer compares the output columns with what a real server says of every statement that it takes: their
// number, their names, and the table column that a bare one is.
func TestAgainstServer(t *testing.T) {
	s := startServer(t)
	more, err := os.ReadFile("testdata/more.sql")
	if err != nil {
		t.Fatal(err)
	}
	run(t, s, string(more))
	catalog := fetch(t, s)
	ctx := context.Background()
	conn, err := pgconn.Connect(ctx, s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	texts := serverTexts(t)
	compared := 0
	for _, text := range texts {
		sts := sqlfacts.Classify(text, &newClient(catalog).session)
		if len(sts) != 1 || sts[0].CopyOut || sts[0].CopyIn {
			continue
		}
		d, err := conn.Prepare(ctx, "", text, nil)
		if err != nil {
			continue // the server refuses it, so nothing leaks
		}
		compared++
		compare(t, text, &sts[0], d.Fields)
	}
	if compared < 200 {
		t.Errorf("only %d of %d statements could be compared", compared, len(texts))
	}
}

func serverTexts(t *testing.T) []string {
	t.Helper()
	var texts []string
	for _, tc := range adversary {
		texts = append(texts, tc.text)
	}
	for _, file := range []string{"testdata/leaks.sql", "testdata/works.sql"} {
		for _, c := range readCorpus(t, file) {
			texts = append(texts, c.statements...)
		}
	}
	return append(texts, introspection...)
}

func compare(t *testing.T, text string, st *sqlfacts.Statement, fields []pgconn.FieldDescription) {
	t.Helper()
	if st.Opaque() || len(st.Outputs) == 1 && st.Outputs[0].Name == "*" {
		return
	}
	if len(st.Outputs) != len(fields) {
		t.Errorf("%s\n%d outputs, the server has %d", text, len(st.Outputs), len(fields))
		return
	}
	for i, o := range st.Outputs {
		f := fields[i]
		if o.Name != f.Name {
			t.Errorf("%s\noutput %d is %q, the server's %q", text, i, o.Name, f.Name)
		}
		if f.TableOID != 0 && len(o.Columns) == 0 {
			t.Errorf("%s\noutput %q is a table's column, and counts as constant", text, o.Name)
		}
		if o.Origin == schema.OriginBare && o.Table != 0 && (o.Table != f.TableOID || o.Attribute != int16(f.TableAttributeNumber)) {
			t.Errorf("%s\noutput %q is %d.%d, the server's %d.%d", text, o.Name, o.Table, o.Attribute, f.TableOID, int16(f.TableAttributeNumber))
		}
	}
}

// introspection is what psql's backslash commands and drivers ask, which no rule should be needed for.
var introspection = []string{
	`SELECT c.oid, n.nspname, c.relname FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname OPERATOR(pg_catalog.~) '^(customers)$' COLLATE pg_catalog.default AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 2, 3`,
	`SELECT c.relchecks, c.relkind, c.relhasindex, c.relhasrules, c.relhastriggers, c.relrowsecurity, c.relforcerowsecurity, false AS relhasoids, c.relispartition, pg_catalog.array_to_string(c.reloptions || array(select 'toast.' || x from pg_catalog.unnest(tc.reloptions) x), ', '), c.reltablespace, CASE WHEN c.reloftype = 0 THEN '' ELSE c.reloftype::pg_catalog.regtype::pg_catalog.text END, c.relpersistence, c.relreplident, am.amname FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_class tc ON (c.reltoastrelid = tc.oid) LEFT JOIN pg_catalog.pg_am am ON (c.relam = am.oid) WHERE c.oid = '16387'`,
	`SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) FROM pg_catalog.pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef), a.attnotnull, (SELECT c.collname FROM pg_catalog.pg_collation c, pg_catalog.pg_type t WHERE c.oid = a.attcollation AND t.oid = a.atttypid AND a.attcollation <> t.typcollation) AS attcollation, a.attidentity, a.attgenerated FROM pg_catalog.pg_attribute a WHERE a.attrelid = '16387' AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
	`SELECT c2.relname, i.indisprimary, i.indisunique, i.indisclustered, i.indisvalid, pg_catalog.pg_get_indexdef(i.indexrelid, 0, true), pg_catalog.pg_get_constraintdef(con.oid, true), contype, condeferrable, condeferred, i.indisreplident, c2.reltablespace FROM pg_catalog.pg_class c, pg_catalog.pg_class c2, pg_catalog.pg_index i LEFT JOIN pg_catalog.pg_constraint con ON (conrelid = i.indrelid AND conindid = i.indexrelid AND contype IN ('p','u','x')) WHERE c.oid = '16387' AND c.oid = i.indrelid AND i.indexrelid = c2.oid ORDER BY i.indisprimary DESC, c2.relname`,
	`SELECT d.datname as "Name", pg_catalog.pg_get_userbyid(d.datdba) as "Owner", pg_catalog.pg_encoding_to_char(d.encoding) as "Encoding", d.datcollate as "Collate", pg_catalog.array_to_string(d.datacl, E'\n') AS "Access privileges" FROM pg_catalog.pg_database d ORDER BY 1`,
	`SELECT n.nspname as "Schema", p.proname as "Name", pg_catalog.pg_get_function_result(p.oid) as "Result data type", pg_catalog.pg_get_function_arguments(p.oid) as "Argument data types", CASE p.prokind WHEN 'a' THEN 'agg' WHEN 'w' THEN 'window' WHEN 'p' THEN 'proc' ELSE 'func' END as "Type" FROM pg_catalog.pg_proc p LEFT JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE pg_catalog.pg_function_is_visible(p.oid) AND n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema' ORDER BY 1, 2, 4`,
	`SELECT r.rolname, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolconnlimit, r.rolvaliduntil, r.rolreplication, r.rolbypassrls FROM pg_catalog.pg_roles r WHERE r.rolname !~ '^pg_' ORDER BY 1`,
	`SELECT t.typname, t.oid, t.typarray, e.enumlabel FROM pg_type t LEFT JOIN pg_enum e ON e.enumtypid = t.oid WHERE t.typtype = 'e' ORDER BY e.enumsortorder`,
	`SELECT * FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')`,
	`SELECT kcu.table_schema, kcu.table_name, tc.constraint_type FROM information_schema.table_constraints tc JOIN information_schema.key_column_usage kcu USING (constraint_schema, constraint_name)`,
	`SELECT * FROM pg_class LIMIT 1`,
	`SELECT * FROM pg_catalog.pg_settings`,
	`SELECT name, setting FROM pg_settings WHERE name IN ('work_mem')`,
	`SELECT pg_backend_pid(), pg_is_in_recovery(), inet_server_addr(), current_user, session_user, current_catalog`,
	`SELECT version(), current_setting('server_version_num')`,
	`SELECT attname, attnum, array_agg(indkey) FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE indrelid = 'customers'::regclass GROUP BY 1, 2`,
	`SELECT pg_size_pretty(pg_total_relation_size(c.oid)), obj_description(c.oid, 'pg_class') FROM pg_class c`,
	`SELECT generate_series(1, 3), now() - interval '1 day', date_trunc('month', now()), extract(epoch FROM now()), to_char(now(), 'YYYY')`,
	`SELECT has_table_privilege('customers', 'select'), pg_get_viewdef('customer_contact'::regclass)`,
	`SELECT count(*) OVER (), row_number() OVER (ORDER BY id), id FROM orders LIMIT 10 OFFSET 20`,
	`SELECT o.*, i.* FROM orders o LEFT JOIN order_items i ON i.order_id = o.id WHERE o.placed_at > now() - interval '30 days' ORDER BY o.placed_at DESC NULLS LAST, o.id LIMIT 50`,
	`WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 10) SELECT sum(n) FROM t`,
	`SELECT id, (total * 100)::int, round(total, 1), coalesce(note, '-'), lower(status) || ':' || id FROM orders WHERE status = ANY ($1) AND total BETWEEN $2 AND $3`,
	`SELECT jsonb_agg(jsonb_build_object('id', o.id, 'items', (SELECT coalesce(jsonb_agg(i.*), '[]') FROM order_items i WHERE i.order_id = o.id))) FROM orders o WHERE o.id < 5`,
	`SELECT status, percentile_cont(0.5) WITHIN GROUP (ORDER BY total), count(*) FILTER (WHERE note IS NOT NULL) FROM orders GROUP BY ROLLUP (status)`,
	`SELECT CAST($1 AS int) + 1, $2::text, ARRAY[1, 2], ROW(1, 'a'), GREATEST(1, 2), NULLIF(1, 2), CURRENT_DATE, LOCALTIMESTAMP`,
	`SELECT x.a, x.b FROM (VALUES (1, 'a'), (2, 'b')) AS x (a, b) ORDER BY a`,
	`SELECT DISTINCT ON (customer_id) id, customer_id FROM orders ORDER BY customer_id, placed_at DESC`,
	`SELECT 1 WHERE EXISTS (SELECT 1 FROM pg_catalog.pg_extension WHERE extname = 'x')`,
	`SELECT * FROM events e JOIN events_2026 f USING (id) LIMIT 1`,
	`UPDATE orders SET note = upper(note), total = total * 1.1 WHERE id = $1 RETURNING *`,
	`INSERT INTO order_items (order_id, line, sku, qty) VALUES ($1, $2, $3, $4) ON CONFLICT (order_id, line) DO UPDATE SET qty = order_items.qty + excluded.qty RETURNING qty`,
	`DELETE FROM order_items USING orders o WHERE o.id = order_id AND o.status = 'void' RETURNING order_items.*`,
}

// TestIntrospection: what tools ask needs no rule beyond the analyst's, and nothing in it is masked.
func TestIntrospection(t *testing.T) {
	catalog := fetch(t, startServer(t))
	for _, text := range introspection {
		got, sts := verdict(&newClient(catalog).session, text)
		if got != "masks " {
			t.Errorf("%s\n%s: %s", text, got, refusedFor(&sts[0]))
		}
	}
}
