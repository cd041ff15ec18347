package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/runtime/pgserver"
	"github.com/gatewright/gatewright/schema"
)

// table is a relation of a made-up catalog; a column is "NAME TYPE".
func table(kind, schemaName, name string, columns ...string) schema.Relation {
	r := schema.Relation{Schema: schemaName, Name: name, Kind: kind}
	for i, c := range columns {
		n, typ, _ := strings.Cut(c, " ")
		r.Columns = append(r.Columns, schema.Column{Name: n, Attribute: int16(i + 1), Type: typ})
	}
	return r
}

func many(n int) (out []schema.Relation) {
	for i := range n {
		out = append(out, table("r", fmt.Sprintf("s%d", i%2), fmt.Sprintf("t%03d", i), "id bigint", "email text"))
	}
	return out
}

// TestInitKeepsItsPromise begins policies from catalogs of every sort, and holds each to what CI would.
func TestInitKeepsItsPromise(t *testing.T) {
	for _, tt := range []struct {
		name      string
		relations []schema.Relation
	}{
		{"nothing sensitive", []schema.Relation{table("r", "public", "t", "id bigint")}},
		{"every suggestion", []schema.Relation{table("r", "public", "t", "userPassword text", "cvv text", "PAN text", "iban text", "ssn text", "eMail text", "home_phone text", "dob date", "note text")}},
		{"types without masked text", []schema.Relation{table("r", "public", "t", "pan bigint", "email character varying(10)", "phone uuid", "ssn integer", "iban numeric(20,0)", "note text")}},
		{"words of SQL", []schema.Relation{table("r", "public", "order", "user text", "select text", "mail text"), table("r", "table", "from", "where text")}},
		{"names that want to be more", []schema.Relation{table("r", "My Schema", `a"b`, `x"y text`, "${email} text"), table("r", "public", "t${1}%{if}", "id bigint", `pan\n text`), table("r", "public", "Wide Table", "Phone\tNumber text")}},
		{"other scripts", []schema.Relation{table("r", "публика", "клиенты", "имя text", "email_адрес text")}},
		{"many tables", many(300)},
		{"views and the like", []schema.Relation{table("v", "public", "a", "email text"), table("m", "public", "b", "email text"), table("f", "public", "c", "email text"), table("p", "public", "d", "email text"), table("S", "public", "e", "last_value bigint")}},
		{"a table without columns", []schema.Relation{table("r", "public", "a"), table("r", "public", "b", "id bigint")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			text, err := json.Marshal(schema.Catalog{ServerVersion: 150000, SearchPath: []string{"public"}, Relations: tt.relations})
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, "catalog.json")
			if err := os.WriteFile(file, text, 0o600); err != nil {
				t.Fatal(err)
			}
			policy := filepath.Join(dir, "policy")
			if code, _, diag := play(t, "init", policy, "--target", "shop-db", "--catalog", file); code != exitClean {
				t.Fatalf("exit %d\n%s", code, diag)
			}
			asCI(t, policy)
			again := filepath.Join(dir, "again")
			if code, _, diag := play(t, "init", again, "--target", "shop-db", "--catalog", file); code != exitClean {
				t.Fatalf("exit %d\n%s", code, diag)
			}
			if diff := cmp.Diff(contents(t, policy), contents(t, again)); diff != "" {
				t.Errorf("two runs differ:\n%s", diff)
			}
		})
	}
}

// asCI holds a policy to all that CI asks.
func asCI(t *testing.T, dir string) {
	t.Helper()
	for _, args := range [][]string{
		{"fmt", "--check", dir}, {"validate", dir}, {"lint", "--fail-on", "info", dir}, {"test", "--coverage-min", "100", "--mutate", dir},
	} {
		if code, out, diag := play(t, args...); code != exitClean || args[0] == "validate" && diag != "" {
			t.Errorf("gatewright %q: exit %d\n%s%s", args, code, out, diag)
		}
	}
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		out[strings.TrimPrefix(path, dir)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestInitFromADatabase begins a policy from a real server.
func TestInitFromADatabase(t *testing.T) {
	server, err := pgserver.Start(t.Context(), pgserver.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	const tables = `CREATE TABLE customers (id bigint PRIMARY KEY, email text UNIQUE, "dateOfBirth" date, card_number varchar(19));
		CREATE TABLE log (at timestamptz, line text) PARTITION BY RANGE (at);
		CREATE TABLE log_2026 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
		CREATE VIEW people AS SELECT id, email FROM customers;
		CREATE MATERIALIZED VIEW mails AS SELECT email FROM customers`
	if _, err := server.PSQL(t.Context(), "postgres", tables); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	password, policy := filepath.Join(dir, "password"), filepath.Join(dir, "policy")
	if err := os.WriteFile(password, []byte(pgserver.Password), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, diag := play(t, "init", policy, "--target", "shop-db", "--issuer", "https://id.example.com", "--address", server.Address(),
		"--database", "postgres", "--user", pgserver.User, "--password", "file:"+password)
	if code != exitClean {
		t.Fatalf("exit %d\n%s", code, diag)
	}
	fits(t, strings.ReplaceAll(out, dir, ""))
	asCI(t, policy)
	text := contents(t, policy)
	for _, want := range []string{`"public.customers.email"`, `public.customers.\"dateOfBirth\"`, `"public.customers.card_number"`} {
		if !strings.Contains(text["/sensitive.hcl"], want) {
			t.Errorf("no class has %s:\n%s", want, text["/sensitive.hcl"])
		}
	}
	if !strings.Contains(text["/policy.hcl"], `"https://id.example.com"`) {
		t.Errorf("the issuer is another one:\n%s", text["/policy.hcl"])
	}
	for name, text := range text {
		if strings.Contains(text, pgserver.Password) {
			t.Errorf("%s holds the password", name)
		}
	}
}

// TestSuggestions holds which names of columns speak for what.
func TestSuggestions(t *testing.T) {
	for name, want := range map[string]string{
		"pan": "card-number", "cardNumber": "card-number", "customer_card_number_enc": "card-number", "PAN": "card-number", "company": "",
		"span": "", "pan_id_hash": "card-number", "email": "email-address", "billingEmail": "email-address", "e-mail": "email-address",
		"emailed": "", "mail_sent_at": "email-address", "phone2": "", "home phone": "phone-number", "microphone": "", "cellar": "",
		"password_hash": "credential", "passwordHash": "credential", "secretary": "", "dob": "birth-date", "dateOfBirth": "birth-date",
		"ssn": "national-id", "session": "", "iban": "bank-account", "accountNumber": "bank-account", "cvv2": "card-verification", "": "",
	} {
		got := ""
		if i := fitting(name); i >= 0 {
			got = suggestions[i].class
		}
		if got != want {
			t.Errorf("%q is taken for %q, not for %q", name, got, want)
		}
	}
}
