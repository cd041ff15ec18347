package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
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
	cmd.AddCommand(newCatalogPull(p), newCatalogDiff(p))
	return cmd
}

func newCatalogPull(p *program) *cobra.Command {
	var d database
	var out string
	cmd := &cobra.Command{
		Use:   "pull --address HOST:PORT --database NAME --user NAME --password env:NAME|file:PATH",
		Short: "Write the catalog of a PostgreSQL database: tables, columns, functions, and no data",
		Example: "  gatewright catalog pull --address 127.0.0.1:5432 --database payments \\\n" +
			"    --user gateway --password env:PW --out payments-db.catalog.json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, err := p.fetch(cmd.Context(), &d)
			if err != nil {
				return err
			}
			if out == "" {
				_, err = p.stdout.Write(text)
				return err
			}
			return writeFile(out, text)
		},
	}
	d.flags(cmd)
	cmd.Flags().StringVar(&out, "out", "", "File to write (default: standard output)")
	mustFlags(cmd, "address", "database", "user", "password")
	return cmd
}

// database says how a live database is reached.
type database struct {
	config.Upstream
	password, ca, serverName string
	useTLS                   bool
}

func (d *database) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&d.Address, "address", "", "Where the database is, as db.example.com:5432")
	flags.StringVar(&d.Database, "database", "", "Name of the database")
	flags.StringVar(&d.User, "user", "", "User to enter it as; it sees the structure that this user may see")
	flags.StringVar(&d.password, "password", "", "Where the password is: env:NAME or file:PATH")
	flags.BoolVar(&d.useTLS, "tls", false, "Connect with TLS; required unless the address is loopback")
	flags.StringVar(&d.ca, "ca", "", "PEM file of the authorities that sign the database's certificate (default: the system's)")
	flags.StringVar(&d.serverName, "server-name", "", "Name that the certificate must have (default: the host of the address)")
}

const pullTime = time.Minute

// fetch reads the catalog of a live database, as a snapshot.
func (p *program) fetch(ctx context.Context, d *database) ([]byte, error) {
	u := d.Upstream
	var err error
	if u.Password, err = config.ParseSecret(d.password, "."); err != nil {
		return nil, fail(fmt.Errorf("--password: %w", err), "--password env:NAME takes it from the environment, --password file:PATH from a file.")
	}
	if d.useTLS || d.ca != "" || d.serverName != "" {
		u.TLS = &config.UpstreamTLS{CA: d.ca, ServerName: d.serverName}
	}
	host, _, err := net.SplitHostPort(u.Address)
	if err != nil {
		return nil, fail(fmt.Errorf("--address: %w", err), "Write it as db.example.com:5432.")
	}
	if u.TLS == nil && !schema.LoopbackHost(host) {
		return nil, fail(fmt.Errorf("%s is not a loopback address, and the password would go there in the clear", u.Address), "Add --tls or --ca FILE.")
	}
	up, err := gateway.Upstream(u, p.getenv)
	if err != nil {
		return nil, gatewayFailure(err)
	}
	ctx, cancel := context.WithTimeout(ctx, pullTime)
	defer cancel()
	catalog, err := postgres.FetchCatalog(ctx, up)
	if err != nil {
		return nil, fail(fmt.Errorf("reading the catalog of %s: %w", u.Database, err), "Check --address, --database, --user and the password.")
	}
	return snapshot(catalog)
}

// snapshot gives the catalog as a file that depends on the structure alone: what a server numbers as it goes is left
// out, and lists that it sorts by its own locale are sorted by bytes, so that two servers with one schema give one file.
func snapshot(c *schema.Catalog) ([]byte, error) {
	sortCatalog(c)
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

func sortCatalog(c *schema.Catalog) {
	for i := range c.Relations {
		r := &c.Relations[i]
		for _, sets := range [][][]string{r.Keys, r.Checks} {
			for _, set := range sets {
				slices.Sort(set)
			}
			slices.SortFunc(sets, slices.Compare)
		}
		slices.SortFunc(r.References, func(a, b schema.Reference) int {
			return cmp.Or(cmp.Compare(a.Column, b.Column), cmp.Compare(a.Schema, b.Schema), cmp.Compare(a.Table, b.Table), cmp.Compare(a.Other, b.Other))
		})
	}
	slices.SortFunc(c.Relations, func(a, b schema.Relation) int {
		return cmp.Or(cmp.Compare(a.Schema, b.Schema), cmp.Compare(a.Name, b.Name))
	})
	slices.SortFunc(c.Functions, func(a, b schema.Function) int {
		return cmp.Or(cmp.Compare(a.Schema, b.Schema), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Arguments, b.Arguments))
	})
	slices.SortFunc(c.Types, func(a, b schema.Type) int {
		return cmp.Or(cmp.Compare(a.Schema, b.Schema), cmp.Compare(a.Name, b.Name))
	})
	slices.Sort(c.Operators)
	slices.Sort(c.OperatorBodies)
	slices.Sort(c.Casts)
	slices.Sort(c.CastsInC)
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
