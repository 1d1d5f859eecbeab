package vault

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// Each call waits for those under its own Idempotency-Key and for nobody else's, however
// many are under way.
func TestOnlyTheSameKeyWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		turn := func(key string) (func(), error) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			return w.gate.inTurn(ctx, w.gate.idempotent(w.hospital.ID, opRelease, key))
		}
		var ends []func()
		for i := range 1000 {
			end, err := turn(strconv.Itoa(i))
			if err != nil {
				t.Fatalf("waits for one of %d others: %v", i, err)
			}
			ends = append(ends, end)
		}
		if _, err := turn("7"); !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("two under one key: %v", err)
		}
		go func() {
			time.Sleep(time.Second / 2)
			ends[7]()
		}()
		end, err := turn("7")
		if err != nil {
			t.Fatal("after the other:", err)
		}
		ends[7] = end
		for _, end := range ends {
			end()
		}
		if n := len(w.gate.keyLocks.keys); n != 0 {
			t.Errorf("%d locks kept", n)
		}
	})
}
