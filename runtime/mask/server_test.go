package mask_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/gatewright/gatewright/runtime/mask"
	"github.com/gatewright/gatewright/runtime/pgserver"
	"github.com/gatewright/gatewright/schema"
)

// cells asks a real server for one column in a wire format.
func cells(t *testing.T, conn *pgx.Conn, sql string, format int16) [][]byte {
	t.Helper()
	r := conn.PgConn().ExecParams(t.Context(), sql, nil, nil, nil, []int16{format}).Read()
	if r.Err != nil {
		t.Fatalf("%s: %v", sql, r.Err)
	}
	var out [][]byte
	for _, row := range r.Rows {
		out = append(out, row[0])
	}
	return out
}

// TestBucketsAgreeWithTheServer holds buckets against what PostgreSQL itself makes of the same values, in both formats and
// under two time zones: the masked value is sent back, and must be equal to the server's.
func TestBucketsAgreeWithTheServer(t *testing.T) {
	s, err := pgserver.Start(t.Context(), pgserver.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	conn, err := pgx.Connect(t.Context(), s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	const numbers = "generate_series(-4000, 4000, 13) AS s(i)"
	const moments = "generate_series(1, 400) AS s(i)"
	tests := []struct {
		name, typ string
		oid       uint32
		width     string
		// value is an expression over i, and expected one over v, which is the value.
		from, value, expected string
	}{
		{"smallint", "int2", int2, "10", numbers, "i * 8", "floor(v / 10.0) * 10"},
		{"integer", "int4", int4, "250", numbers, "i * 500000", "floor(v / 250.0) * 250"},
		{"bigint", "int8", int8, "1000000", numbers, "i * 2000000000000001", "floor(v / 1000000.0) * 1000000"},
		{"numeric", "numeric", numeric, "0.05", numbers, "i::numeric / 37", "floor(v / 0.05) * 0.05"},
		{"large numeric", "numeric", numeric, "1000", numbers, "i::numeric * 123456789.987654321", "floor(v / 1000) * 1000"},
		{"small numeric", "numeric", numeric, "0.000001", numbers, "i::numeric / 1000000000", "floor(v / 0.000001) * 0.000001"},
		{"double", "float8", float8, "0.5", numbers, "i::float8 / 37", "floor(v / 0.5) * 0.5"},
		{"real", "float4", float4, "5", numbers, "i::float4 / 3", "floor(v / 5) * 5"},
		{"date by day", "date", date4, "day", moments, "date '0001-01-01' + i * 9001", "date_trunc('day', v::timestamp)"},
		{"date by week", "date", date4, "week", moments, "date '0001-01-08' + i * 9001", "date_trunc('week', v::timestamp)"},
		{"date by month", "date", date4, "month", moments, "date '1896-02-27' + i * 97", "date_trunc('month', v::timestamp)"},
		{"date by quarter", "date", date4, "quarter", moments, "date '1996-02-27' + i * 31", "date_trunc('quarter', v::timestamp)"},
		{"date by year", "date", date4, "year", moments, "date '1996-02-27' + i * 97", "date_trunc('year', v::timestamp)"},
		{"timestamp by week", "timestamp", timestamp, "week", moments, "timestamp '1969-12-28 23:59:59.999999' + i * interval '37 hours 1 second'", "date_trunc('week', v)"},
		{"timestamp by year", "timestamp", timestamp, "year", moments, "timestamp '0001-12-31 23:59:59.5' + i * interval '8999 hours'", "date_trunc('year', v)"},
		{"timestamptz by day", "timestamptz", timestamptz, "day", moments, "timestamptz '1969-12-28 23:59:59.999999+00' + i * interval '1 hour 1 second'", "date_trunc('day', v AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'"},
		{"timestamptz by month", "timestamptz", timestamptz, "month", moments, "timestamptz '1850-01-01 00:00+00' + i * interval '1999 hours'", "date_trunc('month', v AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'"},
	}
	for _, zone := range []string{"Asia/Kolkata", "America/New_York"} {
		if _, err := conn.Exec(t.Context(), "SET TimeZone = '"+zone+"'"); err != nil {
			t.Fatal(err)
		}
		for _, tt := range tests {
			for format := range int16(2) {
				how := schema.Treatment{With: schema.TransformBucket, Argument: tt.width}
				column := mask.NewColumn(nil, how, false, tt.oid, format)
				values := "(SELECT (" + tt.value + ")::" + tt.typ + " AS v, i FROM " + tt.from + ") AS x"
				in := cells(t, conn, "SELECT v FROM "+values+" ORDER BY i", format)
				want := cells(t, conn, "SELECT ("+tt.expected+")::"+tt.typ+"::text FROM "+values+" ORDER BY i", 0)
				for i := range in {
					out, isNull := column.Append(nil, in[i])
					if isNull {
						t.Fatalf("%s of %q: NULL, want %s", tt.name, in[i], want[i])
					}
					r := conn.PgConn().ExecParams(t.Context(), "SELECT $1::"+tt.typ+"::text, $1::"+tt.typ+" = $2::"+tt.typ,
						[][]byte{out, want[i]}, []uint32{tt.oid, tt.oid}, []int16{format, 0}, []int16{0, 0}).Read()
					if r.Err != nil {
						t.Fatalf("%s of %q gives %q: %v", tt.name, in[i], out, r.Err)
					}
					if string(r.Rows[0][1]) != "t" {
						t.Fatalf("%s, format %d, of %q: %s, want %s", tt.name, format, in[i], r.Rows[0][0], want[i])
					}
				}
			}
		}
	}
}
