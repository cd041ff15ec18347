package poller

import "iter"

// Fiber is a function that a loop carries on: a coroutine that pauses where it would wait for a socket. Its methods are
// for that function alone.
type Fiber struct {
	loop   *Loop
	resume func() (pause, bool)
	yield  func(pause) bool
	// inline is set while the loop itself carries the fiber on.
	inline bool
	// spent counts what the fiber has done since the loop took it up.
	spent int
}

// pause is why a fiber stops for now.
type pause struct {
	kind pauseKind
	conn *Conn
}

type pauseKind uint8

const (
	pauseRead pauseKind = iota
	pauseWrite
	pauseTurn
	pauseAside
)

// Go begins a fiber. It runs in a goroutine of its own until it waits for a socket, then as the loop has time. A panic in
// it is the process's end.
func (l *Loop) Go(body func(*Fiber)) {
	f := &Fiber{loop: l}
	f.resume, _ = iter.Pull(func(yield func(pause) bool) {
		f.yield = yield
		body(f)
	})
	go f.carryOn(false)
}

// Aside moves the fiber to a goroutine of its own until it waits for a socket again. Nothing happens when it has one, or
// when f is nil, which stands for an ordinary goroutine.
func (f *Fiber) Aside() {
	if f != nil && f.inline {
		f.yield(pause{kind: pauseAside})
	}
}

// turnLength is how many reads a fiber has before the loop looks after the others.
const turnLength = 8

// GiveWay lets the loop look first after what else has happened by now, where there is anything.
func (f *Fiber) GiveWay() {
	if f != nil && f.inline && f.loop.more {
		f.yield(pause{kind: pauseTurn})
	}
}

// Turn counts a piece of work that costs about as much as a read, which counts as well, and lets the others have their
// turn when it was enough. Nothing happens when the fiber has a goroutine of its own, or when f is nil.
func (f *Fiber) Turn() {
	if f == nil {
		return
	}
	if f.spent++; f.spent >= turnLength && f.inline {
		f.spent = 0
		f.yield(pause{kind: pauseTurn})
	}
}

// carryOn runs the fiber until it pauses, and sees to what it waits for. From then on it belongs to whoever wakes it.
func (f *Fiber) carryOn(inline bool) {
	f.spent = 0
	for {
		f.inline = inline
		p, ok := f.resume()
		if !ok {
			return
		}
		switch p.kind {
		case pauseRead:
			if p.conn.readable.park(f) {
				return
			}
		case pauseWrite:
			if p.conn.writable.park(f) {
				return
			}
		case pauseTurn:
			f.loop.again = append(f.loop.again, f)
			return
		default:
			go f.carryOn(false)
			return
		}
	}
}
