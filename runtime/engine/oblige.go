package engine

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// obligations applies the standing masks to outputs and uses: d gets the columns to mask, or becomes a denial.
func (s *scratch) obligations(d *schema.Decision) {
	if !d.Redact {
		return
	}
	var refused refusals
	d.Masks = s.maskOutputs(d.Masks, s.stronger, &refused, false)
	s.maskForm(&refused, false)
	s.maskUses(&refused, false)
	if len(refused.masks) == 0 {
		return
	}
	d.Effect, d.Route, d.Masks = schema.Deny, "", d.Masks[:0]
	d.Rules = addressesOf(refused.masks, d.Rules[:0])
	d.Message, d.Hint = refused.tell()
}

// reason is why a mask refuses an action, in the order in which they are told.
type reason uint8

const (
	reasonExpression reason = iota
	reasonWrite
	reasonPredicate
	reasonEquality
	reasonMingled
	reasonForeign
)

// reasons give each reason's message and hint. They name no column: a view may stand on columns its reader never saw.
var reasons = [...][2]string{
	reasonExpression: {
		"a masked column goes into an expression that can fail, has an effect or is not understood",
		"select the column itself, or use functions and operators that cannot fail",
	},
	reasonWrite: {
		"a masked value may only be written to a column of its own class",
		"leave the masked column out of what is written",
	},
	reasonPredicate: {
		"a masked column may not decide which rows come, in what order or in what groups",
		"filter, join, sort and group by columns that are not masked",
	},
	reasonEquality: {
		"a masked column may not be compared, not even for equality",
		"filter by a column that is not masked",
	},
	reasonMingled: {
		"masked columns cannot leave by a COPY as text whose NULL may look like a value",
		"leave NULL out of the options, or use the csv format",
	},
	reasonForeign: {
		"values to be masked cannot be found in what this COPY writes",
		"leave ENCODING, QUOTE and ESCAPE out of the options",
	},
}

// refusals are the masks that refuse the action, and the reason of the first by address.
type refusals struct {
	masks []*mask
	first *mask
	why   reason
}

func (r *refusals) add(m *mask, why reason) {
	r.masks = append(r.masks, m)
	if r.first == nil || m.Address < r.first.Address || m == r.first && why < r.why {
		r.first, r.why = m, why
	}
}

func (r *refusals) tell() (message, hint string) {
	message = r.first.Address + ": " + reasons[r.why][0]
	if r.first.Message != "" {
		message += " (" + r.first.Message + ")"
	}
	return message, reasons[r.why][1]
}

// addressesOf appends the masks' addresses, sorted and once each.
func addressesOf(masks []*mask, out []string) []string {
	for _, m := range masks {
		out = append(out, m.Address)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// veils gives the addresses of the masks for which an opaque statement is denied.
func (s *scratch) veils(out []string, dry bool) []string {
	for _, m := range s.standing {
		if dry || m.Mode == schema.Enforce {
			out = append(out, m.Address)
		}
	}
	return out
}

// maskOutputs adds the obligation of each output that a class in byClass stands behind.
func (s *scratch) maskOutputs(out []schema.ColumnMask, byClass []*mask, refused *refusals, dry bool) []schema.ColumnMask {
	for i := range s.action.Outputs {
		o := &s.action.Outputs[i]
		best := -1
		s.anyClass(o.Columns, func(c int) bool {
			if byClass[c] != nil && (best < 0 || beats(byClass[c], byClass[best], c < best)) {
				best = c
			}
			return false
		})
		if best < 0 {
			continue
		}
		if o.Origin != schema.OriginBare && o.Origin != schema.OriginDerived {
			s.refuseColumns(o.Columns, refused, dry, nil, reasonExpression)
			continue
		}
		out = append(out, schema.ColumnMask{
			Output: i, With: byClass[best].With, Argument: byClass[best].Argument, Derived: o.Origin != schema.OriginBare,
			Rule: byClass[best].Address, Class: s.target.classes[best].name,
		})
	}
	return out
}

// maskForm collects the masks that refuse the way in which the rows leave.
func (s *scratch) maskForm(refused *refusals, dry bool) {
	if s.action.Form == schema.FormRows {
		return
	}
	why := reasonMingled
	if s.action.Form != schema.FormMingled {
		why = reasonForeign
	}
	for i := range s.action.Outputs {
		s.refuseColumns(s.action.Outputs[i].Columns, refused, dry, nil, why)
	}
	if why == reasonMingled {
		return
	}
	for _, m := range s.standing {
		detects := func(c int) bool { return len(s.target.classes[c].detect) > 0 }
		if (dry || m.Mode == schema.Enforce) && slices.ContainsFunc(m.classes, detects) {
			refused.add(m, reasonForeign)
		}
	}
}

// maskUses collects the masks that refuse a use.
func (s *scratch) maskUses(refused *refusals, dry bool) {
	for i := range s.action.Uses {
		u := &s.action.Uses[i]
		switch u.Place {
		case schema.PlacePredicate:
			s.refuseColumns(u.Columns, refused, dry, func(m *mask, _ int) bool { return m.Predicates == schema.PredicatesAllow }, reasonPredicate)
		case schema.PlaceEquality:
			s.refuseColumns(u.Columns, refused, dry, permitsEquality, reasonEquality)
		case schema.PlaceWrite:
			s.refuseColumns(u.Columns, refused, dry, func(_ *mask, c int) bool { return slices.Contains(s.target.columns[u.Sink], c) }, reasonWrite)
		default: // PlaceEffect, and what this build does not know
			s.refuseColumns(u.Columns, refused, dry, nil, reasonExpression)
		}
	}
}

func permitsEquality(m *mask, _ int) bool {
	return m.Predicates == schema.PredicatesEquality || m.Predicates == schema.PredicatesAllow
}

// refuseColumns adds every standing mask over a class of columns that permits does not let pass.
func (s *scratch) refuseColumns(columns []string, refused *refusals, dry bool, permits func(m *mask, class int) bool, why reason) {
	for _, m := range s.standing {
		if m.Mode == schema.DryRun && !dry {
			continue
		}
		blocked := s.anyClass(columns, func(c int) bool {
			return slices.Contains(m.classes, c) && (permits == nil || !permits(m, c))
		})
		if blocked {
			refused.add(m, why)
		}
	}
}

// wouldMask adds to w what masks in dry run would have done, and gives the addresses that speak for the outcome.
func (s *scratch) wouldMask(w *schema.Would, by []string) []string {
	if len(s.standing) == 0 {
		return by
	}
	var refused refusals
	masked := s.maskOutputs(nil, s.strongerDry, &refused, true)
	s.maskForm(&refused, true)
	s.maskUses(&refused, true)
	if len(refused.masks) > 0 {
		w.Effect = schema.Deny
		return addressesOf(refused.masks, nil)
	}
	for _, m := range masked {
		if s.maskedAnyway(m) {
			continue
		}
		w.Masked = append(w.Masked, m.Output)
		by = append(by, m.Rule)
	}
	return by
}

// maskedAnyway reports whether an enforced mask already does to the output what m would.
func (s *scratch) maskedAnyway(m schema.ColumnMask) bool {
	return s.anyClass(s.action.Outputs[m.Output].Columns, func(c int) bool {
		return s.stronger[c] != nil && !m.Treatment().Stronger(s.stronger[c].Treatment())
	})
}
