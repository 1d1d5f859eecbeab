package api

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Crowd bounds the connections of a listener.
type Crowd struct {
	Total      int // at once
	PerAddress int // at once from one address (IPv6: one /64)
	PerSecond  int // handshakes begun; twice as many more at once as one address may have connections
}

// Bound is a listener that closes what comes beyond the bounds as it comes: whoever opens
// many connections takes no place of others, who would otherwise wait unseen.
func (c Crowd) Bound(on net.Listener) net.Listener {
	return &crowded{Listener: on, most: c, from: map[netip.Prefix]int{}}
}

const (
	shareOfPace = 4               // one address begins at most so small a part of the handshakes
	longestTurn = 2 * time.Second // of a handshake for its turn; the server waits five for the whole
)

var errCrowd = errors.New("too many handshakes")

// Pace lets a server begin no more than PerSecond handshakes: each costs it as much as a release, and who asks for
// one need not do anything with it. What comes faster waits, or is refused where it would wait too long or
// its address has had its share. Connections that ask for nothing take nobody's turn.
func (c Crowd) Pace(s *http.Server) {
	share := newLimiter[netip.Prefix](Rate{PerSecond: float64(c.PerSecond) / shareOfPace, Burst: c.PerAddress})
	turns := pace{next: rate.NewLimiter(rate.Limit(c.PerSecond), 2*c.PerAddress)} // one address cannot take all at once
	s.TLSConfig.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if !share.allow(origin(hello.Conn.RemoteAddr().String()), time.Now()) || !turns.wait() {
			return nil, errCrowd
		}
		return nil, nil //nolint:nilnil // the server's own configuration stays
	}
}

// pace gives turns: they are taken one after another, and not at all where one would wait longer than longestTurn.
type pace struct {
	mu   sync.Mutex // what is given back is the last that was reserved
	next *rate.Limiter
}

func (t *pace) wait() bool {
	wait, found := t.reserve(time.Now())
	time.Sleep(wait)
	return found
}

func (t *pace) reserve(now time.Time) (wait time.Duration, found bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	turn := t.next.ReserveN(now, 1)
	if wait = turn.DelayFrom(now); wait > longestTurn {
		turn.CancelAt(now)
		return 0, false
	}
	return wait, true
}

type crowded struct {
	net.Listener
	most Crowd

	mu   sync.Mutex
	all  int
	from map[netip.Prefix]int
}

func (c *crowded) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := origin(conn.RemoteAddr().String())
		if c.enter(from) {
			return &guest{Conn: conn, leave: sync.OnceFunc(func() { c.leave(from) })}, nil
		}
		_ = conn.Close() // nothing was said yet
	}
}

func (c *crowded) enter(from netip.Prefix) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all >= c.most.Total || c.from[from] >= c.most.PerAddress {
		return false
	}
	c.all++
	c.from[from]++
	return true
}

func (c *crowded) leave(from netip.Prefix) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all--
	if c.from[from]--; c.from[from] == 0 {
		delete(c.from, from)
	}
}

// guest gives its place back when it is closed.
type guest struct {
	net.Conn
	leave func()
}

func (g *guest) Close() error {
	defer g.leave()
	return g.Conn.Close()
}
