package audit

import (
	"fmt"
	"slices"
)

// maxGaps bounds the missing numbers that are remembered in case they turn up later in the file.
const maxGaps = 10_000

// chain is where a verification stands. at is the line that the next one must follow. Behind a line whose own hash
// cannot be believed, sure is false and the next line's word is taken for what came before it; unread counts such lines
// that gave no number either.
type chain struct {
	head   *Head
	report *Report
	at     Head
	sure   bool
	unread uint64
	gaps   map[uint64]bool
}

// take looks at one line, and reports whether it holds: as it was written, wherever it stands.
func (c *chain) take(line []byte) bool {
	c.report.Lines++
	n, ok := parseLink(line)
	if !ok || !n.intact && n.seq != c.at.Seq+1 {
		c.broken("the line is none that this log wrote")
		return false
	}
	if !n.intact {
		c.problem(FaultChanged, n.seq, "the line's bytes do not give its hash")
	}
	if n.seq <= c.at.Seq {
		return c.takeLate(n)
	}
	c.follow(n)
	c.at, c.sure, c.unread = Head{Seq: n.seq, Hash: n.hash}, n.intact, 0
	if c.report.First == 0 {
		c.report.First = n.seq
	}
	c.meet(n)
	return n.intact
}

// follow checks a line that comes after all before it.
func (c *chain) follow(n link) {
	missing := n.seq - c.at.Seq - 1
	switch {
	case missing == 0 && c.sure && n.intact && n.prev != c.at.Hash:
		c.problem(FaultChanged, n.seq, "the line does not follow from the one before it")
	case missing <= c.unread:
	case missing+uint64(len(c.gaps)) > maxGaps:
		c.problem(FaultDropped, c.at.Seq+1, fmt.Sprintf("%d lines are missing before this one", missing))
	default:
		for seq := c.at.Seq + 1; seq < n.seq; seq++ {
			c.gaps[seq] = true
		}
	}
}

// takeLate checks a line whose number has been passed.
func (c *chain) takeLate(n link) bool {
	if !c.gaps[n.seq] {
		c.problem(FaultMoved, n.seq, "the line stands here a second time, or in another's place")
		return false
	}
	delete(c.gaps, n.seq)
	c.problem(FaultMoved, n.seq, "the line stands after later ones")
	c.meet(n)
	return n.intact
}

// meet holds a line against the head.
func (c *chain) meet(n link) {
	if c.head != nil && n.seq == c.head.Seq && n.hash != c.head.Hash {
		c.problem(FaultChanged, n.seq, "the line is not the one that the head tells of")
	}
}

// broken notes a line that gives no number.
func (c *chain) broken(detail string) {
	c.problem(FaultChanged, 0, detail)
	c.sure = false
	c.unread++
}

func (c *chain) problem(f Fault, seq uint64, detail string) {
	if len(c.report.Problems) == maxProblems {
		c.report.More++
		return
	}
	c.report.Problems = append(c.report.Problems, Problem{Fault: f, Line: c.report.Lines, Seq: seq, Detail: detail})
}

func (c *chain) end() *Report {
	c.report.Last, c.report.Head = c.at.Seq, c.at.Hash.String()
	missing := make([]uint64, 0, len(c.gaps))
	for seq := range c.gaps {
		missing = append(missing, seq)
	}
	slices.Sort(missing)
	for len(missing) > 0 {
		run := 1
		for run < len(missing) && missing[run] == missing[0]+uint64(run) {
			run++
		}
		c.lost(FaultDropped, missing[0], missing[run-1])
		missing = missing[run:]
	}
	if c.head != nil && c.head.Seq > c.at.Seq {
		c.lost(FaultCut, c.at.Seq+1, c.head.Seq)
	}
	return c.report
}

func (c *chain) lost(f Fault, from, to uint64) {
	detail := fmt.Sprintf("line number %d is missing", from)
	if to > from {
		detail = fmt.Sprintf("line numbers %d to %d are missing", from, to)
	}
	if f == FaultCut {
		detail += ", by the word of the head"
	}
	c.problem(f, from, detail)
	if n := len(c.report.Problems); c.report.More == 0 {
		c.report.Problems[n-1].Line = 0
	}
}
