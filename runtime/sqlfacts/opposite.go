package sqlfacts

import (
	"strings"

	pg "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"
)

// exhaustive reports whether one of the conditions is the negation of another, so that one of them is always true.
func exhaustive(conditions []*pg.Node) bool {
	said, denied := map[string]bool{}, map[string]bool{}
	for _, n := range conditions {
		forms, opposites := formsOf(n)
		if containsKey(said, opposites) || containsKey(denied, forms) {
			return true
		}
		for _, f := range forms {
			said[f] = true
		}
		for _, o := range opposites {
			denied[o] = true
		}
	}
	return false
}

func containsKey(set map[string]bool, keys []string) bool {
	for _, k := range keys {
		if set[k] {
			return true
		}
	}
	return false
}

// formsOf gives the keys of a condition, the same for like conditions, and those of its negations.
func formsOf(n *pg.Node) (forms, opposites []string) {
	forms = []string{key("", n)}
	switch x := n.GetNode().(type) {
	case *pg.Node_BoolExpr:
		if x.BoolExpr.GetBoolop() == pg.BoolExprType_NOT_EXPR && len(x.BoolExpr.GetArgs()) == 1 {
			opposites = []string{key("", x.BoolExpr.GetArgs()[0])}
		}
	case *pg.Node_NullTest:
		arg := key("", x.NullTest.GetArg())
		if x.NullTest.GetNulltesttype() == pg.NullTestType_IS_NULL {
			return append(forms, "null "+arg), []string{"not null " + arg}
		}
		return append(forms, "not null "+arg), []string{"null " + arg}
	case *pg.Node_AExpr:
		_, op := qualified(x.AExpr.GetName())
		operands := " " + key("", x.AExpr.GetLexpr()) + key(" ", x.AExpr.GetRexpr())
		for _, pair := range complementary {
			if p, q, _ := strings.Cut(pair, " "); p == op {
				opposites = append(opposites, q+operands)
			}
		}
		forms = append(forms, op+operands)
	}
	return forms, opposites
}

var complementary = []string{"= <>", "<> =", "< >=", ">= <", "> <=", "<= >", "<= >=", ">= <="}

// key is the same for nodes that differ only in their places in the text.
func key(prefix string, n *pg.Node) string {
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(bare(n))
	if err != nil {
		return prefix + n.String()
	}
	return prefix + string(b)
}
