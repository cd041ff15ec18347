package mask_test

import (
	"encoding/base64"
	"encoding/hex"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/mask"
	"github.com/gatewright/gatewright/schema"
)

var update = flag.Bool("update", false, "write the figures into docs/detectors.md")

// kind is a kind of value that is nobody's secret. most is how many of a million may be taken for one, by any detector.
type kind struct {
	name string
	make func(r *rand.Rand) string
	most int
}

func digitsOf(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '0' + byte(r.IntN(10))
	}
	return string(b)
}

func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// article gives twelve digits and the check digit of an EAN-13.
func article(digits string) string {
	sum := 0
	for i, c := range digits {
		sum += int(c-'0') * (1 + 2*(i%2))
	}
	return digits + fmt.Sprint((10-sum%10)%10)
}

func date(r *rand.Rand) string {
	return fmt.Sprintf("20%02d-%02d-%02d", r.IntN(40), 1+r.IntN(12), 1+r.IntN(28))
}

func clockTime(r *rand.Rand) string {
	return fmt.Sprintf("%02d:%02d:%02d", r.IntN(24), r.IntN(60), r.IntN(60))
}

// harmlessKinds are the kinds that the figures in docs/detectors.md are about.
var harmlessKinds = []kind{
	{"order numbers, `ORD-2031-00012345`", func(r *rand.Rand) string { return fmt.Sprintf("ORD-20%02d-%08d", r.IntN(40), r.IntN(1e8)) }, 0},
	{"invoice numbers, `INV012345678/12`", func(r *rand.Rand) string { return fmt.Sprintf("INV%09d/%d", r.IntN(1e9), r.IntN(100)) }, 0},
	{"numbers of 5 to 12 digits", func(r *rand.Rand) string { return digitsOf(r, 5+r.IntN(8)) }, 0},
	{"numbers of 13 to 15 digits", func(r *rand.Rand) string { return digitsOf(r, 13+r.IntN(3)) }, 12_000},
	{"numbers of 16 digits", func(r *rand.Rand) string { return digitsOf(r, 16) }, 40_000},
	{"numbers of 17 to 19 digits", func(r *rand.Rand) string { return digitsOf(r, 17+r.IntN(3)) }, 25_000},
	{"numbers of 10 to 12 digits behind a `-`", func(r *rand.Rand) string { return "-" + digitsOf(r, 10+r.IntN(3)) }, 0},
	{"amounts behind a `+`, `+12345.67`", func(r *rand.Rand) string { return fmt.Sprintf("+%d.%02d", r.IntN(1e6), r.IntN(100)) }, 0},
	{"telephone numbers without `+`", func(r *rand.Rand) string { return fmt.Sprintf("0%d/%d", 30+r.IntN(9000), 1_000_00+r.IntN(1e7)) }, 0},
	{"timestamps, with offset", func(r *rand.Rand) string {
		return fmt.Sprintf("%s %s.%06d+%02d", date(r), clockTime(r), r.IntN(1e6), r.IntN(15))
	}, 0},
	{"timestamps, ISO 8601", func(r *rand.Rand) string { return fmt.Sprintf("%sT%s+%02d:00", date(r), clockTime(r), r.IntN(15)) }, 0},
	{"timestamps, `20310203040506`", func(r *rand.Rand) string {
		return strings.ReplaceAll(date(r), "-", "") + strings.ReplaceAll(clockTime(r), ":", "")
	}, 0},
	{"Unix times in seconds to nanoseconds", func(r *rand.Rand) string {
		nanos := 1_500_000_000_000_000_000 + r.Int64N(500_000_000_000_000_000)
		return fmt.Sprint(nanos / [4]int64{1, 1e3, 1e6, 1e9}[r.IntN(4)])
	}, 0},
	{"UUIDs", func(r *rand.Rand) string {
		h := hex.EncodeToString(randomBytes(r, 16))
		return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:]
	}, 0},
	{"UUIDs without dashes", func(r *rand.Rand) string { return hex.EncodeToString(randomBytes(r, 16)) }, 0},
	{"SHA-1 and SHA-256 in hexadecimal", func(r *rand.Rand) string { return hex.EncodeToString(randomBytes(r, 20+12*r.IntN(2))) }, 0},
	{"32 bytes in base64", func(r *rand.Rand) string { return base64.StdEncoding.EncodeToString(randomBytes(r, 32)) }, 20},
	{"256 bytes in base64", func(r *rand.Rand) string { return base64.StdEncoding.EncodeToString(randomBytes(r, 256)) }, 50},
	{"32 bytes in base64url", func(r *rand.Rand) string { return base64.RawURLEncoding.EncodeToString(randomBytes(r, 32)) }, 20},
	{"article numbers (EAN-13)", func(r *rand.Rand) string { return article(digitsOf(r, 12)) }, 0},
	{"books (ISBN-13), with dashes", func(r *rand.Rand) string {
		n := article("978" + digitsOf(r, 9))
		return n[:3] + "-" + n[3:4] + "-" + n[4:6] + "-" + n[6:12] + "-" + n[12:]
	}, 0},
	{"addresses and versions, `10.1.2.3:5432`, `v1.2.3`", func(r *rand.Rand) string {
		return fmt.Sprintf("10.%d.%d.%d:%d v%d.%d.%d", r.IntN(256), r.IntN(256), r.IntN(256), r.IntN(65536), r.IntN(20), r.IntN(20), r.IntN(20))
	}, 0},
	{"names in code, `sk_live_mode_enabled`", func(r *rand.Rand) string {
		words := []string{"sk", "live", "ghp", "npm", "secret", "access", "key", "private", "eyJ", "xoxb", "config", "AKIA", "mode"}
		var parts []string
		for range 3 + r.IntN(5) {
			parts = append(parts, words[r.IntN(len(words))])
		}
		return strings.Join(parts, [2]string{"_", "-"}[r.IntN(2)])
	}, 0},
}

// TestPrecision measures how often each detector takes what is harmless for a secret, and holds the figures that
// docs/detectors.md shows.
func TestPrecision(t *testing.T) {
	const values = 50_000
	var table strings.Builder
	fmt.Fprintf(&table, "| of a million | %s |\n|---|%s\n", strings.Join(schema.Detectors, " | "), strings.Repeat("---|", len(schema.Detectors)))
	scanners := map[string]*mask.Scanner{}
	for _, d := range schema.Detectors {
		scanners[d] = mask.NewScanner(nil, []schema.Detection{{Detector: d, With: schema.TransformRedact}})
	}
	for i, k := range harmlessKinds {
		r := rand.New(rand.NewPCG(uint64(i), 99))
		counts := map[string]int{}
		for range values {
			in := []byte(k.make(r))
			for d, s := range scanners {
				if _, hits := s.Redact(nil, in); hits > 0 {
					counts[d]++
				}
			}
		}
		fmt.Fprintf(&table, "| %s", k.name)
		for _, d := range schema.Detectors {
			perMillion := counts[d] * (1_000_000 / values)
			fmt.Fprintf(&table, " | %d", perMillion)
			if perMillion > k.most {
				t.Errorf("%s: %s takes %d of a million for secrets, at most %d are allowed", k.name, d, perMillion, k.most)
			}
		}
		table.WriteString(" |\n")
	}
	t.Logf("\n%s", table.String())
	file := filepath.Join("..", "..", "docs", "detectors.md")
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- figures -->\n", "<!-- end of figures -->"
	before, rest, ok := strings.Cut(string(page), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the figures", file)
	}
	if want := before + begin + table.String() + end + after; want != string(page) {
		if !*update {
			t.Fatalf("%s has other figures; go test ./runtime/mask -run Precision -update writes them", file)
		}
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRecall holds that card numbers made in every range that is issued are found, but for the few of 13 digits that are
// article numbers too.
func TestRecall(t *testing.T) {
	r, s := rand.New(rand.NewPCG(5, 5)), every()
	for _, prefix := range []string{"4", "51", "2221", "34", "37", "36", "6011", "3530", "62"} {
		length := 16
		switch prefix {
		case "34", "37":
			length = 15
		case "36":
			length = 14
		}
		for range 2000 {
			pan := luhnOf(prefix + digitsOf(r, length-1-len(prefix)))
			if _, hits := s.Redact(nil, []byte("card: "+pan+".")); hits != 1 {
				t.Fatalf("%s is not found", pan)
			}
		}
	}
}

func luhnOf(digits string) string {
	sum := 0
	for i := range digits {
		v := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return digits + fmt.Sprint((10-sum%10)%10)
}
