package journal

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/vault"
)

var update = flag.Bool("update", false, "write testdata anew")

const phoneVectors = "testdata/phone.json"

type wireOpening struct {
	Salt      consent.Salt `json:"salt"`
	Plaintext []byte       `json:"plaintext"`
}

// phoneItem is an entry as the API gives it to the person, without the words that a phone does not read.
type phoneItem struct {
	Index         uint64      `json:"index"`
	Leaf          []byte      `json:"leaf"`
	Opening       wireOpening `json:"opening"`
	SharedOpening wireOpening `json:"shared_opening"`
}

type phoneStatement struct {
	Origin    string             `json:"origin"`
	Size      uint64             `json:"size"`
	Identity  consent.IdentityID `json:"identity"`
	Sequence  uint64             `json:"sequence"`
	Last      consent.Digest     `json:"last"`
	Time      uint64             `json:"time_ms"`
	Signature []byte             `json:"signature"`
}

type phonePromise struct {
	Origin    string         `json:"origin"`
	Index     uint64         `json:"index"`
	LeafHash  consent.Digest `json:"leaf_hash"`
	MaxDelay  uint32         `json:"max_delay_ms"`
	Signature []byte         `json:"signature"`
}

// phoneVisit is what a phone gets to see at one time.
type phoneVisit struct {
	Entries   []phoneItem       `json:"entries"`
	Statement phoneStatement    `json:"statement"`
	Files     map[string][]byte `json:"files"` // of the log, by path
}

// phoneFile is a log as two visits of one person's phone see it; every implementation of
// what a phone checks is held against it. Salts and keys of tests only.
type phoneFile struct {
	Origin   string             `json:"origin"`
	Key      []byte             `json:"public_key"`
	Seed     []byte             `json:"seed"` // of the key, so that forgeries can be signed
	Identity consent.IdentityID `json:"identity"`
	Visits   []phoneVisit       `json:"visits"`
	Proof    struct {           // of the last entry
		Promise phonePromise `json:"promise"`
		Leaf    []byte       `json:"leaf"`
		Opening wireOpening  `json:"opening"`
	} `json:"proof"`
}

// writePhoneFile fills a log with a person's entries among another's, and takes what is public of
// it at two sizes: on both sides of a full tile.
func writePhoneFile(t *testing.T) {
	config := configIn(tempDir(t))
	j := mustOpen(t, config)
	f := phoneFile{Origin: j.Origin(), Key: j.PublicKey(), Seed: config.Signer.Seed(), Identity: identityOf(1)}
	var last consent.Proof
	fillTo := func(size uint64) {
		for j.Size() < size {
			n := byte(2)
			if j.Size()%37 == 5 {
				n = 1
			}
			if p := mustAppend(t, j, entryOf(n)); n == 1 {
				last = p
			}
		}
		awaitPublishedSize(t, j, size)
		f.Visits = append(f.Visits, visit(t, j))
	}
	fillTo(270)
	fillTo(530)
	f.Proof.Promise = phonePromise{last.Promise.Origin, last.Promise.Index, last.Promise.LeafHash, last.Promise.MaxDelay, last.Promise.Signature[:]}
	f.Proof.Leaf, f.Proof.Opening = last.Leaf, wireOpening{last.Shared.Salt, last.Shared.Plaintext}
	data, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(phoneVectors), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(phoneVectors, append(data, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func visit(t *testing.T, j *Journal) (v phoneVisit) {
	c, err := j.Complete(t.Context(), *subjectOf(1), identityOf(1), time.UnixMilli(someTime))
	if err != nil {
		t.Fatal(err)
	}
	v.Statement = phoneStatement{c.Origin, c.Size, c.Identity, c.Sequence, c.Last, c.Time, c.Signature[:]}
	for _, item := range historyOf(t, j, 1) {
		v.Entries = append(v.Entries, newPhoneItem(item))
	}
	v.Files = map[string][]byte{}
	for level, nodes := uint64(0), j.Published(); nodes > 0; level, nodes = level+1, nodes>>8 {
		for at := uint64(0); at<<8 < nodes; at++ {
			path := resource{level: level, index: at, width: uint8(min(256, nodes-at<<8))}.path() //nolint:gosec // a full tile's is 0
			v.Files[path] = public(t, j, path)
		}
	}
	v.Files["checkpoint"] = public(t, j, "checkpoint")
	return v
}

func newPhoneItem(item vault.HistoryItem) phoneItem {
	return phoneItem{item.Index, item.Leaf, wireOpening{item.PersonalOpening.Salt, item.PersonalOpening.Plaintext}, wireOpening{item.SharedOpening.Salt, item.SharedOpening.Plaintext}}
}

func public(t *testing.T, j *Journal, path string) []byte {
	w := httptest.NewRecorder()
	j.Public().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/"+path, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d", path, w.Code)
	}
	return w.Body.Bytes()
}

// TestPhoneVectors holds the file that phones are checked against to the checks of this program.
func TestPhoneVectors(t *testing.T) {
	if *update {
		writePhoneFile(t)
	}
	data, err := os.ReadFile(phoneVectors)
	if err != nil {
		t.Fatal(err)
	}
	var f phoneFile
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	log := proof.Log{Origin: f.Origin, Key: f.Key}
	if !log.Key.Equal(ed25519.NewKeyFromSeed(f.Seed).Public()) || len(f.Visits) != 2 {
		t.Fatal("not the vectors that are meant")
	}
	var trees []proof.Tree
	for i, v := range f.Visits {
		checkpoint, err := log.Checkpoint(v.Files["checkpoint"])
		if err != nil {
			t.Fatal(err)
		}
		trees = append(trees, checkpoint.Tree)
		tiles := tilesOf(v, checkpoint.Size)
		items := make([]proof.LoggedItem, len(v.Entries))
		for n, e := range v.Entries {
			items[n] = proof.LoggedItem{Index: e.Index, HistoryItem: proof.HistoryItem{Leaf: e.Leaf, Personal: consent.Opening(e.Opening), Shared: consent.Opening(e.SharedOpening)}}
			if _, items[n].Path, err = tiles.Inclusion(t.Context(), checkpoint.Tree, e.Index); err != nil {
				t.Fatal(err)
			}
		}
		s := &consent.Completeness{Origin: v.Statement.Origin, Size: v.Statement.Size, Identity: v.Statement.Identity, Sequence: v.Statement.Sequence, Last: v.Statement.Last, Time: v.Statement.Time, Signature: [64]byte(v.Statement.Signature)}
		if entries, err := log.VerifyComplete(s, checkpoint.Tree, items); err != nil || len(entries) < 5 {
			t.Errorf("visit %d: %d entries, %v", i, len(entries), err)
		}
	}
	tiles := tilesOf(f.Visits[1], trees[1].Size)
	path, err := tiles.Consistency(t.Context(), trees[0], trees[1])
	if err == nil {
		err = trees[1].Extends(trees[0], path)
	}
	if err != nil {
		t.Error(err)
	}
	p := consent.Proof{Leaf: f.Proof.Leaf, Shared: consent.Opening(f.Proof.Opening), Promise: consent.Promise{Origin: f.Proof.Promise.Origin, Index: f.Proof.Promise.Index,
		LeafHash: f.Proof.Promise.LeafHash, MaxDelay: f.Proof.Promise.MaxDelay, Signature: [64]byte(f.Proof.Promise.Signature)}}
	if _, err := proof.VerifyProof(p, log.Key); err != nil {
		t.Error(err)
	}
}

func tilesOf(v phoneVisit, newest uint64) *proof.Tiles {
	return &proof.Tiles{Newest: newest, Fetch: func(_ context.Context, path string) ([]byte, error) {
		data, ok := v.Files[path]
		if !ok {
			return nil, proof.ErrNoTile
		}
		return data, nil
	}}
}
