package approval

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/schema"
)

// MaxStatement bounds the statement in a ticket, in bytes. A longer one is refused: nobody approves what they cannot see.
const MaxStatement = 64 << 10

// MaxShown bounds the bind values in a ticket, as an approver reads them, in bytes all together.
const MaxShown = 256 << 10

// Request asks for an approval: who wants to do what, and the rules and the route that hold it.
type Request struct {
	Principal *schema.Principal
	Target    string
	// Text is the exact statement, Parameters its bind values and Shown the same as an approver reads them.
	Text       string
	Parameters []schema.Parameter
	Shown      []string
	// Accesses are what the statement does, by canonical names: what the text means at this moment.
	Accesses []schema.Access
	Rules    []string
	// Bundle is the content id of the bundle whose rules they are.
	Bundle string
	Route  schema.Route
}

// Key is what an approval is bound to: the caller, the target, the exact text, the bind values, what the text does, and
// who was asked. The same text on other tables, as under another search_path, needs an approval of its own; and an
// approval by those whom an older policy asked is none for a newer policy that asks others.
func (r *Request) Key() string {
	h := sha256.New()
	part(h, "gatewright ticket 1")
	part(h, r.Principal.Issuer)
	part(h, r.Principal.Subject)
	part(h, r.Target)
	part(h, r.Text)
	parameters(h, r.Parameters)
	part(h, r.Route.Name)
	part(h, fmt.Sprint(r.Route.Quorum))
	list(h, slices.Sorted(slices.Values(r.Route.Approvers)))
	list(h, slices.Sorted(slices.Values(r.Route.ApproverKinds)))
	list(h, r.does())
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// does gives the accesses as "verb object", sorted and once each.
func (r *Request) does() []string {
	lines := make([]string, 0, len(r.Accesses))
	for i := range r.Accesses {
		lines = append(lines, strings.TrimSpace(r.Accesses[i].Verb+" "+r.Accesses[i].Object))
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

func size(texts []string) int {
	n := 0
	for _, text := range texts {
		n += len(text)
	}
	return n
}

func list(h hash.Hash, lines []string) {
	part(h, fmt.Sprint(len(lines)))
	for _, line := range lines {
		part(h, line)
	}
}

// parameters feeds the bind values, with their types and formats: the same bytes mean another value under another type.
func parameters(h hash.Hash, list []schema.Parameter) {
	part(h, fmt.Sprint(len(list)))
	for i := range list {
		p := &list[i]
		part(h, fmt.Sprint(p.Type, p.Binary, p.Null))
		part(h, string(p.Value))
	}
}

// part feeds one string with its length in front, so that no two lists of strings are the same bytes.
func part(h hash.Hash, s string) {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(s)))
	h.Write(n[:])
	h.Write([]byte(s))
}

// Raise asks for an approval. When the same has been asked for already and is not over, that ticket is given, be it
// pending or approved.
func (d *Desk) Raise(ctx context.Context, r Request) (*schema.Ticket, error) {
	if len(r.Text) > MaxStatement {
		return nil, refuse(TooLong, fmt.Sprintf("a statement of more than %d bytes cannot be approved", MaxStatement),
			"split the statement, or send its data as bind values")
	}
	if len(r.Shown) != len(r.Parameters) || size(r.Shown) > MaxShown {
		return nil, refuse(TooLong, fmt.Sprintf("a statement whose bind values do not show in %d bytes cannot be approved", MaxShown),
			"bind less with one statement")
	}
	if r.Route.Quorum < 1 || len(r.Route.Approvers) == 0 || len(r.Route.ApproverKinds) == 0 || r.Route.Expires <= 0 {
		return nil, refuse(NoRoute, fmt.Sprintf("route %q asks nobody", r.Route.Name), "ask the owner of the policy")
	}
	now := d.config.Now().UTC().Truncate(time.Microsecond) // as the store keeps the time of a vote
	open, err := d.config.Store.Open(ctx, r.Principal.Issuer, r.Principal.Subject, now)
	if err != nil {
		return nil, fmt.Errorf("raise a ticket: %w", err)
	}
	t := &schema.Ticket{
		ID: d.config.NewID(), Key: r.Key(), Issuer: r.Principal.Issuer, Subject: r.Principal.Subject,
		Groups: slices.Clone(r.Principal.Groups), Target: r.Target, Statement: r.Text, Parameters: slices.Clone(r.Shown), Rules: slices.Clone(r.Rules),
		Accesses: r.does(), Bundle: r.Bundle, Route: r.Route, Created: now, Expires: now.Add(r.Route.Expires),
	}
	kept, created, err := d.config.Store.Raise(ctx, t, func() error {
		if open >= d.config.MaxOpen {
			return refuse(TooMany, fmt.Sprintf("%s has %d open tickets, the most there may be", r.Principal, open),
				"wait until some are decided or expire")
		}
		return d.config.Record(Event{Kind: Raised, Ticket: t})
	})
	if err != nil {
		return nil, fmt.Errorf("raise a ticket: %w", err)
	}
	if created && d.config.Notify != nil {
		d.config.Notify(*kept)
	}
	return kept, nil
}

// Redeem uses an approval up. The ticket is nil when there is none to use: never approved, expired, used before.
func (d *Desk) Redeem(ctx context.Context, key string) (*schema.Ticket, error) {
	t, err := d.config.Store.Redeem(ctx, key, d.config.Now(), func(t *schema.Ticket) error {
		return d.config.Record(Event{Kind: Redeemed, Ticket: t})
	})
	if err != nil {
		return nil, fmt.Errorf("redeem an approval: %w", err)
	}
	return t, nil
}
