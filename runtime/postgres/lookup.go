package postgres

// A name may be given a new meaning by a message whose answer is still to come. Within one segment that is no matter:
// a message is executed only when those before it were. Across segments it is: the earlier message may fail and the
// later one run. Then the answer here is "not certain", and the caller settles first.

// statementNamed gives what a statement name means for the next message; nil when it means nothing.
func (s *session) statementNamed(name string) (p *prepared, certain bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if name != "" && s.queue.named == 0 {
		return s.names.statements[name], true
	}
	for i := s.queue.len() - 1; i >= 0; i-- {
		e := s.queue.at(i)
		hit := e.want == wantQuery && name == ""
		e.each(func(c *change) bool {
			if !hit {
				p, hit = c.statementNamed(name)
			}
			return hit
		})
		if hit {
			return p, e.segment == s.segment
		}
	}
	return s.names.statements[name], true
}

// portalNamed gives what a portal or cursor name means for the next message; nil when it means nothing. A Sync may
// end a transaction and with it a portal, so nothing is certain behind one that is not answered.
func (s *session) portalNamed(name string) (p *portal, certain bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := s.queue.len() - 1; i >= 0; i-- {
		e := s.queue.at(i)
		if e.segment != s.segment {
			return nil, false
		}
		hit, ended := false, false
		e.each(func(c *change) bool {
			ended = c.kind == endTransaction || c.kind == rollbackTo
			if !ended {
				p, hit = c.portalNamed(name)
			}
			return hit || ended
		})
		if hit || ended {
			return p, hit
		}
	}
	return s.names.portals[name], true
}
