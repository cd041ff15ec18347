package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// settle makes every error of a verb's own work a failure, so that what is none is a mistake in how the verb was called.
func settle(cmd *cobra.Command) {
	if own := cmd.RunE; own != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			err := own(cmd, args)
			var f *failure
			if err == nil || errors.As(err, &f) {
				return err
			}
			return fail(err, "")
		}
	}
	if own := cmd.Args; own != nil && !cmd.HasSubCommands() {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if own(cmd, args) == nil {
				return nil
			}
			return misfit(cmd, args)
		}
	}
	for _, sub := range cmd.Commands() {
		settle(sub)
	}
}

// misfit says which argument is missing or too many, by the command's own line of usage.
func misfit(cmd *cobra.Command, args []string) error {
	var names []string
	for _, word := range strings.Fields(cmd.Use)[1:] {
		if strings.HasPrefix(word, "-") || strings.HasPrefix(word, "[") {
			break
		}
		names = append(names, word)
	}
	if len(args) < len(names) {
		return fmt.Errorf("%s is missing", names[len(args)])
	}
	return fmt.Errorf("%q is one argument too many", args[len(names)])
}

// usage is the failure of a command that was called wrongly, which cobra found.
func usage(cmd *cobra.Command, err error) *failure {
	help := "Run '" + cmd.CommandPath() + " --help' for its "
	if cmd.HasAvailableSubCommands() {
		return &failure{code: exitUsage, err: err, hint: help + "commands."}
	}
	return &failure{code: exitUsage, err: err, hint: "Write: " + cmd.UseLine() + "\n" + help + "flags."}
}
