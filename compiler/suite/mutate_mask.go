package suite

import (
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/schema"
)

// mask makes the mutants of one mask.
func (m *maker) mask(i int) {
	k := &m.Bundle.Masks[i]
	m.add(Mutant{Rule: k.Address, Kind: "remove-rule", Mutation: "the mask is removed",
		Missing: "a statement that reads a column of its classes: expect { masked = [\"COLUMN\"] }", Range: k.Range,
		change: func(b *schema.Bundle) { b.Masks = slices.Delete(slices.Clone(b.Masks), i, i+1) }})
	if len(k.Groups) > 0 {
		m.add(Mutant{Rule: k.Address, Kind: "drop-groups", Mutation: "the mask stands for every group",
			Missing: "a caller outside of its groups, who sees the column", Range: m.place(k.Address+".groups", k.Range),
			change: onMask(i, func(k *schema.Mask) { k.Groups = nil })})
	}
	m.elements(k.Address, "groups", k.Groups, k.Range, "a caller of the group %s alone, who must not see the column", func(l []string) func(*schema.Bundle) {
		return onMask(i, func(k *schema.Mask) { k.Groups = l })
	})
	m.elements(k.Address, "classes", k.Classes, k.Range, "a caller who reads a column of class %s", func(l []string) func(*schema.Bundle) {
		return onMask(i, func(k *schema.Mask) { k.Classes = l })
	})
	m.weaken(i)
	m.condition(AttributeWhen, k.Address, true, k.When, k.Range, func(c *schema.Condition) func(*schema.Bundle) {
		return onMask(i, func(k *schema.Mask) { k.When = c })
	})
	m.condition(AttributeUnless, k.Address, true, k.Unless, k.Range, func(c *schema.Condition) func(*schema.Bundle) {
		return onMask(i, func(k *schema.Mask) { k.Unless = c })
	})
}

// elements drops each of several elements of a mask's or a class's list.
func (m *maker) elements(address, attribute string, list []string, rng schema.Range, missing string, change func([]string) func(*schema.Bundle)) {
	if len(list) < 2 {
		return
	}
	key := address + "." + attribute
	for _, item := range list {
		m.add(Mutant{Rule: address, Kind: "drop-element", Mutation: fmt.Sprintf("%s loses %s", attribute, item),
			Missing: fmt.Sprintf(missing, item), Range: m.place(key+"["+item+"]", m.place(key, rng)), change: change(without(list, item))})
	}
}

// weaken takes the next weaker transform, and the next weaker setting of predicates.
func (m *maker) weaken(i int) {
	k := &m.Bundle.Masks[i]
	if weaker := weakerTransform(k.With); weaker != schema.TransformNone {
		m.add(Mutant{Rule: k.Address, Kind: "weaken-transform", Mutation: fmt.Sprintf("%s becomes %s", k.With, weaker),
			Missing: "a test with rows, and what is left of a value that shows the difference: rows = [[...]], expect { rows = [[...]] }",
			Range:   m.place(k.Address+".with", k.Range), change: onMask(i, func(k *schema.Mask) { k.With, k.Argument = weaker, "" })})
	}
	weaker, missing := schema.PredicatesEquality, "a statement that compares a column of its classes with a constant, and is refused"
	switch k.Predicates {
	case schema.PredicatesAllow:
		return
	case schema.PredicatesEquality:
		weaker, missing = schema.PredicatesAllow, "a statement that sorts by a column of its classes, and is refused"
	}
	m.add(Mutant{Rule: k.Address, Kind: "weaken-predicates", Mutation: fmt.Sprintf("predicates %s becomes %s", k.Predicates, weaker),
		Missing: missing, Range: m.place(k.Address+".predicates", k.Range), change: onMask(i, func(k *schema.Mask) { k.Predicates = weaker })})
}

// weakerTransform gives the next weaker transform that needs no argument, which a mutant would have to make up;
// TransformNone where there is none.
func weakerTransform(t schema.Transform) schema.Transform {
	for t > schema.TransformNone {
		if t--; t.Takes() == schema.TakesNothing {
			return t
		}
	}
	return schema.TransformNone
}

// class drops each target, column and detector of a class that has several.
func (m *maker) class(i int) {
	c := &m.Bundle.Classes[i]
	address := schema.BlockAddress("class", c.Name)
	m.elements(address, "targets", c.Targets, c.Range, "a statement on %s that reads a column of the class", func(l []string) func(*schema.Bundle) {
		return onClass(i, func(c *schema.Class) { c.Targets = l })
	})
	if len(c.Columns)+len(c.Detect) < 2 {
		return
	}
	for _, column := range c.Columns {
		m.add(Mutant{Rule: address, Kind: "drop-column", Mutation: fmt.Sprintf("the class loses %s", column),
			Missing: fmt.Sprintf("a statement that reads %s, which is masked", column), Range: m.place(address+".columns["+column+"]", c.Range),
			change: onClass(i, func(c *schema.Class) { c.Columns = without(c.Columns, column) })})
	}
	for _, detector := range c.Detect {
		m.add(Mutant{Rule: address, Kind: "drop-detector", Mutation: fmt.Sprintf("the class loses the detector %s", detector),
			Missing: fmt.Sprintf("a test with a value that %s finds in another column: rows = [[...]], expect { rows = [[...]] }", detector),
			Range:   m.place(address+".detect["+detector+"]", c.Range),
			change:  onClass(i, func(c *schema.Class) { c.Detect = without(c.Detect, detector) })})
	}
}
