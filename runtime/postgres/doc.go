// Package postgres is the PostgreSQL data path: one client connection and one connection to the target's database,
// with every statement between them put before the gate (PostgreSQL manual chapter 55, protocol 3.0 and 3.2).
//
// It owns the wire: TLS and start-up on both legs, the relay of frames, which statement and portal a name means at a
// given moment, what a session's search_path and catalog are, cancel keys, and the rewriting of rows, errors and
// notices that a decision asks for. It refuses to know how a decision is made, what a mask does to a value, and how
// SQL is understood: those are the gate's, the mask's and the classifier's.
//
// A statement that is refused is replaced on its way by text that PostgreSQL itself refuses. The server then does
// all that follows an error (skipping to Sync, failing the transaction, the order of pipelined answers), and the
// gateway only puts the policy's words in place of the server's.
package postgres
