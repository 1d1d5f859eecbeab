package ledgerref

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/wrapious/wrappy/consent"
)

func TestReorganisationIsUnwound(t *testing.T) {
	key, stays, goes, moves := consent.Address{9}, consent.GrantID{1}, consent.GrantID{2}, consent.GrantID{3}
	person, tls, institution := consent.IdentityID{4}, [32]byte{5}, consent.InstitutionID{6}
	f := newFakeChain()
	v := followFake(t, f, ViewConfig{Confirm: ConfirmHead})
	f.mine(grantedLog(key, stays, 86400), keyLog("Registered", person, consent.Address{1}))
	f.mine()
	f.mine(grantedLog(key, goes, 86400), grantedLog(key, moves, 86400), withdrawnLog(key, stays))
	f.mine(keyLog("KeyChanged", person, consent.Address{2}), tlsLog("TlsKeyAdded", institution, tls))
	if err := v.step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if status(t, v, key, goes) != consent.StatusGiven || status(t, v, key, stays) != consent.StatusWithdrawn || len(v.tlsKeys) != 1 {
		t.Fatal("not followed")
	}

	f.fork(2)
	f.mine()
	f.mine(grantedLog(key, moves, 86400))
	f.mine(keyLog("KeyChanged", person, consent.Address{3}))
	if err := v.step(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		name string
		id   consent.GrantID
		want consent.GrantState
	}{
		{"granted before the fork, its withdrawal undone", stays, consent.GrantState{Status: consent.StatusGiven, GrantedAt: 1001, Block: 1, Expires: 86400}},
		{"granted only on the old side", goes, consent.GrantState{Status: consent.StatusUnknown}},
		{"granted in another block", moves, consent.GrantState{Status: consent.StatusGiven, GrantedAt: 1004, Block: 4, Expires: 86400}},
	} {
		if got := must(v.GrantState(t.Context(), key, want.id)); got != want.want {
			t.Errorf("%s: %+v, want %+v", want.name, got, want.want)
		}
	}
	for block, want := range map[uint64]consent.Address{0: {3}, 1: {1}, 4: {1}, 5: {3}} {
		if got := must(keyOfIdentity(v, person, block)); got != want {
			t.Errorf("key at block %d: %s, want %s", block, got, want)
		}
	}
	if _, err := v.InstitutionByKeyHash(t.Context(), tls); !errors.Is(err, consent.ErrUnknownInstitution) || len(v.tlsKeys) != 0 {
		t.Errorf("a TLS key added only on the old side: %v", err)
	}

	// the same as a view that never saw the old side
	sameProjection(t, v, followFake(t, f, ViewConfig{Confirm: ConfirmHead}))
}

func TestUnwindingEnds(t *testing.T) {
	tests := []struct {
		name   string
		blocks int
		final  uint64
		depth  int
		want   error
	}{
		{"within the ring", 300, 0, 200, nil},
		{"beyond the ring", 300, 0, 260, ErrRolledBack},
		{"down to the final block", 40, 30, 10, nil},
		{"into the final blocks", 40, 30, 11, ErrRolledBack},
		{"into final blocks that were followed one by one", 10, 8, 3, ErrRolledBack},
		{"to before the first deployment", 40, 0, 40, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFakeChain()
			v := followFake(t, f, ViewConfig{Confirm: ConfirmHead})
			for range test.blocks {
				f.mine()
			}
			f.final = test.final
			if err := v.step(t.Context()); err != nil {
				t.Fatal(err)
			}
			f.final = 0
			f.fork(test.depth)
			for range test.depth + 1 {
				f.mine()
			}
			if err := v.step(t.Context()); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

// A view that meets a rollback while it runs stops, and every method says so.
func TestRollbackStopsARunningView(t *testing.T) {
	f := newFakeChain()
	v := followFake(t, f, ViewConfig{Confirm: ConfirmHead})
	for range 5 {
		f.mine()
	}
	f.final = 5
	if err := v.step(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.fork(3)
	f.final = 0
	for range 4 {
		f.mine()
	}
	ctx := soon(t) // a view that does not stop must fail here, not hang
	waiter := make(chan error, 1)
	go func() { waiter <- v.AwaitBlock(ctx, 1000) }()
	v.running.Add(1)
	v.follow(ctx) // returns because it stops
	if err := <-waiter; !errors.Is(err, ErrRolledBack) || !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("who waits is told: %v", err)
	}
	for name, err := range map[string]error{
		"GrantState": second(v.GrantState(ctx, consent.Address{}, consent.GrantID{})), "View": second(v.View(ctx)), "Err": v.Err(),
		"RootKey": second(keyOfIdentity(v, consent.IdentityID{}, 0)), "Institution": second(v.Institution(ctx, consent.InstitutionID{})),
		"InstitutionByKeyHash": second(v.InstitutionByKeyHash(ctx, [32]byte{})), "Institutions": second(v.Institutions(ctx)),
	} {
		if !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("%s of a stopped view: %v", name, err)
		}
	}
}

func TestLagAndDisagreement(t *testing.T) {
	key, id := consent.Address{9}, consent.GrantID{1}
	f := newFakeChain()
	v := followFake(t, f, ViewConfig{Confirm: ConfirmHead})
	f.mine()
	f.mine(grantedLog(key, id, 86400))
	if err := v.step(t.Context()); err != nil {
		t.Fatal(err)
	}
	whole := f.blocks
	f.blocks = whole[:2] // the node answers from before
	if err := v.step(t.Context()); !errors.Is(err, errBehind) || status(t, v, key, id) != consent.StatusGiven {
		t.Errorf("a node that lags: %v, %s", err, status(t, v, key, id))
	}
	if age := v.head.Load(); age != whole[2].Time {
		t.Errorf("the head's time went back to %d", age)
	}
	f.blocks = whole

	other := newFakeChain()
	other.salt = 7
	other.mine()
	other.mine()
	v.second = other
	f.mine()
	if err := v.step(t.Context()); !errors.Is(err, errDisagree) {
		t.Errorf("two sources disagree: %v", err)
	}
	if view := must(v.View(t.Context())); view.Block != 2 || view.Time != whole[2].Time {
		t.Errorf("followed to %d in disagreement", view.Block)
	}
	v.second = &fakeChain{blocks: f.blocks[:3], logs: f.logs, receipts: f.receipts} // agrees, one block behind
	f.mine(withdrawnLog(key, id))
	if err := v.step(t.Context()); err != nil || must(v.View(t.Context())).Block != 2 {
		t.Errorf("followed past what both have: %v", err)
	}
	v.second = f
	if err := v.step(t.Context()); err != nil || status(t, v, key, id) != consent.StatusWithdrawn {
		t.Errorf("when both agree again: %v", err)
	}
	f.unanswered = errors.New("overloaded")
	f.mine(grantedLog(key, consent.GrantID{8}, 86400))
	before := v.head.Load()
	if err := v.step(t.Context()); err == nil || v.head.Load() != before {
		t.Errorf("a head whose logs cannot be read made the view fresh: %v", err)
	}
}

func TestConfirmation(t *testing.T) {
	for confirm, want := range map[Confirmation]uint64{ConfirmSafe: 8, ConfirmFinalized: 5, ConfirmHead: 10} {
		t.Run(fmt.Sprint(confirm), func(t *testing.T) {
			f := newFakeChain()
			for range 10 {
				f.mine()
			}
			f.final, f.safe = 5, 8
			v := followFake(t, f, ViewConfig{Confirm: confirm})
			if view := must(v.View(t.Context())); view.Block != want || view.Time != f.blocks[10].Time {
				t.Errorf("confirmed block %d at time %d, want %d at the head's", view.Block, view.Time, want)
			}
		})
	}
}

func TestRanges(t *testing.T) {
	for _, test := range []struct {
		name   string
		widest uint64
		lies   bool
	}{{"any width", 0, false}, {"few blocks at a time", 7, false}, {"one block at a time", 1, false}, {"logs without time", 0, true}} {
		t.Run(test.name, func(t *testing.T) {
			f := newFakeChain()
			f.lies = test.lies
			for i := range 200 {
				f.mine(grantedLog(consent.Address{1}, consent.GrantID{byte(i), 1}, 86400))
			}
			f.final, f.widest = 190, test.widest
			v := followFake(t, f, ViewConfig{Confirm: ConfirmHead})
			if f.ranges == 0 {
				t.Error("no range was asked for")
			}
			for i := range 200 {
				want := consent.GrantState{Status: consent.StatusGiven, GrantedAt: 1001 + uint64(i), Block: uint64(i) + 1, Expires: 86400}
				if got := must(v.GrantState(t.Context(), consent.Address{1}, consent.GrantID{byte(i), 1})); got != want {
					t.Fatalf("grant of block %d: %+v", i+1, got)
				}
			}
		})
	}
}

func TestLogsThatAreNobodysWord(t *testing.T) {
	key, id := consent.Address{9}, consent.GrantID{1}
	elsewhere := grantedLog(key, id, 86400)
	elsewhere.Address = common.Address{77}
	misplaced := grantedLog(key, id, 86400)
	misplaced.Address = common.Address(fakeAddresses.Keys)
	f := newFakeChain()
	v := followFake(t, f, ViewConfig{Confirm: ConfirmHead})
	f.mine(elsewhere, misplaced, types.Log{Address: common.Address(fakeAddresses.Consent)})
	if err := v.step(t.Context()); err != nil || status(t, v, key, id) != consent.StatusUnknown {
		t.Errorf("%s, %v", status(t, v, key, id), err)
	}

	// a withdrawal is terminal whatever a source says later
	f.mine(withdrawnLog(key, id))
	f.mine(grantedLog(key, id, 86400), event(fakeAddresses.Consent, consentLedger.GetABI().Events["Revoked"].ID, refOf(key, id)))
	if err := v.step(t.Context()); err != nil || status(t, v, key, id) != consent.StatusWithdrawn {
		t.Errorf("after a withdrawal: %s, %v", status(t, v, key, id), err)
	}

	// a damaged log does not pass as nothing
	broken := grantedLog(key, consent.GrantID{2}, 86400)
	broken.Data = broken.Data[:31]
	f.mine(broken)
	if err := v.step(t.Context()); err == nil || v.cursor.Number == 4 {
		t.Error("a log that cannot be read was passed over")
	}
}

func TestFreezingAndRotation(t *testing.T) {
	person := consent.IdentityID{4}
	f := newFakeChain()
	v := followFake(t, f, ViewConfig{Confirm: ConfirmHead})
	frozenNow := func() bool {
		_, frozen, err := v.RootKey(t.Context(), person, 0)
		return must(frozen, err)
	}
	started := event(fakeAddresses.Keys, keyRegistry.GetABI().Events["RecoveryStarted"].ID, person, wordOf(0), wordOfAddress(consent.Address{8}), [32]byte{}, wordOf(5))
	cancelled := event(fakeAddresses.Keys, keyRegistry.GetABI().Events["RecoveryCancelled"].ID, person, wordOf(0))
	completed := event(fakeAddresses.Keys, keyRegistry.GetABI().Events["RecoveryCompleted"].ID, person)
	for _, step := range []struct {
		logs []types.Log
		want bool
		key  consent.Address
	}{
		{[]types.Log{keyLog("Registered", person, consent.Address{1})}, false, consent.Address{1}},
		{[]types.Log{started}, true, consent.Address{1}},
		{[]types.Log{cancelled}, false, consent.Address{1}},
		{[]types.Log{started}, true, consent.Address{1}},
		{[]types.Log{keyLog("KeyChanged", person, consent.Address{7}), keyLog("KeyChanged", person, consent.Address{8}), completed}, false, consent.Address{8}},
	} {
		f.mine(step.logs...)
		if err := v.step(t.Context()); err != nil {
			t.Fatal(err)
		}
		if frozenNow() != step.want || must(keyOfIdentity(v, person, 0)) != step.key {
			t.Errorf("after block %d: frozen %v", v.cursor.Number, frozenNow())
		}
	}
	if got := must(keyOfIdentity(v, person, 4)); got != (consent.Address{1}) {
		t.Errorf("the key before the recovery: %s", got)
	}
}

// A source's absurd time must never make the view fresh.
func TestAbsurdTimes(t *testing.T) {
	for _, seconds := range []uint64{0, 1 << 40, 1<<63 - 1, 1 << 63, ^uint64(0)} {
		f := newFakeChain()
		v := followFake(t, f, ViewConfig{Confirm: ConfirmHead})
		f.mine()
		f.blocks[1].Time = seconds
		if err := v.step(t.Context()); err != nil {
			t.Fatal(err)
		}
		if view, err := v.View(t.Context()); err == nil && view.Age < time.Minute {
			t.Errorf("head at %d: age %v", seconds, view.Age)
		}
	}
}

func TestAgeOnDemand(t *testing.T) {
	f := newFakeChain() // its head is decades old
	for onDemand, want := range map[bool]bool{true: true, false: false} {
		v := followFake(t, f, ViewConfig{Confirm: ConfirmHead, OnDemand: onDemand})
		if view := must(v.View(t.Context())); (view.Age < time.Minute) != want {
			t.Errorf("on demand %v: age %v", onDemand, view.Age)
		}
	}
	var ahead time.Duration
	v := followFake(t, f, ViewConfig{Confirm: ConfirmHead, OnDemand: true, now: func() time.Time { return time.Now().Add(ahead) }})
	ahead = 2 * time.Minute // and no good poll since
	if view := must(v.View(t.Context())); view.Age < time.Minute {
		t.Errorf("age %v without a poll for two minutes", view.Age)
	}
}

// Anybody may register under any bytes: they must neither stop the view nor turn
// the text around them.
func TestHostileNames(t *testing.T) {
	f := newFakeChain()
	v := followFake(t, f, ViewConfig{Confirm: ConfirmHead})
	registered := institutionRegistry.GetABI().Events["InstitutionRegistered"]
	for i, test := range []struct{ name, want string }{
		{"Klinik Ümit ☂", "Klinik Ümit ☂"},
		{"می\u200cخواهم", "می\u200cخواهم"}, // its non-joiner belongs to it
		{"\xff\xfe\x80", "\uFFFD\uFFFD\uFFFD"},
		{"a\x00b\nc\x1b[31m", "a\uFFFDb\uFFFDc\uFFFD[31m"},
		{"good \u202elatipsoh", "good \uFFFDlatipsoh"},
	} {
		id := consent.InstitutionID{byte(i + 1)}
		data, err := registered.Inputs.NonIndexed().Pack(common.Address{}, common.Address{}, uint8(2), [2]byte{'K', 'E'}, [32]byte{}, test.name)
		if err != nil {
			t.Fatal(err)
		}
		f.mine(types.Log{Address: common.Address(fakeAddresses.Institutions), Topics: []common.Hash{registered.ID, common.Hash(id)}, Data: data})
		f.mine(event(fakeAddresses.Institutions, institutionRegistry.GetABI().Events["SealingKeyChanged"].ID, id, [32]byte{1})) // reads the record back
		if err := v.step(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := must(v.Institution(t.Context(), id)); got.Name != test.want {
			t.Errorf("%q is kept as %q, want %q", test.name, got.Name, test.want)
		}
	}
}
