// Package faults makes for tests what goes wrong outside of them: stores, disks, clocks
// and connections that fail in an order that a number tells again.
package faults

import (
	"hash/fnv"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// Long reports whether `make test-long` runs.
func Long() bool { return os.Getenv("WRAPPY_LONG") == "1" }

// Count is how often a test tries what it tries: short, or long in `make test-long`.
func Count(t testing.TB, short, long int) int {
	t.Helper()
	if Long() {
		return long
	}
	return short
}

// Seed is WRAPPY_SEED, or else a number of the test's own: the same in every short run, so
// that a change alone can break one, and a new one in every long run. It is logged.
func Seed(t testing.TB) uint64 {
	t.Helper()
	name := fnv.New64a()
	_, _ = name.Write([]byte(t.Name()))
	seed := name.Sum64()
	if Long() {
		seed = rand.Uint64() //nolint:gosec // no secret
	}
	if given := os.Getenv("WRAPPY_SEED"); given != "" {
		parsed, err := strconv.ParseUint(given, 10, 64)
		if err != nil {
			t.Fatal("WRAPPY_SEED: want a decimal number, as a failing test printed it")
		}
		seed = parsed
	}
	t.Logf("again: WRAPPY_SEED=%d go test -run '^%s$'", seed, t.Name())
	return seed
}

// Rand draws from Seed. It is not safe for concurrent use.
func Rand(t testing.TB) *rand.Rand {
	t.Helper()
	return Draw(Seed(t), 0)
}

// Draw is one of many independent sequences of a seed: for a goroutine, or a case, of its own.
func Draw(seed, sequence uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, sequence)) //nolint:gosec // no secret
}
