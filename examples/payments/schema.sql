CREATE TABLE customers (
  id bigint PRIMARY KEY,
  name text NOT NULL,
  email text UNIQUE NOT NULL
);
CREATE TABLE cards (
  id bigint PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers,
  pan text NOT NULL CHECK (pan ~ '^[0-9]{16}$'),
  expires date NOT NULL
);
CREATE TABLE orders (
  id bigint PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers,
  status text NOT NULL,
  total numeric(12,2) NOT NULL,
  note text
);
CREATE TABLE order_items (
  order_id bigint NOT NULL REFERENCES orders ON DELETE CASCADE,
  line int NOT NULL,
  sku text NOT NULL,
  quantity int NOT NULL,
  PRIMARY KEY (order_id, line)
);
INSERT INTO customers SELECT g, 'Customer ' || g, 'person' || g || '@mail.example' FROM generate_series(1, 20) g;
-- Numbers that pass the Luhn check, of no real account.
INSERT INTO cards VALUES
  (1, 1, '4111111111111111', '2028-01-31'), (2, 2, '5555555555554444', '2028-02-29'),
  (3, 3, '4012888888881881', '2028-03-31'), (4, 4, '5105105105105100', '2028-04-30');
INSERT INTO orders SELECT g, 1 + g % 20, (ARRAY['new','paid','shipped'])[1 + g % 3], g * 3.7 FROM generate_series(1, 50) g;
INSERT INTO order_items SELECT g, 1, 'sku-' || g % 7, 1 + g % 3 FROM generate_series(1, 50) g;
