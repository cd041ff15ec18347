package gateway_test

import (
	"strings"
	"testing"

	"github.com/gatewright/gatewright/runtime/config"
	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// TestTheDefaultIsWhatTheClassifierReads: a statement that the default lets in is not opaque by its length alone.
func TestTheDefaultIsWhatTheClassifierReads(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		bytes  int
		opaque bool
	}{
		{"as long as the default", config.DefaultStatementBytes, false},
		{"a byte longer", config.DefaultStatementBytes + 1, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := "SELECT '" + strings.Repeat("x", tt.bytes-len("SELECT ''")) + "'"
			got := sqlfacts.Classify(text, &sqlfacts.Session{Catalog: &schema.Catalog{}})
			if len(got) != 1 || (got[0].SQL.OpaqueReason != "") != tt.opaque {
				t.Errorf("%d statements, the first %q", len(got), got[0].SQL.OpaqueReason)
			}
		})
	}
}
