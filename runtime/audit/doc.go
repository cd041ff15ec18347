// Package audit is the event log: one JSON line per decision, per outcome and per event around them, each line
// chained to the one before it by SHA-256.
//
// It owns the file: the form of a line, the chain, the head file that tells how far the log has come, what happens
// when a disk is full or a process dies in the middle of a line, and the two readers, Verify and Query. It refuses to
// know how a decision is made. A line holds no secret, no literal of a statement and no bind value: a Record has no
// field for them.
//
// # What the chain proves
//
// A line's hash covers its bytes and the hash of the line before it; the head file holds the number and hash of the
// last one. A line that was changed, dropped, added or moved, at the end of the log too, is found by whoever has the
// head. Someone who may rewrite both files can write another history that is whole in itself, so a copy of a head that
// is kept elsewhere (see Log.Head) is what an old history is held against.
package audit
