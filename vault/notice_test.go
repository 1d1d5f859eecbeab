package vault

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/faults"
	"github.com/wrapious/wrappy/wallet"
)

// look has a replica look at everything once.
func (w *world) look(g *Gate) error {
	return newWatcher(g, func(error) {}).pass(w.t.Context(), time.Now()) // what fails meanwhile is searched for again
}

func (w *world) told(who consent.Institution) []consent.ChangeNotice {
	w.t.Helper()
	page, err := w.gate.ChangeNotices(w.t.Context(), who, 0, 200, 0)
	if err != nil {
		w.t.Fatal("notices:", err)
	}
	for i, n := range page {
		if n.Number != uint64(i)+1 {
			w.t.Errorf("notice %d has the number %d", i+1, n.Number)
		}
		if n.Day%consent.Day != 0 {
			w.t.Errorf("notice %d tells the moment", n.Number)
		}
	}
	return page
}

func (w *world) stopByRoot(s SignedGrant) error {
	_, err := w.gate.Withdraw(w.t.Context(), s.Act.ID, w.person.WithdrawAsIdentity(w.domain, s.Act.ID))
	return err
}

// Each way in which a grant ends is told once, to the institution that it names.
func TestEveryEndIsTold(t *testing.T) {
	for name, tt := range map[string]struct {
		end  func(*world, SignedGrant) error
		want consent.ChangeKind
	}{
		"by the grant key": {func(w *world, s SignedGrant) error { w.withdraw(s); return nil }, consent.ChangeWithdrawn},
		"by the root key":  {func(w *world, s SignedGrant) error { return w.stopByRoot(s) }, consent.ChangeWithdrawn},
		"everything at once": {func(w *world, _ SignedGrant) error {
			_, err := w.withdrawAll(w.gate, w.person, nil)
			return err
		}, consent.ChangeWithdrawn},
		"by erasing": {func(w *world, _ SignedGrant) error {
			_, err := w.eraseBy(w.gate, w.person)
			return err
		}, consent.ChangeWithdrawn},
		"on the ledger": {func(w *world, s SignedGrant) error {
			w.ledger.set(s.Act.ID, func(g *consent.GrantState) { g.Status = consent.StatusWithdrawn })
			return nil
		}, consent.ChangeWithdrawn},
		"signed in a block that is not confirmed": {func(w *world, s SignedGrant) error {
			w.ledger.set(s.Act.ID, func(g *consent.GrantState) { g.Withdrawal = w.person.Withdraw(w.domain, &s.Grant) })
			return nil
		}, consent.ChangeWithdrawn},
		"revoked on the ledger": {func(w *world, s SignedGrant) error {
			w.ledger.set(s.Act.ID, func(g *consent.GrantState) { g.Status = consent.StatusRevoked })
			return nil
		}, consent.ChangeRevoked},
		"by time": {func(w *world, _ SignedGrant) error { w.pass(31 * 24 * time.Hour); return nil }, consent.ChangeExpired},
		"in dispute": {func(w *world, _ SignedGrant) error {
			w.pass(time.Minute)
			return w.dispute(w.person, begin)
		}, consent.ChangeDisputed},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			if err := w.look(w.gate); err != nil || len(w.told(w.hospital)) != 0 {
				t.Fatalf("before: %v", err)
			}
			if err := tt.end(w, s); err != nil {
				t.Fatal(err)
			}
			for _, g := range []*Gate{w.gate, w.newGate(), w.newGate()} {
				if err := w.look(g); err != nil {
					t.Fatal(err)
				}
			}
			page := w.told(w.hospital)
			if len(page) != 1 || page[0].Kind != tt.want || page[0].Grant != s.Act.ID {
				t.Errorf("told %v", page)
			}
			if others := w.told(w.clinic); len(others) != 0 {
				t.Errorf("somebody else is told %v", others)
			}
		})
	}
}

func TestWhatIsNotTold(t *testing.T) {
	t.Run("a forged withdrawal", func(t *testing.T) {
		w := newWorld(t)
		s := w.filled()
		w.ledger.set(s.Act.ID, func(g *consent.GrantState) { g.Withdrawal = newPerson().Withdraw(w.domain, &s.Grant) })
		if err := w.look(w.gate); err != nil || len(w.told(w.hospital)) != 0 {
			t.Errorf("%v, told %v", err, w.told(w.hospital))
		}
	})
	t.Run("a grant that was never accepted", func(t *testing.T) {
		w := newWorld(t)
		w.enrol(w.person)
		s := w.answer(w.request(w.hospital), wallet.Choice{})
		w.heads.setFault(func(op, name string) (bool, bool) { return op == "put" && name[:6] == "answer", false })
		if _, err := w.gate.Grant(t.Context(), s); err == nil {
			t.Fatal("accepted")
		}
		w.heads.setFault(nil)
		w.pass(40 * 24 * time.Hour)
		if err := w.look(w.gate); err != nil || len(w.told(w.hospital)) != 0 || len(w.heads.names(roomWatched)) != 0 {
			t.Errorf("%v, told %v, %d watched", err, w.told(w.hospital), len(w.heads.names(roomWatched)))
		}
	})
	for name, spoil := range map[string]func(w *world, s SignedGrant){
		"a dispute of what came later": func(w *world, _ SignedGrant) {
			w.pass(time.Hour)
			must(w.dispute(w.person, w.time()))
		},
		"a dispute of a grant that is gone": func(w *world, s SignedGrant) {
			must(w.dispute(w.person, begin))
			w.heads.drop(w.gate.name(roomGrant, s.Act.ID[:]))
		},
		"an end on the ledger of a grant that is gone": func(w *world, s SignedGrant) {
			w.ledger.set(s.Act.ID, func(g *consent.GrantState) { g.Status = consent.StatusRevoked })
			w.heads.drop(w.gate.name(roomGrant, s.Act.ID[:]))
		},
		"a grant of whom was erased": func(w *world, _ SignedGrant) { w.erase() },
		"a grant of whom nothing is here": func(w *world, _ SignedGrant) {
			w.heads.drop(w.heads.only(t, roomHead))
		},
		"a disputed grant that was never accepted": func(w *world, s SignedGrant) {
			must(w.dispute(w.person, begin))
			w.heads.drop(w.gate.name(roomAnswer, s.Grant.Request[:]))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			spoil(w, s)
			if err := w.look(w.newGate()); err != nil || len(w.told(w.hospital)) != 0 {
				t.Errorf("%v, told %v", err, w.told(w.hospital))
			}
		})
	}
	t.Run("the same end by two ways", func(t *testing.T) {
		w := newWorld(t)
		s := w.filled()
		w.withdraw(s)
		w.ledger.set(s.Act.ID, func(g *consent.GrantState) { g.Status = consent.StatusRevoked })
		for range 3 {
			if err := w.look(w.newGate()); err != nil {
				t.Fatal(err)
			}
		}
		if page := w.told(w.hospital); len(page) != 1 || page[0].Kind != consent.ChangeWithdrawn {
			t.Errorf("told %v", page)
		}
	})
}

// Killed at any step between the tombstone and the end of telling, the notice is there
// after the next look, once; and what is due is due by then.
func TestCrashWhileTelling(t *testing.T) {
	crash(t, func(w *world) SignedGrant {
		s := w.filled()
		w.stopOthers(3)
		if _, err := w.release(s); err != nil {
			w.t.Fatal(err)
		}
		return s
	}, func(w *world, s SignedGrant) error {
		if err := w.stopByRoot(s); err != nil {
			return err
		}
		return w.look(w.gate)
	}, func(t *testing.T, w *world, s SignedGrant, _ error) {
		tomb, err := w.gate.entombed(t.Context(), s.Act.ID)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := w.look(w.newGate()); err != nil {
				t.Fatal(err)
			}
		}
		var own int
		for _, n := range w.told(w.hospital) {
			if n.Grant == s.Act.ID {
				own++
			}
		}
		if want := map[bool]int{true: 1, false: 0}[tomb != nil]; own != want {
			t.Errorf("ended: %t, and told %d times", tomb != nil, own)
		}
		d, err := w.gate.DeletionOf(t.Context(), w.hospital, s.Act.ID)
		if err != nil || (d.Due == uint64(begin.Unix())+consent.Day) != (tomb != nil) {
			t.Errorf("due %d: %v", d.Due, err)
		}
	})
}

// stopOthers ends some other grants of the hospital, and has it told.
func (w *world) stopOthers(n int) {
	w.t.Helper()
	for range n {
		if err := w.stopByRoot(w.grant()); err != nil {
			w.t.Fatal(err)
		}
	}
	if err := w.look(w.gate); err != nil {
		w.t.Fatal(err)
	}
}

// Replicas that tell at the same time leave no gap, and tell nothing twice.
func TestReplicasTellTogether(t *testing.T) {
	w := newWorld(t)
	ended := map[consent.GrantID]bool{}
	for range 12 {
		s := w.grant()
		if err := w.stopByRoot(s); err != nil {
			t.Fatal(err)
		}
		ended[s.Act.ID] = true
	}
	var wait sync.WaitGroup
	for range 4 {
		g := w.newGate()
		wait.Add(1)
		go func() {
			defer wait.Done()
			for range 50 {
				if w.look(g) == nil {
					return
				}
			}
		}()
	}
	wait.Wait()
	page := w.told(w.hospital)
	for _, n := range page {
		if !ended[n.Grant] {
			t.Errorf("told twice, or of nothing: %v", n)
		}
		delete(ended, n.Grant)
	}
	if len(ended) != 0 || len(w.heads.names(roomWatched)) != 0 {
		t.Errorf("%d are not told of, %d are watched", len(ended), len(w.heads.names(roomWatched)))
	}
}

// Nothing about telling holds a withdrawal up.
func TestWithdrawalDoesNotWaitForNotices(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	w.heads.setFault(func(op, name string) (bool, bool) {
		for _, room := range []string{roomWatched, roomNotice, roomNoted, roomReceived, roomDue} {
			if len(name) > len(room) && name[:len(room)+1] == room+"/" {
				return true, false
			}
		}
		return false, false
	})
	for range 2 * endsWaiting {
		w.gate.handOver(s.Act.ID)
	}
	if err := w.stopByRoot(s); err != nil {
		t.Fatal(err)
	}
	if err := w.look(w.gate); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("looked at nothing: %v", err)
	}
	if !w.gate.behind.Load() {
		t.Error("what could not be told is not searched for again")
	}
	w.heads.setFault(nil)
	if err := w.look(w.gate); err != nil || len(w.told(w.hospital)) != 1 {
		t.Errorf("%v, told %v", err, w.told(w.hospital))
	}
}

func TestReadingNotices(t *testing.T) {
	w := newWorld(t)
	w.stopOthers(5)
	read := func(after uint64, limit int, wait time.Duration) ([]consent.ChangeNotice, error) {
		return w.gate.ChangeNotices(t.Context(), w.hospital, after, limit, wait)
	}
	for after := range uint64(6) {
		if page, err := read(after, 200, 0); err != nil || len(page) != 5-int(after) {
			t.Errorf("after %d: %d, %v", after, len(page), err)
		}
	}
	if page, err := read(1, 2, 0); err != nil || len(page) != 2 || page[0].Number != 2 {
		t.Errorf("a page: %v, %v", page, err)
	}
	for _, after := range []uint64{6, 7, 1 << 40, ^uint64(0)} {
		if page, err := read(after, 200, 0); !errors.Is(err, ErrNoSuchNotice) {
			t.Errorf("after %d: %v, %v", after, page, err)
		}
	}
	for _, limit := range []int{0, -1, 201} {
		if _, err := read(0, limit, 0); !errors.Is(err, ErrCall) {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
	for _, wait := range []time.Duration{-1, maxNoticeWait + 1} {
		if _, err := read(0, 1, wait); !errors.Is(err, ErrCall) {
			t.Errorf("wait %s: %v", wait, err)
		}
	}
	first := true
	w.heads.setFault(func(op, _ string) (bool, bool) {
		fails := op == "get" && first
		first = false
		return fails, false
	})
	if page, err := read(0, 1, maxNoticeWait); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("a store that does not answer: %v, %v", page, err)
	}
	w.heads.setFault(nil)
	if err := w.gate.putObject(t.Context(), roomNotice, w.gate.noticeName(w.hospital.ID, 6), notice{Version: objectVersion, Kind: 9}, ""); err != nil {
		t.Fatal(err)
	}
	if page, err := read(0, 200, 0); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("of a kind that nobody knows: %v, %v", page, err)
	}
}

// A number is found among many, by a replica that has seen none.
func TestTheLastNotice(t *testing.T) {
	w := newWorld(t)
	for n := range uint64(70) {
		if last, err := w.newGate().lastNotice(t.Context(), w.hospital.ID); err != nil || last != n {
			t.Fatalf("of %d: %d, %v", n, last, err)
		}
		if err := w.gate.tell(t.Context(), w.hospital.ID, notice{Kind: 1, Grant: consent.GrantID{byte(n)}}); err != nil {
			t.Fatal(err)
		}
	}
	w.failEach(inRoom(roomNotice), func() error {
		last, err := w.newGate().lastNotice(t.Context(), w.hospital.ID)
		if err == nil && last != 70 {
			t.Errorf("of 70: %d", last)
		}
		return err
	})
	w.heads.drop(w.gate.noticeName(w.hospital.ID, 70))
	if err := w.gate.tell(t.Context(), w.hospital.ID, notice{Kind: 1, Grant: consent.GrantID{99}}); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("one that was seen is gone: %v", err)
	}
}

// A notice that may or may not be there is told once all the same, when it is told again.
func TestTellingWithoutStores(t *testing.T) {
	w := newWorld(t)
	tell := func() error {
		return w.newGate().tell(t.Context(), w.hospital.ID, notice{Kind: 1, Grant: consent.GrantID{1}})
	}
	once := func() {
		t.Helper()
		if err := tell(); err != nil || len(w.told(w.hospital)) != 1 {
			t.Errorf("told %v, %v", w.told(w.hospital), err)
		}
		w.heads.restore(nil)
		w.gate = w.newGate()
	}
	w.failEach(func(string, string) bool { return true }, func() error {
		err := tell()
		w.heads.setFault(nil)
		once()
		return err
	})
	lost := false
	w.heads.setFault(func(op, name string) (before, after bool) {
		if !inRoom(roomNotice)(op, name) {
			return false, false
		}
		before, after = op == "get" && lost, op == "put"
		lost = after
		return before, after
	})
	if err := tell(); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("an answer that was lost: %v", err)
	}
	w.heads.setFault(nil)
	once()
	if err := tell(); err != nil {
		t.Fatal(err)
	}
	w.heads.plant(w.heads.only(t, roomNotice), []byte("damaged"))
	if err := tell(); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("a damaged one under its number: %v", err)
	}
}

// Whoever waits hears at once what this replica tells, and soon what another does.
func TestWaitingForNotices(t *testing.T) {
	w := newWorld(t)
	s, other := w.grant(), w.grant()
	another := w.newGate()
	for i, tell := range []func() error{
		func() error { return w.gate.tell(t.Context(), w.hospital.ID, notice{Kind: 1, Grant: s.Act.ID}) },
		func() error { return another.tell(t.Context(), w.hospital.ID, notice{Kind: 1, Grant: other.Act.ID}) },
	} {
		heard := make(chan []consent.ChangeNotice)
		go func() {
			page, _ := w.gate.ChangeNotices(t.Context(), w.hospital, uint64(i), 10, maxNoticeWait)
			heard <- page
		}()
		time.Sleep(20 * time.Millisecond)
		if err := tell(); err != nil {
			t.Fatal(err)
		}
		select {
		case page := <-heard:
			if len(page) != 1 {
				t.Errorf("heard %v", page)
			}
		case <-time.After(30 * time.Second):
			t.Fatal("not heard")
		}
	}
	begun := time.Now()
	if page, err := w.gate.ChangeNotices(t.Context(), w.hospital, 2, 10, 50*time.Millisecond); err != nil || len(page) != 0 || time.Since(begun) < 50*time.Millisecond {
		t.Errorf("nothing to hear: %v, %v after %s", page, err, time.Since(begun))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := w.gate.ChangeNotices(ctx, w.hospital, 2, 10, maxNoticeWait); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("gone: %v", err)
	}
	for range waitersAtOnce {
		if !w.gate.bell.sit(w.hospital.ID) {
			t.Fatal("may not wait")
		}
	}
	begun = time.Now()
	if _, err := w.gate.ChangeNotices(t.Context(), w.hospital, 2, 10, maxNoticeWait); err != nil || time.Since(begun) > maxNoticeWait/2 {
		t.Errorf("one too many waits: %v", err)
	}
	if !w.gate.bell.sit(w.clinic.ID) {
		t.Error("others cannot wait")
	}
}

// Where something that has to be known cannot be read, or written, looking fails, and looking
// again tells what there is to be told, once.
func TestLookingIsTriedAgain(t *testing.T) {
	long := func(w *world, _ SignedGrant) { w.pass(31 * 24 * time.Hour) }
	revoked := func(w *world, s SignedGrant) {
		w.ledger.set(s.Act.ID, func(g *consent.GrantState) { g.Status = consent.StatusRevoked })
	}
	stopped := func(w *world, s SignedGrant) { must(w.stopByRoot(s)) }
	disputed := func(w *world, _ SignedGrant) {
		w.pass(time.Minute)
		must(w.dispute(w.person, begin))
	}
	for name, c := range map[string]struct {
		end  func(*world, SignedGrant)
		op   string
		room string
		want consent.ChangeKind
	}{
		"revoked, the grant":                    {revoked, faults.Get, roomGrant, consent.ChangeRevoked},
		"revoked, the tombstone":                {revoked, faults.Put, roomTombstone, consent.ChangeRevoked},
		"stopped, the tombstone":                {stopped, faults.Get, roomTombstone, consent.ChangeWithdrawn},
		"stopped, the end of watching":          {stopped, faults.Delete, roomWatched, consent.ChangeWithdrawn},
		"over, the answer":                      {long, faults.Get, roomAnswer, consent.ChangeExpired},
		"over, the notice":                      {long, faults.Put, roomNotice, consent.ChangeExpired},
		"over, what was received":               {long, faults.Get, roomReceived, consent.ChangeExpired},
		"in dispute, the grant":                 {disputed, faults.Get, roomGrant, consent.ChangeDisputed},
		"in dispute, the head":                  {disputed, faults.Get, roomHead, consent.ChangeDisputed},
		"in dispute, the answer":                {disputed, faults.Get, roomAnswer, consent.ChangeDisputed},
		"in dispute, the ledger after the head": {disputed, "", roomHead, consent.ChangeDisputed},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			if _, err := w.release(s); err != nil {
				t.Fatal(err)
			}
			c.end(w, s)
			g := w.newGate()
			watch := newWatcher(g, func(err error) { t.Error(err) })
			w.heads.setFault(func(op, name string) (bool, bool) {
				met := strings.HasPrefix(name, c.room+"/")
				if met && c.op == "" {
					w.ledger.mu.Lock()
					defer w.ledger.mu.Unlock()
					w.ledger.errState = errBroken
				}
				return met && op == c.op, false
			})
			if err := watch.pass(t.Context(), time.Now()); !errors.Is(err, consent.ErrUnavailable) {
				t.Errorf("error %v", err)
			}
			w.heads.setFault(nil)
			w.ledger.errState = nil
			if err := watch.pass(t.Context(), time.Now()); err != nil {
				t.Errorf("again: %v", err)
			}
			if page := w.told(w.hospital); len(page) != 1 || page[0].Kind != c.want {
				t.Errorf("told %v", page)
			}
		})
	}
}

// What is handed over as ended here is told where it has ended, and the error where nobody can say.
func TestEndedHere(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	if err := w.gate.ended(t.Context(), s.Act.ID); err != nil || len(w.told(w.hospital)) != 0 {
		t.Errorf("of what stands: %v, told %v", err, w.told(w.hospital))
	}
	if err := w.stopByRoot(s); err != nil {
		t.Fatal(err)
	}
	w.failOn("get", roomWatched)
	if err := w.gate.ended(t.Context(), s.Act.ID); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("out of reach: %v", err)
	}
	w.heads.setFault(nil)
	for range 2 {
		if err := w.gate.ended(t.Context(), s.Act.ID); err != nil || len(w.told(w.hospital)) != 1 {
			t.Errorf("%v, told %v", err, w.told(w.hospital))
		}
	}
}

// What another replica has told of meanwhile is gone, and no error.
func TestGoneWhileLooking(t *testing.T) {
	w := newWorld(t)
	s := w.grant()
	name := w.gate.name(roomWatched, s.Act.ID[:])
	object := w.heads.take(name)
	watch := newWatcher(w.gate, func(err error) { t.Error(err) })
	w.heads.setFault(func(op, of string) (bool, bool) {
		if op == faults.Get && of == name { // it was listed
			w.heads.drop(name)
		}
		return false, false
	})
	if err := watch.pass(t.Context(), time.Now()); err != nil || len(watch.known) != 0 {
		t.Errorf("between its name and itself: %v, %d known", err, len(watch.known))
	}
	w.heads.setFault(nil)
	w.heads.plant(name, object)
	now := time.Now().Add(listEvery)
	if err := watch.pass(t.Context(), now); err != nil || len(watch.known) != 1 {
		t.Fatalf("%v, %d known", err, len(watch.known))
	}
	w.heads.drop(name)
	if err := watch.pass(t.Context(), now); err != nil || len(watch.known) != 0 {
		t.Errorf("since it is known: %v, %d known", err, len(watch.known))
	}
}

// The loop tells of what ends here at once, and ends with its context.
func TestTellChanges(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.gate.TellChanges(ctx, func(err error) { t.Error(err) })
	}()
	if err := w.stopByRoot(s); err != nil {
		t.Fatal(err)
	}
	page, err := w.gate.ChangeNotices(t.Context(), w.hospital, 0, 10, 4*time.Second)
	if err != nil || !slices.ContainsFunc(page, func(n consent.ChangeNotice) bool { return n.Grant == s.Act.ID && n.Kind == consent.ChangeWithdrawn }) {
		t.Errorf("%v, %v", page, err)
	}
	cancel()
	<-done
}

// One object that cannot be read keeps no other's end from being told.
func TestDamageKeepsNoOtherFromBeingTold(t *testing.T) {
	w := newWorld(t)
	for range 4 {
		w.grant()
	}
	w.heads.plant(w.heads.names(roomWatched)[0], []byte("damaged"))
	w.pass(31 * 24 * time.Hour)
	if err := w.look(w.newGate()); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("nobody hears of the damage: %v", err)
	}
	if page := w.told(w.hospital); len(page) != 3 {
		t.Errorf("%d of 3 are told", len(page))
	}
}

// What the ledger is seen to end is heard of, and nothing else is asked about: not what has
// not ended, and not again. Where the ledger cannot tell what has ended, all is asked about.
func TestEndsOnTheLedgerAreHeard(t *testing.T) {
	w := newWorld(t)
	var refs [][32]byte
	forgotten := uint64(1)
	w.ended = func(since uint64) ([][32]byte, uint64, bool) {
		next := forgotten + uint64(len(refs))
		if since < forgotten {
			return nil, next, false
		}
		return refs[since-forgotten:], next, true
	}
	g := w.newGate()
	grants := []SignedGrant{w.grant(), w.grant(), w.grant(), w.grant(), w.grant()}
	end := func(s SignedGrant, tell bool) {
		w.ledger.set(s.Act.ID, func(g *consent.GrantState) { g.Status = consent.StatusRevoked })
		if tell {
			refs = append(refs, consent.GrantRef(s.Grant.GrantKey, s.Act.ID))
		}
	}
	end(grants[0], false) // before the start
	watch := newWatcher(g, func(err error) { t.Error(err) })
	now := time.Now()
	look := func(told int) {
		t.Helper()
		now = now.Add(watchEvery)
		err := watch.pass(t.Context(), now)
		if page := w.told(w.hospital); err != nil || len(page) != told {
			t.Fatalf("%d told, want %d: %v", len(page), told, err)
		}
	}
	look(1)
	asked := w.ledger.asked
	look(1)
	look(1)
	if w.ledger.asked != asked {
		t.Errorf("asked about %d that nothing is heard of", w.ledger.asked-asked)
	}
	end(grants[1], true)
	refs = append(refs, consent.GrantRef(consent.Address{1}, grants[2].Act.ID), refs[0]) // another's, and the same again
	look(2)
	w.ledger.errState = errBroken
	end(grants[2], true)
	now = now.Add(watchEvery)
	if err := watch.pass(t.Context(), now); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("nothing was asked about: %v", err)
	}
	w.ledger.errState = nil
	look(3) // it is tried again
	end(grants[3], false)
	forgotten, refs = forgotten+uint64(len(refs))+9, nil // more has ended than it tells
	look(4)
	late := w.grant() // which this one has not listed yet
	end(late, true)
	look(4)
	now = now.Add(listEvery)
	look(5)
	if len(watch.known) != 1 || len(watch.names) != 1 || len(w.heads.names(roomWatched)) != 1 {
		t.Errorf("%d known by %d names, %d watched", len(watch.known), len(watch.names), len(w.heads.names(roomWatched)))
	}
	w.withdraw(grants[4]) // at another replica: the store has it
	now = now.Add(searchEvery)
	look(6)
	gone := w.grant()
	now = now.Add(listEvery)
	look(6)
	if len(watch.known) != 1 {
		t.Errorf("%d known", len(watch.known))
	}
	w.heads.drop(g.name(roomWatched, gone.Act.ID[:]))
	now = now.Add(listEvery)
	look(6)
	if len(watch.known) != 0 || len(watch.names) != 0 {
		t.Errorf("%d known by %d names", len(watch.known), len(watch.names))
	}
}

// Listing costs one look at what is new and nothing for what is known: there may be a million.
func TestListingReadsWhatIsNew(t *testing.T) {
	w := newWorld(t)
	w.ended = func(uint64) ([][32]byte, uint64, bool) { return nil, 1, true }
	w.filled()
	watch := newWatcher(w.newGate(), func(err error) { t.Error(err) })
	now := time.Now()
	var read int
	w.heads.setFault(func(op, _ string) (bool, bool) {
		if op == faults.Get {
			read++
		}
		return false, false
	})
	look := func() {
		t.Helper()
		read, w.ledger.asked, now = 0, 0, now.Add(listEvery)
		if err := watch.pass(t.Context(), now); err != nil {
			t.Fatal(err)
		}
	}
	look()
	if w.ledger.asked != 1 {
		t.Errorf("the ledger asked %d times of what is not disputed", w.ledger.asked)
	}
	look()
	if read != 0 || w.ledger.asked != 0 {
		t.Errorf("%d objects read, the ledger asked %d times", read, w.ledger.asked)
	}
	w.grant()
	look()
	if read == 0 || w.ledger.asked != 1 {
		t.Errorf("of a new one %d objects read, the ledger asked %d times", read, w.ledger.asked)
	}
}

// What a listing that was cut short has not come to is watched on, and looking that was ended
// is no failure of the store.
func TestLookingEndsWithItsContext(t *testing.T) {
	w := newWorld(t)
	grant := w.grant().Grant
	for n := range uint16(sweepPage) {
		if err := w.gate.keepWatch(t.Context(), consent.GrantID{1, byte(n >> 8), byte(n)}, &grant); err != nil {
			t.Fatal(err)
		}
	}
	watch := newWatcher(w.gate, func(err error) { t.Error(err) })
	if err := watch.list(t.Context()); err != nil || len(watch.known) != sweepPage+1 {
		t.Fatalf("%d known, %v", len(watch.known), err)
	}
	now := time.Now()
	watch.listed, watch.searched = now, now
	ctx, cancel := context.WithCancel(t.Context())
	w.heads.setFault(func(op, _ string) (bool, bool) {
		if op == faults.List {
			cancel()
		}
		return false, false
	})
	if err := watch.list(ctx); !errors.Is(err, context.Canceled) || len(watch.known) != sweepPage+1 {
		t.Errorf("%d known, %v", len(watch.known), err)
	}
	if err := watch.pass(ctx, now); !errors.Is(err, context.Canceled) || errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}

// Looking at what has not ended asks for no view: an embedded chain makes a block for
// whoever asks, and would make them for ever.
func TestLookingMakesNoBlocks(t *testing.T) {
	w := newWorld(t)
	w.filled()
	before := w.ledger.views
	for range 3 {
		if err := w.look(w.gate); err != nil {
			t.Fatal(err)
		}
	}
	if w.ledger.views != before {
		t.Errorf("asked for %d times", w.ledger.views-before)
	}
}
