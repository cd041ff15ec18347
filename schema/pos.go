package schema

import "fmt"

// Pos is a place in a source file. Line and Column count from 1; Column counts grapheme clusters, as HCL does and
// as an editor shows. Byte counts from 0.
type Pos struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Byte   int `json:"byte"`
}

// Range is a stretch of one source file, End excluded. File is relative to the policy directory, with slashes.
type Range struct {
	File  string `json:"file"`
	Start Pos    `json:"start"`
	End   Pos    `json:"end"`
}

// String gives file:line:column of the start, the form that editors and CI logs link.
func (r Range) String() string {
	return fmt.Sprintf("%s:%d:%d", r.File, r.Start.Line, r.Start.Column)
}
