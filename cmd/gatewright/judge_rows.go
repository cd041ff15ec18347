package main

import (
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/runtime/mask"
	"github.com/gatewright/gatewright/schema"
)

// textOID is the type of a test's cells (pg_type.dat), but for masks that make something else of each type and take it
// from the catalog.
const textOID = 25

// maskRows masks a test's rows as the gateway would those of the database, in text format.
func (j *judge) maskRows(t *schema.Test, outputs []schema.Output, d *schema.Decision) ([][]*string, error) {
	if len(t.Rows) == 0 {
		return nil, nil
	}
	var out [][]*string
	columns := j.testColumns(t.Target, outputs, d)
	for _, row := range t.Rows {
		if len(row) != len(outputs) {
			return nil, fmt.Errorf("a row of the test has %d cells, and the statement gives %d columns", len(row), len(outputs))
		}
		masked := make([]*string, len(row))
		for i, cell := range row {
			masked[i] = columns[i].mask(cell)
		}
		out = append(out, masked)
	}
	return out, nil
}

// testColumn is what is done to one output column of a test.
type testColumn struct {
	// hides is nil where no mask stands; the scanner then looks for values.
	hides   *mask.Column
	scanner *mask.Scanner
}

func (j *judge) testColumns(target string, outputs []schema.Output, d *schema.Decision) []testColumn {
	scanner := mask.NewScanner(j.keys, d.Detect)
	columns := make([]testColumn, len(outputs))
	for i := range outputs {
		c := testColumn{scanner: scanner}
		if at := maskOf(d, i); at >= 0 {
			typeOID := uint32(textOID)
			if with := d.Masks[at].With; with.Takes() != schema.TakesNothing {
				typeOID = j.typeOf(target, &outputs[i])
			}
			hides := mask.NewColumn(j.keys, d.Masks[at].Treatment(), d.Masks[at].Derived, typeOID, 0)
			c.hides = &hides
		}
		columns[i] = c
	}
	return columns
}

// typeOf gives the type of a bare column, as far as masks ask for it.
func (j *judge) typeOf(target string, o *schema.Output) uint32 {
	catalog, err := j.catalog(target)
	if err != nil || o.Origin != schema.OriginBare {
		return textOID
	}
	for _, name := range o.Columns {
		parts, ok := schema.SplitName(name)
		if !ok || len(parts) != 3 {
			continue
		}
		relation := catalog.Relation(parts[0], parts[1])
		if relation == nil {
			continue
		}
		for _, column := range relation.Columns {
			if column.Name == parts[2] {
				return mask.TypeNamed(column.Type)
			}
		}
	}
	return textOID
}

func (c *testColumn) mask(cell *string) *string {
	var in []byte
	if cell != nil {
		in = append([]byte{}, *cell...)
	}
	var out []byte
	null := in == nil
	if c.hides != nil {
		out, null = c.hides.Append(nil, in)
	} else if !null {
		out, null, _ = c.scanner.Cell(nil, textOID, 0, in)
	}
	if null {
		return nil
	}
	text := string(out)
	return &text
}

func maskOf(d *schema.Decision, column int) int {
	return slices.IndexFunc(d.Masks, func(m schema.ColumnMask) bool { return m.Output == column })
}

// decisive are the rules and masks that made a difference to an action: those that forced the outcome, or would have,
// those that mask a column, and those whose detectors find something in the test's rows. Those of which the action shows
// nothing, as probes has it, are left out.
func (j *judge) decisive(t *schema.Test, action *schema.Action, d *schema.Decision, probes []schema.Probe) []string {
	out := slices.Clone(d.Rules)
	if d.Would != nil {
		out = append(out, d.Would.Rules...)
	}
	out = slices.DeleteFunc(out, func(rule string) bool {
		return !slices.ContainsFunc(probes, func(p schema.Probe) bool { return p.Rule == rule })
	})
	if d.Effect == schema.Deny {
		return out
	}
	if d.Effect == schema.Approve { // there is nothing to approve where no allow covers it
		for _, p := range probes {
			if p.Matched && isAllow(p.Rule) {
				out = append(out, p.Rule)
			}
		}
	}
	for _, m := range d.Masks {
		out = append(out, m.Rule)
	}
	for _, detection := range d.Detect {
		scanner := mask.NewScanner(j.keys, []schema.Detection{detection})
		for _, row := range t.Rows {
			for i, cell := range row {
				if cell == nil || i >= len(action.Outputs) || maskOf(d, i) >= 0 {
					continue
				}
				if _, _, hits := scanner.Cell(nil, textOID, 0, []byte(*cell)); hits > 0 {
					out = append(out, detection.Rule)
				}
			}
		}
	}
	return out
}

// isAllow reports whether an address, as "allow.x" or "module.m.allow.x", is that of an allow.
func isAllow(address string) bool {
	_, kind, _ := schema.SplitAddress(address)
	return kind == schema.Allow.String()
}
