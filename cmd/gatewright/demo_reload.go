package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
)

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
