package vault

import (
	"crypto/sha256"
	"encoding/binary"
	"runtime"
	"testing"
	"time"
)

// BenchmarkRelease is the gate's own cost of a warm release: stores, ledger, policy
// and journal are in memory.
func BenchmarkRelease(b *testing.B) {
	w := newWorld(b)
	s := w.filled()
	w.journal.discard = true
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.release(s); err != nil {
			b.Fatal(err)
		}
	}
}

// A look at a million watched grants of which none has ended, and what is kept of them.
func BenchmarkWatchMillion(b *testing.B) {
	const grants = 1_000_000
	w := newWatcher(&Gate{endedSince: func(uint64) ([][32]byte, uint64, bool) { return nil, 1, true }}, nil)
	before := heap()
	for n := range uint64(grants) {
		hash := sha256.Sum256(binary.BigEndian.AppendUint64(nil, n))
		w.known[refKey(hash)] = watching{grant: hash, expires: 1 << 40, asked: true}
		w.names[watchKey(hash[16:])] = refKey(hash)
	}
	kept := heap() - before
	now := time.Now()
	w.listed, w.searched = now, now
	for b.Loop() {
		if err := w.pass(b.Context(), now); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(kept)/(1<<20), "MiB")
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
