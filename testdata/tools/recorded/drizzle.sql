-- Drizzle ORM 0.45.4

-- session
-- extended ["2"]
select "id", "name", "email" from "customers" order by "customers"."id" limit $1
-- extended ["2"]
select "customers"."id", "customers"."name", "customers"."email", "customers_orders"."data" as "orders" from "customers" "customers" left join lateral (select coalesce(json_agg(json_build_array("customers_orders"."id", "customers_orders"."customer_id", "customers_orders"."status", "customers_orders"."total")), '[]'::json) as "data" from "orders" "customers_orders" where "customers_orders"."customer_id" = "customers"."id") "customers_orders" on true order by "customers"."id" limit $1
-- simple
select "status", count(*) from "orders" group by "orders"."status" order by "orders"."status"
-- simple
begin isolation level repeatable read
-- extended ["dz", "1"]
insert into "products" ("id", "title", "price") values (default, $1, $2) returning "id", "title", "price"
-- extended ["2", "11"]
update "products" set "price" = $1 where "products"."id" = $2
-- simple
savepoint sp1
-- extended ["11"]
delete from "products" where "products"."id" = $1
-- simple
release savepoint sp1
-- simple
commit
-- extended ["1", "Product 1", "1.5", "1.5"]
insert into "products" ("id", "title", "price") values ($1, $2, $3) on conflict ("id") do update set "price" = $4
