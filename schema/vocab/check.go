package vocab

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/gatewright/gatewright/schema"
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
)

// Type is the type that a condition must have.
type Type uint8

const (
	Bool Type = iota
	String
	StringList
)

func (t Type) cel() *cel.Type {
	switch t {
	case String:
		return cel.StringType
	case StringList:
		return cel.ListType(cel.StringType)
	default:
		return cel.BoolType
	}
}

// hint says how to come to a value of the type.
func (t Type) hint() string {
	switch t {
	case String:
		return "name one claim, as claims.sub, or a text in single quotes"
	case StringList:
		return "name a claim that is a list, as claims.groups, or write one: [claims.group]"
	default:
		return "compare it with something, as with == 'x', < 7 or in [...]"
	}
}

// Locate maps an offset in a condition's text, in runes, to its position in the policy's file.
type Locate func(runeOffset int) schema.Pos

// Condition is a checked expression.
type Condition struct {
	vocabulary *Vocabulary
	want       Type
	text       string
	ast        *cel.Ast
	cost       uint64
	// written is the text that the tree was read from, with its place.
	written *check
}

// Text is the canonical text, references to expr blocks resolved.
func (c *Condition) Text() string { return c.text }

// Cost is the static upper bound in CEL's units, at most MaxCost.
func (c *Condition) Cost() uint64 { return c.cost }

// Check checks text that refers to no expr block. See CheckWith.
func (v *Vocabulary) Check(text string, want Type, at Locate, file string) (*Condition, schema.Diagnostics) {
	return v.CheckWith(text, want, nil, at, file)
}

// CheckWith parses text, checks that it has the wanted type, speaks only of this kind's variables and stays within the
// bounds, and inlines expr.NAME by exprs, which maps a name to canonical text. at and file place what is wrong; the
// condition is nil when anything is.
func (v *Vocabulary) CheckWith(text string, want Type, exprs map[string]string, at Locate, file string) (*Condition, schema.Diagnostics) {
	c := &check{v: v, text: text, at: at, file: file}
	if !c.bounded() {
		return nil, c.diags
	}
	parsed, ok := c.parse("Invalid CEL")
	if !ok {
		return nil, c.diags
	}
	full, origin, ok := c.inline(parsed, exprs)
	if !ok {
		return nil, c.diags
	}
	whole := &check{v: v, text: full, file: file, at: func(offset int) schema.Pos { return at(origin(offset)) }}
	if full != text { // an expr was inlined: the tree is another one
		if parsed, ok = whole.parse("Invalid condition"); !ok {
			return nil, whole.diags
		}
	}
	return whole.finish(parsed, want)
}

// check is the state of one CheckWith.
type check struct {
	v     *Vocabulary
	text  string
	at    Locate
	file  string
	diags schema.Diagnostics
}

// report adds an error that spans the runes from start to end of the text.
func (c *check) report(start, end int, summary, detail, hint string) {
	c.diags = append(c.diags, schema.Diagnostic{
		Summary: summary, Detail: detail, Hint: sentence(hint),
		Range: &schema.Range{File: c.file, Start: c.at(start), End: c.at(max(end, start+1))},
	})
}

func (c *check) bounded() bool {
	switch {
	case len(c.text) > MaxTextBytes:
		c.report(0, 1, "Condition is too long", fmt.Sprintf("It has %d bytes; at most %d are allowed.", len(c.text), MaxTextBytes), "split it into expr blocks and rules")
	case !utf8.ValidString(c.text):
		c.report(0, 1, "Condition is not valid UTF-8", "", "save the file as UTF-8")
	case strings.TrimSpace(c.text) == "":
		c.report(0, 1, "Condition is empty", "", "write a CEL expression, or remove the attribute")
	default:
		if offset, deep := tooDeep(c.text); deep {
			c.report(offset, offset+1, "Condition is nested too deeply", fmt.Sprintf("At most %d levels are allowed.", MaxDepth), "name parts of it with expr blocks")
			return false
		}
		return true
	}
	return false
}

// tooDeep counts brackets and prefix operators before the parser, which recurses, sees the text. It does not look into
// strings: a string with that many brackets is refused too.
func tooDeep(text string) (runeOffset int, deep bool) {
	depth, prefix, offset := 0, 0, 0
	for _, r := range text {
		switch r {
		case '(', '[', '{':
			depth++
			prefix = 0
		case ')', ']', '}':
			depth--
			prefix = 0
		case '!', '-', '?':
			prefix++
		case ' ', '\t', '\n', '\r':
		default:
			if r != ':' {
				prefix = 0
			}
		}
		if depth > MaxDepth || prefix > MaxDepth {
			return offset, true
		}
		offset++
	}
	return 0, false
}

func (c *check) parse(summary string) (*cel.Ast, bool) {
	parsed, iss := c.v.env.Parse(c.text)
	if iss.Err() != nil {
		c.issues(iss, summary)
		return nil, false
	}
	return parsed, true
}

// finish checks types, cost and patterns of the inlined text.
func (c *check) finish(parsed *cel.Ast, want Type) (*Condition, schema.Diagnostics) {
	checked, iss := c.v.env.Check(parsed)
	if iss.Err() != nil {
		c.issues(iss, "Invalid condition")
		return nil, c.diags
	}
	if got := checked.OutputType(); !assignable(got, want) {
		c.report(0, utf8.RuneCountInString(c.text), "Condition has the wrong type",
			sentence(fmt.Sprintf("%s is needed here, and this gives %s", typeName(want.cel().String()), typeName(got.String()))), want.hint())
		return nil, c.diags
	}
	if count := nodes(checked); count > MaxNodes {
		c.report(0, 1, "Condition is too large", fmt.Sprintf("It has %d nodes; at most %d are allowed.", count, MaxNodes), "split it into several rules")
		return nil, c.diags
	}
	c.patterns(checked)
	c.zones(checked)
	cost := c.bound(checked)
	if len(c.diags) > 0 {
		return nil, c.diags
	}
	text, err := cel.AstToString(checked)
	if err != nil {
		c.report(0, 1, "Condition cannot be written back", sentence(err.Error()), "")
		return nil, c.diags
	}
	return &Condition{vocabulary: c.v, want: want, text: text, ast: checked, cost: cost, written: c}, nil
}

func assignable(got *cel.Type, want Type) bool {
	return got.IsExactType(want.cel()) || got.IsExactType(cel.DynType) ||
		want == StringList && got.IsExactType(cel.ListType(cel.DynType))
}

func nodes(a *cel.Ast) int {
	count := 0
	ast.PostOrderVisit(a.NativeRep().Expr(), ast.NewExprVisitor(func(ast.Expr) { count++ }))
	return count
}
