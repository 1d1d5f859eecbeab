package ledgerref

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
)

func filled(b *testing.B) (*View, consent.Address) {
	b.Helper()
	v := must(newView(&Chain{addresses: fakeAddresses}, ViewConfig{Dir: b.TempDir()}, newFakeChain()))
	v.cancel = func() {}
	b.Cleanup(func() { _ = v.Close() })
	v.head.Store(unixNow())
	key := consent.Address{9}
	batch := v.db.NewBatch()
	for i := range 200_000 {
		ref := refOf(key, consent.GrantID(wordOf(uint64(i))))
		_ = batch.Set(keyOf(grantPrefix, ref[:]), encodeGrant(consent.GrantState{Status: consent.StatusGiven, Block: 1, Expires: 86400}), nil)
	}
	if err := batch.Commit(nil); err != nil {
		b.Fatal(err)
	}
	if err := v.db.Flush(); err != nil {
		b.Fatal(err)
	}
	root := consent.InstitutionID{1}
	v.institutions[root] = &institutionRecord{Name: "root", Kind: consent.KindAccreditor, AccreditorUntil: unixNow() + 1e6}
	for i := range 1000 {
		id := consent.InstitutionID(wordOf(uint64(i)))
		v.institutions[id] = &institutionRecord{Name: "clinic", Kind: consent.KindClinic, Attested: []attestation{{Accreditor: root, Until: unixNow() + 1e6}}}
		v.tlsKeys[[32]byte(id)] = tlsKeyRecord{Institution: id}
	}
	return v, key
}

func BenchmarkGrantState(b *testing.B) {
	v, key := filled(b)
	i := uint64(0)
	for b.Loop() {
		i = (i + 7919) % 200_000
		if s, err := v.GrantState(b.Context(), key, consent.GrantID(wordOf(i))); err != nil || s.Status != consent.StatusGiven {
			b.Fatal(s, err)
		}
	}
}

func BenchmarkGrantStateAbsent(b *testing.B) {
	v, key := filled(b)
	for b.Loop() {
		if _, err := v.GrantState(b.Context(), key, consent.GrantID{1}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkInstitutionByKeyHash(b *testing.B) {
	v, _ := filled(b)
	for b.Loop() {
		if i, err := v.InstitutionByKeyHash(b.Context(), wordOf(500)); err != nil || !i.Attested {
			b.Fatal(err)
		}
	}
}

func BenchmarkView(b *testing.B) {
	v, _ := filled(b)
	for b.Loop() {
		if _, err := v.View(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRootKey(b *testing.B) {
	v, _ := filled(b)
	id := consent.IdentityID{1}
	if err := v.db.Set(keyOf(identityPrefix, id[:]), encode(identityRecord{Keys: []keyFrom{{Block: 0, Key: consent.Address{1}}}}), nil); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, err := v.RootKey(b.Context(), id, 0); err != nil {
			b.Fatal(err)
		}
	}
}

// What one release asks, of a thousand grants by turns: View, Institution, GrantState twice and RootKey.
func BenchmarkReleaseAsks(b *testing.B) {
	v, key := filled(b)
	for i := range uint64(1000) {
		if err := v.db.Set(keyOf(identityPrefix, idOf(i)), encode(identityRecord{Keys: []keyFrom{{Block: 0, Key: consent.Address{1}}}}), nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	i := uint64(0)
	for b.Loop() {
		i = (i + 7) % 1000
		_, errView := v.View(b.Context())
		_, errInstitution := v.Institution(b.Context(), wordOf(i))
		_, errState := v.GrantState(b.Context(), key, wordOf(i))
		_, _, errKey := v.RootKey(b.Context(), wordOf(i), 0)
		_, errAgain := v.GrantState(b.Context(), key, wordOf(i))
		if err := errors.Join(errView, errInstitution, errState, errKey, errAgain); err != nil {
			b.Fatal(err)
		}
	}
}

func idOf(i uint64) []byte { id := wordOf(i); return id[:] }

// A grant through the relayer of a chain at rest until the view shows it.
func BenchmarkGrantAfterIdle(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		act := grantAct(w.chain.addresses, account(b), random())
		head := must(w.view.View(b.Context()))
		<-time.After(time.Until(time.Unix(int64(head.Time)+1, 0)) + 50*time.Millisecond)
		b.StartTimer()
		submit(b, act)
		await(b, act)
	}
}

// Replay of final blocks by ranges.
func BenchmarkReplay(b *testing.B) {
	f := newFakeChain()
	const blocks, each = 1000, 20
	for i := range blocks {
		var logs []consent.GrantID
		for j := range each {
			logs = append(logs, consent.GrantID(wordOf(uint64(i*each+j))))
		}
		mined := f.mine()
		_ = mined
		header := f.blocks[len(f.blocks)-1]
		for j, id := range logs {
			log := grantedLog(consent.Address{1}, id, 86400)
			log.BlockNumber, log.BlockHash, log.BlockTimestamp, log.Index = header.Number.Uint64(), header.Hash(), header.Time, uint(j)
			f.logs[header.Hash()] = append(f.logs[header.Hash()], log)
		}
	}
	f.final, f.safe = blocks, blocks
	for b.Loop() {
		v := must(newView(&Chain{addresses: fakeAddresses}, ViewConfig{Dir: b.TempDir()}, f))
		v.cancel = func() {}
		if err := v.open(b.Context()); err != nil {
			b.Fatal(err)
		}
		if err := v.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(blocks*each*b.N)/b.Elapsed().Seconds(), "logs/s")
}

// entering says whose grants BenchmarkEnter is to bring into which view's folder: rows of
// grant key, grant, identity, root key and the grant's end, as BenchmarkSettle of the vault
// makes them. The chain has none of them.
type entering struct{ Dir, Rows string }

// BenchmarkEnter is a grant and an identity brought into a view that is not open; with
// BENCH_ENTER, a file of entering, all of its rows, however often it is asked to.
func BenchmarkEnter(b *testing.B) {
	plan, rows := entering{Dir: b.TempDir()}, make([]byte, 1000*enteredRow)
	if path := os.Getenv("BENCH_ENTER"); path != "" {
		if err := json.Unmarshal(must(os.ReadFile(path)), &plan); err != nil {
			b.Fatal(err)
		}
		rows = must(os.ReadFile(plan.Rows))
	}
	for b.Loop() {
		if err := enter(plan.Dir, rows); err != nil {
			b.Fatal(err)
		}
	}
}

const enteredRow = 20 + 32 + 32 + 20 + 8

func enter(dir string, rows []byte) error {
	db, err := openPebble(dir, 32<<20)
	if err != nil {
		return err
	}
	batch := db.NewBatch()
	for row := range slices.Chunk(rows, enteredRow) {
		ref := refOf(consent.Address(row[:20]), consent.GrantID(row[20:52]))
		root := identityRecord{Keys: []keyFrom{{Block: 1, Key: consent.Address(row[84:104])}}}
		state := consent.GrantState{Status: consent.StatusGiven, Block: 1, Expires: binary.BigEndian.Uint64(row[104:])}
		err = errors.Join(err, batch.Set(keyOf(grantPrefix, ref[:]), encodeGrant(state), nil), batch.Set(keyOf(identityPrefix, row[52:84]), encode(root), nil))
		if batch.Len() > 4<<20 {
			err = errors.Join(err, batch.Commit(nil))
			batch = db.NewBatch()
		}
	}
	return errors.Join(err, batch.Commit(nil), db.Flush(), db.Close())
}
