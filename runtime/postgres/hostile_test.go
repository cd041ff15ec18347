package postgres_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatewright/gatewright/runtime/postgres"
	"github.com/gatewright/gatewright/runtime/sqlfacts"
	"github.com/gatewright/gatewright/schema"
)

// secretPAN is the masked value that a hostile database tries to bring to the client.
const secretPAN = "4012888888881881"

// cardsOID is the table that the masked column is of.
func cardsOID(t testing.TB) uint32 {
	t.Helper()
	out, err := database.PSQL(t.Context(), "postgres", "SELECT 'public.cards'::regclass::oid")
	if err != nil {
		t.Fatal(err)
	}
	oid, err := strconv.ParseUint(strings.TrimSpace(out), 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(oid)
}

// play makes of bytes what a hostile database sends: messages of every type with the masked value wherever a value of the
// database may be, in any order, with counts and lengths that need not be right.
func play(script []byte, oid uint32) []byte {
	var out []byte
	next := func() byte {
		if len(script) == 0 {
			return 0
		}
		b := script[0]
		script = script[1:]
		return b
	}
	for len(script) > 0 {
		op, arg := next(), next()
		switch op % 16 {
		case 0:
			out = append(out, described(oid, int(arg%4), int16(arg>>4))...)
		case 1:
			out = append(out, described(uint32(arg)<<10, int(arg%4), int16(arg>>4))...)
		case 2, 3:
			out = append(out, message('D', rowOf(int(arg%4), int32(len(secretPAN))))...)
		case 4:
			out = append(out, message('D', rowOf(int(arg%4), int32(int8(next()))<<(arg>>3)))...)
		case 5:
			out = append(out, message('C', "SELECT 1\x00")...)
		case 6:
			out = append(out, message('Z', string("ITEX"[arg%4]))...)
		case 7:
			out = append(out, message('E', "SERROR\x00VERROR\x00C22P02\x00M"+secretPAN+"\x00D"+secretPAN+"\x00\x00")...)
		case 8:
			out = append(out, message('N', "SNOTICE\x00VNOTICE\x00C01000\x00M"+secretPAN+"\x00H"+secretPAN+"\x00\x00")...)
		case 9:
			out = append(out, message('A', "\x00\x00\x00\x01c\x00"+secretPAN+"\x00")...)
		case 10:
			out = append(out, message('S', "application_name\x00"+secretPAN+"\x00")...)
		case 11:
			out = append(out, message('d', secretPAN+"\n")...)
		case 12:
			out = append(out, message("123nsIc"[arg%7], "")...)
		case 13:
			out = append(out, message("GHt"[arg%3], "\x00\x00\x00")...)
		case 14: // a length that is not the message's
			out = binary.BigEndian.AppendUint32(append(out, "DdETNSC"[arg%7]), uint32(int32(int8(next()))<<(arg>>4)))
		default:
			n := min(int(arg), len(script))
			out = append(out, script[:n]...)
			script = script[n:]
		}
	}
	return out
}

// described is a RowDescription of n columns of a table, the first of them the attribute given.
func described(table uint32, n int, attribute int16) []byte {
	body := binary.BigEndian.AppendUint16(nil, uint16(n))
	for i := range n {
		body = append(body, "c\x00"...)
		body = binary.BigEndian.AppendUint32(body, table)
		body = binary.BigEndian.AppendUint16(body, uint16(attribute)+uint16(i))
		body = binary.BigEndian.AppendUint32(body, 25)
		body = append(body, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0)
	}
	return message('T', string(body))
}

// rowOf is the body of a row whose values are all the masked one, with lengths as said.
func rowOf(n int, length int32) string {
	body := binary.BigEndian.AppendUint16(nil, uint16(n))
	for range n {
		body = append(binary.BigEndian.AppendUint32(body, uint32(length)), secretPAN...)
	}
	return string(body)
}

// enemy is a database that answers the first statement of a client with a script, and then says nothing more.
type enemy struct {
	address string
	script  atomic.Pointer[[]byte]
}

func newEnemy(t testing.TB) *enemy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	catalog, err := database.PSQL(t.Context(), "postgres", "SET search_path = pg_catalog; "+sqlfacts.CatalogQuery())
	if err != nil {
		t.Fatal(err)
	}
	e := &enemy{address: l.Addr().String()}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go e.serve(conn.(*net.TCPConn), strings.TrimSuffix(catalog, "\n"))
		}
	}()
	return e
}

func (e *enemy) serve(conn *net.TCPConn, catalog string) {
	defer conn.Close()
	var head [4]byte
	if _, err := io.ReadFull(conn, head[:]); err != nil {
		return
	}
	_, _ = io.ReadFull(conn, make([]byte, binary.BigEndian.Uint32(head[:])-4))
	_, _ = conn.Write(append(message('R', "\x00\x00\x00\x00"), message('Z', "I")...))
	for {
		var head [5]byte
		if _, err := io.ReadFull(conn, head[:]); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(head[1:])-4)
		if _, err := io.ReadFull(conn, body); err != nil {
			return
		}
		value := `{"path":["pg_catalog","public"],"encoding":"UTF8","strings":"on"}`
		switch text := string(body); {
		case strings.Contains(text, "current_schemas"):
		case head[0] == 'Q' && strings.Contains(text, "json_build_object"):
			value = catalog
		default:
			_, _ = conn.Write(*e.script.Load())
			_ = conn.CloseWrite()
			_, _ = io.Copy(io.Discard, conn)
			return
		}
		row := binary.BigEndian.AppendUint32([]byte{0, 1}, uint32(len(value)))
		_, _ = conn.Write(append(append(message('D', string(row)+value), message('C', "SELECT 1\x00")...), message('Z', "I")...))
	}
}

func (e *enemy) upstream() *postgres.Upstream {
	return &postgres.Upstream{Address: e.address, Database: "x", User: "x", Password: schema.NewSecret("x")}
}

// ways are how a client may ask for a masked column.
var ways = [][]byte{
	q("SELECT pan FROM cards"),
	append(run("SELECT pan FROM cards"), syncing...),
	append(append(append(parse("", "SELECT pan FROM cards"), bind("", "")...), append(describe("P", ""), execute("", 1)...)...), append(execute("", 0), syncing...)...),
	append(append(parse("s", "SELECT pan FROM cards"), describe("S", "s")...), append(append(bind("", "s"), execute("", 0)...), syncing...)...),
	append(q("SELECT 1; SELECT pan FROM cards"), q("SELECT lower(pan) FROM cards")...),
	q("COPY (SELECT id, status FROM orders) TO STDOUT"),
}

// face has an analyst ask a hostile database in one of the ways, and gives all that comes of it.
func (g *gateway) face(t *testing.T, e *enemy, way int, script []byte) []byte {
	t.Helper()
	e.script.Store(&script)
	p := g.enter(t, "analyst")
	p.send(ways[way%len(ways)])
	got, err := io.ReadAll(p.conn)
	if ne, ok := err.(net.Error); ok && ne.Timeout() {
		t.Fatal("the session did not end with its database")
	}
	_ = p.conn.Close()
	return got
}

// scripts are databases that lie in ways that were thought of.
func scripts(oid uint32) map[string][]byte {
	honest := described(oid, 1, 2)
	row := message('D', rowOf(1, int32(len(secretPAN))))
	wide := message('D', rowOf(2, int32(len(secretPAN))))
	accepted := append(message('1', ""), message('2', "")...)
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	return map[string][]byte{
		"no description":           join(row, row),
		"another table":            join(described(1255, 1, 1), row),
		"no table":                 join(described(0, 1, 0), row),
		"one column more":          join(described(oid, 2, 2), wide),
		"a row that is wider":      join(honest, wide),
		"a row without columns":    join(honest, message('D', "\x00\x00"), row),
		"a second description":     join(honest, row, described(0, 1, 0), row, described(0, 2, 0), wide),
		"accepted, no description": join(accepted, row),
		"accepted, none to come":   join(accepted, message('n', ""), row),
		"accepted, then another":   join(accepted, honest, row, described(0, 1, 0), row),
		"a copy instead":           join(message('H', "\x00\x00\x00"), message('d', secretPAN)),
		"copied where it may":      join(message('H', "\x00\x00\x00"), message('d', "1\tnew\n"), message('D', rowOf(1, 16))),
		"rows after the end":       join(honest, row, message('C', "SELECT 1\x00"), row, message('Z', "I"), row),
		"more than none":           join(message('T', "\x00\x00"), row, message('C', "SELECT 1\x00"), message('Z', "I")),
		"negative counts":          join(message('T', "\xff\xff"), message('D', "\xff\xff"), row),
		"endless cell":             join(honest, message('D', "\x00\x01\x7f\xff\xff\xff"+secretPAN)),
		"negative cell":            join(honest, message('D', "\x00\x01\xff\xff\xff\xfe"+secretPAN)),
		"errors upon errors":       bytes.Repeat(message('E', "SERROR\x00C22P02\x00M"+secretPAN+"\x00\x00"), 50),
		"error without an end":     message('E', "SERROR\x00C22P02\x00M"+secretPAN),
		"notices":                  bytes.Repeat(message('N', "SNOTICE\x00C01000\x00M"+secretPAN+"\x00\x00"), 50),
		"notices without fields":   message('N', ""),
		"settings":                 bytes.Repeat(message('S', "application_name\x00"+secretPAN+"\x00"), 50),
		"ready upon ready":         bytes.Repeat(message('Z', "I"), 50),
		"ready with something":     message('Z', "X"),
		"notified":                 message('A', "\x00\x00\x00\x01c\x00"+secretPAN+"\x00"),
		"notified of nothing":      message('A', ""),
	}
}

func TestHostileRows(t *testing.T) {
	e := newEnemy(t)
	g := start(t, func(c *postgres.Config) { c.Upstreams = map[string]*postgres.Upstream{"db": e.upstream()} })
	honest := append(append(described(cardsOID(t), 1, 2), message('D', rowOf(1, 16))...), append(message('C', "SELECT 1\x00"), message('Z', "I")...)...)
	if got := g.face(t, e, 0, honest); !bytes.Contains(got, []byte("************1881")) {
		t.Errorf("an honest database's client got %q", got)
	}
	for name, script := range scripts(cardsOID(t)) {
		t.Run(name, func(t *testing.T) {
			for way := range ways {
				if got := g.face(t, e, way, script); bytes.Contains(got, []byte(secretPAN)) {
					t.Errorf("way %d: the client got %q", way, got)
				}
			}
		})
	}
}

// TestRandomServers plays what no one has thought of, the same each time.
func TestRandomServers(t *testing.T) {
	e := newEnemy(t)
	g := start(t, func(c *postgres.Config) { c.Upstreams = map[string]*postgres.Upstream{"db": e.upstream()} })
	oid, random := cardsOID(t), rand.New(rand.NewPCG(4, 4))
	for i := range 300 {
		script := make([]byte, 2+random.IntN(40))
		for j := range script {
			script[j] = byte(random.Uint32())
		}
		if got := g.face(t, e, i, play(script, oid)); bytes.Contains(got, []byte(secretPAN)) {
			t.Fatalf("way %d, script %x: the client got %q", i%len(ways), script, got)
		}
	}
}

func FuzzHostileServer(f *testing.F) {
	e := newEnemy(f)
	g := start(f, func(c *postgres.Config) { c.Upstreams = map[string]*postgres.Upstream{"db": e.upstream()} })
	oid := cardsOID(f)
	for way := range ways {
		f.Add(byte(way), []byte{0, 0x21, 2, 1, 5, 0, 6, 0})
		f.Add(byte(way), []byte{12, 0, 12, 1, 1, 0x21, 2, 1, 5, 0, 6, 0})
		f.Add(byte(way), []byte{8, 0, 7, 0, 10, 0, 9, 0, 6, 1})
	}
	f.Fuzz(func(t *testing.T, way byte, script []byte) {
		if len(script) > 200 {
			return
		}
		if got := g.face(t, e, int(way), play(script, oid)); bytes.Contains(got, []byte(secretPAN)) {
			t.Errorf("the client got %q", got)
		}
	})
}

// TestEndlessServers floods a client that does not read: what the gateway holds of it has a bound, whatever the kind.
func TestEndlessServers(t *testing.T) {
	for name, unit := range map[string][]byte{
		"notices":         message('N', "SNOTICE\x00C01000\x00M"+strings.Repeat("x", 1000)+"\x00\x00"),
		"settings":        message('S', "application_name\x00"+strings.Repeat("x", 1000)+"\x00"),
		"errors":          message('E', "SERROR\x00C22P02\x00M"+strings.Repeat("x", 1000)+"\x00\x00"),
		"rows":            message('D', rowOf(1, int32(len(secretPAN)))),
		"long notice":     append(binary.BigEndian.AppendUint32([]byte{'N'}, 60<<20), make([]byte, 1<<10)...),
		"long row":        append(binary.BigEndian.AppendUint32([]byte{'D'}, 60<<20), make([]byte, 1<<10)...),
		"long settings":   append(binary.BigEndian.AppendUint32([]byte{'S'}, 60<<20), make([]byte, 1<<10)...),
		"long notice too": append(binary.BigEndian.AppendUint32([]byte{'A'}, 60<<20), make([]byte, 1<<10)...),
	} {
		t.Run(name, func(t *testing.T) {
			long := strings.HasPrefix(name, "long")
			e := newEnemy(t)
			g := start(t, func(c *postgres.Config) {
				c.Upstreams = map[string]*postgres.Upstream{"db": e.upstream()}
				c.FarewellTimeout = time.Millisecond
			})
			script := described(cardsOID(t), 1, 2)
			if long {
				script = append(script, unit...)
			} else {
				script = append(script, bytes.Repeat(unit, (24<<20)/len(unit))...)
			}
			e.script.Store(&script)
			before := heap()
			var all []*peer
			for range 5 {
				p := g.enter(t, "analyst")
				p.send(q("SELECT pan FROM cards"))
				all = append(all, p)
			}
			for _, p := range all {
				if kind, _ := p.read(); kind == 0 {
					t.Error("nothing came")
				}
			}
			if grown := heap() - before; grown > 60<<20 { // of five times 24 MB sent, or 60 MB promised
				t.Errorf("five sessions hold %d MB", grown>>20)
			}
		})
	}
}
