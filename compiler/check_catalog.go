package compiler

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
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
	if c.catalogVersion(t, catalog, hint) {
		c.catalogs[name] = catalog
	}
}

// The versions of PostgreSQL whose catalogs are understood: the query that reads them works from the first on, and
// statements are read as the last does.
const (
	oldestServer = 13
	newestServer = 17
)

// catalogVersion checks the server that a catalog was taken from.
func (c *checker) catalogVersion(t *syntax.Target, catalog *schema.Catalog, hint string) bool {
	name, major := t.Catalog.Text, catalog.ServerVersion/10_000
	switch {
	case catalog.ServerVersion <= 0:
		c.add(t.Catalog.Range, "Catalog cannot be read", fmt.Sprintf("%s is no catalog: it names no server_version.", name), hint)
		return false
	case major < oldestServer:
		c.add(t.Catalog.Range, "Catalog of an unsupported server", fmt.Sprintf("%s was taken from PostgreSQL %d; versions from %d on are supported.", name, major, oldestServer),
			"Upgrade the database and write the catalog again with gatewright catalog pull.")
		return false
	case major > newestServer:
		c.warn(t.Catalog.Range, "Catalog of a newer server", fmt.Sprintf("%s was taken from PostgreSQL %d; statements are read as PostgreSQL %d reads them, and what is new since is opaque.", name, major, newestServer),
			"Nothing needs to be done as long as clients write no newer syntax; look for a newer build of Gatewright.")
	}
	return true
}

// columnExists reports a class's column that a target's catalog does not have: with a slip in its name it would
// silently stay unmasked.
func (c *checker) columnExists(k *syntax.Class, column syntax.String, name string) {
	for _, s := range k.Targets.Items {
		if v := c.inventoryOf([]string{s.Text}); v != nil {
			c.columnOf(v, column.Range, name)
		}
	}
}
