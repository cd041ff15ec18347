package schema

import "time"

// Protocols that a target may speak.
const ProtocolPostgres = "postgres"

// Request is what is known of the connection and the moment, whatever the protocol.
type Request struct {
	// Time is when the action was asked for.
	Time time.Time `cel:"time"`
	// ClientAddress is the peer's IP address without a port.
	ClientAddress string `cel:"client_address"`
	// Application is what the client calls itself; it is the client's own word and proves nothing.
	Application string `cel:"application"`
}

// Action is one thing that a principal asks a target to do: the one currency from the protocol rooms to the gate.
// A statement is one Action. The one who decides keeps no reference to it.
type Action struct {
	Protocol  string
	Target    string
	Principal *Principal
	Request   Request
	// Accesses are what the action does, one verb and one object each. An Action with none needs no rule.
	Accesses []Access
	// Outputs are the columns of the result, in order; nil when the action returns no rows. Form is how they leave.
	Outputs []Output
	Form    Form
	// Uses are the places other than output columns where source columns take part.
	Uses []Use
	// SQL holds the facts of a PostgreSQL statement; nil for other protocols and for connect.
	SQL *SQL
	// Text is the exact text and Parameters the bind values: with the Accesses, what an approval is bound to.
	Text       string
	Parameters []Parameter
	// Stage is how far the target will take the action. It is decided as if it were carried out, whatever the stage.
	Stage Stage
	// Resumes is the ticket by which the action was begun that this one goes on with, as the next rows of a portal; empty
	// for one that begins.
	Resumes string
	// Epoch names the state of the target's structure in which the names were looked up, for the record; empty when there is
	// none.
	Epoch string
	// Concealed is set when there are bind values that are not in Parameters, being too many or too long to be kept.
	// Nobody can approve what they cannot see.
	Concealed bool
}

// Parameter is one bind value as the caller sent it. It is never logged.
type Parameter struct {
	// Type is the protocol's name for the type, for PostgreSQL the OID in pg_type; 0 when neither side has told it.
	Type uint32
	// Binary tells the format of Value, Null that there is none.
	Binary bool
	Null   bool
	Value  []byte
}

// Access is one verb on one object. An action is decided per access.
type Access struct {
	// Verb is one of the Verb constants.
	Verb string `cel:"verb" json:"verb"`
	// Object is a canonical name (see Qualify): a table, a function, a setting; empty where the verb has none.
	Object string `cel:"object" json:"object,omitempty"`
	// Columns are the bare names of the object's columns that the access reads or writes, sorted; nil when it has none.
	Columns []string `cel:"columns" json:"columns,omitempty"`
	// Harmless accesses need no allow: structure-only system catalogs, plain settings. Only a rule that names the
	// object (not by "*" alone) matches them.
	Harmless bool `json:"harmless,omitempty"`
}

// Verbs of the postgres protocol.
const (
	VerbConnect  = "connect"
	VerbSelect   = "select"
	VerbInsert   = "insert"
	VerbUpdate   = "update"
	VerbDelete   = "delete"
	VerbTruncate = "truncate"
	VerbCreate   = "create"
	VerbAlter    = "alter"
	VerbDrop     = "drop"
	VerbGrant    = "grant"    // GRANT, REVOKE, ALTER DEFAULT PRIVILEGES, REASSIGN OWNED, roles
	VerbMaintain = "maintain" // VACUUM, ANALYZE, REINDEX, CLUSTER, REFRESH, CHECKPOINT
	VerbLock     = "lock"     // LOCK TABLE
	VerbNotify   = "notify"   // LISTEN, NOTIFY, UNLISTEN
	VerbSet      = "set"      // a setting that is not harmless; the object is the setting's name
	VerbCall     = "call"     // a function or procedure not known to be harmless; the object is its name
	VerbFile     = "file"     // COPY to or from a file or program on the server, LOAD
	VerbOpaque   = "opaque"   // what cannot be analysed
)

// PostgresVerbs lists the verbs that a postgres block may name, sorted.
var PostgresVerbs = []string{
	VerbAlter, VerbCall, VerbConnect, VerbCreate, VerbDelete, VerbDrop, VerbFile, VerbGrant, VerbInsert, VerbLock,
	VerbMaintain, VerbNotify, VerbOpaque, VerbSelect, VerbSet, VerbTruncate, VerbUpdate,
}

// Stage is how far a target takes an action. The zero value carries it out.
type Stage uint8

const (
	StageExecute Stage = iota
	// StageRead is for what is only read, as by Parse and PREPARE: it waits for no approval.
	StageRead
	// StagePlan is for what is planned, as by Bind, where the target may evaluate functions: it waits for the approval
	// that it will need, and does not use it up.
	StagePlan
)

// Form is how the rows of a result leave the target. The zero value is rows whose cells can be told apart: those that are
// described, and those of COPY TO STDOUT as a rule.
type Form uint8

const (
	FormRows Form = iota
	// FormMingled is data in which NULL may look like a value: no mask can let NULL pass and hide the value.
	FormMingled
	// FormForeign is data that is not read, as in another encoding: no value in it can be masked or looked for.
	FormForeign
)

// Origin says how an output column comes from its source columns.
type Origin uint8

const (
	// OriginUnsafe: built by something that can fail, return a set or have an effect, or not understood. The zero value.
	OriginUnsafe Origin = iota
	// OriginDerived: built only from functions and operators known to be pure and total.
	OriginDerived
	// OriginBare: the value of exactly one source column, unchanged.
	OriginBare
	// OriginConstant: no source column takes part.
	OriginConstant
)

// Output is one column of a result.
type Output struct {
	// Name is the column's name as the client will see it.
	Name   string
	Origin Origin
	// Columns are the canonical names of the source columns, with their twins in parents and children of an
	// inheritance tree, and, through a view, both the view's column and what it stands on. Everything may stand here.
	Columns []string
	// Table and Attribute are what RowDescription must say of a bare column: the relation's OID and the attribute
	// number (for a column of a view, the view's own). Zero when not bare or not known.
	Table     uint32
	Attribute int16
}

// Place says where, other than in an output, a source column takes part.
type Place uint8

const (
	// PlacePredicate: it decides which rows come, in what order or in what groups. The zero value, as the most general.
	PlacePredicate Place = iota
	// PlaceEquality: compared for equality with a constant or a parameter, or set where a unique or foreign key can tell.
	PlaceEquality
	// PlaceWrite: its value goes into a table, a definition or a variable.
	PlaceWrite
	// PlaceEffect: it enters an expression that can fail, return a set or have an effect.
	PlaceEffect
)

// Use is one place where source columns take part without being an output.
type Use struct {
	Place Place
	// Columns are source columns, as in Output.
	Columns []string
	// Sink is, for PlaceWrite, the canonical name of the column written to; empty when there is none.
	Sink string
}

// SQL holds the facts of one PostgreSQL statement that conditions may ask for. The cel tag is the name in a condition.
type SQL struct {
	// Statement is the kind in lower case, as "select", "insert", "create_table", "explain"; "opaque" when unknown.
	Statement string `cel:"statement"`
	// WhereBound is set when every UPDATE and DELETE in the statement has a WHERE that can be false for some row:
	// a constant, a tautology such as id = id, or no WHERE at all are not bound. True when there is no UPDATE or DELETE.
	WhereBound bool `cel:"where_bound"`
	// HasWhere is set when the outermost statement has a WHERE. Of EXECUTE, DECLARE and FETCH it tells of the statement
	// prepared, and of the cursor's; so do HasLimit and Limit.
	HasWhere bool `cel:"has_where"`
	// HasLimit is set when the outermost SELECT has a LIMIT, and Limit is its value; -1 when it is not a constant, or is
	// WITH TIES.
	HasLimit bool  `cel:"has_limit"`
	Limit    int64 `cel:"limit"`
	// Tables, Columns and Functions are the canonical names the statement uses, sorted.
	Tables    []string `cel:"tables"`
	Columns   []string `cel:"columns"`
	Functions []string `cel:"functions"`
	// Length is the length of the text in bytes.
	Length int64 `cel:"length"`
	// Fingerprint names the statement's shape, equal for texts that differ only in literals, and Normalized is its
	// text with literals replaced by parameters. Both are safe to log.
	Fingerprint string `cel:"fingerprint"`
	Normalized  string
	// OpaqueReason says why the statement could not be analysed; empty when it was.
	OpaqueReason string
}
