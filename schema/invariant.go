package schema

// Invariant is what must never come of any request. It is no part of a bundle: a gateway has no use for what is proved
// before the bundle is made.
type Invariant struct {
	// Name is free words; in a module it has the module's in front, as "module.pci.nobody deletes".
	Name string
	// Never is the outcome: one of the Never constants.
	Never string
	// When are the requests that it is about, in the words of a rule's condition. Where it has no value, it counts as true.
	When  Condition
	Range Range
	// Through are the calls of modules that lead to it, innermost first.
	Through []Call
}

// Outcomes that an invariant may rule out.
const (
	// NeverAllow: it passes at once. NeverApprove: it passes once people agree.
	NeverAllow   = "allow"
	NeverApprove = "approve"
	// NeverUnmasked: the value of a column of some class is shown as it is.
	NeverUnmasked = "unmasked"
)

// Nevers lists them, sorted.
var Nevers = []string{NeverAllow, NeverApprove, NeverUnmasked}
