-- +goose Up
CREATE TABLE tickets (
    id      TEXT PRIMARY KEY,
    key     TEXT NOT NULL,
    issuer  TEXT NOT NULL,
    subject TEXT NOT NULL,
    state   INTEGER NOT NULL,
    created INTEGER NOT NULL, -- microseconds since 1970, UTC, as every time here
    expires INTEGER NOT NULL,
    body    TEXT NOT NULL     -- the ticket as JSON, without its state and votes
) STRICT;
CREATE INDEX tickets_by_key ON tickets (key, state);
CREATE INDEX tickets_by_owner ON tickets (issuer, subject, state);
CREATE INDEX tickets_by_age ON tickets (state, expires);

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

CREATE TABLE serials (
    policy TEXT PRIMARY KEY,
    serial INTEGER NOT NULL,
    bundle TEXT NOT NULL,
    time   INTEGER NOT NULL
) STRICT;

-- +goose Down
DROP TABLE serials;
DROP TABLE votes;
DROP TABLE tickets;
