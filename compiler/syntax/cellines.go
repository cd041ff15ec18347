package syntax

import (
	"bytes"
	"unicode/utf8"
)

// lay puts the tokens from lo to hi after what is on the line already. Where they and trail more columns do not fit, or
// the writer broke them, the line is broken: at choices, else at ||, else at &&, else inside of brackets. The first
// token takes no space.
func (f *celFormatter) lay(lo, hi, indent, trail int) {
	if lo >= hi {
		return
	}
	if f.fits(lo, hi, trail) {
		f.flat(lo, hi)
		return
	}
	if split := f.loosest(lo, hi); split != splitNot {
		f.broken(lo, hi, indent, trail, split)
		return
	}
	if opener := f.widest(lo, hi); opener >= 0 {
		f.bracketed(lo, hi, opener, indent, trail)
		return
	}
	f.flat(lo, hi)
}

func (f *celFormatter) column() int {
	return utf8.RuneCount(f.out[bytes.LastIndexByte(f.out, '\n')+1:])
}

func (f *celFormatter) fits(lo, hi, trail int) bool {
	width := int(f.parts[hi-1].flat - f.parts[lo].flat + f.parts[lo].end - f.parts[lo].start)
	return f.column()+width+trail <= CELWidth && !f.hasBreaks(lo, hi)
}

// findBreaks looks for the operators beside which the writer began a line. They stay broken, so that short terms may
// stand below each other.
func (f *celFormatter) findBreaks() {
	newline := func(from, to int32) bool { return bytes.IndexByte(f.text[from:to], '\n') >= 0 }
	n := int32(0)
	for i := range f.parts {
		p := &f.parts[i]
		if p.split != splitNot && (newline(f.parts[i-1].end, p.start) || i+1 < len(f.parts) && newline(p.end, f.parts[i+1].start)) {
			n++
		}
		p.breaks = n
	}
}

func (f *celFormatter) hasBreaks(lo, hi int) bool { return f.parts[hi-1].breaks > f.parts[lo].breaks }

func (f *celFormatter) flat(lo, hi int) {
	f.out = append(f.out, f.written(&f.parts[lo])...)
	for i := lo + 1; i < hi; i++ {
		f.out = f.put(f.out, i)
	}
}

// outer calls each for every token that is in no bracket within lo and hi.
func (f *celFormatter) outer(lo, hi int, each func(i int)) {
	for i := lo; i < hi; i++ {
		each(i)
		if m := int(f.parts[i].match); m > i {
			i = m
		}
	}
}

// loosest gives the loosest of the operators at which lines are broken.
func (f *celFormatter) loosest(lo, hi int) celSplit {
	found := splitNot
	f.outer(lo, hi, func(i int) {
		if s := f.parts[i].split; s != splitNot && (found == splitNot || s < found) {
			found = s
		}
	})
	return found
}

// broken puts each operand on a line of its own, those after the first indented. && and || end a line; ? and : begin one.
func (f *celFormatter) broken(lo, hi, indent, trail int, split celSplit) {
	from, first := lo, true
	next := func(to, trail int) {
		inner := indent
		if !first {
			inner += celIndent
			f.line(inner)
		}
		if split == splitChoice && !first {
			f.out = append(append(f.out, f.written(&f.parts[from])...), ' ')
			from++
		}
		f.lay(from, to, inner, trail)
		from, first = to, false
	}
	f.outer(lo, hi, func(i int) {
		switch {
		case f.parts[i].split != split:
		case split == splitChoice:
			next(i, 0)
		default:
			next(i, 3)
			f.out = append(append(f.out, ' '), f.written(&f.parts[i])...)
			from = i + 1
		}
	})
	next(hi, trail)
}

// widest gives the first bracket with a break of the writer in it, else the one that holds most; -1 when none holds
// anything.
func (f *celFormatter) widest(lo, hi int) int {
	best, width, kept := -1, int32(0), false
	f.outer(lo, hi, func(i int) {
		m := int(f.parts[i].match)
		if m <= i+1 || m >= hi {
			return
		}
		switch w := f.parts[m].flat - f.parts[i].flat; {
		case kept:
		case f.hasBreaks(i, m):
			best, kept = i, true
		case w > width:
			best, width = i, w
		}
	})
	return best
}

// bracketed breaks inside of one pair of brackets: each element on a line of its own, or, where the brackets only
// group, the operands as without them.
func (f *celFormatter) bracketed(lo, hi, opener, indent, trail int) {
	closer := int(f.parts[opener].match)
	f.flat(lo, opener+1)
	after := trail
	if closer+1 < hi {
		after = 0
	}
	if f.parts[opener].grouping {
		f.lay(opener+1, closer, indent, after+1)
		f.flat(closer, closer+1)
	} else {
		f.elements(opener+1, closer, indent+celIndent)
		f.line(indent)
		f.flat(closer, closer+1)
	}
	if closer+1 < hi {
		if f.parts[closer+1].space {
			f.out = append(f.out, ' ')
		}
		f.lay(closer+1, hi, indent, trail)
	}
}

func (f *celFormatter) elements(lo, hi, indent int) {
	from := lo
	f.outer(lo, hi, func(i int) {
		if f.text[f.parts[i].start] == ',' && f.parts[i].kind == celSign {
			f.line(indent)
			f.lay(from, i, indent, 1)
			f.flat(i, i+1)
			from = i + 1
		}
	})
	if from < hi {
		f.line(indent)
		f.lay(from, hi, indent, 0)
	}
}

// keepLines puts tokens on the lines on which they were written, indented by brackets and by operators.
func (f *celFormatter) keepLines(indent int) {
	depth, last := 0, -1
	for i := 0; i < len(f.parts); {
		end := f.lineEnd(i)
		if i > 0 && bytes.Count(f.text[f.parts[i-1].end:f.parts[i].start], []byte("\n")) > 1 {
			f.out = append(f.out, '\n')
		}
		f.line(indent + celIndent*f.steps(i, depth, last))
		f.kept(i, end)
		for ; i < end; i++ {
			p := &f.parts[i]
			if p.kind == celComment {
				continue
			}
			last = i
			if m := int(p.match); m > i {
				depth++
			} else if m >= 0 {
				depth--
			}
		}
	}
}

// lineEnd gives the first token after i that was written on another line.
func (f *celFormatter) lineEnd(i int) int {
	end := i + 1
	for end < len(f.parts) && bytes.IndexByte(f.text[f.parts[end-1].end:f.parts[end].start], '\n') < 0 {
		end++
	}
	return end
}

// steps gives the indent of a line that begins with token i: its open brackets and, where it goes on with an operator,
// one more. A comment is indented as the code after it.
func (f *celFormatter) steps(i, depth, last int) int {
	for i < len(f.parts) && f.parts[i].kind == celComment {
		i++
	}
	if i == len(f.parts) {
		return depth
	}
	goesOn := f.parts[i].binary || last >= 0 && f.parts[last].binary
	for ; i < len(f.parts) && f.parts[i].match >= 0 && int(f.parts[i].match) < i; i++ {
		depth--
	}
	if goesOn {
		depth++
	}
	return max(0, depth)
}

func (f *celFormatter) kept(lo, hi int) {
	for i := lo; i < hi; i++ {
		if p := &f.parts[i]; i > lo && p.space {
			f.out = append(f.out, ' ')
		}
		f.out = append(f.out, bytes.TrimRight(f.written(&f.parts[i]), " \t\r\f")...)
	}
}
