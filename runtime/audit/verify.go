package audit

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
)

// Fault says what is wrong with a line.
type Fault string

const (
	// FaultChanged is a line whose bytes are not those that were written, or that does not follow from the one before.
	FaultChanged Fault = "changed"
	// FaultDropped is a line that is not there though a later one is.
	FaultDropped Fault = "dropped"
	// FaultMoved is a line that stands after a later one, or twice.
	FaultMoved Fault = "moved"
	// FaultCut is what is missing at the end, by the word of the head file.
	FaultCut Fault = "cut"
)

// Problem is one fault. Line counts from 1 in the file; Seq is the sequence number, the first of them where it is about
// several; each is 0 where not known.
type Problem struct {
	Fault  Fault  `json:"fault"`
	Line   uint64 `json:"line,omitempty"`
	Seq    uint64 `json:"seq,omitempty"`
	Detail string `json:"detail"`
}

// maxProblems bounds a report; More counts the rest.
const maxProblems = 100

// Report is what a reading of a log found.
type Report struct {
	Lines uint64 `json:"lines"`
	// First and Last are the lowest and highest sequence numbers, Head what the last line amounts to.
	First uint64 `json:"first"`
	Last  uint64 `json:"last"`
	Head  string `json:"head"`
	// HeadChecked is false when no head was given: lines missing at the end could then not be found.
	HeadChecked bool      `json:"head_checked"`
	Problems    []Problem `json:"problems,omitempty"`
	More        int       `json:"more,omitempty"`
	// Unfinished counts bytes after the last newline: a line that is being written, or that a crash left.
	Unfinished int `json:"unfinished,omitempty"`
}

// OK reports whether nothing was found.
func (r *Report) OK() bool { return len(r.Problems) == 0 }

// VerifyFile checks the log at path against its head file. A log that is being written may be checked: its head is read
// first, and lines after it are welcome.
func VerifyFile(path string) (*Report, error) {
	head, err := ReadHead(HeadPath(path))
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("verify the audit log: %w", err)
	}
	defer f.Close()
	return Verify(f, &head)
}

// Verify follows the chain through a whole log and reports every line that was changed, dropped or moved, and, against
// a head, what is missing at the end. The error is r's own; a log with faults is a Report.
func Verify(r io.Reader, head *Head) (*Report, error) {
	return walk(r, head, func([]byte) error { return nil })
}

// walk hands each line that holds, without its newline, to visit while it verifies.
func walk(r io.Reader, head *Head, visit func(line []byte) error) (*Report, error) {
	c := chain{head: head, report: &Report{HeadChecked: head != nil}, sure: true, gaps: map[uint64]bool{}}
	lines := bufio.NewReaderSize(r, MaxLine)
	for {
		line, err := lines.ReadSlice('\n')
		switch {
		case err == nil:
			if c.take(line[:len(line)-1]) {
				if err := visit(line[:len(line)-1]); err != nil {
					return nil, err
				}
			}
		case errors.Is(err, bufio.ErrBufferFull):
			if err := skipLine(lines); err != nil {
				return nil, fmt.Errorf("read the audit log: %w", err)
			}
			c.report.Lines++
			c.broken(fmt.Sprintf("the line has more than %d bytes", MaxLine))
		case errors.Is(err, io.EOF):
			c.report.Unfinished = len(line)
			return c.end(), nil
		default:
			return nil, fmt.Errorf("read the audit log: %w", err)
		}
	}
}

func skipLine(r *bufio.Reader) error {
	for {
		_, err := r.ReadSlice('\n')
		if err == nil || errors.Is(err, io.EOF) {
			return nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}
