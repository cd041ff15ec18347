package schema_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/schema"
)

func TestParty(t *testing.T) {
	for text, want := range map[string]schema.Party{
		"group:dba":            {Group: true, Name: "dba"},
		"subject:svc:orders":   {Name: "svc:orders"},
		"corp/group:dba":       {Issuer: "corp", Group: true, Name: "dba"},
		"corp/subject:alice":   {Issuer: "corp", Name: "alice"},
		"group:corp/dba":       {Group: true, Name: "corp/dba"}, // a group whose name has a slash
		"group:/team/dba":      {Group: true, Name: "/team/dba"},
		"corp/group:corp/dba":  {Issuer: "corp", Group: true, Name: "corp/dba"},
		"group:corp/group:dba": {Group: true, Name: "corp/group:dba"},
	} {
		got, ok := schema.ParseParty(text)
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("%s (-want +got)\n%s", text, diff)
		}
		if got.String() != text {
			t.Errorf("%s is written as %s", text, got)
		}
	}
	for _, text := range []string{"", "dba", "group:", "group", "corp/dba", "corp/group:", "/group:dba", "a/b/group:dba", "role:dba", "corp:group:dba"} {
		if got, ok := schema.ParseParty(text); ok {
			t.Errorf("%q was read as %+v", text, got)
		}
	}
}

func TestPartyOf(t *testing.T) {
	one, two := []string{"corp"}, []string{"ci", "corp"}
	for _, c := range []struct {
		text    string
		issuers []string
		want    string // empty: there is no saying whose it is
	}{
		{"group:dba", one, "corp/group:dba"},
		{"group:dba", two, ""},
		{"group:dba", nil, ""},
		{"corp/group:dba", two, "corp/group:dba"},
		{"other/group:dba", two, ""},
		{"other/group:dba", one, ""},
	} {
		p, _ := schema.ParseParty(c.text)
		got, ok := p.Of(c.issuers)
		if ok != (c.want != "") || ok && got.String() != c.want {
			t.Errorf("%s of %v is %s, %v", c.text, c.issuers, got, ok)
		}
	}
}

func TestPartyMeansItsOwnIssuersPrincipals(t *testing.T) {
	alice := &schema.Principal{Issuer: "corp", Subject: "alice", Groups: []string{"dba"}}
	for text, want := range map[string]bool{
		"corp/group:dba": true, "corp/subject:alice": true, "corp/group:alice": false, "corp/subject:dba": false,
		"other/group:dba": false, "other/subject:alice": false, "group:dba": false, "subject:alice": false,
	} {
		if p, _ := schema.ParseParty(text); p.Means(alice) != want {
			t.Errorf("%s: %v", text, !want)
		}
	}
	if (schema.Party{Issuer: "corp"}).Means(&schema.Principal{Issuer: "corp"}) {
		t.Error("a party without a name means a principal without one")
	}
}

func FuzzParseParty(f *testing.F) {
	for _, text := range []string{"", "group:dba", "corp/subject:svc:orders", "group:a/b", "/group:x", "a/b/group:x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, ok := schema.ParseParty(text)
		if ok && (p.String() != text || p.Name == "") {
			t.Errorf("%q was read as %+v", text, p)
		}
	})
}
