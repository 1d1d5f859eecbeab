package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkAppend measures entries a second and the median wait, with a number of
// requests waiting at a time, on the directory's real disk.
func BenchmarkAppend(b *testing.B) {
	for _, waiting := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprintf("waiting=%d", waiting), func(b *testing.B) {
			j := mustOpen(b, configIn(tempDir(b)))
			var next atomic.Int64
			took := make([]time.Duration, b.N)
			var all sync.WaitGroup
			b.ResetTimer()
			for w := range waiting {
				e := entryOf(byte(w))
				all.Go(func() {
					for {
						i := next.Add(1) - 1
						if i >= int64(b.N) {
							return
						}
						begun := time.Now()
						if _, err := j.Append(b.Context(), e); err != nil {
							b.Error(err)
							return
						}
						took[i] = time.Since(begun)
					}
				})
			}
			all.Wait()
			b.StopTimer()
			slices.Sort(took)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}

// BenchmarkCatchUp measures how many entries a second a tree takes that is made anew
// from the intake, as after a long outage.
func BenchmarkCatchUp(b *testing.B) {
	const entries = 20_000
	config := configIn(tempDir(b))
	fill(b, config, entries)
	for b.Loop() {
		b.StopTimer()
		if err := os.RemoveAll(filepath.Join(config.Dir, "tree")); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		j := mustOpen(b, config)
		b.StopTimer()
		if j.Published() != entries {
			b.Fatal(j.Published())
		}
		mustClose(b, j)
		b.StartTimer()
	}
	b.ReportMetric(float64(b.N*entries)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkPublished measures from an entry's promise to the checkpoint that keeps it.
func BenchmarkPublished(b *testing.B) {
	j := mustOpen(b, configIn(tempDir(b)))
	var took []time.Duration
	for b.Loop() {
		proof := mustAppend(b, j, entryOf(1))
		took = append(took, awaitPublishedSize(b, j, proof.Promise.Index+1))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "p50-ms")
	b.ReportMetric(float64(took[len(took)-1].Milliseconds()), "max-ms")
}

func BenchmarkInclusion(b *testing.B) {
	config := configIn(tempDir(b))
	fill(b, config, 1000)
	j := mustOpen(b, config)
	for b.Loop() {
		if path, err := j.Inclusion(b.Context(), 700, 1000); err != nil || len(path) == 0 {
			b.Fatal(err)
		}
	}
}

func BenchmarkHistory(b *testing.B) {
	j := mustOpen(b, configIn(tempDir(b)))
	for range 50 {
		mustAppend(b, j, entryOf(1))
	}
	for b.Loop() {
		if items, err := j.History(b.Context(), *subjectOf(1), 0, 50); err != nil || len(items) != 50 {
			b.Fatal(err)
		}
	}
}
