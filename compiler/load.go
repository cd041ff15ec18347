package compiler

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
)

// Limits of one policy directory, beside those of each file.
const (
	// MaxEntries is the number of files and directories in it.
	MaxEntries = 10_000
	// MaxBytes is the size of all policy files together.
	MaxBytes = 64 << 20
	// MaxTokens is the number of words and signs in all policy files together.
	MaxTokens = 8 << 20
)

const suffix = ".hcl"

// loader is the first stage: the files, parsed.
type loader struct {
	report
	fsys    fs.FS
	sources map[string][]byte
	files   []*syntax.File
	tree    *syntax.Tree
	// broken is set when part of the policy could not be read, so that what refers to it is not at fault; stop when
	// nothing further makes sense.
	broken, stop  bool
	bytes, tokens int
}

func newLoader(fsys fs.FS) *loader { return &loader{fsys: fsys, sources: map[string][]byte{}} }

func (l *loader) load() {
	names, ok := l.names()
	if !ok {
		l.stop = true
		return
	}
	for _, name := range names {
		l.file(name)
	}
	if l.language() {
		l.stop = true
		return
	}
	tree, diags := syntax.Decode(l.files)
	l.tree, l.broken = tree, l.broken || l.diags.HasErrors()
	l.diags = append(l.diags, diags...)
}

// names lists the policy files, sorted. Only the top of the directory counts; hidden files do not.
func (l *loader) names() ([]string, bool) {
	entries, err := fs.ReadDir(l.fsys, ".")
	if err != nil {
		l.general("Policy directory cannot be read", plainError(err), "Name a directory that holds *.hcl files.")
		return nil, false
	}
	if len(entries) > MaxEntries {
		l.general("Too many files", fmt.Sprintf("The directory has %d entries; a policy's may have %d.", len(entries), MaxEntries),
			"Keep the policy in a directory of its own.")
		return nil, false
	}
	var names []string
	for _, e := range entries {
		if l.isPolicy(e) {
			names = append(names, e.Name())
		}
	}
	if len(names) == 0 && len(l.diags) == 0 {
		l.general("No policy files", "The directory holds no *.hcl files.", "Begin with a policy block in policy.hcl.")
	}
	return names, len(names) > 0
}

func (l *loader) isPolicy(e fs.DirEntry) bool {
	name := e.Name()
	if strings.HasPrefix(name, ".") || !strings.HasSuffix(strings.ToLower(name), suffix) || e.IsDir() {
		return false
	}
	if !utf8.ValidString(name) || strings.ContainsFunc(name, strange) || len(name) > 200 {
		l.general("Strange file name", fmt.Sprintf("The name %q has characters that do not belong in one, or is too long.", name), "Rename the file.")
		return false
	}
	if !strings.HasSuffix(name, suffix) {
		l.general("File name is not in lower case", fmt.Sprintf("%q would not be read as a policy file.", name), "Let its name end in "+suffix+".")
		return false
	}
	return true
}

func strange(r rune) bool {
	return unicode.IsControl(r) || r == '\\' || unicode.Is(unicode.Bidi_Control, r)
}

func (l *loader) general(summary, detail, hint string) {
	l.diags = append(l.diags, schema.Diagnostic{Summary: summary, Detail: detail, Hint: hint})
}

// file reads and parses one file.
func (l *loader) file(name string) {
	src, err := l.read(name, syntax.MaxFileBytes)
	if err != nil {
		l.broken = true
		l.unreadable(name, err)
		return
	}
	l.bytes += len(src)
	if l.bytes > MaxBytes || l.tokens > MaxTokens {
		l.broken = true
		l.add(start(name), "Policy is too large", fmt.Sprintf("Its files together may have %d bytes and %d words and signs.", MaxBytes, MaxTokens),
			"Split it into several policies.")
		return
	}
	l.sources[name] = src
	f, diags := syntax.Parse(name, src)
	l.diags = append(l.diags, diags...)
	if f != nil {
		l.files = append(l.files, f)
		l.tokens += f.Tokens
	}
}

// read reads a regular file, and of it no more than one byte over the limit. Anything else, such as a pipe, could
// wait forever.
func (l *loader) read(name string, limit int64) ([]byte, error) {
	info, err := fs.Stat(l.fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	f, err := l.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit+1))
}

func (l *loader) unreadable(name string, err error) {
	l.add(start(name), "File cannot be read", plainError(err), "Check that it is there, that it is a file or a link to one, and its permissions.")
}

// plainError leaves the path out: it is told apart, and differs from machine to machine.
func plainError(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

func start(name string) schema.Range {
	first := schema.Pos{Line: 1, Column: 1}
	return schema.Range{File: name, Start: first, End: first}
}

// language reports a policy of another language version. Whatever else is wrong with it may be right in that version,
// so then nothing else is told.
func (l *loader) language() bool {
	var other schema.Diagnostics
	for _, f := range l.files {
		for _, n := range f.Languages {
			if n.Value != schema.LanguageVersion {
				rng := n.Range
				other = append(other, schema.Diagnostic{
					Summary: "Unsupported language version", Range: &rng,
					Detail: fmt.Sprintf("The policy is written in language version %d; this build knows version %d.", n.Value, schema.LanguageVersion),
					Hint:   fmt.Sprintf("Use a build of Gatewright that knows it, or write the policy in version %d.", schema.LanguageVersion),
				})
			}
		}
	}
	if len(other) > 0 {
		l.diags = other
	}
	return len(other) > 0
}
