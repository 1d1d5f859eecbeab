package proof

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"github.com/transparency-dev/formats/log"
	cosignature "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/wrapious/wrappy/consent"
)

var update = flag.Bool("update", false, "write testdata anew")

const worldOrigin = "log.example/1"

// world is a log with a person's history in it, and every file that comes of it. Salts are
// random, so the files are written once (-update) and read from testdata ever after.
type world struct {
	*testLog
	trust   Log
	stored  []tlog.Hash // of the tree, by tlog's index
	size    uint64
	me      consent.IdentityID
	items   []LoggedItem // of me
	proofs  []consent.Proof
	grant   consent.Grant
	stop    consent.Signature
	witness string
	derived []consent.FieldVersion // released beside the name
}

const (
	logSeed     = 1
	witnessSeed = 9
	ledgerChain = 4711
)

var ledger = consent.Domain{ChainID: ledgerChain, Contract: consent.Address{0xc0, 1}}

// signerKey spells an Ed25519 key as signed notes do, private and public.
func signerKey(t testing.TB, name string, seed byte) (private, public string) {
	t.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, 32))
	public, err := note.NewEd25519VerifierKey(name, key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	hash := strings.Split(public, "+")[1]
	return fmt.Sprintf("PRIVATE+KEY+%s+%s+%s", name, hash, base64.StdEncoding.EncodeToString(append([]byte{1}, key.Seed()...))), public
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{testLog: newTestLog(t, logSeed), me: consent.IdentityID{5}}
	_, w.witness = signerKey(t, "witness.example", witnessSeed)
	w.trust = Log{Origin: worldOrigin, Key: w.public()}
	key := secp256k1.PrivKeyFromBytes(bytes.Repeat([]byte{3}, 32))
	w.grant = consent.Grant{
		Version: consent.Version, Institution: consent.InstitutionID{7}, Request: consent.RequestID{8}, Purpose: "dpv:ServiceProvision",
		LegalBasis: consent.LegalBasis("consent"), Jurisdiction: "KE", Fields: []consent.FieldName{"identity.birth_date", "identity.name"}, Actions: consent.Read,
		NotBefore: 1_760_000_000, Expires: 1_760_054_400, RetentionDays: 30, NoticeDigest: consent.Digest{4}, NoticeLanguage: "en",
		GrantKey: consent.AddressOf(key.PubKey()), Salt: consent.Salt{6},
	}
	digest := ledger.Digest(consent.WithdrawHash(w.grant.ID()))
	compact := ecdsa.SignCompact(key, digest[:], false)
	copy(w.stop[:], compact[1:])
	w.stop[64] = compact[0]
	return w
}

// add appends an entry to the log, of a person where identity is not zero.
func (w *world) add(kind consent.EntryKind, identity consent.IdentityID) {
	w.t.Helper()
	shared := consent.SharedPart{Version: consent.Version, Kind: kind, Institution: w.grant.Institution, Grant: w.grant.ID(), Action: consent.Read, Time: 1_760_000_000_000 + w.size}
	if kind == consent.EntryAuthorised {
		shared.Fields = append([]consent.FieldVersion{{Field: "identity.name", Version: 2}}, w.derived...)
	}
	sharedText, err := shared.Encode()
	if err != nil {
		w.t.Fatal(err)
	}
	personalText := []byte("nobody")
	if identity != (consent.IdentityID{}) {
		personal := consent.PersonalPart{Version: consent.Version, Kind: kind, Identity: identity, Grant: shared.Grant, Sequence: uint64(len(w.items)) + 1, Time: shared.Time}
		if len(w.items) > 0 {
			personal.Previous = sha256.Sum256(w.items[len(w.items)-1].Personal.Plaintext)
		}
		if personalText, err = personal.Encode(); err != nil {
			w.t.Fatal(err)
		}
	}
	at := w.size
	data, openings := w.addParts(sharedText, personalText)
	if identity == w.me {
		w.items = append(w.items, LoggedItem{Index: at, HistoryItem: HistoryItem{Leaf: data, Personal: openings[2], Shared: openings[0]}})
	}
}

// addParts appends an entry of these parts, promised.
func (w *world) addParts(shared, personal []byte) ([]byte, []consent.Opening) {
	w.t.Helper()
	leaf, openings := w.seal(shared, []byte("evidence"), personal)
	data := w.encode(leaf)
	promise := w.sign(consent.Promise{Origin: worldOrigin, Index: w.size, LeafHash: consent.LeafHash(data), MaxDelay: 2000})
	w.proofs = append(w.proofs, consent.Proof{Promise: promise, Leaf: data, Shared: openings[0]})
	w.addLeaf(data)
	return data, openings
}

// addLeaf appends to the tree alone.
func (w *world) addLeaf(data []byte) {
	w.t.Helper()
	stored, err := tlog.StoredHashes(int64(w.size), data, w)
	if err != nil {
		w.t.Fatal(err)
	}
	w.stored = append(w.stored, stored...)
	w.size++
}

// ReadHashes makes the world a tlog.HashReader.
func (w *world) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		if at >= int64(len(w.stored)) {
			return nil, ErrNoTile
		}
		out[i] = w.stored[at]
	}
	return out, nil
}

// story is a person's eight entries among others'.
func (w *world) story() {
	for i, kind := range []consent.EntryKind{consent.EntryEnrolled, consent.EntryGranted, consent.EntryWritten, consent.EntryAuthorised, consent.EntryDelivered, consent.EntryDenied, consent.EntryWithdrawn} {
		w.add(kind, w.me)
		for range i % 3 {
			w.add(consent.EntryDenied, consent.IdentityID{})
		}
	}
}

func (w *world) tree(size uint64) Tree {
	root, err := tlog.TreeHash(int64(size), w)
	if err != nil {
		w.t.Fatal(err)
	}
	return Tree{Size: size, Root: consent.Digest(root)}
}

// checkpoint signs a tree, with the witness's cosignature where asked for.
func (w *world) checkpoint(tree Tree, witnessed bool) []byte {
	w.t.Helper()
	private, _ := signerKey(w.t, worldOrigin, logSeed)
	own, err := note.NewSigner(private)
	if err != nil {
		w.t.Fatal(err)
	}
	signers := []note.Signer{own}
	if witnessed {
		private, _ := signerKey(w.t, "witness.example", witnessSeed)
		witness, err := cosignature.NewSignerForCosignatureV1(private)
		if err != nil {
			w.t.Fatal(err)
		}
		signers = append(signers, witness)
	}
	signed, err := note.Sign(&note.Note{Text: string(log.Checkpoint{Origin: worldOrigin, Size: tree.Size, Hash: tree.Root[:]}.Marshal())}, signers...)
	if err != nil {
		w.t.Fatal(err)
	}
	return signed
}

func (w *world) inclusion(tree Tree, index uint64) Path {
	hashes, err := tlog.ProveRecord(int64(tree.Size), int64(index), w)
	if err != nil {
		w.t.Fatal(err)
	}
	return pathOf(hashes)
}

func (w *world) consistency(older, newer uint64) Path {
	hashes, err := tlog.ProveTree(int64(newer), int64(older), w)
	if err != nil {
		w.t.Fatal(err)
	}
	return pathOf(hashes)
}

// entryFile is the file of the release in the story, included in a tree and in an anchored one.
func (w *world) entryFile(size, anchored uint64) *EntryFile {
	p := w.proofs[w.items[3].Index]
	f := NewEntryFile(w.trust, &p)
	tree := w.tree(size)
	f.Checkpoint = string(w.checkpoint(tree, true))
	f.Inclusion = &Inclusion{LeafHash: p.Promise.LeafHash, Path: w.inclusion(tree, p.Promise.Index)}
	if anchored > 0 {
		f.Anchored = &AnchoredInclusion{Tree: w.tree(anchored), Path: w.inclusion(w.tree(anchored), p.Promise.Index)}
	}
	return f
}

func (w *world) statement(size uint64) *consent.Completeness {
	c := &consent.Completeness{Origin: worldOrigin, Size: size, Identity: w.me, Time: 1_760_000_001_000}
	for _, item := range w.items {
		if item.Index < size {
			c.Sequence++
			c.Last = sha256.Sum256(item.Personal.Plaintext)
		}
	}
	return w.state(c)
}

func (w *world) state(c *consent.Completeness) *consent.Completeness {
	message, err := c.Message()
	if err != nil {
		w.t.Fatal(err)
	}
	c.Signature = [64]byte(ed25519.Sign(w.key, message))
	return c
}

func (w *world) logged(tree Tree) []LoggedItem {
	var out []LoggedItem
	for _, item := range w.items {
		if item.Index < tree.Size {
			item.Path = w.inclusion(tree, item.Index)
			out = append(out, item)
		}
	}
	return out
}

func (w *world) historyFile() *HistoryFile {
	tree := w.tree(w.size)
	checkpoint := &Checkpoint{Tree: tree, Note: w.checkpoint(tree, true)}
	return NewHistoryFile(w.trust, checkpoint, w.statement(w.size), w.logged(tree))
}

func (w *world) receiptFile() *ReceiptFile {
	f := NewReceiptFile(ledger, &w.grant)
	tree, stop := w.tree(w.size), w.stop
	f.Log, f.Checkpoint, f.Withdrawal = w.trust.VerifierKey(), string(w.checkpoint(tree, true)), &stop
	logged := w.logged(tree)
	f.Given, f.Withdrawn = loggedEntry(logged[1]), loggedEntry(logged[6])
	return f
}

func loggedEntry(item LoggedItem) *Logged {
	return &Logged{Index: item.Index, Leaf: item.Leaf, Shared: Opening(item.Shared), Path: item.Path}
}

// erasureFile ends the story: nothing of the person follows.
func (w *world) erasureFile() *ErasureFile {
	w.t.Helper()
	w.add(consent.EntryErased, w.me)
	p := w.proofs[w.size-1]
	tree := w.tree(w.size)
	entry := NewEntryFile(w.trust, &p)
	entry.Checkpoint = string(w.checkpoint(tree, true))
	entry.Inclusion = &Inclusion{LeafHash: p.Promise.LeafHash, Path: w.inclusion(tree, p.Promise.Index)}
	receipt := consent.ErasureReceipt{
		Version: consent.Version, Origin: worldOrigin, Identity: w.me, Time: 1_760_000_002_000, Index: p.Promise.Index, LeafHash: p.Promise.LeafHash,
		Ended: 1, Remains: consent.Remainders(), BackupsUntil: 1_769_817_600, CachedSeconds: 60,
		Copies: []consent.HeldCopy{{Institution: w.grant.Institution, First: 1_760_000_000_006, Last: 1_760_000_000_006, RetentionDays: 30}},
	}
	encoded, err := receipt.Encode()
	if err != nil {
		w.t.Fatal(err)
	}
	return NewErasureFile(encoded, ed25519.Sign(w.key, consent.ErasureMessage(encoded)), entry)
}

// answersFile ends the story with a release of two derived answers.
func (w *world) answersFile() *AnswersFile {
	w.t.Helper()
	w.derived = []consent.FieldVersion{{Field: "contact.residence_country", Version: 1}, {Field: "identity.over_18", Version: 3}}
	w.add(consent.EntryAuthorised, w.me)
	p := w.proofs[w.size-1]
	tree := w.tree(w.size)
	entry := NewEntryFile(w.trust, &p)
	entry.Checkpoint = string(w.checkpoint(tree, true))
	entry.Inclusion = &Inclusion{LeafHash: p.Promise.LeafHash, Path: w.inclusion(tree, p.Promise.Index)}
	return NewAnswersFile(entry, []Answer{w.stated(&p, "contact.residence_country", `"KE"`), w.stated(&p, "identity.over_18", "true")})
}

func (w *world) stated(p *consent.Proof, field consent.FieldName, value string) Answer {
	w.t.Helper()
	salt := consent.Salt{9, 9}
	a := consent.DerivedAnswer{Origin: worldOrigin, Entry: p.Promise.LeafHash, Field: field, Writer: w.grant.Institution, AsOf: 20_370 * consent.Day, Commitment: consent.AnswerCommitment(salt, []byte(value))}
	message, err := a.Message()
	if err != nil {
		w.t.Fatal(err)
	}
	return Answer{Field: field, Value: json.RawMessage(value), Writer: a.Writer, AsOf: a.AsOf, Salt: salt, Signature: ed25519.Sign(w.key, message)}
}

func (w *world) consistencyFile() *ConsistencyFile {
	return &ConsistencyFile{Format: FormatConsistency, Log: w.trust.VerifierKey(), Old: string(w.checkpoint(w.tree(5), true)),
		New: string(w.checkpoint(w.tree(w.size), true)), Path: w.consistency(5, w.size)}
}

func (w *world) trustFile() *TrustFile {
	return &TrustFile{Format: FormatTrust, Log: w.trust.VerifierKey(), Witnesses: []string{w.witness}, Threshold: 1, ChainID: ledger.ChainID, Contract: ledger.Contract}
}

// vector reads a file of testdata, written by -update.
func vector(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestWriteVectors(t *testing.T) {
	w := newWorld(t)
	w.story()
	files := map[string]any{
		"entry.json": w.entryFile(w.size, w.size-1), "history.json": w.historyFile(), "consistency.json": w.consistencyFile(),
		"receipt.json": w.receiptFile(), "trust.json": w.trustFile(),
	}
	files["erasure.json"] = w.erasureFile()
	other := newWorld(t)
	other.story()
	files["answers.json"] = other.answersFile()
	for name, file := range files {
		data, err := Encode(file)
		if err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.WriteFile(filepath.Join("testdata", name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		// but for salts, ciphertexts and the witness's clock a file is the same every time
		if fixed := vector(t, name); len(fixed) != len(data) {
			t.Errorf("%s: %d bytes, the vector has %d: has the format changed?", name, len(data), len(fixed))
		}
	}
	if *update {
		if err := os.WriteFile(filepath.Join("testdata", "checkpoint.txt"), w.checkpoint(w.tree(w.size), true), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// tiles serves the world's tree as C2SP tiles of its full width.
func (w *world) tiles() *Tiles {
	return &Tiles{Newest: w.size, Fetch: func(_ context.Context, path string) ([]byte, error) {
		tile, err := tlog.ParseTilePath(strings.Replace(path, "tile/", fmt.Sprintf("tile/%d/", tileHeight), 1))
		if err != nil {
			return nil, err
		}
		return tlog.ReadTileData(tile, w)
	}}
}
