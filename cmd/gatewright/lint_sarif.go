package main

import (
	"net/url"
	"path"
	"unicode/utf8"

	"github.com/gatewright/gatewright/compiler"
	"github.com/gatewright/gatewright/schema"
)

// The parts of SARIF 2.1.0 (OASIS Standard, 27 March 2020) that lint writes; numbers of sections stand beside them.
type (
	sarifLog struct { // 3.13
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct { // 3.14
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct { // 3.18
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct { // 3.19
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct { // 3.49
		ID                   string         `json:"id"`
		ShortDescription     sarifText      `json:"shortDescription"`
		FullDescription      sarifText      `json:"fullDescription"`
		HelpURI              string         `json:"helpUri"`
		Help                 sarifText      `json:"help"`
		DefaultConfiguration sarifLevel     `json:"defaultConfiguration"`
		Properties           sarifRuleExtra `json:"properties"`
	}
	sarifRuleExtra struct { // GitHub Docs, "SARIF support for code scanning"
		Tags      []string `json:"tags"`
		Precision string   `json:"precision"`
	}
	sarifText struct { // 3.11, 3.12
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifLevel struct { // 3.50
		Level string `json:"level"`
	}
	sarifResult struct { // 3.27
		RuleID              string             `json:"ruleId"`
		RuleIndex           int                `json:"ruleIndex"`
		Level               string             `json:"level"`
		Message             sarifText          `json:"message"`
		Locations           []sarifLocation    `json:"locations"`
		PartialFingerprints map[string]string  `json:"partialFingerprints"`
		Suppressions        []sarifSuppression `json:"suppressions"`
	}
	sarifSuppression struct { // 3.35
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
	sarifLocation struct { // 3.28
		PhysicalLocation sarifPlace `json:"physicalLocation"`
	}
	sarifPlace struct { // 3.29
		ArtifactLocation sarifFile   `json:"artifactLocation"`
		Region           sarifRegion `json:"region"`
	}
	sarifFile struct { // 3.4
		URI string `json:"uri"`
	}
	sarifRegion struct { // 3.30
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
)

// home is where the documents of this repository are.
const home = "https://github.com/gatewright/gatewright"

// fingerprintKey names how fingerprints are made; another way gets another number.
const fingerprintKey = "gatewrightFinding/v1"

// sarif gives the findings as a SARIF log, those that were set aside as suppressed in the source.
func (l *linted) sarif() sarifLog {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "gatewright", InformationURI: home}
	index := map[string]int{}
	for i, r := range compiler.LintRules() {
		index[r.ID] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
			ID: r.ID, ShortDescription: sarifText{Text: r.Summary}, FullDescription: sarifText{Text: r.Why},
			HelpURI: home + "/blob/main/docs/lint.md#" + r.ID, Help: sarifText{Text: r.Why, Markdown: r.Page()},
			DefaultConfiguration: sarifLevel{levelOf(r.Severity)}, Properties: sarifRuleExtra{Tags: []string{"security", "policy"}, Precision: "high"},
		})
	}
	for _, list := range [][]compiler.Finding{l.found, l.aside} {
		for _, f := range list {
			run.Results = append(run.Results, l.sarifResult(f, index[f.Rule]))
		}
	}
	return sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}}
}

// levelOf gives the SARIF word of a severity (3.27.10).
func levelOf(s schema.Severity) string {
	if s == schema.SeverityInfo {
		return "note"
	}
	return s.String()
}

func (l *linted) sarifResult(f compiler.Finding, index int) sarifResult {
	text := f.Summary + ": " + f.Detail
	if f.Hint != "" {
		text += " " + f.Hint
	}
	out := sarifResult{
		RuleID: f.Rule, RuleIndex: index, Level: levelOf(f.Severity), Message: sarifText{Text: text},
		Locations:           []sarifLocation{{l.sarifPlace(f.Range)}},
		PartialFingerprints: map[string]string{fingerprintKey: f.Fingerprint}, Suppressions: []sarifSuppression{},
	}
	if f.Ignored != nil {
		out.Suppressions = append(out.Suppressions, sarifSuppression{Kind: "inSource", Justification: f.Ignored.Reason + " (until " + f.Ignored.Until + ")"})
	}
	return out
}

// sarifPlace gives where a finding is. What is about no file is said to be at the top of the directory, since a result
// without a place is not shown.
func (l *linted) sarifPlace(rng *schema.Range) sarifPlace {
	if rng == nil {
		return sarifPlace{ArtifactLocation: sarifFile{l.uri("")}, Region: sarifRegion{1, 1, 1, 1}}
	}
	return sarifPlace{
		ArtifactLocation: sarifFile{l.uri(rng.File)},
		Region: sarifRegion{
			StartLine: rng.Start.Line, StartColumn: l.codePoints(rng.File, rng.Start), EndLine: rng.End.Line, EndColumn: l.codePoints(rng.File, rng.End),
		},
	}
}

// uri gives a file as a reference relative to where the command was called or, for an absolute directory, as a file URI.
func (l *linted) uri(file string) string {
	name := path.Clean(l.seenFrom(file))
	u := url.URL{Path: name}
	if path.IsAbs(name) {
		u.Scheme = "file"
	}
	return u.String()
}

// codePoints gives the column of a place in code points, from 1: positions count what an editor shows as one character.
func (l *linted) codePoints(file string, at schema.Pos) int {
	line, start := lineAt(l.policy.Sources[file], at.Byte)
	if line == nil {
		return at.Column
	}
	return 1 + utf8.RuneCount(line[:min(at.Byte-start, len(line))])
}
