package postgres

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
)

// Request codes of messages that stand before start-up (manual chapter 55.7).
const (
	codeSSLRequest    = 80877103
	codeGSSENCRequest = 80877104
	codeCancelRequest = 80877102
)

const (
	version30 = 3 << 16
	version32 = 3<<16 | 2
	// maxStartup is PostgreSQL's own bound on a start-up packet.
	maxStartup = 10000
	// maxToken bounds a password message.
	maxToken = 65535
)

// hello is a client's StartupMessage.
type hello struct {
	version uint32
	// unknown are the protocol options (_pq_.*) that the client asked for; the gateway knows none.
	unknown    []string
	parameters map[string]string
}

// startupPacket reads one packet without a type byte: its request code and what follows.
func startupPacket(r io.Reader) (uint32, []byte, error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n < 8 || n > maxStartup {
		return 0, nil, violation("a start-up packet has length %d; 8 to %d is possible", n, maxStartup)
	}
	rest := make([]byte, n-8)
	if _, err := io.ReadFull(r, rest); err != nil {
		return 0, nil, err
	}
	return binary.BigEndian.Uint32(head[4:]), rest, nil
}

// parseHello reads the body of a StartupMessage.
func parseHello(version uint32, body []byte) (*hello, error) {
	if version>>16 != 3 {
		return nil, newFault(codeNotSupported, "use a client of PostgreSQL 7.4 or later",
			"protocol %d.%d is not supported; the gateway speaks 3.0 to 3.2", version>>16, version&0xffff)
	}
	h := &hello{version: version, parameters: map[string]string{}}
	for len(body) > 1 {
		name, rest, ok1 := cString(body)
		value, rest, ok2 := cString(rest)
		if !ok1 || !ok2 || name == "" {
			return nil, violation("the start-up packet is malformed")
		}
		if strings.HasPrefix(name, "_pq_.") {
			h.unknown = append(h.unknown, name)
		} else {
			h.parameters[name] = value
		}
		body = rest
	}
	if len(body) != 1 || body[0] != 0 {
		return nil, violation("the start-up packet does not end where it should")
	}
	return h, nil
}

// cString takes a NUL-terminated string off the front.
func cString(b []byte) (text string, rest []byte, ok bool) {
	end := bytes.IndexByte(b, 0)
	if end < 0 {
		return "", nil, false
	}
	return string(b[:end]), b[end+1:], true
}

// negotiation is the NegotiateProtocolVersion that the client needs, nil when it needs none.
func (h *hello) negotiation() []byte {
	if h.version <= version32 && len(h.unknown) == 0 {
		return nil
	}
	msg := begin(nil, 'v')
	msg = binary.BigEndian.AppendUint32(msg, min(h.version, version32))
	msg = binary.BigEndian.AppendUint32(msg, uint32(len(h.unknown)))
	for _, name := range h.unknown {
		msg = append(append(msg, name...), 0)
	}
	return finish(msg, 0)
}

// password reads the client's PasswordMessage: its token.
func password(r io.Reader) (string, error) {
	var head [headerSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return "", err
	}
	n := binary.BigEndian.Uint32(head[1:])
	if head[0] != 'p' || n < 5 || n > maxToken {
		return "", violation("expected a password message of at most %d bytes", maxToken)
	}
	body := make([]byte, n-4)
	if _, err := io.ReadFull(r, body); err != nil {
		return "", err
	}
	text, rest, ok := cString(body)
	if !ok || len(rest) != 0 {
		return "", violation("the password message is malformed")
	}
	return text, nil
}

// addressOf is a peer's IP address without a port.
func addressOf(conn net.Conn) string {
	if a, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		return a.IP.String()
	}
	return fmt.Sprint(conn.RemoteAddr())
}

func isLoopback(conn net.Conn) bool {
	local, ok1 := conn.LocalAddr().(*net.TCPAddr)
	remote, ok2 := conn.RemoteAddr().(*net.TCPAddr)
	return ok1 && ok2 && local.IP.IsLoopback() && remote.IP.IsLoopback()
}
