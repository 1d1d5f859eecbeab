package api

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// Who opens too many connections loses those, and nobody else's place; a place that was
// left is taken again.
func TestCrowd(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	on := Crowd{Total: 3, PerAddress: 2, PerSecond: 100}.Bound(inner)
	t.Cleanup(func() { _ = on.Close() })
	accepted := make(chan net.Conn, 9)
	go func() {
		for {
			c, err := on.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("x"))
			accepted <- c
		}
	}()
	// enters opens a connection and says whether it was served.
	enters := func(from string) bool {
		t.Helper()
		d := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		c, err := d.DialContext(ctx, "tcp", inner.Addr().String())
		ok(t, err)
		t.Cleanup(func() { _ = c.Close() })
		_, err = io.ReadFull(c, make([]byte, 1))
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
			t.Fatal(err)
		}
		return err == nil
	}
	const one, two, three = "127.4.0.1", "127.4.0.2", "127.4.0.3"
	for i, step := range []struct {
		from   string
		enters bool
		close  int // of those accepted, afterwards
	}{
		{one, true, 0}, {one, true, 0}, {one, false, 0}, // an address is full
		{two, true, 0}, {three, false, 0}, // all is
		{three, false, 1}, {three, true, 0}, // a place was left
		{one, false, 1}, {one, true, 0}, {two, false, 0},
	} {
		if got := enters(step.from); got != step.enters {
			t.Fatalf("step %d, from %s: served %v", i, step.from, got)
		}
		for range step.close {
			c := <-accepted
			ok(t, c.Close())
			_ = c.Close() // a second time gives no second place back
		}
	}
}

// What comes faster than the pace is served at the pace, and not refused.
func TestCrowdPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const burst, perSecond = 20, 10
		on := Crowd{Total: 1000, PerAddress: burst, PerSecond: perSecond}.Bound(endless{})
		begun := time.Now()
		for range burst + 3*perSecond {
			_, err := on.Accept()
			ok(t, err)
		}
		if took := time.Since(begun); took < 3*time.Second || took > 3*time.Second+time.Millisecond {
			t.Errorf("%v", took)
		}
	})
}

// endless is a listener to which somebody always connects, each time from another address.
type endless struct{ net.Listener }

func (endless) Accept() (net.Conn, error) { return visitor{}, nil }

type visitor struct{ net.Conn }

func (visitor) RemoteAddr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(10, 0, byte(rand.IntN(256)), byte(rand.IntN(256)))}
}
