// Package engine owns the decision: it turns a bundle into an immutable Engine, and an Action into a Decision.
//
// Deciding is pure and total: no I/O, no clock, no error. Per access, any matching deny wins; else a matching approve,
// if some allow covers the access; else a matching allow; else it is denied. A statement is as strict as its strictest
// access. Rules are order-independent. Rules in dry run are left out of the decision and reported in Decision.Would.
//
// It refuses to know SQL, tokens, tickets and logs.
package engine
