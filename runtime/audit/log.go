package audit

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
)

// Sync says when lines are forced to the disk. Whatever it says, a line is in the kernel's hands when Append returns,
// so that the death of the process loses none; this is about power cuts.
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
	now  func() time.Time
	sync Sync

	mu     sync.Mutex
	file   *os.File
	head   *os.File
	last   Head
	size   int64 // of whole lines
	torn   bool  // bytes after size are a failed write's
	buf    []byte
	headBy []byte
	stat   syscall.Stat_t
	closed bool

	stop    chan struct{}
	stopped sync.WaitGroup
}

// Append writes one record and gives its sequence number. The line has been handed to the kernel with one write when it
// returns. On an error no part of it stays in the log, and the next Append tries anew.
func (l *Log) Append(r *Record) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return 0, ErrClosed
	}
	if err := l.append(r); err != nil {
		return 0, fmt.Errorf("append to the audit log %s: %w", l.file.Name(), err)
	}
	return l.last.Seq, nil
}

func (l *Log) append(r *Record) error {
	if err := l.check(); err != nil {
		return err
	}
	var hash Hash
	l.buf = appendBody(l.buf[:0], l.last, l.now(), r)
	l.buf, hash = appendSeal(l.buf)
	if len(l.buf) > MaxLine {
		l.buf = nil
		return ErrTooLarge
	}
	next := Head{Seq: l.last.Seq + 1, Hash: hash}
	if err := l.write(next); err != nil {
		l.torn = true
		return errors.Join(err, l.mend())
	}
	l.last = next
	l.size += int64(len(l.buf))
	return nil
}

// write puts the line in buf into the log and then the new head over the old: a crash between the two leaves a log that
// is ahead of its head by one line, never one behind it.
func (l *Log) write(next Head) error {
	if _, err := l.file.Write(l.buf); err != nil {
		return err
	}
	if l.sync == SyncAlways {
		if err := syscall.Fdatasync(int(l.file.Fd())); err != nil {
			return os.NewSyscallError("fdatasync", err)
		}
	}
	l.headBy = appendHead(l.headBy[:0], next)
	_, err := l.head.WriteAt(l.headBy, 0)
	return err
}

// check looks whether the file is still the one that was written last time: there, and of the same length.
func (l *Log) check() error {
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

// Head gives the last line's number and hash. Kept elsewhere, it proves later that the log up to there is the same.
func (l *Log) Head() Head {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// Flush forces what was written to the disk, the log before its head.
func (l *Log) Flush() error {
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
	err := l.append(&Record{Kind: KindLogClosed})
	l.closed = true
	l.mu.Unlock()
	close(l.stop)
	l.stopped.Wait()
	return errors.Join(err, l.Flush(), l.file.Close(), l.head.Close())
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
