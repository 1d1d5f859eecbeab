package api

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"github.com/wrapious/wrappy/consent"
)

// Rate bounds what one sender may send. A member that is zero has the default.
type Rate struct {
	PerSecond float64 // sustained
	Burst     int     // at once
}

var (
	defaultPublicRate      = Rate{PerSecond: 2, Burst: 20}
	defaultInstitutionRate = Rate{PerSecond: 5000, Burst: 10_000}
	otherRate              = Rate{PerSecond: 5, Burst: 20} // of an institution that is suspended or not attested
)

func (r Rate) or(d Rate) Rate {
	if r.PerSecond > 0 {
		d.PerSecond = r.PerSecond
	}
	if r.Burst > 0 {
		d.Burst = r.Burst
	}
	return d
}

const (
	maxSenders = 1 << 16
	pruneEvery = time.Second // it looks at all buckets, and everybody waits
)

// limiter counts per sender, in bounded memory. Senders are kept for as long as a
// bucket takes to refill.
type limiter[K comparable] struct {
	rate  rate.Limit
	burst int

	mu      sync.Mutex
	buckets map[K]*bucket
	pruned  time.Time
	rest    *rate.Limiter // for newcomers while the map is full
}

type bucket struct {
	*rate.Limiter
	last time.Time
}

func newLimiter[K comparable](r Rate) *limiter[K] {
	limit := rate.Limit(r.PerSecond)
	return &limiter[K]{rate: limit, burst: r.Burst, buckets: map[K]*bucket{}, rest: rate.NewLimiter(limit*100, r.Burst*100)}
}

func (l *limiter[K]) allow(from K, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[from]
	if b == nil {
		if len(l.buckets) >= maxSenders && now.Sub(l.pruned).Abs() >= pruneEvery {
			l.prune(now)
		}
		if len(l.buckets) >= maxSenders {
			return l.rest.AllowN(now, 1)
		}
		b = &bucket{Limiter: rate.NewLimiter(l.rate, l.burst)}
		l.buckets[from] = b
	}
	b.last = now
	return b.AllowN(now, 1)
}

func (l *limiter[K]) prune(now time.Time) {
	l.pruned = now
	refill := time.Duration(float64(l.burst) / float64(l.rate) * float64(time.Second))
	for from, b := range l.buckets {
		if now.Sub(b.last) > refill {
			delete(l.buckets, from)
		}
	}
}

// origin is the network a connection comes from, an IPv4 address or IPv6 /64; all
// that have no address share one.
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

// inGoodStanding says whether an institution could be given anything now.
func inGoodStanding(who consent.Institution) bool { return who.Attested && !who.Suspended }

// paced refuses what one institution sends too fast: anybody can register one.
func (a *API) paced(who consent.Institution) error {
	l, p := a.others, problemRate
	if inGoodStanding(who) {
		l, p.retry = a.standing, 1
	}
	if !l.allow(who.ID, a.now()) {
		return p
	}
	return nil
}
