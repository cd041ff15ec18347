package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
)

// measure does everything. The rounds are interleaved, contestant by contestant within each workload, so that whatever
// else the machine does falls upon all of them; who begins changes from round to round.
func (s *stage) measure(ctx context.Context, o options) (*report, error) {
	f, err := s.makeField(ctx, o)
	if err != nil {
		return nil, err
	}
	r := &report{Rounds: o.rounds, Seconds: o.seconds, Rows: o.rows, Scale: o.scale, Clients: o.clients}
	if r.Facts, err = s.facts(ctx, f.server.BinDir); err != nil {
		return nil, err
	}
	if r.Memory, err = f.memory(ctx); err != nil {
		return nil, err
	}
	all, err := f.contestants(ctx)
	if err != nil {
		return nil, err
	}
	if err := differ(ctx, all); err != nil {
		return nil, err
	}
	if err := s.rounds(ctx, r, all, s.workloads(f.server.BinDir, o)); err != nil {
		return nil, err
	}
	s.tell("detectors")
	r.Detectors, err = s.detectors(ctx, o)
	return r, err
}

// memory measures proxies that have done nothing before and do nothing afterwards, one at a time.
func (f field) memory(ctx context.Context) ([]memory, error) {
	proxies, err := f.proxies(ctx, "idle")
	if err != nil {
		return nil, err
	}
	var out []memory
	for _, c := range proxies {
		f.stage.tell("%d idle sessions: %s", f.options.idle, c.name)
		m, err := idle(ctx, c, f.options)
		if err = errors.Join(err, c.proxy.stop(), f.alone(ctx)); err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		out = append(out, m)
	}
	return out, nil
}

// differ sees that every contestant does what it is measured for: that masks and detectors are at work in the gateways,
// and nowhere else.
func differ(ctx context.Context, all []*contestant) error {
	const address, card = "customer1@mail1.example.com", "4111 1111 1111 1111"
	for _, c := range all {
		masked := c.name == gatewright || c.name == unaudited
		for _, who := range []caller{application, watched} {
			email, note, err := firstPerson(ctx, c, who)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			if (email != address) != masked || strings.Contains(note, card) == (masked && who == watched) {
				return fmt.Errorf("%s shows %q and %q to %s", c.name, email, note, who)
			}
		}
	}
	return nil
}

func firstPerson(ctx context.Context, c *contestant, who caller) (email, note string, err error) {
	conn, err := c.connect(ctx, who)
	if err != nil {
		return "", "", err
	}
	defer conn.Close(ctx)
	result := conn.ExecParams(ctx, "SELECT email, note FROM people WHERE id = 1", nil, nil, nil, nil).Read()
	if result.Err != nil {
		return "", "", result.Err
	}
	if len(result.Rows) != 1 {
		return "", "", fmt.Errorf("%d rows in place of 1", len(result.Rows))
	}
	return string(result.Rows[0][0]), string(result.Rows[0][1]), nil
}

func (s *stage) rounds(ctx context.Context, r *report, all []*contestant, workloads []workload) error {
	for _, w := range workloads {
		m := measured{Name: w.name, Unit: w.unit}
		for _, c := range all {
			m.Contestants = append(m.Contestants, results{Name: c.name})
		}
		r.Workloads = append(r.Workloads, m)
	}
	for round := range r.Rounds {
		for i, w := range workloads {
			for k := range all {
				k = (k + round) % len(all)
				got, err := meet(ctx, w, all[k])
				if err != nil {
					return fmt.Errorf("%s, %s: %w", w.name, all[k].name, err)
				}
				s.tell("round %d: %s, %s: %.0f/s", round+1, w.name, all[k].name, got.rate())
				to := &r.Workloads[i].Contestants[k]
				to.Samples = append(to.Samples, got)
			}
		}
	}
	return nil
}

// meet runs a workload and reads the proxy's clock on both sides of it.
func meet(ctx context.Context, w workload, c *contestant) (sample, error) {
	runtime.GC() // garbage of the last meeting is not this one's
	before, err := cpuTime(c.pid())
	if err != nil {
		return sample{}, err
	}
	got, err := w.run(ctx, c)
	if err != nil {
		return sample{}, err
	}
	after, err := cpuTime(c.pid())
	got.CPU = (after - before).Seconds()
	return got, err
}
