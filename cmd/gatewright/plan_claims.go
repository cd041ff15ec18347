package main

import (
	"maps"
	"regexp"
	"slices"

	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/runtime/identity"
	"github.com/gatewright/gatewright/schema"
)

// maxClaimTries bounds the tokens that are tried for one principal.
const maxClaimTries = 4000

var (
	claimNames     = regexp.MustCompile(`\bclaims\.([A-Za-z_][A-Za-z0-9_]*)`)
	claimConstants = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'`)
)

// claimsOf finds the claims of a token that the issuer makes the caller of, beginning with those of base; nil where none
// are found.
func claimsOf(i *schema.Issuer, caller *plan.Caller, base map[string]any) map[string]any {
	if i == nil {
		return nil
	}
	m, err := identity.NewMapper(*i)
	if err != nil {
		return nil
	}
	s := &claimSearch{mapper: m, caller: caller, base: base, claims: map[string]any{"sub": caller.Subject}}
	maps.Copy(s.claims, base)
	texts := []string{i.Subject.Text, i.Groups.Text, i.Kind.Text}
	for _, r := range i.Require {
		texts = append(texts, r.When.Text)
	}
	names := map[string]bool{}
	groups := []any{}
	for _, g := range caller.Groups {
		groups = append(groups, g)
	}
	s.values = []any{groups}
	for _, text := range texts {
		for _, found := range claimNames.FindAllStringSubmatch(text, -1) {
			names[found[1]] = true
		}
		for _, found := range claimConstants.FindAllStringSubmatch(text, -1) {
			s.values = append(s.values, found[1]+found[2])
		}
	}
	s.values = append(s.values, caller.Subject, true, false)
	delete(names, "sub")
	s.names = slices.Sorted(maps.Keys(names))
	if s.find(0) {
		return maps.Clone(s.claims)
	}
	return nil
}

// claimSearch gives each claim that the issuer's expressions ask for one value after the other.
type claimSearch struct {
	mapper *identity.Mapper
	caller *plan.Caller
	// base are the claims that are kept where they will do.
	base   map[string]any
	names  []string
	values []any
	claims map[string]any
	tries  int
}

func (s *claimSearch) find(n int) bool {
	if n == len(s.names) {
		s.tries++
		p, err := s.mapper.Principal(s.claims)
		return err == nil && p.Subject == s.caller.Subject && p.Kind == s.caller.Kind && slices.Equal(p.Groups, s.caller.Groups)
	}
	values := s.values
	if v, ok := s.base[s.names[n]]; ok {
		values = slices.Concat([]any{v}, values)
	}
	for _, v := range values {
		if s.tries > maxClaimTries {
			return false
		}
		s.claims[s.names[n]] = v
		if s.find(n + 1) {
			return true
		}
	}
	delete(s.claims, s.names[n])
	return false
}
