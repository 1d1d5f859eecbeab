package api

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

// Who opens too many connections loses those, and nobody else's place; a place that was
// left is taken again.
func TestCrowd(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	on := Crowd{Total: 3, PerAddress: 2}.Bound(inner)
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
