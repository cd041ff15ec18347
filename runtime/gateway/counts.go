package gateway

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/gatewright/gatewright/runtime/gate"
)

// gateCounts reads what the gate counts when somebody asks for it.
type gateCounts struct {
	stats func() gate.Stats

	sessions, holding, opened, refused, ended, decisions, masked, cells, held, redeemed, unlogged *prometheus.Desc
}

func newGateCounts(stats func() gate.Stats) *gateCounts {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("gatewright_"+name, help, labels, nil)
	}
	return &gateCounts{
		stats:     stats,
		sessions:  desc("sessions", "Live sessions."),
		holding:   desc("held_actions", "Actions that wait for an approval at this moment."),
		opened:    desc("sessions_opened_total", "Callers who were let in."),
		refused:   desc("sessions_refused_total", "Callers who were not let in, by why.", "reason"),
		ended:     desc("sessions_ended_total", "Sessions that the gateway ended, by why.", "reason"),
		decisions: desc("decisions_total", "Actions by what happened to them; would_deny went through for a dry run alone.", "effect"),
		masked:    desc("masked_actions_total", "Actions with masked columns."),
		cells:     desc("masked_cells_total", "Values that were masked."),
		held:      desc("approvals_held_total", "Actions that waited for an approval."),
		redeemed:  desc("approvals_redeemed_total", "Approvals that were used."),
		unlogged:  desc("audit_errors_total", "Lines that could not be written to the audit log."),
	}
}

// Describe implements prometheus.Collector.
func (c *gateCounts) Describe(to chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, to) }

// Collect implements prometheus.Collector.
func (c *gateCounts) Collect(to chan<- prometheus.Metric) {
	s := c.stats()
	count := func(d *prometheus.Desc, n uint64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
	}
	to <- prometheus.MustNewConstMetric(c.sessions, prometheus.GaugeValue, float64(s.Live))
	to <- prometheus.MustNewConstMetric(c.holding, prometheus.GaugeValue, float64(s.Holding))
	count(c.opened, s.Opened)
	for kind, n := range s.Refused {
		count(c.refused, n, kind.String())
	}
	for kind, n := range s.Ended {
		count(c.ended, n, kind.String())
	}
	count(c.decisions, s.Allowed, "allow")
	count(c.decisions, s.Denied, "deny")
	count(c.decisions, s.WouldDeny, "would_deny")
	count(c.masked, s.Masked)
	count(c.cells, s.MaskedCells)
	count(c.held, s.Held)
	count(c.redeemed, s.Redeemed)
	count(c.unlogged, s.Unlogged)
}

// count registers what is counted elsewhere. It comes last, when everything that counts is there.
func (g *Gateway) count() {
	g.metrics.registry.MustRegister(newGateCounts(g.gate.Stats))
	g.metrics.total("gatewright_connections_total", "Client connections, by what became of them.", prometheus.Labels{"result": "accepted"},
		func() uint64 { return uint64(g.wire.Stats().Accepted) })
	g.metrics.total("gatewright_connections_total", "Client connections, by what became of them.", prometheus.Labels{"result": "refused"},
		func() uint64 { return uint64(g.wire.Stats().Refused) })
	g.metrics.gauge("gatewright_connections", "Client connections at this moment, those not yet in included.",
		func() float64 { return float64(g.wire.Stats().Sessions) })
}
