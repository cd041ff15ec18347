package main

import (
	"strings"
	"testing"

	"github.com/jackc/pgproto3/v2"
)

// The analyst may do as they like in a schema of their own, in which there are tables of the same names as in public.
const shadowPolicy = `
allow "other" {
  groups  = ["analyst"]
  targets = ["db"]
  postgres {
    verbs  = ["select", "insert", "truncate", "delete", "create", "drop", "alter", "lock"]
    tables = ["other.*"]
  }
}

allow "temporary" {
  groups  = ["analyst"]
  targets = ["db"]
  postgres {
    verbs  = ["create"]
    tables = ["pg_temp.*"]
  }
}
`

const shadowSchema = `
CREATE SCHEMA other;
CREATE TABLE other.customers (id int, ssn text);
CREATE TABLE other.order_items (order_id int, line int);
`

const whose = "SELECT 'x' || ssn FROM customers LIMIT 3"

// PostgreSQL looks a name up again once it has waited for a lock: what the gateway found may be gone by then.
func TestAdversaryWaitsForALock(t *testing.T) {
	waiting := "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted"
	for _, undo := range []string{"DROP TABLE other.customers", "ALTER TABLE other.customers RENAME TO gone"} {
		t.Run(undo, func(t *testing.T) {
			s := startScene(t, shadowSchema)
			gw := s.gateway(t, corpusPolicy+shadowPolicy)
			a, b := gw.dial(t), gw.dial(t)
			a.query(t, "SET search_path = other, public")
			b.query(t, "BEGIN")
			b.query(t, undo)
			a.send(t, query(whose))
			until(t, "the lock", func() bool { return strings.TrimSpace(s.owner(t, waiting)) == "t" })
			b.query(t, "COMMIT")
			answers, _ := a.answers(t, isReady)
			s.hidden(t, answers)
		})
	}
	t.Run("TRUNCATE", func(t *testing.T) {
		s := startScene(t, shadowSchema)
		gw := s.gateway(t, withoutMasks(corpusPolicy)+shadowPolicy)
		a, b := gw.dial(t), gw.dial(t)
		a.query(t, "SET search_path = other, public")
		b.query(t, "BEGIN")
		b.query(t, "DROP TABLE other.order_items")
		a.query(t, "TRUNCATE order_items")
		b.query(t, "COMMIT")
		if n := s.items(t); n != "1000" {
			t.Errorf("%s rows are left in a table that may not be emptied", n)
		}
	})
}

// A change is in force when the database says so, and that may be long before ReadyForQuery.
func TestAdversaryCommitsEarly(t *testing.T) {
	s := startScene(t, shadowSchema)
	gw := s.gateway(t, corpusPolicy+shadowPolicy)
	a, b := gw.dial(t), gw.dial(t)
	a.query(t, "SET search_path = other, public")
	a.query(t, whose)
	b.send(t, steps("BEGIN", "DROP TABLE other.customers", unnamed("COMMIT"), &pgproto3.Flush{})...)
	until(t, "the change", func() bool {
		return strings.TrimSpace(s.owner(t, "SELECT to_regclass('other.customers') IS NULL")) == "t"
	})
	s.hidden(t, a.query(t, whose))
}

// A session with a catalog of its own hears of what others change.
func TestAdversaryHasACatalogOfTheirOwn(t *testing.T) {
	for name, first := range map[string][]string{
		"a temporary table":   {"CREATE TEMP TABLE tt (id int)"},
		"a change of its own": {"BEGIN", "CREATE TABLE other.z (id int)"},
	} {
		t.Run(name, func(t *testing.T) {
			s := startScene(t, shadowSchema)
			gw := s.gateway(t, corpusPolicy+shadowPolicy)
			a, b := gw.dial(t), gw.dial(t)
			for _, sql := range append([]string{"SET search_path = other, public"}, first...) {
				a.query(t, sql)
			}
			a.query(t, "SELECT 1 FROM other.order_items")
			b.query(t, "DROP TABLE other.customers")
			s.hidden(t, a.query(t, whose))
		})
	}
}

// A statement in front of one that was held is not run by the policy of before.
func TestAdversaryHoldsBackAPolicy(t *testing.T) {
	s := startScene(t, approvalSchema)
	gw := s.gateway(t, withoutMasks(corpusPolicy)+approvalPolicy)
	a := gw.dial(t)
	a.send(t, query(whose+"; DELETE FROM held WHERE line = 1"))
	gw.pending(t)
	gw.release(t, corpusPolicy+approvalPolicy, 2)
	until(t, "the new policy", func() bool { return strings.Count(gw.log(t), `"kind":"bundle.loaded"`) > 1 })
	gw.approve(t)
	answers, _ := a.answers(t, isReady)
	s.hidden(t, answers)
}
