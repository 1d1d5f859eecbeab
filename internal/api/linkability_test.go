package api

import (
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/faults"
	"github.com/wrapious/wrappy/ledgerref"
)

// public is all that the chain and the public log show of one grant: what its calldata has,
// when it was in a block and where, and the entry about it. Which entry that is nobody is
// told; the adversary is, and whose the grants are that it learns from.
type public struct {
	key              consent.Address
	id               consent.GrantID
	expiry, deadline uint64
	given, stopped   place
	entry, size      int // number in the log, bytes
}

// place is where an act stands on the chain; the zero one: nowhere.
type place struct {
	time            uint64 // of the block
	position, batch int    // among so many acts of one transaction
}

// life is what people do over a span of time.
type life struct {
	people, grants int           // grants of each
	span           time.Duration // over which they are given
	stopOne        float64       // share of grants that are withdrawn one by one
}

const (
	perBlock  = 12 * time.Second // between two blocks
	batchMost = 400
)

// simulated lives in virtual time: wallets with clocks that are wrong, gate and journal are
// the real ones, and what goes to the ledger is put into blocks as the relayer does: what has
// come since the last block, by kind, shuffled. Whose the grants are is beside them.
func simulated(t *testing.T, l life, draw *rand.Rand) (seen []*public, whose []int) {
	if memory := "/dev/shm"; os.Getenv("TMPDIR") == "" && os.MkdirAll(memory, 0o700) == nil {
		t.Setenv("TMPDIR", memory) // thousands of synced objects that nobody needs afterwards
	}
	w := newWorld(t)
	start := noon
	w.now = start
	type event struct {
		at time.Duration
		do func()
	}
	type sent struct {
		act consent.Act
		at  uint64
	}
	var events []event
	var acts []sent
	byID := map[consent.GrantID]*public{}
	// submitted are the acts that an event has sent to the relayer.
	submitted := func() {
		for _, act := range w.chain.queue {
			acts = append(acts, sent{act, uint64(w.now.Unix())})
		}
		w.chain.confirm()
	}
	for p := range l.people {
		person := w.enrolled()
		wrong := time.Duration(draw.NormFloat64()*90) * time.Second
		wrong = max(-4*time.Minute, min(4*time.Minute, wrong))
		for range l.grants {
			at := time.Duration(draw.Int64N(int64(l.span)))
			days, late, one := []uint64{30, 90, 180}[draw.IntN(3)], draw.Int64N(int64(l.span)), draw.Float64() < l.stopOne
			fields := 1 + draw.IntN(3)
			events = append(events, event{at, func() {
				signed, receipt := w.given(person, wrong, func(r *consent.Request) {
					now := uint64(w.now.Unix())
					r.Salt, r.Fields = consent.Salt{}, r.Fields[:fields]
					r.NotBefore, r.AnswerBy, r.Expires = now-600, now+3600, (now/consent.Day+days)*consent.Day
				})
				seen = append(seen, &public{
					key: signed.Grant.GrantKey, id: receipt.ID, expiry: signed.Act.Expiry, deadline: signed.Act.Deadline,
					entry: int(receipt.Proof.Promise.Index), size: len(receipt.Proof.Leaf), //nolint:gosec // small
				})
				whose = append(whose, p)
				byID[receipt.ID] = seen[len(seen)-1]
				if one {
					events = append(events, event{at + time.Duration(late), func() {
						_, err := w.vault.Withdraw(t.Context(), receipt.ID, signed.Withdrawal)
						ok(t, err)
					}})
				}
			}})
		}
	}
	submitted()
	acts = nil // registrations
	order := func(a, b event) int { return int(a.at - b.at) }
	slices.SortFunc(events, order)
	for n := 0; n < len(events); n++ {
		before := len(events)
		w.now = start.Add(events[n].at)
		events[n].do()
		submitted()
		if len(events) > before { // what follows from it takes its place
			slices.SortStableFunc(events[n+1:], order)
		}
	}
	slices.SortStableFunc(acts, func(a, b sent) int { return int(a.at) - int(b.at) }) //nolint:gosec // seconds of this century
	for len(acts) > 0 {
		block := acts[0].at + uint64(perBlock/time.Second)
		waiting := acts[:min(batchMost, len(acts))]
		if n := slices.IndexFunc(waiting, func(s sent) bool { return s.at >= block }); n >= 0 {
			waiting = waiting[:n]
		}
		acts = acts[len(waiting):]
		batches := map[consent.ActKind][]consent.Act{}
		for _, s := range waiting {
			batches[s.act.Kind] = append(batches[s.act.Kind], s.act)
		}
		for kind, batch := range batches {
			ledgerref.Shuffle(batch)
			for i, act := range batch {
				if kind == consent.ActGrant {
					byID[act.Grant].given = place{block, i, len(batch)}
				} else {
					byID[act.Grant].stopped = place{block, i, len(batch)}
				}
			}
		}
	}
	return seen, whose
}

// stoppedOverADay is what the vault does for a person who stops everything.
const stoppedOverADay = "everything stopped by a tenth of the people, over a day"

// better is chance and what an adversary may do better than it: an area under the curve.
const better = 0.5 + 0.02

// TestGrantsAreNotLinked: from everything that the chain and the public log show, nobody tells
// which grants are of one person, whose devices have wrong clocks and who give at any time.
// The same adversary succeeds where a device would say its own time to the second, or entries
// were as long as a person's are. What it learns from a tenth of the people stopping
// everything, which the chain sees over a day, is little and not nothing.
func TestGrantsAreNotLinked(t *testing.T) {
	draw := faults.Rand(t)
	l := life{people: faults.Count(t, 60, 1000), grants: 10, span: 3 * 24 * time.Hour, stopOne: 0.15}
	seen, whose := simulated(t, l, draw)
	if auc, by := guess(seen, whose, draw); auc > better+noise(t) {
		t.Errorf("linked: %.3f, best by %s", auc, by)
	} else {
		t.Logf("%d grants of %d people: area under the curve %.3f, best by %s", len(seen), l.people, auc, by)
	}
	plants := map[string]func(p *public, person int){
		stoppedOverADay: func(p *public, person int) {
			if person/2%10 == 0 {
				p.stopped = place{time: uint64(noon.Unix()) + uint64(person)*consent.Day/20 + draw.Uint64N(consent.Day), batch: 1} //nolint:gosec // small
			}
		},
		"expiry by the device's clock": func(p *public, person int) {
			p.expiry = p.given.time + 30*consent.Day + uint64(person*37%480) - 240 //nolint:gosec // small
		},
		"deadline by the device's clock": func(p *public, person int) {
			p.deadline = p.given.time + 7*consent.Day + uint64(person*37%480) - 240 //nolint:gosec // small
		},
		"a size of one's own": func(p *public, person int) { p.size += person % 8 * 64 },
	}
	for _, name := range slices.Sorted(maps.Keys(plants)) {
		plant, planted := plants[name], make([]*public, len(seen))
		for i, p := range seen {
			changed := *p
			plant(&changed, whose[i])
			planted[i] = &changed
		}
		auc, by := guess(planted, whose, draw)
		if t.Logf("planted, %s: %.3f, best by %s", name, auc, by); (auc > 0.6) == (name == stoppedOverADay) {
			t.Errorf("%s: %.3f is not what was expected", name, auc)
		}
	}
}
