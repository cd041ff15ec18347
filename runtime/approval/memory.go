package approval

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/gatewright/gatewright/schema"
)

// Memory is a Store that forgets with the process, for when no ticket has to outlive it.
type Memory struct {
	mu      sync.Mutex
	tickets []*schema.Ticket // in the order of creation
}

// NewMemory makes an empty one.
func NewMemory() *Memory { return &Memory{} }

func live(t *schema.Ticket, now time.Time) bool {
	return (t.State == schema.TicketPending || t.State == schema.TicketApproved) && now.Before(t.Expires)
}

func copied(t *schema.Ticket) *schema.Ticket {
	c := *t
	c.Groups, c.Rules, c.Votes = slices.Clone(t.Groups), slices.Clone(t.Rules), slices.Clone(t.Votes)
	c.Accesses = slices.Clone(t.Accesses)
	return &c
}

func (m *Memory) find(match func(*schema.Ticket) bool) *schema.Ticket {
	if i := slices.IndexFunc(m.tickets, match); i >= 0 {
		return m.tickets[i]
	}
	return nil
}

func (m *Memory) byID(id string) *schema.Ticket {
	return m.find(func(t *schema.Ticket) bool { return t.ID == id })
}

// Raise is as Store says.
func (m *Memory) Raise(_ context.Context, t *schema.Ticket, before func() error) (*schema.Ticket, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if had := m.find(func(o *schema.Ticket) bool { return o.Key == t.Key && live(o, t.Created) }); had != nil {
		return copied(had), false, nil
	}
	if before != nil {
		if err := before(); err != nil {
			return nil, false, err
		}
	}
	m.tickets = append(m.tickets, copied(t))
	return copied(t), true, nil
}

// Ticket is as Store says.
func (m *Memory) Ticket(_ context.Context, id string) (*schema.Ticket, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t := m.byID(id); t != nil {
		return copied(t), nil
	}
	return nil, nil
}

// Open is as Store says.
func (m *Memory) Open(_ context.Context, issuer, subject string, now time.Time) (int, error) {
	return len(m.list(func(t *schema.Ticket) bool {
		return t.Issuer == issuer && t.Subject == subject && live(t, now)
	})), nil
}

// Tickets is as Store says.
func (m *Memory) Tickets(_ context.Context, limit int, states ...schema.TicketState) ([]schema.Ticket, error) {
	list := m.list(func(t *schema.Ticket) bool { return len(states) == 0 || slices.Contains(states, t.State) })
	slices.SortStableFunc(list, func(a, b schema.Ticket) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID))
	})
	return list[:min(limit, len(list))], nil
}

// Overdue is as Store says.
func (m *Memory) Overdue(_ context.Context, now time.Time, limit int) ([]schema.Ticket, error) {
	list := m.list(func(t *schema.Ticket) bool {
		return (t.State == schema.TicketPending || t.State == schema.TicketApproved) && !live(t, now)
	})
	slices.SortStableFunc(list, func(a, b schema.Ticket) int {
		return cmp.Or(a.Expires.Compare(b.Expires), cmp.Compare(a.ID, b.ID))
	})
	return list[:min(limit, len(list))], nil
}

func (m *Memory) list(want func(*schema.Ticket) bool) []schema.Ticket {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []schema.Ticket
	for _, t := range m.tickets {
		if want(t) {
			list = append(list, *copied(t))
		}
	}
	return list
}

// Update is as Store says.
func (m *Memory) Update(_ context.Context, id string, change func(*schema.Ticket) error) (*schema.Ticket, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.byID(id)
	if t == nil {
		return nil, nil
	}
	changed := copied(t)
	if err := change(changed); err != nil {
		return nil, err
	}
	t.State, t.Votes = changed.State, slices.Clone(changed.Votes)
	return changed, nil
}

// Redeem is as Store says.
func (m *Memory) Redeem(_ context.Context, key string, now time.Time, before func(*schema.Ticket) error) (*schema.Ticket, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.find(func(t *schema.Ticket) bool {
		return t.Key == key && t.State == schema.TicketApproved && now.Before(t.Expires)
	})
	if t == nil {
		return nil, nil
	}
	used := copied(t)
	used.State = schema.TicketRedeemed
	if err := before(used); err != nil {
		return nil, err
	}
	t.State = schema.TicketRedeemed
	return used, nil
}
