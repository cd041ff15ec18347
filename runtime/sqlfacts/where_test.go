package sqlfacts_test

import "testing"

func TestWhereBound(t *testing.T) {
	catalog := loadCatalog(t)
	for text, want := range map[string]bool{
		"SELECT * FROM orders":                                                                   true,
		"DELETE FROM orders":                                                                     false,
		"DELETE FROM orders WHERE true":                                                          false,
		"DELETE FROM orders WHERE 1 = 1":                                                         false,
		"DELETE FROM orders WHERE id = id":                                                       false,
		"DELETE FROM orders WHERE orders.id  =  orders.id":                                       false,
		"DELETE FROM orders WHERE id IS NOT NULL":                                                false,
		"DELETE FROM orders WHERE ctid IS NOT NULL":                                              false,
		"DELETE FROM orders WHERE note IS NOT NULL":                                              true,
		"DELETE FROM orders WHERE note IS NULL OR note IS NOT NULL":                              false,
		"DELETE FROM orders WHERE id > 5 OR id <= 5":                                             false,
		"DELETE FROM orders WHERE id = 5 OR true":                                                false,
		"DELETE FROM orders WHERE id = 5 OR NOT id = 5":                                          false,
		"DELETE FROM orders WHERE NOT id = 5 OR note = 'x' OR id = 5":                            false,
		"DELETE FROM orders WHERE id >= 5 OR note = 'x' OR id <= 5":                              false,
		"DELETE FROM orders WHERE note IS NOT NULL OR id = 1 OR note IS NULL":                    false,
		"DELETE FROM orders WHERE id = 5 OR id = 6 OR NOT id = 7":                                true,
		"DELETE FROM orders WHERE id > 5 OR id <= 6":                                             true,
		"DELETE FROM orders WHERE NOT false":                                                     false,
		"DELETE FROM orders WHERE random() < 2":                                                  false,
		"DELETE FROM orders WHERE $1":                                                            false,
		"DELETE FROM orders WHERE EXISTS (SELECT 1)":                                             false,
		"DELETE FROM orders WHERE EXISTS (SELECT 1 FROM customers WHERE vip)":                    false,
		"DELETE FROM orders WHERE EXISTS (SELECT 1 FROM customers c WHERE c.id = customer_id)":   true,
		"DELETE FROM orders WHERE id IN (SELECT id FROM orders)":                                 false,
		"DELETE FROM orders WHERE id IN (SELECT id FROM orders LIMIT 5)":                         true,
		"DELETE FROM orders WHERE id IN (SELECT order_id FROM order_items)":                      true,
		"DELETE FROM orders WHERE id = 5":                                                        true,
		"DELETE FROM orders WHERE id = $1 AND true":                                              true,
		"DELETE FROM orders WHERE id IN (1, 2)":                                                  true,
		"DELETE FROM orders o USING customers c WHERE c.vip":                                     false,
		"DELETE FROM orders o USING customers c WHERE c.id = o.customer_id":                      true,
		"DELETE FROM orders WHERE CURRENT OF c":                                                  true,
		"UPDATE orders SET note = 'x'":                                                           false,
		"UPDATE orders SET note = 'x' WHERE id = 1":                                              true,
		"WITH x AS (SELECT 1) DELETE FROM orders":                                                false,
		"WITH x AS (DELETE FROM orders RETURNING 1) SELECT * FROM x":                             false,
		"EXPLAIN ANALYZE DELETE FROM orders":                                                     false,
		"COPY (DELETE FROM orders RETURNING id) TO STDOUT":                                       false,
		"MERGE INTO orders o USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE":                false,
		"MERGE INTO orders o USING customers c ON c.id = o.customer_id WHEN MATCHED THEN DELETE": true,
		"INSERT INTO orders (id) VALUES (1)":                                                     true,
	} {
		c := newClient(catalog)
		c.send("DECLARE c CURSOR FOR SELECT id FROM orders")
		sts := c.send(text)
		if len(sts) != 1 || sts[0].Opaque() {
			t.Errorf("%s: %s", text, sts[0].SQL.OpaqueReason)
			continue
		}
		if got := sts[0].SQL.WhereBound; got != want {
			t.Errorf("%s: bound is %v", text, got)
		}
	}
}
