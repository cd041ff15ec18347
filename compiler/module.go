package compiler

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
)

// Limits of modules. A module that calls another twice, and that another twice, doubles with each level.
const (
	// MaxModuleDepth is how deep calls may nest.
	MaxModuleDepth = 10
	// MaxModules is the number of calls, each with all that it leads to.
	MaxModules = 1000
)

// directory is a module's files, parsed once however often it is called.
type directory struct {
	files []*syntax.File
	// broken is set when it could not be read, which is told.
	broken bool
}

// modules expands the calls of a scope, and of what they call.
func (l *loader) modules(s *scope) {
	names := map[string]schema.Range{}
	for i := range s.tree.Modules {
		m := &s.tree.Modules[i]
		first, twice := names[m.Name.Text]
		switch {
		case !m.Name.Set() || !m.Source.Set():
			l.broken = true
		case !blockName.MatchString(m.Name.Text):
			l.add(m.Name.Range, "Bad name", fmt.Sprintf("%q is no name of a block.", m.Name.Text),
				"Use at most 63 letters, digits, hyphens and underscores, a letter or digit first.")
		case twice:
			l.add(m.Name.Range, "Duplicate name", fmt.Sprintf("module %q is called at %s already.", m.Name.Text, first), "Rename one of the two.")
		default:
			names[m.Name.Text] = m.Name.Range
			l.module(s, m)
		}
	}
}

// module decodes one call. Diagnostics about the call are the caller's, those about the files are told with the way there.
func (l *loader) module(caller *scope, m *syntax.Module) {
	dir, ok := l.moduleDir(caller, m)
	if !ok {
		l.broken = true
		return
	}
	address := caller.prefix + "module." + m.Name.Text
	s := &scope{
		prefix: address + ".", dir: dir, real: l.real(dir), parent: caller,
		through: append([]schema.Call{{Module: address, Range: m.Range}}, caller.through...),
	}
	d := l.directory(s, m)
	if d.broken {
		l.broken = true
		return
	}
	for _, f := range d.files {
		l.tokens += f.Tokens
	}
	if l.tokens > MaxTokens {
		l.broken = true
		l.tooLarge(m.Range)
		return
	}
	tree, inside, outside := l.decoder.Module(d.files, m)
	l.diags = append(l.diags, outside...)
	for i := range inside {
		inside[i].Through = s.through
	}
	l.diags = append(l.diags, inside...)
	s.tree = tree
	l.scopes = append(l.scopes, s)
	l.inside(s, l.modules)
}

// inside runs f with diagnostics told as those of s.
func (l *loader) inside(s *scope, f func(*scope)) {
	outer := l.through
	l.through = s.through
	f(s)
	l.through = outer
}

// moduleDir finds a call's directory, within the policy's.
func (l *loader) moduleDir(caller *scope, m *syntax.Module) (string, bool) {
	source := m.Source.Text
	dir := path.Join(caller.dir, source)
	switch {
	case !strings.HasPrefix(source+"/", "./") && !strings.HasPrefix(source+"/", "../") || strings.ContainsFunc(source, strange):
		l.add(m.Source.Range, "Bad module source", fmt.Sprintf("%q is no path of a directory, relative to this file.", source),
			"Begin it with ./ or ../ and use slashes; modules come from the policy's own directory alone.")
	case dir == ".." || strings.HasPrefix(dir, "../"):
		l.outside(m, "It leads out of the policy's directory.")
	case l.cyclic(caller, m, dir):
	case len(caller.through) >= MaxModuleDepth:
		l.add(m.Range, "Modules nest too deeply", fmt.Sprintf("Calls may nest %d levels deep.", MaxModuleDepth), "Call the inner module from further out.")
	case l.calls >= MaxModules:
		l.add(m.Range, "Too many modules", fmt.Sprintf("A policy may call modules %d times, the calls within modules counted.", MaxModules), "Split it into several policies.")
	default:
		l.calls++
		return dir, true
	}
	return "", false
}

func (l *loader) outside(m *syntax.Module, detail string) {
	l.add(m.Source.Range, "Module outside of the policy", detail, "Put the module into a directory of the policy: what is in there is all that a policy is made of.")
}

// real gives the directory that links lead to; where there is none to read, which is told later, the one that is named.
func (l *loader) real(dir string) string {
	if real, err := followed(l.fsys, dir); err == nil {
		return real
	}
	return dir
}

// cyclic reports a directory that leads to itself, by its own name or by a link, with the whole circle.
func (l *loader) cyclic(caller *scope, m *syntax.Module, dir string) bool {
	chain := fmt.Sprintf("%s calls %s", shownDir(caller.dir), shownDir(dir))
	real := l.real(dir)
	if real != dir {
		chain += ", which is a link to " + shownDir(real)
	}
	for s := caller; s != nil; s = s.parent {
		if s.real == real && !(s.parent == nil && l.stage) {
			l.add(m.Source.Range, "Modules call themselves", "The calls go in a circle: "+chain+".", "Remove one of the calls, or move what both need into a module of its own.")
			return true
		}
		if s.parent != nil {
			chain = fmt.Sprintf("%s calls %s", shownDir(s.parent.dir), chain)
		}
	}
	return false
}

func shownDir(dir string) string { return "./" + strings.TrimPrefix(dir, ".") }

// directory reads a module's files when it is first called.
func (l *loader) directory(s *scope, m *syntax.Module) *directory {
	if d := l.directories[s.dir]; d != nil {
		return d
	}
	d := &directory{}
	l.directories[s.dir] = d
	entries, err := l.moduleEntries(s.dir)
	switch {
	case err == errOutside:
		l.outside(m, fmt.Sprintf("A link on the way to %s leads out of the policy's directory.", shownDir(s.dir)))
	case err != nil:
		l.add(m.Source.Range, "Module cannot be read", fmt.Sprintf("%s: %s", shownDir(s.dir), plainError(err)), "Name a directory that holds *.hcl files, relative to this file.")
	case len(entries) > MaxEntries:
		l.add(m.Source.Range, "Too many files", fmt.Sprintf("The directory has %d entries; a module's may have %d.", len(entries), MaxEntries), "Keep the module in a directory of its own.")
	default:
		l.inside(s, func(s *scope) { l.parseModule(s, d, entries) })
		if len(d.files) == 0 && !d.broken {
			l.add(m.Source.Range, "Empty module", fmt.Sprintf("%s holds no *.hcl files but tests.", shownDir(s.dir)), "Name a directory that holds a module's files.")
			d.broken = true
		}
		return d
	}
	d.broken = true
	return d
}

func (l *loader) moduleEntries(dir string) ([]fs.DirEntry, error) {
	if err := confined(l.fsys, dir); err != nil {
		return nil, err
	}
	return fs.ReadDir(l.fsys, dir)
}

// parseModule reads the files of a module, save its tests: those are for the module alone.
func (l *loader) parseModule(s *scope, d *directory, entries []fs.DirEntry) {
	before := len(l.diags)
	for _, e := range entries {
		name := path.Join(s.dir, e.Name())
		if !l.isPolicy(e) || strings.HasSuffix(name, syntax.TestSuffix) {
			continue
		}
		if f := l.parsed(name); f != nil {
			d.files = append(d.files, f)
			continue
		}
		if err := confined(l.fsys, name); err != nil {
			l.unreadable(name, err)
			continue
		}
		if f := l.file(name); f != nil {
			d.files = append(d.files, f)
		}
	}
	d.broken = l.diags[before:].HasErrors() || slices.ContainsFunc(d.files, func(f *syntax.File) bool { return !f.Readable() })
}

// allFiles gives the files of the policy and of the modules that it calls, each once.
func (l *loader) allFiles() []*syntax.File {
	files := slices.Clone(l.files)
	for _, dir := range slices.Sorted(maps.Keys(l.directories)) {
		for _, f := range l.directories[dir].files {
			if !slices.Contains(files, f) {
				files = append(files, f)
			}
		}
	}
	return files
}

// parsed gives a file that was read already: the module that is tested by itself is in the policy's own directory.
func (l *loader) parsed(name string) *syntax.File {
	for _, f := range l.files {
		if f.Path == name {
			return f
		}
	}
	return nil
}
