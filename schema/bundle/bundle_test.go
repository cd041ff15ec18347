package bundle_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/bundle"
	"github.com/google/go-cmp/cmp"
)

const fingerprint = "sha256:vocabulary"

func key(t testing.TB, seed int64) ed25519.PrivateKey {
	t.Helper()
	private, public, err := bundle.GenerateKey(rand.New(rand.NewSource(seed)))
	if err != nil {
		t.Fatal(err)
	}
	k, err := bundle.ParsePrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	p, err := bundle.ParsePublicKey(public)
	if err != nil || !p.Equal(k.Public()) {
		t.Fatalf("%v, %v", p, err)
	}
	return k
}

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

func condition(text string, line int) *schema.Condition {
	return &schema.Condition{Text: text, Range: at(line)}
}

func at(line int) schema.Range {
	return schema.Range{File: "p.hcl", Start: schema.Pos{Line: line, Column: 1, Byte: 10 * line}, End: schema.Pos{Line: line, Column: 9, Byte: 10*line + 8}}
}

func example() *schema.Bundle {
	return &schema.Bundle{
		Language: schema.LanguageVersion, Name: "payments", Owner: "appsec@example.com", Serial: 7,
		Issuers: []schema.Issuer{{
			Name:    "corp",
			OIDC:    schema.OIDC{URL: "https://login.example.com", Audiences: []string{"gatewright"}, Algorithms: []string{"ES256"}, MaxLifetime: 15 * time.Minute},
			Require: []schema.Requirement{{When: *condition(`claims.client_type == "service"`, 3), Message: "größe <&> only"}},
			Subject: *condition("claims.sub", 4), Groups: *condition("claims.groups", 5), Kind: *condition(`"machine"`, 6),
			OutliveToken: true, Range: at(2),
		}},
		Targets: []schema.Target{{Name: "db", Protocol: schema.ProtocolPostgres, Labels: map[string]string{"env": "prod", "data": "pci"}, Catalog: "db.catalog.json", Range: at(7)}},
		Classes: []schema.Class{{Name: "card", Targets: []string{"db"}, Columns: []string{"public.cards.pan"}, Detect: []string{"credit_card"}, Range: at(8)}},
		Rules: []schema.Rule{
			{Address: "allow.a", Effect: schema.Allow, Groups: []string{"g"}, Targets: []string{"db"}, Protocol: schema.ProtocolPostgres,
				Verbs: []string{"select"}, Tables: []string{"public.*"}, Functions: []string{"public.f"}, When: condition("sql.has_limit", 10), Range: at(9)},
			{Address: "approve.b", Effect: schema.Approve, Mode: schema.DryRun, Targets: []string{"db"}, Unless: condition("true", 12), Message: "ask", Route: "dba", Range: at(11)},
			{Address: "deny.c", Effect: schema.Deny, Targets: []string{"db"}, Range: at(13)},
		},
		Masks: []schema.Mask{{Address: "mask.m", Mode: schema.DryRun, Classes: []string{"card"}, Groups: []string{"g"}, With: schema.TransformHash, Argument: "customers",
			When: condition("true", 15), Unless: condition("false", 16), Predicates: schema.PredicatesEquality, Message: "masked", Range: at(14)}},
		Routes:  []schema.Route{{Name: "dba", Approvers: []string{"corp/group:dba"}, ApproverKinds: []string{"human"}, Quorum: 2, Hold: 2 * time.Minute, Expires: time.Hour, Notify: []string{"hook"}, Range: at(17)}},
		Sources: []schema.Source{{Path: "p.hcl", Text: []byte("policy \"payments\" {}\n\xff\x00")}},
	}
}

func encode(t testing.TB, b *schema.Bundle, keys ...ed25519.PrivateKey) []byte {
	t.Helper()
	data, err := bundle.Encode(b, fingerprint, keys...)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRoundTrip(t *testing.T) {
	b := example()
	if missing := emptyFields(reflect.ValueOf(*b), "Bundle"); len(missing) > 0 {
		t.Fatalf("the example leaves fields empty, so that this test proves nothing of them: %v", missing)
	}
	k := key(t, 1)
	data := encode(t, b, k)
	got, err := bundle.Decode(data, bundle.Options{Keys: []ed25519.PublicKey{public(k)}, Fingerprint: fingerprint})
	if err != nil {
		t.Fatal(err)
	}
	want := example()
	if want.ID, err = bundle.ID(want, fingerprint); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(example(), b); diff != "" {
		t.Errorf("Encode changed its input:\n%s", diff)
	}
	info, err := bundle.Inspect(data)
	if err != nil {
		t.Fatal(err)
	}
	if info.ID != want.ID || info.Header.Policy != "payments" || !cmp.Equal(info.Signers, []string{bundle.KeyID(public(k))}) {
		t.Errorf("%+v", info)
	}
}

// emptyFields names the fields of v that are zero in every element: what a round trip would not notice to be lost.
func emptyFields(v reflect.Value, path string) []string {
	var found []string
	for i := range v.NumField() {
		f, name := v.Field(i), path+"."+v.Type().Field(i).Name
		switch {
		case name == "Bundle.ID":
		case f.Kind() == reflect.Slice && f.Type().Elem().Kind() == reflect.Struct && f.Len() > 0:
			// A field is covered when any element sets it.
			var counts = map[string]int{}
			for j := range f.Len() {
				for _, e := range emptyFields(f.Index(j), name) {
					counts[e]++
				}
			}
			for e, n := range counts {
				if n == f.Len() {
					found = append(found, e)
				}
			}
		case f.Kind() == reflect.Pointer && !f.IsNil():
			found = append(found, emptyFields(f.Elem(), name)...)
		case f.Kind() == reflect.Struct:
			found = append(found, emptyFields(f, name)...)
		case f.IsZero():
			found = append(found, name)
		}
	}
	return found
}

func TestSameBytes(t *testing.T) {
	a, b := key(t, 1), key(t, 2)
	if !bytes.Equal(encode(t, example(), a, b), encode(t, example(), b, a, b)) {
		t.Error("the order of keys changes the bytes")
	}
	one, err := bundle.Inspect(encode(t, example()))
	if err != nil {
		t.Fatal(err)
	}
	two, err := bundle.Inspect(encode(t, example(), a))
	if err != nil || one.ID != two.ID {
		t.Errorf("a signature changes the content id: %v, %v", two, err)
	}
}

func TestEveryBitCounts(t *testing.T) {
	k := key(t, 1)
	for _, signed := range []bool{false, true} {
		t.Run(fmt.Sprintf("signed=%v", signed), func(t *testing.T) {
			o := bundle.Options{Fingerprint: fingerprint}
			data := encode(t, example())
			if signed {
				data = encode(t, example(), k)
			}
			for bit := range len(data) * 8 {
				data[bit/8] ^= 1 << (bit % 8)
				refused(t, data, o, fmt.Sprintf("bit %d flipped", bit))
				if signed {
					refused(t, data, bundle.Options{Fingerprint: fingerprint, Keys: []ed25519.PublicKey{public(k)}}, fmt.Sprintf("bit %d flipped, with keys", bit))
				}
				if _, err := bundle.Inspect(data); err == nil {
					t.Fatalf("bit %d flipped: inspected", bit)
				}
				data[bit/8] ^= 1 << (bit % 8)
			}
			for n := range len(data) {
				refused(t, data[:n], o, fmt.Sprintf("%d bytes", n))
			}
			for _, tail := range []string{"\x00", "\n", "GWB"} {
				refused(t, append(bytes.Clone(data), tail...), o, "a tail")
			}
		})
	}
}

func refused(t *testing.T, data []byte, o bundle.Options, what string) *bundle.Refused {
	t.Helper()
	b, err := bundle.Decode(data, o)
	var r *bundle.Refused
	if b != nil || !errors.As(err, &r) || r.Reason == "" || r.Hint == "" {
		t.Fatalf("%s: bundle %v, error %v", what, b != nil, err)
	}
	return r
}

// What a reader would refuse is not written either.
func TestRoutesSayWhomTheyAsk(t *testing.T) {
	for reason, change := range map[string]func(*schema.Route){
		`approver "group:dba" does not name an issuer`: func(r *schema.Route) { r.Approvers = []string{"group:dba"} },
		`approver "dba" does not name an issuer`:       func(r *schema.Route) { r.Approvers = []string{"dba"} },
		`no kind "robot"`:                              func(r *schema.Route) { r.ApproverKinds = []string{"robot"} },
	} {
		b := example()
		change(&b.Routes[0])
		if _, err := bundle.Encode(b, fingerprint); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("got %v, want %s", err, reason)
		}
	}
}

func TestRefusals(t *testing.T) {
	k, other := key(t, 1), key(t, 2)
	keys := []ed25519.PublicKey{public(k)}
	foreignLanguage := example()
	tests := []struct {
		name   string
		data   []byte
		o      bundle.Options
		reason string
	}{
		{"unsigned", encode(t, example()), bundle.Options{Keys: keys, Fingerprint: fingerprint}, "not signed"},
		{"signed by another", encode(t, example(), other), bundle.Options{Keys: keys, Fingerprint: fingerprint}, "not among this gateway's keys"},
		{"foreign vocabulary", encode(t, example()), bundle.Options{Fingerprint: "sha256:other"}, "another vocabulary"},
		{"no vocabulary", encode(t, example()), bundle.Options{}, "another vocabulary"},
		{"serial goes back", encode(t, example()), bundle.Options{Fingerprint: fingerprint, MinSerial: 8}, "goes back from 8"},
		{"not a bundle", []byte("policy {}"), bundle.Options{}, "not a Gatewright bundle"},
		{"empty", nil, bundle.Options{}, "not a Gatewright bundle"},
		{"other format", reseal(t, encode(t, example()), `"major":1`, `"major":2`), bundle.Options{}, "format 2"},
		{"other language", reseal(t, encode(t, foreignLanguage), `"language":1`, `"language":9`), bundle.Options{Fingerprint: fingerprint}, "language version 9"},
		{"critical section", reseal(t, encode(t, example()), `"critical":false,"name":"sources"`, `"critical":true,"name":"sourcez"`), bundle.Options{Fingerprint: fingerprint}, `critical section "sourcez"`},
		{"section missing", reseal(t, encode(t, example()), `"name":"sources"`, `"name":"sourcez"`), bundle.Options{Fingerprint: fingerprint}, `"sources" is missing`},
		{"unknown header field", reseal(t, encode(t, example()), `"serial":7`, `"serial":7,"x":1`), bundle.Options{Fingerprint: fingerprint}, "cannot be read"},
		{"spaces in the header", reseal(t, encode(t, example()), `"serial":7`, `"serial": 7`), bundle.Options{Fingerprint: fingerprint}, "not in the one form"},
		{"twice in the header", reseal(t, encode(t, example()), `"serial":7`, `"serial":7,"serial":7`), bundle.Options{Fingerprint: fingerprint}, "not in the one form"},
		{"deep header", reseal(t, encode(t, example()), `"serial":7`, `"serial":`+strings.Repeat("[", 10_000)), bundle.Options{Fingerprint: fingerprint}, "too many levels"},
		{"policy of another name", reseal(t, encode(t, example()), `"policy":"payments"`, `"policy":"refunds"`), bundle.Options{Fingerprint: fingerprint}, `names policy "refunds"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := refused(t, tt.data, tt.o, tt.name)
			if !strings.Contains(r.Reason, tt.reason) {
				t.Errorf("reason %q lacks %q", r.Reason, tt.reason)
			}
		})
	}
	if _, err := bundle.Decode(encode(t, example()), bundle.Options{Fingerprint: fingerprint, MinSerial: 8, AllowRollback: true}); err != nil {
		t.Error(err)
	}
	if _, err := bundle.Decode(encode(t, example(), other, k), bundle.Options{Keys: keys, Fingerprint: fingerprint}); err != nil {
		t.Error("one of two signatures is enough:", err)
	}
}

func TestEncodeRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(*schema.Bundle)
		reason string
	}{
		{"rules out of order", func(b *schema.Bundle) { b.Rules[0], b.Rules[1] = b.Rules[1], b.Rules[0] }, "not sorted"},
		{"a rule twice", func(b *schema.Bundle) { b.Rules[1] = b.Rules[0] }, "twice"},
		{"a source twice", func(b *schema.Bundle) { b.Sources = append(b.Sources, b.Sources[0]) }, "twice"},
		{"text that is not UTF-8", func(b *schema.Bundle) { b.Rules[2].Message = "\xff" }, "not valid UTF-8"},
		{"unknown effect", func(b *schema.Bundle) { b.Rules[0].Effect = 9 }, "no word"},
		{"unknown transform", func(b *schema.Bundle) { b.Masks[0].With = schema.TransformNone }, "no word"},
		{"effect that is not its address's", func(b *schema.Bundle) { b.Rules[0].Effect = schema.Deny }, `effect is "deny"`},
		{"other language", func(b *schema.Bundle) { b.Language = 2 }, "language version 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := example()
			tt.change(b)
			data, err := bundle.Encode(b, fingerprint)
			if data != nil || err == nil || !strings.Contains(err.Error(), tt.reason) {
				t.Errorf("%d bytes, %v", len(data), err)
			}
		})
	}
	if _, err := bundle.Encode(example(), fingerprint, ed25519.PrivateKey("short")); err == nil {
		t.Error("a short key signs")
	}
}

// TestRoomForLargePolicies: 100,000 rules with conditions, places and sources stay within the limits.
func TestRoomForLargePolicies(t *testing.T) {
	b := example()
	b.Rules = nil
	for i := range 100_000 {
		b.Rules = append(b.Rules, schema.Rule{
			Address: fmt.Sprintf("allow.rule-%06d", i), Effect: schema.Allow, Groups: []string{"some-group"}, Targets: []string{"db"},
			Protocol: schema.ProtocolPostgres, Verbs: []string{"select", "insert"}, Tables: []string{fmt.Sprintf("public.table_%d", i)},
			When: condition(fmt.Sprintf("sql.limit < %d", i), i), Message: "a message of some length", Range: at(i),
		})
	}
	b.Sources[0].Text = bytes.Repeat([]byte("x"), 30<<20)
	if _, err := bundle.Encode(b, fingerprint); err != nil {
		t.Error(err)
	}
}

func TestKeysRefuse(t *testing.T) {
	private, publicPEM, err := bundle.GenerateKey(rand.New(rand.NewSource(1)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bundle.ParsePublicKey(private); err == nil || !strings.Contains(err.Error(), ".pub") {
		t.Errorf("a private key as a public one: %v", err)
	}
	if _, err := bundle.ParsePrivateKey(publicPEM); err == nil || !strings.Contains(err.Error(), "without .pub") {
		t.Errorf("a public key as a private one: %v", err)
	}
	for _, text := range []string{"", "nonsense", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", strings.Repeat("x", 1<<20)} {
		if _, err := bundle.ParsePublicKey([]byte(text)); err == nil {
			t.Errorf("%.20q is a key", text)
		}
	}
	if _, _, err := bundle.GenerateKey(io.LimitReader(rand.New(rand.NewSource(1)), 31)); err == nil {
		t.Error("31 random bytes make a key")
	}
}

// TestTransforms holds that each transform comes back with its argument, and that a file which gives it another one's is
// refused.
func TestTransforms(t *testing.T) {
	arguments := map[string]string{schema.TakesKey: "customers", schema.TakesWidth: "0.5", schema.TakesValue: "\"hidden\""}
	for word, with := range schema.Transforms {
		b := example()
		b.Masks[0].With, b.Masks[0].Argument = with, arguments[with.Takes()]
		got, err := bundle.Decode(encode(t, b), bundle.Options{Fingerprint: fingerprint})
		if err != nil {
			t.Fatalf("%s: %v", word, err)
		}
		if got.Masks[0].Treatment() != b.Masks[0].Treatment() {
			t.Errorf("%s: %v, want %v", word, got.Masks[0].Treatment(), b.Masks[0].Treatment())
		}
	}
	mask := func(more string) string {
		return `{"masks":[{"address":"mask.m","mode":"enforce","predicates":"deny",` + more + `}],"name":"p"}`
	}
	tests := []struct{ name, mask, reason string }{
		{"a later transform", `"with":"shuffle"`, `mask.m has the transform "shuffle", which this version does not know`},
		{"no key", `"with":"hash"`, "no argument of its own"},
		{"a width for a key", `"width":"10","with":"hash"`, "no argument of its own"},
		{"a key for nothing", `"key":"k","with":"redact"`, "not in the one form"},
		{"two", `"key":"k","width":"10","with":"bucket"`, "not in the one form"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := forgeSections(t, map[string]string{"policy": mask(tt.mask)})
			r := refused(t, data, bundle.Options{Fingerprint: fingerprint}, tt.name)
			if !strings.Contains(r.Reason, tt.reason) {
				t.Errorf("reason %q lacks %q", r.Reason, tt.reason)
			}
		})
	}
}
