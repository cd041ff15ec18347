package main

import (
	"bufio"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/runtime/mask"
	"github.com/gatewright/gatewright/schema"
)

// maxToken bounds one line of tokens, in bytes.
const maxToken = 64 << 10

func newUntokenize(p *program) *cobra.Command {
	var key, typeName string
	cmd := &cobra.Command{
		Use:   "untokenize --key env:NAME|file:PATH [--type TYPE]",
		Short: "Lead tokens back to the values they stand for, one a line, from standard input",
		Long: "untokenize reads what the tokenize transform made, one token a line, and prints the\n" +
			"value of each. It takes the secret of the gateway's mask_key. A token holds no proof\n" +
			"of its key: with another one, other values come out.",
		Example: "  gatewright untokenize --key env:MASK_KEY < tokens.txt",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if !slices.Contains(mask.TokenTypes(), typeName) {
				return fail(fmt.Errorf("--type: %q has no tokens", typeName), "It is one of "+strings.Join(mask.TokenTypes(), ", ")+".")
			}
			secret, err := p.secret("--key", key)
			if err != nil {
				return err
			}
			keys, err := mask.NewKeys(map[string]schema.Secret{"": secret})
			if err != nil {
				return fail(errors.New("--key: the secret is too short"), fmt.Sprintf("It is that of a mask_key, of at least %d bytes.", mask.LeastKey))
			}
			return p.untokenize(keys, typeName)
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "Where the key is: env:NAME or file:PATH")
	cmd.Flags().StringVar(&typeName, "type", "text", "Type of the column: "+strings.Join(mask.TokenTypes(), ", "))
	mustFlags(cmd, "key")
	_ = cmd.RegisterFlagCompletionFunc("type", cobra.FixedCompletions(mask.TokenTypes(), cobra.ShellCompDirectiveNoFileComp)) // it fails for unknown flags alone
	return cmd
}

// untokenize stops at the first line that is no token. What it says names the line, and nothing that stands on it.
func (p *program) untokenize(keys *mask.Keys, typeName string) error {
	out := bufio.NewWriter(p.stdout)
	lines := bufio.NewScanner(p.stdin)
	lines.Buffer(nil, maxToken)
	n := 0
	for lines.Scan() {
		n++
		value, ok := keys.Original("", typeName, lines.Bytes())
		if !ok {
			return errors.Join(out.Flush(), fail(fmt.Errorf("line %d is no token of type %s", n, typeName),
				"Give one token a line, as the gateway sent it. Values that have no token are hidden as ****, or NULL."))
		}
		if _, err := fmt.Fprintf(out, "%s\n", value); err != nil {
			return fail(err, "")
		}
	}
	if err := lines.Err(); err != nil {
		return errors.Join(out.Flush(), fail(fmt.Errorf("line %d: %w", n+1, err), fmt.Sprintf("A token has at most %d bytes.", maxToken)))
	}
	if err := out.Flush(); err != nil {
		return fail(err, "")
	}
	return nil
}
