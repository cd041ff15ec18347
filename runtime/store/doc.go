// Package store keeps what must outlive a process: approval tickets with their votes, and the last serial of each
// policy. It is a SQLite database in one file.
//
// It owns the schema and its migrations, atomicity, and what a database's error means for an operator. It refuses to
// know the rules: who may vote and what a quorum is are decided by functions that run inside its transactions.
package store
