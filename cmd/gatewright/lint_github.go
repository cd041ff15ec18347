package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

// printWorkflow writes the findings as workflow commands, which GitHub shows beside the lines of a pull request
// (GitHub Docs, "Workflow commands for GitHub Actions").
func (l *linted) printWorkflow() error {
	levels := map[schema.Severity]string{schema.SeverityError: "error", schema.SeverityWarning: "warning", schema.SeverityInfo: "notice"}
	// As actions/toolkit escapes them (command.ts).
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	var b strings.Builder
	for _, f := range l.found {
		place := ""
		if f.Range != nil {
			place = fmt.Sprintf("file=%s,line=%d,endLine=%d,col=%d,", property.Replace(l.seenFrom(f.Range.File)), f.Range.Start.Line, f.Range.End.Line, f.Range.Start.Column)
		}
		title := fmt.Sprintf("%s (%s)", f.Summary, f.Rule)
		fmt.Fprintf(&b, "::%s %stitle=%s::%s\n", levels[f.Severity], place, property.Replace(printable(title)), data.Replace(printable(f.Detail+"\n"+f.Hint)))
	}
	fmt.Fprintln(&b, l.total())
	_, err := fmt.Fprint(l.stdout, b.String())
	return err
}

// seenFrom gives a file of the policy as seen from where the command was called, with slashes.
func (l *linted) seenFrom(file string) string { return filepath.ToSlash(filepath.Join(l.dir, file)) }
