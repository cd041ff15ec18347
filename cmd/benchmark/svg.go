package main

import (
	"fmt"
	"strings"
)

// plot is a picture of horizontal bars, in groups. Its layout follows from its values alone.
type plot struct {
	file, title string
	format      string // of a value at the end of its bar
	groups      []group
}

type group struct {
	name string
	bars []bar
}

type bar struct {
	name  string
	value float64
}

// Measures in pixels.
const (
	plotWidth  = 760
	labelWidth = 150
	valueWidth = 70
	barHeight  = 14
	groupGap   = 30
	topMargin  = 40
)

// colour is by contestant, distinct in grey and to most who see colours differently.
func colour(name string) string {
	switch name {
	case direct:
		return "#8c959f"
	case pgbouncer:
		return "#bf8700"
	case gatewright:
		return "#0969da"
	default:
		return "#80ccff"
	}
}

func (r *report) plots() []plot {
	rate := plot{file: "rate.svg", title: "Rate, as a share of a direct connection's", format: "%.2f"}
	cost := plot{file: "cpu.svg", title: "CPU of the proxy in microseconds, for each transaction or connection", format: "%.1f"}
	perRow := plot{file: "rows.svg", title: "CPU of the proxy in microseconds, for each row", format: "%.2f"}
	for _, m := range r.Workloads {
		share, each := group{name: m.Name}, group{name: m.Name}
		for _, c := range m.Contestants {
			share.bars = append(share.bars, bar{c.Name, m.ofDirect(c)})
			if c.Name != direct {
				each.bars = append(each.bars, bar{c.Name, c.median(sample.cost)})
			}
		}
		rate.groups = append(rate.groups, share)
		if m.Unit == rows {
			perRow.groups = append(perRow.groups, each)
		} else {
			cost.groups = append(cost.groups, each)
		}
	}
	return []plot{rate, cost, perRow}
}

func (p plot) svg() string {
	height, most := topMargin, 0.0
	for _, g := range p.groups {
		height += groupGap + len(g.bars)*barHeight
		for _, b := range g.bars {
			most = max(most, b.value)
		}
	}
	height += 10
	var w strings.Builder
	fmt.Fprintf(&w, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[2]d" viewBox="0 0 %[1]d %[2]d" role="img" font-family="sans-serif" font-size="11">`+"\n", plotWidth, height)
	fmt.Fprintf(&w, `<title>%s</title>`+"\n", p.title)
	fmt.Fprintf(&w, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", plotWidth, height)
	fmt.Fprintf(&w, `<text x="10" y="22" font-size="14" font-weight="bold" fill="#1f2328">%s</text>`+"\n", p.title)
	y := topMargin
	for _, g := range p.groups {
		y += groupGap
		fmt.Fprintf(&w, `<text x="10" y="%d" font-weight="bold" fill="#1f2328">%s</text>`+"\n", y-8, g.name)
		for _, b := range g.bars {
			p.writeBar(&w, b, y, most)
			y += barHeight
		}
	}
	w.WriteString("</svg>\n")
	return w.String()
}

func (p plot) writeBar(w *strings.Builder, b bar, y int, most float64) {
	length := 0.0
	if most > 0 {
		length = b.value / most * (plotWidth - labelWidth - valueWidth)
	}
	fmt.Fprintf(w, `<text x="%d" y="%d" text-anchor="end" fill="#1f2328">%s</text>`, labelWidth-6, y+10, b.name)
	fmt.Fprintf(w, `<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>`, labelWidth, y+1, length, barHeight-3, colour(b.name))
	fmt.Fprintf(w, `<text x="%.1f" y="%d" fill="#1f2328">`+p.format+"</text>\n", labelWidth+length+5, y+10, b.value)
}
