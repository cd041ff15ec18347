package postgres_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// peer is a scripted client that speaks raw messages.
type peer struct {
	t    *testing.T
	conn net.Conn
}

func (g *gateway) dial(t *testing.T) *peer {
	t.Helper()
	conn, err := net.Dial("tcp", g.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	return &peer{t, conn}
}

// enter goes through start-up as a client of the test's policy.
func (g *gateway) enter(t *testing.T, client string) *peer {
	t.Helper()
	p := g.dial(t)
	p.send(startup(version30, "user", "anyone", "database", "db"))
	p.until('R')
	p.send(message('p', token(t, client)+"\x00"))
	if got := p.until('Z'); strings.Contains(got, "E(") {
		t.Fatalf("start-up answered %s\n%s", got, g.stderr)
	}
	return p
}

func startup(version uint32, pairs ...string) []byte {
	body := binary.BigEndian.AppendUint32(nil, version)
	body = append(body, hello(pairs...)...)
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body)+4)), body...)
}

func request(code uint32, rest ...byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(8+len(rest)))
	return append(binary.BigEndian.AppendUint32(out, code), rest...)
}

func (p *peer) send(data ...[]byte) {
	p.t.Helper()
	var all []byte
	for _, d := range data {
		all = append(all, d...)
	}
	if _, err := p.conn.Write(all); err != nil {
		p.t.Fatal(err)
	}
}

// read gives the next message; type 0 is the end of the connection.
func (p *peer) read() (byte, []byte) {
	p.t.Helper()
	var head [5]byte
	if _, err := io.ReadFull(p.conn, head[:]); err != nil {
		if ne, ok := err.(net.Error); ok && ne.Timeout() {
			p.t.Fatal("no answer came")
		}
		return 0, nil
	}
	body := make([]byte, binary.BigEndian.Uint32(head[1:])-4)
	if _, err := io.ReadFull(p.conn, body); err != nil {
		return 0, nil
	}
	return head[0], body
}

// until reads up to a message of a type, and writes all that came in short: types in order, an error's or notice's
// SQLSTATE, a row's values, a ready's status, a command's tag. "end" is the end of the connection.
func (p *peer) until(kind byte) string {
	p.t.Helper()
	var words []string
	for {
		k, body := p.read()
		switch k {
		case 0:
			return strings.Join(append(words, "end"), " ")
		case 'E', 'N':
			words = append(words, fmt.Sprintf("%c(%s)", k, errorField(body, 'C')))
		case 'Z':
			words = append(words, "Z"+string(body))
		case 'C':
			words = append(words, "C("+strings.TrimRight(string(body), "\x00")+")")
		case 'D':
			words = append(words, "D("+rowText(body)+")")
		case 'S', 'K':
		default:
			words = append(words, string(k))
		}
		if k == kind {
			return strings.Join(words, " ")
		}
	}
}

func errorField(body []byte, field byte) string {
	for len(body) > 0 && body[0] != 0 {
		end := strings.IndexByte(string(body[1:]), 0)
		if body[0] == field {
			return string(body[1 : 1+end])
		}
		body = body[end+2:]
	}
	return ""
}

func rowText(body []byte) string {
	var cells []string
	for b := body[2:]; len(b) > 0; {
		n := int32(binary.BigEndian.Uint32(b))
		b = b[4:]
		if n < 0 {
			cells = append(cells, "NULL")
			continue
		}
		cells = append(cells, string(b[:n]))
		b = b[n:]
	}
	return strings.Join(cells, ",")
}

func q(text string) []byte           { return message('Q', text+"\x00") }
func parse(name, text string) []byte { return message('P', name+"\x00"+text+"\x00\x00\x00") }
func bind(portal, stmt string) []byte {
	return message('B', portal+"\x00"+stmt+"\x00\x00\x00\x00\x00\x00\x00")
}
func bindValue(portal, stmt, value string) []byte {
	return message('B', portal+"\x00"+stmt+"\x00\x00\x00\x00\x01\x00\x00\x00"+string(rune(len(value)))+value+"\x00\x00")
}
func describe(what, name string) []byte {
	return message('D', what+name+"\x00")
}
func execute(portal string, rows byte) []byte {
	return message('E', portal+"\x00\x00\x00\x00"+string(rows))
}
func closing(what, name string) []byte { return message('C', what+name+"\x00") }

var (
	syncing  = message('S', "")
	flushing = message('H', "")
)

// run is Parse, Bind and Execute of one text without names.
func run(text string) []byte {
	return append(append(parse("", text), bind("", "")...), execute("", 0)...)
}
