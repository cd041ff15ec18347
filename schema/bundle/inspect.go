package bundle

// Info is what a file says of itself, for people. Only Decode with keys says whether to believe it.
type Info struct {
	// ID is the content id.
	ID     string `json:"id"`
	Header Header `json:"header"`
	// Signers are the ids of the keys whose signatures hold, in the order of the file.
	Signers []string `json:"signers"`
	// Bytes is the size of the whole file.
	Bytes int `json:"bytes"`
}

// Inspect reads header, digests and signatures, without keys and without asking for a vocabulary or a serial. The
// error is a *Refused.
func Inspect(data []byte) (*Info, error) {
	p, err := split(data)
	if err != nil {
		return nil, err
	}
	info := &Info{ID: contentID(p.headerText), Header: *p.header, Signers: []string{}, Bytes: len(data)}
	signatures, err := parseSignatures(info.ID, p.signatures)
	if err != nil {
		return nil, err
	}
	for _, s := range signatures {
		info.Signers = append(info.Signers, KeyID(s.Key))
	}
	return info, nil
}
