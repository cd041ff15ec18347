package postgres

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/gatewright/gatewright/runtime/gate"
	"github.com/gatewright/gatewright/schema"
)

// SQLSTATE codes that the gateway itself gives (manual appendix A).
const (
	codeNotSupported      = "0A000"
	codeViolation         = "08P01"
	codeConnection        = "08006"
	codeAuthorization     = "28000"
	codeUnknownStatement  = "26000"
	codeUnknownCursor     = "34000"
	codeUnknownTarget     = "3D000"
	codeDenied            = "42501"
	codeAborted           = "25P02"
	codeSyntax            = "42601"
	codeTooManySessions   = "53300"
	codeTooLarge          = "54000"
	codeCanceled          = "57014"
	codeShutdown          = "57P01"
	codeInternal          = "XX000"
	codeUnlogged          = "58030"
	codeNoSetting         = "42704"
	codeInvalidParameter  = "22023"
	severityError         = "ERROR"
	severityFatal         = "FATAL"
	severityNotice        = "NOTICE"
	sqlStateLength        = 5
	approvalPendingHint   = "it goes on as soon as the approvers agree; cancel it to stop waiting"
	sendAgainLater        = "try again; if it goes on, ask the gateway's operator"
	unreachableTargetHint = "the gateway is up, the database behind it is not reachable; try again, or ask the gateway's operator"
)

// fault is an error in the words that go to the client: an SQLSTATE, a sentence, the way out.
type fault struct {
	code    string
	message string
	hint    string
	// position counts characters from 1 in the client's own text; 0 is none.
	position int
}

func (f *fault) Error() string { return f.code + ": " + f.message }

func newFault(code, hint, format string, args ...any) *fault {
	return &fault{code: code, message: fmt.Sprintf(format, args...), hint: hint}
}

// violation is a message that the protocol does not allow.
func violation(format string, args ...any) *fault {
	return newFault(codeViolation, "", format, args...)
}

// appendTo writes the ErrorResponse or NoticeResponse (manual chapter 55.8).
func (f *fault) appendTo(dst []byte, severity string) []byte {
	kind := byte('E')
	if severity == severityNotice {
		kind = 'N'
	}
	start := len(dst)
	dst = append(dst, kind, 0, 0, 0, 0)
	dst = appendField(dst, 'S', severity)
	dst = appendField(dst, 'V', severity)
	dst = appendField(dst, 'C', f.code)
	dst = appendField(dst, 'M', f.message)
	if f.hint != "" {
		dst = appendField(dst, 'H', f.hint)
	}
	if f.position > 0 {
		dst = appendField(dst, 'P', fmt.Sprint(f.position))
	}
	return finish(append(dst, 0), start)
}

func appendField(dst []byte, field byte, text string) []byte {
	dst = append(dst, field)
	for i := range len(text) {
		if text[i] != 0 {
			dst = append(dst, text[i])
		}
	}
	return append(dst, 0)
}

// begin starts a message, finish sets its length.
func begin(dst []byte, kind byte) []byte { return append(dst, kind, 0, 0, 0, 0) }

func finish(dst []byte, start int) []byte {
	binary.BigEndian.PutUint32(dst[start+1:], uint32(len(dst)-start-1))
	return dst
}

// faultOf is where errors become words for the client. What it does not know stays inside.
func faultOf(err error) *fault {
	var f *fault
	var r *gate.Refusal
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &r):
		return refusalFault(r)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return newFault(codeShutdown, sendAgainLater, "the gateway ended this session")
	default:
		return newFault(codeInternal, sendAgainLater, "the gateway could not do this")
	}
}

// refusalFault gives the gate's refusal its SQLSTATE.
func refusalFault(r *gate.Refusal) *fault {
	if r == nil {
		return newFault(codeShutdown, "connect again", "this session is closed")
	}
	return newFault(codeOf(r.Kind), r.Hint, "%s", r.Message)
}

func codeOf(k gate.RefusalKind) string {
	switch k {
	case gate.Denied:
		return codeDenied
	case gate.Identity, gate.Expired:
		return codeAuthorization
	case gate.Unlogged:
		return codeUnlogged
	case gate.Unavailable:
		return codeConnection
	case gate.Draining:
		return codeShutdown
	default:
		return codeInternal
	}
}

// denial is what a refused statement's client learns: the rule and the way out.
func denial(r gate.Receipt, d *schema.Decision) *fault {
	code := codeDenied
	if r.Refused {
		code = codeOf(r.Kind)
	}
	return newFault(code, d.Hint, "%s", d.Message)
}
