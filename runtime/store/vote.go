package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/gatewright/gatewright/schema"
)

func votes(ctx context.Context, tx *sql.Tx, ticket string) ([]schema.Vote, error) {
	rows, err := tx.QueryContext(ctx, "SELECT issuer, subject, kind, approve, reason, time FROM votes WHERE ticket = ? ORDER BY number", ticket)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []schema.Vote{}
	for rows.Next() {
		var v schema.Vote
		var at int64
		if err := rows.Scan(&v.Issuer, &v.Subject, &v.Kind, &v.Approve, &v.Reason, &at); err != nil {
			return nil, err
		}
		v.Time = time.UnixMicro(at).UTC()
		list = append(list, v)
	}
	return list, rows.Err()
}

func insertVote(ctx context.Context, tx *sql.Tx, ticket string, number int, v *schema.Vote) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO votes (ticket, number, issuer, subject, kind, approve, reason, time) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		ticket, number, v.Issuer, v.Subject, v.Kind, v.Approve, v.Reason, v.Time.UnixMicro())
	return err
}
