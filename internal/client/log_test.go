package client

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/vault/journal"
)

// logWorld is a real journal behind a real listener, with what was asked of it.
type logWorld struct {
	t      *testing.T
	log    *journal.Journal
	server *httptest.Server
	trust  proof.Log
	change func(path string, data []byte) []byte // of what is served; nil: as it is
	mu     sync.Mutex
	asked  []string
}

var person = vault.SubjectLog{Handle: [16]byte{1}, Key: bytes.Repeat([]byte{0x61}, 32)}

func newLogWorld(t *testing.T, seed byte) *logWorld {
	t.Helper()
	key := func(n byte) crypto.Secret { return bytes.Repeat([]byte{n}, 32) }
	l := &logWorld{t: t}
	var err error
	l.log, err = journal.Open(journal.Config{Dir: t.TempDir(), Origin: "vault.example/log/1", Shared: key(1), Evidence: key(2), Locator: key(3), Security: key(4), Signer: ed25519.NewKeyFromSeed(key(seed))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.log.Close() })
	files := http.StripPrefix("/log", l.log.Public())
	l.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		l.asked = append(l.asked, r.URL.RequestURI())
		change := l.change
		l.mu.Unlock()
		if change == nil {
			files.ServeHTTP(w, r)
			return
		}
		record := httptest.NewRecorder()
		files.ServeHTTP(record, r)
		data := change(r.URL.RequestURI(), record.Body.Bytes())
		if data == nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write(data)
	}))
	t.Cleanup(l.server.Close)
	l.trust = proof.Log{Origin: l.log.Origin(), Key: l.log.PublicKey()}
	return l
}

func (l *logWorld) serve(change func(path string, data []byte) []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.change = change
}

func (l *logWorld) reader() *LogReader {
	l.t.Helper()
	r, err := newLogReader(l.server.URL+"/log/", l.server.Client(), l.trust)
	if err != nil {
		l.t.Fatal(err)
	}
	return r
}

func (l *logWorld) append(of *vault.SubjectLog) consent.Proof {
	l.t.Helper()
	e := vault.Entry{
		Shared:   consent.SharedPart{Version: 1, Kind: consent.EntryAuthorised, Grant: consent.GrantID{9}, Action: consent.Read, Time: 1_790_000_000_000},
		Evidence: consent.EvidencePart{Version: 1, Kind: consent.EntryAuthorised, Time: 1_790_000_000_000},
		Personal: consent.PersonalPart{Version: 1, Kind: consent.EntryAuthorised, Identity: consent.IdentityID{5}, Grant: consent.GrantID{9}, Time: 1_790_000_000_000},
		Subject:  of,
	}
	p, err := l.log.Append(l.t.Context(), e)
	if err != nil {
		l.t.Fatal(err)
	}
	return p
}

// fill appends many entries at once, every fourth a person's.
func (l *logWorld) fill(n int) {
	l.t.Helper()
	var group sync.WaitGroup
	turns := make(chan struct{}, 16) // more at once would wait for longer than the log lets them
	for i := range n {
		group.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			if i%4 == 0 {
				l.append(&person)
			} else {
				l.append(&vault.SubjectLog{Handle: [16]byte{2}, Key: bytes.Repeat([]byte{0x62}, 32)})
			}
		})
	}
	group.Wait()
}

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestReleaseProofFromTheLog(t *testing.T) {
	l := newLogWorld(t, 5)
	l.fill(600)
	release := l.append(&person)
	anchored, err := l.reader().Await(soon(t), release.Promise.Index+1)
	if err != nil {
		t.Fatal(err)
	}
	l.fill(200) // the log grows past the anchor
	anchor := &proof.Anchor{Origin: l.trust.Origin, Key: l.trust.Key, Tree: anchored.Tree}
	r := l.reader()
	if _, err := r.Await(soon(t), anchored.Size+200); err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	l.asked = nil
	l.mu.Unlock()
	file, err := r.EntryFile(soon(t), &release, anchor)
	if err != nil {
		t.Fatal(err)
	}
	data, err := proof.Encode(file)
	if err != nil {
		t.Fatal(err)
	}
	again, err := proof.ParseEntry(data)
	if err != nil {
		t.Fatal(err)
	}
	v, err := again.VerifyAnchored(l.trust, *anchor)
	if err != nil || v.Index != release.Promise.Index || v.Shared.Kind != consent.EntryAuthorised {
		t.Fatalf("%+v, %v", v, err)
	}
	for _, path := range l.asked {
		if !strings.HasPrefix(path, "/log/tile/0/") && !strings.HasPrefix(path, "/log/tile/1/") && path != "/log/checkpoint" {
			t.Errorf("asked for %s: the vault should be asked for nothing but checkpoints and tiles of hashes", path)
		}
	}
	trust := &proof.TrustFile{Format: proof.FormatTrust, Log: l.trust.VerifierKey()}
	if v, err := VerifyRelease(trust, again, nil); err != nil || len(v.Report) < 4 {
		t.Errorf("in one call: %+v, %v", v, err)
	}
	if _, err := VerifyRelease(&proof.TrustFile{}, again, nil); !errors.Is(err, proof.ErrTrust) {
		t.Errorf("without trust: %v", err)
	}
	another := release
	another.Promise.Index++
	if _, err := r.EntryFile(soon(t), &another, nil); !errors.Is(err, proof.ErrProof) {
		t.Errorf("a promise that nobody signed: %v", err)
	}
}

func TestHistoryFromTheLog(t *testing.T) {
	l := newLogWorld(t, 5)
	l.fill(300)
	r := l.reader()
	if _, err := r.Await(soon(t), 300); err != nil {
		t.Fatal(err)
	}
	statement, err := l.log.Complete(t.Context(), person, consent.IdentityID{5}, time.Now())
	if err != nil || statement.Sequence != 75 {
		t.Fatalf("%+v, %v", statement, err)
	}
	l.append(&person) // after the statement: in the vault's answer, and not counted
	var items []proof.LoggedItem
	for after := uint64(0); ; after = uint64(len(items)) {
		page, err := l.log.History(t.Context(), person, after, 50)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page {
			items = append(items, proof.LoggedItem{Index: item.Index, HistoryItem: proof.HistoryItem{Leaf: item.Leaf, Personal: item.PersonalOpening, Shared: item.SharedOpening}})
		}
		if len(page) < 50 {
			break
		}
	}
	file, err := r.HistoryFile(soon(t), &statement, items)
	if err != nil {
		t.Fatal(err)
	}
	trust := &proof.TrustFile{Format: proof.FormatTrust, Log: l.trust.VerifierKey()}
	entries, _, err := VerifyHistory(trust, file)
	if err != nil || len(entries) != 75 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	file.Items = file.Items[:74]
	if _, _, err := VerifyHistory(trust, file); !errors.Is(err, proof.ErrProof) {
		t.Errorf("one left out: %v", err)
	}
	if _, err := r.HistoryFile(soon(t), &statement, items[:74]); !errors.Is(err, proof.ErrProof) {
		t.Errorf("fewer than stated: %v", err)
	}
	if _, _, err := VerifyHistory(&proof.TrustFile{}, file); !errors.Is(err, proof.ErrTrust) {
		t.Errorf("without trust: %v", err)
	}
}

func TestConsistencyFromTheLog(t *testing.T) {
	l := newLogWorld(t, 5)
	l.fill(10)
	older, err := l.reader().Await(soon(t), 10)
	if err != nil {
		t.Fatal(err)
	}
	l.fill(300)
	r := l.reader()
	if _, err := r.Await(soon(t), 310); err != nil {
		t.Fatal(err)
	}
	file, err := r.ConsistencyFile(soon(t), older.Note)
	if err != nil {
		t.Fatal(err)
	}
	from, to, _, err := file.Verify(l.trust)
	if err != nil || from.Size != older.Size || to.Size != 310 {
		t.Fatalf("%v", err)
	}
	if _, err := r.ConsistencyFile(soon(t), []byte("nothing")); !errors.Is(err, proof.ErrProof) {
		t.Errorf("from what nobody signed: %v", err)
	}
}

// What a log serves that changes its mind, or that is somebody else's, is refused.
func TestLogReaderRefuses(t *testing.T) {
	l, other := newLogWorld(t, 5), newLogWorld(t, 6)
	l.fill(300)
	other.fill(300)
	first, err := l.reader().Await(soon(t), 300)
	if err != nil {
		t.Fatal(err)
	}
	fork := newLogWorld(t, 5) // the same key and origin, another history
	fork.fill(301)
	forked, err := fork.reader().Await(soon(t), 301)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := other.reader().Await(soon(t), 300)
	if err != nil {
		t.Fatal(err)
	}
	release := l.append(&person)
	grown, err := l.reader().Await(soon(t), 301)
	if err != nil {
		t.Fatal(err)
	}
	checkpoint := func(note []byte) func(string, []byte) []byte {
		return func(path string, data []byte) []byte {
			if path == "/log/checkpoint" {
				return note
			}
			return data
		}
	}
	for _, c := range []struct {
		name   string
		before []byte // the checkpoint that the reader saw
		serve  func(path string, data []byte) []byte
		want   error
	}{
		{"as it is", first.Note, nil, nil},
		{"an older tree than before", grown.Note, checkpoint(first.Note), ErrLogBehind},
		{"another history", first.Note, checkpoint(forked.Note), errAny},
		{"another history of the same size", grown.Note, checkpoint(forked.Note), proof.ErrBroken},
		{"another log's checkpoint", first.Note, checkpoint(foreign.Note), proof.ErrProof},
		{"no checkpoint", first.Note, checkpoint([]byte{}), proof.ErrProof},
		{"a checkpoint too large", first.Note, checkpoint(bytes.Repeat([]byte("a"), proof.MaxCheckpoint+1)), errAnswer},
		{"a tile changed", first.Note, func(path string, data []byte) []byte {
			if strings.HasPrefix(path, "/log/tile/") {
				data = bytes.Clone(data)
				data[0]++
			}
			return data
		}, errAny},
		{"a tile too large", first.Note, func(path string, data []byte) []byte {
			if strings.HasPrefix(path, "/log/tile/") {
				return make([]byte, proof.MaxTile+1)
			}
			return data
		}, errAnswer},
		{"no tiles", first.Note, func(path string, data []byte) []byte {
			if strings.HasPrefix(path, "/log/tile/") {
				return nil
			}
			return data
		}, proof.ErrNoTile},
	} {
		r := l.reader()
		l.serve(checkpoint(c.before))
		if _, err := r.Checkpoint(soon(t)); err != nil {
			t.Fatalf("%s: before: %v", c.name, err)
		}
		l.serve(c.serve)
		_, err := r.EntryFile(soon(t), &release, nil)
		switch {
		case c.want == nil && err != nil, errors.Is(c.want, errAny) && err == nil, c.want != nil && !errors.Is(c.want, errAny) && !errors.Is(err, c.want):
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	l.serve(nil)
	if _, err := newLogReader(l.server.URL+"/log/", l.server.Client(), proof.Log{}); !errors.Is(err, proof.ErrTrust) {
		t.Errorf("without trust: %v", err)
	}
	if _, err := NewLogReader("http://vault.example", "", nil, l.trust); err == nil {
		t.Error("a log without TLS")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*pollCheckpoint)
	defer cancel()
	if _, err := l.reader().Await(ctx, 1000); !errors.Is(err, proof.ErrNotCovered) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an entry that is not there: %v", err)
	}
	l.serve(func(string, []byte) []byte { panic(http.ErrAbortHandler) })
	if _, err := l.reader().Checkpoint(soon(t)); err == nil {
		t.Error("a connection cut off")
	}
}

var errAny = errors.New("any error")

func TestAnchorFromTheLog(t *testing.T) {
	data, err := os.ReadFile("../../ledgerref/testdata/anchor.json")
	if err != nil {
		t.Fatal(err)
	}
	p, err := ledgerref.ParseAnchorProof(data)
	if err != nil {
		t.Fatal(err)
	}
	ledger := consent.Domain{ChainID: p.ChainID, Contract: p.Contract}
	trust := proof.Log{Origin: p.Origin, Key: p.LogKey[:]}
	status := http.StatusOK
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/log/anchor" || (r.URL.RawQuery != "" && r.URL.RawQuery != "size=17") {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.WriteHeader(status)
		_, _ = w.Write(data)
	}))
	defer server.Close()
	reader := func(log proof.Log) *LogReader {
		r, err := newLogReader(server.URL+"/log/", server.Client(), log)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for _, size := range []uint64{0, 17} {
		got, anchor, err := reader(trust).Anchor(soon(t), ledger, size)
		if err != nil || anchor.Size != 17 || got.Origin != p.Origin {
			t.Errorf("size %d: %v", size, err)
		}
	}
	if _, _, err := reader(trust).Anchor(soon(t), ledger, 18); !errors.Is(err, ledgerref.ErrNoAnchor) {
		t.Errorf("one that is not there: %v", err)
	}
	if _, _, err := reader(trust).Anchor(soon(t), consent.Domain{ChainID: 1}, 0); !errors.Is(err, ledgerref.ErrAnchorProof) {
		t.Errorf("of another ledger: %v", err)
	}
	if _, _, err := reader(proof.Log{Origin: p.Origin, Key: make([]byte, 32)}).Anchor(soon(t), ledger, 0); !errors.Is(err, proof.ErrProof) {
		t.Errorf("under another key: %v", err)
	}
	good := data
	data = []byte(`{}`)
	if _, _, err := reader(trust).Anchor(soon(t), ledger, 0); !errors.Is(err, ledgerref.ErrAnchorProof) {
		t.Errorf("no anchor file: %v", err)
	}
	data, status = good, http.StatusServiceUnavailable
	var problem *Problem
	if _, _, err := reader(trust).Anchor(soon(t), ledger, 0); !errors.As(err, &problem) || problem.HTTPStatus != status {
		t.Errorf("unavailable: %v", err)
	}
	found, _, err := VerifyAnchor(&p, ledger)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		named []consent.Digest
		want  [2]bool
	}{
		{nil, [2]bool{false, false}},
		{[]consent.Digest{{1}}, [2]bool{false, false}},
		{[]consent.Digest{found.Anchored.Hash}, [2]bool{true, false}},
		{[]consent.Digest{found.Opened.Hash}, [2]bool{false, true}},
		{[]consent.Digest{{1}, found.Opened.Hash, found.Anchored.Hash}, [2]bool{true, true}},
	} {
		r := Blocks(found, c.named)
		if len(r) != 2 || r[0].Proven != c.want[0] || r[1].Proven != c.want[1] || !strings.Contains(r[0].What, found.Anchored.Hash.String()) {
			text, _ := json.Marshal(r)
			t.Errorf("%v: %s", c.named, text)
		}
	}
}
