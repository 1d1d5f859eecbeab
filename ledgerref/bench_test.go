package ledgerref

import (
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
