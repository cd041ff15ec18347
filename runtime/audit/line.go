package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// MaxLine bounds a line, its newline included.
const MaxLine = 1 << 20

// Hash is the SHA-256 of a line's bytes up to, not including, the comma before its own "hash".
type Hash [sha256.Size]byte

const hexSize = 2 * sha256.Size

// String gives 64 hex digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

func (h Hash) appendHex(dst []byte) []byte { return hex.AppendEncode(dst, h[:]) }

func parseHash(text []byte) (h Hash, ok bool) {
	if len(text) != hexSize {
		return h, false
	}
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return h, false
		}
	}
	_, err := hex.Decode(h[:], text)
	return h, err == nil
}

const (
	sealName = `,"hash":"`
	sealEnd  = `"}`
	sealSize = len(sealName) + hexSize + len(sealEnd)
)

// appendSeal closes the line that begins at start.
func appendSeal(dst []byte, start int) ([]byte, Hash) {
	h := Hash(sha256.Sum256(dst[start:]))
	dst = append(dst, sealName...)
	dst = h.appendHex(dst)
	dst = append(dst, sealEnd...)
	return append(dst, '\n'), h
}

// link is what the chain needs of a line. Hash is the one that the line states, and intact tells whether it is true.
type link struct {
	seq    uint64
	prev   Hash
	hash   Hash
	intact bool
}

// parseLink reads a line without its newline. It reports false when the line is none of this log's form at all.
func parseLink(line []byte) (l link, ok bool) {
	if len(line) < sealSize {
		return l, false
	}
	body, seal := line[:len(line)-sealSize], line[len(line)-sealSize:]
	if !bytes.HasPrefix(seal, []byte(sealName)) || !bytes.HasSuffix(seal, []byte(sealEnd)) {
		return l, false
	}
	if l.hash, ok = parseHash(seal[len(sealName) : len(sealName)+hexSize]); !ok {
		return l, false
	}
	rest, ok := bytes.CutPrefix(body, []byte(`{"seq":`))
	if !ok {
		return l, false
	}
	digits, rest, ok := bytes.Cut(rest, []byte(`,"prev":"`))
	if !ok || len(rest) < hexSize {
		return l, false
	}
	if l.seq, ok = parseSeq(digits); !ok {
		return l, false
	}
	if l.prev, ok = parseHash(rest[:hexSize]); !ok {
		return l, false
	}
	l.intact = Hash(sha256.Sum256(body)) == l.hash
	return l, true
}

// parseSeq takes the one form of a number: decimal, no sign, no leading zero.
func parseSeq(digits []byte) (uint64, bool) {
	if len(digits) == 0 || len(digits) > 20 || digits[0] == '0' || digits[0] == '+' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(digits), 10, 64)
	return n, err == nil
}
