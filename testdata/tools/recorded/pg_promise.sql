-- pg-promise 12.7.1

-- session
-- simple
SELECT id, name FROM customers WHERE id IN (1,2) ORDER BY id
-- simple
begin isolation level serializable read only
-- simple
SELECT count(*) FROM orders
-- simple
commit
-- simple
begin
-- simple
INSERT INTO products(title,price) VALUES('pp',1)
-- simple
savepoint sp_1_1
-- simple
DELETE FROM products WHERE title='pp'
-- simple
release savepoint sp_1_1
-- simple
commit
