package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// policyFile is a file to be laid out: the name that the user knows it by, and where it really is.
type policyFile struct {
	name, path string
	info       fs.FileInfo
}

// files finds what the arguments stand for, each file once, in the order of the arguments and of names.
func (f *formatting) files(args []string) ([]policyFile, error) {
	var found []policyFile
	seen := map[string]bool{}
	for _, arg := range args {
		more, err := f.filesOf(arg)
		if err != nil {
			return nil, err
		}
		for _, file := range more {
			if !seen[file.path] {
				seen[file.path] = true
				found = append(found, file)
			}
		}
	}
	return found, nil
}

func (f *formatting) filesOf(arg string) ([]policyFile, error) {
	if arg == "-" {
		return nil, fail(errors.New("- stands for standard input, and goes alone"), "")
	}
	info, err := os.Stat(arg)
	switch {
	case err != nil:
		return nil, fail(err, "Name a policy's directory, or files of it.")
	case info.IsDir():
		return f.below(arg)
	case !strings.HasSuffix(arg, ".hcl"):
		return nil, fail(fmt.Errorf("%s is no policy file", arg), "The names of policy files end in .hcl.")
	}
	path, err := filepath.EvalSymlinks(arg)
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		return nil, fail(err, "")
	}
	return []policyFile{{name: arg, path: path, info: info}}, nil
}

// below finds the policy files in a directory and below it. Links to directories are not followed, and a link to a file
// is when the file is in the directory too: nothing else is written to.
func (f *formatting) below(dir string) ([]policyFile, error) {
	root, err := filepath.EvalSymlinks(dir)
	if err == nil {
		root, err = filepath.Abs(root)
	}
	if err != nil {
		return nil, fail(err, "")
	}
	var found []policyFile
	err = fs.WalkDir(os.DirFS(root), ".", func(rel string, d fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(d.Name(), ".") && rel != "."
		switch {
		case err != nil:
			return err
		case d.IsDir() && hidden:
			return fs.SkipDir
		case d.IsDir() || hidden || !strings.HasSuffix(rel, ".hcl"):
			return nil
		}
		if file, ok := f.linked(dir, root, filepath.FromSlash(rel)); ok {
			found = append(found, file)
		}
		return nil
	})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("%s: %w", dir, errNoPolicyFiles)
	}
	if err != nil {
		return nil, fail(err, "Name a policy's directory, or files of it.")
	}
	return found, nil
}

// linked looks where a file of a directory really is.
func (f *formatting) linked(dir, root, rel string) (policyFile, bool) {
	name := filepath.Join(dir, rel)
	path, err := filepath.EvalSymlinks(filepath.Join(root, rel))
	if err == nil && !strings.HasPrefix(path, strings.TrimSuffix(root, string(filepath.Separator))+string(filepath.Separator)) {
		fmt.Fprintln(f.stderr, wrap("", "  ", fmt.Sprintf("Warning: %s is a link to a file outside of %s, and is left alone.", oneLine(name), oneLine(dir))))
		return policyFile{}, false
	}
	var info fs.FileInfo
	if err == nil {
		info, err = os.Stat(path)
	}
	if err != nil {
		path = name // reading it tells what is wrong
	} else if info.IsDir() {
		return policyFile{}, false
	}
	return policyFile{name: name, path: path, info: info}, true
}

func (p policyFile) read(limit int64) ([]byte, error) {
	if p.info != nil && !p.info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	f, err := os.Open(p.path)
	if err != nil {
		return nil, pathless(err)
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit+1))
}

// replace puts a new file in the place of this one, whole or not at all, with the mode of the old one.
func (p policyFile) replace(data []byte) error {
	if p.info.Mode().Perm()&0o200 == 0 {
		return errors.New("it is read-only")
	}
	temporary, err := os.CreateTemp(filepath.Dir(p.path), "."+filepath.Base(p.path)+".*")
	if err != nil {
		return pathless(err)
	}
	_, err = temporary.Write(data)
	err = errors.Join(err, temporary.Chmod(p.info.Mode().Perm()), temporary.Sync(), temporary.Close())
	if err == nil {
		err = p.unchanged()
	}
	if err == nil {
		err = os.Rename(temporary.Name(), p.path)
	}
	if err != nil {
		return errors.Join(pathless(err), os.Remove(temporary.Name()))
	}
	return nil
}

// unchanged reports a file that somebody else wrote in the meantime.
func (p policyFile) unchanged() error {
	now, err := os.Lstat(p.path)
	if err == nil && (!os.SameFile(now, p.info) || now.Size() != p.info.Size() || !now.ModTime().Equal(p.info.ModTime())) {
		err = errors.New("it changed while it was formatted")
	}
	return err
}

// pathless leaves the path out of an error that is told with the file's name.
func pathless(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
