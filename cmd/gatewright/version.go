package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/bundle"
	"github.com/gatewright/gatewright/schema/vocab"
)

// versions is what the json format prints: what decides whether a policy or a bundle runs on this build.
type versions struct {
	FormatVersion int    `json:"format_version"`
	Version       string `json:"version"`
	Language      int    `json:"language"`
	// Bundle is the major and minor version of bundle files, Vocabulary the fingerprint that they must carry.
	Bundle     string `json:"bundle"`
	Vocabulary string `json:"vocabulary"`
	Go         string `json:"go"`
	OS         string `json:"os"`
	Arch       string `json:"arch"`
}

func newVersion(p *program) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of the program and of the policy language",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := checkFormat(format, "text", "json"); err != nil {
				return err
			}
			v := versionsOf()
			if format == "json" {
				return p.printJSON(v)
			}
			_, err := fmt.Fprintf(p.stdout, "gatewright %s\nlanguage %d\nbundle %s\n%s %s/%s\n", v.Version, v.Language, v.Bundle, v.Go, v.OS, v.Arch)
			return err
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "Output: text or json")
	return cmd
}

func versionsOf() versions {
	return versions{
		FormatVersion: 1, Version: buildVersion(), Language: schema.LanguageVersion,
		Bundle: fmt.Sprintf("%d.%d", bundle.FormatMajor, bundle.FormatMinor), Vocabulary: vocab.Fingerprint(),
		Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
	}
}

// buildVersion is the module's version as the Go toolchain stamped it, "devel" when it did not.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}
