package compiler

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
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
	decoder *syntax.Decoder
	// scopes are the policy and each call of a module, in the order of calls; directories are the modules by path.
	scopes      []*scope
	directories map[string]*directory
	calls       int
	// stage is set when the directory is a module that is tested by itself: its test files stand for the policy.
	stage bool
	// broken is set when part of the policy could not be read, so that what refers to it is not at fault; stop when
	// nothing further makes sense.
	broken, stop  bool
	bytes, tokens int
}

func newLoader(fsys fs.FS) *loader {
	return &loader{fsys: fsys, sources: map[string][]byte{}, decoder: syntax.NewDecoder(), directories: map[string]*directory{}}
}

func (l *loader) load() {
	names, ok := l.names()
	if !ok {
		l.stop = true
		return
	}
	if l.oversized(names) {
		l.stop = true
		return
	}
	for _, name := range names {
		if f := l.file(name); f != nil {
			l.files = append(l.files, f)
		}
	}
	if l.language() || l.bareModule() {
		l.stop = true
		return
	}
	tree, diags := l.decode()
	l.tree, l.broken = tree, l.broken || l.diags.HasErrors()
	l.diags = append(l.diags, diags...)
	root := &scope{dir: ".", real: ".", tree: tree}
	l.scopes = []*scope{root}
	l.modules(root)
}

// bareModule reports a module that nothing calls: without values for its variables, nothing further makes sense.
func (l *loader) bareModule() bool {
	declare := func(block string) bool {
		return slices.ContainsFunc(l.files, func(f *syntax.File) bool { return f.Declares(block) })
	}
	if declare("policy") || !declare("variable") {
		return false
	}
	l.general("Directory is a module", "It declares variables and names no policy, so that nothing gives them values.",
		"Check the policy that calls it; or, to check it by itself, write a policy block and module \"NAME\" { source = \"./\" } into a "+
			"file that ends in _test.hcl.")
	return true
}

// decode takes the directory for a policy; or, when only its tests name one, for a module with the tests as its caller.
func (l *loader) decode() (*syntax.Tree, schema.Diagnostics) {
	var tests, rest []*syntax.File
	for _, f := range l.files {
		if f.IsTest() {
			tests = append(tests, f)
		} else {
			rest = append(rest, f)
		}
	}
	named := func(f *syntax.File) bool { return f.Declares("policy") }
	if l.stage = slices.ContainsFunc(tests, named) && !slices.ContainsFunc(rest, named); l.stage {
		return l.decoder.Stage(tests)
	}
	return l.decoder.Policy(l.files)
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

// oversized asks for the sizes of all files before the first is read.
func (l *loader) oversized(names []string) bool {
	total := int64(0)
	for _, name := range names {
		if info, err := fs.Stat(l.fsys, name); err == nil && info.Mode().IsRegular() {
			total += min(info.Size(), syntax.MaxFileBytes)
		}
		if total > MaxBytes {
			l.tooLarge(start(name))
			return true
		}
	}
	return false
}

// file reads and parses one file; nil when there is nothing to decode.
func (l *loader) file(name string) *syntax.File {
	src, err := l.read(name, syntax.MaxFileBytes)
	if err != nil {
		l.broken = true
		l.unreadable(name, err)
		return nil
	}
	l.bytes += len(src)
	if l.bytes > MaxBytes || l.tokens > MaxTokens {
		l.broken = true
		l.tooLarge(start(name))
		return nil
	}
	l.sources[name] = src
	f, diags := syntax.Parse(name, src)
	for i := range diags {
		diags[i].Through = l.through
	}
	l.diags = append(l.diags, diags...)
	if f != nil {
		l.tokens += f.Tokens
	}
	return f
}

func (l *loader) tooLarge(rng schema.Range) {
	l.add(rng, "Policy is too large", fmt.Sprintf("Its files together may have %d bytes and %d words and signs.", MaxBytes, MaxTokens),
		"Split it into several policies.")
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
