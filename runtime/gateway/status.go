package gateway

import (
	"time"
)

// Status is what the gateway says of itself. It holds no secret.
type Status struct {
	Started time.Time `json:"started"`
	// DryRun is set when nothing is refused, held or masked.
	DryRun bool `json:"dry_run"`
	// Draining is set once no new session is taken.
	Draining bool         `json:"draining"`
	Bundle   BundleStatus `json:"bundle"`
	// Refused is the file that stands in the bundle's place and was not taken; nil when the bundle in use is the file.
	Refused  *RefusedStatus `json:"refused,omitempty"`
	Warnings []string       `json:"warnings,omitempty"`
	Sessions int            `json:"sessions"`
}

// BundleStatus is the bundle in use.
type BundleStatus struct {
	ID     string    `json:"id"`
	Policy string    `json:"policy"`
	Serial uint64    `json:"serial"`
	Signed bool      `json:"signed"`
	Rules  int       `json:"rules"`
	Since  time.Time `json:"since"`
}

// RefusedStatus is why a bundle was not taken.
type RefusedStatus struct {
	// Digest is the SHA-256 of the file; empty when it could not be read.
	Digest string    `json:"digest,omitempty"`
	Error  string    `json:"error"`
	Hint   string    `json:"hint,omitempty"`
	Since  time.Time `json:"since"`
}
