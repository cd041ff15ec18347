package audit

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Sync says when lines are forced to the disk. Whatever it says, a line is in the kernel's hands when Append returns,
// so that the death of the process does not lose it; this is about power cuts.
type Sync uint8

const (
	// SyncInterval forces lines to the disk every Options.Interval. A power cut may lose the last ones, and the next
	// Open refuses when the head file tells of more lines than there are.
	SyncInterval Sync = iota
	// SyncAlways forces each line to the disk before Append returns.
	SyncAlways
	// SyncNever leaves it to the operating system.
	SyncNever
)

// DefaultInterval is how often SyncInterval writes through.
const DefaultInterval = time.Second

// Options says how a log is written.
type Options struct {
	// Now is the clock of the lines.
	Now  func() time.Time
	Sync Sync
	// Interval is for SyncInterval; zero means DefaultInterval.
	Interval time.Duration
	// Failed, when not nil, is told of an error of the background write-through.
	Failed func(error)
}

// Errors that an operator can act upon.
var (
	ErrClosed   = errors.New("the audit log is closed")
	ErrTooLarge = fmt.Errorf("the record does not fit into a line of %d bytes", MaxLine)
	ErrChanged  = errors.New("somebody else changed the audit log while it was being written")
)

// Log writes an event log. One process writes it; any number may read it meanwhile. It is safe for concurrent use.
type Log struct {
	now   func() time.Time
	clock clock
	sync  Sync

	mu     sync.Mutex
	file   *os.File
	head   *os.File
	last   Head
	size   int64  // of the whole lines in the file
	torn   bool   // bytes after size are a failed write's
	buf    []byte // lines that are not in the file yet
	headBy []byte
	headAt int64 // the size that the head file tells of
	dirty  bool  // settle is on its way
	// unseen is set when nobody has looked since the log was quiet whether the file is still the log's.
	unseen bool
	sealed uint64 // the number of the last line in buf or, without one, in the file
	stat   syscall.Stat_t
	closed bool

	written atomic.Uint64 // the number of the last line in the file
	failing atomic.Bool   // the last write failed
	syncing sync.Mutex
	synced  uint64 // the number of the last line that is on the disk for certain; under syncing
	// slow is how many lines are still to be taken for slow ones, writing whether one is being written.
	slow    atomic.Int32
	writing atomic.Bool

	stirred chan struct{}
	stop    chan struct{}
	stopped sync.WaitGroup
}

const (
	// linger is how long a noted line, the head and the look at the file may wait.
	linger = 10 * time.Millisecond
	// retry is how soon what could not be settled is tried again.
	retry = time.Second
	// maxNoted is what waits before it is written at once, maxKept what is kept while it cannot be written, and maxAhead how far
	// the log may be ahead of its head; all in bytes.
	maxNoted = 256 << 10
	maxKept  = 4 << 20
	maxAhead = 1 << 20
)

// Append writes one record and gives its sequence number. The line has been handed to the kernel, with one write that
// takes the noted ones before it along, when it returns. On an error no part of it stays in the log, and the next Append
// tries anew.
func (l *Log) Append(r *Record) (uint64, error) {
	seq, err := l.appendOne(r)
	if err == nil && l.sync == SyncAlways {
		err = l.syncTo(seq)
	}
	if err != nil {
		return 0, l.named(err)
	}
	return seq, nil
}

func (l *Log) appendOne(r *Record) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return 0, ErrClosed
	}
	err := l.append(r)
	return l.last.Seq, err
}

// Note writes one record that nobody waits for now. Its place in the log is certain when it returns, and it is handed to the
// kernel within 10 ms, with the next Append, or by Commit: the death of the process may lose it until then. It is kept while
// the log cannot be written.
func (l *Log) Note(r *Record) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return 0, ErrClosed
	}
	kept := len(l.buf)
	next, err := l.seal(r)
	if err == nil && len(l.buf) > maxNoted {
		err = l.write()
	}
	if err != nil && len(l.buf) > maxKept || errors.Is(err, ErrTooLarge) {
		l.takeBack(kept)
		return 0, l.named(err)
	}
	l.last = next
	l.stir()
	return next.Seq, nil
}

// Commit makes sure of every line up to a noted one, as Append does of its own. Who commits for many statements at once pays
// for one write, and for one write through to the disk. On an error the lines stay noted: what they tell of is known to have
// been decided, and must not be done.
func (l *Log) Commit(seq uint64) error {
	var err error
	if l.written.Load() < seq {
		err = l.commit(seq)
	}
	if err == nil && l.sync == SyncAlways {
		err = l.syncTo(seq)
	}
	if err != nil {
		return l.named(err)
	}
	return nil
}

func (l *Log) commit(seq uint64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.written.Load() >= seq {
		return nil
	}
	if l.unseen || l.sync == SyncAlways {
		if err := l.check(); err != nil {
			return err
		}
	}
	return l.write()
}

// syncTo forces the lines up to a number to the disk, and those that were written meanwhile with them.
func (l *Log) syncTo(seq uint64) error {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	if l.synced >= seq {
		return nil
	}
	reached := l.written.Load()
	if err := syscall.Fdatasync(int(l.file.Fd())); err != nil {
		return os.NewSyscallError("fdatasync", err)
	}
	l.synced = reached
	return nil
}

// Failing reports whether the log could not be written when that was last tried.
func (l *Log) Failing() bool { return l.failing.Load() }

func (l *Log) named(err error) error {
	return fmt.Errorf("append to the audit log %s: %w", l.file.Name(), err)
}

func (l *Log) append(r *Record) error {
	if !l.dirty || l.unseen || l.sync == SyncAlways {
		if err := l.check(); err != nil {
			return err
		}
	}
	noted := len(l.buf)
	next, err := l.seal(r)
	if err == nil {
		err = l.write()
	}
	if err != nil {
		l.takeBack(noted)
		return err
	}
	l.last = next
	l.stir()
	return nil
}

// takeBack takes the line that was sealed last out of buf again.
func (l *Log) takeBack(size int) { l.buf, l.sealed = l.buf[:size], l.last.Seq }

// seal puts a record's line behind those that wait. The caller takes it away again, or makes it the last one.
func (l *Log) seal(r *Record) (Head, error) {
	var hash Hash
	start := len(l.buf)
	l.buf = l.appendBody(l.buf, l.last, r)
	l.buf, hash = appendSeal(l.buf, start)
	if len(l.buf)-start > MaxLine {
		return Head{}, ErrTooLarge
	}
	l.sealed = l.last.Seq + 1
	return Head{Seq: l.sealed, Hash: hash}, nil
}

// write puts the lines in buf into the log. Where it fails, none of them is there.
func (l *Log) write() error {
	if l.torn {
		if err := l.mend(); err != nil {
			return err
		}
	}
	l.writing.Store(true)
	begun := time.Now()
	_, err := l.file.Write(l.buf)
	l.learn(time.Since(begun))
	l.writing.Store(false)
	if err != nil {
		l.torn = true
		l.failing.Store(true)
		return errors.Join(err, l.mend())
	}
	l.failing.Store(false)
	l.written.Store(l.sealed)
	l.size += int64(len(l.buf))
	l.buf = l.buf[:0]
	if cap(l.buf) > maxKept {
		l.buf = nil
	}
	return nil
}

// Slow reports whether writing may take long now: each line is forced to the disk, the disk was slow of late, or another
// line is being written. A caller whom others wait for does better to write elsewhere then.
func (l *Log) Slow() bool { return l.sync == SyncAlways || l.writing.Load() || l.slow.Load() > 0 }

const (
	// slowWrite is how long a write takes that the page cache does not simply swallow, and slowLines how many lines after
	// one are taken to be slow as well.
	slowWrite = 2 * time.Millisecond
	slowLines = 1000
)

// learn remembers a slow write for a while.
func (l *Log) learn(took time.Duration) {
	switch left := l.slow.Load(); {
	case took >= slowWrite:
		l.slow.Store(slowLines)
	case left > 0:
		l.slow.Store(left - 1)
	}
}

// check looks whether the file is still the one that was written last time: there, and of the same length.
func (l *Log) check() error {
	if err := l.look(); err != nil {
		l.failing.Store(true)
		return err
	}
	l.unseen = false
	return nil
}

func (l *Log) look() error {
	if l.torn {
		if err := l.mend(); err != nil {
			return err
		}
	}
	if err := syscall.Fstat(int(l.file.Fd()), &l.stat); err != nil {
		return os.NewSyscallError("fstat", err)
	}
	switch {
	case l.stat.Nlink == 0:
		return fmt.Errorf("%w: the file was deleted", ErrChanged)
	case l.stat.Size != l.size:
		return fmt.Errorf("%w: it has %d bytes in place of %d", ErrChanged, l.stat.Size, l.size)
	}
	return nil
}

// mend takes the log back to its last whole line.
func (l *Log) mend() error {
	if err := l.file.Truncate(l.size); err != nil {
		return fmt.Errorf("take back an unfinished line: %w", err)
	}
	l.torn = false
	return nil
}

// stir has what waits settled soon. A log that would get too far ahead of its head is settled at once.
func (l *Log) stir() {
	if l.size-l.headAt > maxAhead {
		_ = l.putHead() // it is tried again, and an error told, when the log is settled
	}
	if !l.dirty {
		l.dirty = true
		l.unseen = len(l.buf) > 0
		select {
		case l.stirred <- struct{}{}:
		default:
		}
	}
}

// putHead writes the new head over the old: a crash before leaves a log that is ahead of its head, never one behind it.
func (l *Log) putHead() error {
	if len(l.buf) > 0 || l.headAt == l.size {
		return nil // the last line is not in the log yet, or the head is right
	}
	l.headBy = appendHead(l.headBy[:0], l.last)
	if _, err := l.head.WriteAt(l.headBy, 0); err != nil {
		return err
	}
	l.headAt = l.size
	return nil
}

// settle writes the noted lines, looks whether the file is still the log's, and brings the head up to date.
func (l *Log) settle() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	return l.settleNow()
}

func (l *Log) settleNow() error {
	l.dirty = false
	if err := l.check(); err != nil {
		return err
	}
	if len(l.buf) > 0 {
		if err := l.write(); err != nil {
			return err
		}
	}
	return l.putHead()
}

// settleSoon settles what was stirred, and again what could not be.
func (l *Log) settleSoon(failed func(error)) {
	for l.pause(nil, l.stirred) {
		for wait := linger; l.pause(time.After(wait), nil); wait = retry {
			err := l.settle()
			if err == nil {
				break
			}
			if failed != nil {
				failed(err)
			}
		}
	}
}

// pause waits for either; false when the log is closed.
func (l *Log) pause(timer <-chan time.Time, event <-chan struct{}) bool {
	select {
	case <-l.stop:
		return false
	case <-timer:
		return true
	case <-event:
		return true
	}
}

// Head gives the last line's number and hash. Kept elsewhere, it proves later that the log up to there is the same.
func (l *Log) Head() Head {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// Flush forces everything to the disk, the log before its head.
func (l *Log) Flush() error {
	if err := l.settle(); err != nil {
		return fmt.Errorf("flush the audit log: %w", err)
	}
	return l.force()
}

func (l *Log) force() error {
	if err := l.file.Sync(); err != nil {
		return fmt.Errorf("flush the audit log: %w", err)
	}
	if err := l.head.Sync(); err != nil {
		return fmt.Errorf("flush the head of the audit log: %w", err)
	}
	return nil
}

// Close writes that the log ends here, flushes and closes it. It may be called more than once.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	err := errors.Join(l.append(&Record{Kind: KindLogClosed}), l.settleNow())
	l.closed = true
	l.mu.Unlock()
	close(l.stop)
	l.stopped.Wait()
	return errors.Join(err, l.force(), l.file.Close(), l.head.Close())
}

func (l *Log) flushEvery(interval time.Duration, failed func(error)) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-tick.C:
			if err := l.Flush(); err != nil && failed != nil {
				failed(err)
			}
		}
	}
}
