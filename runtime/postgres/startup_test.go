package postgres_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/runtime/postgres"
)

const (
	version30 = 3 << 16
	version32 = 3<<16 | 2
)

func hello(pairs ...string) []byte { return []byte(strings.Join(append(pairs, ""), "\x00") + "\x00") }

func TestHello(t *testing.T) {
	tests := map[string]struct {
		version uint32
		body    []byte
		want    []string
		code    string
	}{
		"plain":                     {version30, hello("user", "a", "database", "b"), nil, ""},
		"settings":                  {version32, hello("user", "a", "application_name", "x", "DateStyle", "ISO"), []string{"DateStyle=ISO", "application_name=x"}, ""},
		"options":                   {version30, hello("zone", "1", "options", `-c statement_timeout=5s --search-path=a\ b`), []string{"statement_timeout=5s", "search_path=a b", "zone=1"}, ""},
		"replication":               {version30, hello("replication", "database"), nil, "0A000"},
		"no replication":            {version30, hello("replication", "false"), nil, ""},
		"an option of another kind": {version30, hello("options", "-d 5"), nil, "42501"},
		"version 2":                 {2 << 16, hello("user", "a"), nil, "0A000"},
		"no end":                    {version30, []byte("user\x00a\x00"), nil, "08P01"},
		"half a pair":               {version30, []byte("user\x00\x00"), nil, "08P01"},
		"empty":                     {version30, nil, nil, "08P01"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, _, err := postgres.Hello(test.version, test.body)
			if test.code != "" {
				if err == nil || postgres.Code(err) != test.code {
					t.Fatalf("got %v, want %s", err, test.code)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNegotiation(t *testing.T) {
	for name, test := range map[string]struct {
		version uint32
		body    []byte
		newest  uint32
		options []string
	}{
		"3.0":            {version30, hello("user", "a"), 0, nil},
		"3.2":            {version32, hello("user", "a"), 0, nil},
		"newer":          {3<<16 | 9999, hello("user", "a"), version32, nil},
		"unknown option": {version30, hello("_pq_.x", "1", "user", "a"), version30, []string{"_pq_.x"}},
		"both":           {3<<16 | 3, hello("_pq_.y", "1"), version32, []string{"_pq_.y"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, msg, err := postgres.Hello(test.version, test.body)
			if err != nil {
				t.Fatal(err)
			}
			if test.newest == 0 {
				if msg != nil {
					t.Errorf("got %q, want no negotiation", msg)
				}
				return
			}
			body := binary.BigEndian.AppendUint32(nil, test.newest)
			body = binary.BigEndian.AppendUint32(body, uint32(len(test.options)))
			for _, o := range test.options {
				body = append(append(body, o...), 0)
			}
			if diff := cmp.Diff(message('v', string(body)), msg); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzHello(f *testing.F) {
	f.Add(uint32(version30), hello("user", "a", "options", `-c a=b\ c`))
	f.Add(uint32(version32), []byte("\x00"))
	f.Fuzz(func(t *testing.T, version uint32, body []byte) {
		settings, _, err := postgres.Hello(version, body)
		if err == nil && len(settings) > len(body) {
			t.Error("more settings than bytes")
		}
	})
}

func FuzzDescription(f *testing.F) {
	f.Add([]byte{0, 0})
	f.Fuzz(func(t *testing.T, body []byte) {
		if n, err := postgres.Description(body); err == nil && len(body) < 2+19*n {
			t.Error("more columns than bytes")
		}
	})
}

func TestRedacted(t *testing.T) {
	for name, test := range map[string]struct{ in, want []string }{
		"a value in the message": {
			[]string{"SERROR", "VERROR", "C22P02", `Minvalid input syntax for type integer: "078-05-1120"`, "P8", "Wcontext"},
			[]string{"SERROR", "VERROR", "C22P02", "Mthe database reported SQLSTATE 22P02; its words are withheld because values of this target are masked for you", "P8"}},
		"a detail with a key": {
			[]string{"SERROR", "VERROR", "C23505", "Mduplicate key", "DKey (ssn)=(078-05-1120) already exists.", "Hh", "qselect"},
			[]string{"SERROR", "VERROR", "C23505", "Mthe database reported SQLSTATE 23505; its words are withheld because values of this target are masked for you"}},
		"the client's own text": {
			[]string{"SERROR", "VERROR", "C42P01", `Mrelation "x" does not exist`, "P15", "Fparse_relation.c"},
			[]string{"SERROR", "VERROR", "C42P01", `Mrelation "x" does not exist`, "P15"}},
		"the same out of a function": {
			[]string{"SERROR", "VERROR", "C42P01", `Mrelation "078-05-1120" does not exist`, "WPL/pgSQL function f()"},
			[]string{"SERROR", "VERROR", "C42P01", "Mthe database reported SQLSTATE 42P01; its words are withheld because values of this target are masked for you"}},
		"malformed": {[]string{"SERROR"}, []string{"SERROR", "Mthe database reported SQLSTATE ; its words are withheld because values of this target are masked for you"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := postgres.Redacted([]byte(strings.Join(append(test.in, ""), "\x00") + "\x00"))
			want := message('E', strings.Join(append(test.want, ""), "\x00")+"\x00")
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzRedacted(f *testing.F) {
	f.Add([]byte("SERROR\x00C22P02\x00M078-05-1120\x00\x00"))
	f.Fuzz(func(t *testing.T, body []byte) { postgres.Redacted(body) })
}
