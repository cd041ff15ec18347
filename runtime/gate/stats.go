package gate

import (
	"sync/atomic"

	"github.com/gatewright/gatewright/schema"
)

const refusalKinds = int(Draining) + 1

type counters struct {
	opened      atomic.Uint64
	refused     [refusalKinds]atomic.Uint64
	ended       [refusalKinds]atomic.Uint64
	allowed     atomic.Uint64
	denied      atomic.Uint64
	wouldDeny   atomic.Uint64
	masked      atomic.Uint64
	maskedCells atomic.Uint64
	held        atomic.Uint64
	holding     atomic.Int64
	redeemed    atomic.Uint64
	unlogged    atomic.Uint64
}

func (c *counters) decided(d *schema.Decision) {
	switch {
	case !d.Enforced && d.Effect != schema.Allow:
		c.wouldDeny.Add(1)
	case d.Effect == schema.Allow:
		c.allowed.Add(1)
		if d.Would != nil && d.Would.Effect == schema.Deny {
			c.wouldDeny.Add(1)
		}
	default:
		c.denied.Add(1)
	}
	if len(d.Masks) > 0 {
		c.masked.Add(1)
	}
}

// Stats counts what a gate has done since it was made.
type Stats struct {
	// Live is the number of sessions, Holding that of actions waiting for approval, at this moment.
	Live    int
	Holding int
	// Opened counts sessions, Refused callers who were not let in and Ended sessions that the gate ended, by kind.
	Opened  uint64
	Refused map[RefusalKind]uint64
	Ended   map[RefusalKind]uint64
	// Allowed and Denied count actions by what happened to them; WouldDeny those that went through for a dry run alone.
	Allowed   uint64
	Denied    uint64
	WouldDeny uint64
	// Masked counts actions with masked columns, MaskedCells what their outcomes told.
	Masked      uint64
	MaskedCells uint64
	// Held counts actions that waited for approval, Redeemed approvals that were used.
	Held     uint64
	Redeemed uint64
	// Unlogged counts lines that could not be written.
	Unlogged uint64
}

// Stats gives the counts of this moment.
func (g *Gate) Stats() Stats {
	c := &g.counts
	g.mu.Lock()
	live := len(g.sessions)
	g.mu.Unlock()
	s := Stats{
		Live: live, Holding: int(c.holding.Load()), Opened: c.opened.Load(), Allowed: c.allowed.Load(), Denied: c.denied.Load(),
		WouldDeny: c.wouldDeny.Load(), Masked: c.masked.Load(), MaskedCells: c.maskedCells.Load(), Held: c.held.Load(),
		Redeemed: c.redeemed.Load(), Unlogged: c.unlogged.Load(),
		Refused: map[RefusalKind]uint64{}, Ended: map[RefusalKind]uint64{},
	}
	for k := range refusalKinds {
		s.Refused[RefusalKind(k)] = c.refused[k].Load()
		s.Ended[RefusalKind(k)] = c.ended[k].Load()
	}
	return s
}
