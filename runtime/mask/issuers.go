package mask

// cardRange is a range of issuer identification numbers, by their first four digits. lengths has bit n set when its
// cards may have n digits.
type cardRange struct {
	from, to int
	lengths  uint32
}

const (
	digits14   = 1 << 14
	digits15   = 1 << 15
	digits16   = 1 << 16
	digits16to = 1<<16 | 1<<17 | 1<<18 | 1<<19
	digits13to = 1<<13 | 1<<14 | 1<<15 | digits16to
)

// cardRanges are the ranges that the card networks publish, by rising number.
var cardRanges = [...]cardRange{
	{2200, 2204, digits16to},                           // Mir
	{2221, 2720, digits16},                             // Mastercard
	{3000, 3059, digits14 | digits16to},                // Diners Club
	{3095, 3095, digits14 | digits16to},                // Diners Club
	{3400, 3499, digits15},                             // American Express
	{3528, 3589, digits16to},                           // JCB
	{3600, 3699, digits14 | digits16to},                // Diners Club
	{3700, 3799, digits15},                             // American Express
	{3800, 3999, digits14 | digits16to},                // Diners Club
	{4000, 4999, 1<<13 | digits16 | 1<<18 | 1<<19},     // Visa
	{5018, 5018, digits13to}, {5020, 5020, digits13to}, // Maestro
	{5038, 5038, digits13to},                           // Maestro
	{5060, 5061, digits16to}, {5078, 5079, digits16to}, // Verve
	{5080, 5089, digits16},                             // RuPay
	{5100, 5599, digits16},                             // Mastercard
	{5893, 5893, digits13to},                           // Maestro
	{6011, 6011, digits16to},                           // Discover
	{6200, 6299, digits16to},                           // UnionPay
	{6304, 6304, digits13to},                           // Maestro
	{6440, 6599, digits16to},                           // Discover, RuPay, Verve, Troy
	{6759, 6759, digits13to}, {6761, 6763, digits13to}, // Maestro
	{8100, 8199, digits16to}, // UnionPay
	{9792, 9792, digits16},   // Troy
}

// issued reports whether cards of so many digits are issued under the number's first four. The first four characters
// of every accepted form are digits.
func issued(number []byte, total int) bool {
	prefix := 0
	for _, c := range number[:4] {
		prefix = prefix*10 + int(c-'0')
	}
	for _, r := range cardRanges {
		if prefix <= r.to {
			return prefix >= r.from && r.lengths>>total&1 == 1
		}
	}
	return false
}
