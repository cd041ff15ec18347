package postgres

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgproto3/v2"
	"github.com/xdg-go/scram"

	"github.com/gatewright/gatewright/schema"
)

// Upstream is where a target's database is and with which credential the gateway enters it.
type Upstream struct {
	// Address is host:port.
	Address  string
	Database string
	User     string
	Password schema.Secret
	// TLS is nil for a plain connection. Without a ServerName, the host of Address is what the certificate must name.
	TLS *tls.Config
}

// dialer opens connections to one target's database.
type dialer struct {
	up    *Upstream
	scram *scram.Client
	spare *buffers
	dial  func(ctx context.Context, network, address string) (net.Conn, error)
}

func newDialer(up *Upstream, rand io.Reader, spare *buffers) (*dialer, error) {
	if up.Address == "" || up.Database == "" || up.User == "" {
		return nil, errors.New("an upstream needs an address, a database and a user")
	}
	client, err := newSCRAM(up.Password, rand)
	if err != nil {
		return nil, err
	}
	return &dialer{up: up, scram: client, spare: spare, dial: (&net.Dialer{}).DialContext}, nil
}

// backend is an open connection to a database that is ready for a query.
type backend struct {
	conn net.Conn
	walk *walker
	// pid and key are what cancels a statement on it.
	pid uint32
	key []byte
	// parameters are the ParameterStatus messages of start-up, whole.
	parameters []byte
	status     byte
	authDone   bool
}

// upstreamError is why a database could not be entered: for the operator, with a hint. The client learns only that
// it was not reachable.
type upstreamError struct {
	hint string
	err  error
}

func (e *upstreamError) Error() string { return e.err.Error() }
func (e *upstreamError) Unwrap() error { return e.err }

func upstreamFault(hint, format string, args ...any) error {
	return &upstreamError{hint: hint, err: fmt.Errorf(format, args...)}
}

// open dials, encrypts, authenticates and waits for the first ReadyForQuery. The context bounds all of it.
func (d *dialer) open(ctx context.Context, settings map[string]string) (*backend, error) {
	conn, err := d.dial(ctx, "tcp", d.up.Address)
	if err != nil {
		return nil, upstreamFault("is the database up, and is the upstream's address right?", "dial: %w", err)
	}
	// Ending the context closes the connection, which ends any read of the handshake below.
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	b, err := d.enter(ctx, conn, settings)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return b, nil
}

func (d *dialer) enter(ctx context.Context, conn net.Conn, settings map[string]string) (*backend, error) {
	conn, err := d.encrypt(ctx, conn)
	if err != nil {
		return nil, err
	}
	b := &backend{conn: conn, walk: newWalker(conn, startupLimit, d.spare)}
	parameters := map[string]string{"user": d.up.User, "database": d.up.Database}
	for k, v := range settings {
		parameters[k] = v
	}
	if err := b.send(&pgproto3.StartupMessage{ProtocolVersion: version30, Parameters: parameters}); err != nil {
		return nil, err
	}
	for {
		f, err := b.message()
		if err != nil {
			return nil, err
		}
		done, err := d.startupMessage(b, f)
		if done || err != nil {
			b.walk.limit = serverLimit
			return b, err
		}
	}
}

func (d *dialer) startupMessage(b *backend, f frame) (done bool, err error) {
	switch f.kind {
	case 'R':
		return false, d.authenticate(b, f.body())
	case 'K':
		if len(f.body()) < 8 {
			return false, upstreamFault("", "BackendKeyData is too short")
		}
		b.pid = binary.BigEndian.Uint32(f.body())
		b.key = append([]byte(nil), f.body()[4:]...)
	case 'S':
		if len(b.parameters)+f.size > maxSmall {
			return false, upstreamFault("", "the server reports too many settings")
		}
		b.parameters = append(b.parameters, f.data...)
	case 'Z':
		if len(f.body()) != 1 || !b.authDone {
			return false, upstreamFault("", "ReadyForQuery came too early or is malformed")
		}
		b.status = f.body()[0]
		return true, nil
	}
	return false, nil
}

// authenticate answers an authentication request. Methods that would show the password, or a hash that stands for
// it, to whoever answers at the address are refused.
func (d *dialer) authenticate(b *backend, body []byte) error {
	if len(body) < 4 {
		return upstreamFault("", "an authentication request is too short")
	}
	switch kind := binary.BigEndian.Uint32(body); kind {
	case pgproto3.AuthTypeOk:
		b.authDone = true
		return nil
	case pgproto3.AuthTypeCleartextPassword:
		if tlsState(b.conn) == nil {
			return upstreamFault("set password_encryption = scram-sha-256 on the server, or give the upstream a tls block",
				"the server asks for the password in clear text over a plain connection")
		}
		return b.send(&pgproto3.PasswordMessage{Password: d.up.Password.Reveal()})
	case pgproto3.AuthTypeSASL:
		return d.authenticateSASL(b, body)
	default:
		return upstreamFault("let pg_hba.conf say scram-sha-256 for the gateway's user",
			"the server asks for an authentication method (%d) that the gateway does not use", kind)
	}
}

func (d *dialer) authenticateSASL(b *backend, body []byte) error {
	var request pgproto3.AuthenticationSASL
	if err := request.Decode(body); err != nil {
		return upstreamFault("", "authentication: %w", err)
	}
	err := sasl(d.scram, request.AuthMechanisms, tlsState(b.conn), func(m pgproto3.FrontendMessage) ([]byte, error) {
		if err := b.send(m); err != nil {
			return nil, err
		}
		f, err := b.message()
		if err != nil {
			return nil, err
		}
		if f.kind != 'R' {
			return nil, fmt.Errorf("message type %q came during SCRAM", f.kind)
		}
		return f.body(), nil
	})
	var known *upstreamError
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &upstreamError{hint: "check the upstream's user and password", err: err}
}

func tlsState(conn net.Conn) *tls.ConnectionState {
	if c, ok := conn.(*tls.Conn); ok {
		state := c.ConnectionState()
		return &state
	}
	return nil
}

// encrypt asks for TLS and verifies the server (manual chapter 55.2.10).
func (d *dialer) encrypt(ctx context.Context, conn net.Conn) (net.Conn, error) {
	if d.up.TLS == nil {
		return conn, nil
	}
	request := binary.BigEndian.AppendUint32([]byte{0, 0, 0, 8}, codeSSLRequest)
	var answer [1]byte
	if _, err := conn.Write(request); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(conn, answer[:]); err != nil {
		return nil, upstreamFault("is it a PostgreSQL server?", "asking for TLS: %w", err)
	}
	if answer[0] != 'S' {
		return nil, upstreamFault("set ssl = on on the server, or leave the upstream's tls block out", "the server does not offer TLS")
	}
	cfg := d.up.TLS.Clone()
	if cfg.ServerName == "" {
		cfg.ServerName, _, _ = net.SplitHostPort(d.up.Address)
	}
	c := tls.Client(conn, cfg)
	if err := c.HandshakeContext(ctx); err != nil {
		return nil, upstreamFault("does the upstream's ca match the server's certificate, and its name the address?", "TLS: %w", err)
	}
	return c, nil
}

func (b *backend) send(m pgproto3.FrontendMessage) error {
	data, err := m.Encode(nil)
	if err != nil {
		return err
	}
	_, err = b.conn.Write(data)
	return err
}

// message gives the next message of start-up that matters. An error of the server becomes an upstreamError.
func (b *backend) message() (frame, error) {
	for {
		f, ok, err := b.walk.next()
		switch {
		case err != nil:
			return frame{}, upstreamFault("is it a PostgreSQL server?", "%w", err)
		case !ok:
			if err := b.walk.fill(); err != nil {
				return frame{}, upstreamFault("the server closed the connection during start-up; its log may say why", "%w", err)
			}
		case !f.whole():
			return frame{}, upstreamFault("", "a message of start-up is too large")
		case f.kind == 'E':
			return frame{}, serverRefusal(f.body())
		case f.kind != 'N':
			return f, nil
		}
	}
}

func serverRefusal(body []byte) error {
	var e pgproto3.ErrorResponse
	if err := e.Decode(body); err != nil {
		return upstreamFault("", "the server refused with a malformed error")
	}
	hint := "the server's log may say more"
	switch e.Code {
	case "28P01", "28000":
		hint = "check the upstream's user and password, and the server's pg_hba.conf"
	case codeUnknownTarget:
		hint = "check the upstream's database"
	case codeTooManySessions:
		hint = "raise the server's max_connections, or lower the gateway's"
	}
	return upstreamFault(hint, "the server refused: %s: %s", e.Code, e.Message)
}

// startupLimit bounds what a database may send before its first ReadyForQuery.
func startupLimit(kind byte) int {
	switch kind {
	case 'R', 'S', 'E', 'N', 'K', 'v':
		return bufferSize - headerSize
	case 'Z':
		return 1
	default:
		return -1
	}
}
