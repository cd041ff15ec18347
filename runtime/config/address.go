package config

import (
	"fmt"
	"net"
	"strconv"

	"github.com/hashicorp/hcl/v2"

	"github.com/gatewright/gatewright/schema"
)

// listenable wants host:port or :port, the port a number; 0 lets the system choose.
func (d *decoder) listenable(address string, at hcl.Range) bool {
	return d.address(address, at, true, `Write it as "127.0.0.1:6432", or "0.0.0.0:6432" for every interface.`)
}

func (d *decoder) dialable(address string, at hcl.Range) bool {
	return d.address(address, at, false, `Write it as "db.example.com:5432".`)
}

func (d *decoder) address(address string, at hcl.Range, listens bool, hint string) bool {
	host, port, err := net.SplitHostPort(address)
	n, err2 := strconv.ParseUint(port, 10, 16)
	if err != nil || err2 != nil || !listens && (n == 0 || host == "") {
		d.fail(at, "Not an address", fmt.Sprintf("%q is not host:port.", address), hint)
		return false
	}
	return true
}

// loopback reports whether an address can be reached from this machine only.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && schema.LoopbackHost(host)
}
