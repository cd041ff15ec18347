package gateway_test

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/gatewright/gatewright/runtime/gateway"
	"github.com/gatewright/gatewright/schema"
	"github.com/gatewright/gatewright/schema/bundle"
)

// reads reports whether a session may read orders.
func reads(t *testing.T, conn *pgx.Conn) bool {
	t.Helper()
	var n int
	err := conn.QueryRow(t.Context(), "SELECT count(*) FROM orders").Scan(&n)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "42501" {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	return true
}

func TestReloadUnderALiveSession(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		// lay puts the first bundle where the gateway looks, change the second in its place.
		lay    func(t *testing.T, w *world, data []byte)
		change func(t *testing.T, w *world, data []byte)
	}{
		{"rename over it", nil, func(_ *testing.T, w *world, data []byte) { w.replace("bundle.gwb", data) }},
		{"truncate and write", nil, func(_ *testing.T, w *world, data []byte) { w.write("bundle.gwb", data) }},
		{"remove and write anew", nil, func(t *testing.T, w *world, data []byte) {
			if err := os.Remove(w.path("bundle.gwb")); err != nil {
				t.Fatal(err)
			}
			w.write("bundle.gwb", data)
		}},
		{"write in two halves", nil, func(t *testing.T, w *world, data []byte) {
			f, err := os.Create(w.path("bundle.gwb"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			for _, part := range [][]byte{data[:len(data)/2], data[len(data)/2:]} {
				if _, err := f.Write(part); err != nil {
					t.Fatal(err)
				}
				if err := f.Sync(); err != nil {
					t.Fatal(err)
				}
			}
		}},
		{"swap links as Kubernetes does", layVolume("..1"), swapVolume("..2")},
		{"write into the file behind a link", layLink, func(_ *testing.T, w *world, data []byte) { w.write("elsewhere/v1/one.gwb", data) }},
		{"rename over the file behind a link", layLink, func(_ *testing.T, w *world, data []byte) { w.replace("elsewhere/v1/one.gwb", data) }},
		{"swap a directory on the way", layLink, func(t *testing.T, w *world, data []byte) {
			dir, err := os.MkdirTemp(w.path("elsewhere"), "v")
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "one.gwb"), data, 0o600); err != nil {
				t.Fatal(err)
			}
			w.link(filepath.Base(dir), "elsewhere/current.new")
			if err := os.Rename(w.path("elsewhere/current.new"), w.path("elsewhere/current")); err != nil {
				t.Fatal(err)
			}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if test.lay != nil {
				test.lay(t, w, w.encode(w.policy(1, nil)))
			}
			// With a poll this rare it is the file system that tells.
			w.start(strings.Replace(w.base(), `"100ms"`, `"1h"`, 1), nil)
			conn := w.connect("orders")
			if !reads(t, conn) {
				t.Fatal("the first bundle lets the session read")
			}
			first := w.gw.Status().Bundle.ID
			test.change(t, w, w.encode(w.policy(2, noOrders)))
			w.eventually("the second bundle is in force", func() bool { return w.gw.Status().Bundle.Serial == 2 })
			if reads(t, conn) {
				t.Error("the session goes on under the first bundle")
			}
			test.change(t, w, w.encode(w.policy(3, nil)))
			w.eventually("the third bundle is in force", func() bool { return w.gw.Status().Bundle.Serial == 3 })
			if !reads(t, conn) {
				t.Error("the session does not see the third bundle")
			}
			if got := w.gw.Status(); got.Refused != nil || got.Bundle.ID == first {
				t.Errorf("status %+v", got)
			}
		})
	}
}

// TestNoSessionIsDroppedByReloads changes the bundle again and again under sessions that never rest.
func TestNoSessionIsDroppedByReloads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start(w.base(), nil)
	stop := make(chan struct{})
	var running sync.WaitGroup
	var allowed, denied atomic.Int64
	for range 4 {
		conn := w.connect("orders")
		running.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				var n int
				err := conn.QueryRow(t.Context(), "SELECT count(*) FROM orders").Scan(&n)
				var refused *pgconn.PgError
				switch {
				case err == nil && n > 0:
					allowed.Add(1)
				case errors.As(err, &refused) && refused.Code == "42501":
					denied.Add(1)
				default:
					t.Errorf("a session met %v", err)
					return
				}
			}
		})
	}
	for serial := uint64(2); serial < 22; serial++ {
		edit := noOrders
		if serial%2 == 1 {
			edit = nil
		}
		w.replace("bundle.gwb", w.encode(w.policy(serial, edit)))
		w.eventually("the next bundle is in force", func() bool { return w.gw.Status().Bundle.Serial == serial })
	}
	close(stop)
	running.Wait()
	if allowed.Load() == 0 || denied.Load() == 0 {
		t.Errorf("%d statements allowed and %d denied", allowed.Load(), denied.Load())
	}
}

// TestReloadByPolling changes a file in a directory that nobody watches, behind a link.
func TestReloadByPolling(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	elsewhere := filepath.Join(t.TempDir(), "elsewhere.gwb")
	put := func(data []byte) {
		if err := os.WriteFile(elsewhere, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(w.encode(w.policy(1, nil)))
	if err := os.Remove(w.path("bundle.gwb")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, w.path("bundle.gwb")); err != nil {
		t.Fatal(err)
	}
	w.start(w.base(), nil)
	conn := w.connect("orders")
	put(w.encode(w.policy(2, noOrders)))
	w.eventually("the second bundle is in force", func() bool { return w.gw.Status().Bundle.Serial == 2 })
	if reads(t, conn) {
		t.Error("the session goes on under the first bundle")
	}
}

// TestTheDirectoryIsReplaced moves the whole directory of the bundle away and another into its place.
func TestTheDirectoryIsReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lay := func(dir string, data []byte) {
		if err := os.Mkdir(w.path(dir), 0o700); err != nil {
			t.Fatal(err)
		}
		w.write(filepath.Join(dir, "bundle.gwb"), data)
	}
	lay("live", w.encode(w.policy(1, nil)))
	w.start(strings.Replace(w.base(), `"bundle.gwb"`, `"live/bundle.gwb"`, 1), nil)
	lay("next", w.encode(w.policy(2, nil)))
	for _, move := range [][2]string{{"live", "old"}, {"next", "live"}} {
		if err := os.Rename(w.path(move[0]), w.path(move[1])); err != nil {
			t.Fatal(err)
		}
	}
	w.eventually("the second bundle is in force", func() bool { return w.gw.Status().Bundle.Serial == 2 })
}

// layLink makes bundle.gwb a link to a file in another directory, one of whose parents is a link too.
func layLink(t *testing.T, w *world, data []byte) {
	if err := os.MkdirAll(w.path("elsewhere/v1"), 0o700); err != nil {
		t.Fatal(err)
	}
	w.write("elsewhere/v1/one.gwb", data)
	if err := os.Remove(w.path("bundle.gwb")); err != nil {
		t.Fatal(err)
	}
	w.link("v1", "elsewhere/current")
	w.link(w.path("elsewhere/current/one.gwb"), "bundle.gwb")
}

func (w *world) link(to, name string) {
	w.t.Helper()
	if err := os.Symlink(to, w.path(name)); err != nil {
		w.t.Fatal(err)
	}
}

// layVolume makes bundle.gwb a link to ..data/bundle.gwb and ..data a link to a directory.
func layVolume(version string) func(*testing.T, *world, []byte) {
	return func(t *testing.T, w *world, data []byte) {
		if err := os.Remove(w.path("bundle.gwb")); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join("..data", "bundle.gwb"), w.path("bundle.gwb")); err != nil {
			t.Fatal(err)
		}
		swapVolume(version)(t, w, data)
	}
}

// swapVolume writes a new directory and moves the link ..data over to it.
func swapVolume(prefix string) func(*testing.T, *world, []byte) {
	return func(t *testing.T, w *world, data []byte) {
		dir, err := os.MkdirTemp(w.dir, prefix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "bundle.gwb"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Base(dir), w.path("..data_tmp")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(w.path("..data_tmp"), w.path("..data")); err != nil {
			t.Fatal(err)
		}
	}
}

func TestARefusedBundleChangesNothing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		data func(t *testing.T, w *world) []byte
	}{
		{"garbage", func(*testing.T, *world) []byte { return []byte("this is no bundle") }},
		{"empty", func(*testing.T, *world) []byte { return nil }},
		{"half a bundle", func(_ *testing.T, w *world) []byte {
			data := w.encode(w.policy(7, noOrders))
			return data[:len(data)/2]
		}},
		{"one bit", func(_ *testing.T, w *world) []byte {
			data := w.encode(w.policy(7, noOrders))
			data[len(data)/3] ^= 1
			return data
		}},
		{"unsigned", func(_ *testing.T, w *world) []byte { return w.encode(w.policy(7, noOrders), unsigned...) }},
		{"another key", func(t *testing.T, w *world) []byte {
			private, _, err := bundle.GenerateKey(rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			key, err := bundle.ParsePrivateKey(private)
			if err != nil {
				t.Fatal(err)
			}
			return w.encode(w.policy(7, noOrders), key)
		}},
		{"a lower serial", func(_ *testing.T, w *world) []byte { return w.encode(w.policy(4, noOrders)) }},
		{"a key that is not there", func(_ *testing.T, w *world) []byte { return w.encode(w.policy(7, hashed)) }},
		{"an unknown variable", func(_ *testing.T, w *world) []byte {
			return w.encode(w.policy(7, func(b *schema.Bundle) { b.Rules[0].When = &schema.Condition{Text: "moon.phase == 'full'"} }))
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			good := w.encode(w.policy(5, nil))
			w.write("bundle.gwb", good)
			w.start(w.base(), nil)
			conn := w.connect("orders")
			w.replace("bundle.gwb", test.data(t, w))
			w.eventually("the refusal shows", func() bool { return w.gw.Status().Refused != nil })
			if !reads(t, conn) {
				t.Error("the refused bundle is in force")
			}
			if s := w.gw.Status(); s.Bundle.Serial != 5 || s.Refused.Error == "" {
				t.Errorf("status %+v", s)
			}
			first := w.gw.Status().Refused.Digest
			w.replace("bundle.gwb", []byte("another that is no bundle"))
			w.eventually("the second refusal shows", func() bool { return w.gw.Status().Refused.Digest != first })
			w.eventually("each refused file has one line in the audit log", func() bool { return w.audited("bundle.refused") == 2 })
			if text := w.metrics("/metrics").body; !strings.Contains(text, "gatewright_bundle_refused 1") ||
				!strings.Contains(text, `gatewright_bundle_loads_total{result="refused"} 2`) {
				t.Error("the metrics do not tell")
			}
			if !strings.Contains(w.log.String(), "a bundle was refused") {
				t.Error("the log does not tell")
			}
			w.replace("bundle.gwb", good)
			w.eventually("the file is the bundle in force again", func() bool { return w.gw.Status().Refused == nil })
			if !strings.Contains(w.metrics("/metrics").body, "gatewright_bundle_refused 0") {
				t.Error("the metrics still tell of a refusal")
			}
		})
	}
}

// TestARemovedBundleIsTold: what is missing, and the way out.
func TestARemovedBundleIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start(w.base(), nil)
	conn := w.connect("orders")
	if err := os.Remove(w.path("bundle.gwb")); err != nil {
		t.Fatal(err)
	}
	w.eventually("the refusal shows", func() bool { return w.gw.Status().Refused != nil })
	if !reads(t, conn) {
		t.Error("the bundle is no longer in force")
	}
	if got := w.gw.Status().Refused; !strings.Contains(got.Error, w.path("bundle.gwb")) || !strings.Contains(got.Hint, "--out "+w.path("bundle.gwb")) {
		t.Errorf("status %+v", got)
	}
	w.eventually("the log names the file and the way out", func() bool {
		text := w.log.String()
		return strings.Contains(text, "file="+w.path("bundle.gwb")) && strings.Contains(text, "--out "+w.path("bundle.gwb")) && !strings.Contains(text, `digest=""`)
	})
}

func TestRollbackWhenAllowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write("bundle.gwb", w.encode(w.policy(5, nil)))
	w.start(strings.Replace(w.base(), "keys =", "allow_rollback = true\n  keys =", 1), nil)
	w.replace("bundle.gwb", w.encode(w.policy(4, noOrders)))
	w.eventually("the lower serial is in force", func() bool { return w.gw.Status().Bundle.Serial == 4 })
}

func TestTheSerialOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write("bundle.gwb", w.encode(w.policy(5, nil)))
	w.start(w.base(), nil)
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	w.write("bundle.gwb", w.encode(w.policy(4, nil)))
	_, err := w.open(w.base(), nil)
	var refused *gateway.Error
	if !errors.As(err, &refused) || !refused.Refused {
		t.Errorf("a lower serial after a restart: %v", err)
	}
}

func TestASessionThatLostItsRightIsClosed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start(w.base(), nil)
	conn, kept := w.connect("orders"), w.connect("dba")
	w.replace("bundle.gwb", w.encode(w.policy(2, func(b *schema.Bundle) {
		b.Rules[0].Groups, b.Rules[1].Groups = []string{"dba"}, []string{"dba"}
	})))
	w.eventually("the second bundle is in force", func() bool { return w.gw.Status().Bundle.Serial == 2 })
	w.eventually("the session is closed", func() bool { return conn.Ping(t.Context()) != nil })
	if !reads(t, kept) {
		t.Error("the other session lost its right too")
	}
	if _, err := w.dial("orders"); err == nil {
		t.Error("a new session was let in")
	}
	w.eventually("the log tells why", func() bool { return w.audited("session.ended", "orders", "policy was changed") == 1 })
}

func TestMismatchesAreWarnings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write("bundle.gwb", w.encode(w.policy(1, func(b *schema.Bundle) {
		b.Targets = append(b.Targets, schema.Target{Name: "warehouse", Protocol: schema.ProtocolPostgres})
	})))
	extra := `
upstream "attic" {
  address  = "127.0.0.1:1"
  database = "attic"
  user     = "gateway"
  password = "env:SHOP_PASSWORD"
}
`
	w.start(w.base()+extra, nil)
	text := strings.Join(w.gw.Status().Warnings, "\n")
	for _, want := range []string{`target "warehouse" has no upstream`, `upstream "attic" is no target`, `route "dbas" notifies "hook"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no warning %q in %s", want, text)
		}
	}
}
