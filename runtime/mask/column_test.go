package mask_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/mask"
	"github.com/gatewright/gatewright/schema"
)

const (
	boolean, int2, int4, float4, float8, date4, timestamp, timestamptz, uuidType, bytea = 16, 21, 23, 700, 701, 1082, 1114, 1184, 2950, 17
)

// binaryOf is a type's value in binary format, for the types whose text is no help in reading it.
func binaryOf(v uint64, size int) string {
	return string(binary.BigEndian.AppendUint64(nil, v)[8-size:])
}

func TestColumn(t *testing.T) {
	bucketOf := func(width string) schema.Treatment {
		return schema.Treatment{With: schema.TransformBucket, Argument: width}
	}
	fixed := func(value string) schema.Treatment {
		return schema.Treatment{With: schema.TransformFixed, Argument: value}
	}
	hash, token := treatment(schema.TransformHash), treatment(schema.TransformTokenize)
	tests := []struct {
		name    string
		how     schema.Treatment
		derived bool
		oid     uint32
		format  int16
		in      string
		want    string
	}{
		{"hash derived", hash, true, text, 0, "x", "****"},
		{"hash of NULL", hash, false, text, 0, null, null},
		{"hash of json", hash, false, jsonText, 0, `{"a":1}`, `"****"`},
		{"hash of an int4, of which there are too few", hash, false, int4, 0, "7", null},
		{"hash of what is no number", hash, false, int8, 0, "x", null},
		{"hash of bytes", hash, false, bytea, 0, `\x00`, null},
		{"hash under a key that is not there", schema.Treatment{With: schema.TransformHash, Argument: "none"}, false, text, 0, "x", "****"},
		{"token of a short number", token, false, text, 0, "12345", "****"},
		{"token of four letters", token, false, text, 0, "abcd", "****"},
		{"token of what is not ASCII", token, false, text, 0, "Größe 123456", "****"},
		{"token of two lines", token, false, text, 0, "1234567\n1234567", "****"},
		{"token of a text that is too long", token, false, text, 0, strings.Repeat("a", 110), "****"},
		{"token derived", token, true, int8, 0, "7", null},
		{"token of an int2, of which there are too few", token, false, int2, 0, "7", null},
		{"fixed", fixed("n/a"), false, text, 0, "x", "n/a"},
		{"fixed derived of NULL", fixed("n/a"), true, varchar, 1, null, "n/a"},
		{"fixed of NULL", fixed("n/a"), false, text, 0, null, null},
		{"fixed, empty", fixed(""), false, text, 0, "x", ""},
		{"fixed number", fixed("-7"), false, int4, 1, "....", binaryOf(1<<32-7, 4)},
		{"fixed number that is out of range", fixed("70000"), false, int2, 0, "1", null},
		{"fixed text for a number", fixed("n/a"), false, int4, 0, "1", null},
		{"fixed numeric", fixed("-12.50"), false, numeric, 1, "", "\x00\x02\x00\x00\x40\x00\x00\x02\x00\x0c\x13\x88"},
		{"fixed numeric in text", fixed("-12.50"), false, numeric, 0, "1", "-12.50"},
		{"fixed zero", fixed("0"), false, numeric, 1, "", "\x00\x00\x00\x00\x00\x00\x00\x00"},
		{"fixed boolean", fixed("true"), false, boolean, 0, "f", "t"},
		{"fixed boolean in binary", fixed("false"), false, boolean, 1, "\x01", "\x00"},
		{"fixed date", fixed("2000-01-31"), false, date4, 1, "....", binaryOf(30, 4)},
		{"fixed date for a timestamp", fixed("1999-12-31"), false, timestamptz, 0, "x", "1999-12-31 00:00:00+00"},
		{"fixed uuid", fixed("550E8400-e29b-41d4-a716-446655440000"), false, uuidType, 0, "x", "550e8400-e29b-41d4-a716-446655440000"},
		{"fixed json", fixed(`{"a": 1}`), false, jsonText, 0, "1", `{"a": 1}`},
		{"fixed text for json", fixed(`n/a`), false, jsonb, 1, "1", "\x01\"n/a\""},
		{"fixed for xml", fixed(`a<b`), false, xml, 0, "1", "a&lt;b"},
		{"fixed for bytes", fixed("x"), false, bytea, 0, "1", null},
		{"bucket of an integer", bucketOf("10"), false, int4, 0, "57", "50"},
		{"bucket below zero", bucketOf("10"), false, int4, 0, "-57", "-60"},
		{"bucket below the least number", bucketOf("1000"), false, int2, 0, "-32768", null},
		{"bucket of a fraction for an integer", bucketOf("0.5"), false, int4, 0, "57", null},
		{"bucket of a numeric", bucketOf("0.5"), false, numeric, 0, "129.95", "129.5"},
		{"bucket of a numeric below zero", bucketOf("10"), false, numeric, 0, "-0.001", "-10"},
		{"bucket of NaN", bucketOf("10"), false, numeric, 0, "NaN", null},
		{"bucket of a numeric that is out of range", bucketOf("10"), false, numeric, 0, strings.Repeat("9", 40), null},
		{"bucket of a float", bucketOf("0.1"), false, float8, 0, "0.35", "0.3"},
		{"bucket of a large float", bucketOf("10"), false, float8, 0, "1e+300", null},
		{"bucket of infinity", bucketOf("10"), false, float8, 0, "Infinity", null},
		{"bucket of a date", bucketOf("month"), false, date4, 0, "2024-11-24", "2024-11-01"},
		{"bucket of a date by week", bucketOf("week"), false, date4, 0, "2024-11-24", "2024-11-18"},
		{"bucket of a date by quarter", bucketOf("quarter"), false, date4, 0, "2024-12-31", "2024-10-01"},
		{"bucket of a date by number", bucketOf("10"), false, date4, 0, "2024-11-24", null},
		{"bucket of a number by month", bucketOf("month"), false, int4, 0, "10", null},
		{"bucket of a date under another DateStyle", bucketOf("month"), false, date4, 0, "24.11.2024", null},
		{"bucket of a date before Christ", bucketOf("month"), false, date4, 0, "0044-03-15 BC", null},
		{"bucket of the end of time", bucketOf("month"), false, timestamp, 0, "infinity", null},
		{"bucket of the end of time in binary", bucketOf("month"), false, timestamp, 1, binaryOf(1<<63-1, 8), null},
		{"bucket of a timestamp", bucketOf("year"), false, timestamp, 0, "2024-11-24 08:34:10.5", "2024-01-01 00:00:00"},
		{"bucket in UTC", bucketOf("day"), false, timestamptz, 0, "2024-11-24 00:30:00+01", "2024-11-23 00:00:00+00"},
		{"bucket of a text", bucketOf("10"), false, text, 0, "57", null},
		{"bucket derived", bucketOf("10"), true, int4, 0, "57", null},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var in []byte
			if tt.in != null {
				in = []byte(tt.in)
			}
			c := mask.NewColumn(testKeys, tt.how, tt.derived, tt.oid, tt.format)
			if got := show(c.Append([]byte("row:"), in)); strings.TrimPrefix(got, "row:") != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestHash holds hash against HMAC, and that the same value has the same hash in every type that is text.
func TestHash(t *testing.T) {
	derived := hmac.New(sha256.New, []byte(strings.Repeat("k", mask.LeastKey)))
	derived.Write([]byte("gatewright mask hash 1"))
	for _, value := range []string{"", "4111111111111111", "Größe", strings.Repeat("long,", 100)} {
		sum := hmac.New(sha256.New, derived.Sum(nil))
		sum.Write([]byte(value))
		want := hex.EncodeToString(sum.Sum(nil)[:16])
		for _, oid := range []uint32{text, varchar, bpchar, name} {
			for format := range int16(2) {
				c := mask.NewColumn(testKeys, treatment(schema.TransformHash), false, oid, format)
				if got := show(c.Append(nil, []byte(value))); got != want {
					t.Errorf("%d of %q: %s, want %s", oid, value, got, want)
				}
			}
		}
	}
	other := mask.NewColumn(testKeys, schema.Treatment{With: schema.TransformHash, Argument: "other"}, false, text, 0)
	same := mask.NewColumn(testKeys, treatment(schema.TransformHash), false, text, 0)
	if show(other.Append(nil, []byte("x"))) == show(same.Append(nil, []byte("x"))) {
		t.Error("two keys make the same hash")
	}
}

// TestToken holds what a token keeps: its length, and the kind of each character; and that the key leads back.
func TestToken(t *testing.T) {
	for _, value := range []string{
		"123456", "4111 1111 1111 1111", "536-22-1234", "margaret.hamilton@example.com", "DE89 3704 0044 0532 0130 00",
		"abcde", "A-1-b-2-C-3", strings.Repeat("7", 38), strings.Repeat("7", 150), strings.Repeat("Ab1", 33),
	} {
		c := mask.NewColumn(testKeys, treatment(schema.TransformTokenize), false, text, 0)
		out, isNull := c.Append(nil, []byte(value))
		if isNull || len(out) != len(value) || string(out) == value {
			t.Fatalf("%q: %q, %v", value, out, isNull)
		}
		for i := range out {
			if kindOfByte(out[i]) != kindOfByte(value[i]) {
				t.Errorf("%q: %q", value, out)
			}
		}
		if !testKeys.Untoken("k", out) || string(out) != value {
			t.Errorf("%q comes back as %q", value, out)
		}
	}
}

// kindOfByte gives a letter for each kind, and the byte itself for what stays.
func kindOfByte(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return '0'
	case 'a' <= c && c <= 'z':
		return 'a'
	case 'A' <= c && c <= 'Z':
		return 'A'
	}
	return c
}

// TestKeyedNumbers holds that numbers and UUIDs have one masked form in both formats, that a token leads back, and that a
// UUID stays one of its version.
func TestKeyedNumbers(t *testing.T) {
	const id = "550e8400-e29b-41d4-a716-446655440000"
	raw, err := hex.DecodeString(strings.ReplaceAll(id, "-", ""))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name         string
		oid          uint32
		text, binary string
		size         int
	}{
		{"int4", int4, "-123", binaryOf(1<<32-123, 4), 4}, {"int8", int8, "4111111111111111", binaryOf(4111111111111111, 8), 8},
		{"uuid", uuidType, id, string(raw), 16},
	}
	for _, tt := range tests {
		for word, how := range map[string]schema.Treatment{"hash": treatment(schema.TransformHash), "tokenize": treatment(schema.TransformTokenize)} {
			if word == "hash" && tt.oid == int4 {
				continue
			}
			t.Run(word+" "+tt.name, func(t *testing.T) {
				inText, inBinary := mask.NewColumn(testKeys, how, false, tt.oid, 0), mask.NewColumn(testKeys, how, false, tt.oid, 1)
				a, _ := inText.Append(nil, []byte(tt.text))
				b, _ := inBinary.Append(nil, []byte(tt.binary))
				fixed := mask.NewColumn(nil, schema.Treatment{With: schema.TransformFixed, Argument: string(a)}, false, tt.oid, 1)
				if want, isNull := fixed.Append(nil, []byte("x")); isNull || !bytes.Equal(b, want) || string(a) == tt.text {
					t.Errorf("%s in text, %x in binary, want %x", a, b, want)
				}
				if word == "tokenize" {
					if back, ok := inText.Untoken(a); !ok || string(back) != tt.text {
						t.Errorf("%s comes back as %s", a, back)
					}
					if tt.oid == uuidType && (a[14] != '4' || a[19] != '8' && a[19] != '9' && a[19] != 'a' && a[19] != 'b') {
						t.Errorf("%s is no UUID of version 4", a)
					}
				}
			})
		}
	}
}

func TestNewKeys(t *testing.T) {
	if _, err := mask.NewKeys(map[string]schema.Secret{"a": schema.NewSecret("short")}); err == nil || strings.Contains(err.Error(), "short") {
		t.Errorf("a short key: %v", err)
	}
	if !testKeys.Has("k") || testKeys.Has("none") || (*mask.Keys)(nil).Has("k") {
		t.Error("Has is wrong")
	}
}

// FuzzColumn holds, for every transform, type and format: no panic, a bound on what comes out, the same answer for the same
// value, one answer for every value where the column is derived, and a token that leads back.
func FuzzColumn(f *testing.F) {
	f.Add(uint8(schema.TransformBucket), uint32(numeric), "0.5", []byte("129.95"))
	f.Add(uint8(schema.TransformBucket), uint32(timestamptz), "week", []byte("2024-11-24 08:34:10.123456+01:30"))
	f.Add(uint8(schema.TransformBucket), uint32(numeric), "10", []byte("\x00\x02\x00\x00\x40\x00\x00\x02\x00\x0c\x13\x88"))
	f.Add(uint8(schema.TransformTokenize), uint32(text), "k", []byte("margaret.hamilton@example.com"))
	f.Add(uint8(schema.TransformTokenize), uint32(uuidType), "k", []byte("550e8400-e29b-41d4-a716-446655440000"))
	f.Add(uint8(schema.TransformHash), uint32(int8), "k", []byte("12345678"))
	f.Add(uint8(schema.TransformFixed), uint32(jsonb), `{"a":1}`, []byte("\x01{}"))
	f.Fuzz(func(t *testing.T, with uint8, oid uint32, argument string, in []byte) {
		how := schema.Treatment{With: schema.Transform(with), Argument: argument}
		if how.With == schema.TransformNone || how.Check() != nil {
			return
		}
		for format := range int16(2) {
			c := mask.NewColumn(testKeys, how, false, oid, format)
			out, isNull := c.Append(nil, in)
			again, _ := c.Append([]byte("row:"), in)
			if !bytes.Equal(again[4:], out) || isNull && len(out) > 0 {
				t.Fatalf("%v of %q: %q and %q", how, in, out, again[4:])
			}
			if len(out) > max(len(in)+300, 6*len(argument)+8) {
				t.Fatalf("%v of %d bytes gives %d", how, len(in), len(out))
			}
			derived := mask.NewColumn(testKeys, how, true, oid, format)
			one, oneNull := derived.Append(nil, in)
			two, twoNull := derived.Append(nil, nil)
			if !bytes.Equal(one, two) || oneNull != twoNull {
				t.Fatalf("derived %v: %q and %q", how, one, two)
			}
			if how.With == schema.TransformTokenize && oid == text && testKeys.Has(argument) && string(out) != "****" {
				if !testKeys.Untoken(argument, out) || !bytes.Equal(out, in) {
					t.Fatalf("%q comes back as %q", in, out)
				}
			}
		}
	})
}
