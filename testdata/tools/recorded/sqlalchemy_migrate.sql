-- SQLAlchemy 1.4.46 create_all and drop_all, Alembic
-- rules migrations

-- session
-- simple
BEGIN
-- simple
SELECT t.oid, typarray
FROM pg_type t JOIN pg_namespace ns
    ON typnamespace = ns.oid
WHERE typname = 'hstore';
-- simple
ROLLBACK
-- simple
BEGIN
-- simple
select pg_catalog.version()
-- simple
select current_schema()
-- simple
show transaction isolation level
-- simple
show standard_conforming_strings
-- simple
ROLLBACK
-- simple
BEGIN
-- simple
select relname from pg_class c join pg_namespace n on n.oid=c.relnamespace where pg_catalog.pg_table_is_visible(c.oid) and relname='paints'
-- simple

            SELECT EXISTS (
                SELECT * FROM pg_catalog.pg_type t
                WHERE t.typname = 'color'
                AND pg_type_is_visible(t.oid)
                )
-- simple
CREATE TYPE color AS ENUM ('red', 'blue')
-- simple volatile

CREATE TABLE paints (
	id SERIAL NOT NULL, 
	name VARCHAR(30) NOT NULL, 
	color color, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now(), 
	PRIMARY KEY (id), 
	UNIQUE (name)
)
-- simple
CREATE INDEX paints_at ON paints (at)
-- simple
COMMENT ON TABLE paints IS 'c'
-- simple
COMMENT ON COLUMN paints.name IS 'n'
-- simple
SELECT relname FROM pg_class c join pg_namespace n on n.oid=c.relnamespace where relkind='S' and n.nspname='public' and relname='coats_seq'
-- simple
CREATE SEQUENCE coats_seq START WITH 1
-- simple

CREATE TABLE coats (
	id BIGINT NOT NULL, 
	paint_id INTEGER, 
	PRIMARY KEY (id), 
	CONSTRAINT pos CHECK (id > 0), 
	FOREIGN KEY(paint_id) REFERENCES paints (id)
)
-- simple
COMMIT
-- simple
BEGIN
-- simple
INSERT INTO paints (name, color) VALUES ('a', 'red') RETURNING paints.id
-- simple volatile
SELECT paints.id, paints.name, paints.color, paints.at 
FROM paints
-- simple
COMMIT
-- simple
BEGIN
-- simple

CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)
-- simple
SELECT alembic_version.version_num 
FROM alembic_version
-- simple
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind in ('r', 'p')
-- simple

            SELECT c.oid
            FROM pg_catalog.pg_class c
            LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE (pg_catalog.pg_table_is_visible(c.oid))
            AND c.relname = 'events' AND c.relkind in
            ('r', 'v', 'm', 'f', 'p')
-- simple

            SELECT a.attname,
              pg_catalog.format_type(a.atttypid, a.atttypmod),
              (
                SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid)
                FROM pg_catalog.pg_attrdef d
                WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum
                AND a.atthasdef
              ) AS DEFAULT,
              a.attnotnull,
              a.attrelid as table_oid,
              pgd.description as comment,
              a.attgenerated as generated,
                              (SELECT json_build_object(
                    'always', a.attidentity = 'a',
                    'start', s.seqstart,
                    'increment', s.seqincrement,
                    'minvalue', s.seqmin,
                    'maxvalue', s.seqmax,
                    'cache', s.seqcache,
                    'cycle', s.seqcycle)
                FROM pg_catalog.pg_sequence s
                JOIN pg_catalog.pg_class c on s.seqrelid = c."oid"
                WHERE c.relkind = 'S'
                AND a.attidentity != ''
                AND s.seqrelid = pg_catalog.pg_get_serial_sequence(
                    a.attrelid::regclass::text, a.attname
                )::regclass::oid
                ) as identity_options                
            FROM pg_catalog.pg_attribute a
            LEFT JOIN pg_catalog.pg_description pgd ON (
                pgd.objoid = a.attrelid AND pgd.objsubid = a.attnum)
            WHERE a.attrelid = {regclass events}
            AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
-- simple

            SELECT t.typname as "name",
               pg_catalog.format_type(t.typbasetype, t.typtypmod) as "attype",
               not t.typnotnull as "nullable",
               t.typdefault as "default",
               pg_catalog.pg_type_is_visible(t.oid) as "visible",
               n.nspname as "schema"
            FROM pg_catalog.pg_type t
               LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
            WHERE t.typtype = 'd'
-- simple

            SELECT t.typname as "name",
               -- no enum defaults in 8.4 at least
               -- t.typdefault as "default",
               pg_catalog.pg_type_is_visible(t.oid) as "visible",
               n.nspname as "schema",
               e.enumlabel as "label"
            FROM pg_catalog.pg_type t
                 LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
                 LEFT JOIN pg_catalog.pg_enum e ON t.oid = e.enumtypid
            WHERE t.typtype = 'e'
        ORDER BY "schema", "name", e.oid
-- simple

                SELECT a.attname
                FROM pg_attribute a JOIN (
                    SELECT unnest(ix.indkey) attnum,
                           generate_subscripts(ix.indkey, 1) ord
                    FROM pg_index ix
                    WHERE ix.indrelid = {regclass events} AND ix.indisprimary
                    ) k ON a.attnum=k.attnum
                WHERE a.attrelid = {regclass events}
                ORDER BY k.ord
-- simple

        SELECT conname
           FROM  pg_catalog.pg_constraint r
           WHERE r.conrelid = {regclass events} AND r.contype = 'p'
           ORDER BY 1
-- simple

          SELECT r.conname,
                pg_catalog.pg_get_constraintdef(r.oid, true) as condef,
                n.nspname as conschema
          FROM  pg_catalog.pg_constraint r,
                pg_namespace n,
                pg_class c

          WHERE r.conrelid = {regclass events} AND
                r.contype = 'f' AND
                c.oid = confrelid AND
                n.oid = c.relnamespace
          ORDER BY 1
-- simple

              SELECT
                  i.relname as relname,
                  ix.indisunique, ix.indexprs,
                  a.attname, a.attnum, c.conrelid, ix.indkey::varchar,
                  ix.indoption::varchar, i.reloptions, am.amname,
                  pg_get_expr(ix.indpred, ix.indrelid),
                  ix.indnkeyatts as indnkeyatts
              FROM
                  pg_class t
                        join pg_index ix on t.oid = ix.indrelid
                        join pg_class i on i.oid = ix.indexrelid
                        left outer join
                            pg_attribute a
                            on t.oid = a.attrelid and a.attnum = ANY(ix.indkey)
                        left outer join
                            pg_constraint c
                            on (ix.indrelid = c.conrelid and
                                ix.indexrelid = c.conindid and
                                c.contype in ('p', 'u', 'x'))
                        left outer join
                            pg_am am
                            on i.relam = am.oid
              WHERE
                  t.relkind IN ('r', 'v', 'f', 'm', 'p')
                  and t.oid = {regclass events}
                  and ix.indisprimary = 'f'
              ORDER BY
                  t.relname,
                  i.relname
-- simple

            SELECT
                cons.conname as name,
                cons.conkey as key,
                a.attnum as col_num,
                a.attname as col_name
            FROM
                pg_catalog.pg_constraint cons
                join pg_attribute a
                  on cons.conrelid = a.attrelid AND
                    a.attnum = ANY(cons.conkey)
            WHERE
                cons.conrelid = {regclass events} AND
                cons.contype = 'u'
-- simple

            SELECT
                cons.conname as name,
                pg_get_constraintdef(cons.oid) as src
            FROM
                pg_catalog.pg_constraint cons
            WHERE
                cons.conrelid = {regclass events} AND
                cons.contype = 'c'
-- simple

            SELECT
                pgd.description as table_comment
            FROM
                pg_catalog.pg_description pgd
            WHERE
                pgd.objsubid = 0 AND
                pgd.objoid = {regclass events}
-- simple
select c.relname, a.attname from pg_class as c join pg_depend d on d.objid=c.oid and d.classid='pg_class'::regclass and d.refclassid='pg_class'::regclass join pg_class t on t.oid=d.refobjid join pg_attribute a on a.attrelid=t.oid and a.attnum=d.refobjsubid where c.relkind='S' and c.relname='orders_id_seq'
-- simple
ALTER TABLE paints ADD COLUMN x INTEGER
-- simple
ALTER TABLE paints ALTER COLUMN x TYPE BIGINT
-- simple
ALTER TABLE paints ALTER COLUMN x DROP NOT NULL
-- simple
ALTER TABLE paints RENAME x TO y
-- simple
CREATE INDEX paints_y ON paints (y)
-- simple

DROP INDEX paints_y
-- simple
ALTER TABLE paints DROP COLUMN y
-- simple
COMMIT
-- simple
BEGIN
-- simple

DROP TABLE coats
-- simple

DROP TABLE paints
-- simple
DROP SEQUENCE coats_seq
-- simple
DROP TYPE color
-- simple
COMMIT
