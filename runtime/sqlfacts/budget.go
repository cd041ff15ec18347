package sqlfacts

import (
	"fmt"
	"strconv"
)

// Bounds of the analysis. A statement over one of them is opaque.
const (
	// maxWork bounds the nodes that the analysis of one text visits, those of the views and prepared statements that it
	// names included, and maxLooks how many names are compared with others on the way.
	maxWork  = 400_000
	maxLooks = 20_000_000
	// maxViews is how deep views may stand on views, maxQueries how deep WITH queries on WITH queries.
	maxViews   = 32
	maxQueries = 200
	// maxColumns is how many columns one query may have: PostgreSQL's MaxTupleAttributeNumber.
	maxColumns = 1664
	// maxItems is how many tables a FROM clause may have, maxAccesses how many objects a statement may name.
	maxItems    = 2000
	maxAccesses = 2000
)

// Costs, in nodes: of parsing a text, beside a node for so many of its bytes, and of holding one more column.
const (
	parseCost  = 500
	parseBytes = 8
	columnCost = 4
	// useCost is what a use costs for each of its columns, in comparisons: uses are sorted.
	useCost = 8
)

// budget is what is left for one text.
type budget struct {
	left, looks int
	// explains is set inside EXPLAIN, and shown are then the columns that the plan tells the width of though nothing asks
	// for them.
	explains bool
	shown    []string
}

func newBudget() *budget { return &budget{left: maxWork, looks: maxLooks} }

// stop makes the statement opaque; the first reason stays.
func (a *analysis) stop(reason string) {
	if a.opaque == "" {
		a.opaque = reason
	}
}

// pay takes the price of some nodes and reports whether to go on.
func (a *analysis) pay(nodes int) bool {
	switch {
	case a.opaque != "":
		return false
	case nodes > a.left:
		a.stop("the statement is too large to analyse")
		return false
	}
	a.left -= nodes
	return true
}

// step pays for one node.
func (a *analysis) step() bool { return a.pay(1) }

// hold pays for columns that are about to be kept.
func (a *analysis) hold(columns int) bool { return a.pay(columnCost * columns) }

// look pays for names that are about to be compared.
func (a *analysis) look(names int) bool {
	switch {
	case a.opaque != "":
		return false
	case names > a.looks:
		a.stop("the statement has too many names to analyse")
		return false
	}
	a.looks -= names
	return true
}

// parsing pays for a text that is about to be parsed.
func (a *analysis) parsing(text string) bool { return a.pay(parseCost + len(text)/parseBytes) }

// narrow reports whether a query has no more columns than PostgreSQL allows.
func (a *analysis) narrow(columns int) bool {
	if columns > maxColumns {
		a.stop("a query has more than " + strconv.Itoa(maxColumns) + " columns")
	}
	return a.opaque == ""
}

// few reports whether a FROM clause can take one more item.
func (a *analysis) few(items int) bool {
	if items > maxItems {
		a.stop(fmt.Sprintf("a FROM clause has more than %d items", maxItems))
	}
	return a.opaque == ""
}
