-- The twins' structure: masked columns of many types, each beside plain ones, reached in every way there is. What is
-- written to has a masked column "pad" at its end, which makes each row of a table equally long in both twins.
CREATE TYPE mood AS ENUM ('low', 'calm', 'high', 'wild');
CREATE TYPE address AS (street text, zip int);
CREATE DOMAIN code AS text CHECK (length(VALUE) < 100);
CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);

CREATE TABLE cities (name text PRIMARY KEY, people int, founded date);
CREATE TABLE people (
  id int PRIMARY KEY, name text NOT NULL, city text, band int, joined date, nick varchar(20),
  ssn text UNIQUE NOT NULL, email varchar(60), salary numeric(12,2), born date, pin int NOT NULL, tags text[], doc jsonb,
  raw json, home address, grade code, secret bytea, mood mood, spot point, area polygon, span int4range, ip inet, flag boolean, seen timestamptz,
  badge uuid, ratio float8, fixed char(8), bits bit varying(16), free text COLLATE caseless, scores int[], worth money,
  loud text GENERATED ALWAYS AS (upper(ssn)) STORED, pad text);
CREATE TABLE accounts (
  id int PRIMARY KEY, owner int REFERENCES people, kind text NOT NULL, opened date, iban text NOT NULL, balance numeric(12,2), memo text, pad text);
CREATE INDEX accounts_iban ON accounts (iban);
CREATE TABLE payments (id int, account int, cents int NOT NULL, card text NOT NULL, note text, at date) PARTITION BY RANGE (id);
CREATE TABLE payments_low PARTITION OF payments FOR VALUES FROM (0) TO (7);
CREATE TABLE payments_high PARTITION OF payments FOR VALUES FROM (7) TO (100);
CREATE TABLE assets (id int, label text, serial text);
CREATE TABLE vehicles (wheels int, plate text) INHERITS (assets);
CREATE TABLE scratch (id int PRIMARY KEY, word text, amount numeric, day date, ssn text, pad text);

CREATE VIEW people_card AS SELECT id, name, ssn AS tax, salary, doc, tags FROM people;
CREATE VIEW people_deep AS SELECT id, tax AS t, left(tax, 3) AS head, salary IS NULL AS unpaid FROM people_card;
CREATE VIEW holdings AS SELECT p.id, p.name, a.kind, a.iban, p.email FROM people p JOIN accounts a ON a.owner = p.id;
CREATE VIEW everyone WITH (security_barrier) AS SELECT id, name, ssn AS key FROM people UNION ALL SELECT id, kind, iban FROM accounts;
CREATE VIEW rich AS SELECT id, name FROM people WHERE salary > 100;
CREATE VIEW ranked AS SELECT id, name, row_number() OVER (ORDER BY ssn) AS place FROM people;
CREATE VIEW grouped AS SELECT left(ssn, 1) AS head, count(*) AS n FROM people GROUP BY 1;
CREATE MATERIALIZED VIEW people_copy AS SELECT id, name, ssn, pin FROM people;

CREATE FUNCTION ssn_of(int) RETURNS text LANGUAGE sql STABLE AS 'SELECT ssn FROM public.people WHERE id = $1';
CREATE FUNCTION plus_one(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1';
CREATE FUNCTION everybody() RETURNS SETOF people LANGUAGE sql STABLE AS 'SELECT * FROM public.people';
CREATE FUNCTION shout(text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''%'', $1; RETURN $1; END';
CREATE FUNCTION fail(text) RETURNS int LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''%'', $1; END';
