// Package syntax owns the way from HCL bytes to a typed tree of the policy language: parsing, the evaluation of
// locals, the shape of every block, and the exact place of everything in it; and back to bytes in the canonical layout,
// conditions included.
//
// It refuses to know what names refer to and what conditions mean: CEL is text with a way back to its place in the
// file. It reads no file, and no HCL type leaves it.
package syntax
