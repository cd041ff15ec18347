package sqlfacts

import (
	"strings"

	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
)

// CopyOptions says how COPY data is written (manual, COPY). They are the statement's options with the defaults filled in.
type CopyOptions struct {
	// Format is "text", "csv" or "binary".
	Format                         string
	Delimiter, Null, Quote, Escape string
	Header                         bool
	// ForceQuote are the columns that CSV output always quotes; "*" for all.
	ForceQuote []string
	// Encoding is the data's encoding when it is not the client's; empty otherwise.
	Encoding string
	// Query is, for COPY TO, a query whose columns are those of the data: the statement's own, or one of its table's columns
	// as the statement names them. Empty when the columns are not known.
	Query string
	// Whole is set for a table without a list of columns: they come in the order in which the table has them now.
	Whole bool
}

// copyOptions reads how the data is written.
func (a *analysis) copyOptions(c *pg.CopyStmt) CopyOptions {
	o := CopyOptions{Format: "text"}
	set := map[string]*string{
		"format": &o.Format, "delimiter": &o.Delimiter, "null": &o.Null, "quote": &o.Quote, "escape": &o.Escape, "encoding": &o.Encoding,
	}
	given := map[string]bool{}
	for _, n := range c.GetOptions() {
		d := n.GetDefElem()
		given[d.GetDefname()] = true
		if p := set[d.GetDefname()]; p != nil {
			*p = d.GetArg().GetString_().GetSval()
			continue
		}
		switch d.GetDefname() {
		case "header":
			o.Header = truth(d.GetArg())
		case "force_quote":
			o.ForceQuote = words(d.GetArg().GetList().GetItems())
			if d.GetArg().GetAStar() != nil {
				o.ForceQuote = []string{"*"}
			}
		case "freeze", "force_not_null", "force_null", "default", "on_error", "log_verbosity", "reject_limit":
		default:
			a.stop("COPY has the option " + d.GetDefname() + ", which is not known")
		}
	}
	o.defaults(given)
	return o
}

func (o *CopyOptions) defaults(given map[string]bool) {
	fill := func(name string, p *string, value string) {
		if !given[name] {
			*p = value
		}
	}
	if o.Format == "csv" {
		fill("delimiter", &o.Delimiter, ",")
		fill("quote", &o.Quote, `"`)
		fill("escape", &o.Escape, o.Quote)
		return
	}
	fill("delimiter", &o.Delimiter, "\t")
	fill("null", &o.Null, `\N`)
}

// truth reads an option's boolean as the server does: no value is true, and so is HEADER MATCH.
func truth(n *pg.Node) bool {
	if n == nil || n.GetNode() == nil {
		return true
	}
	if b := n.GetBoolean(); b != nil {
		return b.GetBoolval()
	}
	if i := n.GetInteger(); i != nil {
		return i.GetIval() != 0
	}
	word := n.GetString_().GetSval()
	return !strings.EqualFold(word, "false") && !strings.EqualFold(word, "off")
}

// Form says what can be told of the values in the data of COPY TO.
func (o *CopyOptions) Form() schema.Form {
	switch {
	case o.Format == "binary":
		return schema.FormRows
	case !isUTF8(o.Encoding), !isMark(o.Delimiter):
		return schema.FormForeign
	case o.Format == "csv":
		if !isMark(o.Quote) || !isMark(o.Escape) {
			return schema.FormForeign
		}
		return schema.FormRows
	default:
		return nullForm(o.Null, o.Delimiter[0])
	}
}

// isUTF8 reports whether an encoding is UTF8 under any of the names that the server has for it (encnames.c); none is the
// client's, which is UTF8 while masks stand.
func isUTF8(encoding string) bool {
	name := strings.Map(func(r rune) rune {
		switch {
		case '0' <= r && r <= '9', 'a' <= r && r <= 'z':
			return r
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		}
		return -1
	}, encoding)
	return encoding == "" || name == "utf8" || name == "unicode"
}

// isMark reports whether a delimiter, quote or escape is one ASCII character that does not end a line.
func isMark(mark string) bool {
	return len(mark) == 1 && mark[0] < 0x80 && mark != "\n" && mark != "\r"
}

// nullForm tells whether a value may look like NULL in text format, where a value's backslashes are doubled, and special
// characters and the delimiter have one before them.
func nullForm(null string, delimiter byte) schema.Form {
	form := schema.FormMingled
	for i := 0; i < len(null); i++ {
		if null[i] != '\\' {
			continue
		}
		if i++; i == len(null) { // it would stand before the next delimiter
			return schema.FormForeign
		}
		if c := null[i]; c != delimiter && strings.IndexByte(`bfnrtv\`, c) < 0 {
			form = schema.FormRows // as \N: no value is written so
		}
	}
	return form
}

// copyQuery makes the query whose columns are those of the data.
func copyQuery(text string, c *pg.CopyStmt, source result) string {
	if c.GetQuery() != nil {
		return inParentheses(text)
	}
	if source.open {
		return ""
	}
	var names []string
	for _, f := range source.fields {
		names = append(names, quoted(f.name))
	}
	r, table := c.GetRelation(), ""
	for _, part := range []string{r.GetCatalogname(), r.GetSchemaname()} {
		if part != "" {
			table += quoted(part) + "."
		}
	}
	return "SELECT " + strings.Join(names, ", ") + " FROM ONLY " + table + quoted(r.GetRelname())
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// inParentheses gives what stands in a text's first parentheses.
func inParentheses(text string) string {
	l := lexer{text: text}
	start, depth := 0, 0
	for {
		kind, token := l.next()
		switch {
		case kind == tokenEnd, kind == tokenFault:
			return ""
		case kind != tokenPunctuation:
		case token == "(":
			if depth++; depth == 1 {
				start = l.at
			}
		case token == ")":
			if depth--; depth == 0 {
				return text[start : l.at-1]
			}
		}
	}
}
