package postgres_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
)

// BenchmarkPointSelect compares one select through the gateway with the same select at the database itself.
func BenchmarkPointSelect(b *testing.B) {
	g := start(b)
	for name, url := range map[string]string{"direct": database.URL("postgres"), "gateway": g.url(b, "dba"), "masked": g.url(b, "analyst")} {
		b.Run(name, func(b *testing.B) {
			conn, err := pgx.Connect(b.Context(), url)
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close(context.Background())
			text := "SELECT status FROM orders WHERE id = $1"
			if name == "masked" {
				text = "SELECT pan FROM cards WHERE id = $1 % 2 + 1"
			}
			for b.Loop() {
				var s string
				if err := conn.QueryRow(b.Context(), text, 7).Scan(&s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
