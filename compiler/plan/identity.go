package plan

func (x *comparison) identity() error { x.possible = yes; return nil }
