package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/schema"
)

// fields are 14 enumerable fields of a request. Four are attributes of a rule; these are the ten in its condition.
var fields = []func(r *rand.Rand) string{
	func(r *rand.Rand) string { return fmt.Sprintf("principal.kind == '%s'", schema.Kinds[r.IntN(3)]) },
	func(r *rand.Rand) string {
		return fmt.Sprintf("principal.issuer in ['i%d', 'i%d']", r.IntN(4), r.IntN(4))
	},
	func(r *rand.Rand) string { return fmt.Sprintf("principal.subject != 's%d'", r.IntN(50)) },
	func(r *rand.Rand) string {
		return fmt.Sprintf("request.application in ['a%d', 'a%d']", r.IntN(9), r.IntN(9))
	},
	func(r *rand.Rand) string {
		return fmt.Sprintf("sql.statement != '%s'", []string{"explain", "copy"}[r.IntN(2)])
	},
	func(r *rand.Rand) string { return "sql.where_bound" },
	func(r *rand.Rand) string { return "sql.has_where" },
	func(r *rand.Rand) string { return "!sql.has_limit" },
	func(r *rand.Rand) string { return fmt.Sprintf("sql.limit < %d", 10*(1+r.IntN(20))) },
	func(r *rand.Rand) string { return fmt.Sprintf("'public.t%d' in sql.tables", r.IntN(20)) },
}

// wide is a policy of n rules; every 20 rules share a target, every rule asks for about half of the fields.
func wide(n int) *schema.Bundle {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	b := &schema.Bundle{Language: 1, Name: "p", Routes: []schema.Route{{Name: "r", Approvers: []string{"i0/group:dba"}, ApproverKinds: []string{"human"}, Quorum: 1}}}
	for i := range 4 {
		b.Issuers = append(b.Issuers, schema.Issuer{
			Name: fmt.Sprintf("i%d", i), Subject: schema.Condition{Text: "claims.sub"}, Groups: schema.Condition{Text: "claims.groups"},
			Kind: schema.Condition{Text: "claims.kind"},
		})
	}
	targets := max(1, n/20)
	for i := range targets {
		b.Targets = append(b.Targets, schema.Target{Name: fmt.Sprintf("t%05d", i), Protocol: schema.ProtocolPostgres})
	}
	for i := range n {
		effect := []schema.Effect{schema.Allow, schema.Allow, schema.Deny, schema.Approve}[i%4]
		rule := schema.Rule{
			Address: fmt.Sprintf("%s.r%05d", effect, i), Effect: effect, Protocol: schema.ProtocolPostgres,
			Groups: []string{fmt.Sprintf("g%d", r.IntN(30)), fmt.Sprintf("g%d", r.IntN(30))}, Targets: []string{fmt.Sprintf("t%05d", i%targets)},
			Verbs: []string{"select", "delete", "update"}[:1+r.IntN(3)], Tables: []string{fmt.Sprintf("public.t%d", r.IntN(20)), "sales.*"},
		}
		var terms []string
		for _, f := range fields {
			if r.IntN(2) == 0 {
				terms = append(terms, f(r))
			}
		}
		if len(terms) > 0 {
			rule.When = &schema.Condition{Text: strings.Join(terms, " && ")}
		}
		if effect == schema.Approve {
			rule.Route = "r"
		}
		b.Rules = append(b.Rules, rule)
	}
	return b
}

// one is a policy of n rules on one target with no tables, so that every rule is in the way of every other.
func one(n int) *schema.Bundle {
	b := wide(n)
	b.Targets = b.Targets[:1]
	for i := range b.Rules {
		b.Rules[i].Targets, b.Rules[i].Tables = []string{b.Targets[0].Name}, nil
	}
	return b
}

// scopes is a policy of n rules on one target that name groups and verbs alone: no tables, and no conditions.
func scopes(n int) *schema.Bundle {
	b := one(n)
	r := rand.New(rand.NewPCG(2, uint64(n)))
	for i := range b.Rules {
		rule := &b.Rules[i]
		rule.When, rule.Groups = nil, []string{fmt.Sprintf("g%d", r.IntN(1+n/5)), fmt.Sprintf("g%d", r.IntN(1+n/5))}
		rule.Verbs = []string{schema.PostgresVerbs[r.IntN(len(schema.PostgresVerbs))], schema.PostgresVerbs[r.IntN(len(schema.PostgresVerbs))]}
	}
	return b
}

// edited drops one term of one rule, where the policy is thickest, or gives a rule without terms to one group more.
func edited(old *schema.Bundle) *schema.Bundle {
	b := *old
	b.Rules = slices.Clone(b.Rules)
	for i := len(b.Rules) / 2; i < len(b.Rules); i++ {
		w := b.Rules[i].When
		if w == nil && b.Rules[i].Effect == schema.Allow {
			b.Rules[i].Groups = append(slices.Clone(b.Rules[i].Groups), "newcomers")
			break
		}
		if w != nil && strings.Contains(w.Text, " && ") {
			_, rest, _ := strings.Cut(w.Text, " && ")
			b.Rules[i].When = &schema.Condition{Text: rest}
			break
		}
	}
	return &b
}

// shapes are the policies that are measured. With 10,000 rules of random conditions in one place, what one term says is
// said by others too.
var shapes = []struct {
	name string
	make func(int) *schema.Bundle
}{{"targets", wide}, {"one-target", one}, {"scopes", scopes}}

// BenchmarkPlan compares a policy with itself after one rule was edited.
func BenchmarkPlan(b *testing.B) {
	for _, shape := range shapes {
		for n := 100; n <= 10_000; n *= 10 {
			b.Run(fmt.Sprintf("%s/rules=%d", shape.name, n), func(b *testing.B) {
				old := shape.make(n)
				from, to := planSide(b, old), planSide(b, edited(old))
				r := rand.New(rand.NewPCG(1, 1))
				for b.Loop() {
					report, err := plan.Compare(from, to, plan.Options{Random: r.IntN})
					if err != nil || report.Undecided || len(report.Changes) != 1 {
						b.Fatalf("%v %+v", err, report)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/rule")
			})
		}
	}
}

// BenchmarkProve takes an invariant to a policy: one that holds because no rule is about it but for one group, and one
// that a deny keeps.
func BenchmarkProve(b *testing.B) {
	for _, shape := range shapes[1:] {
		for n := 100; n <= 10_000; n *= 10 {
			b.Run(fmt.Sprintf("%s/rules=%d", shape.name, n), func(b *testing.B) {
				policy := shape.make(n)
				policy.Rules = append(policy.Rules, schema.Rule{
					Address: "deny.drop", Effect: schema.Deny, Protocol: schema.ProtocolPostgres, Targets: policy.Rules[0].Targets,
					Verbs: []string{"drop"}, Unless: &schema.Condition{Text: "'dba' in principal.groups"},
				})
				side := planSide(b, policy)
				invariants := []schema.Invariant{{
					Name: "only the DBAs drop", Never: schema.NeverAllow,
					When: schema.Condition{Text: "access.verb == 'drop' && !('dba' in principal.groups)"},
				}, {
					Name: "robots never write", Never: schema.NeverAllow,
					When: schema.Condition{Text: "access.verb in ['insert', 'update'] && principal.kind == 'agent' && principal.subject == 'robot'"},
				}}
				for b.Loop() {
					proofs, err := plan.Prove(side, invariants, 0)
					if err != nil || proofs[0].Status != plan.Holds || proofs[1].Status == plan.Unknown {
						b.Fatalf("%v %+v", err, proofs)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/rule")
			})
		}
	}
}

// BenchmarkReach looks for rules that decide nothing. Of 10,000 rules of random conditions in one place, nearly all are
// covered by many others together: the budget ends that, and it is said.
func BenchmarkReach(b *testing.B) {
	for _, shape := range shapes {
		for n := 100; n <= 10_000; n *= 10 {
			b.Run(fmt.Sprintf("%s/rules=%d", shape.name, n), func(b *testing.B) {
				policy := shape.make(n)
				for b.Loop() {
					_, undecided, err := plan.Reach(policy, 0)
					if tooMuch := shape.name == "one-target" && n == 10_000; err != nil || undecided != tooMuch {
						b.Fatal(undecided, err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/rule")
			})
		}
	}
}
