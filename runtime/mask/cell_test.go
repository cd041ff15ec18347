package mask_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
)

// arrayOf is a binary array of one dimension; a nil element is NULL.
func arrayOf(elementOID uint32, elements ...[]byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, 1)
	b = binary.BigEndian.AppendUint32(b, 1)
	b = binary.BigEndian.AppendUint32(b, elementOID)
	b = binary.BigEndian.AppendUint32(b, uint32(len(elements)))
	b = binary.BigEndian.AppendUint32(b, 1)
	for _, e := range elements {
		b = appendValue(b, e)
	}
	return b
}

func rowOf(fieldOID uint32, fields ...[]byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(fields)))
	for _, f := range fields {
		b = appendValue(binary.BigEndian.AppendUint32(b, fieldOID), f)
	}
	return b
}

func appendValue(b, v []byte) []byte {
	if v == nil {
		return binary.BigEndian.AppendUint32(b, 1<<32-1)
	}
	return append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...)
}

func number(groups, weight uint16, digits ...uint16) []byte {
	b := binary.BigEndian.AppendUint16(nil, groups)
	b = binary.BigEndian.AppendUint16(b, weight)
	b = append(b, 0, 0, 0, 0)
	for _, d := range digits {
		b = binary.BigEndian.AppendUint16(b, d)
	}
	return b
}

func TestCell(t *testing.T) {
	const uuid, bytea, record, int8Array, recordArray, timestamp = 2950, 17, 2249, 1016, 2287, 1114
	const pan = "4111111111111111"
	panInt := binary.BigEndian.AppendUint64(nil, 4111111111111111)
	// A length that is itself a digit stands right before the value.
	fifty := []byte(pan + strings.Repeat(" ", 50-len(pan)))
	tests := []struct {
		name   string
		oid    uint32
		format int16
		in     []byte
		want   string
	}{
		{"NULL", text, 0, nil, null},
		{"text", text, 0, []byte("pan " + pan), "pan ************1111"},
		{"text in binary", varchar, 1, []byte(pan), "************1111"},
		{"clean text", text, 0, []byte("nothing"), "nothing"},
		{"json string", jsonText, 0, []byte(`{"pan": "4111111111111111"}`), `{"pan": "************1111"}`},
		{"json number", jsonText, 0, []byte(`{"pan":4111111111111111,"n":1}`), `{"pan":"************1111","n":1}`},
		{"json numbers", jsonText, 0, []byte(`[4111111111111111,5555555555554444]`), `["************1111","************4444"]`},
		{"json key", jsonText, 0, []byte(`{"4111111111111111":1}`), `{"************1111":1}`},
		{"json number after a quote in a string", jsonText, 0, []byte(`["a\"b",4111111111111111]`), `["a\"b","************1111"]`},
		{"json string after a number", jsonText, 0, []byte(`[4111111111111111,"pat@example.com"]`), `["************1111","p****@example.com"]`},
		{"json escape before an address", jsonText, 0, []byte(`"line\npat@example.com"`), `"line\np****@example.com"`},
		{"json escape before a card", jsonText, 0, []byte(`"a\n4111111111111111\tb"`), `"a\n************1111\tb"`},
		{"json long escape before an address", jsonText, 0, []byte(`"\u00e9pat@example.com"`), `"\u00e9p****@example.com"`},
		{"json escape that looks like digits", jsonText, 0, []byte(`"\u4111111111111111 "`), `"\u4111********1111 "`},
		{"json hidden card", jsonText, 0, []byte(`{"pan": "\u0034111111111111111"}`), `"****"`},
		{"json hidden sign", jsonText, 0, []byte(`{"m": "pat\u0040example.com"}`), `"****"`},
		{"clean json", jsonText, 0, []byte(`{"m": "caf\u00e9"}`), `{"m": "caf\u00e9"}`},
		{"jsonb in binary", jsonb, 1, []byte("\x01[4111111111111111]"), "\x01[\"************1111\"]"},
		{"empty jsonb in binary", jsonb, 1, []byte(""), ""},
		{"int8", int8, 0, []byte(pan), null},
		{"int8 in binary", int8, 1, panInt, null},
		{"clean int8", int8, 0, []byte("4111111111111112"), "4111111111111112"},
		{"numeric", numeric, 0, []byte(pan), null},
		{"numeric in binary", numeric, 1, number(4, 3, 4111, 1111, 1111, 1111), null},
		{"numeric with zeros left out", numeric, 1, number(4, 4, 4, 0, 0, 6), string(number(4, 4, 4, 0, 0, 6))},
		{"numeric of a fraction", numeric, 1, number(5, 3, 4111, 1111, 1111, 1111, 5000), string(number(5, 3, 4111, 1111, 1111, 1111, 5000))},
		{"uuid", uuid, 0, []byte("550e8400-e29b-41d4-a716-446655440000"), "550e8400-e29b-41d4-a716-446655440000"},
		{"timestamp", timestamp, 0, []byte("2024-11-24 08:34:10"), "2024-11-24 08:34:10"},
		{"bytes", bytea, 0, []byte(`\x` + hex.EncodeToString([]byte(pan))), null},
		{"bytes in binary", bytea, 1, []byte(pan), null},
		{"clean bytes", bytea, 0, []byte(`\x4111111111111111`), `\x4111111111111111`},
		{"text array", textArray, 0, []byte("{a," + pan + "}"), null},
		{"text array in binary", textArray, 1, arrayOf(text, nil, []byte(pan)), null},
		{"text array whose lengths are digits", textArray, 1, arrayOf(text, fifty), null},
		{"clean text array", textArray, 1, arrayOf(text, nil, []byte("a")), string(arrayOf(text, nil, []byte("a")))},
		{"empty array", textArray, 1, make([]byte, 12), string(make([]byte, 12))},
		{"int8 array", int8Array, 1, arrayOf(int8, panInt), null},
		{"torn array", textArray, 1, arrayOf(text, []byte("abc"))[:25], null},
		{"row", record, 0, []byte("(1," + pan + ")"), null},
		{"row in binary", record, 1, rowOf(text, []byte("a"), nil, fifty), null},
		{"clean row in binary", record, 1, rowOf(text, []byte("a"), nil), string(rowOf(text, []byte("a"), nil))},
		{"array of rows", recordArray, 1, arrayOf(record, rowOf(text, fifty)), null},
		{"a type of an extension", citext, 1, []byte("pan " + pan), null},
		{"a clean type of an extension", citext, 1, []byte("a"), "a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, isNull, hits := every().Cell(nil, tt.oid, tt.format, tt.in)
			if got := show(out, isNull); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if clean := tt.in == nil || tt.want == string(tt.in); clean != (hits == 0) {
				t.Errorf("%d hits", hits)
			}
		})
	}
}

// FuzzCell holds that a JSON document stays one, and that no bytes make the readers of binary values panic.
func FuzzCell(f *testing.F) {
	f.Add(uint32(jsonText), []byte(`{"pan":4111111111111111,"m":"line\npat@example.com","\u00344":[]}`))
	f.Add(uint32(jsonText), []byte(`["\u4111111111111111 ",4111111111111111]`))
	f.Add(uint32(textArray), arrayOf(text, []byte("4111111111111111"), nil))
	f.Add(uint32(2249), rowOf(text, []byte("4111111111111111"), nil))
	f.Add(uint32(numeric), number(4, 3, 4111, 1111, 1111, 1111))
	f.Fuzz(func(t *testing.T, oid uint32, in []byte) {
		for format := range int16(2) {
			before := bytes.Clone(in)
			out, isNull, _ := every().Cell(nil, oid, format, in)
			if !bytes.Equal(in, before) {
				t.Fatalf("the cell was changed to %q", in)
			}
			if oid == jsonText && json.Valid(in) && (isNull || !json.Valid(out)) {
				t.Fatalf("%q becomes %q", in, out)
			}
		}
	})
}
