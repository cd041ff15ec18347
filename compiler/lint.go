package compiler

import (
	"cmp"
	"slices"
	"time"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// LintConfig is what lint takes from outside.
type LintConfig struct {
	// Today is the day at which what has an end is over or not; its time of day does not count.
	Today time.Time
	// Idle are the rules that an analysis of their meaning found to decide nothing.
	Idle []Idle
	// Seen holds the addresses of the rules and masks that tests showed at work; nil when no tests were run, and then what
	// the tests say that they expect counts.
	Seen map[string]bool
	// Severity overrides that of rules, by ID.
	Severity map[string]schema.Severity
}

// Idle is a rule that decides nothing.
type Idle struct {
	// Rule is the address.
	Rule string
	// Never is set when no request matches it; otherwise others decide wherever it matches.
	Never bool
	// Reason says why, as the end of a sentence. By are the addresses of the rules that decide in its place.
	Reason string
	By     []string
}

// Finding is what a rule of the catalogue found: valid, and yet most likely a mistake.
type Finding struct {
	// Rule is its ID.
	Rule string `json:"rule"`
	schema.Diagnostic
	// Subject is the block that it is about, as "deny.x"; empty where there is none.
	Subject string `json:"subject,omitempty"`
	// Fingerprint stays the same when lines move or other blocks change.
	Fingerprint string `json:"fingerprint"`
	// Ignored is the comment that sets it aside; nil for a finding that counts.
	Ignored *Ignored `json:"ignored,omitempty"`

	// about is the text at fault, for the fingerprint.
	about string
}

// Ignored is a comment that sets a finding aside.
type Ignored struct {
	// Until is the last day on which it does, as "2026-12-31".
	Until  string       `json:"until"`
	Reason string       `json:"reason"`
	Range  schema.Range `json:"range"`
}

// linter is the stage between check and emit: what was understood, looked at for bad habits.
type linter struct {
	*emitter
	result   *Result
	config   LintConfig
	rule     LintRule
	findings []Finding

	gathered
	// annotations are all that there are, marks those that were understood.
	annotations []syntax.Annotation
	marks       []mark
	// calls are the calls that lead to a module, by what its addresses begin with.
	calls map[string][]schema.Call
	// read are the conditions by their texts, catalogue the rules by their IDs.
	read      map[celText]*lintedCondition
	catalogue map[string]LintRule
}

// lintedCondition is one condition of a rule, a mask or an issuer.
type lintedCondition struct {
	*vocab.Condition
	subject string
	// effect is what the rule does: the address without the name, or "issuer".
	effect string
	unless bool
	cel    syntax.CEL
	calls  []vocab.Call
	facts  []string
}

// celText is the text of a condition and what it may speak of; many rules share one.
type celText struct {
	kind vocab.Kind
	text string
}

// Lint looks at a policy for what is valid and yet most likely a mistake. Where the policy is not valid, what is wrong
// with it is all that is found. The same policy and configuration give the same findings, in the order to show them.
func (r *Result) Lint(c LintConfig) []Finding {
	l := &linter{emitter: r.emitter, result: r, config: c, read: map[celText]*lintedCondition{}, catalogue: map[string]LintRule{}}
	l.calls = map[string][]schema.Call{}
	l.asked = map[string]bool{}
	rules := LintRules()
	for _, rule := range rules {
		l.catalogue[rule.ID] = rule
	}
	l.validated()
	if l.emitter != nil {
		l.gatherAll()
		l.readMarks(l.l.allFiles())
		for _, rule := range rules {
			if l.rule = rule; rule.check != nil {
				rule.check(l)
			}
		}
		l.setAside()
	}
	slices.SortStableFunc(l.findings, func(a, b Finding) int {
		return cmp.Or(compareRanges(a.Range, b.Range), cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Detail, b.Detail))
	})
	l.findings = slices.CompactFunc(l.findings, sameInModule)
	fingerprint(l.findings)
	return l.findings
}

// sameInModule reports one finding in a module that is called several times.
func sameInModule(a, b Finding) bool {
	return a.Through != nil && b.Through != nil && a.Rule == b.Rule && *a.Range == *b.Range && a.Detail == b.Detail
}

func compareRanges(a, b *schema.Range) int {
	var ra, rb schema.Range
	if a != nil {
		ra = *a
	}
	if b != nil {
		rb = *b
	}
	return cmp.Or(cmp.Compare(ra.File, rb.File), cmp.Compare(ra.Start.Byte, rb.Start.Byte))
}

// find adds a finding of the rule that runs. Of a module that is tested by itself the tests are its caller's stand-in: what
// they allow and mask is in force nowhere.
func (l *linter) find(subject string, rng schema.Range, about, detail, hint string) {
	module, kind, _ := schema.SplitAddress(subject)
	if l.result.Module && module == "" && kind != "test" && kind != "principal" && kind != "" {
		return
	}
	severity := l.rule.Severity
	if own, ok := l.config.Severity[l.rule.ID]; ok {
		severity = own
	}
	l.findings = append(l.findings, Finding{
		Rule: l.rule.ID, Subject: subject, about: about,
		Diagnostic: schema.Diagnostic{
			ID: l.rule.ID, Severity: severity, Summary: l.rule.Summary, Detail: detail, Range: &rng, Hint: hint, Through: l.calls[module],
		},
	})
}

// validated takes over what the stages before found, but for warnings that have a rule of their own.
func (l *linter) validated() {
	for _, d := range l.result.Diagnostics {
		id := ruleValidate
		switch d.Summary {
		case "Unknown column", "Unknown table":
			id = ruleUnknownColumn
		case "Names cannot be checked", "Column cannot be checked":
			continue // target-without-catalog
		}
		l.findings = append(l.findings, Finding{Rule: id, Diagnostic: d, about: d.Summary + "\x00" + d.Detail})
	}
}
