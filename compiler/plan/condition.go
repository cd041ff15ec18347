package plan

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// conditionBudget is what one condition may use up. One that needs more is a single question of its own.
const conditionBudget = 20_000

// place is where a condition is asked: all that is settled before the request.
type place struct {
	target *schema.Target
	verb   string
	object object
	// opening is set when a session opens: nothing is known of statements. For an allow, which must be able to match
	// some statement to come, less is known still.
	opening opening
}

type opening uint8

const (
	statement opening = iota
	openingAllow
	openingOther
	// openingAsked is for a condition that is asked about the opening itself: it has no statement, and that is known.
	openingAsked
)

// conditions turn CEL into diagrams.
type conditions struct {
	*questions
	vocabularies [3]*vocab.Vocabulary
	logics       map[logicKey]*reading
	programs     map[string]*vocab.Program
	truths       map[truthKey]truth
	binding      *vocab.Binding
}

type logicKey struct {
	kind vocab.Kind
	text string
}

// reading is a condition taken apart.
type reading struct {
	logic  *vocab.Logic
	leaves []*vocab.Leaf
	// target and access are set when it speaks of those.
	target, access bool
	// total is set when it cannot fail.
	total bool
	// cost is the static bound on what it takes to ask.
	cost uint64
}

type truthKey struct {
	logicKey
	target  *schema.Target
	verb    string
	object  object
	opening opening
}

func newConditions(budget int, issuers []string) (*conditions, error) {
	c := &conditions{
		questions: newQuestions(budget, issuers), logics: map[logicKey]*reading{}, programs: map[string]*vocab.Program{},
		truths: map[truthKey]truth{}, binding: vocab.NewBinding(),
	}
	for _, kind := range []vocab.Kind{vocab.Claims, vocab.Postgres, vocab.PostgresMask} {
		v, err := vocab.New(kind)
		if err != nil {
			return nil, err
		}
		c.vocabularies[kind] = v
	}
	return c, nil
}

// read checks and takes apart a condition; the error is for text that is not canonical CEL.
func (c *conditions) read(kind vocab.Kind, text string) (*reading, error) {
	k := logicKey{kind, text}
	if r, ok := c.logics[k]; ok {
		return r, nil
	}
	checked, err := c.vocabularies[kind].Reload(text, vocab.Bool)
	if err != nil {
		return nil, err
	}
	r := &reading{logic: checked.Logic(), total: true, cost: checked.Cost()}
	collect(r.logic, &r.leaves)
	for _, l := range r.leaves {
		r.total = r.total && l.Total
		for _, f := range l.Facts {
			r.target = r.target || strings.HasPrefix(f, "target")
			r.access = r.access || strings.HasPrefix(f, "access")
		}
	}
	c.logics[k] = r
	return r, nil
}

func collect(l *vocab.Logic, out *[]*vocab.Leaf) {
	if l.Op == vocab.OpLeaf {
		*out = append(*out, l.Leaf)
	}
	for _, a := range l.Args {
		collect(a, out)
	}
}

// truth gives where a condition holds in a place. It was read before.
func (c *conditions) truth(kind vocab.Kind, text string, p place) truth {
	r := c.logics[logicKey{kind, text}]
	k := truthKey{logicKey: logicKey{kind, text}, opening: p.opening}
	if r.target {
		k.target = p.target
	}
	if r.access {
		k.verb, k.object = p.verb, p.object
	}
	if known, ok := c.truths[k]; ok {
		return known
	}
	d := c.d
	budget := d.budget
	d.budget = min(budget, d.used+conditionBudget)
	out := c.join(r.logic, func(l *vocab.Leaf) truth { return c.place(l, p) })
	d.budget = budget
	if d.spent && d.used <= budget {
		d.spent = false
		whole := &vocab.Leaf{Text: text, Total: r.total}
		if r.target {
			whole.Facts = []string{"target"}
		}
		out = c.apart(whole, p, "", isTrue)
		if p.opening == openingAllow || p.opening == openingOther {
			out = c.hidden(whole, p)
		}
	}
	if !d.spent {
		c.truths[k] = out
	}
	return out
}

// place gives the truth of a leaf in a place.
func (c *conditions) place(l *vocab.Leaf, p place) truth {
	if l.Form == vocab.FormOneOf && l.Term == factVerb && p.opening != openingAllow {
		return constantTruth(slices.Contains(l.Values, p.verb))
	}
	if l.Form == vocab.FormOneOf && l.Term == factObject && p.opening == statement {
		return constantTruth(p.object.exact && slices.Contains(l.Values, p.object.name)) // a name that is asked for is a class
	}
	settled, unknown := true, false
	for _, f := range l.Facts {
		settled = settled && p.settles(f)
		unknown = unknown || p.hides(f)
	}
	switch {
	case unknown && l.Strict && l.Total && !slices.ContainsFunc(l.Facts, bare):
		return truth{no, no, yes}
	case unknown:
		return c.hidden(l, p)
	case settled:
		return c.settle(l, p)
	}
	if prefix, ok := objectPrefix(l); ok && !p.object.exact {
		if value, known := p.object.begins(prefix); known {
			return constantTruth(value)
		}
	}
	if aboutTarget(l) {
		return c.apart(l, p, "", isTrue)
	}
	return c.leaf(l)
}

// apart gives the truth of a question with a variable of its own. One that speaks of the target is another question
// where the target has other labels.
func (c *conditions) apart(l *vocab.Leaf, p place, value string, highest int64) truth {
	if aboutTarget(l) && p.target != nil {
		with := *l
		with.Constants = slices.Clone(l.Constants)
		for _, name := range slices.Sorted(maps.Keys(p.target.Labels)) {
			with.Constants = append(with.Constants, p.target.Labels[name])
			value += key(name, p.target.Labels[name])
		}
		l = &with
	}
	return c.open(questionKey{vocab.FormTruth, l.Text, value}, l, highest)
}

func aboutTarget(l *vocab.Leaf) bool {
	return slices.ContainsFunc(l.Facts, func(f string) bool { return f == "target" || strings.HasPrefix(f, "target.") })
}

// objectPrefix gives what a leaf asks the object's name to start with, when that is all that it asks.
func objectPrefix(l *vocab.Leaf) (string, bool) {
	if len(l.Constants) != 1 || l.Text != factObject+".startsWith("+strconv.Quote(l.Constants[0])+")" {
		return "", false
	}
	return l.Constants[0], true
}

// bare reports a variable that is not asked for a field.
func bare(fact string) bool { return !strings.Contains(fact, ".") }

// hidden gives the truth of a leaf that may or may not hang on what is not known yet.
func (c *conditions) hidden(l *vocab.Leaf, p place) truth {
	value := "opening"
	if p.opening == openingAllow {
		value = "opening for an allow"
	}
	return c.apart(l, p, value, isHidden)
}

// settles reports whether a fact has a known value in the place.
func (p place) settles(fact string) bool {
	switch fact {
	case "target", "target.name", factLabels, factVerb:
		return true
	case factObject:
		return p.object.exact
	case "access.columns", "access":
		return p.opening == openingOther || p.opening == openingAsked
	}
	variable, _, _ := strings.Cut(fact, ".")
	return variable == "sql" && p.opening == openingAsked
}

// hides reports whether a fact is not known when a session opens.
func (p place) hides(fact string) bool {
	if p.opening == statement || p.opening == openingAsked {
		return false
	}
	variable, _, _ := strings.Cut(fact, ".")
	return variable == "sql" || p.opening == openingAllow &&
		(variable == "access" || fact == "request" || fact == "request.time" || fact == "request.application")
}

// settle evaluates a leaf whose facts are all known.
func (c *conditions) settle(l *vocab.Leaf, p place) truth {
	program := c.programs[l.Text]
	if program == nil {
		_, made, err := c.vocabularies[vocab.Postgres].Load(l.Text, vocab.Bool)
		if err != nil {
			return c.leaf(l)
		}
		program = made
		c.programs[l.Text] = made
	}
	c.binding.Bind(&schema.Action{Principal: &schema.Principal{}}, p.target)
	c.binding.SetAccess(&schema.Access{Verb: p.verb, Object: p.object.name})
	value, err := program.Bool(c.binding)
	if err != nil {
		return truth{no, no, no}
	}
	return constantTruth(value)
}
