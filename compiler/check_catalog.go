package compiler

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
)

// maxCatalogBytes is the size of a catalog file.
const maxCatalogBytes = 64 << 20

// catalog reads a target's catalog: the columns of classes are checked against it.
func (c *checker) catalog(t *syntax.Target) {
	name := t.Catalog.Text
	if !fs.ValidPath(name) || path.IsAbs(name) || name == "." || strings.Contains(name, "\\") {
		c.add(t.Catalog.Range, "Bad catalog path", fmt.Sprintf("%q is no path of a file within the policy's directory.", name),
			"Write a path relative to the policy, with slashes and without \"..\".")
		return
	}
	if _, known := c.catalogs[name]; known {
		return
	}
	hint := fmt.Sprintf("Write it with gatewright catalog pull --out %s.", name)
	text, err := c.l.read(name, maxCatalogBytes)
	if err != nil {
		c.add(t.Catalog.Range, "Catalog cannot be read", fmt.Sprintf("%s: %s", name, plainError(err)), hint)
		return
	}
	catalog := &schema.Catalog{}
	if len(text) > maxCatalogBytes {
		c.add(t.Catalog.Range, "Catalog is too large", fmt.Sprintf("%s has more than %d bytes.", name, maxCatalogBytes), hint)
		return
	}
	if err := json.Unmarshal(text, catalog); err != nil {
		c.add(t.Catalog.Range, "Catalog cannot be read", fmt.Sprintf("%s is no catalog: %v.", name, err), hint)
		return
	}
	c.catalogs[name] = catalog
}

// columnExists reports a class's column that a target's catalog does not have: with a slip in its name it would
// silently stay unmasked.
func (c *checker) columnExists(k *syntax.Class, column syntax.String, name string) {
	parts, _ := schema.SplitName(name)
	for _, s := range k.Targets.Items {
		t, ok := c.r.byName[s.Text]
		if !ok {
			continue
		}
		catalog := c.catalogs[t.Catalog.Text]
		if catalog == nil {
			if !t.Catalog.Set() {
				c.warn(column.Range, "Column cannot be checked", fmt.Sprintf("Target %q has no catalog, so a slip in the name would go unseen.", s.Text),
					"Write one with gatewright catalog pull and name it in the target.")
			}
			continue
		}
		relation := catalog.Relation(parts[0], parts[1])
		if relation == nil {
			c.add(column.Range, "Unknown table", fmt.Sprintf("The catalog of %q has no table %s.", s.Text, schema.Qualify(parts[:2]...)),
				hintOr(parts[1], relationNames(catalog, parts[0]), "Check the name, or pull the catalog again."))
			continue
		}
		if names := columnNames(relation); !slices.Contains(names, parts[2]) {
			c.add(column.Range, "Unknown column", fmt.Sprintf("In the catalog of %q, %s has no column %q.", s.Text, schema.Qualify(parts[:2]...), parts[2]),
				hintOr(parts[2], names, "Check the name, or pull the catalog again."))
		}
	}
}

func hintOr(word string, candidates []string, otherwise string) string {
	if hint := syntax.Suggest(word, candidates); hint != "" {
		return hint
	}
	return otherwise
}

func relationNames(catalog *schema.Catalog, schemaName string) []string {
	var names []string
	for i := range catalog.Relations {
		if catalog.Relations[i].Schema == schemaName {
			names = append(names, catalog.Relations[i].Name)
		}
	}
	return names
}

func columnNames(r *schema.Relation) []string {
	var names []string
	for _, column := range r.Columns {
		names = append(names, column.Name)
	}
	return names
}
