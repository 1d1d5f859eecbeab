package ledgerref

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/faults"
)

// Whatever blocks come and go, what is remembered is what the records say.
func TestWhatIsRememberedIsWhatIsRecorded(t *testing.T) {
	c := newRandomChain(t)
	v := followFake(t, c.fakeChain, ViewConfig{Confirm: ConfirmHead})
	hits, heard := 0, newHearing(v)
	for range faults.Count(t, 400, 20_000) {
		c.change()
		if err := v.step(t.Context()); err != nil {
			t.Fatal(err)
		}
		if c.rand.IntN(3) == 0 {
			for _, w := range v.watchers() {
				if err := w.pass(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		forgetful := newForgetful(v)
		for n := range uint64(12) {
			key, id := c.keys[n%3].Address(), consent.GrantID(wordOf(n))
			if _, found := v.grants.get(id); found {
				hits++
			}
			got, want := must(v.GrantState(t.Context(), key, id)), must(forgetful.GrantState(t.Context(), key, id))
			if over := want.Status == consent.StatusWithdrawn; over && !heard.of(refOf(key, id)) {
				t.Fatalf("block %d: the end of grant %d is not heard of", v.cursor.Number, n)
			}
			if got != want {
				t.Fatalf("block %d: grant %d: %+v, recorded %+v", v.cursor.Number, n, got, want)
			}
			who := wordOf(n)
			gotKey, gotFrozen, gotErr := v.RootKey(t.Context(), who, 0)
			key, frozen, err := forgetful.RootKey(t.Context(), who, 0)
			if gotKey != key || gotFrozen != frozen || !reflect.DeepEqual(gotErr, err) {
				t.Fatalf("block %d: identity %d: %s %v, recorded %s %v", v.cursor.Number, n, gotKey, gotErr, key, err)
			}
			institution, gotErr := v.Institution(t.Context(), who)
			recorded, err := forgetful.Institution(t.Context(), who)
			if !reflect.DeepEqual(institution, recorded) || !reflect.DeepEqual(gotErr, err) {
				t.Fatalf("block %d: institution %d: %+v %v, recorded %+v %v", v.cursor.Number, n, institution, gotErr, recorded, err)
			}
		}
	}
	if hits == 0 {
		t.Error("nothing was remembered")
	}
}

// hearing follows what a view has seen end.
type hearing struct {
	view  *View
	since uint64
	ended map[[32]byte]bool
}

func newHearing(v *View) *hearing {
	_, next, _ := v.Ended(0)
	return &hearing{v, next, map[[32]byte]bool{}}
}

func (h *hearing) of(ref [32]byte) bool {
	refs, next, whole := h.view.Ended(h.since)
	for _, ref := range refs {
		h.ended[ref] = true
	}
	h.since = next
	return whole && h.ended[ref]
}

// newForgetful is a view over the same records that remembers nothing.
func newForgetful(v *View) *View {
	forgetful := &View{
		chain: v.chain, config: v.config, db: v.db, now: v.now, cursor: v.cursor, institutions: v.institutions,
		grants: newCache[knownGrant](), identities: newCache[identityRecord](), standing: newCache[knownInstitution](),
	}
	forgetful.head.Store(v.head.Load())
	return forgetful
}

// Only so many ends are told one by one; past them it is said that they are not all.
func TestEndsThatAreTooMany(t *testing.T) {
	v := new(View)
	v.forgotten = 1
	_, first, whole := v.Ended(0)
	if whole {
		t.Error("what was before the start is known")
	}
	for n := range uint64(maxEnded) {
		v.end(wordOf(n))
	}
	refs, next, whole := v.Ended(first)
	if !whole || len(refs) != maxEnded || refs[7] != wordOf(7) {
		t.Errorf("%d of %d, whole: %v", len(refs), maxEnded, whole)
	}
	v.end(wordOf(maxEnded))
	if refs, _, whole := v.Ended(next); !whole || len(refs) != 1 || refs[0] != wordOf(maxEnded) {
		t.Errorf("the last: %d, whole: %v", len(refs), whole)
	}
	for _, since := range []uint64{0, first, next + 2, ^uint64(0)} {
		if refs, _, whole := v.Ended(since); whole || len(refs) != 0 {
			t.Errorf("since %d: %d, whole: %v", since, len(refs), whole)
		}
	}
}

// randomChain is a chain to which anything may happen.
type randomChain struct {
	*fakeChain
	rand *rand.Rand
	keys []*Account
}

func newRandomChain(t *testing.T) *randomChain {
	c := &randomChain{fakeChain: newFakeChain(), rand: faults.Rand(t)}
	for n := range 3 {
		secret := wordOf(uint64(n) + 1)
		c.keys = append(c.keys, must(AccountFromBytes(secret[:])))
	}
	return c
}

// change takes blocks out, or not, and adds as many and one.
func (c *randomChain) change() {
	blocks := 1
	if deep := c.rand.IntN(6); deep < 4 && len(c.blocks) > deep+1 {
		c.fork(deep)
		blocks += deep
	}
	for range blocks {
		c.act()
	}
}

func (c *randomChain) act() {
	grant := c.rand.Uint64N(12)
	key, id := c.keys[grant%3], consent.GrantID(wordOf(grant))
	who, other := wordOf(c.rand.Uint64N(12)), wordOf(c.rand.Uint64N(12))
	institutions := func(name string, topics ...[32]byte) types.Log {
		log := event(fakeAddresses.Institutions, institutionRegistry.GetABI().Events[name].ID, who)
		for _, topic := range topics {
			log.Topics = append(log.Topics, common.Hash(topic))
		}
		return log
	}
	switch c.rand.IntN(8) {
	case 0, 1:
		c.mine(grantedLog(key.Address(), id, 86400))
	case 2:
		c.mine(withdrawnLog(key.Address(), id)) // whose signature nobody has seen
	case 3:
		at := c.mine(withdrawnLog(key.Address(), id))
		if c.rand.IntN(10) == 0 { // for ever, once it is seen
			_, c.calldata[c.blocks[at].Hash()] = pack(fakeAddresses, consent.ActWithdraw, []queued{{act: withdrawAct(fakeAddresses, key, id)}})
		}
	case 4:
		c.mine(keyLog("Registered", who, consent.Address{byte(c.rand.Uint32())}))
	case 5:
		c.mine(event(fakeAddresses.Keys, keyRegistry.GetABI().Events["RecoveryStarted"].ID, who, wordOf(0), wordOfAddress(consent.Address{8}), [32]byte{}, wordOf(5)))
	case 6:
		c.mine(institutions([]string{"Suspended", "SuspensionLifted"}[c.rand.IntN(2)], other))
	default:
		c.mine()
	}
}
