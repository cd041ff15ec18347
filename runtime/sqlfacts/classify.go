package sqlfacts

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
	"github.com/pganalyze/pg_query_go/v6/parser"
)

// maxNormalized is the longest text that gets a fingerprint and a normalized form, in bytes; both cost the parser more
// than the text's length.
const maxNormalized = 64 << 10

// Classify gives the statements of a text in order. It is total: what it cannot analyse is one opaque statement. An
// empty text has no statements. A later statement of the text is judged in the session that the earlier ones leave
// behind, as far as that is known.
func Classify(text string, s *Session) []Statement { return classify(text, s, newBudget()) }

func classify(text string, s *Session, b *budget) []Statement {
	if reason := tooMuch(text); reason != "" {
		return []Statement{opaque(text, reason)}
	}
	tree, err := parse(text)
	if err != nil {
		return []Statement{refused(text, err)}
	}
	v := newView(s, b)
	out := make([]Statement, 0, len(tree.GetStmts()))
	for _, raw := range tree.GetStmts() {
		st := v.classify(raw.GetStmt(), cut(text, raw))
		if !st.Opaque() {
			st.Literals = literals{text}.count(raw.GetStmt())
		}
		out = append(out, st)
		v.after(&out[len(out)-1])
	}
	return out
}

// parse runs PostgreSQL's parser. The text must have passed tooMuch.
func parse(text string) (*pg.ParseResult, error) { return pg.Parse(text) }

// cut gives a statement's own text.
func cut(text string, raw *pg.RawStmt) string {
	start := min(max(int(raw.GetStmtLocation()), 0), len(text))
	end := len(text)
	if n := int(raw.GetStmtLen()); n > 0 {
		end = min(start+n, len(text))
	}
	return strings.TrimSpace(text[start:end])
}

// Unread gives the statement that stands for a text that Classify is not asked about, for a reason.
func Unread(text, reason string) []Statement { return []Statement{opaque(text, reason)} }

func opaque(text, reason string) Statement {
	return Statement{
		Text:     text,
		Accesses: []schema.Access{{Verb: schema.VerbOpaque}},
		Uses:     []schema.Use{{Place: schema.PlaceEffect, Columns: []string{schema.Everything}}},
		SQL:      &schema.SQL{Statement: "opaque", Limit: -1, Length: int64(len(text)), OpaqueReason: reason},
		Effect:   Effect{DDL: true, MayChangeSession: true},
	}
}

// refused is a text that the parser does not take.
func refused(text string, err error) Statement {
	st := opaque(text, "the text is not understood: "+err.Error())
	var e *parser.Error
	if errors.As(err, &e) {
		st.Syntax = &SyntaxError{Message: e.Message, Position: byteOffset(text, e.Cursorpos)}
	}
	return st
}

// byteOffset turns the parser's character count, from 1, into a byte offset; -1 for none.
func byteOffset(text string, cursor int) int {
	if cursor <= 0 {
		return -1
	}
	at := 0
	for i := 1; i < cursor && at < len(text); i++ {
		_, n := utf8.DecodeRuneInString(text[at:])
		at += n
	}
	return at
}

// view is a session as the statements of one text leave it behind.
type view struct {
	session Session
	budget  *budget
	// doubt says what an earlier statement changed that a later one depends on; empty when nothing.
	doubt string
}

func newView(s *Session, b *budget) *view {
	v := &view{budget: b}
	if s != nil {
		v.session = *s
	}
	return v
}

// after applies a statement's effect.
func (v *view) after(st *Statement) {
	e := st.Effect
	switch e.Kind {
	case EffectPrepare:
		v.session.Prepared = overlay(v.session.Prepared, e.Name, e.Inner)
	case EffectDeclare:
		v.session.Cursor = overlay(v.session.Cursor, e.Name, e.Inner)
	case EffectSet, EffectReset:
		if e.Name == "" || e.Name == searchPath {
			v.doubt = "search_path was changed"
		}
	case EffectCommit, EffectRollback, EffectRollbackTo:
		v.doubt = "a transaction may have ended that had set search_path"
		v.session.Cursor = nil
	case EffectDiscard:
		v.session.Prepared, v.session.Cursor = nil, nil
	}
	switch {
	case e.DDL:
		v.doubt = "the catalog may have been changed"
	case e.MayChangeSession && v.doubt == "":
		v.doubt = "the session may have been changed"
	}
}

func overlay(below func(string) *Statement, name string, st *Statement) func(string) *Statement {
	return func(n string) *Statement {
		if n == name {
			return st
		}
		if below == nil {
			return nil
		}
		return below(n)
	}
}

// classify analyses one statement.
func (v *view) classify(n *pg.Node, text string) (st Statement) {
	defer func() {
		if fault := recover(); fault != nil {
			st = opaque(text, "the statement could not be analysed")
		}
	}()
	st.Text = text
	st.SQL = &schema.SQL{Statement: kindOf(n), Limit: -1, Length: int64(len(text)), WhereBound: true}
	a := newAnalysis(&v.session, &st, v.budget)
	a.statement(n)
	if a.opaque == "" && v.doubt != "" && a.resolves() {
		a.stop("earlier in the same text " + v.doubt + "; send the statements one by one")
	}
	if a.opaque != "" {
		return describe(opaque(text, a.opaque), text)
	}
	a.finish()
	return describe(st, text)
}

// resolves reports whether the statement looked any name up.
func (a *analysis) resolves() bool {
	return len(a.tables) > 0 || len(a.functions) > 0 || len(a.columns) > 0
}

// describe adds the fingerprint and the text without literals.
func describe(st Statement, text string) Statement {
	if len(text) > maxNormalized {
		return st
	}
	if f, err := pg.Fingerprint(text); err == nil {
		st.SQL.Fingerprint = f
	}
	if st.SQL.OpaqueReason == "" {
		st.SQL.Normalized = normalize(text)
	}
	return st
}

// finish sorts what was gathered into the statement.
func (a *analysis) finish() {
	st := a.st
	for i := range a.accesses {
		slices.Sort(a.accesses[i].Columns)
	}
	st.Accesses = a.accesses
	st.Uses = compactUses(a.uses)
	if a.unresolved {
		for i := range st.Outputs {
			o := &st.Outputs[i]
			*o = schema.Output{Name: o.Name, Columns: union(o.Columns, []string{schema.Everything})}
		}
	}
	st.SQL.WhereBound = !a.unbound
	st.SQL.Tables = sorted(a.tables)
	st.SQL.Columns = sorted(a.columns)
	st.SQL.Functions = sorted(a.functions)
}

func sorted(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

func compactUses(uses []schema.Use) []schema.Use {
	slices.SortStableFunc(uses, compareUses)
	return slices.CompactFunc(uses, func(a, b schema.Use) bool { return compareUses(a, b) == 0 })
}

func compareUses(a, b schema.Use) int {
	if a.Place != b.Place {
		return int(a.Place) - int(b.Place)
	}
	if c := strings.Compare(a.Sink, b.Sink); c != 0 {
		return c
	}
	return slices.Compare(a.Columns, b.Columns)
}

// outputs turns a result's fields into the statement's output columns. When there may be others, none can be told
// from the rest by its number.
func (a *analysis) outputs(r result) {
	a.st.Rows, a.st.Outputs = len(r.fields) > 0 || r.open, nil
	if r.open {
		a.st.Outputs = []schema.Output{{Name: "*", Columns: []string{schema.Everything}}}
		return
	}
	a.st.Outputs = make([]schema.Output, 0, len(r.fields))
	for _, f := range r.fields {
		v := f.v
		o := schema.Output{Name: f.name, Origin: v.origin, Columns: v.columns}
		switch {
		case len(v.columns) == 0:
			o.Origin = schema.OriginConstant
		case v.origin == schema.OriginBare:
			o.Table, o.Attribute = v.table, v.attribute
		}
		a.st.Outputs = append(a.st.Outputs, o)
	}
}
