package vocab

import (
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/interpreter"
)

// Unknown names facts that are not known yet when a condition is asked.
type Unknown struct {
	patterns []*interpreter.AttributePattern
}

// NewUnknown takes variables, as "sql", and fields, as "request.time".
func NewUnknown(names ...string) *Unknown {
	u := &Unknown{}
	for _, name := range names {
		variable, field, isField := strings.Cut(name, ".")
		pattern := cel.AttributePattern(variable)
		if isField {
			pattern = pattern.QualString(field)
		}
		u.patterns = append(u.patterns, pattern)
	}
	return u
}

// Partial evaluates as Bool does, with some facts unknown: known is false when the result hangs on them. It prepares a
// second program at its first call, and is not for the path that decides statements.
func (p *Program) Partial(b *Binding, u *Unknown) (value, known bool, err error) {
	program, err := p.partial.get()
	if err != nil {
		return false, true, err
	}
	v, _, err := program.Eval(&partialBinding{Binding: b, unknown: u})
	switch {
	case err != nil:
		return false, true, err
	case types.IsUnknown(v):
		return false, false, nil
	}
	result, ok := v.(types.Bool)
	if !ok {
		return false, true, errNotBool
	}
	return bool(result), true, nil
}

// partialBinding implements CEL's PartialActivation.
type partialBinding struct {
	*Binding
	unknown *Unknown
}

func (p *partialBinding) UnknownAttributePatterns() []*interpreter.AttributePattern {
	return p.unknown.patterns
}

func (p *partialBinding) AsPartialActivation() (interpreter.PartialActivation, bool) { return p, true }
