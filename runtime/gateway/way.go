package gateway

import (
	"os"
	"path/filepath"
	"strings"
)

// maxLinks bounds the symbolic links that are followed, as the kernel does (path_resolution(7)).
const maxLinks = 40

// way gives the names that path leads through: every symbolic link on it, in any of its directories, and the file in
// the end, each with the true path of its directory. It goes as far as the names exist, the first missing one included.
func way(path string) []string {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return []string{path}
	}
	var names []string
	done, left := "/", parts(absolute)
	for links := 0; len(left) > 0; {
		name := filepath.Join(done, left[0])
		left = left[1:]
		info, err := os.Lstat(name)
		if err != nil {
			return append(names, name)
		}
		if info.Mode()&os.ModeSymlink == 0 {
			done = name
			continue
		}
		names = append(names, name)
		target, err := os.Readlink(name)
		if links++; err != nil || links > maxLinks {
			return names
		}
		if filepath.IsAbs(target) {
			done = "/"
		}
		left = append(parts(target), left...)
	}
	return append(names, done)
}

func parts(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == filepath.Separator })
}
