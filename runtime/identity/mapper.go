package identity

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// Bounds of a principal.
const (
	// MaxSubjectBytes and MaxGroupBytes bound a subject and the name of a group.
	MaxSubjectBytes = 256
	MaxGroupBytes   = 256
	// MaxGroups bounds the number of groups, duplicates included.
	MaxGroups = 256
)

// Mapper makes principals of claims by one issuer block. It is immutable.
type Mapper struct {
	issuer  schema.Issuer
	require []*vocab.Program
	subject *vocab.Program
	groups  *vocab.Program
	kind    *vocab.Program
}

// NewMapper prepares the expressions of an issuer block: its requirements and its principal block. An expression left
// out stands for claims.sub, for claims.groups where there are any, and for 'machine'.
func NewMapper(issuer schema.Issuer) (*Mapper, error) {
	vocabulary, err := vocab.New(vocab.Claims)
	if err != nil {
		return nil, err
	}
	return newMapper(issuer, vocabulary)
}

func newMapper(issuer schema.Issuer, vocabulary *vocab.Vocabulary) (*Mapper, error) {
	m := &Mapper{issuer: issuer}
	load := func(text, standard string, want vocab.Type) (*vocab.Program, error) {
		if text == "" {
			text = standard
		}
		_, program, err := vocabulary.Load(text, want)
		return program, err
	}
	for _, r := range issuer.Require {
		program, err := load(r.When.Text, "", vocab.Bool)
		if err != nil {
			return nil, err
		}
		m.require = append(m.require, program)
	}
	var err error
	if m.subject, err = load(issuer.Subject.Text, "claims.sub", vocab.String); err != nil {
		return nil, err
	}
	if m.groups, err = load(issuer.Groups.Text, "claims.groups", vocab.StringList); err != nil {
		return nil, err
	}
	if m.kind, err = load(issuer.Kind.Text, "'"+schema.KindMachine+"'", vocab.String); err != nil {
		return nil, err
	}
	return m, nil
}

// Principal gives the principal that the claims make, or an *Error: the claims of a token already checked, or those of
// a policy test.
func (m *Mapper) Principal(claims map[string]any) (*schema.Principal, error) {
	p, refused := m.principal(claims)
	if refused != nil {
		return nil, refused
	}
	return p, nil
}

// Principal is the mapping alone, for a single use.
func Principal(issuer schema.Issuer, claims map[string]any) (*schema.Principal, error) {
	m, err := NewMapper(issuer)
	if err != nil {
		return nil, err
	}
	return m.Principal(claims)
}

func (m *Mapper) principal(claims map[string]any) (*schema.Principal, *Error) {
	if sub, ok := claims["sub"].(string); !ok || sub == "" {
		return nil, refuse("Have the issuer put \"sub\" into its tokens.", "the token does not say whose it is")
	}
	for n, program := range m.require {
		if met, err := program.BoolClaims(claims); err != nil || !met {
			return nil, m.unmet(m.issuer.Require[n], err)
		}
	}
	subject, err := m.subject.String(claims)
	if err != nil || !nameable(subject, MaxSubjectBytes) {
		return nil, m.unmapped("subject", fmt.Sprintf("a text of 1 to %d bytes without control characters", MaxSubjectBytes), err)
	}
	kind, err := m.kind.String(claims)
	if err != nil || kind != schema.KindMachine && kind != schema.KindHuman && kind != schema.KindAgent {
		return nil, m.unmapped("kind", "machine, human or agent", err)
	}
	groups, refused := m.groupsOf(claims)
	if refused != nil {
		return nil, refused
	}
	expires, _, refused := date(claims, "exp")
	if refused != nil {
		return nil, refused
	}
	return &schema.Principal{
		Issuer: m.issuer.Name, Subject: subject, Groups: groups, Kind: kind,
		Expires: expires, OutliveToken: m.issuer.OutliveToken,
	}, nil
}

func (m *Mapper) groupsOf(claims map[string]any) ([]string, *Error) {
	if _, there := claims["groups"]; !there && m.issuer.Groups.Text == "" {
		return nil, nil
	}
	groups, err := m.groups.Strings(claims)
	if err != nil || len(groups) > MaxGroups {
		return nil, m.unmapped("groups", fmt.Sprintf("a list of at most %d texts", MaxGroups), err)
	}
	for _, g := range groups {
		if !nameable(g, MaxGroupBytes) {
			return nil, m.unmapped("groups", fmt.Sprintf("a list of texts of 1 to %d bytes without control characters", MaxGroupBytes), nil)
		}
	}
	slices.Sort(groups)
	return slices.Compact(groups), nil
}

// nameable reports whether s can stand in logs and messages as a name.
func nameable(s string, most int) bool {
	return s != "" && len(s) <= most && !strings.ContainsFunc(s, unicode.IsControl)
}

func (m *Mapper) unmet(r schema.Requirement, err error) *Error {
	message := r.Message
	if message == "" {
		message = fmt.Sprintf("the token does not meet a requirement of issuer %q", m.issuer.Name)
	}
	e := refuse(fmt.Sprintf("Get a token from issuer %q that meets this requirement.", m.issuer.Name), "%s", message)
	e.Err = err
	return e
}

func (m *Mapper) unmapped(what, want string, err error) *Error {
	e := refuse("The policy's issuer block takes it from the claims; see which of them the token has.",
		"issuer %q gives the token no %s: it must be %s", m.issuer.Name, what, want)
	e.Err = err
	return e
}
