-- Postgres.js 3.4.9

-- session
-- extended

      select b.oid, b.typarray
      from pg_catalog.pg_type a
      left join pg_catalog.pg_type b on b.oid = a.typelem
      where a.typcategory = 'A'
      group by b.oid, b.typarray
      order by b.oid
-- extended ["1"]
SELECT id, name FROM customers WHERE id = $1
-- extended ["1", "2", "3"]
SELECT id FROM orders WHERE id IN ($1,$2,$3) ORDER BY id
-- simple
begin read write
-- extended ["js", "1"]
INSERT INTO products ("title","price")values($1,$2) RETURNING id
-- extended
savepoint "s0"
-- extended ["js"]
DELETE FROM products WHERE title = $1
-- extended
commit
-- extended
SELECT id FROM orders ORDER BY id
-- extended
SELECT labels FROM products WHERE id = 1
