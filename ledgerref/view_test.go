package ledgerref

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref/devchain"
)

func TestGrantState(t *testing.T) {
	a := w.chain.addresses
	key, squatter, id := account(t), account(t), consent.GrantID(random())

	// somebody else grants the same id first, and withdraws it
	squat, unsquat := grantAct(a, squatter, id), withdrawAct(a, squatter, id)
	submit(t, squat)
	await(t, squat)
	submit(t, unsquat)
	await(t, unsquat)
	if got := status(t, w.view, key.Address(), id); got != consent.StatusUnknown {
		t.Fatalf("another key's acts under the same id: %s", got)
	}

	before := unixNow()
	act := grantAct(a, key, id)
	submit(t, act)
	await(t, act)
	state, err := w.view.GrantState(t.Context(), key.Address(), id)
	if err != nil || state.Status != consent.StatusGiven || state.Expires != act.Expiry || state.GrantedAt < before || state.GrantedAt > unixNow() || state.Block == 0 {
		t.Errorf("granted: %+v, %v", state, err)
	}
	for name, other := range map[string]consent.GrantState{
		"another id":  must(w.view.GrantState(t.Context(), key.Address(), random())),
		"another key": must(w.view.GrantState(t.Context(), account(t).Address(), id)),
		"zero":        must(w.view.GrantState(t.Context(), consent.Address{}, consent.GrantID{})),
	} {
		if other != (consent.GrantState{Status: consent.StatusUnknown}) {
			t.Errorf("%s: %+v", name, other)
		}
	}

	// a withdrawal before its grant is terminal
	early := consent.GrantID(random())
	withdrawal, late := withdrawAct(a, key, early), grantAct(a, key, early)
	submit(t, withdrawal)
	await(t, withdrawal)
	submit(t, late)
	if got := status(t, w.view, key.Address(), early); got != consent.StatusWithdrawn {
		t.Errorf("granted after a withdrawal: %s", got)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// The same events from another deployment, on the same chain, are nobody's word.
func TestOtherContractsAreIgnored(t *testing.T) {
	other, err := Deploy(soon(t), w.client, w.operator)
	if err != nil {
		t.Fatal(err)
	}
	key, id := account(t), consent.GrantID(random())
	grant := grantAct(other, key, id)
	register, identity := registerAct(other, account(t))
	elsewhere := newTransactor(w.client, other.ChainID, w.payer)
	var block uint64
	for _, act := range []consent.Act{grant, register} {
		to, data := pack(other, act.Kind, []queued{{act: act}})
		receipt, err := elsewhere.do(soon(t), &to, data)
		if err != nil || len(refusals(receipt, to)) != 0 {
			t.Fatal(err)
		}
		block = receipt.BlockNumber.Uint64()
	}
	if err := w.view.AwaitBlock(soon(t), block); err != nil {
		t.Fatal(err)
	}
	if got := status(t, w.view, key.Address(), id); got != consent.StatusUnknown {
		t.Errorf("a grant on another ledger: %s", got)
	}
	if _, err := keyOfIdentity(w.view, identity, 0); !errors.Is(err, consent.ErrUnknownIdentity) {
		t.Errorf("an identity on another registry: %v", err)
	}
	if err := w.relayer.Submit(t.Context(), grant); !errors.Is(err, consent.ErrSignature) {
		t.Errorf("an act signed for another ledger was taken: %v", err)
	}
}

func TestRootKey(t *testing.T) {
	root := account(t)
	act, id := registerAct(w.chain.addresses, root)
	submit(t, act)
	await(t, act)
	view := must(w.view.View(t.Context()))
	block := blockOfRegistration(t, w.view, id)
	tests := []struct {
		name  string
		id    consent.IdentityID
		block uint64
		want  error
	}{
		{"now", id, 0, nil},
		{"in its block", id, block, nil},
		{"at the head", id, view.Block, nil},
		{"the block before", id, block - 1, consent.ErrUnknownIdentity},
		{"block 1", id, 1, consent.ErrUnknownIdentity},
		{"a block to come", id, view.Block + 1000, consent.ErrUnavailable},
		{"another identity", random(), 0, consent.ErrUnknownIdentity},
		{"zero", consent.IdentityID{}, 0, consent.ErrUnknownIdentity},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			key, err := keyOfIdentity(w.view, test.id, test.block)
			if !errors.Is(err, test.want) || (err == nil) != (key == root.Address()) {
				t.Errorf("%s, %v: want %v", key, err, test.want)
			}
		})
	}
	if _, frozen, err := w.view.RootKey(t.Context(), id, 0); frozen || err != nil {
		t.Errorf("frozen: %v, %v", frozen, err)
	}
}

func blockOfRegistration(t *testing.T, v *View, id consent.IdentityID) uint64 {
	t.Helper()
	v.mu.RLock()
	defer v.mu.RUnlock()
	return must(v.identity(id)).Keys[0].Block
}

// A view that follows by ranges, one that followed block by block, and one that
// was closed and opened again hold the same.
func TestFollowingAgain(t *testing.T) {
	key, id := account(t), consent.GrantID(random())
	act := grantAct(w.chain.addresses, key, id)
	submit(t, act)
	await(t, act)
	for must(w.view.View(t.Context())).Block < w.chain.addresses.Block+2*rangeFrom {
		w.mine(t)
	}
	dir := t.TempDir()
	again, err := Follow(t.Context(), w.chain, w.followed(dir))
	if err != nil {
		t.Fatal(err)
	}
	sameProjection(t, w.view, again)
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"GrantState":           second(again.GrantState(t.Context(), key.Address(), id)),
		"RootKey":              second(keyOfIdentity(again, random(), 0)),
		"Institution":          second(again.Institution(t.Context(), random())),
		"InstitutionByKeyHash": second(again.InstitutionByKeyHash(t.Context(), random())),
		"Institutions":         second(again.Institutions(t.Context())),
		"View":                 second(again.View(t.Context())),
		"Await":                again.Await(t.Context(), act),
		"AwaitBlock":           again.AwaitBlock(t.Context(), 0),
	} {
		if !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("%s of a closed view: %v", name, err)
		}
	}
	if again, err = Follow(t.Context(), w.chain, w.followed(dir)); err != nil {
		t.Fatal(err)
	}
	sameProjection(t, w.view, again)
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}

	foreign := &Chain{client: w.chain.client, addresses: w.chain.addresses}
	foreign.addresses.Institutions = consent.Address{1}
	if _, err := Follow(t.Context(), foreign, w.followed(dir)); !errors.Is(err, ErrForeignChain) {
		t.Errorf("a view kept for other contracts: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

// keyOfIdentity is RootKey without the freeze.
func keyOfIdentity(v *View, id consent.IdentityID, block uint64) (consent.Address, error) {
	key, _, err := v.RootKey(context.Background(), id, block)
	return key, err
}

func sameProjection(t *testing.T, a, b *View) {
	t.Helper()
	if err := b.AwaitBlock(soon(t), must(a.View(t.Context())).Block); err != nil {
		t.Fatal(err)
	}
	left, right := projection(t, a), projection(t, b)
	if len(left) == 0 || len(left) != len(right) {
		t.Errorf("%d records, and %d", len(left), len(right))
	}
	for key, value := range left {
		if right[key] != value {
			t.Errorf("record %q differs", key[:1])
		}
	}
	a.mu.RLock()
	defer a.mu.RUnlock()
	b.mu.RLock()
	defer b.mu.RUnlock()
	if len(a.institutions) != len(b.institutions) || len(a.tlsKeys) != len(b.tlsKeys) || !sameIndex(a.attestedBy, b.attestedBy) || !sameIndex(a.keysOf, b.keysOf) {
		t.Error("what is kept in memory differs")
	}
}

// sameIndex: a reorganisation may leave an empty list behind.
func sameIndex[K comparable, V comparable](a, b map[K][]V) bool {
	full := func(m map[K][]V) map[K][]V {
		m = maps.Clone(m)
		maps.DeleteFunc(m, func(_ K, list []V) bool { return len(list) == 0 })
		return m
	}
	return maps.EqualFunc(full(a), full(b), slices.Equal[[]V])
}

func projection(t *testing.T, v *View) map[string]string {
	t.Helper()
	all := map[string]string{}
	iterator := must(v.db.NewIter(&pebble.IterOptions{}))
	for valid := iterator.First(); valid; valid = iterator.Next() {
		if key := string(iterator.Key()); !strings.ContainsRune("bmsw", rune(key[0])) {
			all[key] = string(iterator.Value())
		}
	}
	if err := iterator.Close(); err != nil {
		t.Fatal(err)
	}
	return all
}

// stuckLocal is the embedded chain with sealing that may be stopped.
type stuckLocal struct {
	Local
	stopped atomic.Bool
	asked   atomic.Int64
}

func (s *stuckLocal) Heartbeat(ctx context.Context) error {
	s.asked.Add(1)
	if s.stopped.Load() {
		return errors.New("disk full")
	}
	return s.Local.Heartbeat(ctx)
}

func TestAgeAndHeartbeat(t *testing.T) {
	local := &stuckLocal{Local: w.local}
	var ahead atomic.Int64 // how far this view's clock is ahead of the wall
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	v, err := Follow(t.Context(), w.chain, ViewConfig{Dir: t.TempDir(), Local: local, now: now})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = v.Close() }()
	if err := w.local.Heartbeat(soon(t)); err != nil {
		t.Fatal(err)
	}
	block, _ := w.local.Committed()
	if err := v.AwaitBlock(soon(t), block); err != nil {
		t.Fatal(err)
	}

	fresh := must(v.View(t.Context()))
	if fresh.Age > 5*time.Second || local.asked.Load() != 0 {
		t.Errorf("a fresh head: age %v, %d heartbeats", fresh.Age, local.asked.Load())
	}
	ahead.Store(int64(heartbeatAfter + 2*time.Second))
	answers := make(chan consent.View, 20)
	for range cap(answers) { // many requests at once: one block
		go func() { answers <- must(v.View(context.Background())) }()
	}
	for range cap(answers) {
		if view := <-answers; view.Block != block+1 {
			t.Errorf("block %d after the heartbeat, want %d", view.Block, block+1)
		}
	}
	if asked := local.asked.Load(); asked != 1 {
		t.Errorf("%d heartbeats for one stale head", asked)
	}

	local.stopped.Store(true)
	ahead.Store(int64(2 * time.Minute))
	stale, err := v.View(t.Context())
	if err != nil || stale.Age < time.Minute {
		t.Errorf("when sealing stops the view must grow stale: age %v, %v", stale.Age, err)
	}
	ahead.Store(-int64(time.Minute))
	if _, err := v.View(t.Context()); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("with the wall clock behind the chain's no age can be told: %v", err)
	}
}

// An old copy of the embedded chain, put in place of the one that was followed.
func TestRollbackStops(t *testing.T) {
	ctx := soon(t)
	dir := t.TempDir()
	open := func(name string) *devchain.Chain {
		return must(devchain.Open(ctx, devchain.Config{Dir: filepath.Join(dir, name), Fund: []consent.Address{w.operator.Address()}}))
	}
	local := open("chain")
	addresses := must(Deploy(ctx, local.Client(), w.operator))
	if err := errors.Join(local.Heartbeat(ctx), local.Close(), os.CopyFS(filepath.Join(dir, "copy"), os.DirFS(filepath.Join(dir, "chain")))); err != nil {
		t.Fatal(err)
	}

	local = open("chain")
	v := must(Follow(ctx, must(Open(ctx, local.Client(), addresses)), ViewConfig{Dir: filepath.Join(dir, "view"), Local: local}))
	if err := local.Heartbeat(ctx); err != nil {
		t.Fatal(err)
	}
	block, _ := local.Committed()
	if err := errors.Join(v.AwaitBlock(ctx, block), v.Close(), local.Close()); err != nil {
		t.Fatal(err)
	}

	copied := open("copy")
	defer func() { _ = copied.Close() }()
	chain := must(Open(ctx, copied.Client(), addresses))
	config := ViewConfig{Dir: filepath.Join(dir, "view"), Local: copied}
	if _, err := Follow(ctx, chain, config); !errors.Is(err, ErrRolledBack) {
		t.Fatalf("a shorter chain: %v", err)
	}
	for range 2 { // the copy goes on by itself, past the block that it lacks
		if err := copied.Heartbeat(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Follow(ctx, chain, config); !errors.Is(err, ErrRolledBack) {
		t.Errorf("a chain with another block in its place: %v", err)
	}
}

// The embedded chain followed as any other network: by subscription, here with
// polls so rare that nothing else can wake the view.
func TestFollowingByRPC(t *testing.T) {
	client := w.client
	v, err := Follow(t.Context(), w.chain, ViewConfig{Dir: t.TempDir(), Confirm: ConfirmHead, Second: client, Poll: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = v.Close() }()
	r := must(NewRelayer(v, NewTransactor(w.chain, w.payer), RelayerConfig{Dir: t.TempDir(), Sealer: newTestSealer(4)}))
	defer func() { _ = r.Close() }()
	root, key := account(t), account(t)
	register, id := registerAct(w.chain.addresses, root)
	grant := grantAct(w.chain.addresses, key, random())
	for _, act := range []consent.Act{register, grant} {
		if err := r.Submit(t.Context(), act); err != nil {
			t.Fatal(err)
		}
	}
	for _, act := range []consent.Act{grant, register} {
		if err := v.Await(soon(t), act); err != nil {
			t.Fatal(err)
		}
	}
	state := must(v.GrantState(t.Context(), key.Address(), grant.Grant))
	if registered, err := keyOfIdentity(v, id, state.Block); err != nil || registered != root.Address() {
		t.Errorf("the identity was not registered when its grant counted: %v", err)
	}
}
