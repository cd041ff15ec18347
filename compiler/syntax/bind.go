package syntax

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"

	"github.com/gatewright/gatewright/schema"
)

// bound writes the variables in a condition out, each as a literal of CEL in parentheses. A value so stays a value:
// whatever characters it holds, it cannot become part of the expression. The way back to the file leads to the
// reference.
func (r *reader) bound(c CEL) CEL {
	if !c.Set() || !strings.Contains(c.Text, "var") {
		return c
	}
	tokens, ok := celTokens(nil, []byte(c.Text))
	if !ok {
		return c
	}
	b := binder{reader: r, cel: c}
	for i := 0; i+2 < len(tokens); i++ {
		word := func(t celToken) string { return c.Text[t.start:t.end] }
		if word(tokens[i]) != "var" || word(tokens[i+1]) != "." || tokens[i+2].kind != celWord || i > 0 && word(tokens[i-1]) == "." {
			continue
		}
		if !b.replace(int(tokens[i].start), int(tokens[i+2].end), word(tokens[i+2])) {
			return CEL{}
		}
		i += 2
	}
	return b.end()
}

// binder builds the text with the values, and for each of its runes where it comes from.
type binder struct {
	*reader
	cel     CEL
	text    strings.Builder
	offsets []int32
	// done is how much of the condition is taken, in bytes, and runes the same in runes.
	done, runes int
}

func (b *binder) copyTo(end int) {
	piece := b.cel.Text[b.done:end]
	n := utf8.RuneCountInString(piece)
	b.offsets = append(b.offsets, b.cel.lit.offsets[b.runes:b.runes+n]...)
	b.text.WriteString(piece)
	b.done, b.runes = end, b.runes+n
}

func (b *binder) replace(start, end int, name string) bool {
	b.copyTo(start)
	from := b.runes
	reference := b.cel.Text[start:end]
	b.done, b.runes = end, b.runes+utf8.RuneCountInString(reference)
	rng := schema.Range{File: b.path, Start: b.cel.At(from), End: b.cel.At(b.runes)}
	val, ok := b.locals.vars.reference(b.report, name, rng)
	if !ok {
		return false
	}
	if val.IsNull() {
		b.add(rng, "Variable has no value", fmt.Sprintf("var.%s is null here, and a condition cannot do without it.", name),
			"Give the variable another default than null, or none at all.")
		return false
	}
	literal := "(" + celLiteral(val) + ")"
	for range utf8.RuneCountInString(literal) {
		b.offsets = append(b.offsets, b.cel.lit.offsets[from])
	}
	b.text.WriteString(literal)
	return true
}

func (b *binder) end() CEL {
	b.copyTo(len(b.cel.Text))
	lit := *b.cel.lit
	lit.text, lit.offsets = b.text.String(), append(b.offsets, b.cel.lit.offsets[b.runes:]...)
	return CEL{Text: lit.text, Range: b.cel.Range, lit: &lit}
}

// celLiteral writes a value of a variable as CEL.
func celLiteral(v cty.Value) string {
	switch t := v.Type(); {
	case t == cty.String:
		return celQuote(v.AsString())
	case t == cty.Bool:
		return strconv.FormatBool(v.True())
	case t == cty.Number:
		return celNumber(v)
	case t.IsObjectType(), t.IsMapType():
		var parts []string
		for key, item := range v.Elements() {
			parts = append(parts, celQuote(key.AsString())+": "+celLiteral(item))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	var parts []string
	for _, item := range v.Elements() {
		parts = append(parts, celLiteral(item))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func celNumber(v cty.Value) string {
	f := v.AsBigFloat()
	if i, accuracy := f.Int64(); f.IsInt() && accuracy == 0 {
		return strconv.FormatInt(i, 10)
	}
	d, _ := f.Float64()
	s := strconv.FormatFloat(d, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

// celQuote writes a text as a literal of CEL (CEL specification, "String and bytes values").
func celQuote(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range s {
		switch {
		case r == '\'' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r < ' ' || r >= 0x7f && r <= 0x9f || r == utf8.RuneError:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}
