// Package plan owns what a policy means: the semantic difference of two bundles, which rules can never decide anything,
// and whether an invariant holds for every request.
//
// A request is one access on one target by one principal. What can be listed (target, verb, object, groups, kind,
// issuer) and what a condition compares with constants become variables with few values; every other question of a
// condition is a variable of its own, that may also have no value. Rules become diagrams over these variables, and
// the outcomes of both policies are walked together, under a budget. Where the budget does not reach, requests are
// sampled, and that is said.
//
// A difference is told with a request that shows it, and that request is first taken to both policies' deciders, which
// the caller hands in: the diagrams find, the engine confirms. The package refuses to know that engine, SQL text's
// meaning, files and formats of output.
package plan
