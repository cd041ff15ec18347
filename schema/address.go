package schema

import "strings"

// SplitAddress takes the address of a rule or mask apart: "deny.x" is of kind deny and name x; in a module it is
// "module.pci.deny.x", whose module is "module.pci.". A module in a module has both of their names in front. Kind or name
// are empty where the address does not have them.
func SplitAddress(address string) (module, kind, name string) {
	rest := address
	for {
		inner, ok := strings.CutPrefix(rest, "module.")
		if !ok {
			break
		}
		_, after, ok := strings.Cut(inner, ".")
		if !ok {
			break
		}
		rest = after
	}
	kind, name, _ = strings.Cut(rest, ".")
	return address[:len(address)-len(rest)], kind, name
}

// BlockAddress gives the address of a block by its full name: a class "module.pci.card" is at "module.pci.class.card".
func BlockAddress(kind, full string) string {
	i := strings.LastIndexByte(full, '.') + 1
	return full[:i] + kind + "." + full[i:]
}
