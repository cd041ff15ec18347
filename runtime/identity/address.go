package identity

import (
	"errors"
	"net/netip"
	"net/url"
)

// checkURL accepts https anywhere and http on loopback, without user, query and fragment.
func checkURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return nil, errors.New("not a URL with a host")
	case u.User != nil || u.Fragment != "":
		return nil, errors.New("a user or a fragment has no place in it")
	case u.Scheme == "https", u.Scheme == "http" && loopback(u):
		return u, nil
	default:
		return nil, errors.New("neither https nor http on a loopback address")
	}
}

func loopback(u *url.URL) bool {
	if u.Hostname() == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && ip.IsLoopback()
}
