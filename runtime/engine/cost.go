package engine

// Cost is what the conditions of one rule or mask may cost for one access, or for a mask one statement, in units of
// vocab.MaxCost.
type Cost struct {
	Rule string `json:"rule"`
	Cost uint64 `json:"cost"`
}

// Costs gives the static cost of every rule and mask that has a condition, in the order of the bundle.
func (e *Engine) Costs() []Cost {
	var out []Cost
	add := func(address string, conditions ...condition) {
		total, any := uint64(0), false
		for _, c := range conditions {
			if c.checked != nil {
				total, any = total+c.checked.Cost(), true
			}
		}
		if any {
			out = append(out, Cost{Rule: address, Cost: total})
		}
	}
	for _, r := range e.rules {
		add(r.Address, r.when, r.unless)
	}
	masks := map[string]*mask{}
	for _, t := range e.targets {
		for _, m := range t.masks {
			masks[m.Address] = m
		}
	}
	for i := range e.bundle.Masks {
		if m := masks[e.bundle.Masks[i].Address]; m != nil {
			add(m.Address, m.when, m.unless)
		}
	}
	return out
}
