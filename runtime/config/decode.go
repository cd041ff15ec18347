package config

import (
	"fmt"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/gatewright/gatewright/schema"
)

// SecretInFile is the summary of a diagnostic whose range holds a secret that was written in plain: whoever shows the
// source must not show that range.
const SecretInFile = "Secret in the file"

func (d *decoder) config(body *hclsyntax.Body) *Config {
	start := hcl.Range{Filename: d.file, Start: hcl.InitialPos, End: hcl.InitialPos}
	file := &block{d: d, at: start, body: body}
	c := &Config{
		Bundle:    d.bundle(file),
		Postgres:  d.listener(file),
		Upstreams: d.upstreams(file),
		Notifiers: d.notifiers(file),
		MaskKeys:  d.maskKeys(file),
		Store:     d.store(file),
		Audit:     d.audit(file),
		Metrics:   d.metrics(file),
		Admin:     d.admin(file),
		Limits:    d.limits(file),
	}
	file.finish()
	return c
}

func (d *decoder) bundle(file *block) Bundle {
	b := file.child("bundle")
	if b == nil {
		d.fail(file.at, "Missing block", "A gateway needs a bundle to enforce.", `bundle { path = "bundle.gwb" }`)
		return Bundle{}
	}
	defer b.finish()
	out := Bundle{
		Path:          b.requiredPath("path", `"bundle.gwb"`),
		Poll:          b.duration("poll", DefaultPoll, 10*time.Millisecond, time.Hour),
		AllowRollback: b.flag("allow_rollback"),
	}
	keys, at := b.texts("keys")
	for _, key := range keys {
		out.Keys = append(out.Keys, resolve(d.dir, key))
	}
	if keys != nil && len(keys) == 0 {
		d.fail(at, "No key", "keys is there and names no key, so that no bundle could ever be taken.",
			"Name the public key of gatewright keygen, or leave keys out to take unsigned bundles.")
	}
	return out
}

func (d *decoder) listener(file *block) Listener {
	all := file.children("listener", true)
	var out Listener
	found := false
	for _, b := range all {
		if b.label != "postgres" {
			d.fail(b.at, "Unknown protocol", fmt.Sprintf("This version does not speak %q.", b.label), `listener "postgres" { ... }`)
			continue
		}
		out, found = d.postgres(b), true
	}
	if !found && len(all) == 0 {
		d.fail(file.at, "Missing block", "A gateway needs a listener.",
			"listener \"postgres\" {\n  address = \"0.0.0.0:6432\"\n  tls {\n    cert = \"gateway.crt\"\n    key  = \"gateway.key\"\n  }\n}")
	}
	return out
}

func (d *decoder) postgres(b *block) Listener {
	defer b.finish()
	address, at := b.required("address", `"127.0.0.1:6432"`)
	out := Listener{Address: address, TLS: b.keyPair(), InsecureLoopback: b.flag("insecure_loopback")}
	if address == "" || !d.listenable(address, at) {
		return out
	}
	switch {
	case out.InsecureLoopback && out.TLS != nil:
		d.fail(b.body.Attributes["insecure_loopback"].NameRange, "TLS and no TLS",
			"insecure_loopback takes tokens without TLS, and the listener has a tls block: one listener does one of the two.",
			"Remove insecure_loopback, or the tls block.")
	case out.InsecureLoopback && !loopback(address):
		d.fail(at, "Not a loopback address", fmt.Sprintf("insecure_loopback sends tokens in the clear, and %s is not loopback.", address),
			"Give the listener a tls block, or listen on 127.0.0.1.")
	case out.TLS == nil && !out.InsecureLoopback && b.body.Attributes["insecure_loopback"] == nil:
		d.fail(b.at, "No TLS", "Clients send their token to this listener, so it needs a certificate.",
			"tls {\n  cert = \"gateway.crt\"\n  key  = \"gateway.key\"\n}")
	case out.TLS == nil && !out.InsecureLoopback:
		d.fail(b.at, "No TLS", "insecure_loopback is false and there is no tls block.", "Add tls { cert = ..., key = ... }.")
	}
	return out
}

// keyPair reads the tls block of something that listens.
func (b *block) keyPair() *KeyPair {
	t := b.child("tls")
	if t == nil {
		return nil
	}
	t.what = b.what + " tls"
	defer t.finish()
	return &KeyPair{Cert: t.requiredPath("cert", `"gateway.crt"`), Key: t.requiredPath("key", `"gateway.key"`)}
}

func (d *decoder) store(file *block) Store {
	b := file.child("store")
	if b == nil {
		return Store{Path: resolve(d.dir, DefaultStore)}
	}
	defer b.finish()
	return Store{Path: b.path("path", DefaultStore)}
}

func (d *decoder) audit(file *block) Audit {
	b := file.child("audit")
	if b == nil {
		return Audit{Path: resolve(d.dir, DefaultAudit)}
	}
	defer b.finish()
	out := Audit{Path: b.path("path", DefaultAudit)}
	switch text, at := b.text("sync"); text {
	case "", "interval":
	case "always":
		out.Sync = SyncAlways
	case "never":
		out.Sync = SyncNever
	default:
		d.fail(at, "Unknown word", fmt.Sprintf("sync is %q.", text), `It is "interval", "always" or "never".`)
	}
	return out
}

func (d *decoder) metrics(file *block) *Metrics {
	b := file.child("metrics")
	if b == nil {
		return nil
	}
	defer b.finish()
	address, at := b.required("address", `"127.0.0.1:9464"`)
	if address != "" {
		d.listenable(address, at)
	}
	return &Metrics{Address: address}
}

func (d *decoder) admin(file *block) *Admin {
	b := file.child("admin")
	if b == nil {
		return nil
	}
	defer b.finish()
	address, at := b.required("address", `"127.0.0.1:6480"`)
	out := &Admin{Address: address, TLS: b.keyPair(), Operators: d.operators(b)}
	if address != "" && d.listenable(address, at) && out.TLS == nil && !loopback(address) {
		d.fail(at, "No TLS", "Approvers send their token to this address, and it is not loopback.",
			"Listen on 127.0.0.1:6480, or add tls { cert = ..., key = ... }.")
	}
	return out
}

func (d *decoder) operators(b *block) []schema.Party {
	list, at := b.texts("operators")
	var out []schema.Party
	for _, text := range list {
		p, ok := schema.ParseParty(text)
		if !ok {
			d.fail(at, "Not a principal", fmt.Sprintf("operators holds %q.", text), "Write "+schema.PartyForm+".")
		}
		out = append(out, p)
	}
	return out
}

// maxPatience is the longest limit on a session's time; longer is as good as none.
const maxPatience = 30 * 24 * time.Hour

func (d *decoder) limits(file *block) Limits {
	b := file.child("limits")
	if b == nil {
		b = &block{d: d, what: "limits", at: file.at, body: &hclsyntax.Body{}}
	}
	defer b.finish()
	return Limits{
		Connections:  b.count("connections", DefaultConnections, 1, 100_000),
		PerPrincipal: b.count("per_principal", 0, 1, 100_000),
		PerTarget:    b.count("per_target", 0, 1, 100_000),

		Idle:              b.duration("idle", 0, 100*time.Millisecond, maxPatience),
		IdleInTransaction: b.duration("idle_in_transaction", 0, 100*time.Millisecond, maxPatience),
		Statement:         b.duration("statement", 0, 100*time.Millisecond, maxPatience),

		Handshake:      b.duration("handshake", DefaultHandshake, 100*time.Millisecond, 10*time.Minute),
		Dial:           b.duration("dial", DefaultDial, 100*time.Millisecond, 10*time.Minute),
		Drain:          b.duration("drain", DefaultDrain, 10*time.Millisecond, time.Hour),
		Catalog:        b.duration("catalog", DefaultCatalog, 100*time.Millisecond, 24*time.Hour),
		StatementBytes: b.count("statement_bytes", DefaultStatementBytes, 1<<10, 1<<28),
		RowBytes:       b.count("row_bytes", DefaultRowBytes, 1<<10, 1<<29),
	}
}
