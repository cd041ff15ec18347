package main

import (
	"fmt"
	"strings"
	"unicode"
)

// Bounds of a difference: the lines shown around it, and how many unequal lines are looked into for common ones.
const (
	diffContext = 3
	maxEdits    = 1000
)

// diffLine is one line of a difference: ' ', '-' or '+', and its text.
type diffLine struct {
	sign byte
	text string
}

// unifiedDiff gives the difference of two texts that differ in white space first of all: lines that hold the same but
// for that are put side by side.
func unifiedDiff(name string, before, after []byte) string {
	lines := diffLines(splitLines(string(before)), splitLines(string(after)))
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", name, name)
	for from := 0; from < len(lines); {
		for from < len(lines) && lines[from].sign == ' ' {
			from++
		}
		if from == len(lines) {
			break
		}
		end := hunkEnd(lines, from)
		writeHunk(&b, lines, max(0, from-diffContext), end)
		from = end
	}
	return b.String()
}

// splitLines gives the lines with their ends. A last line without one is shown as if it had one.
func splitLines(s string) []string {
	if s == "" {
		return nil
	}
	lines := strings.SplitAfter(strings.TrimSuffix(s, "\n"), "\n")
	lines[len(lines)-1] += "\n"
	return lines
}

// hunkEnd goes on while no more than twice the context lies between changes, and takes the context after the last.
func hunkEnd(lines []diffLine, from int) int {
	last := from
	for i := from; i < len(lines) && i-last <= 2*diffContext; i++ {
		if lines[i].sign != ' ' {
			last = i
		}
	}
	return min(len(lines), last+1+diffContext)
}

func writeHunk(b *strings.Builder, lines []diffLine, from, end int) {
	count := func(lines []diffLine, sign byte) int {
		n := 0
		for _, l := range lines {
			if l.sign == ' ' || l.sign == sign {
				n++
			}
		}
		return n
	}
	start := func(sign byte) int {
		n := count(lines[:from], sign)
		if count(lines[from:end], sign) > 0 {
			n++
		}
		return n
	}
	fmt.Fprintf(b, "@@ -%d,%d +%d,%d @@\n", start('-'), count(lines[from:end], '-'), start('+'), count(lines[from:end], '+'))
	for _, l := range lines[from:end] {
		fmt.Fprintf(b, "%c%s", l.sign, l.text)
	}
}

// diffLines puts two lists of lines together, those removed before those added in their place.
func diffLines(before, after []string) []diffLine {
	var out, added []diffLine
	flush := func() {
		out = append(out, added...)
		added = added[:0]
	}
	i, j := 0, 0
	for _, pair := range append(pairLines(spaceless(before), spaceless(after)), [2]int{len(before), len(after)}) {
		for ; i < pair[0]; i++ {
			out = append(out, diffLine{'-', before[i]})
		}
		for ; j < pair[1]; j++ {
			added = append(added, diffLine{'+', after[j]})
		}
		switch {
		case i == len(before):
			flush()
		case before[i] == after[j]:
			flush()
			out = append(out, diffLine{' ', before[i]})
		default:
			out, added = append(out, diffLine{'-', before[i]}), append(added, diffLine{'+', after[j]})
		}
		i, j = i+1, j+1
	}
	return out
}

func spaceless(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return r
		}, l)
	}
	return out
}

// pairLines finds a longest common subsequence by Myers' algorithm (An O(ND) Difference Algorithm, 1986) and gives its
// pairs of indexes. Where more than maxEdits lines differ, it pairs what the two have in common at their ends.
func pairLines(a, b []string) [][2]int {
	var pairs [][2]int
	lead := 0
	for lead < len(a) && lead < len(b) && a[lead] == b[lead] {
		pairs = append(pairs, [2]int{lead, lead})
		lead++
	}
	tail := 0
	for tail < len(a)-lead && tail < len(b)-lead && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	for _, p := range myers(a[lead:len(a)-tail], b[lead:len(b)-tail]) {
		pairs = append(pairs, [2]int{p[0] + lead, p[1] + lead})
	}
	for ; tail > 0; tail-- {
		pairs = append(pairs, [2]int{len(a) - tail, len(b) - tail})
	}
	return pairs
}

func myers(a, b []string) [][2]int {
	var history [][]int
	reach := make([]int, 2*maxEdits+3)
	const zero = maxEdits + 1
	for d := 0; d <= min(maxEdits, len(a)+len(b)); d++ {
		history = append(history, append([]int{}, reach[zero-d:zero+d+1]...))
		for k := -d; k <= d; k += 2 {
			x := reach[zero+k-1] + 1
			if k == -d || k != d && reach[zero+k-1] < reach[zero+k+1] {
				x = reach[zero+k+1]
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			reach[zero+k] = x
			if x >= len(a) && x-k >= len(b) {
				return walkBack(history, len(a), len(b))
			}
		}
	}
	return nil
}

// walkBack follows the furthest paths from the end to the start. history[d] holds the reach of the diagonals from -d to d
// before step d.
func walkBack(history [][]int, x, y int) [][2]int {
	var pairs [][2]int
	for d := len(history) - 1; d >= 0; d-- {
		k := x - y
		at := func(k int) int { return history[d][k+d] }
		px, py := 0, 0
		if d > 0 {
			if k == -d || k != d && at(k-1) < at(k+1) {
				px = at(k + 1)
				py = px - (k + 1)
			} else {
				px = at(k - 1)
				py = px - (k - 1)
			}
		}
		for x > px && y > py {
			x, y = x-1, y-1
			pairs = append(pairs, [2]int{x, y})
		}
		x, y = px, py
	}
	for i, j := 0, len(pairs)-1; i < j; i, j = i+1, j-1 {
		pairs[i], pairs[j] = pairs[j], pairs[i]
	}
	return pairs
}
