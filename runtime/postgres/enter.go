package postgres

import (
	"context"
	"encoding/hex"
	"errors"
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
	v, err := greet(ctx, conn, s.cfg.TLS)
	if err != nil {
		s.turnAway(v, err)
		return
	}
	if v.cancel != nil {
		s.cancelRequest(v.cancel)
		return
	}
	session, err := s.admit(ctx, v)
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
func (s *Server) admit(ctx context.Context, v *visitor) (*session, error) {
	select {
	case s.slots <- struct{}{}:
	default:
		return nil, newFault(codeTooManySessions, "try again later", "the gateway has too many clients already")
	}
	session, err := s.introduce(ctx, v)
	if err != nil {
		<-s.slots
	}
	return session, err
}

func (s *Server) introduce(ctx context.Context, v *visitor) (*session, error) {
	select {
	case <-s.draining:
		return nil, newFault(codeShutdown, "connect again", "the gateway is shutting down")
	default:
	}
	if n := v.hello.negotiation(); n != nil {
		if _, err := v.conn.Write(n); err != nil {
			return nil, err
		}
	}
	settings, err := v.hello.upstreamSettings()
	if err != nil {
		return nil, err
	}
	session, err := s.identify(ctx, v)
	if err != nil {
		return nil, err
	}
	_, session.ownPath = settings["search_path"] // an empty one is the client's own as well
	if err := s.connect(ctx, session, v, settings); err != nil {
		session.gate.Close()
		return nil, err
	}
	return session, nil
}

// identify asks for the client's token and puts it before the gate.
func (s *Server) identify(ctx context.Context, v *visitor) (*session, error) {
	if !v.secure && (!s.cfg.InsecureLoopback || !isLoopback(v.conn)) {
		return nil, newFault(codeAuthorization, "connect with sslmode=require or stronger",
			"the gateway takes a token only over TLS")
	}
	name := v.hello.parameters["database"]
	if name == "" {
		name = v.hello.parameters["user"]
	}
	ask, err := (&pgproto3.AuthenticationCleartextPassword{}).Encode(nil)
	if err != nil {
		return nil, err
	}
	if _, err := v.conn.Write(ask); err != nil {
		return nil, err
	}
	token, err := password(v.conn)
	if err != nil {
		return nil, err
	}
	session := &session{server: s, log: s.log, client: v.conn}
	session.request = schema.Request{
		Time: s.cfg.Now(), ClientAddress: addressOf(v.conn), Application: v.hello.parameters["application_name"],
	}
	session.gate, err = s.cfg.Gate.Open(ctx, gate.Credential{
		Protocol: schema.ProtocolPostgres, Target: name, Token: schema.NewSecret(token), Request: session.request,
		Held: session.held,
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
	session.prepare(s.ctx, up)
	if err := session.firstPath(ctx); err != nil {
		session.cancel()
		_ = up.conn.Close()
		return err
	}
	if err := s.beginSession(session, v); err != nil {
		session.cancel()
		_ = up.conn.Close()
		return err
	}
	return nil
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
func (s *session) prepare(ctx context.Context, up *backend) {
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.up = up
	s.status = up.status
	s.names = newNames()
	s.own, s.odd = map[string]bool{}, map[string]bool{}
	s.changed = sync.Cond{L: &s.mu}
	s.toClient.w = s.client
	s.down.port = &s.toClient
	s.toServer.port = &port{w: up.conn}
	s.walk = newWalker(s.client, clientLimit)
}

// firstPath reads the search_path before the client can send anything.
func (s *session) firstPath(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = s.up.conn.Close() })
	defer stop()
	text, err := s.up.queryOne(pathQuery)
	if err != nil {
		s.server.logUpstream(s.target, err)
		return newFault(codeConnection, unreachableTargetHint, "the database of target %q did not answer", s.target.name)
	}
	return s.setPath(text)
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
	<-s.slots
	s.sessions.Add(-1)
}
