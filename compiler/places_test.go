package compiler_test

import (
	"strings"
	"testing"

	"github.com/gatewright/gatewright/compiler"
)

// TestPlacesInModules holds where the attributes of a module's blocks are written, by the addresses they have there.
func TestPlacesInModules(t *testing.T) {
	const path = "modules/guard/guard.hcl"
	guarded := strings.ReplaceAll(guard, "targets = var.targets\n  columns", "targets = [\"db\"]\n  columns")
	places := compiler.Compile(policyWith(caller, map[string]string{path: guarded})).Places
	for key, file := range map[string]string{
		"module.one.deny.bulk.verbs":                       path,
		"module.one.deny.bulk.verbs[select]":               path,
		"module.one.mask.card.classes[module.one.card]":    path,
		"module.two.class.card.columns[db.public.old.pan]": "",
		"module.two.class.card.columns[public.old.pan]":    path,
		"module.one.class.card.targets[db]":                path,
	} {
		if got := places[key].File; got != file {
			t.Errorf("%s is in %q, want %q", key, got, file)
		}
	}
}
