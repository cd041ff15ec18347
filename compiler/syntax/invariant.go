package syntax

import "github.com/gatewright/gatewright/schema"

// Invariant is an invariant block: what must never come of any request.
type Invariant struct {
	Name  String
	Never String
	When  CEL
	Range schema.Range
}

func (d *decoder) invariant(r *reader) {
	d.tree.Invariants = append(d.tree.Invariants, Invariant{
		Name:  r.name(),
		Never: r.text("never", required),
		When:  r.cel("when", optional),
		Range: r.header,
	})
	r.finish()
}
