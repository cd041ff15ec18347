package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// help shows what a command does, within the width of a terminal.
func (p *program) help(cmd *cobra.Command, _ []string) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", wrap("", "", flow(cmp.Or(cmd.Long, cmd.Short+"."))))
	section(&b, "Usage", usageLines(cmd))
	section(&b, "Examples", cmd.Example)
	section(&b, "Commands", commandLines(cmd))
	section(&b, "Flags", cmd.LocalFlags().FlagUsagesWrapped(columns))
	section(&b, "Global flags", cmd.InheritedFlags().FlagUsagesWrapped(columns))
	if !cmd.HasParent() {
		section(&b, "Exit codes", exitLines())
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n%s\n", wrap("", "", "'"+cmd.CommandPath()+" COMMAND --help' tells more of a command."))
	}
	fmt.Fprint(p.stdout, b.String())
}

func section(b *strings.Builder, title, lines string) {
	if lines != "" {
		fmt.Fprintf(b, "\n%s:\n%s\n", title, strings.TrimRight(lines, "\n"))
	}
}

// usageLines says how a command is called.
func usageLines(cmd *cobra.Command) string {
	line := cmd.CommandPath() + " COMMAND"
	if !cmd.HasAvailableSubCommands() {
		line = cmd.UseLine()
	}
	return wrap("  ", "      ", line)
}

func commandLines(cmd *cobra.Command) string {
	var lines []string
	wide := 0
	for _, sub := range cmd.Commands() {
		wide = max(wide, len(sub.Name()))
	}
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			lines = append(lines, wrap(fmt.Sprintf("  %-*s  ", wide, sub.Name()), strings.Repeat(" ", wide+4), sub.Short))
		}
	}
	return strings.Join(lines, "\n")
}
