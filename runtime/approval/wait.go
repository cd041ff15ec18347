package approval

import (
	"context"
	"fmt"
	"time"

	"github.com/gatewright/gatewright/schema"
)

// Wait waits until a ticket is no longer pending, hold is over, or ctx is done, and gives the ticket as it then stands.
// A decision made at this desk wakes it at once, one made by another process at the next poll. The error is that of
// the store, or of ctx.
func (d *Desk) Wait(ctx context.Context, id string, hold time.Duration) (*schema.Ticket, error) {
	decided := d.join(id)
	defer d.leave(id, decided)
	over := time.NewTimer(hold)
	defer over.Stop()
	poll := time.NewTicker(d.config.Poll)
	defer poll.Stop()
	for last := false; ; {
		t, err := d.Ticket(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("wait for ticket %s: %w", id, err)
		}
		if t == nil {
			return nil, fmt.Errorf("wait for ticket %s: it is gone", id)
		}
		if t.State != schema.TicketPending || last {
			return t, nil
		}
		select {
		case <-decided:
		case <-poll.C:
		case <-over.C:
			last = true
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for ticket %s: %w", id, context.Cause(ctx))
		}
	}
}

func (d *Desk) join(id string) chan struct{} {
	c := make(chan struct{}, 1)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.waiting[id] == nil {
		d.waiting[id] = map[chan struct{}]struct{}{}
	}
	d.waiting[id][c] = struct{}{}
	return c
}

func (d *Desk) leave(id string, c chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.waiting[id], c)
	if len(d.waiting[id]) == 0 {
		delete(d.waiting, id)
	}
}

func (d *Desk) wake(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.waiting[id] {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
