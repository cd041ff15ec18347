package schema

import "sync"

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

	once  sync.Once
	index map[string]*Relation
	byOID map[uint32]*Relation
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
	// Rules is set for a table or view with rewrite rules other than a view's own; Triggers for one with user triggers.
	Rules    bool `json:"rules,omitempty"`
	Triggers bool `json:"triggers,omitempty"`
}

// Column is one column of a relation.
type Column struct {
	Name      string `json:"name"`
	Attribute int16  `json:"attribute"`
	// Type is the type's name as format_type gives it, TypeOID its OID.
	Type    string `json:"type"`
	TypeOID uint32 `json:"type_oid,omitempty"`
	NotNull bool   `json:"not_null,omitempty"`
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
	Body       string `json:"body,omitempty"`
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

func (c *Catalog) makeIndex() {
	c.index = make(map[string]*Relation, len(c.Relations))
	c.byOID = make(map[uint32]*Relation, len(c.Relations))
	for i := range c.Relations {
		r := &c.Relations[i]
		c.index[r.Schema+"\x00"+r.Name] = r
		if r.OID != 0 {
			c.byOID[r.OID] = r
		}
	}
}
