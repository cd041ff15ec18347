package main

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/runtime/identity"
	"github.com/gatewright/gatewright/schema"
)

// planFlags are what the verb is asked for.
type planFlags struct {
	from, to, format, tests, failOn, traffic string
	detailed                                 bool
	seed                                     uint64
	budget                                   int
}

func newPlan(p *program) *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use:   "plan --from BUNDLE|DIR|git:REF --to DIR|BUNDLE",
		Short: "Say what a change of a policy means: who gains or loses what",
		Long: "Plan compares what two policies decide, for every request, and not how they are written.\n" +
			"Each block that was edited LOOSENS, TIGHTENS, does BOTH, is a REFACTOR that changes no decision, or changes the\n" +
			"MODE: what is enforced and what is only logged. Each difference comes with a request that shows it, which the\n" +
			"gateway's own engine has decided by both policies. git:REF is the directory of --to as it was at a commit.\n" +
			"With --traffic it also tells which decisions of an audit log would flip.\n\n" +
			"With --detailed-exitcode it exits with 0 when no decision changes, 2 when decisions change and nothing gets\n" +
			"looser, and 3 when something gets looser or cannot be decided.",
		Example: "  gatewright plan --from git:main --to policy\n  gatewright plan --from bundle.gwb --to policy --format markdown",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(); err != nil {
				return err
			}
			return p.plan(cmd, &f)
		},
	}
	cmd.Flags().StringVar(&f.from, "from", "", "The old policy: a bundle, a directory, or git:REF")
	cmd.Flags().StringVar(&f.to, "to", "", "The new policy: a directory or a bundle")
	cmd.Flags().StringVar(&f.format, "format", "text", "Output: text, json or markdown")
	cmd.Flags().StringVar(&f.tests, "emit-tests", "", "File to write tests to that hold the new decisions still; its name ends in _test.hcl")
	cmd.Flags().StringVar(&f.traffic, "traffic", "", "Audit log whose decisions both policies make again, to tell which would flip")
	cmd.Flags().StringVar(&f.failOn, "fail-on", "", "Exit with 1 on: loosen")
	cmd.Flags().BoolVar(&f.detailed, "detailed-exitcode", false, "Tell by the exit code what changes")
	cmd.Flags().Uint64Var(&f.seed, "seed", 1, "Seed of the requests that are made by chance where the budget is spent")
	cmd.Flags().IntVar(&f.budget, "budget", plan.DefaultBudget, "Steps that the comparison may take")
	return cmd
}

func (f *planFlags) check() error {
	switch {
	case f.from == "":
		return fail(errors.New("--from is missing"), "Name the old policy: --from bundle.gwb, --from DIR or --from git:REF.")
	case f.to == "":
		return fail(errors.New("--to is missing"), "Name the new policy: --to DIR or --to bundle.gwb.")
	case f.failOn != "" && f.failOn != "loosen":
		return fail(errors.New("--fail-on takes loosen alone"), "Write --fail-on loosen, or leave it out.")
	case f.budget < 1:
		return fail(errors.New("--budget must be more than zero"), "Leave it out for the default.")
	}
	if f.tests != "" {
		if err := checkTestsName(f.tests); err != nil {
			return err
		}
	}
	return checkFormat(f.format, "text", "json", "markdown")
}

// planned is what --format json says of a comparison.
type planned struct {
	FormatVersion int    `json:"format_version"`
	From          string `json:"from"`
	To            string `json:"to"`
	*plan.Report
	Invariants []plan.Proof `json:"invariants"`
	// Dropped are the invariants of the old policy that the new one has not, or has in other words, asked of the new one.
	Dropped []plan.Proof `json:"dropped_invariants,omitempty"`
	// Traffic is there with --traffic.
	Traffic *traffic `json:"traffic,omitempty"`
}

// dropped gives the invariants of the old policy that the new one has not.
func dropped(old, new []schema.Invariant) []schema.Invariant {
	return slices.DeleteFunc(slices.Clone(old), func(i schema.Invariant) bool {
		return slices.ContainsFunc(new, func(j schema.Invariant) bool { return i.Never == j.Never && i.When.Text == j.When.Text })
	})
}

func (p *program) plan(cmd *cobra.Command, f *planFlags) error {
	old, err := p.planSource(cmd.Context(), f.from, f.to)
	if err != nil {
		return err
	}
	defer old.close()
	new, err := p.planSource(cmd.Context(), f.to, "")
	if err != nil {
		return err
	}
	defer new.close()
	random := rand.New(rand.NewPCG(f.seed, 0))
	report, err := plan.Compare(old.side, new.side, plan.Options{Budget: f.budget, Random: random.IntN, Identify: identify})
	if err != nil {
		return fail(err, "")
	}
	complete(report, old, new)
	proofs, err := plan.Prove(new.side, new.invariants, f.budget)
	if err != nil {
		return fail(err, "")
	}
	gone, err := plan.Prove(new.side, dropped(old.invariants, new.invariants), f.budget)
	if err != nil {
		return fail(err, "")
	}
	result := planned{FormatVersion: 1, From: f.from, To: f.to, Report: report, Invariants: proofs, Dropped: gone}
	if f.traffic != "" {
		if result.Traffic, err = p.replay(f.traffic, old, new); err != nil {
			return err
		}
	}
	if err := p.printPlan(&result, f.format); err != nil {
		return err
	}
	if f.tests != "" {
		if err := p.emitTests(f.tests, report, new); err != nil {
			return err
		}
	}
	return f.exit(&result)
}

func (p *program) printPlan(r *planned, format string) error {
	switch format {
	case "json":
		return p.printJSON(r)
	case "markdown":
		return p.planMarkdown(r)
	}
	return p.planText(r)
}

// exit gives the exit code: findings first.
func (f *planFlags) exit(r *planned) error {
	for _, proof := range r.Invariants {
		if proof.Status == plan.Refuted {
			return &failure{code: exitFindings}
		}
	}
	looser, changes := r.Loosens || r.Undecided, r.Verdict != plan.Refactor
	if t := r.Traffic; t != nil { // what flips counts, whatever the comparison has found
		looser, changes = looser || t.Loosens > 0, changes || t.Flip > 0
	}
	if f.failOn == "loosen" && looser {
		return &failure{code: exitFindings}
	}
	unknown := false
	for _, proof := range r.Invariants {
		unknown = unknown || proof.Status == plan.Unknown
	}
	switch {
	case !f.detailed:
	case looser || unknown:
		return &failure{code: exitLooser}
	case changes:
		return &failure{code: exitChanges}
	}
	return nil
}

// identify makes a principal of claims as the gateway does.
func identify(i *schema.Issuer, claims map[string]any) (*schema.Principal, error) {
	return identity.Principal(*i, claims)
}

// complete gives witnesses what only the gateway's own mapping and classifier know: a token's claims, and a statement.
func complete(report *plan.Report, old, new *planSource) {
	pair := plan.NewPair(old.side, new.side)
	for i := range report.Changes {
		for _, w := range report.Changes[i].Witnesses {
			if w.Action == nil || !w.Decided {
				continue
			}
			w.Principal.Claims = claimsOf(cmp.Or(new.issuer(w.Principal.Issuer), old.issuer(w.Principal.Issuer)), &w.Principal, nil)
			w.SQL = planSQL(pair, w, old, new)
		}
	}
}
