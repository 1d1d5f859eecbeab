package journal

import (
	"crypto/ed25519"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/vfs"
)

// BenchmarkAppend measures appends on the directory's real disk, with a number of requests
// waiting at a time: entries a second, the wait of one, and what the process spends on one
// until it is in the tree and in the copy.
func BenchmarkAppend(b *testing.B) { benchmarkAppend(b, "entry", func(*Journal, byte) {}) }

// BenchmarkRelease is BenchmarkAppend with what a release leaves: a late entry after each.
func BenchmarkRelease(b *testing.B) {
	benchmarkAppend(b, "release", func(j *Journal, w byte) {
		late := entryOf(w)
		late.Late = true
		if _, err := j.Append(b.Context(), late); err != nil {
			b.Error(err)
		}
	})
}

func benchmarkAppend(b *testing.B, unit string, then func(j *Journal, w byte)) {
	for _, waiting := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("waiting=%d", waiting), func(b *testing.B) {
			var syncs counted
			config := configIn(tempDir(b))
			config.fs = counting{vfs.Default, &syncs}
			config.Copy = storeIn(b, tempDir(b))
			j := mustOpen(b, config)
			var next atomic.Int64
			took := make([]time.Duration, b.N)
			var all sync.WaitGroup
			b.ReportAllocs()
			syncs.Store(0)
			spent := processorTime(b)
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
						then(j, byte(w))
					}
				})
			}
			all.Wait()
			b.StopTimer()
			synced := syncs.Load()
			awaitCopied(b, j, j.Size())
			spent = processorTime(b) - spent
			slices.Sort(took)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), unit+"/s")
			b.ReportMetric(float64(spent.Microseconds())/float64(b.N), "cpu-µs/"+unit)
			b.ReportMetric(float64(synced)/float64(b.N), "syncs/"+unit)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}

// processorTime is what this process has used so far, in all threads.
func processorTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// counting counts the syncs of an intake's files.
type counting struct {
	vfs.FS
	syncs *counted
}
type counted = atomic.Int64
type countingFile struct {
	vfs.File
	syncs *counted
}

func (f countingFile) Sync() error     { f.syncs.Add(1); return f.File.Sync() }
func (f countingFile) SyncData() error { f.syncs.Add(1); return f.File.SyncData() }
func (f counting) Create(name string) (vfs.File, error) {
	file, err := f.FS.Create(name)
	return countingFile{file, f.syncs}, err
}
func (f counting) ReuseForWrite(old, name string) (vfs.File, error) {
	file, err := f.FS.ReuseForWrite(old, name)
	return countingFile{file, f.syncs}, err
}

// BenchmarkCatchUp measures how many entries a second a tree takes that is made anew
// from the intake, as after a long outage.
func BenchmarkCatchUp(b *testing.B) {
	const entries = 20_000
	config := configIn(tempDir(b))
	fill(b, config, entries)
	var spent time.Duration
	for b.Loop() {
		b.StopTimer()
		if err := os.RemoveAll(filepath.Join(config.Dir, "tree")); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		spent -= processorTime(b)
		j := mustOpen(b, config)
		spent += processorTime(b)
		b.StopTimer()
		if j.Published() != entries {
			b.Fatal(j.Published())
		}
		mustClose(b, j)
		b.StartTimer()
	}
	b.ReportMetric(float64(b.N*entries)/b.Elapsed().Seconds(), "entries/s")
	b.ReportMetric(float64(spent.Microseconds())/float64(b.N*entries), "cpu-µs/entry")
}

// BenchmarkPrepare measures what an entry costs before it is in the queue, and the promise's
// signature.
func BenchmarkPrepare(b *testing.B) {
	j, err := open(configIn(tempDir(b)))
	if err != nil {
		b.Fatal(err)
	}
	e := entryOf(1)
	b.Run("seal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := j.prepare(b.Context(), &e); err != nil {
				b.Fatal(err)
			}
			j.queue.waiting = nil
		}
	})
	b.Run("sign", func(b *testing.B) {
		message := make([]byte, 90)
		for b.Loop() {
			ed25519.Sign(j.config.Signer, message)
		}
	})
	if err := j.closeStore(); err != nil {
		b.Fatal(err)
	}
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
