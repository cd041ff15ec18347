package postgres

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
)

const (
	alpn = "postgresql"
	// recordHandshake is the first byte of a TLS connection; no start-up packet can begin with it.
	recordHandshake = 0x16
)

// visitor is a client that has said what it wants, over the connection that it will go on with.
type visitor struct {
	conn   net.Conn
	secure bool
	hello  *hello
	// cancel is set instead of hello for a CancelRequest: a process number and a key.
	cancel []byte
}

// greet takes a connection through encryption requests up to its StartupMessage or CancelRequest. certificates is
// nil when the listener has no TLS.
func greet(ctx context.Context, conn net.Conn, certificates *tls.Config) (*visitor, error) {
	v := &visitor{conn: conn}
	if err := v.direct(ctx, certificates); err != nil {
		return v, err
	}
	// A client asks for GSSAPI and for TLS at most once each.
	for range 3 {
		code, body, err := startupPacket(v.conn)
		if err != nil {
			return v, err
		}
		switch code {
		case codeSSLRequest:
			err = v.upgrade(ctx, certificates)
		case codeGSSENCRequest:
			_, err = v.conn.Write([]byte{'N'})
		case codeCancelRequest:
			v.cancel = body
			return v, nil
		default:
			v.hello, err = parseHello(code, body)
			return v, err
		}
		if err != nil {
			return v, err
		}
	}
	return v, violation("too many encryption requests")
}

// direct starts TLS when that is what the client's first byte says (manual chapter 55.2.11). Such a client must
// have asked for the protocol by name, or another protocol's traffic could be turned at this one.
func (v *visitor) direct(ctx context.Context, certificates *tls.Config) error {
	var first [1]byte
	if _, err := io.ReadFull(v.conn, first[:]); err != nil {
		return err
	}
	v.conn = &putBack{Conn: v.conn, first: first[:]}
	if first[0] != recordHandshake {
		return nil
	}
	if certificates == nil {
		return errors.New("a TLS client came to a listener without TLS")
	}
	conn, err := handshake(ctx, v.conn, certificates)
	if err != nil {
		return err
	}
	if conn.ConnectionState().NegotiatedProtocol != alpn {
		return errors.New("a direct TLS client did not offer the protocol " + alpn)
	}
	v.conn, v.secure = conn, true
	return nil
}

func (v *visitor) upgrade(ctx context.Context, certificates *tls.Config) error {
	if v.secure {
		return violation("SSLRequest inside TLS")
	}
	if certificates == nil {
		_, err := v.conn.Write([]byte{'N'})
		return err
	}
	if _, err := v.conn.Write([]byte{'S'}); err != nil {
		return err
	}
	// Nothing has been read ahead: what a man in the middle put behind the request reaches TLS, which refuses it.
	conn, err := handshake(ctx, v.conn, certificates)
	if err != nil {
		return err
	}
	v.conn, v.secure = conn, true
	return nil
}

func handshake(ctx context.Context, conn net.Conn, certificates *tls.Config) (*tls.Conn, error) {
	cfg := certificates.Clone()
	cfg.NextProtos = []string{alpn}
	if cfg.MinVersion == 0 {
		cfg.MinVersion = tls.VersionTLS12
	}
	c := tls.Server(conn, cfg)
	return c, c.HandshakeContext(ctx)
}

// putBack is a connection whose first byte has been looked at.
type putBack struct {
	net.Conn
	first []byte
}

func (p *putBack) Read(b []byte) (int, error) {
	if len(p.first) == 0 || len(b) == 0 {
		return p.Conn.Read(b)
	}
	n := copy(b, p.first)
	p.first = p.first[n:]
	return n, nil
}
