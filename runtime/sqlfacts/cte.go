package sqlfacts

import (
	"slices"
	"strconv"

	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
)

// result is the columns of a query.
type result struct {
	fields []field
	// open is set when there may be columns that are not in fields.
	open bool
}

// cte is one WITH query, in a list from the innermost out.
type cte struct {
	next  *cte
	query *pg.CommonTableExpr
	// scope is what its query sees.
	scope *scope
	state cteState
	out   result
	// self is set once the query has named itself.
	self bool
}

type cteState uint8

const (
	cteNew cteState = iota
	cteRunning
	cteDone
)

// maxRounds bounds how often a recursive query is walked until its source columns grow no more.
const maxRounds = 12

func (a *analysis) cte(s *scope, name string) *cte {
	if s == nil {
		return nil
	}
	for c := s.ctes; c != nil && a.look(1); c = c.next {
		if c.query.GetCtename() == name {
			return c
		}
	}
	return nil
}

// with gives the scope in which a WITH clause's queries can be named, all of them walked.
func (a *analysis) with(w *pg.WithClause, s *scope) *scope {
	if w == nil {
		return s
	}
	inner := &scope{parent: s}
	if s != nil {
		inner.ctes = s.ctes
	}
	var all []*cte
	for _, n := range w.GetCtes() {
		c := &cte{query: n.GetCommonTableExpr(), next: inner.ctes}
		if w.GetRecursive() {
			c.scope = inner
		} else {
			c.scope = &scope{parent: s, ctes: inner.ctes}
		}
		inner.ctes = c
		all = append(all, c)
	}
	for _, c := range all {
		a.cteResult(c)
	}
	return inner
}

// cteResult gives a WITH query's columns, walking it at the first need.
func (a *analysis) cteResult(c *cte) result {
	switch c.state {
	case cteRunning:
		c.self = true
	case cteNew:
		c.state = cteRunning
		if a.queries == maxQueries {
			a.stop("WITH queries stand on each other more than " + strconv.Itoa(maxQueries) + " deep")
			return result{open: true}
		}
		a.queries++
		a.runCTE(c)
		a.shows(c.out.fields)
		a.queries--
		c.state = cteDone
	}
	return c.out
}

// runCTE walks a query until its source columns grow no more. The uses that it meets on the way stay, though the last
// round meets them again: a sibling that is first named here is walked here, once.
func (a *analysis) runCTE(c *cte) {
	c.out = a.firstGuess(c)
	for round := 0; ; round++ {
		out := a.cteColumns(c)
		if !c.self {
			c.out = out
			return
		}
		for i := range out.fields {
			out.fields[i].v = derived(out.fields[i].v)
		}
		if sameColumns(out, c.out) {
			c.out = out
			return
		}
		if round == maxRounds || !a.step() {
			c.out = result{open: true}
			return
		}
		c.out = out
	}
}

// firstGuess gives a query that may name itself its column names, from its first arm.
func (a *analysis) firstGuess(c *cte) result {
	sel := c.query.GetCtequery().GetSelectStmt()
	if sel.GetOp() <= pg.SetOperation_SETOP_NONE || !a.sees(c) {
		return result{open: true}
	}
	inner := a.with(sel.GetWithClause(), c.scope)
	out := a.selectStmt(sel.GetLarg(), inner)
	c.self = false
	return a.rename(c, out)
}

// sees reports whether a query can name itself.
func (a *analysis) sees(c *cte) bool {
	for x := c.scope.ctes; x != nil && a.look(1); x = x.next {
		if x == c {
			return true
		}
	}
	return false
}

func (a *analysis) cteColumns(c *cte) result {
	return a.rename(c, a.query(c.query.GetCtequery(), c.scope))
}

func (a *analysis) rename(c *cte, out result) result {
	if !a.hold(len(out.fields)) {
		return result{open: true}
	}
	out.fields = slices.Clone(out.fields)
	for i, n := range c.query.GetAliascolnames() {
		if i < len(out.fields) {
			out.fields[i].rename(n.GetString_().GetSval())
		}
	}
	return a.searchColumns(c, out)
}

// searchColumns adds the columns of SEARCH and CYCLE, which are made of any of the others.
func (a *analysis) searchColumns(c *cte, out result) result {
	if c.query.GetSearchClause() == nil && c.query.GetCycleClause() == nil {
		return out
	}
	all := joinFields(out.fields)
	add := func(name string) { out.fields = append(out.fields, field{name: name, v: all, access: -1}) }
	if s := c.query.GetSearchClause(); s != nil {
		a.use(schema.PlacePredicate, all.columns, "")
		add(s.GetSearchSeqColumn())
	}
	if y := c.query.GetCycleClause(); y != nil {
		a.use(schema.PlacePredicate, all.columns, "")
		all = join(all, a.expr(y.GetCycleMarkValue(), nil), a.expr(y.GetCycleMarkDefault(), nil))
		add(y.GetCycleMarkColumn())
		add(y.GetCyclePathColumn())
	}
	return out
}

func sameColumns(a, b result) bool {
	return a.open == b.open && slices.EqualFunc(a.fields, b.fields, func(f, g field) bool {
		return f.name == g.name && f.v.origin == g.v.origin && slices.Equal(f.v.columns, g.v.columns)
	})
}
