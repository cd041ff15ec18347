package postgres

import (
	"fmt"
	"sync"

	"github.com/gatewright/gatewright/schema"
)

// places counts the sessions of each principal and each target. A place is taken once it is known who calls, before the
// database is dialled, and is free again when the session has ended.
type places struct {
	// Zero is no limit.
	perPrincipal, perTarget int

	mu         sync.Mutex
	principals map[caller]int
	targets    map[string]int
}

// caller is who a principal is, whatever token it came with.
type caller struct{ issuer, subject string }

func callerOf(p *schema.Principal) caller { return caller{p.Issuer, p.Subject} }

func newPlaces(perPrincipal, perTarget int) places {
	return places{perPrincipal: perPrincipal, perTarget: perTarget, principals: map[caller]int{}, targets: map[string]int{}}
}

// take takes a place, or refuses and takes none.
func (p *places) take(who *schema.Principal, target string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := callerOf(who)
	switch {
	case p.perPrincipal > 0 && p.principals[key] >= p.perPrincipal:
		return newFault(codeTooManySessions, fmt.Sprintf("close some first; the gateway lets one principal have %d (limits.per_principal)", p.perPrincipal),
			"you have too many connections already")
	case p.perTarget > 0 && p.targets[target] >= p.perTarget:
		return newFault(codeTooManySessions, fmt.Sprintf("try again later; the gateway lets one target have %d (limits.per_target)", p.perTarget),
			"target %q has too many clients already", target)
	}
	p.principals[key]++
	p.targets[target]++
	return nil
}

// free gives a place back.
func (p *places) free(who *schema.Principal, target string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := callerOf(who)
	if p.principals[key]--; p.principals[key] == 0 {
		delete(p.principals, key)
	}
	if p.targets[target]--; p.targets[target] == 0 {
		delete(p.targets, target)
	}
}
