package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/compiler/plan"
)

// planText shows a comparison to a person.
func (p *program) planText(r *planned) error {
	var b strings.Builder
	fmt.Fprintln(&b, wrap("", "  ", planSum(r)))
	for i := range r.Changes {
		changeText(&b, &r.Changes[i])
	}
	if len(r.Access) > 0 {
		fmt.Fprintf(&b, "\nWho gains or loses what:\n")
		for _, g := range r.Access {
			fmt.Fprintln(&b, wrap("  ", "      ", gainLine(g)))
		}
	}
	invariantsText(&b, "Invariants", r.Invariants)
	invariantsText(&b, droppedHead, r.Dropped)
	trafficText(&b, r.Traffic)
	if line := costLine(r.Report); line != "" {
		fmt.Fprintf(&b, "\n%s\n", wrap("", "  ", line))
	}
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}

// meanings say the verdict on the whole in words.
var meanings = map[plan.Verdict]string{
	plan.Refactor: "no decision changes", plan.Mode: "what is enforced stays, what is only logged changes",
	plan.Loosens: "some requests get more than before", plan.Tightens: "some requests get less than before",
	plan.Both:      "some requests get more than before, and some less",
	plan.Undecided: "the budget was spent before an answer was found",
}

func planSum(r *planned) string {
	if len(r.Changes) == 0 && len(r.Dropped) > 0 {
		return "No changes: both policies decide the same, and the new one promises less."
	}
	if len(r.Changes) == 0 {
		return "No changes: both policies are the same."
	}
	text := fmt.Sprintf("%s (%s): %s. %s edited.", r.Verdict, r.Certainty, meanings[r.Verdict], count(len(r.Changes), "block"))
	if r.Undecided {
		text += fmt.Sprintf(" Not all of it could be decided: %s sampled.", count(r.Samples, "request"))
	}
	return text
}

func changeText(b *strings.Builder, c *plan.Change) {
	fmt.Fprintln(b)
	head := fmt.Sprintf("%-9s %s was %s", c.Verdict, oneLine(c.Address), c.Edit)
	if c.Verdict == plan.Mode && (c.Loosens || c.Tightens) {
		head += ", which " + direction(c.Loosens, c.Tightens)
	}
	fmt.Fprintln(b, wrap("", "          ", head+" ("+string(c.Certainty)+")"))
	if c.Range.File != "" {
		fmt.Fprintf(b, "  at %s\n", oneLine(c.Range.String()))
	}
	for _, n := range c.Notes {
		fmt.Fprintln(b, wrap("  ", "    ", oneLine(n)))
	}
	for _, w := range c.Witnesses {
		witnessText(b, w)
	}
}

func direction(looser, tighter bool) string {
	switch {
	case looser && tighter:
		return "loosens and tightens"
	case looser:
		return "loosens"
	case tighter:
		return "tightens"
	}
	return "changes what is only logged"
}

func witnessText(b *strings.Builder, w *plan.Witness) {
	word := "For example"
	if !w.Decided {
		word = "Possibly"
	}
	fmt.Fprintln(b, wrap("  ", "    ", word+", "+direction(w.Loosens, w.Tightens)+":"))
	for _, line := range witnessLines(w) {
		fmt.Fprintln(b, wrap("    ", "      ", oneLine(line)))
	}
}

// witnessLines tell a request and what becomes of it.
func witnessLines(w *plan.Witness) []string {
	var out []string
	who := fmt.Sprintf("%s %s/%s", w.Principal.Kind, w.Principal.Issuer, w.Principal.Subject)
	if w.Principal.Subject == "" {
		who = "a token of " + w.Principal.Issuer
	}
	if len(w.Principal.Groups) > 0 {
		who += " in " + strings.Join(w.Principal.Groups, ", ")
	}
	out = append(out, who)
	if len(w.Principal.Claims) > 0 {
		out = append(out, "with the claims "+claimText(w.Principal.Claims))
	}
	if w.Target != "" {
		what := strings.TrimSpace(w.Verb+" "+w.Object) + " on " + w.Target
		if w.Use != "" {
			what += ", " + w.Use
		}
		out = append(out, what)
	}
	if w.SQL != "" {
		out = append(out, w.SQL)
	}
	for _, f := range w.Facts {
		out = append(out, f.Name+" = "+f.Value)
	}
	for _, a := range w.Assumes {
		out = append(out, "where "+a)
	}
	if w.Before != nil {
		out = append(out, "before: "+outcomeLine(w.Before, w.After))
	}
	if w.After != nil {
		out = append(out, "after: "+outcomeLine(w.After, w.Before))
	}
	return out
}

// outcomeLine tells an outcome, and of its masks and route those that the other one has otherwise.
func outcomeLine(o, other *plan.Outcome) string {
	if other == nil {
		other = &plan.Outcome{}
	}
	text := o.Decision
	switch {
	case len(o.Rules) > 0:
		text += " by " + strings.Join(o.Rules, ", ")
	case o.Decision == "deny":
		text += ", as no rule allows it"
	}
	if o.Route != nil && (other.Route == nil || fmt.Sprint(*o.Route) != fmt.Sprint(*other.Route)) {
		text += fmt.Sprintf("; route %s asks %d of %s", o.Route.Name, o.Route.Quorum, strings.Join(o.Route.Approvers, ", "))
	}
	masks := ""
	for _, m := range [][2]map[string]string{{o.Masked, other.Masked}, {o.Detected, other.Detected}} {
		for _, name := range slices.Sorted(maps.Keys(m[0])) {
			switch {
			case m[0][name] == m[1][name]:
			case m[0][name] != "none":
				masks += fmt.Sprintf("; %s masked with %s", name, m[0][name])
			default:
				masks += fmt.Sprintf("; %s unmasked", name)
			}
		}
	}
	if masks == "" {
		masks = withheldPart(o, other)
	}
	text += masks
	if o.Would != "" {
		text += "; would be " + o.Would + " without dry run"
	}
	return text
}

// withheldPart tells what becomes of the text of errors where values come to the client as before.
func withheldPart(o, other *plan.Outcome) string {
	const deny = "deny"
	switch {
	case o.Withheld == other.Withheld || o.Decision == deny || other.Decision == deny || other.Decision == "":
		return ""
	case o.Withheld:
		return "; text of errors withheld"
	}
	return "; text of errors as it is"
}

func gainWord(gains bool) string {
	if gains {
		return "gains"
	}
	return "loses"
}

func gainLine(g plan.Gain) string {
	text := fmt.Sprintf("%s %s on %s: %s", g.Who, gainWord(g.Gains), g.Target, strings.Join(g.Verbs, ", "))
	if len(g.Objects) > 0 {
		text += " of " + strings.Join(g.Objects, ", ")
	}
	text += fmt.Sprintf("; %s -> %s", g.Before, g.After)
	if len(g.When) > 0 {
		text += ", when " + strings.Join(g.When, ", ")
	}
	return oneLine(text + " (" + g.Change + ")")
}

// droppedHead stands over what the old policy promised and the new one does not.
const droppedHead = "Invariants that are no more, and whether the new policy keeps them"

func invariantsText(b *strings.Builder, head string, proofs []plan.Proof) {
	if len(proofs) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s:\n", head)
	for i := range proofs {
		proof := &proofs[i]
		fmt.Fprintln(b, wrap("  ", "            ", fmt.Sprintf("%-9s %s: never %s", proof.Status, oneLine(proof.Name), proof.Never)))
		if proof.Reason != "" {
			fmt.Fprintln(b, wrap("    ", "    ", proof.Reason))
		}
		if proof.Hint != "" {
			fmt.Fprintln(b, wrap("    ", "    ", proof.Hint))
		}
		if proof.Witness != nil {
			for _, line := range witnessLines(proof.Witness) {
				fmt.Fprintln(b, wrap("    ", "      ", oneLine(strings.Replace(line, "after: ", "it is ", 1))))
			}
		}
	}
}

// costLine tells how much more, or less, the conditions may take.
func costLine(r *plan.Report) string {
	was, is := r.Cost.Before, r.Cost.After
	if was == is {
		return ""
	}
	text := fmt.Sprintf("Cost: %s of at most %d units in all, where it was %s of %d.", count(is.Conditions, "condition"), is.Total,
		count(was.Conditions, "condition"), was.Total)
	if is.Highest != was.Highest && is.Rule != "" {
		text += fmt.Sprintf(" The costliest is of %s, with %d.", oneLine(is.Rule), is.Highest)
	}
	return text
}
