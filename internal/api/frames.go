package api

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"

	"golang.org/x/net/http2"
	"golang.org/x/time/rate"
)

// HTTP/2 bounds the requests that are under way on a connection, and nothing of what costs its sender
// less than it costs the vault: requests taken back as they are made ("rapid reset", CVE-2023-44487), PINGs, settings,
// empty frames. Go gives such a connection up late, after tens of thousands. Whoever sends more of
// them than these bounds is cut off at once.
const (
	maxControl     = 50  // frames that neither make a request nor carry any of its body
	controlRefills = 10  // of them a second
	maxUpdates     = 200 // of flow control, and one more for so many bytes sent:
	bytesForUpdate = 64
)

// frameHeader is its length in bytes (RFC 9113, section 4.1).
const frameHeader = 9

// counted is an HTTP/2 connection that is cut off when its peer sends too many control frames. One goroutine reads.
type counted struct {
	*tls.Conn
	control *rate.Limiter
	updates atomic.Int64 // that may still come

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
		_ = c.NetConn().Close() // TLS would say goodbye first, and wait for one who does not read
		return 0, fmt.Errorf("too many control frames: %w", net.ErrClosed)
	}
	return n, err
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.updates.Add(int64(n))
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
		if !c.allowed(http2.FrameType(c.header[3]), c.skip) {
			return false
		}
	}
	return true
}

func (c *counted) allowed(kind http2.FrameType, length int) bool {
	switch {
	case kind == http2.FrameHeaders, kind == http2.FrameData && length > 0:
		return true
	case kind == http2.FrameWindowUpdate:
		return c.updates.Add(-bytesForUpdate) >= 0
	}
	return c.control.Allow()
}

// countFrames makes a server count the frames of its HTTP/2 connections. net/http has no place from which they
// can be looked at: x/net's server, deprecated in its favour, takes any connection.
func countFrames(s *http.Server) {
	two := &http2.Server{}                                //nolint:staticcheck // see above
	if err := http2.ConfigureServer(s, two); err != nil { //nolint:staticcheck // likewise
		panic(err) // of cipher suites, and we name none
	}
	s.TLSNextProto[http2.NextProtoTLS] = func(s *http.Server, c *tls.Conn, h http.Handler) {
		two.ServeConn(newCounted(c), &http2.ServeConnOpts{BaseConfig: s, Handler: h}) //nolint:staticcheck // likewise
	}
}
