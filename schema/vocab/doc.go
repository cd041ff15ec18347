// Package vocab owns the CEL environment: what a policy's conditions may speak of, per kind of condition. It derives
// the variables from the schema's structs (their cel tags), checks a condition's types and cost, inlines references to
// expr blocks, maps errors to positions in the policy's files, and binds facts to variables for evaluation.
//
// Nothing in the environment reads a clock, draws a random number or does I/O: a condition is a pure function of its
// variables. The language is CEL (github.com/google/cel-spec) with its standard macros and the string functions
// startsWith, endsWith, contains, matches, lowerAscii, upperAscii, indexOf, replace, split, substring and trim.
//
// It refuses to know rules, scopes and decisions. It is the only host of cel-go.
package vocab
