package journal

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/vfs"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/vault"
)

func key(n byte) crypto.Secret { return bytes.Repeat([]byte{n}, 32) }

func configIn(dir string) Config {
	return Config{
		Dir: dir, Origin: "vault.example/log/1", Shared: key(1), Evidence: key(2), Locator: key(3), Security: key(4),
		Signer: ed25519.NewKeyFromSeed(key(5)),
	}
}

func mustOpen(t testing.TB, config Config) *Journal {
	t.Helper()
	j, err := Open(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func mustClose(t testing.TB, j *Journal) {
	t.Helper()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// Values that must never be found where they are not meant to be.
func subjectOf(n byte) *vault.SubjectLog {
	return &vault.SubjectLog{Handle: [16]byte(bytes.Repeat([]byte{0xa0 + n}, 16)), Key: key(0x60 + n)}
}
func identityOf(n byte) consent.IdentityID {
	return consent.IdentityID(bytes.Repeat([]byte{0xb0 + n}, 32))
}
func grantOf(n byte) consent.GrantID { return consent.GrantID(bytes.Repeat([]byte{0xc0 + n}, 32)) }

var institution = consent.InstitutionID(bytes.Repeat([]byte{0xd1}, 32))

const someTime = 1_790_000_000_000 // September 2026

func entryOf(n byte) vault.Entry {
	fields := []consent.FieldName{"health.allergy", "identity.name"}
	return vault.Entry{
		Shared: consent.SharedPart{Version: 1, Kind: consent.EntryAuthorised, Institution: institution, Grant: grantOf(n), Action: consent.Read,
			Fields: []consent.FieldVersion{{Field: fields[0], Version: 1}, {Field: fields[1], Version: 2}}, Block: 7, Time: someTime},
		Evidence: consent.EvidencePart{Version: 1, Kind: consent.EntryAuthorised, Institution: institution, InstitutionStands: true, Country: "KE",
			Purpose: "dpv:ServiceProvision", LegalBasis: consent.BasisConsent, Action: consent.Read, Asked: fields, GrantFields: fields,
			GrantActions: consent.Read, Permitted: fields, Block: 7, Time: someTime},
		Personal: consent.PersonalPart{Version: 1, Kind: consent.EntryAuthorised, Identity: identityOf(n), Grant: grantOf(n), Time: someTime},
		Subject:  subjectOf(n),
	}
}

func mustAppend(t testing.TB, j *Journal, e vault.Entry) consent.Proof {
	t.Helper()
	proof, err := j.Append(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return proof
}

// historyOf reads a whole history in pages and checks it as a phone does.
func historyOf(t testing.TB, j *Journal, n byte) []vault.HistoryItem {
	t.Helper()
	var all []vault.HistoryItem
	for {
		page, err := j.History(t.Context(), *subjectOf(n), uint64(len(all)), 7)
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, page...); len(page) < 7 {
			break
		}
	}
	var previous consent.Digest
	for i, item := range all {
		leaf, err := consent.ParseLeaf(item.Leaf)
		if err != nil {
			t.Fatal(err)
		}
		if err := crypto.CheckOpening(consent.PartPersonal, leaf.Commitments[2], item.PersonalOpening.Salt, item.PersonalOpening.Plaintext); err != nil {
			t.Fatal(err)
		}
		part, err := consent.ParsePersonal(item.PersonalOpening.Plaintext)
		if err != nil || *part != item.Personal {
			t.Fatalf("the opening is not the item's: %v", err)
		}
		if part.Sequence != uint64(i+1) || part.Previous != previous || part.Identity != identityOf(n) || item.Shared.Grant != grantOf(n) {
			t.Fatalf("item %d is out of sequence or another's", i)
		}
		previous = sha256.Sum256(item.PersonalOpening.Plaintext)
	}
	return all
}

func verifies(public ed25519.PublicKey, p consent.Promise) bool {
	message, err := p.Message()
	return err == nil && ed25519.Verify(public, message, p.Signature[:])
}

func TestProof(t *testing.T) {
	j := mustOpen(t, configIn(tempDir(t)))
	mustAppend(t, j, entryOf(1))
	proof := mustAppend(t, j, entryOf(2))
	leaf, err := consent.ParseLeaf(proof.Leaf)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := j.Leaf(t.Context(), 1)
	if err != nil || !bytes.Equal(stored, proof.Leaf) {
		t.Fatalf("the leaf is not the stored one: %v", err)
	}
	p := proof.Promise
	if p.Index != 1 || p.Origin != j.Origin() || p.MaxDelay != 2000 || p.LeafHash != consent.LeafHash(proof.Leaf) || !verifies(j.PublicKey(), p) {
		t.Fatal("the promise is not about this leaf")
	}
	if err := crypto.CheckOpening(consent.PartShared, leaf.Commitments[0], proof.Shared.Salt, proof.Shared.Plaintext); err != nil {
		t.Fatal(err)
	}
	shared, err := consent.ParseShared(proof.Shared.Plaintext)
	if err != nil || shared.Grant != grantOf(2) {
		t.Fatal("the opening is not the shared part's")
	}

	flips := map[string]func(p *consent.Promise){
		"origin": func(p *consent.Promise) { p.Origin = "vault.example/log/2" },
		"index":  func(p *consent.Promise) { p.Index++ },
		"delay":  func(p *consent.Promise) { p.MaxDelay++ },
		"zero":   func(p *consent.Promise) { p.Signature = [64]byte{} },
	}
	for bit := range 64 * 8 {
		flips[fmt.Sprintf("signature bit %d", bit)] = func(p *consent.Promise) { p.Signature[bit/8] ^= 1 << (bit % 8) }
		flips[fmt.Sprintf("leaf hash bit %d", bit/2)] = func(p *consent.Promise) { p.LeafHash[bit/16] ^= 1 << (bit / 2 % 8) }
	}
	for name, flip := range flips {
		changed := p
		if flip(&changed); verifies(j.PublicKey(), changed) {
			t.Errorf("%s changed: the promise still verifies", name)
		}
	}
	for bit := range len(proof.Leaf) * 8 {
		changed := bytes.Clone(proof.Leaf)
		if changed[bit/8] ^= 1 << (bit % 8); consent.LeafHash(changed) == p.LeafHash {
			t.Fatalf("leaf bit %d changed: same hash", bit)
		}
	}
}

func TestSwappedPartsDoNotOpen(t *testing.T) {
	j := mustOpen(t, configIn(tempDir(t)))
	a, b := mustAppend(t, j, entryOf(1)), mustAppend(t, j, entryOf(2))
	leafA, errA := consent.ParseLeaf(a.Leaf)
	leafB, errB := consent.ParseLeaf(b.Leaf)
	if err := errors.Join(errA, errB); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"another entry's opening":    crypto.CheckOpening(consent.PartShared, leafA.Commitments[0], b.Shared.Salt, b.Shared.Plaintext),
		"another entry's salt":       crypto.CheckOpening(consent.PartShared, leafA.Commitments[0], b.Shared.Salt, a.Shared.Plaintext),
		"as another part":            crypto.CheckOpening(consent.PartPersonal, leafA.Commitments[0], a.Shared.Salt, a.Shared.Plaintext),
		"another part's commitment":  crypto.CheckOpening(consent.PartShared, leafA.Commitments[1], a.Shared.Salt, a.Shared.Plaintext),
		"a byte more":                crypto.CheckOpening(consent.PartShared, leafA.Commitments[0], a.Shared.Salt, append(bytes.Clone(a.Shared.Plaintext), 0)),
		"shared of the other leaf":   opens(key(1), consent.PartShared, leafA.Commitments[0], leafB.Shared),
		"shared as evidence":         opens(key(1), consent.PartEvidence, leafA.Commitments[0], leafA.Shared),
		"personal by the shared key": opens(key(1), consent.PartPersonal, leafA.Commitments[2], leafA.Personal),
		"personal by another person": opens(subjectOf(2).Key, consent.PartPersonal, leafA.Commitments[2], leafA.Personal),
		"evidence by the shared key": opens(key(1), consent.PartEvidence, leafA.Commitments[1], leafA.Evidence),
	} {
		if err == nil {
			t.Errorf("%s: opens", name)
		}
	}
}

func opens(key crypto.Secret, part uint8, commitment [32]byte, ciphertext []byte) error {
	_, _, err := crypto.OpenPart(key, part, commitment, ciphertext)
	return err
}

// insistent appends until it is taken, as callers do while the log or the machine is behind.
// What was refused may have become an entry.
func insistent(t testing.TB, j *Journal, e vault.Entry) (consent.Proof, error) {
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		proof, err := j.Append(t.Context(), e)
		if !errors.Is(err, consent.ErrUnavailable) && !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) > time.Minute {
			return proof, err
		}
	}
}

// 64 writers, two people and nobody: each history is complete and in order, and
// the indexes are those of the promises, without a gap.
func TestSequenceUnderConcurrency(t *testing.T) {
	config := configIn(tempDir(t))
	j := mustOpen(t, config)
	const writers, each = 64, 9
	var mu sync.Mutex
	leaves := map[uint64][]byte{}
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				e := entryOf(byte(1 + (w+i)%3))
				if (w+i)%3 == 2 {
					e.Subject = nil
				}
				proof, err := insistent(t, j, e)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if leaves[proof.Promise.Index] != nil {
					t.Error("one index twice")
				}
				leaves[proof.Promise.Index] = proof.Leaf
				mu.Unlock()
				if proof.Promise.Index >= j.Size() {
					t.Error("acknowledged before it was durable")
				}
			}
		})
	}
	all.Wait()
	// On a machine that is far behind, what was refused is in the log beside what was promised.
	unpromised := j.Size() - writers*each
	if j.Size() < writers*each || len(leaves) != writers*each {
		t.Fatalf("size %d, %d proofs; want %d", j.Size(), len(leaves), writers*each)
	}
	check := func(j *Journal) {
		beyond := uint64(0)
		for n := byte(1); n <= 2; n++ {
			promised := 0
			for _, item := range historyOf(t, j, n) {
				leaf, found := leaves[item.Index]
				if !found {
					beyond++
					continue
				}
				promised++
				if !bytes.Equal(leaf, item.Leaf) {
					t.Error("the history's leaf is not the promised one")
				}
			}
			if promised != writers*each/3 {
				t.Errorf("person %d: %d entries, want %d", n, promised, writers*each/3)
			}
		}
		if beyond > unpromised {
			t.Errorf("%d entries in histories that are not in the log", beyond-unpromised)
		}
	}
	check(j)
	mustClose(t, j)
	check(mustOpen(t, config))
}

func TestRestartContinues(t *testing.T) {
	config := configIn(tempDir(t))
	for round := range 4 {
		j := mustOpen(t, config)
		for n := byte(1); n <= 2; n++ {
			if proof := mustAppend(t, j, entryOf(n)); proof.Promise.Index != uint64(2*round)+uint64(n)-1 {
				t.Fatalf("index %d", proof.Promise.Index)
			}
		}
		if round == 2 { // as when there was no room in memory
			j.persons.byHandle = nil
			mustAppend(t, j, entryOf(1))
			mustClose(t, j)
			break
		}
		mustClose(t, j)
		config.MinSize = j.Size()
	}
	j := mustOpen(t, config)
	if a, b := len(historyOf(t, j, 1)), len(historyOf(t, j, 2)); a != 4 || b != 3 || j.Size() != 7 {
		t.Errorf("%d and %d entries of %d, want 4 and 3 of 7", a, b, j.Size())
	}
}

// tempDir is t.TempDir for journals that fail: the tree's own writers may still be at work
// for a moment after that.
func tempDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "journal-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		deadline := time.Now().Add(20 * time.Second)
		for err := os.RemoveAll(dir); err != nil; err = os.RemoveAll(dir) {
			if time.Now().After(deadline) {
				t.Error(err)
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	return dir
}

func memConfig(t testing.TB) Config {
	t.Helper()
	config := configIn("journal")
	config.TreeDir = tempDir(t)
	config.fs = vfs.NewStrictMem()
	return config
}

func TestPersonsAreBounded(t *testing.T) {
	var c persons
	handle := func(n int) (h [16]byte) { copy(h[:], fmt.Sprint(n)); return h }
	held := c.acquire(handle(-1))
	for n := range maxPersons + 5000 {
		c.release(c.acquire(handle(n)))
	}
	if len(c.byHandle) > maxPersons {
		t.Errorf("%d kept", len(c.byHandle))
	}
	if c.acquire(handle(-1)) != held {
		t.Error("a person with an entry under way was forgotten")
	}
}

// A late entry shares another's sync, or is written by itself after a while.
func TestLateEntriesWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{}
		q.changed = sync.NewCond(&q.mu)
		leaf := func(late bool) *request { return &request{leaf: []byte{1}, late: late} }
		for _, late := range []bool{true, true, false, true} {
			if err := q.put(leaf(late)); err != nil {
				t.Fatal(err)
			}
		}
		if group := q.take(); len(group) != 4 || group[0].index != 0 || group[3].index != 3 {
			t.Errorf("%d in one group, want all in their order", len(group))
		}
		time.Sleep(2 * lateDelay) // the first one's time is over
		begun := time.Now()
		if err := q.put(leaf(true)); err != nil {
			t.Fatal(err)
		}
		if group := q.take(); len(group) != 1 || time.Since(begun) != lateDelay {
			t.Errorf("%d late ones alone after %v", len(group), time.Since(begun))
		}
		if err := q.put(leaf(true)); err != nil {
			t.Fatal(err)
		}
		q.close()
		if group := q.take(); len(group) != 1 {
			t.Errorf("%d at the end", len(group))
		}
		if group := q.take(); len(group) != 0 {
			t.Error("something after the end")
		}
	})
}

// A late entry has no proof and is in the log and in the person's history all the same.
func TestLateEntry(t *testing.T) {
	config := configIn(tempDir(t))
	j := mustOpen(t, config)
	late := entryOf(1)
	late.Late = true
	late.Shared.Kind, late.Evidence.Kind, late.Personal.Kind = consent.EntryDelivered, consent.EntryDelivered, consent.EntryDelivered
	for range 3 {
		mustAppend(t, j, entryOf(1))
		if proof := mustAppend(t, j, late); proof.Leaf != nil || proof.Promise.Signature != [64]byte{} {
			t.Error("a promise about what may not be kept")
		}
	}
	mustClose(t, j)
	j = mustOpen(t, config)
	for i, item := range historyOf(t, j, 1) {
		want := []consent.EntryKind{consent.EntryAuthorised, consent.EntryDelivered}[i%2]
		if item.Shared.Kind != want || item.Personal.Kind != want {
			t.Errorf("entry %d is %s", i, item.Shared.Kind)
		}
	}
	if j.Size() != 6 {
		t.Errorf("%d entries, want 6", j.Size())
	}
	late.Evidence.Country = string(make([]byte, maxTreeLeaf))
	if _, err := j.Append(t.Context(), late); !errors.Is(err, ErrEntry) {
		t.Errorf("a late entry that is too long: %v", err)
	}
}
