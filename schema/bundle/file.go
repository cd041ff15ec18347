package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// magic begins every file. As in PNG, its bytes show a transfer that changed line ends or dropped the eighth bit.
const magic = "\x89GWB\r\n\x1a\n"

// parts are the stretches of one file, not yet trusted beyond their digests.
type parts struct {
	headerText []byte
	header     *Header
	sections   map[string][]byte
	signatures []byte
}

// join writes a file.
func join(header []byte, sections [][]byte, signatures []byte) []byte {
	var out bytes.Buffer
	out.WriteString(magic)
	out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(header))))
	out.Write(header)
	for _, s := range sections {
		out.Write(s)
	}
	out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(signatures))))
	out.Write(signatures)
	seal := sha256.Sum256(out.Bytes())
	out.Write(seal[:])
	return out.Bytes()
}

// split takes a file apart and checks the seal and every section's digest. Nothing is copied.
func split(data []byte) (*parts, error) {
	if len(data) > MaxBytes {
		return nil, refuse("split the policy into several", "the bundle has %d bytes, and at most %d are allowed", len(data), MaxBytes)
	}
	rest, ok := bytes.CutPrefix(data, []byte(magic))
	if !ok {
		return nil, refuse("name a file that gatewright compile wrote", "the file is not a Gatewright bundle")
	}
	p := &parts{sections: map[string][]byte{}}
	var err error
	if p.headerText, rest, err = counted("header", rest, MaxHeaderBytes); err != nil {
		return nil, err
	}
	if p.header, err = parseHeader(p.headerText); err != nil {
		return nil, err
	}
	if err := sealed(data); err != nil {
		return nil, err
	}
	for _, s := range p.header.Sections {
		if s.Size > len(rest) {
			return nil, damaged("section %q ends after the file", s.Name)
		}
		p.sections[s.Name], rest = rest[:s.Size], rest[s.Size:]
		if sum := sha256.Sum256(p.sections[s.Name]); hex.EncodeToString(sum[:]) != s.SHA256 {
			return nil, damaged("section %q is not what the header says", s.Name)
		}
	}
	if p.signatures, rest, err = counted("signature block", rest, MaxSignatureBytes); err != nil {
		return nil, err
	}
	if len(rest) != sha256.Size {
		return nil, damaged("%d bytes follow the signature block, and a seal has %d", len(rest), sha256.Size)
	}
	return p, nil
}

// counted cuts a stretch with its length in front.
func counted(what string, data []byte, most int) (part, rest []byte, err error) {
	if len(data) < 4 {
		return nil, nil, damaged("it ends before its %s", what)
	}
	size := int64(binary.BigEndian.Uint32(data))
	data = data[4:]
	switch {
	case size > int64(most):
		return nil, nil, damaged("its %s claims %d bytes, and at most %d are allowed", what, size, most)
	case size > int64(len(data)):
		return nil, nil, damaged("its %s ends after the file", what)
	}
	return data[:size], data[size:], nil
}

func sealed(data []byte) error {
	if len(data) < sha256.Size {
		return damaged("it ends before its seal")
	}
	body := data[:len(data)-sha256.Size]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], data[len(body):]) {
		return damaged("its bytes do not match its seal")
	}
	return nil
}
