package api

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Crowd bounds the connections of a listener.
type Crowd struct {
	Total      int // at once
	PerAddress int // at once from one address (IPv6: one /64)
	PerSecond  int // new ones; some more at once
}

// Bound is a listener that closes what comes beyond the bounds as it comes: whoever opens
// many connections takes no place of others, who would otherwise wait unseen. What comes faster than
// PerSecond waits: a handshake costs a vault as much as a release, and who opens connections need not
// do anything with them.
func (c Crowd) Bound(on net.Listener) net.Listener {
	return &crowded{Listener: on, most: c, pace: rate.NewLimiter(rate.Limit(c.PerSecond), max(c.PerSecond, c.PerAddress)), from: map[netip.Prefix]int{}}
}

type crowded struct {
	net.Listener
	most Crowd
	pace *rate.Limiter

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
			time.Sleep(c.pace.Reserve().Delay()) // one second over PerSecond at most
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
