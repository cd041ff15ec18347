package main

import (
	"context"
	"fmt"
	"strings"
)

// whoAmI: a session has the name that its token proves, whatever user it asks for.
func (r *production) whoAmI(ctx context.Context) error {
	env, err := r.as(ctx, "order-service")
	if err != nil {
		return err
	}
	r.tell("PGHOST and PGPORT lead to the gateway, PGSSLMODE is verify-full, and PGPASSWORD " +
		"is an access token: $(gatewright token --issuer ... --client order-service ...)")
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
	out, err := r.query(ctx, "billing", "SELECT id, pan AS p, 'x'||pan AS q FROM cards ORDER BY id LIMIT 3")
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

// turnedAway reports whether a client's approval is refused, and for this reason.
func (r *production) turnedAway(ctx context.Context, client, ticket, reason string) bool {
	env, err := r.as(ctx, client)
	if err != nil {
		return false
	}
	out, err := r.output(ctx, env, "gatewright", "approvals", "approve", ticket, "--reason", "me", "--admin", r.admin)
	return err != nil && strings.Contains(strings.Join(strings.Fields(out), " "), reason)
}

// decide finds the ticket, shows that neither its own caller nor a program can decide it, and approves it as a person.
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
	if err := r.check(
		claim{"who asked cannot approve", r.turnedAway(ctx, "order-service", ticket, "nobody decides on their own request")},
		claim{"a program with the DBA's groups cannot approve either", r.turnedAway(ctx, "dba-bot", ticket, "whose vote does not count")},
	); err != nil {
		return "", err
	}
	out, err := r.perform(ctx, "gatewright approvals approve "+ticket+" \\\n    --reason 'a duplicate'", dba,
		"gatewright", "approvals", "approve", ticket, "--reason", "a duplicate", "--admin", r.admin)
	if err == nil && !strings.Contains(out, "approved") {
		err = fmt.Errorf("the approval failed: %s", out)
	}
	return ticket, err
}

// curtain tells how to go on, and waits for Ctrl-C if that was asked for.
func (r *production) curtain(ctx context.Context, keep bool) error {
	fmt.Fprintf(r.p.stdout, "\n%s\n", r.paint("1", "Everything above was checked as it happened."))
	if !keep {
		fmt.Fprint(r.p.stdout, "To try it yourself: make demo ARGS=--keep\n")
		return nil
	}
	return r.keepUp(ctx)
}
