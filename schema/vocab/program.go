package vocab

import (
	"errors"
	"fmt"
	"sync"

	"github.com/gatewright/gatewright/schema"
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// Program is a condition ready to run, from many goroutines at once.
type Program struct {
	program cel.Program
	// limited stops at MaxCost; it is slower, and serves facts that are larger than the static bound assumed.
	limited variant
	// partial knows of unknown facts.
	partial variant
}

// variant is a program that is made when it is first asked for.
type variant struct{ get func() (cel.Program, error) }

func (c *Condition) variant(options ...cel.ProgramOption) variant {
	return variant{sync.OnceValues(func() (cel.Program, error) { return c.vocabulary.env.Program(c.ast, options...) })}
}

// Program prepares the condition. Constants are folded and patterns compiled here, once.
func (c *Condition) Program() (*Program, error) {
	p, err := c.vocabulary.env.Program(c.ast, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, fmt.Errorf("preparing condition %s: %w", c.text, err)
	}
	return &Program{
		program: p,
		limited: c.variant(cel.EvalOptions(cel.OptOptimize), cel.CostLimit(MaxCost)),
		partial: c.variant(cel.EvalOptions(cel.OptPartialEval), cel.CostLimit(MaxCost)),
	}, nil
}

// Reload checks text that stands in a bundle, without preparing it.
func (v *Vocabulary) Reload(text string, want Type) (*Condition, error) {
	c, diags := v.Check(text, want, func(int) schema.Pos { return schema.Pos{} }, "")
	if c == nil {
		return nil, fmt.Errorf("condition %q: %s %s", text, diags[0].Summary, diags[0].Detail)
	}
	return c, nil
}

// Load checks text that stands in a bundle and prepares it. The text must be canonical: what Condition.Text gave.
func (v *Vocabulary) Load(text string, want Type) (*Condition, *Program, error) {
	c, err := v.Reload(text, want)
	if err != nil {
		return nil, nil, err
	}
	p, err := c.Program()
	if err != nil {
		return nil, nil, err
	}
	return c, p, nil
}

var errNotBool = errors.New("the condition did not give a bool")

// Bool evaluates over an action's facts. An error means that the condition has no value, as for a missing map key, or
// that facts are so large that it would cost more than MaxCost.
func (p *Program) Bool(b *Binding) (bool, error) {
	program := p.program
	if b.large {
		var err error
		if program, err = p.limited.get(); err != nil {
			return false, err
		}
	}
	v, _, err := program.Eval(b)
	if err != nil {
		return false, err
	}
	result, ok := v.(types.Bool)
	if !ok {
		return false, errNotBool
	}
	return bool(result), nil
}

func (p *Program) evalClaims(claims map[string]any) (ref.Val, error) {
	program, err := p.limited.get() // claims may have any size
	if err != nil {
		return nil, err
	}
	v, _, err := program.Eval(claimsActivation{types.DefaultTypeAdapter.NativeToValue(claims)})
	return v, err
}

// BoolClaims evaluates over a token's claims, JSON values as encoding/json makes them.
func (p *Program) BoolClaims(claims map[string]any) (bool, error) {
	v, err := p.evalClaims(claims)
	if err != nil {
		return false, err
	}
	result, ok := v.(types.Bool)
	if !ok {
		return false, errNotBool
	}
	return bool(result), nil
}

// String evaluates over a token's claims.
func (p *Program) String(claims map[string]any) (string, error) {
	v, err := p.evalClaims(claims)
	if err != nil {
		return "", err
	}
	result, ok := v.(types.String)
	if !ok {
		return "", fmt.Errorf("the expression gave %s, not a string", v.Type().TypeName())
	}
	return string(result), nil
}

// Strings evaluates over a token's claims.
func (p *Program) Strings(claims map[string]any) ([]string, error) {
	v, err := p.evalClaims(claims)
	if err != nil {
		return nil, err
	}
	list, ok := v.(traits.Lister)
	if !ok {
		return nil, fmt.Errorf("the expression gave %s, not a list of strings", v.Type().TypeName())
	}
	var result []string
	for it := list.Iterator(); it.HasNext() == types.True; {
		s, ok := it.Next().(types.String)
		if !ok {
			return nil, errors.New("the expression gave a list that holds something other than strings")
		}
		result = append(result, string(s))
	}
	return result, nil
}
