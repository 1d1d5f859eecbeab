package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/labstack/echo/v4" //nolint:depguard // the measure that releases are held against

	"github.com/wrapious/wrappy/internal/api"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
)

// BenchmarkRelease is five fields of a ten-field record, about 100 bytes each, under a
// standing grant: mutual TLS 1.3 on kept connections, real policy, stores and journal
// on disk. Beside it, in the same run, a bare Echo handler sends the same bytes over
// the same TLS. Clients and server share the machine.
func BenchmarkRelease(b *testing.B) {
	v := launch(b)
	g := v.recorded(v.person())
	path := "/v1/grants/" + g.Grant.ID().String() + "/release"
	sample := v.hospital.release(g, fiveFields)
	var released openapi.Released
	sample.into(b, http.StatusOK, &released)
	if len(released.Released) != 5 {
		b.Fatalf("released %d fields", len(released.Released))
	}
	vault := v.institutionsURL + path
	bare := v.bareEcho(b, path, sample) + path
	for _, clients := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			client := v.dial(&v.hospital.keys.Certificate, clients)
			b.StopTimer()
			v.fetch(b, client, bare, clients, 4*clients, len(sample.body)) // connections, and warm
			v.fetch(b, client, vault, clients, 4*clients, len(sample.body))
			runtime.GC()
			least := v.fetch(b, client, bare, clients, b.N, len(sample.body))
			runtime.GC()
			b.StartTimer()
			own := v.fetch(b, client, vault, clients, b.N, len(sample.body))
			b.StopTimer()
			own.report(b, "")
			least.report(b, "bare-")
			b.ReportMetric(own.percentile(50)/least.percentile(50), "p50-ratio")
			b.ReportMetric(least.rate()/own.rate(), "req/s-ratio")
		})
	}
}

// bareEcho serves the sample's bytes, reading the call as a handler must, with TLS as
// institutions have it.
func (v *running) bareEcho(b *testing.B, path string, sample answer) (base string) {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.POST(path, func(c echo.Context) error {
		body, err := io.ReadAll(c.Request().Body)
		if err != nil || !json.Valid(body) {
			return echo.ErrBadRequest
		}
		return c.Blob(http.StatusOK, "application/json", sample.body)
	})
	var lc net.ListenConfig
	on, err := lc.Listen(b.Context(), "tcp", "127.0.0.1:0")
	must(b, err)
	server := &http.Server{Handler: e, TLSConfig: api.InstitutionTLS(v.certificate, time.Now), ReadHeaderTimeout: 5 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.ServeTLS(on, "", "") }()
	b.Cleanup(func() {
		_ = server.Shutdown(context.Background())
		<-served
	})
	return "https://" + on.Addr().String()
}

// measured is how long each of some calls took, sorted, and all of them together.
type measured struct {
	each  []time.Duration
	whole time.Duration
}

func (m measured) rate() float64 { return float64(len(m.each)) / m.whole.Seconds() }

func (m measured) percentile(p int) float64 {
	return float64(m.each[(len(m.each)-1)*p/100].Microseconds()) / 1000
}

func (m measured) report(b *testing.B, whose string) {
	b.ReportMetric(m.percentile(50), whose+"p50-ms")
	b.ReportMetric(m.percentile(99), whose+"p99-ms")
	b.ReportMetric(m.rate(), whose+"req/s")
}

// fetch sends n calls from so many clients and checks that each was answered in full.
func (v *running) fetch(b *testing.B, c *http.Client, url string, clients, n, size int) measured {
	m := measured{each: make([]time.Duration, n)}
	var next atomic.Int64
	var wait sync.WaitGroup
	begun := time.Now()
	for range clients {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				sent := time.Now()
				read, err := post(c, url)
				m.each[i] = time.Since(sent)
				if err != nil || int(read) < size*9/10 {
					b.Errorf("%d bytes, %v", read, err)
					return
				}
			}
		}()
	}
	wait.Wait()
	m.whole = time.Since(begun)
	slices.Sort(m.each)
	return m
}

// post asks for the five fields and reads the answer without keeping it.
func post(c *http.Client, url string) (int64, error) {
	r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader([]byte(fiveFields)))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", client.NewIdempotencyKey())
	response, err := c.Do(r)
	if err != nil {
		return 0, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("status %d", response.StatusCode)
	}
	return io.Copy(io.Discard, response.Body)
}
