package gateway

import (
	"context"
	"log/slog"
	"path/filepath"
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
	news, err := fsnotify.NewWatcher()
	if err != nil {
		logger.Warn("the file system does not report changes; the bundle is polled only", "error", err)
		news = &fsnotify.Watcher{} // both channels nil: never ready
	} else {
		defer news.Close()
	}
	poll := time.NewTicker(every)
	defer poll.Stop()
	dir := filepath.Dir(path)
	for {
		if err == nil {
			_ = news.Add(dir) // again each time, as the directory may be a new one; what it misses, the poll sees
		}
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
			look(ctx)
		case event := <-news.Events:
			if concerns(event, path) && rest(ctx, news) {
				look(ctx)
			}
		case <-news.Errors: // the queue ran over, so that any event may be lost
			look(ctx)
		}
	}
}

// concerns reports whether an event in the directory may have changed what path leads to: one of its own name, or a
// name that came or went, which may be a link on the way to it. Other files that are written to are not news, or the
// audit log beside the bundle would be some at every statement.
func concerns(event fsnotify.Event, path string) bool {
	return filepath.Base(event.Name) == filepath.Base(path) || event.Has(fsnotify.Create) || event.Has(fsnotify.Rename)
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
