package bundle

import "fmt"

// Refused says why a file is not accepted, in one sentence, and what to do about it.
type Refused struct {
	Reason string
	Hint   string
}

func (r *Refused) Error() string { return r.Reason }

func refuse(hint, format string, args ...any) *Refused {
	return &Refused{Reason: fmt.Sprintf(format, args...), Hint: hint}
}

const (
	hintRecompile = "compile the policy again with gatewright compile and copy the file whole"
	hintSameBuild = "compile the policy with the gatewright version that the gateway runs"
)

// damaged refuses a file whose bytes do not agree with each other.
func damaged(format string, args ...any) *Refused {
	return refuse(hintRecompile, "the bundle is damaged: "+format, args...)
}
