package compiler

import (
	"regexp"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

var (
	// blockName is the form of a block's name: it enters addresses, host names and database names.
	blockName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)
	// exprName is the form of an expr's name, a CEL identifier.
	exprName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,62}$`)
	// unquotedParts is a dotted name outside of double quotes: PostgreSQL's identifiers (manual chapter 4.1.1).
	unquotedParts = regexp.MustCompile(`^[\pL_][\pL\pN\pM_$]*$`)
)

// celWords cannot name an expr: the CEL grammar takes them (CEL specification, "Syntax").
var celWords = []string{
	"as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop",
	"namespace", "null", "package", "return", "true", "var", "void", "while",
}

// canonical gives the canonical form of a dotted name of so many parts. It is stricter than schema.SplitName: what
// stands outside of double quotes must be an identifier, so that a stray blank is no part of a name.
func canonical(name string, parts int) (string, bool) {
	split, ok := schema.SplitName(name)
	if !ok || len(split) != parts || !identifiers(name) {
		return "", false
	}
	return schema.Qualify(split...), true
}

// identifiers reports whether every part of a well-formed dotted name is quoted or an identifier.
func identifiers(name string) bool {
	var bare strings.Builder
	inside := false
	for _, r := range name {
		switch {
		case r == '"':
			inside = !inside
			if inside {
				bare.WriteByte('_') // stands for the quoted part
			}
		case !inside:
			bare.WriteRune(r)
		}
	}
	for part := range strings.SplitSeq(bare.String(), ".") {
		if !unquotedParts.MatchString(part) {
			return false
		}
	}
	return true
}

// pattern gives the canonical form of a table or function scope: "*", "schema.*" or "schema.name".
func pattern(name string) (string, bool) {
	if name == "*" {
		return name, true
	}
	if prefix, ok := strings.CutSuffix(name, ".*"); ok {
		qualified, ok := canonical(prefix, 1)
		return qualified + ".*", ok
	}
	return canonical(name, 2)
}

// sortedSet sorts a copy of the list and drops what stands in it twice; nil stays nil.
func sortedSet(list []string) []string {
	if list == nil {
		return nil
	}
	return slices.Compact(slices.Sorted(slices.Values(list)))
}
