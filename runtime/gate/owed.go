package gate

import (
	"sync"
	"sync/atomic"

	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/schema"
)

// maxOwed bounds the lines that wait for a log that cannot be written. While it cannot, no new action passes, so that
// there are no more of them than there were actions and sessions under way.
const maxOwed = 100_000

// owed keeps the lines about what has already happened and so cannot be refused any more, an outcome or the end of a
// session, until the log can be written again.
type owed struct {
	some  atomic.Bool
	mu    sync.Mutex
	lines []audit.Record
}

// tell writes a line about what has happened, now or later.
func (g *Gate) tell(r *audit.Record) {
	g.settleOwed()
	if _, err := g.log.Append(r); err != nil {
		g.unlogged(err)
		g.owed.add(*r)
	}
}

// note is tell for an outcome, which nobody waits for.
func (g *Gate) note(r audit.Record, o schema.Outcome) {
	g.settleOwed()
	line := r // apart from what may be kept, so that the outcome need not be on the heap
	line.Outcome = &o
	if _, err := g.log.Note(&line); err != nil {
		g.unlogged(err)
		kept := o
		r.Outcome = &kept
		g.owed.add(r)
	}
}

func (o *owed) add(r audit.Record) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.lines) < maxOwed {
		o.lines = append(o.lines, r)
		o.some.Store(true)
	}
}

// settleOwed writes what is owed, in the order in which it happened, as far as the log takes it.
func (g *Gate) settleOwed() {
	if !g.owed.some.Load() {
		return
	}
	g.owed.mu.Lock()
	defer g.owed.mu.Unlock()
	for len(g.owed.lines) > 0 {
		if _, err := g.log.Append(&g.owed.lines[0]); err != nil {
			return
		}
		g.owed.lines = g.owed.lines[1:]
	}
	g.owed.lines = nil
	g.owed.some.Store(false)
}
