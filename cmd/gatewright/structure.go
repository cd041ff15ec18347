package main

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// structures tells a plan which relations targets have and what each column of them shows, as the gateway's classifier
// reads them with the catalogs of the policy. Each target is looked at once, when it is asked for.
type structures struct {
	*factsCache
	bundle *schema.Bundle
	known  map[string]plan.Structure
}

// structuresOf takes a policy's catalogs from its directory.
func structuresOf(b *schema.Bundle, files fs.FS) func(target string) plan.Structure {
	s := &structures{factsCache: newFactsCache(b, files), bundle: b, known: map[string]plan.Structure{}}
	return s.of
}

// noStructure is what a bundle tells, which holds no catalogs.
func noStructure(string) plan.Structure {
	return plan.Structure{Reason: "a bundle holds no catalog of its targets", Hint: "Name the policy's directory in place of the bundle."}
}

func (s *structures) of(target string) plan.Structure {
	if known, ok := s.known[target]; ok {
		return known
	}
	s.known[target] = s.read(target)
	return s.known[target]
}

func (s *structures) read(target string) plan.Structure {
	i := slices.IndexFunc(s.bundle.Targets, func(t schema.Target) bool { return t.Name == target })
	if i < 0 {
		return plan.Structure{Reason: fmt.Sprintf("the policy has no target %s", target)}
	}
	if s.bundle.Targets[i].Catalog == "" {
		return plan.Structure{
			Reason: fmt.Sprintf("target %s names no catalog", target),
			Hint:   "Write one with gatewright catalog pull, and name it in the target's catalog attribute.",
		}
	}
	catalog, err := s.catalog(target)
	if err != nil {
		return plan.Structure{Reason: fmt.Sprintf("%s cannot be read", s.bundle.Targets[i].Catalog), Hint: "Write it again with gatewright catalog pull."}
	}
	out := plan.Structure{Known: true}
	for _, name := range readable(catalog) {
		out.Relations = append(out.Relations, s.relation(target, name))
	}
	return out
}

// readable lists what can be selected from, but for what tells of the structure of the database alone.
func readable(c *schema.Catalog) []string {
	out := sqlfacts.Telling(c)
	for i := range c.Relations {
		if r := &c.Relations[i]; strings.Contains("rpvmf", r.Kind) {
			out = append(out, schema.Qualify(r.Schema, r.Name))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// relation reads a whole relation. One that cannot be read so shows what may be anything.
func (s *structures) relation(target, name string) plan.Relation {
	r := plan.Relation{Name: name}
	read, err := s.classify(target, "SELECT * FROM "+sqlName(name))
	if err != nil || len(read) != 1 || read[0].SQL.OpaqueReason != "" {
		r.Columns = []plan.Column{{Name: "*", Sources: []string{schema.Everything}}}
		return r
	}
	r.Uses = read[0].Uses
	for _, o := range read[0].Outputs {
		r.Columns = append(r.Columns, plan.Column{Name: o.Name, Sources: o.Columns, Reads: s.reads(target, name, o.Name)})
	}
	return r
}

// reads gives statements that read one column alone: with a limit and a condition, or without.
func (s *structures) reads(target, relation, column string) func(*schema.Action) []schema.Action {
	return func(like *schema.Action) []schema.Action {
		begin := "SELECT " + quoteName(column) + " FROM " + sqlName(relation)
		ends := []string{"", " LIMIT 1"}
		if like.SQL != nil && like.SQL.Limit >= 0 {
			ends = []string{fmt.Sprintf(" LIMIT %d", like.SQL.Limit), ""}
		}
		var out []schema.Action
		for _, where := range []string{"", " WHERE " + quoteName(column) + " IS NOT NULL"} {
			for _, end := range ends {
				text := begin + where + end
				read, err := s.classify(target, text)
				if err != nil || len(read) != 1 || read[0].Syntax != nil || len(read[0].Outputs) != 1 {
					continue
				}
				var a schema.Action
				read[0].Describe(&a)
				out = append(out, a)
			}
		}
		return out
	}
}
