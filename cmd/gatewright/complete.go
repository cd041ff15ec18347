package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/compiler"
)

// completeAll says, for each command and flag, what a shell may offer: the words of a format, directories where a policy
// is named, and names out of that policy.
func completeAll(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		completeAll(sub)
	}
	if strings.HasPrefix(strings.TrimPrefix(cmd.Use, cmd.Name()+" "), "DIR") && cmd.ValidArgsFunction == nil && !strings.Contains(cmd.Use, "DIR|") {
		cmd.ValidArgsFunction = directories
	}
	offered := map[string]cobra.CompletionFunc{
		"policy": directories,
		"target": fromPolicy(targetNames), "as": fromPolicy(principalNames), "run": fromPolicy(testNames),
	}
	for _, name := range []string{"as", "format", "policy", "run", "target"} {
		f := cmd.Flags().Lookup(name)
		if f == nil {
			continue
		}
		complete := offered[name]
		if name == "format" {
			complete = cobra.FixedCompletions(formatsOf(f.Usage), cobra.ShellCompDirectiveNoFileComp)
		}
		if _, has := cmd.GetFlagCompletionFunc(name); !has {
			_ = cmd.RegisterFlagCompletionFunc(name, complete) // it fails for unknown flags alone
		}
	}
}

func directories(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// formatsOf reads the words out of a format's own description, as "Output: text, json or sarif".
func formatsOf(usage string) []string {
	_, list, _ := strings.Cut(usage, ": ")
	return strings.FieldsFunc(strings.ReplaceAll(list, " or ", ","), func(r rune) bool { return r == ',' || r == ' ' })
}

// fromPolicy offers names out of the policy that the command line has named so far. One that does not compile offers
// nothing.
func fromPolicy(names func(*compiler.Result) []string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		dir := ""
		if f := cmd.Flags().Lookup("policy"); f != nil {
			dir = f.Value.String()
		} else if len(args) > 0 {
			dir = args[0]
		}
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		result := compiler.Compile(policyFS(dir))
		if result.Bundle == nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return names(result), cobra.ShellCompDirectiveNoFileComp
	}
}

func targetNames(r *compiler.Result) []string {
	var names []string
	for _, t := range r.Bundle.Targets {
		names = append(names, t.Name)
	}
	return names
}

func principalNames(r *compiler.Result) []string {
	var names []string
	for _, p := range r.Suite.Principals {
		names = append(names, p.Name)
	}
	return names
}

func testNames(r *compiler.Result) []string {
	var names []string
	for _, t := range r.Suite.Tests {
		names = append(names, t.Name)
	}
	return names
}
