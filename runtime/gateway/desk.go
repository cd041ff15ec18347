package gateway

import (
	"context"

	"github.com/gatewright/gatewright/runtime/approval"
	"github.com/gatewright/gatewright/runtime/gate"
	"github.com/gatewright/gatewright/schema"
)

func (g *Gateway) openDesk(context.Context, Options) error {
	var err error
	g.desk, err = approval.New(approval.Config{
		Store: g.store, Now: g.now, NewID: g.newID, Record: gate.TicketRecorder(g.log), Notify: g.announce,
	})
	if err != nil {
		return fault(err, "")
	}
	return nil
}

// announce hands a new ticket to the notifiers that its route names.
func (g *Gateway) announce(t schema.Ticket) {
	for _, name := range t.Route.Notify {
		if n := g.notifiers[name]; n != nil {
			n.tell(&t)
			continue
		}
		g.logger.Error("a ticket was not announced: its route names a notifier that is not configured",
			"ticket", t.ID, "route", t.Route.Name, "notifier", name)
	}
}
