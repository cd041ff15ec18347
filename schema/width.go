package schema

import (
	"fmt"
	"slices"
	"strings"
)

// Width is how much falls into one bucket: a number, or a stretch of the calendar.
type Width struct {
	// Number times 10 to the power of -Decimals is the width of buckets of numbers; zero for dates.
	Number   int64
	Decimals int
	// Span is the width of buckets of dates and times; SpanNone for numbers.
	Span Span
}

// Span is a stretch of the calendar. Weeks begin on Monday (ISO 8601).
type Span uint8

const (
	SpanNone Span = iota
	SpanDay
	SpanWeek
	SpanMonth
	SpanQuarter
	SpanYear
)

// Spans are the words for spans, from the shortest to the longest; the index is the Span less one.
var Spans = []string{"day", "week", "month", "quarter", "year"}

// Bounds of a width in numbers: how many decimals, digits before them, and digits in all but the zeros at either end.
// Strength rests on them: it gives each width a place of its own.
const (
	MaxWidthDecimals = 6
	MaxWidthDigits   = 12
	MaxWidthFigures  = 6
)

// widthBits is how much room the place of a width takes.
const widthBits = 25

// ParseWidth reads a positive decimal number or one of Spans.
func ParseWidth(text string) (Width, error) {
	if i := slices.Index(Spans, text); i >= 0 {
		return Width{Span: Span(i + 1)}, nil
	}
	whole, part, dot := strings.Cut(text, ".")
	w := Width{Decimals: len(part)}
	ok := whole != "" && len(whole) <= MaxWidthDigits && len(part) <= MaxWidthDecimals && dot == (part != "")
	for _, c := range whole + part {
		ok = ok && c >= '0' && c <= '9'
		if ok {
			w.Number = w.Number*10 + int64(c-'0')
		}
	}
	figures := strings.Trim(whole+part, "0")
	if !ok || figures == "" || len(figures) > MaxWidthFigures || len(whole) > 1 && whole[0] == '0' {
		return Width{}, fmt.Errorf("a width is a positive number of at most %d figures, as 10 or 0.5, or one of %s", MaxWidthFigures, strings.Join(Spans, ", "))
	}
	for w.Decimals > 0 && w.Number%10 == 0 {
		w.Number, w.Decimals = w.Number/10, w.Decimals-1
	}
	return w, nil
}

// rank gives each width a place by size, under 2 to the power of widthBits; spans come last, as a number under one, or a
// date under a number, becomes NULL anyway.
func (w Width) rank() int32 {
	const figures, decades = 900_000, MaxWidthDigits + MaxWidthDecimals + 1
	if w.Span != SpanNone {
		return figures*decades + int32(w.Span)
	}
	n, decade := w.Number, MaxWidthDecimals-w.Decimals
	for ; n >= 1_000_000; n /= 10 {
		decade++
	}
	for ; n < 100_000; n *= 10 {
		decade--
	}
	return figures*int32(decade+MaxWidthFigures-1) + int32(n-100_000)
}
