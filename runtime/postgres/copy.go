package postgres

import (
	"github.com/gatewright/gatewright/runtime/mask"
)

// copyStands reports that the server is reading CopyData.
func (s *session) copyStands() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.copyIn
}

// endCopy deals with CopyDone and CopyFail. A mark goes into the queue, so that the server's direction can tell which
// Syncs the server read as part of the data, and so ignored, when a client sent them ahead.
func (s *session) endCopy(f frame) error {
	s.mu.Lock()
	if s.copyIn {
		s.copyIn = false
	} else if s.queue.len() > 0 && s.open {
		s.queue.push(&expect{want: wantCopyEnd, segment: s.segment})
	}
	s.mu.Unlock()
	return s.toServer.pass(f.data)
}

// beginCopyIn notes that the server now reads data: every Sync sent so far, up to the end of the data if that was
// sent too, is one that it ignores (manual chapter 55.2.6). Called with the lock held.
func (s *session) beginCopyIn() {
	if s.queue.front().want == wantQuery {
		return // the client waits for the answer to a Query, and sends no Sync
	}
	kept := []*expect{s.queue.pop()}
	ended := false
	for s.queue.len() > 0 {
		e := s.queue.pop()
		switch {
		case ended, e.want != wantSync && e.want != wantCopyEnd:
			kept = append(kept, e)
		case e.want == wantCopyEnd:
			ended = true
		}
	}
	for _, e := range kept {
		s.queue.push(e)
	}
	s.copyIn = !ended
}

// copyMessage deals with the server's CopyInResponse, CopyOutResponse and CopyDone.
func (s *session) copyMessage(f frame, e *expect) error {
	x := e.running()
	if x == nil || e.want != wantQuery && e.want != wantExecute {
		return s.outOfTurn(f)
	}
	switch f.kind {
	case 'G':
		if !x.stmt.CopyIn && !x.unread() {
			return s.outOfTurn(f)
		}
		s.mu.Lock()
		s.beginCopyIn()
		s.mu.Unlock()
	default:
		if !x.stmt.CopyOut && !x.unread() {
			return s.outOfTurn(f)
		}
	}
	return s.down.pass(f.data)
}

// copyData deals with CopyData of a COPY TO STDOUT, one row in each.
func (s *session) copyData(f frame) error {
	e := s.front()
	if e == nil || e.running() == nil || !e.running().stmt.CopyOut && !e.running().unread() {
		return s.outOfTurn(f)
	}
	x := e.running()
	if len(x.decision.Detect) == 0 || !x.guarded {
		s.count(x, f)
		return s.down.pass(f.data)
	}
	if x.plan == nil {
		x.plan = &rowPlan{scanner: mask.NewScanner(x.decision.Detect)}
	}
	start := 0
	s.scratch = begin(s.scratch[:0], 'd')
	made, hits := x.plan.scan(s.scratch, f.body())
	s.scratch = finish(made, start)
	x.outcome.Masked += int64(hits)
	x.outcome.Bytes += int64(len(s.scratch))
	return s.down.add(s.scratch)
}
