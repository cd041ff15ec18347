-- node-postgres (pg) 8.23.1

-- session
-- simple
SELECT 1
-- extended ["1"]
SELECT * FROM customers WHERE id = $1
-- extended ["0"]
SELECT id, total FROM orders WHERE id = $1
-- simple
BEGIN
-- extended ["pg", "1"]
INSERT INTO products (title, price) VALUES ($1, $2) RETURNING *
-- simple
ROLLBACK
