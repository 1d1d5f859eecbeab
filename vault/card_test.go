package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/wallet"
)

const (
	rightPIN = "271828"
	wrongPIN = "314159"
)

func (w *world) signCard(p *wallet.Identity, card wallet.Card, pin string) CardCall {
	w.t.Helper()
	s, err := p.MakeCard(w.domain, testOrigin, card, crypto.Secret(pin), []byte("narrow"), w.time())
	if err != nil {
		w.t.Fatal(err)
	}
	return CardCall{Card: s.Card, Restore: s.Restore, Assist: s.Assist, Signature: s.Signature}
}

// carded is an enrolled person with a card.
func (w *world) carded(p *wallet.Identity) wallet.Card {
	w.t.Helper()
	if _, err := w.gate.SessionKey(w.t.Context(), p.ID()); err != nil {
		w.enrol(p)
	}
	card := wallet.NewCard()
	if err := w.gate.MakeCard(w.t.Context(), w.signCard(p, card, rightPIN)); err != nil {
		w.t.Fatal("card:", err)
	}
	return card
}

func (w *world) try(card wallet.Card, pin string, kind consent.CardKind) (*wallet.OpenedCard, *Evaluated, error) {
	q, element, err := card.Try(crypto.Secret(pin))
	if err != nil {
		w.t.Fatal(err)
	}
	e, err := w.gate.Evaluate(w.t.Context(), card.ID(), kind, element)
	if err != nil {
		return nil, nil, err
	}
	o, err := q.Answer(kind, e.Element)
	if err != nil {
		w.t.Fatal(err)
	}
	return o, e, nil
}

// asked tries and asks for a restore.
func (w *world) asked(card wallet.Card, pin string, secret byte) (o *wallet.OpenedCard, ready uint64, err error) {
	w.t.Helper()
	if o, _, err = w.try(card, pin, consent.CardRestore); err != nil {
		return nil, 0, err
	}
	ready, err = w.askFor(o, secret)
	return o, ready, err
}

func (w *world) askFor(o *wallet.OpenedCard, secret byte) (uint64, error) {
	a, sig := o.AskRestore(w.domain, testOrigin, consent.PickupDigest([32]byte{secret}), w.time())
	return w.gate.AskRestore(w.t.Context(), a, sig)
}

func (w *world) reset(p *wallet.Identity, card wallet.Card) error {
	r, sig := p.ResetCard(w.domain, testOrigin, card.ID(), w.time())
	return w.gate.ResetCard(w.t.Context(), r, sig)
}

func (w *world) cancel(p *wallet.Identity, secret byte) error {
	c, sig := p.CancelRestore(w.domain, testOrigin, consent.PickupDigest([32]byte{secret}))
	return w.gate.CancelRestore(w.t.Context(), c, sig)
}

func waits(err error, what error) uint64 {
	var w *Wait
	if !errors.As(err, &w) || !errors.Is(err, what) {
		return 0
	}
	return w.Seconds
}

// From a lost phone to the seed: card, PIN, the delay, the blob. Everything is in the person's history.
func TestCardRestores(t *testing.T) {
	w := newWorld(t)
	card := w.carded(w.person)
	o, ready, err := w.asked(card, rightPIN, 1)
	if err != nil || ready != w.unix()+2*consent.Day {
		t.Fatalf("ready at %d, %v", ready, err)
	}
	if again, err := w.askFor(o, 1); err != nil || again != ready {
		t.Errorf("the same ask again: %d, %v", again, err)
	}
	if _, err := w.askFor(o, 2); !errors.Is(err, ErrNotTried) {
		t.Errorf("another ask by the same try: %v", err)
	}
	own, err := w.gate.CardOf(t.Context(), w.person.ID())
	if err != nil || own.State != RestorePending || own.Ready != ready || own.Asked != w.unix() || own.Pickup != consent.PickupDigest([32]byte{1}) || own.Restore != 9 || own.Assist != 10 {
		t.Errorf("in a session: %+v, %v", own, err)
	}
	w.pass(48*time.Hour - time.Second)
	if _, err := w.gate.PickUp(t.Context(), card.ID(), [32]byte{1}); waits(err, ErrRestoreWaits) != 1 {
		t.Errorf("a second too early: %v", err)
	}
	w.pass(time.Second)
	for range 2 { // again, where an answer was lost
		blob, err := w.newGate().PickUp(t.Context(), card.ID(), [32]byte{1})
		if err != nil {
			t.Fatal(err)
		}
		restored, err := o.Restore(blob)
		if err != nil || restored.ID() != w.person.ID() || !bytes.Equal(restored.Seed.Bytes(), w.person.Seed.Bytes()) {
			t.Errorf("restored %v", err)
		}
	}
	if own, err := w.gate.CardOf(t.Context(), w.person.ID()); err != nil || own.State != RestoreGiven {
		t.Errorf("afterwards %+v, %v", own, err)
	}
	want := []consent.EntryKind{consent.EntryEnrolled, consent.EntryCardMade, consent.EntryCardTried, consent.EntryRestoreAsked, consent.EntryRestored}
	if kinds := w.journal.kinds(); !slices.Equal(kinds, want) {
		t.Errorf("history %v, want %v", kinds, want)
	}
	if last := w.journal.last(t); last.Personal.Identity != w.person.ID() || last.Shared.Institution != (consent.InstitutionID{}) {
		t.Error("not in the person's history alone")
	}
	w.pass(7 * 24 * time.Hour)
	if _, err := w.gate.PickUp(t.Context(), card.ID(), [32]byte{1}); !errors.Is(err, consent.ErrNotFound) {
		t.Errorf("a week later: %v", err)
	}
}

// Ten tries, then one a day for ever, of each kind; a clock set back grants none, nor does a
// restart; the seed's signature alone forgives them.
func TestCardTries(t *testing.T) {
	w := newWorld(t)
	card := w.carded(w.person)
	for n := range freeTries {
		o, e, err := w.try(card, wrongPIN, consent.CardAssist)
		if err != nil || e.Left != uint32(max(freeTries-1-n, 0)) {
			t.Fatalf("try %d: left %+v, %v", n+1, e, err)
		}
		if _, err := o.Open(e.Blob); !errors.Is(err, wallet.ErrWrongPIN) {
			t.Fatalf("try %d: a wrong PIN opens: %v", n+1, err)
		}
	}
	refused := func(when string, wait time.Duration) {
		t.Helper()
		for _, pin := range []string{rightPIN, wrongPIN} {
			if _, _, err := w.try(card, pin, consent.CardAssist); waits(err, ErrTries) != uint64(wait/time.Second) {
				t.Errorf("%s: %v, %d s; want %v", when, err, waits(err, ErrTries), wait)
			}
		}
	}
	refused("the eleventh", 24*time.Hour)
	w.gate = w.newGate()
	refused("after a restart", 24*time.Hour)
	w.pass(24*time.Hour - time.Second)
	refused("almost a day later", time.Second)
	w.pass(-48 * time.Hour)
	refused("the clock set back", time.Second)
	w.pass(48 * time.Hour)
	for day := range 3 {
		w.pass(24 * time.Hour)
		o, e, err := w.try(card, rightPIN, consent.CardAssist)
		if err != nil || e.Left != 0 {
			t.Fatalf("day %d: %+v, %v", day, e, err)
		}
		if narrow, err := o.Open(e.Blob); err != nil || string(narrow) != "narrow" {
			t.Fatalf("day %d: %v", day, err)
		}
		refused("the second on a day", 24*time.Hour)
	}
	if _, e, err := w.try(card, wrongPIN, consent.CardRestore); err != nil || e.Left != 9 || e.Blob != nil {
		t.Errorf("the other kind: %+v, %v", e, err)
	}
	for name, other := range map[string]*wallet.Identity{"a stranger": newPerson(), "a stranger who is here": w.enrolled()} {
		r, sig := other.ResetCard(w.domain, testOrigin, card.ID(), w.time())
		r.Identity = w.person.ID()
		if err := w.gate.ResetCard(t.Context(), r, sig); !errors.Is(err, consent.ErrSignature) {
			t.Errorf("reset by %s: %v", name, err)
		}
	}
	refused("after resets by others", 24*time.Hour)
	r, sig := w.person.ResetCard(w.domain, testOrigin, card.ID(), w.time())
	for range 2 {
		if err := w.gate.ResetCard(t.Context(), r, sig); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.try(card, rightPIN, consent.CardAssist); err != nil {
			t.Error(err)
		}
	}
	if own, err := w.gate.CardOf(t.Context(), w.person.ID()); err != nil || own.Assist != 8 || own.Restore != 10 {
		t.Errorf("the same reset forgives twice: %+v, %v", own, err)
	}
	w.pass(time.Minute)
	if err := w.reset(w.person, wallet.NewCard()); !errors.Is(err, consent.ErrConflict) {
		t.Errorf("reset of another card: %v", err)
	}
	w.pass(time.Hour)
	if err := w.gate.ResetCard(t.Context(), r, sig); !errors.Is(err, consent.ErrGrant) {
		t.Errorf("an old reset: %v", err)
	}
}

func (w *world) enrolled() *wallet.Identity {
	p := newPerson()
	w.enrol(p)
	return p
}

// What goes wrong after the count has consumed the try; what goes wrong before it has answered nothing.
func TestCardTryIsCountedFirst(t *testing.T) {
	left := func(w *world, card wallet.Card) uint32 {
		t.Helper()
		w.heads.setFault(nil)
		w.journal.set(nil, false)
		w.gate = w.newGate()
		own, err := w.gate.CardOf(t.Context(), w.person.ID())
		if err != nil {
			t.Fatal(err)
		}
		return own.Restore
	}
	for name, row := range map[string]struct {
		fail func(w *world, cancel func())
		left uint32
	}{
		"the count is refused": {func(w *world, _ func()) {
			w.heads.setFault(func(op, name string) (bool, bool) { return op == "put" && strings.HasPrefix(name, roomCard+"/"), false })
		}, 10},
		"nobody knows the time of the try": {func(w *world, _ func()) {
			w.gate = w.newGate()
			asked := false
			w.heads.setFault(func(_, name string) (bool, bool) {
				before := !asked && strings.HasPrefix(name, roomClock+"/")
				asked = asked || before
				return before, false
			})
		}, 10},
		"the store is gone after the count": {func(w *world, _ func()) {
			counted := false
			w.heads.setFault(func(op, name string) (bool, bool) {
				before := counted
				counted = counted || op == "put" && strings.HasPrefix(name, roomCard+"/")
				return before, counted && !before
			})
		}, 9},
		"the journal refuses":          {func(w *world, _ func()) { w.journal.set(errBroken, false) }, 9},
		"the journal's answer is lost": {func(w *world, _ func()) { w.journal.set(errBroken, true) }, 9},
		"nobody waits after the count": {func(w *world, cancel func()) { w.journal.hook = func(Entry) { cancel() } }, 9},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			card := w.carded(w.person)
			_, element, err := card.Try(crypto.Secret(rightPIN))
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			row.fail(w, cancel)
			e, err := w.gate.Evaluate(ctx, card.ID(), consent.CardRestore, element)
			if !errors.Is(err, consent.ErrUnavailable) || e != nil {
				t.Fatalf("answered: %+v, %v", e, err)
			}
			w.journal.hook = nil
			if got := left(w, card); got != row.left {
				t.Errorf("%d left, want %d", got, row.left)
			}
		})
	}
}

// Many tries at once, over two gates, share no count, and no more than ten are answered: over
// every store.
func TestCardTriesAtOnce(t *testing.T) {
	stores := map[string]func(testing.TB) (Store, Store){
		"memory": func(testing.TB) (Store, Store) { return newMemStore().Inner(), newMemStore().Inner() },
	}
	maps.Copy(stores, RealStores)
	stores["bucket"], _ = RealBuckets(t)
	for name, open := range stores {
		t.Run(name, func(t *testing.T) { triesAtOnce(t, newWorldOn(t, open)) })
	}
}

func triesAtOnce(t *testing.T, w *world) {
	card := w.carded(w.person)
	_, element, err := card.Try(crypto.Secret(wrongPIN))
	if err != nil {
		t.Fatal(err)
	}
	gates := []*Gate{w.gate, w.newGate()}
	var mu sync.Mutex
	left := map[uint32]int{}
	answered := 0
	var all sync.WaitGroup
	for n := range 60 {
		all.Go(func() {
			for {
				e, err := gates[n%2].Evaluate(t.Context(), card.ID(), consent.CardRestore, element)
				if errors.Is(err, consent.ErrConflict) {
					continue
				}
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					answered++
					left[e.Left]++
				} else if !errors.Is(err, ErrTries) {
					t.Error(err)
				}
				return
			}
		})
	}
	all.Wait()
	if answered != freeTries || len(left) != freeTries {
		t.Errorf("%d answered, counts %v", answered, left)
	}
	if n := w.journal.count(consent.EntryCardTried); n != freeTries {
		t.Errorf("%d entries", n)
	}
	w.gate = w.newGate()
	if _, _, err := w.try(card, rightPIN, consent.CardRestore); waits(err, ErrTries) != consent.Day {
		t.Errorf("after a restart: %v", err)
	}
}

// A store that was put back, with fewer tries in it, is refused while this is remembered.
func TestCardCountGoesBack(t *testing.T) {
	w := newWorld(t)
	card := w.carded(w.person)
	var before []byte
	for range 3 {
		before = w.heads.take(w.heads.only(t, roomCard))
		if _, _, err := w.try(card, wrongPIN, consent.CardRestore); err != nil {
			t.Fatal(err)
		}
	}
	now := w.heads.take(w.heads.only(t, roomCard))
	w.heads.plant(w.heads.only(t, roomCard), before)
	if _, _, err := w.try(card, wrongPIN, consent.CardRestore); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("put back: %v", err)
	}
	name := w.heads.only(t, roomCard)
	w.heads.drop(name)
	if _, _, err := w.try(card, wrongPIN, consent.CardRestore); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("dropped: %v", err)
	}
	w.heads.plant(name, now)
	if _, e, err := w.try(card, wrongPIN, consent.CardRestore); err != nil || e.Left != 6 {
		t.Errorf("%+v, %v", e, err)
	}
}

// The old card opens nothing, its restore has ended, and its objects are gone.
func TestCardReplaced(t *testing.T) {
	w := newWorld(t)
	old := w.carded(w.person)
	if _, _, err := w.asked(old, rightPIN, 1); err != nil {
		t.Fatal(err)
	}
	snapshot := w.heads.snapshot()
	w.pass(time.Minute)
	first := w.signCard(w.person, wallet.NewCard(), rightPIN)
	newer := w.carded(w.person)
	entries := len(w.journal.kinds())
	if err := w.gate.MakeCard(t.Context(), first); !errors.Is(err, consent.ErrConflict) || len(w.journal.kinds()) != entries {
		t.Errorf("a card signed before: %v", err)
	}
	w.pass(49 * time.Hour)
	w.nothingOfCard(t, old, 1)
	if names := w.heads.names(roomCarded); len(names) != 1 {
		t.Errorf("%d ways in", len(names))
	}
	if err := w.gate.MakeCard(t.Context(), first); !errors.Is(err, consent.ErrGrant) {
		t.Errorf("the same, days later: %v", err)
	}
	if err := w.reset(w.person, old); !errors.Is(err, consent.ErrConflict) {
		t.Errorf("reset of the old one: %v", err)
	}
	// Put back from a backup its way in leads nowhere: there is one card a person.
	for name, data := range snapshot {
		if strings.HasPrefix(name, roomCarded+"/") {
			w.heads.plant(name, data)
		}
	}
	w.nothingOfCard(t, old, 1)
	if _, _, err := w.try(newer, rightPIN, consent.CardRestore); err != nil {
		t.Errorf("the new one: %v", err)
	}
	kinds := w.journal.kinds()
	if !slices.Contains(kinds, consent.EntryCardReplaced) || w.journal.count(consent.EntryCardMade) != 1 {
		t.Errorf("history %v", kinds)
	}
}

// Of two cards that are made at once the later one stands.
func TestCardReplacedMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.carded(w.person)
	w.pass(time.Minute)
	earlier := w.signCard(w.person, wallet.NewCard(), rightPIN)
	w.pass(time.Second)
	var later wallet.Card
	w.meanwhile(consent.EntryCardReplaced, func() { later = w.carded(w.person) })
	if err := w.gate.MakeCard(t.Context(), earlier); !errors.Is(err, consent.ErrConflict) {
		t.Errorf("the earlier one: %v", err)
	}
	if _, _, err := w.try(later, rightPIN, consent.CardRestore); err != nil {
		t.Errorf("the later one: %v", err)
	}
}

// What cannot be read, kept or written down is said, and nothing that it should have
// replaced is lost: the same act again comes to its end.
func TestMakeCardFails(t *testing.T) {
	for name, spoil := range map[string]func(w *world){
		"the card in force cannot be read": func(w *world) { w.failNth(1, "get", roomCard) },
		"nor when it is replaced":          func(w *world) { w.failNth(2, "get", roomCard) },
		"no place for the way in":          func(w *world) { w.failOn("put", roomCarded) },
		"no place for the card":            func(w *world) { w.failOn("put", roomCard) },
		"the old way in stays":             func(w *world) { w.failOn("delete", roomCarded) },
		"no journal":                       func(w *world) { w.journal.set(errBroken, false) },
		"no place for the clock meanwhile": func(w *world) {
			w.meanwhile(consent.EntryCardReplaced, func() {
				w.pass(2 * time.Minute)
				w.failOn("put", roomClock)
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			old := w.carded(w.person)
			w.pass(time.Minute)
			newer := wallet.NewCard()
			call := w.signCard(w.person, newer, rightPIN)
			w.gate = w.newGate()
			spoil(w)
			if err := w.gate.MakeCard(t.Context(), call); !errors.Is(err, consent.ErrUnavailable) {
				t.Errorf("made: %v", err)
			}
			w.heads.setFault(nil)
			w.journal.set(nil, false)
			if n := w.journal.count(consent.EntryCardMade); n != 1 {
				t.Errorf("%d entries say that there was none before", n)
			}
			w.gate = w.newGate()
			if own, err := w.gate.CardOf(t.Context(), w.person.ID()); err != nil || own.Restore != 10 {
				t.Errorf("afterwards: %+v, %v", own, err)
			}
			if err := w.gate.MakeCard(t.Context(), call); err != nil {
				t.Errorf("again: %v", err)
			}
			if _, _, err := w.try(newer, rightPIN, consent.CardRestore); err != nil {
				t.Errorf("the new one: %v", err)
			}
			w.nothingOfCard(t, old, 1)
			if names := w.heads.names(roomCarded); len(names) != 1 {
				t.Errorf("%d ways in", len(names))
			}
		})
	}
}

// Who has no card has none to reset, whatever the act names.
func TestResetWithoutACard(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	r, sig := w.person.ResetCard(w.domain, testOrigin, consent.CardID{}, w.time())
	if err := w.gate.ResetCard(t.Context(), r, sig); !errors.Is(err, consent.ErrConflict) {
		t.Errorf("reset: %v", err)
	}
	if _, err := w.gate.CardOf(t.Context(), w.person.ID()); !errors.Is(err, consent.ErrNotFound) || len(w.heads.names(roomCard)) != 0 {
		t.Errorf("a card all the same: %v", err)
	}
}

// nothingOfCard: whoever holds it learns nothing, and nothing is counted.
func (w *world) nothingOfCard(t *testing.T, card wallet.Card, secret byte) {
	t.Helper()
	entries := len(w.journal.kinds())
	for _, kind := range []consent.CardKind{consent.CardRestore, consent.CardAssist} {
		if _, _, err := w.try(card, rightPIN, kind); !errors.Is(err, consent.ErrNotFound) || err.Error() != consent.ErrNotFound.Error() {
			t.Errorf("try %s: %v", kind, err)
		}
	}
	if _, err := w.gate.PickUp(t.Context(), card.ID(), [32]byte{secret}); !errors.Is(err, consent.ErrNotFound) || err.Error() != consent.ErrNotFound.Error() {
		t.Errorf("pick up: %v", err)
	}
	a := consent.AskRestore{Card: card.ID(), Pickup: consent.Digest{1}, Time: w.unix()}
	if _, err := w.gate.AskRestore(t.Context(), a, consent.Signature{}); !errors.Is(err, consent.ErrNotFound) || err.Error() != consent.ErrNotFound.Error() {
		t.Errorf("ask: %v", err)
	}
	if len(w.journal.kinds()) != entries {
		t.Error("entries were written")
	}
}

// A copy of the store from before a replacement opens until that month's backups expire; the
// card in force goes on, and so does its count.
func TestCardAndTheMonths(t *testing.T) {
	w, _ := newWorldOfItsOwn(t)
	old := w.carded(w.person)
	snapshot := w.heads.snapshot()
	w.pass(time.Hour)
	card := w.carded(w.person)
	if _, _, err := w.try(card, wrongPIN, consent.CardAssist); err != nil {
		t.Fatal(err)
	}
	w.pass(32 * 24 * time.Hour)
	if _, r, err := w.gate.ExpireEpochs(t.Context(), nil); err != nil || r.Failed != 0 || r.Renewed != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	renewed := w.heads.take(w.heads.only(t, roomCard))
	if r, err := w.gate.RenewHeads(t.Context(), nil); err != nil || r.Failed != 0 || !bytes.Equal(w.heads.take(w.heads.only(t, roomCard)), renewed) {
		t.Errorf("a second sweep in the month writes it again: %+v, %v", r, err)
	}
	w.pass(95 * 24 * time.Hour)
	if destroyed, r, err := w.gate.ExpireEpochs(t.Context(), nil); err != nil || len(destroyed) != 1 || r.Failed != 0 {
		t.Fatalf("%v, %+v, %v", destroyed, r, err)
	}
	w.gate = w.newGate()
	o, e, err := w.try(card, rightPIN, consent.CardAssist)
	if err != nil || e.Left != 8 {
		t.Fatalf("%+v, %v", e, err)
	}
	if _, err := o.Open(e.Blob); err != nil {
		t.Error(err)
	}
	present := w.heads.take(w.heads.only(t, roomHead))
	w.heads.restore(snapshot) // all that somebody has kept, beside the keys of today
	w.heads.plant(w.heads.only(t, roomHead), present)
	w.gate = w.newGate()
	if _, _, err := w.try(old, rightPIN, consent.CardAssist); !errors.Is(err, consent.ErrUnavailable) || !errors.Is(err, crypto.ErrUnknownEpoch) {
		t.Errorf("the replaced card, from a copy: %v", err)
	}
	w.notOverwritten(t, old)
}

// notOverwritten: what a card holds cannot be put under the present month's key, and is not
// replaced by nothing.
func (w *world) notOverwritten(t *testing.T, card wallet.Card) {
	t.Helper()
	name := w.heads.only(t, roomCard)
	before := w.heads.take(name)
	if err := w.reset(w.person, card); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("reset: %v", err)
	}
	if !bytes.Equal(w.heads.take(name), before) {
		t.Error("the card was written over")
	}
}

// A card whose keys cannot be put under the next month's key stays as it is.
func TestCardIsNotRenewed(t *testing.T) {
	w, path := newWorldOfItsOwn(t)
	card := w.carded(w.person)
	w.pass(32 * 24 * time.Hour)
	w.gate = w.newGate()
	moved := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.Rename(filepath.Dir(path), moved); err != nil {
		t.Fatal(err)
	}
	w.notOverwritten(t, card)
	if err := os.Rename(moved, filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	c, tag, err := w.gate.cardOf(t.Context(), w.person.ID())
	if err != nil {
		t.Fatal(err)
	}
	c.Sealed[len(c.Sealed)-1] ^= 1
	c.Revision++
	if err := w.gate.putObject(t.Context(), roomCard, w.heads.only(t, roomCard), c, tag); err != nil {
		t.Fatal(err)
	}
	w.notOverwritten(t, card)
}

// An erasure beside the sweep leaves no card.
func TestCardIsErasedWhileItIsRenewed(t *testing.T) {
	w, _ := newWorldOfItsOwn(t)
	w.carded(w.person)
	w.pass(32 * 24 * time.Hour)
	var read atomic.Bool
	c := w.config()
	c.Now = func() time.Time {
		if read.Swap(false) { // the sweep has read the card, and asks for the month
			w.heads.setFault(nil)
			if _, err := w.eraseBy(w.gate, w.person); err != nil {
				t.Error(err)
			}
		}
		return w.time()
	}
	w.gate = w.gateOf(c)
	w.heads.setFault(func(op, name string) (bool, bool) {
		read.Store(op == "get" && strings.HasPrefix(name, roomCard+"/"))
		return false, false
	})
	if r, err := w.gate.RenewHeads(t.Context(), nil); err != nil || r.Failed != 0 || r.Erased != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if names := w.heads.names(roomCard); len(names) != 0 {
		t.Errorf("%d cards", len(names))
	}
}

// The same card with another PIN: the old PIN opens nothing more.
func TestCardPINChanged(t *testing.T) {
	w := newWorld(t)
	card := w.carded(w.person)
	w.pass(time.Minute)
	call := w.signCard(w.person, card, wrongPIN)
	for range 2 {
		if err := w.gate.MakeCard(t.Context(), call); err != nil {
			t.Fatal(err)
		}
	}
	for pin, right := range map[string]bool{rightPIN: false, wrongPIN: true} {
		o, e, err := w.try(card, pin, consent.CardAssist)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.Open(e.Blob); (err == nil) != right {
			t.Errorf("opens: %v", err)
		}
		if _, _, err := w.asked(card, pin, 1); (err == nil) != right {
			t.Errorf("asks: %v", err)
		}
	}
}

// The phone that is still in its owner's hand stops the restore, whatever else is silent.
func TestRestoreCancelled(t *testing.T) {
	for name, silent := range map[string]func(w *world){
		"all well": func(*world) {}, "the ledger is silent": func(w *world) { w.ledger.errRoot, w.ledger.errView = errBroken, errBroken },
		"the journal is silent": func(w *world) { w.journal.set(errBroken, false) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			card := w.carded(w.person)
			o, _, err := w.asked(card, rightPIN, 1)
			if err != nil {
				t.Fatal(err)
			}
			for who, other := range map[string]*wallet.Identity{"stranger": newPerson(), "another person": w.enrolled()} {
				c, sig := other.CancelRestore(w.domain, testOrigin, consent.PickupDigest([32]byte{1}))
				c.Identity = w.person.ID()
				if err := w.gate.CancelRestore(t.Context(), c, sig); !errors.Is(err, consent.ErrSignature) {
					t.Errorf("by a %s: %v", who, err)
				}
			}
			// A session reads: its key cancels nothing.
			c, _ := w.person.CancelRestore(w.domain, testOrigin, consent.PickupDigest([32]byte{1}))
			if err := w.gate.CancelRestore(t.Context(), c, w.person.Seed.Session().Sign(w.domain.Digest(c.StructHash()))); !errors.Is(err, consent.ErrSignature) {
				t.Errorf("by the session key: %v", err)
			}
			if err := w.cancel(w.person, 2); !errors.Is(err, ErrNoRestore) {
				t.Errorf("another restore: %v", err)
			}
			silent(w)
			if err := w.cancel(w.person, 1); err != nil && (name != "the journal is silent" || !errors.Is(err, consent.ErrUnavailable)) {
				t.Fatal(err)
			}
			w.ledger.errRoot, w.ledger.errView = nil, nil
			w.journal.set(nil, false)
			if err := w.cancel(w.person, 1); err != nil {
				t.Errorf("again: %v", err)
			}
			if n := w.journal.count(consent.EntryRestoreCancelled); n > 1 || n == 0 && name != "the journal is silent" {
				t.Errorf("%d entries", n)
			}
			w.pass(72 * time.Hour)
			for _, g := range []*Gate{w.gate, w.newGate()} {
				if _, err := g.PickUp(t.Context(), card.ID(), [32]byte{1}); !errors.Is(err, consent.ErrNotFound) {
					t.Errorf("picked up: %v", err)
				}
			}
			if _, err := w.askFor(o, 1); !errors.Is(err, consent.ErrConflict) {
				t.Errorf("the same ask again: %v", err)
			}
			if _, err := w.askFor(o, 2); !errors.Is(err, ErrNotTried) {
				t.Errorf("another ask without a try: %v", err)
			}
			if _, ready, err := w.asked(card, rightPIN, 3); err != nil || ready != w.unix()+2*consent.Day {
				t.Errorf("with a try of its own: %d, %v", ready, err)
			}
			own, err := w.gate.CardOf(t.Context(), w.person.ID())
			if err != nil || own.State != RestorePending || own.Restore != 8 {
				t.Errorf("%+v, %v", own, err)
			}
		})
	}
}

// A restore that is stopped in the moment in which it is fetched is either stopped or given out.
func TestCancelBesidePickUp(t *testing.T) {
	w := newWorld(t)
	card := w.carded(w.person)
	if _, _, err := w.asked(card, rightPIN, 1); err != nil {
		t.Fatal(err)
	}
	w.pass(48 * time.Hour)
	other := w.newGate()
	w.journal.hook = func(e Entry) {
		if e.Shared.Kind == consent.EntryRestored {
			c, sig := w.person.CancelRestore(w.domain, testOrigin, consent.PickupDigest([32]byte{1}))
			if err := other.CancelRestore(t.Context(), c, sig); err != nil {
				t.Error(err)
			}
		}
	}
	if blob, err := w.gate.PickUp(t.Context(), card.ID(), [32]byte{1}); !errors.Is(err, consent.ErrNotFound) || blob != nil {
		t.Errorf("given out beside a stop: %v", err)
	}
	w.journal.hook = nil
	if _, _, err := w.asked(card, rightPIN, 2); err != nil {
		t.Fatal(err)
	}
	w.pass(48 * time.Hour)
	if _, err := w.gate.PickUp(t.Context(), card.ID(), [32]byte{2}); err != nil {
		t.Fatal(err)
	}
	if err := w.cancel(w.person, 2); !errors.Is(err, ErrRestored) {
		t.Errorf("stopped too late: %v", err)
	}
}

// Where no restore is asked for there is none to stop, nor is there where there is no card.
func TestCancelOfNothing(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	cancel := func() error {
		c, sig := w.person.CancelRestore(w.domain, testOrigin, consent.Digest{})
		return w.gate.CancelRestore(t.Context(), c, sig)
	}
	if err := cancel(); !errors.Is(err, ErrNoRestore) || len(w.heads.names(roomCard)) != 0 {
		t.Errorf("without a card: %v", err)
	}
	w.carded(w.person)
	if err := cancel(); !errors.Is(err, ErrNoRestore) {
		t.Errorf("without a restore: %v", err)
	}
	if own, err := w.gate.CardOf(t.Context(), w.person.ID()); err != nil || own.State != "" {
		t.Errorf("%+v, %v", own, err)
	}
}

// A card that takes another's place while that is used does not answer for it, whatever was asked of the new one meanwhile.
func TestReplacedCardAnswersNoMore(t *testing.T) {
	// start has a card that is tried, and what replaces it over another gate: tried too, and with a restore by the same secret.
	start := func(t *testing.T) (w *world, card wallet.Card, o *wallet.OpenedCard, replace func(ask bool)) {
		w = newWorld(t)
		card = w.carded(w.person)
		o, _, err := w.try(card, rightPIN, consent.CardRestore)
		if err != nil {
			t.Fatal(err)
		}
		return w, card, o, func(ask bool) {
			here := w.gate
			w.gate = w.newGate()
			defer func() { w.gate = here }()
			w.pass(time.Minute)
			newer := w.carded(w.person)
			o, _, err := w.try(newer, rightPIN, consent.CardRestore)
			if err == nil && ask {
				_, err = w.askFor(o, 1)
			}
			if err != nil {
				t.Error(err)
			}
		}
	}
	own := func(t *testing.T, w *world) *OwnCard {
		o, err := w.newGate().CardOf(t.Context(), w.person.ID())
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	t.Run("a try", func(t *testing.T) {
		w, card, _, replace := start(t)
		g, element, reads := w.gate, mustElement(t), 0
		w.heads.setFault(func(op, name string) (bool, bool) {
			if op == "get" && strings.HasPrefix(name, roomCard+"/") {
				if reads++; reads == 2 { // to be counted
					replace(false)
				}
			}
			return false, false
		})
		if e, err := g.Evaluate(t.Context(), card.ID(), consent.CardRestore, element); !errors.Is(err, consent.ErrNotFound) {
			t.Errorf("%+v, %v", e, err)
		}
		if o := own(t, w); o.Restore != 9 {
			t.Errorf("%d tries of the new card are left", o.Restore)
		}
	})
	t.Run("an ask", func(t *testing.T) {
		w, _, o, replace := start(t)
		w.meanwhile(consent.EntryRestoreAsked, func() { replace(false) })
		if ready, err := w.askFor(o, 1); !errors.Is(err, ErrNotTried) {
			t.Errorf("%d, %v", ready, err)
		}
		if o := own(t, w); o.State != "" {
			t.Errorf("asked for: %+v", o)
		}
	})
	t.Run("what is fetched", func(t *testing.T) {
		w, card, o, replace := start(t)
		if _, err := w.askFor(o, 1); err != nil {
			t.Fatal(err)
		}
		w.pass(48 * time.Hour)
		w.meanwhile(consent.EntryRestored, func() { replace(true) })
		if blob, err := w.gate.PickUp(t.Context(), card.ID(), [32]byte{1}); !errors.Is(err, consent.ErrNotFound) || blob != nil {
			t.Errorf("%v", err)
		}
		if o := own(t, w); o.State != RestorePending {
			t.Errorf("the new card's: %+v", o)
		}
	})
	t.Run("two asks by one try", func(t *testing.T) {
		w, _, o, _ := start(t)
		here, there := w.gate, w.newGate()
		w.meanwhile(consent.EntryRestoreAsked, func() {
			w.gate = there
			if _, err := w.askFor(o, 2); err != nil {
				t.Error(err)
			}
			w.gate = here
		})
		if ready, err := w.askFor(o, 1); !errors.Is(err, ErrNotTried) {
			t.Errorf("%d, %v", ready, err)
		}
		if o := own(t, w); o.Pickup != consent.PickupDigest([32]byte{2}) {
			t.Errorf("asked for: %+v", o)
		}
	})
}

// What cannot be told, or written down, announces nothing and gives nothing out.
func TestRestoreUnavailable(t *testing.T) {
	w := newWorld(t)
	card := w.carded(w.person)
	o, _, err := w.try(card, rightPIN, consent.CardRestore)
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := w.gate.cardOf(t.Context(), w.person.ID())
	if err != nil {
		t.Fatal(err)
	}
	sealed := func(as []byte) {
		t.Helper()
		if err := w.newGate().changeCard(t.Context(), w.person.ID(), func(o *cardObject) error { o.Sealed = as; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	fails := func(do func() error, damaged bool) {
		t.Helper()
		for name, fail := range map[string]func(){
			"nobody knows the time": func() { w.failOn("get", roomClock) },
			"the journal refuses":   func() { w.journal.set(errBroken, false) },
			"the keys are damaged":  func() { sealed(c.Sealed[1:]) },
		} {
			if name == "the keys are damaged" && !damaged {
				continue
			}
			w.gate = w.newGate()
			fail()
			if err := do(); !errors.Is(err, consent.ErrUnavailable) {
				t.Errorf("%s: %v", name, err)
			}
			w.heads.setFault(nil)
			w.journal.set(nil, false)
			sealed(c.Sealed)
		}
	}
	fails(func() error { _, err := w.askFor(o, 1); return err }, false)
	if own, err := w.gate.CardOf(t.Context(), w.person.ID()); err != nil || own.State != "" {
		t.Errorf("announced: %+v, %v", own, err)
	}
	if _, err := w.askFor(o, 1); err != nil {
		t.Fatal(err)
	}
	w.pass(48 * time.Hour)
	fails(func() error {
		blob, err := w.gate.PickUp(t.Context(), card.ID(), [32]byte{1})
		if blob != nil {
			t.Error("given out")
		}
		return err
	}, true)
	sealed(c.Sealed[1:])
	if own, err := w.gate.CardOf(t.Context(), w.person.ID()); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("with damaged keys: %+v, %v", own, err)
	}
	sealed(c.Sealed)
	w.eachReadFails("a card", func(g *Gate) (any, error) { return g.CardOf(t.Context(), w.person.ID()) })
	w.pass(8 * 24 * time.Hour)
	w.eachReadFails("a card whose restore is past", func(g *Gate) (any, error) { return g.CardOf(t.Context(), w.person.ID()) })
	if own, err := w.gate.CardOf(t.Context(), newPerson().ID()); !errors.Is(err, consent.ErrUnknownIdentity) {
		t.Errorf("of nobody: %+v, %v", own, err)
	}
}

// Everything that is not right, and what is said of it. Nothing of it asks for a restore.
func TestRestoreRefused(t *testing.T) {
	w := newWorld(t)
	card := w.carded(w.person)
	right, _, err := w.try(card, rightPIN, consent.CardRestore)
	if err != nil {
		t.Fatal(err)
	}
	wrong, _, err := w.try(card, wrongPIN, consent.CardRestore)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, other := newWorld(t), w.carded(w.enrolled())
	pickup := consent.PickupDigest([32]byte{1})
	for name, row := range map[string]struct {
		change func(a *consent.AskRestore, sig *consent.Signature)
		want   error
	}{
		"wrong PIN": {func(a *consent.AskRestore, sig *consent.Signature) {
			*a, *sig = wrong.AskRestore(w.domain, testOrigin, pickup, w.time())
		}, consent.ErrSignature},
		"signed by the seed": {func(a *consent.AskRestore, sig *consent.Signature) {
			*sig = w.person.Seed.Root().Sign(w.domain.Digest(a.StructHash()))
		}, consent.ErrSignature},
		"another card":   {func(a *consent.AskRestore, _ *consent.Signature) { a.Card = other.ID() }, consent.ErrSignature},
		"no card":        {func(a *consent.AskRestore, _ *consent.Signature) { a.Card = consent.CardID{1} }, consent.ErrNotFound},
		"another pickup": {func(a *consent.AskRestore, _ *consent.Signature) { a.Pickup[0]++ }, consent.ErrSignature},
		"for another vault": {func(a *consent.AskRestore, sig *consent.Signature) {
			*a, *sig = right.AskRestore(w.domain, "other.test/log", pickup, w.time())
		}, consent.ErrSignature},
		"of another chain": {func(a *consent.AskRestore, sig *consent.Signature) {
			*a, *sig = right.AskRestore(elsewhere.registry, testOrigin, pickup, w.time())
		}, consent.ErrSignature},
		"of yesterday": {func(a *consent.AskRestore, sig *consent.Signature) {
			*a, *sig = right.AskRestore(w.domain, testOrigin, pickup, w.time().Add(-24*time.Hour))
		}, consent.ErrGrant},
	} {
		a, sig := right.AskRestore(w.domain, testOrigin, pickup, w.time())
		row.change(&a, &sig)
		if _, err := w.gate.AskRestore(t.Context(), a, sig); !errors.Is(err, row.want) {
			t.Errorf("%s: %v, want %v", name, err, row.want)
		}
	}
	w.pass(time.Hour + time.Second)
	if _, err := w.askFor(right, 1); !errors.Is(err, ErrNotTried) {
		t.Errorf("an hour after the try: %v", err)
	}
	if own, err := w.gate.CardOf(t.Context(), w.person.ID()); err != nil || own.State != "" {
		t.Errorf("announced: %+v, %v", own, err)
	}
	if _, _, err := w.asked(card, rightPIN, 1); err != nil {
		t.Fatal(err)
	}
	w.pass(48 * time.Hour)
	for name, secret := range map[string][32]byte{"another secret": {2}, "none": {}} {
		if _, err := w.gate.PickUp(t.Context(), card.ID(), secret); !errors.Is(err, consent.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.gate.PickUp(t.Context(), other.ID(), [32]byte{1}); !errors.Is(err, consent.ErrNotFound) {
		t.Errorf("another card: %v", err)
	}
}

func TestMakeCardRefused(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	thief, card := w.enrolled(), wallet.NewCard()
	taken := w.carded(w.enrolled())
	for name, row := range map[string]struct {
		change func(c *CardCall)
		want   error
	}{
		"no OPRF key":         {func(c *CardCall) { c.Restore.Key = nil }, ErrCall},
		"zero OPRF key":       {func(c *CardCall) { c.Restore.Key = make([]byte, 32) }, ErrCall},
		"no blob":             {func(c *CardCall) { c.Restore.Blob = nil }, ErrCall},
		"a blob too long":     {func(c *CardCall) { c.Restore.Blob = make([]byte, consent.MaxCardBlob+1) }, ErrCall},
		"assist without key":  {func(c *CardCall) { c.Assist.Key = nil }, ErrCall},
		"no id":               {func(c *CardCall) { c.Card.Card = consent.CardID{} }, ErrCall},
		"no restore":          {func(c *CardCall) { c.Restore = consent.CardPart{} }, ErrCall},
		"no ask key":          {func(c *CardCall) { c.Card.AskKey = consent.Address{} }, ErrCall},
		"another blob":        {func(c *CardCall) { c.Restore.Blob[0]++ }, consent.ErrSignature},
		"parts swapped":       {func(c *CardCall) { c.Restore, c.Assist = c.Assist, c.Restore }, consent.ErrSignature},
		"assist taken away":   {func(c *CardCall) { c.Assist = consent.CardPart{} }, consent.ErrSignature},
		"another ask key":     {func(c *CardCall) { c.Card.AskKey[0]++ }, consent.ErrSignature},
		"another card":        {func(c *CardCall) { c.Card.Card[0]++ }, consent.ErrSignature},
		"somebody else's":     {func(c *CardCall) { c.Card.Identity = thief.ID() }, consent.ErrSignature},
		"nobody's":            {func(c *CardCall) { c.Card.Identity = consent.IdentityID{1} }, consent.ErrSignature},
		"another time":        {func(c *CardCall) { c.Card.Time++ }, consent.ErrSignature},
		"a card that is held": {func(c *CardCall) { *c = w.signCard(w.person, taken, rightPIN) }, consent.ErrConflict},
	} {
		call := w.signCard(w.person, card, rightPIN)
		row.change(&call)
		if err := w.gate.MakeCard(t.Context(), call); !errors.Is(err, row.want) {
			t.Errorf("%s: %v, want %v", name, err, row.want)
		}
	}
	late := w.signCard(w.person, card, rightPIN)
	w.pass(11 * time.Minute)
	if err := w.gate.MakeCard(t.Context(), late); !errors.Is(err, consent.ErrGrant) {
		t.Errorf("late: %v", err)
	}
	call := w.signCard(w.person, card, rightPIN)
	w.ledger.age = time.Hour
	if err := w.gate.MakeCard(t.Context(), call); !errors.Is(err, consent.ErrStaleView) {
		t.Errorf("stale: %v", err)
	}
	w.ledger.age, w.ledger.frozen = 0, true
	if err := w.gate.MakeCard(t.Context(), call); !errors.Is(err, consent.ErrFrozen) {
		t.Errorf("frozen: %v", err)
	}
	w.ledger.frozen = false
	if _, err := w.gate.CardOf(t.Context(), w.person.ID()); !errors.Is(err, consent.ErrNotFound) {
		t.Errorf("a card all the same: %v", err)
	}
	if n := w.journal.count(consent.EntryCardMade); n != 1 {
		t.Errorf("%d entries", n)
	}
}

// What one card holds opens under no other, wherever in the bucket it is put.
func TestCardObjectsSwapped(t *testing.T) {
	w := newWorld(t)
	mine, theirs := w.person, newPerson()
	card := w.carded(mine)
	objects := map[string]string{}
	for _, room := range []string{roomCard, roomCarded} {
		objects[room] = w.heads.only(t, room)
	}
	other := w.carded(theirs)
	for _, room := range []string{roomCard, roomCarded} {
		own := objects[room]
		for _, foreign := range w.heads.names(room) {
			if foreign == own {
				continue
			}
			kept := w.heads.take(own)
			w.heads.plant(own, w.heads.take(foreign))
			w.gate = w.newGate()
			if _, _, err := w.try(card, rightPIN, consent.CardAssist); !errors.Is(err, consent.ErrUnavailable) {
				t.Errorf("room %s: %v", room, err)
			}
			w.heads.plant(own, kept)
		}
	}
	// Whoever holds the heads' keyset could move what is sealed inside; the subject's key refuses.
	c, _, err := w.gate.cardOf(t.Context(), theirs.ID())
	if err != nil {
		t.Fatal(err)
	}
	err = w.gate.changeCard(t.Context(), mine.ID(), func(o *cardObject) error { o.Sealed = c.Sealed; return nil })
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.try(card, rightPIN, consent.CardAssist); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("sealed for another: %v", err)
	}
	if _, _, err := w.try(other, rightPIN, consent.CardAssist); err != nil {
		t.Errorf("the other: %v", err)
	}
}

// Whoever has the vault's own keys leaves what the vault cannot have written: no card is made
// of it, and none of its keys.
func TestCardDamaged(t *testing.T) {
	w := newWorld(t)
	w.carded(w.person)
	id := w.person.ID()
	s, _, err := w.gate.subject(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	sound, _, err := w.gate.cardOf(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	month, err := w.keyring.Epoch(sound.Epoch)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := w.gate.openCard(s, sound)
	if err != nil {
		t.Fatal(err)
	}
	holding := func(plaintext []byte, err error) func(*cardObject) {
		if err == nil {
			plaintext, err = s.kek.SealCard(crypto.Pad(plaintext, leastCard), id, sound.Card)
		}
		if err == nil {
			plaintext, err = month.Wrap(plaintext, cardKeysAAD(id))
		}
		if err != nil {
			t.Fatal(err)
		}
		return func(c *cardObject) { c.Sealed = plaintext }
	}
	for name, c := range map[string]struct {
		change func(c *cardObject)
		want   error
	}{
		"sound":                      {holding(encoding.Marshal(keys)), nil},
		"another version":            {func(c *cardObject) { c.Version++ }, consent.ErrUnavailable},
		"another's":                  {func(c *cardObject) { c.Identity[0]++ }, consent.ErrUnavailable},
		"no revision":                {func(c *cardObject) { c.Revision = 0 }, consent.ErrUnavailable},
		"no month":                   {func(c *cardObject) { c.Epoch = 0 }, consent.ErrUnavailable},
		"a restore in no state":      {func(c *cardObject) { c.Asked.State = restoreGiven + 1 }, consent.ErrUnavailable},
		"a restore that nobody asks": {func(c *cardObject) { c.Asked.Ready = 1 }, consent.ErrUnavailable},
		"keys of another version":    {holding(encoding.Marshal(cardKeys{Version: objectVersion + 1, Restore: keys.Restore, Assist: keys.Assist})), consent.ErrUnavailable},
		"keys that are none":         {holding([]byte{0x80}, nil), consent.ErrUnavailable},
	} {
		bad := *sound
		c.change(&bad)
		data, err := seal(w.gate.headSealer, label(roomCard, w.heads.only(t, roomCard)), &bad)
		if err != nil {
			t.Fatal(err)
		}
		w.heads.plant(w.heads.only(t, roomCard), data)
		if _, err := w.newGate().CardOf(t.Context(), id); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An erasure that cannot take the card along says so, and ends later.
func TestErasureLeavesNoCard(t *testing.T) {
	for _, fault := range [][2]string{{"get", roomCard}, {"delete", roomCard}, {"delete", roomCarded}} {
		w := newWorld(t)
		w.carded(w.person)
		w.failOn(fault[0], fault[1])
		if _, err := w.eraseBy(w.gate, w.person); !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("%s fails: %v", fault, err)
		}
		w.heads.setFault(nil)
		if ended, err := w.newGate().EndErasures(t.Context()); err != nil || ended != 1 {
			t.Errorf("%s fails: the sweep: %d, %v", fault, ended, err)
		}
		if left := len(w.heads.names(roomCard)) + len(w.heads.names(roomCarded)); left != 0 {
			t.Errorf("%s fails: %d objects left", fault, left)
		}
	}
}

// An erasure takes the card along; a head put back without its key opens nothing.
func TestErasureTakesTheCard(t *testing.T) {
	w := newWorld(t)
	card := w.carded(w.person)
	if _, _, err := w.asked(card, rightPIN, 1); err != nil {
		t.Fatal(err)
	}
	replica, snapshot := w.newGate(), w.heads.snapshot()
	if _, _, err := w.try(card, wrongPIN, consent.CardRestore); err != nil {
		t.Fatal(err)
	}
	if _, err := w.eraseBy(w.gate, w.person); err != nil {
		t.Fatal(err)
	}
	w.pass(49 * time.Hour)
	for _, room := range []string{roomCard, roomCarded} {
		if left := w.heads.names(room); len(left) != 0 {
			t.Errorf("%d objects of room %s", len(left), room)
		}
	}
	for _, g := range []*Gate{w.gate, replica, w.newGate()} {
		w.gate = g
		w.nothingOfCard(t, card, 1)
	}
	for name, data := range snapshot {
		if strings.HasPrefix(name, roomCard+"/") || strings.HasPrefix(name, roomCarded+"/") {
			w.heads.plant(name, data)
		}
	}
	w.gate = w.newGate()
	w.nothingOfCard(t, card, 1)
	if ended, err := replica.EndErasures(t.Context()); err != nil || ended != 0 {
		t.Errorf("the sweep: %d, %v", ended, err)
	}
}

// Nothing in the store's names, and nothing in what it holds, says whose a card is, or what
// it opens; a card without help is as large as one with it.
func TestCardObjectsSayNothing(t *testing.T) {
	w := newWorld(t)
	card := w.carded(w.person)
	plain := newWorld(t)
	plain.enrol(plain.person)
	s, err := plain.person.MakeCard(plain.domain, testOrigin, wallet.NewCard(), crypto.Secret(rightPIN), nil, plain.time())
	if err != nil {
		t.Fatal(err)
	}
	if err := plain.gate.MakeCard(t.Context(), CardCall{Card: s.Card, Restore: s.Restore, Signature: s.Signature}); err != nil {
		t.Fatal(err)
	}
	if a, b := len(w.heads.take(w.heads.only(t, roomCard))), len(plain.heads.take(plain.heads.only(t, roomCard))); a != b {
		t.Errorf("sizes %d and %d", a, b)
	}
	id, identity := card.ID(), w.person.ID()
	for name, data := range w.heads.snapshot() {
		for _, secret := range [][]byte{id[:], identity[:], w.person.Seed.Bytes(), []byte(rightPIN)} {
			if bytes.Contains(data, secret) || strings.Contains(name, fmt.Sprintf("%x", secret)) {
				t.Errorf("%s tells something", name)
			}
		}
	}
	if _, err := plain.gate.Evaluate(t.Context(), s.Card.Card, consent.CardAssist, mustElement(t)); !errors.Is(err, consent.ErrNotFound) {
		t.Errorf("a kind that the card has not: %v", err)
	}
	for name, element := range map[string][]byte{"nothing": nil, "zero": make([]byte, 32), "none": bytes.Repeat([]byte{0xff}, 32)} {
		if _, err := w.gate.Evaluate(t.Context(), id, consent.CardRestore, element); !errors.Is(err, ErrCall) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if own, err := w.gate.CardOf(t.Context(), identity); err != nil || own.Restore != 10 {
		t.Errorf("counted all the same: %+v, %v", own, err)
	}
}

func mustElement(t *testing.T) []byte {
	t.Helper()
	_, element, err := wallet.NewCard().Try(crypto.Secret(rightPIN))
	if err != nil {
		t.Fatal(err)
	}
	return element
}

// Whatever goes wrong at any call of the store: what was answered was counted and written down.
func TestCardTryFaults(t *testing.T) {
	w := newWorld(t)
	card := w.carded(w.person)
	element := mustElement(t)
	for kind, f := range storeFaults {
		for at := int64(0); ; at++ {
			w.pass(time.Second)
			if err := w.reset(w.person, card); err != nil {
				t.Fatal(err)
			}
			w.gate = w.newGate()
			entries := w.journal.count(consent.EntryCardTried)
			ctx, cancel := context.WithCancel(t.Context())
			var e *Evaluated
			var err error
			calls := inTheStore.breaks(w, kind, at, cancel, func() { e, err = w.gate.Evaluate(ctx, card.ID(), consent.CardRestore, element) })
			cancel()
			w.gate = w.newGate()
			own, errOwn := w.gate.CardOf(t.Context(), w.person.ID())
			if errOwn != nil {
				t.Fatal(errOwn)
			}
			written := w.journal.count(consent.EntryCardTried) - entries
			if (e == nil) == (err == nil) || err == nil && (own.Restore != 9 || written != 1) || own.Restore < 9 || written > 1 {
				t.Errorf("%s at %d: %v; %d left, %d written", f.name, at, err, own.Restore, written)
			}
			if err != nil && !refusal(err, f.lies) {
				t.Errorf("%s at %d: refused as if it were so: %v", f.name, at, err)
			}
			if at >= calls {
				break
			}
		}
	}
}

func FuzzCardObject(f *testing.F) {
	fuzzDecode(f, func(c *cardObject) error { return c.check(c.Identity) },
		cardObject{Version: 1, Revision: 1, Epoch: 202611, Sealed: []byte{1}, Restore: tries{Count: 3, Last: 7}},
		cardObject{Version: 1, Revision: 9, Epoch: 202611, Sealed: []byte{1}, Evaluated: 8, Asked: askedRestore{State: restorePending, Pickup: consent.Digest{1}, Asked: 7, Ready: 9}})
}

func FuzzCardKeys(f *testing.F) {
	fuzzDecode(f, none, cardKeys{Version: 1, Restore: consent.CardPart{Key: make([]byte, 32), Blob: []byte{1}}, Assist: consent.CardPart{Key: []byte{}, Blob: []byte{}}})
}

func FuzzCardEntry(f *testing.F) {
	fuzzDecode(f, none, cardEntry{Version: 1, Identity: consent.IdentityID{1}})
}
