package postgres_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/postgres"
	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// copyKinds are ways of writing data, by the option list.
var copyKinds = []string{
	"", "(NULL '\\X', DELIMITER '|')", "(HEADER)", "(FORMAT csv)", "(FORMAT csv, HEADER)", "(FORMAT csv, QUOTE '''', ESCAPE '~', DELIMITER ';')",
	"(FORMAT csv, ESCAPE '*', FORCE_QUOTE *)", "(FORMAT binary)", "(NULL '')",
}

const textOID, intOID = 25, 23

// rewriter masks the second of three columns: an id, what is masked, a text that may be looked into.
func rewriter(t testing.TB, options string, with schema.Transform, limit int, detect ...schema.Detection) *postgres.CopyData {
	t.Helper()
	st := sqlfacts.Classify("COPY (SELECT 1) TO STDOUT "+options, nil)
	if len(st) != 1 || st[0].Opaque() {
		t.Fatalf("%s: %+v", options, st)
	}
	return postgres.Rewriter(&st[0].Copy, []string{"id", "secret", "note"}, []uint32{intOID, textOID, textOID},
		[]schema.Transform{schema.TransformNone, with, schema.TransformNone}, detect, limit)
}

func tuple(cells ...string) string {
	out := binary.BigEndian.AppendUint16(nil, uint16(len(cells)))
	for _, c := range cells {
		if c == "NULL" {
			out = binary.BigEndian.AppendUint32(out, ^uint32(0))
			continue
		}
		out = append(binary.BigEndian.AppendUint32(out, uint32(len(c))), c...)
	}
	return string(out)
}

const binaryBegin, binaryEnd = "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00", "\xff\xff"

func TestCopyData(t *testing.T) {
	tests := map[string]struct {
		options, in, want string
		// fails says that the data is refused, partly that it does not end where it should.
		fails, partly bool
	}{
		"text":                     {"", "1\tabcd12345678\tx\n2\t\\N\t\\N\n", "1\t********5678\tx\n2\t\\N\t\\N\n", false, false},
		"text, escaped in value":   {"", "1\tabcdef\\\\5\\t\\n\ty\\\\\\t\n", "1\t******\\\\5\\t\\n\ty\\\\\\t\n", false, false},
		"text, end of data":        {"", "1\ta\tx\n\\.\n", "1\t****\tx\n\\.\n", false, false},
		"text, behind its end":     {"", "\\.\n1\ta\tx\n", "", true, false},
		"text, too few":            {"", "1\tabcd12345678\n", "", true, false},
		"text, too many":           {"", "1\tabcd12345678\tx\ty\n", "", true, false},
		"text, nothing":            {"", "\n", "", true, false},
		"text, wrong escape":       {"", "1\tab\\x41\ty\n", "", true, false},
		"text, lone backslash":     {"", "1\tab\ty\\\n", "1\t****\ty\\\n", false, false},
		"text, unfinished":         {"", "1\tab\ty\n2\tcd\te", "1\t****\ty\n", false, true},
		"text, header":             {"(HEADER)", "id\tsecret\tnote\n1\tab\ty\n", "id\tsecret\tnote\n1\t****\ty\n", false, false},
		"text, another header":     {"(HEADER)", "id\t4111\tnote\n1\tab\ty\n", "", true, false},
		"text, no header":          {"(HEADER)", "", "", false, true},
		"csv":                      {"(FORMAT csv)", "1,abcd12345678,x\n2,,\"\"\n", "1,********5678,x\n2,,\"\"\n", false, false},
		"csv, empty is no NULL":    {"(FORMAT csv)", "1,\"\",x\n", "1,****,x\n", false, false},
		"csv, lines kept":          {"(FORMAT csv)", "1,\"abcdef\"\"\n,\r\",\"x\ny\"\n", "1,\"******\"\"\n,\r\",\"x\ny\"\n", false, false},
		"csv, quote in a bare one": {"(FORMAT csv)", "1,ab\"cd\"ef,y\n", "", true, false},
		"csv, behind a quote":      {"(FORMAT csv)", "1,\"ab\"cd,y\n", "", true, false},
		"csv, open quote":          {"(FORMAT csv)", "1,\"ab,cd\ny\n", "", false, true},
		"csv, escapes":             {"(FORMAT csv, QUOTE '''', ESCAPE '~')", "1,'~'~~',y\n", "1,****,y\n", false, false},
		"csv, wrong escape":        {"(FORMAT csv, QUOTE '''', ESCAPE '~')", "1,'~n',y\n", "", true, false},
		"csv, stars are escapes":   {"(FORMAT csv, ESCAPE '*', FORCE_QUOTE *)", "\"1\",\"abcd\",\"y\"\n", "\"1\",\"********\",\"y\"\n", false, false},
		"binary":                   {"(FORMAT binary)", binaryBegin + tuple("\x00\x00\x00\x01", "abcd12345678", "NULL") + binaryEnd, binaryBegin + tuple("\x00\x00\x00\x01", "********5678", "NULL") + binaryEnd, false, false},
		"binary, NULL":             {"(FORMAT binary)", binaryBegin + tuple("NULL", "NULL", "") + binaryEnd, binaryBegin + tuple("NULL", "NULL", "") + binaryEnd, false, false},
		"binary, no end":           {"(FORMAT binary)", binaryBegin, binaryBegin, false, true},
		"binary, behind its end":   {"(FORMAT binary)", binaryBegin + binaryEnd + "x", "", true, false},
		"binary, too few":          {"(FORMAT binary)", binaryBegin + tuple("1", "2"), "", true, false},
		"binary, wrong length":     {"(FORMAT binary)", binaryBegin + "\x00\x03\xff\xff\xff\xfe" + strings.Repeat("\x00", 30), "", true, false},
		"binary, long length":      {"(FORMAT binary)", binaryBegin + "\x00\x03\x7f\xff\xff\xff" + strings.Repeat("\x00", 30), binaryBegin, false, true},
		"binary, another header":   {"(FORMAT binary)", "PGCOPY\n\xff\r\n\x00\x00\x01\x00\x00\x00\x00\x00\x00", "", true, false},
		"binary, an extension":     {"(FORMAT binary)", "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x04", "", true, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := rewriter(t, test.options, schema.TransformLast4, 1<<20)
			got, err := c.Write(nil, []byte(test.in))
			if (err != nil) != test.fails {
				t.Fatalf("%q, %v", got, err)
			}
			if err == nil && (string(got) != test.want || c.Done() == test.partly) {
				t.Errorf("got %q, done %v\nwant %q", got, c.Done(), test.want)
			}
		})
	}
}

// TestCopyRowIsBounded sends a row that does not end.
func TestCopyRowIsBounded(t *testing.T) {
	for _, options := range copyKinds[:len(copyKinds)-1] {
		t.Run(options, func(t *testing.T) {
			c := rewriter(t, options, schema.TransformLast4, 4<<10)
			piece, first := []byte(strings.Repeat("x", 1<<10)), "'"
			switch {
			case strings.Contains(options, "binary"):
				first = binaryBegin + "\x00\x03\x7f\xff\xff\xff"
			case strings.Contains(options, "csv"):
				first = "\"'\n"
			}
			if _, err := c.Write(nil, []byte(first)); err != nil && !strings.Contains(options, "HEADER") {
				t.Fatal(err)
			}
			for range 5 {
				if _, err := c.Write(nil, piece); err != nil {
					return
				}
			}
			t.Error("it went on")
		})
	}
}

// FuzzCopyData masks any data in any pieces. What comes out does not hang on the pieces; what stands in columns that are not
// masked is as it came, and nothing of the masked one is left.
func FuzzCopyData(f *testing.F) {
	for kind := range copyKinds {
		for _, in := range []string{
			"1\tabcd12345678\tx\n2\t\\N\t\\N\n", "id\tsecret\tnote\n1\ta\tb\n", "1|a\\|b|\\X\n", "id,secret,note\n1,\"a\"\"b\n\",c\n", "1;'a~'b';c\n",
			"\"1\",\"***\",\"c\"\n", binaryBegin + tuple("1", "secret", "NULL") + binaryEnd, "\\.\n",
		} {
			f.Add(uint8(kind), uint8(3), []byte(in))
		}
	}
	f.Fuzz(func(t *testing.T, kind, size uint8, data []byte) {
		options := copyKinds[int(kind)%len(copyKinds)]
		whole := rewriter(t, options, schema.TransformRedact, 1<<16)
		want, failed := whole.Write(nil, data)
		parted, got, err := rewriter(t, options, schema.TransformRedact, 1<<16), []byte{}, error(nil)
		for rest := data; len(rest) > 0 && err == nil; {
			n := min(len(rest), 1+int(size))
			got, err = parted.Write(got, rest[:n])
			rest = rest[n:]
		}
		if (err == nil) != (failed == nil) {
			t.Fatalf("%v in pieces, %v as a whole", err, failed)
		}
		if failed != nil {
			return
		}
		if !bytes.Equal(got, want) || whole.Done() != parted.Done() || whole.Masked() != parted.Masked() {
			t.Fatalf("%q in pieces, %q as a whole", got, want)
		}
		again, err := rewriter(t, options, schema.TransformRedact, 1<<16).Write(nil, want)
		if err != nil || !bytes.Equal(again, want) {
			t.Fatalf("%q becomes %q, %v", want, again, err)
		}
		open, err := rewriter(t, options, schema.TransformNone, 1<<16).Write(nil, data)
		if err != nil || !bytes.HasPrefix(data, open) {
			t.Fatalf("%q becomes %q, %v", data, open, err)
		}
	})
}

// FuzzCopyValue writes a value as the server would, by masking it with a detector that has nothing to find, and in its place.
func FuzzCopyValue(f *testing.F) {
	for _, text := range oddTexts {
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, secret, note string) {
		if strings.ContainsRune(secret+note, 0) {
			return // no text of PostgreSQL's has it
		}
		for _, options := range copyKinds {
			written := postgres.WriteCopy(optionsOf(t, options), []string{"7", secret, note})
			c := rewriter(t, options, schema.TransformNone, 1<<30, schema.Detection{Detector: "us_ssn", With: schema.TransformNone})
			header := headerFor(options)
			got, err := c.Write(nil, append([]byte(header), written...))
			if err != nil || string(got) != header+string(written) {
				t.Fatalf("%s: %q became %q, %v", options, written, got, err)
			}
			masked, err := rewriter(t, options, schema.TransformRedact, 1<<30).Write(nil, append([]byte(header), written...))
			want := postgres.WriteCopy(optionsOf(t, options), []string{"7", "****", note})
			if err != nil || string(masked) != header+string(want) {
				t.Fatalf("%s: %q became %q, %v", options, written, masked, err)
			}
		}
	})
}

func optionsOf(t testing.TB, options string) *sqlfacts.CopyOptions {
	t.Helper()
	return &sqlfacts.Classify("COPY (SELECT 1) TO STDOUT "+options, nil)[0].Copy
}

func headerFor(options string) string {
	switch {
	case strings.Contains(options, "binary"):
		return binaryBegin
	case options == "(HEADER)":
		return "id\tsecret\tnote\n"
	case strings.Contains(options, "HEADER"):
		return "id,secret,note\n"
	}
	return ""
}

// TestCopyDataAllocatesNothing per row, once it has seen some.
func TestCopyDataAllocatesNothing(t *testing.T) {
	for options, row := range map[string]string{
		"": "1\tabcd\\\\12345678\tx\\ty\n", "(FORMAT csv)": "1,\"abcd\"\"12345678\",\"x\"\n", "(FORMAT binary)": tuple("1", "abcd12345678", "x"),
	} {
		c := rewriter(t, options, schema.TransformLast4, 1<<20, schema.Detection{Detector: "credit_card", With: schema.TransformRedact})
		dst, err := c.Write(make([]byte, 0, 1<<10), []byte(headerFor(options)+row))
		if err != nil {
			t.Fatal(err)
		}
		message := []byte(row)
		if n := testing.AllocsPerRun(100, func() {
			if dst, err = c.Write(dst[:0], message); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", options, n)
		}
	}
}
