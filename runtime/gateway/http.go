package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"time"
)

const (
	// maxHeader and maxBody bound a request, in bytes.
	maxHeader = 32 << 10
	maxBody   = 16 << 10
	// httpTimeout bounds each part of one exchange.
	httpTimeout = 10 * time.Second
)

// newServer gives an HTTP server with every bound set.
func newServer(handler http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler: handler, ReadTimeout: httpTimeout, ReadHeaderTimeout: httpTimeout, WriteTimeout: 3 * httpTimeout,
		IdleTimeout: 6 * httpTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
}

// serveHTTP serves until ctx is done, then lets requests in flight end.
func serveHTTP(ctx context.Context, server *http.Server, l net.Listener) error {
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serving %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), httpTimeout)
	defer cancel()
	err := server.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	<-ended
	return err
}

// problem is an answer that is not the one asked for.
type problem struct {
	status int
	Error  string `json:"error"`
	Hint   string `json:"hint,omitempty"`
}

func (p *problem) write(w http.ResponseWriter) {
	if p.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	writeJSON(w, p.status, p)
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // the client may be gone, which is its own business
}

const bodyHint = `a vote is {"reason": "..."}`

// readJSON reads a small document. A browser cannot send this content type to another site without being let, and
// nobody here lets it.
func readJSON(w http.ResponseWriter, r *http.Request, into any) *problem {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return &problem{status: http.StatusUnsupportedMediaType, Error: "the body is not application/json", Hint: "send Content-Type: application/json"}
	}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return &problem{status: http.StatusBadRequest, Error: "the body is not the JSON that is asked for here", Hint: bodyHint}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return &problem{status: http.StatusBadRequest, Error: "the body holds more than one document", Hint: bodyHint}
	}
	return nil
}
