package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// tested: what happens in a pull request.
func (r *production) tested(ctx context.Context) error {
	if err := r.pull(ctx); err != nil {
		return err
	}
	out, testErr := r.output(ctx, nil, "gatewright", "test", "policy")
	r.show("$ ", "gatewright test policy")
	if testErr == nil {
		out = lastLine(out)
	}
	r.show("", out)
	if _, err := r.perform(ctx, "gatewright keygen --out release.key", nil, "gatewright", "keygen", "--out", "release.key"); err != nil {
		return err
	}
	if err := r.release(ctx, 1); err != nil {
		return err
	}
	if err := r.startGateway(ctx); err != nil {
		return err
	}
	now, err := r.status(ctx)
	if err != nil {
		return err
	}
	return r.check(claim{"the policy's own tests pass", testErr == nil},
		claim{"the gateway enforces the signed bundle " + shortID(now.Bundle.ID), now.Bundle.Signed && now.Bundle.Serial == 1})
}

// pull takes the structure of the database into the policy, which is then checked against it.
func (r *production) pull(ctx context.Context) error {
	address, catalog := r.database.Address(), filepath.Join("policy", demoTarget+".catalog.json")
	line := "gatewright catalog pull --address " + address + " --database payments \\\n    --user gateway --password env:PW --out " + catalog
	out, err := r.perform(ctx, line, []string{"PW=" + r.secrets["database"]}, "gatewright", "catalog", "pull", "--address", address,
		"--database", "payments", "--user", "gateway", "--password", "env:PW", "--out", catalog)
	if err == nil && out != "" {
		err = fmt.Errorf("catalog pull: %s", out)
	}
	return err
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// release compiles and signs the policy, and puts the bundle where the gateway looks, in one step.
func (r *production) release(ctx context.Context, serial int) error {
	line := fmt.Sprintf("gatewright compile policy --key release.key --serial %d \\\n    --out bundle.gwb", serial)
	out, err := r.perform(ctx, line, nil, "gatewright", "compile", "policy", "--out", "bundle.gwb",
		"--key", "release.key", "--serial", fmt.Sprint(serial))
	if err != nil {
		return err
	}
	if _, err := os.Stat(r.file("bundle.gwb")); err != nil {
		return fmt.Errorf("compile made no bundle: %s", out)
	}
	return nil
}

// demoStatus is what the demo needs of the gateway's status.
type demoStatus struct {
	Bundle struct {
		ID     string `json:"id"`
		Serial int    `json:"serial"`
		Signed bool   `json:"signed"`
	} `json:"bundle"`
	Refused *struct {
		Error string `json:"error"`
	} `json:"refused"`
}

func (r *production) status(ctx context.Context) (s demoStatus, err error) {
	token, err := r.token(ctx, "dba-on-call")
	if err != nil {
		return s, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.admin+"/v1/status", nil)
	if err != nil {
		return s, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return s, exchange(req, &s)
}

// whoAmI: a session has the name that its token proves, whatever user it asks for.
func (r *production) whoAmI(ctx context.Context) error {
	env, err := r.as(ctx, "order-service")
	if err != nil {
		return err
	}
	r.tell("PGHOST and PGPORT lead to the gateway, PGSSLMODE is verify-full, and PGPASSWORD")
	r.tell("is an access token: $(gatewright token --issuer ... --client order-service ...)")
	r.show("$ ", "psql -U anybody")
	if r.session, err = r.open(ctx, env, "-X", "-U", "anybody"); err != nil {
		return err
	}
	one, err := r.session.perform(ctx, demoPrompt, "SELECT 1 AS one;")
	if err != nil {
		return err
	}
	r.tell("and in another terminal:")
	list, err := r.perform(ctx, "gatewright sessions list", env, "gatewright", "sessions", "list", "--admin", r.admin)
	if err != nil {
		return err
	}
	forged, err := r.perform(ctx, "PGPASSWORD=guess psql -c 'SELECT 1'", append(env, "PGPASSWORD=guess"), "psql", "-X", "-c", "SELECT 1")
	if err != nil {
		return err
	}
	return r.check(
		claim{"psql is connected", strings.Contains(one, "(1 row)")},
		claim{"the gateway knows the caller as corp/order-service, not as anybody", strings.Contains(list, "corp/order-service") && !strings.Contains(list, "anybody")},
		claim{"a password that is no token is refused", strings.Contains(forged, "FATAL")})
}

const demoPrompt = "payments-db=> "

func (r *production) allowed(ctx context.Context) error {
	out, err := r.session.perform(ctx, demoPrompt, "SELECT id, status FROM orders ORDER BY id LIMIT 3;")
	if err != nil {
		return err
	}
	direct, err := r.database.PSQL(ctx, "payments", "SELECT status FROM orders ORDER BY id LIMIT 1")
	if err != nil {
		return err
	}
	return r.check(claim{"the rows are those of the database", strings.Contains(out, "(3 rows)") && strings.Contains(out, strings.TrimSpace(direct))})
}

// masked: the mask follows the column through aliases and expressions.
func (r *production) masked(ctx context.Context) error {
	r.tell("With a token of the billing service:")
	out, err := r.query(ctx, "billing", "SELECT id, pan AS p, 'x' || pan AS q FROM cards ORDER BY id LIMIT 3")
	if err != nil {
		return err
	}
	where, err := r.query(ctx, "billing", "SELECT id FROM cards WHERE pan LIKE '4%'")
	if err != nil {
		return err
	}
	pans, err := r.database.PSQL(ctx, "payments", "SELECT pan FROM cards ORDER BY id LIMIT 3")
	if err != nil {
		return err
	}
	hidden, last4 := true, true
	for _, pan := range strings.Fields(pans) {
		hidden = hidden && !strings.Contains(out, pan)
		last4 = last4 && strings.Contains(out, "*"+pan[len(pan)-4:])
	}
	return r.check(claim{"no card number is in the answer, under any name", hidden && pans != ""},
		claim{"the last four digits are", last4},
		claim{"and nobody can search by what they may not see", strings.Contains(where, "ERROR")})
}

func (r *production) refused(ctx context.Context) error {
	before, err := r.orders(ctx)
	if err != nil {
		return err
	}
	out, err := r.session.perform(ctx, demoPrompt, "DELETE FROM orders;")
	if err != nil {
		return err
	}
	after, err := r.orders(ctx)
	if err != nil {
		return err
	}
	return r.check(claim{"the answer names the rule", strings.Contains(out, "deny.unbounded-write")},
		claim{"and a way out", strings.Contains(out, "HINT:")}, claim{"the database has lost nothing", before == after && before != "0"})
}

func (r *production) orders(ctx context.Context) (string, error) {
	out, err := r.database.PSQL(ctx, "payments", "SELECT count(*) FROM orders")
	return strings.TrimSpace(out), err
}

// held: one terminal waits, another decides.
func (r *production) held(ctx context.Context) error {
	before, err := r.orders(ctx)
	if err != nil {
		return err
	}
	const sql = "DELETE FROM orders WHERE id = 1;"
	r.show(demoPrompt, sql)
	type ending struct {
		out string
		err error
	}
	ended := make(chan ending, 1)
	go func() {
		out, err := r.session.ask(ctx, sql)
		ended <- ending{out, err}
	}()
	err = r.until(ctx, "psql to say that it waits", r.running, func() bool { return strings.Contains(r.session.take(), "HINT:") })
	if err != nil {
		return err
	}
	waiting := r.session.take()
	r.show("", waiting)
	r.tell("In the terminal of the DBA on call:")
	ticket, err := r.decide(ctx)
	if err != nil {
		return err
	}
	r.ticket = ticket
	r.tell("and psql goes on:")
	e := <-ended
	r.show("", strings.TrimPrefix(e.out, waiting))
	if e.err != nil {
		return e.err
	}
	after, err := r.orders(ctx)
	if err != nil {
		return err
	}
	return r.check(claim{"ticket " + ticket + " let exactly this statement through", strings.Contains(e.out, "DELETE 1")},
		claim{fmt.Sprintf("the database had %s orders and has %s", before, after), before != after})
}

// decide finds the ticket, shows that its own caller cannot decide it, and approves it.
func (r *production) decide(ctx context.Context) (string, error) {
	dba, err := r.as(ctx, "dba-on-call")
	if err != nil {
		return "", err
	}
	var ticket string
	err = r.until(ctx, "the ticket", r.running, func() bool {
		out, err := r.output(ctx, dba, "gatewright", "approvals", "list", "--admin", r.admin)
		fields := strings.Fields(out)
		if err != nil || len(fields) < 2 || fields[1] != "pending" {
			return false
		}
		ticket = fields[0]
		return true
	})
	if err != nil {
		return "", err
	}
	if _, err := r.perform(ctx, "gatewright approvals list", dba, "gatewright", "approvals", "list", "--admin", r.admin); err != nil {
		return "", err
	}
	self, err := r.as(ctx, "order-service")
	if err != nil {
		return "", err
	}
	own, err := r.output(ctx, self, "gatewright", "approvals", "approve", ticket, "--reason", "me", "--admin", r.admin)
	if err == nil {
		return "", fmt.Errorf("the caller approved its own statement: %s", own)
	}
	out, err := r.perform(ctx, "gatewright approvals approve "+ticket+" \\\n    --reason 'duplicate order'", dba,
		"gatewright", "approvals", "approve", ticket, "--reason", "duplicate order", "--admin", r.admin)
	if err == nil && !strings.Contains(out, "approved") {
		err = fmt.Errorf("the approval failed: %s", out)
	}
	return ticket, err
}

// freeze is the policy edit of the demo.
const freeze = `deny "freeze" {
  target_labels = { env = "prod" }
  postgres { verbs = ["insert", "update", "delete"] }
  message = "orders are frozen until the audit is over"
}
`

// reload: the session that has been open all the time sees the new decision with its next statement.
func (r *production) reload(ctx context.Context) error {
	const sql = "UPDATE orders SET status = 'paid' WHERE id = 2;"
	before, err := r.session.perform(ctx, demoPrompt, sql)
	if err != nil {
		return err
	}
	r.show("$ ", "cat > policy/freeze.hcl")
	r.show("", freeze)
	if err := os.WriteFile(filepath.Join(r.policy, "freeze.hcl"), []byte(freeze), 0o600); err != nil {
		return err
	}
	if err := r.release(ctx, 2); err != nil {
		return err
	}
	err = r.until(ctx, "the new bundle", r.running, func() bool {
		now, err := r.status(ctx)
		return err == nil && now.Bundle.Serial == 2
	})
	if err != nil {
		return err
	}
	r.tell("The psql session has been open all the time:")
	after, err := r.session.perform(ctx, demoPrompt, sql)
	if err != nil {
		return err
	}
	still, err := r.session.perform(ctx, demoPrompt, "SELECT count(*) > 0 AS still_readable FROM orders;")
	if err != nil {
		return err
	}
	return r.check(claim{"the first UPDATE went through", strings.Contains(before, "UPDATE 1")},
		claim{"the same session sees the new rule", strings.Contains(after, "deny.freeze")},
		claim{"and goes on with what is still allowed", strings.Contains(still, "(1 row)")})
}

// forged: a bundle that is not exactly what was signed changes nothing.
func (r *production) forged(ctx context.Context) error {
	good, err := os.ReadFile(r.file("bundle.gwb"))
	if err != nil {
		return err
	}
	bad := bytes.Clone(good)
	bad[len(bad)/2] ^= 1
	r.tell("One bit in the middle of bundle.gwb is flipped.")
	if err := os.WriteFile(r.file("bundle.gwb"), bad, 0o600); err != nil {
		return err
	}
	var now demoStatus
	err = r.until(ctx, "the gateway to refuse the bundle", r.running, func() bool {
		now, err = r.status(ctx)
		return err == nil && now.Refused != nil
	})
	if err != nil {
		return err
	}
	r.tell("The gateway says: " + now.Refused.Error)
	still, err := r.session.perform(ctx, demoPrompt, "UPDATE orders SET status = 'paid' WHERE id = 2;")
	if err != nil {
		return err
	}
	if err := os.WriteFile(r.file("bundle.gwb"), good, 0o600); err != nil {
		return err
	}
	return r.check(claim{"the old bundle stays in force", now.Bundle.Serial == 2 && strings.Contains(still, "deny.freeze")})
}

// audited: what was seen above is on record, and a record that was touched shows it.
func (r *production) audited(ctx context.Context) error {
	out, err := r.perform(ctx, "gatewright audit query audit.jsonl --kind decision", nil, "gatewright", "audit", "query", "audit.jsonl", "--kind", "decision")
	if err != nil {
		return err
	}
	life, err := r.perform(ctx, "gatewright audit query audit.jsonl --ticket "+r.ticket, nil, "gatewright", "audit", "query", "audit.jsonl", "--ticket", r.ticket)
	if err != nil {
		return err
	}
	_, verifyErr := r.output(ctx, nil, "gatewright", "audit", "verify", "audit.jsonl")
	if _, err := r.perform(ctx, "gatewright audit verify audit.jsonl", nil, "gatewright", "audit", "verify", "audit.jsonl"); err != nil {
		return err
	}
	tampered, err := r.tamper(ctx)
	if err != nil {
		return err
	}
	return r.check(
		claim{"the refused DELETE is on record, with its rule", strings.Contains(out, "deny.unbounded-write")},
		claim{"so is the masked query, without a card number", strings.Contains(out, "masked: p last4, q last4")},
		claim{"so is the approved DELETE, and who approved it", strings.Contains(out, "ticket: "+r.ticket) && strings.Contains(life, "approved by corp/dba-on-call")},
		claim{"so is the change of policy", strings.Contains(out, "deny.freeze")},
		claim{"the log is whole", verifyErr == nil},
		claim{"a copy with one word changed is not", tampered})
}

// tamper changes one word in a copy of the log and reports whether that is found.
func (r *production) tamper(ctx context.Context) (bool, error) {
	log, err := os.ReadFile(r.file("audit.jsonl"))
	if err != nil {
		return false, err
	}
	head, err := os.ReadFile(r.file("audit.jsonl.head"))
	if err != nil {
		return false, err
	}
	changed := strings.Replace(string(log), `"effect":"deny"`, `"effect":"allow"`, 1)
	if changed == string(log) {
		return false, nil
	}
	if err := r.write("tampered.jsonl", changed); err != nil {
		return false, err
	}
	if err := r.write("tampered.jsonl.head", string(head)); err != nil {
		return false, err
	}
	r.show("$ ", `sed '0,/"effect":"deny"/s//"effect":"allow"/' audit.jsonl > tampered.jsonl`)
	out, err := r.perform(ctx, "gatewright audit verify tampered.jsonl", nil, "gatewright", "audit", "verify", "tampered.jsonl")
	return strings.Contains(out, "changed"), err
}

// curtain tells how to go on, and waits for Ctrl-C if that was asked for.
func (r *production) curtain(ctx context.Context, keep bool) error {
	fmt.Fprintf(r.p.stdout, "\n%s\n", r.paint("1", "Everything above was checked as it happened."))
	if !keep {
		fmt.Fprint(r.p.stdout, "To try it yourself: make demo ARGS=--keep\n")
		return nil
	}
	host, port, _ := strings.Cut(r.address, ":")
	fmt.Fprintf(r.p.stdout, "Try it yourself, in another terminal:\n\n"+
		"  export PATH=%s:$PATH SECRET=%s\n"+
		"  PGPASSWORD=$(%s token --issuer %s \\\n    --client billing --secret env:SECRET) \\\n"+
		"    psql \"host=%s port=%s dbname=%s \\\n    sslmode=verify-full sslrootcert=%s\"\n\nCtrl-C ends it and removes everything.\n",
		r.bin, r.secrets["billing"], r.self, r.issuer, host, port, demoTarget, r.file("ca.crt"))
	<-ctx.Done()
	return nil
}

// shortID gives enough of a content id to tell bundles apart by eye.
func shortID(id string) string {
	hex, ok := strings.CutPrefix(id, "sha256:")
	if !ok || len(hex) < 12 {
		return id
	}
	return hex[:12]
}
