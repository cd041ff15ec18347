-- The database that the module's tests think of.
CREATE TABLE people (
  id bigint PRIMARY KEY,
  name text NOT NULL,
  email text UNIQUE NOT NULL,
  phone text,
  born date,
  ssn text,
  iban text,
  country text NOT NULL
);
CREATE TABLE tickets (
  id bigint PRIMARY KEY,
  person_id bigint NOT NULL REFERENCES people,
  subject text NOT NULL,
  body text
);
CREATE TABLE newsletter (
  address text PRIMARY KEY
);
CREATE VIEW directory AS SELECT id, name, email FROM people;
