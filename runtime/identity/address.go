package identity

import (
	"errors"
	"net/url"

	"github.com/gatewright/gatewright/schema"
)

// checkURL accepts https anywhere and http on loopback, without user, query and fragment.
func checkURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return nil, errors.New("not a URL with a host")
	case u.User != nil || u.Fragment != "":
		return nil, errors.New("a user or a fragment has no place in it")
	case u.Scheme == "https", u.Scheme == "http" && schema.LoopbackHost(u.Hostname()):
		return u, nil
	default:
		return nil, errors.New("neither https nor http on a loopback address")
	}
}
