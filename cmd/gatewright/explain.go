package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/bundle"
	"github.com/gatewright/gatewright/schema/vocab"
)

// explain holds the flags of the verb.
type explain struct {
	target, sql, catalog string
	// as, or issuer with claims, or issuer with subject, groups and kind, say who asks.
	as, issuer, claims, subject, kind string
	groups                            []string
	at, address, application          string
	record                            uint64
	audit, format                     string
	// token are the claims of who asks, where they are known.
	token map[string]any
	// explainer and spent are for all statements of a text.
	explainer *engine.Explainer
	spent     int
}

func newExplain(p *program) *cobra.Command {
	var x explain
	cmd := &cobra.Command{
		Use:   "explain DIR|BUNDLE",
		Short: "Say what forced a decision, and what would have to differ for another one",
		Long: "Explain decides a statement as a gateway would, with the target's catalog snapshot, and names the fewest scopes and " +
			"terms that force the outcome whatever all others were. With --record it explains a decision of an audit log, from what " +
			"the log keeps of it: accesses, principal and the text without its literals.",
		Example: "  gatewright explain policy --as order-service --target payments-db \\\n" +
			"    --sql 'DELETE FROM orders'\n" +
			"  gatewright explain bundle.gwb --catalog payments-db.catalog.json \\\n" +
			"    --record 1042 --audit audit.jsonl",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := checkFormat(x.format, "text", "json"); err != nil {
				return err
			}
			return p.explain(args[0], &x)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&x.target, "target", "", "Target that the statement is for")
	flags.StringVar(&x.sql, "sql", "", "Statement to explain, or several")
	flags.StringVar(&x.as, "as", "", "Who asks: a principal block of the policy's test files")
	flags.StringVar(&x.issuer, "issuer", "", "Issuer of who asks (default: the policy's only one)")
	flags.StringVar(&x.claims, "claims", "", "JSON file of a token's claims, for the issuer's mapping to make a principal of")
	flags.StringVar(&x.subject, "subject", "", "Subject of who asks, beside any mapping")
	flags.StringSliceVar(&x.groups, "groups", nil, "Groups of who asks, beside any mapping; with --record, where the log does not tell them")
	flags.StringVar(&x.kind, "kind", schema.KindMachine, "Kind of who asks with --subject: machine, human or agent")
	flags.StringVar(&x.at, "time", "", "When it is asked (default: the moment at which tests run)")
	flags.StringVar(&x.address, "client-address", "", "IP address from which it is asked")
	flags.StringVar(&x.application, "application", "", "What the client calls itself")
	flags.StringVar(&x.catalog, "catalog", "", "Catalog snapshot (default: the one that the target names, in DIR)")
	flags.Uint64Var(&x.record, "record", 0, "Number of a decision in the audit log")
	flags.StringVar(&x.audit, "audit", "", "Audit log that holds it")
	flags.StringVar(&x.format, "format", "text", "Output: text or json")
	return cmd
}

// explained is what the json format prints.
type explained struct {
	FormatVersion int    `json:"format_version"`
	Policy        string `json:"policy"`
	// Bundle is the content id of a bundle; empty for a directory, which has none.
	Bundle     string          `json:"bundle,omitempty"`
	Target     string          `json:"target"`
	Principal  shownPrincipal  `json:"principal"`
	Record     *shownRecord    `json:"record,omitempty"`
	Notes      []string        `json:"notes,omitempty"`
	Statements []explainedText `json:"statements"`
}

type shownPrincipal struct {
	Issuer  string   `json:"issuer"`
	Subject string   `json:"subject"`
	Groups  []string `json:"groups"`
	Kind    string   `json:"kind"`
}

type explainedText struct {
	SQL      string   `json:"sql"`
	Accesses []string `json:"accesses"`
	*engine.Explanation
}

func (p *program) explain(path string, x *explain) error {
	j, suite, err := p.loadJudge(path)
	if err != nil {
		return err
	}
	x.explainer = j.engine.Explainer()
	out := &explained{FormatVersion: 1, Policy: j.bundle.Name, Bundle: j.bundle.ID}
	if x.record != 0 || x.audit != "" {
		err = p.explainRecord(j, x, out)
	} else {
		err = p.explainSQL(j, suite, x, out)
	}
	if err != nil {
		return err
	}
	if x.format == "json" {
		return p.printJSON(out)
	}
	return p.printExplained(out, j.bundle)
}

// loadJudge takes a policy directory or a bundle; a bundle has no suite.
func (p *program) loadJudge(path string) (*judge, *schema.Suite, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, fail(err, "Give the policy's directory, or a bundle that 'gatewright compile' wrote.")
	}
	if info.IsDir() {
		result, err := p.compile(path, "text")
		if err != nil {
			return nil, nil, err
		}
		j, err := newJudge(result.Bundle, policyFS(path))
		return j, result.Suite, err
	}
	data, err := readBounded(path, maxBundleBytes)
	if err != nil {
		return nil, nil, fail(err, "'gatewright compile DIR --out FILE' writes a bundle.")
	}
	b, err := bundle.Decode(data, bundle.Options{Fingerprint: vocab.Fingerprint()})
	if err != nil {
		return nil, nil, refused(path, err)
	}
	j, err := newJudge(b, os.DirFS(filepath.Dir(path)))
	return j, &schema.Suite{}, err
}

func (p *program) explainSQL(j *judge, suite *schema.Suite, x *explain, out *explained) error {
	switch {
	case x.target == "":
		return fail(errors.New("--target is missing"), "Name the target that the statement is for: --target NAME.")
	case x.sql == "":
		return fail(errors.New("--sql is missing"), "Give the statement, --sql 'SELECT ...', or a recorded decision, --record NUMBER --audit FILE.")
	}
	principal, err := x.principal(j, suite)
	if err != nil {
		return err
	}
	if _, err := netip.ParseAddr(x.address); err != nil && x.address != "" {
		return fail(fmt.Errorf("--client-address %q is no IP address", x.address), "Write one without a port, as 10.0.0.7 or 2001:db8::7.")
	}
	request := schema.Request{Time: testTime, ClientAddress: x.address, Application: x.application}
	if err := setTime(&request.Time, "--time", x.at); err != nil {
		return err
	}
	catalog, err := x.catalogOf(j, x.target)
	if err != nil {
		return err
	}
	out.Target, out.Principal = x.target, principalText(principal)
	statements := sqlfacts.Classify(x.sql, &sqlfacts.Session{Catalog: catalog, SearchPath: catalog.SearchPath})
	if len(statements) == 0 {
		return fail(errors.New("the text holds no statement"), "Give one: --sql 'SELECT ...'.")
	}
	var before []string
	for i := range statements {
		if s := statements[i].Syntax; s != nil {
			return fail(fmt.Errorf("PostgreSQL's parser refuses the statement: %s", s.Message), "Mend the statement.")
		}
		action := schema.Action{Protocol: schema.ProtocolPostgres, Target: x.target, Principal: principal, Request: request}
		statements[i].Describe(&action)
		out.Statements = append(out.Statements, x.explainAction(&varier{judge: j, action: &action, catalog: catalog, before: before}))
		before = append(before, statements[i].Text)
	}
	return nil
}

func (x *explain) explainAction(v *varier) explainedText {
	a := v.action
	v.token, v.spent, v.read, v.callers = x.token, &x.spent, map[string]*sqlfacts.Statement{}, map[string]string{}
	text := explainedText{SQL: a.Text, Accesses: []string{}, Explanation: x.explainer.Explain(a, v)}
	for _, access := range a.Accesses {
		name := access.Verb
		if access.Object != "" {
			name += " " + access.Object
		}
		text.Accesses = append(text.Accesses, name)
	}
	return text
}

func principalText(p *schema.Principal) shownPrincipal {
	return shownPrincipal{p.Issuer, p.Subject, append([]string{}, p.Groups...), p.Kind}
}

// catalogOf reads the catalog of a target, and says first when there is no such target.
func (x *explain) catalogOf(j *judge, target string) (*schema.Catalog, error) {
	if j.engine.Target(target) == nil {
		var names []string
		for _, t := range j.bundle.Targets {
			names = append(names, t.Name)
		}
		return nil, fail(fmt.Errorf("the policy has no target %q", target), nearestHint(target, names, "Targets"))
	}
	if x.catalog != "" {
		return readCatalog(x.catalog)
	}
	c, err := j.catalog(target)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fail(err, "Name the snapshot: --catalog FILE.")
	}
	return c, err
}

func nearestHint(word string, names []string, what string) string {
	if near := schema.Nearest(word, names); near != "" {
		return fmt.Sprintf("Did you mean %q?", near)
	}
	return fmt.Sprintf("%s are %v.", what, names)
}

// principal gives who asks.
func (x *explain) principal(j *judge, suite *schema.Suite) (*schema.Principal, error) {
	given := 0
	for _, text := range []string{x.as, x.claims, x.subject} {
		if text != "" {
			given++
		}
	}
	if given != 1 {
		return nil, fail(errors.New("say who asks, in one way"), "--as NAME for a principal of the tests, --claims FILE for a token's claims, or --subject NAME --groups A,B.")
	}
	if x.as != "" {
		return x.testPrincipal(j, suite)
	}
	issuer, err := x.issuerOf(j.bundle)
	if err != nil {
		return nil, err
	}
	if x.subject != "" {
		if !slices.Contains(schema.Kinds, x.kind) {
			return nil, fail(fmt.Errorf("--kind %q is no kind", x.kind), nearestHint(x.kind, schema.Kinds, "Kinds"))
		}
		groups := slices.Clone(x.groups)
		slices.Sort(groups)
		return &schema.Principal{Issuer: issuer, Subject: x.subject, Groups: slices.Compact(groups), Kind: x.kind}, nil
	}
	text, err := readBounded(x.claims, 1<<20)
	if err != nil {
		return nil, fail(err, "Name a JSON file: --claims claims.json.")
	}
	var claims map[string]any
	if err := json.Unmarshal(text, &claims); err != nil {
		return nil, fail(fmt.Errorf("%s: %w", x.claims, err), "It holds one JSON object, the token's claims.")
	}
	x.token = claims
	return j.principal(&schema.TestPrincipal{Name: x.claims, Issuer: issuer, Claims: claims})
}

func (x *explain) testPrincipal(j *judge, suite *schema.Suite) (*schema.Principal, error) {
	var names []string
	for i := range suite.Principals {
		if suite.Principals[i].Name == x.as {
			x.token = suite.Principals[i].Claims
			return j.principal(&suite.Principals[i])
		}
		names = append(names, suite.Principals[i].Name)
	}
	if len(names) == 0 {
		return nil, fail(errors.New("there are no principals to ask --as"), "A bundle has no tests: use --claims FILE, or --subject NAME --groups A,B.")
	}
	return nil, fail(fmt.Errorf("the tests have no principal %q", x.as), nearestHint(x.as, names, "Principals"))
}

func (x *explain) issuerOf(b *schema.Bundle) (string, error) {
	var names []string
	for _, i := range b.Issuers {
		names = append(names, i.Name)
	}
	switch {
	case x.issuer == "" && len(names) == 1:
		return names[0], nil
	case x.issuer == "":
		return "", fail(errors.New("--issuer is missing"), fmt.Sprintf("Issuers are %v.", names))
	case !slices.Contains(names, x.issuer):
		return "", fail(fmt.Errorf("the policy has no issuer %q", x.issuer), nearestHint(x.issuer, names, "Issuers"))
	}
	return x.issuer, nil
}
