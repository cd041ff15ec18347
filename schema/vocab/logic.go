package vocab

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	celop "github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
)

// Op is how a Logic or a Valued joins its arguments. As in CEL, false settles an And and true an Or, whatever has no value beside it.
type Op uint8

const (
	OpLeaf Op = iota
	// OpAnd without arguments is true, OpOr false.
	OpAnd
	OpOr
	OpNot
	// OpIf has three arguments: the choice, and what is taken when it is true and when it is false.
	OpIf
	// OpSame has two arguments: true when both are true or both are false. It has no value where one of them has none,
	// whatever is not known of the other.
	OpSame
)

// Logic is a condition taken apart into the questions that it asks. Conditions that ask the same questions in another
// order, or in another of CEL's ways to write them, have the same leaves.
type Logic struct {
	Op   Op
	Args []*Logic
	Leaf *Leaf
}

// Form says what a Leaf asks.
type Form uint8

const (
	// FormTruth asks whether Text is true.
	FormTruth Form = iota
	// FormOneOf asks whether Term is one of Values.
	FormOneOf
	// FormBelow asks whether Term, a whole number or a time in nanoseconds since 1970, is less than Bound.
	FormBelow
	// FormHolds asks whether the list Term holds the one of Values.
	FormHolds
)

// Leaf is one question.
type Leaf struct {
	// Text is CEL for the whole question, Term for what it is asked of.
	Text, Term string
	Form       Form
	// Values are sorted.
	Values []string
	Bound  int64
	// Total leaves always have a value: nothing in them can fail.
	Total bool
	// Strict leaves hold no logic of their own: where one of their facts is unknown, so are they.
	Strict bool
	// Facts are what it speaks of, as "sql.limit", sorted; a variable alone where it is not asked for a field.
	Facts []string
	// Constants are the texts that stand in it, sorted.
	Constants []string
}

// Logic takes the condition apart.
func (c *Condition) Logic() *Logic {
	l := &logician{v: c.vocabulary, tree: c.ast.NativeRep()}
	return l.split(c.ast.NativeRep().Expr())
}

type logician struct {
	v    *Vocabulary
	tree *ast.AST
}

func constantLogic(value bool) *Logic {
	if value {
		return &Logic{Op: OpAnd}
	}
	return &Logic{Op: OpOr}
}

func not(l *Logic) *Logic {
	switch {
	case l.Op == OpNot:
		return l.Args[0]
	case l.Op == OpAnd && len(l.Args) == 0:
		return constantLogic(false)
	case l.Op == OpOr && len(l.Args) == 0:
		return constantLogic(true)
	}
	return &Logic{Op: OpNot, Args: []*Logic{l}}
}

func (l *logician) all(op Op, list []ast.Expr) *Logic {
	out := &Logic{Op: op}
	for _, e := range list {
		out.Args = append(out.Args, l.split(e))
	}
	return out
}

// split takes an expression of type bool apart.
func (l *logician) split(e ast.Expr) *Logic {
	switch e.Kind() {
	case ast.LiteralKind:
		if b, ok := e.AsLiteral().(types.Bool); ok {
			return constantLogic(bool(b))
		}
	case ast.ComprehensionKind:
		if found := l.exists(e); found != nil {
			return found
		}
	case ast.CallKind:
		if found := l.call(e.AsCall().FunctionName(), e.AsCall().Args()); found != nil {
			return found
		}
	}
	return l.truth(e)
}

// call splits at the operators that have a meaning here; nil for all others.
func (l *logician) call(function string, args []ast.Expr) *Logic {
	switch function {
	case celop.LogicalAnd:
		return l.all(OpAnd, args)
	case celop.LogicalOr:
		return l.all(OpOr, args)
	case celop.LogicalNot:
		return not(l.split(args[0]))
	case celop.Conditional:
		return l.all(OpIf, args)
	case celop.Equals:
		return l.equal(args[0], args[1])
	case celop.NotEquals:
		return not(l.equal(args[0], args[1]))
	case celop.In:
		return l.in(args[0], args[1])
	case celop.Less:
		return l.less(args[0], args[1])
	case celop.Greater:
		return l.less(args[1], args[0])
	case celop.GreaterEquals:
		return not(l.less(args[0], args[1]))
	case celop.LessEquals:
		return not(l.less(args[1], args[0]))
	}
	return nil
}

func (l *logician) equal(a, b ast.Expr) *Logic {
	if _, ok := l.value(a); ok || a.Kind() == ast.LiteralKind {
		a, b = b, a
	}
	if text, ok := constant(b); ok {
		return l.oneOf(a, []string{text})
	}
	if n, ok := l.value(b); ok && l.ordered(a) {
		return l.exactly(a, n)
	}
	if l.isBool(a) && l.isBool(b) {
		return l.all(OpSame, []ast.Expr{a, b})
	}
	one, two := l.text(a), l.text(b)
	if two < one {
		one, two, a, b = two, one, b, a
	}
	return l.leaf(&Leaf{Text: wrapped(one) + " == " + wrapped(two)}, a, b)
}

// exactly is equality of a whole number or a time with a constant.
func (l *logician) exactly(e ast.Expr, n int64) *Logic {
	if n == math.MaxInt64 {
		return not(l.below(e, n))
	}
	return &Logic{Op: OpAnd, Args: []*Logic{not(l.below(e, n)), l.below(e, n+1)}}
}

// oneOf asks whether a text is one of some constants.
func (l *logician) oneOf(e ast.Expr, values []string) *Logic {
	if text, ok := constant(e); ok {
		return constantLogic(slices.Contains(values, text))
	}
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == celop.Conditional {
		args := e.AsCall().Args()
		return &Logic{Op: OpIf, Args: []*Logic{l.split(args[0]), l.oneOf(args[1], values), l.oneOf(args[2], values)}}
	}
	values = slices.Compact(slices.Sorted(slices.Values(values)))
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quote(v)
	}
	term := l.text(e)
	text := wrapped(term) + " == " + quoted[0]
	if len(values) > 1 {
		text = wrapped(term) + " in [" + strings.Join(quoted, ", ") + "]"
	}
	return l.leaf(&Leaf{Form: FormOneOf, Text: text, Term: term, Values: values, Constants: values}, e)
}

// in asks whether a list holds something.
func (l *logician) in(e, list ast.Expr) *Logic {
	if list.Kind() == ast.CallKind && list.AsCall().FunctionName() == celop.Conditional {
		args := list.AsCall().Args()
		return &Logic{Op: OpIf, Args: []*Logic{l.split(args[0]), l.in(e, args[1]), l.in(e, args[2])}}
	}
	if list.Kind() == ast.ListKind {
		if values, ok := constantTexts(list.AsList().Elements()); ok && len(values) > 0 {
			return l.oneOf(e, values)
		}
		if found := l.inNumbers(e, list.AsList().Elements()); found != nil {
			return found
		}
	}
	if text, ok := constant(e); ok && l.tree.GetType(list.ID()).Kind() != types.MapKind {
		return l.holds(list, text)
	}
	return l.leaf(&Leaf{Text: wrapped(l.text(e)) + " in " + wrapped(l.text(list))}, e, list)
}

func (l *logician) holds(list ast.Expr, text string) *Logic {
	term := wrapped(l.text(list))
	leaf := &Leaf{Form: FormHolds, Text: quote(text) + " in " + term, Term: term, Values: []string{text}, Constants: []string{text}}
	return l.leaf(leaf, list)
}

func (l *logician) inNumbers(e ast.Expr, elements []ast.Expr) *Logic {
	out := &Logic{Op: OpOr}
	for _, element := range elements {
		n, ok := l.value(element)
		if !ok || !l.ordered(e) {
			return nil
		}
		out.Args = append(out.Args, l.exactly(e, n))
	}
	if len(out.Args) == 0 {
		return nil
	}
	return out
}

func constantTexts(list []ast.Expr) ([]string, bool) {
	var out []string
	for _, e := range list {
		text, ok := constant(e)
		if !ok {
			return nil, false
		}
		out = append(out, text)
	}
	return out, true
}

// less asks whether a is less than b, for types where that has an opposite.
func (l *logician) less(a, b ast.Expr) *Logic {
	if !l.comparable(a) || !l.comparable(b) {
		return l.leaf(&Leaf{Text: wrapped(l.text(a)) + " < " + wrapped(l.text(b))}, a, b)
	}
	if n, ok := l.value(b); ok && l.ordered(a) {
		return l.below(a, n)
	}
	if n, ok := l.value(a); ok && l.ordered(b) {
		if n == math.MaxInt64 { // never: and yet, where b is not known, nor is this
			return l.below(b, math.MinInt64)
		}
		return not(l.below(b, n+1))
	}
	return l.leaf(&Leaf{Text: wrapped(l.text(a)) + " < " + wrapped(l.text(b))}, a, b)
}

func (l *logician) below(e ast.Expr, n int64) *Logic {
	term := l.text(e)
	bound := types.Int(n)
	text := wrapped(term) + " < " + types.Format(bound)
	if l.tree.GetType(e.ID()).IsExactType(types.TimestampType) {
		text = wrapped(term) + " < timestamp('" + time.Unix(0, n).UTC().Format(time.RFC3339Nano) + "')"
	}
	return l.leaf(&Leaf{Form: FormBelow, Text: text, Term: term, Bound: n}, e)
}

// ordered reports whether comparisons of e with constants cut one line into stretches.
func (l *logician) ordered(e ast.Expr) bool {
	t := l.tree.GetType(e.ID())
	return (t.IsExactType(types.IntType) || t.IsExactType(types.TimestampType)) && l.total(e)
}

func (l *logician) comparable(e ast.Expr) bool {
	switch l.tree.GetType(e.ID()).Kind() {
	case types.IntKind, types.StringKind, types.TimestampKind, types.DurationKind, types.UintKind, types.BoolKind:
		return true
	}
	return false
}

func (l *logician) isBool(e ast.Expr) bool { return l.tree.GetType(e.ID()).IsExactType(types.BoolType) }

// value gives a constant whole number, or a constant time in nanoseconds.
func (l *logician) value(e ast.Expr) (int64, bool) {
	if e.Kind() == ast.LiteralKind {
		n, ok := e.AsLiteral().(types.Int)
		return int64(n), ok
	}
	if e.Kind() != ast.CallKind || len(e.AsCall().Args()) != 1 {
		return 0, false
	}
	arg := e.AsCall().Args()[0]
	if e.AsCall().FunctionName() == celop.Negate {
		n, ok := l.value(arg)
		return -n, ok && n != math.MinInt64
	}
	text, ok := constant(arg)
	if !ok || e.AsCall().FunctionName() != "timestamp" {
		return 0, false
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || t.Year() < 1700 || t.Year() > 2200 {
		return 0, false
	}
	return t.UnixNano(), true
}

// exists splits LIST.exists(e, e == 'a' || e in ['b', 'c']) into the membership of each text; nil for other macros.
func (l *logician) exists(e ast.Expr) *Logic {
	loop := e.AsComprehension()
	start, isBool := loop.AccuInit().AsLiteral().(types.Bool)
	step := loop.LoopStep()
	if loop.AccuInit().Kind() != ast.LiteralKind || !isBool || bool(start) || loop.IterVar2() != "" || step.Kind() != ast.CallKind ||
		step.AsCall().FunctionName() != celop.LogicalOr || !l.tree.GetType(loop.IterRange().ID()).IsExactType(types.NewListType(types.StringType)) {
		return nil
	}
	values, ok := texts(step.AsCall().Args()[1], loop.IterVar())
	if !ok {
		return nil
	}
	out := &Logic{Op: OpOr}
	for _, value := range slices.Compact(slices.Sorted(slices.Values(values))) {
		out.Args = append(out.Args, l.holds(loop.IterRange(), value))
	}
	return out
}

// texts gives the constants that e compares the variable with, when it does nothing else.
func texts(e ast.Expr, variable string) ([]string, bool) {
	if e.Kind() != ast.CallKind {
		return nil, false
	}
	args := e.AsCall().Args()
	isVariable := func(e ast.Expr) bool { return e.Kind() == ast.IdentKind && e.AsIdent() == variable }
	switch e.AsCall().FunctionName() {
	case celop.LogicalOr:
		var all []string
		for _, arg := range args {
			some, ok := texts(arg, variable)
			if !ok {
				return nil, false
			}
			all = append(all, some...)
		}
		return all, true
	case celop.Equals:
		if text, ok := constant(args[1]); ok && isVariable(args[0]) {
			return []string{text}, true
		}
		text, ok := constant(args[0])
		return []string{text}, ok && isVariable(args[1])
	case celop.In:
		if args[1].Kind() != ast.ListKind || !isVariable(args[0]) {
			return nil, false
		}
		return constantTexts(args[1].AsList().Elements())
	}
	return nil, false
}

func (l *logician) truth(e ast.Expr) *Logic { return l.leaf(&Leaf{Text: l.text(e)}, e) }

// leaf completes a leaf from the expressions that stand in it. One without facts is a constant.
func (l *logician) leaf(f *Leaf, of ...ast.Expr) *Logic {
	f.Total, f.Strict = true, true
	for _, e := range of {
		f.Total = f.Total && l.total(e)
		f.Strict = f.Strict && strict(e)
		l.mentions(f, e)
	}
	slices.Sort(f.Facts)
	f.Facts = slices.Compact(f.Facts)
	slices.Sort(f.Constants)
	f.Constants = slices.Compact(f.Constants)
	if len(f.Facts) == 0 {
		if value, ok := l.fold(f.Text); ok {
			return constantLogic(value)
		}
	}
	return &Logic{Leaf: f}
}

func (l *logician) fold(text string) (value, ok bool) {
	checked, iss := l.v.env.Compile(text)
	if iss.Err() != nil {
		return false, false
	}
	p, err := l.v.env.Program(checked, cel.CostLimit(MaxCost))
	if err != nil {
		return false, false
	}
	v, _, err := p.Eval(cel.NoVars())
	b, isBool := v.(types.Bool)
	return bool(b), err == nil && isBool
}

func (l *logician) text(e ast.Expr) string {
	text, err := cel.ExprToString(e, l.tree.SourceInfo())
	if err != nil {
		return ""
	}
	return text
}

// wrapped puts a text into parentheses where an operator beside it might tear it apart.
func wrapped(text string) string {
	for _, r := range text {
		if r == ' ' || r == '!' || r == '-' || r == '?' {
			return "(" + text + ")"
		}
	}
	return text
}

// quote writes a text as CEL.
func quote(text string) string {
	f := ast.NewExprFactory()
	out, err := cel.ExprToString(f.NewLiteral(1, types.String(text)), ast.NewSourceInfo(nil))
	if err != nil {
		return "''"
	}
	return out
}
