package audit_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/runtime/audit"
	"github.com/gatewright/gatewright/schema"
)

// told is a log with a story: line numbers in the comments.
func told(t *testing.T) string {
	path := logPath(t)
	l := open(t, path) // 1
	read := decision()
	seq := append1(t, l, read) // 2: billing read cards
	other := decision()
	other.Session, other.Target = "s2", "other-db"
	other.Principal = &schema.Principal{Issuer: "corp", Subject: "svc:orders"}
	other.Action = &schema.Action{Accesses: []schema.Access{{Verb: "delete", Object: "public.orders"}}}
	other.Decision = &schema.Decision{Effect: schema.Deny, Enforced: true}
	append1(t, l, other)                                                                                             // 3: orders was refused
	append1(t, l, &audit.Record{Kind: audit.KindOutcome, Session: "s1", Of: seq, Outcome: &schema.Outcome{Rows: 3}}) // 4
	other.Decision = &schema.Decision{Effect: schema.Deny}
	append1(t, l, other)                                                    // 5: orders, in dry run
	append1(t, l, &audit.Record{Kind: audit.KindTicketVoted, Ticket: "T1"}) // 6
	if err := l.Close(); err != nil {                                       // 7
		t.Fatal(err)
	}
	l = open(t, path)         // 8
	append1(t, l, decision()) // 9: billing again, with no outcome
	return path
}

func query(t *testing.T, path string, f audit.Filter) ([]uint64, *audit.Coverage) {
	t.Helper()
	head, err := audit.ReadHead(audit.HeadPath(path))
	if err != nil {
		t.Fatal(err)
	}
	var got []uint64
	cover, err := audit.Query(bytes.NewReader(read(t, path)), &head, f, func(e *audit.Entry) error {
		got = append(got, e.Seq)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, cover
}

func TestQuery(t *testing.T) {
	path := told(t)
	for name, c := range map[string]struct {
		filter audit.Filter
		want   []uint64
	}{
		"everything":            {audit.Filter{}, []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9}},
		"by subject":            {audit.Filter{Principal: "svc:orders"}, []uint64{3, 5}},
		"by issuer and subject": {audit.Filter{Principal: "corp/svc:orders"}, []uint64{3, 5}},
		"another issuer":        {audit.Filter{Principal: "other/svc:orders"}, nil},
		"with its outcome":      {audit.Filter{Principal: "svc:billing"}, []uint64{2, 4, 9}},
		"class":                 {audit.Filter{Class: "card-number"}, []uint64{2, 4, 9}},
		"nobody read it":        {audit.Filter{Class: "card-number", Principal: "svc:orders"}, nil},
		"object":                {audit.Filter{Object: "public.orders"}, []uint64{3, 5}},
		"column":                {audit.Filter{Object: "public.cards.pan"}, []uint64{2, 4, 9}},
		"another column":        {audit.Filter{Object: "public.cards.cvv"}, nil},
		"target":                {audit.Filter{Target: "payments-db", Kind: audit.KindDecision}, []uint64{2, 4, 9}},
		"denied":                {audit.Filter{Effect: "deny"}, []uint64{3, 5}},
		"denied but passed":     {audit.Filter{Effect: "deny", Passed: true}, []uint64{5}},
		"session":               {audit.Filter{Session: "s2"}, []uint64{3, 5}},
		"ticket":                {audit.Filter{Ticket: "T1"}, []uint64{6}},
		"from":                  {audit.Filter{From: noon.Add(5 * time.Second), Kind: audit.KindDecision}, []uint64{5}},
		"to":                    {audit.Filter{To: noon.Add(2 * time.Second)}, []uint64{1, 8}},
	} {
		t.Run(name, func(t *testing.T) {
			got, cover := query(t, path, c.filter)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if cover.Matched != uint64(len(got)) || !cover.Report.OK() {
				t.Errorf("%+v", cover)
			}
		})
	}
}

func TestCoverageIsHonest(t *testing.T) {
	path := told(t)
	_, cover := query(t, path, audit.Filter{Class: "card-number"})
	if cover.Open != 1 || len(cover.Gaps) != 2 || cover.Gaps[0].Why != "the gateway did not run" {
		t.Errorf("%+v", cover)
	}
	if _, cover = query(t, path, audit.Filter{Effect: "deny"}); cover.DryRun != 1 {
		t.Errorf("%+v", cover)
	}
	lines := bytes.SplitAfter(read(t, path), []byte("\n"))
	cover, err := audit.Query(bytes.NewReader(bytes.Join(append(lines[:6:6], lines[7:]...), nil)), nil, audit.Filter{},
		func(*audit.Entry) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if cover.Gaps[0].Why != "the gateway ended without closing the log" || cover.Report.OK() || cover.Report.HeadChecked {
		t.Errorf("%+v", cover)
	}
}

func TestQueryStops(t *testing.T) {
	enough := errors.New("enough")
	_, err := audit.Query(bytes.NewReader(read(t, told(t))), nil, audit.Filter{}, func(*audit.Entry) error { return enough })
	if !errors.Is(err, enough) {
		t.Errorf("got %v", err)
	}
}

func TestParseTime(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 30, 0, 0, time.FixedZone("", 3600))
	for text, want := range map[string]string{
		"2026-02-01T02:00:00Z": "2026-02-01T02:00:00Z",
		"2026-02-01 02:00":     "2026-02-01T02:00:00+01:00",
		"2026-02-01 02:00:07":  "2026-02-01T02:00:07+01:00",
		"2026-02-01":           "2026-02-01T00:00:00+01:00",
		"02:00":                "2026-03-01T02:00:00+01:00",
		"yesterday":            "",
	} {
		got, err := audit.ParseTime(text, now)
		if want == "" {
			if err == nil {
				t.Errorf("%q was taken for %s", text, got)
			}
			continue
		}
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%q: %s, %v", text, got.Format(time.RFC3339), err)
		}
	}
}

func FuzzLine(f *testing.F) {
	f.Add("svc:\x00\x7f\u202e\"\\\n\xff", "SELECT '\u2028'", "corp")
	f.Fuzz(func(t *testing.T, subject, text, issuer string) {
		path := logPath(t)
		l := open(t, path)
		r := decision()
		r.Principal = &schema.Principal{Issuer: issuer, Subject: subject}
		r.Action.SQL.Normalized = text
		r.Reason = text
		append1(t, l, r)
		if got := verified(t, path); !got.OK() || got.Lines != 2 {
			t.Errorf("%+v", got)
		}
		got := entries(t, path)[1]
		if want := string([]rune(subject)); got.Subject != want {
			t.Errorf("%q came back as %q", subject, got.Subject)
		}
	})
}
