package compiler

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
)

// resolver is the second stage: every name is declared once, and every reference finds its block.
type resolver struct {
	report
	l *loader
	// scope is the one looked at now, and tree its tree.
	scope *scope
	tree  *syntax.Tree
	// names maps a block type to the names declared, with the prefixes of their scopes, each with its place.
	names map[string]map[string]schema.Range
	// targets are the resolved targets of each rule, by address, sorted.
	targets map[string][]string
	byName  map[string]*syntax.Target
}

func newResolver(l *loader) *resolver {
	return &resolver{l: l, tree: l.tree, names: map[string]map[string]schema.Range{}, targets: map[string][]string{}, byName: map[string]*syntax.Target{}}
}

func (r *resolver) resolve() {
	for _, s := range r.l.scopes {
		r.enter(s)
		r.declareAll()
	}
	for _, s := range r.l.scopes {
		r.enter(s)
		r.references()
	}
	r.enter(r.l.scopes[0])
	r.onePolicy()
	r.tests()
}

func (r *resolver) references() {
	for i := range r.tree.Classes {
		r.refer("target", r.tree.Classes[i].Targets)
	}
	for i := range r.tree.Rules {
		rule := &r.tree.Rules[i]
		r.targets[r.scope.address(rule.Effect.String(), rule.Name)] = r.selected(rule)
		r.referOne("route", rule.Route)
	}
	for i := range r.tree.Masks {
		r.refer("class", r.tree.Masks[i].Classes)
	}
}

func (r *resolver) declareAll() {
	t := r.tree
	for i := range t.Issuers {
		r.declare("issuer", t.Issuers[i].Name)
	}
	for i := range t.Targets {
		r.declare("target", t.Targets[i].Name)
		if _, twice := r.byName[t.Targets[i].Name.Text]; !twice {
			r.byName[t.Targets[i].Name.Text] = &t.Targets[i]
		}
	}
	for i := range t.Classes {
		r.declare("class", t.Classes[i].Name)
	}
	for i := range t.Rules {
		r.declare(t.Rules[i].Effect.String(), t.Rules[i].Name)
	}
	for i := range t.Masks {
		r.declare("mask", t.Masks[i].Name)
	}
	for i := range t.Routes {
		r.declare("route", t.Routes[i].Name)
	}
	for i := range t.Exprs {
		r.declare("expr", t.Exprs[i].Name)
	}
	for i := range t.Principals {
		r.declare("principal", t.Principals[i].Name)
	}
	for i := range t.Tests {
		r.declareFree("test", t.Tests[i].Name)
	}
	for i := range t.Invariants {
		r.declareFree("invariant", t.Invariants[i].Name)
	}
}

func (r *resolver) onePolicy() {
	for _, more := range r.tree.Policies[min(1, len(r.tree.Policies)):] {
		r.add(more.Range, "Duplicate policy block", fmt.Sprintf("The policy is named at %s already.", r.tree.Policies[0].Range),
			"Keep one policy block; all files of the directory belong to it.")
	}
	if len(r.tree.Policies) > 0 {
		r.wellNamed("policy", r.tree.Policies[0].Name)
	} else if !r.l.broken {
		r.diags = append(r.diags, schema.Diagnostic{Summary: "No policy block", Detail: "No file says what policy this is and in which language version.",
			Hint: fmt.Sprintf("Add: policy \"NAME\" { language = %d }.", schema.LanguageVersion)})
	}
}

func (r *resolver) declare(kind string, name syntax.String) {
	if name.Set() && r.wellNamed(kind, name) {
		r.declareFree(kind, name)
	}
}

func (r *resolver) wellNamed(kind string, name syntax.String) bool {
	switch {
	case !name.Set():
	case kind == "expr" && (!exprName.MatchString(name.Text) || slices.Contains(celWords, name.Text)):
		r.add(name.Range, "Bad name", fmt.Sprintf("%q cannot be referred to as expr.NAME in CEL.", name.Text),
			"Use letters, digits and underscores, and no word of CEL.")
		return false
	case kind != "expr" && !blockName.MatchString(name.Text):
		r.add(name.Range, "Bad name", fmt.Sprintf("%q is no name of a block.", name.Text),
			"Use at most 63 letters, digits, hyphens and underscores, a letter or digit first.")
		return false
	}
	return true
}

// declareFree takes a name of any form.
func (r *resolver) declareFree(kind string, name syntax.String) {
	if !name.Set() {
		return
	}
	known := r.names[kind]
	if known == nil {
		known = map[string]schema.Range{}
		r.names[kind] = known
	}
	full := r.scope.prefix + name.Text
	if first, twice := known[full]; twice {
		r.add(name.Range, "Duplicate name", fmt.Sprintf("%s %q is declared at %s already.", kind, name.Text, first), "Rename one of the two.")
		return
	}
	known[full] = name.Range
}

func (r *resolver) refer(kind string, list syntax.List) {
	for _, s := range list.Items {
		r.referOne(kind, s)
	}
}

// referOne reports a name that no block declares. Where part of the policy could not be read, the block may be there.
func (r *resolver) referOne(kind string, s syntax.String) {
	if !s.Set() || r.l.broken {
		return
	}
	if _, ok := r.full(kind, s.Text); ok {
		return
	}
	hint := r.suggest(func() string { return syntax.Suggest(s.Text, r.visible(kind)) })
	if hint == "" {
		hint = fmt.Sprintf("Add a block: %s %q { ... }.", kind, s.Text)
	}
	r.add(s.Range, "Unknown "+kind, fmt.Sprintf("There is no %s %q.", kind, s.Text), hint)
}

// selected gives the names of the targets that a rule is about, sorted.
func (r *resolver) selected(rule *syntax.Rule) []string {
	switch {
	case rule.Targets.Set() && rule.TargetLabels.Set():
		r.add(rule.TargetLabels.Range, "Both targets and target_labels", "A rule names its targets or selects them by labels.", "Keep one of the two.")
	case !rule.Targets.Set() && !rule.TargetLabels.Set():
		r.add(rule.Range, "Missing targets", "A rule says which targets it is about.",
			"Add targets = [\"NAME\"], target_labels = { key = \"value\" } or, for all, targets = [\"*\"].")
	case rule.Targets.Set():
		return r.named(rule.Targets)
	default:
		return r.labelled(rule.TargetLabels)
	}
	return nil
}

func (r *resolver) named(list syntax.List) []string {
	var names []string
	for _, s := range list.Items {
		if s.Text == "*" {
			names = slices.AppendSeq(names, maps.Keys(r.byName))
			continue
		}
		r.referOne("target", s)
		names = append(names, s.Text)
	}
	return sortedSet(names)
}

// labelled gives the targets that have all of the labels. A selection of none would be a rule that silently does
// nothing.
func (r *resolver) labelled(labels syntax.Map) []string {
	var names []string
	for name, t := range r.byName {
		if hasLabels(t, labels) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	switch {
	case labels.Faulty:
	case len(labels.Entries) == 0:
		r.add(labels.Range, "Empty target_labels", "Without any label it would select every target.", "Write targets = [\"*\"] if every target is meant.")
	case len(names) == 0 && !r.l.broken:
		r.add(labels.Range, "No target has these labels", "The rule would never match.", r.labelHint(labels))
	}
	return names
}

func hasLabels(t *syntax.Target, labels syntax.Map) bool {
	for _, want := range labels.Entries {
		if !slices.ContainsFunc(t.Labels.Entries, func(e syntax.Entry) bool {
			return e.Key.Text == want.Key.Text && e.Value.Text == want.Value.Text
		}) {
			return false
		}
	}
	return true
}

func (r *resolver) labelHint(labels syntax.Map) string {
	known := map[string]bool{}
	for _, t := range r.byName {
		for _, e := range t.Labels.Entries {
			known[e.Key.Text+" = "+e.Value.Text] = true
		}
	}
	for _, e := range labels.Entries {
		if text := e.Key.Text + " = " + e.Value.Text; !known[text] {
			if hint := syntax.Suggest(text, slices.Sorted(maps.Keys(known))); hint != "" {
				return hint
			}
		}
	}
	return "Labels of targets are: " + strings.Join(slices.Sorted(maps.Keys(known)), ", ") + "."
}

// rule resolves a rule's or mask's address.
func (r *resolver) rule(by syntax.String) {
	prefix, kind, name := schema.SplitAddress(by.Text)
	if _, ok := r.names[kind][prefix+name]; ok && slices.Contains(ruleKinds, kind) || r.l.broken {
		return
	}
	hint := r.suggest(func() string { return syntax.Suggest(by.Text, r.addresses()) })
	if hint == "" {
		hint = "Write the block's type and name, as \"deny.NAME\"."
	}
	r.add(by.Range, "Unknown rule", fmt.Sprintf("No rule has the address %q.", by.Text), hint)
}

// addresses are those of all rules and masks, sorted.
func (r *resolver) addresses() []string {
	var known []string
	for _, kind := range ruleKinds {
		for name := range r.names[kind] {
			known = append(known, schema.BlockAddress(kind, name))
		}
	}
	slices.Sort(known)
	return known
}

var ruleKinds = []string{"allow", "approve", "deny", "mask"}
