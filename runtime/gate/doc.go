// Package gate is the choke point: every caller of every protocol comes in through Open, and every action is decided by
// Check. Nothing else in the runtime decides, and nothing is decided without being written to the audit log first.
//
// It owns the policy in force, one atomic pointer, and the sessions that are judged by it: when a session begins, when
// an action must wait for people, when a session has to end. It refuses to know any protocol's words, and how a rule, a
// token or a ticket is examined: those are the engine's, the verifier's and the desk's.
//
// # Dry run
//
// A gate in dry run checks who calls and writes every decision down as it truly is, with enforced false; it refuses,
// holds and masks nothing. A line that cannot be written then stops nobody either, and is the operator's to hear of.
package gate
