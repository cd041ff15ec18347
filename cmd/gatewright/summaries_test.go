package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/gatewright/gatewright/compiler"
)

// ofThisBuild are diagnostics that only a fault of this build could bring about: an earlier stage refuses what they are
// about, or HCL and CEL do not fail there.
var ofThisBuild = []string{
	"Conditions cannot be checked", "Condition cannot be located", "Condition cannot be written back", "Condition is empty",
	"Condition is not valid UTF-8", "Condition's cost cannot be bounded", "File cannot be parsed",
}

// TestEverySummaryIsCatalogued finds what the rooms of the policy language can say in their source, so that no diagnostic
// is without its id and its page even when no fixture brings it about.
func TestEverySummaryIsCatalogued(t *testing.T) {
	known := slices.Clone(ofThisBuild)
	for _, g := range compiler.Catalogue() {
		for _, e := range g.Entries {
			known = append(known, e.Summary)
		}
	}
	said := summariesOf(t, "../../compiler", "../../compiler/syntax", "../../schema/vocab", ".")
	if len(said) < 100 || said["Invalid syntax"] == "" || said["Invalid character"] == "" {
		t.Errorf("only %d summaries were found", len(said))
	}
	for _, summary := range slices.Sorted(maps.Keys(said)) {
		if !slices.Contains(known, summary) {
			t.Errorf("%s: %q has no entry in the catalogue of diagnostics", said[summary], summary)
		}
	}
}

// summaries looks for what becomes the Summary of a diagnostic: a text, or a parameter that its function's callers give.
type summaries struct {
	files *token.FileSet
	funcs []*ast.FuncDecl
	// takes is, by the name of a function that hands on a summary, its number of arguments and which one that is.
	takes map[string][2]int
	// said is where each text stands.
	said map[string]string
}

func summariesOf(t *testing.T, dirs ...string) map[string]string {
	t.Helper()
	s := summaries{files: token.NewFileSet(), takes: map[string][2]int{}, said: map[string]string{}}
	for _, dir := range dirs {
		paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(s.files, path, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range file.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					s.funcs = append(s.funcs, d)
				case *ast.GenDecl:
					s.declared(d)
				}
			}
		}
	}
	for before := -1; before < len(s.takes); {
		before = len(s.takes)
		for _, f := range s.funcs {
			ast.Inspect(f, func(n ast.Node) bool { s.look(f, n); return true })
		}
	}
	return s.said
}

// declared notes what HCL's own summaries may be, which are the keys of the table of their hints, and the name that all
// others get.
func (s *summaries) declared(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			continue
		}
		switch lit, isMap := v.Values[0].(*ast.CompositeLit); {
		case v.Names[0].Name == "hints" && isMap:
			for _, e := range lit.Elts {
				s.follow(nil, e.(*ast.KeyValueExpr).Key)
			}
		case v.Names[0].Name == "unnamed":
			s.follow(nil, v.Values[0])
		}
	}
}

func (s *summaries) look(f *ast.FuncDecl, n ast.Node) {
	switch n := n.(type) {
	case *ast.CompositeLit:
		// What has an ID beside its Summary is an entry of a catalogue.
		if value := valueOf(n, "Summary"); value != nil && valueOf(n, "ID") == nil {
			s.follow(f, value)
		}
	case *ast.AssignStmt:
		for i, to := range n.Lhs {
			if sel, ok := to.(*ast.SelectorExpr); ok && sel.Sel.Name == "Summary" && len(n.Rhs) == len(n.Lhs) {
				s.follow(f, n.Rhs[i])
			}
		}
	case *ast.CallExpr:
		name := ""
		switch fun := n.Fun.(type) {
		case *ast.Ident:
			name = fun.Name
		case *ast.SelectorExpr:
			name = fun.Sel.Name
		}
		if takes, ok := s.takes[name]; ok && takes[0] == len(n.Args) {
			s.follow(f, n.Args[takes[1]])
		}
	}
}

// follow notes a text, or goes to where it comes from.
func (s *summaries) follow(f *ast.FuncDecl, value ast.Expr) {
	switch value := value.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(value.Value)
		// A function of the same name that hands on something else gives no sentence.
		if first, _ := utf8.DecodeRuneInString(text); err == nil && unicode.IsUpper(first) {
			s.said[text] = s.files.Position(value.Pos()).String()
		}
	case *ast.Ident:
		if all, i := parameter(f, value.Name); i >= 0 {
			s.takes[f.Name.Name] = [2]int{all, i}
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if a, ok := n.(*ast.AssignStmt); ok && len(a.Lhs) == len(a.Rhs) {
				for i, to := range a.Lhs {
					if id, ok := to.(*ast.Ident); ok && id.Name == value.Name && a.Rhs[i] != ast.Expr(value) {
						s.follow(f, a.Rhs[i])
					}
				}
			}
			return true
		})
	}
}

// parameter gives the number of a function's parameters, and which one has a name; -1 when none has.
func parameter(f *ast.FuncDecl, name string) (all, at int) {
	at = -1
	for _, field := range f.Type.Params.List {
		for _, n := range field.Names {
			if n.Name == name {
				at = all
			}
			all++
		}
	}
	return all, at
}

func valueOf(lit *ast.CompositeLit, name string) ast.Expr {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok && key.Name == name {
				return kv.Value
			}
		}
	}
	return nil
}
