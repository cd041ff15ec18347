package plan

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// Values of the variables of questions that are true or false. Those of texts count the constants that they are
// compared with, and every number that is not one of those is any other text.
const (
	failing  = -1 // the question has no value
	isFalse  = 0
	isTrue   = 1
	isHidden = 2 // it hangs on what is not known when a session opens
)

// question is what a variable stands for.
type question struct {
	form vocab.Form
	// term is what is asked about; value what a list may hold.
	term, value string
	// leaf is one of the leaves that ask it.
	leaf *vocab.Leaf
	// constants are the texts that a variable of FormOneOf tells apart, by value.
	constants []string
	// closed is set when there are no other texts.
	closed bool
}

type questionKey struct {
	form        vocab.Form
	term, value string
}

// questions are the variables of one comparison.
type questions struct {
	d    *diagram
	list []*question
	byID map[questionKey]variable
	// issuers are those whose principals are compared; any other when there are none.
	issuers []string
	groups  map[string]node
}

func newQuestions(budget int, issuers []string) *questions {
	return &questions{d: newDiagram(budget), byID: map[questionKey]variable{}, issuers: issuers, groups: map[string]node{}}
}

func (q *questions) ask(k questionKey, lowest, highest int64, make func() *question) variable {
	if v, ok := q.byID[k]; ok {
		return v
	}
	v := q.d.declare(lowest, highest)
	q.byID[k] = v
	q.list = append(q.list, make())
	return v
}

// group is yes where the principal is in the group.
func (q *questions) group(name string) node {
	if n, ok := q.groups[name]; ok {
		return n
	}
	leaf := &vocab.Leaf{
		Form: vocab.FormHolds, Term: factGroups, Values: []string{name}, Text: quoted(name) + " in " + factGroups, Total: true, Strict: true,
		Facts: []string{factGroups}, Constants: []string{name},
	}
	n := q.leaf(leaf).t
	if !q.d.spent {
		q.groups[name] = n
	}
	return n
}

// truth is where a condition is true, false and, when a session opens, not known. It has no value in the rest.
type truth struct{ t, f, u node }

func constantTruth(value bool) truth {
	if value {
		return truth{yes, no, no}
	}
	return truth{no, yes, no}
}

// leaf gives the truth of a question that hangs on the request alone.
func (q *questions) leaf(l *vocab.Leaf) truth {
	switch l.Form {
	case vocab.FormOneOf:
		return q.oneOf(l)
	case vocab.FormBelow:
		return q.below(l)
	case vocab.FormHolds:
		return q.open(questionKey{l.Form, l.Term, l.Values[0]}, l, isTrue)
	}
	return q.open(questionKey{l.Form, l.Text, ""}, l, isTrue)
}

// open gives the truth of a question with a variable of its own, whose values go up to highest.
func (q *questions) open(k questionKey, l *vocab.Leaf, highest int64) truth {
	lowest := int64(isFalse)
	if !l.Total {
		lowest = failing
	}
	v := q.ask(k, lowest, highest, func() *question { return &question{form: k.form, term: k.term, value: k.value, leaf: l} })
	return truth{q.d.within(v, isTrue, isTrue), q.d.within(v, isFalse, isFalse), q.d.within(v, isHidden, isHidden)}
}

func (q *questions) oneOf(l *vocab.Leaf) truth {
	lowest := int64(0)
	if !l.Total {
		lowest = failing
	}
	var closed []string
	highest := int64(math.MaxInt64)
	switch {
	case l.Term == factKind:
		closed = schema.Kinds
	case l.Term == factIssuer && len(q.issuers) > 0:
		closed = q.issuers
	}
	if closed != nil {
		highest = int64(len(closed) - 1)
	}
	v := q.ask(questionKey{l.Form, l.Term, ""}, lowest, highest, func() *question {
		return &question{form: l.Form, term: l.Term, leaf: l, constants: slices.Clone(closed), closed: closed != nil}
	})
	is := no
	for _, text := range l.Values {
		if value := q.list[v].constant(text); value >= 0 {
			is = q.d.or(is, q.d.within(v, value, value))
		}
	}
	fails := q.d.within(v, failing, failing)
	return truth{is, q.d.and(q.d.not(is), q.d.not(fails)), no}
}

// constant gives the value of a text, negative when it is none of a closed list.
func (k *question) constant(text string) int64 {
	i := slices.Index(k.constants, text)
	if i < 0 && !k.closed {
		k.constants = append(k.constants, text)
		i = len(k.constants) - 1
	}
	return int64(i)
}

// ranges bound the whole numbers that facts give.
var ranges = []struct {
	term            *regexp.Regexp
	lowest, highest int64
}{
	{regexp.MustCompile(`^sql\.limit$`), -1, math.MaxInt64},
	{regexp.MustCompile(`^sql\.length$|^size\([^?]*\)$|^[^?]*\.size\(\)$`), 0, math.MaxInt64}, // without ?: that gives something else
	{regexp.MustCompile(`^request\.time\.getHours\([^()]*\)$`), 0, 23},
	{regexp.MustCompile(`^request\.time\.get(Minutes|Seconds)\([^()]*\)$`), 0, 59},
	{regexp.MustCompile(`^request\.time\.getDayOfWeek\([^()]*\)$`), 0, 6},
	{regexp.MustCompile(`^request\.time\.getMonth\([^()]*\)$`), 0, 11},
	{regexp.MustCompile(`^request\.time\.getDate\([^()]*\)$`), 1, 31},
	{regexp.MustCompile(`^request\.time\.getDayOfMonth\([^()]*\)$`), 0, 30},
	{regexp.MustCompile(`^request\.time\.getDayOfYear\([^()]*\)$`), 0, 365},
}

func (q *questions) below(l *vocab.Leaf) truth {
	lowest, highest := int64(math.MinInt64), int64(math.MaxInt64)
	for _, r := range ranges {
		if r.term.MatchString(l.Term) {
			lowest, highest = r.lowest, r.highest
		}
	}
	v := q.ask(questionKey{l.Form, l.Term, ""}, lowest, highest, func() *question { return &question{form: l.Form, term: l.Term, leaf: l} })
	if l.Bound == math.MinInt64 {
		return constantTruth(false)
	}
	is := q.d.within(v, lowest, l.Bound-1)
	return truth{is, q.d.not(is), no}
}

// join gives the truth of a condition from those of its leaves.
func (q *questions) join(l *vocab.Logic, leaf func(*vocab.Leaf) truth) truth {
	d := q.d
	switch l.Op {
	case vocab.OpAnd:
		all := constantTruth(true)
		for _, a := range l.Args {
			x := q.join(a, leaf)
			all = truth{d.and(all.t, x.t), d.or(all.f, x.f), d.or(all.u, x.u)}
		}
		all.u = d.and(all.u, d.not(all.f))
		return all
	case vocab.OpOr:
		some := constantTruth(false)
		for _, a := range l.Args {
			x := q.join(a, leaf)
			some = truth{d.or(some.t, x.t), d.and(some.f, x.f), d.or(some.u, x.u)}
		}
		some.u = d.and(some.u, d.not(some.t))
		return some
	case vocab.OpNot:
		x := q.join(l.Args[0], leaf)
		return truth{x.f, x.t, x.u}
	case vocab.OpIf:
		c, a, b := q.join(l.Args[0], leaf), q.join(l.Args[1], leaf), q.join(l.Args[2], leaf)
		pick := func(a, b node) node { return d.or(d.and(c.t, a), d.and(c.f, b)) }
		return truth{pick(a.t, b.t), pick(a.f, b.f), d.or(c.u, pick(a.u, b.u))}
	case vocab.OpSame:
		a, b := q.join(l.Args[0], leaf), q.join(l.Args[1], leaf)
		known := func(x truth) node { return d.or(d.or(x.t, x.f), x.u) }
		return truth{
			d.or(d.and(a.t, b.t), d.and(a.f, b.f)), d.or(d.and(a.t, b.f), d.and(a.f, b.t)), d.or(d.and(a.u, known(b)), d.and(b.u, known(a))),
		}
	}
	return leaf(l.Leaf)
}

// kindRule is the vocabulary of rules, kindMask that of masks.
const (
	kindRule = vocab.Postgres
	kindMask = vocab.PostgresMask
)

// Facts that have a meaning here.
const (
	factGroups  = "principal.groups"
	factKind    = "principal.kind"
	factIssuer  = "principal.issuer"
	factSubject = "principal.subject"
	factVerb    = "access.verb"
	factObject  = "access.object"
	factLabels  = "target.labels"
)

// quoted writes a text as CEL, for people.
func quoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`).Replace(text) + "'"
}

func quotedList(texts []string) string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = quoted(text)
	}
	return "[" + strings.Join(out, ", ") + "]"
}
