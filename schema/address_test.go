package schema_test

import (
	"testing"

	"github.com/gatewright/gatewright/schema"
)

func TestSplitAddress(t *testing.T) {
	for address, want := range map[string][3]string{
		"deny.x":                         {"", "deny", "x"},
		"module.pci.deny.x":              {"module.pci.", "deny", "x"},
		"module.a.module.module.mask.x":  {"module.a.module.module.", "mask", "x"},
		"module.module.module.b.allow.x": {"module.module.module.b.", "allow", "x"},
		"deny.module.x":                  {"", "deny", "module.x"},
		"module.pci":                     {"", "module", "pci"},
		"module.pci.deny":                {"module.pci.", "deny", ""},
		"module.":                        {"", "module", ""},
		"":                               {"", "", ""},
	} {
		module, kind, name := schema.SplitAddress(address)
		if got := [3]string{module, kind, name}; got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
}

func TestBlockAddress(t *testing.T) {
	for full, want := range map[string]string{
		"card":                "class.card",
		"module.pci.card":     "module.pci.class.card",
		"module.a.module.b.c": "module.a.module.b.class.c",
	} {
		if got := schema.BlockAddress("class", full); got != want {
			t.Errorf("%s: got %q, want %q", full, got, want)
		}
	}
}
