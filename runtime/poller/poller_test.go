package poller_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gatewright/gatewright/runtime/poller"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pair gives two ends of one TCP connection.
func pair(t testing.TB) (near, far *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dialled := make(chan net.Conn, 1)
	go func() {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Error(err)
		}
		dialled <- c
	}()
	met, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	c := <-dialled
	t.Cleanup(func() { _ = c.Close() })
	return met.(*net.TCPConn), c.(*net.TCPConn)
}

func pool(t testing.TB) *poller.Pool {
	p := poller.New(2)
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// adopt gives a connection of a loop, and its other end.
func adopt(t testing.TB, p *poller.Pool) (*poller.Loop, *poller.Conn, *net.TCPConn) {
	t.Helper()
	near, far := pair(t)
	l, err := p.Take()
	if err != nil {
		t.Fatal(err)
	}
	c, err := l.Adopt(near)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Release)
	return l, c, far
}

// echo sends back what comes until the end of it.
func echo(c *poller.Conn, f *poller.Fiber) error {
	r, w := c.Reader(f), c.Writer(f)
	buf := make([]byte, 16<<10)
	for {
		if err := r.Wait(); err != nil {
			return err
		}
		n, err := r.Read(buf)
		if err != nil {
			return err
		}
		if _, err := w.Write(buf[:n]); err != nil {
			return err
		}
	}
}

func TestEcho(t *testing.T) {
	p := pool(t)
	var work sync.WaitGroup
	for range 20 {
		l, c, far := adopt(t, p)
		ended := make(chan error, 1)
		l.Go(func(f *poller.Fiber) { ended <- echo(c, f) })
		work.Go(func() {
			for i := range 200 {
				sent := bytes.Repeat([]byte{byte(i)}, 1+i*37)
				if _, err := far.Write(sent); err != nil {
					t.Error(err)
				}
				got := make([]byte, len(sent))
				if _, err := io.ReadFull(far, got); err != nil || !bytes.Equal(got, sent) {
					t.Errorf("message %d came back otherwise: %v", i, err)
				}
			}
			_ = far.CloseWrite()
			if err := <-ended; err != io.EOF {
				t.Errorf("the fiber ended with %v", err)
			}
		})
	}
	work.Wait()
}

// TestBackPressure has a peer that does not read at first: nothing is lost, and others go on meanwhile.
func TestBackPressure(t *testing.T) {
	p := poller.New(1)
	defer p.Close()
	l, c, slow := adopt(t, p)
	const size = 64 << 20
	done := make(chan error, 1)
	l.Go(func(f *poller.Fiber) {
		w, chunk := c.Writer(f), make([]byte, 1<<20)
		for range size / len(chunk) {
			if _, err := w.Write(chunk); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	})
	l2, c2, quick := adopt(t, p)
	ended := make(chan error, 1)
	l2.Go(func(f *poller.Fiber) { ended <- echo(c2, f) })
	for range 100 {
		if _, err := quick.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(quick, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	n, err := io.CopyN(io.Discard, slow, size)
	if err := errors.Join(err, <-done); err != nil || n != size {
		t.Errorf("%d of %d bytes came: %v", n, size, err)
	}
	_ = quick.Close()
	<-ended
	c.Release()
	c2.Release()
}

// TestTurns has one fiber that always has something to read: the others of its loop go on.
func TestTurns(t *testing.T) {
	p := poller.New(1)
	defer p.Close()
	l, c, busy := adopt(t, p)
	stop := make(chan struct{})
	var work sync.WaitGroup
	work.Go(func() {
		for chunk := make([]byte, 1<<20); ; {
			select {
			case <-stop:
				_ = busy.Close()
				return
			default:
				_, _ = busy.Write(chunk)
			}
		}
	})
	ended := make(chan error, 2)
	l.Go(func(f *poller.Fiber) {
		r, small := c.Reader(f), make([]byte, 100)
		for {
			if err := r.Wait(); err != nil {
				ended <- err
				return
			}
			if _, err := r.Read(small); err != nil {
				ended <- err
				return
			}
		}
	})
	l2, c2, quick := adopt(t, p)
	l2.Go(func(f *poller.Fiber) { ended <- echo(c2, f) })
	for range 100 {
		if _, err := quick.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(quick, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	work.Wait()
	_ = quick.Close()
	<-ended
	<-ended
	c.Release()
	c2.Release()
}

// TestTurnsWithoutWait has one that only reads, and one that only works.
func TestTurnsWithoutWait(t *testing.T) {
	p := poller.New(1)
	defer p.Close()
	l, c, busy := adopt(t, p)
	var stop atomic.Bool
	var work sync.WaitGroup
	work.Go(func() {
		for chunk := make([]byte, 1<<20); !stop.Load(); {
			_, _ = busy.Write(chunk)
		}
		_ = busy.Close()
	})
	ended := make(chan error, 3)
	l.Go(func(f *poller.Fiber) {
		r, small := c.Reader(f), make([]byte, 100)
		for {
			if _, err := r.Read(small); err != nil {
				ended <- err
				return
			}
		}
	})
	l3, c3, woken := adopt(t, p)
	l3.Go(func(f *poller.Fiber) {
		_, err := c3.Reader(f).Read(make([]byte, 1))
		for !stop.Load() {
			f.Turn()
		}
		ended <- err
	})
	if _, err := woken.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	l2, c2, quick := adopt(t, p)
	l2.Go(func(f *poller.Fiber) { ended <- echo(c2, f) })
	for range 100 {
		if _, err := quick.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(quick, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	stop.Store(true)
	work.Wait()
	_ = quick.Close()
	for range 3 {
		<-ended
	}
	c.Release()
	c2.Release()
	c3.Release()
}

// TestAside has one fiber that waits for something else than its socket: the others of its loop go on, and so does it.
func TestAside(t *testing.T) {
	p := poller.New(1)
	defer p.Close()
	l, c, far := adopt(t, p)
	release := make(chan struct{})
	ended := make(chan error, 2)
	l.Go(func(f *poller.Fiber) {
		r := c.Reader(f)
		for range 2 {
			if err := r.Wait(); err != nil {
				ended <- err
				return
			}
			if _, err := r.Read(make([]byte, 1)); err != nil {
				ended <- err
				return
			}
			f.Aside()
			f.Aside()
			<-release
		}
		_, err := c.Writer(f).Write([]byte("done"))
		ended <- err
	})
	l2, c2, other := adopt(t, p)
	l2.Go(func(f *poller.Fiber) { ended <- echo(c2, f) })
	for range 2 {
		if _, err := far.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if _, err := other.Write([]byte("y")); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(other, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		release <- struct{}{}
	}
	if _, err := io.ReadFull(far, make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	_ = other.Close()
	<-ended
	<-ended
	c.Release()
	c2.Release()
}

// TestClose wakes a fiber that reads and one that writes.
func TestClose(t *testing.T) {
	p := pool(t)
	l, c, _ := adopt(t, p)
	ended := make(chan error, 2)
	l.Go(func(f *poller.Fiber) {
		_, err := c.Reader(f).Read(make([]byte, 1))
		ended <- err
	})
	l.Go(func(f *poller.Fiber) {
		_, err := c.Writer(f).Write(make([]byte, 64<<20))
		ended <- err
	})
	time.AfterFunc(10*time.Millisecond, func() { _ = c.Close() })
	for range 2 {
		if err := <-ended; !errors.Is(err, net.ErrClosed) {
			t.Errorf("got %v", err)
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if _, err := c.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestWriteDeadline(t *testing.T) {
	_, c, _ := adopt(t, pool(t))
	_ = c.SetWriteDeadline(time.Now().Add(20 * time.Millisecond))
	if _, err := c.Write(make([]byte, 64<<20)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// TestWatch sees a peer go, whether its socket is read or not, and one that is gone already.
func TestWatch(t *testing.T) {
	p := pool(t)
	_, c, far := adopt(t, p)
	gone := make(chan struct{})
	c.Watch(func() { close(gone) })
	if _, err := far.Write([]byte("unread")); err != nil {
		t.Fatal(err)
	}
	_ = far.Close()
	<-gone
	again := make(chan struct{})
	c.Watch(func() { close(again) })
	<-again

	near, far := pair(t)
	defer near.Close()
	l, err := p.Take()
	if err != nil {
		t.Fatal(err)
	}
	o, err := l.Observe(near)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Release()
	seen := make(chan struct{})
	o.Watch(func() { close(seen) })
	_ = far.Close()
	<-seen
	if _, err := near.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the observed connection cannot be used any more: %v", err)
	}
}

// TestUnwatch does not tell those who no longer ask.
func TestUnwatch(t *testing.T) {
	_, c, far := adopt(t, pool(t))
	c.Watch(func() { t.Error("told") })
	c.Unwatch()
	_ = far.Close()
	seen := make(chan struct{})
	c.Watch(func() { close(seen) })
	<-seen
}

func TestClosedPool(t *testing.T) {
	p := poller.New(0)
	for range 2 {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := p.Take(); !errors.Is(err, poller.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// BenchmarkEcho is one request and its answer, of 100 bytes, by a fiber and by a goroutine.
func BenchmarkEcho(b *testing.B) {
	ask := func(b *testing.B, far net.Conn) {
		buf := make([]byte, 100)
		for b.Loop() {
			if _, err := far.Write(buf); err != nil {
				b.Fatal(err)
			}
			if _, err := io.ReadFull(far, buf); err != nil {
				b.Fatal(err)
			}
		}
		_ = far.Close()
	}
	b.Run("fiber", func(b *testing.B) {
		l, c, far := adopt(b, pool(b))
		ended := make(chan error, 1)
		l.Go(func(f *poller.Fiber) { ended <- echo(c, f) })
		ask(b, far)
		<-ended
	})
	b.Run("goroutine", func(b *testing.B) {
		near, far := pair(b)
		ended := make(chan error, 1)
		go func() {
			for buf := make([]byte, 16<<10); ; {
				n, err := near.Read(buf)
				if err != nil {
					ended <- err
					return
				}
				_, _ = near.Write(buf[:n])
			}
		}()
		ask(b, far)
		<-ended
	})
}
