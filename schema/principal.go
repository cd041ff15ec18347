package schema

import "time"

// Kinds of principal.
const (
	KindMachine = "machine"
	KindHuman   = "human"
	KindAgent   = "agent"
)

// Kinds lists them, sorted.
var Kinds = []string{KindAgent, KindHuman, KindMachine}

// Principal is who calls, as the policy's issuer mapping made it from a checked credential. It is immutable.
type Principal struct {
	// Issuer is the name of the policy's issuer block, Subject what that block made of the claims. Together they
	// are the identity: two principals are the same caller exactly when both agree.
	Issuer  string `cel:"issuer"`
	Subject string `cel:"subject"`
	// Groups is sorted and holds no duplicates.
	Groups []string `cel:"groups"`
	// Kind is one of the Kind constants.
	Kind string `cel:"kind"`
	// Expires is when the credential ends; zero when it has no end.
	Expires time.Time
	// OutliveToken is set when the issuer lets a session go on after Expires.
	OutliveToken bool
}

// Is reports whether p and q are the same caller.
func (p *Principal) Is(q *Principal) bool {
	return p != nil && q != nil && p.Issuer == q.Issuer && p.Subject == q.Subject
}

// String gives "issuer/subject", the form used in logs and tickets.
func (p *Principal) String() string { return p.Issuer + "/" + p.Subject }
