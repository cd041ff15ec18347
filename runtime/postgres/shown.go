package postgres

import (
	"bytes"
	"slices"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// shown is what the server said last of a statement's rows, and what was then to be done to them: most statements are run
// again and again, and it is the same each time.
type shown struct {
	// raw is the body of the RowDescription, columns what it says.
	raw     []byte
	columns []column
	plan    *rowPlan
	// What follows is what the plan was made of, beside the statement.
	catalog *schema.Catalog
	redact  bool
	masks   []schema.ColumnMask
	detect  []schema.Detection
}

// maxShown is how many statements a session remembers the rows of, and maxRemembered the length of a description.
const (
	maxShown      = 64
	maxRemembered = 4 << 10
)

// columnsOf reads the body of a RowDescription.
func (s *session) columnsOf(st *sqlfacts.Statement, body []byte) ([]column, error) {
	if st == nil || len(body) > maxRemembered {
		return parseColumns(body)
	}
	known := s.shown[st.SQL]
	if known != nil && bytes.Equal(known.raw, body) {
		return known.columns, nil
	}
	columns, err := parseColumns(body)
	if err != nil {
		return nil, err
	}
	if s.shown == nil || known == nil && len(s.shown) == maxShown {
		s.shown = map[*schema.SQL]*shown{}
	}
	s.shown[st.SQL] = &shown{raw: bytes.Clone(body), columns: columns}
	return columns, nil
}

// planOf gives what is done to the rows of an execution with these columns.
func (s *session) planOf(x *execution, columns []column) *rowPlan {
	known, d := s.shown[x.stmt.SQL], &x.decision
	if known == nil || !sameSlice(known.columns, columns) {
		return s.planRows(x, columns)
	}
	if known.plan == nil || known.catalog != x.catalog || known.redact != x.redact ||
		!slices.Equal(known.masks, d.Masks) || !slices.Equal(known.detect, d.Detect) {
		known.plan = s.planRows(x, columns)
		known.catalog, known.redact, known.masks, known.detect = x.catalog, x.redact, slices.Clone(d.Masks), slices.Clone(d.Detect)
	}
	return known.plan
}

func sameSlice(a, b []column) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }
