package plan

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// number gives the routes of both policies their numbers. Two routes are one when only the name was changed: then each
// is in one of the policies only, and no other route of either is like it.
func number(old, new *policy) *routes {
	r := &routes{numbers: map[string]int32{}}
	was, is := map[int32]*schema.Route{}, map[int32]*schema.Route{}
	next := itemRoute
	for i := range old.bundle.Routes {
		route := &old.bundle.Routes[i]
		r.numbers[route.Name], was[next] = next, route
		next++
	}
	for i := range new.bundle.Routes {
		route := &new.bundle.Routes[i]
		n, known := r.numbers[route.Name]
		if !known {
			n = next
			if from := renamed(route, old, new); from != nil {
				n = r.numbers[from.Name]
			} else {
				next++
			}
			r.numbers[route.Name] = n
		}
		is[n] = route
	}
	r.compare = func(from, to int32) change {
		c := compareRoutes(was[from], is[to])
		if from != to && was[from] != nil && is[to] != nil && c == 0 {
			return looser | tighter // the same people by another route: a statement of both kinds waits for one only
		}
		return c
	}
	return r
}

// renamed gives the route of old that has another name in new and is the same otherwise.
func renamed(route *schema.Route, old, new *policy) *schema.Route {
	alike := func(p, other *policy) []*schema.Route {
		var out []*schema.Route
		for i := range p.bundle.Routes {
			if x := &p.bundle.Routes[i]; other.routes[x.Name] == nil && sameRoute(x, route) {
				out = append(out, x)
			}
		}
		return out
	}
	from, to := alike(old, new), alike(new, old)
	if len(from) == 1 && len(to) == 1 {
		return from[0]
	}
	return nil
}

func sameRoute(a, b *schema.Route) bool {
	return compareRoutes(a, b) == 0 && a.Hold == b.Hold && slices.Equal(a.Notify, b.Notify)
}

// compareRoutes says whether it is easier or harder to get an approval. How long a connection waits and who is told do
// not count: they decide nothing.
func compareRoutes(old, new *schema.Route) change {
	switch {
	case old == nil && new == nil:
		return 0
	case old == nil || new == nil:
		return looser | tighter
	}
	c := compareSets(old.Approvers, new.Approvers) | compareSets(old.ApproverKinds, new.ApproverKinds)
	c |= compareNumbers(int64(new.Quorum), int64(old.Quorum))
	return c | compareNumbers(int64(old.Expires), int64(new.Expires))
}

// compareSets: more is looser.
func compareSets(old, new []string) change {
	var c change
	if slices.ContainsFunc(new, func(s string) bool { return !slices.Contains(old, s) }) {
		c |= looser
	}
	if slices.ContainsFunc(old, func(s string) bool { return !slices.Contains(new, s) }) {
		c |= tighter
	}
	return c
}

// compareNumbers: more is looser.
func compareNumbers(old, new int64) change {
	switch {
	case new > old:
		return looser
	case new < old:
		return tighter
	}
	return 0
}
