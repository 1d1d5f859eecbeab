package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"slices"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// seeing counts the connections that requests of ctx open.
func seeing(ctx context.Context, opened *int) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if !info.Reused {
			*opened++
		}
	}})
}

// serving serves a handler as people's listener is, and returns its address.
func (s *stage) serving(h http.Handler) string {
	t := s.T
	server := s.api.server(h, PublicTLS(s.certificate(func(*x509.Certificate) {}, p256())))
	on, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- Serve(ctx, server, on, time.Second) }()
	t.Cleanup(func() {
		stop()
		ok(t, <-done)
	})
	return on.Addr().String()
}

// Who takes back one request after the other is cut off, and nobody else is: a few are taken back by whoever loses patience.
func TestTakenBack(t *testing.T) {
	s := newStage(t)
	begun, ended := make(chan struct{}), make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/fast", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) {
		begun <- struct{}{}
		<-r.Context().Done()
		ended <- struct{}{}
	})
	on := s.serving(mux)

	for name, c := range map[string]struct {
		takenBack int
		isCut     bool
	}{"a few": {maxControl / 4, false}, "too many": {maxControl, true}} {
		t.Run(name, func(t *testing.T) {
			client, opened := s.client(""), 0
			get := func(ctx context.Context, path string) error {
				r, err := http.NewRequestWithContext(seeing(ctx, &opened), http.MethodGet, "https://"+on+path, nil)
				ok(t, err)
				answer, err := client.Do(r)
				if err == nil {
					_ = answer.Body.Close()
				}
				return err
			}
			for range c.takenBack {
				ctx, takeBack := context.WithCancel(t.Context())
				failed := make(chan error, 1)
				go func() { failed <- get(ctx, "/slow") }()
				select {
				case <-begun:
					takeBack()
					<-ended
					<-failed
				case <-failed: // it went the way of the connection
				}
				takeBack()
			}
			if get(t.Context(), "/fast") != nil { // likewise
				ok(t, get(t.Context(), "/fast"))
			}
			if isCut := opened > 1; isCut != c.isCut {
				t.Errorf("%d connections", opened)
			}
		})
	}
}

// A request that was taken back before its turn is not begun.
func TestTakenBackBefore(t *testing.T) {
	begun := 0
	u := &underWay{next: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { begun++ })}
	taken, takeBack := context.WithCancel(t.Context())
	takeBack()
	for _, ctx := range []context.Context{taken, t.Context()} {
		func() {
			defer func() {
				ended, _ := recover().(error)
				if errors.Is(ended, http.ErrAbortHandler) != (ctx == taken) {
					t.Errorf("ended by %v", ended)
				}
			}()
			u.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
		}()
	}
	if begun != 1 {
		t.Errorf("%d begun, want 1", begun)
	}
}

// Whoever sends many frames that neither make a request nor carry any of it is cut off; requests, their
// bodies, and the flow control of what was received are not counted.
func TestControlFrames(t *testing.T) {
	s := newStage(t)
	large := make([]byte, 1<<20)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /large", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(large) })
	mux.HandleFunc("POST /", func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	mux.HandleFunc("GET /waits", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	on := s.serving(mux)
	var block bytes.Buffer
	headers := hpack.NewEncoder(&block)
	// begin is a stream of its own.
	begin := func(f *http2.Framer, stream uint32, method, path string, end bool) error {
		block.Reset()
		for _, h := range [][2]string{{":method", method}, {":scheme", "https"}, {":authority", "localhost"}, {":path", path}} {
			ok(t, headers.WriteField(hpack.HeaderField{Name: h[0], Value: h[1], Sensitive: true})) // in no table of a connection
		}
		return f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: block.Bytes(), EndStream: end, EndHeaders: true})
	}
	many := func(n int, one func() error) error {
		for range n {
			if err := one(); err != nil {
				return err
			}
		}
		return nil
	}
	const over = 2 * maxControl
	for name, c := range map[string]struct {
		send  func(f *http2.Framer) error
		isCut bool
	}{
		"PINGs":    {func(f *http2.Framer) error { return many(over, func() error { return f.WritePing(false, [8]byte{}) }) }, true},
		"settings": {func(f *http2.Framer) error { return many(over, func() error { return f.WriteSettings() }) }, true},
		"priorities": {func(f *http2.Framer) error {
			return many(over, func() error { return f.WritePriority(9, http2.PriorityParam{Weight: 1}) })
		}, true},
		"frames of an unknown type": {func(f *http2.Framer) error {
			return many(over, func() error { return f.WriteRawFrame(0xfa, 0, 0, nil) })
		}, true},
		"flow control of nothing": {func(f *http2.Framer) error {
			return many(2*maxUpdates, func() error { return f.WriteWindowUpdate(0, 1) })
		}, true},
		"requests that the server is made to reset": {func(f *http2.Framer) error {
			stream := uint32(3)
			return many(over, func() error {
				stream += 2
				return errors.Join(begin(f, stream, "GET", "/waits", true), f.WriteData(stream, false, []byte("x")))
			})
		}, true},
		"bodies that end with an empty frame": {func(f *http2.Framer) error {
			stream := uint32(3)
			return many(over, func() error {
				stream += 2
				return errors.Join(begin(f, stream, "POST", "/", false), f.WriteData(stream, false, []byte("x")), f.WriteData(stream, true, nil), f.WriteWindowUpdate(stream, 1))
			})
		}, false},
		"empty data": {func(f *http2.Framer) error {
			return errors.Join(begin(f, 1, "POST", "/", false), many(over, func() error { return f.WriteData(1, false, nil) }))
		}, true},
		"a few PINGs": {func(f *http2.Framer) error {
			return many(maxControl/2, func() error { return f.WritePing(false, [8]byte{}) })
		}, false},
		"data": {func(f *http2.Framer) error {
			return errors.Join(begin(f, 1, "POST", "/", false), many(10*over, func() error { return f.WriteData(1, false, []byte("x")) }), f.WriteData(1, true, nil))
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			conn, f := framed(t, on)
			_ = c.send(f) // a server that has cut off takes nothing more
			last, answered := uint32(1<<20+1), false
			_ = begin(f, last, "GET", "/large", true)
			for !answered {
				frame, err := f.ReadFrame()
				if err != nil {
					break
				}
				if frame.Header().StreamID != last {
					continue
				}
				answered = frame.Header().Type == http2.FrameHeaders
				if frame.Header().Type == http2.FrameRSTStream { // it stood above the streams that may be under way
					last += 2
					_ = begin(f, last, "GET", "/large", true)
				}
			}
			if answered == c.isCut {
				t.Errorf("answered %v", answered)
			}
			_ = conn.Close()
		})
	}
	t.Run("flow control of what was received", func(t *testing.T) {
		conn, f := framed(t, on)
		defer func() { _ = conn.Close() }()
		updates := 0
		for stream := uint32(1); stream < 2*8; stream += 2 {
			ok(t, begin(f, stream, "GET", "/large", true))
			for received := 0; received < len(large); {
				frame, err := f.ReadFrame()
				ok(t, err)
				if data, is := frame.(*http2.DataFrame); is && len(data.Data()) > 0 {
					n := len(data.Data())
					received += n
					for _, of := range []uint32{0, stream} {
						ok(t, f.WriteWindowUpdate(of, uint32(n))) //nolint:gosec // at most a frame
						updates++
					}
				}
			}
		}
		if updates < 2*maxUpdates {
			t.Fatalf("%d updates try nothing", updates)
		}
	})
}

// framed is an HTTP/2 connection whose frames the test writes and reads.
func framed(t *testing.T, to string) (net.Conn, *http2.Framer) {
	t.Helper()
	d := tls.Dialer{Config: &tls.Config{MinVersion: tls.VersionTLS13, InsecureSkipVerify: true, NextProtos: []string{http2.NextProtoTLS}}} //nolint:gosec // the test's own server
	conn, err := d.DialContext(t.Context(), "tcp", to)
	ok(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	ok(t, conn.SetDeadline(time.Now().Add(time.Minute)))
	_, err = io.WriteString(conn, http2.ClientPreface)
	ok(t, err)
	f := http2.NewFramer(conn, conn)
	ok(t, f.WriteSettings())
	return conn, f
}

// FuzzFrames: however a connection's bytes come apart, frames are counted as a reader of frames tells them apart.
func FuzzFrames(f *testing.F) {
	var frames bytes.Buffer
	framer := http2.NewFramer(&frames, nil)
	for _, err := range []error{
		framer.WriteSettings(), framer.WritePing(false, [8]byte{}), framer.WriteData(1, true, []byte("some")), framer.WriteData(1, true, nil), framer.WriteWindowUpdate(0, 9),
	} {
		if err != nil {
			f.Fatal(err)
		}
	}
	f.Add(frames.Bytes(), uint8(3))
	f.Add(bytes.Repeat([]byte{0, 0, 0, 6, 0, 0, 0, 0, 0}, 2*maxControl), uint8(10))
	f.Add(bytes.Repeat([]byte{0, 0, 1, 8, 0, 0, 0, 0, 0, 1}, 2*maxUpdates), uint8(0))
	f.Fuzz(func(t *testing.T, sent []byte, size uint8) {
		preface := []byte(http2.ClientPreface)
		whole, apart := newCounted(nil), newCounted(nil)
		taken := whole.count(append(preface, sent...))
		same := true
		for chunk := range slices.Chunk(append(preface, sent...), int(size)+1) {
			same = same && apart.count(chunk)
		}
		control, updates, worst, bodies := 0, 0, 0, 0
		for rest := sent; len(rest) >= frameHeader; {
			h, err := http2.ReadFrameHeader(bytes.NewReader(rest))
			if err != nil {
				t.Fatal(err)
			}
			rest = rest[min(frameHeader+int(h.Length), len(rest)):]
			switch {
			case h.Type == http2.FrameWindowUpdate:
				updates++
				worst = max(worst, updates)
			case h.Type == http2.FrameHeaders:
				updates--
				if !h.Flags.Has(http2.FlagHeadersEndStream) {
					bodies++
				}
			case h.Type == http2.FrameData && h.Length == 0 && h.Flags.Has(http2.FlagDataEndStream) && bodies > 0:
				bodies--
			case h.Type != http2.FrameData || h.Length == 0:
				control++
			}
		}
		few, many := control <= maxControl && worst <= maxUpdates, control >= 2*maxControl || worst > maxUpdates // between: as time passes
		for way, taken := range map[string]bool{"whole": taken, "apart": same} {
			if few && !taken || many && taken {
				t.Errorf("%s: %d control frames, %d updates: taken %v", way, control, worst, taken)
			}
		}
	})
}
