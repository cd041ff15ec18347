package poller

import (
	"fmt"
	"os"
	"sync"
	"syscall"
	"unsafe"
)

// Loop carries on the fibers of its connections, in one goroutine.
type Loop struct {
	epoll int
	// wakeup is a pipe's end that stop closes.
	wakeup, waker int

	mu    sync.Mutex
	conns map[int32]*Conn
	// serial numbers the connections.
	serial int32

	// more is set while events of the batch wait behind the one that is looked at.
	more bool
	// again are fibers that have had their turn; the loop's own.
	again []*Fiber
}

// batch is how many events are taken at one time.
const batch = 64

// everything is what a socket is watched for, once: the loop is told of changes alone.
const everything = syscall.EPOLLIN | syscall.EPOLLOUT | syscall.EPOLLRDHUP | edgeTriggered

// edgeTriggered is EPOLLET, which package syscall has as a negative number.
const edgeTriggered = 1 << 31

// ended are the events after which reading finds the end.
const ended = syscall.EPOLLRDHUP | syscall.EPOLLHUP | syscall.EPOLLERR

func newLoop() (*Loop, error) {
	epoll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("poller: %w", os.NewSyscallError("epoll_create1", err))
	}
	l := &Loop{epoll: epoll, conns: map[int32]*Conn{}}
	var ends [2]int
	if err := syscall.Pipe2(ends[:], syscall.O_CLOEXEC|syscall.O_NONBLOCK); err != nil {
		_ = syscall.Close(epoll)
		return nil, fmt.Errorf("poller: %w", os.NewSyscallError("pipe2", err))
	}
	l.wakeup, l.waker = ends[0], ends[1]
	event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(l.wakeup)}
	if err := syscall.EpollCtl(epoll, syscall.EPOLL_CTL_ADD, l.wakeup, &event); err != nil {
		l.free()
		return nil, fmt.Errorf("poller: %w", os.NewSyscallError("epoll_ctl", err))
	}
	return l, nil
}

func (l *Loop) stop() error {
	if _, err := syscall.Write(l.waker, []byte{0}); err != nil {
		return fmt.Errorf("poller: %w", os.NewSyscallError("write", err))
	}
	return nil
}

func (l *Loop) free() {
	_ = syscall.Close(l.epoll)
	_ = syscall.Close(l.wakeup)
	_ = syscall.Close(l.waker)
}

func (l *Loop) run() {
	var events [batch]syscall.EpollEvent
	var conns [batch]*Conn
	var turns []*Fiber
	for {
		n := l.wait(&events)
		if !l.find(events[:n], conns[:n]) {
			return
		}
		for i, c := range conns[:n] {
			l.more = i < n-1
			if c != nil {
				c.happened(events[i].Events)
			}
		}
		turns, l.again = l.again, turns[:0]
		for _, f := range turns {
			f.carryOn(true)
		}
		clear(turns)
		clear(conns[:n])
	}
}

// wait gives the events that there are, and waits for some when no fiber wants its turn. It asks without waiting first:
// under load that saves telling the scheduler.
func (l *Loop) wait(events *[batch]syscall.EpollEvent) int {
	n, _, errno := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, uintptr(l.epoll), uintptr(unsafe.Pointer(&events[0])), batch, 0, 0, 0)
	if errno == 0 && n > 0 || len(l.again) > 0 {
		return max(0, int(n)*noError(errno))
	}
	for {
		n, err := syscall.EpollWait(l.epoll, events[:], -1)
		if err == nil {
			return n
		}
		if err != syscall.EINTR {
			panic("poller: epoll_wait on a descriptor of its own: " + err.Error())
		}
	}
}

func noError(errno syscall.Errno) int {
	if errno != 0 {
		return 0
	}
	return 1
}

// find gives the connections that events are about; false when the loop is to end.
func (l *Loop) find(events []syscall.EpollEvent, conns []*Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range events {
		if int(events[i].Fd) == l.wakeup {
			return false
		}
		// What was told of a socket that is closed by now must not reach the next one of its number.
		if c := l.conns[events[i].Fd]; c != nil && c.serial == events[i].Pad {
			conns[i] = c
		}
	}
	return true
}
