package sqlfacts

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/pgserver"
)

// reviewed are the volatile functions that are harmless all the same: clocks, random values, sizes and positions, and
// those that give up locks of the session itself.
var reviewed = []string{
	"clock_timestamp", "currval", "gen_random_uuid", "lastval", "pg_advisory_unlock", "pg_advisory_unlock_all",
	"pg_advisory_unlock_shared", "pg_collation_actual_version", "pg_current_wal_flush_lsn", "pg_current_wal_insert_lsn",
	"pg_current_wal_lsn", "pg_database_collation_actual_version", "pg_database_size", "pg_indexes_size", "pg_is_in_recovery", "pg_is_wal_replay_paused", "pg_jit_available",
	"pg_last_wal_receive_lsn", "pg_last_wal_replay_lsn", "pg_last_xact_replay_timestamp", "pg_partition_ancestors",
	"pg_partition_tree", "pg_relation_size", "pg_table_size", "pg_tablespace_size", "pg_total_relation_size", "random",
	"timeofday", "txid_status",
}

// TestBuiltinsOfRealServer: each listed name is a function of the server, in one list only, and none that is harmless
// is volatile but the reviewed.
func TestBuiltinsOfRealServer(t *testing.T) {
	s, err := pgserver.Start(context.Background(), pgserver.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	out, err := s.PSQL(context.Background(), "postgres", `
SELECT proname || ' ' || string_agg(DISTINCT provolatile::text, '') || ' ' || bool_or(proretset)
FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace GROUP BY proname`)
	if err != nil {
		t.Fatal(err)
	}
	server := map[string][]string{}
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		server[f[0]] = f[1:]
	}
	seen := map[string]bool{}
	check := func(names string, total bool) {
		for _, n := range strings.Fields(names) {
			if seen[n] {
				t.Errorf("%s is listed twice", n)
			}
			seen[n] = true
			f := server[n]
			switch {
			case f == nil:
				t.Errorf("%s is not a function of the server", n)
			case total && (strings.Contains(f[0], "v") || f[1] == "true"):
				t.Errorf("%s is volatile or returns a set, and cannot be total", n)
			case !total && strings.Contains(f[0], "v") && !slices.Contains(reviewed, n):
				t.Errorf("%s is volatile, and not reviewed", n)
			}
		}
	}
	check(totalFunctions, true)
	check(harmlessFunctions, false)
	for n := range tableFunctions {
		if server[n] == nil && builtinFunction(n) == builtinUnknown && !schemaFunction(informationSchema, n) {
			t.Errorf("%s has columns, but is not known", n)
		}
	}
	for _, n := range strings.Fields(quietFunctions) {
		if server[n] == nil {
			t.Errorf("%s is not a function of the server", n)
		}
	}
}
