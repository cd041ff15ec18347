package postgres

import (
	"encoding/binary"
	"io"

	"github.com/gatewright/gatewright/runtime/mask"
	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// Walk reads all of src as a client's or a server's stream, collecting messages up to the bound and streaming larger
// ones, and gives each message's type and whole bytes.
func Walk(src io.Reader, client bool, bound int, each func(kind byte, message []byte)) error {
	limit := serverLimit
	if client {
		limit = clientLimit
	}
	k := newWalker(src, limit, &buffers{})
	for {
		f, ok, err := k.next()
		switch {
		case err != nil:
			return err
		case !ok:
			if err := k.fill(); err != nil {
				return err
			}
		case f.whole():
			each(f.kind, f.data)
		case f.size <= bound:
			k.collect(f)
		default:
			var whole []byte
			err := k.stream(f, func(b []byte) error {
				if len(whole)+len(b) <= 4<<20 {
					whole = append(whole, b...)
				}
				return nil
			})
			if err != nil {
				return err
			}
			each(f.kind, whole)
		}
	}
}

// Options are what SplitOptions found, as name=value.
func Options(text string) ([]string, error) {
	found, err := splitOptions(text)
	var out []string
	for _, o := range found {
		out = append(out, o.name+"="+o.value)
	}
	return out, err
}

// Hello reads a StartupMessage's body and gives the settings that it asks for, as name=value.
func Hello(version uint32, body []byte) ([]string, []byte, error) {
	h, err := parseHello(version, body)
	if err != nil {
		return nil, nil, err
	}
	found, err := h.settings()
	var out []string
	for _, o := range found {
		out = append(out, o.name+"="+o.value)
	}
	return out, h.negotiation(), err
}

// Redacted is an error or notice as a client under masks sees it.
func Redacted(body []byte) []byte { return report{body}.redacted(nil, 'E') }

// Description reads a RowDescription's body and gives the number of columns.
func Description(body []byte) (int, error) {
	columns, err := parseColumns(body)
	return len(columns), err
}

// Code is the SQLSTATE of an error that would go to the client.
func Code(err error) string { return faultOf(err).code }

// Printed is a bind value as an approver reads it.
func Printed(p *schema.Parameter, oid uint32) string { return printed(p, oid) }

// BindValues reads a Bind message's body behind its names, with the declared types as on the wire, and gives what an
// approver would read; nil for values that are not kept.
func BindValues(types, body []byte) (shown []string, ok bool) {
	v, ok := bindValues(nil, &prepared{types: types}, body)
	for _, p := range v.list(nil) {
		shown = append(shown, printed(&p, p.Type))
	}
	return shown, ok
}

// Rewriter masks COPY data of columns with the types, each as its transform says, in the options of a COPY statement.
func Rewriter(o *sqlfacts.CopyOptions, names []string, types []uint32, with []schema.Transform, detect []schema.Detection, limit int) *CopyData {
	columns, plan := make([]column, len(types)), &rowPlan{cells: make([]cellPlan, len(types))}
	if len(detect) > 0 {
		plan.scanner = mask.NewScanner(nil, detect)
	}
	format := int16(0)
	if o.Format == "binary" {
		format = 1
	}
	for i := range types {
		columns[i] = column{name: names[i], typeOID: types[i], format: format}
		plan.cells[i] = cellPlan{with: schema.Treatment{With: with[i]}, typeOID: types[i], format: format, scan: plan.scanner != nil}
		plan.cells[i].prepare(nil)
	}
	return &CopyData{newCopyRows(plan, o, columns, limit)}
}

// CopyData is the data of one COPY on its way.
type CopyData struct{ rows *copyRows }

// Write appends what a message becomes.
func (c *CopyData) Write(dst, message []byte) ([]byte, error) { return c.rows.data(dst, message) }

// Done reports whether the data may end.
func (c *CopyData) Done() bool { return c.rows.done() }

// Masked is the number of cells that were masked.
func (c *CopyData) Masked() int64 { return c.rows.masked }

// WriteCopy writes one row as the server would.
func WriteCopy(o *sqlfacts.CopyOptions, values []string) []byte {
	if o.Format == "binary" {
		out := binary.BigEndian.AppendUint16(nil, uint16(len(values)))
		for _, v := range values {
			out = append(binary.BigEndian.AppendUint32(out, uint32(len(v))), v...)
		}
		return out
	}
	form, out := newCopyForm(o, make([]column, len(values))), []byte(nil)
	for i, v := range values {
		if i > 0 {
			out = append(out, form.delimiter)
		}
		if form.csv {
			out = form.appendCSV(out, []byte(v), form.force[i])
		} else {
			out = form.appendText(out, []byte(v))
		}
	}
	return append(out, '\n')
}
