package gateway_test

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/gatewright/gatewright/runtime/gate"
	"github.com/gatewright/gatewright/schema"
)

// hold begins a DELETE that waits for approval, and gives its ticket and the channel of its end.
func (w *world) hold(t *testing.T, sql string) (ticket string, ended chan error) {
	t.Helper()
	conn := w.connect("orders")
	ended = make(chan error, 1)
	ctx := t.Context()
	go func() {
		_, err := conn.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol)
		ended <- err
	}()
	var got []schema.Ticket
	w.eventually("a ticket is there", func() bool {
		got = w.tickets("dba")
		return len(got) == 1
	})
	return got[0].ID, ended
}

func (w *world) tickets(client string) []schema.Ticket {
	w.t.Helper()
	var list struct{ Approvals []schema.Ticket }
	w.get("/v1/approvals?state=pending", client).into(w.t, &list)
	return list.Approvals
}

func TestApproval(t *testing.T) {
	t.Parallel()
	tests := []struct{ verb, fails string }{{"approve", ""}, {"deny", "approval was refused"}}
	for _, test := range tests {
		t.Run(test.verb, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.start(w.base(), nil)
			ticket, ended := w.hold(t, "DELETE FROM orders WHERE id = 99")
			if got := len(w.tickets("orders")); got != 1 {
				t.Errorf("the caller sees %d of its own tickets", got)
			}
			if got := len(w.tickets("stranger")); got != 0 {
				t.Errorf("a stranger sees %d tickets", got)
			}
			if got := w.get("/v1/approvals/"+ticket, "stranger").status; got != http.StatusNotFound {
				t.Errorf("a stranger reads the ticket: %d", got)
			}
			for _, id := range []string{ticket, "none"} {
				got := w.post("/v1/approvals/"+id+"/"+test.verb, "stranger", `{"reason":"why not"}`)
				got.body = strings.ReplaceAll(got.body, id, "ID")
				const want = `{"error":"there is no ticket \"ID\" for you to see","hint":"gatewright approvals list shows those that there are"}`
				if got.status != http.StatusNotFound || strings.TrimSpace(got.body) != want {
					t.Errorf("a stranger votes on %s: %+v", id, got)
				}
			}
			if got := w.post("/v1/approvals/"+ticket+"/"+test.verb, "bot", `{"reason":"why not"}`); got.status != http.StatusForbidden || !strings.Contains(got.body, `is of kind \"machine\"`) {
				t.Errorf("a machine votes: %+v", got)
			}
			if got := w.post("/v1/approvals/"+ticket+"/"+test.verb, "orders", `{"reason":"mine"}`); got.status != http.StatusForbidden {
				t.Errorf("the caller votes: %+v", got)
			}
			var after schema.Ticket
			w.post("/v1/approvals/"+ticket+"/"+test.verb, "dba", `{"reason":"cleaning up"}`).into(t, &after)
			if len(after.Votes) != 1 || after.Votes[0].Reason != "cleaning up" || after.Votes[0].Subject != "dba" || after.Votes[0].Kind != schema.KindHuman {
				t.Errorf("the ticket after the vote: %+v", after)
			}
			if err := <-ended; test.fails == "" && err != nil || test.fails != "" && (err == nil || !strings.Contains(err.Error(), test.fails)) {
				t.Errorf("the statement ended with %v", err)
			}
			if got := w.post("/v1/approvals/"+ticket+"/approve", "boss", `{"reason":"me too"}`); got.status != http.StatusConflict {
				t.Errorf("a vote on a settled ticket: %+v", got)
			}
			if w.audited("ticket.voted", ticket, "cleaning up") != 1 {
				t.Error("the vote is not in the audit log")
			}
		})
	}
}

// An approver sees the bind values that a webhook and the audit log never get; the list holds them cut.
func TestBindValuesAreForApprovers(t *testing.T) {
	t.Parallel()
	bodies := make(chan string, 1)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		bodies <- string(body)
	}))
	defer hook.Close()
	w := newWorld(t)
	w.start(w.base()+"notifier \"hook\" {\n webhook { url = \""+hook.URL+"\" }\n}\n", nil)
	conn := w.connect("orders")
	ended := make(chan error, 1)
	ctx := t.Context()
	long := "secret value " + strings.Repeat("x", 4000)
	go func() {
		_, err := conn.Exec(ctx, "DELETE FROM orders WHERE note = $1 OR note = $2", long, nil)
		ended <- err
	}()
	var list []schema.Ticket
	w.eventually("a ticket is there", func() bool {
		list = w.tickets("dba")
		return len(list) == 1
	})
	if !list[0].Shortened || len(list[0].Parameters[0]) > 1<<10 || !strings.HasPrefix(list[0].Parameters[0], "'secret value xxx") {
		t.Errorf("listed as %+v", list[0])
	}
	var whole schema.Ticket
	w.get("/v1/approvals/"+list[0].ID, "dba").into(t, &whole)
	if diff := cmp.Diff([]string{"'" + long + "'", "NULL"}, whole.Parameters); diff != "" || whole.Shortened {
		t.Errorf("shown with %v\n%s", whole.Shortened, diff)
	}
	if body := <-bodies; strings.Contains(body, "secret value") || !strings.Contains(body, list[0].ID) {
		t.Errorf("the webhook got %s", body)
	}
	w.post("/v1/approvals/"+list[0].ID+"/approve", "dba", `{"reason":"as asked"}`)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if w.audited("ticket.raised", list[0].ID) != 1 || w.audited("secret value") != 0 {
		t.Error("the audit log lacks the ticket, or holds its values")
	}
}

// An approval whose caller did not wait for it is taken back before it is used.
func TestApprovalTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write("bundle.gwb", w.encode(w.policy(2, func(b *schema.Bundle) { b.Routes[0].Hold = time.Millisecond })))
	w.start(w.base(), nil)
	conn := w.connect("orders")
	const sql = "DELETE FROM orders WHERE id = 98"
	if _, err := conn.Exec(t.Context(), sql, pgx.QueryExecModeSimpleProtocol); err == nil || !strings.Contains(err.Error(), "waiting for approval") {
		t.Fatalf("got %v", err)
	}
	ticket := w.tickets("dba")[0].ID
	for _, verb := range []string{"approve", "deny"} {
		if got := w.post("/v1/approvals/"+ticket+"/"+verb, "dba", `{"reason":"on second thoughts"}`); got.status != http.StatusOK {
			t.Fatalf("%s: %+v", verb, got)
		}
	}
	if _, err := conn.Exec(t.Context(), sql, pgx.QueryExecModeSimpleProtocol); err == nil || strings.Contains(err.Error(), ticket) {
		t.Errorf("the statement went through, or found the old ticket: %v", err)
	}
	if w.audited("ticket.voted", ticket, `"approve":true`) != 1 || w.audited("ticket.voted", ticket, `"approve":false`) != 1 {
		t.Error("the votes are not in the audit log")
	}
}

// An operator without an issuer is of the policy's only issuer, and nobody when there are two.
func TestOperatorsHaveAnIssuer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second := func(b *schema.Bundle) {
		other := b.Issuers[0]
		other.Name, other.OIDC.URL = "partner", "https://login.example.com"
		b.Issuers = append(b.Issuers, other)
	}
	w.start(w.base(), nil)
	w.connect("orders")
	sees := func(client string) int {
		var list struct{ Sessions []gate.SessionInfo }
		w.get("/v1/sessions", client).into(t, &list)
		return len(list.Sessions)
	}
	if n := sees("boss"); n != 1 {
		t.Errorf("with one issuer an operator sees %d", n)
	}
	w.replace("bundle.gwb", w.encode(w.policy(2, second)))
	w.eventually("the bundle is taken", func() bool { return w.gw.Status().Bundle.Serial == 2 })
	if n := sees("boss"); n != 0 {
		t.Errorf("with two issuers the operator of none sees %d", n)
	}
	if got := strings.Join(w.gw.Status().Warnings, "\n"); !strings.Contains(got, `operator "group:operators" is nobody: it does not say of which`) {
		t.Errorf("warnings: %s", got)
	}
}

func TestAdminRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start(w.base(), nil)
	dba := w.token("dba")
	vote := "/v1/approvals/abc/approve"
	tests := []struct {
		name, method, path, token, contentType, body string
		want                                         int
	}{
		{"no token", "GET", "/v1/status", "", "", "", 401},
		{"no token on a vote", "POST", vote, "", "application/json", `{"reason":"x"}`, 401},
		{"garbage for a token", "GET", "/v1/status", "garbage", "", "", 401},
		{"a token with a wrong signature", "GET", "/v1/sessions", dba[:len(dba)-8] + "AAAAAAAA", "", "", 401},
		{"a form, as a browser may post across sites", "POST", vote, dba, "application/x-www-form-urlencoded", "reason=x", 415},
		{"text, as a browser may post across sites", "POST", vote, dba, "text/plain", `{"reason":"x"}`, 415},
		{"no content type", "POST", vote, dba, "", `{"reason":"x"}`, 415},
		{"not JSON", "POST", vote, dba, "application/json", `reason`, 400},
		{"an unknown field", "POST", vote, dba, "application/json", `{"reason":"x","approve":true}`, 400},
		{"two documents", "POST", vote, dba, "application/json", `{"reason":"x"}{}`, 400},
		{"too much", "POST", vote, dba, "application/json", `{"reason":"` + strings.Repeat("x", 64<<10) + `"}`, 400},
		{"no such ticket", "POST", vote, dba, "application/json", `{"reason":"x"}`, 404},
		{"reading no such ticket", "GET", "/v1/approvals/abc", dba, "", "", 404},
		{"an unknown state", "GET", "/v1/approvals?state=lost", dba, "", "", 400},
		{"a vote by GET", "GET", vote, dba, "", "", 404},
		{"an unknown path", "GET", "/v2/status", dba, "", "", 404},
		{"status", "GET", "/v1/status", dba, "", "", 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := w.admin(test.method, test.path, test.token, test.contentType, test.body)
			if got.status != test.want {
				t.Errorf("status %d, want %d: %s", got.status, test.want, got.body)
			}
			var said struct{ Error, Hint string }
			if got.into(t, &said); test.want != 200 && (said.Error == "" || said.Hint == "") {
				t.Errorf("no explanation or no way out: %s", got.body)
			}
		})
	}
}

func TestAdminOverTLS(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pool := w.certificate(1)
	w.start(strings.Replace(w.base(), "operators =", "tls {\n cert = \"a.crt\"\n key = \"a.key\"\n }\n operators =", 1), nil)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+w.gw.AdminAddress()+"/v1/status", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.token("dba"))
	transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "localhost"}}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("status %d, %v", resp.StatusCode, err)
	}
	req.URL.Scheme = "http"
	if resp, err := transport.RoundTrip(req); err == nil {
		if err := resp.Body.Close(); err != nil || resp.StatusCode == http.StatusOK {
			t.Errorf("without TLS it answers %d, %v", resp.StatusCode, err)
		}
	}
}

func TestSessionsAreSeenByTheirOwnersAndOperators(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start(w.base(), nil)
	w.connect("orders")
	w.connect("dba")
	for client, want := range map[string][]string{"orders": {"orders"}, "dba": {"dba"}, "stranger": nil, "boss": {"orders", "dba"}} {
		var list struct{ Sessions []gate.SessionInfo }
		w.get("/v1/sessions", client).into(t, &list)
		var got []string
		for _, s := range list.Sessions {
			got = append(got, s.Subject)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s sees (-want +got)\n%s", client, diff)
		}
	}
}

func TestNotifier(t *testing.T) {
	t.Parallel()
	type delivery struct {
		authorization string
		body          []byte
	}
	deliveries := make(chan delivery, 10)
	tries := make(chan struct{}, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		select {
		case tries <- struct{}{}: // the first attempt meets a hook that is down
			if len(tries) == 1 {
				rw.WriteHeader(http.StatusBadGateway)
				return
			}
		default:
		}
		deliveries <- delivery{r.Header.Get("Authorization"), body}
	}))
	defer hook.Close()
	w := newWorld(t)
	extra := `
notifier "hook" {
  webhook {
    url    = "` + hook.URL + `"
    bearer = "env:SHOP_PASSWORD"
  }
}
`
	w.start(w.base()+extra, nil)
	ticket, ended := w.hold(t, "DELETE FROM orders WHERE note = 'secret literal'")
	got := <-deliveries
	var doc map[string]any
	if err := json.Unmarshal(got.body, &doc); err != nil {
		t.Fatal(err)
	}
	if doc["ticket"] != ticket || doc["principal"] != "corp/orders" || doc["route"] != "dbas" || got.authorization != "Bearer "+databasePassword {
		t.Errorf("delivered %s with %q", got.body, got.authorization)
	}
	if strings.Contains(string(got.body), "secret literal") {
		t.Errorf("the webhook got the statement: %s", got.body)
	}
	w.post("/v1/approvals/"+ticket+"/deny", "dba", `{"reason":"no"}`)
	if err := <-ended; err == nil {
		t.Error("a denied statement went through")
	}
	if strings.Contains(strings.Join(w.gw.Status().Warnings, "\n"), "notifies") {
		t.Errorf("warnings %v", w.gw.Status().Warnings)
	}
	if err := w.stop(); err != nil {
		t.Error(err)
	}
}
