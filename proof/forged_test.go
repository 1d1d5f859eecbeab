package proof

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/wrapious/wrappy/consent"
)

// ours is a key that whoever runs the vault has made.
func ours() *secp256k1.PrivateKey {
	return secp256k1.PrivKeyFromBytes([]byte("of whoever runs the vault, really")[:32])
}

func signAs(key *secp256k1.PrivateKey, structHash [32]byte) (out consent.Signature) {
	digest := ledger.Digest(structHash)
	compact := ecdsa.SignCompact(key, digest[:], false)
	copy(out[:], compact[1:])
	out[64] = compact[0]
	return out
}

// rewritten is the same log with another entry in a place, signed by the same key: what an
// operator can make at any time before somebody holds a checkpoint.
func (w *world) rewritten(at uint64) *world {
	other := newWorld(w.t)
	other.add(consent.EntryDenied, consent.IdentityID{})
	instead := other.proofs[0].Leaf
	fork := newWorld(w.t)
	for i, p := range w.proofs {
		leaf := p.Leaf
		if uint64(i) == at {
			leaf = instead
		}
		fork.addLeaf(leaf)
	}
	return fork
}

// A vault that turns on its people and institutions has its log's key, and makes entries and trees
// as it likes. It makes up no signature of theirs, and takes back none of its own: each attempt
// is refused by the check that it fails.
func TestVaultForges(t *testing.T) {
	verify := func(f *EntryFile, w *world) error { _, err := f.VerifyIncluded(w.trust); return err }
	history := func(f *HistoryFile, w *world) error { _, _, err := f.Verify(w.trust); return err }
	receipt := func(f *ReceiptFile, w *world) error { _, _, err := f.Verify(w.trust, ledger); return err }
	erasure := func(f *ErasureFile, w *world) error { _, _, err := f.Verify(w.trust); return err }
	answers := func(f *AnswersFile, w *world) error { _, err := f.Verify(w.trust); return err }
	consistent := func(w *world, older, newer *Checkpoint, path Path) error {
		f := &ConsistencyFile{Format: FormatConsistency, Log: w.trust.VerifierKey(), Old: string(older.Note), New: string(newer.Note), Path: path}
		_, _, _, err := f.Verify(w.trust)
		return err
	}
	shown := func(w *world, size uint64) *Checkpoint {
		return &Checkpoint{Tree: w.tree(size), Note: w.checkpoint(w.tree(size), false)}
	}
	anchor := func(w *world, tree Tree) Anchor { return Anchor{Origin: worldOrigin, Key: w.public(), Tree: tree} }
	released := func(w *world) uint64 { return w.items[3].Index }

	for _, c := range []struct {
		name  string
		do    func(*world) error
		check string
		want  error
	}{
		// a promise that an institution holds is denied
		{"the promise: a tree that ends before it", func(w *world) error {
			f := w.entryFile(w.size, 0)
			f.Checkpoint = string(w.checkpoint(w.tree(released(w)), false))
			return verify(f, w)
		}, CheckInclusion, ErrNotCovered},
		{"the promise: no tree at all", func(w *world) error {
			f := w.entryFile(w.size, 0)
			f.Checkpoint, f.Inclusion = "", nil
			return verify(f, w)
		}, CheckInclusion, ErrNotCovered},
		{"the promise: its entry is rewritten", func(w *world) error {
			at, f, fork := released(w), w.entryFile(w.size, 0), w.rewritten(released(w))
			tree := fork.tree(fork.size)
			proof := Inclusion{Path: fork.inclusion(tree, at)}
			h, err := fork.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(at))})
			if err != nil {
				return err
			}
			proof.LeafHash = consent.Digest(h[0])
			f.Checkpoint, f.Inclusion = string(fork.checkpoint(tree, false)), &proof
			return verify(f, w)
		}, CheckInclusion, ErrBroken},
		{"the promise: the rewritten entry is claimed to be it", func(w *world) error {
			f, fork := w.entryFile(w.size, 0), w.rewritten(released(w))
			tree := fork.tree(fork.size)
			f.Checkpoint = string(fork.checkpoint(tree, false))
			f.Inclusion = &Inclusion{LeafHash: f.Promise.LeafHash, Path: fork.inclusion(tree, released(w))}
			return verify(f, w)
		}, CheckInclusion, ErrProof},
		{"the promise: signed again for another place", func(w *world) error {
			f, at := w.entryFile(w.size, 0), released(w)+1
			moved := w.sign(consent.Promise{Origin: worldOrigin, Index: at, LeafHash: f.Promise.LeafHash, MaxDelay: 2000})
			f.Promise.Index, f.Promise.Signature = at, moved.Signature[:]
			f.Inclusion.Path = w.inclusion(w.tree(w.size), at)
			return verify(f, w)
		}, CheckInclusion, ErrProof},
		{"the promise: under another name of the log", func(w *world) error {
			f := w.entryFile(w.size, 0)
			moved := w.sign(consent.Promise{Origin: "log.example/2", Index: f.Promise.Index, LeafHash: f.Promise.LeafHash, MaxDelay: 2000})
			f.Promise.Origin, f.Promise.Signature = "log.example/2", moved.Signature[:]
			return verify(f, w)
		}, CheckPromise, ErrProof},
		{"the release: opened as of other fields", func(w *world) error {
			f := w.entryFile(w.size, 0)
			shared, err := consent.ParseShared(f.Opening.Plaintext)
			if err != nil {
				return err
			}
			shared.Fields = []consent.FieldVersion{{Field: "identity.birth_date", Version: 1}}
			f.Opening.Plaintext, err = shared.Encode()
			return errors.Join(err, verify(f, w))
		}, CheckEntry, ErrProof},
		{"the tree: another of the same size", func(w *world) error {
			fork := w.rewritten(released(w))
			return consistent(w, shown(w, w.size), shown(fork, fork.size), nil)
		}, CheckConsistency, ErrBroken},
		{"the tree: a larger one, forked before the kept one ends", func(w *world) error {
			kept, fork := shown(w, released(w)+2), w.rewritten(released(w))
			return consistent(w, kept, shown(fork, fork.size), fork.consistency(kept.Size, fork.size))
		}, CheckConsistency, ErrProof},
		{"the tree: a fork with the honest tree's path", func(w *world) error {
			kept, fork := shown(w, released(w)+2), w.rewritten(released(w))
			return consistent(w, kept, shown(fork, fork.size), w.consistency(kept.Size, w.size))
		}, CheckConsistency, ErrProof},
		{"the tree: an older one as the newest", func(w *world) error { return consistent(w, shown(w, w.size), shown(w, 5), w.consistency(5, w.size)) }, CheckConsistency, ErrProof},
		{"the tree: begun again from nothing", func(w *world) error { return consistent(w, shown(w, w.size), shown(w, 0), nil) }, CheckConsistency, ErrProof},
		{"the ledger anchors a fork", func(w *world) error {
			fork := w.rewritten(released(w))
			return anchor(w, fork.tree(fork.size)).VerifyTree(w.trust, shown(w, w.size))
		}, CheckAnchor, ErrBroken},
		{"the ledger anchors a fork, and the release is said to be in it", func(w *world) error {
			fork, f := w.rewritten(released(w)), w.entryFile(w.size, 0)
			tree := fork.tree(fork.size - 1)
			f.Anchored = &AnchoredInclusion{Tree: tree, Path: fork.inclusion(tree, released(w))}
			_, err := f.VerifyAnchored(w.trust, anchor(w, tree))
			return err
		}, CheckAnchor, ErrProof},
		{"the ledger anchors another log", func(w *world) error {
			a := anchor(w, w.tree(w.size))
			a.Origin = "log.example/2"
			_, err := w.entryFile(w.size, 0).VerifyAnchored(w.trust, a)
			return err
		}, CheckAnchor, ErrProof},
		{"a witness of the vault's own", func(w *world) error {
			_, stranger := signerKey(w.t, "witness.example", 33)
			w.trust.Witnesses, w.trust.Threshold = []string{stranger}, 1
			return verify(w.entryFile(w.size, 0), w)
		}, CheckCheckpoint, ErrProof},

		// a permission that nobody gave
		{"a grant: with nothing signed", func(w *world) error {
			f := w.receiptFile()
			f.Withdrawal, f.Given, f.Withdrawn, f.Log, f.Checkpoint = nil, nil, nil, "", ""
			return receipt(f, w)
		}, CheckReceipt, ErrProof},
		{"a grant: more fields under the entry of another", changed(receipt, func(g *Grant) {
			g.Fields = []consent.FieldName{"identity.birth_date", "identity.name", "work.employer"}
		}), CheckReceipt, ErrProof},
		{"a grant: longer", changed(receipt, func(g *Grant) { g.Expires += consent.Day }), CheckReceipt, ErrProof},
		{"a grant: to another institution", changed(receipt, func(g *Grant) { g.Institution[0]++ }), CheckReceipt, ErrProof},
		{"a grant: to write, too", changed(receipt, func(g *Grant) { g.Actions |= uint8(consent.Write) }), CheckReceipt, ErrProof},
		{"a grant: kept for longer", changed(receipt, func(g *Grant) { g.RetentionDays = 3650 }), CheckReceipt, ErrProof},
		{"a representation", changed(receipt, func(g *Grant) { g.Representation = 1 - g.Representation }), CheckReceipt, ErrProof},
		{"an assistance", changed(receipt, func(g *Grant) { g.Assistance = 1 - g.Assistance }), CheckReceipt, ErrProof},
		{"a grant: by a key of the vault's, under the entry of another", changed(receipt, func(g *Grant) { g.GrantKey = consent.AddressOf(ours().PubKey()) }), CheckReceipt, ErrProof},
		{"a binding", func(w *world) error {
			b := consent.Binding{Grant: w.grant.ID(), Identity: w.me, Time: w.grant.NotBefore}
			err := consent.Verify(ledger.Digest(b.StructHash()), signAs(ours(), b.StructHash()), w.grant.GrantKey)
			return &Failure{CheckReceipt, doRefetch, errors.Join(ErrProof, err)}
		}, CheckReceipt, consent.ErrSignature},
		{"a withdrawal: by a key of the vault's", func(w *world) error {
			f, sig := w.receiptFile(), signAs(ours(), consent.WithdrawHash(w.grant.ID()))
			f.Withdrawal = &sig
			return receipt(f, w)
		}, CheckReceipt, consent.ErrSignature},
		{"a withdrawal: the giving's entry as its end", func(w *world) error {
			f := w.receiptFile()
			f.Withdrawn = f.Given
			return receipt(f, w)
		}, CheckReceipt, ErrProof},
		{"a withdrawal: another permission's", func(w *world) error {
			f := w.receiptFile()
			f.Grant.Salt[1]++
			f.Given, f.Withdrawn, f.Log, f.Checkpoint = nil, nil, "", ""
			return receipt(f, w)
		}, CheckReceipt, consent.ErrSignature},

		// a history that is not the person's
		{"a history: of another person", func(w *world) error {
			f, s := w.historyFile(), w.statement(w.size)
			s.Identity = consent.IdentityID{6}
			f.set(w.state(s))
			return history(f, w)
		}, CheckHistory, ErrProof},
		{"a history: with another's entry", func(w *world) error {
			w.add(consent.EntryDenied, consent.IdentityID{6})
			f, s := w.historyFile(), w.statement(w.size)
			p := w.proofs[w.size-1]
			f.Items = append(f.Items, Logged{Index: w.size - 1, Leaf: p.Leaf, Shared: Opening(p.Shared), Personal: &Opening{Salt: p.Shared.Salt, Plaintext: p.Shared.Plaintext}, Path: w.inclusion(w.tree(w.size), w.size-1)})
			s.Sequence++
			f.set(w.state(s))
			return history(f, w)
		}, CheckHistory, ErrProof},
		{"a history: told anew, to who remembers it", func(w *world) error {
			kept, _, err := VerifyHistory(w.me, HistoryState{}, bare(w.items))
			if err != nil {
				return err
			}
			other := newWorld(w.t)
			other.grant.Salt[0]++
			other.story()
			other.add(consent.EntryDenied, other.me)
			_, _, err = VerifyHistory(w.me, kept, bare(other.items[len(w.items):]))
			return &Failure{CheckHistory, doRefetch, err}
		}, CheckHistory, ErrProof},

		// an erasure and answers that were not
		{"an erasure: by the entry of something else", func(w *world) error {
			f := w.erasureFile()
			f.Entry = *w.entryFile(w.size, 0)
			return erasure(f, w)
		}, CheckErasure, ErrProof},
		{"an erasure: of another person, unsigned", func(w *world) error {
			f := w.erasureFile()
			r, err := consent.ParseErasureReceipt(f.Receipt)
			if err != nil {
				return err
			}
			r.Identity[0]++
			f.Receipt, err = r.Encode()
			return errors.Join(err, erasure(f, w))
		}, CheckErasure, ErrProof},
		{"an erasure: signed, its entry not in the tree", func(w *world) error {
			f := w.erasureFile()
			f.Entry.Checkpoint = string(w.checkpoint(w.tree(w.size-1), false))
			return erasure(f, w)
		}, CheckInclusion, ErrNotCovered},
		{"an erasure: a receipt of another entry", func(w *world) error {
			f := w.erasureFile()
			r, err := consent.ParseErasureReceipt(f.Receipt)
			if err != nil {
				return err
			}
			r.Index--
			if f.Receipt, err = r.Encode(); err != nil {
				return err
			}
			f.Signature = ed25519.Sign(w.key, consent.ErasureMessage(f.Receipt))
			return erasure(f, w)
		}, CheckErasure, ErrProof},
		{"an answer: changed afterwards", func(w *world) error {
			f := w.answersFile()
			f.Answers[1].Value = []byte("false")
			return answers(f, w)
		}, CheckAnswer, ErrProof},
		{"an answer: of a field that was not released", func(w *world) error {
			f := w.answersFile()
			f.Answers = append(f.Answers, w.stated(&w.proofs[w.size-1], "identity.over_16", "true"))
			return answers(f, w)
		}, CheckAnswer, ErrProof},
		{"an answer: of another release", func(w *world) error {
			f := w.answersFile()
			f.Answers[1] = w.stated(&w.proofs[released(w)], "identity.over_18", "true")
			return answers(f, w)
		}, CheckAnswer, ErrProof},
		{"an answer: by what another wrote", func(w *world) error {
			f := w.answersFile()
			f.Answers[0].Writer[0]++
			return answers(f, w)
		}, CheckAnswer, ErrProof},
	} {
		w := newWorld(t)
		w.story()
		err := c.do(w)
		if !errors.Is(err, c.want) || failed(t, err) != c.check {
			t.Errorf("%s: %v; want %s to fail: %v", c.name, err, c.check, c.want)
		}
		if !errors.Is(c.want, ErrBroken) && errors.Is(err, ErrBroken) {
			t.Errorf("%s: %v accuses the vault without proof", c.name, err)
		}
	}
}

// changed is a receipt whose grant is another than the one that was written down.
func changed(verify func(*ReceiptFile, *world) error, change func(*Grant)) func(*world) error {
	return func(w *world) error {
		f := w.receiptFile()
		f.Withdrawal = nil // a vault has none, or ours under a key of its own
		f.Grant.Fields = slices.Clone(f.Grant.Fields)
		change(&f.Grant)
		return verify(f, w)
	}
}

func bare(items []LoggedItem) (out []HistoryItem) {
	for _, item := range items {
		out = append(out, item.HistoryItem)
	}
	return out
}

// What no file can prove is said: the vault writes the entries, and can make a grant with a key
// of its own and write down that it was given.
func TestVaultMakesUpAPermission(t *testing.T) {
	w := newWorld(t)
	w.grant.GrantKey = consent.AddressOf(ours().PubKey())
	w.stop = signAs(ours(), consent.WithdrawHash(w.grant.ID()))
	w.story()
	_, ofReceipt, err := w.receiptFile().Verify(w.trust, ledger)
	if err != nil {
		t.Fatal(err)
	}
	_, ofHistory, err := w.historyFile().Verify(w.trust)
	if err != nil {
		t.Fatal(err)
	}
	_, ofErasure, err := w.erasureFile().Verify(w.trust)
	if err != nil {
		t.Fatal(err)
	}
	for what, r := range map[string]Report{"that a person gave it": ofReceipt, "that the person did": ofHistory, "that the person ordered it": ofErasure} {
		if !slices.ContainsFunc(r, func(f Finding) bool { return !f.Proven && strings.HasPrefix(f.What, what) }) {
			t.Errorf("no word on what is not proven, %q: %v", what, r)
		}
	}
}
