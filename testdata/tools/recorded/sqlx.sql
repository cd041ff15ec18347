-- sqlx v1.4.0 with lib/pq v1.12.3

-- session
-- simple
;
-- extended ["3"]
SELECT id, title FROM products WHERE id < $1 ORDER BY id
-- extended ["1"]
SELECT id, title FROM products WHERE id = $1
-- extended ["1", "2"]
SELECT id, title FROM products WHERE id IN ($1, $2) ORDER BY id
-- simple
BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE
-- extended ["sqlx", "1"]
INSERT INTO products (title, price) VALUES ($1, $2)
-- simple
ROLLBACK
-- extended ["new"]
SELECT count(*) FROM orders WHERE status = $1
