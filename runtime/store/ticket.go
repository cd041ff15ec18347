package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gatewright/gatewright/schema"
)

// do runs one transaction. Its error is put into words, but for those of the caller's own functions.
func (s *DB) do(ctx context.Context, what string, f func(*sql.Tx) error) error {
	return s.run(ctx, what, nil, f)
}

// see is do for a transaction that only reads, and so does not wait for another process's writing.
func (s *DB) see(ctx context.Context, what string, f func(*sql.Tx) error) error {
	return s.run(ctx, what, &sql.TxOptions{ReadOnly: true}, f)
}

func (s *DB) run(ctx context.Context, what string, o *sql.TxOptions, f func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, o)
	if err == nil {
		if err = f(tx); err == nil {
			err = tx.Commit()
		} else {
			_ = tx.Rollback() // err says why
		}
	}
	var theirs *callerError
	if errors.As(err, &theirs) {
		return theirs.error
	}
	if err != nil {
		return fmt.Errorf("%s in the store %s: %w", what, s.path, explain(err))
	}
	return nil
}

// callerError carries an error of a function that was handed in through do.
type callerError struct{ error }

func fromCaller(err error) error {
	if err == nil {
		return nil
	}
	return &callerError{err}
}

// Raise keeps t, unless a pending or approved ticket with its key has not expired at t.Created: that one is given back
// instead, and created is false. When before is not nil it runs ahead of keeping t, and its error undoes all.
func (s *DB) Raise(ctx context.Context, t *schema.Ticket, before func() error) (kept *schema.Ticket, created bool, err error) {
	err = s.do(ctx, "raise a ticket", func(tx *sql.Tx) error {
		var id string
		err := tx.QueryRowContext(ctx, "SELECT id FROM tickets WHERE key = ? AND state IN (?, ?) AND expires > ? ORDER BY created, id LIMIT 1",
			t.Key, schema.TicketPending, schema.TicketApproved, t.Created.UnixMicro()).Scan(&id)
		if err == nil {
			kept, err = load(ctx, tx, id)
			return err
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if before != nil {
			if err := before(); err != nil {
				return fromCaller(err)
			}
		}
		if err := insert(ctx, tx, t); err != nil {
			return err
		}
		created = true
		kept, err = load(ctx, tx, t.ID)
		return err
	})
	if err != nil {
		return nil, false, err
	}
	return kept, created, nil
}

func insert(ctx context.Context, tx *sql.Tx, t *schema.Ticket) error {
	plain := *t
	plain.Votes, plain.State = nil, schema.TicketPending
	body, err := json.Marshal(&plain)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO tickets (id, key, issuer, subject, state, created, expires, body)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, t.ID, t.Key, t.Issuer, t.Subject, t.State, t.Created.UnixMicro(), t.Expires.UnixMicro(), string(body))
	return err
}

// Ticket finds a ticket, with its votes; nil when there is none.
func (s *DB) Ticket(ctx context.Context, id string) (t *schema.Ticket, err error) {
	err = s.see(ctx, "read a ticket", func(tx *sql.Tx) error {
		t, err = load(ctx, tx, id)
		return err
	})
	return t, err
}

// Open counts the pending and approved tickets of one caller that have not expired at now.
func (s *DB) Open(ctx context.Context, issuer, subject string, now time.Time) (n int, err error) {
	err = s.see(ctx, "count tickets", func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, "SELECT count(*) FROM tickets WHERE issuer = ? AND subject = ? AND state IN (?, ?) AND expires > ?",
			issuer, subject, schema.TicketPending, schema.TicketApproved, now.UnixMicro()).Scan(&n)
	})
	return n, err
}

// Tickets lists those in the given states, or all, newest first, at most limit, each Short to schema.MaxListed.
func (s *DB) Tickets(ctx context.Context, limit int, states ...schema.TicketState) ([]schema.Ticket, error) {
	where, args := "", []any{}
	if len(states) > 0 {
		where = " WHERE state IN (?" + strings.Repeat(", ?", len(states)-1) + ")"
		for _, state := range states {
			args = append(args, state)
		}
	}
	return s.list(ctx, "SELECT id FROM tickets"+where+" ORDER BY created DESC, id LIMIT ?", append(args, limit)...)
}

// Overdue lists the pending and approved tickets that have expired at now, oldest first, at most limit, each Short.
func (s *DB) Overdue(ctx context.Context, now time.Time, limit int) ([]schema.Ticket, error) {
	return s.list(ctx, "SELECT id FROM tickets WHERE state IN (?, ?) AND expires <= ? ORDER BY expires, id LIMIT ?",
		schema.TicketPending, schema.TicketApproved, now.UnixMicro(), limit)
}

func (s *DB) list(ctx context.Context, query string, args ...any) (list []schema.Ticket, err error) {
	err = s.see(ctx, "list tickets", func(tx *sql.Tx) error {
		ids, err := column(ctx, tx, query, args...)
		if err != nil {
			return err
		}
		list = make([]schema.Ticket, 0, len(ids))
		for _, id := range ids {
			t, err := load(ctx, tx, id)
			if err != nil {
				return err
			}
			list = append(list, t.Short(schema.MaxListed))
		}
		return nil
	})
	return list, err
}

func column(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]string, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var values []string
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, rows.Err()
}

// Update hands the ticket to change and keeps its State and the Votes that change appended. An error of change is given
// back as it is and nothing is kept. The ticket is nil when there is none.
func (s *DB) Update(ctx context.Context, id string, change func(*schema.Ticket) error) (t *schema.Ticket, err error) {
	err = s.do(ctx, "change a ticket", func(tx *sql.Tx) error {
		t, err = load(ctx, tx, id)
		if err != nil || t == nil {
			return err
		}
		had := len(t.Votes)
		if err := change(t); err != nil {
			return fromCaller(err)
		}
		if _, err := tx.ExecContext(ctx, "UPDATE tickets SET state = ? WHERE id = ?", t.State, id); err != nil {
			return err
		}
		for i := had; i < len(t.Votes); i++ {
			if err := insertVote(ctx, tx, id, i, &t.Votes[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// Redeem turns the approved ticket with this key, if one has not expired at now, into a redeemed one: of any number of
// callers one gets it, the others get nil. An error of before undoes it.
func (s *DB) Redeem(ctx context.Context, key string, now time.Time, before func(*schema.Ticket) error) (t *schema.Ticket, err error) {
	err = s.do(ctx, "redeem a ticket", func(tx *sql.Tx) error {
		var id string
		err := tx.QueryRowContext(ctx, `UPDATE tickets SET state = ? WHERE state = ? AND id =
			(SELECT id FROM tickets WHERE key = ? AND state = ? AND expires > ? ORDER BY created, id LIMIT 1) RETURNING id`,
			schema.TicketRedeemed, schema.TicketApproved, key, schema.TicketApproved, now.UnixMicro()).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if t, err = load(ctx, tx, id); err != nil {
			return err
		}
		return fromCaller(before(t))
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// load reads one ticket; nil when there is none.
func load(ctx context.Context, tx *sql.Tx, id string) (*schema.Ticket, error) {
	var body string
	var state schema.TicketState
	err := tx.QueryRowContext(ctx, "SELECT body, state FROM tickets WHERE id = ?", id).Scan(&body, &state)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	t := new(schema.Ticket)
	if err := json.Unmarshal([]byte(body), t); err != nil {
		return nil, fmt.Errorf("%w: ticket %s: %w", errDamaged, id, err)
	}
	if state > schema.TicketRedeemed {
		return nil, fmt.Errorf("%w: ticket %s has state %d", errDamaged, id, state)
	}
	t.State = state
	t.Votes, err = votes(ctx, tx, id)
	return t, err
}
