package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/runtime/devissuer"
	"github.com/gatewright/gatewright/schema"
)

func newIssuer(p *program) *cobra.Command {
	var dev bool
	var clients []string
	config := devissuer.Config{Now: time.Now, Rand: rand.Reader}
	cmd := &cobra.Command{
		Use:   "issuer --dev --client ID:SECRET[:GROUP,GROUP[:KIND]]",
		Short: "Run a small OIDC issuer on this machine, for a first try",
		Long: "Issuer runs an OpenID Connect issuer with discovery, keys and client credentials. It is for development:\n" +
			"it listens on a loopback address only, forgets its keys when it ends, and takes its clients' secrets from\n" +
			"the command line, where every user of this machine can see them.",
		Example: "  gatewright issuer --dev --client order-service:SECRET:order-service \\\n" +
			"    --client alice:SECRET:dba:human",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !dev {
				return fail(errors.New("this issuer is for development only"), "Say --dev if that is what you want.")
			}
			for _, text := range clients {
				client, err := parseClient(text)
				if err != nil {
					return err
				}
				config.Clients = append(config.Clients, client)
			}
			return p.runIssuer(cmd, config)
		},
	}
	cmd.Flags().BoolVar(&dev, "dev", false, "Yes, this is for development")
	cmd.Flags().StringVar(&config.Address, "address", "127.0.0.1:8555", "Loopback address to listen on")
	cmd.Flags().StringArrayVar(&clients, "client", nil, "A client as ID:SECRET[:GROUP,GROUP[:KIND]], KIND being service or human; repeatable")
	cmd.Flags().StringVar(&config.Audience, "audience", devissuer.DefaultAudience, "Audience of the tokens")
	cmd.Flags().DurationVar(&config.TokenLifetime, "lifetime", devissuer.DefaultTokenLifetime, "Lifetime of a token")
	return cmd
}

func (p *program) runIssuer(cmd *cobra.Command, config devissuer.Config) error {
	issuer, err := devissuer.New(config)
	if err != nil {
		return fail(err, "It listens on a free loopback address, as 127.0.0.1:8555, and each client is ID:SECRET:GROUP,GROUP.")
	}
	defer issuer.Close()
	if _, err := fmt.Fprintf(p.stderr, "Issuer %s for development, %d clients. Ctrl-C ends it.\n", issuer.URL(), len(config.Clients)); err != nil {
		return err
	}
	return issuer.Serve(cmd.Context())
}

// parseClient reads ID:SECRET[:GROUP,GROUP[:KIND]]. The error does not repeat the text, which holds a secret.
func parseClient(text string) (devissuer.Client, error) {
	parts := strings.Split(text, ":")
	if len(parts) < 2 || len(parts) > 4 || parts[0] == "" || parts[1] == "" {
		return devissuer.Client{}, fail(errors.New("--client is not ID:SECRET[:GROUP,GROUP[:KIND]]"),
			"Write it as --client order-service:SECRET:group1,group2.")
	}
	c := devissuer.Client{ID: parts[0], Secret: schema.NewSecret(parts[1])}
	if len(parts) > 2 && parts[2] != "" {
		c.Groups = strings.Split(parts[2], ",")
	}
	if len(parts) > 3 {
		c.Kind = parts[3]
	}
	return c, nil
}
