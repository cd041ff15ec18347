package postgres

import (
	"container/list"
	"context"
	"sync"
)

// lobby holds the connections that have not shown a token yet. A client gets through in a moment, so when there are too
// many the one that has waited longest is sent away: stalled connections do not keep others out.
type lobby struct {
	limit int
	mu    sync.Mutex
	order list.List // of context.CancelFunc, the longest wait first
}

// enter makes room for one more, which away sends off. The function given back is to be called when it has got through.
func (l *lobby) enter(away context.CancelFunc) (leave func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.order.Len() >= l.limit {
		l.order.Remove(l.order.Front()).(context.CancelFunc)()
	}
	e := l.order.PushBack(away)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.order.Remove(e)
	}
}
