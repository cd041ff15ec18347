package main

import (
	"fmt"
	"strings"
)

// Exit codes. Two and three belong to comparisons of policies.
const (
	exitClean    = 0
	exitFindings = 1 // a test failed, or a file is not formatted
	exitChanges  = 2 // decisions change, and nothing gets looser
	exitLooser   = 3 // something gets looser, or cannot be decided
	exitInvalid  = 4 // the policy is invalid
	exitUsage    = 5 // wrong usage, or a file or a server that does not answer
	exitRefused  = 6 // a bundle was refused
)

// exitMeaning is an exit code as help and the reference tell of it.
type exitMeaning struct {
	code    int
	meaning string
}

var exitMeanings = []exitMeaning{
	{exitClean, "clean"},
	{exitFindings, "findings: a test failed, lint found an error, a file is not formatted, a change got looser under --fail-on"},
	{exitChanges, "plan --detailed-exitcode: decisions change, and nothing gets looser"},
	{exitLooser, "plan --detailed-exitcode: something gets looser, or cannot be decided"},
	{exitInvalid, "the policy is invalid"},
	{exitUsage, "wrong usage, or a file or server that cannot be read, written or reached"},
	{exitRefused, "a bundle was refused"},
}

func exitLines() string {
	var lines []string
	for _, e := range exitMeanings {
		lines = append(lines, wrap(fmt.Sprintf("  %d  ", e.code), "     ", e.meaning))
	}
	return strings.Join(lines, "\n")
}
