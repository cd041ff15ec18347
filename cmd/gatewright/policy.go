package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gatewright/gatewright/compiler"
	"github.com/gatewright/gatewright/schema"
)

// diagnosed is what --format json says of a policy.
type diagnosed struct {
	FormatVersion int               `json:"format_version"`
	Valid         bool              `json:"valid"`
	Diagnostics   []shownDiagnostic `json:"diagnostics"`
	Counts        map[string]int    `json:"counts,omitempty"`
}

// maxLine is the longest line that is shown with a diagnostic, in bytes.
const maxLine = 1000

// shownDiagnostic is a diagnostic with the line it is about, unless that is too long to be shown.
type shownDiagnostic struct {
	schema.Diagnostic
	Line string `json:"line,omitempty"`
}

// compile reads a policy directory and shows what is wrong with it: as text on standard error, or as JSON on standard
// output. The bundle is nil, and the error says how to exit, when the policy is invalid.
func (p *program) compile(dir, format string) (*compiler.Result, error) {
	result, err := compileDir(dir)
	if err != nil {
		return nil, err
	}
	if format != "json" {
		p.showDiagnostics(result.Diagnostics, result.Sources)
	}
	if result.Bundle == nil {
		if format == "json" {
			if err := p.printJSON(diagnosis(result)); err != nil {
				return nil, err
			}
		}
		return result, &failure{code: exitInvalid}
	}
	return result, nil
}

// compileDir reads a policy directory and shows nothing.
func compileDir(dir string) (*compiler.Result, error) {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a directory", dir)
	}
	if err != nil {
		return nil, fail(err, "Give the directory that holds the policy's *.hcl files.")
	}
	return compiler.Compile(policyFS(dir)), nil
}

// policyFS reads a policy's directory and nothing else: a link that leads out of it is not followed, since what is read is
// shown in diagnostics, and becomes part of the policy.
func policyFS(dir string) fs.FS {
	root, err := os.OpenRoot(filepath.Clean(dir))
	if err != nil {
		return os.DirFS(filepath.Clean(dir)) // which says why it cannot be read
	}
	return root.FS()
}

func diagnosis(result *compiler.Result) diagnosed {
	out := diagnosed{FormatVersion: 1, Valid: result.Bundle != nil, Diagnostics: []shownDiagnostic{}}
	for _, d := range result.Diagnostics {
		shown := shownDiagnostic{Diagnostic: d}
		if d.Range != nil {
			if line, _ := lineAt(result.Sources[d.Range.File], d.Range.Start.Byte); len(line) <= maxLine {
				shown.Line = string(line)
			}
		}
		out.Diagnostics = append(out.Diagnostics, shown)
	}
	if b := result.Bundle; b != nil {
		out.Counts = map[string]int{
			"targets": len(b.Targets), "issuers": len(b.Issuers), "classes": len(b.Classes), "rules": len(b.Rules),
			"masks": len(b.Masks), "routes": len(b.Routes), "tests": len(result.Suite.Tests),
		}
	}
	return out
}
