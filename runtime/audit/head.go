package audit

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// Head says how far a log has come: the number and hash of its last line. The zero value is that of an empty log.
type Head struct {
	Seq  uint64
	Hash Hash
}

// HeadPath gives the path of a log's head file.
func HeadPath(logPath string) string { return logPath + ".head" }

const (
	headMagic = "gatewright-audit-head 1 "
	seqSize   = 20
	headSize  = len(headMagic) + seqSize + 1 + hexSize + 1
)

// appendHead writes the head file's content, of one length always, so that one write in place replaces it.
func appendHead(dst []byte, h Head) []byte {
	dst = append(dst, headMagic...)
	start := len(dst)
	dst = append(dst, "00000000000000000000"...)
	var digits [seqSize]byte
	text := strconv.AppendUint(digits[:0], h.Seq, 10)
	copy(dst[start+seqSize-len(text):], text)
	dst = append(dst, ' ')
	dst = h.Hash.appendHex(dst)
	return append(dst, '\n')
}

// ParseHead reads a head file's content.
func ParseHead(data []byte) (Head, error) {
	fail := func(what string) (Head, error) {
		return Head{}, fmt.Errorf("this is no head of an audit log: %s", what)
	}
	if len(data) != headSize {
		return fail(fmt.Sprintf("it has %d bytes, a head has %d", len(data), headSize))
	}
	rest, ok := bytes.CutPrefix(data, []byte(headMagic))
	if !ok {
		return fail(fmt.Sprintf("it does not begin with %q", headMagic))
	}
	seq, err := strconv.ParseUint(string(rest[:seqSize]), 10, 64)
	if err != nil || rest[0] == '+' || rest[seqSize] != ' ' || rest[len(rest)-1] != '\n' {
		return fail("its sequence number is not of 20 digits")
	}
	hash, ok := parseHash(rest[seqSize+1 : seqSize+1+hexSize])
	if !ok {
		return fail("its hash is not of 64 hex digits")
	}
	return Head{Seq: seq, Hash: hash}, nil
}

// ReadHead reads a head file.
func ReadHead(path string) (Head, error) {
	f, err := os.Open(path)
	if err != nil {
		return Head{}, fmt.Errorf("read the head of the audit log: %w", err)
	}
	defer f.Close()
	return readHead(f)
}

func readHead(f *os.File) (Head, error) {
	data := make([]byte, headSize+1)
	n, err := f.ReadAt(data, 0)
	if n == 0 && err != nil {
		return Head{}, fmt.Errorf("read the head of the audit log: %w", err)
	}
	h, err := ParseHead(data[:n])
	if err != nil {
		return Head{}, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return h, nil
}
