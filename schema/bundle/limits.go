package bundle

// Limits of a file. They leave room for 100,000 rules with their sources.
const (
	// MaxBytes is the size of a whole file.
	MaxBytes = 128 << 20
	// MaxHeaderBytes and MaxSignatureBytes are the sizes of the header's and the signature block's JSON.
	MaxHeaderBytes    = 64 << 10
	MaxSignatureBytes = 64 << 10
	// MaxSections and MaxSignatures are counts.
	MaxSections   = 32
	MaxSignatures = 64
	// MaxDepth is the depth of nesting in one section's JSON, MaxNodes the number of values in it, of which MaxObjects
	// may be objects, MaxLists lists and MaxStrings strings, keys included. They bound the memory that a section takes.
	MaxDepth   = 16
	MaxNodes   = 16 << 20
	MaxObjects = 1 << 20
	MaxLists   = 2 << 20
	MaxStrings = 8 << 20
)

// scan counts what a JSON text holds without building anything of it. It trusts nothing but the brackets outside of
// strings; whether the text is JSON at all is for the decoder.
type scan struct {
	depth, nodes, objects, lists, strings int
}

// withinLimits refuses JSON that would take too much memory or stack.
func withinLimits(name string, text []byte) error {
	var s scan
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{':
			s.depth, s.objects, s.nodes = s.depth+1, s.objects+1, s.nodes+1
		case '[':
			s.depth, s.lists, s.nodes = s.depth+1, s.lists+1, s.nodes+1
		case '}', ']':
			s.depth--
		case ',':
			s.nodes++
		case '"':
			s.strings, s.nodes = s.strings+1, s.nodes+1
			i = endOfString(text, i+1)
		}
		if over, what := s.over(); over {
			return refuse("split the policy into several", "section %q has too many %s", name, what)
		}
	}
	return nil
}

func (s *scan) over() (bool, string) {
	switch {
	case s.depth > MaxDepth:
		return true, "levels"
	case s.objects > MaxObjects:
		return true, "objects"
	case s.lists > MaxLists:
		return true, "lists"
	case s.strings > MaxStrings:
		return true, "strings"
	default:
		return s.nodes > MaxNodes, "values"
	}
}

// endOfString gives the index of the closing quote, or the end of the text.
func endOfString(text []byte, i int) int {
	for ; i < len(text) && text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i
}

// decodeJSON reads one section strictly: within the limits, no unknown field, and exactly the bytes that canonical
// gives for what was read.
func decodeJSON(name string, text []byte, into any) error {
	if err := withinLimits(name, text); err != nil {
		return err
	}
	if string(text) == "null" {
		return damaged("section %q is null", name)
	}
	if err := strict(text, into); err != nil {
		return damaged("section %q cannot be read: %v", name, err)
	}
	again, err := canonical(into)
	if err != nil || string(again) != string(text) {
		return refuse(hintSameBuild, "section %q is not in the one form that this version writes", name)
	}
	return nil
}
