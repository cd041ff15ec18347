package postgres

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgproto3/v2"

	"github.com/gatewright/gatewright/runtime/gate"
	"github.com/gatewright/gatewright/schema"
)

// serve takes one connection from its first byte to its last.
func (s *Server) serve(conn net.Conn) {
	ctx, cancel := context.WithTimeout(s.ctx, s.cfg.HandshakeTimeout)
	defer cancel()
	// Ending the context, at the handshake's deadline or at Close, ends every read below.
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	leave := s.lobby.enter(cancel)
	v, token, err := s.hear(ctx, conn)
	leave()
	switch {
	case err != nil:
		s.turnAway(v, err)
		return
	case v.cancel != nil:
		s.cancelRequest(v.cancel)
		return
	}
	session, err := s.admit(ctx, v, token)
	if err != nil {
		s.turnAway(v, err)
		return
	}
	if !stop() {
		session.end(nil)
	}
	session.run()
	s.leave(session)
}

// hear takes a connection up to its token. Whoever is not known yet holds no place among the clients.
func (s *Server) hear(ctx context.Context, conn net.Conn) (*visitor, schema.Secret, error) {
	v, err := greet(ctx, conn, s.cfg.TLS)
	if err != nil || v.cancel != nil {
		return v, schema.Secret{}, err
	}
	select {
	case <-s.draining:
		return v, schema.Secret{}, newFault(codeShutdown, "connect again", "the gateway is shutting down")
	default:
	}
	token, err := s.askToken(v)
	return v, token, err
}

// turnAway tells a client why it may not come in. One that is gone, or was no client, gets nothing.
func (s *Server) turnAway(v *visitor, err error) {
	s.refused.Add(1)
	s.log.Debug("a client was turned away", "client", addressOf(v.conn), "error", err)
	var f *fault
	if !errors.As(err, &f) {
		return
	}
	_ = v.conn.SetWriteDeadline(time.Now().Add(s.cfg.FarewellTimeout))
	_, _ = v.conn.Write(f.appendTo(nil, severityFatal))
}

// admit identifies a client, opens its database connection and answers its start-up.
func (s *Server) admit(ctx context.Context, v *visitor, token schema.Secret) (*session, error) {
	select {
	case s.slots <- struct{}{}:
	default:
		return nil, newFault(codeTooManySessions, fmt.Sprintf("try again later; the gateway takes %d (limits.connections)", s.cfg.MaxConnections),
			"the gateway has too many clients already")
	}
	session, err := s.introduce(ctx, v, token)
	if err != nil {
		<-s.slots
	}
	return session, err
}

func (s *Server) introduce(ctx context.Context, v *visitor, token schema.Secret) (*session, error) {
	session, err := s.identify(ctx, v, token)
	if err != nil {
		return nil, err
	}
	err = s.places.take(session.gate.Principal(), session.target.name)
	if err != nil {
		session.gate.Close()
		return nil, err
	}
	if err := s.start(ctx, session, v); err != nil {
		session.gate.Close()
		s.places.free(session.gate.Principal(), session.target.name)
		return nil, err
	}
	return session, nil
}

// start decides what the client wants to be set, and connects it.
func (s *Server) start(ctx context.Context, session *session, v *visitor) error {
	wanted, err := v.hello.settings()
	if err != nil {
		return err
	}
	session.ctx, session.cancel = context.WithCancel(s.ctx)
	stop := context.AfterFunc(ctx, session.cancel) // an approval that a setting waits for ends with the handshake
	settings, receipt, err := session.begin(wanted)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = s.connect(ctx, session, v, settings)
	}
	code := ""
	if err != nil {
		session.cancel()
		code = codeConnection
	}
	session.gate.Outcome(receipt, schema.Outcome{SQLSTATE: code})
	return err
}

// askToken asks for the client's token.
func (s *Server) askToken(v *visitor) (schema.Secret, error) {
	if !v.secure && (!s.cfg.InsecureLoopback || !isLoopback(v.conn)) {
		return schema.Secret{}, newFault(codeAuthorization, "connect with sslmode=require or stronger",
			"the gateway takes a token only over TLS")
	}
	ask, err := (&pgproto3.AuthenticationCleartextPassword{}).Encode(v.hello.negotiation())
	if err != nil {
		return schema.Secret{}, err
	}
	if _, err := v.conn.Write(ask); err != nil {
		return schema.Secret{}, err
	}
	token, err := password(v.conn)
	return schema.NewSecret(token), err
}

// identify puts a client's token before the gate.
func (s *Server) identify(ctx context.Context, v *visitor, token schema.Secret) (*session, error) {
	name := v.hello.parameters["database"]
	if name == "" {
		name = v.hello.parameters["user"]
	}
	session := &session{server: s, log: s.log, conn: v.conn, client: v.conn}
	session.request = schema.Request{
		Time: s.cfg.Now(), ClientAddress: addressOf(v.conn), Application: v.hello.parameters["application_name"],
	}
	var err error
	session.gate, err = s.cfg.Gate.Open(ctx, gate.Credential{
		Protocol: schema.ProtocolPostgres, Target: name, Token: token, Request: session.request,
		Slow: session.aside, Commits: true, Held: session.held, Readable: session.readableValues,
	})
	if err != nil {
		return nil, faultOf(err)
	}
	session.log = s.log.With("session", session.gate.ID(), "target", name)
	if session.target = s.targets[name]; session.target == nil {
		session.gate.Close()
		session.log.Error("the policy knows a target that the gateway's configuration has no upstream for")
		return nil, newFault(codeUnknownTarget, "name the target as dbname", "there is no database for target %q", name)
	}
	return session, nil
}

// connect opens the session's database connection and tells the client that it is in.
func (s *Server) connect(ctx context.Context, session *session, v *visitor, settings map[string]string) error {
	up, err := s.dial(ctx, session.target, settings)
	if err != nil {
		return err
	}
	session.prepare(up)
	err = session.firstPath(ctx)
	if err == nil {
		err = s.beginSession(session, v)
	}
	if err != nil {
		_ = up.conn.Close()
	}
	return err
}

// dial opens a database connection, and reads the target's catalog if nobody has yet.
func (s *Server) dial(ctx context.Context, t *target, settings map[string]string) (*backend, error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.DialTimeout)
	defer cancel()
	lost := newFault(codeConnection, unreachableTargetHint, "the database of target %q could not be reached", t.name)
	up, err := t.dialer.open(ctx, settings)
	if err != nil {
		s.logUpstream(t, err)
		return nil, lost
	}
	if t.shared.Load() == nil {
		if err := t.load(ctx, s.cfg.DialTimeout, s.cfg.Now); err != nil {
			_ = up.conn.Close()
			s.logUpstream(t, err)
			return nil, lost
		}
	}
	return up, nil
}

// prepare makes a session of an identified client and an open database connection.
func (s *session) prepare(up *backend) {
	s.up = up
	s.status = up.status
	s.names = newNames()
	s.own, s.odd = map[string]bool{}, map[string]bool{}
	s.changed = sync.Cond{L: &s.mu}
	s.far = up.conn
	s.down.port, s.toServer.port = &s.toClient, &port{}
	s.toServer.before = s.commit
	s.down.spare, s.toServer.spare = &s.server.buffers, &s.server.buffers
	s.walk = newWalker(s.conn, clientLimit, &s.server.buffers)
}

// firstPath reads the search_path before the client can send anything.
func (s *session) firstPath(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = s.up.conn.Close() })
	defer stop()
	text, err := s.up.queryOne(stateQuery)
	if err != nil {
		s.server.logUpstream(s.target, err)
		return newFault(codeConnection, unreachableTargetHint, "the database of target %q did not answer", s.target.name)
	}
	return s.setState(text)
}

// beginSession gives the client its key and the first ReadyForQuery.
func (s *Server) beginSession(session *session, v *visitor) error {
	size := keySize30
	if v.hello.version >= version32 {
		size = keySize32
	}
	reserve, err := s.randomBytes(8)
	if err != nil {
		return err
	}
	session.reserve = "_gatewright_" + hex.EncodeToString(reserve)
	if err := s.keys.issue(session, size); err != nil {
		return err
	}
	answer, err := (&pgproto3.AuthenticationOk{}).Encode(nil)
	if err != nil {
		return err
	}
	answer = append(answer, session.up.parameters...)
	answer = appendMessage(answer, 'K', string(session.key))
	answer = appendMessage(answer, 'Z', "I")
	if _, err := v.conn.Write(answer); err != nil {
		s.keys.revoke(session)
		return err
	}
	s.sessions.Add(1)
	return nil
}

// leave gives back what a session held.
func (s *Server) leave(session *session) {
	s.keys.revoke(session)
	session.gate.Close()
	s.places.free(session.gate.Principal(), session.target.name)
	if session.leftChanges() {
		s.work.Go(func() { s.expectChanges(session.target) })
	}
	<-s.slots
	s.sessions.Add(-1)
}
