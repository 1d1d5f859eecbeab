package ledgerref

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/wrapious/wrappy/consent"
)

// step steps a view that must be able to.
func step(t *testing.T, v *View) {
	t.Helper()
	if err := v.step(soon(t)); err != nil {
		t.Fatal(err)
	}
}

// A grant does not count before its block is confirmed as configured.
func TestConfirmationOnAnvil(t *testing.T) {
	onAnvil(t, "--slots-in-an-epoch", "3") // safe is 3 blocks behind the head, finalized 6
	for name, test := range map[string]struct {
		confirm Confirmation
		behind  int
	}{"head": {ConfirmHead, 0}, "safe": {ConfirmSafe, 3}, "finalized": {ConfirmFinalized, 6}} {
		t.Run(name, func(t *testing.T) {
			v := stepped(t, ViewConfig{Confirm: test.confirm}, w.client, nil)
			key, id := account(t), consent.GrantID(random())
			carry(t, grantAct(w.chain.addresses, key, id))
			for blocks := range test.behind {
				step(t, v)
				if got := status(t, v, key.Address(), id); got != consent.StatusUnknown {
					t.Fatalf("%s with %d blocks upon it", got, blocks)
				}
				w.node.Mine(t, 1)
			}
			step(t, v)
			if got := status(t, v, key.Address(), id); got != consent.StatusGiven {
				t.Errorf("%s with %d blocks upon it", got, test.behind)
			}
		})
	}
}

// Blocks out, others in.
func TestReorganisationOnAnvil(t *testing.T) {
	onAnvil(t, "--slots-in-an-epoch", "1000") // nothing is final
	a := w.chain.addresses
	v := stepped(t, ViewConfig{Confirm: ConfirmHead}, w.client, nil)
	o, registration := organise(t, "Clinic", consent.KindClinic)
	other, otherRegistration := organise(t, "School", consent.KindSchool)
	block, err := NewTransactor(w.chain, w.operator).RegisterInstitutions(soon(t), registration, otherRegistration)
	follow(t)(block, err)
	key, stays, goes, comes := account(t), consent.GrantID(random()), consent.GrantID(random()), consent.GrantID(random())
	carry(t, grantAct(a, key, stays))
	step(t, v)

	revert := w.node.Snapshot(t)
	carry(t, grantAct(a, key, goes))
	out := o.addKey(t)
	if _, err := NewTransactor(w.chain, w.operator).AddTLSKey(soon(t), out); err != nil {
		t.Fatal(err)
	}
	w.node.Mine(t, 3)
	step(t, v)
	outHash := must(KeyHash(&o.tls.PublicKey))
	if _, err := v.InstitutionByKeyHash(t.Context(), outHash); err != nil || status(t, v, key.Address(), goes) != consent.StatusGiven {
		t.Fatalf("not followed: %v", err)
	}

	revert()
	carry(t, grantAct(a, key, comes))
	if _, err := NewTransactor(w.chain, w.operator).AddTLSKey(soon(t), other.addKey(t)); err != nil {
		t.Fatal(err)
	}
	w.node.Mine(t, 1) // a shorter chain than before
	for range 2 {
		step(t, v)
	}
	for name, want := range map[consent.GrantID]consent.Status{stays: consent.StatusGiven, goes: consent.StatusUnknown, comes: consent.StatusGiven} {
		if got := status(t, v, key.Address(), name); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if _, err := v.InstitutionByKeyHash(t.Context(), outHash); !errors.Is(err, consent.ErrUnknownInstitution) {
		t.Errorf("the key of a block taken out: %v", err)
	}
	if got, err := v.InstitutionByKeyHash(t.Context(), must(KeyHash(&other.tls.PublicKey))); err != nil || got.ID != other.id {
		t.Errorf("the key of a block put in: %v", err)
	}
	sameProjection(t, v, stepped(t, ViewConfig{Confirm: ConfirmHead}, w.client, nil))

	// anvil's own reorganisation: the newest blocks anew, empty
	w.node.Reorganise(t, 3)
	step(t, v)
	if got := status(t, v, key.Address(), comes); got != consent.StatusUnknown {
		t.Errorf("%s after its block was made anew without it", got)
	}
}

func TestReorganisationBeyondTheRing(t *testing.T) {
	onAnvil(t, "--slots-in-an-epoch", "1000")
	v := stepped(t, ViewConfig{Confirm: ConfirmHead}, w.client, nil)
	for _, test := range []struct {
		depth int
		want  error
	}{{ringLength / 2, nil}, {ringLength + 10, ErrRolledBack}} {
		revert := w.node.Snapshot(t)
		w.node.Mine(t, test.depth)
		step(t, v)
		revert()
		w.node.Call(t, nil, "evm_increaseTime", 7) // others, not the same
		w.node.Mine(t, test.depth+1)
		if err := v.step(soon(t)); !errors.Is(err, test.want) {
			t.Errorf("%d blocks out: %v, want %v", test.depth, err, test.want)
		}
	}
}

// forwarder is the code of a contract that passes every call on to another.
func forwarder(to common.Address) []byte {
	code := common.FromHex("60218060093d393df3" + "363d3d37" + "3d3d363d3d73")
	return append(append(code, to[:]...), common.FromHex("5af100")...)
}

// A withdrawal in any block counts, for ever, whatever the chain says later.
func TestWithdrawalsOutliveReorganisations(t *testing.T) {
	onAnvil(t, "--slots-in-an-epoch", "1000") // safe and finalized are far behind
	a, key := w.chain.addresses, account(t)
	var ids [6]consent.GrantID
	var grants []consent.Act
	for i := range ids {
		ids[i] = random()
		grants = append(grants, grantAct(a, key, ids[i]))
	}
	carry(t, grants...)
	alone, first, second, relayed, untouched, again := ids[0], ids[1], ids[2], ids[3], ids[4], ids[5]
	ledger := common.Address(a.Consent)
	through := call(t, nil, forwarder(ledger))
	dir := t.TempDir()
	v := stepped(t, ViewConfig{Dir: dir, Confirm: ConfirmHead}, w.client, nil)

	revert := w.node.Snapshot(t)
	signature := withdrawAct(a, key, alone).Signature
	call(t, &ledger, consentLedger.PackWithdraw(common.Address(key.Address()), alone, signature[:]))
	carry(t, withdrawAct(a, key, first), withdrawAct(a, key, second))
	_, data := pack(a, consent.ActWithdraw, []queued{{act: withdrawAct(a, key, relayed)}})
	call(t, &through, data)
	step(t, v)
	if got := must(v.GrantState(t.Context(), key.Address(), relayed)); got.Status != consent.StatusWithdrawn || got.Withdrawal != (consent.Signature{}) {
		t.Errorf("a withdrawal through another contract, confirmed: %+v", got)
	}
	if err := look(t, v); err != nil {
		t.Fatal(err)
	}
	revert()
	w.node.Call(t, nil, "evm_increaseTime", 7)
	carry(t, withdrawAct(a, key, again)) // in a block of a number that was looked at before
	w.node.Mine(t, 1)
	step(t, v)
	if err := look(t, v); err != nil {
		t.Fatal(err)
	}

	check := func(t *testing.T, v *View) {
		t.Helper()
		for id, withdrawn := range map[consent.GrantID]bool{alone: true, first: true, second: true, again: true, relayed: false, untouched: false} {
			state := must(v.GrantState(t.Context(), key.Address(), id))
			want := consent.GrantState{Status: consent.StatusGiven, GrantedAt: state.GrantedAt, Block: state.Block, Expires: state.Expires}
			if withdrawn {
				want.Status, want.Withdrawal = consent.StatusWithdrawn, withdrawAct(a, key, id).Signature
			}
			if state != want || state.Expires == 0 {
				t.Errorf("%+v, want %+v", state, want)
			}
			confirmed := must(v.grantState(refOf(key.Address(), id)))
			if (confirmed.Status == consent.StatusWithdrawn) != (id == again) {
				t.Errorf("the chain's word: %s", confirmed.Status)
			}
		}
		// who relays must send it again: the chain does not have it
		if shown, err := v.shows(withdrawAct(a, key, alone)); shown || err != nil {
			t.Errorf("a withdrawal that the chain lost is taken for done: %v", err)
		}
	}
	check(t, v)
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	check(t, stepped(t, ViewConfig{Dir: dir, Confirm: ConfirmHead}, w.client, nil))
}

// Before it is confirmed, and by a view that runs.
func TestWithdrawalCountsUnconfirmed(t *testing.T) {
	onAnvil(t, "--slots-in-an-epoch", "4")
	a, key, id := w.chain.addresses, account(t), consent.GrantID(random())
	carry(t, grantAct(a, key, id))
	w.node.Mine(t, 8)
	v := must(Follow(soon(t), w.chain, ViewConfig{Dir: filepath.Join(t.TempDir(), "v"), Confirm: ConfirmFinalized, Poll: 20 * time.Millisecond}))
	defer func() { _ = v.Close() }()
	if got := status(t, v, key.Address(), id); got != consent.StatusGiven {
		t.Fatal(got)
	}
	carry(t, withdrawAct(a, key, id))
	state := consent.GrantState{}
	for ctx := soon(t); ; {
		changed := v.Changed() // before the look, so that none is missed
		if state = must(v.GrantState(ctx, key.Address(), id)); state.Withdrawal != (consent.Signature{}) {
			break
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatal("not seen")
		}
	}
	if state.Status != consent.StatusWithdrawn || state.Withdrawal != withdrawAct(a, key, id).Signature {
		t.Errorf("%+v", state)
	}
}

// Where blocks are made only on demand, what is known is as old as the last answer.
func TestOnDemandOnAnvil(t *testing.T) {
	onAnvil(t)
	var ahead time.Duration
	now := func() time.Time { return time.Now().Add(ahead) }
	onDemand := stepped(t, ViewConfig{Confirm: ConfirmHead, OnDemand: true, now: now}, w.client, nil)
	regular := stepped(t, ViewConfig{Confirm: ConfirmHead, now: now}, w.client, nil)
	w.node.Call(t, nil, "evm_setAutomine", false)
	key, id := account(t), consent.GrantID(random())
	to, data := pack(w.chain.addresses, consent.ActGrant, []queued{{act: grantAct(w.chain.addresses, key, id)}})
	w.node.Call(t, nil, "eth_sendTransaction", map[string]any{"from": w.operator.address(), "to": to, "data": fmt.Sprintf("0x%x", data), "gas": "0x100000"})
	ahead = 10 * time.Minute
	for _, v := range []*View{onDemand, regular} {
		step(t, v)
		if got := status(t, v, key.Address(), id); got != consent.StatusUnknown {
			t.Errorf("%s before a block was made", got)
		}
	}
	if age := must(onDemand.View(t.Context())).Age; age > time.Minute {
		t.Errorf("age %v right after a poll", age)
	}
	if age := must(regular.View(t.Context())).Age; age < 9*time.Minute {
		t.Errorf("age %v without a block for ten minutes", age)
	}
	w.node.Mine(t, 1)
	step(t, onDemand)
	if got := status(t, onDemand, key.Address(), id); got != consent.StatusGiven {
		t.Errorf("%s once a block was made", got)
	}
	ahead = 20 * time.Minute
	silent := newLiar(t)
	onDemand.source = endpoint{silent.Client}
	silent.lie(func(string, []byte, []byte) []byte { return []byte("null") })
	if err := onDemand.step(soon(t)); err == nil {
		t.Error("a step without an answer")
	}
	if age := must(onDemand.View(t.Context())).Age; age < 9*time.Minute {
		t.Errorf("age %v without an answer for ten minutes", age)
	}
}
