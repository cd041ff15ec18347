package plan

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// Side is one of the policies compared: its bundle, and what decides by it.
type Side struct {
	Bundle *schema.Bundle
	// Decide decides as the gateway does: it overwrites its second argument and keeps no reference to either.
	Decide func(*schema.Action, *schema.Decision)
	// Structure tells which relations a target has, by the target's name. Without it, what else than a column's own table
	// shows the column is not known.
	Structure func(target string) Structure
}

// Pair is two policies, for requests that are made elsewhere.
type Pair struct {
	from, to Side
	old, new *policy
	routes   *routes
}

// NewPair takes the old policy and the new one.
func NewPair(old, new Side) *Pair {
	p := &Pair{from: old, to: new, old: newPolicy(old.Bundle), new: newPolicy(new.Bundle)}
	p.routes = number(p.old, p.new)
	return p
}

// Shows reports whether both policies decide an action as a witness says: it differs in just the ways that it names.
func (p *Pair) Shows(w *Witness, a *schema.Action) bool {
	c := p.routes.differ(p.from.outcome(p.old, a), p.to.outcome(p.new, a))
	return (c&looser != 0) == w.Loosens && (c&tighter != 0) == w.Tightens
}

// Outcome is what one policy says of a request.
type Outcome struct {
	// Decision is allow, approve or deny; Rules are the addresses that made it so.
	Decision string   `json:"decision"`
	Rules    []string `json:"rules"`
	// Route is who is asked, for approve.
	Route *schema.Route `json:"route,omitempty"`
	// Masked are the transforms of output columns, "none" where there is none; Detected those of values looked for.
	Masked   map[string]string `json:"masked,omitempty"`
	Detected map[string]string `json:"detected,omitempty"`
	// Withheld is set where the text of errors, notices and notifications is: for connect, throughout the session.
	Withheld bool `json:"withheld,omitempty"`
	// Would is the decision that rules in dry run would have made, where that is another one.
	Would string `json:"would,omitempty"`

	effect, would schema.Effect
	masks         map[string]schema.Treatment
	detect        map[string]schema.Treatment
}

// outcome asks one side.
func (s *Side) outcome(p *policy, a *schema.Action) Outcome {
	var d schema.Decision
	s.Decide(a, &d)
	o := Outcome{Decision: d.Effect.String(), Rules: append([]string{}, d.Rules...), effect: d.Effect, would: d.Effect}
	if d.Effect == schema.Approve {
		o.Route = p.routes[d.Route]
	}
	if d.Would != nil {
		o.would, o.Would = d.Would.Effect, d.Would.Effect.String()
	}
	if d.Effect == schema.Deny {
		return o
	}
	if o.Withheld = d.Redact; connects(a) {
		return o // no value comes before a statement
	}
	o.masks, o.detect = map[string]schema.Treatment{}, map[string]schema.Treatment{}
	for _, out := range a.Outputs {
		o.masks[out.Name] = schema.Treatment{}
	}
	for _, m := range d.Masks {
		o.masks[a.Outputs[m.Output].Name] = m.Treatment()
	}
	for _, x := range d.Detect {
		o.detect[x.Detector] = x.Treatment()
	}
	o.Masked, o.Detected = words(o.masks), words(o.detect)
	return o
}

func connects(a *schema.Action) bool {
	return slices.ContainsFunc(a.Accesses, func(x schema.Access) bool { return x.Verb == schema.VerbConnect })
}

func words(m map[string]schema.Treatment) map[string]string {
	if len(m) == 0 {
		return nil
	}
	out := make(map[string]string, len(m))
	for k, t := range m {
		out[k] = t.String()
	}
	return out
}

// differ says in which ways the new outcome of one request differs from the old one.
func (r *routes) differ(old, new Outcome) change {
	switch {
	case new.effect > old.effect:
		return looser | compareMasks(old, new)
	case new.effect < old.effect:
		return tighter | compareMasks(old, new)
	}
	c := compareMasks(old, new)
	if new.effect == schema.Approve && old.Route != nil && new.Route != nil {
		c |= r.compare(r.numbers[old.Route.Name], r.numbers[new.Route.Name])
	}
	return c
}

func compareMasks(old, new Outcome) change {
	if old.effect == schema.Deny || new.effect == schema.Deny {
		return 0
	}
	return compareWithheld(old, new) | compareTransforms(old.masks, new.masks) | compareTransforms(old.detect, new.detect)
}

func compareWithheld(old, new Outcome) change {
	switch {
	case old.Withheld == new.Withheld:
		return 0
	case old.Withheld:
		return looser
	}
	return tighter
}

func compareTransforms(old, new map[string]schema.Treatment) change {
	var c change
	for name, was := range old {
		c |= compareNumbers(-int64(was.Strength()), -int64(new[name].Strength()))
	}
	for name, is := range new {
		if _, ok := old[name]; !ok {
			c |= compareNumbers(0, -int64(is.Strength()))
		}
	}
	return c
}

// would says how the outcomes differ when rules in dry run count.
func wouldDiffer(old, new Outcome) change {
	return compareNumbers(int64(old.would), int64(new.would))
}
