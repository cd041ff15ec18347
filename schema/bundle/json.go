package bundle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"unicode/utf8"
)

// canonical writes v as JSON in its one form. The structs of this package list their fields sorted by key.
func canonical(v any) ([]byte, error) {
	if err := validText(reflect.ValueOf(v)); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// strict reads one JSON value without unknown fields and without anything after it.
func strict(text []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if dec.InputOffset() != int64(len(text)) {
		return fmt.Errorf("something follows at byte %d", dec.InputOffset())
	}
	return nil
}

// validText refuses strings that JSON cannot carry unchanged.
func validText(v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		if !utf8.ValidString(v.String()) {
			return fmt.Errorf("%q is not valid UTF-8", v.String())
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return validText(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if err := validText(v.Field(i)); err != nil {
				return err
			}
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return nil
		}
		for i := range v.Len() {
			if err := validText(v.Index(i)); err != nil {
				return err
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if err := validText(it.Key()); err != nil {
				return err
			}
			if err := validText(it.Value()); err != nil {
				return err
			}
		}
	}
	return nil
}
