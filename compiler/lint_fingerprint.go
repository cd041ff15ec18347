package compiler

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// fingerprint numbers the findings that are alike and names each by what it is about. Neither lines nor files count:
// a block that moves keeps its findings.
func fingerprint(findings []Finding) {
	alike := map[string]int{}
	for i := range findings {
		f := &findings[i]
		key := fmt.Sprintf("%d:%s%d:%s%s", len(f.Rule), f.Rule, len(f.Subject), f.Subject, f.about)
		sum := sha256.Sum256(fmt.Appendf(nil, "%d:%s", alike[key], key))
		alike[key]++
		f.Fingerprint = hex.EncodeToString(sum[:16])
	}
}
