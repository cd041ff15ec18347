package audit

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// ErrBroken is wrapped by Open's errors about a log that does not hold together.
var ErrBroken = errors.New("the audit log does not hold together")

const brokenHint = "run `gatewright audit verify` to see where; to start a new log, move the log and its .head file away together and keep them"

// Open opens the log at path for writing, making it when there is none, and locks it. The end of an existing log is
// held against its head file: a log that does not verify there, or that has fewer lines than its head tells of, is
// refused. The beginning of a line that a crash left unfinished is removed, which a line of its own records; its
// writer never had it acknowledged.
func Open(path string, o Options) (*Log, error) {
	if o.Now == nil {
		return nil, errors.New("open the audit log: no clock given")
	}
	l := &Log{now: o.Now, sync: o.Sync, stirred: make(chan struct{}, 1), stop: make(chan struct{})}
	torn, err := l.open(path)
	if err == nil {
		err = l.begin(torn)
	}
	if err == nil {
		err = l.putHead()
	}
	if err != nil {
		l.abandon()
		return nil, fmt.Errorf("open the audit log %s: %w", path, err)
	}
	l.stopped.Go(func() { l.settleSoon(o.Failed) })
	if o.Sync == SyncInterval {
		interval := o.Interval
		if interval <= 0 {
			interval = DefaultInterval
		}
		l.stopped.Go(func() { l.flushEvery(interval, o.Failed) })
	}
	return l, nil
}

func (l *Log) open(path string) (torn []byte, err error) {
	if l.file, err = os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600); err != nil {
		return nil, err
	}
	if err = syscall.Flock(int(l.file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.New("another process is writing it; give each gateway a log of its own")
		}
		return nil, os.NewSyscallError("flock", err)
	}
	info, err := l.file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	if err = l.openHead(path, info.Size()); err != nil {
		return nil, err
	}
	return l.readEnd(info.Size())
}

// openHead reads the head file. Only a log without a byte may come without one.
func (l *Log) openHead(path string, size int64) (err error) {
	headPath := HeadPath(path)
	l.head, err = os.OpenFile(headPath, os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrNotExist) && size == 0 {
		return l.makeHead(headPath)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: its head file %s is missing; %s", ErrBroken, headPath, brokenHint)
	}
	if err != nil {
		return err
	}
	if info, err := l.head.Stat(); err == nil && info.Size() == 0 && size == 0 {
		_, err = l.head.WriteAt(appendHead(nil, Head{}), 0) // a crash came between making the file and filling it
		return err
	}
	if l.last, err = readHead(l.head); err != nil {
		return fmt.Errorf("%w: %w; %s", ErrBroken, err, brokenHint)
	}
	return nil
}

func (l *Log) makeHead(path string) (err error) {
	if l.head, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return err
	}
	if _, err = l.head.WriteAt(appendHead(nil, Head{}), 0); err != nil {
		return err
	}
	if err = l.head.Sync(); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// readEnd follows the chain through the end of the file, and sets the last whole line from it. The head must be one of
// the lines it sees.
func (l *Log) readEnd(size int64) (torn []byte, err error) {
	const window = 4 * MaxLine
	start := max(0, size-window)
	data := make([]byte, size-start)
	if _, err := l.file.ReadAt(data, start); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	end := bytes.LastIndexByte(data, '\n') + 1
	torn = data[end:]
	if len(torn) > MaxLine || end == 0 && len(data) == window {
		return nil, fmt.Errorf("%w: it ends in a line of more than %d bytes; %s", ErrBroken, MaxLine, brokenHint)
	}
	l.size = start + int64(end)
	last, err := followEnd(data[:end], start == 0, l.last)
	if err != nil {
		return nil, fmt.Errorf("%w: %w; %s", ErrBroken, err, brokenHint)
	}
	l.last, l.sealed = last, last.Seq
	l.written.Store(last.Seq)
	return torn, nil
}

// followEnd gives the head that the lines lead to. When whole, they are the log from its first line on.
func followEnd(lines []byte, whole bool, head Head) (Head, error) {
	var at Head
	known := whole // at is known to be right
	met := whole && head.Seq == 0 && head.Hash == Hash{}
	if !whole {
		_, lines, _ = bytes.Cut(lines, []byte{'\n'})
	}
	for len(lines) > 0 {
		line, rest, _ := bytes.Cut(lines, []byte{'\n'})
		lines = rest
		n, ok := parseLink(line)
		if !ok || !n.intact {
			return Head{}, fmt.Errorf("the line after number %d was changed", at.Seq)
		}
		if known && (n.seq != at.Seq+1 || n.prev != at.Hash) {
			return Head{}, fmt.Errorf("line number %d does not follow from number %d", n.seq, at.Seq)
		}
		at, known = Head{Seq: n.seq, Hash: n.hash}, true
		if n.seq == head.Seq && n.hash != head.Hash {
			return Head{}, fmt.Errorf("line number %d is not the one that the head file tells of", n.seq)
		}
		met = met || at == head
	}
	if !met {
		return Head{}, fmt.Errorf("the head file tells of %d lines, the log ends at number %d", head.Seq, at.Seq)
	}
	return at, nil
}

// begin writes the lines that a log's opening leaves.
func (l *Log) begin(torn []byte) error {
	if len(torn) > 0 {
		if err := l.mend(); err != nil {
			return err
		}
		reason := fmt.Sprintf("%d bytes of an unfinished line were removed, sha256:%x", len(torn), sha256.Sum256(torn))
		if err := l.append(&Record{Kind: KindLogRecovered, Reason: reason}); err != nil {
			return err
		}
	}
	return l.append(&Record{Kind: KindLogOpened})
}

func (l *Log) abandon() {
	for _, f := range []*os.File{l.file, l.head} {
		if f != nil {
			f.Close()
		}
	}
}
