package bundle

import (
	"crypto/ed25519"

	"github.com/gatewright/gatewright/schema"
)

// Options are what a reader demands of a file.
type Options struct {
	// Keys, when there are any, are those of which one must have signed.
	Keys []ed25519.PublicKey
	// Fingerprint is that of the vocabulary this process has; a file with another is refused.
	Fingerprint string
	// MinSerial is the least serial that is not a step back; AllowRollback accepts a lesser one.
	MinSerial     uint64
	AllowRollback bool
}

// Decode reads a file and checks all of it but the conditions, which the engine checks again. The error is a *Refused.
func Decode(data []byte, o Options) (*schema.Bundle, error) {
	p, err := split(data)
	if err != nil {
		return nil, err
	}
	id := contentID(p.headerText)
	signatures, err := parseSignatures(id, p.signatures)
	if err != nil {
		return nil, err
	}
	if err := trusted(signatures, o.Keys); err != nil {
		return nil, err
	}
	if err := acceptable(p.header, o); err != nil {
		return nil, err
	}
	b, err := p.bundle()
	if err != nil {
		return nil, err
	}
	b.ID = id
	return b, nil
}

func acceptable(h *Header, o Options) error {
	if h.Vocabulary != o.Fingerprint {
		return refuse(hintSameBuild, "the bundle's conditions were checked against another vocabulary (%s, and this version has %s)", h.Vocabulary, o.Fingerprint)
	}
	if h.Serial < o.MinSerial && !o.AllowRollback {
		return refuse("compile it with a greater serial, or allow the rollback explicitly",
			"the bundle's serial %d goes back from %d", h.Serial, o.MinSerial)
	}
	return nil
}

// bundle reads the sections that this version knows; the others are not critical and are left alone.
func (p *parts) bundle() (*schema.Bundle, error) {
	var body policy
	if err := decodeJSON(SectionPolicy, p.sections[SectionPolicy], &body); err != nil {
		return nil, err
	}
	if body.Name != p.header.Policy {
		return nil, damaged("its header names policy %q, and its rules are of %q", p.header.Policy, body.Name)
	}
	var sources []source
	if err := decodeJSON(SectionSources, p.sections[SectionSources], &sources); err != nil {
		return nil, err
	}
	var origins map[string]origin
	if err := decodeJSON(SectionOrigins, p.sections[SectionOrigins], &origins); err != nil {
		return nil, err
	}
	b, err := body.bundle()
	if err != nil {
		return nil, err
	}
	for _, s := range sources {
		b.Sources = append(b.Sources, schema.Source{Path: s.Path, Text: s.Text})
	}
	b.Language, b.Serial = p.header.Language, p.header.Serial
	if err := inOrder(b); err != nil {
		return nil, err
	}
	return b, place(b, origins)
}
