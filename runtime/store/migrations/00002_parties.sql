-- Tickets of before named their approvers without issuer and kind, so that nobody can decide them any more; the audit
-- log knows what became of them. A person may now vote once for and once against: a no takes an approval back.

-- +goose Up
DROP TABLE votes;
DELETE FROM tickets;
CREATE TABLE votes (
    ticket  TEXT NOT NULL REFERENCES tickets (id),
    number  INTEGER NOT NULL,
    issuer  TEXT NOT NULL,
    subject TEXT NOT NULL,
    approve INTEGER NOT NULL,
    reason  TEXT NOT NULL,
    time    INTEGER NOT NULL,
    PRIMARY KEY (ticket, number),
    UNIQUE (ticket, issuer, subject, approve)
) STRICT;

-- +goose Down
DROP TABLE votes;
DELETE FROM tickets;
CREATE TABLE votes (
    ticket  TEXT NOT NULL REFERENCES tickets (id),
    number  INTEGER NOT NULL,
    issuer  TEXT NOT NULL,
    subject TEXT NOT NULL,
    approve INTEGER NOT NULL,
    reason  TEXT NOT NULL,
    time    INTEGER NOT NULL,
    PRIMARY KEY (ticket, number),
    UNIQUE (ticket, issuer, subject)
) STRICT;
