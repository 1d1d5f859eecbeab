package api

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"
)

// Rate bounds what one address may send to the public listener.
type Rate struct {
	PerSecond float64 // sustained; 0 means 2
	Burst     int     // at once; 0 means 20
}

const maxAddresses = 1 << 16

// limiter counts per IPv4 address or IPv6 /64, in bounded memory. Addresses are
// kept for as long as a bucket takes to refill.
type limiter struct {
	rate  rate.Limit
	burst int

	mu      sync.Mutex
	buckets map[netip.Prefix]*bucket
	rest    *rate.Limiter // for newcomers while the map is full
}

type bucket struct {
	*rate.Limiter
	last time.Time
}

func newLimiter(r Rate) *limiter {
	if r.PerSecond <= 0 {
		r.PerSecond = 2
	}
	if r.Burst <= 0 {
		r.Burst = 20
	}
	limit := rate.Limit(r.PerSecond)
	return &limiter{rate: limit, burst: r.Burst, buckets: map[netip.Prefix]*bucket{}, rest: rate.NewLimiter(limit*100, r.Burst*100)}
}

func (l *limiter) allow(from netip.Prefix, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[from]
	if b == nil {
		if len(l.buckets) >= maxAddresses {
			l.prune(now)
		}
		if len(l.buckets) >= maxAddresses {
			return l.rest.AllowN(now, 1)
		}
		b = &bucket{Limiter: rate.NewLimiter(l.rate, l.burst)}
		l.buckets[from] = b
	}
	b.last = now
	return b.AllowN(now, 1)
}

func (l *limiter) prune(now time.Time) {
	refill := time.Duration(float64(l.burst) / float64(l.rate) * float64(time.Second))
	for from, b := range l.buckets {
		if now.Sub(b.last) > refill {
			delete(l.buckets, from)
		}
	}
}

// origin is the network a connection comes from; all that have no address share one.
func origin(remote string) netip.Prefix {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return netip.Prefix{}
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{}
	}
	address = address.Unmap().WithZone("")
	bits := 32
	if address.Is6() {
		bits = 64
	}
	prefix, err := address.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}

// slowly refuses what one address sends too fast.
func (a *API) slowly(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !a.limiter.allow(origin(c.Request().RemoteAddr), a.now()) {
			return problemRate
		}
		return next(c)
	}
}
