package postgres

import (
	"encoding/binary"
	"fmt"
	"io"
)

const (
	// headerSize is a message's type byte and its length.
	headerSize = 5
	// bufferSize is what one direction of a session holds for reading when no message needs more.
	bufferSize = 32 << 10
)

// frame is one message as it stands in the read buffer; it is valid until the next fill.
type frame struct {
	kind byte
	// size is the whole message's, data is the message or, for a partial frame, its beginning.
	size int
	data []byte
}

func (f frame) whole() bool  { return len(f.data) == f.size }
func (f frame) body() []byte { return f.data[headerSize:] }

// walker takes messages out of a byte stream without copying them. Its buffer is reused: a message that is larger
// is either collected, which grows the buffer for as long as it is needed, or streamed.
type walker struct {
	src io.Reader
	// patience, when src has it, is where to wait without holding a buffer.
	patience patience
	// limit gives the greatest length of a message's body by its type, negative for a type that may not come.
	limit func(kind byte) int
	spare *buffers
	held  *buffer
	buf   []byte
	r, w  int
	// quiet is set when the last read left room, so that the next one is likely to wait.
	quiet bool
	// want is the size of a message that is being collected.
	want int
}

// patience is a source that can be waited for apart from reading it.
type patience interface{ Wait() error }

// newWalker gives a walker whose buffers are spare's.
func newWalker(src io.Reader, limit func(byte) int, spare *buffers) *walker {
	k := &walker{limit: limit, spare: spare, quiet: true}
	k.from(src)
	return k
}

// from makes the walker go on with another source.
func (k *walker) from(src io.Reader) {
	k.src = src
	k.patience, _ = src.(patience)
}

// next gives the next message, or false when more must be read. A message that does not fit the buffer comes as a
// partial frame, to be followed by collect, stream or skip.
func (k *walker) next() (frame, bool, error) {
	have := k.buf[k.r:k.w]
	if len(have) < headerSize {
		return frame{}, false, nil
	}
	size, err := k.sizeOf(have)
	if err != nil {
		return frame{}, false, err
	}
	if len(have) >= size {
		k.r += size
		k.want = 0
		return frame{kind: have[0], size: size, data: have[:size]}, true, nil
	}
	if size <= bufferSize || k.want == size || len(have) < max(bufferSize, len(k.buf)) {
		return frame{}, false, nil
	}
	return frame{kind: have[0], size: size, data: have}, true, nil
}

func (k *walker) sizeOf(head []byte) (int, error) {
	n := int64(binary.BigEndian.Uint32(head[1:headerSize]))
	limit := k.limit(head[0])
	if limit < 0 {
		return 0, violation("message type %q may not come here", head[0])
	}
	if n < 4 || n-4 > int64(limit) {
		return 0, violation("a message of type %q has length %d; at most %d is possible", head[0], n, limit+4)
	}
	return int(n) + 1, nil
}

// collect has a partial frame read on until next gives it whole. The caller bounds the size.
func (k *walker) collect(f frame) {
	k.want = f.size
	k.grow()
}

// grow makes more room for the message that is being collected: as much again as has come of it, so that who only says
// that a message is long does not have the memory for it.
func (k *walker) grow() {
	have := k.buf[k.r:k.w]
	grown := make([]byte, min(k.want, 2*len(have)+bufferSize))
	k.w = copy(grown, have)
	k.r = 0
	k.giveBack()
	k.buf = grown
}

// fill reads more. It moves what next has not yet given to the front, so frames given before are gone.
func (k *walker) fill() error {
	if k.r > 0 || k.r == k.w {
		k.w = copy(k.buf, k.buf[k.r:k.w])
		k.r = 0
	}
	if k.w == 0 && (k.quiet || len(k.buf) > bufferSize) {
		k.giveBack()
	}
	if k.patience != nil {
		if err := k.patience.Wait(); err != nil {
			return err
		}
	}
	k.makeRoom()
	for tries := 0; tries < 100; tries++ {
		n, err := k.src.Read(k.buf[k.w:])
		k.w += n
		if n > 0 {
			k.quiet = k.w < len(k.buf)
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// idleSize is what a source that can only be waited for by reading is read into when it has been quiet.
const idleSize = 1 << 10

func (k *walker) makeRoom() {
	switch {
	case k.want > len(k.buf) && k.w == len(k.buf):
		k.grow()
	case k.buf == nil && k.quiet && k.patience == nil:
		k.buf = make([]byte, idleSize)
	case len(k.buf) < bufferSize && k.w == len(k.buf):
		k.held = k.spare.take()
		room := k.held.b[:bufferSize]
		copy(room, k.buf)
		k.buf = room
	}
}

// giveBack gives up the buffer.
func (k *walker) giveBack() {
	if k.held != nil {
		k.spare.give(k.held)
	}
	k.held, k.buf = nil, nil
}

// stream gives a partial frame's bytes to sink in pieces, in order, and leaves the walker behind the frame.
func (k *walker) stream(f frame, sink func([]byte) error) error {
	left := f.size - len(f.data)
	k.r, k.w = 0, 0
	if err := sink(f.data); err != nil {
		return err
	}
	for left > 0 {
		n, err := k.src.Read(k.buf[:min(left, len(k.buf))])
		if n > 0 {
			left -= n
			if err := sink(k.buf[:n]); err != nil {
				return err
			}
		}
		if err != nil {
			return fmt.Errorf("in a message of %d bytes: %w", f.size, err)
		}
	}
	return nil
}

// skip reads over the rest of a partial frame.
func (k *walker) skip(f frame) error {
	return k.stream(f, func([]byte) error { return nil })
}

// The greatest bodies: PostgreSQL itself allows a message of up to 1 GiB.
const (
	maxMessage = 1<<30 - 1
	maxSmall   = 1 << 20
)

// clientLimit bounds what a client may send once it is in. Bind and CopyData carry values, so they may be as large
// as PostgreSQL allows; Query and Parse are bounded by the caller, which knows the configured limit.
func clientLimit(kind byte) int {
	switch kind {
	case 'Q', 'P', 'B', 'd', 'F':
		return maxMessage
	case 'D', 'E', 'C', 'f':
		return maxSmall
	case 'S', 'H', 'X', 'c':
		return 0
	default:
		return -1
	}
}

// serverLimit bounds what a database may send after start-up.
func serverLimit(kind byte) int {
	switch kind {
	case 'D', 'd', 'E', 'N', 'A', 'S':
		return maxMessage
	case 'T', 't':
		return 16 << 20
	case 'C', 'G', 'H':
		return maxSmall
	case 'Z':
		return 1
	case '1', '2', '3', 'I', 'n', 's', 'c':
		return 0
	default:
		return -1
	}
}
