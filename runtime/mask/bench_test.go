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
	card := mask.NewScanner([]schema.Detection{{Detector: "credit_card", With: schema.TransformLast4}})
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

func BenchmarkValue(b *testing.B) {
	buf, in := make([]byte, 0, 64), []byte("4111111111111111")
	for word, with := range schema.Transforms {
		b.Run(word, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				mask.Value(buf, with, false, text, 0, in)
			}
		})
	}
}
