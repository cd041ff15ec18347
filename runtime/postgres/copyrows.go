package postgres

import (
	"bytes"
	"encoding/binary"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
)

// copyRows rewrites the data of one COPY TO STDOUT by a row plan. Where one row ends and the next begins is read from the
// data: the server sends one row in each message, but nothing obliges it to. What has not come to the end of its row is kept
// until it has, and never passed on.
type copyRows struct {
	plan *rowPlan
	// form is nil for binary format.
	form *copyForm
	// limit bounds a row, in bytes.
	limit int
	// due says that what stands before the first row is still to come, ended that nothing may.
	due, ended bool
	// rest is a row that has begun, and at how far its end has been looked for.
	rest []byte
	at   int
	// fields is how many fields of a tuple stand in rest[:at].
	fields int
	// quoted and escaped tell of rest[:at] in csv format: it ends within quotes, and before a character that an escape
	// makes part of the value.
	quoted, escaped bool
	// plain and cell hold one value as it is, and one that has been masked, behind its length.
	plain, cell []byte
	masked      int64
}

func newCopyRows(plan *rowPlan, o *sqlfacts.CopyOptions, columns []column, limit int) *copyRows {
	c := &copyRows{plan: plan, limit: limit, due: true}
	if o.Format != "binary" {
		c.form = newCopyForm(o, columns)
		c.due = c.form.header != nil
	}
	return c
}

// data appends what becomes of a message's data to dst.
func (c *copyRows) data(dst, data []byte) ([]byte, error) {
	if len(c.rest) > 0 {
		if len(c.rest)+len(data) > c.limit {
			return nil, newFault(codeTooLarge, "copy fewer or smaller columns", "a row of COPY data is larger than the gateway reads (%d)", c.limit)
		}
		c.rest = append(c.rest, data...)
		data = c.rest
	}
	for len(data) > 0 {
		if c.ended {
			return nil, violation("COPY data goes on behind its end")
		}
		n, err := c.end(data)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			break
		}
		if dst, err = c.row(dst, data[:n]); err != nil {
			return nil, err
		}
		data = data[n:]
		c.at, c.fields, c.quoted, c.escaped = 0, 0, false, false
	}
	c.rest = append(c.rest[:0], data...)
	return dst, nil
}

// done reports whether the data ends here: behind a whole row.
func (c *copyRows) done() bool {
	return len(c.rest) == 0 && !c.due && (c.form != nil || c.ended)
}

// end gives the length of the first row with what ends it; 0 when it does not end in the data.
func (c *copyRows) end(data []byte) (int, error) {
	switch {
	case c.form == nil && c.due:
		return binaryHeader(data)
	case c.form == nil:
		return c.endOfTuple(data)
	case c.form.csv:
		return c.endOfRecord(data), nil
	}
	if n := bytes.IndexByte(data[c.at:], '\n'); n >= 0 {
		return c.at + n + 1, nil
	}
	c.at = len(data)
	return 0, nil
}

// endOfRecord finds the end of a line that is not within quotes.
func (c *copyRows) endOfRecord(data []byte) int {
	f := c.form
	for i := c.at; i < len(data); i++ {
		b := data[i]
		switch {
		case c.escaped:
			c.escaped = false
		case c.quoted && b == f.escape && f.escape != f.quote:
			c.escaped = true
		case b == f.quote:
			c.quoted = !c.quoted
		case b == '\n' && !c.quoted:
			return i + 1
		}
	}
	c.at = len(data)
	return 0
}

// The signature of binary data, which flags and the length of an extension follow (manual, COPY, Binary Format).
const (
	copySignature  = "PGCOPY\n\xff\r\n\x00"
	copyHeaderSize = len(copySignature) + 8
)

// binaryHeader gives the length of what stands before the first tuple. An extension is nothing that servers write.
func binaryHeader(data []byte) (int, error) {
	n := min(len(data), copyHeaderSize)
	fixed := append([]byte(copySignature), 0, 0, 0, 0, 0, 0, 0, 0)
	if !bytes.Equal(data[:n], fixed[:n]) {
		return 0, violation("binary COPY data begins otherwise than it should")
	}
	if n < copyHeaderSize {
		return 0, nil
	}
	return n, nil
}

// endOfTuple finds the end of a tuple, or of the -1 that stands for the end of all. at is where the next field begins.
func (c *copyRows) endOfTuple(data []byte) (int, error) {
	if len(data) < 2 {
		return 0, nil
	}
	count := int16(binary.BigEndian.Uint16(data))
	if count == -1 {
		return 2, nil
	}
	if int(count) != len(c.plan.cells) {
		return 0, violation("a row of COPY data has another number of columns than was said")
	}
	for c.at = max(c.at, 2); c.fields < int(count); c.fields++ {
		if len(data)-c.at < 4 {
			return 0, nil
		}
		n := max(0, int(int32(binary.BigEndian.Uint32(data[c.at:])))) // nextValue will refuse what is neither a length nor -1
		if len(data)-c.at-4 < n {
			return 0, nil
		}
		c.at += 4 + n
	}
	return c.at, nil
}

// row appends what becomes of one row.
func (c *copyRows) row(dst, row []byte) ([]byte, error) {
	if c.form == nil {
		return c.tuple(dst, row)
	}
	line := row[:len(row)-1]
	switch {
	case c.due:
		c.due = false
		if !bytes.Equal(line, c.form.header) {
			return nil, violation("the first line of COPY data is another than the header that was asked for")
		}
		return append(dst, row...), nil
	case string(line) == endOfData && (!c.form.csv || len(c.plan.cells) != 1):
		c.ended = true
		return append(dst, row...), nil
	}
	dst, err := c.line(dst, line)
	return append(dst, '\n'), err
}

// line appends the masked form of a row in text or csv format.
func (c *copyRows) line(dst, line []byte) ([]byte, error) {
	f := c.form
	for i := range c.plan.cells {
		if i > 0 {
			if len(line) == 0 || line[0] != f.delimiter {
				return nil, violation("a row of COPY data has another number of columns than was said")
			}
			dst, line = append(dst, f.delimiter), line[1:]
		}
		n, quoted, ok := f.textCell(line), false, true
		if f.csv {
			n, quoted, ok = f.csvCell(line)
		}
		if !ok {
			return nil, violation("a row of COPY data is malformed")
		}
		if dst, ok = c.write(dst, i, line[:n], quoted); !ok {
			return nil, violation("a row of COPY data is malformed")
		}
		line = line[n:]
	}
	if len(line) != 0 {
		return nil, violation("a row of COPY data has another number of columns than was said")
	}
	return dst, nil
}

// write appends one cell: as it came, or masked and written again.
func (c *copyRows) write(dst []byte, i int, raw []byte, quoted bool) ([]byte, bool) {
	plan, f := &c.plan.cells[i], c.form
	if plan.column == nil && !plan.scan {
		return append(dst, raw...), true
	}
	value, ok := c.value(raw, quoted)
	if !ok {
		return nil, false
	}
	var hits int
	c.cell, hits = c.plan.cell(plan, c.cell[:0], value)
	if plan.column == nil && hits == 0 {
		return append(dst, raw...), true
	}
	c.masked += int64(hits)
	switch masked := c.cell[4:]; {
	case int32(binary.BigEndian.Uint32(c.cell)) == -1:
		return append(dst, f.null...), true
	case f.csv:
		return f.appendCSV(dst, masked, f.force[i]), true
	default:
		return f.appendText(dst, masked), true
	}
}

// value reads a cell; NULL is nil.
func (c *copyRows) value(raw []byte, quoted bool) (value []byte, ok bool) {
	f := c.form
	switch {
	case quoted:
		return f.plainCSV(&c.plain, raw), true
	case !f.mingled && bytes.Equal(raw, f.null):
		return nil, true
	case f.csv:
		return raw, true
	default:
		return f.plainText(&c.plain, raw)
	}
}

// tuple appends the masked form of a row in binary format, which but for the header is written as in a DataRow.
func (c *copyRows) tuple(dst, row []byte) ([]byte, error) {
	if c.due {
		c.due = false
		return append(dst, row...), nil
	}
	c.ended = int16(binary.BigEndian.Uint16(row)) == -1
	if c.ended {
		return append(dst, row...), nil
	}
	dst, row = append(dst, row[:2]...), row[2:]
	for i := range c.plan.cells {
		value, rest, ok := nextValue(row)
		if !ok {
			return nil, violation("a row of COPY data is malformed")
		}
		var hits int
		dst, hits = c.plan.cell(&c.plan.cells[i], dst, value)
		c.masked += int64(hits)
		row = rest
	}
	return dst, nil
}
