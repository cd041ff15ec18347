package mask_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/runtime/mask"
	"github.com/gatewright/gatewright/schema"
)

func TestOriginal(t *testing.T) {
	types := map[string]uint32{"text": text, "integer": int4, "bigint": int8, "uuid": uuidType}
	tests := []struct{ name, typeName, value string }{
		{"digits", "text", "4111 1111 1111 1111"}, {"a word", "text", "Margaret Hamilton"}, {"an address", "text", "margaret@example.com"},
		{"integer", "integer", "-42"}, {"bigint", "bigint", "9223372036854775807"}, {"uuid", "uuid", "550e8400-e29b-41d4-a716-446655440000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := mask.NewColumn(testKeys, treatment(schema.TransformTokenize), false, types[tt.typeName], 0)
			token, null := c.Append(nil, []byte(tt.value))
			if null || string(token) == tt.value {
				t.Fatalf("the token is %q, null %v", token, null)
			}
			got, ok := testKeys.Original("k", tt.typeName, token)
			if diff := cmp.Diff(tt.value, string(got)); diff != "" || !ok {
				t.Errorf("%v %s", ok, diff)
			}
			if got, ok := testKeys.Original("other", tt.typeName, token); ok && string(got) == tt.value {
				t.Error("another key leads back too")
			}
		})
	}
}

func TestOriginalOfNoToken(t *testing.T) {
	for _, tt := range []struct{ name, key, typeName, token string }{
		{"no such key", "absent", "text", "123456789"}, {"no such type", "k", "numeric", "123456789"}, {"hidden whole", "k", "text", "****"},
		{"too short", "k", "text", "12345"}, {"no number", "k", "integer", "x"}, {"too large", "k", "integer", "2147483648"},
		{"no uuid", "k", "uuid", "550e8400"}, {"control character", "k", "text", "123456\x007"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := testKeys.Original(tt.key, tt.typeName, []byte(tt.token)); ok {
				t.Errorf("%q leads to %q", tt.token, got)
			}
		})
	}
}
