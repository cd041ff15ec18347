package bundle

import (
	"crypto/ed25519"
	"fmt"

	"github.com/gatewright/gatewright/schema"
)

// Encode writes b as a file, signed with each key. fingerprint names the vocabulary that checked its conditions. b is
// not changed; the same b gives the same bytes. An error means that Decode would refuse the file, and says why.
func Encode(b *schema.Bundle, fingerprint string, keys ...ed25519.PrivateKey) ([]byte, error) {
	for i, key := range keys {
		if len(key) != ed25519.PrivateKeySize {
			return nil, fmt.Errorf("signing key %d has %d bytes, and an Ed25519 key has %d", i+1, len(key), ed25519.PrivateKeySize)
		}
	}
	header, sections, err := content(b, fingerprint)
	if err != nil {
		return nil, fmt.Errorf("writing the bundle: %w", err)
	}
	signatures, err := canonical(sign(contentID(header), keys))
	if err != nil {
		return nil, fmt.Errorf("writing the signatures: %w", err)
	}
	data := join(header, sections, signatures)
	if _, err := Decode(data, Options{Fingerprint: fingerprint}); err != nil {
		return nil, fmt.Errorf("the bundle as written would be refused: %w", err)
	}
	return data, nil
}

// ID gives the content id that Encode's file will have, without writing one.
func ID(b *schema.Bundle, fingerprint string) (string, error) {
	header, _, err := content(b, fingerprint)
	if err != nil {
		return "", fmt.Errorf("writing the bundle: %w", err)
	}
	return contentID(header), nil
}

// content gives the header and the sections in its order.
func content(b *schema.Bundle, fingerprint string) (header []byte, sections [][]byte, err error) {
	p, err := newPolicy(b)
	if err != nil {
		return nil, nil, err
	}
	sources := []source{}
	for _, s := range b.Sources {
		sources = append(sources, source{Path: s.Path, Text: append([]byte{}, s.Text...)})
	}
	h := Header{
		Format:   Format{Major: FormatMajor, Minor: FormatMinor},
		Language: b.Language, Policy: b.Name, Serial: b.Serial, Vocabulary: fingerprint,
	}
	for _, s := range []struct {
		name string
		body any
	}{{SectionPolicy, p}, {SectionSources, sources}, {SectionOrigins, newOrigins(b)}} {
		body, err := canonical(s.body)
		if err != nil {
			return nil, nil, fmt.Errorf("section %q: %w", s.name, err)
		}
		h.Sections, sections = append(h.Sections, newSection(s.name, body)), append(sections, body)
	}
	header, err = canonical(h)
	return header, sections, err
}
