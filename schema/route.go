package schema

import (
	"encoding/json"
	"slices"
	"time"
)

// Route says who is asked to approve. In JSON, as a ticket shows it, its durations are text and it has no Range.
type Route struct {
	Name string
	// Approvers are texts of a Party, each with its issuer.
	Approvers []string
	// ApproverKinds are the kinds of principal whose vote counts: Kind constants. None is asked where there are none.
	ApproverKinds []string
	Quorum        int
	Hold          time.Duration
	Expires       time.Duration
	Notify        []string
	Range         Range
}

// Names reports whether the approvers mean p, of whatever kind.
func (r *Route) Names(p *Principal) bool {
	return slices.ContainsFunc(r.Approvers, func(text string) bool {
		party, ok := ParseParty(text)
		return ok && party.Means(p)
	})
}

// Takes reports whether the vote of a principal of this kind counts.
func (r *Route) Takes(kind string) bool { return slices.Contains(r.ApproverKinds, kind) }

type routeJSON struct {
	Name          string       `json:"name"`
	Approvers     []string     `json:"approvers"`
	ApproverKinds []string     `json:"approver_kinds"`
	Quorum        int          `json:"quorum"`
	Hold          durationText `json:"hold"`
	Expires       durationText `json:"expires"`
	Notify        []string     `json:"notify,omitempty"`
}

// MarshalJSON writes the route as a ticket shows it.
func (r Route) MarshalJSON() ([]byte, error) {
	return json.Marshal(routeJSON{
		Name: r.Name, Approvers: r.Approvers, ApproverKinds: r.ApproverKinds, Quorum: r.Quorum,
		Hold: durationText(r.Hold), Expires: durationText(r.Expires), Notify: r.Notify,
	})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Route) UnmarshalJSON(data []byte) error {
	var j routeJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	*r = Route{
		Name: j.Name, Approvers: j.Approvers, ApproverKinds: j.ApproverKinds, Quorum: j.Quorum,
		Hold: time.Duration(j.Hold), Expires: time.Duration(j.Expires), Notify: j.Notify,
	}
	return nil
}

// durationText is a duration as Go writes it, "2m0s".
type durationText time.Duration

func (d durationText) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

func (d *durationText) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = durationText(parsed)
	return err
}
