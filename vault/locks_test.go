package vault

import (
	"context"
	"errors"
	"strconv"
	"strings"
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
		for range 2 {
			end, err := turn("")
			if err != nil {
				t.Fatalf("waits without a key: %v", err)
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

// Whoever gives up while another is at it is told, and nothing is done.
func TestNobodyWaitsForEver(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	w.mustRelease(s)
	card := w.carded(w.person)
	w.pass(time.Minute)
	id := w.person.ID()
	for _, key := range []struct {
		of  *locks
		key []byte
	}{{w.gate.subjectLocks, id[:]}, {w.gate.keyLocks, s.Act.ID[:]}} {
		unlock, err := key.of.lock(t.Context(), string(key.key))
		if err != nil {
			t.Fatal(err)
		}
		defer unlock()
	}
	correction, attestation := w.correction(maiden, `"mine"`), w.attestation(s)
	reset, sig := w.person.ResetCard(w.domain, testOrigin, card.ID(), w.time())
	entries := len(w.journal.kinds())
	for name, call := range map[string]func(ctx context.Context) error{
		"correct": func(ctx context.Context) error { _, err := w.gate.Correct(ctx, correction); return err },
		"attest": func(ctx context.Context) error {
			_, err := w.gate.AttestDeletion(ctx, w.hospital, attestation)
			return err
		},
		"reset": func(ctx context.Context) error { return w.gate.ResetCard(ctx, reset, sig) },
	} {
		ctx, cancel := context.WithCancel(t.Context())
		w.heads.setFault(func(op, name string) (bool, bool) {
			if op == "get" && strings.HasPrefix(name, roomHead+"/") { // the last that is read before the lock
				cancel()
			}
			return false, false
		})
		if err := call(ctx); !errors.Is(err, consent.ErrUnavailable) || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
		w.heads.setFault(nil)
	}
	if n := len(w.journal.kinds()); n != entries {
		t.Errorf("%d entries written", n-entries)
	}
}
