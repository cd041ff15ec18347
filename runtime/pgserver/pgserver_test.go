package pgserver_test

import (
	"testing"

	"github.com/gatewright/gatewright/runtime/pgserver"
)

func TestStart(t *testing.T) {
	s, err := pgserver.Start(t.Context(), pgserver.Config{Settings: map[string]string{"work_mem": "5MB"}})
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.PSQL(t.Context(), "postgres", "SHOW work_mem; SELECT current_user;")
	if err != nil || out != "5MB\nowner\n" {
		t.Errorf("psql answered %q, %v", out, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	if out, err := s.PSQL(t.Context(), "postgres", "SELECT 1"); err == nil {
		t.Errorf("a closed server answered %q", out)
	}
}
