package compiler

import (
	"fmt"
	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// scope is the policy's own blocks or those of one call of a module. Names declared in it begin with its prefix; a name
// that it refers to is its own or one of those around it.
type scope struct {
	// prefix is empty for the policy and "module.NAME." for a module that it calls.
	prefix string
	// dir is the directory as the calls name it, and real the one that links on the way lead to.
	dir, real string
	parent    *scope
	tree      *syntax.Tree
	// through are the calls that lead here, innermost first.
	through []schema.Call
	cel     *conditions
}

// address gives the address of a rule or mask.
func (s *scope) address(kind string, name syntax.String) string {
	return s.prefix + kind + "." + name.Text
}

// prefixes gives what may stand before a name that the scope refers to, its own first.
func (s *scope) prefixes() []string {
	var list []string
	for ; s != nil; s = s.parent {
		list = append(list, s.prefix)
	}
	return list
}

// enter makes s the scope that names are declared in and referred to from.
func (r *resolver) enter(s *scope) { r.scope, r.tree, r.through = s, s.tree, s.through }

// full gives a name as it is declared: with the prefix of its scope.
func (r *resolver) full(kind, name string) (string, bool) {
	for _, prefix := range r.scope.prefixes() {
		if _, ok := r.names[kind][prefix+name]; ok {
			return prefix + name, true
		}
	}
	return "", false
}

// fullNames gives names as they are declared.
func (r *resolver) fullNames(kind string, names []string) []string {
	var list []string
	for _, name := range names {
		full, _ := r.full(kind, name)
		list = append(list, full)
	}
	return sortedSet(list)
}

// visible gives the names that the scope may refer to, sorted.
func (r *resolver) visible(kind string) []string {
	found := map[string]bool{}
	for name := range r.names[kind] {
		for _, prefix := range r.scope.prefixes() {
			if short, ok := strings.CutPrefix(name, prefix); ok {
				found[short] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// enter makes s the scope whose blocks are checked or emitted.
func (c *checker) enter(s *scope) {
	c.r.enter(s)
	c.tree, c.cel, c.through = s.tree, s.cel, s.through
}

// unusedVariables warns of variables that nothing refers to. Beside a mistake, which may have kept what refers to it from
// being read, the name must not even be there.
func (c *checker) unusedVariables() {
	faulty := c.l.diags.HasErrors() || c.r.diags.HasErrors() || c.diags.HasErrors()
	for _, s := range c.l.scopes {
		c.enter(s)
		for _, v := range c.tree.Variables() {
			if !v.Used && !c.l.broken && !(faulty && c.l.mentions(v)) {
				c.warn(v.Name.Range, "Unused variable", fmt.Sprintf("Nothing in the module refers to var.%s.", v.Name.Text),
					"Use it, or remove it here and in the calls.")
			}
		}
	}
}

var mention = regexp.MustCompile(`\bvar\s*\.\s*([\pL_][\pL\pN_-]*)`)

// mentions reports whether the files of a variable's module have its name, be it in what could not be read. Its own
// validations are no use of it.
func (l *loader) mentions(v syntax.Variable) bool {
	for file, text := range l.sources {
		if path.Dir(file) != path.Dir(v.Name.Range.File) {
			continue
		}
		for _, span := range mention.FindAllSubmatchIndex(text, -1) {
			own := slices.ContainsFunc(v.Validations, func(x syntax.Validation) bool {
				r := x.Condition.Range
				return r.File == file && r.Start.Byte <= span[0] && span[1] <= r.End.Byte
			})
			// In a condition a hyphen is a minus.
			if name := string(text[span[2]:span[3]]); !own && (name == v.Name.Text || strings.HasPrefix(name, v.Name.Text+"-")) {
				return true
			}
		}
	}
	return false
}

// variables checks the values of a module's variables.
func (c *checker) variables() {
	for _, v := range c.tree.Variables() {
		for _, validation := range v.Validations {
			c.validation(&v, validation)
		}
	}
}

// validation holds a value to a condition. A value of the call is at fault in the caller's file.
func (c *checker) validation(v *syntax.Variable, validation syntax.Validation) {
	holds, ok := c.cel.constant(validation.Condition)
	if !ok || holds {
		return
	}
	if v.Given {
		inside := c.through
		c.through = inside[1:]
		defer func() { c.through = inside }()
	}
	c.add(v.Value, "Value is not accepted", fmt.Sprintf("%s (variable %q, by its validation at %s)", validation.Message.Text, v.Name.Text, validation.Range),
		"Give the variable a value that its validation accepts.")
}
