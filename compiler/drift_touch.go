package compiler

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// Touch notes, in each change, which classes, rules and masks of the bundle name what changed, on one of the targets.
// A rule that is about every table names none.
func (d *Drift) Touch(b *schema.Bundle, targets []string) error {
	v, err := vocab.New(vocab.Postgres)
	if err != nil {
		return err
	}
	t := touching{bundle: b, vocabulary: v, targets: targets}
	users, err := t.users()
	if err != nil {
		return err
	}
	for i := range d.Changes {
		c := &d.Changes[i]
		for _, u := range users {
			if u.names(c) {
				c.Touches = append(c.Touches, u.address)
			}
		}
		c.Touches = sortedSet(c.Touches)
	}
	return nil
}

type touching struct {
	bundle     *schema.Bundle
	vocabulary *vocab.Vocabulary
	targets    []string
}

// user is what of a policy names objects.
type user struct {
	address string
	// objects are relations, functions and columns by canonical name, and "schema.*".
	objects []string
	class   bool
}

// names reports whether a change is about something that the user names, or that is part of it: a column of a table, and
// of a class also a column beside its own, which may need a class too.
func (u user) names(c *Change) bool {
	name, _, _ := strings.Cut(c.Name, "(")
	parts, ok := schema.SplitName(name)
	if !ok || len(parts) < 2 {
		return false
	}
	relation := schema.Qualify(parts[:2]...)
	return slices.ContainsFunc(u.objects, func(object string) bool {
		switch {
		case object == name, object == relation, object == schema.Qualify(parts[0])+".*":
			return true
		case strings.HasPrefix(object, name+"."): // a column of what changed
			return true
		}
		return u.class && c.Kind == "column" && c.What == "added" && strings.HasPrefix(object, relation+".")
	})
}

func (t *touching) users() ([]user, error) {
	var list []user
	about := func(names []string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(t.targets, n) })
	}
	classes := map[string]bool{}
	for _, k := range t.bundle.Classes {
		if about(k.Targets) {
			classes[k.Name] = true
			list = append(list, user{address: schema.BlockAddress("class", k.Name), objects: k.Columns, class: true})
		}
	}
	for _, r := range t.bundle.Rules {
		if !about(r.Targets) {
			continue
		}
		objects, err := t.constants(r.When, r.Unless)
		if err != nil {
			return nil, err
		}
		list = append(list, user{address: r.Address, objects: slices.Concat(r.Tables, r.Functions, objects)})
	}
	for _, m := range t.bundle.Masks {
		if !slices.ContainsFunc(m.Classes, func(c string) bool { return classes[c] }) {
			continue
		}
		objects, err := t.constants(m.When, m.Unless)
		if err != nil {
			return nil, err
		}
		for _, k := range t.bundle.Classes {
			if classes[k.Name] && slices.Contains(m.Classes, k.Name) {
				objects = append(objects, k.Columns...)
			}
		}
		list = append(list, user{address: m.Address, objects: objects})
	}
	return list, nil
}

// constants gives the names that conditions hold facts against.
func (t *touching) constants(conditions ...*schema.Condition) ([]string, error) {
	var names []string
	for _, c := range conditions {
		if c == nil {
			continue
		}
		checked, _, err := t.vocabulary.Load(c.Text, vocab.Bool)
		if err != nil {
			return nil, err
		}
		for _, k := range checked.Constants() {
			if nameParts[k.Fact] > 0 {
				names = append(names, k.Text)
			}
		}
	}
	return names, nil
}
