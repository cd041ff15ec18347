package compiler

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
)

// issuerRules look for identities that prove less than the policy takes them for.
func issuerRules() []LintRule {
	return []LintRule{
		{
			ID: "long-tokens", Severity: schema.SeverityWarning, Summary: "Tokens that live long", check: checkLifetime,
			Why: "A stolen token works until it expires, and taking a caller's groups away does not reach tokens that are out. Without " +
				"max_lifetime two hours are taken. Set what your issuer really gives out, an hour at most.",
			Bad: withIssuer(`  oidc {
    url        = "https://login.example.com"
    audiences  = ["gatewright"]
    algorithms = ["ES256"]
  }
`),
			Good: withIssuer(`  oidc {
    url          = "https://login.example.com"
    audiences    = ["gatewright"]
    algorithms   = ["ES256"]
    max_lifetime = "15m"
  }
`),
		},
		{
			ID: "old-algorithm", Severity: schema.SeverityInfo, Summary: "Issuer with signatures of the old form", check: checkAlgorithms,
			Why: "RS256, RS384 and RS512 are RSA with the padding of PKCS #1 version 1.5 (RFC 8017, section 8.2), which is kept for old " +
				"systems. They are also taken where algorithms is left out. Name the one algorithm that your issuer signs with, and " +
				"prefer ES256 or EdDSA. A shorter list leaves less to go wrong.",
			Bad: withIssuer(`  oidc {
    url          = "https://login.example.com"
    audiences    = ["gatewright"]
    algorithms   = ["ES256", "RS256"]
    max_lifetime = "15m"
  }
`),
			Good: withIssuer(`  oidc {
    url          = "https://login.example.com"
    audiences    = ["gatewright"]
    algorithms   = ["ES256"]
    max_lifetime = "15m"
  }
`),
		},
		{
			ID: "shared-audience", Severity: schema.SeverityWarning, Summary: "Audience that others have too", check: checkAudiences,
			Why: "A token's audience says for whom it was made. Where the gateway takes tokens made for another service, or an audience " +
				"that an identity provider gives to everybody by default, that service can use the tokens that it is shown to enter " +
				"here. Register an audience of the gateway's own, and take that alone.",
			Bad: withIssuer(`  oidc {
    url          = "https://login.example.com"
    audiences    = ["gatewright", "billing-api"]
    algorithms   = ["ES256"]
    max_lifetime = "15m"
  }
`),
			Good: withIssuer(`  oidc {
    url          = "https://login.example.com"
    audiences    = ["gatewright"]
    algorithms   = ["ES256"]
    max_lifetime = "15m"
  }
`),
		},
		{
			ID: "open-issuer", Severity: schema.SeverityError, Summary: "Public issuer that anybody can get tokens from", check: checkOpen,
			Why: "Some issuers serve the whole world: anybody with a repository or an account gets a valid token, and for GitHub the " +
				"audience is the caller's choice. Without a require block every one of them may enter. Require your own organisation, " +
				"tenant or project.",
			Bad: `issuer "ci" {
  oidc {
    url          = "https://token.actions.githubusercontent.com"
    audiences    = ["gatewright"]
    algorithms   = ["ES256"]
    max_lifetime = "15m"
  }
}
`,
			Good: `issuer "ci" {
  oidc {
    url          = "https://token.actions.githubusercontent.com"
    audiences    = ["gatewright"]
    algorithms   = ["ES256"]
    max_lifetime = "15m"
  }
  require {
    when    = "claims.repository_owner == 'example'"
    message = "only our own repositories"
  }
}
`,
		},
		{
			ID: "mutable-subject", Severity: schema.SeverityWarning, Summary: "Subject that can change hands", check: checkSubject,
			Why: "An e-mail address, a user name or a display name can be changed, sometimes by its owner, and given to somebody else. " +
				"Rules and approvals then mean another person. The claim sub is the one that an issuer never gives twice.",
			Bad: withIssuer(`  oidc {
    url          = "https://login.example.com"
    audiences    = ["gatewright"]
    algorithms   = ["ES256"]
    max_lifetime = "15m"
  }
  principal {
    subject = "claims.email"
  }
`),
			Good: withIssuer(`  oidc {
    url          = "https://login.example.com"
    audiences    = ["gatewright"]
    algorithms   = ["ES256"]
    max_lifetime = "15m"
  }
  principal {
    subject = "claims.sub"
  }
`),
		},
		{
			ID: "sessions-outlive-tokens", Severity: schema.SeverityWarning, Summary: "Sessions that go on after the token", check: checkOutlive,
			Why: "With outlive_token a connection that was opened once lasts as long as it is kept open. A caller who was dismissed keeps " +
				"it. Connection pools open new connections without being told, so most callers do not need this.",
			Bad: withIssuer(`  oidc {
    url          = "https://login.example.com"
    audiences    = ["gatewright"]
    algorithms   = ["ES256"]
    max_lifetime = "15m"
  }
  outlive_token = true
`),
			Good: withIssuer(`  oidc {
    url          = "https://login.example.com"
    audiences    = ["gatewright"]
    algorithms   = ["ES256"]
    max_lifetime = "15m"
  }
  outlive_token = false
`),
		},
	}
}

func withIssuer(body string) string { return "issuer \"corp\" {\n" + body + "}\n" }

func (l *linter) eachIssuer(f func(i *syntax.Issuer, subject string)) {
	for _, i := range l.issuers {
		f(i.src, i.address)
	}
}

func checkLifetime(l *linter) {
	l.eachIssuer(func(i *syntax.Issuer, subject string) {
		switch {
		case !i.MaxLifetime.Set():
			l.find(subject, i.Range, "", fmt.Sprintf("Tokens of %q may live %s, which is the default.", i.Name.Text, DefaultMaxLifetime), "Add max_lifetime = \"15m\".")
		case i.MaxLifetime.Value > time.Hour:
			l.find(subject, i.MaxLifetime.Range, "", fmt.Sprintf("Tokens of %q may live %s.", i.Name.Text, i.MaxLifetime.Value), "An hour is long enough for a token that can be renewed.")
		}
	})
}

func checkAlgorithms(l *linter) {
	l.eachIssuer(func(i *syntax.Issuer, subject string) {
		if !i.Algorithms.Set() {
			l.find(subject, i.Range, "", fmt.Sprintf("Issuer %q takes %s, which is the default.", i.Name.Text, strings.Join(defaultAlgorithms, " and ")),
				"Add algorithms = [\"ES256\"], or what the issuer signs with.")
			return
		}
		for _, a := range i.Algorithms.Items {
			if strings.HasPrefix(a.Text, "RS") {
				l.find(subject, a.Range, a.Text, fmt.Sprintf("%s is RSA with the old padding.", a.Text), "Take it out if the issuer can sign with ES256, EdDSA or PS256.")
			}
		}
	})
}

// common are audiences that identity providers give out by default.
var common = []string{"account", "api://default", "default", "api", "https://kubernetes.default.svc", "https://kubernetes.default.svc.cluster.local", "sts.amazonaws.com"}

func checkAudiences(l *linter) {
	l.eachIssuer(func(i *syntax.Issuer, subject string) {
		for n, a := range i.Audiences.Items {
			host := ""
			if u, err := url.Parse(i.URL.Text); err == nil {
				host = u.Host
			}
			u, err := url.Parse(a.Text)
			switch {
			case slices.Contains(common, a.Text), err == nil && host != "" && u.Host == host:
				l.find(subject, a.Range, a.Text, fmt.Sprintf("%q is an audience that many tokens of an issuer have.", a.Text), "Register an audience of the gateway's own.")
			case n > 0:
				l.find(subject, a.Range, a.Text, fmt.Sprintf("Besides %q, tokens made for %q may enter.", i.Audiences.Items[0].Text, a.Text),
					"Take one audience, the gateway's own.")
			}
		}
	})
}

// open are hosts of issuers that serve anybody.
var open = []string{"token.actions.githubusercontent.com", "accounts.google.com", "gitlab.com", "agent.buildkite.com", "app.terraform.io", "login.microsoftonline.com", "oidc.circleci.com"}

func checkOpen(l *linter) {
	l.eachIssuer(func(i *syntax.Issuer, subject string) {
		u, err := url.Parse(i.URL.Text)
		if err != nil || len(i.Require) > 0 || !slices.Contains(open, u.Host) {
			return
		}
		l.find(subject, i.URL.Range, "", fmt.Sprintf("Anybody can get a token of %s.", u.Host), "Add require { when = \"...\" message = \"...\" } that names your own organisation or tenant.")
	})
}

// mutable are claims that can change (OpenID Connect Core 1.0, sections 5.1 and 5.7).
var mutable = []string{"email", "preferred_username", "name", "nickname", "upn", "unique_name", "username", "login"}

func checkSubject(l *linter) {
	l.eachIssuer(func(i *syntax.Issuer, subject string) {
		for _, claim := range mutable {
			if text := strings.TrimSpace(i.Subject.Text); text == "claims."+claim || text == "claims['"+claim+"']" || text == `claims["`+claim+`"]` {
				l.find(subject, i.Subject.Range, claim, fmt.Sprintf("The claim %q may change, or be given to somebody else.", claim), "Use claims.sub.")
			}
		}
	})
}

func checkOutlive(l *linter) {
	l.eachIssuer(func(i *syntax.Issuer, subject string) {
		if i.OutliveToken.Value {
			l.find(subject, i.OutliveToken.Range, "", fmt.Sprintf("A session by a token of %q has no end.", i.Name.Text), "Remove outlive_token.")
		}
	})
}
