package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/faults"
	"github.com/wrapious/wrappy/wallet"
)

// storeFault is what goes wrong from one call on, counted over both stores; cancel ends
// the caller's patience.
type storeFault struct {
	name string
	plan func(call, at int64, op string, create bool, cancel func()) faults.Fault
	// lies: the store breaks its own promise, so that what it says of an object cannot be
	// told from the truth. Of the others, a refusal says that something is unavailable.
	lies bool
}

func once(f faults.Fault) func(call, at int64, op string, create bool, cancel func()) faults.Fault {
	return func(call, at int64, _ string, _ bool, _ func()) faults.Fault {
		if call == at {
			return f
		}
		return faults.Fault{}
	}
}

const refused = 0 // of storeFaults

var storeFaults = []storeFault{
	{name: "refused", plan: once(faults.Fault{Before: errStore})},
	{name: "answer lost", plan: once(faults.Fault{After: errStore})},
	{name: "down", plan: func(call, at int64, _ string, _ bool, _ func()) (f faults.Fault) {
		if call >= at {
			f.Before = errStore
		}
		return f
	}},
	{name: "answer lost, then down", plan: func(call, at int64, _ string, _ bool, _ func()) (f faults.Fault) {
		if call == at {
			f.After = errStore
		} else if call > at {
			f.Before = errStore
		}
		return f
	}},
	{name: "no answer", plan: func(call, at int64, _ string, _ bool, cancel func()) (f faults.Fault) {
		if call == at {
			cancel()
			f.Hang = true
		}
		return f
	}},
	{name: "done, and nobody waited", plan: func(call, at int64, _ string, _ bool, cancel func()) (f faults.Fault) {
		if call == at {
			cancel()
			f.After = context.Canceled
		}
		return f
	}},
	{name: "conflict", plan: func(call, at int64, op string, create bool, _ func()) (f faults.Fault) {
		if call == at && op == faults.Put {
			f.Before = conflict(create)
		}
		return f
	}, lies: true},
	{name: "conflict with itself", plan: func(call, at int64, op string, create bool, _ func()) (f faults.Fault) {
		if call == at && op == faults.Put {
			f.After = conflict(create)
		}
		return f
	}},
	{name: "short read", plan: once(faults.Fault{Short: true}), lies: true}, // of an object, not of a list
	{name: "stale read", plan: once(faults.Fault{Stale: true}), lies: true},
}

func conflict(create bool) error {
	if create {
		return ErrExists
	}
	return ErrChanged
}

// operation is one thing that somebody wants of the gate. start prepares it, and returns
// what does it: as often as wanted, with the same documents and the same key.
type operation struct {
	name  string
	start func(w *world) (s SignedGrant, do func(ctx context.Context) error)
	// steps: it is made of several commits, each of which counts by itself.
	steps bool
	// still: a release afterwards would change what it speaks of.
	still bool
}

var operations = []operation{
	{name: "release", start: func(w *world) (SignedGrant, func(context.Context) error) {
		s := w.filled(limited(9))
		return s, func(ctx context.Context) error {
			r, err := w.gate.Release(ctx, w.hospital, ReleaseCall{Grant: s.Act.ID, IdempotencyKey: "k"})
			if (r == nil) == (err == nil) {
				w.t.Error("an error with values, or neither")
			}
			if r != nil {
				w.left.Add(1)
				w.genuine(r)
			}
			return err
		}
	}},
	{name: "write", start: func(w *world) (SignedGrant, func(context.Context) error) {
		s := w.filled()
		call := w.call(w.hospital, s.Act.ID, raw{maiden: []byte(`"newer"`), "health.allergy": []byte(`[{"resourceType":"AllergyIntolerance","id":"a1","code":{"text":"newer"}}]`)}, "k")
		call.All = true
		return s, func(ctx context.Context) error {
			_, err := w.gate.Write(ctx, w.hospital, call)
			return err
		}
	}},
	{name: "request", start: func(w *world) (SignedGrant, func(context.Context) error) {
		s := w.filled()
		draft := w.draft()
		return s, func(ctx context.Context) error {
			_, err := w.gate.CreateRequest(ctx, w.hospital, draft, "k")
			return err
		}
	}},
	{name: "grant", start: func(w *world) (SignedGrant, func(context.Context) error) {
		w.enrol(w.person)
		s := w.answer(w.request(w.hospital), wallet.Choice{})
		return s, func(ctx context.Context) error {
			_, err := w.gate.Grant(ctx, s)
			return err
		}
	}},
	{name: "refuse", start: func(w *world) (SignedGrant, func(context.Context) error) {
		s := w.filled()
		r := w.request(w.hospital)
		refusal, sig := w.person.Refuse(w.domain, r.ID(), w.time())
		return s, func(ctx context.Context) error { return w.gate.Refuse(ctx, refusal, sig) }
	}},
	{name: "withdraw", start: func(w *world) (SignedGrant, func(context.Context) error) {
		s := w.filled()
		w.relayer.confirm = false // the tombstone alone must hold
		sig := w.person.Withdraw(w.domain, &s.Grant)
		return s, func(ctx context.Context) error {
			_, err := w.gate.Withdraw(ctx, s.Act.ID, sig)
			return err
		}
	}},
	{name: "withdraw all", start: func(w *world) (SignedGrant, func(context.Context) error) {
		s := w.filled()
		w.relayer.confirm = false
		all, sig := w.person.WithdrawAll(w.domain, testOrigin, w.time())
		return s, func(ctx context.Context) error {
			_, err := w.gate.WithdrawAll(ctx, all, sig, nil)
			return err
		}
	}},
	{name: "enrol", start: func(w *world) (SignedGrant, func(context.Context) error) {
		call := w.enrolCall(w.person)
		return SignedGrant{}, func(ctx context.Context) error { return w.gate.Enrol(ctx, call) }
	}},
	{name: "facts", start: func(w *world) (SignedGrant, func(context.Context) error) {
		s := w.filled()
		st, sig, err := w.person.StateFacts(w.domain, testOrigin, consent.PolicyFacts{NeverCountries: []string{"KE"}}, w.time())
		must(err)
		return s, func(ctx context.Context) error { return w.gate.StateFacts(ctx, st, sig) }
	}},
	{name: "dispute", start: func(w *world) (SignedGrant, func(context.Context) error) {
		since := w.time()
		s := w.filled()
		w.pass(time.Hour)
		d, sig := w.person.Dispute(w.domain, testOrigin, since, w.time())
		return s, func(ctx context.Context) error { return w.gate.Dispute(ctx, d, sig) }
	}},
	{name: "correct", start: func(w *world) (SignedGrant, func(context.Context) error) {
		s := w.filled()
		call := w.correction(maiden, `"newer"`)
		return s, func(ctx context.Context) error {
			_, err := w.gate.Correct(ctx, call)
			return err
		}
	}},
	{name: "erase", start: func(w *world) (SignedGrant, func(context.Context) error) {
		s := w.filled()
		e, sig := w.person.Erase(w.domain, testOrigin)
		return s, func(ctx context.Context) error {
			_, err := w.gate.Erase(ctx, e, sig)
			return err
		}
	}, steps: true},
	{name: "export", start: func(w *world) (SignedGrant, func(context.Context) error) {
		s := w.filled()
		call := w.exportCall()
		return s, func(ctx context.Context) error {
			e, err := w.gate.Export(ctx, call)
			for err == nil {
				var values []Sourced
				if _, values, err = e.Next(ctx); err == nil && (len(values) != 1 || !strings.Contains(string(values[0].Value), secretValue)) {
					w.t.Error("a value that nobody wrote")
				}
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}},
	{name: "import", start: func(w *world) (SignedGrant, func(context.Context) error) {
		from := newWorld(w.t)
		from.filled()
		l := from.pack()
		w.ledger, w.person, w.hospital, w.clinic, w.now = from.ledger, from.person, from.hospital, from.clinic, from.time()
		w.relayer = &fakeRelayer{ledger: w.ledger, confirm: true}
		w.gate = w.newGate()
		w.enrol(w.person)
		s := w.grant()
		return s, func(ctx context.Context) error {
			_, err := w.gate.Import(ctx, w.importCall(l, false))
			return err
		}
	}, steps: true},
	{name: "make card", start: func(w *world) (SignedGrant, func(context.Context) error) {
		w.carded(w.person)
		w.pass(time.Minute)
		call := w.signCard(w.person, wallet.NewCard(), rightPIN)
		return SignedGrant{}, func(ctx context.Context) error { return w.gate.MakeCard(ctx, call) }
	}},
	{name: "ask restore", start: func(w *world) (SignedGrant, func(context.Context) error) {
		o, _, err := w.try(w.carded(w.person), rightPIN, consent.CardRestore)
		must(err)
		a, sig := o.AskRestore(w.domain, testOrigin, consent.PickupDigest([32]byte{1}), w.time())
		return SignedGrant{}, func(ctx context.Context) error {
			_, err := w.gate.AskRestore(ctx, a, sig)
			return err
		}
	}},
	{name: "cancel restore", start: func(w *world) (SignedGrant, func(context.Context) error) {
		_, _, err := w.asked(w.carded(w.person), rightPIN, 1)
		must(err)
		c, sig := w.person.CancelRestore(w.domain, testOrigin, consent.PickupDigest([32]byte{1}))
		return SignedGrant{}, func(ctx context.Context) error { return w.gate.CancelRestore(ctx, c, sig) }
	}},
	{name: "pick up restore", start: func(w *world) (SignedGrant, func(context.Context) error) {
		card := w.carded(w.person)
		_, _, err := w.asked(card, rightPIN, 1)
		must(err)
		w.pass(48 * time.Hour)
		return SignedGrant{}, func(ctx context.Context) error {
			_, err := w.gate.PickUp(ctx, card.ID(), [32]byte{1})
			return err
		}
	}},
	{name: "attest deletion", start: func(w *world) (SignedGrant, func(context.Context) error) {
		s := w.filled()
		w.mustRelease(s)
		w.pass(time.Hour)
		call := w.attestation(s)
		return s, func(ctx context.Context) error {
			_, err := w.gate.AttestDeletion(ctx, w.hospital, call)
			return err
		}
	}, still: true},
}

// genuine: what was released is what somebody wrote, once each.
func (w *world) genuine(r *Release) {
	w.t.Helper()
	for field, values := range r.Released {
		for _, v := range values {
			if text := string(v.Value); !strings.Contains(text, secretValue) && !strings.Contains(text, "newer") {
				w.t.Errorf("%s: a value that nobody wrote", field)
			}
		}
	}
}

// seen is all that can be observed from outside, in words without ids. It releases
// nothing that is counted, and comes last: looking leaves traces too.
func (w *world) seen(s SignedGrant, still bool) string {
	w.t.Helper()
	var out strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	person := w.person.ID()
	_, err := w.gate.SessionKey(w.t.Context(), person)
	say("session %v", err)
	facts, revision, err := w.gate.FactsOf(w.t.Context(), person)
	say("facts %v %d %v", facts.NeverCountries, revision, err)
	card, err := w.gate.CardOf(w.t.Context(), person)
	if card != nil {
		say("card of %d, %d left, restore %s", card.Made, card.Restore, card.State)
	}
	say("card %v", err)
	own, _, err := w.gate.GrantsOf(w.t.Context(), person, "", 10)
	say("own %d %v", len(own), err)
	held, _, err := w.gate.GrantsHeld(w.t.Context(), w.hospital, "", 10)
	say("held %d %v", len(held), err)
	asked, _, err := w.gate.RequestsOf(w.t.Context(), w.hospital, "", 10)
	statuses := map[consent.Status]int{}
	for _, a := range asked {
		statuses[a.Status]++
	}
	say("asked %v %v", statuses, err)
	if s.Act.ID == (consent.GrantID{}) {
		return out.String()
	}
	d, _ := w.gate.DeletionOf(w.t.Context(), w.hospital, s.Act.ID)
	say("deletion attested: %v", d != nil && d.Attested != nil)
	if still {
		return out.String()
	}
	r, err := w.release(s)
	if r != nil {
		w.left.Add(1)
		w.genuine(r)
		for _, field := range slices.Sorted(maps.Keys(r.Released)) {
			say("%s version %d", field, r.Versions[field])
			for _, v := range r.Released[field] {
				say("  %s", v.Value)
			}
		}
	}
	switch {
	case errors.Is(err, consent.ErrNotFound), denied(err, consent.ReasonInvalid), denied(err, consent.ReasonUnconfirmed):
		say("nothing given")
	default:
		say("released %v", err)
	}
	return out.String()
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// written: nothing has left without an entry, and nothing changed without one.
func (w *world) written() {
	w.t.Helper()
	if entries := w.journal.count(consent.EntryAuthorised) + w.journal.count(consent.EntryRedelivery); int64(entries) < w.left.Load() {
		w.t.Errorf("%d releases, %d entries", w.left.Load(), entries)
	}
}

// refusal: what may be said while something outside is at fault, and never a no that
// somebody would take for the truth.
func refusal(err error, lies bool) bool {
	var d *Denial
	for _, fair := range []error{consent.ErrUnavailable, consent.ErrConflict, consent.ErrStaleView, context.Canceled} {
		if errors.Is(err, fair) {
			return true
		}
	}
	if lies { // then an object may seem absent, or of before
		return !errors.As(err, &d) || !slices.Contains(d.Reasons, "")
	}
	return false
}

// RealBuckets opens pairs of stores in buckets of a real server, behind one way to it.
var RealBuckets func(t testing.TB) (open func(testing.TB) (heads, records Store), way *faults.Way)

// RealStores are pairs of stores beside the one in memory: a package that this one
// cannot import opens them.
var RealStores = map[string]func(t testing.TB) (heads, records Store){}

// TestStoreFaults: every fault at every call of every operation, in a short run at some
// calls of each, and over real stores some faults of some operations.
// What was not answered has happened or has not; what was answered has; a retry makes it
// happen once.
func TestStoreFaults(t *testing.T) {
	memory := func(testing.TB) (Store, Store) { return newMemStore().Inner(), newMemStore().Inner() }
	seed, all := faults.Seed(t), 1<<20
	t.Run("memory", func(t *testing.T) {
		storeFaultsOn(t, memory, inTheStore, seed, len(operations), len(storeFaults), faults.Count(t, 2, all))
	})
	for _, name := range slices.Sorted(maps.Keys(RealStores)) {
		t.Run(name, func(t *testing.T) {
			storeFaultsOn(t, RealStores[name], inTheStore, seed, faults.Count(t, 8, len(operations)), faults.Count(t, 2, len(storeFaults)), faults.Count(t, 1, all))
		})
	}
	t.Run("on the way to a bucket", func(t *testing.T) {
		open, way := RealBuckets(t)
		storeFaultsOn(t, open, onTheWay(way), seed, faults.Count(t, 4, len(operations)), faults.Count(t, 2, len(wayFaults)), faults.Count(t, 1, 8))
	})
}

// place is where faults are made, of which kinds; breaks makes the one of a kind, none for
// -1, at one of the calls while do runs, and returns how many calls there were.
type place struct {
	kinds  []string
	lies   func(kind int) bool
	breaks func(w *world, kind int, at int64, cancel func(), do func()) (calls int64)
}

var inTheStore = place{
	kinds: namesOf(storeFaults, func(f storeFault) string { return f.name }),
	lies:  func(kind int) bool { return storeFaults[kind].lies },
	breaks: func(w *world, kind int, at int64, cancel func(), do func()) int64 {
		var calls atomic.Int64
		for _, store := range []*testStore{w.heads, w.records} {
			store.Plan(func(op, name string) faults.Fault {
				call := calls.Add(1) - 1
				if kind < 0 {
					return faults.Fault{}
				}
				return storeFaults[kind].plan(call, at, op, op == faults.Put && store.take(name) == nil, cancel)
			})
		}
		do()
		w.heads.Plan(nil)
		w.records.Plan(nil)
		return calls.Load()
	},
}

// wayFault is what becomes of one request to an S3 store, and with more of those after it.
type wayFault struct {
	name  string
	fault faults.HTTPFault
	more  bool
	gives bool // the caller gives up
	lies  bool
}

var wayFaults = []wayFault{
	{name: "500", fault: faults.HTTPFault{Status: 500, Code: "InternalError"}},
	{name: "500 from then on", fault: faults.HTTPFault{Status: 500, Code: "InternalError"}, more: true},
	{name: "503", fault: faults.HTTPFault{Status: 503, Code: "SlowDown"}},
	{name: "503 from then on", fault: faults.HTTPFault{Status: 503, Code: "SlowDown"}, more: true},
	{name: "409", fault: faults.HTTPFault{Status: 409, Code: "ConditionalRequestConflict"}},
	{name: "412", fault: faults.HTTPFault{Status: 412, Code: "PreconditionFailed"}, lies: true},
	{name: "request lost", fault: faults.HTTPFault{RequestLost: true}},
	{name: "answer lost", fault: faults.HTTPFault{AnswerLost: true}},
	{name: "every answer lost from then on", fault: faults.HTTPFault{AnswerLost: true}, more: true},
	{name: "reset in the middle", fault: faults.HTTPFault{Torn: true}},
	{name: "reset in the middle from then on", fault: faults.HTTPFault{Torn: true}, more: true},
	{name: "no answer", fault: faults.HTTPFault{Hang: true}, gives: true},
}

func onTheWay(way *faults.Way) place {
	return place{
		kinds: namesOf(wayFaults, func(f wayFault) string { return f.name }),
		lies:  func(kind int) bool { return wayFaults[kind].lies },
		breaks: func(_ *world, kind int, at int64, cancel func(), do func()) int64 {
			var calls atomic.Int64
			way.Plan(func(*http.Request) (none faults.HTTPFault) {
				call := calls.Add(1) - 1
				if kind < 0 || call < at || call > at && !wayFaults[kind].more {
					return none
				}
				if wayFaults[kind].gives {
					cancel()
				}
				return wayFaults[kind].fault
			})
			do()
			way.Plan(nil)
			return calls.Load()
		},
	}
}

// eachReadFails has the store refuse each call of what only reads, in turn: it says that
// something is unavailable, or what it says when all is well, and nothing else.
func (w *world) eachReadFails(what string, read func(g *Gate) (any, error)) {
	w.t.Helper()
	var want, got any
	var err error
	g := w.newGate()
	calls := inTheStore.breaks(w, -1, 0, nil, func() { want, err = read(g) })
	if err != nil {
		w.t.Fatalf("%s: untouched: %v", what, err)
	}
	for at := range calls {
		g = w.newGate()
		_ = inTheStore.breaks(w, refused, at, nil, func() { got, err = read(g) })
		if err != nil && !errors.Is(err, consent.ErrUnavailable) || err == nil && !reflect.DeepEqual(got, want) {
			w.t.Errorf("%s, call %d: %+v, %v; want %+v", what, at, got, err, want)
		}
	}
}

func namesOf[F any](all []F, name func(F) string) (names []string) {
	for _, f := range all {
		names = append(names, name(f))
	}
	return names
}

func storeFaultsOn(t *testing.T, open func(testing.TB) (heads, records Store), at place, seed uint64, ops, kinds, tries int) {
	for _, o := range faults.Draw(seed, uint64(len(operations))).Perm(len(operations))[:ops] {
		op := operations[o]
		// What there is to see before and after, and how many calls it takes.
		start := func(t testing.TB) (*world, SignedGrant, func(context.Context) error) {
			w := newWorldOn(t, open)
			s, do := op.start(w)
			w.gate.Close()
			w.gate = w.newGate()
			return w, s, do
		}
		w, s, _ := start(t)
		before := w.seen(s, op.still)
		w, s, do := start(t)
		calls := at.breaks(w, -1, 0, nil, func() {
			if err := do(t.Context()); err != nil {
				t.Fatalf("%s: untouched: %v", op.name, err)
			}
			w.gate.Close()
		})
		after := w.seen(s, op.still)
		w.written()
		for _, kind := range faults.Draw(seed, uint64(o)).Perm(len(at.kinds))[:kinds] {
			draw, lies := faults.Draw(seed, uint64(1+len(operations)+o*len(at.kinds)+kind)), at.lies(kind)
			positions := draw.Perm(int(calls))
			for _, position := range positions[:min(tries, len(positions))] {
				t.Run(fmt.Sprintf("%s/%s/%d", op.name, at.kinds[kind], position), func(t *testing.T) {
					w, s, do := start(t)
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					var err error
					at.breaks(w, kind, int64(position), cancel, func() {
						err = do(ctx)
						w.gate.Close()
					})
					w.gate = w.newGate()
					if err != nil && !refusal(err, lies) {
						t.Errorf("refused as if it were so: %v", err)
					}
					// What a lying store hides is not marked; nothing leaves all the same.
					same := func(got string) bool {
						return got == after || op.steps && lies && lastLine(got) == lastLine(after)
					}
					got := w.seen(s, op.still)
					if !same(got) && (got != before || err == nil) && (!op.steps || err == nil) {
						t.Errorf("%v, then seen:\n%s\nwant:\n%s", err, got, after)
					}
					w.written()
					if err := do(t.Context()); err != nil {
						t.Fatalf("retry: %v", err)
					}
					if got := w.seen(s, op.still); !same(got) {
						t.Errorf("after the retry:\n%s\nwant:\n%s", got, after)
					}
					w.written()
				})
			}
		}
	}
}
