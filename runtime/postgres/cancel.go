package postgres

import (
	"context"
	"encoding/binary"
	"sync"
)

// cancelKey is what the gateway gives a client in place of the server's own BackendKeyData: the server's process
// number, which pg_backend_pid would tell as well, and a secret of the gateway's own, of 4 bytes in protocol 3.0 and of
// 32 from 3.2 on (manual chapter 55.2.9).
type cancelKey []byte

const (
	keySize30 = 4
	keySize32 = 32
)

// keys finds sessions by their cancel keys.
type keys struct {
	mu       sync.Mutex
	sessions map[string]*session
}

// issue gives a session a key that no other has.
func (k *keys) issue(s *session, size int) error {
	for {
		secret, err := s.server.randomBytes(size)
		if err != nil {
			return err
		}
		key := append(binary.BigEndian.AppendUint32(nil, s.up.pid), secret...)
		k.mu.Lock()
		_, taken := k.sessions[string(key)]
		if !taken {
			k.sessions[string(key)] = s
			s.key = key
		}
		k.mu.Unlock()
		if !taken {
			return nil
		}
	}
}

func (k *keys) revoke(s *session) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.sessions, string(s.key))
}

func (k *keys) find(key []byte) *session {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.sessions[string(key)]
}

// all gives the sessions, in no order.
func (k *keys) all() []*session {
	k.mu.Lock()
	defer k.mu.Unlock()
	list := make([]*session, 0, len(k.sessions))
	for _, s := range k.sessions {
		list = append(list, s)
	}
	return list
}

// count gives the number of sessions of a target.
func (k *keys) count(t *target) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := 0
	for _, s := range k.sessions {
		if s.target == t {
			n++
		}
	}
	return n
}

// cancelRequest does what a CancelRequest asks: it ends the wait for an approval, or cancels what the server runs.
// An unknown key is ignored, as PostgreSQL ignores it.
func (s *Server) cancelRequest(key []byte) {
	session := s.keys.find(key)
	if session == nil {
		return
	}
	session.mu.Lock()
	holding := session.holding
	session.mu.Unlock()
	if holding != nil {
		holding(newFault(codeCanceled, "", "canceling statement due to user request"))
		return
	}
	s.cancelUpstream(session.target.dialer, session.up)
}

// cancelUpstream cancels what a database connection runs.
func (s *Server) cancelUpstream(d *dialer, b *backend) {
	if len(b.key) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.cfg.DialTimeout)
	defer cancel()
	if err := d.cancel(ctx, b); err != nil {
		s.log.Warn("a statement could not be cancelled", "error", err)
	}
}

func (d *dialer) cancel(ctx context.Context, b *backend) error {
	plain, err := d.dial(ctx, "tcp", d.up.Address)
	if err != nil {
		return err
	}
	defer plain.Close()
	stop := context.AfterFunc(ctx, func() { _ = plain.Close() })
	defer stop()
	conn, err := d.encrypt(ctx, plain)
	if err != nil {
		return err
	}
	request := binary.BigEndian.AppendUint32(nil, uint32(12+len(b.key)))
	request = binary.BigEndian.AppendUint32(request, codeCancelRequest)
	request = binary.BigEndian.AppendUint32(request, b.pid)
	if _, err = conn.Write(append(request, b.key...)); err != nil {
		return err
	}
	// The server closes the connection once it has sent the signal; a client that waits for that knows it is done.
	_, _ = conn.Read(make([]byte, 1))
	return nil
}
