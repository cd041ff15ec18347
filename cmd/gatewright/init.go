package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/compiler"
	"github.com/gatewright/gatewright/schema"
)

// initFlags are those of init. The catalog comes from a file, from a live database, or is an example.
type initFlags struct {
	target, protocol, issuer, catalog string
	database                          database
}

func newInit(p *program) *cobra.Command {
	var f initFlags
	cmd := &cobra.Command{
		Use:   "init DIR --target NAME",
		Short: "Write the beginnings of a policy for a target, with tests",
		Long: "Init writes a policy directory that validate, lint and test are content with: who may read and write, what waits " +
			"for approval, guardrails, and masks for columns whose names look sensitive.\n" +
			"The tables come from a catalog: from a file of 'gatewright catalog pull' (--catalog), or from the database itself " +
			"(--address and the flags beside it). Without one, an example stands in their place.\n" +
			"It never writes over a file.",
		Example: "  gatewright init policy --target shop-db\n" +
			"  gatewright init policy --target shop-db --catalog shop-db.catalog.json\n" +
			"  gatewright init policy --target shop-db --address 127.0.0.1:5432 \\\n" +
			"    --database shop --user gateway --password env:PW",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.init(cmd.Context(), args[0], &f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.target, "target", "", "Name of the target")
	flags.StringVar(&f.protocol, "protocol", schema.ProtocolPostgres, "What the target speaks: postgres")
	flags.StringVar(&f.issuer, "issuer", "https://login.example.com", "OpenID Connect issuer that vouches for callers")
	flags.StringVar(&f.catalog, "catalog", "", "Catalog file to begin from")
	f.database.flags(cmd)
	mustFlags(cmd, "target")
	return cmd
}

// targetName is what a target may be called; the compiler says the same.
var targetName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,50}$`)

func (f *initFlags) check() error {
	switch {
	case !targetName.MatchString(f.target):
		return fail(fmt.Errorf("--target: %q is no name of a target", f.target), "Use at most 51 letters, digits, hyphens and underscores, a letter or digit first.")
	case f.protocol != schema.ProtocolPostgres:
		return fail(fmt.Errorf("--protocol: %q is not known", f.protocol), "This build knows postgres.")
	case f.catalog != "" && f.live():
		return fail(errors.New("both --catalog and a live database are given"), "Give the one or the other.")
	case !isIssuer(f.issuer):
		return fail(fmt.Errorf("--issuer: %q is no URL of an issuer", f.issuer), "Write it as the claim iss has it: https://login.example.com; http is for a loopback address.")
	}
	return f.whole()
}

// isIssuer reports whether a URL is one that an issuer may have: https, or http on a loopback address.
func isIssuer(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && schema.LoopbackHost(u.Hostname()))
}

func (f *initFlags) live() bool {
	d := &f.database
	return d.Address+d.Database+d.User+d.password != ""
}

// whole reports a live database that is given in part.
func (f *initFlags) whole() error {
	d := &f.database
	for _, flag := range []struct{ name, value string }{
		{"address", d.Address}, {"database", d.Database}, {"user", d.User}, {"password", d.password},
	} {
		if f.live() && flag.value == "" {
			return fail(fmt.Errorf("--%s is missing", flag.name), "A live database takes --address, --database, --user and --password.")
		}
	}
	return nil
}

func (p *program) init(ctx context.Context, dir string, f *initFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	if err := vacant(dir); err != nil {
		return err
	}
	text, err := p.initCatalog(ctx, f)
	if err != nil {
		return err
	}
	s, err := newScaffold(f, text)
	if err != nil {
		return err
	}
	files, err := s.files()
	if err != nil {
		return err
	}
	if err := p.proven(ctx, files); err != nil {
		return err
	}
	if err := s.write(dir, files); err != nil {
		return err
	}
	return p.initiated(dir, s, files)
}

// initCatalog gives the catalog's text.
func (p *program) initCatalog(ctx context.Context, f *initFlags) ([]byte, error) {
	switch {
	case f.live():
		return p.fetch(ctx, &f.database)
	case f.catalog != "":
		text, err := os.ReadFile(f.catalog)
		if err != nil {
			return nil, fail(err, "'gatewright catalog pull' writes such a file.")
		}
		return text, nil
	}
	return exampleCatalog, nil
}

// vacant reports a directory that holds something of what is to be written, or another policy.
func vacant(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fail(err, "Give a directory that is empty, or not there yet.")
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".hcl") {
			return fail(fmt.Errorf("%s holds a policy already: %s", dir, e.Name()), "Give another directory; init writes over nothing.")
		}
	}
	return nil
}

// proven holds the files to what init promises before any of them is written: that they are a policy without a mistake,
// whose tests pass.
func (p *program) proven(ctx context.Context, files []scaffolded) error {
	stage, err := os.MkdirTemp("", "gatewright-init-")
	if err != nil {
		return fail(err, "")
	}
	defer os.RemoveAll(stage)
	for _, f := range files {
		if err := f.write(stage); err != nil {
			return err
		}
	}
	result := compiler.Compile(policyFS(stage))
	if len(result.Diagnostics) > 0 {
		d := result.Diagnostics[0]
		return unmade(fmt.Errorf("%s: %s", d.Summary, d.Detail))
	}
	var said bytes.Buffer
	quiet := &program{stdin: p.stdin, stdout: &said, stderr: io.Discard, getenv: p.getenv}
	if err := quiet.test(ctx, stage, &testFlags{format: "tap"}); err != nil {
		_, failed, _ := strings.Cut(said.String(), "\nnot ok ")
		first, _, _ := strings.Cut(failed, "\n")
		return unmade(fmt.Errorf("its test fails: %s", first))
	}
	return nil
}

// unmade is the failure of a catalog that is too strange to begin from.
func unmade(err error) error {
	return fail(fmt.Errorf("no policy could be made of this catalog: %w", err), "Begin without it, and name its tables by hand.")
}

func (p *program) initiated(dir string, s *scaffold, files []scaffolded) error {
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintln(&b, filepath.Join(dir, f.name))
	}
	fmt.Fprintln(&b)
	fmt.Fprintln(&b, wrap("", "", s.told()))
	fmt.Fprintf(&b, "\nNext:\n  gatewright test %s\n", dir)
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}

// parseCatalog reads a catalog and refuses one that a policy cannot begin from.
func parseCatalog(text []byte) (*schema.Catalog, error) {
	var c schema.Catalog
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, fail(fmt.Errorf("the catalog is not one: %w", err), "Write it with 'gatewright catalog pull'.")
	}
	return &c, nil
}
