package api

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
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

// Handshakes that come faster than the pace wait for their turn, and are refused where it is too far away; one
// address takes a part of the turns, and leaves the others to others.
func TestCrowdPace(t *testing.T) {
	const perAddress, perSecond = 20, 40
	for name, c := range map[string]struct {
		addresses   int
		begun, most time.Duration // when they begin, after one another; and how long the last that is served waits
		served      int           // of 400 that come at once
	}{
		"many addresses": {400, 0, longestTurn, 2*perAddress + 2*perSecond},
		"one address":    {1, 0, 0, perAddress},
		"at the pace":    {400, time.Second / perSecond, 0, 400},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &http.Server{TLSConfig: &tls.Config{MinVersion: tls.VersionTLS13}} //nolint:gosec // serves nobody
				Crowd{Total: 1000, PerAddress: perAddress, PerSecond: perSecond}.Pace(s)
				var mu sync.Mutex
				served, longest := 0, time.Duration(0)
				var shaking sync.WaitGroup
				for i := range 400 {
					shaking.Go(func() {
						begun := time.Now()
						_, err := s.TLSConfig.GetConfigForClient(&tls.ClientHelloInfo{Conn: visitor{from: byte(i % c.addresses), also: byte(i % c.addresses >> 8)}})
						mu.Lock()
						defer mu.Unlock()
						if err == nil {
							served, longest = served+1, max(longest, time.Since(begun))
						} else if !errors.Is(err, errCrowd) || time.Since(begun) > 0 {
							t.Errorf("%v after %v", err, time.Since(begun))
						}
					})
					time.Sleep(c.begun)
				}
				shaking.Wait()
				if served != c.served || longest > c.most {
					t.Errorf("%d served, want %d; the last waited %v, want %v at most", served, c.served, longest, c.most)
				}
			})
		})
	}
}

// visitor is a connection from one address of many.
type visitor struct {
	net.Conn
	from, also byte
}

func (v visitor) RemoteAddr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(10, 0, v.also, v.from)}
}
