package schema_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/gatewright/gatewright/"

// walls is the house plan: each room, and the rooms it may import. A room without a row fails the test. Tests may
// also import what testWalls lists.
var walls = map[string][]string{
	"schema":           {},
	"schema/vocab":     {"schema"},
	"schema/bundle":    {"schema"},
	"compiler/syntax":  {"schema"},
	"compiler":         {"compiler/syntax", "schema", "schema/vocab"},
	"compiler/suite":   {"schema"},
	"compiler/plan":    {"schema", "schema/vocab"},
	"runtime/engine":   {"schema", "schema/vocab"},
	"runtime/sqlfacts": {"schema"},
	"runtime/mask":     {"schema"},
	"runtime/identity": {"schema", "schema/vocab"},
	"runtime/approval": {"schema"},
	"runtime/audit":    {"schema"},
	"runtime/store":    {"schema"},
	"runtime/gate":     {"runtime/engine", "runtime/audit", "runtime/identity", "runtime/approval", "schema"},
	// poller carries many connections on few threads; what passes over them is not its business.
	"runtime/poller":   {},
	"runtime/postgres": {"runtime/gate", "runtime/sqlfacts", "runtime/mask", "runtime/poller", "schema"},
	"runtime/config":   {"schema"},
	// devissuer is the identity provider of the demo and the tests: loopback only, no part of the data path.
	"runtime/devissuer": {"schema"},
	// pgserver starts throwaway PostgreSQL servers for the demo and the tests.
	"runtime/pgserver": {},
	"runtime/gateway": {
		"runtime/approval", "runtime/audit", "runtime/config", "runtime/engine", "runtime/gate", "runtime/identity",
		"runtime/mask", "runtime/postgres", "runtime/sqlfacts", "runtime/store", "schema", "schema/bundle", "schema/vocab",
	},
	"cmd/gatewright": {everyRoom},
	// benchmark measures the built program from outside, as a process among others; no part of the product.
	"cmd/benchmark": {"runtime/pgserver", "runtime/devissuer", "schema"},
}

// testWalls are the rooms that any test may use.
var testWalls = []string{"runtime/pgserver", "runtime/devissuer"}

// testRows are rooms that one room's tests may use beside its own row: the data path is tested with the gate's real
// log and desk, which the data path itself never sees; and a desk, wherever it is tested, with the real store, since
// what must happen once rests on the store's transactions, which a map in memory would only imitate.
var testRows = map[string][]string{
	"runtime/approval": {"runtime/store"},
	"runtime/gate":     {"runtime/store"},
	"runtime/postgres": {"runtime/audit", "runtime/approval", "runtime/store"},
}

const everyRoom = "*"

// guests is the second half of the plan: each foreign module that is worth a wall, and the rooms that may host it.
var guests = map[string][]string{
	"github.com/google/cel-go":            {"schema/vocab"},
	"github.com/hashicorp/hcl/v2":         {"compiler/syntax", "runtime/config"},
	"github.com/zclconf/go-cty":           {"compiler/syntax", "runtime/config"},
	"github.com/pganalyze/pg_query_go/v6": {"runtime/sqlfacts"},
	"google.golang.org/protobuf":          {"runtime/sqlfacts"},
	"github.com/coreos/go-oidc/v3":        {"runtime/identity"},
	"github.com/go-jose/go-jose/v4":       {"runtime/identity", "runtime/devissuer"},
	"github.com/jackc/pgproto3/v2":        {"runtime/postgres"},
	"github.com/xdg-go/scram":             {"runtime/postgres"},
	"github.com/jackc/pgx/v5":             {"runtime/store", "cmd/benchmark"},
	"modernc.org/sqlite":                  {"runtime/store"},
	"github.com/pressly/goose/v3":         {"runtime/store"},
	"github.com/fsnotify/fsnotify":        {"runtime/gateway"},
	"github.com/prometheus/client_golang": {"runtime/gateway"},
	"github.com/spf13/cobra":              {"cmd/gatewright"},
	"golang.org/x/sync":                   {"runtime/gateway", "runtime/postgres", "cmd/gatewright", "cmd/benchmark"},
}

// testGuests are foreign modules for tests only; drivers that tests connect with are among them.
var testGuests = []string{
	"github.com/google/go-cmp", "github.com/rogpeppe/go-internal", "go.uber.org/goleak", "pgregory.net/rapid",
	"github.com/jackc/pgx/v5", "github.com/go-jose/go-jose/v4", "github.com/jackc/pgproto3/v2",
	"github.com/prometheus/client_golang", "go.yaml.in/yaml/v3",
}

func TestHousePlan(t *testing.T) {
	root := ".."
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(file, root+string(filepath.Separator)))
		if d.IsDir() {
			if name := d.Name(); name == "testdata" || file != root && strings.HasPrefix(name, ".") {
				return filepath.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(rel, ".go") {
			checkFile(t, file, rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkFile(t *testing.T, file, rel string) {
	room := path.Dir(rel)
	allowed, ok := walls[room]
	if !ok {
		t.Errorf("%s: room %q has no row in the house plan", rel, room)
		return
	}
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, src, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	isTest := strings.HasSuffix(rel, "_test.go")
	for _, imp := range parsed.Imports {
		target := strings.Trim(imp.Path.Value, `"`)
		if inner, ok := strings.CutPrefix(target, module); ok {
			checkWall(t, rel, room, inner, allowed, isTest)
			continue
		}
		checkGuest(t, rel, room, target, isTest)
	}
}

func checkWall(t *testing.T, rel, room, inner string, allowed []string, isTest bool) {
	switch {
	case inner == room, slices.Contains(allowed, inner), slices.Contains(allowed, everyRoom):
	case isTest && (slices.Contains(testWalls, inner) || slices.Contains(testRows[room], inner)):
	default:
		t.Errorf("%s: %s may not import %s", rel, room, inner)
	}
}

func checkGuest(t *testing.T, rel, room, target string, isTest bool) {
	if first, _, _ := strings.Cut(target, "/"); !strings.Contains(first, ".") {
		return // the standard library
	}
	under := func(module string) bool { return target == module || strings.HasPrefix(target, module+"/") }
	if isTest && slices.ContainsFunc(testGuests, under) {
		return
	}
	for guest, hosts := range guests {
		if under(guest) {
			if !slices.Contains(hosts, room) {
				t.Errorf("%s: %s may not host %s", rel, room, guest)
			}
			return
		}
	}
	t.Errorf("%s: %s is not among the guests of the house plan", rel, target)
}
