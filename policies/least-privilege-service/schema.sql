-- The database that the module's tests think of.
CREATE SEQUENCE invoice_number;
CREATE TABLE products (
  id bigint PRIMARY KEY,
  name text NOT NULL
);
CREATE TABLE orders (
  id bigint PRIMARY KEY,
  product_id bigint NOT NULL REFERENCES products,
  status text NOT NULL
);
CREATE TABLE events (
  id bigint PRIMARY KEY,
  body text
);
CREATE TABLE salaries (
  id bigint PRIMARY KEY,
  amount bigint
);
-- A table that is called as the function is.
CREATE TABLE reserve (id bigint);
CREATE FUNCTION reserve(order_id bigint) RETURNS void LANGUAGE sql AS
  'UPDATE orders SET status = ''reserved'' WHERE id = order_id';
CREATE FUNCTION raise_salary(person bigint) RETURNS void LANGUAGE sql AS
  'UPDATE salaries SET amount = amount + 1 WHERE id = person';
