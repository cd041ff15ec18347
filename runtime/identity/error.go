package identity

import (
	"fmt"
	"strings"
)

// Error says why a credential is refused. Reason and Hint are sentences for whoever showed the credential; neither
// holds the credential, and neither tells more of the gateway than its policy does.
type Error struct {
	Reason string
	Hint   string
	// Unavailable is set when the credential could not be judged because its issuer could not be asked: the same
	// credential may be good later.
	Unavailable bool
	// Err is the fault behind it, for the operator's log; nil when the credential alone is at fault.
	Err error
}

// Error gives the reason.
func (e *Error) Error() string { return e.Reason }

// Unwrap gives the fault behind it.
func (e *Error) Unwrap() error { return e.Err }

func refuse(hint, format string, args ...any) *Error {
	return &Error{Reason: fmt.Sprintf(format, args...), Hint: hint}
}

func malformed(format string, args ...any) *Error {
	return refuse("Show an access or ID token as the issuer gave it: a signed JWT in compact form.",
		"the token cannot be read: "+format, args...)
}

// quoteMost bounds what a message repeats of a token's claims, in bytes.
const quoteMost = 120

// quote repeats a claim's text in a message.
func quote(s string) string {
	if len(s) > quoteMost {
		s = strings.ToValidUTF8(s[:quoteMost], "") + "..."
	}
	return fmt.Sprintf("%q", s)
}
