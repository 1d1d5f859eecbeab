package vault

import (
	"errors"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/faults"
)

// TestClocks: the wall clock jumps, back too, while the gate runs and over restarts; the
// ledger's head tells the true time. Nothing leaves after its true end, what has ended
// stays so, and where the clock is right again so is the gate.
func TestClocks(t *testing.T) {
	seed := faults.Seed(t)
	jumps := []time.Duration{0, 0, 0, time.Second, -time.Second, 5 * time.Minute, -5 * time.Minute, 24 * time.Hour, -24 * time.Hour, -20 * 24 * time.Hour}
	released, refused := 0, map[error]int{}
	for n := range faults.Count(t, 15, 3000) {
		draw := faults.Draw(seed, uint64(n))
		w := newWorld(t)
		attestedTo := uint64(begin.Unix()) + uint64(draw.IntN(20)+1)*consent.Day/2
		w.ledger.change(w.hospital.ID, func(i *consent.Institution) { i.AttestedTo = attestedTo })
		var grants []SignedGrant
		for range 3 {
			end := uint64(draw.IntN(9) + 1)
			grants = append(grants, w.filled(func(r *consent.Request) { r.Expires = w.unix() + end*consent.Day; r.RetentionDays = 2 }))
		}
		truth, latest := w.time(), w.time() // latest: what the clock has shown
		ended := map[consent.GrantID]bool{}
		for range 40 {
			truth = truth.Add(time.Duration(draw.Int64N(int64(12 * time.Hour))))
			off := jumps[draw.IntN(len(jumps))]
			w.mu.Lock()
			w.now = truth.Add(off)
			w.mu.Unlock()
			w.ledger.mu.Lock()
			w.ledger.age = off.Truncate(time.Second) // as any follower computes it: wall clock less the head's time
			w.ledger.mu.Unlock()
			if draw.IntN(3) == 0 {
				w.gate = w.newGate()
			}
			latest = latestOf(latest, w.time())
			for _, s := range grants {
				_, err := w.release(s)
				if denied(err, consent.ReasonExpired) {
					ended[s.Act.ID] = true
				}
				right := off == 0 && !latest.After(truth)
				switch over := uint64(truth.Unix()) >= s.Grant.Expires || uint64(truth.Unix()) >= attestedTo; {
				case err == nil && (over || ended[s.Act.ID]):
					t.Fatalf("run %d: released after its end, the clock off by %v", n, off)
				case err == nil && off.Abs() > time.Minute:
					t.Fatalf("run %d: released by a clock that is off by %v", n, off)
				case err != nil && right && !over && !errors.As(err, new(*Denial)):
					t.Fatalf("run %d: refused by a clock that is right: %v", n, err)
				case err != nil && right && !over && !overdue(err):
					t.Fatalf("run %d: denied by a clock that is right: %v", n, err)
				}
				if err == nil {
					released++
				} else {
					refused[errors.Unwrap(err)]++
				}
				if d, err := w.gate.DeletionOf(t.Context(), w.hospital, s.Act.ID); err == nil && d != nil && d.Due != 0 {
					if limit := min(uint64(latest.Unix())+3*consent.Day, s.Grant.Expires+3*consent.Day); d.Due > limit {
						t.Fatalf("run %d: kept longer than the retention", n)
					}
					if !d.Overdue && uint64(truth.Unix()) >= d.Due && off >= 0 {
						t.Fatalf("run %d: due and not overdue", n)
					}
				}
			}
		}
	}
	if released == 0 || len(refused) == 0 {
		t.Errorf("%d released, %v refused: nothing was tried", released, refused)
	}
}

func latestOf(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// overdue: an institution that has not deleted what it should have gets nothing, by rule.
func overdue(err error) bool {
	var d *Denial
	return errors.As(err, &d) && len(d.Reasons) > 0 && d.Reasons[0] != consent.ReasonExpired
}
