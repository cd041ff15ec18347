// Package suite owns the running of policy tests: it takes each statement of each test to a decider it is given,
// compares what comes back with what is expected, and reports what differs and which rules and terms made it so.
//
// It refuses to know how a statement is decided: the decider is the gateway's own classifier, engine and masks, handed
// in as a function.
package suite
