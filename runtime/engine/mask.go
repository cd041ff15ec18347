package engine

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// raiseMasks finds the masks that stand for the principal, and the strongest of each class.
func (s *scratch) raiseMasks() {
	s.standing = s.standing[:0]
	if len(s.target.masks) == 0 {
		return
	}
	s.stronger = grown(s.stronger, len(s.target.classes))
	s.strongerDry = grown(s.strongerDry, len(s.target.classes))
	for _, m := range s.target.masks {
		if !s.inGroups(m.Groups) || !s.stands(m) {
			continue
		}
		s.standing = append(s.standing, m)
		for _, c := range m.classes {
			if m.Mode == schema.Enforce && stronger(m, s.stronger[c]) {
				s.stronger[c] = m
			}
			if stronger(m, s.strongerDry[c]) {
				s.strongerDry[c] = m
			}
		}
	}
}

func grown(list []*mask, n int) []*mask {
	list = slices.Grow(list[:0], n)[:n]
	clear(list)
	return list
}

// stronger reports whether m beats old; masks come by rising address, so that the first of equals stays.
func stronger(m, old *mask) bool { return old == nil || m.With > old.With }

// stands evaluates a mask's conditions. One that has no value leaves the mask standing; so does, when a session opens,
// one that hangs on statements to come: what is decided then holds for the session.
func (s *scratch) stands(m *mask) bool {
	if m.when.program == nil && m.unless.program == nil {
		return true
	}
	s.bind()
	return s.mayBe(m.when, true) && s.mayBe(m.unless, false)
}

// mayBe reports whether a condition has the value, or none.
func (s *scratch) mayBe(c condition, value bool) bool {
	if c.program == nil {
		return true
	}
	if s.connects {
		got, known, err := c.program.Partial(s.binding, beforeStatements)
		return err != nil || !known || got == value
	}
	got, err := c.program.Bool(s.binding)
	return err != nil || got == value
}

// enforcedMask reports whether any mask that stands is enforced.
func (s *scratch) enforcedMask() bool {
	for _, m := range s.standing {
		if m.Mode == schema.Enforce {
			return true
		}
	}
	return false
}

// detections lists the detectors of the standing masks' classes, each with its strongest transform.
func (s *scratch) detections(d *schema.Decision) {
	for _, m := range s.standing {
		if m.Mode != schema.Enforce {
			continue
		}
		for _, c := range m.classes {
			for _, name := range s.target.classes[c].detect {
				d.Detect = addDetection(d.Detect, schema.Detection{Detector: name, With: m.With, Rule: m.Address})
			}
		}
	}
	slices.SortFunc(d.Detect, func(a, b schema.Detection) int { return strings.Compare(a.Detector, b.Detector) })
}

func addDetection(list []schema.Detection, n schema.Detection) []schema.Detection {
	for i := range list {
		if list[i].Detector == n.Detector {
			if n.With > list[i].With {
				list[i] = n
			}
			return list
		}
	}
	return append(list, n)
}

// touched lists the classes that the action reads, writes or uses in any place.
func (s *scratch) touched(d *schema.Decision) {
	if len(s.target.classes) == 0 {
		return
	}
	s.seenClasses = slices.Grow(s.seenClasses[:0], len(s.target.classes))[:len(s.target.classes)]
	clear(s.seenClasses)
	for i := range s.action.Accesses {
		if columns := s.target.parts[s.action.Accesses[i].Object]; columns != nil {
			for _, column := range s.action.Accesses[i].Columns {
				s.touch(columns[column])
			}
		}
	}
	for i := range s.action.Outputs {
		s.anyClass(s.action.Outputs[i].Columns, s.touchOne)
	}
	for i := range s.action.Uses {
		s.anyClass(s.action.Uses[i].Columns, s.touchOne)
		s.touch(s.target.columns[s.action.Uses[i].Sink])
	}
	for c, seen := range s.seenClasses {
		if seen {
			d.Classes = append(d.Classes, s.target.classes[c].name)
		}
	}
	slices.Sort(d.Classes)
}

func (s *scratch) touchOne(c int) bool {
	s.seenClasses[c] = true
	return false
}

func (s *scratch) touch(classes []int) {
	for _, c := range classes {
		s.seenClasses[c] = true
	}
}

// anyClass calls f for the classes of columns until it says true, and reports whether it did.
func (s *scratch) anyClass(columns []string, f func(class int) bool) bool {
	for _, column := range columns {
		if column == schema.Everything {
			for c := range s.target.classes {
				if f(c) {
					return true
				}
			}
			continue
		}
		for _, c := range s.target.columns[column] {
			if f(c) {
				return true
			}
		}
	}
	return false
}

// obligations applies the standing masks to outputs and uses: d gets the columns to mask, or becomes a denial.
func (s *scratch) obligations(d *schema.Decision) {
	if !d.Redact {
		return
	}
	var refused refusals
	d.Masks = s.maskOutputs(d.Masks, s.stronger, &refused, false)
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
			if byClass[c] != nil && (best < 0 || byClass[c].With > byClass[best].With || byClass[c].With == byClass[best].With && c < best) {
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
			Output: i, With: byClass[best].With, Derived: o.Origin != schema.OriginBare,
			Rule: byClass[best].Address, Class: s.target.classes[best].name,
		})
	}
	return out
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
		return s.stronger[c] != nil && s.stronger[c].With >= m.With
	})
}
