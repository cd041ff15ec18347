-- Hibernate ORM 6, written down after its PostgreSQLDialect and user guide; over pgjdbc, see recorded/pgjdbc.sql for the
-- metadata that schema validation reads

-- session
-- simple
SET extra_float_digits = 3
-- simple
SET application_name = 'PostgreSQL JDBC Driver'
-- extended
SHOW TRANSACTION ISOLATION LEVEL
-- extended
select current_schema()
-- extended
select * from information_schema.sequences
-- simple
BEGIN
-- extended
select nextval('tickets')
-- extended ["1"]
select c1_0.id, c1_0.email, c1_0.name from customers c1_0 where c1_0.id = $1
-- extended ["new", "2", "3"]
select o1_0.id, o1_0.customer_id, o1_0.status, o1_0.total from orders o1_0 where o1_0.status = $1 order by o1_0.id offset $2 rows fetch first $3 rows only
-- extended ["1"]
select o1_0.id, c1_0.id, c1_0.email, c1_0.name, o1_0.status from orders o1_0 left join customers c1_0 on c1_0.id = o1_0.customer_id where o1_0.id = $1
-- extended ["1"]
select o1_0.id, o1_0.status from orders o1_0 where o1_0.id = $1 for no key update
-- extended ["1"]
select o1_0.id from orders o1_0 where o1_0.id = $1 for no key update skip locked
-- extended ["{1,2,3}"]
select c1_0.id, c1_0.name from customers c1_0 where c1_0.id = any ($1::integer[]) order by c1_0.id
-- extended ["hibernate", "4.5"]
insert into products (title, price) values ($1, $2) returning id
-- extended ["7.5", "hibernate"]
update products set price = $1 where title = $2
-- extended ["hibernate"]
delete from products where title = $1
-- extended
select o1_0.status, count(o1_0.id), sum(o1_0.total) from orders o1_0 group by o1_0.status having count(o1_0.id) > 1 order by 1
-- extended
select cast(o1_0.placed as date), extract(year from o1_0.placed), o1_0.total || '' from orders o1_0 where (select count(*) from items i1_0 where i1_0.order_id = o1_0.id) > 0 order by o1_0.id fetch first 3 rows only
-- simple
COMMIT
-- simple
BEGIN READ ONLY
-- extended
select 1
-- simple
ROLLBACK
