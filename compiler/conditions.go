package compiler

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/compiler/syntax"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/vocab"
)

// The vocabularies of rules, by what they are about. Another protocol adds its own.
const (
	postgresRule = vocab.Postgres
	postgresMask = vocab.PostgresMask
)

// maxExprDepth bounds how long a chain of expr blocks that refer to each other may be.
const maxExprDepth = 50

// conditions checks CEL and keeps the canonical texts, by the place of what was written.
type conditions struct {
	*report
	broken  bool
	kinds   [3]*vocab.Vocabulary
	checked map[schema.Range]string
	// exprs are the canonical texts of the expr blocks, those they refer to resolved; faulty ones are left out.
	exprs  map[string]string
	blocks map[string]*syntax.Expr
	faulty map[string]bool
	// spent is how much CEL was checked, expr blocks written out, in all scopes.
	spent *int
}

// maxCEL bounds the conditions of a policy together, in bytes, with every expr block written out where it is referred to:
// a short file could ask for a long work.
const maxCEL = 8 << 20

// exprReference finds what will be written out. It may find more, in texts.
var exprReference = regexp.MustCompile(`\bexpr\s*\.\s*([A-Za-z_][A-Za-z0-9_]*)`)

// afford counts a text, and reports the first that is too much.
func (c *conditions) afford(e syntax.CEL) bool {
	if *c.spent > maxCEL {
		return false
	}
	*c.spent += len(e.Text)
	for _, m := range exprReference.FindAllStringSubmatch(e.Text, -1) {
		*c.spent += len(c.exprs[m[1]])
	}
	if *c.spent > maxCEL {
		c.add(e.Range, "Policy has too much CEL", fmt.Sprintf("Its conditions, expr blocks written out, have more than %d bytes.", maxCEL),
			"Say more in structured attributes (groups, tables, verbs), or split the policy.")
		return false
	}
	return true
}

var allKinds = [...]vocab.Kind{vocab.Postgres, vocab.PostgresMask, vocab.Claims}

// newVocabularies builds those of all kinds, once for a policy.
func newVocabularies(r *report) (kinds [3]*vocab.Vocabulary, ok bool) {
	for _, kind := range allKinds {
		v, err := vocab.New(kind)
		if err != nil {
			r.diags = append(r.diags, schema.Diagnostic{Summary: "Conditions cannot be checked", Detail: err.Error(), Hint: "This is a fault of this build."})
			return kinds, false
		}
		kinds[kind] = v
	}
	return kinds, true
}

// prepare checks the expr blocks of a scope.
func (c *conditions) prepare(exprs []syntax.Expr) {
	c.exprs, c.faulty, c.blocks = map[string]string{}, map[string]bool{}, map[string]*syntax.Expr{}
	for i := range exprs {
		if e := &exprs[i]; e.Name.Set() && c.blocks[e.Name.Text] == nil {
			c.blocks[e.Name.Text] = e
		}
	}
	for i := range exprs {
		c.expr(&exprs[i], nil)
	}
}

// expr checks one expr block after those that it refers to. chain are the blocks that led here.
func (c *conditions) expr(e *syntax.Expr, chain []string) {
	name := e.Name.Text
	if _, done := c.exprs[name]; done || c.faulty[name] {
		return
	}
	if !e.CEL.Set() {
		c.faulty[name] = true
		return
	}
	if slices.Contains(chain, name) || len(chain) > maxExprDepth {
		c.faulty[name] = true
		c.add(e.CEL.Range, "Expressions refer to themselves", "expr."+strings.Join(append(chain, name), " needs expr.")+".", "Write one of them out.")
		return
	}
	chain = append(chain[:len(chain):len(chain)], name)
	for _, other := range c.kinds[vocab.Postgres].References(e.CEL.Text) {
		if next := c.blocks[other]; next != nil {
			c.expr(next, chain)
		}
	}
	if c.faulty[name] {
		return
	}
	if text, ok := c.anyKind(e.CEL); ok {
		c.exprs[name] = text
	} else {
		c.faulty[name] = true
	}
}

// anyKind checks an expr's text for whatever kind and type it fits first: who uses it says which it must be. What is
// wrong with one that fits none is told for the kind that it seems to be written for.
func (c *conditions) anyKind(e syntax.CEL) (string, bool) {
	if c.refersToFaulty(e) || !c.afford(e) {
		return "", false
	}
	likely := vocab.Postgres
	if strings.Contains(e.Text, "claims") {
		likely = vocab.Claims
	}
	for _, kind := range append([]vocab.Kind{likely}, allKinds[:]...) {
		for _, want := range []vocab.Type{vocab.Bool, vocab.String, vocab.StringList} {
			if !c.afford(e) {
				return "", false
			}
			if cond, diags := c.kinds[kind].CheckWith(e.Text, want, c.exprs, e.At, e.Range.File); cond != nil && !diags.HasErrors() {
				return cond.Text(), true
			}
		}
	}
	_, diags := c.kinds[likely].CheckWith(e.Text, vocab.Bool, c.exprs, e.At, e.Range.File)
	c.take(diags)
	return "", false
}

// refersToFaulty reports whether a text needs an expr that is told to be wrong already.
func (c *conditions) refersToFaulty(e syntax.CEL) bool {
	if len(c.faulty) == 0 && !c.broken {
		return false
	}
	return slices.ContainsFunc(c.kinds[vocab.Postgres].References(e.Text), func(name string) bool {
		return c.faulty[name] || c.broken && c.blocks[name] == nil
	})
}

func (c *conditions) condition(e syntax.CEL, kind vocab.Kind) *vocab.Condition {
	return c.one(e, kind, vocab.Bool)
}

func (c *conditions) claims(e syntax.CEL, want vocab.Type) { c.one(e, vocab.Claims, want) }

// one checks a text; the condition is nil when there is none, or something is wrong with it.
func (c *conditions) one(e syntax.CEL, kind vocab.Kind, want vocab.Type) *vocab.Condition {
	if !e.Set() || !c.afford(e) || c.refersToFaulty(e) {
		return nil
	}
	cond, diags := c.kinds[kind].CheckWith(e.Text, want, c.exprs, e.At, e.Range.File)
	c.take(diags)
	if cond != nil {
		c.checked[e.Range] = cond.Text()
	}
	return cond
}

// take adds what the vocabulary found, with a way out where it has none.
func (c *conditions) take(diags schema.Diagnostics) {
	for _, d := range diags {
		if d.Hint == "" {
			d.Hint = "Conditions are CEL, described in docs/language.md."
		}
		d.Through = c.through
		c.diags = append(c.diags, d)
	}
}

// constant evaluates a condition that speaks of nothing but constants; false when it cannot, which is told.
func (c *conditions) constant(e syntax.CEL) (value, ok bool) {
	if !e.Set() || !c.afford(e) || c.refersToFaulty(e) {
		return false, false
	}
	cond, diags := c.kinds[vocab.Claims].CheckWith(e.Text, vocab.Bool, c.exprs, e.At, e.Range.File)
	c.take(diags)
	if cond == nil {
		return false, false
	}
	if cond.Uses("claims") {
		c.add(e.Range, "Validation speaks of more than variables", "Values are checked when the policy is compiled; there are no facts yet.", "Speak of var.NAME alone.")
		return false, false
	}
	program, err := cond.Program()
	if err == nil {
		value, err = program.BoolClaims(nil)
	}
	if err != nil {
		c.add(e.Range, "Validation has no value", fmt.Sprintf("%v.", err), "Ask whether there is a value before looking at it, as size(var.list) > 0 && ...")
	}
	return value, err == nil
}

// emit gives the checked condition; nil when none was written.
func (c *conditions) emit(e syntax.CEL) *schema.Condition {
	if !e.Set() {
		return nil
	}
	return &schema.Condition{Text: c.checked[e.Range], Range: e.Range}
}

// emitOr gives the checked condition or, when none was written, text, said to stand at rng.
func (c *conditions) emitOr(e syntax.CEL, want vocab.Type, text string, rng schema.Range) schema.Condition {
	if e.Set() {
		return *c.emit(e)
	}
	cond, diags := c.kinds[vocab.Claims].Check(text, want, func(int) schema.Pos { return rng.Start }, rng.File)
	if cond == nil {
		panic(fmt.Sprintf("the default %q does not check: %v", text, diags)) // a fault of this package alone
	}
	return schema.Condition{Text: cond.Text(), Range: rng}
}
