package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// postings lists, for an object and a group, the rules that may match, as indexes into the engine's rules.
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

// shelf indexes rules that name the same targets.
type shelf struct {
	// relations and functions find the rules that may match an access: all verbs but call, and call.
	relations, functions postings
	// broad are rules with so many tables, functions and groups that they are read instead of indexed.
	broad []int32
}

// Bounds of the index. A rule takes an entry for each pair of object and group; maxEntries bounds all of them together,
// whatever a bundle says, and widths are the numbers of entries at which a rule counts as broad, tried one by one.
const (
	maxEntries = 4 << 20
	// fewRules is the number of rules up to which a list of several targets gets no shelf of its own: its rules stand on
	// the shelf of each target, so that a decision looks at few shelves.
	fewRules = 8
)

var widths = []int{1024, 64, 8, 0}

// shelve indexes every rule.
func (e *Engine) shelve() error {
	byTargets := map[string][]*rule{}
	for _, r := range e.rules {
		targets := slices.Sorted(slices.Values(r.Targets))
		k := strings.Join(slices.Compact(targets), "\x00")
		byTargets[k] = append(byTargets[k], r)
	}
	placed := map[*rule][]*shelf{}
	own := map[string]*shelf{}
	for _, k := range slices.Sorted(maps.Keys(byTargets)) {
		e.place(strings.Split(k, "\x00"), byTargets[k], own, placed)
	}
	for _, width := range widths {
		if entries(e.rules, placed, width) <= maxEntries {
			for _, r := range e.rules {
				for _, sh := range placed[r] {
					e.post(sh, r, width)
				}
			}
			return nil
		}
	}
	return fmt.Errorf("the rules take more than %d index entries: name fewer targets in each, or split the policy", maxEntries)
}

// place decides on which shelves rules with the same targets stand.
func (e *Engine) place(targets []string, rules []*rule, own map[string]*shelf, placed map[*rule][]*shelf) {
	if len(rules) > fewRules && len(targets) > 1 {
		shared := &shelf{}
		for _, name := range targets {
			e.targets[name].shelves = append(e.targets[name].shelves, shared)
		}
		for _, r := range rules {
			placed[r] = []*shelf{shared}
		}
		return
	}
	for _, name := range targets {
		if name == "" {
			continue // a rule without targets matches none
		}
		if own[name] == nil {
			own[name] = &shelf{}
			e.targets[name].shelves = append(e.targets[name].shelves, own[name])
		}
		for _, r := range rules {
			placed[r] = append(placed[r], own[name])
		}
	}
}

// entries counts what post would add.
func entries(rules []*rule, placed map[*rule][]*shelf, width int) int {
	total := 0
	for _, r := range rules {
		n := 1
		if !r.broad(width) {
			n = (max(1, len(r.Tables)) + max(1, len(r.Functions))) * max(1, len(r.Groups))
		}
		total += n * len(placed[r])
	}
	return total
}

func (r *rule) broad(width int) bool {
	return max(1, len(r.Tables)+len(r.Functions))*max(1, len(r.Groups)) > width
}

// post enters a rule into a shelf.
func (e *Engine) post(sh *shelf, r *rule, width int) {
	if r.broad(width) {
		sh.broad = append(sh.broad, r.index)
		return
	}
	groups := []uint32{0}
	if len(r.Groups) > 0 {
		groups = numbers(e.groups, r.Groups)
	}
	if r.scopesRelations() {
		sh.relations.add(e.patterns(r.Tables), groups, r.index)
	}
	if r.scopesFunctions() {
		sh.functions.add(e.patterns(r.Functions), groups, r.index)
	}
}

// scopesRelations reports whether the rule can match an access of another verb than call: one with functions only
// cannot.
func (r *rule) scopesRelations() bool { return len(r.Tables) > 0 || len(r.Functions) == 0 }

// scopesFunctions reports whether the rule can match call: one with tables only cannot, and an allow covers a function
// that needs one only by naming it.
func (r *rule) scopesFunctions() bool {
	return len(r.Functions) > 0 || len(r.Tables) == 0 && r.Effect != schema.Allow
}

// covers reads the rule's own lists, as the index does for rules that are not broad.
func (r *rule) covers(access *schema.Access) bool {
	patterns, scopes := r.Tables, r.scopesRelations()
	if access.Verb == schema.VerbCall {
		patterns, scopes = r.Functions, r.scopesFunctions()
	}
	if !scopes {
		return false
	}
	any := len(patterns) == 0
	for _, pattern := range patterns {
		switch name, ok := strings.CutSuffix(pattern, ".*"); {
		case pattern == "*":
			any = true
		case ok && schemaOf(access.Object) == name, !ok && pattern == access.Object:
			return true
		}
	}
	return any && !access.Harmless
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
