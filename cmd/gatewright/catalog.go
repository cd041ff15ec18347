package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/runtime/config"
	"github.com/gatewright/gatewright/runtime/gateway"
	"github.com/gatewright/gatewright/runtime/postgres"
	"github.com/gatewright/gatewright/schema"
)

func newCatalog(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "catalog",
		Short: "Take snapshots of a database's structure, for policies to be checked against",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newCatalogPull(p))
	return cmd
}

func newCatalogPull(p *program) *cobra.Command {
	var u config.Upstream
	var password, ca, serverName, out string
	var useTLS bool
	cmd := &cobra.Command{
		Use:   "pull --address HOST:PORT --database NAME --user NAME --password env:NAME|file:PATH",
		Short: "Write the catalog of a PostgreSQL database: tables, columns, functions, and no data",
		Example: "  gatewright catalog pull --address 127.0.0.1:5432 --database payments \\\n" +
			"    --user gateway --password env:PW --out payments-db.catalog.json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if u.Password, err = config.ParseSecret(password, "."); err != nil {
				return fail(fmt.Errorf("--password: %w", err), "--password env:NAME takes it from the environment, --password file:PATH from a file.")
			}
			if useTLS || ca != "" || serverName != "" {
				u.TLS = &config.UpstreamTLS{CA: ca, ServerName: serverName}
			}
			return p.pull(cmd.Context(), u, out)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&u.Address, "address", "", "Where the database is, as db.example.com:5432")
	flags.StringVar(&u.Database, "database", "", "Name of the database")
	flags.StringVar(&u.User, "user", "", "User to enter it as; it sees the structure that this user may see")
	flags.StringVar(&password, "password", "", "Where the password is: env:NAME or file:PATH")
	flags.BoolVar(&useTLS, "tls", false, "Connect with TLS; required unless the address is loopback")
	flags.StringVar(&ca, "ca", "", "PEM file of the authorities that sign the database's certificate (default: the system's)")
	flags.StringVar(&serverName, "server-name", "", "Name that the certificate must have (default: the host of the address)")
	flags.StringVar(&out, "out", "", "File to write (default: standard output)")
	mustFlags(cmd, "address", "database", "user", "password")
	return cmd
}

const pullTime = time.Minute

func (p *program) pull(ctx context.Context, u config.Upstream, out string) error {
	host, _, err := net.SplitHostPort(u.Address)
	if err != nil {
		return fail(fmt.Errorf("--address: %w", err), "Write it as db.example.com:5432.")
	}
	if u.TLS == nil && !schema.LoopbackHost(host) {
		return fail(fmt.Errorf("%s is not a loopback address, and the password would go there in the clear", u.Address), "Add --tls or --ca FILE.")
	}
	up, err := gateway.Upstream(u, p.getenv)
	if err != nil {
		return gatewayFailure(err)
	}
	ctx, cancel := context.WithTimeout(ctx, pullTime)
	defer cancel()
	catalog, err := postgres.FetchCatalog(ctx, up)
	if err != nil {
		return fail(fmt.Errorf("reading the catalog of %s: %w", u.Database, err), "Check --address, --database, --user and the password.")
	}
	text, err := snapshot(catalog)
	if err != nil {
		return err
	}
	if out == "" {
		_, err = p.stdout.Write(text)
		return err
	}
	return writeFile(out, text)
}

// snapshot gives the catalog as a file that depends on the structure alone: what a server numbers as it goes is left
// out, so that two servers with one schema give one file.
func snapshot(c *schema.Catalog) ([]byte, error) {
	for i := range c.Relations {
		c.Relations[i].OID = 0
		for j := range c.Relations[i].Columns {
			c.Relations[i].Columns[j].TypeOID = 0
		}
	}
	c.System = nil
	for i := range c.Types {
		c.Types[i].OID = 0
	}
	text, err := json.MarshalIndent(c, "", "  ")
	return append(text, '\n'), err
}

// writeFile replaces a file in one step, so that nobody reads half of it.
func writeFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fail(fmt.Errorf("writing %s: %w", path, err), "Its directory must be there, and you must be allowed to write in it.")
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fail(errors.Join(err, os.Remove(f.Name())), "")
	}
	return nil
}
