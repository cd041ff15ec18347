package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/gatewright/gatewright/schema"
)

// Format version of the files that this build writes. A reader refuses another major version; a greater minor version
// only adds sections that are not critical.
const (
	FormatMajor = 1
	FormatMinor = 0
)

// The sections of format 1, in the order in which they stand.
const (
	// SectionPolicy holds what decides: issuers, targets, classes, rules, masks, routes.
	SectionPolicy = "policy"
	// SectionSources holds the files that the policy was compiled from.
	SectionSources = "sources"
	// SectionOrigins maps each address to the place in the sources where it was written.
	SectionOrigins = "origins"
)

// Header is the part of a file that names all others.
type Header struct {
	Format     Format    `json:"format"`
	Language   int       `json:"language"`
	Policy     string    `json:"policy"`
	Sections   []Section `json:"sections"`
	Serial     uint64    `json:"serial"`
	Vocabulary string    `json:"vocabulary"`
}

// Format is the version of the file's own form.
type Format struct {
	Major int `json:"major"`
	Minor int `json:"minor"`
}

// Section names one section. A reader that does not know a critical section refuses the file.
type Section struct {
	Critical bool   `json:"critical"`
	Name     string `json:"name"`
	// SHA256 is the digest of the section's bytes, 64 hex digits; Size is their number.
	SHA256 string `json:"sha256"`
	Size   int    `json:"size"`
}

func newSection(name string, body []byte) Section {
	sum := sha256.Sum256(body)
	return Section{Critical: name == SectionPolicy, Name: name, SHA256: hex.EncodeToString(sum[:]), Size: len(body)}
}

// parseHeader reads a header strictly, after a look at the format's major version alone: a header of another major
// version need not look like this one.
func parseHeader(text []byte) (*Header, error) {
	var version struct{ Format Format }
	if err := withinLimits("header", text); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &version); err != nil {
		return nil, damaged("its header cannot be read: %v", err)
	}
	if version.Format.Major != FormatMajor {
		return nil, refuse(hintSameBuild, "the bundle has format %d, and this version reads format %d", version.Format.Major, FormatMajor)
	}
	h := &Header{}
	if err := decodeJSON("header", text, h); err != nil {
		return nil, err
	}
	return h, h.check()
}

func (h *Header) check() error {
	switch {
	case h.Format.Minor < 0:
		return damaged("its format version is negative")
	case h.Language != schema.LanguageVersion:
		return refuse(hintSameBuild, "the bundle is written in language version %d, and this version runs %d", h.Language, schema.LanguageVersion)
	case len(h.Sections) > MaxSections:
		return damaged("it has %d sections, and at most %d are allowed", len(h.Sections), MaxSections)
	}
	seen := map[string]bool{}
	for _, s := range h.Sections {
		if s.Size < 0 || s.Size > MaxBytes {
			return damaged("section %q has the impossible size %d", s.Name, s.Size)
		}
		if seen[s.Name] {
			return damaged("section %q stands there twice", s.Name)
		}
		seen[s.Name] = true
		known := s.Name == SectionPolicy || s.Name == SectionSources || s.Name == SectionOrigins
		if s.Critical && !known {
			return refuse(hintSameBuild, "the bundle has a critical section %q that this version does not know", s.Name)
		}
		if known && s.Critical != (s.Name == SectionPolicy) {
			return damaged("section %q is marked wrongly", s.Name)
		}
	}
	for _, name := range []string{SectionPolicy, SectionSources, SectionOrigins} {
		if !seen[name] {
			return damaged("section %q is missing", name)
		}
	}
	return nil
}

func contentID(header []byte) string {
	sum := sha256.Sum256(header)
	return "sha256:" + hex.EncodeToString(sum[:])
}
