package compiler

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
)

// How comments speak to lint.
const (
	// IgnoreForm sets findings of a rule aside.
	IgnoreForm = "# gatewright:ignore RULE-ID until 2026-12-31 REASON"
	// UntilForm says when a dry run ends.
	UntilForm = "# gatewright:until 2026-12-31 REASON"
)

// Words of annotations. Survives is that of mutation runs.
const (
	wordIgnore   = "ignore"
	wordUntil    = "until"
	wordSurvives = "survives"
)

// mark is an annotation that was understood.
type mark struct {
	syntax.Annotation
	rule   string
	until  time.Time
	reason string
	used   bool
}

func (m *mark) covers(r schema.Range) bool {
	return m.Covers.File == r.File && m.Covers.Start.Byte <= r.Start.Byte && r.Start.Byte < max(m.Covers.End.Byte, m.Covers.Start.Byte+1)
}

// over reports whether its last day has passed.
func (m *mark) over(today time.Time) bool {
	year, month, day := today.Date()
	return m.until.Before(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

var (
	ignoreText = regexp.MustCompile(`^([^ \t]+)[ \t]+until[ \t]+([^ \t]+)[ \t]+(.*)$`)
	untilText  = regexp.MustCompile(`^([^ \t]+)[ \t]+(.*)$`)
)

// readMarks takes the annotations of all files; what is wrong with one is found by checkMarks.
func (l *linter) readMarks(files []*syntax.File) {
	for _, f := range files {
		l.annotations = append(l.annotations, f.Annotations()...)
	}
	for _, a := range l.annotations {
		if m, ok := readMark(a); ok {
			l.marks = append(l.marks, m)
		}
	}
}

func readMark(a syntax.Annotation) (mark, bool) {
	m := mark{Annotation: a}
	var day string
	switch a.Word {
	case wordIgnore:
		parts := ignoreText.FindStringSubmatch(a.Text)
		if parts == nil {
			return m, false
		}
		m.rule, day, m.reason = parts[1], parts[2], parts[3]
	case wordUntil:
		parts := untilText.FindStringSubmatch(a.Text)
		if parts == nil {
			return m, false
		}
		day, m.reason = parts[1], parts[2]
	default:
		return m, false
	}
	until, err := time.Parse(time.DateOnly, day)
	m.until = until
	return m, err == nil
}

// maxYears bounds how far ahead the last day of an annotation may be.
const maxYears = 3

// checkMarks finds annotations that say less than they must.
func checkMarks(l *linter) {
	forms := map[string]string{wordIgnore: IgnoreForm, wordUntil: UntilForm}
	for _, a := range l.annotations {
		m, ok := readMark(a)
		switch {
		case a.Word == wordSurvives:
		case forms[a.Word] == "":
			l.find("", a.Range, a.Word, fmt.Sprintf("There is no annotation %q.", a.Word),
				nearestOr(a.Word, []string{wordIgnore, wordUntil, wordSurvives}, "Write "+IgnoreForm+" or "+UntilForm+"."))
		case !ok:
			l.find("", a.Range, a.Text, "It needs "+missing(a)+", so that nothing is set aside without a reason and for good.", "Write "+forms[a.Word]+".")
		case m.until.After(l.config.Today.AddDate(maxYears, 0, 0)):
			l.find("", a.Range, a.Text, fmt.Sprintf("Its last day is more than %d years away, which is as good as none.", maxYears), "Write a day by which somebody looks at it again.")
		default:
			l.checkIgnored(m)
		}
	}
}

func missing(a syntax.Annotation) string {
	if a.Word == wordIgnore {
		return "a rule, the last day on which it holds and a reason"
	}
	return "the last day on which it holds and a reason"
}

// checkIgnored finds an ignore of a rule that there is not, or that cannot be ignored.
func (l *linter) checkIgnored(m mark) {
	if m.Word != wordIgnore {
		return
	}
	rule, ok := l.catalogue[m.rule]
	switch {
	case !ok:
		l.find("", m.Range, m.rule, fmt.Sprintf("There is no rule %q.", m.rule), nearestOr(m.rule, slices.Sorted(maps.Keys(l.catalogue)), "See 'gatewright lint --list'."))
	case rule.Fixed:
		l.find("", m.Range, m.rule, fmt.Sprintf("%q cannot be ignored.", m.rule), "Mend what it points at.")
	}
}

// setAside applies the ignores, and finds those that are over or set nothing aside.
func (l *linter) setAside() {
	for i := range l.findings {
		l.setAsideOne(&l.findings[i])
	}
	for i := range l.marks {
		m := &l.marks[i]
		rule, known := l.catalogue[m.rule]
		switch {
		case m.Word == wordIgnore && (!known || rule.Fixed):
		case m.Word == wordIgnore && m.over(l.config.Today):
			l.rule = l.catalogue[ruleExpiredIgnore]
			l.find("", m.Range, m.rule, fmt.Sprintf("It held until %s: %s.", m.until.Format(time.DateOnly), strings.TrimSuffix(m.reason, ".")),
				"Mend what it set aside or, if the reason still stands, agree on another day.")
		case !m.used && m.Word == wordIgnore:
			l.rule = l.catalogue[ruleUnusedMark]
			l.find("", m.Range, m.rule, fmt.Sprintf("There is no finding of %s here.", m.rule), "Remove the comment.")
		case !m.used && m.Word == wordUntil:
			l.rule = l.catalogue[ruleUnusedMark]
			l.find("", m.Range, "until", "There is no dry run here that could end.", "Remove the comment, or put it above the block or its mode attribute.")
		}
	}
}

func (l *linter) setAsideOne(f *Finding) {
	if l.catalogue[f.Rule].Fixed || f.Range == nil {
		return
	}
	i := slices.IndexFunc(l.marks, func(m mark) bool {
		return m.Word == wordIgnore && m.rule == f.Rule && !m.over(l.config.Today) && m.covers(*f.Range)
	})
	if i < 0 {
		return
	}
	m := &l.marks[i]
	m.used = true
	f.Ignored = &Ignored{Until: m.until.Format(time.DateOnly), Reason: m.reason, Range: m.Range}
}

// endOf gives the annotation that says when the dry run of a block ends; nil when there is none.
func (l *linter) endOf(block, mode schema.Range) *mark {
	for i := range l.marks {
		if m := &l.marks[i]; m.Word == wordUntil && (m.covers(block) || mode.File != "" && m.covers(mode)) {
			m.used = true
			return m
		}
	}
	return nil
}

// nearestOr suggests the word that a misspelt one most likely means, or otherwise says something else.
func nearestOr(word string, candidates []string, otherwise string) string {
	return cmp.Or(syntax.Suggest(word, candidates), otherwise)
}
