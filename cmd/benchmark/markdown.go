package main

import (
	"fmt"
	"strings"
)

const pageHead = `# Benchmarks

<!-- Written by make bench. -->

One machine, one run: a direct connection, PgBouncer in session mode, and Gatewright with everything on. Gatewright
checks the caller's token (ES256, of a real issuer), decides each statement by a policy of %d rules and masks, %d of
which concern the caller, follows a masked column of the tables read, and writes its audit log. A second Gatewright is
the same source built with a log that writes nothing: the product has no such switch, since nothing passes that is not
on record.

Client, proxy and server share the machine's cores, and no contestant uses TLS, so that the figures show what the
proxy adds. Every round runs each workload against each contestant in turn, and who begins changes; figures are medians
over the rounds (%d, of %d s for each workload and contestant), and "of direct" is the median of the rounds' ratios. CPU
is what the proxy's process used, user and system time together. For whole tables, p50 and p99 are of the query.
PgBouncer keeps its connections to the server when a client leaves; Gatewright opens one for each client.

`

// markdown is the whole page.
func (r *report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, pageHead, policyRules, policyConcerns(), r.Rounds, r.Seconds)
	r.writeFacts(&b)
	for _, p := range r.plots() {
		fmt.Fprintf(&b, "![%s](benchmarks/%s)\n\n", p.title, p.file)
	}
	r.writeWorkloads(&b)
	r.writeMemory(&b)
	r.writeDetectors(&b)
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func (r *report) writeFacts(b *strings.Builder) {
	b.WriteString("| machine | |\n|---|---|\n")
	for _, f := range r.Facts {
		fmt.Fprintf(b, "| %s | %s |\n", f.Name, f.Value)
	}
	fmt.Fprintf(b, "| load | %d clients; pgbench at scale %d; a table of %d rows |\n\n", r.Clients, r.Scale, r.Rows)
}

func (r *report) writeWorkloads(b *strings.Builder) {
	for _, m := range r.Workloads {
		fmt.Fprintf(b, "## %s\n\n| | %s/s | of direct | time to direct | p50 ms | p99 ms | CPU µs each |\n|---|--:|--:|--:|--:|--:|--:|\n",
			m.Name, m.Unit)
		for _, c := range m.Contestants {
			share := m.ofDirect(c)
			fmt.Fprintf(b, "| %s | %.0f | %.2f | %.2f | %s | %s | %s |\n", c.Name, c.median(sample.rate), share, 1/share,
				short(c.median(func(s sample) float64 { return s.P50 })), short(c.median(func(s sample) float64 { return s.P99 })),
				costOf(c))
		}
		b.WriteByte('\n')
	}
}

// costOf leaves the direct connection's cell empty: there is no proxy.
func costOf(c results) string {
	if cost := c.median(sample.cost); cost > 0 {
		return short(cost)
	}
	return ""
}

// short gives three figures or so.
func short(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprintf("%.2f", v)
	}
}

func (r *report) writeMemory(b *strings.Builder) {
	b.WriteString("## Idle sessions\n\nEach session has asked one question and then waits; all of them still answer afterwards.\n\n")
	b.WriteString("| | sessions | MiB before | MiB with them | KiB each |\n|---|--:|--:|--:|--:|\n")
	for _, m := range r.Memory {
		fmt.Fprintf(b, "| %s | %d | %.1f | %.1f | %.1f |\n", m.Contestant, m.Sessions,
			float64(m.Before)/(1<<20), float64(m.With)/(1<<20), m.perSession()/(1<<10))
	}
	b.WriteByte('\n')
}

func (r *report) writeDetectors(b *strings.Builder) {
	b.WriteString("## Detectors\n\nAll of them at once, on one core, without a database.\n\n")
	b.WriteString("| text | ns | GB/s |\n|---|--:|--:|\n")
	for _, d := range r.Detectors {
		fmt.Fprintf(b, "| %s | %s | %.2f |\n", strings.ReplaceAll(d.Text, "_", " "), short(d.Nanoseconds), d.MBPerSecond/1000)
	}
}
