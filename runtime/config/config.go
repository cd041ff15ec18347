package config

import (
	"time"

	"github.com/gatewright/gatewright/schema"
)

// Config is a validated gateway.hcl. Paths are resolved against the directory of the file.
type Config struct {
	Bundle    Bundle
	Postgres  Listener
	Upstreams []Upstream // sorted by Name
	Notifiers []Notifier // sorted by Name
	MaskKeys  []MaskKey  // sorted by Name
	Store     Store
	Audit     Audit
	Metrics   *Metrics // nil: no metrics and no health endpoint
	Admin     *Admin   // nil: nobody can approve anything here
	Limits    Limits
}

// Bundle says which compiled policy is enforced.
type Bundle struct {
	Path string
	// Keys are the files of the public keys one of which must have signed it. With none, an unsigned bundle is taken.
	Keys []string
	// Poll is how often the file's digest is compared, whatever the file system reports.
	Poll time.Duration
	// AllowRollback takes a bundle with a lower serial than one taken before.
	AllowRollback bool
}

// KeyPair names the PEM files of a certificate chain and its private key.
type KeyPair struct {
	Cert string
	Key  string
}

// Listener is where clients connect.
type Listener struct {
	Address string
	// TLS is nil only under InsecureLoopback.
	TLS *KeyPair
	// InsecureLoopback takes tokens over plain TCP; Address is then a loopback address.
	InsecureLoopback bool
}

// Upstream is the database behind the target of the same name.
type Upstream struct {
	Name     string
	Address  string
	Database string
	User     string
	Password Secret
	// TLS is nil only when Address is a loopback address.
	TLS *UpstreamTLS
}

// UpstreamTLS says how the database's certificate is checked. It always is.
type UpstreamTLS struct {
	// CA is a PEM file of roots; empty means those of the system.
	CA string
	// ServerName is the name that the certificate must have: the host of the address, unless given.
	ServerName string
}

// Store is where approvals and serials outlive the process.
type Store struct {
	Path string
}

// Audit is where the event log is written.
type Audit struct {
	Path string
	Sync Sync
}

// Sync says when lines of the event log are forced to the disk. The death of the process loses none in any case.
type Sync uint8

const (
	// SyncInterval forces them every second: a power cut may lose the last ones, and the loss shows.
	SyncInterval Sync = iota
	// SyncAlways forces each before its statement is forwarded.
	SyncAlways
	// SyncNever leaves it to the operating system.
	SyncNever
)

// Metrics is where /metrics, /healthz and /readyz answer.
type Metrics struct {
	Address string
}

// Admin is where approvers and operators ask; every request carries a token of one of the policy's issuers.
type Admin struct {
	Address string
	// TLS is nil only when Address is a loopback address.
	TLS *KeyPair
	// Operators are those who see every session and ticket. Others see their own, and what they may decide. One without
	// an issuer is of the policy's only one.
	Operators []schema.Party
}

// Notifier is named by the notify attribute of the policy's routes.
type Notifier struct {
	Name string
	// URL takes a JSON document per new ticket, by POST.
	URL string
	// Bearer, when not zero, goes into the Authorization header.
	Bearer Secret
	// Timeout bounds one delivery.
	Timeout time.Duration
}

// MaskKey is a key that the policy's masks name, for hash and tokenize.
type MaskKey struct {
	Name   string
	Secret Secret
}

// Limits bound what clients may take.
type Limits struct {
	// Connections bounds the client connections at one time.
	Connections int
	// PerPrincipal and PerTarget bound the sessions at one time of one principal and of one target; zero does not.
	PerPrincipal, PerTarget int
	// Idle ends a session that asks for nothing, IdleInTransaction one that does so inside a transaction, and Statement
	// cancels a statement. Zero does not.
	Idle, IdleInTransaction, Statement time.Duration
	// Handshake bounds the time from accept to a ready session.
	Handshake time.Duration
	// Dial bounds the opening of a connection to a database.
	Dial time.Duration
	// Drain is how long statements in flight may go on when the gateway stops.
	Drain time.Duration
	// Catalog is how old what is known of a database's structure may become.
	Catalog time.Duration
	// StatementBytes bounds the text of one statement. The classifier reads up to DefaultStatementBytes of it: more is only for
	// those whom a rule allows the verb opaque. RowBytes bounds one row that is masked.
	StatementBytes int
	RowBytes       int
}

// What stands where the file says nothing.
const (
	DefaultPoll            = 5 * time.Second
	DefaultConnections     = 1000
	DefaultHandshake       = 30 * time.Second
	DefaultDial            = 10 * time.Second
	DefaultDrain           = 20 * time.Second
	DefaultCatalog         = time.Minute
	DefaultStatementBytes  = 1 << 20 // what the classifier reads; anything longer is opaque
	DefaultRowBytes        = 64 << 20
	DefaultNotifierTimeout = 10 * time.Second
	DefaultStore           = "gatewright.db"
	DefaultAudit           = "audit.jsonl"
)
