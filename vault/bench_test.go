package vault

import "testing"

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
