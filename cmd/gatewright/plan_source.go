package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/gatewright/gatewright/compiler"
	"github.com/gatewright/gatewright/compiler/plan"
	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/bundle"
	"github.com/gatewright/gatewright/schema/vocab"
)

// planSource is one of the policies to compare.
type planSource struct {
	side       plan.Side
	invariants []schema.Invariant
	// suite holds the policy's tests; nil for a bundle.
	suite *schema.Suite
	// files holds the catalogs; nil for a bundle.
	files fs.FS
	// dir is where a bundle lies, perhaps with catalogs beside it; nil for a directory.
	dir      fs.FS
	catalogs map[string]*schema.Catalog
	close    func()
}

const gitPrefix = "git:"

// planSource reads a policy: a directory, a bundle, or what dir was at a commit.
func (p *program) planSource(ctx context.Context, from, dir string) (*planSource, error) {
	s := &planSource{catalogs: map[string]*schema.Catalog{}, close: func() {}}
	if ref, ok := strings.CutPrefix(from, gitPrefix); ok && dir != "" {
		tree, err := checkout(ctx, dir, ref)
		if err != nil {
			return nil, err
		}
		s.close = func() { _ = os.RemoveAll(tree) }
		if err := p.planDirectory(s, tree, from); err != nil {
			s.close()
			return nil, err
		}
		return s, nil
	}
	info, err := os.Stat(from)
	switch {
	case err != nil:
		return nil, fail(err, "Name a policy's directory or a bundle; an earlier commit is --from git:REF.")
	case info.IsDir():
		return s, p.planDirectory(s, from, from)
	}
	data, err := readBounded(from, maxBundleBytes)
	if err != nil {
		return nil, fail(err, "")
	}
	b, err := bundle.Decode(data, bundle.Options{Fingerprint: vocab.Fingerprint()})
	if err != nil {
		return nil, refused(from, err)
	}
	s.dir = os.DirFS(filepath.Dir(from))
	return s, s.decideBy(b, noStructure)
}

// planDirectory compiles a policy's directory, which the user knows by a name.
func (p *program) planDirectory(s *planSource, dir, name string) error {
	s.files = policyFS(dir)
	result := compiler.Compile(s.files)
	if result.Bundle == nil {
		p.showDiagnostics(result.Diagnostics, result.Sources)
		return &failure{
			code: exitInvalid, err: fmt.Errorf("the policy of %s is invalid: there is nothing to compare with", name),
			hint: "Repair it, or name another policy. Where it is an earlier commit, compare with one at which the policy was valid: --from git:REF.",
		}
	}
	s.invariants, s.suite = result.Invariants, result.Suite
	return s.decideBy(result.Bundle, structuresOf(result.Bundle, s.files))
}

func (s *planSource) decideBy(b *schema.Bundle, structure func(string) plan.Structure) error {
	e, err := engine.New(b)
	if err != nil {
		return fail(err, "")
	}
	s.side = plan.Side{Bundle: b, Decide: e.Decide, Structure: structure}
	return nil
}

func (s *planSource) issuer(name string) *schema.Issuer {
	for i := range s.side.Bundle.Issuers {
		if s.side.Bundle.Issuers[i].Name == name {
			return &s.side.Bundle.Issuers[i]
		}
	}
	return nil
}

func (s *planSource) target(name string) *schema.Target {
	for i := range s.side.Bundle.Targets {
		if s.side.Bundle.Targets[i].Name == name {
			return &s.side.Bundle.Targets[i]
		}
	}
	return nil
}

// checkout writes what dir was at a commit into a new directory, by the local git alone.
func checkout(ctx context.Context, dir, ref string) (string, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return "", fail(fmt.Errorf("git:%s needs a directory in --to, to know which one to look at", ref), "Write --to DIR.")
	}
	commit, err := git(ctx, dir, "rev-parse", "--verify", "--quiet", "--end-of-options", ref+"^{commit}")
	if err != nil {
		return "", noCommit(ctx, dir, ref, err)
	}
	if err := sameDirectory(ctx, dir); err != nil {
		return "", err
	}
	tree, err := os.MkdirTemp("", "gatewright-plan-")
	if err != nil {
		return "", fail(err, "")
	}
	if err := unpack(ctx, dir, strings.TrimSpace(string(commit)), tree); err != nil {
		return "", errors.Join(fail(fmt.Errorf("reading %s as it was at %s: %w", dir, ref, err), "Was the directory there, under this name? A policy that is new can be compared with nothing."), os.RemoveAll(tree))
	}
	return tree, nil
}

func git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if text := strings.TrimSpace(stderr.String()); err != nil && text != "" {
		return nil, errors.New(text)
	}
	return out, err
}

// sameDirectory refuses a directory whose name may have led elsewhere at the commit: a link that is in the repository,
// or the repository of a submodule, whose commits are its own.
func sameDirectory(ctx context.Context, dir string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return fail(err, "")
	}
	for at := abs; at != filepath.Dir(at); at = filepath.Dir(at) {
		info, err := os.Lstat(at)
		if err != nil {
			return fail(err, "")
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			continue
		}
		if tracked, err := git(ctx, filepath.Dir(at), "ls-files", "--", filepath.Base(at)); err == nil && len(tracked) > 0 {
			return fail(fmt.Errorf("%s is a link in a Git repository, and may have led elsewhere at that commit", at), "Name the directory itself in --to.")
		}
	}
	top, err := git(ctx, dir, "rev-parse", "--show-toplevel", "--show-superproject-working-tree")
	if err != nil {
		return fail(err, "")
	}
	if lines := strings.Split(strings.TrimSpace(string(top)), "\n"); len(lines) > 1 {
		if here, err := git(ctx, ".", "rev-parse", "--show-toplevel"); err != nil || strings.TrimSpace(string(here)) != lines[0] {
			return fail(fmt.Errorf("%s is in a Git submodule, whose commits are not those of the repository around it", dir),
				"Run it from within the submodule, if its own commits are meant.")
		}
	}
	return nil
}

// noCommit says why a ref names no commit.
func noCommit(ctx context.Context, dir, ref string, err error) error {
	if errors.Is(err, exec.ErrNotFound) {
		return fail(errors.New("git is not installed"), "Install git, or compare with a bundle or a directory.")
	}
	if _, inside := git(ctx, dir, "rev-parse", "--git-dir"); inside != nil {
		return fail(fmt.Errorf("%s is in no Git repository", dir), "Compare with a bundle or a directory: --from bundle.gwb.")
	}
	return fail(fmt.Errorf("the repository of %s has no commit %q", dir, ref),
		"Name a branch, tag or commit that 'git log' knows. A CI job that fetched one commit alone gets another with: git fetch --depth=1 origin NAME, then --from git:FETCH_HEAD.")
}
