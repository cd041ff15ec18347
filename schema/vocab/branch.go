package vocab

import (
	"github.com/google/cel-go/common/ast"
	celop "github.com/google/cel-go/common/operators"
)

// Branch is an expression of any type, taken apart where ?: chooses.
type Branch struct {
	// When chooses between Then and Else; it is nil where nothing is chosen.
	When       *Logic
	Then, Else *Branch
	// Text is CEL for an end.
	Text string
	// Constants are the texts of an end that is a literal: a text, or a list of texts.
	Literal   bool
	Constants []string
	// Claim is the name of the claim that an end gives as it is.
	Claim string
}

// Branches takes the expression apart.
func (c *Condition) Branches() *Branch {
	l := &logician{v: c.vocabulary, tree: c.ast.NativeRep()}
	return l.branch(c.ast.NativeRep().Expr())
}

func (l *logician) branch(e ast.Expr) *Branch {
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == celop.Conditional {
		args := e.AsCall().Args()
		return &Branch{When: l.split(args[0]), Then: l.branch(args[1]), Else: l.branch(args[2])}
	}
	b := &Branch{Text: l.text(e)}
	switch e.Kind() {
	case ast.LiteralKind:
		text, ok := constant(e)
		b.Literal, b.Constants = ok, []string{text}
	case ast.ListKind:
		b.Constants, b.Literal = constantTexts(e.AsList().Elements())
	case ast.SelectKind:
		s := e.AsSelect()
		if !s.IsTestOnly() && s.Operand().Kind() == ast.IdentKind && s.Operand().AsIdent() == "claims" {
			b.Claim = s.FieldName()
		}
	}
	return b
}
