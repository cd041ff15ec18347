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
func stronger(m, old *mask) bool { return old == nil || m.Treatment().Stronger(old.Treatment()) }

// beats reports whether m beats old, or is as strong and first.
func beats(m, old *mask, first bool) bool {
	return stronger(m, old) || first && !stronger(old, m)
}

// stands evaluates a mask's conditions. One that has no value leaves the mask standing; so does, when a session opens,
// one that hangs on statements to come: what is decided then holds for the session.
func (s *scratch) stands(m *mask) bool {
	if m.when.program == nil && m.unless.program == nil {
		return true
	}
	s.bind()
	s.fleeting = s.fleeting || m.when.fleeting || m.unless.fleeting
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
				d.Detect = addDetection(d.Detect, schema.Detection{Detector: name, With: m.With, Argument: m.Argument, Rule: m.Address})
			}
		}
	}
	slices.SortFunc(d.Detect, func(a, b schema.Detection) int { return strings.Compare(a.Detector, b.Detector) })
}

func addDetection(list []schema.Detection, n schema.Detection) []schema.Detection {
	for i := range list {
		if list[i].Detector == n.Detector {
			if n.Treatment().Stronger(list[i].Treatment()) {
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
