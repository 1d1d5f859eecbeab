package ledgerref

import (
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// working is a relayer beside the world's, on its account.
func working(t *testing.T, dir string) *Relayer {
	t.Helper()
	r := must(NewRelayer(w.view, NewTransactor(w.chain, w.payer), RelayerConfig{Dir: dir, Sealer: newTestSealer(8)}))
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// An act that is not to be sent yet is not, also not by a relayer that was started
// again meanwhile, nor because others are; then it is.
func TestSentLater(t *testing.T) {
	a, dir := w.chain.addresses, t.TempDir()
	key, id := account(t), consent.GrantID(random())
	given := grantAct(a, key, id)
	r := working(t, dir)
	if err := r.Submit(t.Context(), given); err != nil {
		t.Fatal(err)
	}
	await(t, given)
	stop := withdrawAct(a, key, id)
	due := time.Now().Add(20 * time.Second)
	stop.After = uint64(due.Unix()) //nolint:gosec // now
	for range 2 {                   // a retry is not taken twice, nor earlier
		if err := r.Submit(t.Context(), stop); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r = working(t, dir)
	if next := r.outbox.nextDue(); next != stop.After {
		t.Fatalf("after a restart the next is due at %d", next)
	}
	other := grantAct(a, account(t), random())
	if err := r.Submit(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	await(t, other)
	if got := status(t, w.view, key.Address(), id); got != consent.StatusGiven || time.Now().After(due) {
		t.Fatalf("%s, %s before it was due", got, time.Until(due))
	}
	await(t, stop)
	if time.Now().Before(due.Truncate(time.Second)) {
		t.Error("sent too early")
	}
}

// Delayed acts leave in the order of their times, whatever the order they came in.
func TestDueInOrder(t *testing.T) {
	box, err := openBox(t.TempDir(), newTestSealer(8))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = box.close() }()
	for _, after := range []uint64{30, 10, 20, 0, 10} {
		act := withdrawAct(w.chain.addresses, account(t), random())
		act.After = after
		if err := box.add(act, 1); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		now, next uint64
		queued    int
	}{{9, 10, 1}, {10, 20, 3}, {19, 20, 3}, {25, 30, 4}, {30, 0, 5}, {31, 0, 5}} {
		box.due(step.now)
		if next, n := box.nextDue(), box.waiting(consent.ActWithdraw); next != step.next || n != step.queued {
			t.Errorf("at %d: %d are due, the next at %d", step.now, n, next)
		}
	}
}
