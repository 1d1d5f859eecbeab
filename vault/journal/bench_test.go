package journal

import (
	"fmt"
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
			j := mustOpen(b, configIn(b.TempDir()))
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

func BenchmarkHistory(b *testing.B) {
	j := mustOpen(b, configIn(b.TempDir()))
	for range 50 {
		mustAppend(b, j, entryOf(1))
	}
	for b.Loop() {
		if items, err := j.History(b.Context(), *subjectOf(1), 0, 50); err != nil || len(items) != 50 {
			b.Fatal(err)
		}
	}
}
