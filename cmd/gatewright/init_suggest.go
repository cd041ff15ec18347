package main

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/gatewright/gatewright/schema"
)

// suggestion is a class that the names of columns speak for.
type suggestion struct {
	class string
	// names are words of a column's name that speak for it, several words joined by "_".
	names []string
	// with is the transform and detect the detector that suit it; either may be empty.
	with, detect string
	// about is what the values are, for a message, and sample is one of nobody.
	about, sample string
}

// suggestions are what init knows of names, in the order in which a column is asked about: the first that fits has it.
var suggestions = []suggestion{
	{"credential", []string{"password", "passwd", "pwd", "secret", "api_key", "apikey", "access_token", "refresh_token", "private_key", "totp"}, "null", "", "credentials", "correct horse"},
	{"card-verification", []string{"cvv", "cvv2", "cvc", "cvc2", "cvn", "cid2", "security_code"}, "null", "", "card verification values", "123"},
	{"card-number", []string{"pan", "card_number", "cardnumber", "card_no", "credit_card", "creditcard", "cc_number", "ccnum"}, "last4", "credit_card", "card numbers", "4111111111111111"},
	{"bank-account", []string{"iban", "account_number", "bank_account", "sort_code", "routing_number"}, "last4", "iban", "bank accounts", "GB33BUKB20201555555555"},
	{"national-id", []string{"ssn", "social_security", "national_id", "nino", "tax_id", "passport", "passport_number"}, "last4", "us_ssn", "numbers that a state gives to a person", "536-22-1234"},
	{"email-address", []string{"email", "e_mail", "mail", "email_address"}, "email", "email", "e-mail addresses", "ada@mail.example"},
	{"phone-number", []string{"phone", "phone_number", "telephone", "mobile", "cell", "msisdn", "fax"}, "redact", "", "telephone numbers", "+44 20 7946 0000"},
	{"birth-date", []string{"birth_date", "birthdate", "birthday", "date_of_birth", "dob", "born"}, "null", "", "dates of birth", "1815-12-10"},
}

// suggested is a suggestion with the columns that it is for, by canonical name.
type suggested struct {
	suggestion
	columns []string
	// text is set when every one of them holds text; a transform other than null leaves nothing of other types anyway.
	text bool
	// keyed is set when one of them stands under a key: writing it asks whether a value is there, an equality question.
	keyed bool
}

// suggest looks at the names of the columns of tables.
func suggest(tables []*schema.Relation) []suggested {
	var out []suggested
	for _, s := range suggestions {
		found := suggested{suggestion: s, text: true}
		for _, r := range tables {
			for _, c := range r.Columns {
				if i := fitting(c.Name); i >= 0 && suggestions[i].class == s.class {
					found.columns = append(found.columns, schema.Qualify(r.Schema, r.Name, c.Name))
					found.text = found.text && isText(c.Type)
					found.keyed = found.keyed || slices.ContainsFunc(r.Keys, func(key []string) bool { return slices.Contains(key, c.Name) })
				}
			}
		}
		if len(found.columns) > 0 {
			slices.Sort(found.columns)
			out = append(out, found)
		}
	}
	return out
}

// transform gives what suits the columns.
func (s *suggested) transform() string {
	if !s.text {
		return "null"
	}
	return s.with
}

// fitting gives the index of the first suggestion that a name speaks for; -1 when there is none.
func fitting(name string) int {
	words := "_" + strings.Join(nameWords(name), "_") + "_"
	return slices.IndexFunc(suggestions, func(s suggestion) bool {
		return slices.ContainsFunc(s.names, func(n string) bool { return strings.Contains(words, "_"+n+"_") })
	})
}

// nameWords takes a name apart: at anything but letters and digits, and where an upper-case letter follows a lower-case
// one.
func nameWords(name string) []string {
	var b strings.Builder
	lower := false
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			b.WriteByte(' ')
		case unicode.IsUpper(r) && lower:
			b.WriteByte(' ')
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteRune(unicode.ToLower(r))
		}
		lower = unicode.IsLower(r)
	}
	return strings.Fields(b.String())
}

// leastText is how long text may be at least for a transform that leaves some of it.
const leastText = 16

// isText reports whether a type, as format_type names it, holds text that is long enough to be masked in part.
func isText(name string) bool {
	if name == "text" || name == "character varying" {
		return true
	}
	rest, ok := strings.CutPrefix(name, "character varying(")
	n, err := strconv.Atoi(strings.TrimSuffix(rest, ")"))
	return ok && err == nil && n >= leastText
}
