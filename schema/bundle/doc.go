// Package bundle owns the bundle file, *.gwb: its canonical bytes, its content id, its signatures, and the rules by
// which a file is refused. It refuses to know where files live, what a condition means and what a rule decides.
//
// A file is, in this order and with nothing between or after:
//
//	magic            8 bytes
//	header           4 bytes of length (big endian), then canonical JSON
//	sections         in the order and with the sizes and SHA-256 digests that the header names
//	signature block  4 bytes of length (big endian), then canonical JSON
//	seal             SHA-256 of every byte before it
//
// The content id is the SHA-256 of the header's JSON, which names everything but the signatures. Canonical JSON is
// what this package writes: sorted keys, no spaces, no field that is empty. A reader writes again what it has read and
// refuses a file that differs, so that one policy has one file. The seal tells damage from forgery; it proves nothing
// about who made the file, signatures do.
package bundle
