package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/schema"
)

// Filter selects lines. A field that is empty selects all; the others must all hold.
type Filter struct {
	// Principal is "issuer/subject", or a subject of any issuer.
	Principal string
	Target    string
	// Class is a class that a decision touched.
	Class string
	// Object is the canonical name of what an access is on; "schema.table.column" asks for one column.
	Object  string
	Session string
	Ticket  string
	// Effect is "allow", "deny" or "approve": the decision's true effect, enforced or not.
	Effect string
	Kind   Kind
	// Passed selects the decisions whose action reached the target.
	Passed bool
	// From and To bound the time, To excluded.
	From, To time.Time
}

// Gap is a time of which the log cannot tell anything. To is zero where the log ends with it.
type Gap struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to,omitzero"`
	Why  string    `json:"why"`
}

// Coverage says what an answer rests on, and what it cannot know.
type Coverage struct {
	// From and To are the times of the first and the last line.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Gaps []Gap     `json:"gaps,omitempty"`
	// Matched counts the lines that the filter selected.
	Matched uint64 `json:"matched"`
	// DryRun counts those decisions among them that were not enforced, TextCut those whose text is not whole.
	DryRun  uint64 `json:"dry_run,omitempty"`
	TextCut uint64 `json:"text_cut,omitempty"`
	// Open counts matching decisions that passed and have no outcome in the log.
	Open uint64 `json:"open,omitempty"`
	// Report is the verification of all that was read. Lines that do not hold were not asked.
	Report *Report `json:"report"`
}

// maxOpen bounds the decisions whose outcomes are waited for.
const maxOpen = 1 << 20

// Query reads a log from its beginning, verifies it on the way, and hands each line that the filter selects to yield,
// in the order of the file. The outcome of a selected decision is selected too, whatever of its own it lacks. The
// entry is yield's to keep. Query stops at the first error of yield.
func Query(r io.Reader, head *Head, f Filter, yield func(*Entry) error) (*Coverage, error) {
	q := query{filter: f, yield: yield, waiting: map[uint64]bool{}}
	report, err := walk(r, head, q.visit)
	if err != nil {
		return nil, err
	}
	q.cover.Report = report
	q.cover.Open = uint64(len(q.waiting))
	if !q.last.IsZero() && !q.closed {
		q.cover.Gaps = append(q.cover.Gaps, Gap{From: q.last, Why: "the log has no end: it is being written, or its writer died"})
	}
	return &q.cover, nil
}

type query struct {
	filter  Filter
	yield   func(*Entry) error
	waiting map[uint64]bool
	cover   Coverage
	last    time.Time
	closed  bool
}

func (q *query) visit(line []byte) error {
	e := new(Entry)
	if err := json.Unmarshal(line, e); err != nil {
		return fmt.Errorf("line number %d is whole but cannot be read; was it written by a later version? %w", e.Seq, err)
	}
	q.observe(e)
	if !q.wants(e) {
		return nil
	}
	q.cover.Matched++
	if e.Enforced != nil && !*e.Enforced {
		q.cover.DryRun++
	}
	if e.TextCut {
		q.cover.TextCut++
	}
	return q.yield(e)
}

// observe keeps account of when somebody was looking.
func (q *query) observe(e *Entry) {
	if q.cover.From.IsZero() {
		q.cover.From = e.Time
	}
	if e.Kind == KindLogOpened && !q.last.IsZero() {
		why := "the gateway did not run"
		if !q.closed {
			why = "the gateway ended without closing the log"
		}
		q.cover.Gaps = append(q.cover.Gaps, Gap{From: q.last, To: e.Time, Why: why})
	}
	if e.Kind != KindLogRecovered {
		q.closed = e.Kind == KindLogClosed
		q.last = e.Time
	}
	q.cover.To = e.Time
}

func (q *query) wants(e *Entry) bool {
	if e.Kind == KindOutcome && q.waiting[e.Decision] {
		delete(q.waiting, e.Decision)
		return true
	}
	if !q.filter.Match(e) {
		return false
	}
	if e.Passed() && len(q.waiting) < maxOpen {
		q.waiting[e.Seq] = true
	}
	return true
}

// Match reports whether one line is selected, looking at that line alone.
func (f *Filter) Match(e *Entry) bool {
	is := func(want, have string) bool { return want == "" || want == have }
	return is(string(f.Kind), string(e.Kind)) && is(f.Target, e.Target) && is(f.Session, e.Session) &&
		is(f.Ticket, e.Ticket) && is(f.Effect, e.Effect) &&
		(f.Principal == "" || f.Principal == e.Subject || f.Principal == e.Principal()) &&
		(f.Class == "" || slices.Contains(e.Classes, f.Class)) &&
		(f.Object == "" || slices.ContainsFunc(e.Accesses, f.touches)) &&
		(!f.Passed || e.Passed()) &&
		(f.From.IsZero() || !e.Time.Before(f.From)) &&
		(f.To.IsZero() || e.Time.Before(f.To))
}

func (f *Filter) touches(a Access) bool {
	if a.Object == f.Object {
		return true
	}
	column, ok := strings.CutPrefix(f.Object, a.Object+".")
	if !ok || a.Object == "" {
		return false
	}
	return slices.ContainsFunc(a.Columns, func(c string) bool { return c == column || schema.Qualify(c) == column })
}

// ParseTime reads a time as a person gives it: RFC 3339, "2006-01-02 15:04", "2006-01-02", or a time of day of today,
// all but the first in the zone of now.
func ParseTime(text string, now time.Time) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return t, nil
		}
	}
	if t, err := time.ParseInLocation("15:04", text, now.Location()); err == nil {
		return time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), 0, 0, now.Location()), nil
	}
	return time.Time{}, errors.New("a time is written 2006-01-02T15:04:05Z, 2006-01-02 15:04, 2006-01-02 or 15:04")
}
