package main

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// How many statements the generators make, and from what they begin: as in
// go test ./cmd/gatewright -run Noninterference -args -statements 10000 -made-seed 7.
var (
	madeStatements = flag.Int("statements", 100, "statements of each generator that the noninterference tests play")
	madeSeed       = flag.Int64("made-seed", 1, "seed of the first statement")
)

// TestNoninterferenceGrammar plays statements that aim at masked columns.
func TestNoninterferenceGrammar(t *testing.T) {
	w := newWorld()
	tr := startWorld(t, w)
	tr.fresh(t)
	tr.playLookalikes(t)
	counts := newTally()
	for i := range int64(*madeStatements) {
		seed := *madeSeed + i
		g := newGrammar(seed, w)
		script, kind := g.script()
		how := pick(g, []string{waySimple, waySimple, wayText, wayBinary, wayTogether})
		verdict, got := tr.verdict(t, script.steps(), how)
		counts.add(kind, verdict, script.dirty)
		tr.odd(t, script.String(), verdict, got)
		switch {
		case verdict == leaked:
			script.shrink(func() bool {
				again, smaller := tr.judge(t, script.steps(), how)
				if again == leaked {
					got = smaller
				}
				return again == leaked
			})
			steps := tr.shrinkSteps(t, script.steps(), how)
			t.Errorf("seed %d, %s: the answer depends on masked values:\n%s\n%s", seed, how, strings.Join(steps, ";\n"), bothAnswers(got))
		case kind != "select" && got[0].lost == "":
			tr.tidy(t)
		}
		if other, changed := otherLiterals(script.steps()); changed && verdict != leaked {
			tr.playAgain(t, other, how, seed)
			if kind != "select" {
				tr.tidy(t)
			}
		}
		if g.wrote {
			tr.sweep(t)
		}
	}
	counts.print(t)
	if counts.share() < 40 {
		t.Errorf("only %d of a hundred statements with masked columns were answered", counts.share())
	}
}

// playLookalikes asks the harmless one of each pair first. It must be answered, or the other one shows nothing.
func (tr *twinned) playLookalikes(t *testing.T) {
	for _, pair := range lookalikes {
		for i, want := range []string{wentThrough, turnedAway} {
			if verdict, got := tr.verdict(t, pair[i:i+1], waySimple); verdict != want {
				t.Errorf("%s: %s\n%s", pair[i], verdict, bothAnswers(got))
			}
		}
	}
}

// playAgain plays a script with other literals after the one that it was made of, whose facts the gateway still has.
func (tr *twinned) playAgain(t *testing.T, steps []string, how string, seed int64) {
	verdict, got := tr.verdict(t, steps, how)
	tr.odd(t, strings.Join(steps, ";\n"), verdict, got)
	if verdict == leaked {
		t.Errorf("seed %d, %s, with other literals: the answer depends on masked values:\n%s\n%s", seed, how, strings.Join(steps, ";\n"), bothAnswers(got))
	}
}

// shrinkSteps cuts words out of each step of a script that leaks.
func (tr *twinned) shrinkSteps(t *testing.T, steps []string, how string) []string {
	for i := range steps {
		steps[i] = shrinkTokens(steps[i], func(text string) bool {
			tried := slices.Clone(steps)
			tried[i] = text
			verdict, _ := tr.judge(t, tried, how)
			return verdict == leaked
		})
	}
	return steps
}

// odd reports a statement that ended its session or took longer than the database lets any take, and names one of which
// nothing can be said.
func (tr *twinned) odd(t *testing.T, sql, verdict string, got [2]played) {
	if verdict == unsteady {
		t.Logf("unsteady: %s", sql)
	}
	if verdict == lostSession {
		t.Errorf("the session ended:\n%s\n%s", sql, bothAnswers(got))
	}
	for _, p := range got {
		if p.took > tooLong {
			t.Errorf("took %v: %s", p.took, sql)
			return
		}
	}
}

// tally counts verdicts by the kind of script, and among those with masked columns.
type tally struct {
	kinds map[string]map[string]int
	dirty map[string]int
}

func newTally() *tally { return &tally{map[string]map[string]int{}, map[string]int{}} }

func (c *tally) add(kind, verdict string, dirty bool) {
	if c.kinds[kind] == nil {
		c.kinds[kind] = map[string]int{}
	}
	c.kinds[kind][verdict]++
	if dirty {
		c.dirty[verdict]++
	}
}

// share is how many of a hundred scripts with masked columns were answered.
func (c *tally) share() int {
	all := 0
	for _, n := range c.dirty {
		all += n
	}
	return 100 * c.dirty[wentThrough] / max(1, all)
}

func (c *tally) print(t *testing.T) {
	line := func(name string, counts map[string]int) {
		all, parts := 0, []string{}
		for _, v := range slices.Sorted(maps.Keys(counts)) {
			all += counts[v]
			parts = append(parts, fmt.Sprintf("%d %s", counts[v], v))
		}
		t.Logf("%-14s %6d: %s", name, all, strings.Join(parts, ", "))
	}
	for _, kind := range slices.Sorted(maps.Keys(c.kinds)) {
		line(kind, c.kinds[kind])
	}
	line("masked columns", c.dirty)
}
