package syntax

import (
	"time"

	"github.com/gatewright/gatewright/schema"
)

// String is a text with its place. Exact bytes are kept: nothing is normalised.
type String struct {
	Text  string
	Range schema.Range
}

// Set reports whether the text was written at all.
func (s String) Set() bool { return s.Range.File != "" }

// List is a list of texts.
type List struct {
	Items []String
	Range schema.Range
	// Faulty is set when the list was written but not understood, which is told already.
	Faulty bool
}

// Set reports whether the list was written at all, empty or not.
func (l List) Set() bool { return l.Range.File != "" }

// Texts gives the items' texts in order; nil when the list was not written.
func (l List) Texts() []string {
	if !l.Set() {
		return nil
	}
	texts := make([]string, len(l.Items))
	for i, s := range l.Items {
		texts[i] = s.Text
	}
	return texts
}

// Entry is one pair of a map.
type Entry struct{ Key, Value String }

// Map is a map of texts, its keys distinct.
type Map struct {
	Entries []Entry
	Range   schema.Range
	// Faulty is as a List's.
	Faulty bool
}

// Set reports whether the map was written at all, empty or not.
func (m Map) Set() bool { return m.Range.File != "" }

// Int is a whole number with its place.
type Int struct {
	Value int
	Range schema.Range
}

// Set reports whether the number was written at all.
func (n Int) Set() bool { return n.Range.File != "" }

// Bool is a truth value with its place.
type Bool struct {
	Value bool
	Range schema.Range
}

// Set reports whether the truth value was written at all.
func (b Bool) Set() bool { return b.Range.File != "" }

// Duration is a length of time with its place.
type Duration struct {
	Value time.Duration
	Range schema.Range
}

// Set reports whether the duration was written at all.
func (d Duration) Set() bool { return d.Range.File != "" }

// Time is a moment with its place.
type Time struct {
	Value time.Time
	Range schema.Range
}

// Set reports whether the moment was written at all.
func (t Time) Set() bool { return t.Range.File != "" }

// Tree is a whole policy, its blocks in the order of files and lines. Every Range of a block is its header.
type Tree struct {
	Policies   []Policy
	Issuers    []Issuer
	Targets    []Target
	Classes    []Class
	Rules      []Rule
	Masks      []Mask
	Routes     []Route
	Exprs      []Expr
	Modules    []Module
	Invariants []Invariant
	Principals []Principal
	Tests      []Test
	Locals     []Local

	variables []*variable
}

// Policy is a policy block.
type Policy struct {
	Name     String
	Language Int
	Owner    String
	Mode     String
	Range    schema.Range
}

// Issuer is an issuer block with its oidc, require and principal blocks.
type Issuer struct {
	Name         String
	URL          String
	Audiences    List
	Algorithms   List
	MaxLifetime  Duration
	Require      []Requirement
	Subject      CEL
	Groups       CEL
	Kind         CEL
	OutliveToken Bool
	Range        schema.Range
}

// Requirement is a require block of an issuer.
type Requirement struct {
	When    CEL
	Message String
}

// Target is a target block.
type Target struct {
	Name     String
	Protocol String
	Labels   Map
	Catalog  String
	Range    schema.Range
}

// Class is a class block.
type Class struct {
	Name    String
	Targets List
	Columns List
	Detect  List
	Range   schema.Range
}

// Scope is a protocol's block in a rule: its enumerable attributes.
type Scope struct {
	Protocol  string
	Verbs     List
	Tables    List
	Functions List
	Range     schema.Range
}

// Rule is an allow, deny or approve block.
type Rule struct {
	Effect       schema.Effect
	Name         String
	Groups       List
	Targets      List
	TargetLabels Map
	// Scope is nil when the rule has no protocol's block.
	Scope   *Scope
	When    CEL
	Unless  CEL
	Message String
	Mode    String
	Route   String
	Range   schema.Range
}

// Mask is a mask block.
type Mask struct {
	Name       String
	Classes    List
	Groups     List
	With       String
	Width      String
	Key        String
	Value      String
	When       CEL
	Unless     CEL
	Predicates String
	Message    String
	Mode       String
	Range      schema.Range
}

// Route is a route block.
type Route struct {
	Name      String
	Approvers List
	// ApproverKinds are the kinds of principal whose vote counts.
	ApproverKinds List
	Quorum        Int
	Hold          Duration
	Expires       Duration
	Notify        List
	Range         schema.Range
}

// Expr is an expr block: a named piece of CEL.
type Expr struct {
	Name  String
	CEL   CEL
	Range schema.Range
}

// Local is one attribute of a locals block.
type Local struct {
	Name String
	// Used is set when something refers to it.
	Used bool
}

// Principal is a principal block of a test file. Claims are JSON-like.
type Principal struct {
	Name   String
	Issuer String
	Claims map[string]any
	Range  schema.Range
}

// Test is a test block, or one case of its table: what is not set in a case is the test's.
type Test struct {
	Name          String
	As            String
	Target        String
	SQL           List
	Connect       Bool
	Time          Time
	ClientAddress String
	Application   String
	Rows          [][]*string
	Expect        Expect
	Cases         []Test
	Range         schema.Range
	// Faulty is set when part of it was not understood, which is told already.
	Faulty bool
}

// Expect is what a test or case expects.
type Expect struct {
	Identity        String
	Principal       *ExpectPrincipal
	Decision        String
	By              List
	Masked          List
	Message         String
	MessageContains List
	Route           String
	Accesses        []ExpectAccess
	Would           *ExpectWould
	// Rows is nil when none were written.
	Rows  [][]*string
	Range schema.Range
}

// ExpectPrincipal is the principal that claims must become.
type ExpectPrincipal struct {
	Subject String
	Kind    String
	Groups  List
	Range   schema.Range
}

// ExpectAccess is what one access must come to.
type ExpectAccess struct {
	Verb     String
	Object   String
	Decision String
	By       List
	Range    schema.Range
}

// ExpectWould is what rules in dry run must change.
type ExpectWould struct {
	Decision String
	By       List
	Masked   List
	Range    schema.Range
}
