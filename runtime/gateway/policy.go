package gateway

import (
	"context"
	"errors"
	"fmt"

	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/runtime/gate"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/bundle"
	"github.com/gatewright/gatewright/schema/vocab"
)

// view is what Status tells of the policy; a new one replaces it whole.
type view struct {
	bundle   BundleStatus
	refused  *RefusedStatus
	warnings []string
}

// openPolicy takes the first bundle in use. There is nothing to fall back on, so that a bad one ends the start.
func (g *Gateway) openPolicy(ctx context.Context, _ Options) error {
	g.reloader = &reloader{path: g.cfg.Bundle.Path, take: g.take, refused: g.refused, agreed: g.agreed}
	err := g.reloader.first(ctx)
	if err == nil {
		return nil
	}
	e := fault(fmt.Errorf("bundle %s: %w", g.cfg.Bundle.Path, err), "gatewright compile makes it; bundle { path = ... } names it.")
	var r *bundle.Refused
	if errors.As(err, &r) {
		e.Refused, e.Hint = true, r.Hint
	}
	_, err = g.log.Append(&audit.Record{Kind: audit.KindBundleRefused, Reason: e.Error()})
	e.Err = errors.Join(e.Err, err)
	return e
}

// take builds a policy from the bytes of a bundle and puts it in force, which the gate records. On an error nothing has changed.
func (g *Gateway) take(ctx context.Context, data []byte) error {
	b, err := g.decode(ctx, data)
	if err != nil {
		return err
	}
	policy, err := g.build(b)
	if err != nil {
		return err
	}
	if err := g.store.SetSerial(ctx, b.Name, b.Serial, b.ID, g.now()); err != nil {
		return err
	}
	if err := g.enforce(policy); err != nil {
		return err
	}
	g.show(b)
	return nil
}

// decode checks the file: form, signature, vocabulary, and that the serial does not go back.
func (g *Gateway) decode(ctx context.Context, data []byte) (*schema.Bundle, error) {
	o := bundle.Options{Keys: g.keys, Fingerprint: vocab.Fingerprint(), AllowRollback: g.cfg.Bundle.AllowRollback}
	b, err := bundle.Decode(data, o)
	if err != nil {
		return nil, err
	}
	// The least serial depends on which policy it is, which only a checked file may say.
	if o.MinSerial, err = g.store.Serial(ctx, b.Name); err != nil {
		return nil, err
	}
	if b.Serial < o.MinSerial {
		return bundle.Decode(data, o)
	}
	return b, nil
}

func (g *Gateway) build(b *schema.Bundle) (*gate.Policy, error) {
	o := gate.PolicyOptions{Client: g.http, Now: g.now}
	if g.gate != nil {
		o.Previous = g.gate.Policy()
	}
	if err := keysFor(b, g.maskKeys); err != nil {
		return nil, err
	}
	p, err := gate.NewPolicy(b, o)
	if err == nil {
		err = selfTest(p.Engine)
	}
	if err != nil {
		return nil, &bundle.Refused{Reason: err.Error(), Hint: "compile the policy again, with this version of gatewright"}
	}
	return p, nil
}

func (g *Gateway) enforce(p *gate.Policy) error {
	if g.gate != nil {
		g.gate.Swap(p)
		return nil
	}
	var err error
	g.gate, err = gate.New(gate.Config{
		Policy: p, Log: g.log, Approvals: g.desk, Now: g.now, NewID: g.newID, DryRun: g.dryRun, Logger: g.logger,
	})
	return err
}

// show tells everybody who looks that a bundle is in force.
func (g *Gateway) show(b *schema.Bundle) {
	v := &view{
		bundle: BundleStatus{
			ID: b.ID, Policy: b.Name, Serial: b.Serial, Signed: len(g.keys) > 0, Rules: len(b.Rules) + len(b.Masks), Since: g.now(),
		},
		warnings: g.mismatches(b),
	}
	g.view.Store(v)
	g.metrics.bundle(v.bundle)
	g.metrics.refused.Set(0)
	g.metrics.reloads.WithLabelValues("taken").Inc()
	g.logger.Info("a bundle is in force", "bundle", b.ID, "policy", b.Name, "serial", b.Serial)
	for _, w := range v.warnings {
		g.logger.Warn(w)
	}
}

// refused tells that a file was not taken and the old bundle stays in force.
func (g *Gateway) refused(digest string, err error) {
	status := &RefusedStatus{Digest: digest, Error: err.Error(), Since: g.now()}
	var r *bundle.Refused
	switch {
	case errors.As(err, &r):
		status.Hint = r.Hint
	case digest == "":
		status.Hint = "Put a bundle there that this gateway may read: gatewright compile DIR --out " + g.cfg.Bundle.Path
	}
	old := g.view.Load()
	g.view.Store(&view{bundle: old.bundle, warnings: old.warnings, refused: status})
	g.metrics.refused.Set(1)
	g.metrics.reloads.WithLabelValues("refused").Inc()
	told := []any{"error", err, "file", g.cfg.Bundle.Path, "in_force", old.bundle.ID}
	if digest != "" {
		told = append(told, "digest", digest)
	}
	if status.Hint != "" {
		told = append(told, "hint", status.Hint)
	}
	g.logger.Error("a bundle was refused; the old one stays in force", told...)
	reason := status.Error
	if digest != "" {
		reason = digest + ": " + reason
	}
	if _, err := g.log.Append(&audit.Record{Kind: audit.KindBundleRefused, Bundle: old.bundle.ID, Reason: reason}); err != nil {
		g.logger.Error("the refusal of a bundle could not be recorded", "error", err)
	}
}

// agreed tells that the file is the bundle in force again. A bundle just taken has shown so itself.
func (g *Gateway) agreed() {
	old := g.view.Load()
	if old.refused == nil {
		return
	}
	g.view.Store(&view{bundle: old.bundle, warnings: old.warnings})
	g.metrics.refused.Set(0)
	g.logger.Info("the bundle file is again the bundle in force", "bundle", old.bundle.ID)
}

// Status is how the gateway stands.
func (g *Gateway) Status() Status {
	v := g.view.Load()
	return Status{
		Started: g.started, DryRun: g.dryRun, Draining: g.draining.Load(), Bundle: v.bundle, Refused: v.refused,
		Warnings: v.warnings, Sessions: len(g.gate.Sessions()),
	}
}
