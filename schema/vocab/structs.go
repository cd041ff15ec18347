package vocab

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/schema"
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// typePrefix keeps type names apart from variable names, which CEL looks up in one space.
const typePrefix = "gatewright."

// structType describes one of the schema's structs to CEL: its fields with a cel tag.
type structType struct {
	celType *types.Type
	fields  map[string]field
	// size is the number of the Go struct's fields.
	size int
}

type field struct {
	index   int
	celType *types.Type
}

// structs are the variables that are structs, by variable name.
var structs = map[string]*structType{
	"access":    describe("access", reflect.TypeFor[schema.Access]()),
	"principal": describe("principal", reflect.TypeFor[schema.Principal]()),
	"request":   describe("request", reflect.TypeFor[schema.Request]()),
	"sql":       describe("sql", reflect.TypeFor[schema.SQL]()),
	"target":    describe("target", reflect.TypeFor[schema.Target]()),
}

func describe(name string, t reflect.Type) *structType {
	s := &structType{celType: cel.ObjectType(typePrefix + name), fields: map[string]field{}, size: t.NumField()}
	for i := range t.NumField() {
		if tag := t.Field(i).Tag.Get("cel"); tag != "" {
			s.fields[tag] = field{index: i, celType: celTypeOf(t.Field(i).Type)}
		}
	}
	return s
}

// celTypeOf gives the CEL type of a field; nil for a type that fieldValue does not know.
func celTypeOf(t reflect.Type) *types.Type {
	switch t {
	case reflect.TypeFor[string]():
		return types.StringType
	case reflect.TypeFor[bool]():
		return types.BoolType
	case reflect.TypeFor[int64]():
		return types.IntType
	case reflect.TypeFor[time.Time]():
		return types.TimestampType
	case reflect.TypeFor[[]string]():
		return types.NewListType(types.StringType)
	case reflect.TypeFor[map[string]string]():
		return types.NewMapType(types.StringType, types.StringType)
	default:
		return nil
	}
}

// fieldValue wraps a field for CEL without copying what it holds.
func fieldValue(v reflect.Value) ref.Val {
	switch x := v.Addr().Interface().(type) {
	case *string:
		return types.String(*x)
	case *bool:
		return types.Bool(*x)
	case *int64:
		return types.Int(*x)
	case *time.Time:
		return types.Timestamp{Time: *x}
	case *[]string:
		return &textList{types.NewStringList(types.DefaultTypeAdapter, *x), *x}
	case *map[string]string:
		return types.NewStringStringMap(types.DefaultTypeAdapter, *x)
	default:
		return types.NewErr("field of type %s has no CEL value", v.Type())
	}
}

// textList is CEL's list of strings, with a search that wraps no element.
type textList struct {
	traits.Lister
	values []string
}

// Contains is the operator in.
func (l *textList) Contains(v ref.Val) ref.Val {
	if s, ok := v.(types.String); ok {
		return types.Bool(slices.Contains(l.values, string(s)))
	}
	return l.Lister.Contains(v)
}

// provider adds the structs to CEL's own types.
type provider struct{ types.Provider }

func newProvider() (*provider, error) {
	base, err := types.NewRegistry()
	if err != nil {
		return nil, fmt.Errorf("CEL type registry: %w", err)
	}
	for name, s := range structs {
		for field, f := range s.fields {
			if f.celType == nil {
				return nil, fmt.Errorf("%s.%s has a Go type that CEL does not know", name, field)
			}
		}
	}
	return &provider{base}, nil
}

// structOf finds a struct by its CEL type name.
func structOf(typeName string) (*structType, bool) {
	name, ok := strings.CutPrefix(typeName, typePrefix)
	if !ok {
		return nil, false
	}
	s, ok := structs[name]
	return s, ok
}

func (p *provider) FindStructType(name string) (*types.Type, bool) {
	if s, ok := structOf(name); ok {
		return types.NewTypeTypeWithParam(s.celType), true
	}
	return p.Provider.FindStructType(name)
}

func (p *provider) FindStructFieldNames(name string) ([]string, bool) {
	if s, ok := structOf(name); ok {
		return s.names(), true
	}
	return p.Provider.FindStructFieldNames(name)
}

func (p *provider) FindStructFieldType(name, fieldName string) (*types.FieldType, bool) {
	if s, ok := structOf(name); ok {
		f, ok := s.fields[fieldName]
		if !ok {
			return nil, false
		}
		return &types.FieldType{Type: f.celType}, true
	}
	return p.Provider.FindStructFieldType(name, fieldName)
}

// NewValue refuses to make structs: conditions look at facts, they do not invent them.
func (p *provider) NewValue(name string, fields map[string]ref.Val) ref.Val {
	if _, ok := structOf(name); ok {
		return types.NewErr("a condition cannot make a value of type %s", name)
	}
	return p.Provider.NewValue(name, fields)
}
