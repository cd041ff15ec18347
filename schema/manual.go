package schema

// Word is a word of the language with what it is, as Markdown.
type Word struct{ Word, Meaning string }

// WordList is one of the lists that the language takes its words from, in the order in which it is best read.
type WordList struct {
	// Title names the list, and Of what takes its words.
	Title, Of string
	Words     []Word
}

// Words gives the lists of words that attributes and conditions take.
func Words() []WordList {
	return []WordList{
		{"Verbs", "`verbs` of a `postgres` block, `access.verb`", verbWords},
		{"Transforms", "`with` of a `mask`, from the weakest to the strongest", transformWords},
		{"Detectors", "`detect` of a `class`", detectorWords},
		{"Kinds", "`principal.kind`, `approver_kinds` of a `route`", kindWords},
		{"Protocols", "`protocol` of a `target`", []Word{{ProtocolPostgres, "PostgreSQL; rules for it have a `postgres` block"}}},
	}
}

var verbWords = []Word{
	{VerbSelect, "reading rows of a table; the object is the table, as for the next four"},
	{VerbInsert, "adding rows; `COPY ... FROM STDIN` too"},
	{VerbUpdate, "changing rows"},
	{VerbDelete, "removing rows"},
	{VerbTruncate, "removing all rows"},
	{VerbCreate, "CREATE"},
	{VerbAlter, "ALTER, COMMENT"},
	{VerbDrop, "DROP"},
	{VerbGrant, "GRANT, REVOKE, default privileges, owners, roles"},
	{VerbMaintain, "VACUUM, ANALYZE, REINDEX, CLUSTER, REFRESH, CHECKPOINT"},
	{VerbLock, "LOCK TABLE"},
	{VerbNotify, "LISTEN, NOTIFY, UNLISTEN"},
	{VerbSet, "a setting that is not harmless; the object is its name"},
	{VerbCall, "a function or procedure not known to be harmless; the object is its name"},
	{VerbFile, "COPY from or to a file or program of the server, LOAD"},
	{VerbConnect, "opening a session"},
	{VerbOpaque, "what cannot be analysed: DO, text that the parser refuses, a statement over 1 MiB or nested too deep; it is always refused while a mask stands for the caller"},
}

var transformWords = []Word{
	{TransformBucket.String(), "the lower end of the bucket that a number, a date or a timestamp falls into, by `width`; it tells ranges"},
	{TransformEmail.String(), "the first character and the domain: `p****@example.com`"},
	{TransformLast4.String(), "the last four characters, and nothing of a value of fewer than eight"},
	{TransformFirst1.String(), "the first character, and nothing of a value of fewer than four"},
	{TransformTokenize.String(), "each digit and letter becomes another of its kind, and only the `key` leads back (NIST SP 800-38G, FF1); it tells which values are the same, and their form"},
	{TransformHash.String(), "a hash under the `key` (HMAC-SHA-256, 32 hexadecimal digits); it tells which values are the same"},
	{TransformFixed.String(), "the constant `value`"},
	{TransformRedact.String(), "`****`"},
	{TransformNull.String(), "NULL"},
}

var detectorWords = []Word{
	{"api_key", "access keys whose form says what they are: of AWS, GitHub, GitLab, Google, npm, Slack, Stripe and others"},
	{"credit_card", "card numbers with a valid check digit"},
	{"email", "e-mail addresses"},
	{"iban", "account numbers (IBAN) with a valid check"},
	{"jwt", "signed and encrypted tokens (JWT) with a header that can be read"},
	{"phone", "telephone numbers in international form: `+`, a country code and as many digits as numbers have there (E.164)"},
	{"private_key", "private keys in PEM form, those of OpenSSH and PGP too"},
	{"us_ssn", "social security numbers of the United States"},
}

var kindWords = []Word{
	{KindMachine, "a service or a job"},
	{KindHuman, "a person: alone counted as an approver, unless the route says otherwise"},
	{KindAgent, "an AI agent"},
}
