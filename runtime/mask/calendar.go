package mask

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/gatewright/gatewright/schema"
)

// Dates are days since 2000-01-01, timestamps microseconds since its midnight, those with a time zone in UTC, as on the
// wire (date_send, timestamp_send). Text is read and written in the ISO form alone (manual chapter 8.5.2): under any other
// DateStyle the same text may mean another day.
const (
	daysToEpoch   = 730_425 // from 0000-03-01 to 2000-01-01
	microsPerDay  = 24 * 60 * 60 * 1_000_000
	mostYear      = 294_276 // the last of a timestamp
	daysPerWeek   = 7
	saturdayEpoch = 5 // days from a Monday to 2000-01-01
)

// daysOf gives the day of a date of the Gregorian calendar.
func daysOf(year, month, day int64) int64 {
	// Years that begin in March, so that the day that comes and goes stands at the end.
	if month < 3 {
		year, month = year-1, month+12
	}
	return 365*year + floor(year, 4) - floor(year, 100) + floor(year, 400) + (153*(month-3)+2)/5 + day - 1 - daysToEpoch
}

// dateOf is the way back.
func dateOf(days int64) (year, month, day int64) {
	days += daysToEpoch
	era := floor(days, 146_097)
	d := days - era*146_097
	y := (d - d/1_460 + d/36_524 - d/146_096) / 365
	d -= 365*y + y/4 - y/100
	m := (5*d + 2) / 153
	day, month, year = d-(153*m+2)/5+1, m+3, y+era*400
	if month > 12 {
		month, year = month-12, year+1
	}
	return year, month, day
}

// floor divides and rounds down; d is positive.
func floor(n, d int64) int64 {
	q := n / d
	if n%d < 0 {
		q--
	}
	return q
}

// bucketOf gives the first day of the stretch that a day lies in; false for days before the year 1, whose text has
// another form, and beyond what PostgreSQL has.
func bucketOf(days int64, span schema.Span) (int64, bool) {
	year, month, _ := dateOf(days)
	if year < 1 || year > mostYear {
		return 0, false
	}
	switch span {
	case schema.SpanDay:
		return days, true
	case schema.SpanWeek:
		return days - (days + saturdayEpoch - floor(days+saturdayEpoch, daysPerWeek)*daysPerWeek), true
	case schema.SpanMonth:
		return daysOf(year, month, 1), true
	case schema.SpanQuarter:
		return daysOf(year, (month-1)/3*3+1, 1), true
	case schema.SpanYear:
		return daysOf(year, 1, 1), true
	default:
		return 0, false
	}
}

// clock reads digits and signs off the front of a text.
type clock struct {
	in []byte
	ok bool
}

// number reads between least and most digits.
func (c *clock) number(least, most int) (v int64) {
	n := 0
	for n < len(c.in) && n < most && isDigit(c.in[n]) {
		v = 10*v + int64(c.in[n]-'0')
		n++
	}
	c.ok = c.ok && n >= least
	c.in = c.in[n:]
	return v
}

// sign reads one byte that may only be what it should.
func (c *clock) sign(want byte) {
	if !c.next(want) {
		c.ok = false
	}
}

// next reads one byte if it is the one.
func (c *clock) next(want byte) bool {
	if len(c.in) == 0 || c.in[0] != want {
		return false
	}
	c.in = c.in[1:]
	return true
}

func (c *clock) date() int64 {
	year := c.number(4, 6)
	c.sign('-')
	month := c.number(2, 2)
	c.sign('-')
	day := c.number(2, 2)
	if c.ok = c.ok && year >= 1 && year <= mostYear && month >= 1 && month <= 12 && day >= 1; !c.ok {
		return 0
	}
	days := daysOf(year, month, day)
	_, m, _ := dateOf(days)
	c.ok = m == month // there is no 30th of February
	return days
}

// time reads hours to microseconds.
func (c *clock) time() int64 {
	h := c.number(2, 2)
	c.sign(':')
	m := c.number(2, 2)
	c.sign(':')
	s := c.number(2, 2)
	micros := ((h*60+m)*60 + s) * 1_000_000
	if c.next('.') {
		before := len(c.in)
		part := c.number(1, 6)
		for range 6 - (before - len(c.in)) {
			part *= 10
		}
		micros += part
	}
	c.ok = c.ok && h < 24 && m < 60 && s < 60
	return micros
}

// zone reads an offset from UTC.
func (c *clock) zone() int64 {
	negative := c.next('-')
	if !negative {
		c.sign('+')
	}
	seconds := c.number(2, 2) * 3600
	for _, unit := range [2]int64{60, 1} {
		if c.next(':') {
			seconds += c.number(2, 2) * unit
		}
	}
	if negative {
		seconds = -seconds
	}
	return seconds * 1_000_000
}

// parseTime reads a printed date, timestamp or timestamp with time zone as days or microseconds.
func parseTime(typeOID uint32, in []byte) (v int64, ok bool) {
	c := clock{in: in, ok: true}
	v = c.date()
	if typeOID != oidDate {
		v *= microsPerDay
		c.sign(' ')
		v += c.time()
		if typeOID == oidTimestampTZ {
			v -= c.zone()
		}
	}
	return v, c.ok && len(c.in) == 0
}

// readTime reads the same in binary.
func readTime(typeOID uint32, in []byte) (v int64, ok bool) {
	switch {
	case typeOID == oidDate && len(in) == 4:
		v = int64(int32(binary.BigEndian.Uint32(in)))
		return v, v != math.MaxInt32 && v != math.MinInt32 // the infinities
	case typeOID != oidDate && len(in) == 8:
		v = int64(binary.BigEndian.Uint64(in))
		return v, v != math.MaxInt64 && v != math.MinInt64
	default:
		return 0, false
	}
}

// appendDays writes the midnight of a day as a value of the type.
func appendDays(dst []byte, typeOID uint32, format int16, days int64) []byte {
	if format == formatBinary {
		if typeOID == oidDate {
			return binary.BigEndian.AppendUint32(dst, uint32(int32(days)))
		}
		return binary.BigEndian.AppendUint64(dst, uint64(days*microsPerDay))
	}
	year, month, day := dateOf(days)
	for place := int64(1000); place > year; place /= 10 {
		dst = append(dst, '0')
	}
	dst = strconv.AppendInt(dst, year, 10)
	dst = append(dst, '-', '0'+byte(month/10), '0'+byte(month%10), '-', '0'+byte(day/10), '0'+byte(day%10))
	switch typeOID {
	case oidTimestamp:
		dst = append(dst, " 00:00:00"...)
	case oidTimestampTZ:
		dst = append(dst, " 00:00:00+00"...)
	}
	return dst
}
