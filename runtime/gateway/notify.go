package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/gatewright/gatewright/runtime/config"
	"github.com/gatewright/gatewright/schema"
)

const (
	// notifyQueue bounds the tickets that wait for one notifier; more are dropped, and said so.
	notifyQueue = 256
	// notifyTries bounds the attempts at one delivery, notifyPause the time between two.
	notifyTries = 3
	notifyPause = time.Second
)

// notifier delivers news of tickets to one webhook. It tells who asks for what under which rules, and never the
// statement: that holds literals, which belong in front of an approver who has shown who they are.
type notifier struct {
	config config.Notifier
	bearer schema.Secret
	client *http.Client
	logger *slog.Logger
	queue  chan notice
	failed func(name string)
}

// notice is the document that a webhook gets.
type notice struct {
	Ticket    string    `json:"ticket"`
	Target    string    `json:"target"`
	Principal string    `json:"principal"`
	Groups    []string  `json:"groups"`
	Rules     []string  `json:"rules"`
	Route     string    `json:"route"`
	Approvers []string  `json:"approvers"`
	Quorum    int       `json:"quorum"`
	Bundle    string    `json:"bundle"`
	Created   time.Time `json:"created"`
	Expires   time.Time `json:"expires"`
}

func newNotifier(c config.Notifier, bearer schema.Secret, logger *slog.Logger, failed func(string)) *notifier {
	return &notifier{
		config: c, bearer: bearer, logger: logger, failed: failed, queue: make(chan notice, notifyQueue),
		client: &http.Client{
			Timeout: c.Timeout,
			// A transport of its own, so that its idle connections end with the gateway.
			Transport: http.DefaultTransport.(*http.Transport).Clone(),
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return http.ErrUseLastResponse
			},
		},
	}
}

// tell queues a ticket. It never waits, as the caller holds a statement.
func (n *notifier) tell(t *schema.Ticket) {
	select {
	case n.queue <- notice{
		Ticket: t.ID, Target: t.Target, Principal: t.Issuer + "/" + t.Subject, Groups: t.Groups, Rules: t.Rules,
		Route: t.Route.Name, Approvers: t.Route.Approvers, Quorum: t.Route.Quorum, Bundle: t.Bundle,
		Created: t.Created, Expires: t.Expires,
	}:
	default:
		n.lost(t.ID, fmt.Errorf("%d tickets are waiting already", notifyQueue))
	}
}

// run delivers until ctx is done.
func (n *notifier) run(ctx context.Context) {
	defer n.client.CloseIdleConnections()
	for {
		select {
		case <-ctx.Done():
			return
		case doc := <-n.queue:
			if err := n.deliver(ctx, doc); err != nil && ctx.Err() == nil {
				n.lost(doc.Ticket, err)
			}
		}
	}
}

func (n *notifier) lost(ticket string, err error) {
	n.failed(n.config.Name)
	n.logger.Error("a ticket was not announced", "notifier", n.config.Name, "ticket", ticket, "error", err)
}

func (n *notifier) deliver(ctx context.Context, doc notice) error {
	body, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		if err = n.post(ctx, body); err == nil || try == notifyTries || !pause(ctx, notifyPause) {
			return err
		}
	}
}

func (n *notifier) post(ctx context.Context, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.config.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if !n.bearer.IsZero() {
		req.Header.Set("Authorization", "Bearer "+n.bearer.Reveal())
	}
	resp, err := n.client.Do(req)
	if err != nil {
		return err
	}
	if err := resp.Body.Close(); err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("the webhook answered %s", resp.Status)
	}
	return nil
}

// pause waits, and reports false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
