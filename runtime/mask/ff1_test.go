package mask_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/mask"
)

func block(t testing.TB, key string) cipher.Block {
	t.Helper()
	raw, err := hex.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	b, err := aes.NewCipher(raw)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"

func numeralsOf(text string) []byte {
	out := []byte(text)
	for i, c := range out {
		out[i] = byte(strings.IndexByte(alphabet, c))
	}
	return out
}

func textOf(numerals []byte) string {
	out := bytes.Clone(numerals)
	for i, d := range out {
		out[i] = alphabet[d]
	}
	return string(out)
}

// TestFF1 has the sample vectors that NIST gives for SP 800-38G (FF1samples.pdf).
func TestFF1(t *testing.T) {
	const (
		key128 = "2B7E151628AED2A6ABF7158809CF4F3C"
		key192 = key128 + "EF4359D8D580AA4F"
		key256 = key192 + "7F036D6F04FC6A94"
		digits = "0123456789"
		all    = "0123456789abcdefghi"
		tweak  = "9876543210"
		other  = "7777pqrs777"
	)
	tests := []struct {
		name, key, tweak string
		radix            uint32
		plain, want      string
	}{
		{"sample 1", key128, "", 10, digits, "2433477484"},
		{"sample 2", key128, tweak, 10, digits, "6124200773"},
		{"sample 3", key128, other, 36, all, "a9tv40mll9kdu509eum"},
		{"sample 4", key192, "", 10, digits, "2830668132"},
		{"sample 5", key192, tweak, 10, digits, "2496655549"},
		{"sample 6", key192, other, 36, all, "xbj3kv35jrawxv32ysr"},
		{"sample 7", key256, "", 10, digits, "6657667009"},
		{"sample 8", key256, tweak, 10, digits, "1001623463"},
		{"sample 9", key256, other, 36, all, "xs8a0azh2avyalyzuwd"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, x := block(t, tt.key), numeralsOf(tt.plain)
			mask.FF1(b, tt.radix, x, tt.tweak, false)
			if got := textOf(x); got != tt.want {
				t.Fatalf("%s, want %s", got, tt.want)
			}
			mask.FF1(b, tt.radix, x, tt.tweak, true)
			if got := textOf(x); got != tt.plain {
				t.Errorf("back to %s", got)
			}
		})
	}
}

// TestFF1Forms compares the two forms with each other, and both with what they undo, over every length.
func TestFF1Forms(t *testing.T) {
	r, b := rand.New(rand.NewPCG(11, 12)), block(t, strings.Repeat("a7", 32))
	for n := 2; n <= 512; n++ {
		x := make([]byte, n)
		for i := range x {
			x[i] = byte(r.IntN(2))
		}
		wide, narrow := bytes.Clone(x), bytes.Clone(x)
		mask.FF1Bits(b, wide, "text", false)
		if n <= mask.MostNumerals(2) {
			mask.FF1(b, 2, narrow, "text", false)
			if !bytes.Equal(wide, narrow) {
				t.Fatalf("%d bits: %s and %s", n, textOf(wide), textOf(narrow))
			}
		}
		mask.FF1Bits(b, wide, "text", true)
		if !bytes.Equal(wide, x) {
			t.Fatalf("%d bits: %s does not come back", n, textOf(x))
		}
	}
	for radix := uint32(2); radix <= 36; radix++ {
		for n := 2; n <= mask.MostNumerals(radix); n++ {
			x := make([]byte, n)
			for i := range x {
				x[i] = byte(r.IntN(int(radix)))
			}
			y := bytes.Clone(x)
			mask.FF1(b, radix, y, "", false)
			mask.FF1(b, radix, y, "", true)
			if !bytes.Equal(x, y) {
				t.Fatalf("radix %d: %s does not come back", radix, textOf(x))
			}
		}
	}
	if mask.MostNumerals(10) != mask.MostDigits {
		t.Errorf("%d digits", mask.MostNumerals(10))
	}
}
