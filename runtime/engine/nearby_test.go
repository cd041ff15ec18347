package engine_test

import (
	"fmt"
	"iter"
	"slices"

	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/schema"
)

// nearby makes every request of a small world that differs from one in one fact, and then in two.
type nearby struct {
	action *schema.Action
	// unreal are the groups that nobody is given.
	unreal  []string
	missing string
	// made are the requests that were made, by their changes.
	made map[string]*schema.Action
}

type step struct {
	engine.Change
	apply func(*schema.Action)
}

func (n *nearby) Real(v *engine.Variant) bool {
	return !slices.ContainsFunc(v.Action.Principal.Groups, func(g string) bool { return slices.Contains(n.unreal, g) })
}

func (n *nearby) Missing() string { return n.missing }

func (n *nearby) Make([]engine.Flip) iter.Seq[*engine.Variant] {
	facts := [][]step{n.groups(), n.sql(), n.accesses()}
	return func(yield func(*engine.Variant) bool) {
		for _, one := range slices.Concat(facts...) {
			if !yield(n.variant(one)) {
				return
			}
		}
		for i := range facts {
			for _, one := range facts[i] {
				for _, two := range slices.Concat(facts[:i]...) {
					if !yield(n.variant(two, one)) {
						return
					}
				}
			}
		}
	}
}

func (n *nearby) variant(steps ...step) *engine.Variant {
	a, principal := *n.action, *n.action.Principal
	a.Principal = &principal
	v := &engine.Variant{Action: &a}
	for _, s := range steps {
		s.apply(&a)
		v.Changes = append(v.Changes, s.Change)
	}
	if n.made == nil {
		n.made = map[string]*schema.Action{}
	}
	n.made[fmt.Sprint(v.Changes)] = &a
	return v
}

func (n *nearby) groups() []step {
	var out []step
	now := n.action.Principal.Groups
	for _, g := range []string{"app", "dba", "g0", "g1", "g2"} {
		groups := append(slices.Clone(now), g)
		if slices.Contains(now, g) {
			groups = slices.DeleteFunc(slices.Clone(now), func(h string) bool { return h == g })
		}
		slices.Sort(groups)
		out = append(out, step{engine.Change{What: "groups", To: fmt.Sprint(groups)}, func(a *schema.Action) { a.Principal.Groups = groups }})
	}
	return out
}

func (n *nearby) sql() []step {
	var out []step
	if n.action.SQL == nil {
		return nil
	}
	for _, sql := range []schema.SQL{{Limit: -1, WhereBound: true}, {Limit: 500, HasLimit: true}} {
		sql.WhereBound = sql.WhereBound || n.action.SQL.WhereBound
		to := fmt.Sprintf("limit %d bound %v", sql.Limit, sql.WhereBound)
		out = append(out, step{engine.Change{What: "sql", To: to}, func(a *schema.Action) { a.SQL = &sql }})
	}
	return out
}

// accesses puts another access in the place of each.
func (n *nearby) accesses() []step {
	var out []step
	for i := range n.action.Accesses {
		for _, verb := range []string{"select", "delete", "create", "call", "opaque"} {
			for _, object := range []string{"public.a", "public.secret", "public.b", "sales.a", "sales.zz", "other.a"} {
				access := schema.Access{Verb: verb, Object: object}
				if verb == schema.VerbOpaque {
					access.Object = ""
				}
				out = append(out, step{engine.Change{What: fmt.Sprintf("access %d", i), To: verb + " " + access.Object}, func(a *schema.Action) {
					a.Accesses = slices.Clone(a.Accesses)
					a.Accesses[i] = access
				}})
			}
		}
	}
	return out
}
