package bundle

import (
	"fmt"
	"time"

	"github.com/gatewright/gatewright/schema"
)

// policy is the JSON of the section of that name. Its structs are those of schema without ranges, which are in the
// origins: where a rule was written does not change what it means. Fields are sorted by key.
type policy struct {
	Classes []class  `json:"classes,omitempty"`
	Issuers []issuer `json:"issuers,omitempty"`
	Masks   []mask   `json:"masks,omitempty"`
	Name    string   `json:"name"`
	Owner   string   `json:"owner,omitempty"`
	Routes  []route  `json:"routes,omitempty"`
	Rules   []rule   `json:"rules,omitempty"`
	Targets []target `json:"targets,omitempty"`
}

type class struct {
	Columns []string `json:"columns,omitempty"`
	Detect  []string `json:"detect,omitempty"`
	Name    string   `json:"name"`
	Targets []string `json:"targets,omitempty"`
}

type issuer struct {
	Algorithms   []string      `json:"algorithms,omitempty"`
	Audiences    []string      `json:"audiences,omitempty"`
	Groups       string        `json:"groups,omitempty"`
	Kind         string        `json:"kind,omitempty"`
	MaxLifetime  duration      `json:"max_lifetime"`
	Name         string        `json:"name"`
	OutliveToken bool          `json:"outlive_token,omitempty"`
	Require      []requirement `json:"require,omitempty"`
	Subject      string        `json:"subject,omitempty"`
	URL          string        `json:"url"`
}

type requirement struct {
	Message string `json:"message,omitempty"`
	When    string `json:"when"`
}

type mask struct {
	Address    string   `json:"address"`
	Classes    []string `json:"classes,omitempty"`
	Groups     []string `json:"groups,omitempty"`
	Key        string   `json:"key,omitempty"`
	Message    string   `json:"message,omitempty"`
	Mode       string   `json:"mode"`
	Predicates string   `json:"predicates"`
	Unless     *string  `json:"unless,omitempty"`
	Value      *string  `json:"value,omitempty"`
	When       *string  `json:"when,omitempty"`
	Width      string   `json:"width,omitempty"`
	With       string   `json:"with"`
}

type route struct {
	ApproverKinds []string `json:"approver_kinds,omitempty"`
	Approvers     []string `json:"approvers,omitempty"`
	Expires       duration `json:"expires"`
	Hold          duration `json:"hold"`
	Name          string   `json:"name"`
	Notify        []string `json:"notify,omitempty"`
	Quorum        int      `json:"quorum"`
}

type rule struct {
	Address   string   `json:"address"`
	Effect    string   `json:"effect"`
	Functions []string `json:"functions,omitempty"`
	Groups    []string `json:"groups,omitempty"`
	Message   string   `json:"message,omitempty"`
	Mode      string   `json:"mode"`
	Protocol  string   `json:"protocol,omitempty"`
	Route     string   `json:"route,omitempty"`
	Tables    []string `json:"tables,omitempty"`
	Targets   []string `json:"targets,omitempty"`
	Unless    *string  `json:"unless,omitempty"`
	Verbs     []string `json:"verbs,omitempty"`
	When      *string  `json:"when,omitempty"`
}

type target struct {
	Catalog  string            `json:"catalog,omitempty"`
	Labels   map[string]string `json:"labels,omitempty"`
	Name     string            `json:"name"`
	Protocol string            `json:"protocol"`
}

// duration is a time.Duration written as Go writes it, "1m30s".
type duration time.Duration

func (d duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

func (d *duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = duration(parsed)
	return err
}

var (
	effects    = []schema.Effect{schema.Deny, schema.Approve, schema.Allow}
	modes      = []schema.Mode{schema.Enforce, schema.DryRun}
	predicates = []schema.Predicates{schema.PredicatesDeny, schema.PredicatesEquality, schema.PredicatesAllow}
	transforms = []schema.Transform{
		schema.TransformBucket, schema.TransformEmail, schema.TransformLast4, schema.TransformFirst1, schema.TransformTokenize,
		schema.TransformHash, schema.TransformFixed, schema.TransformRedact, schema.TransformNull,
	}
)

// toWord gives the word of one of the known values; an error for a value without one.
func toWord[T interface {
	comparable
	fmt.Stringer
}](known []T, v T) (string, error) {
	for _, k := range known {
		if k == v {
			return k.String(), nil
		}
	}
	return "", fmt.Errorf("%T has no word for %v", v, v)
}

// fromWord is the way back.
func fromWord[T fmt.Stringer](known []T, word string) (T, error) {
	for _, k := range known {
		if k.String() == word {
			return k, nil
		}
	}
	var zero T
	return zero, fmt.Errorf("unknown word %q", word)
}

func textOf(c *schema.Condition) *string {
	if c == nil {
		return nil
	}
	return &c.Text
}

func conditionOf(text *string) *schema.Condition {
	if text == nil {
		return nil
	}
	return &schema.Condition{Text: *text}
}
