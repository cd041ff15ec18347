package syntax

import "strings"

// pageOf gives what is told of a block or attribute by its path. What a deny and an approve have in common with an
// allow is told there.
func pageOf(path string) Page {
	for _, pages := range []map[string]Page{policyPages, rulePages, reusePages, testPages} {
		if p, ok := pages[path]; ok {
			return p
		}
	}
	if effect, rest, inner := strings.Cut(path, " "); inner && (effect == "deny" || effect == "approve") {
		return rulePages["allow "+rest]
	}
	return Page{}
}
