-- What drivers and pools send of their own, written down from what is known of them

-- session
-- simple
SET client_encoding TO 'UTF8'
-- simple
SET client_encoding = 'utf-8'
-- simple
SET TIME ZONE 'UTC'
-- simple
SET TIME ZONE INTERVAL '+01:00' HOUR TO MINUTE
-- simple
SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED
-- simple
SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE
-- simple
SET standard_conforming_strings TO on
-- simple
SET client_min_messages TO warning
-- simple
SET statement_timeout = '30s'
-- simple
SET DateStyle = 'ISO'
-- simple
SHOW transaction_isolation
-- simple
SHOW server_version
-- simple
SHOW standard_conforming_strings
-- simple
select current_schema()
-- simple
SELECT current_setting('search_path'), current_user, session_user, current_catalog
-- simple
BEGIN READ WRITE
-- simple
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY, DEFERRABLE
-- simple
SAVEPOINT one
-- simple
RELEASE SAVEPOINT one
-- simple
COMMIT
-- simple
START TRANSACTION ISOLATION LEVEL REPEATABLE READ
-- simple
SET LOCAL lock_timeout = '2s'
-- simple
SET CONSTRAINTS ALL IMMEDIATE
-- simple
SAVEPOINT two
-- simple
ROLLBACK TO SAVEPOINT two
-- simple
DECLARE here NO SCROLL CURSOR WITHOUT HOLD FOR SELECT id, status FROM orders ORDER BY id
-- simple
FETCH FORWARD 10 FROM here
-- simple
MOVE 3 IN here
-- simple
CLOSE here
-- simple volatile
SELECT txid_current()
-- simple volatile
SELECT pg_current_xact_id_if_assigned(), pg_backend_pid(), now()
-- simple
END
-- simple
INSERT INTO products (title, price) VALUES ('driver', 1)
-- simple
SELECT lastval()
-- simple
SELECT pg_get_serial_sequence('products', 'id'), currval(pg_get_serial_sequence('products', 'id'))
-- simple
SELECT currval('products_id_seq'::regclass), nextval('products_id_seq'), nextval('public.tickets'::regclass)
-- simple
DELETE FROM products WHERE title = 'driver'
-- simple
SELECT pg_is_in_recovery()
-- simple
SELECT pg_advisory_unlock_all()
-- simple
PREPARE mine (bigint) AS SELECT status FROM orders WHERE id = $1
-- simple
EXECUTE mine (1)
-- simple
DEALLOCATE mine
-- simple
DEALLOCATE ALL
-- simple
CLOSE ALL
-- simple
UNLISTEN *
-- simple
RESET ALL
-- simple
DISCARD PLANS
-- simple
DISCARD ALL
