package postgres

import (
	"encoding/binary"

	"github.com/gatewright/gatewright/runtime/mask"
	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// column is one field of a RowDescription (manual chapter 55.7).
type column struct {
	name      string
	table     uint32
	attribute int16
	typeOID   uint32
	format    int16
}

// parseColumns reads the body of a RowDescription.
func parseColumns(body []byte) ([]column, error) {
	if len(body) < 2 {
		return nil, violation("a row description is too short")
	}
	n := int(binary.BigEndian.Uint16(body))
	body = body[2:]
	if len(body) < n*19 {
		return nil, violation("a row description is too short")
	}
	columns := make([]column, 0, n)
	for range n {
		name, rest, ok := cString(body)
		if !ok || len(rest) < 18 {
			return nil, violation("a row description is malformed")
		}
		columns = append(columns, column{
			name: name, table: binary.BigEndian.Uint32(rest), attribute: int16(binary.BigEndian.Uint16(rest[4:])),
			typeOID: binary.BigEndian.Uint32(rest[6:]), format: int16(binary.BigEndian.Uint16(rest[16:])),
		})
		body = rest[18:]
	}
	if len(body) != 0 {
		return nil, violation("a row description is malformed")
	}
	return columns, nil
}

// rowPlan says what is done to each cell of a result.
type rowPlan struct {
	cells   []cellPlan
	scanner *mask.Scanner
	spare   []byte
	// idle is set when no cell is touched: rows pass as they come.
	idle bool
}

type cellPlan struct {
	with    schema.Treatment
	derived bool
	scan    bool
	typeOID uint32
	format  int16
	// column carries with out; nil when there is nothing to do.
	column *mask.Column
}

// rowDescription learns what the rows look like.
func (s *session) rowDescription(f frame, e *expect) error {
	if e.fault != nil && e.ask == nil {
		return s.outOfTurn(f)
	}
	switch e.want {
	case wantDescribePortal:
		var st *sqlfacts.Statement
		if e.portal.source == nil { // what it runs is known, and will not change
			st = e.portal.stmt
		}
		columns, err := s.columnsOf(st, f.body())
		if err != nil {
			return s.outOfTurn(f)
		}
		e.portal.columns = columns
		s.confirm(e)
	case wantDescribeStatement:
		columns, err := parseColumns(f.body())
		if err != nil {
			return s.outOfTurn(f)
		}
		if e.ask != nil {
			e.ask.columns, e.ask.described = columns, true
		}
		s.confirm(e)
	case wantQuery:
		x := e.running()
		if x == nil {
			return s.outOfTurn(f)
		}
		columns, err := s.columnsOf(x.stmt, f.body())
		if err != nil {
			return s.outOfTurn(f)
		}
		if x.guarded {
			x.plan = s.planOf(x, columns)
		}
	default:
		return s.outOfTurn(f)
	}
	return s.relayOr(f, e)
}

// planRows joins what the decision asks for with what the server says of the columns. Where the two disagree on what
// a column is, it is hidden wholly.
func (s *session) planRows(x *execution, columns []column) *rowPlan {
	p := &rowPlan{cells: make([]cellPlan, len(columns)), idle: true}
	if len(x.decision.Detect) > 0 {
		p.scanner = mask.NewScanner(s.server.cfg.MaskKeys, x.decision.Detect)
	}
	agreed := len(columns) == len(x.stmt.Outputs)
	for i, c := range columns {
		cell := cellPlan{typeOID: c.typeOID, format: c.format}
		cell.scan = p.scanner != nil
		if x.redact && (!agreed || !s.agrees(x, &x.stmt.Outputs[i], c)) {
			cell.with, cell.derived = schema.Treatment{With: schema.TransformRedact}, true
		}
		p.cells[i] = cell
	}
	for _, m := range x.decision.Masks {
		p.add(m, agreed)
	}
	for i := range p.cells {
		p.cells[i].prepare(s.server.cfg.MaskKeys)
		p.idle = p.idle && p.cells[i].column == nil && !p.cells[i].scan
	}
	return p
}

// add puts one mask into the plan; without agreement on the columns it holds for all of them.
func (p *rowPlan) add(m schema.ColumnMask, agreed bool) {
	for i := range p.cells {
		if agreed && i != m.Output {
			continue
		}
		c := &p.cells[i]
		if t := m.Treatment(); t.Stronger(c.with) {
			c.with = t
		}
		c.derived = c.derived || m.Derived || !agreed
	}
}

func (c *cellPlan) prepare(keys *mask.Keys) {
	if c.with.With == schema.TransformNone {
		return
	}
	column := mask.NewColumn(keys, c.with, c.derived, c.typeOID, c.format)
	c.column = &column
}

// firstUserOID is where PostgreSQL begins to number what users create.
const firstUserOID = 16384

// agrees reports whether the server sees the same column behind an output as the classifier.
func (s *session) agrees(x *execution, o *schema.Output, c column) bool {
	if o.Origin == schema.OriginBare && o.Table != 0 {
		return o.Table == c.table && o.Attribute == c.attribute
	}
	if c.table < firstUserOID {
		return true // computed, or a column of the server's own catalogs, which the classifier knows by name
	}
	rel := x.catalog.RelationByOID(c.table)
	if rel == nil {
		s.target.refreshSoon()
		return false
	}
	for _, col := range rel.Columns {
		if col.Attribute == c.attribute {
			return hasColumn(o.Columns, schema.Qualify(rel.Schema, rel.Name, col.Name))
		}
	}
	return false
}

func hasColumn(columns []string, name string) bool {
	for _, c := range columns {
		if c == name || c == schema.Everything {
			return true
		}
	}
	return false
}

// row deals with a DataRow.
func (s *session) row(f frame) error {
	e := s.front()
	if e == nil || e.want != wantQuery && e.want != wantExecute {
		return s.outOfTurn(f)
	}
	if e.ask != nil {
		if e.failed || e.answered { // each question has one row, and none behind an error
			return s.outOfTurn(f)
		}
		value, err := firstColumn(f.body())
		if err != nil {
			return s.outOfTurn(f)
		}
		e.answered = true
		e.ask.answers = append(e.ask.answers, value)
		return nil
	}
	x := e.running()
	if x == nil {
		return s.outOfTurn(f)
	}
	s.began(x)
	if !x.guarded {
		s.count(x, f)
		return s.down.pass(f.data)
	}
	return s.guardedRow(f, x)
}

func (s *session) guardedRow(f frame, x *execution) error {
	if x.plan == nil {
		if x.portal == nil || x.portal.columns == nil {
			s.down.fiber.Aside()
			s.log.Error("rows came without a description, so they cannot be masked")
			return newFault(codeInternal, sendAgainLater, "the rows could not be masked")
		}
		x.plan = s.planOf(x, x.portal.columns)
	}
	if x.plan.idle {
		if !x.plan.fits(f.body()) {
			return s.outOfTurn(f)
		}
		s.count(x, f)
		return s.down.pass(f.data)
	}
	out := s.down.room()
	made, masked, err := x.plan.rewrite(out.b, f.body())
	if err != nil {
		return s.outOfTurn(f)
	}
	x.outcome.Rows++
	x.outcome.Masked += masked
	x.outcome.Bytes += int64(len(made) - len(out.b))
	out.b = made
	return s.down.relieve()
}

// fits reports whether a DataRow has the columns that were described, and nothing else.
func (p *rowPlan) fits(body []byte) bool {
	if len(body) < 2 || int(binary.BigEndian.Uint16(body)) != len(p.cells) {
		return false
	}
	body = body[2:]
	for range p.cells {
		var ok bool
		if _, body, ok = nextValue(body); !ok {
			return false
		}
	}
	return len(body) == 0
}

// rewrite appends the masked form of a DataRow to dst.
func (p *rowPlan) rewrite(dst, body []byte) (out []byte, masked int64, err error) {
	if len(body) < 2 || int(binary.BigEndian.Uint16(body)) != len(p.cells) {
		return nil, 0, violation("a row has another number of columns than was said")
	}
	start := len(dst)
	dst = append(begin(dst, 'D'), body[:2]...)
	body = body[2:]
	for i := range p.cells {
		value, rest, ok := nextValue(body)
		if !ok {
			return nil, 0, violation("a row is malformed")
		}
		var hits int
		dst, hits = p.cell(&p.cells[i], dst, value)
		masked += int64(hits)
		body = rest
	}
	if len(body) != 0 {
		return nil, 0, violation("a row is malformed")
	}
	return finish(dst, start), masked, nil
}

// nextValue takes one length and value off the front; NULL is nil.
func nextValue(b []byte) (value, rest []byte, ok bool) {
	if len(b) < 4 {
		return nil, nil, false
	}
	n := int32(binary.BigEndian.Uint32(b))
	b = b[4:]
	if n == -1 {
		return nil, b, true
	}
	if n < 0 || int(n) > len(b) {
		return nil, nil, false
	}
	return b[:n:n], b[n:], true
}

// cell appends one value with its length, as the plan wants it.
func (p *rowPlan) cell(c *cellPlan, dst, value []byte) ([]byte, int) {
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	hits := 0
	null := value == nil
	switch {
	case c.column != nil:
		dst, null = c.column.Append(dst, value)
		if value != nil || !null {
			hits = 1
		}
	case c.scan && !null:
		var out []byte
		out, null, hits = p.scanner.Cell(p.spare[:0], c.typeOID, c.format, value)
		if hits > 0 && !null {
			p.spare = out
		}
		dst = append(dst, out...)
	default:
		dst = append(dst, value...)
	}
	if null {
		dst = dst[:at+4]
		binary.BigEndian.PutUint32(dst[at:], ^uint32(0))
	} else {
		binary.BigEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	}
	return dst, hits
}
