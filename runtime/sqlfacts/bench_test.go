package sqlfacts_test

import (
	"testing"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
)

func BenchmarkClassify(b *testing.B) {
	catalog := loadCatalog(b)
	s := &newClient(catalog).session
	for name, text := range map[string]string{
		"point": "SELECT id, status, total FROM orders WHERE id = $1",
		"join":  "SELECT o.id, c.name, o.total FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'paid' ORDER BY o.id LIMIT 10",
		"view":  "SELECT t FROM customer_nested WHERE id = 1",
		"begin": "BEGIN",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sqlfacts.Classify(text, s)
			}
		})
	}
}
