package plan

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// maxTries is how many requests are made of one way through the diagrams, before it counts as possible only.
const maxTries = 2_000

// moment is when requests are made, unless a condition asks for another time; an hour in the middle of a working day.
var moment = time.Date(2026, time.January, 1, 12, 0, 0, 0, time.UTC)

// draft is a request in the making.
type draft struct {
	action schema.Action
	access schema.Access
	// settled are the facts that the way through the diagrams has fixed.
	settled map[string]bool
	// open are the questions whose answer could not be written into the request, with the answer wanted.
	open []answer
}

type answer struct {
	*question
	choice choice
}

// draft makes a request of a way through the diagrams.
func (q *questions) draft(path []choice, verb, object, target string, issuers []string) *draft {
	d := &draft{settled: map[string]bool{}, access: schema.Access{Verb: verb, Object: object}}
	issuer := "issuer"
	if len(issuers) > 0 {
		issuer = issuers[0]
	}
	d.action = schema.Action{
		Protocol: schema.ProtocolPostgres, Target: target,
		Principal: &schema.Principal{Issuer: issuer, Subject: "caller", Kind: schema.KindMachine},
		Request:   schema.Request{Time: moment, ClientAddress: "192.0.2.1"},
	}
	if verb != schema.VerbConnect {
		d.action.SQL = &schema.SQL{Statement: statementOf(verb), WhereBound: true, Limit: -1}
	}
	for _, c := range path {
		d.take(answer{q.list[c.variable], c})
	}
	slices.Sort(d.action.Principal.Groups)
	return d
}

// statementOf gives the kind of statement that usually makes an access.
func statementOf(verb string) string {
	switch verb {
	case schema.VerbCreate, schema.VerbAlter, schema.VerbDrop:
		return verb + "_table"
	case schema.VerbCall:
		return "select"
	}
	return verb
}

// take writes an answer into the request, or keeps it for later.
func (d *draft) take(a answer) {
	switch {
	case a.choice.first == failing && a.form != vocab.FormBelow, a.choice.first == isHidden && a.form != vocab.FormBelow && a.form != vocab.FormOneOf:
		d.open = append(d.open, a)
	case a.form == vocab.FormHolds && d.list(a.term) != nil:
		d.settled[a.term] = true
		if l := d.list(a.term); a.choice.first == isTrue {
			*l = append(*l, a.value)
		}
	case a.form == vocab.FormOneOf && d.text(a.term) != nil:
		d.settled[a.term] = true
		*d.text(a.term) = a.text(*d.text(a.term))
	case a.form == vocab.FormBelow && d.number(a.term) != nil:
		d.settled[a.term] = true
		*d.number(a.term) = a.number(*d.number(a.term))
	case a.form == vocab.FormBelow && a.term == "request.time":
		d.settled[a.term] = true
		d.action.Request.Time = time.Unix(0, a.number(moment.UnixNano())).UTC()
	case a.form == vocab.FormTruth && d.flag(a.term) != nil:
		d.settled[a.term] = true
		*d.flag(a.term) = a.choice.first == isTrue
	default:
		d.open = append(d.open, a)
	}
}

// text gives a text of the chosen values: the one that is there if it is among them.
func (a answer) text(now string) string {
	if i := slices.Index(a.constants, now); i >= 0 && a.has(int64(i)) || i < 0 && a.has(math.MaxInt64) {
		return now
	}
	if n := int64(len(a.constants)); a.choice.first >= n || a.choice.last >= n && !a.closed && a.choice.first < 0 {
		return fresh(a.constants)
	}
	return a.constants[max(a.choice.first, 0)]
}

func (a answer) has(value int64) bool { return a.choice.first <= value && value <= a.choice.last }

func fresh(taken []string) string {
	name := "other"
	for slices.Contains(taken, name) {
		name += "_"
	}
	return name
}

// number gives a number of the chosen ones: the one that is there, or the nearest to it.
func (a answer) number(now int64) int64 { return min(max(now, a.choice.first), a.choice.last) }

// list, text, number and flag give the place of a fact in the request; nil for what is none.
func (d *draft) list(fact string) *[]string {
	switch fact {
	case factGroups:
		return &d.action.Principal.Groups
	case "access.columns":
		return &d.access.Columns
	}
	if d.action.SQL == nil {
		return nil
	}
	switch fact {
	case "sql.tables":
		return &d.action.SQL.Tables
	case "sql.columns":
		return &d.action.SQL.Columns
	case "sql.functions":
		return &d.action.SQL.Functions
	}
	return nil
}

func (d *draft) text(fact string) *string {
	switch fact {
	case factIssuer:
		return &d.action.Principal.Issuer
	case factSubject:
		return &d.action.Principal.Subject
	case factKind:
		return &d.action.Principal.Kind
	case factObject:
		return &d.access.Object
	case "request.application":
		return &d.action.Request.Application
	case "request.client_address":
		return &d.action.Request.ClientAddress
	}
	if d.action.SQL == nil {
		return nil
	}
	switch fact {
	case "sql.statement":
		return &d.action.SQL.Statement
	case "sql.fingerprint":
		return &d.action.SQL.Fingerprint
	}
	return nil
}

func (d *draft) number(fact string) *int64 {
	switch {
	case d.action.SQL == nil:
	case fact == "sql.limit":
		return &d.action.SQL.Limit
	case fact == "sql.length":
		return &d.action.SQL.Length
	}
	return nil
}

func (d *draft) flag(fact string) *bool {
	switch {
	case d.action.SQL == nil:
	case fact == "sql.where_bound":
		return &d.action.SQL.WhereBound
	case fact == "sql.has_where":
		return &d.action.SQL.HasWhere
	case fact == "sql.has_limit":
		return &d.action.SQL.HasLimit
	}
	return nil
}

// describe says which answer a question was given.
func (a answer) describe() string {
	text := a.leaf.Text
	switch {
	case a.choice.first == failing && a.form != vocab.FormBelow:
		return text + " has no value"
	case a.form == vocab.FormOneOf:
		if n := int64(len(a.constants)); a.choice.first < n && a.choice.first == a.choice.last {
			return a.term + " == " + quoted(a.constants[a.choice.first])
		}
		if n := int64(len(a.constants)); a.choice.first >= 0 && a.choice.last < n {
			return a.term + " in " + quotedList(a.constants[a.choice.first:a.choice.last+1])
		}
		return a.term + " is another text"
	case a.form == vocab.FormBelow:
		return a.term + " is " + a.stretch()
	case a.choice.first == isHidden:
		return text + " is not known yet"
	case a.choice.first == isFalse:
		return "!(" + text + ")"
	}
	return text
}

func (a answer) stretch() string {
	show := func(n int64) string {
		if a.term == "request.time" {
			return time.Unix(0, n).UTC().Format(time.RFC3339)
		}
		return strconv.FormatInt(n, 10)
	}
	switch {
	case a.choice.first == a.choice.last:
		return show(a.choice.first)
	case a.choice.last == math.MaxInt64:
		return "at least " + show(a.choice.first)
	case a.choice.first == math.MinInt64:
		return "at most " + show(a.choice.last)
	}
	return fmt.Sprintf("%s to %s", show(a.choice.first), show(a.choice.last))
}

// try calls shows with the request, and then with others that answer the open questions in one way or another, until it
// is content. It gives whether that came about.
func (d *draft) try(shows func(*schema.Action) bool) bool {
	d.action.Accesses = []schema.Access{d.access}
	if shows(&d.action) {
		return true
	}
	facts := d.loose()
	tries := 0
	var vary func(i int) bool
	vary = func(i int) bool {
		if tries >= maxTries {
			return false
		}
		if i == len(facts) {
			tries++
			d.action.Accesses = []schema.Access{d.access}
			return shows(&d.action)
		}
		return d.vary(facts[i], func() bool { return vary(i + 1) })
	}
	return len(facts) > 0 && vary(0)
}

// loose lists the facts that open questions hang on and that are not settled.
func (d *draft) loose() []string {
	var out []string
	for _, a := range d.open {
		for _, f := range a.leaf.Facts {
			if !d.settled[f] && !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	slices.Sort(out)
	return out
}

// vary gives a fact one candidate after the other, and the old value back when none will do.
func (d *draft) vary(fact string, next func() bool) bool {
	switch {
	case fact == "request.time":
		return tryEach(&d.action.Request.Time, times(), next)
	case d.text(fact) != nil:
		return tryEach(d.text(fact), append(d.candidates(fact), *d.text(fact)), next)
	case d.number(fact) != nil:
		return tryEach(d.number(fact), []int64{0, 1, 2, 10, 100, 1000, 100_000, *d.number(fact)}, next)
	case d.flag(fact) != nil:
		return tryEach(d.flag(fact), []bool{true, false}, next)
	case d.list(fact) != nil:
		return tryEach(d.list(fact), d.lists(fact), next)
	}
	return next()
}

func tryEach[T any](at *T, values []T, next func() bool) bool {
	was := *at
	for _, v := range values {
		*at = v
		if next() {
			return true
		}
	}
	*at = was
	return false
}

// times covers the hours of each day of a week.
func times() []time.Time {
	out := make([]time.Time, 0, 7*24)
	for hour := range 7 * 24 {
		out = append(out, moment.Add(time.Duration(hour)*time.Hour))
	}
	return out
}

// candidates are texts that the open questions about a fact may be looking for.
func (d *draft) candidates(fact string) []string {
	var out []string
	for _, a := range d.open {
		if !slices.Contains(a.leaf.Facts, fact) {
			continue
		}
		for _, c := range a.leaf.Constants {
			out = append(out, c, c+"0.0.1", c+"a", "a"+c)
			if sample, ok := sampleOf(c); ok {
				out = append(out, sample)
			}
		}
	}
	return append(out, "", "a")
}

func (d *draft) lists(fact string) [][]string {
	out := [][]string{nil}
	all := d.candidates(fact)
	for _, c := range all {
		if c != "" {
			out = append(out, []string{c})
		}
	}
	slices.Sort(all)
	all = slices.DeleteFunc(slices.Compact(all), func(s string) bool { return s == "" })
	for n := 2; n <= min(len(all), 8); n++ {
		out = append(out, all[:n])
	}
	return out
}
