package schema

import (
	"cmp"
	"slices"
)

// Severity ranks a Diagnostic. The zero value is SeverityError, so that a forgotten severity stops the work.
type Severity uint8

const (
	SeverityError Severity = iota
	SeverityWarning
	// SeverityInfo is for what is worth knowing and may be meant.
	SeverityInfo
)

// String gives the word that every output format uses.
func (s Severity) String() string {
	switch s {
	case SeverityWarning:
		return "warning"
	case SeverityInfo:
		return "info"
	}
	return "error"
}

// MarshalText writes the severity as its word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Diagnostic is a user's mistake, told so that the user can mend it: a one-line Summary, a Detail that says why, the
// Range it is about, and a Hint that says what to write instead. Range is nil where no file is at fault.
type Diagnostic struct {
	// ID names the kind of mistake. It is stable, and empty where nobody has given one.
	ID       string   `json:"id,omitempty"`
	Severity Severity `json:"severity"`
	Summary  string   `json:"summary"`
	Detail   string   `json:"detail,omitempty"`
	Range    *Range   `json:"range,omitempty"`
	Hint     string   `json:"hint,omitempty"`
	// Through are the calls of modules that lead to the file, the innermost first; none for the policy's own files.
	Through []Call `json:"through,omitempty"`
}

// Call is a module block.
type Call struct {
	// Module is the address of what it calls, as "module.pci".
	Module string `json:"module"`
	Range  Range  `json:"range"`
}

// Diagnostics is a list of mistakes in the order in which they are shown.
type Diagnostics []Diagnostic

// HasErrors reports whether any of them stops the work.
func (ds Diagnostics) HasErrors() bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == SeverityError })
}

// Sort orders by file, place, severity and summary, so that one input gives one output.
func (ds Diagnostics) Sort() {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		var ra, rb Range
		if a.Range != nil {
			ra = *a.Range
		}
		if b.Range != nil {
			rb = *b.Range
		}
		return cmp.Or(
			cmp.Compare(ra.File, rb.File),
			cmp.Compare(ra.Start.Byte, rb.Start.Byte),
			cmp.Compare(a.Severity, b.Severity),
			cmp.Compare(a.Summary, b.Summary),
			cmp.Compare(a.Detail, b.Detail),
		)
	})
}
