package vocab

import (
	"fmt"
	"math/bits"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
)

// patterns compiles every constant regular expression and refuses those that are not constant: what a fact holds must
// not decide how long it takes to look at it.
func (c *check) patterns(a *cel.Ast) {
	info := a.NativeRep().SourceInfo()
	ast.PostOrderVisit(a.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != "matches" {
			return
		}
		call := e.AsCall()
		pattern := call.Args()[len(call.Args())-1]
		start, end := c.extent(info, pattern)
		text, ok := constant(pattern)
		switch {
		case !ok:
			c.report(start, end, "Regular expression is not constant", "matches takes a pattern that is known when the policy is compiled.", "write the pattern as a string")
		case len(text) > MaxPatternBytes:
			c.report(start, end, "Regular expression is too large", fmt.Sprintf("It has %d bytes; at most %d are allowed.", len(text), MaxPatternBytes),
				"compare with a list of texts instead: FACT in ['a', 'b']")
		default:
			c.pattern(start, end, text)
		}
	}))
}

func (c *check) pattern(start, end int, text string) {
	parsed, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		c.badPattern(start, end, text, err)
		return
	}
	if size := steps(parsed); size > MaxPatternSteps {
		c.report(start, end, "Regular expression is too large", fmt.Sprintf("Its program has %s steps; at most %s are allowed.", units(uint64(size)), units(MaxPatternSteps)),
			"use smaller numbers of repetition, as in {1,20}")
	}
}

// steps is the size of the program that an expression compiles to, or a little more. It is counted on the tree, since a
// repetition of repetitions is short as a tree and long as a program.
func steps(re *syntax.Regexp) int {
	const most = 1 << 30
	n := 1
	switch re.Op {
	case syntax.OpLiteral:
		n = len(re.Rune)
	case syntax.OpCharClass:
		n = 1 + bits.Len(uint(len(re.Rune))) // a class is one step, in which a range is looked for
	}
	for _, sub := range re.Sub {
		n = min(n+steps(sub), most)
	}
	if re.Op == syntax.OpRepeat {
		n = min(n*max(re.Min, re.Max, 1), most)
	}
	return n
}

// programSize is steps of a pattern that may be wrong.
func programSize(pattern string) int {
	if len(pattern) > MaxPatternBytes {
		return MaxPatternSteps
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return len(pattern)
	}
	return min(steps(parsed), MaxPatternSteps)
}

// badPattern points into the pattern where the error names the part that is wrong.
func (c *check) badPattern(start, end int, pattern string, err error) {
	detail := err.Error()
	if se, ok := err.(*syntax.Error); ok {
		detail = string(se.Code)
		if se.Expr != "" && se.Expr != pattern {
			detail += ": " + se.Expr
		}
		offsets := literalOffsets([]rune(c.text), start, pattern)
		if at := faultAt(pattern, se); at >= 0 && offsets != nil {
			from := utf8.RuneCountInString(pattern[:at])
			start, end = offsets[from], offsets[from+utf8.RuneCountInString(se.Expr)]
		}
	}
	c.report(start, end, "Invalid regular expression", sentence(detail), "the syntax is RE2's; a backslash stands for itself in r'...' and is doubled in '...'")
}

// faultAt finds the part of a pattern that an error names: the first at which the pattern, cut behind it, has the same
// error; -1 when there is none.
func faultAt(pattern string, fault *syntax.Error) int {
	for from := 0; from <= len(pattern); {
		i := strings.Index(pattern[from:], fault.Expr)
		if i < 0 {
			return -1
		}
		at := from + i
		_, err := syntax.Parse(pattern[:at+len(fault.Expr)], syntax.Perl)
		if same, ok := err.(*syntax.Error); ok && same.Code == fault.Code {
			return at
		}
		from = at + 1
	}
	return -1
}
func constant(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().(types.String)
	return string(s), ok
}

// zones refuses names of time zones: what they mean stands in a database of the machine, and a decision reads no file.
func (c *check) zones(a *cel.Ast) {
	info := a.NativeRep().SourceInfo()
	ast.PostOrderVisit(a.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || !e.AsCall().IsMemberFunction() || len(e.AsCall().Args()) != 1 {
			return
		}
		if !strings.HasPrefix(e.AsCall().FunctionName(), "get") {
			return
		}
		zone := e.AsCall().Args()[0]
		if text, ok := constant(zone); ok && (text == "UTC" || offsetZone.MatchString(text)) {
			return
		}
		start := c.offset(info.GetStartLocation(zone.ID()))
		c.report(start, start+1, "Time zone is not an offset", "Names of time zones mean different things on different machines.",
			"write an offset, as '+02:00', or leave it out for UTC")
	}))
}

// offsetZone is what CEL takes for an offset without looking it up.
var offsetZone = regexp.MustCompile(`^[+-]?[0-9]{2}:[0-9]{2}$`)
