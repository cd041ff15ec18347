package schema_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/schema"
)

func TestRouteAsATicketShowsIt(t *testing.T) {
	route := schema.Route{
		Name: "dba-oncall", Approvers: []string{"corp/group:dba"}, ApproverKinds: []string{schema.KindHuman}, Quorum: 1,
		Hold: 2 * time.Minute, Expires: 30 * time.Minute, Notify: []string{"hook"},
		Range: schema.Range{File: "policy.hcl"},
	}
	got, err := json.Marshal(schema.Ticket{Route: route})
	if err != nil {
		t.Fatal(err)
	}
	var doc struct{ Route json.RawMessage }
	if err := json.Unmarshal(got, &doc); err != nil {
		t.Fatal(err)
	}
	const want = `{"name":"dba-oncall","approvers":["corp/group:dba"],"approver_kinds":["human"],"quorum":1,"hold":"2m0s",` +
		`"expires":"30m0s","notify":["hook"]}`
	if diff := cmp.Diff(want, string(doc.Route)); diff != "" {
		t.Error(diff)
	}
	var back schema.Route
	if err := json.Unmarshal(doc.Route, &back); err != nil {
		t.Fatal(err)
	}
	route.Range = schema.Range{}
	if diff := cmp.Diff(route, back); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{`{"hold":120}`, `{"hold":"soon"}`, `[]`} {
		if json.Unmarshal([]byte(bad), &back) == nil {
			t.Errorf("%s was read", bad)
		}
	}
}
