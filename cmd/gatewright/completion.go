package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// completions says for each shell how it takes its script in.
var completions = map[string]string{
	"bash":       "  source <(gatewright completion bash)",
	"fish":       "  gatewright completion fish | source",
	"powershell": "  gatewright completion powershell | Out-String | Invoke-Expression",
	"zsh":        "  source <(gatewright completion zsh)",
}

// addCompletion adds cobra's own command, in our words.
func addCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() != "completion" {
			continue
		}
		cmd.Short, cmd.Long = "Print a script that completes commands and flags in a shell", ""
		for _, shell := range cmd.Commands() {
			shell.Short = "For " + shell.Name()
			shell.Long = fmt.Sprintf("Print a script that completes gatewright's commands and flags in %s. "+
				"Put the line below into its startup file to have it always.", shell.Name())
			shell.Example = completions[shell.Name()]
			if shell.Name() == "bash" {
				standAlone(shell)
			}
		}
	}
	completeAll(root)
}

// standAlone lets the script work where bash-completion is not installed: it gives the one function that cobra's script
// takes from there, in its simplest form.
func standAlone(bash *cobra.Command) {
	script := bash.RunE
	bash.RunE = func(cmd *cobra.Command, args []string) error {
		if _, err := fmt.Fprint(cmd.OutOrStdout(), wordsByRef); err != nil {
			return err
		}
		return script(cmd, args)
	}
}

const wordsByRef = `if ! declare -F _get_comp_words_by_ref >/dev/null 2>&1; then
    _get_comp_words_by_ref() {
        words=("${COMP_WORDS[@]}") cword=$COMP_CWORD
        cur=${words[cword]} prev=${words[cword-1]}
    }
fi
`
