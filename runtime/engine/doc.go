// Package engine owns the decision: it turns a bundle into an immutable Engine, and an Action into a Decision.
//
// Deciding is pure and total: no I/O, no clock, no error. Neither the order of rules nor that of accesses matters.
//
// An access is denied when a deny matches it; else when no allow does, unless it is harmless; else it waits for
// approval when an approve matches; else it is allowed. A statement is as strict as its strictest access. Then the masks
// that stand for the principal are applied to what is left: they oblige, or they deny.
//
// A rule matches when target, groups, verbs and objects do, when holds, and unless does not. A condition that has no
// value makes a deny or approve match, whatever the other condition says, an allow not, and a mask stand. unless is not
// asked where when is false. An allow covers opaque only by that verb's name, and a function only by naming it in
// functions. What is harmless is matched only by rules that name its object or schema. See connect for that verb.
//
// Decision.Rules are, for a denial, every deny that matches any access, or the masks that refuse; none where some
// access is not allowed and nothing else denies. For Approve and Allow they are the approves, or the allows, that match
// an access. Rules and masks in dry run are left out of all this, and reported in Decision.Would when they change it.
//
// It refuses to know SQL, tokens, tickets and logs.
package engine
