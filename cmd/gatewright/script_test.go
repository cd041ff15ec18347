package main

import (
	"flag"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected output of the scripts")

// TestMain lets the test binary be the program too, for scripts and for the demo, which starts itself.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"gatewright": main})
}

// TestScript plays what a user types and sees.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "../../testdata/script", UpdateScripts: *update})
}
