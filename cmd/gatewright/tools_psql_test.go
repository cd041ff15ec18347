package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// psqlCommands are psql's commands that ask the server, one a line (manual, psql).
const psqlCommands = `
\d
\d+
\d customers
\d+ customers
\d orders
\d+ orders
\d products
\d+ products
\d items
\d+ events
\d+ events_2026
\d things
\d+ offspring
\d open_orders
\d+ open_orders
\d+ totals
\d tickets
\d orders_status
\d+ products_lower
\d far
\d pair
\d cust*
\d public.*
\d+ archive.old_orders
\dS pg_class
\da
\da total_of
\daS
\dA
\dA+
\dAc
\dAf
\dAo
\dAp
\db
\db+
\dc
\dcS
\dc+
\dC
\dC+
\dconfig
\dconfig work*
\dconfig+ work*
\dd
\dD
\dD+
\ddp
\dE
\dE+
\des
\des+
\det
\det+
\deu
\dew
\dew+
\df
\df+
\df add
\df add integer
\dfn
\dft
\dfp
\dF
\dF+
\dFd
\dFd+
\dFp
\dFp+
\dFt
\dFt+
\dg
\dg+
\di
\di+
\dL
\dL+
\dl
\lo_list
\lo_list+
\dm
\dm+
\dn
\dn+
\do
\do ===
\dO
\dO+
\dp
\z
\dp customers
\dP
\dP+
\dPi
\dPt
\drds
\dRp
\dRp+
\dRs
\ds
\ds+
\dt
\dt+
\dt pg_catalog.*
\dt *.orders
\dT
\dT+
\dT mood
\du
\du+
\dv
\dv+
\dx
\dx+
\dX
\dX+
\dy
\dy+
\l
\encoding
\sf add
\sf+ stamp
\sf nothing
\sv open_orders
\sv+ open_orders
SELECT id, name AS who FROM customers \gdesc
SELECT id AS one FROM customers ORDER BY id LIMIT 1 \gset
SELECT :one;
SELECT customer_id, status, sum(total) FROM orders WHERE customer_id < 4 GROUP BY 1, 2 ORDER BY 1, 2 \crosstabview
SELECT format('SELECT %L', status) FROM orders WHERE id < 3 ORDER BY id \gexec
SELECT id, status FROM orders WHERE id = 1 \gx
SELECT id, total FROM orders ORDER BY id LIMIT 3 \g (format=csv)
\timing off
\copy (SELECT id, status FROM orders ORDER BY id LIMIT 3) TO STDOUT
\copy orders (id, customer_id, status, total) TO STDOUT CSV HEADER
\copy products (title, price) FROM STDIN
Bench	12.50
Chair	7.25
\.
DELETE FROM products WHERE title IN ('Bench', 'Chair');
SELECT count(*), :ROW_COUNT FROM products;
BEGIN;
UPDATE orders SET status = 'paid' WHERE id = 3 RETURNING id, status;
SAVEPOINT here;
\set VERBOSITY sqlstate
SELECT 1 / 0;
ROLLBACK TO here;
ROLLBACK;
\set FETCH_COUNT 3
SELECT id, status FROM orders ORDER BY id;
\unset FETCH_COUNT
\set AUTOCOMMIT off
SELECT count(*) FROM orders;
COMMIT;
\set AUTOCOMMIT on
\set ON_ERROR_ROLLBACK on
BEGIN;
SELECT 1 / 0;
SELECT count(*) FROM orders;
COMMIT;
\set ON_ERROR_ROLLBACK off
\set VERBOSITY default
SELECT name FROM customers ORDER BY id LIMIT 2;
TABLE open_orders ORDER BY id LIMIT 2;
SHOW search_path;
SHOW ALL
SELECT pg_size_pretty(pg_database_size(current_database())) IS NOT NULL;
EXPLAIN (COSTS off) SELECT * FROM orders WHERE id = 1;
`

// TestPsqlCommands gives psql's commands to psql, on the database and through a gateway with masks: both must print
// the same.
func TestPsqlCommands(t *testing.T) {
	shed := startToolshed(t, testbedConfig{policy: toolsPolicy, group: "analyst"}, false)
	direct := psqlSections(t, shed.url())
	gated := psqlSections(t, shed.gw.url(t))
	for i, s := range direct {
		t.Run(s[0], func(t *testing.T) {
			if i >= len(gated) {
				t.Fatal("psql stopped before")
			}
			if diff := cmp.Diff(s[1], gated[i][1]); diff != "" {
				t.Errorf("-direct +gateway:\n%s", diff)
			}
		})
	}
}

// psqlSections gives each command of psqlCommands with what psql printed for it, on standard output and error alike.
func psqlSections(t *testing.T, url string) [][2]string {
	t.Helper()
	const mark = "@@@@ "
	var in strings.Builder
	data := false // lines after \copy FROM STDIN are its data
	for line := range strings.Lines(strings.TrimSpace(psqlCommands)) {
		if !data {
			in.WriteString(`\echo '` + mark + strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(line), `\`, `\\`), "'", "''") + "'\n")
			in.WriteString(`\warn '` + mark + "'\n")
		}
		in.WriteString(line)
		data = strings.HasSuffix(line, "FROM STDIN\n") || data && line != "\\.\n"
	}
	file := filepath.Join(t.TempDir(), "commands")
	if err := os.WriteFile(file, []byte(in.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "psql", "-X", "-d", url, "-f", file)
	cmd.Env = append(os.Environ(), "PGCLIENTENCODING=UTF8", "LC_ALL=C", "PAGER=cat")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("psql: %v\n%s%s", err, out.String(), errs.String())
	}
	outs, warns := strings.Split(out.String(), mark)[1:], strings.Split(errs.String(), mark)[1:]
	if len(outs) != len(warns) {
		t.Fatalf("%d sections of output, %d of errors", len(outs), len(warns))
	}
	var sections [][2]string
	for i, text := range outs {
		name, printed, _ := strings.Cut(text, "\n")
		sections = append(sections, [2]string{name, printed + strings.ReplaceAll(warns[i], file, "")})
	}
	return sections
}
