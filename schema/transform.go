package schema

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Transform is what a mask does to a value. A greater one is stronger and wins where several apply.
type Transform uint8

// The order is by what is left to learn from masked values: ranges of numbers and times; characters; whether two values
// are the same, which a key can undo or cannot; whether there is a value at all; nothing.
const (
	// TransformNone leaves the value as it is.
	TransformNone Transform = iota
	// TransformBucket rounds a number or a date down to a multiple of its width.
	TransformBucket
	// TransformEmail keeps the first character and the domain: p****@example.com.
	TransformEmail
	// TransformLast4 keeps the last four characters, and nothing of a value of fewer than eight.
	TransformLast4
	// TransformFirst1 keeps the first character, and nothing of a value of fewer than four.
	TransformFirst1
	// TransformTokenize replaces each digit and letter by another one of its kind, the same way for the same value, so
	// that only the key leads back (NIST SP 800-38G, FF1).
	TransformTokenize
	// TransformHash replaces the value by a keyed hash of it (RFC 2104, HMAC-SHA-256), the same for the same value.
	TransformHash
	// TransformFixed replaces the value by a constant.
	TransformFixed
	// TransformRedact replaces the value by ****.
	TransformRedact
	// TransformNull replaces the value by NULL.
	TransformNull
)

// Transforms gives each transform's word in the language.
var Transforms = map[string]Transform{
	"bucket": TransformBucket, "email": TransformEmail, "last4": TransformLast4, "first1": TransformFirst1,
	"tokenize": TransformTokenize, "hash": TransformHash, "fixed": TransformFixed, "redact": TransformRedact, "null": TransformNull,
}

// String gives the transform's word in the language.
func (t Transform) String() string {
	for word, u := range Transforms {
		if t == u {
			return word
		}
	}
	return "none"
}

// The attributes of a mask that give a transform's argument.
const (
	TakesNothing = ""
	// TakesValue is the constant that stands for every value.
	TakesValue = "value"
	// TakesWidth is how much falls into one bucket; see ParseWidth.
	TakesWidth = "width"
	// TakesKey is the name of a key, which is kept where the gateway is configured.
	TakesKey = "key"
)

// Takes gives the attribute that the transform's argument stands in.
func (t Transform) Takes() string {
	switch t {
	case TransformFixed:
		return TakesValue
	case TransformBucket:
		return TakesWidth
	case TransformHash, TransformTokenize:
		return TakesKey
	default:
		return TakesNothing
	}
}

// Bounds of arguments, in bytes.
const (
	MaxFixedValue = 256
	MaxKeyName    = 64
)

// Treatment is a transform with its argument.
type Treatment struct {
	With     Transform
	Argument string
}

// Check says what is wrong with a treatment, in a piece of a sentence; nil when this build can carry it out.
func (t Treatment) Check() error {
	switch t.With.Takes() {
	case TakesWidth:
		_, err := ParseWidth(t.Argument)
		return err
	case TakesKey:
		return checkKeyName(t.Argument)
	case TakesValue:
		return checkFixed(t.Argument)
	}
	switch {
	case t.With == TransformNone || t.With > TransformNull:
		return fmt.Errorf("there is no such transform")
	case t.Argument != "":
		return fmt.Errorf("%s takes no argument", t.With)
	}
	return nil
}

func checkKeyName(name string) error {
	if name == "" || len(name) > MaxKeyName || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		return fmt.Errorf("the name of a key has 1 to %d small letters, digits, - and _", MaxKeyName)
	}
	return nil
}

// checkFixed keeps out what would not survive every way in which a value travels.
func checkFixed(value string) error {
	if len(value) > MaxFixedValue || !utf8.ValidString(value) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Errorf("a constant has at most %d bytes of UTF-8 without control characters", MaxFixedValue)
	}
	return nil
}

// Strength orders treatments: the greater is the stronger. It is positive for all but TransformNone. Two buckets compare
// by their widths; another key or another constant is as strong as the one before.
func (t Treatment) Strength() int32 {
	strength := int32(t.With) << widthBits
	if t.With == TransformBucket {
		if w, err := ParseWidth(t.Argument); err == nil {
			strength += w.rank()
		}
	}
	return strength
}

// Stronger reports whether t wins over u.
func (t Treatment) Stronger(u Treatment) bool {
	if t.With != u.With || t.With != TransformBucket {
		return t.With > u.With
	}
	return t.Strength() > u.Strength()
}

// String gives the transform's word and what matters of its argument.
func (t Treatment) String() string {
	switch t.With.Takes() {
	case TakesWidth:
		return t.With.String() + " " + t.Argument
	case TakesKey:
		return t.With.String() + " under " + t.Argument
	case TakesValue:
		return fmt.Sprintf("%s %q", t.With, t.Argument)
	default:
		return t.With.String()
	}
}
