package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/runtime/config"
	"github.com/gatewright/gatewright/schema"
)

func secret(t *testing.T, text string) config.Secret {
	t.Helper()
	s, err := config.ParseSecret(text, "/etc/gw")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		file string
		want config.Config
	}{
		{"full.hcl", config.Config{
			Bundle: config.Bundle{
				Path: "/etc/gw/bundle.gwb", Keys: []string{"/etc/gw/release.pub", "/etc/gatewright/second.pub"},
				Poll: 250 * time.Millisecond, AllowRollback: true,
			},
			Postgres: config.Listener{
				Address: "0.0.0.0:6432", TLS: &config.KeyPair{Cert: "/etc/gw/gateway.crt", Key: "/etc/gw/gateway.key"},
			},
			Upstreams: []config.Upstream{
				{
					Name: "ledger", Address: "[::1]:5433", Database: "ledger", User: "gateway",
					Password: secret(t, "file:ledger.password"),
				},
				{
					Name: "payments-db", Address: "db.example.com:5432", Database: "payments", User: "gateway",
					Password: secret(t, "env:PAYMENTS_PASSWORD"),
					TLS:      &config.UpstreamTLS{CA: "/etc/gw/ca.pem", ServerName: "db.internal.example.com"},
				},
			},
			Notifiers: []config.Notifier{{
				Name: "dba-webhook", URL: "https://hooks.example.com/dba", Bearer: secret(t, "env:HOOK_TOKEN"), Timeout: 2 * time.Second,
			}},
			MaskKeys: []config.MaskKey{
				{Name: "customers", Secret: secret(t, "env:CUSTOMERS_KEY")}, {Name: "orders", Secret: secret(t, "file:orders.key")},
			},
			Store:   config.Store{Path: "/etc/gw/state/gatewright.db"},
			Audit:   config.Audit{Path: "/var/log/gatewright/audit.jsonl", Sync: config.SyncAlways},
			Metrics: &config.Metrics{Address: ":9464"},
			Admin:   &config.Admin{Address: "127.0.0.1:6480", Operators: []schema.Party{{Group: true, Name: "dba"}, {Issuer: "corp", Name: "svc:ops"}}},
			Limits: config.Limits{
				Connections: 50, PerPrincipal: 5, PerTarget: 40,
				Idle: 10 * time.Minute, IdleInTransaction: 30 * time.Second, Statement: 5 * time.Minute,
				Handshake: 5 * time.Second, Dial: 3 * time.Second, Drain: time.Second, Catalog: 2 * time.Minute,
				StatementBytes: 65536, RowBytes: 1048576,
			},
		}},
		{"minimal.hcl", config.Config{
			Bundle:   config.Bundle{Path: "/etc/gw/bundle.gwb", Poll: 5 * time.Second},
			Postgres: config.Listener{Address: "127.0.0.1:6432", InsecureLoopback: true},
			Upstreams: []config.Upstream{{
				Name: "db", Address: "localhost:5432", Database: "app", User: "gateway", Password: secret(t, "env:PASSWORD"),
			}},
			Store: config.Store{Path: "/etc/gw/gatewright.db"},
			Audit: config.Audit{Path: "/etc/gw/audit.jsonl"},
			Limits: config.Limits{
				Connections: 1000, Handshake: 30 * time.Second, Dial: 10 * time.Second, Drain: 20 * time.Second, Catalog: time.Minute,
				StatementBytes: 1 << 20, RowBytes: 64 << 20,
			},
		}},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			t.Parallel()
			got, diags := config.Parse("/etc/gw/gateway.hcl", read(t, test.file))
			if diags != nil {
				t.Fatalf("diagnostics: %+v", diags)
			}
			if diff := cmp.Diff(&test.want, got, cmp.Comparer(func(a, b config.Secret) bool { return a == b })); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

var expected = regexp.MustCompile(`# ERROR: (.*)$`)

// TestInvalid compares each file of testdata/invalid with the diagnostics that its own lines announce.
func TestInvalid(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/invalid/*.hcl")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := map[int][]string{}
			c, diags := config.Parse("gateway.hcl", src)
			if c != nil || !diags.HasErrors() {
				t.Fatalf("it was accepted")
			}
			for _, d := range diags {
				if d.Range == nil || d.Detail == "" {
					t.Fatalf("a diagnostic without range or detail: %+v", d)
				}
				if !slices.Contains(got[d.Range.Start.Line], d.Summary) {
					got[d.Range.Start.Line] = append(got[d.Range.Start.Line], d.Summary)
				}
			}
			if diff := cmp.Diff(announced(src), got, sorted); diff != "" {
				t.Errorf("(-announced +got)\n%s", diff)
			}
		})
	}
}

var sorted = cmp.Transformer("sorted", func(in []string) []string { return slices.Sorted(slices.Values(in)) })

func announced(src []byte) map[int][]string {
	want := map[int][]string{}
	for i, line := range strings.Split(string(src), "\n") {
		if m := expected.FindStringSubmatch(line); m != nil {
			want[i+1] = strings.Split(m[1], ", ")
		}
	}
	return want
}

func TestDiagnosticsTellTheWayOut(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, from, to, hint string }{
		{"misspelt block", "bundle {", "bundel {", "Did you mean bundle?"},
		{"misspelt attribute", "insecure_loopback =", "insecure_loopbck =", "Did you mean insecure_loopback?"},
		{"literal secret", `"env:PASSWORD"`, `"hunter2"`, `password = "env:NAME" takes it from the environment, "file:PATH" from a file.`},
		{"plain upstream", `"localhost:5432"`, `"db.example.com:5432"`, `tls { ca = "ca.pem" }, or tls {} to trust the certificate authorities of the system`},
		{"no listener", "listener \"postgres\"", "listener \"ssh\"", `listener "postgres" { ... }`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			src := strings.Replace(string(read(t, "minimal.hcl")), test.from, test.to, 1)
			_, diags := config.Parse("gateway.hcl", []byte(src))
			has := func(d schema.Diagnostic) bool { return d.Hint == test.hint }
			if !slices.ContainsFunc(diags, has) {
				t.Errorf("no hint %q in %+v", test.hint, diags)
			}
			if strings.Contains(strings.Join(texts(diags), "\n"), "hunter2") {
				t.Errorf("a diagnostic repeats the secret: %+v", diags)
			}
		})
	}
}

func TestWrongTypesTellWhatWasFound(t *testing.T) {
	t.Parallel()
	tests := []struct{ attribute, want string }{
		{"path = 7", "path must be a string in double quotes, and this is a number."},
		{"path = [\"a\"]", "path must be a string in double quotes, and this is a list."},
		{"path = null", "path must be a string in double quotes, and this is null."},
		{"path = {}", "path must be a string in double quotes, and this is a map."},
		{"allow_rollback = \"yes\"", "allow_rollback must be true or false, and this is a string."},
		{"keys = true", "keys must be a list of strings in double quotes, and this is true or false."},
		{"keys = [1]", "keys must be a list of strings in double quotes, and this is a list that holds a number."},
	}
	for _, test := range tests {
		t.Run(test.attribute, func(t *testing.T) {
			t.Parallel()
			_, diags := config.Parse("gateway.hcl", []byte("bundle {\n  "+test.attribute+"\n}\n"))
			if !slices.Contains(texts(diags), test.want) {
				t.Errorf("no %q in %+v", test.want, diags)
			}
		})
	}
}

func texts(diags schema.Diagnostics) []string {
	var out []string
	for _, d := range diags {
		out = append(out, d.Summary, d.Detail, d.Hint)
	}
	return out
}

func TestHostileSize(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, src, want string }{
		{"too many bytes", strings.Repeat("#\n", 200<<10), "File too large"},
		{"too many tokens", "a = " + strings.Repeat("!", 100_000) + "true", "File too large"},
		{"nested brackets", "a = " + strings.Repeat("[", 50_000), "Nested too deep"},
		{"nested templates", "a = " + strings.Repeat(`"${`, 50_000), "Nested too deep"},
		{"nested blocks", strings.Repeat("a {\n", 50_000), "Nested too deep"},
		{"unary chain", "a = " + strings.Repeat("-", 19_000) + "1\n", "Missing block"},
		{"conditional chain", "a = " + strings.Repeat("b ? c : ", 4_000) + "1\n", "Missing block"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, diags := config.Parse("gateway.hcl", []byte(test.src))
			if !slices.ContainsFunc(diags, func(d schema.Diagnostic) bool { return d.Summary == test.want }) {
				t.Errorf("no %q in %+v", test.want, diags)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.hcl")
	if err != nil {
		f.Fatal(err)
	}
	more, err := filepath.Glob("testdata/invalid/*.hcl")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, more...) {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		c, diags := config.Parse("gateway.hcl", src)
		if (c == nil) != diags.HasErrors() {
			t.Fatalf("config %v with diagnostics %+v", c, diags)
		}
		if c != nil && (len(c.Upstreams) == 0 || c.Bundle.Path == "" || c.Postgres.TLS == nil && !c.Postgres.InsecureLoopback) {
			t.Fatalf("accepted without what it needs: %+v", c)
		}
	})
}
