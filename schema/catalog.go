package schema

import (
	"strings"
	"sync"
)

// Catalog is what a PostgreSQL database says of its own structure (manual chapter 53). It is immutable once made.
// Relations, functions and operators that every server has are not in it: the classifier knows those.
type Catalog struct {
	ServerVersion int        `json:"server_version"`
	SearchPath    []string   `json:"search_path"`
	Relations     []Relation `json:"relations"`
	Functions     []Function `json:"functions,omitempty"`
	Types         []Type     `json:"types,omitempty"`
	// Operators are the names of operators outside pg_catalog.
	Operators []string `json:"operators,omitempty"`
	// OperatorBodies are those among Operators that a function not written in C stands behind: one may read any table.
	OperatorBodies []string `json:"operator_bodies,omitempty"`
	// Casts are the canonical names of the target types of casts that a function outside pg_catalog makes.
	Casts []string `json:"casts,omitempty"`
	// CastsInC are those among Casts whose functions are all written in C, as an extension's are.
	CastsInC []string `json:"casts_in_c,omitempty"`
	// System are the relations of pg_catalog and information_schema, one a line: canonical name, OID and the columns
	// by attribute number, parted by single spaces. Empty when the classifier's own list is good enough.
	System []string `json:"system,omitempty"`
	// Epoch names this state of a live database's structure: the same for the same, wherever it is read. Empty for a snapshot.
	Epoch string `json:"-"`

	once      sync.Once
	ownCode   []string
	index     map[string]*Relation
	byOID     map[uint32]*Relation
	children  map[string][]*Relation
	functions map[string][]*Function
	types     map[string][]*Type
	operators map[string]bool
	system    map[string]string
}

// Relation is a table, view, materialized view, partitioned or foreign table, or composite type.
type Relation struct {
	OID    uint32 `json:"oid,omitempty"`
	Schema string `json:"schema"`
	Name   string `json:"name"`
	// Kind is pg_class.relkind: r p v m f c S.
	Kind    string   `json:"kind"`
	Columns []Column `json:"columns"`
	// Definition is the query of a view or materialized view, every name in it qualified.
	Definition string `json:"definition,omitempty"`
	// Parents are the canonical names of what it inherits from or is a partition of.
	Parents []string `json:"parents,omitempty"`
	// Keys are the column sets under a unique, primary, exclusion or foreign-key constraint or a unique index.
	Keys [][]string `json:"keys,omitempty"`
	// References are the foreign keys of the relation and those that point at it, a pair of columns each.
	References []Reference `json:"references,omitempty"`
	// Checks are the column sets of constraints that compare several columns of one row with each other.
	Checks [][]string `json:"checks,omitempty"`
	// Rules is set for a table or view with rewrite rules other than a view's own; Triggers for one with user triggers.
	Rules    bool `json:"rules,omitempty"`
	Triggers bool `json:"triggers,omitempty"`
}

// Reference ties a column of a relation by a foreign key to a column of another, whichever of them references.
type Reference struct {
	Column string `json:"column"`
	Schema string `json:"schema"`
	Table  string `json:"table"`
	Other  string `json:"other"`
}

// Column is one column of a relation.
type Column struct {
	Name      string `json:"name"`
	Attribute int16  `json:"attribute"`
	// Type is the type's name as format_type gives it, TypeOID its OID.
	Type    string `json:"type"`
	TypeOID uint32 `json:"type_oid,omitempty"`
	NotNull bool   `json:"not_null,omitempty"`
	// Collation is the name of the column's collation when it is neither the default nor "C".
	Collation string `json:"collation,omitempty"`
	// Default and Generated are the expressions, empty when there are none.
	Default   string `json:"default,omitempty"`
	Generated string `json:"generated,omitempty"`
}

// Function is a function, procedure or aggregate outside pg_catalog.
type Function struct {
	Schema     string `json:"schema"`
	Name       string `json:"name"`
	Arguments  string `json:"arguments"`
	Language   string `json:"language"`
	Volatility string `json:"volatility"`
	// Kind is pg_proc.prokind: f p a w.
	Kind       string `json:"kind"`
	ReturnsSet bool   `json:"returns_set,omitempty"`
	// Body is, for a function in SQL, the statement that creates it, its types and the names in BEGIN ATOMIC qualified.
	Body string `json:"body,omitempty"`
}

// Type is a type outside pg_catalog.
type Type struct {
	OID    uint32 `json:"oid,omitempty"`
	Schema string `json:"schema"`
	Name   string `json:"name"`
	// Kind is pg_type.typtype: b c d e m p r.
	Kind string `json:"kind"`
	// Base is, for a domain, its base type's name.
	Base string `json:"base,omitempty"`
}

// OwnCode gives the names of the functions of the database's own that are more than C: what runs them unasked, as a
// default, a domain or a trigger behind a foreign key does, may do anything that a statement may.
func (c *Catalog) OwnCode() []string {
	c.once.Do(c.makeIndex)
	return c.ownCode
}

// Relation finds a relation by schema and name; nil when there is none.
func (c *Catalog) Relation(schemaName, name string) *Relation {
	c.once.Do(c.makeIndex)
	return c.index[schemaName+"\x00"+name]
}

// RelationByOID finds a relation by its OID; nil when there is none.
func (c *Catalog) RelationByOID(oid uint32) *Relation {
	c.once.Do(c.makeIndex)
	return c.byOID[oid]
}

// Family gives a relation and all that it is tied to by inheritance or partitioning, up and down.
func (c *Catalog) Family(r *Relation) []*Relation {
	c.once.Do(c.makeIndex)
	family := []*Relation{r}
	seen := map[*Relation]bool{r: true}
	for i := 0; i < len(family); i++ {
		near := c.children[Qualify(family[i].Schema, family[i].Name)]
		for _, name := range family[i].Parents {
			if parts, ok := SplitName(name); ok && len(parts) == 2 && c.index[parts[0]+"\x00"+parts[1]] != nil {
				near = append(near[:len(near):len(near)], c.index[parts[0]+"\x00"+parts[1]])
			}
		}
		for _, n := range near {
			if !seen[n] {
				seen[n] = true
				family = append(family, n)
			}
		}
	}
	return family
}

// FunctionsNamed gives the functions of a name in every schema outside pg_catalog.
func (c *Catalog) FunctionsNamed(name string) []*Function {
	c.once.Do(c.makeIndex)
	return c.functions[name]
}

// TypesNamed gives the types of a name in every schema outside pg_catalog.
func (c *Catalog) TypesNamed(name string) []*Type {
	c.once.Do(c.makeIndex)
	return c.types[name]
}

// Operator reports whether an operator of this name stands outside pg_catalog, and whether one does whose function
// is not written in C.
func (c *Catalog) Operator(name string) (exists, body bool) {
	c.once.Do(c.makeIndex)
	body, exists = c.operators[name]
	return exists, body
}

// SystemColumns gives the line of System for a relation by its canonical name, without the name.
func (c *Catalog) SystemColumns(name string) (string, bool) {
	c.once.Do(c.makeIndex)
	line, ok := c.system[name]
	return line, ok
}

func (c *Catalog) makeIndex() {
	c.index = make(map[string]*Relation, len(c.Relations))
	c.byOID = make(map[uint32]*Relation, len(c.Relations))
	c.children = make(map[string][]*Relation)
	for i := range c.Relations {
		r := &c.Relations[i]
		c.index[r.Schema+"\x00"+r.Name] = r
		if r.OID != 0 {
			c.byOID[r.OID] = r
		}
		for _, parent := range r.Parents {
			// The server quotes keywords, and Qualify does not.
			if parts, ok := SplitName(parent); ok {
				parent = Qualify(parts...)
			}
			c.children[parent] = append(c.children[parent], r)
		}
	}
	c.functions = make(map[string][]*Function, len(c.Functions))
	for i := range c.Functions {
		c.functions[c.Functions[i].Name] = append(c.functions[c.Functions[i].Name], &c.Functions[i])
		if language := c.Functions[i].Language; language != "c" && language != "internal" {
			c.ownCode = append(c.ownCode, c.Functions[i].Name)
		}
	}
	c.types = make(map[string][]*Type, len(c.Types))
	for i := range c.Types {
		c.types[c.Types[i].Name] = append(c.types[c.Types[i].Name], &c.Types[i])
	}
	c.operators = make(map[string]bool, len(c.Operators))
	for _, name := range c.Operators {
		c.operators[name] = false
	}
	for _, name := range c.OperatorBodies {
		c.operators[name] = true
	}
	c.system = make(map[string]string, len(c.System))
	for _, line := range c.System {
		name, columns, _ := strings.Cut(line, " ")
		c.system[name] = columns
	}
}
