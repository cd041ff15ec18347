-- psycopg 3.1.7

-- session
-- extended
BEGIN
-- extended ["mood"]
SELECT name, oid, array_oid, array_agg(label) AS labels
FROM (
    SELECT
        t.typname AS name, t.oid AS oid, t.typarray AS array_oid,
        e.enumlabel AS label
    FROM pg_type t
    LEFT JOIN  pg_enum e
    ON e.enumtypid = t.oid
    WHERE t.oid = $1::regtype
    ORDER BY e.enumsortorder
) x
GROUP BY name, oid, array_oid
-- extended
COMMIT
-- extended
BEGIN
-- extended ["pair"]
SELECT
    t.typname AS name, t.oid AS oid, t.typarray AS array_oid,
    t.oid::regtype::text AS regtype,
    coalesce(a.fnames, '{}') AS field_names,
    coalesce(a.ftypes, '{}') AS field_types
FROM pg_type t
LEFT JOIN (
    SELECT
        attrelid,
        array_agg(attname) AS fnames,
        array_agg(atttypid) AS ftypes
    FROM (
        SELECT a.attrelid, a.attname, a.atttypid
        FROM pg_attribute a
        JOIN pg_type t ON t.typrelid = a.attrelid
        WHERE t.oid = $1::regtype
        AND a.attnum > 0
        AND NOT a.attisdropped
        ORDER BY a.attnum
    ) x
    GROUP BY attrelid
) a ON a.attrelid = t.typrelid
WHERE t.oid = $1::regtype
-- extended
COMMIT
-- extended
BEGIN
-- extended ["span"]
SELECT t.typname AS name, t.oid AS oid, t.typarray AS array_oid,
    t.oid::regtype::text AS regtype,
    r.rngsubtype AS subtype_oid
FROM pg_type t
JOIN pg_range r ON t.oid = r.rngtypid
WHERE t.oid = $1::regtype
-- extended
COMMIT
-- extended
BEGIN
-- extended ["hstore"]
SELECT
    typname AS name, oid, typarray AS array_oid,
    oid::regtype::text AS regtype, typdelim AS delimiter
FROM pg_type t
WHERE t.oid = $1::regtype
ORDER BY t.oid
-- extended
COMMIT
-- extended
BEGIN
-- extended ["0"]
SELECT id,name FROM customers WHERE id=$1
-- extended
DECLARE "named" CURSOR FOR SELECT id FROM orders ORDER BY id
-- extended
FETCH FORWARD 5 FROM "named"
-- extended
MOVE 2 FROM "named"
-- extended
FETCH FORWARD 1 FROM "named"
-- extended
CLOSE "named"
-- extended
SAVEPOINT "_pg3_1"
-- extended
SAVEPOINT "_pg3_2"
-- extended ["1"]
UPDATE orders SET status='paid' WHERE id=$1
-- extended
ROLLBACK TO "_pg3_2"
-- extended
RELEASE "_pg3_2"
-- extended
DEALLOCATE ALL
-- extended
RELEASE "_pg3_1"
-- extended ["p3", "1"]
INSERT INTO products(title,price) VALUES($1,$2)
-- extended ["p3", "2"]
INSERT INTO products(title,price) VALUES($1,$2)
-- extended ["p3"]
DELETE FROM products WHERE title=$1
-- simple
COPY (SELECT id FROM orders ORDER BY id LIMIT 3) TO STDOUT
-- extended
COMMIT
-- extended
BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE
-- simple
SELECT 1
-- extended
ROLLBACK
-- extended
DEALLOCATE ALL
-- extended
BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE
-- simple
SHOW transaction_isolation
-- extended
ROLLBACK
