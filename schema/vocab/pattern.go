package vocab

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
)

// patterns compiles every constant regular expression and refuses those that are not constant.
func (c *check) patterns(a *cel.Ast) {
	info := a.NativeRep().SourceInfo()
	ast.PostOrderVisit(a.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != "matches" {
			return
		}
		call := e.AsCall()
		pattern := call.Args()[len(call.Args())-1]
		start := c.offset(info.GetStartLocation(pattern.ID()))
		text, ok := constant(pattern)
		switch {
		case !ok:
			c.report(start, start+1, "Regular expression is not constant", "matches takes a pattern that is known when the policy is compiled.", "write the pattern as a string")
		case len(text) > MaxPatternBytes:
			c.report(start, start+1, "Regular expression is too long", fmt.Sprintf("At most %d bytes are allowed.", MaxPatternBytes), "")
		default:
			if _, err := regexp.Compile(text); err != nil {
				c.badPattern(start, text, err)
			}
		}
	}))
}

// badPattern points into the pattern where the error names the part that is wrong.
func (c *check) badPattern(start int, pattern string, err error) {
	detail := err.Error()
	end := start + 1
	if se, ok := err.(*syntax.Error); ok {
		detail = string(se.Code)
		if i := strings.Index(pattern, se.Expr); i >= 0 {
			start += 1 + utf8.RuneCountInString(pattern[:i])
			end = start + utf8.RuneCountInString(se.Expr)
		}
	}
	c.report(start, end, "Invalid regular expression", sentence(detail), "the syntax is RE2's")
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
