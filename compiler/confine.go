package compiler

import (
	"errors"
	"io/fs"
	"path"
	"strings"
)

// maxLinks bounds the links on the way to one file, as operating systems do.
const maxLinks = 40

var errOutside = errors.New("a link leads out of the policy's directory")

// confined reports a link on the way to name that leads out of fsys.
func confined(fsys fs.FS, name string) error {
	_, err := followed(fsys, name)
	return err
}

// followed follows the links on the way to name and gives the name of what they lead to, or errOutside where that is
// outside of fsys. A file system without links has none to follow.
func followed(fsys fs.FS, name string) (string, error) {
	links, ok := fsys.(fs.ReadLinkFS)
	if !ok {
		return name, nil
	}
	rest := strings.Split(name, "/")
	at := "."
	for count := 0; len(rest) > 0; {
		next := path.Join(at, rest[0])
		rest = rest[1:]
		if next == ".." || strings.HasPrefix(next, "../") {
			return "", errOutside
		}
		info, err := links.Lstat(next)
		if err != nil {
			return "", err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			at = next
			continue
		}
		if count++; count > maxLinks {
			return "", errors.New("too many levels of symbolic links")
		}
		to, err := links.ReadLink(next)
		if err != nil {
			return "", err
		}
		if path.IsAbs(to) {
			return "", errOutside
		}
		rest = append(strings.Split(to, "/"), rest...)
	}
	return at, nil
}
