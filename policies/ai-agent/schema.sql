-- The database that the module's tests think of.
CREATE TABLE customers (
  id bigint PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL,
  country text NOT NULL
);
CREATE TABLE orders (
  id bigint PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers,
  total numeric(12,2) NOT NULL,
  comment text,
  -- Added yesterday, and on no list.
  margin numeric(12,2)
);
CREATE TABLE countries (
  code text PRIMARY KEY,
  name text NOT NULL
);
CREATE TABLE secrets (
  id bigint PRIMARY KEY,
  value text
);
CREATE FUNCTION refund(order_id bigint) RETURNS void LANGUAGE sql AS
  'UPDATE orders SET total = 0 WHERE id = order_id';
