package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/runtime/config"
	"github.com/gatewright/gatewright/schema"
)

// adminClient speaks to the admin address of a gateway as the holder of a token.
type adminClient struct {
	p         *program
	url       string
	tokenFile string
	format    string
}

// flags adds what each verb that asks a gateway takes.
func (a *adminClient) flags(cmd *cobra.Command) {
	cmd.PersistentFlags().StringVar(&a.url, "admin", "http://127.0.0.1:6480", "URL of the gateway's admin address")
	cmd.PersistentFlags().StringVar(&a.tokenFile, "token-file", "", "File that holds your access token (default: the variable GATEWRIGHT_TOKEN)")
	cmd.PersistentFlags().StringVar(&a.format, "format", "text", "Output: text or json")
}

// check refuses a format that is none. It runs before anything is asked or changed.
func (a *adminClient) check() error { return checkFormat(a.format, "text", "json") }

// checkFormat refuses what is not among the formats of a verb.
func checkFormat(format string, known ...string) error {
	for _, k := range known {
		if format == k {
			return nil
		}
	}
	return fail(fmt.Errorf("unknown format %q", format), "Use --format "+strings.Join(known, " or --format ")+".")
}

func (a *adminClient) token() (schema.Secret, error) {
	reference := "env:GATEWRIGHT_TOKEN"
	if a.tokenFile != "" {
		reference = "file:" + a.tokenFile
	}
	ref, err := config.ParseSecret(reference, ".")
	var token schema.Secret
	if err == nil {
		token, err = ref.Read(a.p.getenv)
	}
	if err != nil {
		return schema.Secret{}, fail(errors.New("no access token to show to the gateway: "+err.Error()),
			"Set GATEWRIGHT_TOKEN, or give --token-file; 'gatewright token' gets one from an issuer.")
	}
	return token, nil
}

// call asks the gateway. A body that is not nil is sent as JSON by POST.
func (a *adminClient) call(ctx context.Context, path string, body, into any) error {
	if err := safeURL(a.url); err != nil {
		return fail(fmt.Errorf("--admin: %w", err), "It is the admin address of gateway.hcl, as http://127.0.0.1:6480.")
	}
	token, err := a.token()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, httpTimeout)
	defer cancel()
	req, err := a.request(ctx, path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token.Reveal())
	err = exchange(req, into)
	var refused *remoteError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		return fail(err, cmp.Or(refused.hint, "That is not a gateway's answer: is "+a.url+" the admin address of its gateway.hcl?"))
	default:
		return fail(fmt.Errorf("asking the gateway: %w", err), "Is the gateway running, and does its admin block have the address "+a.url+"?")
	}
}

func (a *adminClient) request(ctx context.Context, path string, body any) (*http.Request, error) {
	target := strings.TrimSuffix(a.url, "/") + path
	if body == nil {
		return http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	}
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(data))
	if err == nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, err
}

// printJSON writes a value as the json format has it.
func (p *program) printJSON(value any) error {
	encoder := json.NewEncoder(p.stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
