package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/internal/faults"
	"github.com/wrapious/wrappy/wallet"
)

// besieged is a serving vault in a process of its own, a hospital and a public reader who
// go on with their work, and who attacks them.
type besieged struct {
	*killed
	grant  *wallet.SignedGrant
	memory int // MiB of the process at rest
	source atomic.Uint32
	putOff atomic.Int32 // answers of 503
}

type attack struct {
	name string
	run  func(*besieged, context.Context, *testing.T)
}

// attacks end with the context, or by themselves.
var attacks = []attack{
	{"bodies of 10 GiB", (*besieged).endlessBodies},
	{"documents nested 10,000 deep", (*besieged).deepDocuments},
	{"headers sent slowly on 1,000 connections", (*besieged).slowHeaders},
	{"bodies sent slowly", (*besieged).slowBodies},
	{"half-open handshakes", (*besieged).halfOpen},
	{"a flood of handshakes", (*besieged).handshakes},
	{"a flood of connections from one address", (*besieged).crowd},
	{"headers without end", (*besieged).endlessHeaders},
	{"CONTINUATION frames without end", (*besieged).continuations},
	{"streams reset as they open", (*besieged).rapidReset},
	{"answers that nobody reads", (*besieged).unread},
	{"PING frames whose answers nobody reads", (*besieged).pings},
	{"a bomb of compressed headers", (*besieged).headerBomb},
}

// TestExhaustion: nobody who sends too much, too slowly, too often or too deep keeps others
// from being served, or makes the vault's memory grow without bound.
func TestExhaustion(t *testing.T) {
	b := &besieged{killed: &killed{running: launch(t)}}
	b.grant = b.recorded(b.person())
	must(t, b.shut())
	b.start(t)
	b.work(t, 50)
	b.memory = b.highWater(t)
	for _, attack := range attacks {
		t.Run(attack.name, func(t *testing.T) {
			b.in(t)
			before := b.work(t, 40)
			b.putOff.Store(0)
			ctx, end := context.WithCancel(t.Context())
			var attacking sync.WaitGroup
			attacking.Go(func() { attack.run(b, ctx, t) })
			during := b.work(t, 40)
			for try := 0; during.median > 3*before.median+100*time.Millisecond && try < 5; try++ { // the machine has other work too
				during = b.work(t, 40)
			}
			end()
			attacking.Wait()
			high := b.highWater(t)
			t.Logf("median %v, before %v; p99 %v, before %v; %d put off; %d MiB at most, at rest %d",
				during.median, before.median, during.p99, before.p99, b.putOff.Load(), high, b.memory)
			if during.median > 3*before.median+100*time.Millisecond {
				t.Errorf("others wait: median %v, before %v", during.median, before.median)
			}
			if most := 2*b.memory + 256; high > most {
				t.Errorf("memory: %d MiB, want %d at most", high, most)
			}
		})
	}
	holds(t, b.hospital.release(b.grant, "{}"))
	if t.Failed() {
		for line := range strings.Lines(b.output.String()) {
			if strings.Contains(line, "request failed") {
				t.Log(line)
			}
		}
	}
}

type waits struct{ median, p99 time.Duration }

// work is n releases and as many public reads, all of which are answered. Where the machine's
// time is taken, the log's tree may be late, and a release is put off (Retry-After): it is
// asked for again, as clients do.
func (b *besieged) work(t *testing.T, n int) waits {
	t.Helper()
	reader := b.dial(nil, 4)
	defer reader.CloseIdleConnections()
	var mu sync.Mutex
	var took []time.Duration
	var working sync.WaitGroup
	for range 2 {
		working.Go(func() {
			for range n / 2 {
				begun := time.Now()
				key := "Idempotency-Key: " + client.NewIdempotencyKey()
				got, err := send(b.hospital.http, "POST", b.releaseURL(b.grant), strings.NewReader(fiveFields), key)
				for err == nil && got.status == http.StatusServiceUnavailable && time.Since(begun) < 30*time.Second {
					b.putOff.Add(1)
					pauseFor(100 * time.Millisecond)
					got, err = send(b.hospital.http, "POST", b.releaseURL(b.grant), strings.NewReader(fiveFields), key)
				}
				released := time.Now()
				read, errRead := send(reader, "GET", b.publicURL+"/v1/ledger", nil)
				if err := errors.Join(err, errRead); err != nil || got.status != http.StatusOK || read.status != http.StatusOK {
					t.Errorf("a well-behaved call fails: %v, %d %s, %d %s", err, got.status, got.body, read.status, read.body)
					return
				}
				mu.Lock()
				took = append(took, released.Sub(begun), time.Since(released))
				mu.Unlock()
			}
		})
	}
	working.Wait()
	if len(took) == 0 {
		t.Fatal("nothing is served")
	}
	slices.Sort(took)
	return waits{took[len(took)/2], took[len(took)*99/100]}
}

// highWater is the most memory that the process had since it was asked last, in MiB.
func (b *besieged) highWater(t *testing.T) int {
	t.Helper()
	proc := "/proc/" + strconv.Itoa(b.process.Process.Pid)
	status, err := os.ReadFile(proc + "/status")
	must(t, err)
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	must(t, err)
	must(t, os.WriteFile(proc+"/clear_refs", []byte("5"), 0o200))
	return kib >> 10
}

// open connects from another address each time unless one is given; the handshake is left
// to the first write.
func (b *besieged) open(ctx context.Context, url string, protocol string, certificate *tls.Certificate, from ...net.IP) (*tls.Conn, error) {
	if len(from) == 0 {
		n := b.source.Add(1)
		from = []net.IP{net.IPv4(127, 5, byte(n>>8), byte(n))}
	}
	d := &net.Dialer{LocalAddr: &net.TCPAddr{IP: from[0]}}
	raw, err := d.DialContext(ctx, "tcp", strings.TrimPrefix(url, "https://"))
	if err != nil {
		return nil, err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: b.pool, ServerName: "localhost", NextProtos: []string{protocol}}
	if certificate != nil {
		config.Certificates = []tls.Certificate{*certificate}
	}
	b.t.Cleanup(func() { _ = raw.Close() })
	return tls.Client(raw, config), nil
}

// ended reads until the server ends the connection, for a minute at most, and says whether it did.
func ended(c net.Conn) bool {
	_ = c.SetReadDeadline(time.Now().Add(time.Minute))
	_, err := io.Copy(io.Discard, c)
	var late net.Error
	return !errors.As(err, &late) || !late.Timeout()
}

// zeros never end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// counted counts what was read of a body.
type counted struct {
	io.Reader
	n atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// endlessBodies: they are cut off at the bound of their route, by either protocol, announced or not.
func (b *besieged) endlessBodies(ctx context.Context, t *testing.T) {
	const size, slack = 10 << 30, 8 << 20 // what is under way in buffers
	write := "/v1/grants/" + b.grant.Grant.ID().String() + "/fields"
	for _, one := range []struct {
		name, url string
		at        *http.Client
		bound     int64
	}{
		{"a withdrawal", b.publicURL + "/v1/person/withdrawals", b.dial(nil, 1), 64 << 10},
		{"everything stopped", b.publicURL + "/v1/person/withdrawals/all", b.dial(nil, 1), 1 << 20},
		{"a write", b.institutionsURL + write, b.dial(&b.hospital.keys.Certificate, 1), 16 << 20},
		{"a release", b.institutionsURL + strings.Replace(write, "fields", "release", 1), b.dial(&b.hospital.keys.Certificate, 1), 64 << 10},
	} {
		for _, two := range []bool{false, true} {
			for _, announced := range []int64{-1, size} {
				at := *one.at
				transport := one.at.Transport.(*http.Transport).Clone()
				transport.ForceAttemptHTTP2 = two
				at.Transport = transport
				body := &counted{Reader: io.LimitReader(zeros{}, size)}
				r, err := http.NewRequestWithContext(ctx, http.MethodPost, one.url, io.NopCloser(body))
				must(t, err)
				r.ContentLength = announced
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("Idempotency-Key", client.NewIdempotencyKey())
				answer, err := at.Do(r)
				if ctx.Err() != nil {
					return
				}
				status := 0
				if err == nil {
					status = answer.StatusCode
					_ = answer.Body.Close()
				}
				transport.CloseIdleConnections()
				if sent := body.n.Load(); sent > one.bound+slack || status != 0 && status != http.StatusRequestEntityTooLarge {
					t.Errorf("%s, HTTP/2 %v, announced %d: %d bytes were taken, status %d, %v", one.name, two, announced, sent, status, err)
				}
			}
		}
	}
}

// deepDocuments: refused as they are read.
func (b *besieged) deepDocuments(ctx context.Context, t *testing.T) {
	nested := strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)
	objects := strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000)
	grant := "/v1/grants/" + b.grant.Grant.ID().String()
	for n := 0; n < 2 && ctx.Err() == nil; n++ {
		for _, deep := range []string{nested, objects} {
			for name, got := range map[string]answer{
				"release":   b.hospital.call("POST", grant+"/release", `{"fields":`+deep+`}`),
				"write":     b.hospital.call("POST", grant+"/fields", `{"signatures":{},"values":{"identity.race":`+deep+`}}`),
				"Bundle":    b.hospital.call("POST", grant+"/fields", `{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","extension":`+deep+`}}]}`, fhirHeader),
				"request":   b.hospital.call("POST", "/v1/requests", deep),
				"grant":     b.post("/v1/person/grants", deep),
				"all stops": b.post("/v1/person/withdrawals/all", `{"stops":`+deep+`}`),
			} {
				if got.status != http.StatusBadRequest || !strings.HasPrefix(got.kind(), "json-") {
					t.Errorf("%s: %d %s", name, got.status, got.body)
				}
			}
		}
	}
}

// many opens connections at a time and hands each to what is done with it, of which none is
// left when it returns.
func (b *besieged) many(ctx context.Context, t *testing.T, n int, url, protocol string, do func(*tls.Conn)) {
	t.Helper()
	var doing sync.WaitGroup
	var failed atomic.Int32
	turns := make(chan struct{}, 32) // of handshakes: the server has patience for one of five seconds
	for range n {
		doing.Go(func() {
			turns <- struct{}{}
			c, err := b.open(ctx, url, protocol, nil)
			if err == nil {
				err = c.HandshakeContext(ctx)
			}
			<-turns
			if err != nil {
				failed.Add(1)
				return
			}
			defer func() { _ = c.Close() }()
			do(c)
		})
	}
	doing.Wait()
	if f := int(failed.Load()); ctx.Err() == nil && f > n*3/4 {
		t.Errorf("%d of %d connections did not come about: nothing was tried", f, n)
	}
}

// slowHeaders: who has not sent them after the server's patience is cut off.
func (b *besieged) slowHeaders(ctx context.Context, t *testing.T) {
	var over, all atomic.Int32
	b.many(context.WithoutCancel(ctx), t, 1000, b.publicURL, "http/1.1", func(c *tls.Conn) {
		all.Add(1)
		go func() {
			for _, letter := range "GET /v1/ledger HTTP/1.1\r\nHost: localhost\r\nX-Slowly: " + strings.Repeat("a", 1000) {
				if _, err := c.Write([]byte(string(letter))); err != nil {
					return
				}
				pauseFor(500 * time.Millisecond)
			}
		}()
		if ended(c) {
			over.Add(1)
		}
	})
	if over.Load() != all.Load() {
		t.Errorf("%d of %d connections were ended", over.Load(), all.Load())
	}
}

func pauseFor(d time.Duration) {
	wait := time.NewTimer(d)
	defer wait.Stop()
	<-wait.C
}

// slowBodies: as long as they are waited for they take little; in the long form they are
// cut off too.
func (b *besieged) slowBodies(ctx context.Context, t *testing.T) {
	if faults.Long() {
		ctx = context.WithoutCancel(ctx)
	}
	var over, all atomic.Int32
	b.many(ctx, t, 300, b.publicURL, "http/1.1", func(c *tls.Conn) {
		all.Add(1)
		_, err := io.WriteString(c, "POST /v1/person/withdrawals HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{")
		for until := time.Now().Add(80 * time.Second); err == nil && ctx.Err() == nil && time.Now().Before(until); {
			pauseFor(100 * time.Millisecond)
			_, err = c.Write([]byte(" "))
		}
		if err != nil {
			over.Add(1)
		}
	})
	if faults.Long() && over.Load() != all.Load() {
		t.Errorf("%d of %d connections were ended", over.Load(), all.Load())
	}
}

// halfOpen: a connection that begins no handshake, or half of one, is cut off.
func (b *besieged) halfOpen(ctx context.Context, t *testing.T) {
	var waiting sync.WaitGroup
	var over atomic.Int32
	const n = 600
	for i := range n {
		waiting.Go(func() {
			url := []string{b.publicURL, b.institutionsURL}[i%2]
			c, err := b.open(context.WithoutCancel(ctx), url, "h2", nil)
			if err != nil {
				return
			}
			if i%3 == 0 {
				_, err = c.NetConn().Write([]byte{22, 3, 1, 2, 0, 1, 0}) // of a ClientHello
			}
			if err == nil && ended(c.NetConn()) {
				over.Add(1)
			}
		})
	}
	waiting.Wait()
	if over.Load() != n {
		t.Errorf("%d of %d connections were ended", over.Load(), n)
	}
}

func (b *besieged) handshakes(ctx context.Context, t *testing.T) {
	var done atomic.Int32
	for ctx.Err() == nil && !t.Failed() {
		b.many(ctx, t, 10, []string{b.publicURL, b.institutionsURL}[done.Load()%2], "h2", func(*tls.Conn) { done.Add(1) })
		pauseFor(10 * time.Millisecond) // the machine is the attacker's too
	}
	t.Logf("%d handshakes", done.Load())
}

// crowd: what one address opens beyond its share is closed.
func (b *besieged) crowd(ctx context.Context, t *testing.T) {
	from := net.IPv4(127, 6, 6, 6)
	share := b.config.Limits.ConnectionsPerAddress
	var open, refused atomic.Int32
	var all []*tls.Conn
	opening := context.WithoutCancel(ctx)
	for range share + 200 {
		c, err := b.open(opening, b.publicURL, "h2", nil, from)
		if err != nil {
			refused.Add(1)
			continue
		}
		if err := c.HandshakeContext(opening); err != nil {
			refused.Add(1)
			continue
		}
		open.Add(1)
		all = append(all, c)
	}
	if int(open.Load()) > share || refused.Load() == 0 {
		t.Errorf("one address has %d connections, want %d at most", open.Load(), share)
	}
	<-ctx.Done()
	for _, c := range all {
		_ = c.Close()
	}
	t.Logf("%d open, %d refused", open.Load(), refused.Load())
}

// endlessHeaders: cut off at their bound.
func (b *besieged) endlessHeaders(ctx context.Context, t *testing.T) {
	b.many(context.WithoutCancel(ctx), t, 20, b.publicURL, "http/1.1", func(c *tls.Conn) {
		_, err := io.WriteString(c, "GET /v1/ledger HTTP/1.1\r\nHost: localhost\r\n")
		sent := 0
		for ; err == nil && sent < 64<<20; sent += 8 << 10 {
			_, err = io.WriteString(c, "X-Long: "+strings.Repeat("a", 8<<10)+"\r\n")
		}
		if err == nil {
			t.Errorf("%d bytes of headers were taken", sent)
		}
	})
}

// frames speaks HTTP/2 by hand. What the server sends is read, unless nobody is to.
type frames struct {
	*http2.Framer
	*tls.Conn
	headers *hpack.Encoder
	block   *bytes.Buffer
}

func speak(c *tls.Conn, settings ...http2.Setting) (*frames, error) {
	f := &frames{Framer: http2.NewFramer(c, c), Conn: c, block: &bytes.Buffer{}}
	f.headers = hpack.NewEncoder(f.block)
	_, err := io.WriteString(c, http2.ClientPreface)
	return f, errors.Join(err, f.WriteSettings(settings...))
}

// drain reads until the connection ends.
func (f *frames) drain() { _, _ = io.Copy(io.Discard, f.Conn) }

// get begins a stream.
func (f *frames) get(stream uint32, path string, endHeaders bool) error {
	f.block.Reset()
	for _, h := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", "localhost"}, {":path", path}} {
		_ = f.headers.WriteField(hpack.HeaderField{Name: h[0], Value: h[1]})
	}
	return f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: f.block.Bytes(), EndStream: true, EndHeaders: endHeaders})
}

// continuations: the connection is ended long before they are.
func (b *besieged) continuations(ctx context.Context, t *testing.T) {
	b.many(context.WithoutCancel(ctx), t, 20, b.publicURL, "h2", func(c *tls.Conn) {
		f, err := speak(c)
		go f.drain()
		err = errors.Join(err, f.get(1, "/v1/ledger", false))
		sent := 0
		for ; err == nil && sent < 64<<20; sent += 16 << 10 {
			f.block.Reset()
			_ = f.headers.WriteField(hpack.HeaderField{Name: fmt.Sprintf("x-%d", sent), Value: strings.Repeat("a", 15<<10), Sensitive: true})
			err = f.WriteContinuation(1, false, f.block.Bytes())
		}
		if err == nil {
			t.Errorf("%d bytes of headers were taken", sent)
		}
	})
}

// rapidReset: requests that are taken back as they are made.
func (b *besieged) rapidReset(ctx context.Context, t *testing.T) {
	var sent, broken atomic.Int64
	for ctx.Err() == nil && !t.Failed() {
		b.many(ctx, t, 4, b.publicURL, "h2", func(c *tls.Conn) {
			f, err := speak(c)
			go f.drain()
			for stream := uint32(1); err == nil && stream < 20_000 && ctx.Err() == nil; stream += 2 {
				err = errors.Join(f.get(stream, "/v1/asked/0x"+strings.Repeat("5a", 32), true), f.WriteRSTStream(stream, http2.ErrCodeCancel))
				sent.Add(1)
			}
			if err != nil {
				broken.Add(1)
			}
		})
	}
	t.Logf("%d streams, %d connections ended by the server", sent.Load(), broken.Load())
}

// unread: answers wait for a window that never opens.
func (b *besieged) unread(ctx context.Context, t *testing.T) {
	b.many(ctx, t, 100, b.publicURL, "h2", func(c *tls.Conn) {
		f, err := speak(c, http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0})
		go f.drain()
		for stream := uint32(1); err == nil && stream < 2*64; stream += 2 {
			err = f.get(stream, "/v1/openapi.yaml", true)
		}
		<-ctx.Done()
	})
}

// pings: answers that the server would have to keep end the connection.
func (b *besieged) pings(ctx context.Context, t *testing.T) {
	b.many(context.WithoutCancel(ctx), t, 10, b.publicURL, "h2", func(c *tls.Conn) {
		f, err := speak(c)
		sent := 0
		for _ = c.SetWriteDeadline(time.Now().Add(time.Minute)); err == nil && sent < 10_000_000; sent++ {
			err = f.WritePing(false, [8]byte{})
		}
		if late := net.Error(nil); err == nil || errors.As(err, &late) && late.Timeout() {
			t.Errorf("%d pings were taken: %v", sent, err)
		}
	})
}

// headerBomb: one long header that a byte repeats.
func (b *besieged) headerBomb(ctx context.Context, t *testing.T) {
	var sent atomic.Int64
	for ctx.Err() == nil && !t.Failed() {
		b.many(ctx, t, 5, b.publicURL, "h2", func(c *tls.Conn) {
			f, err := speak(c)
			go f.drain()
			for stream := uint32(1); err == nil && stream < 64 && ctx.Err() == nil; stream += 2 {
				f.block.Reset()
				_ = f.headers.WriteField(hpack.HeaderField{Name: "x-bomb", Value: strings.Repeat("a", 4000)})
				for range 12_000 { // one byte each
					_ = f.headers.WriteField(hpack.HeaderField{Name: "x-bomb", Value: strings.Repeat("a", 4000)})
				}
				err = f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: f.block.Bytes(), EndStream: true, EndHeaders: true})
				sent.Add(1)
			}
		})
	}
	t.Logf("%d bombs of 48 MB", sent.Load())
}
