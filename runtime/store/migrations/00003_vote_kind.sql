-- The kind of principal that voted; empty for votes of before.

-- +goose Up
ALTER TABLE votes ADD COLUMN kind TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE votes DROP COLUMN kind;
