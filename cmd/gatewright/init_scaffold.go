package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/runtime/mask"
	"github.com/gatewright/gatewright/schema"
)

// scaffoldFiles are the templates of what init writes, and the catalog that stands for one that is not there.
//
//go:embed scaffold
var scaffoldFiles embed.FS

//go:embed scaffold/example.catalog.json
var exampleCatalog []byte

// manyTables is the number from which on a rule names schemas.
const manyTables = 30

// scaffold is what the templates may ask for.
type scaffold struct {
	Target, Issuer, CatalogFile string
	// Example is set when no catalog was given.
	Example bool
	// Tables are the scopes of the rules: names of tables, or schemas as "public.*".
	Tables []string
	// Table is one that can be read and written, for tests, and Column is one of its columns.
	Table, Column string

	Classes []suggested
	// Free is a statement that reads text that stands in no class.
	Free string

	catalog []byte
	count   int
}

// scaffolded is a file to be written.
type scaffolded struct {
	name string
	text []byte
}

func newScaffold(f *initFlags, text []byte) (*scaffold, error) {
	c, err := parseCatalog(text)
	if err != nil {
		return nil, err
	}
	s := &scaffold{
		Target: f.target, Issuer: f.issuer, CatalogFile: f.target + ".catalog.json", catalog: text,
		Example: f.catalog == "" && !f.live(),
	}
	var tables []*schema.Relation
	for i := range c.Relations {
		if r := &c.Relations[i]; strings.Contains("rpvmf", r.Kind) {
			s.Tables = append(s.Tables, schema.Qualify(r.Schema, r.Name))
			if strings.Contains("rp", r.Kind) && len(r.Columns) > 0 {
				tables = append(tables, r)
			}
		}
	}
	if len(tables) == 0 {
		return nil, fail(errors.New("the catalog has no tables"), "Does the user of --user see any? A policy can also begin without a catalog.")
	}
	slices.SortFunc(tables, func(a, b *schema.Relation) int {
		return strings.Compare(schema.Qualify(a.Schema, a.Name), schema.Qualify(b.Schema, b.Name))
	})
	s.count = len(s.Tables)
	s.scopes(c)
	s.Table, s.Column = statementName(tables[0].Schema, tables[0].Name), statementName(tables[0].Columns[0].Name)
	s.Classes = suggest(tables)
	s.Free = freeText(tables)
	return s, nil
}

// freeText gives a statement that reads text whose name speaks for nothing: a column's, or of no column.
func freeText(tables []*schema.Relation) string {
	for _, r := range tables {
		for _, c := range r.Columns {
			if c.Type == "text" && fitting(c.Name) < 0 {
				return "SELECT t." + statementName(c.Name) + " FROM " + statementName(r.Schema, r.Name) + " t"
			}
		}
	}
	return "SELECT 'some text' AS note"
}

// scopes names schemas where there are too many tables to name.
func (s *scaffold) scopes(c *schema.Catalog) {
	if len(s.Tables) > manyTables {
		s.Tables = nil
		for i := range c.Relations {
			s.Tables = append(s.Tables, schema.Qualify(c.Relations[i].Schema)+".*")
		}
	}
	slices.Sort(s.Tables)
	s.Tables = slices.Compact(s.Tables)
}

// files renders every file, sorted by name.
func (s *scaffold) files() ([]scaffolded, error) {
	functions := template.FuncMap{
		"hcl": hclText, "list": listHCL, "reads": func(s suggested) []string { return s.reads() }, "searches": func(s suggested) []string { return s.searches() },
		"transform": func(s suggested) string { return s.transform() }, "shown": func(s suggested) string { return s.shown() },
		"found": func(s suggested) string { return s.found() },
	}
	out := []scaffolded{{s.CatalogFile, s.catalog}}
	for _, f := range []struct{ name, from string }{
		{".github/workflows/gatewright.yml", "github.tmpl"}, {".gitignore", "gitignore.tmpl"}, {"README.md", "readme.tmpl"},
		{"policy.hcl", "policy.tmpl"}, {"policy_test.hcl", "policy_test.tmpl"}, {"sensitive.hcl", "sensitive.tmpl"},
	} {
		if f.from == "sensitive.tmpl" && len(s.Classes) == 0 {
			continue
		}
		t, err := template.New(f.from).Funcs(functions).Delims("<%", "%>").ParseFS(scaffoldFiles, "scaffold/"+f.from)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		if err := t.Execute(&b, s); err != nil {
			return nil, err
		}
		text := b.Bytes()
		if strings.HasSuffix(f.name, ".hcl") {
			laid, diags := syntax.Format(f.name, text)
			if diags.HasErrors() {
				return nil, unmade(fmt.Errorf("%s: %s", diags[0].Summary, diags[0].Detail))
			}
			text = laid
		}
		out = append(out, scaffolded{f.name, text})
	}
	slices.SortFunc(out, func(a, b scaffolded) int { return strings.Compare(a.name, b.name) })
	return out, nil
}

// write writes the files into a directory, all that are not there. One that is there already stops it before the first.
func (s *scaffold) write(dir string, files []scaffolded) error {
	for _, f := range files {
		if _, err := os.Lstat(filepath.Join(dir, f.name)); !errors.Is(err, os.ErrNotExist) {
			return fail(fmt.Errorf("%s is there already", filepath.Join(dir, f.name)), "Give another directory, or move the file away; init writes over nothing.")
		}
	}
	for _, f := range files {
		if err := f.write(dir); err != nil {
			return err
		}
	}
	return nil
}

func (f *scaffolded) write(dir string) error {
	path := filepath.Join(dir, f.name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fail(err, "")
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fail(err, "Init writes over nothing.")
	}
	_, err = file.Write(f.text)
	if err = errors.Join(err, file.Close()); err != nil {
		return fail(fmt.Errorf("writing %s: %w", path, err), "")
	}
	return nil
}

// told says what there is to look at.
func (s *scaffold) told() string {
	if s.Example {
		return "The tables are an example's. Write your own catalog with 'gatewright catalog pull', and begin from that: gatewright init DIR --target " +
			s.Target + " --catalog FILE"
	}
	text := count(s.count, "table") + " in the catalog."
	if len(s.Classes) == 0 {
		return text + " No column's name looks sensitive; look at them yourself."
	}
	var names []string
	for _, c := range s.Classes {
		names = append(names, c.class)
	}
	return text + " By the names of columns, there are classes for: " + strings.Join(names, ", ") + ". They are suggestions; look at each in sensitive.hcl."
}

// Class gives a suggested class's name, About what it holds, Columns and Detect what the block has, Sample a
// value, and whether a column is Keyed.
func (s suggested) Class() string     { return s.class }
func (s suggested) About() string     { return s.about }
func (s suggested) Columns() []string { return s.columns }
func (s suggested) Detect() string    { return s.detect }
func (s suggested) Sample() string    { return s.sample }
func (s suggested) Keyed() bool       { return s.keyed }

// reads gives a statement for each column of a class, that calls it value, and searches one that its mask refuses.
func (s *suggested) reads() []string {
	return s.statements(func(column, table string) string { return "SELECT t." + column + " AS value FROM " + table + " t" })
}

func (s *suggested) searches() []string {
	return s.statements(func(column, table string) string {
		if s.keyed {
			return "SELECT 1 FROM " + table + " t ORDER BY t." + column
		}
		return "SELECT 1 FROM " + table + " t WHERE t." + column + " = $1"
	})
}

func (s *suggested) statements(make func(column, table string) string) (out []string) {
	for _, name := range s.columns {
		if parts, ok := schema.SplitName(name); ok && len(parts) == 3 {
			out = append(out, make(statementName(parts[2]), statementName(parts[0], parts[1])))
		}
	}
	return out
}

// shown is the sample as the mask shows it, as HCL.
func (s *suggested) shown() string {
	column := mask.NewColumn(nil, schema.Treatment{With: schema.Transforms[s.transform()]}, false, textOID, 0)
	out, null := column.Append(nil, []byte(s.sample))
	return shownHCL(out, null)
}

// found is the sample as it is shown where the detector finds it in other text.
func (s *suggested) found() string {
	d := schema.Detection{Detector: s.detect, With: schema.Transforms[s.transform()]}
	out, null, _ := mask.NewScanner(nil, []schema.Detection{d}).Cell(nil, textOID, 0, []byte(s.sample))
	return shownHCL(out, null)
}

func shownHCL(out []byte, null bool) string {
	if null {
		return "null"
	}
	return hclText(string(out))
}

// listHCL writes a list with an element on each line, or one element on the same.
func listHCL(items []string) string {
	if len(items) == 1 {
		return hclList(items)
	}
	var b strings.Builder
	b.WriteString("[\n")
	for _, item := range items {
		b.WriteString(hclText(item) + ",\n")
	}
	return b.String() + "]"
}

// statementName writes a name as a statement has it: quoted, unless it is plain and no word of SQL.
func statementName(parts ...string) string {
	for i, part := range parts {
		if plainName.MatchString(part) && !strings.Contains(reservedWords, " "+part+" ") {
			continue
		}
		parts[i] = `"` + strings.ReplaceAll(part, `"`, `""`) + `"`
	}
	return strings.Join(parts, ".")
}

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// reservedWords are the key words that no table can be called by without quotes (manual, appendix C).
const reservedWords = " all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast " +
	"char character check coalesce collate collation column concurrently constraint create cross current_catalog current_date " +
	"current_role current_schema current_time current_timestamp current_user dec decimal default deferrable desc distinct do else " +
	"end except exists extract false fetch float for foreign freeze from full grant greatest group grouping having ilike in initially " +
	"inner inout int integer intersect interval into is isnull join lateral leading least left like limit localtime " +
	"localtimestamp national natural nchar none normalize not notnull null nullif numeric offset on only or order out outer " +
	"overlaps overlay placing position precision primary real references returning right row select session_user setof similar " +
	"smallint some substring symmetric system_user table tablesample then time timestamp to trailing treat trim true union unique " +
	"user using values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest " +
	"xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable "
