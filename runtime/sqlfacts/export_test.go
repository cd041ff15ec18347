package sqlfacts

// The bounds that tests hold the analysis to.
const (
	MaxWork     = maxWork
	MaxLooks    = maxLooks
	MaxColumns  = maxColumns
	MaxAccesses = maxAccesses
)

// Work classifies a text and gives the nodes visited and the names compared on the way.
func Work(text string, s *Session) (statements []Statement, nodes, looks int) {
	b := newBudget()
	statements = classify(text, s, b)
	return statements, maxWork - b.left, maxLooks - b.looks
}
