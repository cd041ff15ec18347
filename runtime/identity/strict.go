package identity

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Bounds of a header and of claims.
const (
	maxDepth  = 16
	maxValues = 2048
)

// parseObject reads a JSON object as encoding/json does into a map, and refuses what different readers read
// differently: a name that stands twice in one object, text that is not UTF-8, anything after the object.
func parseObject(data []byte) (map[string]any, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("not UTF-8")
	}
	p := parser{dec: json.NewDecoder(bytes.NewReader(data)), left: maxValues}
	v, err := p.value(maxDepth)
	if err != nil {
		return nil, err
	}
	if _, err := p.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON object")
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("not a JSON object")
	}
	return object, nil
}

type parser struct {
	dec *json.Decoder
	// left is the number of values that may still come.
	left int
}

// value reads one value, nested at most depth deep.
func (p *parser) value(depth int) (any, error) {
	if p.left--; p.left < 0 {
		return nil, fmt.Errorf("more than %d values", maxValues)
	}
	token, err := p.dec.Token()
	if err != nil {
		return nil, errors.New("not JSON")
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return token, nil
	}
	if depth == 0 {
		return nil, fmt.Errorf("nested more than %d deep", maxDepth)
	}
	if delim == '{' {
		return p.object(depth - 1)
	}
	return p.list(depth - 1)
}

func (p *parser) object(depth int) (any, error) {
	object := map[string]any{}
	for p.dec.More() {
		token, err := p.dec.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return nil, errors.New("not JSON")
		}
		if _, twice := object[name]; twice {
			return nil, fmt.Errorf("%s stands twice", quote(name))
		}
		if object[name], err = p.value(depth); err != nil {
			return nil, err
		}
	}
	return object, p.close()
}

func (p *parser) list(depth int) (any, error) {
	list := []any{}
	for p.dec.More() {
		v, err := p.value(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, p.close()
}

func (p *parser) close() error {
	if _, err := p.dec.Token(); err != nil {
		return errors.New("not JSON")
	}
	return nil
}
