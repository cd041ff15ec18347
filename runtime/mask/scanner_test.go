package mask_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/mask"
	"github.com/gatewright/gatewright/schema"
)

// every looks for everything and masks it as its own class of value usually is.
func every() *mask.Scanner {
	return mask.NewScanner(testKeys, []schema.Detection{
		{Detector: "credit_card", With: schema.TransformLast4},
		{Detector: "email", With: schema.TransformEmail},
		{Detector: "iban", With: schema.TransformLast4},
		{Detector: "us_ssn", With: schema.TransformRedact},
		{Detector: "phone", With: schema.TransformLast4},
		{Detector: "jwt", With: schema.TransformRedact},
		{Detector: "api_key", With: schema.TransformRedact},
		{Detector: "private_key", With: schema.TransformRedact},
	})
}

// samplePEM is a private key, line by line; sampleJWT is that of RFC 7515, appendix A.1. Other samples are put together here so
// that no tool that looks for keys in source finds one.
const (
	samplePEM = "-----BEGIN " + "PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----"
	sampleJWT = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ." +
		"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	sampleJWE = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZKTyKOMTYUmKoTCVJRgckCL9kiMT03JGe.48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6ji.XFBoMYUZodetZdvTiFvSkQ"
	letters36 = "0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R"
)

var sensitive = []struct{ name, in, want string }{
	{"visa", "4111111111111111", "************1111"},
	{"visa of 13", "4222222222222", "*********2222"},
	{"visa of 19", "4000000000000000006", "***************0006"},
	{"mastercard", "5555555555554444", "************4444"},
	{"mastercard of the second series", "2223003122003222", "************3222"},
	{"american express", "378282246310005", "***********0005"},
	{"diners", "30569309025904", "**********5904"},
	{"discover", "6011111111111117", "************1117"},
	{"jcb", "3530111333300000", "************0000"},
	{"unionpay", "6200000000000005", "************0005"},
	{"maestro", "6759649826438453", "************8453"},
	{"card with blanks", "4111 1111 1111 1111", "***************1111"},
	{"card with dashes", "4111-1111-1111-1111", "***************1111"},
	{"american express with blanks", "3782 822463 10005", "*************0005"},
	{"diners with dashes", "3056-930902-5904", "************5904"},
	{"visa of 19 with blanks", "4000 0000 0000 0000 006", "******************* 006"},
	{"card in halves", "41111111 11111111", "*************1111"},
	{"ssn", "123-45-6789", "****"},
	{"email", "margaret.hamilton@example.com", "m****@example.com"},
	{"email with a tag", "pat+tag@mail.example.co.uk", "p****@mail.example.co.uk"},
	{"email with an apostrophe", "o'brien@example.com", "o****@example.com"},
	{"email in another script", "jörg@bücher.example", "j****@bücher.example"},
	{"iban", "DE89370400440532013000", "******************3000"},
	{"iban with letters", "GB82WEST12345698765432", "******************5432"},
	{"iban in groups", "DE89 3704 0044 0532 0130 00", "***********************0 00"},
	{"iban in lower case", "nl91abna0417164300", "**************4300"},
	{"iban, the shortest", "NO9386011117947", "***********7947"},
	{"phone of the United States", "+14155552671", "********2671"},
	{"phone with blanks", "+1 415 555 2671", "***********2671"},
	{"phone with dashes", "+1-415-555-2671", "***********2671"},
	{"phone with brackets", "+1 (415) 555-2671", "*************2671"},
	{"phone with dots", "+33.1.23.45.67.89", "*************7.89"},
	{"phone of Germany", "+49 30 901820", "*********1820"},
	{"phone with a slash", "+49 30/901820", "*********1820"},
	{"phone of the United Kingdom", "+44 (0)20 7946 0958", "***************0958"},
	{"phone of India", "+919876543210", "*********3210"},
	{"phone of Kenya", "+254712345678", "*********5678"},
	{"jwt", sampleJWT, "****"},
	{"encrypted jwt", sampleJWE, "****"},
	{"unsigned jwt", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJqb2UifQ.", "****"},
	{"aws", "AKIA" + "IOSFODNN7EXAMPLE", "****"},
	{"aws for a session", "ASIA" + "IOSFODNN7EXAMPLE", "****"},
	{"github", "ghp_" + letters36, "****"},
	{"github, fine-grained", "github_pat_" + "11ABCDEFG0aBcDeFgHiJkL_" + letters36 + "0a1B2c3D4e5F6g7H8i9J0k1", "****"},
	{"gitlab", "glpat-" + "aB3dE5gH7jK9mN1pQ3sT", "****"},
	{"google", "AIza" + "SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q", "****"},
	{"npm", "npm_" + letters36, "****"},
	{"slack", "xoxb-" + "123456789012-1234567890123-aB3dE5gH7jK9mN1pQ3sT5uV7", "****"},
	{"stripe", "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc", "****"},
	{"sendgrid", "SG." + "aB3dE5gH7jK9mN1pQ3sT5u.aB3dE5gH7jK9mN1pQ3sT5uV7wX9yZ1aB3dE5gH7jK9m", "****"},
	{"openssh key", "-----BEGIN " + "OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ==\n-----END OPENSSH PRIVATE KEY-----", "****"},
	{"private key", samplePEM, "****"},
	{"private key in one escaped line", strings.ReplaceAll(samplePEM, "\n", `\n`), "****"},
}

// around are the places where a value may stand in a text.
var around = []struct{ name, before, after string }{
	{"alone", "", ""},
	{"at the start", "", " was used"},
	{"at the end", "paid with ", ""},
	{"in a sentence", "The customer paid with ", ", then left the shop."},
	{"before a full stop", "It is ", "."},
	{"in a JSON string", `{"id": 7, "value": "`, `", "ok": true}`},
	{"in an array", "{abc,", ",def}"},
	{"in a quoted array element", `{"a b","`, `"}`},
	{"in a row", "(1,", ",t)"},
	{"in a list with semicolons", "17;", ";18"},
	{"between line ends", "first\n", "\nlast"},
	{"between tabs", "1\t", "\t2"},
	{"behind a colon", "value:", ""},
	{"in brackets", "(", ")"},
	{"in a tag", "<v>", "</v>"},
}

func TestRedactFinds(t *testing.T) {
	s := every()
	for _, tt := range sensitive {
		for _, place := range around {
			t.Run(tt.name+"/"+place.name, func(t *testing.T) {
				// Wherever the words of the sweep fall.
				for shift := range 17 {
					pad := strings.Repeat(" ", shift)
					in := pad + place.before + tt.in + place.after + pad
					want := pad + place.before + tt.want + place.after + pad
					got, hits := s.Redact(nil, []byte(in))
					if string(got) != want || hits != 1 {
						t.Fatalf("shift %d: %q gives %d hits, %q, want %q", shift, in, hits, got, want)
					}
				}
			})
		}
	}
}

func TestRedactFindsSeveral(t *testing.T) {
	tests := []struct {
		name, in, want string
		hits           int
	}{
		{"two cards", "4111111111111111 5555555555554444", "************1111 ************4444", 2},
		{"two cards in an array", "{4111111111111111,5555555555554444}", "{************1111,************4444}", 2},
		{"two addresses", "a.b@example.com,c.d@example.org", "a****@example.com,c****@example.org", 2},
		{"each kind", "4111111111111111/123-45-6789/DE89370400440532013000",
			"************1111/****/******************3000", 3},
		{"a card after other numbers", "Order 12345 4111 1111 1111 1111", "Order 12345 ***************1111", 1},
		{"a card before its date", "4111 1111 1111 1111 12/25 123", "***************1111 12/25 123", 1},
		{"a card behind a letter", "x4111111111111111", "x************1111", 1},
		{"a card that is an address", "4111111111111111@example.com", "****", 1},
	}
	s := every()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, hits := s.Redact(nil, []byte(tt.in))
			if string(got) != tt.want || hits != tt.hits {
				t.Errorf("%d hits, %q, want %d, %q", hits, got, tt.hits, tt.want)
			}
		})
	}
}

func TestRedactLeaves(t *testing.T) {
	for _, in := range []string{
		"", "a", "@", "a@b", "1234567890123", "4111111111111112", "0.4111111111111111", "4111111111111111.5",
		"41111111111111111111", "4111-1111-1111-1111-1111", "2024-4111111111111111", "+4111111111111111",
		"abc4111111111111111", "4111111111111111def", "000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567",
		"123-45-0000", "1123-45-6789", "123-45-67890", "2024-11-24", "2024-11-24T08:34:10.123456789Z",
		"DE89370400440532013001", "DE8937040044053201300", "XDE89370400440532013000", "GB82 WEST1234 5698 7654 32",
		"pkg@1.2.3", "user@host", "@example.com", "see @ work.", "a@b.c", "@@@@@@@@@@@@", "1732437250123456789",
		"7111 1111 1111 1111", "1111-1111-1111-1111", "550e8400-e29b-41d4-a716-446655440000",
	} {
		t.Run(in, func(t *testing.T) {
			b := []byte(in)
			got, hits := every().Redact(nil, b)
			if hits != 0 || string(got) != in || len(b) > 0 && &got[0] != &b[0] {
				t.Errorf("%d hits: %q", hits, got)
			}
		})
	}
}

// lookAlikes makes values of the kinds that business data is full of and that are nobody's secret.
func lookAlikes(r *rand.Rand) []string {
	digest := sha256.Sum256(fmt.Append(nil, r.Uint64()))
	sum := hex.EncodeToString(digest[:])
	id := func() string {
		return fmt.Sprintf("%s-%s-4%s-a%s-%s", sum[:8], sum[8:12], sum[13:16], sum[17:20], sum[20:32])
	}
	nanos := 1_500_000_000_000_000_000 + r.Int64N(500_000_000_000_000_000)
	return []string{
		sum, sum[:40], sum[:32], strings.ToUpper(sum), id(), strings.ToUpper(id()), sum[:7],
		fmt.Sprint(nanos), fmt.Sprint(nanos / 1e3), fmt.Sprint(nanos / 1e6), fmt.Sprint(nanos / 1e9),
		fmt.Sprintf("%d.%09d", nanos/1e9, nanos%1e9),
		fmt.Sprintf("20%02d-%02d-%02d %02d:%02d:%02d.%06d+00", r.IntN(40), 1+r.IntN(12), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(1e6)),
		fmt.Sprintf("20%02d%02d%02d%02d%02d%02d", r.IntN(40), 1+r.IntN(12), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60)),
		fmt.Sprintf("ORD-20%02d-%08d", r.IntN(40), r.IntN(1e8)), fmt.Sprintf("%010d", r.IntN(1e10)),
		fmt.Sprintf("INV%09d/%d", r.IntN(1e9), r.IntN(100)), fmt.Sprintf("%05d-%04d-%06d", r.IntN(1e5), r.IntN(1e4), r.IntN(1e6)),
		fmt.Sprintf("(%03d) %03d-%04d", r.IntN(1e3), r.IntN(1e3), r.IntN(1e4)), fmt.Sprintf("%04d/%08d", r.IntN(1e4), r.IntN(1e8)),
		fmt.Sprint(r.Float64()), fmt.Sprint(r.NormFloat64() * 1e6), fmt.Sprintf("10.%d.%d.%d:5432", r.IntN(256), r.IntN(256), r.IntN(256)),
		fmt.Sprintf("v%d.%d.%d-rc.%d", r.IntN(20), r.IntN(20), r.IntN(20), r.IntN(9)),
	}
}

func TestRedactIsPrecise(t *testing.T) {
	s, r := every(), rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		for _, in := range lookAlikes(r) {
			if got, hits := s.Redact(nil, []byte(in)); hits != 0 {
				t.Errorf("%q is taken for a secret: %q", in, got)
			}
		}
	}
}

// TestRedactAnywhere splices values, pieces of them and separators, and asks for the same hits wherever the text starts.
func TestRedactAnywhere(t *testing.T) {
	s, r := every(), rand.New(rand.NewPCG(7, 8))
	glue := []string{"", "", " ", "-", ",", ".", "x", "a", "1", "4", "@", "\"", "\\", "\n", "é"}
	for range 50_000 {
		var b strings.Builder
		for range 1 + r.IntN(5) {
			v := sensitive[r.IntN(len(sensitive))].in
			if r.IntN(2) == 0 {
				v = v[:r.IntN(len(v))]
			}
			b.WriteString(v + glue[r.IntN(len(glue))])
		}
		in := b.String()
		out, hits := s.Redact(nil, []byte(in))
		for shift := 1; shift < 8; shift++ {
			pad := strings.Repeat("\n", shift)
			got, n := s.Redact(nil, []byte(pad+in+pad))
			if string(got) != pad+string(out)+pad || n != hits {
				t.Fatalf("%q shifted by %d: %d hits, %q, want %d, %q", in, shift, n, got, hits, out)
			}
		}
	}
}

func TestScannerChoices(t *testing.T) {
	in := []byte("4111111111111111 pat@example.com")
	tests := []struct {
		name string
		ds   []schema.Detection
		want string
	}{
		{"none", nil, string(in)},
		{"one of two", []schema.Detection{{Detector: "email", With: schema.TransformRedact}}, "4111111111111111 ****"},
		{"the stronger wins", []schema.Detection{
			{Detector: "email", With: schema.TransformRedact}, {Detector: "email", With: schema.TransformEmail},
		}, "4111111111111111 ****"},
		{"null inside a text", []schema.Detection{{Detector: "credit_card", With: schema.TransformNull}}, "**** pat@example.com"},
		{"no transform", []schema.Detection{{Detector: "email"}}, string(in)},
		{"a detector that is not known", []schema.Detection{{Detector: "passport", With: schema.TransformLast4}}, "****"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, _ := mask.NewScanner(testKeys, tt.ds).Redact(nil, in); string(got) != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestEachDetectorOfTheSchemaIsKnown(t *testing.T) {
	for _, d := range schema.Detectors {
		s := mask.NewScanner(testKeys, []schema.Detection{{Detector: d, With: schema.TransformRedact}})
		if _, hits := s.Redact(nil, []byte("clean")); hits != 0 {
			t.Errorf("%s is not known", d)
		}
	}
}

func TestCleanTextAllocatesNothing(t *testing.T) {
	s, buf := every(), make([]byte, 0, 256)
	for _, in := range []string{"", "short", "a clean text of 7 words", "@ 4111 1111 1111 1112 and 123-00-4567", "DE8937040044"} {
		b := []byte(in)
		if n := testing.AllocsPerRun(100, func() { s.Redact(buf, b) }); n != 0 {
			t.Errorf("%q: %v allocations", in, n)
		}
	}
}

// FuzzRedact holds that a planted card never comes out, and that what is found does not depend on where the words of the
// sweep fall.
func FuzzRedact(f *testing.F) {
	for _, tt := range sensitive {
		f.Add([]byte(tt.in), []byte(" "))
		f.Add([]byte("4111 1111 1111 1111 "+tt.in), []byte("123-45-6789-"+tt.in))
	}
	f.Add([]byte("a@b.c@d.e@"), []byte("\xff"))
	f.Fuzz(func(t *testing.T, before, after []byte) {
		const pan = "4111111111111111"
		s := every()
		in := bytes.Join([][]byte{before, []byte(pan), after}, []byte(" , "))
		out, hits := s.Redact(nil, in)
		if hits == 0 || bytes.Count(out, []byte(pan)) > bytes.Count(before, []byte(pan))+bytes.Count(after, []byte(pan)) {
			t.Fatalf("%q gives %d hits, %q", in, hits, out)
		}
		for shift := 1; shift < 8; shift++ {
			pad := bytes.Repeat([]byte{'\n'}, shift)
			shifted, n := s.Redact(nil, bytes.Join([][]byte{pad, in, pad}, nil))
			if want := bytes.Join([][]byte{pad, out, pad}, nil); n != hits || !bytes.Equal(shifted, want) {
				t.Fatalf("shifted by %d: %d hits, %q, want %d, %q", shift, n, shifted, hits, want)
			}
		}
	})
}

// FuzzDetectors plants a value of each kind into any text, plain and in JSON, under each transform: it never comes out
// whole, JSON stays JSON, and no more is added than a transform may add.
func FuzzDetectors(f *testing.F) {
	for i := range sensitive {
		f.Add(uint8(i), uint8(i), []byte("before"), []byte("after"))
	}
	f.Add(uint8(0), uint8(schema.TransformTokenize), []byte(samplePEM[:60]+"\\"), []byte(samplePEM))
	f.Add(uint8(20), uint8(schema.TransformHash), []byte(`\u0034 eyJ.eyJ-eyJ_AKIA+1+1 (`), []byte("-----END "))
	f.Add(uint8(30), uint8(schema.TransformFixed), []byte("aws_secret_access_key = \""), []byte("-----BEGIN PRIVATE KEY-----"))
	scanners := map[schema.Transform]*mask.Scanner{}
	for with := schema.TransformBucket; with <= schema.TransformNull; with++ {
		var ds []schema.Detection
		for _, d := range schema.Detectors {
			how := treatment(with)
			ds = append(ds, schema.Detection{Detector: d, With: how.With, Argument: how.Argument})
		}
		scanners[with] = mask.NewScanner(testKeys, ds)
	}
	f.Fuzz(func(t *testing.T, which, with uint8, before, after []byte) {
		value := []byte(sensitive[int(which)%len(sensitive)].in)
		s := scanners[1+schema.Transform(with)%schema.TransformNull]
		in := bytes.Join([][]byte{before, value, after}, []byte(" , "))
		out, hits := s.Redact(nil, in)
		around := bytes.Count(before, value) + bytes.Count(after, value)
		if hits == 0 || bytes.Count(out, value) > around {
			t.Fatalf("%q gives %d hits, %q", in, hits, out)
		}
		if len(out) > len(in)+64*hits {
			t.Fatalf("%d bytes become %d with %d hits", len(in), len(out), hits)
		}
		document, err := json.Marshal(map[string]string{"k": string(in)})
		if err != nil {
			t.Fatal(err)
		}
		masked, isNull, hits := s.Cell(nil, jsonText, 0, document)
		if isNull || hits == 0 || !json.Valid(masked) {
			t.Fatalf("%q becomes %q", document, masked)
		}
		binary, _, more := s.Cell(nil, jsonb, 1, append([]byte{1}, document...))
		if more != hits || !bytes.Equal(binary[1:], masked) {
			t.Fatalf("in binary %q, in text %q", binary, masked)
		}
		if _, isNull, n := s.Cell(nil, textArray, 1, arrayOf(text, before, value)); !isNull || n == 0 {
			t.Fatalf("an array passes with %q", value)
		}
	})
}
