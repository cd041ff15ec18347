package mask

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// Scanner finds sensitive values inside text and masks them there. It is immutable, and safe for concurrent use.
type Scanner struct {
	// with is what is done to what each detector finds, TransformNone for those that are off.
	with [detectors]how
	// merged is what is done to hits that overlap.
	merged how
	// wants are the detectors that are on; on is set when there is any.
	wants [detectors]bool
	on    bool
	// tokens is set when long unbroken words are looked at, for access keys and tokens.
	tokens bool
	// blind is set when a detector was asked for that this build does not have: then every text is a hit.
	blind bool
}

// detector is an index into the tables of a Scanner, in the order of precedence among hits that overlap.
type detector uint8

const (
	apiKey detector = iota
	creditCard
	email
	iban
	jwt
	phone
	privateKey
	usSSN
	detectors
)

// detectorNames are the words of schema.Detectors.
var detectorNames = [detectors]string{
	apiKey: "api_key", creditCard: "credit_card", email: "email", iban: "iban", jwt: "jwt", phone: "phone", privateKey: "private_key",
	usSSN: "us_ssn",
}

// NewScanner makes a scanner from a decision's detections. Where a detector stands more than once the stronger
// transform wins. A detector that is not known hides every text whole: what cannot be looked for must not pass.
func NewScanner(keys *Keys, ds []schema.Detection) *Scanner {
	s := &Scanner{merged: how{with: schema.TransformRedact}}
	var strongest [detectors]schema.Treatment
	for _, d := range ds {
		if d.With == schema.TransformNone {
			continue
		}
		s.on = true
		i := slices.Index(detectorNames[:], d.Detector)
		if i < 0 {
			s.blind = true
			continue
		}
		s.wants[i] = true
		if t := d.Treatment(); t.Stronger(strongest[i]) {
			strongest[i], s.with[i] = t, newHow(keys, t)
		}
	}
	s.tokens = s.wants[apiKey] || s.wants[jwt]
	return s
}

// hit is one sensitive value, in[start:end].
type hit struct {
	start, end int
	with       *how
}

// Redact masks each sensitive value in the text and leaves the rest. hits is how many there were. With none, out is
// in itself, nothing is copied and dst is not touched; with some, out is dst with the masked text appended. A value
// whose transform is "null" cannot become NULL inside a text and becomes ****.
//
// It takes bytes as they come, in any encoding that keeps ASCII. Text that must stay valid as JSON or as the value of
// another type is Cell's matter.
func (s *Scanner) Redact(dst, in []byte) (out []byte, hits int) {
	if !s.on || len(in) == 0 {
		return in, 0
	}
	if s.blind {
		return append(dst, stars...), 1
	}
	found := s.sweep(in)
	if len(found) == 0 {
		return in, 0
	}
	found = settle(found, &s.merged)
	return replace(dst, in, found), len(found)
}

// replace copies in with each hit in its masked form.
func replace(dst, in []byte, found []hit) []byte {
	from := 0
	for _, h := range found {
		dst = append(dst, in[from:h.start]...)
		dst = h.with.text(dst, in[h.start:h.end])
		from = h.end
	}
	return append(dst, in[from:]...)
}

// settle puts hits in order and joins those that overlap into one that keeps nothing.
func settle(found []hit, merged *how) []hit {
	if len(found) < 2 {
		return found
	}
	slices.SortFunc(found, func(a, b hit) int { return a.start - b.start })
	kept := found[:1]
	for _, h := range found[1:] {
		last := &kept[len(kept)-1]
		if h.start >= last.end {
			kept = append(kept, h)
			continue
		}
		last.end = max(last.end, h.end)
		last.with = merged
	}
	return kept
}
