package main

import (
	"fmt"
	"io"
	"os"
	"time"
)

// progress tells on a terminal how far a long run is, on one line that it takes away at the end.
type progress struct {
	w    io.Writer
	what string
	now  func() time.Time
	// next is when to tell again; shown is set when there is a line to take away.
	next  time.Time
	shown bool
}

// How long a run may last untold, and how often it is told.
const (
	progressAfter = time.Second
	progressEvery = 200 * time.Millisecond
)

// progress makes one for standard error; it stays silent where that is no terminal.
func (p *program) progress(what string) *progress {
	w := io.Discard
	if p.terminal(p.stderr) {
		w = p.stderr
	}
	return newProgress(w, what, time.Now)
}

func newProgress(w io.Writer, what string, now func() time.Time) *progress {
	return &progress{w: w, what: what, now: now, next: now().Add(progressAfter)}
}

func (p *progress) show(done, total int) {
	now := p.now()
	if now.Before(p.next) {
		return
	}
	p.next, p.shown = now.Add(progressEvery), true
	fmt.Fprintf(p.w, "\r%d of %d %s", done, total, p.what)
}

func (p *progress) end() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K") // ECMA-48, EL: erase to the end of the line
	}
}

// terminal reports whether w is a terminal that can move its cursor.
func (p *program) terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || p.getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
