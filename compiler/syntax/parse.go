package syntax

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/gatewright/gatewright/schema"
)

// Limits of one file. HCL's parser calls itself for each level of nesting and each operator, and keeps about a
// hundred bytes per token, so depth, chains and tokens are bounded before it runs.
const (
	// MaxFileBytes is the size of a file, in bytes.
	MaxFileBytes = 8 << 20
	// MaxTokens is the number of words and signs in a file.
	MaxTokens = 1 << 20
	// MaxDepth is how deep brackets, braces, blocks and templates may nest.
	MaxDepth = 32
	// MaxOperators is the number of operators in one attribute.
	MaxOperators = 100
)

// File is one parsed file. It stays as it is; Decode takes several of them together.
type File struct {
	// Path is the file's place in the policy directory, with slashes.
	Path string
	// Languages are the policy language versions that the file's policy blocks name, as far as they are numbers.
	Languages []Int
	// Tokens is the number of tokens.
	Tokens int

	src  []byte
	body *hclsyntax.Body
}

// Parse reads one file. The File is nil when there is nothing that could be decoded; its Languages are known
// even when the rest of the file is not understood.
func Parse(path string, src []byte) (file *File, diags schema.Diagnostics) {
	r := &report{}
	defer func() {
		// The parser is foreign and the bytes are hostile: what it cannot take is a mistake in the file.
		if p := recover(); p != nil {
			r.add(schema.Range{File: path, Start: first, End: first}, "File cannot be parsed",
				fmt.Sprintf("HCL's parser gave up: %v.", p), plainHint)
			file, diags = nil, r.diags
		}
	}()
	file = parse(r, path, src)
	return file, r.diags
}

var first = schema.Pos{Line: 1, Column: 1}

func parse(r *report, path string, src []byte) *File {
	if !wellFormed(r, path, src) {
		return nil
	}
	unixLines(r, path, src)
	start := hcl.Pos{Line: 1, Column: 1}
	tokens, _ := hclsyntax.LexConfig(src, path, start) // ParseConfig tells of what is wrong here
	f := &File{Path: path, src: src, Tokens: len(tokens), Languages: languages(tokens)}
	if !shallow(r, tokens) {
		return f
	}
	parsed, diags := hclsyntax.ParseConfig(src, path, start)
	r.foreign(diags)
	if !diags.HasErrors() {
		f.body = parsed.Body.(*hclsyntax.Body)
	}
	return f
}

// wellFormed checks the bytes before HCL sees them.
func wellFormed(r *report, path string, src []byte) bool {
	whole := schema.Range{File: path, Start: first, End: first}
	if len(src) > MaxFileBytes {
		r.add(whole, "File is too large", fmt.Sprintf("It has more than the %d bytes that a policy file may have.", MaxFileBytes),
			"Split it into several files: a policy is all *.hcl files of its directory.")
		return false
	}
	if bytes.HasPrefix(src, []byte("\uFEFF")) {
		r.add(whole, "File begins with a byte order mark", "Policy files are UTF-8 without a byte order mark.",
			"Save the file as UTF-8 without BOM.")
		return false
	}
	if at := invalidUTF8(src); at >= 0 {
		pos := place(src, first, at)
		r.add(schema.Range{File: path, Start: pos, End: pos}, "File is not UTF-8",
			fmt.Sprintf("The byte 0x%02x at offset %d is no part of a UTF-8 character.", src[at], at), "Save the file as UTF-8.")
		return false
	}
	if at := invisible(src); at >= 0 {
		pos := place(src, first, at)
		c, _ := utf8.DecodeRune(src[at:])
		r.add(schema.Range{File: path, Start: pos, End: pos}, "Invisible control character",
			fmt.Sprintf("The character U+%04X shows as nothing or turns text around, so that a reader would see another policy.", c),
			"Remove it; in a quoted text it can be written as \\u"+fmt.Sprintf("%04x", c)+".")
		return false
	}
	if n := roughTokens(src); n > MaxTokens {
		r.add(whole, "File has too many words", fmt.Sprintf("It has about %d words and signs; a policy file may have %d.", n, MaxTokens),
			"Split it into several files: a policy is all *.hcl files of its directory.")
		return false
	}
	return true
}

// unixLines warns of carriage returns: whether a checkout has them hangs on the machine, and they enter the bundle.
func unixLines(r *report, path string, src []byte) {
	at := bytes.IndexByte(src, '\r')
	if at < 0 {
		return
	}
	pos := place(src, first, at)
	r.diags = append(r.diags, schema.Diagnostic{
		Severity: schema.SeverityWarning, Summary: "File has carriage returns", Range: &schema.Range{File: path, Start: pos, End: pos},
		Detail: "Policy files end their lines with a line feed alone. A heredoc keeps its line ends, and the bundle is another one than that of a file without them.",
		Hint:   carriageReturnHint,
	})
}

const carriageReturnHint = "Save the file with LF line ends, for example with: sed -i 's/\\r$//' FILE. With Git, put \"*.hcl text eol=lf\" into .gitattributes."

func invalidUTF8(src []byte) int {
	if utf8.Valid(src) {
		return -1
	}
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// invisible finds control characters other than tab and line ends, and the marks that reorder text (Unicode TR 36,
// section 2.5): with them a file does not mean what a reviewer sees.
func invisible(src []byte) int {
	for i := 0; i < len(src); {
		c := src[i]
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(src[i:])
		if unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Bidi_Control, r) || r == '\uFEFF' {
			return i
		}
		i += n
	}
	return -1
}

// roughTokens counts each run of letters and digits, each run of spaces and each other character, which is about as
// many as the lexer will make tokens, or more.
func roughTokens(src []byte) int {
	n, previous := 0, byte(0)
	for _, c := range src {
		if !utf8.RuneStart(c) {
			continue
		}
		k := kindOf(c)
		if k == 'x' || k != previous {
			n++
		}
		previous = k
	}
	return n
}

func kindOf(c byte) byte {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_':
		return 'a'
	case c == ' ', c == '\t', c == '\r':
		return ' '
	}
	return 'x'
}
