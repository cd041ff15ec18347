package engine

import (
	"cmp"
	"math"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// hits are matching rules by effect, as indexes; those in dry run apart.
type hits struct {
	enforced, dry [3][]int32
}

func (h *hits) reset() {
	for i := range h.enforced {
		h.enforced[i], h.dry[i] = h.enforced[i][:0], h.dry[i][:0]
	}
}

// any reports whether a rule of that effect matches, those in dry run counted only when dry is set.
func (h *hits) any(effect schema.Effect, dry bool) bool {
	return len(h.enforced[effect]) > 0 || dry && len(h.dry[effect]) > 0
}

// verdict is what the accesses looked at so far come to.
type verdict struct {
	effect schema.Effect
	// rules are, by effect, the rules that speak for it.
	rules [3][]int32
	// denied is the access to name in a denial, nil when none is denied, and by the first rule that denies it; noRule
	// when none does.
	denied *schema.Access
	by     int32
	// uncovered is set when no rule allows some access, veiled when one is opaque, allowed, and a mask stands.
	uncovered, veiled bool
}

const noRule = math.MaxInt32

func (v *verdict) reset() {
	*v = verdict{effect: schema.Allow, rules: v.rules, by: noRule}
	for i := range v.rules {
		v.rules[i] = v.rules[i][:0]
	}
}

// take folds one access in. masked says that a mask stands: what cannot be analysed cannot be masked.
func (v *verdict) take(access *schema.Access, h *hits, dry, masked bool) {
	allowed := access.Harmless || h.any(schema.Allow, dry)
	veiled := masked && access.Verb == schema.VerbOpaque
	switch {
	case h.any(schema.Deny, dry):
		v.note(schema.Deny, h, dry)
		v.deny(access, h.first(schema.Deny, dry))
	case !allowed:
		v.uncovered = true
		v.deny(access, noRule)
	case veiled:
		v.veiled = true
		v.deny(access, noRule)
	case h.any(schema.Approve, dry):
		v.note(schema.Approve, h, dry)
		v.effect = min(v.effect, schema.Approve)
	default:
		v.note(schema.Allow, h, dry)
	}
}

// deny keeps the access that is told: that of the first rule, then the first by verb and object, so that the order of
// the accesses does not matter.
func (v *verdict) deny(access *schema.Access, by int32) {
	v.effect = schema.Deny
	if v.denied == nil || cmp.Or(
		cmp.Compare(by, v.by), strings.Compare(access.Verb, v.denied.Verb), strings.Compare(access.Object, v.denied.Object)) < 0 {
		v.denied, v.by = access, by
	}
}

// first gives the first rule of an effect among the hits.
func (h *hits) first(effect schema.Effect, dry bool) int32 {
	first := int32(noRule)
	for _, i := range h.enforced[effect] {
		first = min(first, i)
	}
	if dry {
		for _, i := range h.dry[effect] {
			first = min(first, i)
		}
	}
	return first
}

func (v *verdict) note(effect schema.Effect, h *hits, dry bool) {
	v.rules[effect] = append(v.rules[effect], h.enforced[effect]...)
	if dry {
		v.rules[effect] = append(v.rules[effect], h.dry[effect]...)
	}
}
