package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/compiler/plan"
)

// planMarkdown shows a comparison as a comment on a pull request. Every name in it is from a policy that somebody else
// may have written.
func (p *program) planMarkdown(r *planned) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## Policy plan: %s\n\n%s\n", r.Verdict, markdown(planSum(r)))
	if len(r.Changes) > 0 {
		b.WriteString("\n| verdict | block | edit | certainty |\n|---|---|---|---|\n")
	}
	for i := range r.Changes {
		c := &r.Changes[i]
		verdict := string(c.Verdict)
		if c.Verdict == plan.Mode && (c.Loosens || c.Tightens) {
			verdict += ", " + direction(c.Loosens, c.Tightens)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", verdict, markdown(c.Address), c.Edit, c.Certainty)
	}
	if len(r.Access) > 0 {
		b.WriteString("\n### Who gains or loses what\n\n| who | | target | what | before | after | by |\n|---|---|---|---|---|---|---|\n")
	}
	for _, g := range r.Access {
		what := strings.Join(g.Verbs, ", ")
		if len(g.Objects) > 0 {
			what += " of " + strings.Join(g.Objects, ", ")
		}
		if len(g.When) > 0 {
			what += ", when " + strings.Join(g.When, ", ")
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", markdown(g.Who), gainWord(g.Gains), markdown(g.Target), markdown(what),
			markdown(g.Before), markdown(g.After), markdown(g.Change))
	}
	for i := range r.Changes {
		changeMarkdown(&b, &r.Changes[i])
	}
	invariantsMarkdown(&b, "Invariants", r.Invariants)
	invariantsMarkdown(&b, droppedHead, r.Dropped)
	trafficMarkdown(&b, r.Traffic)
	if line := costLine(r.Report); line != "" {
		fmt.Fprintf(&b, "\n%s\n", markdown(line))
	}
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}

func changeMarkdown(b *strings.Builder, c *plan.Change) {
	if len(c.Witnesses)+len(c.Notes) == 0 {
		return
	}
	fmt.Fprintf(b, "\n### %s: %s\n\n", c.Verdict, markdown(c.Address))
	for _, n := range c.Notes {
		fmt.Fprintf(b, "- %s\n", markdown(n))
	}
	for _, w := range c.Witnesses {
		word := "For example"
		if !w.Decided {
			word = "Possibly"
		}
		fmt.Fprintf(b, "- %s, %s:\n", word, direction(w.Loosens, w.Tightens))
		for _, line := range witnessLines(w) {
			fmt.Fprintf(b, "  - %s\n", markdown(line))
		}
	}
}

func invariantsMarkdown(b *strings.Builder, head string, proofs []plan.Proof) {
	if len(proofs) == 0 {
		return
	}
	fmt.Fprintf(b, "\n### %s\n\n", head)
	for i := range proofs {
		fmt.Fprintf(b, "- %s: %s, never %s\n", proofs[i].Status, markdown(proofs[i].Name), proofs[i].Never)
		if proofs[i].Reason != "" {
			fmt.Fprintf(b, "  - %s\n", markdown(proofs[i].Reason))
		}
		if proofs[i].Hint != "" {
			fmt.Fprintf(b, "  - %s\n", markdown(proofs[i].Hint))
		}
		if proofs[i].Witness != nil {
			for _, line := range witnessLines(proofs[i].Witness) {
				fmt.Fprintf(b, "  - %s\n", markdown(strings.Replace(line, "after: ", "it is ", 1)))
			}
		}
	}
}

// markdown makes text from outside plain text within Markdown: what has a meaning there (CommonMark, section 2.4, and
// the tables, mentions and links of forges) is escaped, and it stays on its line.
func markdown(s string) string {
	var b strings.Builder
	s = oneLine(s)
	for i, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '@':
			b.WriteString("&#64;")
		case r == ':' && !strings.HasPrefix(s[i+1:], " "):
			b.WriteString("&#58;")
		case r == '#':
			b.WriteString("&#35;")
		case r == '.' && strings.HasSuffix(strings.ToLower(s[:i]), "www"):
			b.WriteString("&#46;")
		case strings.ContainsRune("\\`*_{}[]()!|~", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func claimText(claims map[string]any) string {
	text, err := json.Marshal(claims)
	if err != nil {
		return "{}"
	}
	return string(text)
}
