package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
)

// BenchmarkWatched is a release of five fields at three vaults, in turns of a hundred
// calls: one that measures nothing, one with metrics and one request in a hundred traced,
// and one that traces every request to a collector in the same process.
func BenchmarkWatched(b *testing.B) {
	collector := startCollector(b)
	houses := []struct {
		name     string
		settings []func(*founding)
	}{
		{"nothing", nil},
		{"metrics", []func(*founding){measuredBy(collector), func(f *founding) { f.trace.ratio = 0.01 }}},
		{"everything", []func(*founding){measuredBy(collector)}},
	}
	type house struct {
		*running
		url  string
		http *http.Client
		size int
	}
	var all []house
	for _, h := range houses {
		v := launch(b, h.settings...)
		g := v.recorded(v.person())
		sample := v.hospital.release(g, fiveFields)
		sample.into(b, http.StatusOK, &openapi.Released{})
		all = append(all, house{v, v.institutionsURL + "/v1/grants/" + g.Grant.ID().String() + "/release", v.dial(&v.hospital.keys.Certificate, 64), len(sample.body)})
	}
	const turn = 100
	for _, clients := range []int{1, 16} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			took := make([]measured, len(all))
			for _, h := range all {
				h.fetch(b, h.http, h.url, clients, 4*clients, h.size)
			}
			b.ResetTimer()
			for done := 0; done < b.N; done += turn {
				for i, h := range all {
					m := h.fetch(b, h.http, h.url, clients, turn, h.size)
					took[i].each, took[i].whole = append(took[i].each, m.each...), took[i].whole+m.whole
				}
			}
			b.StopTimer()
			for i := range took {
				slices.SortFunc(took[i].each, func(x, y time.Duration) int { return int(x - y) })
				took[i].report(b, houses[i].name+"-")
			}
			for i := 1; i < len(took); i++ {
				b.ReportMetric(took[i].percentile(50)/took[0].percentile(50), houses[i].name+"-p50-ratio")
				b.ReportMetric(took[0].rate()/took[i].rate(), houses[i].name+"-req/s-ratio")
			}
		})
	}
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
