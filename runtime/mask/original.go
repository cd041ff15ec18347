package mask

import "slices"

// TokenTypes are the types whose values have tokens, as SQL calls them.
func TokenTypes() []string { return []string{"text", "integer", "bigint", "uuid"} }

// Original leads a token back to the value that it was made of, both in the text format of the type. It reports false
// where there is no such key or type, or where what is given cannot be a token of it. A token holds no proof of its key:
// another key, or another text of the form, leads to a value that never was.
func (k *Keys) Original(name, typeName string, token []byte) ([]byte, bool) {
	found := k.named(name)
	if found == nil {
		return nil, false
	}
	c := Column{how: how{key: found}}
	switch typeName {
	case "text":
		out := slices.Clone(token)
		return out, found.token(make([]byte, ff1Scratch), out, true)
	case "integer":
		c.typeOID = oidInt4
	case "bigint":
		c.typeOID = oidInt8
	case "uuid":
		c.typeOID = oidUUID
	default:
		return nil, false
	}
	return c.tokenScalar(nil, token, true)
}
