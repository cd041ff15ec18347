package gateway

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long after the first news of a change the file is looked at: a writer that truncates and writes, or
// a volume that swaps several links, is mostly done by then.
const settle = 50 * time.Millisecond

// watch calls look whenever the file at path may have changed, and every so often in any case, until ctx is done.
// What the file system reports is only a reason to look sooner: it says nothing for network and bind mounts, and the
// directory itself may be replaced.
func watch(ctx context.Context, path string, every time.Duration, logger *slog.Logger, look func(context.Context)) {
	w := &watcher{path: path}
	news, err := fsnotify.NewWatcher()
	if err != nil {
		logger.Warn("the file system does not report changes; the bundle is polled only", "error", err)
		news = &fsnotify.Watcher{} // both channels nil: never ready
	} else {
		defer news.Close()
		w.news = news
	}
	poll := time.NewTicker(every)
	defer poll.Stop()
	w.arm()
	look(ctx) // the file may have changed before it was watched
	for {
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
		case event := <-news.Events:
			if !w.concerns(event) || !rest(ctx, news) {
				continue
			}
		case <-news.Errors: // the queue ran over, so that any event may be lost
		}
		w.arm() // before the look, so that no change falls between the two
		look(ctx)
	}
}

// watcher watches everything on the way from a path to the file that it leads to: the directories of links, which may
// be swapped, and the file at their end, which may be written to, replaced or removed. The directory of the file itself
// is watched only while there is no file: an audit log beside the bundle would make news at every statement, and the
// kernel charges its writer for each.
type watcher struct {
	path string
	// news is nil where the file system does not report changes.
	news *fsnotify.Watcher
	// names are the links on the way and the file, each in its true directory.
	names []string
}

// arm resolves the path anew and watches what it leads through now. What it misses, the poll sees.
func (w *watcher) arm() {
	if w.news == nil {
		return
	}
	w.names = way(w.path)
	last := len(w.names) - 1
	file := w.names[last]
	var dirs []string
	for _, link := range w.names[:last] {
		dirs = append(dirs, filepath.Dir(link))
	}
	if w.news.Add(file) != nil { // again each time, as the file may be a new one
		dirs = append(dirs, filepath.Dir(file))
	}
	for _, old := range w.news.WatchList() {
		if old != file && !slices.Contains(dirs, old) {
			_ = w.news.Remove(old) // it may be gone, and its watch with it
		}
	}
	for _, dir := range dirs {
		_ = w.news.Add(dir) // again each time, as the directory may be a new one
	}
}

// concerns reports whether an event may have changed what the path leads to: one of a name on the way, or a name that
// came or went. Other files that are written to are not news.
func (w *watcher) concerns(event fsnotify.Event) bool {
	return slices.Contains(w.names, event.Name) || event.Has(fsnotify.Create) || event.Has(fsnotify.Rename)
}

// rest lets a burst of events pass. It reports false when ctx is done.
func rest(ctx context.Context, news *fsnotify.Watcher) bool {
	timer := time.NewTimer(settle)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-news.Events:
		case <-timer.C:
			return true
		}
	}
}
