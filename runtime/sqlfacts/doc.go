// Package sqlfacts turns SQL text and a catalog into what a policy decides on: the statements of the text, the
// accesses of each (verb and object), the source columns of each output column and how it comes from them, the other
// places where source columns take part, and what the statement does to the session.
//
// It owns PostgreSQL's parser, the pre-scan that keeps hostile text away from it, name resolution along the search
// path, lineage, and the lists of built-in functions, operators, types and settings that are known to be harmless. It
// refuses to know who asks, what the policy says and what a value is. It is pure and total: no I/O, no clock, no
// panic, and bounded work.
//
// Unknown is never "read". A node, function, operator, cast or catalog object that is not positively understood makes
// its statement opaque, with a reason, or its value unsafe.
package sqlfacts
