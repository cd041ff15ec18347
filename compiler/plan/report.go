package plan

import (
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// Verdict is what a change means for the decisions of the policy.
type Verdict string

const (
	// Refactor: no decision changes.
	Refactor Verdict = "REFACTOR"
	// Mode: what is decided stays; what rules in dry run would decide, or that a rule is one of them, changes.
	Mode     Verdict = "MODE"
	Tightens Verdict = "TIGHTENS"
	Loosens  Verdict = "LOOSENS"
	Both     Verdict = "BOTH"
	// Undecided: the budget was spent, and no difference was found so far.
	Undecided Verdict = "UNDECIDED"
)

// Certainty says how a verdict is known.
type Certainty string

const (
	// Proved: it was looked at for every request, and each difference has a request that both policies decided.
	Proved Certainty = "proved"
	// Witnessed: each difference named has such a request; there may be differences in the other direction.
	Witnessed Certainty = "witnessed"
	// Possible: some difference named has no request that shows it. Conditions may exclude each other there.
	Possible Certainty = "possible"
	// Sampled: the budget was spent, and requests by chance showed no difference.
	Sampled Certainty = "sampled"
)

// Report is the semantic difference of two policies.
type Report struct {
	Verdict   Verdict   `json:"verdict"`
	Certainty Certainty `json:"certainty"`
	// Loosens and Tightens say whether some request gets more, or less, than before, a difference that is only
	// possible included.
	Loosens  bool `json:"loosens"`
	Tightens bool `json:"tightens"`
	// Undecided is set when the budget was spent before everything was looked at; Samples is then the number of
	// requests that were decided by chance.
	Undecided bool `json:"undecided"`
	Samples   int  `json:"samples"`
	// Changes are what was edited, by address.
	Changes []Change `json:"changes"`
	// Access says who gains or loses what.
	Access []Gain `json:"access"`
	// Cost bounds what it takes to ask the conditions, before and after.
	Cost struct {
		Before Cost `json:"before"`
		After  Cost `json:"after"`
	} `json:"cost"`
}

// Cost bounds what the conditions of a policy take, in CEL's units of roughly one elementary operation each.
type Cost struct {
	Conditions int `json:"conditions"`
	// Total is that of all conditions together, Highest of the one of Rule.
	Total   uint64 `json:"total"`
	Highest uint64 `json:"highest"`
	Rule    string `json:"rule,omitempty"`
}

// Change is one block that was added, removed or edited.
type Change struct {
	// Address is the block's type and name, as "deny.unbounded-write" or "issuer.corp".
	Address string `json:"address"`
	// Edit is "added", "removed" or "changed".
	Edit      string    `json:"edit"`
	Verdict   Verdict   `json:"verdict"`
	Certainty Certainty `json:"certainty"`
	Loosens   bool      `json:"loosens"`
	Tightens  bool      `json:"tightens"`
	// Notes say what the verdict leaves out.
	Notes []string `json:"notes,omitempty"`
	// Range is where the block stands in the new policy, or stood in the old one.
	Range     schema.Range `json:"range"`
	Witnesses []*Witness   `json:"witnesses,omitempty"`

	undecided bool
	// open are notes for directions that stay possible only.
	open     []openNote
	possible change
	shown    change
	mode     bool
	// only is set when nothing but the mode was edited.
	only bool
}

// Witness is a request that the two policies decide otherwise.
type Witness struct {
	// Loosens is set when the new policy lets more pass; Tightens when it lets less pass.
	Loosens  bool `json:"loosens"`
	Tightens bool `json:"tightens"`
	// Decided is set when both policies' engines were asked; else the request is only what the conditions describe.
	Decided bool `json:"decided"`
	// Assumes are answers to questions of conditions that the request could not be made to give.
	Assumes   []string       `json:"assumes,omitempty"`
	Principal Caller         `json:"principal"`
	Target    string         `json:"target"`
	Verb      string         `json:"verb"`
	Object    string         `json:"object,omitempty"`
	Harmless  bool           `json:"harmless,omitempty"`
	Columns   []string       `json:"columns,omitempty"`
	Use       string         `json:"use,omitempty"`
	Facts     []Fact         `json:"facts,omitempty"`
	SQL       string         `json:"sql,omitempty"`
	Before    *Outcome       `json:"before,omitempty"`
	After     *Outcome       `json:"after,omitempty"`
	Action    *schema.Action `json:"-"`
}

// Caller is the principal of a witness. Claims are those of a token that makes this principal, where some were found.
type Caller struct {
	Issuer  string         `json:"issuer,omitempty"`
	Subject string         `json:"subject"`
	Kind    string         `json:"kind"`
	Groups  []string       `json:"groups"`
	Claims  map[string]any `json:"claims,omitempty"`
}

// Fact is something of the request that a condition asks for.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Gain is one row of who gains or loses what. Lists end in "..." where there is more.
type Gain struct {
	Target  string   `json:"target"`
	Who     string   `json:"who"`
	Verbs   []string `json:"verbs"`
	Objects []string `json:"objects"`
	// When are further circumstances of the request found.
	When   []string `json:"when,omitempty"`
	Before string   `json:"before"`
	After  string   `json:"after"`
	Gains  bool     `json:"gains"`
	// Change is the block that does it.
	Change string `json:"change"`
}

type openNote struct {
	want change
	text string
}

func verdictOf(c change) Verdict {
	switch c {
	case looser:
		return Loosens
	case tighter:
		return Tightens
	case looser | tighter:
		return Both
	}
	return Refactor
}

// settle writes the verdict from what was found.
func (c *Change) settle() {
	all := c.shown | c.possible
	for _, n := range c.open {
		if c.shown&n.want == 0 && !slices.Contains(c.Notes, n.text) {
			c.Notes = append(c.Notes, n.text)
		}
	}
	c.Loosens, c.Tightens = all&looser != 0, all&tighter != 0
	c.Verdict = verdictOf(all)
	switch {
	case c.possible&^c.shown != 0:
		c.Certainty = Possible
	case c.undecided && all == 0:
		c.Verdict, c.Certainty = Undecided, Sampled
	case c.undecided:
		c.Certainty = Witnessed
	default:
		c.Certainty = Proved
	}
	if c.mode && (c.only || all == 0) && c.Verdict != Undecided {
		c.Verdict = Mode
	}
}

// settle writes the sum.
func (r *Report) settle() {
	var all, possible, shown change
	mode, undecided := false, false
	for i := range r.Changes {
		c := &r.Changes[i]
		c.settle()
		possible |= c.possible
		shown |= c.shown
		mode = mode || c.Verdict == Mode
		undecided = undecided || c.undecided
	}
	all = possible | shown
	sum := Change{possible: possible, shown: shown, undecided: undecided || r.Undecided}
	sum.settle()
	r.Verdict, r.Certainty, r.Loosens, r.Tightens = sum.Verdict, sum.Certainty, sum.Loosens, sum.Tightens
	r.Undecided = sum.undecided
	if all == 0 && mode && r.Verdict == Refactor {
		r.Verdict = Mode
	}
}
