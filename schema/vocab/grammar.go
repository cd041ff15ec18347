package vocab

import (
	"fmt"
	"regexp"
	"strings"
)

// The forms in which CEL's parser complains.
var (
	unexpected = regexp.MustCompile(`^(?:mismatched|extraneous) input '(.*)' expecting (.*)$`)
	missing    = regexp.MustCompile(`^missing (.*) at '(.*)'$`)
	// The character itself may be a line break, and the message is cut there.
	noMeaning = regexp.MustCompile(`^token recognition error at: '(.*?)'?$`)
)

const endOfText = "<EOF>"

// syntax says what CEL's parser said, without the names of its grammar.
func (f *finding) syntax(message string) {
	if m := unexpected.FindStringSubmatch(message); m != nil {
		f.misfit(m[1], m[2])
	} else if m := missing.FindStringSubmatch(message); m != nil {
		f.detail = fmt.Sprintf("A %s is missing; %s.", tokens(m[1]), found(m[2]))
		f.hint = "close every bracket that is opened"
	} else if m := noMeaning.FindStringSubmatch(message); m != nil {
		f.strange(m[1])
	} else if strings.HasPrefix(message, "no viable alternative") && strings.HasSuffix(f.c.before(f.start+1), ".") {
		f.detail, f.hint = "A name is expected after \".\".", "write a field, as "+f.example()
	} else {
		f.detail = sentence(message)
	}
}

func (f *finding) example() string {
	if f.c.v.kind == Claims {
		return "claims.sub"
	}
	return "principal.kind"
}

func found(token string) string {
	if token == endOfText {
		return "the condition ends here"
	}
	return fmt.Sprintf("here is %q", token)
}

// shown names what stands before an error: of a text, its closing quote is all that is known.
func shown(last string) string {
	if last == "'" || last == "\"" {
		return "a text"
	}
	return fmt.Sprintf("%q", last)
}

// misfit is a word or sign that does not belong where it stands.
func (f *finding) misfit(token, expected string) {
	switch {
	case expected == endOfText:
		f.surplus(token)
	case strings.Contains(expected, "IDENTIFIER"):
		f.noValue(token)
	default:
		f.detail = fmt.Sprintf("A %s is expected; %s.", tokens(expected), found(token))
		if expected == "':'" {
			f.hint = "a choice is CONDITION ? VALUE : VALUE, a map is {KEY: VALUE}"
		} else {
			f.hint = "close every bracket that is opened"
		}
	}
}

// words are what people write for CEL's operators.
var words = map[string]string{
	"and": "&&", "AND": "&&", "or": "||", "OR": "||", "not": "!", "NOT": "!", "is": "==", "IS": "==", "like": ".matches('...')",
	"LIKE": ".matches('...')", "IN": "in", "eq": "==",
}

// surplus is something after a complete expression.
func (f *finding) surplus(token string) {
	last := f.c.before(f.start)
	f.detail = fmt.Sprintf("An operator such as && or == is expected after %s; here is %q.", shown(last), token)
	switch {
	case words[token] != "":
		f.hint = fmt.Sprintf("CEL writes %s for %s", words[token], token)
	case words[last] != "":
		f.hint = fmt.Sprintf("CEL writes %s for %s", words[last], last)
	case token == ")" || token == "]" || token == "}":
		f.detail, f.hint = fmt.Sprintf("This %q closes nothing.", token), "remove it, or open it where it should begin"
	default:
		f.hint = "join two conditions with && or ||; text takes single quotes"
	}
}

// noValue is a place where an expression should begin.
func (f *finding) noValue(token string) {
	last := f.c.before(f.start)
	if token == endOfText {
		last = f.c.before(f.start + 1)
	}
	f.detail = fmt.Sprintf("An operand is expected after %s; %s.", shown(last), found(token))
	if last == "" {
		f.detail = fmt.Sprintf("An operand is expected; %s.", found(token))
	}
	f.hint = "an operand is a fact as " + f.example() + ", a text in single quotes, a number, true or false"
	if last == "<" && token == ">" {
		f.hint = "CEL writes != for <>"
	}
}

// strange is a character that CEL's language does not have.
func (f *finding) strange(token string) {
	token = strings.TrimSpace(token)
	switch {
	case strings.HasPrefix(token, "'"), strings.HasPrefix(token, "\""):
		f.detail = "The text that begins here does not end, or holds an escape that CEL does not know."
		f.hint = "close it with the quote that opens it, on the same line; a backslash is written twice"
	case token == "=":
		f.detail, f.hint = "\"=\" is no operator of CEL.", "write == to compare"
	case token == "&", token == "|":
		f.detail, f.hint = fmt.Sprintf("%q is no operator of CEL.", token), fmt.Sprintf("write %s%s", token, token)
	default:
		f.detail = fmt.Sprintf("%q has no meaning in CEL.", token)
		f.hint = "remove it, or put it in single quotes if it is text"
	}
}

// tokens makes a list for a sentence of what the parser expects, as {']', ','}.
func tokens(expected string) string {
	list := strings.Split(strings.Trim(expected, "{}"), "', '")
	for i, token := range list {
		list[i] = fmt.Sprintf("%q", strings.Trim(token, "'"))
	}
	return strings.Join(list, " or ")
}
