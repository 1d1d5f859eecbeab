package proof

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// testLog writes entries as a vault's journal does.
type testLog struct {
	t    *testing.T
	key  ed25519.PrivateKey
	next uint64
}

func newTestLog(t *testing.T, seed byte) *testLog {
	return &testLog{t: t, key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, 32))}
}

func (l *testLog) public() ed25519.PublicKey { return l.key.Public().(ed25519.PublicKey) }

// seal makes the parts of a leaf; openings in the same order.
func (l *testLog) seal(plaintexts ...[]byte) (*consent.Leaf, []consent.Opening) {
	leaf := &consent.Leaf{Version: consent.Version, Locator: make([]byte, consent.LocatorSize)}
	var openings []consent.Opening
	ciphertexts := []*[]byte{&leaf.Shared, &leaf.Evidence, &leaf.Personal}
	for i, plaintext := range plaintexts {
		commitment, salt, ciphertext, err := crypto.SealPart(make(crypto.Secret, 32), uint8(i+1), plaintext, 0)
		if err != nil {
			l.t.Fatal(err)
		}
		leaf.Commitments[i], *ciphertexts[i] = commitment, ciphertext
		openings = append(openings, consent.Opening{Salt: salt, Plaintext: plaintext})
	}
	return leaf, openings
}

func (l *testLog) encode(leaf *consent.Leaf) []byte {
	data, err := leaf.Encode()
	if err != nil {
		l.t.Fatal(err)
	}
	return data
}

func (l *testLog) promise(leaf []byte) consent.Promise {
	p := consent.Promise{Origin: "log.example/1", Index: l.next, LeafHash: consent.LeafHash(leaf), MaxDelay: 2000}
	l.next++
	return l.sign(p)
}

func (l *testLog) sign(p consent.Promise) consent.Promise {
	message, err := p.Message()
	if err != nil {
		l.t.Fatal(err)
	}
	p.Signature = [64]byte(ed25519.Sign(l.key, message))
	return p
}

func sharedPart(t *testing.T, releases uint64) []byte {
	t.Helper()
	p := consent.SharedPart{Version: consent.Version, Kind: consent.EntryAuthorised, Action: consent.Read, Time: releases}
	data, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func (l *testLog) proof(shared []byte) consent.Proof {
	leaf, openings := l.seal(shared, []byte("evidence"), []byte("personal"))
	data := l.encode(leaf)
	return consent.Proof{Promise: l.promise(data), Leaf: data, Shared: openings[0]}
}

func TestVerifyProof(t *testing.T) {
	log, other := newTestLog(t, 1), newTestLog(t, 2)
	foreign := log.proof(sharedPart(t, 9))
	for _, c := range []struct {
		name   string
		change func(*consent.Proof)
		key    ed25519.PublicKey
		holds  bool
	}{
		{"as answered", func(*consent.Proof) {}, log.public(), true},
		{"another log's key", func(*consent.Proof) {}, other.public(), false},
		{"no key", func(*consent.Proof) {}, nil, false},
		{"signed by another log", func(p *consent.Proof) { p.Promise = other.sign(p.Promise) }, log.public(), false},
		{"no signature", func(p *consent.Proof) { p.Promise.Signature = [64]byte{} }, log.public(), false},
		{"another index", func(p *consent.Proof) { p.Promise.Index++ }, log.public(), false},
		{"another origin", func(p *consent.Proof) { p.Promise.Origin = "log.example/2" }, log.public(), false},
		{"no origin", func(p *consent.Proof) { p.Promise.Origin = "" }, log.public(), false},
		{"a longer delay", func(p *consent.Proof) { p.Promise.MaxDelay++ }, log.public(), false},
		{"another leaf hash", func(p *consent.Proof) { p.Promise.LeafHash[0]++ }, log.public(), false},
		{"another leaf", func(p *consent.Proof) { p.Leaf = foreign.Leaf }, log.public(), false},
		{"another entry's promise", func(p *consent.Proof) { p.Promise = foreign.Promise }, log.public(), false},
		{"another entry's opening", func(p *consent.Proof) { p.Shared = foreign.Shared }, log.public(), false},
		{"another salt", func(p *consent.Proof) { p.Shared.Salt[0]++ }, log.public(), false},
		{"another content", func(p *consent.Proof) { p.Shared.Plaintext = sharedPart(t, 2) }, log.public(), false},
		{"no leaf", func(p *consent.Proof) { p.Leaf = nil }, log.public(), false},
		{"leaf with another byte, promised", func(p *consent.Proof) {
			p.Leaf = append(bytes.Clone(p.Leaf), make([]byte, consent.LeafClass)...)
			p.Promise = log.promise(p.Leaf)
		}, log.public(), false},
		{"evidence opened as shared", func(p *consent.Proof) {
			leaf, openings := log.seal([]byte("shared"), sharedPart(t, 1))
			p.Leaf = log.encode(leaf)
			p.Promise, p.Shared = log.promise(p.Leaf), openings[1]
		}, log.public(), false},
		{"content that is no shared part", func(p *consent.Proof) { *p = log.proof([]byte("noise")) }, log.public(), false},
		{"content with trailing bytes", func(p *consent.Proof) { *p = log.proof(append(sharedPart(t, 1), 0)) }, log.public(), false},
	} {
		p := log.proof(sharedPart(t, 1))
		c.change(&p)
		part, err := VerifyProof(p, c.key)
		if c.holds && (err != nil || part.Kind != consent.EntryAuthorised || part.Time != 1) {
			t.Errorf("%s: %v", c.name, err)
		}
		if !c.holds && (!errors.Is(err, ErrProof) || part != nil) {
			t.Errorf("%s: %v; want ErrProof", c.name, err)
		}
	}
}

// history continues a state, right or wrong.
func (l *testLog) history(identity consent.IdentityID, state HistoryState, n int) []HistoryItem {
	var items []HistoryItem
	for range n {
		p := consent.PersonalPart{Version: consent.Version, Kind: consent.EntryAuthorised, Identity: identity, Sequence: state.Sequence + 1, Previous: state.Last}
		plaintext, err := p.Encode()
		if err != nil {
			l.t.Fatal(err)
		}
		leaf, openings := l.seal(l.shared(p.Kind), []byte("evidence"), plaintext)
		items = append(items, HistoryItem{Leaf: l.encode(leaf), Personal: openings[2], Shared: openings[0]})
		state = HistoryState{Sequence: p.Sequence, Last: sha256.Sum256(plaintext)}
	}
	return items
}

// shared is the shared part of an entry of that kind, its other members zero.
func (l *testLog) shared(kind consent.EntryKind) []byte {
	plaintext, err := (&consent.SharedPart{Version: consent.Version, Kind: kind}).Encode()
	if err != nil {
		l.t.Fatal(err)
	}
	return plaintext
}

func TestVerifyHistory(t *testing.T) {
	log, me := newTestLog(t, 1), consent.IdentityID{1}
	all := log.history(me, HistoryState{}, 6)
	half, parts, err := VerifyHistory(me, HistoryState{}, all[:3])
	if err != nil || len(parts) != 3 || half.Sequence != 3 {
		t.Fatalf("first page: %d parts, %+v, %v", len(parts), half, err)
	}
	foreign := log.history(consent.IdentityID{2}, HistoryState{}, 1)
	rewritten := log.history(me, HistoryState{Sequence: 3, Last: consent.Digest{7}}, 1)
	renumbered := log.history(me, HistoryState{Sequence: 4, Last: half.Last}, 1)
	personalAsShared, openings := log.seal(all[0].Personal.Plaintext)
	otherKind, otherOpenings := log.seal(log.shared(consent.EntryDenied), []byte("evidence"), all[0].Personal.Plaintext)
	otherItem := HistoryItem{Leaf: log.encode(otherKind), Personal: otherOpenings[2], Shared: otherOpenings[0]}
	for _, c := range []struct {
		name  string
		state HistoryState
		items []HistoryItem
		holds bool
	}{
		{"second page", half, all[3:], true},
		{"nothing new", half, nil, true},
		{"all at once", HistoryState{}, all, true},
		{"first page again", half, all[:3], false},
		{"an entry left out", half, all[4:], false},
		{"an entry left out inside", half, append(append([]HistoryItem{}, all[3]), all[5]), false},
		{"an entry twice", half, append(append([]HistoryItem{}, all[3]), all[3]), false},
		{"two entries swapped", half, append(append([]HistoryItem{}, all[4]), all[3]), false},
		{"the beginning left out", HistoryState{}, all[1:], false},
		{"somebody else's", HistoryState{}, foreign, false},
		{"past rewritten", half, rewritten, false},
		{"number left out", half, renumbered, false},
		{"opening of another entry", HistoryState{}, []HistoryItem{{Leaf: all[0].Leaf, Personal: all[1].Personal, Shared: all[0].Shared}}, false},
		{"shared part of another entry", HistoryState{}, []HistoryItem{{Leaf: all[0].Leaf, Personal: all[0].Personal, Shared: all[1].Shared}}, false},
		{"shared part missing", HistoryState{}, []HistoryItem{{Leaf: all[0].Leaf, Personal: all[0].Personal}}, false},
		{"parts of different kinds", HistoryState{}, []HistoryItem{otherItem}, false},
		{"opened from another part", HistoryState{}, []HistoryItem{{Leaf: log.encode(personalAsShared), Personal: openings[0]}}, false},
		{"no leaf", HistoryState{}, []HistoryItem{{Personal: all[0].Personal}}, false},
	} {
		state, parts, err := VerifyHistory(me, c.state, c.items)
		if c.holds && (err != nil || len(parts) != len(c.items) || state.Sequence != c.state.Sequence+uint64(len(c.items))) {
			t.Errorf("%s: %d parts, %+v, %v", c.name, len(parts), state, err)
		}
		if !c.holds && (!errors.Is(err, ErrProof) || parts != nil || state != c.state) {
			t.Errorf("%s: %v; want ErrProof and the state unchanged", c.name, err)
		}
	}
}
