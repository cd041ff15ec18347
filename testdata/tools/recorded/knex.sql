-- Knex 3.3.0

-- session
-- simple
select version();
-- extended ["orders"]
select * from information_schema.tables where table_name = $1 and table_schema = current_schema()
-- extended ["orders", "id"]
select * from information_schema.columns where table_name = $1 and column_name = $2 and table_schema = current_schema()
-- extended ["orders"]
select * from information_schema.columns where table_name = $1 and table_catalog = current_database() and table_schema = current_schema()
-- extended ["3"]
select "id", "name" from "customers" where "id" < $1 order by "id" asc
-- extended ["1"]
select count(*) from "orders" limit $1
-- extended ["2"]
select "orders"."id", "customers"."name" from "orders" inner join "customers" on "customers"."id" = "orders"."customer_id" order by "orders"."id" asc limit $1
-- extended ["1", "knex"]
insert into "products" ("price", "title") values ($1, $2) returning "id"
-- extended ["2", "knex"]
update "products" set "price" = $1 where "title" = $2
-- extended ["knex"]
delete from "products" where "title" = $1
-- simple
BEGIN;
-- extended ["1", "1"]
select * from "orders" where "id" = $1 limit $2 for update
-- simple
SAVEPOINT trx3;
-- extended ["new", "1"]
update "orders" set "status" = $1 where "id" = $2
-- simple
RELEASE SAVEPOINT trx3;
-- simple
COMMIT;
-- simple
BEGIN TRANSACTION ISOLATION LEVEL repeatable read READ ONLY;
-- simple
select count(*) from "orders"
-- simple
COMMIT;
-- extended ["1", "1.5", "Product 1"]
insert into "products" ("id", "price", "title") values ($1, $2, $3) on conflict ("id") do update set "id" = excluded."id", "price" = excluded."price", "title" = excluded."title"
-- simple
select version()
