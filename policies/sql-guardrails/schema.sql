-- The database that the module's tests think of.
CREATE EXTENSION dblink;
CREATE TABLE customers (
  id bigint PRIMARY KEY,
  name text NOT NULL,
  email text UNIQUE NOT NULL
);
CREATE TABLE orders (
  id bigint PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers,
  status text NOT NULL,
  note text
);
CREATE TABLE countries (
  code text PRIMARY KEY,
  name text NOT NULL
);
CREATE VIEW open_orders AS SELECT id, customer_id FROM orders WHERE status = 'open';
CREATE VIEW server_files AS SELECT pg_ls_dir('.') AS name;
CREATE FUNCTION close_order(order_id bigint) RETURNS void LANGUAGE sql AS
  'UPDATE orders SET status = ''closed'' WHERE id = order_id';
-- Tables that are called as dangerous functions are, and are none.
CREATE TABLE dblink_peers (name text);
CREATE TABLE pg_sleep (s int);
CREATE TABLE table_to_xml (name text);
CREATE TABLE set_config (name text);
CREATE TABLE pg_read_file (name text);
