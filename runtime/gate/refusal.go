package gate

// RefusalKind says why a caller was not let in, or had to go.
type RefusalKind uint8

const (
	// Denied: the policy does not let this caller connect, or no longer.
	Denied RefusalKind = iota
	// Identity: who calls could not be established.
	Identity
	// Unlogged: what was to happen could not be written to the audit log.
	Unlogged
	// Unavailable: something that the answer needs does not answer.
	Unavailable
	// Expired: the credential's time is over.
	Expired
	// Draining: the gateway is stopping.
	Draining
)

// String gives the word used in logs and metrics.
func (k RefusalKind) String() string {
	return [...]string{"denied", "identity", "unlogged", "unavailable", "expired", "draining"}[k]
}

// Refusal is the answer to a caller who is not let in, or who has to go. Message and Hint may be shown to the caller.
type Refusal struct {
	Kind    RefusalKind
	Message string
	Hint    string
}

func (r *Refusal) Error() string { return r.Message }

const (
	tryAgain     = "try again; if it goes on, ask the gateway's operator"
	freshToken   = "fetch a fresh token and connect again"
	unloggedText = "the gateway cannot write its audit log, and lets nothing pass that it cannot record"
)

var (
	errUnlogged = &Refusal{Kind: Unlogged, Message: unloggedText, Hint: tryAgain}
	errDraining = &Refusal{Kind: Draining, Message: "the gateway is stopping", Hint: "connect again"}
	errExpired  = &Refusal{Kind: Expired, Message: "the token that opened this session has expired", Hint: freshToken}
)
