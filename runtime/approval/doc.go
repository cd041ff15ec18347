// Package approval is the desk where people say yes or no to a held action: it raises tickets, takes votes, hands an
// approval out once, and lets tickets expire.
//
// It owns the rules of a vote: who may vote, that nobody approves their own request and no machine approves unless the
// route says so, that a person has one vote, when a quorum is reached, and that one no is a no until the approval is used.
// It refuses to know why an action was held, how a ticket is shown, and
// where it is kept: what must outlive the process goes through the Store that it is given.
package approval
