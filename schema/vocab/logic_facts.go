package vocab

import (
	"slices"

	"github.com/google/cel-go/common/ast"
	celop "github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
)

// neverFails are functions and operators that have a value for whatever their types allow, once no argument is of a
// type known at run time only.
var neverFails = []string{
	celop.Less, celop.LessEquals, celop.Greater, celop.GreaterEquals, celop.In, "startsWith", "endsWith", "contains",
	"matches", "size", "lowerAscii", "upperAscii", "trim", "split", "getHours", "getMinutes", "getSeconds", "getFullYear",
	"getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear",
}

// failsWithArgument are operators that fail only where an argument does.
var failsWithArgument = []string{
	celop.LogicalAnd, celop.LogicalOr, celop.LogicalNot, celop.Conditional, celop.NotStrictlyFalse,
	celop.Equals, celop.NotEquals,
}

// total reports whether an expression surely has a value.
func (l *logician) total(e ast.Expr) bool {
	switch e.Kind() {
	case ast.LiteralKind, ast.IdentKind:
		return true
	case ast.ListKind:
		return every(e.AsList().Elements(), l.total)
	case ast.SelectKind:
		return l.totalSelect(e.AsSelect())
	case ast.ComprehensionKind:
		loop := e.AsComprehension()
		return every([]ast.Expr{loop.IterRange(), loop.AccuInit(), loop.LoopCondition(), loop.LoopStep(), loop.Result()}, l.total) &&
			l.typed(loop.IterRange())
	case ast.CallKind:
		if _, ok := l.value(e); ok {
			return true
		}
		return l.totalCall(e.AsCall())
	}
	return false
}

// totalSelect: a struct has all of its fields, a map may lack any.
func (l *logician) totalSelect(s ast.SelectExpr) bool {
	of := l.tree.GetType(s.Operand().ID())
	return l.total(s.Operand()) && (of.Kind() == types.StructKind || s.IsTestOnly() && of.Kind() == types.MapKind)
}

func (l *logician) totalCall(call ast.CallExpr) bool {
	args := call.Args()
	if call.IsMemberFunction() {
		args = append([]ast.Expr{call.Target()}, args...)
	}
	if !every(args, l.total) {
		return false
	}
	switch {
	case slices.Contains(failsWithArgument, call.FunctionName()):
		return true
	case call.FunctionName() == celop.Add:
		kind := l.tree.GetType(args[0].ID()).Kind()
		return kind == types.StringKind || kind == types.ListKind
	}
	return slices.Contains(neverFails, call.FunctionName()) && every(args, l.typed)
}

// typed reports whether the type of e is known before it runs.
func (l *logician) typed(e ast.Expr) bool {
	kind := l.tree.GetType(e.ID()).Kind()
	return kind != types.DynKind && kind != types.AnyKind && kind != types.ErrorKind
}

func every(list []ast.Expr, ok func(ast.Expr) bool) bool {
	return !slices.ContainsFunc(list, func(e ast.Expr) bool { return !ok(e) })
}

// strict reports whether an expression is of functions that need all of their arguments.
func strict(e ast.Expr) bool {
	found := true
	ast.PostOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.ComprehensionKind:
			found = false
		case ast.CallKind:
			switch e.AsCall().FunctionName() {
			case celop.LogicalAnd, celop.LogicalOr, celop.Conditional, celop.NotStrictlyFalse:
				found = false
			}
		}
	}))
	return found
}

// mentions adds the facts and the texts of an expression.
func (l *logician) mentions(f *Leaf, e ast.Expr) {
	variables := l.v.kind.variables()
	fields := 0
	ast.PostOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		if text, ok := constant(e); ok {
			f.Constants = append(f.Constants, text)
		}
		if e.Kind() != ast.SelectKind {
			return
		}
		s := e.AsSelect()
		if s.Operand().Kind() == ast.IdentKind && slices.Contains(variables, s.Operand().AsIdent()) {
			f.Facts = append(f.Facts, s.Operand().AsIdent()+"."+s.FieldName())
			fields++
		}
	}))
	ast.PostOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.IdentKind && slices.Contains(variables, e.AsIdent()) {
			if fields--; fields < 0 {
				f.Facts = append(f.Facts, e.AsIdent())
			}
		}
	}))
}
