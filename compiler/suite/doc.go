// Package suite owns the running of policy tests: it takes each statement of each test to a decider it is given,
// compares what comes back with what is expected, and reports what differs and which rules and terms made it so. It
// tells what of the policy the tests have shown (coverage), and what they would not notice if it changed (mutation).
//
// It refuses to know how a statement is decided and what a condition means: the decider is the gateway's own classifier,
// engine and masks, handed in as a function, and so is what changes conditions.
package suite
