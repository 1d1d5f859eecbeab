package api

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"

	"golang.org/x/net/http2"
	"golang.org/x/time/rate"
)

// HTTP/2 bounds the requests that are under way on a connection, and not what costs its sender
// less than it costs the vault: requests taken back as they are made ("rapid reset", CVE-2023-44487), PINGs, settings,
// empty frames. Go gives such a connection up late, or never where its answers are read. Whoever sends more of
// them than these bounds is cut off at once. Requests, and bodies in small pieces, are not bounded here.
const (
	maxControl     = 100 // frames that neither make a request nor carry any of its body, and requests that came to nothing
	controlRefills = 20  // of them a second
	maxUpdates     = 200 // of flow control, one more with each request, and one for so many bytes sent:
	bytesForUpdate = 64
	mostForUpdates = 8 << 20 // of those bytes are kept in mind
)

// frameHeader is its length in bytes (RFC 9113, section 4.1).
const frameHeader = 9

// counted is an HTTP/2 connection that is cut off when its peer sends too many control frames. One goroutine reads.
type counted struct {
	*tls.Conn
	control *rate.Limiter
	updates atomic.Int64 // that may still come, in bytes
	bodies  int          // begun, whose last frame may be empty: many clients end each body so

	skip   int // bytes until the next frame's header
	have   int // of that header
	header [frameHeader]byte
}

func newCounted(c *tls.Conn) *counted {
	f := &counted{Conn: c, control: rate.NewLimiter(controlRefills, maxControl), skip: len(http2.ClientPreface)}
	f.updates.Store(maxUpdates * bytesForUpdate)
	return f
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if !c.count(p[:n]) {
		c.cut()
		return 0, fmt.Errorf("too many control frames: %w", net.ErrClosed)
	}
	return n, err
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if c.updates.Load() < mostForUpdates {
		c.updates.Add(int64(n))
	}
	return n, err
}

// count looks at what was read and says whether it is still within the bounds.
func (c *counted) count(p []byte) bool {
	for len(p) > 0 {
		if c.skip > 0 {
			n := min(c.skip, len(p))
			c.skip, p = c.skip-n, p[n:]
			continue
		}
		n := copy(c.header[c.have:], p)
		c.have, p = c.have+n, p[n:]
		if c.have < frameHeader {
			continue
		}
		c.have, c.skip = 0, int(c.header[0])<<16|int(c.header[1])<<8|int(c.header[2])
		if !c.allowed(http2.FrameType(c.header[3]), http2.Flags(c.header[4]), c.skip) {
			return false
		}
	}
	return true
}

func (c *counted) allowed(kind http2.FrameType, flags http2.Flags, length int) bool {
	switch {
	case kind == http2.FrameHeaders:
		c.updates.Add(bytesForUpdate)
		if !flags.Has(http2.FlagHeadersEndStream) {
			c.bodies++
		}
		return true
	case kind == http2.FrameData && length > 0:
		return true
	case kind == http2.FrameData && flags.Has(http2.FlagDataEndStream) && c.bodies > 0:
		c.bodies--
		return true
	case kind == http2.FrameWindowUpdate:
		return c.updates.Add(-bytesForUpdate) >= 0
	}
	return c.control.Allow()
}

func (c *counted) cut() { _ = c.NetConn().Close() } // TLS would say goodbye first, and wait for one who does not read

type countedKey struct{}

// cutOff counts requests that came to nothing, whoever has ended them: a peer can make the server reset them too
// ("MadeYouReset", CVE-2025-8671).
func cutOff(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if c, is := r.Context().Value(countedKey{}).(*counted); is && r.Context().Err() != nil && !c.control.Allow() {
				c.cut()
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// countFrames makes a server count the frames of its HTTP/2 connections. net/http has no place from which they
// can be looked at: x/net's server, deprecated in its favour, takes any connection.
func countFrames(s *http.Server) {
	two := &http2.Server{}                                //nolint:staticcheck // see above
	if err := http2.ConfigureServer(s, two); err != nil { //nolint:staticcheck // likewise
		panic(err) // of cipher suites, and we name none
	}
	s.TLSNextProto[http2.NextProtoTLS] = func(s *http.Server, c *tls.Conn, h http.Handler) {
		frames := newCounted(c)
		ctx := context.WithValue(context.Background(), countedKey{}, frames)
		two.ServeConn(frames, &http2.ServeConnOpts{Context: ctx, BaseConfig: s, Handler: cutOff(h)}) //nolint:staticcheck // likewise
	}
}
