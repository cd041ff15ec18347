package mask_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/mask"
	"github.com/gatewright/gatewright/schema"
)

// mixed is text as a business database holds it: prose, names, JSON, identifiers, numbers, times.
func mixed(size int) []byte {
	r := rand.New(rand.NewPCG(3, 4))
	prose := []string{
		"The customer asked for a later delivery and was told that the parcel is on its way. ",
		"Margaret Hamilton, 12 Long Acre, London WC2E 9LH; ", `{"status": "shipped", "items": 3, "total": 129.95} `,
		"Invoice sent, reminder due in 14 days. ", "Größe: mittel, Farbe: blau, Lieferung am Montag. ",
	}
	var b strings.Builder
	for b.Len() < size {
		for range 4 {
			b.WriteString(prose[r.IntN(len(prose))])
		}
		some := lookAlikes(r)
		b.WriteString(some[r.IntN(len(some))])
		b.WriteByte(' ')
	}
	return []byte(b.String()[:size])
}

func BenchmarkRedact(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	var ids strings.Builder
	for range 500 {
		ids.WriteString(strings.Join(lookAlikes(r), " "))
	}
	hit := []byte("The customer paid with 4111 1111 1111 1111.")
	inputs := []struct {
		name string
		in   []byte
	}{
		{"mixed_1MB", mixed(1 << 20)}, {"identifiers", []byte(ids.String())}, {"clean_48B", mixed(48)}, {"clean_12B", mixed(12)},
		{"prose_48B", []byte("The customer asked for a later delivery of parts")}, {"hit_43B", hit},
	}
	card := mask.NewScanner(testKeys, []schema.Detection{{Detector: "credit_card", With: schema.TransformLast4}})
	for _, set := range []struct {
		name string
		s    *mask.Scanner
	}{{"all", every()}, {"credit_card", card}} {
		for _, in := range inputs {
			b.Run(set.name+"/"+in.name, func(b *testing.B) {
				buf := make([]byte, 0, 2*len(in.in))
				b.SetBytes(int64(len(in.in)))
				b.ReportAllocs()
				for b.Loop() {
					set.s.Redact(buf, in.in)
				}
			})
		}
	}
}

func BenchmarkColumn(b *testing.B) {
	const int4, date, timestamp, timestamptz, float8, uuid = 23, 1082, 1114, 1184, 701, 2950
	pan := []byte("4111111111111111")
	tests := []struct {
		name   string
		how    schema.Treatment
		oid    uint32
		format int16
		in     []byte
	}{
		{"email/text", schema.Treatment{With: schema.TransformEmail}, text, 0, []byte("margaret.hamilton@example.com")},
		{"last4/text", schema.Treatment{With: schema.TransformLast4}, text, 0, pan},
		{"first1/text", schema.Treatment{With: schema.TransformFirst1}, text, 0, pan},
		{"redact/text", schema.Treatment{With: schema.TransformRedact}, text, 0, pan},
		{"null/text", schema.Treatment{With: schema.TransformNull}, text, 0, pan},
		{"fixed/text", schema.Treatment{With: schema.TransformFixed, Argument: "hidden"}, text, 0, pan},
		{"hash/text", treatment(schema.TransformHash), text, 0, pan},
		{"hash/int8", treatment(schema.TransformHash), int8, 1, []byte("\x00\x00\x00\x00\x01\x02\x03\x04")},
		{"hash/uuid", treatment(schema.TransformHash), uuid, 1, []byte("0123456789abcdef")},
		{"tokenize/digits", treatment(schema.TransformTokenize), text, 0, pan},
		{"tokenize/text", treatment(schema.TransformTokenize), text, 0, []byte("margaret.hamilton@example.com")},
		{"tokenize/int4", treatment(schema.TransformTokenize), int4, 1, []byte("\x01\x02\x03\x04")},
		{"tokenize/uuid", treatment(schema.TransformTokenize), uuid, 0, []byte("550e8400-e29b-41d4-a716-446655440000")},
		{"bucket/int4", treatment(schema.TransformBucket), int4, 1, []byte("\x01\x02\x03\x04")},
		{"bucket/numeric", treatment(schema.TransformBucket), numeric, 0, []byte("12345.67")},
		{"bucket/numeric_binary", treatment(schema.TransformBucket), numeric, 1, []byte("\x00\x02\x00\x00\x00\x00\x00\x02\x04\xd2\x1a\x2c")},
		{"bucket/float8", treatment(schema.TransformBucket), float8, 0, []byte("12345.67")},
		{"bucket/date", schema.Treatment{With: schema.TransformBucket, Argument: "month"}, date, 0, []byte("2024-11-24")},
		{"bucket/timestamptz", schema.Treatment{With: schema.TransformBucket, Argument: "week"}, timestamptz, 0, []byte("2024-11-24 08:34:10.123456+01")},
		{"bucket/timestamp_binary", schema.Treatment{With: schema.TransformBucket, Argument: "year"}, timestamp, 1, []byte("\x00\x02\xca\x01\x02\x03\x04\x05")},
	}
	for _, tt := range tests {
		b.Run(tt.name, func(b *testing.B) {
			c, buf := mask.NewColumn(testKeys, tt.how, false, tt.oid, tt.format), make([]byte, 0, 512)
			b.ReportAllocs()
			for b.Loop() {
				c.Append(buf, tt.in)
			}
		})
	}
}
