package poller

import "sync/atomic"

// readiness is one direction of a socket: nothing known, ready, or a fiber that waits for it to be.
type readiness struct{ state atomic.Pointer[Fiber] }

// ready stands for a socket that became ready while nobody waited.
var ready = &Fiber{}

// park leaves f waiting. It reports false, and forgets it, when the socket has become ready meanwhile.
func (r *readiness) park(f *Fiber) bool {
	if r.state.CompareAndSwap(nil, f) {
		return true
	}
	r.state.Store(nil) // only the loop puts ready there, and only one fiber waits
	return false
}

// wake takes out who waits; nil when nobody does, and then the next one will not wait.
func (r *readiness) wake() *Fiber {
	for {
		waiting := r.state.Load()
		switch {
		case waiting == ready:
			return nil
		case waiting == nil:
			if r.state.CompareAndSwap(nil, ready) {
				return nil
			}
		case r.state.CompareAndSwap(waiting, nil):
			return waiting
		}
	}
}
