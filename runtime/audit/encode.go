package audit

import (
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/gatewright/gatewright/schema"
)

const (
	// maxText bounds the normalized text in a line, maxReason a sentence, maxOwnWord what a client calls itself. These are
	// cut; no list ever is: a record whose lists do not fit into MaxLine is refused, and with it the action.
	maxText    = 16 << 10
	maxReason  = 4 << 10
	maxOwnWord = 256

	secondLayout = "2006-01-02T15:04:05."
)

// clock writes times as RFC 3339 has them, in UTC to the microsecond. It keeps the second that it wrote last.
type clock struct {
	second int64
	text   [len(secondLayout)]byte
}

func (c *clock) append(dst []byte, t time.Time) []byte {
	if s := t.Unix(); s != c.second || c.text[0] == 0 {
		c.second = s
		t.UTC().AppendFormat(c.text[:0], secondLayout)
	}
	dst = append(dst, c.text[:]...)
	micros := [6]byte{}
	for i, n := len(micros)-1, t.Nanosecond()/1000; i >= 0; i, n = i-1, n/10 {
		micros[i] = byte('0' + n%10)
	}
	return append(append(dst, micros[:]...), 'Z')
}

// appendBody writes a line up to its hash. Its beginning, sequence number and previous hash, has one form only, so
// that a reader need not trust a JSON parser to follow the chain.
func (l *Log) appendBody(dst []byte, head Head, r *Record) []byte {
	dst = append(dst, `{"seq":`...)
	dst = strconv.AppendUint(dst, head.Seq+1, 10)
	dst = append(dst, `,"prev":"`...)
	dst = head.Hash.appendHex(dst)
	dst = append(dst, `","time":"`...)
	dst = append(l.clock.append(dst, l.now()), '"')
	if r.Written != nil {
		return append(dst, r.Written...)
	}
	return Write(dst, r)
}

// Write appends what a record's line has behind its time, for the Written of records that have the same there.
func Write(dst []byte, r *Record) []byte {
	dst = appendField(dst, "kind", string(r.Kind))
	dst = appendCaller(dst, r)
	if r.Decision != nil {
		dst = appendDecision(dst, r)
	}
	if r.Action != nil && (r.Kind == KindDecision || r.Kind == KindPrepared) {
		dst = appendAction(dst, r.Action)
	}
	dst = appendEvent(dst, r)
	if r.Outcome != nil {
		dst = appendOutcome(dst, r.Of, r.Outcome)
	}
	return dst
}

func appendCaller(dst []byte, r *Record) []byte {
	dst = appendField(dst, "session", r.Session)
	if p := r.Principal; p != nil {
		dst = appendField(dst, "issuer", p.Issuer)
		dst = appendField(dst, "subject", p.Subject)
		dst = appendField(dst, "principal_kind", p.Kind)
		if r.Kind == KindSessionOpened || r.Kind == KindSessionRefused {
			dst = appendStrings(dst, "groups", p.Groups)
		}
	}
	dst = appendField(dst, "protocol", r.Protocol)
	dst = appendField(dst, "target", r.Target)
	dst = appendField(dst, "client_address", r.ClientAddress)
	application, _ := cutAt(r.Application, maxOwnWord)
	dst = appendField(dst, "application", application)
	return appendField(dst, "bundle", r.Bundle)
}

func appendDecision(dst []byte, r *Record) []byte {
	d := r.Decision
	dst = appendField(dst, "effect", d.Effect.String())
	dst = appendBool(dst, "enforced", d.Enforced)
	dst = appendStrings(dst, "rules", d.Rules)
	if d.Denied.Verb != "" {
		dst = append(dst, `,"denied":`...)
		dst = appendAccess(dst, &d.Denied)
	}
	if d.Would != nil {
		dst = appendWould(dst, d.Would)
	}
	dst = appendStrings(dst, "classes", d.Classes)
	dst = appendMasks(dst, r.Action, d.Masks)
	if len(d.Detect) > 0 {
		dst = append(dst, `,"detect":[`...)
		for i := range d.Detect {
			dst = appendComma(dst, i)
			dst = appendString(dst, d.Detect[i].Detector)
		}
		dst = append(dst, ']')
	}
	return appendField(dst, "ticket", d.Ticket)
}

func appendWould(dst []byte, w *schema.Would) []byte {
	dst = append(dst, `,"would":{"effect":`...)
	dst = appendString(dst, w.Effect.String())
	dst = appendStrings(dst, "rules", w.Rules)
	if len(w.Masked) > 0 {
		dst = append(dst, `,"masked":[`...)
		for i, m := range w.Masked {
			dst = appendComma(dst, i)
			dst = strconv.AppendInt(dst, int64(m), 10)
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

func appendMasks(dst []byte, a *schema.Action, masks []schema.ColumnMask) []byte {
	if len(masks) == 0 {
		return dst
	}
	dst = append(dst, `,"masked":[`...)
	for i := range masks {
		m := &masks[i]
		dst = appendComma(dst, i)
		dst = append(dst, `{"column":`...)
		name := ""
		if a != nil && m.Output >= 0 && m.Output < len(a.Outputs) {
			name = a.Outputs[m.Output].Name
		}
		dst = appendString(dst, name)
		dst = appendField(dst, "with", m.With.String())
		if m.Derived {
			dst = appendBool(dst, "derived", true)
		}
		dst = appendField(dst, "class", m.Class)
		dst = appendField(dst, "rule", m.Rule)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

func appendAction(dst []byte, a *schema.Action) []byte {
	if len(a.Accesses) > 0 {
		dst = append(dst, `,"accesses":[`...)
		for i := range a.Accesses {
			dst = appendComma(dst, i)
			dst = appendAccess(dst, &a.Accesses[i])
		}
		dst = append(dst, ']')
	}
	dst = appendField(dst, "catalog", a.Epoch)
	if a.SQL == nil {
		return dst
	}
	dst = appendField(dst, "statement", a.SQL.Statement)
	dst = appendField(dst, "fingerprint", a.SQL.Fingerprint)
	dst = appendField(dst, "opaque", a.SQL.OpaqueReason)
	text, cut := cutAt(a.SQL.Normalized, maxText)
	dst = appendField(dst, "text", text)
	if cut {
		dst = appendBool(dst, "text_cut", true)
	}
	return dst
}

func appendAccess(dst []byte, a *schema.Access) []byte {
	dst = append(dst, `{"verb":`...)
	dst = appendString(dst, a.Verb)
	dst = appendField(dst, "object", a.Object)
	dst = appendStrings(dst, "columns", a.Columns)
	return append(dst, '}')
}

func appendEvent(dst []byte, r *Record) []byte {
	if r.Decision == nil {
		dst = appendStrings(dst, "rules", r.Rules)
		dst = appendField(dst, "ticket", r.Ticket)
	}
	dst = appendField(dst, "actor", r.Actor)
	dst = appendField(dst, "actor_kind", r.ActorKind)
	if r.Kind == KindTicketVoted {
		dst = appendBool(dst, "approve", r.Approve)
	}
	reason, _ := cutAt(r.Reason, maxReason)
	return appendField(dst, "reason", reason)
}

func appendOutcome(dst []byte, of uint64, o *schema.Outcome) []byte {
	dst = append(dst, `,"decision":`...)
	dst = strconv.AppendUint(dst, of, 10)
	dst = appendInt(dst, "rows", o.Rows)
	dst = appendInt(dst, "bytes", o.Bytes)
	dst = appendInt(dst, "masked_cells", o.Masked)
	dst = appendField(dst, "sqlstate", o.SQLSTATE)
	return appendInt(dst, "duration_us", o.Duration.Microseconds())
}

func appendName(dst []byte, name string) []byte {
	dst = append(dst, ',', '"')
	dst = append(dst, name...)
	return append(dst, '"', ':')
}

func appendField(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	return appendString(appendName(dst, name), value)
}

func appendBool(dst []byte, name string, value bool) []byte {
	return strconv.AppendBool(appendName(dst, name), value)
}

func appendInt(dst []byte, name string, value int64) []byte {
	return strconv.AppendInt(appendName(dst, name), value, 10)
}

func appendStrings(dst []byte, name string, values []string) []byte {
	if len(values) == 0 {
		return dst
	}
	dst = append(appendName(dst, name), '[')
	for i, v := range values {
		dst = appendComma(dst, i)
		dst = appendString(dst, v)
	}
	return append(dst, ']')
}

func appendComma(dst []byte, i int) []byte {
	if i > 0 {
		return append(dst, ',')
	}
	return dst
}

// cutAt shortens s to at most n bytes, between two characters.
func cutAt(s string, n int) (string, bool) {
	if len(s) <= n {
		return s, false
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n], true
}
