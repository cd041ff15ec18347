package postgres

import (
	"bytes"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// copyForm is how the rows of a COPY in text or csv format are written (manual, COPY, File Formats).
type copyForm struct {
	csv                      bool
	delimiter, quote, escape byte
	null                     []byte
	// mingled is set when a value may look like NULL: it then counts as a value.
	mingled bool
	// force tells for each column whether csv quotes it though it need not.
	force []bool
	// header is the line with the columns' names; nil when there is none.
	header []byte
}

func newCopyForm(o *sqlfacts.CopyOptions, columns []column) *copyForm {
	f := &copyForm{csv: o.Format == "csv", delimiter: o.Delimiter[0], null: []byte(o.Null), force: make([]bool, len(columns))}
	f.mingled = o.Form() == schema.FormMingled
	if f.csv {
		f.quote, f.escape = o.Quote[0], o.Escape[0]
		for _, name := range o.ForceQuote {
			f.forceQuote(columns, name)
		}
	}
	if o.Header {
		f.header = f.headerOf(columns)
	}
	return f
}

// forceQuote marks the first column of a name, as the server does; "*" is all.
func (f *copyForm) forceQuote(columns []column, name string) {
	for i := range columns {
		if name == "*" || columns[i].name == name {
			f.force[i] = true
			if name != "*" {
				return
			}
		}
	}
}

func (f *copyForm) headerOf(columns []column) []byte {
	header := []byte{}
	for i := range columns {
		if i > 0 {
			header = append(header, f.delimiter)
		}
		name := []byte(columns[i].name)
		if f.csv {
			header = f.appendCSV(header, name, false)
		} else {
			header = f.appendText(header, name)
		}
	}
	return header
}

// The characters that text format writes as a letter behind a backslash.
const (
	controls = "\b\f\n\r\t\v"
	letters  = "bfnrtv"
)

// appendText writes a value as CopyAttributeOutText does.
func (f *copyForm) appendText(dst, value []byte) []byte {
	done := 0
	for i, c := range value {
		switch {
		case c == '\\', c == f.delimiter && (c >= ' ' || strings.IndexByte(controls, c) < 0):
			dst = append(append(dst, value[done:i]...), '\\')
			done = i
		case c < ' ':
			if at := strings.IndexByte(controls, c); at >= 0 {
				dst = append(append(dst, value[done:i]...), '\\', letters[at])
				done = i + 1
			}
		}
	}
	return append(dst, value[done:]...)
}

// plainText gives the value of a cell in text format: in itself where nothing in it was escaped, else in spare. It reports
// false for what no server writes.
func (f *copyForm) plainText(spare *[]byte, cell []byte) (value []byte, ok bool) {
	at := bytes.IndexByte(cell, '\\')
	if at < 0 {
		return cell, true
	}
	plain := (*spare)[:0]
	for ; at >= 0; at = bytes.IndexByte(cell, '\\') {
		if at+1 == len(cell) {
			return nil, false
		}
		c := cell[at+1]
		if letter := strings.IndexByte(letters, c); letter >= 0 {
			c = controls[letter]
		} else if c != '\\' && c != f.delimiter {
			return nil, false
		}
		plain = append(append(plain, cell[:at]...), c)
		cell = cell[at+2:]
	}
	*spare = append(plain, cell...)
	return *spare, true
}

// textCell gives the length of a row's first cell in text format.
func (f *copyForm) textCell(row []byte) int {
	n := bytes.IndexByte(row, f.delimiter)
	if n < 0 {
		return len(row)
	}
	if bytes.IndexByte(row[:n], '\\') < 0 {
		return n
	}
	for i := 0; i < len(row); i++ {
		switch row[i] {
		case '\\':
			i++
		case f.delimiter:
			return i
		}
	}
	return len(row)
}

// appendCSV writes a value as CopyAttributeOutCSV does.
func (f *copyForm) appendCSV(dst, value []byte, force bool) []byte {
	if !force && !f.needsQuotes(value) {
		return append(dst, value...)
	}
	dst = append(dst, f.quote)
	done := 0
	for i, c := range value {
		if c == f.quote || c == f.escape {
			dst = append(append(dst, value[done:i]...), f.escape)
			done = i
		}
	}
	return append(append(dst, value[done:]...), f.quote)
}

func (f *copyForm) needsQuotes(value []byte) bool {
	if bytes.Equal(value, f.null) || len(f.force) == 1 && string(value) == endOfData {
		return true
	}
	return slices.ContainsFunc(value, func(c byte) bool { return c == f.delimiter || c == f.quote || c == '\n' || c == '\r' })
}

// csvCell gives the length of a row's first cell in csv format, and whether it is quoted. It reports false for what no
// server writes.
func (f *copyForm) csvCell(row []byte) (n int, quoted, ok bool) {
	if len(row) == 0 || row[0] != f.quote {
		n = bytes.IndexByte(row, f.delimiter)
		if n < 0 {
			n = len(row)
		}
		return n, false, bytes.IndexByte(row[:n], f.quote) < 0
	}
	for i := 1; i < len(row); i++ {
		c := row[i]
		switch {
		case c == f.escape && i+1 < len(row) && (row[i+1] == f.quote || row[i+1] == f.escape):
			i++
		case c == f.quote:
			return i + 1, true, i+1 == len(row) || row[i+1] == f.delimiter
		case c == f.escape:
			return 0, false, false
		}
	}
	return 0, false, false
}

// plainCSV gives the value of a quoted cell: in itself where nothing in it was escaped, else in spare. csvCell has looked
// at it.
func (f *copyForm) plainCSV(spare *[]byte, cell []byte) []byte {
	inner := cell[1 : len(cell)-1]
	at := bytes.IndexByte(inner, f.escape)
	if at < 0 {
		return inner
	}
	plain := (*spare)[:0]
	for ; at >= 0; at = bytes.IndexByte(inner, f.escape) {
		plain = append(append(plain, inner[:at]...), inner[at+1])
		inner = inner[at+2:]
	}
	*spare = append(plain, inner...)
	return *spare
}

// endOfData is the line that ends the data of a file, and that servers before PostgreSQL 7.4 ended the data of a connection
// with.
const endOfData = `\.`
