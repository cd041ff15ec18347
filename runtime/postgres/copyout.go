package postgres

import (
	"encoding/binary"

	"github.com/gatewright/gatewright/schema"
)

// COPY TO STDOUT comes without a description of its columns. Where its data must be looked at, the server is asked for one
// just before, by a query with the same columns that is parsed and never run. Both stand in one transaction, so that the locks
// of the one keep the columns as they are until the other has run.

// describesCopy reports whether the server is to be asked what the columns of a COPY are.
func (x *execution) describesCopy() bool { return x.guarded && x.stmt.CopyOut }

func undescribed() *fault {
	return newFault(codeInternal, sendAgainLater, "the database did not say what the columns of the COPY are, so they cannot be masked")
}

// askColumns asks for the columns of a COPY. The answer comes before that to whatever is sent next. It reports false when
// the server ignores everything. With a fault, that is what the client gets when the server refuses.
func (s *session) askColumns(x *execution, refusal *fault) (bool, error) {
	x.asked = &ask{}
	if x.stmt.Copy.Query == "" {
		return false, undescribed()
	}
	for _, w := range []want{wantParse, wantDescribeStatement, wantClose} {
		if !s.enqueue(&expect{want: w, swallow: true, ask: x.asked, fault: refusal}) {
			return false, nil
		}
	}
	s.open = true
	name := s.reserve + "\x00"
	out := appendMessage(nil, 'P', name, x.stmt.Copy.Query, "\x00\x00\x00")
	out = appendMessage(out, 'D', "S", name)
	return true, s.toServer.add(appendMessage(out, 'C', "S", name))
}

// describeCopies asks for the columns of each COPY of a Query and waits for the answers: the server would ignore a Query
// behind an error, and not answer it. It reports errIgnored when the server ignores it for another reason.
func (s *session) describeCopies(execs []*execution) error {
	for _, x := range execs {
		if !x.describesCopy() {
			continue
		}
		if ok, err := s.askColumns(x, nil); err != nil || !ok {
			return orIgnored(err)
		}
		if err := s.settle(); err != nil {
			return err
		}
		switch {
		case x.asked.code != "":
			return s.endRefused(x.asked)
		case x.asked.described:
			if s.misplaced(x) {
				return undescribed()
			}
		case s.ignoring():
			return errIgnored
		default:
			return undescribed()
		}
	}
	return nil
}

func orIgnored(err error) error {
	if err == nil {
		return errIgnored
	}
	return err
}

// endRefused ends the segment in which the server has refused a question.
func (s *session) endRefused(a *ask) error {
	if err := s.endQuestions(&ask{}, false); err != nil {
		return err
	}
	s.queried()
	if a.code == codeCanceled {
		return newFault(codeCanceled, "", "canceling statement due to user request")
	}
	s.log.Warn("the database did not describe a COPY", "sqlstate", a.code)
	return undescribed()
}

// beginCopy deals with the CopyOutResponse of a COPY that must be looked at.
func (s *session) beginCopy(f frame, x *execution) error {
	body := f.body()
	if x.asked == nil || !x.asked.described || x.plan != nil || len(body) < 3 {
		s.log.Error("the columns of a COPY are not known, so they cannot be masked")
		return undescribed()
	}
	columns, format := x.asked.columns, int16(0)
	if x.stmt.Copy.Format == "binary" {
		format = 1
	}
	if int16(body[0]) != format || int(binary.BigEndian.Uint16(body[1:])) != len(columns) {
		return s.outOfTurn(f)
	}
	if s.misplaced(x) {
		return undescribed()
	}
	for i := range columns {
		columns[i].format = format
	}
	x.plan = s.planRows(x, columns)
	if x.plan.idle {
		return nil
	}
	if !x.plan.readable(x.stmt.Copy.Form()) {
		return undescribed()
	}
	x.copying = newCopyRows(x.plan, &x.stmt.Copy, columns, s.server.cfg.MaxRow)
	return nil
}

// misplaced reports whether a table's columns do not stand where the catalog has them: COPY writes them in the table's order,
// and was described in the catalog's.
func (s *session) misplaced(x *execution) bool {
	if !x.stmt.Copy.Whole || !x.redact {
		return false
	}
	columns := x.asked.columns
	placed := len(columns) == len(x.stmt.Outputs)
	for i := 0; placed && i < len(columns); i++ {
		placed = s.agrees(x, &x.stmt.Outputs[i], columns[i])
	}
	if !placed {
		s.target.refreshSoon()
		s.log.Warn("the columns of a COPY are others than in the catalog")
	}
	return !placed
}

// readable reports whether what is to be done to the cells can be done to data of a form. The gate has refused what it could
// tell; a column on which the server does not agree is not among that.
func (p *rowPlan) readable(form schema.Form) bool {
	if form == schema.FormForeign {
		return false
	}
	for i := range p.cells {
		if c := &p.cells[i]; form != schema.FormRows && c.column != nil && !c.derived {
			return false
		}
	}
	return true
}

// maskedCopy rewrites a message of COPY data: each with the rows that end in it, so that they come as the server sent them.
func (s *session) maskedCopy(f frame, x *execution) error {
	out := s.down.room()
	start := len(out.b)
	made, err := x.copying.data(begin(out.b, 'd'), f.body())
	if err != nil {
		s.log.Error("COPY data could not be masked", "error", err)
		return err
	}
	if len(made) == start+headerSize {
		return nil // nothing ends in it
	}
	out.b = finish(made, start)
	x.outcome.Masked = x.copying.masked
	x.outcome.Bytes += int64(len(made) - start)
	return s.down.relieve()
}
