package identity

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// source is one issuer's keys. They are good for an age and asked for again at half of it; a key that the issuer no
// longer publishes is gone with the next answer. The issuer is asked at most once per interval, by one goroutine, no
// matter how many tokens name keys that are not known.
type source struct {
	url           string
	client        *http.Client
	now           func() time.Time
	age, interval time.Duration

	mu sync.Mutex
	// keys are what the issuer said at fetched, nil before. They are replaced, never changed.
	keys    []jose.JSONWebKey
	fetched time.Time
	// asked is when the issuer was last asked, err how the last answer failed, flight closes with the answer.
	asked  time.Time
	err    error
	flight chan struct{}
	// stop ends what is under way; fetches are the goroutines that stop ends.
	stop    func()
	fetches sync.WaitGroup
}

// unreachable is the fault of an issuer that does not give its keys.
type unreachable struct{ err error }

func (u *unreachable) Error() string { return u.err.Error() }
func (u *unreachable) Unwrap() error { return u.err }

// find gives the keys that may have made a signature with the given key ID; an empty ID asks for all. No keys means
// that the issuer answered and does not have it.
func (s *source) find(ctx context.Context, kid string) ([]jose.JSONWebKey, error) {
	s.mu.Lock()
	old := s.now().Sub(s.fetched)
	found := named(s.keys, kid)
	if within(old, s.age) && len(found) > 0 {
		if old >= s.age/2 {
			s.ask()
		}
		s.mu.Unlock()
		return found, nil
	}
	s.ask()
	flight := s.flight
	s.mu.Unlock()
	if flight != nil {
		select {
		case <-flight:
		case <-ctx.Done():
			return nil, &unreachable{fmt.Errorf("waiting for the keys of %s: %w", s.url, ctx.Err())}
		}
	}
	return s.after(kid)
}

// after looks again, once what could be asked was asked.
func (s *source) after(kid string) ([]jose.JSONWebKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !within(s.now().Sub(s.fetched), s.age) {
		err := s.err
		if err == nil {
			err = fmt.Errorf("%s was asked for its keys less than %s ago", s.url, s.interval)
		}
		return nil, &unreachable{err}
	}
	return named(s.keys, kid), nil
}

// within reports whether less than bound has passed. A clock that was set back tells nothing of that; nor does a moment
// that never was, which lies too far back.
func within(passed, bound time.Duration) bool { return 0 <= passed && passed < bound }

func named(keys []jose.JSONWebKey, kid string) []jose.JSONWebKey {
	if kid == "" {
		return keys
	}
	var found []jose.JSONWebKey
	for _, k := range keys {
		if k.KeyID == kid {
			found = append(found, k)
		}
	}
	return found
}

// ask starts a fetch unless one is under way or the last began less than an interval ago. The fetch belongs to no
// caller: one who leaves does not take the answer from the others. It ends by itself after fetchTimeout. s.mu is held.
func (s *source) ask() {
	now := s.now()
	if s.flight != nil || within(now.Sub(s.asked), s.interval) {
		return
	}
	s.asked = now
	flight := make(chan struct{})
	s.flight = flight
	ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
	s.stop = cancel
	s.fetches.Go(func() {
		defer close(flight)
		defer cancel()
		keys, err := fetchKeys(ctx, s.client, s.url)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.flight, s.err = nil, err
		if err == nil {
			// The age counts from the question: the answer is no younger.
			s.keys, s.fetched = keys, now
		}
	})
}

// close ends a fetch under way and waits for it.
func (s *source) close() {
	s.mu.Lock()
	stop := s.stop
	s.mu.Unlock()
	if stop != nil {
		stop()
	}
	s.fetches.Wait()
}
