package gate

import (
	"sync/atomic"

	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/schema"
)

// memory holds the last decisions of one session that do not hang on the time: a caller asks the same few things again and
// again, of one target, with one application name and from one address. What they were decided by is part of the key, so
// that a new policy finds nothing.
type memory struct {
	kept [memorySize]atomic.Pointer[remembered]
	next atomic.Uint32
}

// memorySize is a power of two.
const memorySize = 8

type remembered struct {
	policy *Policy
	// sql stands for the whole statement: its facts are made once, and never changed.
	sql         *schema.SQL
	form        schema.Form
	application string
	decision    schema.Decision
	// written is the decision's line in the log, once there was one.
	written atomic.Pointer[[]byte]
}

// recall gives the decision that the policy has made of the same statement before; nil when there is none.
func (m *memory) recall(p *Policy, a *schema.Action, d *schema.Decision) *remembered {
	if a.SQL == nil {
		return nil
	}
	for i := range m.kept {
		k := m.kept[i].Load()
		if k != nil && k.sql == a.SQL && k.policy == p && k.form == a.Form && k.application == a.Request.Application {
			copyDecision(d, &k.decision)
			return k
		}
	}
	return nil
}

// keep remembers a decision in the place of the one that was made longest ago.
func (m *memory) keep(p *Policy, a *schema.Action, d *schema.Decision) {
	if a.SQL == nil {
		return
	}
	k := &remembered{policy: p, sql: a.SQL, form: a.Form, application: a.Request.Application}
	copyDecision(&k.decision, d)
	m.kept[m.next.Add(1)%memorySize].Store(k)
}

// copyDecision overwrites to, reusing its slices.
func copyDecision(to, from *schema.Decision) {
	rules, masks, detect, classes := to.Rules[:0], to.Masks[:0], to.Detect[:0], to.Classes[:0]
	*to = *from
	to.Rules, to.Masks = append(rules, from.Rules...), append(masks, from.Masks...)
	to.Detect, to.Classes = append(detect, from.Detect...), append(classes, from.Classes...)
}

// line gives what the log has of the decision each time.
func (k *remembered) line(r *audit.Record) []byte {
	if w := k.written.Load(); w != nil {
		return *w
	}
	w := audit.Write(nil, r)
	k.written.Store(&w)
	return w
}
