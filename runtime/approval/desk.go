package approval

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gatewright/gatewright/schema"
)

// Store keeps tickets. Each method is atomic, over all processes that share the store. A ticket given back is the
// caller's own.
type Store interface {
	// Raise keeps t, unless a pending or approved ticket with its key has not expired at t.Created: that one is given
	// back instead, and created is false. When before is not nil it runs ahead of keeping t, and its error undoes all.
	Raise(ctx context.Context, t *schema.Ticket, before func() error) (kept *schema.Ticket, created bool, err error)
	// Ticket finds a ticket, with its votes; nil when there is none.
	Ticket(ctx context.Context, id string) (*schema.Ticket, error)
	// Open counts the pending and approved tickets of one caller that have not expired at now.
	Open(ctx context.Context, issuer, subject string, now time.Time) (int, error)
	// Tickets lists those in the given states, or all, newest first, at most limit, each Short to schema.MaxListed.
	Tickets(ctx context.Context, limit int, states ...schema.TicketState) ([]schema.Ticket, error)
	// Update hands the ticket to change and keeps its State and the Votes that change appended. An error of change is
	// given back as it is and nothing is kept. The ticket is nil when there is none.
	Update(ctx context.Context, id string, change func(*schema.Ticket) error) (*schema.Ticket, error)
	// Redeem turns the approved ticket with this key, if one has not expired at now, into a redeemed one: of any number
	// of callers one gets it, the others get nil. An error of before undoes it.
	Redeem(ctx context.Context, key string, now time.Time, before func(*schema.Ticket) error) (*schema.Ticket, error)
	// Overdue lists the pending and approved tickets that have expired at now, oldest first, at most limit, each Short.
	Overdue(ctx context.Context, now time.Time, limit int) ([]schema.Ticket, error)
}

// EventKind says what happened to a ticket.
type EventKind uint8

const (
	Raised EventKind = iota
	Voted
	Redeemed
	Expired
)

// Event is what happened to a ticket; Vote is set for Voted. It must not be changed.
type Event struct {
	Kind   EventKind
	Ticket *schema.Ticket
	Vote   *schema.Vote
}

// Config is what a Desk is made of.
type Config struct {
	Store Store
	Now   func() time.Time
	NewID func() string
	// Record is called before an event takes effect; when it fails, the event does not happen. It must not call the desk.
	Record func(Event) error
	// Notify, when not nil, is told of each new ticket. It must not block.
	Notify func(schema.Ticket)
	// Poll is how often a waiter asks the store for what another process decided; zero means DefaultPoll.
	Poll time.Duration
	// MaxOpen bounds the open tickets of one caller, so that none can bury the approvers; zero means DefaultMaxOpen. Two
	// requests at the same moment may overstep it by one.
	MaxOpen int
}

// What stands where the Config says nothing.
const (
	DefaultPoll    = time.Second
	DefaultMaxOpen = 50
)

// Desk raises and decides tickets. It is safe for concurrent use.
type Desk struct {
	config Config

	mu      sync.Mutex
	waiting map[string]map[chan struct{}]struct{}
}

// New makes a desk.
func New(c Config) (*Desk, error) {
	if c.Store == nil || c.Now == nil || c.NewID == nil || c.Record == nil {
		return nil, errors.New("make the approval desk: a store, a clock, a source of ids and a record of events are needed")
	}
	if c.Poll <= 0 {
		c.Poll = DefaultPoll
	}
	if c.MaxOpen <= 0 {
		c.MaxOpen = DefaultMaxOpen
	}
	return &Desk{config: c, waiting: map[string]map[chan struct{}]struct{}{}}, nil
}

// Ticket finds a ticket; nil when there is none. One whose time is over is shown as expired.
func (d *Desk) Ticket(ctx context.Context, id string) (*schema.Ticket, error) {
	t, err := d.config.Store.Ticket(ctx, id)
	if t != nil {
		d.age(t)
	}
	return t, err
}

// Tickets lists tickets in the given states, or all, newest first, at most limit, each Short to schema.MaxListed.
func (d *Desk) Tickets(ctx context.Context, limit int, states ...schema.TicketState) ([]schema.Ticket, error) {
	if _, err := d.Expire(ctx); err != nil {
		return nil, err
	}
	return d.config.Store.Tickets(ctx, limit, states...)
}

// age shows a ticket as its reader must take it, before Expire has come by.
func (d *Desk) age(t *schema.Ticket) {
	if (t.State == schema.TicketPending || t.State == schema.TicketApproved) && !d.config.Now().Before(t.Expires) {
		t.State = schema.TicketExpired
	}
}

const expireBatch = 100

// errOvertaken undoes an expiry that another hand came before.
var errOvertaken = errors.New("overtaken")

// Expire marks the tickets whose time is over and gives their number. Nothing depends on when it is called: an overdue
// ticket is neither voted on nor redeemed.
func (d *Desk) Expire(ctx context.Context) (int, error) {
	overdue, err := d.config.Store.Overdue(ctx, d.config.Now(), expireBatch)
	if err != nil {
		return 0, fmt.Errorf("expire tickets: %w", err)
	}
	n := 0
	for i := range overdue {
		done, err := d.expire(ctx, overdue[i].ID)
		if err != nil {
			return n, fmt.Errorf("expire ticket %s: %w", overdue[i].ID, err)
		}
		if done {
			n++
		}
	}
	return n, nil
}

func (d *Desk) expire(ctx context.Context, id string) (bool, error) {
	_, err := d.config.Store.Update(ctx, id, func(t *schema.Ticket) error {
		before := t.State
		if d.age(t); before == t.State {
			return errOvertaken
		}
		return d.config.Record(Event{Kind: Expired, Ticket: t})
	})
	if errors.Is(err, errOvertaken) {
		return false, nil
	}
	if err == nil {
		d.wake(id)
	}
	return err == nil, err
}
