package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/gatewright/gatewright/runtime/pgserver"
)

func newDemo(p *program) *cobra.Command {
	var keep bool
	var policy string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Watch a psql session being identified, masked, refused, held, recorded and re-judged",
		Long: "Demo starts a PostgreSQL, an issuer and a gateway on this machine, walks through what Gatewright does with\n" +
			"the real psql, checks everything that it claims, and removes all of it again.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			signal.Ignore(syscall.SIGPIPE) // a reader that goes away, as head does, must not keep us from cleaning up
			s, err := newStage(p)
			if err != nil {
				return err
			}
			defer s.close()
			err = s.play(cmd.Context(), policy, keep)
			var f *failure
			if err == nil || errors.As(err, &f) {
				return err
			}
			if cmd.Context().Err() != nil {
				return fail(errors.New("interrupted"), "Everything that the demo started has been stopped.")
			}
			return &failure{code: exitFindings, err: err, hint: "This is a defect of Gatewright or of this machine's setup; please report it with the output above."}
		},
	}
	cmd.Flags().BoolVar(&keep, "keep", false, "Stay up at the end, until Ctrl-C")
	cmd.Flags().StringVar(&policy, "policy", filepath.Join("examples", "payments"), "Directory of the example")
	return cmd
}

func newStage(p *program) (*stage, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "gatewright-demo-")
	if err != nil {
		return nil, err
	}
	s := &stage{p: p, self: self, dir: dir, colour: p.colour(p.stdout)}
	s.undo = append(s.undo, func() error { return os.RemoveAll(dir) })
	return s, nil
}

// act is one step of the demo.
type act struct {
	title string
	play  func(*production, context.Context) error
}

var acts = []act{
	{"A policy is tested, compiled and signed", (*production).tested},
	{"Who am I?", (*production).whoAmI},
	{"An allowed query", (*production).allowed},
	{"Card numbers stay masked, whatever they are called", (*production).masked},
	{"A DELETE without a WHERE is refused, by name of the rule", (*production).refused},
	{"A DELETE is held until somebody else approves it", (*production).held},
	{"The policy changes while a session is open", (*production).reload},
	{"A bundle that somebody has touched changes nothing", (*production).forged},
	{"All of it is in the audit log, and the log holds together", (*production).audited},
}

func (s *stage) play(ctx context.Context, policy string, keep bool) error {
	r, err := s.produce(ctx, policy)
	if err != nil {
		return err
	}
	for _, a := range acts {
		s.title(a.title)
		if err := a.play(r, ctx); err != nil {
			return err
		}
	}
	return r.curtain(ctx, keep)
}

// production is the demo with everything running.
type production struct {
	*stage
	policy   string // the copy of the example
	issuer   string // URL
	address  string // of the gateway, host:port
	admin    string // URL
	metrics  string // URL
	database *pgserver.Server
	secrets  map[string]string // by client; "database" for the gateway's own
	running  []*service
	session  *terminal
	ticket   string // of the held DELETE
}
