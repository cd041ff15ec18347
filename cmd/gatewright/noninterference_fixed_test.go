package main

// systems are questions about rows that are not in any column.
var systems = []string{
	"SELECT ctid, tableoid::regclass, id FROM people ORDER BY id", "SELECT p FROM people p", "SELECT p.*, p FROM people p", "SELECT (p).ssn FROM people p", "SELECT row(p.*) FROM people p",
	"SELECT (SELECT p) FROM people p", "SELECT to_json(p) FROM people p", "SELECT people::text FROM people", "SELECT (home).* FROM people", "SELECT (p.home).zip FROM people p",
	"SELECT count(p) FROM people p", "SELECT p IS NULL FROM people p", "SELECT name(p) FROM people p", "SELECT p.upper FROM (SELECT ssn AS upper FROM people) p", "SELECT * FROM rich",
	"SELECT * FROM ranked", "SELECT * FROM grouped", "SELECT * FROM assets", "SELECT * FROM ONLY assets", "SELECT serial, tableoid FROM assets*", "SELECT * FROM payments",
	"SELECT count(*) FROM people WHERE pin = 7", "SELECT id FROM people WHERE ssn = '123'", "SELECT t FROM people_deep t", "SELECT * FROM holdings NATURAL JOIN people_card",
	"SELECT * FROM people p JOIN people_copy c USING (ssn)", "SELECT id, mood, mood < 'high' FROM people", "SELECT worth::text, ratio::text, seen::text FROM people",
}

// maskedWrites are writes to masked columns, and out of them.
var maskedWrites = []string{
	"UPDATE people SET ssn = '123' WHERE id = 1", "UPDATE people SET ssn = ssn WHERE id = 1 RETURNING ssn", "UPDATE people SET ssn = upper(ssn)", "UPDATE people SET pin = pin + 1",
	"UPDATE people SET grade = 'x' WHERE id = 2 RETURNING grade, loud", "UPDATE people SET name = ssn", "UPDATE people SET (name, nick) = (SELECT p.ssn, p.ssn FROM people p LIMIT 1)",
	"UPDATE scratch SET ssn = p.ssn FROM people p WHERE p.id = scratch.id RETURNING scratch.ssn", "UPDATE scratch SET word = ssn", "UPDATE accounts SET iban = iban || 'x'",
	"UPDATE accounts SET memo = 'x' WHERE id < 4 RETURNING *", "UPDATE accounts SET balance = 0 RETURNING balance, balance + 1", "UPDATE people SET tags[7] = 'x' WHERE id = 3",
	"UPDATE people SET home.zip = 3 WHERE id = 3", "UPDATE people SET doc['a'] = '1'", "UPDATE people SET fixed = 'too long for it'", "UPDATE people SET spot[0] = 3",
	"INSERT INTO scratch (id, ssn) SELECT 100 + id, ssn FROM people", "INSERT INTO scratch (id, ssn) SELECT 100 + id, left(ssn, 3) FROM people", "INSERT INTO scratch (id, word) SELECT 100 + id, ssn FROM people",
	"INSERT INTO scratch (id, ssn) VALUES (200, 'x') RETURNING ssn, word", "INSERT INTO scratch (id, ssn) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET ssn = excluded.ssn RETURNING ssn",
	"INSERT INTO scratch (id, ssn) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET word = scratch.ssn RETURNING word", "INSERT INTO scratch (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET word = 'y' WHERE scratch.ssn = '1'",
	"INSERT INTO people (id, name, ssn, pin) VALUES (100, 'x', '123', 1) ON CONFLICT DO NOTHING", "INSERT INTO people (id, name, ssn, pin) VALUES (1, 'x', 'new', 1)", "INSERT INTO payments (id, cents, card) VALUES (8, 1, 'x') RETURNING card, tableoid::regclass",
	"INSERT INTO vehicles (id, label, serial, plate) VALUES (30, 'x', 'y', 'z') RETURNING *", "DELETE FROM payments WHERE card = '123'", "DELETE FROM assets USING people WHERE people.ssn = assets.serial", "DELETE FROM scratch RETURNING ssn, length(ssn)",
	"MERGE INTO scratch s USING people p ON s.id = p.id WHEN MATCHED AND p.ssn = '1' THEN DELETE", "MERGE INTO scratch s USING people p ON s.ssn = p.ssn WHEN MATCHED THEN DO NOTHING", "MERGE INTO scratch s USING people p ON s.id = p.id WHEN MATCHED THEN UPDATE SET ssn = p.ssn",
	"MERGE INTO scratch s USING people p ON s.id = p.id WHEN MATCHED THEN UPDATE SET word = p.ssn", "WITH w AS (DELETE FROM scratch RETURNING ssn) SELECT ssn, count(*) OVER () FROM w", "WITH w AS (UPDATE people SET name = 'x' RETURNING ssn, pin) SELECT max(ssn) FROM w",
	"UPDATE people_card SET name = 'x' WHERE id = 1 RETURNING tax, salary", "UPDATE people_card SET tax = '123' WHERE id = 1", "INSERT INTO people_card (id, name, tax) VALUES (50, 'x', 'y')", "SELECT ssn FROM people WHERE id = 1 FOR UPDATE",
	"COPY scratch (id, ssn) TO STDOUT", "COPY (DELETE FROM scratch RETURNING ssn) TO STDOUT", "REFRESH MATERIALIZED VIEW CONCURRENTLY people_copy", "UPDATE payments SET id = 9 WHERE id = 3 RETURNING card, id",
}

// lookalikes are pairs of statements that differ in literals alone, the first harmless, the second not: what the gateway
// knows of the first must not stand for the second.
var lookalikes = [][2]string{
	{"SELECT name, ssn FROM people WHERE name <> E'x' ORDER BY 1", "SELECT name, ssn FROM people WHERE name <> E'x' ORDER BY 2"},
	{"SELECT name, ssn FROM people WHERE name <> $$x$$ ORDER BY 1", "SELECT name, ssn FROM people WHERE name <> $$x$$ ORDER BY 2"},
	{"SELECT name, pin FROM people WHERE id <> 1234567890 ORDER BY 1", "SELECT name, pin FROM people WHERE id <> 1234567890 ORDER BY 2"},
	{"SELECT name, pin FROM people WHERE id <> -1234567890 ORDER BY 1", "SELECT name, pin FROM people WHERE id <> -1234567890 ORDER BY 2"},
	{"SELECT name, ssn FROM people WHERE name <> U&'x' ORDER BY 1, 1 LIMIT 3", "SELECT name, ssn FROM people WHERE name <> U&'x' ORDER BY 2, 1 LIMIT 3"},
	{"SELECT count(*), name FROM people WHERE name <> E'x' GROUP BY 2, left(city, 1)", "SELECT count(*), left(ssn, 1) FROM people WHERE name <> E'x' GROUP BY 2"},
	{"SELECT left(name, 1), pin FROM people WHERE name <> E'x' ORDER BY 1", "SELECT left(name, 9), pin FROM people WHERE name <> E'x' ORDER BY 2"},
	{"SELECT DISTINCT ON (1) name, ssn FROM people WHERE name <> E'x' ORDER BY 1", "SELECT DISTINCT ON (2) name, ssn FROM people WHERE name <> E'x' ORDER BY 2"},
}
