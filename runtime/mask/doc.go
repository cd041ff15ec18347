// Package mask hides values: whole values by the transform of a mask, and card numbers and their like wherever they
// stand in text, by the detectors of a class.
//
// It owns what a masked value looks like for each PostgreSQL type and wire format, and how a sensitive value is told
// from a look-alike. It refuses to know which columns are masked and for whom: it is told. It keeps no state, and a
// value that it cannot mask within its type becomes NULL.
package mask
