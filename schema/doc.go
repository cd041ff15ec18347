// Package schema owns the nouns that the compiler and the runtime share: what a policy says (Bundle, Rule, Mask,
// Class, Issuer, Target, Route), what a caller does (Principal, Action, Access, Output, Use), what the policy answers
// (Decision), what a target looks like (Catalog), and how a user's mistake is reported (Diagnostic). With them go the
// little rules that both halves must read alike: names (SplitName), parties, loopback hosts, the nearest word.
//
// It refuses to know how any of them is made: it reads no file, opens no connection and asks no clock. It imports
// nothing of this module.
package schema
