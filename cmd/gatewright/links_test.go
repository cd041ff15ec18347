package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	fencedAny = regexp.MustCompile("(?s)```.*?```")
	heading   = regexp.MustCompile(`(?m)^#+ (.*)$`)
	linkText  = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	pageLink  = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	unslugged = regexp.MustCompile(`[^\w\- ]`)
)

// TestLinks follows every link from a page of the tree to another: the file is there, and so is the heading.
func TestLinks(t *testing.T) {
	tree := os.DirFS("../..")
	pages := map[string]string{}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".md" {
			return err
		}
		text, err := fs.ReadFile(tree, name)
		pages[name] = fencedAny.ReplaceAllString(string(text), "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	followed := 0
	for name, text := range pages {
		for _, m := range pageLink.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			followed++
			file, anchor, _ := strings.Cut(m[1], "#")
			to := name
			if file != "" {
				to = path.Join(path.Dir(name), file)
			}
			if _, err := fs.Stat(tree, to); err != nil {
				t.Errorf("%s: %s leads to no file", name, m[1])
			} else if anchor != "" && !slices.Contains(anchors(pages[to]), anchor) {
				t.Errorf("%s: %s leads to no heading", name, m[1])
			}
		}
	}
	if followed < 100 {
		t.Errorf("only %d links", followed)
	}
}

// anchors are what GitHub makes of a page's headings.
func anchors(text string) []string {
	seen := map[string]int{}
	var all []string
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		title := strings.ToLower(strings.TrimSpace(linkText.ReplaceAllString(m[1], "$1")))
		slug := strings.ReplaceAll(unslugged.ReplaceAllString(title, ""), " ", "-")
		if n := seen[slug]; n > 0 {
			all = append(all, fmt.Sprintf("%s-%d", slug, n))
		} else {
			all = append(all, slug)
		}
		seen[slug]++
	}
	return all
}
