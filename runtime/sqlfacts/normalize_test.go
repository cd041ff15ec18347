package sqlfacts_test

import (
	"testing"

	"github.com/gatewright/gatewright/runtime/sqlfacts"
)

func TestNormalized(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT 'a' || E'\\'b', 5 /* c */ FROM \"T\"  WHERE x=$1": `SELECT $1 || $2, $3 FROM "T" WHERE x=$1`,
		"NOTIFY c, 'secret'":                      "NOTIFY c, $1",
		"ALTER ROLE a PASSWORD 'secret'":          "ALTER ROLE a PASSWORD $1",
		"SET x.y = $$secret$$ -- secret":          "SET x.y = $1",
		"SELECT U&\"\\0061\", U&'secret', B'101'": "SELECT U&\"\\0061\", $1, $2",
	} {
		sts := sqlfacts.Classify(text, &sqlfacts.Session{})
		if got := sts[0].SQL.Normalized; got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}
