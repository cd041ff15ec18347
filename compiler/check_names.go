package compiler

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

func quote(s string) string { return strconv.Quote(s) }

// inventoryOf gives what the catalogs of the targets hold together; nil when one of them has no catalog that could be
// read, because then a name that is not in the others may be in it.
func (c *checker) inventoryOf(targets []string) *inventory {
	v := &inventory{targets: targets}
	for _, name := range targets {
		t := c.r.byName[name]
		if t == nil {
			return nil
		}
		catalog := c.catalogs[t.Catalog.Text]
		if catalog == nil {
			if !t.Catalog.Set() {
				c.uncatalogued[name] = true
			}
			return nil
		}
		if !slices.Contains(v.catalogs, catalog) {
			v.catalogs = append(v.catalogs, catalog)
		}
	}
	if len(v.catalogs) == 0 {
		return nil
	}
	return v
}

// warnUncatalogued tells once of each target whose names could not be checked.
func (c *checker) warnUncatalogued() {
	for i := range c.l.tree.Targets {
		t := &c.l.tree.Targets[i]
		if c.uncatalogued[t.Name.Text] {
			delete(c.uncatalogued, t.Name.Text)
			c.warn(t.Range, "Names cannot be checked", fmt.Sprintf("Target %q has no catalog, so that a slip in the name of a table, column or function would go unseen.", t.Name.Text),
				fmt.Sprintf("Run gatewright catalog pull --out %s.catalog.json and add catalog = %q to the target.", t.Name.Text, t.Name.Text+".catalog.json"))
		}
	}
}

// objects checks what a rule's scope names. A rule about create may name what is not there yet.
func (c *checker) objects(s *syntax.Scope, targets []string) {
	if len(s.Tables.Items)+len(s.Functions.Items) == 0 || creates(s) {
		return
	}
	names := func(l syntax.List, what string) {
		for _, item := range l.Items {
			name, ok := pattern(item.Text)
			if !ok || name == "*" {
				continue
			}
			v := c.inventoryOf(targets)
			if v == nil {
				return
			}
			if prefix, ok := strings.CutSuffix(name, ".*"); ok {
				c.schemaExists(v, item.Range, prefix)
				continue
			}
			c.objectExists(v, item.Range, name, what)
		}
	}
	names(s.Tables, "table")
	names(s.Functions, "function")
}

func creates(s *syntax.Scope) bool {
	return s != nil && slices.ContainsFunc(s.Verbs.Items, func(v syntax.String) bool { return v.Text == schema.VerbCreate })
}

func (c *checker) schemaExists(v *inventory, rng schema.Range, name string) {
	parts, _ := schema.SplitName(name)
	if !systemSchema(parts[0]) && !v.schema(parts[0]) {
		c.warn(rng, "Unknown schema", fmt.Sprintf("In %s there is nothing in a schema %s.", v.of(), name),
			cmp.Or(c.suggest(func() string { return syntax.Suggest(name, v.schemas()) }), pullAgain))
	}
}

// of names the catalogs in a sentence.
func (v *inventory) of() string {
	if len(v.targets) == 1 {
		return fmt.Sprintf("the catalog of %q", v.targets[0])
	}
	return "the catalogs of the rule's targets"
}

// objectExists checks a canonical name of two parts; what says of which kind it must be, "" for any.
func (c *checker) objectExists(v *inventory, rng schema.Range, name, what string) {
	parts, _ := schema.SplitName(name)
	if systemSchema(parts[0]) || what != "function" && v.relation(parts[0], parts[1]) || what != "table" && v.function(parts[0], parts[1]) {
		return
	}
	candidates := func() []string {
		switch what {
		case "table":
			return v.relations()
		case "function":
			return v.functions()
		}
		return append(v.relations(), v.functions()...)
	}
	summary, thing := "Unknown table", "table "
	switch what {
	case "function":
		summary, thing = "Unknown function", "function "
	case "":
		thing = "table or function "
	}
	c.add(rng, summary, fmt.Sprintf("In %s there is no %s%s.", v.of(), thing, name),
		cmp.Or(c.suggest(func() string { return v.hint(name, candidates()) }), pullAgain))
}

// constants checks the texts that a condition holds facts against: one that no fact can ever equal is a slip.
func (c *checker) constants(cond *vocab.Condition, targets []string, creates bool) {
	if cond == nil {
		return
	}
	for _, k := range cond.Constants() {
		if words := c.words(k.Fact); words != nil {
			c.fact(k, words)
			continue
		}
		switch parts := nameParts[k.Fact]; {
		case k.Fact == "access.columns":
			if v := c.inventoryOf(targets); v != nil && !creates && !v.column("", "", k.Text) {
				c.add(k.Range, "Unknown column", fmt.Sprintf("In %s no table has a column %q.", v.of(), k.Text), pullAgain)
			}
		case parts > 0 && c.canonicalConstant(k, parts) && !creates:
			c.constantExists(k, targets)
		}
	}
}

// nameParts are the facts that are canonical names, with the number of their parts.
var nameParts = map[string]int{"access.object": 2, "sql.tables": 2, "sql.functions": 2, "sql.columns": 3}

// words are the values of facts of which there are few; nil for other facts.
func (c *checker) words(fact string) []string {
	switch fact {
	case "access.verb":
		return schema.PostgresVerbs
	case "principal.kind":
		return schema.Kinds
	case "principal.issuer":
		if !c.l.broken {
			return c.issuers()
		}
	case "target.name":
		if !c.l.broken {
			return c.targetNames()
		}
	}
	return nil
}

// fact reports a text that is none of the values that a fact can have.
func (c *checker) fact(k vocab.Constant, words []string) {
	if slices.Contains(words, k.Text) {
		return
	}
	c.add(k.Range, "Value never occurs", fmt.Sprintf("%s is never %q.", k.Fact, k.Text), c.orList(k.Text, words))
}

// orList suggests a word, or lists the words unless they are many.
func (c *checker) orList(word string, words []string) string {
	if hint := c.suggest(func() string { return syntax.Suggest(word, words) }); hint != "" {
		return hint
	}
	if len(words) > 20 {
		return "Compare it with a name that the policy has."
	}
	return "It is one of " + strings.Join(words, ", ") + "."
}

func (c *checker) targetNames() []string {
	var names []string
	for i := range c.l.tree.Targets {
		names = append(names, c.l.tree.Targets[i].Name.Text)
	}
	return sortedSet(names)
}

// canonicalConstant reports a name that is not written as facts have it, and so would equal none. The object of an
// access may also be a setting, and is empty where there is none.
func (c *checker) canonicalConstant(k vocab.Constant, parts int) bool {
	split, ok := schema.SplitName(k.Text)
	if k.Fact == "access.object" && (k.Text == "" || ok && len(split) == 1) {
		return false
	}
	switch {
	case !ok || len(split) != parts:
		form := "schema.table"
		if parts == 3 {
			form = "schema.table.column"
		} else if k.Fact == "sql.functions" {
			form = "schema.function"
		}
		c.add(k.Range, "Value never occurs", fmt.Sprintf("%s holds names as %s, and %q is none.", k.Fact, form, k.Text), "Write the schema too, without blanks.")
		return false
	case schema.Qualify(split...) != k.Text:
		c.add(k.Range, "Value never occurs", fmt.Sprintf("%s holds names in their canonical form, and %q is another form.", k.Fact, k.Text),
			fmt.Sprintf("Write '%s'.", schema.Qualify(split...)))
		return false
	}
	return true
}

func (c *checker) constantExists(k vocab.Constant, targets []string) {
	v := c.inventoryOf(targets)
	if v == nil {
		return
	}
	switch k.Fact {
	case "sql.columns":
		c.columnOf(v, k.Range, k.Text)
	case "sql.tables":
		c.objectExists(v, k.Range, k.Text, "table")
	case "sql.functions":
		c.objectExists(v, k.Range, k.Text, "function")
	default:
		c.objectExists(v, k.Range, k.Text, "")
	}
}

// columnOf checks a canonical name of a column.
func (c *checker) columnOf(v *inventory, rng schema.Range, name string) {
	parts, _ := schema.SplitName(name)
	relation := schema.Qualify(parts[:2]...)
	switch {
	case systemSchema(parts[0]):
	case !v.relation(parts[0], parts[1]):
		c.objectExists(v, rng, relation, "table")
	case !v.column(parts[0], parts[1], parts[2]):
		c.add(rng, "Unknown column", fmt.Sprintf("In %s, %s has no column %q.", v.of(), relation, parts[2]),
			cmp.Or(c.suggest(func() string { return syntax.Suggest(parts[2], v.columns(parts[0], parts[1])) }), pullAgain))
	}
}
