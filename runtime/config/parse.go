package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/gatewright/gatewright/schema"
)

// Bounds of a gateway.hcl. HCL's parser and evaluator recurse, so that what they may see is counted first.
const (
	maxBytes  = 256 << 10
	maxTokens = 20_000
	maxDepth  = 32
)

// Parse reads gateway.hcl. The Config is nil when the diagnostics hold an error. Nothing is read but src: whether the
// files that it names exist is for whoever opens them.
func Parse(filename string, src []byte) (*Config, schema.Diagnostics) {
	d := &decoder{file: filename, dir: filepath.Dir(filename)}
	body := d.parse(src)
	if body == nil {
		return nil, d.diags
	}
	c := d.config(body)
	d.diags.Sort()
	if d.diags.HasErrors() {
		return nil, d.diags
	}
	return c, d.diags
}

// decoder collects what is wrong while it reads.
type decoder struct {
	file  string
	dir   string
	diags schema.Diagnostics
}

func (d *decoder) parse(src []byte) *hclsyntax.Body {
	if len(src) > maxBytes {
		d.fail(hcl.Range{Filename: d.file, Start: hcl.InitialPos, End: hcl.InitialPos}, "File too large",
			fmt.Sprintf("A gateway configuration has at most %d bytes; this one has %d.", maxBytes, len(src)), "")
		return nil
	}
	tokens, _ := hclsyntax.LexConfig(src, d.file, hcl.InitialPos) // the parser says again what the lexer has to say
	if !d.bounded(tokens) {
		return nil
	}
	file, diags := hclsyntax.ParseConfig(src, d.file, hcl.InitialPos)
	for _, diag := range diags {
		d.add(diag)
	}
	if diags.HasErrors() {
		return nil
	}
	return file.Body.(*hclsyntax.Body)
}

// bounded reports whether the parser may see the tokens.
func (d *decoder) bounded(tokens hclsyntax.Tokens) bool {
	depth := 0
	for i, token := range tokens {
		switch token.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp,
			hclsyntax.TokenTemplateControl, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd,
			hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc:
			depth--
		}
		if depth > maxDepth {
			d.fail(token.Range, "Nested too deep", fmt.Sprintf("Blocks and brackets nest at most %d deep here.", maxDepth), "")
			return false
		}
		if i >= maxTokens {
			d.fail(token.Range, "File too large", fmt.Sprintf("A gateway configuration has at most %d words and signs.", maxTokens), "")
			return false
		}
	}
	return true
}

func (d *decoder) add(diag *hcl.Diagnostic) {
	out := schema.Diagnostic{Summary: diag.Summary, Detail: diag.Detail}
	if diag.Severity == hcl.DiagWarning {
		out.Severity = schema.SeverityWarning
	}
	if diag.Subject != nil {
		r := toRange(*diag.Subject)
		out.Range = &r
	}
	d.diags = append(d.diags, out)
}

func (d *decoder) fail(at hcl.Range, summary, detail, hint string) {
	r := toRange(at)
	d.diags = append(d.diags, schema.Diagnostic{Summary: summary, Detail: detail, Hint: hint, Range: &r})
}

func toRange(r hcl.Range) schema.Range {
	return schema.Range{File: r.Filename, Start: toPos(r.Start), End: toPos(r.End)}
}

func toPos(p hcl.Pos) schema.Pos { return schema.Pos{Line: p.Line, Column: p.Column, Byte: p.Byte} }

func wordList(words []string) string {
	sorted := slices.Sorted(slices.Values(words))
	return strings.Join(sorted, ", ")
}
