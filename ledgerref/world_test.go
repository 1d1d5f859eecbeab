package ledgerref

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref/anviltest"
	"github.com/wrapious/wrappy/ledgerref/devchain"
)

// world is a network that the package's tests share, with the contracts on it, a
// view and a relayer.
type world struct {
	dir        string
	local      *devchain.Chain // the embedded chain, or
	node       *anviltest.Node // an anvil
	client     *Client
	chain      *Chain
	operator   *Account
	transactor *Transactor // the operator's
	payer      *Account    // the relayer's
	view       *View
	relayer    *Relayer
	logs       *syncBuffer
	ahead      atomic.Int64 // how far the view's clock is ahead of the wall's, in nanoseconds
}

// w is the network that tests are about: the embedded chain, and by turns another.
var w = new(world)

func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) }

func TestMain(m *testing.M) {
	if setup := os.Getenv(childSetup); setup != "" {
		fmt.Println("error", relayUntilKilled(setup))
		os.Exit(1)
	}
	code := 1
	err := func() error {
		dir, err := os.MkdirTemp("", "ledgerref")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		if err := w.open(context.Background(), dir); err != nil {
			return err
		}
		code = m.Run()
		return w.close()
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// open makes the embedded chain.
func (w *world) open(ctx context.Context, dir string) (err error) {
	if w.operator, err = NewAccount(); err != nil {
		return err
	}
	if w.payer, err = NewAccount(); err != nil {
		return err
	}
	w.local, err = devchain.Open(ctx, devchain.Config{Dir: filepath.Join(dir, "chain"), Fund: []consent.Address{w.operator.Address(), w.payer.Address()}})
	if err != nil {
		return err
	}
	w.client = w.local.Client()
	return w.settle(ctx, dir)
}

// openAnvil starts an anvil.
func (w *world) openAnvil(ctx context.Context, dir string, arguments ...string) (err error) {
	if w.operator, err = AccountFromBytes(anviltest.Key(0)); err != nil {
		return err
	}
	if w.payer, err = AccountFromBytes(anviltest.Key(1)); err != nil {
		return err
	}
	if w.node, err = anviltest.Run(dir, arguments...); err != nil {
		return err
	}
	if w.client, err = Dial(ctx, w.node.URL("ws")); err != nil {
		return err
	}
	return w.settle(ctx, dir)
}

// settle deploys, follows and relays.
func (w *world) settle(ctx context.Context, dir string) error {
	w.dir, w.logs = dir, new(syncBuffer)
	addresses, err := Deploy(ctx, w.client, w.operator)
	if err != nil {
		return err
	}
	if w.chain, err = Open(ctx, w.client, addresses); err != nil {
		return err
	}
	w.transactor = NewTransactor(w.chain, w.operator)
	config := w.followed(filepath.Join(dir, "view"))
	config.now = w.now
	if w.view, err = Follow(ctx, w.chain, config); err != nil {
		return err
	}
	w.relayer, err = NewRelayer(w.view, NewTransactor(w.chain, w.payer), RelayerConfig{
		Dir: filepath.Join(dir, "outbox"), Sealer: newTestSealer(1), Log: slog.New(slog.NewTextHandler(w.logs, nil)),
	})
	return err
}

// followed is how the network's newest block is followed.
func (w *world) followed(dir string) ViewConfig {
	if w.local != nil {
		return ViewConfig{Dir: dir, Local: w.local}
	}
	return ViewConfig{Dir: dir, Confirm: ConfirmHead, OnDemand: true, Poll: 50 * time.Millisecond}
}

// mine makes a block, with or without anything in it, and returns when the view has it.
func (w *world) mine(t testing.TB) {
	t.Helper()
	if w.local == nil {
		w.node.Mine(t, 1)
	} else if err := w.local.Heartbeat(soon(t)); err != nil {
		t.Fatal(err)
	}
	if err := w.view.AwaitBlock(soon(t), must(w.client.BlockNumber(soon(t)))); err != nil {
		t.Fatal(err)
	}
}

func (w *world) close() error {
	err := errors.Join(w.relayer.Close(), w.view.Close())
	if w.local != nil {
		return errors.Join(err, w.local.Close())
	}
	w.client.Close()
	return errors.Join(err, w.node.Kill())
}

// syncBuffer collects logs from other goroutines.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// testSealer is AES-GCM under a fixed key, as the keyring's sealer is under its own.
type testSealer struct{ aead cipher.AEAD }

func newTestSealer(key byte) testSealer {
	block, err := aes.NewCipher(bytes.Repeat([]byte{key}, 32))
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return testSealer{aead}
}

func (s testSealer) Seal(plaintext, aad []byte) ([]byte, error) {
	return s.aead.Seal(nil, nil, plaintext, aad), nil
}

func (s testSealer) Open(ciphertext, aad []byte) ([]byte, error) {
	return s.aead.Open(nil, nil, ciphertext, aad)
}

func account(t testing.TB) *Account {
	t.Helper()
	a, err := NewAccount()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func random() (b [32]byte) {
	_, _ = rand.Read(b[:])
	return b
}

// soon bounds waiting in tests: far longer than anything should take.
func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func unixNow() uint64 { return uint64(time.Now().Unix()) }

func nextDay(days uint64) uint64 { return (unixNow()/consent.Day + 1 + days) * consent.Day }

func grantAct(a Addresses, key *Account, id consent.GrantID) consent.Act {
	act := consent.Act{Kind: consent.ActGrant, Key: key.Address(), Grant: id, Expiry: nextDay(1), Deadline: unixNow() + 600}
	act.Signature = key.Sign(a.ConsentDomain().Digest(consent.GrantAct{ID: id, Expiry: act.Expiry, Deadline: act.Deadline}.StructHash()))
	return act
}

func withdrawAct(a Addresses, key *Account, id consent.GrantID) consent.Act {
	return consent.Act{
		Kind: consent.ActWithdraw, Key: key.Address(), Grant: id,
		Signature: key.Sign(a.ConsentDomain().Digest(consent.WithdrawHash(id))),
	}
}

func registerAct(a Addresses, root *Account) (consent.Act, consent.IdentityID) {
	act := consent.Act{Kind: consent.ActRegister, Key: root.Address(), Salt: random(), Deadline: unixNow() + 600}
	id := consent.DeriveIdentity(act.Key, act.RecoveryHash, act.Salt)
	act.Signature = root.Sign(a.KeysDomain().Digest(consent.RegisterHash(id, act.Deadline)))
	return act, id
}

func submit(t testing.TB, acts ...consent.Act) {
	t.Helper()
	for _, act := range acts {
		if err := w.relayer.Submit(t.Context(), act); err != nil {
			t.Fatal(err)
		}
	}
}

func await(t testing.TB, acts ...consent.Act) {
	t.Helper()
	for _, act := range acts {
		if err := w.view.Await(soon(t), act); err != nil {
			t.Fatalf("the view does not show the act: %v", err)
		}
	}
}

func status(t testing.TB, v *View, key consent.Address, id consent.GrantID) consent.Status {
	t.Helper()
	state, err := v.GrantState(t.Context(), key, id)
	if err != nil {
		t.Fatal(err)
	}
	return state.Status
}
