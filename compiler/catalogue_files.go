package compiler

// filesEntries are about files.
var filesEntries = []Entry{
	{
		ID: "no-policy-files", Summary: "No policy files",
		Meaning: "The directory holds no file whose name ends in .hcl.",
		Made:    "An empty directory.",
		Good: `-- policy.hcl --
policy "p" { language = 1 }
`,
	},
	{
		ID: "policy-directory-cannot-be-read", Summary: "Policy directory cannot be read",
		Meaning: "There is no such directory, or it may not be read.",
		Made:    "A directory that is not there.",
		Good: `-- policy.hcl --
policy "p" { language = 1 }
`,
	},
	{
		ID: "too-many-files", Summary: "Too many files",
		Meaning: "A policy's directory has more than 10,000 entries.",
		Made:    "A directory with 10,001 files.",
		Good: `-- policy.hcl --
policy "p" { language = 1 }
`,
	},
	{
		ID: "policy-is-too-large", Summary: "Policy is too large",
		Meaning: "The files of a policy have more than 64 MiB, or more than 8 million words and signs, together.",
		Made:    "Nine files of just under 8 MiB each.",
		Good: `-- policy.hcl --
policy "p" { language = 1 }
`,
	},
	{
		ID: "strange-file-name", Summary: "Strange file name",
		Meaning: "A file's name holds control characters or backslashes, or is longer than 200 bytes.",
		Made:    "A file whose name holds a line break.",
		Good: `-- policy.hcl --
policy "p" { language = 1 }
`,
	},
	{
		ID: "file-name-is-not-in-lower-case", Summary: "File name is not in lower case",
		Meaning: "A file would be read as policy on one machine and not on another.",
		Bad: `-- rules.HCL --
allow "a" { targets = ["payments-db"] }
`,
		Good: `-- rules.hcl --
allow "a" { targets = ["payments-db"] }
`,
	},
	{
		ID: "file-cannot-be-read", Summary: "File cannot be read",
		Meaning: "A file is gone, a link that leads nowhere or in a circle, no regular file, or not permitted.",
		Made:    "A link named rules.hcl that points at itself.",
		Good: `-- rules.hcl --
allow "a" { targets = ["payments-db"] }
`,
	},
	{
		ID: "file-cannot-be-formatted", Summary: "File cannot be formatted", Formatting: true,
		Meaning: "gatewright fmt cannot read a file, or not put the new one in its place. It lays out the other files.",
		Made:    "A link named rules.hcl that points at itself.",
		Good: `-- rules.hcl --
allow "a" { targets = ["payments-db"] }
`,
	},
	{
		ID: "file-is-too-large", Summary: "File is too large",
		Meaning: "A file has more than 8 MiB.",
		Made:    "A file of 50 MB.",
		Good: `-- rules.hcl --
allow "a" { targets = ["payments-db"] }
`,
	},
	{
		ID: "file-has-too-many-words", Summary: "File has too many words",
		Meaning: "A file has more than a million words and signs.",
		Made:    "A file of 6 MiB that holds brackets only.",
		Good: `-- rules.hcl --
allow "a" { targets = ["payments-db"] }
`,
	},
	{
		ID: "file-is-not-utf-8", Summary: "File is not UTF-8",
		Meaning: "A file holds a byte that is no part of a UTF-8 character.",
		Made:    "A file in Latin-1 with an umlaut.",
		Good: `locals { name = "é" }
`,
	},
	{
		ID: "file-begins-with-a-byte-order-mark", Summary: "File begins with a byte order mark",
		Meaning: "Policy files are UTF-8 without the mark that some editors put in front.",
		Made:    "A file that begins with U+FEFF.",
		Good: `locals { name = "x" }
`,
	},
	{
		ID: "invisible-control-character", Summary: "Invisible control character",
		Meaning: "A character shows as nothing or turns text around, so that a reader would see another policy.",
		Made:    "A text with the character U+202E, which turns around what follows.",
		Good: `locals { name = "x" }
`,
	},
	{
		ID: "nested-too-deeply", Summary: "Nested too deeply",
		Meaning: "Blocks, brackets and templates nest deeper than 32 levels.",
		Made:    "A list in a list, 10,000 deep.",
		Good: `locals { list = [["a"]] }
`,
	},
	{
		ID: "expression-is-too-complex", Summary: "Expression is too complex",
		Meaning: "An attribute holds more than 100 operators.",
		Made:    "A sum of 1,000 numbers.",
		Good: `locals { n = 1000 }
`,
	},
	{
		ID: "unclosed-configuration-block", Summary: "Unclosed configuration block",
		Meaning: "A block is opened and not closed.",
		Bad: `allow "a" {
  targets = ["payments-db"]
`,
		Good: `allow "a" {
  targets = ["payments-db"]
}
`,
	},
	{
		ID: "attribute-redefined", Summary: "Attribute redefined",
		Meaning: "An attribute stands twice in one block.",
		Bad: `allow "a" {
  targets = ["payments-db"]
  targets = ["*"]
}
`,
		Good: `allow "a" {
  targets = ["payments-db"]
}
`,
	},
	{
		ID: "invalid-multi-line-string", Summary: "Invalid multi-line string",
		Meaning: "A text in quotes goes over the end of a line.",
		Bad: `locals {
  note = "one
two"
}
`,
		Good: `locals {
  note = <<-TEXT
    one
    two
  TEXT
}
`,
	},
	{
		ID: "unterminated-template-string", Summary: "Unterminated template string",
		Meaning: "A text in quotes, or a heredoc, does not end.",
		Bad: `locals {
  note = <<-TEXT
    one
}
`,
		Good: `locals {
  note = <<-TEXT
    one
  TEXT
}
`,
	},
	{
		ID: "invalid-expression", Summary: "Invalid expression",
		Meaning: "Something stands where a value should.",
		Bad: `locals { n = = }
`,
		Good: `locals { n = 1 }
`,
	},
	{
		ID: "invalid-syntax", Summary: "Invalid syntax",
		Meaning: "A text that is not HCL, in a way that has no entry of its own here; the detail says which.",
		Bad: `locals { n = (1 }
`,
		Good: `locals { n = 1 }
`,
	},
	{
		ID: "invalid-character", Summary: "Invalid character",
		Meaning: "A character that means nothing in HCL, such as a semicolon, or a single quote outside of a text.",
		Bad: `locals {
  n = 1;
}
`,
		Good: `locals {
  n = 1
}
`,
	},
	{
		ID: "invalid-escape-sequence", Summary: "Invalid escape sequence",
		Meaning: "A backslash in a text is followed by something that HCL gives no meaning.",
		Bad: `locals { pattern = "\d+" }
`,
		Good: `locals { pattern = "\\d+" }
`,
	},
	{
		ID: "unclosed-template-interpolation-sequence", Summary: "Unclosed template interpolation sequence",
		Meaning: "A ${ in a text has no } before the text ends.",
		Bad: `locals {
  note = "costs ${5"
}
`,
		Good: `locals {
  note = "costs $${5"
}
`,
	},
	{
		ID: "invalid-argument-name", Summary: "Invalid argument name",
		Meaning: "The name of an attribute stands in quotes.",
		Bad: `locals {
  "note" = "x"
}
`,
		Good: `locals {
  note = "x"
}
`,
	},
	{
		ID: "argument-definition-required", Summary: "Argument definition required",
		Meaning: "A block on one line holds another block.",
		Bad: `deny "a" { postgres { verbs = ["drop"] } }
`,
		Good: `deny "a" {
  targets = ["*"]
  postgres { verbs = ["drop"] }
}
`,
	},
	{
		ID: "invalid-single-argument-block-definition", Summary: "Invalid single-argument block definition",
		Meaning: "A block on one line holds more than one attribute, or a comment.",
		Bad: `locals { a = 1 b = 2 }
`,
		Good: `locals {
  a = 1
  b = 2
}
`,
	},
	{
		ID: "missing-newline-after-argument", Summary: "Missing newline after argument",
		Meaning: "Two attributes stand on one line.",
		Bad: `locals {
  a = 1 b = 2
}
`,
		Good: `locals {
  a = 1
  b = 2
}
`,
	},
	{
		ID: "missing-newline-after-block-definition", Summary: "Missing newline after block definition",
		Meaning: "Two blocks stand on one line.",
		Bad: `locals { a = 1 } locals { b = 2 }
`,
		Good: `locals { a = 1 }
locals { b = 2 }
`,
	},
	{
		ID: "argument-or-block-definition-required", Summary: "Argument or block definition required",
		Meaning: "A line is neither an attribute nor a block.",
		Bad: `allow
`,
		Good: `allow "a" { targets = ["payments-db"] }
`,
	},
	{
		ID: "missing-item-separator", Summary: "Missing item separator",
		Meaning: "The items of a list are separated by commas.",
		Bad: `allow "a" { targets = ["payments-db" "payments-db"] }
`,
		Good: `allow "a" { targets = ["payments-db"] }
`,
	},
	{
		ID: "file-has-carriage-returns", Summary: "File has carriage returns",
		Meaning: "A bundle holds the files as they are, so that those with other line ends make another one. It is a warning.",
		Made:    "A file whose lines end in a carriage return and a line feed.",
		Good: `allow "a" { targets = ["payments-db"] }
`,
	},
	{
		ID: "bad-catalog-path", Summary: "Bad catalog path",
		Meaning: "A catalog is a file within the policy's directory.",
		Bad: `target "x" {
  protocol = "postgres"
  catalog  = "../x.json"
}
`,
		Good: `target "x" {
  protocol = "postgres"
  catalog  = "payments-db.json"
}
`,
	},
	{
		ID: "catalog-cannot-be-read", Summary: "Catalog cannot be read",
		Meaning: "The catalog is not there, or no catalog.",
		Bad: `target "x" {
  protocol = "postgres"
  catalog  = "x.json"
}
`,
		Good: `target "x" {
  protocol = "postgres"
  catalog  = "payments-db.json"
}
`,
	},
	{
		ID: "catalog-is-too-large", Summary: "Catalog is too large",
		Meaning: "A catalog has more than 64 MiB.",
		Made:    "A catalog of 65 MiB.",
		Good: `target "x" {
  protocol = "postgres"
  catalog  = "payments-db.json"
}
`,
	},
	{
		ID: "catalog-of-an-unsupported-server", Summary: "Catalog of an unsupported server",
		Meaning: "The catalog was taken from a server that is older than PostgreSQL 13.",
		Bad: `-- x.json --
{"server_version": 90624, "search_path": ["public"], "relations": []}
-- x.hcl --
target "x" {
  protocol = "postgres"
  catalog  = "x.json"
}
`,
		Good: `target "x" {
  protocol = "postgres"
  catalog  = "payments-db.json"
}
`,
	},
	{
		ID: "catalog-of-a-newer-server", Summary: "Catalog of a newer server",
		Meaning: "The catalog was taken from a server that is newer than the one whose syntax this build reads. It is a warning.",
		Bad: `-- x.json --
{"server_version": 990000, "search_path": ["public"], "relations": []}
-- x.hcl --
target "x" {
  protocol = "postgres"
  catalog  = "x.json"
}
`,
		Good: `target "x" {
  protocol = "postgres"
  catalog  = "payments-db.json"
}
`,
	},
}
