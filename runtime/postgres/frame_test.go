package postgres_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/gatewright/gatewright/runtime/postgres"
)

func message(kind byte, body string) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(body)+4)), body...)
}

func TestWalk(t *testing.T) {
	large := string(bytes.Repeat([]byte("x"), 200_000))
	stream := bytes.Join([][]byte{
		message('D', "a"), message('Z', "I"), message('D', large), message('1', ""), message('T', large), message('d', "end"),
	}, nil)
	readers := map[string]io.Reader{
		"as it comes":     bytes.NewReader(stream),
		"byte by byte":    iotest.OneByteReader(bytes.NewReader(stream)),
		"half by half":    iotest.HalfReader(bytes.NewReader(stream)),
		"error with data": iotest.DataErrReader(bytes.NewReader(stream)),
	}
	for name, src := range readers {
		t.Run(name, func(t *testing.T) {
			var got []byte
			err := postgres.Walk(src, false, 250_000, func(_ byte, m []byte) { got = append(got, m...) })
			if !errors.Is(err, io.EOF) || !bytes.Equal(got, stream) {
				t.Errorf("walked %d of %d bytes: %v", len(got), len(stream), err)
			}
		})
	}
}

func TestWalkStreams(t *testing.T) {
	stream := append(message('D', string(bytes.Repeat([]byte("y"), 300_000))), message('Z', "I")...)
	var got []byte
	err := postgres.Walk(bytes.NewReader(stream), false, 1000, func(_ byte, m []byte) { got = append(got, m...) })
	if !errors.Is(err, io.EOF) || !bytes.Equal(got, stream) {
		t.Errorf("walked %d of %d bytes: %v", len(got), len(stream), err)
	}
}

func TestWalkRefuses(t *testing.T) {
	tests := map[string]struct {
		client bool
		bytes  []byte
	}{
		"length too small":           {true, []byte{'Q', 0, 0, 0, 3}},
		"length negative":            {true, []byte{'Q', 0xff, 0xff, 0xff, 0xff}},
		"length of over 1 GiB":       {true, []byte{'d', 0x40, 0, 0, 4}},
		"sync with a body":           {true, []byte{'S', 0, 0, 0, 5}},
		"large describe":             {true, []byte{'D', 0, 0x20, 0, 0}},
		"unknown type of the client": {true, []byte{'y', 0, 0, 0, 4}},
		"password after start-up":    {true, []byte{'p', 0, 0, 0, 4}},
		"server type by the client":  {true, []byte{'T', 0, 0, 0, 4}},
		"unknown type of the server": {false, []byte{'y', 0, 0, 0, 4}},
		"authentication again":       {false, []byte{'R', 0, 0, 0, 8}},
		"copy both":                  {false, []byte{'W', 0, 0, 0, 8}},
		"ready with a long body":     {false, []byte{'Z', 0, 0, 0, 6}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := postgres.Walk(bytes.NewReader(test.bytes), test.client, 1<<20, func(byte, []byte) { t.Error("a message was taken") })
			if err == nil || postgres.Code(err) != "08P01" {
				t.Errorf("got %v, want 08P01", err)
			}
		})
	}
}

func FuzzWalkClient(f *testing.F) { fuzzWalk(f, true) }
func FuzzWalkServer(f *testing.F) { fuzzWalk(f, false) }

// fuzzWalk checks that what is walked is a prefix of the stream, in order, with nothing added.
func fuzzWalk(f *testing.F, client bool) {
	f.Add([]byte{'S', 0, 0, 0, 4, 'Q', 0, 0, 0, 6, 'a', 0}, 10)
	f.Add(message('D', string(bytes.Repeat([]byte("z"), 70_000))), 100)
	f.Add([]byte{'d', 0, 0, 1, 0}, 1)
	f.Fuzz(func(t *testing.T, stream []byte, bound int) {
		var got []byte
		err := postgres.Walk(bytes.NewReader(stream), client, bound%(1<<20), func(_ byte, m []byte) { got = append(got, m...) })
		if err == nil || !bytes.HasPrefix(stream, got) {
			t.Fatalf("walked %q of %q: %v", got, stream, err)
		}
	})
}
