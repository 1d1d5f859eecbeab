package ledgerref

import (
	"bytes"
	"context"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/wrapious/wrappy/consent"
)

// drained waits until nothing is pending, at each advance of the view.
func drained(t *testing.T, r *Relayer) {
	t.Helper()
	ctx := soon(t)
	for {
		changed := r.view.Changed()
		if r.Pending() == 0 {
			return
		}
		select {
		case <-changed:
		case <-time.After(20 * time.Millisecond): // acts are dropped a moment after the view moves
		case <-ctx.Done():
			t.Fatalf("%d acts are still pending", r.Pending())
		}
	}
}

func openBox(dir string, sealer Sealer) (*outbox, error) {
	box, _, err := openOutbox(dir, sealer, Budgets{}, func() uint64 { return unixNow() / consent.Day })
	return box, err
}

// send sends without waiting.
func (t *Transactor) send(ctx context.Context, to *common.Address, data []byte) (*types.Transaction, error) {
	gas, err := t.estimate(ctx, to, data)
	if err != nil {
		return nil, err
	}
	f := &flight{to: to, data: data, gas: gas}
	if err := t.launch(ctx, f); err != nil {
		return nil, err
	}
	return f.newest(), nil
}

func TestSubmitRefuses(t *testing.T) {
	a := w.chain.addresses
	key, other, id := account(t), account(t), consent.GrantID(random())
	foreign := a
	foreign.ChainID++
	register, _ := registerAct(a, key)
	change := func(act consent.Act, f func(*consent.Act)) consent.Act { f(&act); return act }
	tests := []struct {
		name string
		act  consent.Act
		want error
	}{
		{"a grant under another key", change(grantAct(a, key, id), func(x *consent.Act) { x.Key = other.Address() }), consent.ErrSignature},
		{"a grant of another id", change(grantAct(a, key, id), func(x *consent.Act) { x.Grant = random() }), consent.ErrSignature},
		{"a grant with a later end", change(grantAct(a, key, id), func(x *consent.Act) { x.Expiry += consent.Day }), consent.ErrSignature},
		{"a grant with a later deadline", change(grantAct(a, key, id), func(x *consent.Act) { x.Deadline++ }), consent.ErrSignature},
		{"a grant for another chain", grantAct(foreign, key, id), consent.ErrSignature},
		{"a grant's signature as a withdrawal", change(grantAct(a, key, id), func(x *consent.Act) { x.Kind = consent.ActWithdraw }), consent.ErrSignature},
		{"a withdrawal's signature as a grant", change(withdrawAct(a, key, id), func(x *consent.Act) { x.Kind = consent.ActGrant }), consent.ErrSignature},
		{"a withdrawal by another key", change(withdrawAct(a, other, id), func(x *consent.Act) { x.Key = key.Address() }), consent.ErrSignature},
		{"a registration with another salt", change(register, func(x *consent.Act) { x.Salt = random() }), consent.ErrSignature},
		{"a registration with recovery contacts", change(register, func(x *consent.Act) { x.RecoveryHash = random() }), consent.ErrSignature},
		{"no signature", change(grantAct(a, key, id), func(x *consent.Act) { x.Signature = consent.Signature{} }), consent.ErrSignature},
		{"an unknown kind", change(grantAct(a, key, id), func(x *consent.Act) { x.Kind = "revoke" }), errUnknownKind},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := w.relayer.Submit(t.Context(), test.act); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
	if status(t, w.view, key.Address(), id) != consent.StatusUnknown {
		t.Error("something was granted")
	}
}

// Acts that only the contract can refuse: put past Submit's own check.
func TestContractRefusals(t *testing.T) {
	a := w.chain.addresses
	key := account(t)
	badSignature := grantAct(a, key, random())
	badSignature.Signature[5] ^= 1
	badEnd := consent.Act{Kind: consent.ActGrant, Key: key.Address(), Grant: random(), Expiry: nextDay(1) + 1, Deadline: unixNow() + 600}
	badEnd.Signature = key.Sign(a.ConsentDomain().Digest(consent.GrantAct{ID: badEnd.Grant, Expiry: badEnd.Expiry, Deadline: badEnd.Deadline}.StructHash()))
	late := grantAct(a, key, random())
	late.Deadline = 1
	good := grantAct(a, key, random())
	for _, act := range []consent.Act{badSignature, badEnd, late, good} {
		if err := w.relayer.outbox.add(act, unixNow()); err != nil {
			t.Fatal(err)
		}
	}
	w.relayer.nudge()
	await(t, good) // the bad ones beside it do not stop it
	drained(t, w.relayer)
	for _, act := range []consent.Act{badSignature, badEnd, late} {
		if got := status(t, w.view, act.Key, act.Grant); got != consent.StatusUnknown {
			t.Errorf("a refused act is on the chain: %s", got)
		}
	}
	logs := w.logs.String()
	for _, reason := range []string{"reason=BadSignature", "reason=BadExpiry", "reason=DeadlinePassed"} {
		if !strings.Contains(logs, reason) {
			t.Errorf("the log lacks %s", reason)
		}
	}
	for _, secret := range []string{key.Address().String(), good.Grant.String(), badSignature.Grant.String(), key.Address().String()[2:]} {
		if strings.Contains(logs, secret) {
			t.Error("the log names an act")
		}
	}
}

func TestManyActs(t *testing.T) {
	a := w.chain.addresses
	const people = 450 // more than a batch
	start := time.Now()
	var grants, registrations []consent.Act
	for range people {
		grants = append(grants, grantAct(a, account(t), random()))
		register, _ := registerAct(a, account(t))
		registrations = append(registrations, register)
	}
	signed := time.Now()
	done := make(chan error, 2)
	for _, acts := range [][]consent.Act{grants, registrations} {
		go func() {
			for _, act := range acts {
				if err := w.relayer.Submit(t.Context(), act); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	if err := errors.Join(<-done, <-done); err != nil {
		t.Fatal(err)
	}
	submitted := time.Now()
	await(t, grants...)
	await(t, registrations...)
	t.Logf("%d acts: signed in %v, taken in %v, on the chain %v later", 2*people, signed.Sub(start), submitted.Sub(signed), time.Since(submitted))
	drained(t, w.relayer)
}

// Of acts that wait together the withdrawal goes first, and then for ever.
func TestWithdrawalsGoFirst(t *testing.T) {
	a := w.chain.addresses
	key, id := account(t), consent.GrantID(random())
	r := must(newRelayer(w.view, NewTransactor(w.chain, w.payer), RelayerConfig{Dir: t.TempDir(), Sealer: newTestSealer(1)}))
	for _, act := range []consent.Act{grantAct(a, key, id), withdrawAct(a, key, id)} {
		if err := r.outbox.add(act, unixNow()); err != nil { // both wait before the worker looks
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	r.cancel = cancel
	r.running.Add(1)
	go r.work(ctx)
	defer func() { _ = r.Close() }()
	await(t, withdrawAct(a, key, id))
	drained(t, r)
	state := must(w.view.GrantState(t.Context(), key.Address(), id))
	if state.Status != consent.StatusWithdrawn || state.GrantedAt != 0 {
		t.Errorf("%+v: the grant went first", state)
	}
}

func TestNonceOutOfStep(t *testing.T) {
	a := w.chain.addresses
	act := func() consent.Act { return grantAct(a, account(t), random()) }
	first := act()
	submit(t, first)
	await(t, first)
	drained(t, w.relayer)

	t.Run("behind", func(t *testing.T) { // somebody else used the account
		elsewhere := NewTransactor(w.chain, w.payer)
		to, data := pack(a, consent.ActGrant, []queued{{act: act()}})
		if _, err := elsewhere.do(soon(t), &to, data); err != nil {
			t.Fatal(err)
		}
		next := act()
		submit(t, next)
		await(t, next)
	})
	t.Run("behind, while a batch is on its way", func(t *testing.T) {
		next := act()
		elsewhere := NewTransactor(w.chain, w.payer)
		to, data := pack(a, consent.ActGrant, []queued{{act: act()}})
		submit(t, next)
		if _, err := elsewhere.do(soon(t), &to, data); err != nil {
			t.Fatal(err)
		}
		await(t, next)
	})
	t.Run("ours, that the node does not have", func(t *testing.T) {
		payer := NewTransactor(w.chain, w.payer)
		payer.doubt = 50 * time.Millisecond
		to, data := pack(a, consent.ActGrant, []queued{{act: act()}})
		f := &flight{to: &to, data: data, gas: 200_000}
		payer.mu.Lock()
		err := errors.Join(payer.chooseNonce(soon(t), f), payer.attempt(f, big.NewInt(1e9), big.NewInt(1e10)))
		payer.flights[f.nonce] = f
		payer.mu.Unlock()
		if err != nil {
			t.Fatal(err)
		}
		to, data = pack(a, consent.ActGrant, []queued{{act: act()}})
		if _, err := payer.do(soon(t), &to, data); err != nil {
			t.Error(err)
		}
		if receipt, err := payer.wait(soon(t), f); err != nil || receipt.TxHash != f.newest().Hash() {
			t.Errorf("its nonce was given to another: %v", err)
		}
	})
	t.Run("nothing above the ceiling", func(t *testing.T) {
		payer := NewTransactor(w.chain, w.payer)
		payer.LimitFee(big.NewInt(1))
		to, data := pack(a, consent.ActGrant, []queued{{act: act()}})
		if _, err := payer.do(soon(t), &to, data); !errors.Is(err, ErrFeeCeiling) || len(payer.flights) != 0 {
			t.Errorf("%v, %d transactions on their way", err, len(payer.flights))
		}
	})
	t.Run("ahead", func(t *testing.T) { // what others sent before it was forgotten
		payer := NewTransactor(w.chain, w.payer)
		payer.doubt = 200 * time.Millisecond
		to, data := pack(a, consent.ActGrant, []queued{{act: act()}})
		f := &flight{to: &to, data: data, gas: 200_000}
		payer.mu.Lock()
		f.nonce = must(w.local.Client().PendingNonceAt(t.Context(), w.payer.address())) + 3
		err := payer.attempt(f, big.NewInt(1e9), big.NewInt(1e10))
		payer.flights[f.nonce] = f
		payer.mu.Unlock()
		if err != nil {
			t.Fatal(err)
		}
		first := f.newest()
		if err := errors.Join(payer.resend(soon(t), f), payer.raise(soon(t), f)); err != nil {
			t.Errorf("geth's pool takes no replacement: %v", err)
		}
		if !raisedEnough(first.GasTipCap(), f.newest().GasTipCap()) || !raisedEnough(first.GasFeeCap(), f.newest().GasFeeCap()) {
			t.Error("tip or fee is not a replacement's")
		}
		payer.LimitFee(f.newest().GasFeeCap())
		if err := payer.raise(soon(t), f); !errors.Is(err, ErrFeeCeiling) || len(f.attempts) != 2 {
			t.Errorf("raised beyond the ceiling: %v", err)
		}
		if _, err := payer.wait(soon(t), f); err != nil {
			t.Errorf("the nonces before it were not filled: %v", err)
		}
	})
	drained(t, w.relayer)
}

func TestRestartSendsWhatWaits(t *testing.T) {
	a := w.chain.addresses
	dir, sealer := t.TempDir(), newTestSealer(3)
	waiting := []consent.Act{grantAct(a, account(t), random()), withdrawAct(a, account(t), random())}
	done := grantAct(a, account(t), random()) // on the chain already, by another way
	box := must(openBox(dir, sealer))
	for _, act := range append(waiting, done, waiting[0]) {
		if err := box.add(act, unixNow()); err != nil {
			t.Fatal(err)
		}
	}
	if box.size() != 3 {
		t.Errorf("%d acts wait, want 3: one was submitted twice", box.size())
	}
	checkSealed(t, box, waiting[0])
	if err := box.close(); err != nil {
		t.Fatal(err)
	}
	if err := box.add(waiting[0], unixNow()); err != nil { // known: nothing to store
		t.Fatal(err)
	}
	if err := box.add(grantAct(a, account(t), random()), unixNow()); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("a closed outbox took an act: %v", err)
	}
	submit(t, done)
	await(t, done)

	if _, err := openBox(dir, newTestSealer(9)); err == nil {
		t.Fatal("the outbox opened under another key")
	}
	if _, err := NewRelayer(w.view, NewTransactor(w.chain, w.payer), RelayerConfig{Dir: dir}); err == nil {
		t.Fatal("a relayer without a sealer")
	}
	r := must(NewRelayer(w.view, NewTransactor(w.chain, w.payer), RelayerConfig{Dir: dir, Sealer: sealer}))
	await(t, waiting...)
	drained(t, r)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	box = must(openBox(dir, sealer))
	if box.size() != 0 {
		t.Errorf("%d acts came back", box.size())
	}
	if err := box.close(); err != nil {
		t.Fatal(err)
	}
}

func checkSealed(t *testing.T, box *outbox, act consent.Act) {
	t.Helper()
	iterator := must(box.db.NewIter(&pebble.IterOptions{}))
	for valid := iterator.First(); valid; valid = iterator.Next() {
		if bytes.Contains(iterator.Value(), act.Key[:]) || bytes.Contains(iterator.Value(), act.Grant[:]) {
			t.Error("an act lies open in the outbox")
		}
	}
	if err := iterator.Close(); err != nil {
		t.Fatal(err)
	}
}

// What a full batch costs, against the limits of a transaction.
func TestFullBatchesFit(t *testing.T) {
	a := w.chain.addresses
	for _, kind := range order {
		items := make([]queued, batchLimits[kind])
		for i := range items {
			switch kind {
			case consent.ActGrant:
				items[i].act = grantAct(a, account(t), random())
			case consent.ActWithdraw:
				items[i].act = withdrawAct(a, account(t), random())
			default:
				root := account(t)
				act, _ := registerAct(a, root)
				act.RecoveryHash = random() // the dearest kind: one more slot
				act.Signature = root.Sign(a.KeysDomain().Digest(consent.RegisterHash(consent.DeriveIdentity(act.Key, act.RecoveryHash, act.Salt), act.Deadline)))
				items[i].act = act
			}
		}
		to, data := pack(a, kind, items)
		receipt, err := w.transactor.do(soon(t), &to, data)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if n := len(refusals(receipt, to)); n != 0 {
			t.Errorf("%s: %d refused", kind, n)
		}
		t.Logf("%s: %d acts, %d bytes, %d gas, %d gas each", kind, len(items), len(data), receipt.GasUsed, int(receipt.GasUsed)/len(items))
		if len(data) > 128<<10 || receipt.GasUsed > maxGas*9/10 {
			t.Errorf("%s: too near the limits of a transaction", kind)
		}
	}
}

// Anybody can have an item refused under any name; only our own receipt counts.
func TestOthersRefusalsAreIgnored(t *testing.T) {
	a := w.chain.addresses
	key, id := account(t), consent.GrantID(random())
	bad := grantAct(a, key, id)
	bad.Signature = consent.Signature{}
	to, data := pack(a, consent.ActGrant, []queued{{act: bad}})
	receipt, err := w.transactor.do(soon(t), &to, data)
	if err != nil || len(refusals(receipt, to)) != 1 {
		t.Fatalf("%v, %d refusals", err, len(refusals(receipt, to)))
	}
	if len(refusals(receipt, common.Address{1})) != 0 {
		t.Error("another contract's refusals are believed")
	}
	good := grantAct(a, key, id)
	submit(t, good)
	await(t, good)
}

// A grant whose identity is registered only in a later block would never count:
// while an earlier registration is not mined, a network's relayer holds it back.
func TestGrantsWaitForRegistrations(t *testing.T) {
	v := must(Follow(t.Context(), w.chain, ViewConfig{Dir: t.TempDir(), Confirm: ConfirmHead}))
	defer func() { _ = v.Close() }()
	// without its worker: the test takes the passes
	r := must(newRelayer(v, NewTransactor(w.chain, w.payer), RelayerConfig{Dir: t.TempDir(), Sealer: newTestSealer(5)}))
	box := r.outbox
	defer func() { _ = box.close() }()
	earlier, later := grantAct(w.chain.addresses, account(t), random()), grantAct(w.chain.addresses, account(t), random())
	register, _ := registerAct(w.chain.addresses, account(t))
	for _, act := range []consent.Act{earlier, register, later} {
		if err := box.add(act, unixNow()); err != nil {
			t.Fatal(err)
		}
	}
	onItsWay := &flight{kind: consent.ActRegister, items: box.take(consent.ActRegister, 1, ^uint64(0))}
	r.sent = []*flight{onItsWay}
	if err := r.pass(soon(t)); err != nil {
		t.Fatal(err)
	}
	if len(r.sent) != 2 || len(r.sent[1].items) != 1 || r.sent[1].items[0].act != earlier {
		t.Fatalf("%d batches on their way; only the grant that came before the registration may go", len(r.sent)-1)
	}
	onItsWay.receipt, r.sent[1].receipt = new(types.Receipt), new(types.Receipt)
	if err := r.pass(soon(t)); err != nil {
		t.Fatal(err)
	}
	if len(r.sent) != 3 || r.sent[2].items[0].act != later {
		t.Fatal("the grant does not go once the registration is mined")
	}
	await(t, earlier, later)
}

// The gas that batches of grants are sent with on the embedded chain is enough, unasked: for
// one, some and all, new each.
func TestGrantGasIsEnough(t *testing.T) {
	a := w.chain.addresses
	for _, n := range []int{1, 2, 17, batchLimits[consent.ActGrant]} {
		items := make([]queued, n)
		for i := range items {
			items[i].act = grantAct(a, account(t), random())
		}
		to, data := pack(a, consent.ActGrant, items)
		gas, err := w.relayer.gas(soon(t), consent.ActGrant, n, &to, data)
		if err != nil {
			t.Fatal(err)
		}
		receipt, err := w.transactor.do(soon(t), &to, data)
		if err != nil {
			t.Fatal(err)
		}
		if gas > maxGas || receipt.GasUsed > gas*95/100 {
			t.Errorf("%d grants used %d gas of %d", n, receipt.GasUsed, gas)
		}
		t.Logf("%d grants: %d gas of %d", n, receipt.GasUsed, gas)
	}
}
