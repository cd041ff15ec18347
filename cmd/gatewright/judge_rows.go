package main

import (
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/runtime/mask"
	"github.com/gatewright/gatewright/schema"
)

// textOID is the type of a test's cells: they are given and compared as text (pg_type.dat).
const textOID = 25

func maskRows(rows [][]*string, outputs []schema.Output, d *schema.Decision) ([][]*string, error) {
	if len(rows) == 0 {
		return nil, nil
	}
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
	if i := maskOf(d, column); i >= 0 {
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

func maskOf(d *schema.Decision, column int) int {
	return slices.IndexFunc(d.Masks, func(m schema.ColumnMask) bool { return m.Output == column })
}

// decisive are the rules and masks that made a difference to an action: those that forced the outcome, or would have,
// those that mask a column, and those whose detectors find something in the test's rows. Those of which the action shows
// nothing, as probes has it, are left out.
func decisive(t *schema.Test, action *schema.Action, d *schema.Decision, probes []schema.Probe) []string {
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
		scanner := mask.NewScanner([]schema.Detection{detection})
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
