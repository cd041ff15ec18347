package gateway

import (
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are the gateway's counters, in a registry of their own.
type metrics struct {
	registry *prometheus.Registry
	info     *prometheus.GaugeVec
	reloads  *prometheus.CounterVec
	refused  prometheus.Gauge
	notify   *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		info: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "gatewright_bundle_info", Help: "The bundle in use; always 1.",
		}, []string{"id", "policy", "serial"}),
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "gatewright_bundle_loads_total", Help: "Bundles looked at, by what became of them.",
		}, []string{"result"}),
		refused: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "gatewright_bundle_refused", Help: "1 while the bundle file is not the bundle in use because it was refused.",
		}),
		notify: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "gatewright_notify_failures_total", Help: "Tickets that a notifier could not announce.",
		}, []string{"notifier"}),
	}
	m.registry.MustRegister(m.info, m.reloads, m.refused, m.notify,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.reloads.WithLabelValues("taken")
	m.reloads.WithLabelValues("refused")
	return m
}

func (m *metrics) bundle(b BundleStatus) {
	m.info.Reset()
	m.info.WithLabelValues(b.ID, b.Policy, strconv.FormatUint(b.Serial, 10)).Set(1)
}

// total is a counter that is kept elsewhere and read when it is asked for.
func (m *metrics) total(name, help string, labels prometheus.Labels, read func() uint64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: labels},
		func() float64 { return float64(read()) }))
}

func (m *metrics) gauge(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
}

// handler answers /metrics, /healthz (the process runs) and /readyz (it takes new sessions).
func (m *metrics) handler(ready func() bool) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if !ready() {
			writeJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "not ready"})
			return
		}
		writeJSON(w, http.StatusOK, map[string]string{"status": "ready"})
	})
	return mux
}
