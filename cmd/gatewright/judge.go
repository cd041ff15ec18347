package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/gatewright/gatewright/compiler/suite"
	"github.com/gatewright/gatewright/runtime/engine"
	"github.com/gatewright/gatewright/runtime/identity"
	"github.com/gatewright/gatewright/runtime/mask"
	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// judge decides the statements of tests as a gateway would: the issuer's mapping makes the principal, the classifier
// reads the SQL with the target's catalog snapshot, the engine decides, the masks change the rows.
type judge struct {
	engine *engine.Engine
	bundle *schema.Bundle
	files  fs.FS
	// catalogs and mappers are made once, by target and by issuer.
	catalogs map[string]*schema.Catalog
	mappers  map[string]*identity.Mapper
}

func newJudge(b *schema.Bundle, files fs.FS) (*judge, error) {
	e, err := engine.New(b)
	if err != nil {
		return nil, fail(err, "")
	}
	return &judge{engine: e, bundle: b, files: files, catalogs: map[string]*schema.Catalog{}, mappers: map[string]*identity.Mapper{}}, nil
}

// testTime is the moment at which tests run, so that a condition over request.time gives the same answer each day.
var testTime = time.Date(2026, time.January, 1, 12, 0, 0, 0, time.UTC)

func (j *judge) decide(t *schema.Test, p *schema.TestPrincipal, sql string) (suite.Observed, error) {
	principal, err := j.principal(p)
	if err != nil {
		return suite.Observed{}, err
	}
	catalog, err := j.catalog(t.Target)
	if err != nil {
		return suite.Observed{}, err
	}
	statements := sqlfacts.Classify(sql, &sqlfacts.Session{
		Catalog: catalog, SearchPath: catalog.SearchPath,
	})
	if len(statements) == 0 {
		return suite.Observed{}, errors.New("the text holds no statement")
	}
	var out suite.Observed
	for i := range statements {
		next, err := j.statement(t, principal, &statements[i])
		if err != nil {
			return suite.Observed{}, err
		}
		if i == 0 || next.Effect < out.Effect {
			out = next
		}
	}
	return out, nil
}

// statement decides one statement; a text of several is as strict as its strictest.
func (j *judge) statement(t *schema.Test, principal *schema.Principal, s *sqlfacts.Statement) (suite.Observed, error) {
	if s.Syntax != nil {
		return suite.Observed{}, fmt.Errorf("PostgreSQL's parser refuses the statement: %s", s.Syntax.Message)
	}
	action := schema.Action{
		Protocol: schema.ProtocolPostgres, Target: t.Target, Principal: principal, Request: schema.Request{Time: testTime},
	}
	s.Describe(&action)
	var d schema.Decision
	j.engine.Decide(&action, &d)
	observed := suite.Observed{
		Effect: d.Effect, Rules: slices.Clone(d.Rules), Message: d.Message, Trace: j.engine.Trace(&action),
	}
	if d.Effect == schema.Deny {
		return observed, nil
	}
	for _, m := range d.Masks {
		observed.Masked = append(observed.Masked, action.Outputs[m.Output].Name)
	}
	rows, err := maskRows(t.Rows, action.Outputs, &d)
	observed.Rows = rows
	return observed, err
}

// textOID is the type of a test's cells: they are given and compared as text (pg_type.dat).
const textOID = 25

func maskRows(rows [][]*string, outputs []schema.Output, d *schema.Decision) ([][]*string, error) {
	scanner := mask.NewScanner(d.Detect)
	var out [][]*string
	for _, row := range rows {
		if len(row) != len(outputs) {
			return nil, fmt.Errorf("a row of the test has %d cells, and the statement gives %d columns", len(row), len(outputs))
		}
		masked := make([]*string, len(row))
		for i, cell := range row {
			masked[i] = maskCell(scanner, d, i, cell)
		}
		out = append(out, masked)
	}
	return out, nil
}

func maskCell(scanner *mask.Scanner, d *schema.Decision, column int, cell *string) *string {
	var in []byte
	if cell != nil {
		in = append([]byte{}, *cell...)
	}
	var out []byte
	null := in == nil
	if i := slices.IndexFunc(d.Masks, func(m schema.ColumnMask) bool { return m.Output == column }); i >= 0 {
		out, null = mask.Value(nil, d.Masks[i].With, d.Masks[i].Derived, textOID, 0, in)
	} else if !null {
		out, null, _ = scanner.Cell(nil, textOID, 0, in)
	}
	if null {
		return nil
	}
	text := string(out)
	return &text
}

func (j *judge) principal(p *schema.TestPrincipal) (*schema.Principal, error) {
	m := j.mappers[p.Issuer]
	if m == nil {
		i := slices.IndexFunc(j.bundle.Issuers, func(s schema.Issuer) bool { return s.Name == p.Issuer })
		if i < 0 {
			return nil, fmt.Errorf("principal %q names issuer %q, which the policy does not have", p.Name, p.Issuer)
		}
		made, err := identity.NewMapper(j.bundle.Issuers[i])
		if err != nil {
			return nil, err
		}
		m, j.mappers[p.Issuer] = made, made
	}
	principal, err := m.Principal(p.Claims)
	if err != nil {
		return nil, fmt.Errorf("principal %q: %w", p.Name, err)
	}
	return principal, nil
}

func (j *judge) catalog(target string) (*schema.Catalog, error) {
	if c := j.catalogs[target]; c != nil {
		return c, nil
	}
	t := j.engine.Target(target)
	if t == nil {
		return nil, fmt.Errorf("the policy has no target %q", target)
	}
	if t.Catalog == "" {
		return nil, fmt.Errorf("target %q has no catalog, so its statements cannot be analysed; write one with 'gatewright catalog pull' and name it in the target's catalog attribute", target)
	}
	data, err := fs.ReadFile(j.files, t.Catalog)
	if err != nil {
		return nil, fmt.Errorf("target %q: %w; 'gatewright catalog pull' writes it", target, err)
	}
	var c schema.Catalog
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("%s: %w; write it again with 'gatewright catalog pull'", t.Catalog, err)
	}
	j.catalogs[target] = &c
	return &c, nil
}
