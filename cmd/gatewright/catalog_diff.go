package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/compiler"
	"github.com/gatewright/gatewright/schema"
)

// catalogDiff holds the flags of 'catalog diff'.
type catalogDiff struct {
	database
	policy, target, format string
}

func newCatalogDiff(p *program) *cobra.Command {
	var d catalogDiff
	cmd := &cobra.Command{
		Use:   "diff SNAPSHOT [OTHER]",
		Short: "Show how a database has drifted from a snapshot of its catalog",
		Long: "Diff compares a snapshot with the live database that --address names, or with another snapshot. With --policy, it " +
			"says which classes and rules name what changed. It exits with 1 when anything did.",
		Example: "  gatewright catalog diff payments-db.catalog.json --address 127.0.0.1:5432 \\\n" +
			"    --database payments --user gateway --password env:PW --policy .",
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkFormat(d.format, "text", "json"); err != nil {
				return err
			}
			return p.catalogDiff(cmd.Context(), args, &d)
		},
	}
	d.flags(cmd)
	flags := cmd.Flags()
	flags.StringVar(&d.policy, "policy", "", "Directory of the policy that is compiled against the snapshot")
	flags.StringVar(&d.target, "target", "", "Target that the snapshot is of (default: those of the policy that name its file)")
	flags.StringVar(&d.format, "format", "text", "Output: text or json")
	return cmd
}

// driftReport is what the json format prints.
type driftReport struct {
	FormatVersion int      `json:"format_version"`
	From          driftOf  `json:"from"`
	To            driftOf  `json:"to"`
	Targets       []string `json:"targets,omitempty"`
	*compiler.Drift
}

type driftOf struct {
	Name          string `json:"name"`
	ServerVersion int    `json:"server_version"`
}

func (p *program) catalogDiff(ctx context.Context, args []string, d *catalogDiff) error {
	from, err := readCatalog(args[0])
	if err != nil {
		return err
	}
	to, name, err := p.driftedTo(ctx, args, d)
	if err != nil {
		return err
	}
	report := driftReport{
		FormatVersion: 1, From: driftOf{args[0], from.ServerVersion}, To: driftOf{name, to.ServerVersion}, Drift: compiler.CompareCatalogs(from, to),
	}
	if d.policy != "" {
		if report.Targets, err = p.touch(&report, args[0], d); err != nil {
			return err
		}
	}
	if d.format == "json" {
		err = p.printJSON(report)
	} else {
		err = p.printDrift(&report)
	}
	if err == nil && len(report.Changes) > 0 {
		err = &failure{code: exitFindings}
	}
	return err
}

// driftedTo gives what the snapshot is compared with.
func (p *program) driftedTo(ctx context.Context, args []string, d *catalogDiff) (*schema.Catalog, string, error) {
	live := d.Address != ""
	switch {
	case live == (len(args) == 2):
		return nil, "", fail(errors.New("name either another snapshot or a live database"), "Give a second file, or --address with --database, --user and --password.")
	case !live:
		c, err := readCatalog(args[1])
		return c, args[1], err
	}
	var missing []string
	for _, flag := range []struct{ name, value string }{
		{"--database NAME", d.Database}, {"--user NAME", d.User}, {"--password env:NAME", d.password},
	} {
		if flag.value == "" {
			missing = append(missing, flag.name)
		}
	}
	if len(missing) > 0 {
		return nil, "", fail(errors.New("a live database needs --database, --user and --password"), "Add "+strings.Join(missing, " ")+".")
	}
	text, err := p.fetch(ctx, &d.database)
	if err != nil {
		return nil, "", err
	}
	c, err := decodeSnapshot("the database's catalog", text)
	return c, d.Database + " at " + d.Address, err
}

// maxCatalogBytes bounds a snapshot.
const maxCatalogBytes = 64 << 20

const pullHint = "'gatewright catalog pull' writes it."

func readCatalog(path string) (*schema.Catalog, error) {
	text, err := readBounded(path, maxCatalogBytes)
	if err != nil {
		return nil, fail(err, pullHint)
	}
	return decodeSnapshot(path, text)
}

func decodeSnapshot(name string, text []byte) (*schema.Catalog, error) {
	var c schema.Catalog
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, fail(fmt.Errorf("%s is no catalog: %w", name, err), pullHint)
	}
	if c.ServerVersion <= 0 {
		return nil, fail(fmt.Errorf("%s is no catalog: it names no server_version", name), pullHint)
	}
	return &c, nil
}

// touch compiles the policy and notes what of it names the changes. It gives the targets that the snapshot is of.
func (p *program) touch(report *driftReport, snapshot string, d *catalogDiff) ([]string, error) {
	result, err := p.compile(d.policy, "text")
	if err != nil {
		return nil, err
	}
	var targets []string
	for _, t := range result.Bundle.Targets {
		if d.target == t.Name || d.target == "" && t.Catalog != "" && sameFile(snapshot, filepath.Join(d.policy, filepath.FromSlash(t.Catalog))) {
			targets = append(targets, t.Name)
		}
	}
	if len(targets) == 0 {
		err := fmt.Errorf("no target of the policy has the catalog %s", snapshot)
		if d.target != "" {
			err = fmt.Errorf("the policy has no target %q", d.target)
		}
		return nil, fail(err, "Name the target: --target NAME.")
	}
	return targets, report.Touch(result.Bundle, targets)
}

func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

func (p *program) printDrift(r *driftReport) error {
	var b strings.Builder
	signs := map[string]string{"added": "+", "removed": "-", "changed": "~"}
	for _, c := range r.Changes {
		text := strings.TrimPrefix(c.Kind+" "+c.Name, "search_path ")
		if c.Detail != "" {
			text += ": " + c.Detail
		}
		fmt.Fprintln(&b, wrap(signs[c.What]+" ", "    ", oneLine(text)))
		if len(c.Touches) > 0 {
			fmt.Fprintln(&b, wrap("    touches ", "      ", oneLine(strings.Join(c.Touches, ", "))))
		}
	}
	if r.Skipped != "" {
		fmt.Fprintln(&b, wrap("not compared: ", "  ", oneLine(r.Skipped)))
	}
	summary := "is what the snapshot says"
	if n := len(r.Changes); n > 0 {
		summary = "differs from the snapshot in " + count(n, "place")
	}
	fmt.Fprintln(&b, wrap("", "  ", oneLine(r.To.Name)+" "+summary+"."))
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}
