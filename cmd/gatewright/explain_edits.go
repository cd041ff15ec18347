package main

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// maxStatements bounds the statements that are tried in place of one, and maxRead all that is read for it, in bytes.
const (
	maxStatements = 150
	maxRead       = 4 << 20
)

// statements gives the statement's own text with a small change, and then what else one would write for the verbs and
// objects that are asked for.
func (a *asked) statements() []edit {
	if !a.aboutStatement() {
		return nil
	}
	if a.kept != "" {
		a.missing = a.kept
		return nil
	}
	a.missing = "no statement was found that does so"
	var texts []string
	for _, e := range a.smallEdits() {
		texts = append(texts, sqlfacts.Edited(a.action.Text, e))
	}
	var out []edit
	for _, sql := range unique(append(texts, a.others()...)) {
		if len(out) == maxStatements {
			break
		}
		if s := a.classified(sql); s != nil && sql != a.action.Text {
			out = append(out, edit{engine.Change{What: "sql", From: a.action.Text, To: sql}, func(x *schema.Action) {
				x.Stage, x.Form = schema.StageExecute, schema.FormRows
				s.Describe(x)
			}})
		}
	}
	return out
}

// aboutStatement reports whether what is asked hangs on the statement. Where nothing is asked, a mask refuses it.
func (a *asked) aboutStatement() bool {
	for _, f := range a.flips {
		if f.Part != "term" && f.Part != "groups" {
			return true
		}
	}
	for fact := range a.leaves {
		if variable, _, _ := strings.Cut(fact, "."); variable == "sql" || variable == "access" {
			return true
		}
	}
	return len(a.flips) == 0
}

// classified reads a statement in the place of the one that is explained; nil when it cannot stand there.
func (v *varier) classified(sql string) *sqlfacts.Statement {
	if s, known := v.read[sql]; known {
		return s
	}
	text := strings.Join(append(slices.Clip(v.before), sql), "\n;\n")
	if *v.spent += len(text); *v.spent > maxRead {
		v.missing = "there is too much SQL to try more"
		return nil
	}
	read := sqlfacts.Classify(text, &sqlfacts.Session{Catalog: v.catalog, SearchPath: v.catalog.SearchPath})
	var s *sqlfacts.Statement
	if len(read) == len(v.before)+1 && read[len(v.before)].Syntax == nil {
		s = &read[len(v.before)]
	}
	v.read[sql] = s
	return s
}

// smallEdits are the changes to WHERE and LIMIT that are asked for.
func (a *asked) smallEdits() []sqlfacts.Edit {
	var out []sqlfacts.Edit
	if a.leaves["sql.where_bound"] != nil || a.leaves["sql.has_where"] != nil || len(a.flips) == 0 {
		for _, access := range a.action.Accesses {
			if r := a.relation(access.Object); r != nil && len(r.Columns) > 0 {
				out = append(out, sqlfacts.Edit{Where: r.Columns[0].Name})
			}
		}
		out = append(out, sqlfacts.Edit{NoWhere: true})
	}
	limits := append(slices.Clone(a.leaves["sql.limit"]), a.leaves["sql.has_limit"]...)
	for _, leaf := range limits {
		for _, n := range []int64{leaf.Bound, leaf.Bound - 1, leaf.Bound + 1, 1} {
			if limit := int32(n); int64(limit) == n && n >= 0 {
				out = append(out, sqlfacts.Edit{Limit: &limit})
			}
		}
	}
	if limits != nil {
		out = append(out, sqlfacts.Edit{NoLimit: true})
	}
	return out
}

func (v *varier) relation(object string) *schema.Relation {
	if parts, ok := schema.SplitName(object); ok && len(parts) == 2 {
		return v.catalog.Relation(parts[0], parts[1])
	}
	return nil
}

// others are statements with the verbs and objects that are asked for, those of the statement itself before others.
func (a *asked) others() []string {
	verbs, objects := a.wanted()
	var out []string
	for _, verb := range verbs {
		for _, object := range objects {
			if len(out) < maxStatements && (verb == schema.VerbCall) == (a.relation(object) == nil) {
				out = append(out, statements(&plan.Witness{Verb: verb, Object: object}, a.catalog)...)
			}
		}
	}
	return append(out, a.unclassified()...)
}

// wanted gives the verbs and objects to make statements of.
func (a *asked) wanted() (verbs, objects []string) {
	for _, f := range a.flips {
		verb, object, _ := strings.Cut(f.Access, " ")
		switch f.Part {
		case "verbs":
			verbs, objects = append(verbs, verbsFor(f)...), append(objects, object)
		case "tables", "functions":
			verbs, objects = append(verbs, verb), append(objects, a.objectsFor(f)...)
		}
	}
	for fact, add := range map[string]*[]string{"access.verb": &verbs, "sql.statement": &verbs, "access.object": &objects, "sql.tables": &objects, "sql.functions": &objects} {
		for _, leaf := range a.leaves[fact] {
			*add = append(*add, leaf.Constants...)
		}
	}
	if len(verbs)+len(objects) == 0 && len(a.leaves) == 0 {
		return nil, nil
	}
	for _, access := range a.action.Accesses {
		verbs, objects = append(verbs, access.Verb), append(objects, access.Object)
	}
	return unique(verbs), unique(append(objects, a.relations(nil)...))
}

// verbsFor gives verbs for which a scope of verbs answers as wanted.
func verbsFor(f engine.Flip) []string {
	every := []string{schema.VerbSelect, schema.VerbInsert, schema.VerbUpdate, schema.VerbDelete, schema.VerbTruncate, schema.VerbDrop}
	switch {
	case f.To == "true" && len(f.List) > 0 && !slices.Contains(f.List, "*"):
		return f.List
	case f.To == "true":
		return every
	}
	return slices.DeleteFunc(every, func(v string) bool { return slices.Contains(f.List, v) })
}

// objectsFor gives objects for which a scope of tables or functions answers as wanted.
func (a *asked) objectsFor(f engine.Flip) []string {
	if f.To == "false" {
		return a.relations(f.List)
	}
	var out []string
	for _, pattern := range f.List {
		prefix, all := strings.CutSuffix(pattern, "*")
		if !all {
			out = append(out, pattern)
			continue
		}
		for _, object := range a.relations(nil) {
			if strings.HasPrefix(object, prefix) {
				out = append(out, object)
			}
		}
	}
	return out
}

// relations gives the tables of the catalog, but for those that are named.
func (v *varier) relations(but []string) []string {
	var out []string
	for i := range v.catalog.Relations {
		r := &v.catalog.Relations[i]
		name := schema.Qualify(r.Schema, r.Name)
		if strings.Contains("rvmp", r.Kind) && len(out) < maxRelations && !slices.Contains(but, name) && !slices.Contains(but, schema.Qualify(r.Schema)+".*") {
			out = append(out, name)
		}
	}
	return out
}

// unclassified reads, where a mask refuses the statement, a column of no class.
func (a *asked) unclassified() []string {
	if len(a.flips) > 0 {
		return nil
	}
	var out []string
	for _, access := range a.action.Accesses {
		r := a.relation(access.Object)
		if r == nil {
			continue
		}
		for _, c := range r.Columns {
			name := schema.Qualify(r.Schema, r.Name, c.Name)
			if !slices.ContainsFunc(a.judge.bundle.Classes, func(k schema.Class) bool { return slices.Contains(k.Columns, name) }) {
				out = append(out, statements(&plan.Witness{Verb: schema.VerbSelect, Object: access.Object, Columns: []string{c.Name}}, a.catalog)[:1]...)
				break
			}
		}
	}
	return out
}
