package compiler

import (
	"fmt"
	"strings"
)

// pageWidth is the number of columns that the text of a page is broken at.
const pageWidth = 80

// Page gives the rule's page as Markdown.
func (r *LintRule) Page() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## `%s`\n\n%s. Severity: %s.", r.ID, r.Summary, r.Severity)
	if r.Fixed {
		b.WriteString(" It cannot be ignored.")
	}
	fmt.Fprintf(&b, "\n\n%s\n\nBad:\n\n```hcl\n%s```\n\nGood:\n\n```hcl\n%s```\n", fold(r.Why), r.Bad, r.Good)
	return b.String()
}

// LintDocument gives the whole catalogue as Markdown: docs/lint.md.
func LintDocument() string {
	var b strings.Builder
	b.WriteString(lintIntro)
	b.WriteString("| rule | severity | finds |\n|---|---|---|\n")
	rules := LintRules()
	for i := range rules {
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s | %s |\n", rules[i].ID, rules[i].ID, rules[i].Severity, rules[i].Summary)
	}
	for i := range rules {
		b.WriteString("\n" + rules[i].Page())
	}
	return b.String()
}

const lintIntro = "<!-- Generated from the catalogue in compiler/lint_*.go: go test ./compiler -run LintDocument -update -->\n\n" + `# What lint finds

` + "`gatewright lint DIR`" + ` looks at a valid policy for what is most likely a mistake.
` + "`gatewright lint --explain RULE`" + ` shows one of the pages below, ` + "`--list`" + ` all rules.
It exits with 1 when there is a finding of severity error (or, with
` + "`--fail-on`" + `, of a lower one), and with 4 when the policy is not valid.

A finding is set aside by a comment, for a reason and for a while. Both are
required, and from the day after, the finding counts again and the comment is an
error of its own:

` + "```hcl" + `
# gatewright:ignore allow-everybody until 2027-01-31 numbers are public for now
allow "order-numbers" {
  targets = ["payments-db"] # gatewright:ignore RULE until DAY for one line
}
` + "```" + `

Behind something, the comment speaks of its line, or of the block that the line
opens; alone on a line, of the attribute or block that comes next. A dry run says
in the same way until when it is a trial:

` + "```hcl" + `
mode = "dry_run" # gatewright:until 2027-01-31 the nightly batch has to be mended
` + "```" + `

What day it is comes from the clock, or from ` + "`--today 2026-12-01`" + `. The rules:

`

// fold breaks a paragraph into lines.
func fold(text string) string {
	var b strings.Builder
	at := 0
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
		case at+1+len(word) > pageWidth:
			b.WriteByte('\n')
			at = 0
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += len(word)
	}
	return b.String()
}
