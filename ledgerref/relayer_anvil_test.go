package ledgerref

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref/anviltest"
)

// remote is a ledger on an anvil of its own, whose blocks the test makes.
type remote struct {
	node  *anviltest.Node
	chain *Chain
	view  *View
	payer *Account
	dir   string // the outbox's
	logs  *syncBuffer
}

func remoteLedger(t *testing.T, arguments ...string) *remote {
	t.Helper()
	x := &remote{node: anviltest.Start(t, arguments...), payer: account(t), dir: t.TempDir(), logs: new(syncBuffer)}
	client := must(Dial(t.Context(), x.node.URL("http")))
	operator := must(AccountFromBytes(anviltest.Key(0)))
	x.chain = must(Open(t.Context(), client, must(Deploy(soon(t), client, operator))))
	x.view = must(Follow(t.Context(), x.chain, ViewConfig{Dir: t.TempDir(), Confirm: ConfirmHead, OnDemand: true, Poll: 50 * time.Millisecond}))
	t.Cleanup(func() { _ = x.view.Close() })
	x.fund(t, big.NewInt(1e18))
	return x
}

func (x *remote) fund(t *testing.T, wei *big.Int) {
	t.Helper()
	x.node.Call(t, nil, "anvil_setBalance", x.payer.String(), hexutil.EncodeBig(wei))
}

func (x *remote) automine(t *testing.T, on bool) { x.node.Call(t, nil, "evm_setAutomine", on) }

// baseFee makes a block with a base fee.
func (x *remote) baseFee(t *testing.T, wei int64) {
	t.Helper()
	x.node.Call(t, nil, "anvil_setNextBlockBaseFeePerGas", hexutil.EncodeUint64(uint64(wei)))
	x.node.Mine(t, 1)
}

func (x *remote) relay(t *testing.T, config RelayerConfig) *Relayer {
	t.Helper()
	config.Dir, config.Sealer, config.doubt = x.dir, newTestSealer(6), 150*time.Millisecond
	config.Log = slog.New(slog.NewTextHandler(x.logs, nil))
	r := must(NewRelayer(x.view, NewTransactor(x.chain, x.payer), config))
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func (x *remote) grant(t *testing.T, r *Relayer) consent.Act {
	t.Helper()
	act := grantAct(x.chain.addresses, account(t), random())
	if err := r.Submit(t.Context(), act); err != nil {
		t.Fatal(err)
	}
	return act
}

func (x *remote) await(t *testing.T, acts ...consent.Act) {
	t.Helper()
	for _, act := range acts {
		if err := x.view.Await(soon(t), act); err != nil {
			t.Fatalf("the view does not show the act: %v\n%s", err, x.logs)
		}
	}
}

// events counts, over the whole chain, what each act brought about, and the refused items.
func (c *Chain) events(ctx context.Context) (byRef map[common.Hash]int, refused int, err error) {
	logs, err := c.client.FilterLogs(ctx, ethereum.FilterQuery{
		FromBlock: blockNumber(c.addresses.Block),
		Addresses: []common.Address{common.Address(c.addresses.Consent), common.Address(c.addresses.Keys)},
	})
	byRef = map[common.Hash]int{}
	for i := range logs {
		if logs[i].Topics[0] == consentLedger.GetABI().Events["RoleGranted"].ID { // the deployment's
			continue
		}
		if _, err := consentLedger.UnpackItemRefusedEvent(&logs[i]); err == nil {
			refused++
			continue
		}
		byRef[logs[i].Topics[1]]++
	}
	return byRef, refused, err
}

func (x *remote) once(t *testing.T, acts ...consent.Act) {
	t.Helper()
	byRef, refused, err := x.chain.events(t.Context())
	if err != nil || refused != 0 {
		t.Fatalf("%v, %d items were sent for nothing", err, refused)
	}
	for _, act := range acts {
		if n := byRef[refOf(act.Key, act.Grant)]; n != 1 {
			t.Errorf("an act is on the chain %d times", n)
		}
	}
}

// eventually polls a condition.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	ctx, tick := soon(t), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("never: %s", what)
		}
	}
}

func (x *remote) nonce(t *testing.T) uint64 {
	t.Helper()
	return must(x.chain.client.NonceAt(t.Context(), x.payer.address(), nil))
}

// inFlight are the attempts at each nonce.
func (r *Relayer) inFlight() (attempts [][]*types.Transaction) {
	for _, f := range r.transactor.byNonce() {
		r.transactor.mu.Lock()
		attempts = append(attempts, f.attempts)
		r.transactor.mu.Unlock()
	}
	return attempts
}

func TestStuckTransactionIsReplaced(t *testing.T) {
	x := remoteLedger(t)
	x.automine(t, false)
	r := x.relay(t, RelayerConfig{StuckAfter: 300 * time.Millisecond})
	act := x.grant(t, r)
	eventually(t, "sent", func() bool { return r.Status().InFlight == 1 })
	first := r.inFlight()[0][0]
	eventually(t, "raised twice for being late alone", func() bool {
		attempts := r.inFlight()[0]
		_, pending, err := x.chain.client.TransactionByHash(t.Context(), attempts[len(attempts)-1].Hash())
		return len(attempts) > 2 && err == nil && pending
	})
	x.baseFee(t, 50e9) // beyond what was offered: the block leaves it out
	eventually(t, "priced higher", func() bool { return r.Status().Raised == 1 })
	eventually(t, "accepted by the pool", func() bool {
		attempts := r.inFlight()[0]
		_, pending, err := x.chain.client.TransactionByHash(t.Context(), attempts[len(attempts)-1].Hash())
		return err == nil && pending && attempts[len(attempts)-1].GasFeeCap().Cmp(big.NewInt(50e9)) > 0
	})
	attempts := r.inFlight()[0]
	for i, tx := range attempts[1:] {
		if before := attempts[i]; tx.Nonce() != first.Nonce() || !raisedEnough(before.GasTipCap(), tx.GasTipCap()) || !raisedEnough(before.GasFeeCap(), tx.GasFeeCap()) {
			t.Errorf("attempt %d: nonce, tip or fee is not a replacement's", i+1)
		}
	}
	var pool struct{ Pending, Queued hexutil.Uint64 }
	if x.node.Call(t, &pool, "txpool_status"); pool.Pending != 1 || pool.Queued != 0 {
		t.Errorf("%+v: the pool holds more than the replacement", pool)
	}
	x.node.Mine(t, 1)
	x.await(t, act)
	x.node.Mine(t, 2)
	if _, err := x.chain.client.TransactionReceipt(t.Context(), first.Hash()); !errors.Is(err, ethereum.NotFound) {
		t.Errorf("the replaced transaction was mined too: %v", err)
	}
	if n := x.nonce(t); n != 1 {
		t.Errorf("%d nonces were used, want 1", n)
	}
	x.once(t, act)
}

// raisedEnough: by 12.5 %, the most that pools ask.
func raisedEnough(before, after *big.Int) bool {
	return new(big.Int).Mul(after, big.NewInt(1000)).Cmp(new(big.Int).Mul(before, big.NewInt(1125))) >= 0
}

func TestFeeCeiling(t *testing.T) {
	x := remoteLedger(t)
	x.automine(t, false)
	r := x.relay(t, RelayerConfig{MaxFee: big.NewInt(20e9), StuckAfter: 200 * time.Millisecond})
	early := x.grant(t, r)
	eventually(t, "sent", func() bool { return r.Status().InFlight == 1 })
	x.baseFee(t, 100e9)
	late := x.grant(t, r)
	eventually(t, "waiting for the fee", func() bool { return r.Status().Waiting == WaitingFee })
	clinic := must(SignRegistration(x.chain.addresses, account(t), Profile{Name: "A clinic", Kind: consent.KindClinic, Jurisdiction: "KE"}, unixNow()+600))
	if _, err := r.transactor.RegisterInstitutions(soon(t), clinic); !errors.Is(err, ErrFeeCeiling) || !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("an institution's act above the ceiling: %v", err)
	}
	for _, attempts := range r.inFlight() {
		for _, tx := range attempts {
			if tx.GasFeeCap().Cmp(big.NewInt(20e9)) > 0 {
				t.Error("more than the ceiling was offered")
			}
		}
	}
	if s := r.Status(); s.Pending != 2 || s.InFlight != 1 {
		t.Errorf("%+v: want two acts pending, one of them in flight", s)
	}
	x.baseFee(t, 1e9)
	x.automine(t, true)
	eventually(t, "sent again", func() bool {
		x.node.Mine(t, 1)
		return r.Pending() == 0
	})
	x.once(t, early, late)
	if !strings.Contains(x.logs.String(), "waiting=fee") {
		t.Error("the log does not tell what is waited for")
	}
}

func TestReorganisationSendsAgain(t *testing.T) {
	x := remoteLedger(t)
	r := x.relay(t, RelayerConfig{})
	act := x.grant(t, r)
	x.await(t, act)
	eventually(t, "mined, undoable", func() bool { s := r.Status(); return s.Pending == 0 && s.Unfinal == 1 })
	x.node.Reorganise(t, 1)
	eventually(t, "sent again", func() bool {
		byRef, _, err := x.chain.events(t.Context())
		return err == nil && byRef[refOf(act.Key, act.Grant)] == 1 && r.Pending() == 0
	})
	x.once(t, act)
	if n := x.nonce(t); n != 1 {
		t.Errorf("%d nonces were used, want 1", n)
	}
	x.node.Mine(t, finalDepth+1)
	eventually(t, "forgotten", func() bool { return r.outbox.size() == 0 && r.Status().Unfinal == 0 })
}

// A reorganisation took a batch out, and somebody else's transaction took its nonce.
func TestReorganisationGivesNonceAway(t *testing.T) {
	x := remoteLedger(t)
	revert := x.node.Snapshot(t)
	r := x.relay(t, RelayerConfig{})
	act := x.grant(t, r)
	x.await(t, act)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	revert()
	x.fund(t, big.NewInt(1e18))
	if _, err := foreign(x).send(soon(t), new(common.Address), nil); err != nil {
		t.Fatal(err)
	}
	r = x.relay(t, RelayerConfig{})
	eventually(t, "sent anew", func() bool {
		byRef, _, err := x.chain.events(t.Context())
		return err == nil && byRef[refOf(act.Key, act.Grant)] == 1
	})
	if n := x.nonce(t); n != 2 {
		t.Errorf("%d nonces were used, want 2", n)
	}
	eventually(t, "nothing pending", func() bool { return r.Pending() == 0 })
	x.once(t, act)
}

// foreign is somebody else with the same key.
func foreign(x *remote) *Transactor { return NewTransactor(x.chain, x.payer) }

func TestPoolForgets(t *testing.T) {
	x := remoteLedger(t)
	x.automine(t, false)
	r := x.relay(t, RelayerConfig{})
	if _, err := foreign(x).send(soon(t), new(common.Address), nil); err != nil { // below ours, and forgotten with it
		t.Fatal(err)
	}
	act := x.grant(t, r)
	eventually(t, "sent", func() bool { return r.Status().InFlight == 1 })
	sent := r.inFlight()[0][0]
	if sent.Nonce() != 1 {
		t.Errorf("nonce %d: want the one after somebody else's", sent.Nonce())
	}
	if err := x.node.Stop(); err != nil { // its pool is not in its state
		t.Fatal(err)
	}
	eventually(t, "no network", func() bool { return r.Status().Waiting == WaitingNetwork })
	if err := x.node.Restart(); err != nil {
		t.Fatal(err)
	}
	x.automine(t, true)
	eventually(t, "mined", func() bool {
		x.node.Mine(t, 1)
		return r.Pending() == 0
	})
	x.await(t, act)
	if _, err := x.chain.client.TransactionReceipt(t.Context(), sent.Hash()); err != nil {
		t.Errorf("it was not the same transaction: %v", err)
	}
	x.once(t, act)
	if port := x.node.URL("http")[len("http://"):]; strings.Contains(x.logs.String(), port) || strings.Contains(x.logs.String(), act.Grant.String()[2:]) {
		t.Error("the log names the endpoint or the act")
	}
}

func TestBalanceTooLow(t *testing.T) {
	x := remoteLedger(t)
	x.fund(t, new(big.Int))
	r := x.relay(t, RelayerConfig{})
	act := x.grant(t, r)
	eventually(t, "no balance", func() bool { return r.Status().Waiting == WaitingBalance })
	if s := r.Status(); s.Pending != 1 || s.InFlight != 0 {
		t.Errorf("%+v: want one act pending, none in flight", s)
	}
	x.fund(t, big.NewInt(1e18))
	x.await(t, act)
	eventually(t, "all is well", func() bool { return r.Status().Waiting == WaitingNone })
	x.once(t, act)
}

// The endpoint comes to serve another chain, without the view noticing.
func TestEndpointOfAnotherChain(t *testing.T) {
	x := remoteLedger(t)
	other := anviltest.Start(t, "--chain-id", "4711")
	var target atomic.Pointer[url.URL]
	target.Store(must(url.Parse(x.node.URL("http"))))
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(target.Load()) }, ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }})
	defer proxy.Close()
	r := must(NewRelayer(x.view, NewTransactor(must(Open(t.Context(), must(Dial(t.Context(), proxy.URL)), x.chain.addresses)), x.payer),
		RelayerConfig{Dir: t.TempDir(), Sealer: newTestSealer(6), Log: slog.New(slog.NewTextHandler(x.logs, nil)), doubt: 100 * time.Millisecond}))
	defer func() { _ = r.Close() }()
	own, foreign := must(url.Parse(x.node.URL("http"))), must(url.Parse(other.URL("http")))
	other.Call(t, nil, "anvil_setBalance", x.payer.String(), "0xde0b6b3a7640000")
	other.Call(t, nil, "anvil_setNonce", x.payer.String(), "0x5") // as if ours were another's

	target.Store(foreign)
	late := withdrawAct(x.chain.addresses, account(t), random())
	if err := r.Submit(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	eventually(t, "nothing sent to the wrong chain", func() bool { s := r.Status(); return s.Waiting == WaitingChain && s.InFlight == 0 })
	target.Store(own)
	x.await(t, late)

	x.automine(t, false)
	early := x.grant(t, r)
	eventually(t, "sent", func() bool { s := r.Status(); return s.InFlight == 1 && s.Unfinal == 1 })
	sent := r.inFlight()[len(r.inFlight())-1][0]
	target.Store(foreign)
	eventually(t, "the wrong chain again", func() bool { return r.Status().Waiting == WaitingChain })
	target.Store(own)
	eventually(t, "all mined", func() bool {
		x.node.Mine(t, 1)
		return r.Pending() == 0
	})
	if _, err := x.chain.client.TransactionReceipt(t.Context(), sent.Hash()); err != nil {
		t.Errorf("what was on its way was given up: %v", err)
	}
	if strings.Contains(x.logs.String(), "lost") {
		t.Error("what was on its way was given up for another chain's word")
	}
	x.once(t, early, late)
}

// revertingCode answers every call by a revert without data.
const revertingCode = "0x60006000fd"

func TestWholeBatchReverts(t *testing.T) {
	x := remoteLedger(t)
	ledger := common.Address(x.chain.addresses.Consent)
	code := hexutil.Bytes(must(x.chain.client.CodeAt(t.Context(), ledger, nil)))
	x.automine(t, false)
	r := x.relay(t, RelayerConfig{park: 400 * time.Millisecond})

	t.Run("before it is sent", func(t *testing.T) {
		x.node.Call(t, nil, "anvil_setCode", ledger, revertingCode)
		acts := []consent.Act{x.grant(t, r), x.grant(t, r), x.grant(t, r)}
		register, _ := registerAct(x.chain.addresses, account(t))
		if err := r.Submit(t.Context(), register); err != nil {
			t.Fatal(err)
		}
		eventually(t, "each left aside, the registration sent", func() bool {
			s := r.Status()
			return s.Parked == 3 && s.InFlight == 1 && s.Waiting == WaitingNone
		})
		x.node.Call(t, nil, "anvil_setCode", ledger, code)
		eventually(t, "all sent", func() bool {
			x.node.Mine(t, 1)
			return r.Pending() == 0
		})
		x.await(t, acts...)
		x.once(t, acts...)
	})
	t.Run("in its block", func(t *testing.T) {
		x.node.Mine(t, finalDepth+1)
		eventually(t, "forgotten", func() bool { return r.Status().Unfinal == 0 })
		acts := []consent.Act{x.grant(t, r), x.grant(t, r)}
		eventually(t, "sent", func() bool { return r.Status().InFlight > 0 })
		x.node.Call(t, nil, "anvil_setCode", ledger, revertingCode)
		x.node.Mine(t, 1)
		eventually(t, "seen to be reverted", func() bool { return strings.Contains(x.logs.String(), "a batch reverted") })
		x.node.Call(t, nil, "anvil_setCode", ledger, code)
		eventually(t, "all sent", func() bool {
			x.node.Mine(t, 1)
			return r.Pending() == 0
		})
		x.await(t, acts...)
		x.once(t, acts...)
	})
	if r.Status().Dropped != 0 {
		t.Error("an act was given up")
	}
}

// A batch of which the contract refuses one.
func TestOneBadItem(t *testing.T) {
	x := remoteLedger(t)
	r := x.relay(t, RelayerConfig{})
	bad, key := grantAct(x.chain.addresses, account(t), random()), account(t)
	bad.Key, bad.Expiry = key.Address(), bad.Expiry+1 // no whole day: only the contract minds
	bad.Signature = key.Sign(x.chain.addresses.ConsentDomain().Digest(consent.GrantAct{ID: bad.Grant, Expiry: bad.Expiry, Deadline: bad.Deadline}.StructHash()))
	x.automine(t, false)
	if err := r.Submit(t.Context(), bad); err != nil {
		t.Fatal(err)
	}
	good := []consent.Act{x.grant(t, r), x.grant(t, r)}
	eventually(t, "all mined", func() bool {
		x.node.Mine(t, 1)
		return r.Pending() == 0
	})
	x.await(t, good...)
	x.node.Mine(t, finalDepth+1)
	eventually(t, "reported", func() bool {
		return r.Status().Dropped == 1 && bytes.Contains([]byte(x.logs.String()), []byte("reason=BadExpiry"))
	})
	eventually(t, "the bad act forgotten", func() bool { return r.outbox.size() == 0 })
}
