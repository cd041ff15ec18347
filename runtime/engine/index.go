package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// postings lists, for an object and a group, the rules that may match, as indexes into the target's rules.
type postings map[key][]int32

// key is an object's number and a group's number; 0 is any.
type key struct{ object, group uint32 }

// schemaBit marks the number of a "schema.*" pattern, apart from those of whole objects.
const schemaBit = 1 << 31

// allVerbs has a bit for every verb, in the order of schema.PostgresVerbs.
var allVerbs = uint32(1)<<len(schema.PostgresVerbs) - 1

func verbBit(verb string) uint32 {
	if i, ok := slices.BinarySearch(schema.PostgresVerbs, verb); ok {
		return 1 << i
	}
	return 0
}

// verbBits gives the verbs that a rule matches. "*" and no list mean all, with two exceptions: an allow covers opaque
// only by name, and connect is decided by rules of its own (see connect).
func verbBits(r *schema.Rule) (uint32, error) {
	var bits uint32
	everything := len(r.Verbs) == 0
	for _, verb := range r.Verbs {
		if verb == "*" {
			everything = true
			continue
		}
		bit := verbBit(verb)
		if bit == 0 {
			return 0, fmt.Errorf("%s names verb %q, which this build does not know", r.Address, verb)
		}
		bits |= bit
	}
	if everything {
		rest := allVerbs &^ verbBit(schema.VerbConnect)
		if r.Effect == schema.Allow {
			rest &^= verbBit(schema.VerbOpaque)
		}
		bits |= rest
	}
	return bits, nil
}

// post enters a rule into a target's postings.
func (e *Engine) post(t *target, r *rule) {
	index := int32(len(t.rules))
	t.rules = append(t.rules, r)
	groups := []uint32{0}
	if len(r.Groups) > 0 {
		groups = numbers(e.groups, r.Groups)
	}
	if len(r.Tables) > 0 || len(r.Functions) == 0 {
		t.relations.add(e.patterns(r.Tables), groups, index)
	}
	// An allow covers a function that needs one only by naming it.
	if len(r.Functions) > 0 || len(r.Tables) == 0 && r.Effect != schema.Allow {
		t.functions.add(e.patterns(r.Functions), groups, index)
	}
}

func (p *postings) add(objects, groups []uint32, index int32) {
	if *p == nil {
		*p = postings{}
	}
	for _, object := range objects {
		for _, group := range groups {
			k := key{object, group}
			(*p)[k] = append((*p)[k], index)
		}
	}
}

// patterns numbers object patterns: any for none or "*", a schema for "schema.*", an object otherwise.
func (e *Engine) patterns(patterns []string) []uint32 {
	if len(patterns) == 0 {
		return []uint32{0}
	}
	var out []uint32
	for _, pattern := range patterns {
		switch name, ok := strings.CutSuffix(pattern, ".*"); {
		case pattern == "*":
			out = append(out, 0)
		case ok:
			out = append(out, number(e.schemas, name)|schemaBit)
		default:
			out = append(out, number(e.objects, pattern))
		}
	}
	return out
}

func numbers(m map[string]uint32, names []string) []uint32 {
	out := make([]uint32, len(names))
	for i, name := range names {
		out[i] = number(m, name)
	}
	return out
}

func number(m map[string]uint32, name string) uint32 {
	n, ok := m[name]
	if !ok {
		n = uint32(len(m)) + 1
		m[name] = n
	}
	return n
}

// schemaOf gives the first part of a canonical name of two parts or more, as it stands there; "" when it has one.
func schemaOf(object string) string {
	end := 0
	if strings.HasPrefix(object, `"`) {
		end = 1
		for end < len(object) && object[end] != '"' || end+1 < len(object) && object[end+1] == '"' {
			if object[end] == '"' {
				end++
			}
			end++
		}
		end++
	} else {
		end = strings.IndexByte(object, '.')
	}
	if end <= 0 || end >= len(object) || object[end] != '.' {
		return ""
	}
	return object[:end]
}
