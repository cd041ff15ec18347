package vocab

import (
	"fmt"
	"reflect"

	"github.com/gatewright/gatewright/schema"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"
)

// Binding holds the facts of one action for the programs that ask for them. It is reusable, one action at a time and
// one goroutine at a time; the zero value is not ready, use NewBinding.
type Binding struct {
	access, principal, request, sql, target object
	// large is set when a fact is larger than declared, and so than the static cost assumes.
	large bool
}

// noSQL stands for the facts of an action without a statement, such as connect.
var noSQL = schema.SQL{WhereBound: true, Limit: -1}

// NewBinding gives a Binding with nothing bound.
func NewBinding() *Binding {
	return &Binding{
		access: newObject("access"), principal: newObject("principal"), request: newObject("request"), sql: newObject("sql"),
		target: newObject("target"),
	}
}

// Bind points the variables at an action and its target. Nothing is copied; a must stay unchanged until the next Bind.
// A fact is wrapped for CEL when a condition first asks for it, and once.
func (b *Binding) Bind(a *schema.Action, target *schema.Target) {
	b.principal.bind(reflect.ValueOf(a.Principal).Elem())
	b.request.bind(reflect.ValueOf(&a.Request).Elem())
	b.target.bind(reflect.ValueOf(target).Elem())
	sql := a.SQL
	if sql == nil {
		sql = &noSQL
	}
	b.sql.bind(reflect.ValueOf(sql).Elem())
	b.access.bind(reflect.Value{})
	b.large = !small(a, sql, target)
}

// SetAccess points the variable access at one of the action's accesses.
func (b *Binding) SetAccess(access *schema.Access) {
	b.access.bind(reflect.ValueOf(access).Elem())
	b.large = b.large || !within("access.columns", len(access.Columns), 0)
}

// Release drops what the Binding points at, so that it may be kept without keeping an action alive.
func (b *Binding) Release() {
	for _, o := range []*object{&b.access, &b.principal, &b.request, &b.sql, &b.target} {
		o.bind(reflect.Value{})
	}
}

// ResolveName implements CEL's Activation.
func (b *Binding) ResolveName(name string) (any, bool) {
	var o *object
	switch name {
	case "access":
		o = &b.access
	case "principal":
		o = &b.principal
	case "request":
		o = &b.request
	case "sql":
		o = &b.sql
	case "target":
		o = &b.target
	default:
		return nil, false
	}
	return o, o.value.IsValid()
}

// Parent implements CEL's Activation; there is none.
func (b *Binding) Parent() interpreter.Activation { return nil }

var _ interpreter.Activation = (*Binding)(nil)

// object shows one struct to CEL, a field at a time.
type object struct {
	typ   *structType
	value reflect.Value
	// wrapped holds the fields asked for so far, by Go field.
	wrapped []ref.Val
}

func newObject(name string) object {
	return object{typ: structs[name], wrapped: make([]ref.Val, structs[name].size)}
}

func (o *object) bind(value reflect.Value) {
	o.value = value
	clear(o.wrapped)
}

// Get gives a field's value.
func (o *object) Get(index ref.Val) ref.Val {
	name, ok := index.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(index)
	}
	f, ok := o.typ.fields[string(name)]
	if !ok {
		return types.NewErr("no such field: %s", string(name))
	}
	if o.wrapped[f.index] == nil {
		o.wrapped[f.index] = fieldValue(o.value.Field(f.index))
	}
	return o.wrapped[f.index]
}

// IsSet reports whether a field differs from its zero value, as has() asks.
func (o *object) IsSet(index ref.Val) ref.Val {
	name, ok := index.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(index)
	}
	f, ok := o.typ.fields[string(name)]
	if !ok {
		return types.NewErr("no such field: %s", string(name))
	}
	return types.Bool(!o.value.Field(f.index).IsZero())
}

func (o *object) ConvertToNative(t reflect.Type) (any, error) {
	return nil, fmt.Errorf("%s does not convert to %s", o.typ.celType, t)
}

func (o *object) ConvertToType(t ref.Type) ref.Val {
	if t == types.TypeType {
		return o.typ.celType
	}
	return types.NewErr("%s does not convert to %s", o.typ.celType, t.TypeName())
}

func (o *object) Equal(other ref.Val) ref.Val {
	p, ok := other.(*object)
	return types.Bool(ok && o.typ == p.typ && o.value == p.value)
}

func (o *object) Type() ref.Type { return o.typ.celType }
func (o *object) Value() any     { return o }

// claimsActivation binds the one variable of Claims.
type claimsActivation struct{ claims ref.Val }

func (c claimsActivation) ResolveName(name string) (any, bool) { return c.claims, name == "claims" }
func (c claimsActivation) Parent() interpreter.Activation      { return nil }
