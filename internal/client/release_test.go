package client

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/ledgerref/devchain"
	"github.com/wrapious/wrappy/proof"
)

// TestReleaseAnchored goes the whole way, with a real journal and a real chain: a release,
// its place in the log, the anchor on the ledger, and one call that checks them all.
func TestReleaseAnchored(t *testing.T) {
	l := newLogWorld(t, 5)
	l.fill(20)
	release := l.append(&person)
	checkpoint, err := l.reader().Await(soon(t), release.Promise.Index+1)
	if err != nil {
		t.Fatal(err)
	}
	chain := anchorOnChain(t, l, checkpoint.Tree)
	l.fill(20)
	file, err := chain.AnchorProof(soon(t), l.trust.Origin, 0)
	if err != nil {
		t.Fatal(err)
	}
	ledger := chain.Addresses().ConsentDomain()
	_, anchor, err := VerifyAnchor(&file, ledger)
	if err != nil {
		t.Fatal(err)
	}
	r := l.reader()
	if _, err := r.Await(soon(t), anchor.Size+20); err != nil {
		t.Fatal(err)
	}
	entry, err := r.EntryFile(soon(t), &release, anchor)
	if err != nil {
		t.Fatal(err)
	}
	trust := &proof.TrustFile{Format: proof.FormatTrust, Log: l.trust.VerifierKey(), ChainID: ledger.ChainID, Contract: ledger.Contract}
	v, err := VerifyRelease(trust, entry, &file)
	if err != nil || v.Shared.Kind != consent.EntryAuthorised || v.Index != release.Promise.Index {
		t.Fatalf("%+v, %v", v, err)
	}
	open := 0
	for _, f := range v.Report {
		if !f.Proven {
			open++
			if f.Check == proof.CheckAnchor && !strings.Contains(f.What, "is on the chain: compare its hash 0x") {
				t.Errorf("finding %+v", f)
			}
		}
	}
	if open != 3 { // two blocks, and that no witness was asked for
		t.Errorf("%d things not proven: %+v", open, v.Report)
	}
	for name, c := range map[string]struct {
		change func(t *proof.TrustFile, f *proof.EntryFile, a *ledgerref.AnchorProof)
		want   error
	}{
		"another ledger trusted": {func(t *proof.TrustFile, _ *proof.EntryFile, _ *ledgerref.AnchorProof) { t.ChainID++ }, ledgerref.ErrAnchorProof},
		"another log trusted": {func(t *proof.TrustFile, _ *proof.EntryFile, _ *ledgerref.AnchorProof) {
			t.Log = proof.Log{Origin: l.trust.Origin, Key: bytes.Repeat([]byte{7}, 32)}.VerifierKey()
		}, proof.ErrProof},
		"no log trusted":                 {func(t *proof.TrustFile, _ *proof.EntryFile, _ *ledgerref.AnchorProof) { t.Log = "" }, proof.ErrTrust},
		"another root in the anchor":     {func(_ *proof.TrustFile, _ *proof.EntryFile, a *ledgerref.AnchorProof) { a.Root[0]++ }, ledgerref.ErrAnchorProof},
		"no proof for the anchored tree": {func(_ *proof.TrustFile, f *proof.EntryFile, _ *ledgerref.AnchorProof) { f.Anchored = nil }, proof.ErrNotCovered},
		"another path in the anchor": {func(_ *proof.TrustFile, f *proof.EntryFile, _ *ledgerref.AnchorProof) {
			f.Anchored.Path = f.Inclusion.Path
		}, proof.ErrProof},
		"another entry in the same places": {func(_ *proof.TrustFile, f *proof.EntryFile, _ *ledgerref.AnchorProof) { f.Promise.Index-- }, proof.ErrProof},
	} {
		changedTrust, changedEntry, changedAnchor := *trust, *entry, file
		anchored := *entry.Anchored
		changedEntry.Anchored = &anchored
		c.change(&changedTrust, &changedEntry, &changedAnchor)
		if v, err := VerifyRelease(&changedTrust, &changedEntry, &changedAnchor); !errors.Is(err, c.want) || v != nil {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// anchorOnChain makes an embedded chain with the contracts on it, and anchors a tree there.
func anchorOnChain(t *testing.T, l *logWorld, tree proof.Tree) *ledgerref.Chain {
	t.Helper()
	operator, err := ledgerref.NewAccount()
	if err != nil {
		t.Fatal(err)
	}
	local, err := devchain.Open(soon(t), devchain.Config{Dir: filepath.Join(t.TempDir(), "chain"), Fund: []consent.Address{operator.Address()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = local.Close() })
	addresses, err := ledgerref.Deploy(soon(t), local.Client(), operator)
	if err != nil {
		t.Fatal(err)
	}
	chain, err := ledgerref.Open(soon(t), local.Client(), addresses)
	if err != nil {
		t.Fatal(err)
	}
	keeper := ledgerref.NewTransactor(chain, operator)
	if _, err := keeper.OpenLog(soon(t), l.trust.Origin, [32]byte(l.trust.Key)); err != nil {
		t.Fatal(err)
	}
	if _, err := keeper.Anchor(soon(t), l.trust.Origin, tree.Size, tree.Root); err != nil {
		t.Fatal(err)
	}
	return chain
}
