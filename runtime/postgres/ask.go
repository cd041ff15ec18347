package postgres

// maxAnswer bounds one answer to the gateway's own questions: a catalog's text.
const maxAnswer = 256 << 20

// ask is a list of the gateway's own queries on the session's database connection, whose answers the client does
// not see.
type ask struct {
	// answers are the first columns of the first rows.
	answers [][]byte
	// code is the SQLSTATE of the error that ended it.
	code string
	// columns are what the server described, once it has.
	columns   []column
	described bool
}

// askServer runs queries and waits for the answers. The caller has settled. Between two segments it brings its own
// Sync. Inside one there is none to be had: an error there is the client's too, as the server then ignores all
// until Sync; askServer reports errIgnored.
func (s *session) askServer(queries ...string) ([][]byte, error) {
	a := &ask{}
	refusal := newFault(codeInternal, sendAgainLater, "the gateway could not read this session's state from the database")
	inside := s.open
	for _, q := range queries {
		for _, w := range []want{wantParse, wantBind, wantExecute, wantClose, wantClose} {
			e := &expect{want: w, swallow: true, ask: a}
			if inside {
				e.fault = refusal
			}
			s.enqueue(e)
		}
		if err := s.toServer.add(s.question(q)); err != nil {
			return nil, err
		}
	}
	if err := s.endQuestions(a, inside); err != nil {
		return nil, err
	}
	switch {
	case a.code == "" && len(a.answers) == len(queries):
		return a.answers, nil
	case inside:
		return nil, errIgnored
	case a.code == codeCanceled:
		return nil, newFault(codeCanceled, "", "canceling statement due to user request")
	default:
		s.log.Warn("the database refused the gateway's own query", "sqlstate", a.code)
		return nil, refusal
	}
}

func (s *session) endQuestions(a *ask, inside bool) error {
	if !inside {
		s.enqueue(&expect{want: wantSync, swallow: true, ask: a})
		if err := s.toServer.add([]byte{'S', 0, 0, 0, 4}); err != nil {
			return err
		}
	}
	return s.settle()
}

// question is one query in the extended protocol, under a name that is the gateway's own and is given up again.
func (s *session) question(query string) []byte {
	name := s.reserve + "\x00"
	out := appendMessage(nil, 'P', name, query, "\x00\x00\x00")
	out = appendMessage(out, 'B', name, name, "\x00\x00\x00\x00\x00\x00")
	out = appendMessage(out, 'E', name, "\x00\x00\x00\x00")
	out = appendMessage(out, 'C', "P", name)
	return appendMessage(out, 'C', "S", name)
}

func appendMessage(dst []byte, kind byte, parts ...string) []byte {
	start := len(dst)
	dst = begin(dst, kind)
	for _, p := range parts {
		dst = append(dst, p...)
	}
	return finish(dst, start)
}
