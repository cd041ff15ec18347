package schema

import "time"

// Mode says whether a rule is enforced or only reported. The zero value enforces.
type Mode uint8

const (
	Enforce Mode = iota
	DryRun
)

// String gives the word of the language.
func (m Mode) String() string {
	if m == DryRun {
		return "dry_run"
	}
	return "enforce"
}

// LanguageVersion is the version of the policy language that this build compiles and runs.
const LanguageVersion = 1

// Bundle is a compiled policy: the one currency from the compiler to the runtime. It is immutable once made. Every
// list is sorted by name or address, so that one policy has one Bundle.
type Bundle struct {
	Language int
	Name     string
	Owner    string
	Issuers  []Issuer
	Targets  []Target
	Classes  []Class
	Rules    []Rule
	Masks    []Mask
	Routes   []Route
	// Sources are the files that the policy was compiled from, sorted by path.
	Sources []Source
	// ID is the content id, "sha256:" and 64 hex digits: set by the bundle file's reader and writer, empty before.
	ID string
	// Serial orders the releases of one policy; a gateway refuses to go back without being told to.
	Serial uint64
}

// Source is one file of the policy.
type Source struct {
	Path string
	Text []byte
}

// Condition is a CEL expression of type bool (or, in an issuer's mapping, of the type asked for), with references to
// expr blocks already resolved. Text is canonical CEL; Range is where it was written.
type Condition struct {
	Text  string
	Range Range
}

// Issuer says who may vouch for a caller, and makes principals from claims.
type Issuer struct {
	Name string
	OIDC OIDC
	// Require are conditions over claims that must all hold.
	Require []Requirement
	// Subject, Groups and Kind are expressions over claims: string, list(string), string.
	Subject Condition
	Groups  Condition
	Kind    Condition
	// OutliveToken lets a session go on after its token has expired.
	OutliveToken bool
	Range        Range
}

// OIDC is an OpenID Connect issuer (OpenID Connect Core 1.0, Discovery 1.0).
type OIDC struct {
	// URL is the issuer identifier: https, or http on a loopback address.
	URL string
	// Audiences are the accepted audiences; a token needs one of them.
	Audiences []string
	// Algorithms are the accepted JWS algorithms (RFC 7518), all asymmetric.
	Algorithms []string
	// MaxLifetime bounds exp - iat; zero is no bound.
	MaxLifetime time.Duration
}

// Requirement is a condition over claims and the message for those who do not meet it.
type Requirement struct {
	When    Condition
	Message string
}

// Target is what is protected.
type Target struct {
	Name     string `cel:"name"`
	Protocol string
	// Labels are free; rules may select by them, and the compiler resolves such selections into names.
	Labels map[string]string `cel:"labels"`
	// Catalog is the path of the target's catalog snapshot, relative to the policy; empty when it has none.
	Catalog string
	Range   Range
}

// Class is what is sensitive.
type Class struct {
	Name    string
	Targets []string
	// Columns are canonical names.
	Columns []string
	// Detect are names of value detectors.
	Detect []string
	Range  Range
}

// Rule is an allow, deny or approve block.
type Rule struct {
	// Address is Effect and name, as "deny.unbounded-write".
	Address string
	Effect  Effect
	Mode    Mode
	// Groups, when not empty, needs one of them among the principal's. Targets are names, resolved and never empty
	// of meaning: an empty list matches no target.
	Groups  []string
	Targets []string
	// Protocol is the one whose block the rule has; empty when it has none and so matches every access.
	Protocol string
	// Verbs, Tables and Functions are the protocol block's scopes. An empty list matches everything. "*" does too;
	// "schema.*" matches every object of one schema. Tables scopes accesses whose object is a relation, Functions
	// those with verb call; a rule with only Functions matches only call, one with only Tables never matches call.
	Verbs     []string
	Tables    []string
	Functions []string
	When      *Condition
	Unless    *Condition
	Message   string
	Route     string
	Range     Range
}

// Predicates says what a mask does where its columns decide rows, order or groups. The zero value denies.
type Predicates uint8

const (
	PredicatesDeny Predicates = iota
	PredicatesEquality
	PredicatesAllow
)

// String gives the word of the language.
func (p Predicates) String() string {
	switch p {
	case PredicatesEquality:
		return "equality"
	case PredicatesAllow:
		return "allow"
	default:
		return "deny"
	}
}

// Mask hides the values of classes.
type Mask struct {
	// Address is "mask." and the name.
	Address string
	Mode    Mode
	Classes []string
	// Groups, when not empty, needs one of them among the principal's.
	Groups []string
	With   Transform
	// Argument is what With asks for; see Transform.Takes.
	Argument   string
	When       *Condition
	Unless     *Condition
	Predicates Predicates
	Message    string
	Range      Range
}

// Treatment is what the mask does to a value.
func (m *Mask) Treatment() Treatment { return Treatment{m.With, m.Argument} }
