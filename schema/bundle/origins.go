package bundle

import (
	"fmt"

	"github.com/gatewright/gatewright/schema"
)

// origin is a range: line, column and byte of its start, then of its end.
type origin struct {
	At   [6]int `json:"at"`
	File string `json:"file"`
}

// source is one file of the policy; its text is base64 in JSON, since it may hold any bytes.
type source struct {
	Path string `json:"path"`
	Text []byte `json:"text"`
}

// places visits every range of a Bundle with its address.
func places(b *schema.Bundle, visit func(address string, r *schema.Range)) {
	for i := range b.Issuers {
		is, address := &b.Issuers[i], "issuer."+b.Issuers[i].Name
		visit(address, &is.Range)
		visit(address+"/subject", &is.Subject.Range)
		visit(address+"/groups", &is.Groups.Range)
		visit(address+"/kind", &is.Kind.Range)
		for j := range is.Require {
			visit(fmt.Sprintf("%s/require/%d", address, j), &is.Require[j].When.Range)
		}
	}
	for i := range b.Targets {
		visit("target."+b.Targets[i].Name, &b.Targets[i].Range)
	}
	for i := range b.Classes {
		visit("class."+b.Classes[i].Name, &b.Classes[i].Range)
	}
	for i := range b.Routes {
		visit("route."+b.Routes[i].Name, &b.Routes[i].Range)
	}
	for i := range b.Rules {
		r := &b.Rules[i]
		visit(r.Address, &r.Range)
		placesOf(r.Address, r.When, r.Unless, visit)
	}
	for i := range b.Masks {
		m := &b.Masks[i]
		visit(m.Address, &m.Range)
		placesOf(m.Address, m.When, m.Unless, visit)
	}
}

func placesOf(address string, when, unless *schema.Condition, visit func(string, *schema.Range)) {
	if when != nil {
		visit(address+"/when", &when.Range)
	}
	if unless != nil {
		visit(address+"/unless", &unless.Range)
	}
}

func newOrigins(b *schema.Bundle) map[string]origin {
	origins := map[string]origin{}
	places(b, func(address string, r *schema.Range) {
		if *r != (schema.Range{}) {
			origins[address] = origin{
				At:   [6]int{r.Start.Line, r.Start.Column, r.Start.Byte, r.End.Line, r.End.Column, r.End.Byte},
				File: r.File,
			}
		}
	})
	return origins
}

// place gives every range of b its origin. An origin of something that is not there is refused.
func place(b *schema.Bundle, origins map[string]origin) error {
	placed := 0
	places(b, func(address string, r *schema.Range) {
		o, ok := origins[address]
		if !ok {
			return
		}
		placed++
		*r = schema.Range{
			File:  o.File,
			Start: schema.Pos{Line: o.At[0], Column: o.At[1], Byte: o.At[2]},
			End:   schema.Pos{Line: o.At[3], Column: o.At[4], Byte: o.At[5]},
		}
	})
	if placed != len(origins) {
		return damaged("its origins name %d things that are not in the policy", len(origins)-placed)
	}
	return nil
}
