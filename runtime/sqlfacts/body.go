package sqlfacts

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
)

// invocation is a function whose body is walked, with what its parameters stand for.
type invocation struct {
	name   string
	params []parameter
}

type parameter struct {
	name string
	v    value
}

// rows is what a function gives: its columns, and whether there may be any number of rows.
type rows struct {
	fields []field
	set    bool
}

// safeParameters are the types to which no implicit cast can fail, safeResults those to which no cast by assignment can.
const (
	safeParameters = " text varchar bool uuid int2 int4 int8 numeric date json jsonb bytea "
	safeResults    = " text varchar bool uuid date json "
)

// inline calls a function in SQL by walking its body with the arguments in place of the parameters. It reports false for
// a function whose body is not one SELECT, or is not understood.
func (a *analysis) inline(schemaName, name string, args []value) (rows, bool) {
	f := a.soleFunction(schemaName, name)
	if f == nil || f.Language != "sql" || f.Kind != "f" || f.Body == "" || a.views >= maxViews-1 || tooMuch(f.Body) != "" || !a.parsing(f.Body) {
		return rows{}, false
	}
	tree, err := parse(f.Body)
	if err != nil || len(tree.GetStmts()) != 1 {
		return rows{}, false
	}
	def := tree.GetStmts()[0].GetStmt().GetCreateFunctionStmt()
	in, out, ok := parameters(def)
	if !ok || len(in) != len(args) || slices.ContainsFunc(args, func(v value) bool { return v.named }) {
		return rows{}, false
	}
	inner, ok := a.walkBody(f, def, a.bind(f, in, args))
	if !ok {
		return rows{}, false
	}
	given, ok := a.given(f, def, out, inner)
	if ok && strict(def) {
		given.nullBy(join(args...))
	}
	for i := range given.fields {
		v := &given.fields[i].v
		v.fails = v.fails || join(args...).fails
		v.works, v.busy = true, true
	}
	return given, ok
}

// scalar is what a function gives where one value stands.
func (a *analysis) scalar(r rows) value {
	v := derived(joinFields(r.fields))
	v.composite = v.composite || len(r.fields) != 1
	if r.set {
		v = a.unsafe(v)
	}
	return v
}

// functionRows are the columns of a function in FROM that is inlined.
func (a *analysis) functionRows(f *pg.FuncCall, s *scope) ([]field, bool) {
	schemaName, name := qualified(f.GetFuncname())
	full, user := a.userFunction(schemaName, name, len(f.GetArgs()))
	if !user || a.soleFunction(schemaName, name) == nil {
		return nil, false
	}
	args := a.each(f.GetArgs(), s)
	a.called(full)
	r, ok := a.inline(schemaName, name, args)
	return r.fields, ok
}

// soleFunction gives the function that a call can only mean, whatever the types of its arguments.
func (a *analysis) soleFunction(schemaName, name string) *schema.Function {
	if builtinFunction(name) != builtinUnknown && schemaName == "" || strings.HasPrefix(name, "pg_") {
		return nil
	}
	var sole *schema.Function
	for _, f := range a.catalog.FunctionsNamed(name) {
		if schemaName != "" && f.Schema != schemaName || schemaName == "" && !slices.Contains(a.path(true), f.Schema) {
			continue
		}
		if sole != nil {
			return nil
		}
		sole = f
	}
	return sole
}

// parameters parts a function's parameters into those that are given and those of the result.
func parameters(def *pg.CreateFunctionStmt) (in, out []*pg.FunctionParameter, ok bool) {
	for _, n := range def.GetParameters() {
		p := n.GetFunctionParameter()
		switch p.GetMode() {
		case pg.FunctionParameterMode_FUNC_PARAM_IN, pg.FunctionParameterMode_FUNC_PARAM_DEFAULT:
			in = append(in, p)
		case pg.FunctionParameterMode_FUNC_PARAM_OUT, pg.FunctionParameterMode_FUNC_PARAM_TABLE:
			out = append(out, p)
		default:
			return nil, nil, false
		}
	}
	return in, out, def != nil
}

// bind gives the parameters their values. What an argument may be converted by can fail for some types.
func (a *analysis) bind(f *schema.Function, in []*pg.FunctionParameter, args []value) *invocation {
	c := &invocation{name: f.Name}
	for i, p := range in {
		v := join(args[i])
		name := plainType(p.GetArgType())
		if len(v.columns) > 0 && (name == "" || !strings.Contains(safeParameters, " "+name+" ") || slices.Contains(a.catalog.Casts, formatted(name))) {
			v = a.unsafe(v)
		}
		v.param = len(v.columns) == 0
		c.params = append(c.params, parameter{p.GetName(), v})
	}
	return c
}

// argument gives the value of a parameter by its number, from 1.
func (a *analysis) argument(number int) (value, bool) {
	if a.within == nil || number < 1 || number > len(a.within.params) {
		return value{}, false
	}
	return a.within.params[number-1].v, true
}

// argumentNamed gives the value of a parameter by its name, with the function's before it or not.
func (a *analysis) argumentNamed(names []string) (value, bool) {
	if a.within == nil || len(names) > 2 || len(names) == 2 && names[0] != a.within.name {
		return value{}, false
	}
	for _, p := range a.within.params {
		if p.name == names[len(names)-1] {
			return p.v, true
		}
	}
	return value{}, false
}

// walkBody walks a body as one query. The accesses in it are the function's, to which its call gives the right.
func (a *analysis) walkBody(f *schema.Function, def *pg.CreateFunctionStmt, c *invocation) (result, bool) {
	path, ok := a.bodyPath(def)
	query, text := a.bodyOf(def)
	if !ok || query == nil {
		return result{}, false
	}
	session, outer, late, opaque, unresolved := a.session, a.within, a.late, a.opaque, a.unresolved
	a.session, a.within, a.late, a.unresolved = &Session{Catalog: a.catalog, SearchPath: path}, c, text, false
	a.views++
	out := a.selectStmt(query, nil)
	a.views--
	ok = !a.unresolved && a.opaque == "" && !out.open
	a.session, a.within, a.late, a.opaque, a.unresolved = session, outer, late, opaque, unresolved
	return out, ok
}

// bodyPath is the search path that a body's names are looked up in. What else a function sets is not followed.
func (a *analysis) bodyPath(def *pg.CreateFunctionStmt) ([]string, bool) {
	if def.GetSqlBody() != nil {
		return []string{catalogSchema}, true // every name comes qualified
	}
	path := a.session.SearchPath
	for _, n := range def.GetOptions() {
		set := n.GetDefElem().GetArg().GetVariableSetStmt()
		if set == nil {
			continue
		}
		if set.GetName() != searchPath || set.GetKind() != pg.VariableSetKind_VAR_SET_VALUE {
			return nil, false
		}
		path = nil
		for _, arg := range set.GetArgs() {
			switch name := arg.GetAConst().GetSval().GetSval(); {
			case name == "$user", name == "" && len(set.GetArgs()) > 1:
				return nil, false
			case name == "pg_temp":
				path = append(path, a.tempSchema())
			case name != "":
				path = append(path, name)
			}
		}
		if temp := a.tempSchema(); !slices.Contains(path, temp) {
			path = slices.Insert(path, 0, temp)
		}
		if !slices.Contains(path, catalogSchema) {
			path = slices.Insert(path, 1, catalogSchema)
		}
	}
	return path, true
}

// bodyOf gives the one SELECT that a body is, and whether its names are looked up when it runs.
func (a *analysis) bodyOf(def *pg.CreateFunctionStmt) (query *pg.SelectStmt, text bool) {
	if body := def.GetSqlBody(); body != nil {
		if r := body.GetReturnStmt(); r != nil {
			target := &pg.Node{Node: &pg.Node_ResTarget{ResTarget: &pg.ResTarget{Val: r.GetReturnval()}}}
			return &pg.SelectStmt{TargetList: []*pg.Node{target}}, false
		}
		lists := body.GetList().GetItems()
		if len(lists) != 1 || len(lists[0].GetList().GetItems()) != 1 {
			return nil, false
		}
		return selectOnly(lists[0].GetList().GetItems()[0]), false
	}
	for _, n := range def.GetOptions() {
		if d := n.GetDefElem(); d.GetDefname() == "as" {
			as := d.GetArg().GetList().GetItems()
			if len(as) != 1 {
				return nil, false
			}
			source := as[0].GetString_().GetSval()
			if tooMuch(source) != "" || !a.parsing(source) {
				return nil, false
			}
			tree, err := parse(source)
			if err != nil || len(tree.GetStmts()) != 1 {
				return nil, false
			}
			return selectOnly(tree.GetStmts()[0].GetStmt()), true
		}
	}
	return nil, false
}

// selectOnly gives a SELECT that changes nothing.
func selectOnly(n *pg.Node) *pg.SelectStmt {
	s := n.GetSelectStmt()
	for _, c := range s.GetWithClause().GetCtes() {
		if c.GetCommonTableExpr().GetCtequery().GetSelectStmt() == nil {
			return nil
		}
	}
	return s
}

func strict(def *pg.CreateFunctionStmt) bool {
	return slices.ContainsFunc(def.GetOptions(), func(n *pg.Node) bool {
		d := n.GetDefElem()
		return d.GetDefname() == "strict" && truth(d.GetArg())
	})
}

// nullBy makes the columns ones that are NULL wherever an argument is.
func (r *rows) nullBy(args value) {
	if len(args.columns) == 0 {
		return
	}
	for i := range r.fields {
		r.fields[i].v = join(r.fields[i].v, args)
	}
}

// given gives a function's result the names and types that it is declared with.
func (a *analysis) given(f *schema.Function, def *pg.CreateFunctionStmt, out []*pg.FunctionParameter, body result) (rows, bool) {
	returns := def.GetReturnType()
	// RETURNS TABLE is a set as well, which the statement says by the mode of its parameters alone.
	r := rows{set: f.ReturnsSet || returns.GetSetof()}
	names, types := []string{f.Name}, []string{plainType(returns)}
	switch rel := a.rowType(returns); {
	case len(out) > 0:
		names, types = nil, nil
		for _, p := range out {
			names, types = append(names, p.GetName()), append(types, plainType(p.GetArgType()))
		}
	case rel != nil:
		names, types = nil, nil
		for _, c := range rel.Columns {
			names, types = append(names, c.Name), append(types, c.Type)
		}
	case types[0] == "void":
		r.fields = []field{{name: f.Name, v: constant, access: -1}}
		return r, true
	}
	if len(names) != len(body.fields) || !a.hold(len(names)) {
		return rows{}, false
	}
	for i := range names {
		r.fields = append(r.fields, field{name: names[i], v: a.converted(body.fields[i].v, types[i], r.set), access: -1})
	}
	return r, true
}

// rowType is the table or composite type that a type name stands for.
func (a *analysis) rowType(t *pg.TypeName) *schema.Relation {
	if list := words(t.GetNames()); len(list) == 2 && len(t.GetArrayBounds()) == 0 {
		return a.catalog.Relation(list[0], list[1])
	}
	return nil
}

// converted is a value that a function gives as one of a type. A row of a set is as it was; the one row of another function
// may also be none.
func (a *analysis) converted(v value, typeName string, set bool) value {
	same := a.bareType(v)
	w := derived(v)
	if set && v.origin == schema.OriginBare {
		w.origin, w.nulls = schema.OriginBare, v.nulls
	}
	switch {
	case len(v.columns) == 0, typeName != "" && strings.Contains(safeResults, " "+typeName+" "):
		return w
	case same != "" && (same == typeName || same == formatted(typeName)):
		return w
	}
	return a.unsafe(w)
}

// bareType is the type of the column that a value is, without its length; empty when it is not one.
func (a *analysis) bareType(v value) string {
	if v.origin != schema.OriginBare || v.table == 0 {
		return ""
	}
	if r := a.catalog.RelationByOID(v.table); r != nil {
		for _, c := range r.Columns {
			if c.Attribute == v.attribute {
				return c.Type
			}
		}
	}
	return ""
}

// plainType is the name of a built-in type that is no array; empty for any other.
func plainType(t *pg.TypeName) string {
	schemaName, name := qualified(t.GetNames())
	if len(t.GetArrayBounds()) > 0 || schemaName != "" && schemaName != catalogSchema {
		return ""
	}
	return name
}

// formatted is a built-in type's name as format_type gives it.
func formatted(name string) string {
	long := map[string]string{
		"int2": "smallint", "int4": "integer", "int8": "bigint", "bool": "boolean", "varchar": "character varying", "float4": "real",
		"float8": "double precision", "timestamptz": "timestamp with time zone", "timestamp": "timestamp without time zone", "bpchar": "character",
	}
	if l, ok := long[name]; ok {
		return l
	}
	return name
}
