package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/compiler"
	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/schema"
)

// prove takes a policy's invariants to every request.
func prove(result *compiler.Result, dir string) ([]plan.Proof, error) {
	if len(result.Invariants) == 0 {
		return nil, nil
	}
	e, err := engine.New(result.Bundle)
	if err != nil {
		return nil, fail(err, "")
	}
	proofs, err := plan.Prove(plan.Side{Bundle: result.Bundle, Decide: e.Decide, Structure: structuresOf(result.Bundle, policyFS(dir))}, result.Invariants, 0)
	if err != nil {
		return nil, fail(err, "")
	}
	return proofs, nil
}

// undecidedHint is for invariants that conditions leave open.
const undecidedHint = "Ask for what can be listed (groups, tables, verbs) in attributes instead of conditions."

// invariantDiagnostics tells of invariants that do not hold, and of those that nobody knows of.
func invariantDiagnostics(proofs []plan.Proof) schema.Diagnostics {
	var out schema.Diagnostics
	for i := range proofs {
		p := &proofs[i]
		rng := p.Range
		d := schema.Diagnostic{Range: &rng, Through: p.Through}
		switch p.Status {
		case plan.Refuted:
			d.Summary = "Invariant does not hold"
			d.Detail = fmt.Sprintf("%q says never %s, and this request gets it:\n%s", p.Name, p.Never, strings.Join(proofLines(p), "\n"))
			d.Hint = "Change the rules that decide it, or the invariant if it should be so."
		case plan.Unknown:
			d.Severity = schema.SeverityWarning
			d.Summary = "Invariant is undecided"
			d.Detail = fmt.Sprintf("%q: %s.", p.Name, p.Reason)
			if p.Witness != nil {
				d.Detail += " It would be as this:\n" + strings.Join(proofLines(p), "\n")
			}
			d.Hint = cmp.Or(p.Hint, undecidedHint)
		default:
			if !p.Vacuous {
				continue
			}
			d.Severity = schema.SeverityWarning
			d.Summary = "Invariant says nothing"
			d.Detail = fmt.Sprintf("%q is kept, but %s.", p.Name, p.Reason)
			d.Hint = "Make its when true for the requests that it is meant for, or remove it."
		}
		out = append(out, d)
	}
	compiler.Identify(out)
	return out
}

// proofLines tell the request that breaks an invariant.
func proofLines(p *plan.Proof) []string {
	lines := witnessLines(p.Witness)
	for i, line := range lines {
		lines[i] = oneLine(strings.Replace(line, "after: ", "it is ", 1))
	}
	return lines
}
