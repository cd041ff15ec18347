package plan

import (
	"github.com/gatewright/gatewright/schema"
)

// What an item of a rule does. An approve is its route's number, from itemRoute on.
const (
	itemDeny int32 = iota
	itemAllow
	itemRoute
)

// effects judges the rules that match an access.
type effects struct {
	// harmless accesses need no allow.
	harmless bool
	// routes compares the routes of both policies, by number.
	routes *routes
}

// routes numbers the routes of both policies. A route that was given another name and nothing else has one number.
type routes struct {
	numbers map[string]int32
	// pairs holds what it means to be asked for one route instead of another.
	compare func(old, new int32) change
}

// power is what is known of one policy's outcome.
type power struct {
	denied, mayDeny   bool
	allowed, mayAllow bool
}

func (e *effects) power(items []item, in side) power {
	p := power{allowed: e.harmless, mayAllow: e.harmless}
	for _, i := range items {
		if i.in&in == 0 {
			continue
		}
		switch i.what {
		case itemDeny:
			p.mayDeny = true
			p.denied = p.denied || i.when == yes
		case itemAllow:
			p.mayAllow = true
			p.allowed = p.allowed || i.when == yes
		}
	}
	return p
}

// possible rests on this: an allow that matches more never makes an outcome stricter, a deny or approve that matches
// more never makes it less strict.
func (e *effects) possible(items []item) change {
	was, is := e.power(items, before), e.power(items, after)
	if (was.denied || !was.mayAllow) && (is.denied || !is.mayAllow) {
		return 0
	}
	var c change
	for _, i := range items {
		strict := i.what != itemAllow
		switch {
		case i.in == before && strict:
			c |= looser
		case i.in == after && strict:
			c |= tighter
		case i.in == before && !was.denied && !is.allowed:
			c |= tighter
		case i.in == after && !is.denied && !was.allowed:
			c |= looser
		case i.in == both && i.what >= itemRoute:
			c |= e.routes.compare(i.what, i.what)
		}
	}
	if was.denied || !was.mayAllow {
		c &^= tighter
	}
	if is.denied || !is.mayAllow {
		c &^= looser
	}
	return c
}

// reduce drops what can no longer make a difference: everything once both policies deny, and what only repeats.
func (e *effects) reduce(items []item) []item {
	was, is := e.power(items, before), e.power(items, after)
	if was.denied && is.denied {
		return items[:0]
	}
	stands := map[int32]side{}
	for _, i := range items {
		if i.when == yes {
			stands[i.what] |= i.in
		}
	}
	kept := items[:0]
	for _, i := range items {
		if i.when != yes {
			i.in &^= e.idle(i, stands, was, is)
		}
		if i.what == itemAllow && e.harmless {
			continue
		}
		if i.in != 0 {
			kept = append(kept, i)
		}
	}
	return kept
}

// idle gives the policies in which an open item makes no difference any more. One that counts in both is dropped from
// both or from none, or it would look like a difference.
func (e *effects) idle(i item, stands map[int32]side, was, is power) side {
	idle := stands[i.what]
	if was.denied {
		idle |= before
	}
	if is.denied {
		idle |= after
	}
	if i.in == both && idle != both {
		return 0
	}
	return idle
}

func (e *effects) outcome(items []item) change {
	return e.compare(e.decide(items, before), e.decide(items, after))
}

// decision is an outcome: the effect, and the route's number when it is Approve.
type decision struct {
	effect schema.Effect
	route  int32
}

func (e *effects) decide(items []item, in side) decision {
	p := e.power(items, in)
	if p.denied || !p.allowed {
		return decision{}
	}
	out := decision{effect: schema.Allow}
	for _, i := range items {
		if i.in&in == 0 || i.what < itemRoute || i.when != yes {
			continue
		}
		if out.effect == schema.Approve && out.route != i.what {
			return decision{} // it can wait for one route only
		}
		out = decision{schema.Approve, i.what}
	}
	return out
}

func (e *effects) compare(old, new decision) change {
	switch {
	case new.effect > old.effect:
		return looser
	case new.effect < old.effect:
		return tighter
	case new.effect == schema.Approve:
		return e.routes.compare(old.route, new.route)
	}
	return 0
}
