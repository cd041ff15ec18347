-- The database that the module's tests think of.
CREATE TABLE accounts (
  id bigint PRIMARY KEY,
  owner text NOT NULL,
  balance bigint NOT NULL
);
CREATE TABLE sessions (
  id bigint PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES accounts
);
CREATE FUNCTION unlock(account bigint) RETURNS void LANGUAGE sql AS
  'DELETE FROM sessions WHERE account_id = account';
