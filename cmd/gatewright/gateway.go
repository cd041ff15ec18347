package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/runtime/config"
	"github.com/gatewright/gatewright/runtime/gateway"
	"github.com/gatewright/gatewright/schema"
)

func newGateway(p *program) *cobra.Command {
	var file, logFormat, logLevel string
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "gateway --config FILE",
		Short: "Enforce a bundle on live traffic",
		Long: "Gateway enforces the bundle that its configuration names, takes a new one in use when the file changes, and\n" +
			"records everything. SIGTERM and Ctrl-C end it in good order.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			logger, err := newLogger(p.stderr, logFormat, logLevel)
			if err != nil {
				return err
			}
			c, err := p.readConfig(file)
			if err != nil {
				return err
			}
			g, err := gateway.New(cmd.Context(), gateway.Options{
				Config: c, Logger: logger, Now: time.Now, Rand: rand.Reader, Env: p.getenv, DryRun: dryRun,
			})
			if err != nil {
				return gatewayFailure(err)
			}
			return g.Run(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&file, "config", "gateway.hcl", "The gateway's configuration")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "Decide and record everything; refuse, hold and mask nothing (identity is always checked)")
	cmd.Flags().StringVar(&logFormat, "log-format", "text", "Form of the log on standard error: text or json")
	cmd.Flags().StringVar(&logLevel, "log-level", "info", "Least level of the log: debug, info, warn or error")
	return cmd
}

func newLogger(w io.Writer, format, level string) (*slog.Logger, error) {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		return nil, fail(fmt.Errorf("unknown log level %q", level), "Use --log-level debug, info, warn or error.")
	}
	options := &slog.HandlerOptions{Level: least}
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	default:
		return nil, fail(fmt.Errorf("unknown log format %q", format), "Use --log-format text or --log-format json.")
	}
}

// maxConfig bounds what is read of a configuration, in bytes; the parser takes less.
const maxConfig = 1 << 20

// readConfig reads gateway.hcl and shows what is wrong with it.
func (p *program) readConfig(file string) (*config.Config, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fail(err, "--config names the gateway's configuration; docs/gateway.md describes it.")
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxConfig))
	if err != nil {
		return nil, fail(err, "")
	}
	c, diags := config.Parse(file, src)
	p.showDiagnostics(diags, map[string][]byte{file: withoutSecrets(src, diags)})
	if diags.HasErrors() {
		return nil, &failure{code: exitUsage}
	}
	return c, nil
}

// withoutSecrets covers the secrets that diagnostics point at, as their lines are shown.
func withoutSecrets(src []byte, diags schema.Diagnostics) []byte {
	out := bytes.Clone(src)
	for _, d := range diags {
		if d.Summary != config.SecretInFile || d.Range == nil {
			continue
		}
		for i := max(0, d.Range.Start.Byte); i < min(len(out), d.Range.End.Byte); i++ {
			if out[i] != '"' && out[i] != '\n' {
				out[i] = '*'
			}
		}
	}
	return out
}

// gatewayFailure keeps a refused bundle apart from everything else that keeps a gateway from starting.
func gatewayFailure(err error) error {
	var e *gateway.Error
	if !errors.As(err, &e) {
		return fail(err, "")
	}
	code := exitUsage
	if e.Refused {
		code = exitRefused
	}
	return &failure{code: code, err: err, hint: e.Hint}
}
