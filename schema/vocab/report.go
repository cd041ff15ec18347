package vocab

import (
	"strings"
	"unicode/utf8"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common"
)

const syntaxError = "Syntax error: "

// issues turns CEL's errors into diagnostics at their own place and in plain words. Of its parser's errors the first
// alone is told: the others mostly come of it.
func (c *check) issues(iss *cel.Issues, summary string) {
	told := false
	for _, e := range iss.Errors() {
		message, _, _ := strings.Cut(e.Message, "\n")
		f := finding{c: c, start: c.offset(e.Location)}
		if text, ok := strings.CutPrefix(message, syntaxError); ok {
			if told {
				continue
			}
			told = true
			f.syntax(text)
		} else {
			f.meaning(message)
		}
		c.report(f.start, f.start+max(f.length, wordLength(c.text, f.start)), summary, f.detail, f.hint)
	}
}

// finding is one of CEL's errors on its way to a diagnostic. Offsets and lengths count runes.
type finding struct {
	c             *check
	start, length int
	detail, hint  string
}

// sentence begins with a capital and ends in a full stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if strings.HasSuffix(s, "?") || strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

// before gives what stands before an offset: a word, or a run of signs; "" at the beginning.
func (c *check) before(offset int) string {
	left := strings.TrimRight(string([]rune(c.text)[:offset]), " \t\r\n")
	n := len(left)
	for n > 0 && isWord(left[n-1]) {
		n--
	}
	if n < len(left) {
		return left[n:]
	}
	for n > 0 && strings.IndexByte("=!<>&|+-*/%?:", left[n-1]) >= 0 {
		n--
	}
	if n == len(left) && n > 0 {
		_, size := utf8.DecodeLastRuneInString(left)
		n -= size
	}
	return left[n:]
}

func isWord(b byte) bool {
	return b == '_' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

// from gives the text from an offset on.
func (c *check) from(offset int) string { return string([]rune(c.text)[offset:]) }

// offset turns a line and column of CEL, both of runes, into an offset in runes.
func (c *check) offset(l common.Location) int {
	line, offset := 1, 0
	for _, r := range c.text {
		if line >= l.Line() {
			break
		}
		offset++
		if r == '\n' {
			line++
		}
	}
	return min(max(offset+l.Column(), 0), max(utf8.RuneCountInString(c.text)-1, 0))
}
