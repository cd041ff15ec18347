-- The database that the module's tests think of.
CREATE TABLE cards (
  id bigint PRIMARY KEY,
  customer_id bigint NOT NULL,
  pan text NOT NULL,
  expires date NOT NULL
);
CREATE TABLE payments (
  id bigint PRIMARY KEY,
  card_id bigint NOT NULL REFERENCES cards,
  amount numeric(12,2) NOT NULL,
  note text
);
CREATE TABLE refunds (
  id bigint PRIMARY KEY,
  card text
);
-- What should not be there, and is found now and then.
CREATE TABLE authorizations (
  id bigint PRIMARY KEY,
  payment_id bigint NOT NULL REFERENCES payments,
  cvv text,
  chip text
);
CREATE VIEW card_list AS SELECT id, pan AS number FROM cards;
CREATE VIEW auth_list AS SELECT id, cvv AS code FROM authorizations;
