package mask_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/mask"
	"github.com/gatewright/gatewright/schema"
)

const (
	char, name, int8, text, jsonText, xml, unknown = 18, 19, 20, 25, 114, 142, 705
	bpchar, varchar, numeric, jsonb, textArray     = 1042, 1043, 1700, 3802, 1009
	citext                                         = 16400 // somewhere among the OIDs of extensions
)

const null = "<null>"

func show(out []byte, isNull bool) string {
	if isNull {
		return null
	}
	return string(out)
}

// maskValue masks one value with a transform, under the arguments of tests.
func maskValue(dst []byte, t schema.Transform, derived bool, typeOID uint32, format int16, in []byte) ([]byte, bool) {
	c := mask.NewColumn(testKeys, treatment(t), derived, typeOID, format)
	return c.Append(dst, in)
}

func treatment(t schema.Transform) schema.Treatment {
	argument := map[string]string{schema.TakesKey: "k", schema.TakesWidth: "10", schema.TakesValue: "hidden"}
	return schema.Treatment{With: t, Argument: argument[t.Takes()]}
}

var testKeys = func() *mask.Keys {
	keys, err := mask.NewKeys(map[string]schema.Secret{"k": schema.NewSecret(strings.Repeat("k", mask.LeastKey)), "other": schema.NewSecret(strings.Repeat("o", mask.LeastKey))})
	if err != nil {
		panic(err)
	}
	return keys
}()

func TestValue(t *testing.T) {
	const pan = "4111111111111111"
	tests := []struct {
		name    string
		with    schema.Transform
		derived bool
		oid     uint32
		format  int16
		in      string
		want    string
	}{
		{"last4 of a card", schema.TransformLast4, false, text, 0, pan, "************1111"},
		{"last4 in binary", schema.TransformLast4, false, varchar, 1, pan, "************1111"},
		{"last4 derived", schema.TransformLast4, true, text, 0, pan, "****"},
		{"last4 derived of NULL", schema.TransformLast4, true, text, 0, null, "****"},
		{"last4 of NULL", schema.TransformLast4, false, text, 0, null, null},
		{"last4 of eight", schema.TransformLast4, false, text, 0, "12345678", "****5678"},
		{"last4 of seven", schema.TransformLast4, false, text, 0, "1234567", "****"},
		{"last4 of four", schema.TransformLast4, false, text, 0, "1234", "****"},
		{"last4 of nothing", schema.TransformLast4, false, text, 0, "", "****"},
		{"last4 counts characters", schema.TransformLast4, false, text, 0, "äöüßäöüß", "****äöüß"},
		{"last4 of wide characters", schema.TransformLast4, false, text, 0, "日本語", "****"},
		{"last4 of bytes that are not UTF-8", schema.TransformLast4, false, text, 0, "\xff\xfe\xfd\xfc1234\x80", "*****234\x80"},
		{"last4 of a padded value", schema.TransformLast4, false, bpchar, 0, pan + "    ", "************1111"},
		{"last4 of a name", schema.TransformLast4, false, name, 0, "a-long-name", "*******name"},
		{"last4 of an unknown literal", schema.TransformLast4, false, unknown, 0, pan, "************1111"},
		{"first1", schema.TransformFirst1, false, text, 0, "Margaret", "M****"},
		{"first1 hides the length", schema.TransformFirst1, false, text, 0, "Ma. Ángeles Núñez", "M****"},
		{"first1 of three", schema.TransformFirst1, false, text, 0, "Ann", "****"},
		{"first1 of a wide character", schema.TransformFirst1, false, text, 0, "Ángel", "Á****"},
		{"email", schema.TransformEmail, false, text, 0, "pat@example.com", "p****@example.com"},
		{"email of one character", schema.TransformEmail, false, text, 0, "p@example.com", "****@example.com"},
		{"email without @", schema.TransformEmail, false, text, 0, pan, "****"},
		{"email without a local part", schema.TransformEmail, false, text, 0, "@example.com", "****"},
		{"email without a domain", schema.TransformEmail, false, text, 0, "pat@", "****"},
		{"email on one label", schema.TransformEmail, false, text, 0, "pat@secret", "****"},
		{"email in a sentence", schema.TransformEmail, false, text, 0, "write to pat@example.com", "****"},
		{"email before a secret", schema.TransformEmail, false, text, 0, "pat@example.com " + pan, "****"},
		{"email with a number for a domain", schema.TransformEmail, false, text, 0, "a@1.4111111111111111", "****"},
		{"email with two signs", schema.TransformEmail, false, text, 0, "pat@x@example.com", "****"},
		{"email with an international domain", schema.TransformEmail, false, text, 0, "pat@bücher.example", "p****@bücher.example"},
		{"email that is not UTF-8", schema.TransformEmail, false, text, 0, "p\xfft@example.com", "****"},
		{"redact", schema.TransformRedact, false, text, 0, "anything at all", "****"},
		{"redact of a padded value", schema.TransformRedact, false, bpchar, 0, "ab        ", "****"},
		{"null", schema.TransformNull, false, text, 0, pan, null},
		{"null derived", schema.TransformNull, true, text, 0, pan, null},
		{"json", schema.TransformLast4, false, jsonText, 0, `{"pan": "4111111111111111"}`, `"****"`},
		{"json derived of NULL", schema.TransformRedact, true, jsonText, 0, null, `"****"`},
		{"jsonb in text", schema.TransformLast4, false, jsonb, 0, `"4111111111111111"`, `"****"`},
		{"jsonb in binary", schema.TransformLast4, false, jsonb, 1, "\x01\"4111111111111111\"", "\x01\"****\""},
		{"jsonb derived in binary", schema.TransformLast4, true, jsonb, 1, null, "\x01\"****\""},
		{"xml keeps nothing", schema.TransformFirst1, false, xml, 0, "<a/>", "****"},
		{`the type "char"`, schema.TransformRedact, false, char, 1, "x", "*"},
		{"a number", schema.TransformLast4, false, int8, 0, pan, null},
		{"a number derived", schema.TransformLast4, true, numeric, 0, pan, null},
		{"an array", schema.TransformRedact, false, textArray, 0, "{a}", null},
		{"a type of an extension", schema.TransformRedact, false, citext, 0, "a", null},
		{"an unknown format", schema.TransformRedact, false, text, 2, "a", null},
		{"an unknown transform", schema.Transform(99), false, text, 0, "a", null},
		{"none", schema.TransformNone, false, int8, 0, pan, pan},
		{"none of NULL", schema.TransformNone, false, int8, 0, null, null},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var in []byte
			if tt.in != null {
				in = []byte(tt.in)
			}
			before := bytes.Clone(in)
			if got := show(maskValue(nil, tt.with, tt.derived, tt.oid, tt.format, in)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if !bytes.Equal(in, before) {
				t.Errorf("the value was changed to %q", in)
			}
		})
	}
}

func TestValueAppends(t *testing.T) {
	out, isNull := maskValue([]byte("row:"), schema.TransformRedact, false, text, 0, []byte("x"))
	if string(out) != "row:****" || isNull {
		t.Errorf("got %q, %v", out, isNull)
	}
	out, isNull = maskValue([]byte("row:"), schema.TransformRedact, false, int8, 0, []byte("1"))
	if string(out) != "row:" || !isNull {
		t.Errorf("NULL: got %q, %v", out, isNull)
	}
}

func TestValueAllocatesNothing(t *testing.T) {
	buf := make([]byte, 0, 512)
	in := []byte("margaret.hamilton@example.com")
	for word, with := range schema.Transforms {
		c := mask.NewColumn(testKeys, treatment(with), false, text, 0)
		if n := testing.AllocsPerRun(100, func() { c.Append(buf, in) }); n != 0 {
			t.Errorf("%s: %v allocations", word, n)
		}
	}
}

func TestTextual(t *testing.T) {
	for _, oid := range []uint32{char, name, text, jsonText, xml, unknown, bpchar, varchar, jsonb} {
		if !mask.Textual(oid) {
			t.Errorf("type %d has masked text", oid)
		}
	}
	for _, oid := range []uint32{0, int8, numeric, textArray, citext} {
		if mask.Textual(oid) {
			t.Errorf("type %d has none", oid)
		}
	}
}

// FuzzValue holds what each masked value promises: a derived one is constant, a strong one tells nothing of the
// value, and JSON stays JSON.
func FuzzValue(f *testing.F) {
	f.Add(uint8(schema.TransformLast4), uint32(text), []byte("4111111111111111"))
	f.Add(uint8(schema.TransformEmail), uint32(bpchar), []byte("pat@example.com  "))
	f.Add(uint8(schema.TransformFirst1), uint32(jsonb), []byte("\x01{}"))
	f.Add(uint8(schema.TransformEmail), uint32(varchar), []byte("\xff@\xfe.\xfd"))
	f.Fuzz(func(t *testing.T, with uint8, oid uint32, in []byte) {
		w := schema.Transform(with)
		for format := range int16(2) {
			bare, bareNull := maskValue(nil, w, false, oid, format, in)
			derived, derivedNull := maskValue(nil, w, true, oid, format, in)
			constant, constantNull := maskValue(nil, w, true, oid, format, []byte("twin"))
			if w == schema.TransformNone {
				continue
			}
			if !bytes.Equal(derived, constant) || derivedNull != constantNull {
				t.Fatalf("derived differs: %q, %q", derived, constant)
			}
			if w == schema.TransformRedact && in != nil && (!bytes.Equal(bare, constant) || bareNull != constantNull) {
				t.Fatalf("redact differs: %q, %q", bare, constant)
			}
			if !bareNull && (oid == jsonText || oid == jsonb) && !json.Valid(bytes.TrimPrefix(bare, []byte{1})) {
				t.Fatalf("not JSON: %q", bare)
			}
		}
	})
}
