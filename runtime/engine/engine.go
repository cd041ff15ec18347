package engine

import (
	"sync"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// Engine decides by one bundle. It is immutable and may be used from many goroutines.
type Engine struct {
	bundle  *schema.Bundle
	targets map[string]*target
	// rules are by rising address.
	rules []*rule
	// groups, objects and schemas number the names that rules use, from 1; 0 stands for any.
	groups, objects, schemas map[string]uint32
	pool                     sync.Pool
}

// New checks every expression of the bundle against this build's vocabulary and indexes its rules. b must not change
// afterwards.
func New(b *schema.Bundle) (*Engine, error) {
	m, err := NewMaker()
	if err != nil {
		return nil, err
	}
	return m.New(b)
}

// Bundle gives the bundle that the engine decides by.
func (e *Engine) Bundle() *schema.Bundle { return e.bundle }

// Target gives a target of the bundle; nil when there is none of that name.
func (e *Engine) Target(name string) *schema.Target {
	if t := e.targets[name]; t != nil {
		return t.schema
	}
	return nil
}

// target is what the engine knows of one target.
type target struct {
	schema *schema.Target
	// rules are the rules that name the target, as rising indexes into the engine's rules.
	rules []int32
	// shelves find the rules that may match an access.
	shelves []*shelf
	// columns maps a canonical column name to the classes it is of, as indexes into classes.
	columns map[string][]int
	// parts finds the same by relation and bare column name, as an Access gives them.
	parts   map[string]map[string][]int
	classes []class
	masks   []*mask
	// dryRun is set when any rule or mask of the target is in dry run.
	dryRun bool
}

type class struct {
	name   string
	detect []string
}

// rule is a schema.Rule ready to match.
type rule struct {
	*schema.Rule
	// index is the rule's place in the engine's rules.
	index int32
	verbs uint32
	when  condition
	// unless is the condition that lifts the rule.
	unless condition
	// message is what the caller is told.
	message string
}

// condition is a checked expression; the zero value is none.
type condition struct {
	program *vocab.Program
	checked *vocab.Condition
	// fleeting is set when its value may change with time alone.
	fleeting bool
}

// mask is a schema.Mask ready to stand.
type mask struct {
	*schema.Mask
	when, unless condition
	// classes are indexes into the target's classes.
	classes []int
}
