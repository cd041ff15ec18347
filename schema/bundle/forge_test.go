package bundle_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/schema/bundle"
)

// forge builds a file from its parts with every length, digest and the seal right: what an attacker can do.
func forge(header []byte, sections []byte, signatures string) []byte {
	var out bytes.Buffer
	out.WriteString("\x89GWB\r\n\x1a\n")
	out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(header))))
	out.Write(header)
	out.Write(sections)
	out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(signatures))))
	out.WriteString(signatures)
	sum := sha256.Sum256(out.Bytes())
	return append(out.Bytes(), sum[:]...)
}

// reseal replaces text in the header of an unsigned file.
func reseal(t *testing.T, data []byte, from, to string) []byte {
	t.Helper()
	n := binary.BigEndian.Uint32(data[8:])
	header, rest := data[12:12+n], data[12+n:]
	changed := strings.Replace(string(header), from, to, 1)
	if changed == string(header) {
		t.Fatalf("%q is not in %s", from, header)
	}
	return forge([]byte(changed), rest[:len(rest)-4-2-sha256.Size], "[]")
}

// forgeSections gives an unsigned file with other sections.
func forgeSections(t *testing.T, bodies map[string]string) []byte {
	t.Helper()
	h := bundle.Header{Format: bundle.Format{Major: 1}, Language: 1, Policy: "p", Vocabulary: fingerprint}
	var all []byte
	add := func(name, body string, critical bool) {
		h.Sections = append(h.Sections, bundle.Section{
			Critical: critical, Name: name, SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(body))), Size: len(body),
		})
		all = append(all, body...)
	}
	for _, s := range []struct{ name, body string }{{"policy", `{"name":"p"}`}, {"sources", `[]`}, {"origins", `{}`}} {
		if body, ok := bodies[s.name]; ok {
			s.body = body
		}
		add(s.name, s.body, s.name == "policy")
	}
	if body, ok := bodies["later"]; ok {
		add("later", body, false)
	}
	header, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	return forge(header, all, "[]")
}

func TestForgedSections(t *testing.T) {
	o := bundle.Options{Fingerprint: fingerprint}
	for _, body := range []map[string]string{{}, {"later": "anything at all"}} {
		if _, err := bundle.Decode(forgeSections(t, body), o); err != nil {
			t.Errorf("%v: %v", body, err)
		}
	}
	tests := []struct{ name, section, body, reason string }{
		{"unknown field", "policy", `{"name":"p","x":1}`, "unknown field"},
		{"other case", "policy", `{"Name":"p"}`, "not in the one form"},
		{"twice", "policy", `{"name":"q","name":"p"}`, "not in the one form"},
		{"empty list", "policy", `{"name":"p","rules":[]}`, "not in the one form"},
		{"keys out of order", "policy", `{"owner":"o","name":"p"}`, "not in the one form"},
		{"null", "policy", `null`, "is null"},
		{"something after", "policy", `{"name":"p"} `, "something follows"},
		{"unknown effect", "policy", `{"name":"p","rules":[{"address":"x.a","effect":"x","mode":"enforce"}]}`, "unknown word"},
		{"too many objects", "policy", `{"name":"p","rules":[` + strings.Repeat("{},", bundle.MaxObjects) + `{}]}`, "too many objects"},
		{"too many lists", "policy", strings.Repeat("[],", bundle.MaxLists+1), "too many lists"},
		{"too many values", "policy", strings.Repeat("1,", bundle.MaxNodes+1), "too many values"},
		{"too deep", "policy", strings.Repeat("[", 1_000_000), "too many levels"},
		{"origin of nothing", "origins", `{"allow.x":{"at":[1,1,0,1,2,1],"file":"p.hcl"}}`, "not in the policy"},
		{"long origin", "origins", `{"allow.x":{"at":[1,1,0,1,2,1,9],"file":"p.hcl"}}`, "not in the one form"},
		{"sources null", "sources", `null`, "is null"},
		{"sources out of order", "sources", `[{"path":"b","text":""},{"path":"a","text":""}]`, "not sorted"},
		{"no JSON", "sources", `"`, "cannot be read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := refused(t, forgeSections(t, map[string]string{tt.section: tt.body}), o, tt.name)
			if !strings.Contains(r.Reason, tt.reason) {
				t.Errorf("reason %q lacks %q", r.Reason, tt.reason)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(encode(f, example()))
	f.Add(encode(f, example(), key(f, 1)))
	f.Add([]byte("\x89GWB\r\n\x1a\n\xff\xff\xff\xff{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := bundle.Decode(data, bundle.Options{Fingerprint: fingerprint})
		if (b == nil) == (err == nil) {
			t.Fatalf("bundle %v with error %v", b, err)
		}
		if b == nil {
			return
		}
		again, err := bundle.Encode(b, fingerprint)
		if err != nil {
			t.Fatalf("an accepted bundle cannot be written: %v", err)
		}
		if _, err := bundle.Decode(again, bundle.Options{Fingerprint: fingerprint}); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzSections goes past the seal and the digests: each text stands as a section of an otherwise sound file.
func FuzzSections(f *testing.F) {
	f.Add(`{"name":"p"}`, `[]`, `{}`)
	f.Add(`{"name":"p","rules":[{"address":"deny.a","effect":"deny","mode":"enforce","when":"true"}]}`, `[{"path":"a","text":"YQ=="}]`, `{"deny.a/when":{"at":[1,1,0,1,2,1],"file":"p.hcl"}}`)
	f.Fuzz(func(t *testing.T, policy, sources, origins string) {
		data := forgeSections(t, map[string]string{"policy": policy, "sources": sources, "origins": origins})
		b, err := bundle.Decode(data, bundle.Options{Fingerprint: fingerprint})
		if err != nil {
			return
		}
		again, err := bundle.Encode(b, fingerprint)
		if err != nil {
			t.Fatalf("an accepted bundle cannot be written: %v", err)
		}
		if !bytes.Equal(data, again) {
			t.Fatalf("written again it differs:\n%q\n%q", data, again)
		}
	})
}
