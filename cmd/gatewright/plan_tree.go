package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// maxTreeBytes bounds what is unpacked: a policy and its catalogs.
const maxTreeBytes = 512 << 20

// Modes of entries in a tree (git-ls-tree).
const (
	modeLink      = "120000"
	modeSubmodule = "160000"
)

// treeEntry is a file or link of a commit, by its name relative to the directory.
type treeEntry struct {
	mode, object, name string
}

// unpack writes what a directory held at a commit. It asks for the objects themselves: git archive would leave out what
// the attributes of that very commit say, and so would not show what is removed later.
func unpack(ctx context.Context, dir, commit, into string) error {
	listing, err := git(ctx, dir, "ls-tree", "-r", "-z", "--long", commit)
	if err != nil {
		return err
	}
	entries, err := treeEntries(listing)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(into)
	if err != nil {
		return err
	}
	defer root.Close()
	cmd := exec.CommandContext(ctx, "git", "-C", dir, "cat-file", "--batch")
	var names bytes.Buffer
	for _, e := range entries {
		names.WriteString(e.object + "\n")
	}
	cmd.Stdin = &names
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	objects := bufio.NewReader(out)
	for _, e := range entries {
		if err := unpackEntry(root, e, objects); err != nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait() // err says why it was killed
			return err
		}
	}
	return cmd.Wait()
}

// treeEntries reads what git ls-tree -z --long prints.
func treeEntries(listing []byte) ([]treeEntry, error) {
	var entries []treeEntry
	total := int64(0)
	for line := range strings.SplitSeq(strings.TrimSuffix(string(listing), "\x00"), "\x00") {
		head, name, ok := strings.Cut(line, "\t")
		fields := strings.Fields(head)
		if !ok || len(fields) != 4 {
			return nil, errors.New("it holds no file")
		}
		if fields[0] == modeSubmodule {
			return nil, fmt.Errorf("%q is a submodule, and what is in there is not in this repository's history", name)
		}
		size, err := strconv.ParseInt(fields[3], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("the size of %q cannot be read", name)
		}
		if total += size; total > maxTreeBytes {
			return nil, fmt.Errorf("it has more than %d bytes", maxTreeBytes)
		}
		entries = append(entries, treeEntry{fields[0], fields[2], name})
	}
	return entries, nil
}

// unpackEntry writes one file or link, whose content git cat-file --batch prints next. A link may lead anywhere: whoever
// reads the policy follows none that leads out of it.
func unpackEntry(root *os.Root, e treeEntry, objects *bufio.Reader) error {
	head, err := objects.ReadString('\n')
	if err != nil {
		return fmt.Errorf("%s: %w", e.name, err)
	}
	fields := strings.Fields(head)
	if len(fields) != 3 || fields[0] != e.object {
		return fmt.Errorf("%q is not in the repository: %s", e.name, strings.TrimSpace(head))
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil || size < 0 || size > maxTreeBytes {
		return fmt.Errorf("the size of %q cannot be read", e.name)
	}
	content := make([]byte, size+1) // and a line end
	if _, err := io.ReadFull(objects, content); err != nil {
		return fmt.Errorf("%s: %w", e.name, err)
	}
	name := filepath.FromSlash(e.name)
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	if e.mode == modeLink {
		return root.Symlink(string(content[:size]), name)
	}
	return root.WriteFile(name, content[:size], 0o600)
}
