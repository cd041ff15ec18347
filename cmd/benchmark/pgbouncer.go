package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"

	"github.com/gatewright/gatewright/runtime/pgserver"
)

func always(password string) func(caller) (string, error) {
	return func(caller) (string, error) { return password, nil }
}

func directly(server *pgserver.Server) *contestant {
	return &contestant{name: direct, address: server.Address(), user: pgserver.User, password: always(pgserver.Password)}
}

// bouncerConfig is PgBouncer as a pooler that changes nothing for its clients: session mode, passwords checked.
const bouncerConfig = `
[databases]
%[1]s = host=%[2]s port=%[3]d dbname=%[1]s user=%[4]s password=%[5]s
[pgbouncer]
listen_addr = %[6]s
listen_port = %[7]s
unix_socket_dir =
auth_type = scram-sha-256
auth_file = users.txt
pool_mode = session
max_client_conn = %[8]d
default_pool_size = %[8]d
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
`

// startPgBouncer starts one whose files carry a name.
func (s *stage) startPgBouncer(ctx context.Context, server *pgserver.Server, name string, o options) (*contestant, error) {
	program, err := findPgBouncer()
	if err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	config := fmt.Sprintf(bouncerConfig, database, server.Host, server.Port, pgserver.User, pgserver.Password, host, port, o.idle+50)
	users := fmt.Sprintf("%q %q\n", pgserver.User, pgserver.Password)
	if err := errors.Join(s.write(name+".ini", config), s.write("users.txt", users)); err != nil {
		return nil, err
	}
	args := []string{program, s.file(name + ".ini")}
	if os.Geteuid() == 0 {
		args = []string{program, "-u", "nobody", s.file(name + ".ini")}
	}
	p, err := s.serve(ctx, name, address, args...)
	return &contestant{name: pgbouncer, address: address, user: pgserver.User, password: always(pgserver.Password), proxy: p}, err
}

func findPgBouncer() (string, error) {
	for _, name := range []string{"pgbouncer", "/usr/sbin/pgbouncer"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("PgBouncer was not found; on Debian: apt-get install pgbouncer")
}
