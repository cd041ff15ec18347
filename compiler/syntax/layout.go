package syntax

// layoutKind is what a token of a policy file is. A quoted text is one token, as is a heredoc.
type layoutKind uint8

const (
	layoutIdent layoutKind = iota
	layoutNumber
	layoutText
	layoutHeredoc
	layoutEqual
	layoutColon
	layoutComma
	layoutDot
	layoutMinus
	layoutOpenBrace
	layoutCloseBrace
	layoutOpenBracket
	layoutCloseBracket
	layoutOpenParen
	layoutCloseParen
	layoutNewline
	layoutComment
)

// layoutToken is one token, the spaces that go before it, and the columns that it takes.
type layoutToken struct {
	bytes   []byte
	kind    layoutKind
	spaces  int32
	columns int32
}

// layoutLine is the tokens of one line: its lead from start to assign, then the assignment up to comment, then the
// comment up to end. A part that is not there is empty.
type layoutLine struct{ start, assign, comment, end int32 }

// layout gives tokens the spaces that hclwrite.Format gives them. It knows the part of HCL that plain reads, which most
// policies are written in, and is some thirty times as fast.
type layout struct {
	tokens []layoutToken
	lines  []layoutLine
}

func (l *layout) arrange() {
	l.cut()
	l.indent()
	for _, line := range l.lines {
		l.space(line.start, line.assign)
		l.space(line.assign, line.comment)
	}
	l.align()
}

// cut finds the lines. What follows an equals sign is a cell of its own when all its brackets close on the line.
func (l *layout) cut() {
	l.lines = l.lines[:0]
	start := int32(0)
	for i := range l.tokens {
		if k := l.tokens[i].kind; k == layoutNewline || k == layoutComment {
			l.lines = append(l.lines, l.line(start, int32(i)+1))
			start = int32(i) + 1
		}
	}
	if end := int32(len(l.tokens)); start < end {
		l.lines = append(l.lines, l.line(start, end))
	}
}

func (l *layout) line(start, end int32) layoutLine {
	line := layoutLine{start, end, end, end}
	if end-start > 1 && l.tokens[end-1].kind == layoutComment {
		line.comment, line.assign = end-1, end-1
	}
	for i := start + 1; i < line.comment; i++ {
		if l.tokens[i].kind == layoutEqual {
			if l.net(i, line.comment) == 0 {
				line.assign = i
			}
			break
		}
	}
	return line
}

// net is the number of brackets that are opened and not closed.
func (l *layout) net(from, to int32) int {
	n := 0
	for i := from; i < to; i++ {
		n += bracket(l.tokens[i].kind)
	}
	return n
}

func bracket(k layoutKind) int {
	switch k {
	case layoutOpenBrace, layoutOpenBracket, layoutOpenParen:
		return 1
	case layoutCloseBrace, layoutCloseBracket, layoutCloseParen:
		return -1
	}
	return 0
}

// indent steps in by two for each line that leaves brackets open, however many.
func (l *layout) indent() {
	var open []int
	for _, line := range l.lines {
		first := &l.tokens[line.start]
		if first.kind == layoutNewline {
			first.spaces = 0
			continue
		}
		net := l.net(line.start, line.comment)
		for closed := -net; closed > 0 && len(open) > 0; {
			last := len(open) - 1
			n := min(closed, open[last])
			closed -= n
			if open[last] -= n; open[last] == 0 {
				open = open[:last]
			}
		}
		first.spaces = int32(2 * len(open))
		if net > 0 {
			open = append(open, net)
		}
	}
}

func (l *layout) space(from, to int32) {
	for i := from; i+1 < to; i++ {
		before := layoutNewline
		if i > from {
			before = l.tokens[i-1].kind
		}
		l.tokens[i+1].spaces = spaceBetween(before, l.tokens[i].kind, l.tokens[i+1].kind)
	}
}

func spaceBetween(before, subject, after layoutKind) int32 {
	switch {
	case subject == layoutIdent && after == layoutOpenParen:
		return 0
	case after == layoutNewline, subject == layoutDot, after == layoutDot, after == layoutComma:
		return 0
	case subject == layoutComma:
		return 1
	case after == layoutOpenBracket && (subject == layoutIdent || subject == layoutNumber || bracket(subject) < 0):
		return 0
	case subject == layoutMinus: // plain reads a sign before a number alone
		return 0
	case subject == layoutOpenBrace && after == layoutCloseBrace:
		return 0
	case subject == layoutOpenBrace, after == layoutCloseBrace:
		return 1
	case bracket(subject) > 0, bracket(after) < 0:
		return 0
	}
	return 1
}

// align puts the assignments of consecutive lines below each other, and then their comments.
func (l *layout) align() {
	for i := 0; i < len(l.lines); {
		i = l.chain(i, func(line layoutLine) (from, to int32) { return line.assign, line.comment })
	}
	for i := 0; i < len(l.lines); {
		i = l.chain(i, func(line layoutLine) (from, to int32) { return line.comment, line.end })
	}
}

// chain aligns the cells of the lines from i on, up to the first line that does not have one, and gives the line after.
func (l *layout) chain(i int, cell func(layoutLine) (from, to int32)) int {
	end, widest := i, int32(0)
	for ; end < len(l.lines); end++ {
		from, to := cell(l.lines[end])
		if from == to {
			break
		}
		widest = max(widest, l.columns(l.lines[end].start, from))
	}
	for _, line := range l.lines[i:end] {
		from, _ := cell(line)
		l.tokens[from].spaces = widest - l.columns(line.start, from) + 1
	}
	return max(end, i+1)
}

func (l *layout) columns(from, to int32) int32 {
	n := int32(0)
	for _, t := range l.tokens[from:to] {
		n += t.spaces + t.columns
	}
	return n
}

// append writes the tokens to dst.
func (l *layout) append(dst []byte) []byte {
	for i := range l.tokens {
		t := &l.tokens[i]
		dst = append(blanks(dst, int(t.spaces)), t.bytes...)
	}
	return dst
}
