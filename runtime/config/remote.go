package config

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/gatewright/gatewright/schema"
)

func (d *decoder) upstreams(file *block) []Upstream {
	var out []Upstream
	all := file.children("upstream", true)
	for _, b := range all {
		out = append(out, d.upstream(b))
	}
	if len(all) == 0 {
		d.fail(file.at, "Missing block", "A gateway without an upstream has nothing to lead to.",
			"upstream \"TARGET\" {\n  address  = \"db.example.com:5432\"\n  database = \"payments\"\n  user     = \"gateway\"\n  password = \"env:PASSWORD\"\n  tls { ca = \"ca.pem\" }\n}")
	}
	slices.SortFunc(out, func(a, b Upstream) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func (d *decoder) upstream(b *block) Upstream {
	defer b.finish()
	out := Upstream{Name: b.label}
	var at hcl.Range
	out.Address, at = b.required("address", `"db.example.com:5432"`)
	out.Database, _ = b.required("database", `"payments"`)
	out.User, _ = b.required("user", `"gateway"`)
	b.need("password", `"env:PASSWORD"`)
	out.Password = b.secret("password")
	if t := b.child("tls"); t != nil {
		t.what = b.what + " tls"
		out.TLS = &UpstreamTLS{CA: t.path("ca", "")}
		out.TLS.ServerName, _ = t.text("server_name")
		t.finish()
	}
	if out.Address == "" || !d.dialable(out.Address, at) {
		return out
	}
	if out.TLS == nil && !loopback(out.Address) {
		d.fail(b.at, "No TLS", fmt.Sprintf("%s is not a loopback address, and the connection to it would be in the clear.", out.Address),
			`tls { ca = "ca.pem" }, or tls {} to trust the certificate authorities of the system`)
	}
	return out
}

func (b *block) secret(name string) Secret {
	text, at := b.text(name)
	if text == "" {
		return Secret{}
	}
	s, err := ParseSecret(text, b.d.dir)
	if err == nil {
		return s
	}
	if strings.HasPrefix(text, "vault:") {
		b.d.fail(at, "Unknown kind of secret", name+" names a vault, which this version cannot read.", `Give "env:NAME" or "file:PATH".`)
		return Secret{}
	}
	b.d.fail(at, SecretInFile, fmt.Sprintf("%s must not be written here; it is referred to.", name),
		fmt.Sprintf(`%s = "env:NAME" takes it from the environment, "file:PATH" from a file.`, name))
	return Secret{}
}

func (d *decoder) notifiers(file *block) []Notifier {
	var out []Notifier
	for _, b := range file.children("notifier", true) {
		out = append(out, d.notifier(b))
	}
	slices.SortFunc(out, func(a, b Notifier) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func (d *decoder) notifier(b *block) Notifier {
	defer b.finish()
	out := Notifier{Name: b.label}
	w := b.child("webhook")
	if w == nil {
		d.fail(b.at, "Missing block", b.what+" does not say how it notifies.", `webhook { url = "https://example.com/hook" }`)
		return out
	}
	w.what = b.what + " webhook"
	defer w.finish()
	text, at := w.required("url", `"https://example.com/hook"`)
	out.URL = text
	out.Bearer = w.secret("bearer")
	out.Timeout = w.duration("timeout", DefaultNotifierTimeout, 100*time.Millisecond, time.Minute)
	if text != "" {
		d.hookURL(text, at)
	}
	return out
}

func (d *decoder) maskKeys(file *block) []MaskKey {
	var out []MaskKey
	for _, b := range file.children("mask_key", true) {
		b.need("secret", `"env:MASK_KEY"`)
		out = append(out, MaskKey{Name: b.label, Secret: b.secret("secret")})
		b.finish()
	}
	slices.SortFunc(out, func(a, b MaskKey) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// hookURL wants https, or http on a loopback address.
func (d *decoder) hookURL(text string, at hcl.Range) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		d.fail(at, "Not a URL", "url must be an https URL.", `url = "https://example.com/hook"`)
	case u.User != nil:
		d.fail(at, SecretInFile, "url holds a user or a password.", `bearer = "env:NAME" sends a token instead.`)
	case u.Scheme == "http" && !schema.LoopbackHost(u.Hostname()):
		d.fail(at, "No TLS", "A ticket tells who does what, and this URL would send it in the clear.", "Use https.")
	}
}
