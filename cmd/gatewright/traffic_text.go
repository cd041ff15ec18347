package main

import (
	"fmt"
	"strings"
)

// trafficSum tells the sum in a sentence or two.
func trafficSum(t *traffic) string {
	text := fmt.Sprintf("%s of %s: %d stay, %d flip", count(t.Decisions, "recorded decision"), t.Log, t.Stay, t.Flip)
	if t.Flip > 0 {
		text += fmt.Sprintf(" (%d to more, %d to less)", t.Loosens, t.Tightens)
	}
	text += fmt.Sprintf(", %d could not be replayed.", t.NotReplayed)
	if !t.HeadChecked {
		text += " There is no .head file beside the log: lines missing at its end would not show."
	}
	return text
}

// flipLines tell one kind of flip.
func flipLines(f *flipped) []string {
	return []string{
		fmt.Sprintf("as #%d: %s on %s: %s", f.Example, f.Who, f.Target, f.What),
		"before: " + outcomeLine(&f.Before, &f.After),
		"after: " + outcomeLine(&f.After, &f.Before),
	}
}

func trafficText(b *strings.Builder, t *traffic) {
	if t == nil {
		return
	}
	fmt.Fprintf(b, "\n%s\n", wrap("", "  ", oneLine(trafficSum(t))))
	for _, f := range t.Flips {
		fmt.Fprintln(b, wrap("  ", "      ", fmt.Sprintf("%s %s:", count(f.Count, "decision"), flipWay(f))))
		for _, line := range flipLines(f) {
			fmt.Fprintln(b, wrap("    ", "      ", oneLine(line)))
		}
	}
	if t.MoreFlips > 0 {
		fmt.Fprintf(b, "  %s more flip in other ways.\n", count(t.MoreFlips, "decision"))
	}
	for _, r := range t.Reasons {
		fmt.Fprintln(b, wrap("  ", "      ", oneLine(fmt.Sprintf("%d not replayed, as #%d: %s", r.Count, r.Example, r.Reason))))
	}
}

func flipWay(f *flipped) string {
	switch {
	case f.Loosens && f.Tightens:
		return "would get more and less"
	case f.Loosens:
		return "would get more"
	}
	return "would get less"
}

func trafficMarkdown(b *strings.Builder, t *traffic) {
	if t == nil {
		return
	}
	fmt.Fprintf(b, "\n### Recorded traffic\n\n%s\n", markdown(trafficSum(t)))
	if len(t.Flips) > 0 {
		b.WriteString("\n| decisions | | before | after | example |\n|---|---|---|---|---|\n")
	}
	for _, f := range t.Flips {
		lines := flipLines(f)
		fmt.Fprintf(b, "| %d | %s | %s | %s | %s |\n", f.Count, flipWay(f), markdown(strings.TrimPrefix(lines[1], "before: ")),
			markdown(strings.TrimPrefix(lines[2], "after: ")), markdown(strings.TrimPrefix(lines[0], "as ")))
	}
	if t.MoreFlips > 0 {
		fmt.Fprintf(b, "\n%s more flip in other ways.\n", count(t.MoreFlips, "decision"))
	}
	if len(t.Reasons) > 0 {
		b.WriteString("\n| not replayed | why | example |\n|---|---|---|\n")
	}
	for _, r := range t.Reasons {
		fmt.Fprintf(b, "| %d | %s | &#35;%d |\n", r.Count, markdown(r.Reason), r.Example)
	}
}
