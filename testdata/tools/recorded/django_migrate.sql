-- Django 3.2.25, the migrations of its own applications
-- rules migrations

-- session
-- simple
SET TIME ZONE 'UTC'
-- simple
SELECT t.oid, typarray FROM pg_type t JOIN pg_namespace ns ON typnamespace = ns.oid WHERE typname = 'hstore'
-- simple
SELECT typarray FROM pg_type WHERE typname = 'citext'
-- simple

            SELECT c.relname,
            CASE WHEN c.relispartition THEN 'p' WHEN c.relkind IN ('m', 'v') THEN 'v' ELSE 't' END
            FROM pg_catalog.pg_class c
            LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v')
                AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
                AND pg_catalog.pg_table_is_visible(c.oid)
-- simple
BEGIN
-- simple
CREATE TABLE "django_migrations" ("id" bigserial NOT NULL PRIMARY KEY, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" timestamp with time zone NOT NULL)
-- simple
COMMIT
-- simple
BEGIN
-- simple
CREATE TABLE "django_content_type" ("id" serial NOT NULL PRIMARY KEY, "name" varchar(100) NOT NULL, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL)
-- simple
ALTER TABLE "django_content_type" ADD CONSTRAINT "django_content_type_app_label_model_76bd3d3b_uniq" UNIQUE ("app_label", "model")
-- simple
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('contenttypes', '0001_initial', '2026-11-24T16:01:05.940816+00:00'::timestamptz) RETURNING "django_migrations"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
ALTER TABLE "django_content_type" ALTER COLUMN "name" DROP NOT NULL
-- simple
ALTER TABLE "django_content_type" DROP COLUMN "name" CASCADE
-- simple
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('contenttypes', '0002_remove_content_type_name', '2026-11-24T16:01:05.947892+00:00'::timestamptz) RETURNING "django_migrations"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
CREATE TABLE "auth_permission" ("id" serial NOT NULL PRIMARY KEY, "name" varchar(50) NOT NULL, "content_type_id" integer NOT NULL, "codename" varchar(100) NOT NULL)
-- simple
CREATE TABLE "auth_group" ("id" serial NOT NULL PRIMARY KEY, "name" varchar(80) NOT NULL UNIQUE)
-- simple
CREATE TABLE "auth_group_permissions" ("id" bigserial NOT NULL PRIMARY KEY, "group_id" integer NOT NULL, "permission_id" integer NOT NULL)
-- simple
CREATE TABLE "auth_user" ("id" serial NOT NULL PRIMARY KEY, "password" varchar(128) NOT NULL, "last_login" timestamp with time zone NOT NULL, "is_superuser" boolean NOT NULL, "username" varchar(30) NOT NULL UNIQUE, "first_name" varchar(30) NOT NULL, "last_name" varchar(30) NOT NULL, "email" varchar(75) NOT NULL, "is_staff" boolean NOT NULL, "is_active" boolean NOT NULL, "date_joined" timestamp with time zone NOT NULL)
-- simple
CREATE TABLE "auth_user_groups" ("id" bigserial NOT NULL PRIMARY KEY, "user_id" integer NOT NULL, "group_id" integer NOT NULL)
-- simple
CREATE TABLE "auth_user_user_permissions" ("id" bigserial NOT NULL PRIMARY KEY, "user_id" integer NOT NULL, "permission_id" integer NOT NULL)
-- simple
ALTER TABLE "auth_permission" ADD CONSTRAINT "auth_permission_content_type_id_codename_01ab375a_uniq" UNIQUE ("content_type_id", "codename")
-- simple
ALTER TABLE "auth_permission" ADD CONSTRAINT "auth_permission_content_type_id_2f476e4b_fk_django_co" FOREIGN KEY ("content_type_id") REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED
-- simple
CREATE INDEX "auth_permission_content_type_id_2f476e4b" ON "auth_permission" ("content_type_id")
-- simple
CREATE INDEX "auth_group_name_a6ea08ec_like" ON "auth_group" ("name" varchar_pattern_ops)
-- simple
ALTER TABLE "auth_group_permissions" ADD CONSTRAINT "auth_group_permissions_group_id_permission_id_0cd325b0_uniq" UNIQUE ("group_id", "permission_id")
-- simple
ALTER TABLE "auth_group_permissions" ADD CONSTRAINT "auth_group_permissions_group_id_b120cbf9_fk_auth_group_id" FOREIGN KEY ("group_id") REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED
-- simple
ALTER TABLE "auth_group_permissions" ADD CONSTRAINT "auth_group_permissio_permission_id_84c5c92e_fk_auth_perm" FOREIGN KEY ("permission_id") REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED
-- simple
CREATE INDEX "auth_group_permissions_group_id_b120cbf9" ON "auth_group_permissions" ("group_id")
-- simple
CREATE INDEX "auth_group_permissions_permission_id_84c5c92e" ON "auth_group_permissions" ("permission_id")
-- simple
CREATE INDEX "auth_user_username_6821ab7c_like" ON "auth_user" ("username" varchar_pattern_ops)
-- simple
ALTER TABLE "auth_user_groups" ADD CONSTRAINT "auth_user_groups_user_id_group_id_94350c0c_uniq" UNIQUE ("user_id", "group_id")
-- simple
ALTER TABLE "auth_user_groups" ADD CONSTRAINT "auth_user_groups_user_id_6a12ed8b_fk_auth_user_id" FOREIGN KEY ("user_id") REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED
-- simple
ALTER TABLE "auth_user_groups" ADD CONSTRAINT "auth_user_groups_group_id_97559544_fk_auth_group_id" FOREIGN KEY ("group_id") REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED
-- simple
CREATE INDEX "auth_user_groups_user_id_6a12ed8b" ON "auth_user_groups" ("user_id")
-- simple
CREATE INDEX "auth_user_groups_group_id_97559544" ON "auth_user_groups" ("group_id")
-- simple
ALTER TABLE "auth_user_user_permissions" ADD CONSTRAINT "auth_user_user_permissions_user_id_permission_id_14a6b632_uniq" UNIQUE ("user_id", "permission_id")
-- simple
ALTER TABLE "auth_user_user_permissions" ADD CONSTRAINT "auth_user_user_permissions_user_id_a95ead1b_fk_auth_user_id" FOREIGN KEY ("user_id") REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED
-- simple
ALTER TABLE "auth_user_user_permissions" ADD CONSTRAINT "auth_user_user_permi_permission_id_1fbb5f2c_fk_auth_perm" FOREIGN KEY ("permission_id") REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED
-- simple
CREATE INDEX "auth_user_user_permissions_user_id_a95ead1b" ON "auth_user_user_permissions" ("user_id")
-- simple
CREATE INDEX "auth_user_user_permissions_permission_id_1fbb5f2c" ON "auth_user_user_permissions" ("permission_id")
-- simple
COMMIT
-- simple
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0001_initial', '2026-11-24T16:01:06.055356+00:00'::timestamptz) RETURNING "django_migrations"."id"
-- simple
BEGIN
-- simple
ALTER TABLE "auth_permission" ALTER COLUMN "name" TYPE varchar(255)
-- simple
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0002_alter_permission_name_max_length', '2026-11-24T16:01:06.138775+00:00'::timestamptz) RETURNING "django_migrations"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
ALTER TABLE "auth_user" ALTER COLUMN "email" TYPE varchar(254)
-- simple
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0003_alter_user_email_max_length', '2026-11-24T16:01:06.146617+00:00'::timestamptz) RETURNING "django_migrations"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0004_alter_user_username_opts', '2026-11-24T16:01:06.149909+00:00'::timestamptz) RETURNING "django_migrations"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
ALTER TABLE "auth_user" ALTER COLUMN "last_login" DROP NOT NULL
-- simple
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0005_alter_user_last_login_null', '2026-11-24T16:01:06.162069+00:00'::timestamptz) RETURNING "django_migrations"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0006_require_contenttypes_0002', '2026-11-24T16:01:06.162732+00:00'::timestamptz) RETURNING "django_migrations"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0007_alter_validators_add_error_messages', '2026-11-24T16:01:06.173570+00:00'::timestamptz) RETURNING "django_migrations"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
ALTER TABLE "auth_user" ALTER COLUMN "username" TYPE varchar(150)
-- simple
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0008_alter_user_username_max_length', '2026-11-24T16:01:06.177267+00:00'::timestamptz) RETURNING "django_migrations"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
ALTER TABLE "auth_user" ALTER COLUMN "last_name" TYPE varchar(150)
-- simple
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0009_alter_user_last_name_max_length', '2026-11-24T16:01:06.181806+00:00'::timestamptz) RETURNING "django_migrations"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
ALTER TABLE "auth_group" ALTER COLUMN "name" TYPE varchar(150)
-- simple
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0010_alter_group_name_max_length', '2026-11-24T16:01:06.186469+00:00'::timestamptz) RETURNING "django_migrations"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0011_update_proxy_permissions', '2026-11-24T16:01:06.205573+00:00'::timestamptz) RETURNING "django_migrations"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
ALTER TABLE "auth_user" ALTER COLUMN "first_name" TYPE varchar(150)
-- simple
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0012_alter_user_first_name_max_length', '2026-11-24T16:01:06.242116+00:00'::timestamptz) RETURNING "django_migrations"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" timestamp with time zone NOT NULL)
-- simple
CREATE INDEX "django_session_session_key_c0390e0f_like" ON "django_session" ("session_key" varchar_pattern_ops)
-- simple
CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date")
-- simple
COMMIT
-- simple
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('sessions', '0001_initial', '2026-11-24T16:01:06.258201+00:00'::timestamptz) RETURNING "django_migrations"."id"
-- simple
SELECT "django_migrations"."id", "django_migrations"."app", "django_migrations"."name", "django_migrations"."applied" FROM "django_migrations"
-- simple
SELECT "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "django_content_type" WHERE "django_content_type"."app_label" = 'contenttypes'
-- simple
BEGIN
-- simple
INSERT INTO "django_content_type" ("app_label", "model") VALUES ('contenttypes', 'contenttype') RETURNING "django_content_type"."id"
-- simple
COMMIT
-- simple
SELECT "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "django_content_type" WHERE ("django_content_type"."app_label" = 'contenttypes' AND "django_content_type"."model" = 'contenttype') LIMIT 21
-- simple
SELECT "auth_permission"."content_type_id", "auth_permission"."codename" FROM "auth_permission" INNER JOIN "django_content_type" ON ("auth_permission"."content_type_id" = "django_content_type"."id") WHERE "auth_permission"."content_type_id" IN (1) ORDER BY "django_content_type"."app_label" ASC, "django_content_type"."model" ASC, "auth_permission"."codename" ASC
-- simple
BEGIN
-- simple
INSERT INTO "auth_permission" ("name", "content_type_id", "codename") VALUES ('Can add content type', 1, 'add_contenttype'), ('Can change content type', 1, 'change_contenttype'), ('Can delete content type', 1, 'delete_contenttype'), ('Can view content type', 1, 'view_contenttype') RETURNING "auth_permission"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
INSERT INTO "django_content_type" ("app_label", "model") VALUES ('auth', 'permission'), ('auth', 'group'), ('auth', 'user') RETURNING "django_content_type"."id"
-- simple
COMMIT
-- simple
SELECT "auth_permission"."content_type_id", "auth_permission"."codename" FROM "auth_permission" INNER JOIN "django_content_type" ON ("auth_permission"."content_type_id" = "django_content_type"."id") WHERE "auth_permission"."content_type_id" IN (2, 3, 4) ORDER BY "django_content_type"."app_label" ASC, "django_content_type"."model" ASC, "auth_permission"."codename" ASC
-- simple
BEGIN
-- simple
INSERT INTO "auth_permission" ("name", "content_type_id", "codename") VALUES ('Can add permission', 2, 'add_permission'), ('Can change permission', 2, 'change_permission'), ('Can delete permission', 2, 'delete_permission'), ('Can view permission', 2, 'view_permission'), ('Can add group', 3, 'add_group'), ('Can change group', 3, 'change_group'), ('Can delete group', 3, 'delete_group'), ('Can view group', 3, 'view_group'), ('Can add user', 4, 'add_user'), ('Can change user', 4, 'change_user'), ('Can delete user', 4, 'delete_user'), ('Can view user', 4, 'view_user') RETURNING "auth_permission"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
INSERT INTO "django_content_type" ("app_label", "model") VALUES ('sessions', 'session') RETURNING "django_content_type"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
INSERT INTO "auth_permission" ("name", "content_type_id", "codename") VALUES ('Can add session', 5, 'add_session'), ('Can change session', 5, 'change_session'), ('Can delete session', 5, 'delete_session'), ('Can view session', 5, 'view_session') RETURNING "auth_permission"."id"
-- simple
COMMIT
-- simple
INSERT INTO "auth_user" ("password", "last_login", "is_superuser", "username", "first_name", "last_name", "email", "is_staff", "is_active", "date_joined") VALUES ('pbkdf2_sha256$260000$7293ur1QEd5kZ3Vwx1qHu6$RQd/Tsz4vQn9Ucmq2kzNAdE0u4tGXaDJ2FmXdPbjuns=', NULL, false, 'a', '', '', 'a@example.com', false, true, '2026-11-24T16:01:06.311775+00:00'::timestamptz) RETURNING "auth_user"."id"
-- simple
SELECT COUNT(*) AS "__count" FROM "auth_group" INNER JOIN "auth_user_groups" ON ("auth_group"."id" = "auth_user_groups"."group_id") WHERE "auth_user_groups"."user_id" = 1
-- simple
SELECT "auth_user"."id", "auth_user"."password", "auth_user"."last_login", "auth_user"."is_superuser", "auth_user"."username", "auth_user"."first_name", "auth_user"."last_name", "auth_user"."email", "auth_user"."is_staff", "auth_user"."is_active", "auth_user"."date_joined" FROM "auth_user" WHERE "auth_user"."username" = 'a'
-- simple
BEGIN
-- simple
DELETE FROM "auth_user_groups" WHERE "auth_user_groups"."user_id" IN (1)
-- simple
DELETE FROM "auth_user_user_permissions" WHERE "auth_user_user_permissions"."user_id" IN (1)
-- simple
DELETE FROM "auth_user" WHERE "auth_user"."id" IN (1)
-- simple
COMMIT
-- simple
BEGIN
-- simple
TRUNCATE "django_session", "auth_group_permissions", "django_content_type", "auth_group", "auth_user_groups", "auth_user", "auth_permission", "auth_user_user_permissions" RESTART IDENTITY;
-- simple
COMMIT
-- simple
BEGIN
-- simple
INSERT INTO "django_content_type" ("app_label", "model") VALUES ('contenttypes', 'contenttype') RETURNING "django_content_type"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
INSERT INTO "auth_permission" ("name", "content_type_id", "codename") VALUES ('Can add content type', 1, 'add_contenttype'), ('Can change content type', 1, 'change_contenttype'), ('Can delete content type', 1, 'delete_contenttype'), ('Can view content type', 1, 'view_contenttype') RETURNING "auth_permission"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
INSERT INTO "django_content_type" ("app_label", "model") VALUES ('auth', 'permission'), ('auth', 'group'), ('auth', 'user') RETURNING "django_content_type"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
INSERT INTO "auth_permission" ("name", "content_type_id", "codename") VALUES ('Can add permission', 2, 'add_permission'), ('Can change permission', 2, 'change_permission'), ('Can delete permission', 2, 'delete_permission'), ('Can view permission', 2, 'view_permission'), ('Can add group', 3, 'add_group'), ('Can change group', 3, 'change_group'), ('Can delete group', 3, 'delete_group'), ('Can view group', 3, 'view_group'), ('Can add user', 4, 'add_user'), ('Can change user', 4, 'change_user'), ('Can delete user', 4, 'delete_user'), ('Can view user', 4, 'view_user') RETURNING "auth_permission"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
INSERT INTO "django_content_type" ("app_label", "model") VALUES ('sessions', 'session') RETURNING "django_content_type"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
INSERT INTO "auth_permission" ("name", "content_type_id", "codename") VALUES ('Can add session', 5, 'add_session'), ('Can change session', 5, 'change_session'), ('Can delete session', 5, 'delete_session'), ('Can view session', 5, 'view_session') RETURNING "auth_permission"."id"
-- simple
COMMIT
-- simple
BEGIN
-- simple
ALTER TABLE "auth_user" ALTER COLUMN "first_name" TYPE varchar(30)
-- simple
COMMIT
-- simple
BEGIN
-- simple
DELETE FROM "django_migrations" WHERE ("django_migrations"."app" = 'auth' AND "django_migrations"."name" = '0012_alter_user_first_name_max_length')
-- simple
COMMIT
-- simple
BEGIN
-- simple
DELETE FROM "django_migrations" WHERE ("django_migrations"."app" = 'auth' AND "django_migrations"."name" = '0011_update_proxy_permissions')
-- simple
COMMIT
-- simple
BEGIN
-- simple
ALTER TABLE "auth_group" ALTER COLUMN "name" TYPE varchar(80)
-- simple
COMMIT
-- simple
BEGIN
-- simple
DELETE FROM "django_migrations" WHERE ("django_migrations"."app" = 'auth' AND "django_migrations"."name" = '0010_alter_group_name_max_length')
-- simple
COMMIT
-- simple
BEGIN
-- simple
ALTER TABLE "auth_user" ALTER COLUMN "last_name" TYPE varchar(30)
-- simple
COMMIT
-- simple
BEGIN
-- simple
DELETE FROM "django_migrations" WHERE ("django_migrations"."app" = 'auth' AND "django_migrations"."name" = '0009_alter_user_last_name_max_length')
-- simple
COMMIT
-- simple
BEGIN
-- simple
ALTER TABLE "auth_user" ALTER COLUMN "username" TYPE varchar(30)
-- simple
COMMIT
-- simple
BEGIN
-- simple
DELETE FROM "django_migrations" WHERE ("django_migrations"."app" = 'auth' AND "django_migrations"."name" = '0008_alter_user_username_max_length')
-- simple
COMMIT
-- simple
BEGIN
-- simple
DELETE FROM "django_migrations" WHERE ("django_migrations"."app" = 'auth' AND "django_migrations"."name" = '0007_alter_validators_add_error_messages')
-- simple
COMMIT
-- simple
BEGIN
-- simple
DELETE FROM "django_migrations" WHERE ("django_migrations"."app" = 'auth' AND "django_migrations"."name" = '0006_require_contenttypes_0002')
-- simple
COMMIT
-- simple
BEGIN
-- simple
ALTER TABLE "auth_user" ALTER COLUMN "last_login" SET DEFAULT '2026-11-24T16:01:06.855808+00:00'::timestamptz
-- simple
UPDATE "auth_user" SET "last_login" = '2026-11-24T16:01:06.855790+00:00'::timestamptz WHERE "last_login" IS NULL
-- simple
ALTER TABLE "auth_user" ALTER COLUMN "last_login" SET NOT NULL
-- simple
ALTER TABLE "auth_user" ALTER COLUMN "last_login" DROP DEFAULT
-- simple
COMMIT
-- simple
BEGIN
-- simple
DELETE FROM "django_migrations" WHERE ("django_migrations"."app" = 'auth' AND "django_migrations"."name" = '0005_alter_user_last_login_null')
-- simple
COMMIT
-- simple
BEGIN
-- simple
DELETE FROM "django_migrations" WHERE ("django_migrations"."app" = 'auth' AND "django_migrations"."name" = '0004_alter_user_username_opts')
-- simple
COMMIT
-- simple
BEGIN
-- simple
ALTER TABLE "auth_user" ALTER COLUMN "email" TYPE varchar(75)
-- simple
COMMIT
-- simple
BEGIN
-- simple
DELETE FROM "django_migrations" WHERE ("django_migrations"."app" = 'auth' AND "django_migrations"."name" = '0003_alter_user_email_max_length')
-- simple
COMMIT
-- simple
BEGIN
-- simple
ALTER TABLE "auth_permission" ALTER COLUMN "name" TYPE varchar(50)
-- simple
COMMIT
-- simple
BEGIN
-- simple
DELETE FROM "django_migrations" WHERE ("django_migrations"."app" = 'auth' AND "django_migrations"."name" = '0002_alter_permission_name_max_length')
-- simple
COMMIT
-- simple
BEGIN
-- simple
DROP TABLE "auth_user_groups" CASCADE
-- simple
DROP TABLE "auth_user_user_permissions" CASCADE
-- simple
DROP TABLE "auth_user" CASCADE
-- simple
DROP TABLE "auth_group_permissions" CASCADE
-- simple
DROP TABLE "auth_group" CASCADE
-- simple
DROP TABLE "auth_permission" CASCADE
-- simple
COMMIT
-- simple
BEGIN
-- simple
DELETE FROM "django_migrations" WHERE ("django_migrations"."app" = 'auth' AND "django_migrations"."name" = '0001_initial')
-- simple
COMMIT
