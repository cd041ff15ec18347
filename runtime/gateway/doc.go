// Package gateway owns the composition of a running gateway: it opens what the configuration names, takes a bundle in
// use and replaces it when the file changes, answers approvers and operators, counts, and ends in good order.
//
// It refuses to know what a policy means and what goes over the wire: the gate decides and the protocol rooms relay.
// It is the one room that builds a policy from a file, and it does so off the path: whatever is wrong with a new
// bundle, the sessions go on under the old one.
package gateway
