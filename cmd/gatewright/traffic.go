package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/runtime/audit"
)

// traffic is what a change of policy does to the decisions of an audit log.
type traffic struct {
	Log string `json:"log"`
	// HeadChecked is false where nothing stands beside the log that tells whether its end is missing.
	HeadChecked bool `json:"head_checked"`
	// Decisions is how many the log holds: those that stay, those that flip, and those that could not be replayed.
	Decisions int `json:"decisions"`
	Stay      int `json:"stay"`
	Flip      int `json:"flip"`
	Loosens   int `json:"loosens"`
	Tightens  int `json:"tightens"`
	// Flips are the most frequent first; MoreFlips counts the decisions of further kinds.
	Flips       []*flipped    `json:"flips"`
	MoreFlips   int           `json:"more_flips,omitempty"`
	NotReplayed int           `json:"not_replayed"`
	Reasons     []*unreplayed `json:"reasons"`
}

// flipped are the recorded decisions that change in one way.
type flipped struct {
	Before   plan.Outcome `json:"before"`
	After    plan.Outcome `json:"after"`
	Loosens  bool         `json:"loosens"`
	Tightens bool         `json:"tightens"`
	Count    int          `json:"count"`
	// Example is the number of the first of them in the log; Who, Target and What are its own.
	Example uint64 `json:"example"`
	Who     string `json:"who"`
	Target  string `json:"target"`
	What    string `json:"what"`
}

// unreplayed are the recorded decisions that nothing can be said of, for one reason.
type unreplayed struct {
	Reason  string `json:"reason"`
	Count   int    `json:"count"`
	Example uint64 `json:"example"`
}

const (
	// maxFlips bounds the kinds of flips that are told apart, maxUnreplayed the reasons, maxShown the text of an example.
	maxFlips      = 1_000
	maxUnreplayed = 200
	maxShown      = 200
)

// replay takes the decisions of an audit log to both policies. A log that is not what was written says nothing.
func (p *program) replay(path string, old, new *planSource) (*traffic, error) {
	log, err := os.Open(path)
	if err != nil {
		return nil, fail(err, "Give the path of an audit log: --traffic audit.jsonl.")
	}
	defer log.Close()
	head, err := headOf(path)
	if err != nil {
		return nil, fail(err, "The .head file beside the log is damaged; see 'gatewright audit verify'.")
	}
	r := newReplayer(old, new)
	coverage, err := audit.Query(log, head, audit.Filter{}, r.take)
	if err != nil {
		return nil, fail(fmt.Errorf("%s: %w", path, err), "Give an audit log that this version wrote; 'gatewright audit verify' reads it too.")
	}
	if !coverage.Report.OK() {
		first := coverage.Report.Problems[0]
		return nil, &failure{
			code: exitFindings, err: fmt.Errorf("%s is not what was written: line %d: %s: %s", path, first.Line, first.Fault, first.Detail),
			hint: "Its decisions are not replayed. 'gatewright audit verify " + path + "' tells all that is wrong with it.",
		}
	}
	r.traffic.Log, r.traffic.HeadChecked = path, coverage.Report.HeadChecked
	return r.settle(), nil
}

// verdict is what becomes of one recorded decision: a reason where it could not be replayed, a flip where it differs.
type verdict struct {
	reason string
	flip   *plan.Flip
	// key is equal for flips of one kind.
	key string
}

func verdictOf(f plan.Flip) verdict {
	v := verdict{flip: &f}
	if f.Loosens || f.Tightens {
		v.key = strings.Join([]string{outcomeLine(&f.Before, &f.After), outcomeLine(&f.After, &f.Before), direction(f.Loosens, f.Tightens)}, "\x00")
	}
	return v
}

// count enters a verdict.
func (r *replayer) count(e *audit.Entry, v *verdict) {
	t := &r.traffic
	t.Decisions++
	switch {
	case v.reason != "":
		t.NotReplayed++
		reason := v.reason
		if r.reasons[reason] == nil && len(r.reasons) >= maxUnreplayed {
			reason = "other reasons"
		}
		if r.reasons[reason] == nil {
			r.reasons[reason] = &unreplayed{Reason: reason, Example: e.Seq}
		}
		r.reasons[reason].Count++
	case v.key == "":
		t.Stay++
	default:
		r.flipped(e, v)
	}
}

func (r *replayer) flipped(e *audit.Entry, v *verdict) {
	t := &r.traffic
	t.Flip++
	if v.flip.Loosens {
		t.Loosens++
	}
	if v.flip.Tightens {
		t.Tightens++
	}
	f := r.flips[v.key]
	if f == nil {
		if len(r.flips) >= maxFlips {
			t.MoreFlips++
			return
		}
		f = &flipped{
			Before: v.flip.Before, After: v.flip.After, Loosens: v.flip.Loosens, Tightens: v.flip.Tightens, Example: e.Seq,
			Who: e.Principal(), Target: e.Target, What: whatOf(e),
		}
		r.flips[v.key] = f
	}
	f.Count++
}

// whatOf tells what was asked for.
func whatOf(e *audit.Entry) string {
	switch {
	case e.Kind != audit.KindDecision:
		return "connect"
	case e.Text == "":
		return e.Statement
	}
	if text := []rune(e.Text); len(text) > maxShown {
		return string(text[:maxShown]) + "..."
	}
	return e.Text
}

// settle puts what was counted in order: what lets more pass first, then the most frequent.
func (r *replayer) settle() *traffic {
	t := &r.traffic
	t.Flips, t.Reasons = []*flipped{}, []*unreplayed{}
	for _, key := range slices.Sorted(maps.Keys(r.flips)) {
		t.Flips = append(t.Flips, r.flips[key])
	}
	slices.SortStableFunc(t.Flips, func(a, b *flipped) int {
		way := func(f *flipped) int { return map[bool]int{true: 1}[f.Loosens] }
		return cmp.Or(way(b)-way(a), b.Count-a.Count)
	})
	for _, reason := range slices.Sorted(maps.Keys(r.reasons)) {
		t.Reasons = append(t.Reasons, r.reasons[reason])
	}
	slices.SortStableFunc(t.Reasons, func(a, b *unreplayed) int { return b.Count - a.Count })
	return t
}
