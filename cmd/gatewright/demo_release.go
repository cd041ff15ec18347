package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// tested: what happens in a pull request.
func (r *production) tested(ctx context.Context) error {
	if err := r.pull(ctx); err != nil {
		return err
	}
	out, testErr := r.output(ctx, nil, "gatewright", "test", "policy")
	r.show("$ ", "gatewright test policy")
	if testErr == nil {
		out = lastLine(out)
	}
	r.show("", out)
	if _, err := r.perform(ctx, "gatewright keygen --out release.key", nil, "gatewright", "keygen", "--out", "release.key"); err != nil {
		return err
	}
	if err := r.release(ctx, 1); err != nil {
		return err
	}
	if err := r.startGateway(ctx); err != nil {
		return err
	}
	now, err := r.status(ctx)
	if err != nil {
		return err
	}
	return r.check(claim{"the policy's own tests pass", testErr == nil},
		claim{"the gateway enforces the signed bundle " + shortID(now.Bundle.ID), now.Bundle.Signed && now.Bundle.Serial == 1})
}

// pull takes the structure of the database into the policy, which is then checked against it.
func (r *production) pull(ctx context.Context) error {
	address, catalog := r.database.Address(), filepath.Join("policy", demoTarget+".catalog.json")
	line := "gatewright catalog pull --address " + address + " --database payments \\\n    --user gateway --password env:PW --out " + catalog
	out, err := r.perform(ctx, line, []string{"PW=" + r.secrets["database"]}, "gatewright", "catalog", "pull", "--address", address,
		"--database", "payments", "--user", "gateway", "--password", "env:PW", "--out", catalog)
	if err == nil && out != "" {
		err = fmt.Errorf("catalog pull: %s", out)
	}
	return err
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// release compiles and signs the policy, and puts the bundle where the gateway looks, in one step.
func (r *production) release(ctx context.Context, serial int) error {
	line := fmt.Sprintf("gatewright compile policy --key release.key --serial %d \\\n    --out bundle.gwb", serial)
	out, err := r.perform(ctx, line, nil, "gatewright", "compile", "policy", "--out", "bundle.gwb",
		"--key", "release.key", "--serial", fmt.Sprint(serial))
	if err != nil {
		return err
	}
	if _, err := os.Stat(r.file("bundle.gwb")); err != nil {
		return fmt.Errorf("compile made no bundle: %s", out)
	}
	return nil
}

// demoStatus is what the demo needs of the gateway's status.
type demoStatus struct {
	Bundle struct {
		ID     string `json:"id"`
		Serial int    `json:"serial"`
		Signed bool   `json:"signed"`
	} `json:"bundle"`
	Refused *struct {
		Error string `json:"error"`
	} `json:"refused"`
}

func (r *production) status(ctx context.Context) (s demoStatus, err error) {
	token, err := r.token(ctx, "dba-on-call")
	if err != nil {
		return s, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.admin+"/v1/status", nil)
	if err != nil {
		return s, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return s, exchange(req, &s)
}

// shortID gives enough of a content id to tell bundles apart by eye.
func shortID(id string) string {
	hex, ok := strings.CutPrefix(id, "sha256:")
	if !ok || len(hex) < 12 {
		return id
	}
	return hex[:12]
}
