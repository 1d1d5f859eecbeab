package ledgerref

import (
	"errors"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/faults"
)

// wait puts an act into the pool; the next block has it.
func wait(t *testing.T, act consent.Act) {
	t.Helper()
	to, data := pack(w.chain.addresses, act.Kind, []queued{{act: act}})
	w.node.Call(t, nil, "eth_sendTransaction", map[string]any{"from": w.operator.address(), "to": to, "data": hexutil.Bytes(data), "gas": hexutil.Uint64(maxGas / 4)})
}

// However many blocks are taken out, up to as many as a network may: a grant goes with its
// block, one before them stands, and a withdrawal in any of them counts for ever.
func TestReorganisationsOfEveryDepth(t *testing.T) {
	onAnvil(t, "--slots-in-an-epoch", "1000")
	w.node.Call(t, nil, "evm_setAutomine", false)
	a, key, random := w.chain.addresses, account(t), faults.Rand(t)
	id := func() (id consent.GrantID) {
		for i := range id {
			id[i] = byte(random.Uint32())
		}
		return id
	}
	later := ViewConfig{Confirm: ConfirmHead, now: func() time.Time { return time.Now().Add(24 * time.Hour) }} // than blocks made at once are dated
	v := stepped(t, later, w.client, nil)
	var standing []consent.GrantID
	for depth := 1; depth <= 64; depth++ {
		stopped, goes, comes := id(), id(), id()
		wait(t, grantAct(a, key, stopped))
		w.node.Mine(t, 1)
		revert := w.node.Snapshot(t)
		before := random.IntN(depth) // blocks, of those that will go
		w.node.Mine(t, before)
		wait(t, grantAct(a, key, goes))
		wait(t, withdrawAct(a, key, stopped))
		w.node.Mine(t, depth-before)
		step(t, v)
		if err := look(t, v); err != nil {
			t.Fatal(err)
		}
		if got := status(t, v, key.Address(), goes); got != consent.StatusGiven {
			t.Fatalf("depth %d: %s before", depth, got)
		}

		revert()
		w.node.Call(t, nil, "evm_increaseTime", 1) // others, not the same
		wait(t, grantAct(a, key, comes))
		w.node.Mine(t, 1+random.IntN(depth+1)) // fewer than before, or more
		step(t, v)
		step(t, v)
		if err := look(t, v); err != nil {
			t.Fatal(err)
		}
		standing = append(standing, comes)
		if got := status(t, v, key.Address(), goes); got != consent.StatusUnknown {
			t.Errorf("depth %d: a grant is %s without its block", depth, got)
		}
		for _, one := range standing {
			if got := status(t, v, key.Address(), one); got != consent.StatusGiven {
				t.Errorf("depth %d: a grant that stands is %s", depth, got)
			}
		}
		state := must(v.GrantState(t.Context(), key.Address(), stopped))
		if state.Status != consent.StatusWithdrawn || state.Withdrawal != withdrawAct(a, key, stopped).Signature {
			t.Errorf("depth %d: a withdrawal was taken back: %+v", depth, state)
		}
		if confirmed := must(v.grantState(refOf(key.Address(), stopped))); confirmed.Status != consent.StatusGiven {
			t.Errorf("depth %d: the chain's word is %s", depth, confirmed.Status)
		}
	}
	sameProjection(t, v, stepped(t, later, w.client, nil))
}

// An hour by the view's clock, minute by minute: what is known grows as old, so that nothing
// leaves for longer than the bound, and everything is there once the chain is.
func TestAnHourWithoutTheChain(t *testing.T) {
	for name, down := range map[string]struct {
		without func(t *testing.T, g *gate)
		fails   bool
		onWay   bool
	}{
		"its endpoint is down":        {without: func(_ *testing.T, g *gate) { g.shut() }, fails: true},
		"it makes no blocks":          {without: func(*testing.T, *gate) {}},
		"its endpoint is down, polls": {without: func(_ *testing.T, g *gate) { g.shut() }, fails: true, onWay: true},
	} {
		t.Run(name, func(t *testing.T) {
			onAnvil(t, "--slots-in-an-epoch", "1000")
			a, key, g := w.chain.addresses, account(t), newGate(t)
			var ahead time.Duration
			now := func() time.Time { return time.Now().Add(ahead) }
			stands, comes := consent.GrantID(random()), consent.GrantID(random())
			carry(t, grantAct(a, key, stands))
			v := stepped(t, ViewConfig{Confirm: ConfirmHead, OnDemand: down.onWay, now: now}, g.Client, nil)
			if age := must(v.View(t.Context())).Age; age > 30*time.Second {
				t.Fatalf("age %v at the beginning", age)
			}
			down.without(t, g)
			for minute := 1; minute <= 60; minute++ {
				ahead = time.Duration(minute) * time.Minute
				if err := v.step(soon(t)); (err != nil) != down.fails {
					t.Fatalf("minute %d: %v", minute, err)
				}
				if age := must(v.View(t.Context())).Age; age < ahead-time.Second {
					t.Fatalf("minute %d: age %v", minute, age)
				}
			}
			if down.fails {
				g.open(t)
			}
			carry(t, grantAct(a, key, comes))
			w.node.Call(t, nil, "evm_increaseTime", 3600)
			carry(t, withdrawAct(a, key, stands))
			step(t, v)
			if age := must(v.View(t.Context())).Age; age > 30*time.Second {
				t.Errorf("age %v with the chain again", age)
			}
			for id, want := range map[consent.GrantID]consent.Status{stands: consent.StatusWithdrawn, comes: consent.StatusGiven} {
				if got := status(t, v, key.Address(), id); got != want {
					t.Errorf("%s after the hour, want %s", got, want)
				}
			}
		})
	}
}

// Another network in the place of the one that was followed, with the same contracts at the
// same addresses, which anybody can make: nothing of it counts.
func TestAnotherChainInItsPlace(t *testing.T) {
	onAnvil(t, "--slots-in-an-epoch", "1000")
	mine, key, id := w, account(t), consent.GrantID(random())
	v := stepped(t, ViewConfig{Confirm: ConfirmHead}, mine.client, nil)
	onAnvil(t, "--slots-in-an-epoch", "1000", "--chain-id", "4242")
	if ours, theirs := mine.chain.addresses, w.chain.addresses; ours.Consent != theirs.Consent || ours.ChainID == theirs.ChainID {
		t.Fatalf("%+v and %+v", ours, theirs)
	}
	carry(t, grantAct(w.chain.addresses, key, id))
	w.node.Mine(t, 100)
	v.source = endpoint{w.client}
	for range 3 {
		if err := v.step(soon(t)); !errors.Is(err, ErrForeignChain) {
			t.Errorf("followed: %v", err)
		}
	}
	if got := status(t, v, key.Address(), id); got != consent.StatusUnknown {
		t.Errorf("a grant of another chain is %s", got)
	}
	if _, err := Open(soon(t), w.client, mine.chain.addresses); !errors.Is(err, ErrForeignChain) {
		t.Errorf("opened: %v", err)
	}
}
