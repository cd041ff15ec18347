package suite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// Mutation is what the tests would not notice if the policy changed.
type Mutation struct {
	// Mutants counts those that were tried, Killed those that a test failed for, Excused those that survive for a written
	// reason.
	Mutants  int        `json:"mutants"`
	Killed   int        `json:"killed"`
	Excused  int        `json:"excused"`
	Survived []Survivor `json:"survived"`
	// Excuses are the reasons written in the policy. One that no mutant needs excuses what is yet to come.
	Excuses []Excuse `json:"excuses,omitempty"`
}

// Survivor is a mutant that no test failed for.
type Survivor struct {
	Mutant
	// Reason is the written one; empty when there is none.
	Reason string `json:"reason,omitempty"`
}

// OK reports whether no mutant survives without a written reason, and no reason is written in vain.
func (m *Mutation) OK() bool {
	return m.Mutants == m.Killed+m.Excused && !slices.ContainsFunc(m.Excuses, func(e Excuse) bool { return !e.Used })
}

// ErrTestsFail is given by Mutate when the policy itself does not pass its tests.
var ErrTestsFail = errors.New("mutants can be told from the policy by tests that pass only")

// Mutate runs the tests against every mutant until one fails. judge gives the decider of a changed policy; one that it
// refuses is no policy and no mutant. The tests that the changed rule had to do with come first.
func Mutate(ctx context.Context, s *schema.Suite, c Config, src Source, judge func(*schema.Bundle) (Decider, error)) (*Mutation, error) {
	quiet := c
	quiet.Progress = nil
	baseline, seen := run(ctx, s, quiet)
	if !baseline.OK() {
		return nil, ErrTestsFail
	}
	k := &killer{jobs: jobs(s), involved: involved(seen), bundle: src.Bundle, judge: judge}
	mutants := Mutants(src)
	fates := make([]fate, len(mutants))
	each(ctx, len(mutants), c.Workers, c.Progress, func(i int) { fates[i] = k.try(&mutants[i]) })
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("the run was stopped: %w", err)
	}
	return conclude(src, mutants, fates), nil
}

// involved lists, for each rule, the jobs that asked it.
func involved(seen []Observed) map[string][]int {
	out := map[string][]int{}
	for i := range seen {
		for _, p := range seen[i].Probes {
			if list := out[p.Rule]; len(list) == 0 || list[len(list)-1] != i {
				out[p.Rule] = append(list, i)
			}
		}
	}
	return out
}

// fate is what became of a mutant. The zero value is that it was no policy.
type fate uint8

const (
	stillborn fate = iota
	killed
	survived
)

// killer tries mutants.
type killer struct {
	jobs     []job
	involved map[string][]int
	bundle   *schema.Bundle
	judge    func(*schema.Bundle) (Decider, error)
}

func (k *killer) try(m *Mutant) fate {
	decide, err := k.judge(m.Bundle(k.bundle))
	if err != nil {
		return stillborn
	}
	first := k.involved[m.Rule]
	for _, i := range first {
		if k.fails(i, decide) {
			return killed
		}
	}
	for i := range k.jobs {
		if _, tried := slices.BinarySearch(first, i); !tried && k.fails(i, decide) {
			return killed
		}
	}
	return survived
}

func (k *killer) fails(i int, decide Decider) bool {
	j := k.jobs[i]
	got, err := decide(j.test, j.who, j.sql)
	if err != nil {
		return true
	}
	failures, _ := compare(&j.test.Expect, &got)
	return len(failures) > 0
}

// conclude counts. A mutant that no test could notice is none, unless a written reason says so already.
func conclude(src Source, mutants []Mutant, fates []fate) *Mutation {
	reasons := excuses(src.Files)
	out := &Mutation{Survived: []Survivor{}}
	for i := range mutants {
		switch fates[i] {
		case killed:
			out.Mutants++
			out.Killed++
		case survived:
			survivor := Survivor{Mutant: mutants[i]}
			if e := excused(reasons, &mutants[i]); e != nil {
				out.Excused++
				survivor.Reason = e.Reason
			} else if src.Same != nil && src.Same(mutants[i].Bundle(src.Bundle), mutants[i].Rule) {
				continue
			}
			out.Mutants++
			out.Survived = append(out.Survived, survivor)
		}
	}
	slices.SortStableFunc(out.Survived, func(a, b Survivor) int {
		return cmp.Or(cmp.Compare(a.Range.File, b.Range.File), cmp.Compare(a.Range.Start.Byte, b.Range.Start.Byte), cmp.Compare(a.Kind, b.Kind))
	})
	for _, e := range reasons {
		out.Excuses = append(out.Excuses, *e)
	}
	return out
}
