package main

import (
	"context"
	"os"
	"strings"
)

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
		claim{"so is the approved DELETE, and who approved it", strings.Contains(out, "ticket: "+r.ticket) && strings.Contains(life, "approved by corp/dba-on-call (human)")},
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
