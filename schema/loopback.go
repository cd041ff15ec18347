package schema

import (
	"net/netip"
	"strings"
)

// LoopbackHost reports whether a host, without a port, can be reached from this machine only: localhost (RFC 6761,
// section 6.3), or a literal address of 127.0.0.0/8 or ::1. What goes there needs no TLS; the compiler and the runtime
// must agree on it.
func LoopbackHost(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Zone() == "" && ip.Unmap().IsLoopback()
}
