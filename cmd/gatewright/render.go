package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gatewright/gatewright/schema"
)

// showDiagnostics tells what is wrong on standard error, each mistake with its place, its line, a caret and the way out.
func (p *program) showDiagnostics(diags schema.Diagnostics, sources map[string][]byte) {
	r := renderer{w: p.stderr, colour: p.colour(p.stderr)}
	for _, d := range diags {
		r.diagnostic(d, sources)
	}
}

// colour reports whether w is a terminal that wants colour (https://no-color.org).
func (p *program) colour(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || p.getenv("NO_COLOR") != "" || p.getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

type renderer struct {
	w      io.Writer
	colour bool
}

// SGR codes (ECMA-48, section 8.3.117).
const (
	bold   = "1"
	red    = "1;31"
	yellow = "1;33"
)

func (r renderer) paint(code, text string) string {
	if !r.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (r renderer) diagnostic(d schema.Diagnostic, sources map[string][]byte) {
	word := r.paint(red, "Error")
	switch d.Severity {
	case schema.SeverityWarning:
		word = r.paint(yellow, "Warning")
	case schema.SeverityInfo:
		word = r.paint(bold, "Info")
	}
	fmt.Fprintf(r.w, "%s: %s\n", word, r.paint(bold, oneLine(d.Summary)))
	if d.Range != nil {
		r.snippet(*d.Range, sources[d.Range.File])
	}
	for _, c := range d.Through {
		fmt.Fprintln(r.w, wrap("  ", "    ", fmt.Sprintf("in %s, called at %s", oneLine(c.Module), oneLine(c.Range.String()))))
	}
	if d.Detail != "" {
		fmt.Fprintln(r.w, wrap("  ", "  ", printable(d.Detail)))
	}
	if d.Hint != "" {
		fmt.Fprintln(r.w, wrap("  Hint: ", "    ", printable(d.Hint)))
	}
	fmt.Fprintln(r.w)
}

// snippet shows the line and underlines the range, or its part on that line.
func (r renderer) snippet(rng schema.Range, src []byte) {
	fmt.Fprintf(r.w, "  on %s line %d, column %d:\n", oneLine(rng.File), rng.Start.Line, rng.Start.Column)
	line, start := lineAt(src, rng.Start.Byte)
	if line == nil {
		return
	}
	from := min(rng.Start.Byte-start, len(line))
	to := len(line)
	if end := rng.End.Byte - start; end < to {
		to = max(end, from)
	}
	number := fmt.Sprintf("%4d: ", rng.Start.Line)
	before, mark, after := excerpt(line, from, to, columns-len(number))
	fmt.Fprintf(r.w, "%s%s%s%s\n", number, before, mark, after)
	lead := strings.Repeat(" ", len(number)+width(before))
	fmt.Fprintf(r.w, "%s%s\n", lead, r.paint(red, strings.Repeat("^", max(width(mark), 1))))
}

// maxSnippet is how many bytes of a line are looked at on either side of where a range begins.
const maxSnippet = 200

// excerpt gives what of a line is shown before, in and after the bytes from to to: all of it when that fits into so many
// columns, or the caret would stand elsewhere; else what is around from, with dots where something is left out.
func excerpt(line []byte, from, to, fits int) (before, mark, after string) {
	const dots = "..."
	cut, stop := runeStart(line, max(0, from-maxSnippet)), runeStart(line, min(len(line), from+maxSnippet))
	whole := cut == 0 && stop == len(line)
	shown := func(a, b int) string { return expand(string(line[a:b])) }
	if whole && width(shown(0, len(line))) <= fits {
		return shown(0, from), shown(from, to), shown(to, len(line))
	}
	for cut < from && width(shown(cut, from)) > fits/2 {
		cut = nextRune(line, cut)
	}
	lead := ""
	if cut > 0 {
		lead = dots
	}
	room := fits - len(lead) - len(dots)
	for stop > from && width(shown(cut, stop)) > room {
		stop = runeStart(line, stop-1)
	}
	tail := ""
	if stop < len(line) {
		tail = dots
	}
	to = min(to, stop)
	return lead + shown(cut, from), shown(from, to), shown(to, stop) + tail
}

// expand makes a line safe to print, tabs as spaces so that the caret stands right.
func expand(s string) string {
	return strings.ReplaceAll(printable(strings.ToValidUTF8(s, "�")), "\t", "    ")
}

// width is the number of cells that a terminal gives a text (Unicode Standard Annex 11, with ambiguous ones narrow).
func width(s string) int {
	cells := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul), 0xff01 <= r && r <= 0xff60, 0x1f300 <= r && r <= 0x1faff:
			cells += 2
		default:
			cells++
		}
	}
	return cells
}

func runeStart(line []byte, i int) int {
	for i > 0 && i < len(line) && !utf8.RuneStart(line[i]) {
		i--
	}
	return i
}

func nextRune(line []byte, i int) int {
	_, n := utf8.DecodeRune(line[i:])
	return i + n
}

// lineAt gives the line that holds a byte, without its end, and where it starts; nil when there is none.
func lineAt(src []byte, at int) (line []byte, start int) {
	if src == nil || at < 0 || at > len(src) {
		return nil, 0
	}
	start = bytes.LastIndexByte(src[:at], '\n') + 1
	end := bytes.IndexByte(src[start:], '\n')
	if end < 0 {
		end = len(src) - start
	}
	return bytes.TrimSuffix(src[start:start+end], []byte("\r")), start
}
