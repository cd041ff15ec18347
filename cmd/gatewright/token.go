package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/runtime/config"
	"github.com/gatewright/gatewright/schema"
)

const (
	// httpTimeout bounds a request to an issuer or to a gateway.
	httpTimeout = 30 * time.Second
	// maxAnswer bounds what is read of an answer, in bytes.
	maxAnswer = 16 << 20
)

func newToken(p *program) *cobra.Command {
	var issuer, client, secret string
	cmd := &cobra.Command{
		Use:   "token --issuer URL --client ID --secret env:NAME|file:PATH",
		Short: "Get an access token from an OIDC issuer by client credentials and print it",
		Example: "  export PGPASSWORD=$(gatewright token --issuer http://127.0.0.1:8555 \\\n" +
			"    --client billing --secret env:SECRET)\n" +
			"  psql -h 127.0.0.1 -p 6432 -d payments-db",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			password, err := p.secret("--secret", secret)
			if err != nil {
				return err
			}
			token, err := clientCredentials(cmd.Context(), issuer, client, password)
			if err != nil {
				return fail(err, "Check --issuer, --client and the secret.")
			}
			_, err = fmt.Fprintln(p.stdout, token.Reveal())
			return err
		},
	}
	cmd.Flags().StringVar(&issuer, "issuer", "", "URL of the issuer")
	cmd.Flags().StringVar(&client, "client", "", "Client ID")
	cmd.Flags().StringVar(&secret, "secret", "", "Where the client's secret is: env:NAME or file:PATH")
	mustFlags(cmd, "issuer", "client", "secret")
	return cmd
}

// mustFlags makes flags required. A name that is no flag is a mistake of ours.
func mustFlags(cmd *cobra.Command, names ...string) {
	for _, name := range names {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err)
		}
	}
}

// secret reads a secret that a flag refers to.
func (p *program) secret(flag, reference string) (schema.Secret, error) {
	ref, err := config.ParseSecret(reference, ".")
	if err != nil {
		return schema.Secret{}, fail(fmt.Errorf("%s: %w", flag, err),
			flag+" env:NAME takes it from the environment, "+flag+" file:PATH from a file.")
	}
	text, err := ref.Read(p.getenv)
	if err != nil {
		return schema.Secret{}, fail(fmt.Errorf("%s: %w", flag, err), "Set it, or name another place.")
	}
	return text, nil
}

// clientCredentials asks an issuer for an access token (RFC 6749, section 4.4), its endpoint found by discovery
// (OpenID Connect Discovery 1.0, section 4).
func clientCredentials(ctx context.Context, issuer, client string, secret schema.Secret) (schema.Secret, error) {
	ctx, cancel := context.WithTimeout(ctx, httpTimeout)
	defer cancel()
	if err := safeURL(issuer); err != nil {
		return schema.Secret{}, fmt.Errorf("issuer: %w", err)
	}
	var found struct {
		Issuer        string `json:"issuer"`
		TokenEndpoint string `json:"token_endpoint"`
	}
	discovery := strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, discovery, nil)
	if err != nil {
		return schema.Secret{}, err
	}
	if err := exchange(req, &found); err != nil {
		return schema.Secret{}, fmt.Errorf("asking the issuer for its endpoints: %w", err)
	}
	if found.Issuer != issuer {
		return schema.Secret{}, fmt.Errorf("%s says that its name is %q", issuer, found.Issuer)
	}
	if err := safeURL(found.TokenEndpoint); err != nil {
		return schema.Secret{}, fmt.Errorf("token endpoint: %w", err)
	}
	return requestToken(ctx, found.TokenEndpoint, client, secret)
}

func requestToken(ctx context.Context, endpoint, client string, secret schema.Secret) (schema.Secret, error) {
	form := url.Values{"grant_type": {"client_credentials"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return schema.Secret{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	// Both halves are form-encoded first (RFC 6749, section 2.3.1).
	req.SetBasicAuth(url.QueryEscape(client), url.QueryEscape(secret.Reveal()))
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := exchange(req, &answer); err != nil {
		return schema.Secret{}, fmt.Errorf("asking for a token: %w", err)
	}
	if answer.AccessToken == "" {
		return schema.Secret{}, errors.New("the issuer answered without a token")
	}
	return schema.NewSecret(answer.AccessToken), nil
}

// exchange sends a request that holds a secret and reads a JSON answer. It follows no redirect, so that the secret
// goes nowhere else.
func exchange(req *http.Request, into any) error {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return err
	}
	if len(body) > maxAnswer {
		return fmt.Errorf("%s answered more than %d bytes", req.URL.Host, maxAnswer)
	}
	if resp.StatusCode/100 != 2 {
		return refusal(resp, body)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%s did not answer in JSON", req.URL.Host)
	}
	return nil
}

// remoteError is what a server answered instead of what it was asked for.
type remoteError struct {
	status  int
	message string
	hint    string
}

func (e *remoteError) Error() string { return e.message }

// refusal reads the explanation of a server: our own form, or OAuth's (RFC 6749, section 5.2).
func refusal(resp *http.Response, body []byte) error {
	var said struct {
		Error       string `json:"error"`
		Hint        string `json:"hint"`
		Description string `json:"error_description"`
	}
	e := &remoteError{status: resp.StatusCode, message: resp.Request.URL.Host + " answered " + resp.Status}
	if json.Unmarshal(body, &said) != nil || said.Error == "" {
		return e
	}
	e.message, e.hint = said.Error, said.Hint
	if said.Description != "" {
		e.message += ": " + said.Description
	}
	return e
}

// safeURL wants https, or http to this very machine, as a secret goes there.
func safeURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.User != nil:
		return fmt.Errorf("%q is not a URL", text)
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && schema.LoopbackHost(u.Hostname()):
		return nil
	default:
		return fmt.Errorf("%s is not https, and a secret would go there in the clear", text)
	}
}
