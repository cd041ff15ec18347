package vocab

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
)

// Kind says which variables a condition may use.
type Kind uint8

const (
	// Claims is for an issuer's require and principal blocks: claims, a map from string to any JSON value.
	Claims Kind = iota
	// Postgres is for rules on PostgreSQL targets: principal, target, request, access and sql.
	Postgres
	// PostgresMask is Postgres without access: a mask stands for a whole statement.
	PostgresMask
)

// kinds lists every kind, for the fingerprint.
var kinds = []Kind{Claims, Postgres, PostgresMask}

// variables gives the variables of a kind, in the order in which an activation numbers them.
func (k Kind) variables() []string {
	switch k {
	case Claims:
		return []string{"claims"}
	case Postgres:
		return []string{"access", "principal", "request", "sql", "target"}
	default:
		return []string{"principal", "request", "sql", "target"}
	}
}

// Bounds of a condition. They hold for text from a policy and for text from a bundle alike.
const (
	// MaxTextBytes is the length of a condition's text, expr blocks inlined.
	MaxTextBytes = 16 << 10
	// MaxNodes is the number of nodes of its tree.
	MaxNodes = 4096
	// MaxDepth is the depth of nesting that the parser accepts.
	MaxDepth = 64
	// MaxCost is the bound on the static cost, in CEL's units of roughly one elementary operation each.
	MaxCost = 1_000_000
	// MaxPatternBytes is the length of a constant regular expression.
	MaxPatternBytes = 1024
	// MaxPatternSteps is the size of the program that it compiles to.
	MaxPatternSteps = 2000
)

// Vocabulary is the environment of one kind. It is immutable and may be used from many goroutines.
type Vocabulary struct {
	kind Kind
	env  *cel.Env
}

// New builds the environment of a kind.
func New(kind Kind) (*Vocabulary, error) {
	provider, err := newProvider()
	if err != nil {
		return nil, err
	}
	options := []cel.EnvOption{
		cel.CustomTypeProvider(provider),
		cel.EnableMacroCallTracking(),
		cel.ParserRecursionLimit(MaxDepth),
		cel.ParserExpressionSizeLimit(MaxTextBytes),
	}
	options = append(options, functions()...)
	for _, name := range kind.variables() {
		options = append(options, cel.Variable(name, variableType(name)))
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		return nil, fmt.Errorf("building the CEL environment: %w", err)
	}
	return &Vocabulary{kind: kind, env: env}, nil
}

// variableType gives the declared type of a variable.
func variableType(name string) *cel.Type {
	if name == "claims" {
		return cel.MapType(cel.StringType, cel.DynType)
	}
	return structs[name].celType
}

// Fingerprint names everything that conditions may speak of: kinds, variables, fields and their types, bounds. A
// bundle carries it, and a process with another one refuses the bundle.
func Fingerprint() string {
	var b strings.Builder
	b.WriteString("cel-go 0.31 standard\n")
	for _, kind := range kinds {
		fmt.Fprintf(&b, "kind %d\n", kind)
		for _, name := range kind.variables() {
			fmt.Fprintf(&b, "variable %s %s\n", name, variableType(name))
			s := structs[name]
			for _, field := range s.names() {
				size := maxima[name+"."+field]
				fmt.Fprintf(&b, "field %s %s %d %d\n", field, s.fields[field].celType, size.Elements, size.Bytes)
			}
		}
	}
	for _, f := range stringFunctions {
		fmt.Fprintf(&b, "function %s\n", f.name)
	}
	fmt.Fprintf(&b, "bounds %d %d %d %d %d %d\n", MaxTextBytes, MaxNodes, MaxDepth, MaxCost, MaxPatternBytes, MaxPatternSteps)
	sum := sha256.Sum256([]byte(b.String()))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// names gives the field names, sorted; none for a variable that is not a struct.
func (s *structType) names() []string {
	if s == nil {
		return nil
	}
	var names []string
	for name := range s.fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

var _ types.Provider = (*provider)(nil)

// Field is one fact that a condition may ask for.
type Field struct {
	// Name is the variable and the field, as "sql.limit".
	Name string
	// Type is its CEL type.
	Type string
	// Meaning says what it is, as Markdown.
	Meaning string
}

// Fields gives the facts that conditions of a kind may ask for, sorted by name. What claims holds is for the issuer to
// say.
func (k Kind) Fields() []Field {
	var out []Field
	for _, variable := range k.variables() {
		s := structs[variable]
		for _, name := range s.names() {
			fact := variable + "." + name
			out = append(out, Field{Name: fact, Type: s.fields[name].celType.String(), Meaning: factMeanings[fact]})
		}
	}
	return out
}
