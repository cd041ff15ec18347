package plan

import "github.com/gatewright/gatewright/schema"

// Flip is what both policies say of one request that was made elsewhere.
type Flip struct {
	Before, After Outcome
	// Loosens and Tightens say in which ways the new outcome differs; neither is set where it does not.
	Loosens, Tightens bool
}

// Flip takes an action to both policies. The outcomes keep of masks and routes what differs alone.
func (p *Pair) Flip(a *schema.Action) Flip {
	f := Flip{Before: p.from.outcome(p.old, a), After: p.to.outcome(p.new, a)}
	c := p.routes.differ(f.Before, f.After)
	f.Loosens, f.Tightens = c&looser != 0, c&tighter != 0
	if routesAlike := f.Before.Route != nil && f.After.Route != nil && compareRoutes(f.Before.Route, f.After.Route) == 0; routesAlike {
		f.Before.Route, f.After.Route = nil, nil
	}
	dropAlike(f.Before.Masked, f.After.Masked)
	dropAlike(f.Before.Detected, f.After.Detected)
	if f.Before.Withheld && f.After.Withheld {
		f.Before.Withheld, f.After.Withheld = false, false
	}
	return f
}

func dropAlike(a, b map[string]string) {
	for name, word := range a {
		if b[name] == word {
			delete(a, name)
			delete(b, name)
		}
	}
}
