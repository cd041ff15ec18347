package postgres

import (
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgproto3/v2"
	"github.com/xdg-go/scram"

	"github.com/gatewright/gatewright/schema"
)

const (
	mechanismSCRAM     = "SCRAM-SHA-256"
	mechanismSCRAMPlus = "SCRAM-SHA-256-PLUS"
	// maxIterations bounds the work that a server may ask of the gateway; PostgreSQL's default is 4096.
	maxIterations = 1_000_000
)

// newSCRAM makes the client half for one credential (RFC 5802, RFC 7677). It is kept, since it remembers the keys
// that it has derived. A password that SASLprep refuses is used as it is, as PostgreSQL does.
func newSCRAM(password schema.Secret, rand io.Reader) (*scram.Client, error) {
	// PostgreSQL ignores the name inside SCRAM; the StartupMessage has it.
	c, err := scram.SHA256.NewClient("", password.Reveal(), "")
	if err != nil {
		c, err = scram.SHA256.NewClientUnprepped("", password.Reveal(), "")
	}
	if err != nil {
		return nil, errors.New("the password cannot be used with SCRAM") // the library's words might hold it
	}
	return c.WithNonceGenerator(func() string {
		var b [24]byte
		if _, err := io.ReadFull(rand, b[:]); err != nil {
			return "" // the conversation refuses an empty nonce
		}
		return base64.RawStdEncoding.EncodeToString(b[:])
	}), nil
}

// sasl runs the whole exchange after the server's list of mechanisms. ask sends a message and gives the body of the
// authentication message that answers.
func sasl(c *scram.Client, offered []string, state *tls.ConnectionState, ask func(pgproto3.FrontendMessage) ([]byte, error)) error {
	mechanism, conv, err := choose(c, offered, state)
	if err != nil {
		return err
	}
	first, err := conv.Step("")
	if err != nil {
		return errors.New("SCRAM could not begin")
	}
	body, err := ask(&pgproto3.SASLInitialResponse{AuthMechanism: mechanism, Data: []byte(first)})
	if err != nil {
		return err
	}
	var more pgproto3.AuthenticationSASLContinue
	if err := more.Decode(body); err != nil {
		return fmt.Errorf("SCRAM: %w", err)
	}
	if err := boundIterations(string(more.Data)); err != nil {
		return err
	}
	proof, err := conv.Step(string(more.Data))
	if err != nil {
		return errors.New("SCRAM: the server's first message is not acceptable")
	}
	if body, err = ask(&pgproto3.SASLResponse{Data: []byte(proof)}); err != nil {
		return err
	}
	var last pgproto3.AuthenticationSASLFinal
	if err := last.Decode(body); err != nil {
		return fmt.Errorf("SCRAM: %w", err)
	}
	if _, err := conv.Step(string(last.Data)); err != nil || !conv.Valid() {
		return errors.New("SCRAM: the server could not prove that it knows the password; it may not be the database that it seems to be")
	}
	return nil
}

// choose takes the variant bound to the TLS channel when the server offers it; over TLS without it, it says so, so
// that a man in the middle cannot have taken the offer away.
func choose(c *scram.Client, offered []string, state *tls.ConnectionState) (string, *scram.ClientConversation, error) {
	if state != nil {
		binding, err := scram.NewTLSServerEndpointBinding(state)
		switch {
		case err != nil: // a certificate whose signature has no single hash (RFC 5929) cannot be bound to
		case slices.Contains(offered, mechanismSCRAMPlus):
			return mechanismSCRAMPlus, c.NewConversationWithChannelBinding(binding), nil
		case slices.Contains(offered, mechanismSCRAM):
			return mechanismSCRAM, c.NewConversationAdvertisingChannelBinding(), nil
		}
	}
	if slices.Contains(offered, mechanismSCRAM) {
		return mechanismSCRAM, c.NewConversation(), nil
	}
	return "", nil, fmt.Errorf("the server offers %q; the gateway knows %s", offered, mechanismSCRAM)
}

func boundIterations(serverFirst string) error {
	for part := range strings.SplitSeq(serverFirst, ",") {
		if text, ok := strings.CutPrefix(part, "i="); ok {
			if n, err := strconv.Atoi(text); err != nil || n > maxIterations {
				return fmt.Errorf("SCRAM: the server asks for more than %d iterations", maxIterations)
			}
		}
	}
	return nil
}
