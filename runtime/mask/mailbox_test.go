package mask_test

import (
	"bytes"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/runtime/mask"
	"github.com/gatewright/gatewright/schema"
)

// plainEmail is what the email transform is by definition, character by character.
func plainEmail(in []byte) string {
	at := bytes.LastIndexByte(in, '@')
	if at < 1 || !plainLocal(in[:at]) || !plainDomain(in[at+1:]) {
		return "****"
	}
	kept := ""
	if utf8.RuneCount(in[:at]) >= 2 {
		_, size := utf8.DecodeRune(in)
		kept = string(in[:size])
	}
	return kept + "****" + string(in[at:])
}

func plainLocal(in []byte) bool {
	return bytes.IndexFunc(in, func(r rune) bool {
		return r == utf8.RuneError || r == '@' || unicode.IsSpace(r) || unicode.IsControl(r)
	}) < 0
}

func plainDomain(in []byte) bool {
	labels := bytes.Split(in, []byte("."))
	if len(in) > 253 || len(labels) < 2 {
		return false
	}
	for _, l := range labels {
		if len(l) == 0 || bytes.IndexFunc(l, func(r rune) bool {
			return r == utf8.RuneError || !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '-' && (r < '0' || r > '9')
		}) >= 0 {
			return false
		}
	}
	return bytes.IndexFunc(labels[len(labels)-1], unicode.IsLetter) >= 0
}

func checkEmail(t *testing.T, in []byte) {
	t.Helper()
	c := mask.NewColumn(nil, schema.Treatment{With: schema.TransformEmail}, false, text, 0)
	out, null := c.Append(nil, in)
	if diff := cmp.Diff(plainEmail(in), string(out)); diff != "" || null {
		t.Errorf("%q: null %v, %s", in, null, diff)
	}
}

// TestEmailByEachCharacter puts every byte, and characters of more bytes, into each part of an address.
func TestEmailByEachCharacter(t *testing.T) {
	var characters [][]byte
	for c := range 256 {
		characters = append(characters, []byte{byte(c)})
	}
	for _, r := range []rune{'\u0085', '\u00a0', '\u00ad', '\u0301', '\u0663', '\u200b', '\u2028', '\u3000', '\u3002', '\ufeff', '\ufffd', 'é', 'ß', '例', '😀'} {
		characters = append(characters, []byte(string(r)))
	}
	for _, c := range characters {
		for _, form := range []string{"%@example.com", "%b@example.com", "a%@example.com", "a@%.com", "a@e%.com", "a@e.%", "a@e.c%", "a@e.1%", "a@e.%.c", "a%b"} {
			checkEmail(t, bytes.ReplaceAll([]byte(form), []byte("%"), c))
		}
	}
}

func FuzzEmail(f *testing.F) {
	for _, in := range []string{
		"margaret.hamilton@example.com", "a@b.c", "a@@b.c", "é@例.com", "a b@c.de", "a@b.1", "a@b.c.", "@b.c", "a@.c", "a@b\u0301.c", "\xff@b.c", "a@b.\xe4",
	} {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if in != nil {
			checkEmail(t, in)
		}
	})
}
