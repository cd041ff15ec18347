package compiler

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/schema"
)

func checkPredicates(l *linter) {
	for i := range l.masks {
		if m := &l.masks[i]; m.Predicates == schema.PredicatesAllow {
			l.find(m.Address, m.src.Predicates.Range, "", fmt.Sprintf("Whoever is under %s can find the values by asking.", m.Address),
				"Write predicates = \"deny\", or \"equality\" for look-ups by the whole value.")
		}
	}
}

func checkMaskGroups(l *linter) {
	for i := range l.masks {
		if m := &l.masks[i]; len(m.Groups) > 0 {
			l.find(m.Address, m.src.Groups.Range, "", fmt.Sprintf("Callers outside of %s see the values.", strings.Join(m.Groups, ", ")),
				"Leave groups out, and name in unless who may see the values.")
		}
	}
}

// leaves is the number of characters that a transform shows. A column of up to three times that is short for it.
var leaves = map[schema.Transform]int{schema.TransformLast4: 4, schema.TransformFirst1: 1}

var declaredLength = regexp.MustCompile(`^(?:character varying|character|bpchar)\(([0-9]+)\)$`)

func checkShort(l *linter) {
	l.maskedColumns(func(m *lintedMask, name string, column *schema.Column) {
		match := declaredLength.FindStringSubmatch(column.Type)
		if match == nil || leaves[m.With] == 0 {
			return
		}
		if n, err := strconv.Atoi(match[1]); err == nil && n <= 3*leaves[m.With] {
			l.find(m.Address, m.src.With.Range, name, fmt.Sprintf("%s holds at most %d characters, and %s leaves %d.", name, n, m.With, leaves[m.With]),
				"Use with = \"redact\", in a mask of its own if the class has longer columns.")
		}
	})
}

// textTypes are those that have masked text (pg_type.dat), domains aside.
var textTypes = []string{"text", "character varying", "character", "bpchar", "name", "\"char\"", "xml", "json", "jsonb"}

func checkNoText(l *linter) {
	l.maskedColumns(func(m *lintedMask, name string, column *schema.Column) {
		known := builtIn(column.Type) || slices.Contains(textTypes, baseType(column.Type))
		if m.With != schema.TransformNull && known && !hasForm(m.Treatment(), column.Type) {
			l.find(m.Address, m.src.With.Range, name, fmt.Sprintf("%s is of type %s, so %s gives NULL.", name, column.Type, m.With),
				"Use with = \"null\", in a mask of its own if the class has other columns.")
		}
	})
}

// Types that transforms have a form for beside text (pg_type.dat).
var (
	wholeTypes  = []string{"smallint", "integer", "bigint"}
	numberTypes = []string{"smallint", "integer", "bigint", "numeric", "real", "double precision"}
)

// hasForm reports whether a treatment makes anything but NULL of a type. A constant is taken to be one of the type.
func hasForm(t schema.Treatment, name string) bool {
	base := baseType(name)
	isTime := base == "date" || strings.HasPrefix(base, "timestamp")
	switch t.With {
	case schema.TransformBucket:
		w, err := schema.ParseWidth(t.Argument)
		if err != nil || w.Span != schema.SpanNone {
			return err != nil || isTime
		}
		return slices.Contains(numberTypes, base) && (w.Decimals == 0 || !slices.Contains(wholeTypes, base))
	case schema.TransformHash:
		return slices.Contains(textTypes, base) || base == "bigint" || base == "uuid"
	case schema.TransformTokenize:
		return slices.Contains(textTypes, base) || base == "integer" || base == "bigint" || base == "uuid"
	case schema.TransformFixed:
		return slices.Contains(textTypes, base) || slices.Contains(numberTypes, base) || isTime || base == "uuid" || base == "boolean"
	default:
		return slices.Contains(textTypes, base)
	}
}

// baseType gives the name of a type without what stands in brackets; an array keeps those that make it one.
func baseType(name string) string {
	before, rest, ok := strings.Cut(name, "(")
	if !ok {
		return name
	}
	_, after, _ := strings.Cut(rest, ")")
	return before + after
}

func checkBucketOfOne(l *linter) {
	l.maskedColumns(func(m *lintedMask, name string, column *schema.Column) {
		w, err := schema.ParseWidth(m.Argument)
		if m.With != schema.TransformBucket || err != nil {
			return
		}
		days := w.Span == schema.SpanDay && column.Type == "date"
		ones := w == schema.Width{Number: 1} && slices.Contains(wholeTypes, column.Type)
		if days || ones {
			l.find(m.Address, m.src.Width.Range, name, fmt.Sprintf("A bucket of %s holds one %s of %s.", m.Argument, column.Type, name), "Use a wider bucket.")
		}
	})
}

// fewLength is the length up to which texts are taken to be codes, as of countries and states.
const fewLength = 4

func checkFewValues(l *linter) {
	l.maskedColumns(func(m *lintedMask, name string, column *schema.Column) {
		if m.With.Takes() != schema.TakesKey {
			return
		}
		few := column.Type == "\"char\""
		if match := declaredLength.FindStringSubmatch(column.Type); match != nil {
			n, err := strconv.Atoi(match[1])
			few = err == nil && n <= fewLength
		}
		if few {
			l.find(m.Address, m.src.With.Range, name, fmt.Sprintf("%s is of type %s, so that few values come often, and how often tells which is which.", name, column.Type),
				"Use with = \"redact\", in a mask of its own if the class has other columns.")
		}
	})
}

// builtIn reports a type whose name says that it is no text: those of extensions and domains are not known by name.
func builtIn(name string) bool {
	base, _, _ := strings.Cut(strings.TrimSuffix(name, "[]"), "(")
	switch base {
	case "smallint", "integer", "bigint", "numeric", "real", "double precision", "boolean", "date", "uuid", "bytea", "inet", "cidr", "interval", "money":
		return true
	}
	return strings.HasPrefix(base, "timestamp") || strings.HasPrefix(base, "time") || strings.HasSuffix(name, "[]")
}

// maskedColumns goes through the columns of each mask's classes that a catalog knows.
func (l *linter) maskedColumns(f func(m *lintedMask, name string, column *schema.Column)) {
	for i := range l.masks {
		m := &l.masks[i]
		for j := range l.classes {
			if k := &l.classes[j]; slices.Contains(m.Classes, k.Name) {
				l.classColumns(k, func(name string, column *schema.Column) { f(m, name, column) })
			}
		}
	}
}

func (l *linter) classColumns(k *lintedClass, f func(name string, column *schema.Column)) {
	for _, name := range k.Columns {
		for _, target := range k.Targets {
			if column := l.column(target, name); column != nil {
				f(name, column)
				break
			}
		}
	}
}

// column finds a column in a target's catalog; nil when there is none.
func (l *linter) column(target, name string) *schema.Column {
	t := l.r.byName[target]
	parts, _ := schema.SplitName(name)
	if t == nil || len(parts) != 3 || l.c.catalogs[t.Catalog.Text] == nil {
		return nil
	}
	relation := l.c.catalogs[t.Catalog.Text].Relation(parts[0], parts[1])
	if relation == nil {
		return nil
	}
	for i := range relation.Columns {
		if relation.Columns[i].Name == parts[2] {
			return &relation.Columns[i]
		}
	}
	return nil
}

func checkDetectOnly(l *linter) {
	for i := range l.classes {
		if k := &l.classes[i]; len(k.Columns) == 0 {
			l.find(k.address, k.Range, "", fmt.Sprintf("Class %q has detectors alone.", k.Name),
				"Add columns = [\"schema.table.column\"].")
		}
	}
}

func checkNoCatalog(l *linter) {
	for _, target := range l.targets {
		if t := target.src; !t.Catalog.Set() {
			l.find(target.address, t.Range, "", fmt.Sprintf("Nothing can be checked against target %q.", t.Name.Text),
				fmt.Sprintf("Run gatewright catalog pull --out %s.catalog.json and add catalog = %q.", t.Name.Text, t.Name.Text+".catalog.json"))
		}
	}
}

func checkOwner(l *linter) {
	if p := l.policies[0]; p.src.Owner.Text == "" {
		l.find(p.address, p.src.Range, "", "Who is refused is told to ask nobody.", "Add owner = \"team@example.com\".")
	}
}
