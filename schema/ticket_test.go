package schema_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/schema"
)

func TestShort(t *testing.T) {
	long := strings.Repeat("ä", 20)
	for name, c := range map[string]struct {
		have, want schema.Ticket
	}{
		"fits": {
			schema.Ticket{ID: "t", Statement: "DELETE", Parameters: []string{"'1'", "NULL"}},
			schema.Ticket{ID: "t", Statement: "DELETE", Parameters: []string{"'1'", "NULL"}},
		},
		"a long statement": {
			schema.Ticket{Statement: "x" + long},
			schema.Ticket{Statement: "x" + long[:8], Shortened: true},
		},
		"many values": {
			schema.Ticket{Parameters: []string{"'12345'", "'67890'", "'1'"}},
			schema.Ticket{Parameters: []string{"'12345'", "'67"}, Shortened: true},
		},
		"just full": {
			schema.Ticket{Parameters: []string{"'1234567'", "1", "2"}},
			schema.Ticket{Parameters: []string{"'1234567'", "1"}, Shortened: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.have.Short(10)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
