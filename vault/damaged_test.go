package vault

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/faults"
	"github.com/wrapious/wrappy/wallet"
)

// kept is a world in which each room of both stores holds something.
type kept struct {
	*world
	given, gone SignedGrant // of the world's person: one that stands, one that was withdrawn
	erased      *wallet.Identity
	open        *consent.Request
	next        SignedGrant // an answer that was not sent yet

	heads, records map[string][]byte
	entries        []Entry
}

func newKept(t *testing.T) *kept {
	t.Helper()
	k := &kept{world: newWorld(t)}
	k.given = k.grown(limited(9))
	k.gone = k.grant()
	if _, err := k.gate.Release(t.Context(), k.hospital, ReleaseCall{Grant: k.given.Act.ID, IdempotencyKey: "first"}); err != nil {
		t.Fatal(err)
	}
	k.withdraw(k.gone)
	k.facts("US")
	if err := k.correct("identity.birth_date", `"1990"`); err != nil {
		t.Fatal(err)
	}
	// Somebody else, in another country, whose objects are sound in their own places.
	first := k.person
	k.person = newPerson()
	call := k.enrolCall(k.person)
	call.Enrolment, call.Signature = k.person.Enrol(k.domain, testOrigin, "JO", k.time())
	if err := k.gate.Enrol(t.Context(), call); err != nil {
		t.Fatal(err)
	}
	other := k.grown(limited(9))
	if _, err := k.gate.Release(t.Context(), k.hospital, ReleaseCall{Grant: other.Act.ID, IdempotencyKey: "second"}); err != nil {
		t.Fatal(err)
	}
	k.withdraw(k.grant())
	k.erased = newPerson()
	k.enrol(k.erased)
	if _, err := k.eraseBy(k.gate, k.erased); err != nil {
		t.Fatal(err)
	}
	k.person = first
	if err := k.look(k.gate); err != nil { // tells the hospital what was withdrawn
		t.Fatal(err)
	}
	k.open = k.request(k.hospital)
	k.request(k.clinic)
	k.next = k.answer(k.open, wallet.Choice{})
	k.gate.Close()
	k.heads, k.records, k.entries = k.world.heads.snapshot(), k.world.records.snapshot(), slices.Clone(k.journal.entries)
	return k
}

// again is a vault that was just started on what there was.
func (k *kept) again() *Gate {
	k.world.heads.restore(k.heads)
	k.world.records.restore(k.records)
	k.journal.entries, k.journal.probes = slices.Clone(k.entries), nil
	return k.newGate()
}

// noted counts what the journal says of damage.
func (k *kept) noted(g *Gate) (n int) {
	g.Close()
	for _, e := range k.journal.entries[len(k.entries):] {
		if e.Shared.Kind == consent.EntryAborted && slices.Equal(e.Shared.Reasons, []consent.Reason{consent.ReasonInvalid}) && len(e.Shared.Fields) == 0 {
			n++
		}
	}
	return n + len(k.journal.probes)
}

// Whatever is done to an object, a vault that starts on it refuses what rests on it, lets
// nothing out, and says so in the journal where a call under a grant has met it.
func TestDamagedObjects(t *testing.T) {
	k := newKept(t)
	elsewhere, _ := newWorldOfItsOwn(t)
	elsewhere.grown()
	random := faults.Rand(t)

	ctx, id, person, erased, open := t.Context(), k.given.Act.ID, k.person.ID(), k.erased.ID(), k.open.ID()
	release := func(g *Gate, grant consent.GrantID, key string) error {
		r, err := g.Release(ctx, k.hospital, ReleaseCall{Grant: grant, IdempotencyKey: key})
		if err == nil && r != nil {
			r.Done(ctx, true)
		}
		return err
	}
	given := func(g *Gate) error { return release(g, id, "") }
	erase := func(g *Gate) error { _, err := k.eraseBy(g, k.person); return err }
	sealed := func(room string, parts ...[]byte) string { return k.gate.name(room, parts...) }
	listed := func(room string, prefix [32]byte) string {
		start := sealed(room, prefix[:]) + "/"
		for _, name := range k.world.heads.names(room) {
			if strings.HasPrefix(name, start) {
				return name
			}
		}
		t.Fatalf("room %s holds nothing", room)
		return ""
	}
	head, err := k.newGate().headNow(t, person)
	if err != nil {
		t.Fatal(err)
	}
	recordOf := func(c consent.Category) string {
		m := head.entry(c)
		return k.gate.recordName(person, c, m.Version, m.Handle)
	}
	var stream string
	for _, name := range k.world.records.names(roomStream) {
		g := k.again()
		if k.world.records.drop(name); given(g) != nil {
			stream = name
		}
		g.Close()
	}

	for _, c := range []struct {
		name, object string
		records      bool
		call         func(*Gate) error
		noted        bool // by an entry or a probe
	}{
		{"head", sealed(roomHead, person[:]), false, given, true},
		{"record of the large field", recordOf("health"), true, given, true},
		{"record of a small field", recordOf("identity"), true, given, true},
		{"large value", stream, true, given, true},
		{"record that is written over", recordOf("health"), true, func(g *Gate) error {
			_, err := g.Write(ctx, k.hospital, k.call(k.hospital, id, k.values()))
			return err
		}, true},
		{"record that is corrected", recordOf("identity"), true, func(g *Gate) error {
			_, err := g.Correct(ctx, k.correction(maiden, `"Akinyi"`))
			return err
		}, true},
		{"record that is taken along", recordOf("identity"), true, func(g *Gate) error { _, err := g.Export(ctx, k.exportCall()); return err }, true},
		{"grant", sealed(roomGrant, id[:]), false, given, true},
		{"tombstone", sealed(roomTombstone, k.gone.Act.ID[:]), false, func(g *Gate) error { return release(g, k.gone.Act.ID, "") }, true},
		{"answer", sealed(roomAnswer, k.given.Grant.Request[:]), false, given, true},
		{"counter", sealed(roomCounter, id[:]), false, given, true},
		{"memo", k.gate.idempotent(k.hospital.ID, opRelease, "first"), false, func(g *Gate) error { return release(g, id, "first") }, true},
		{"what was received", sealed(roomReceived, id[:]), false, given, true},
		{"clock", sealed(roomClock), false, given, false}, // without a time nothing can be written down
		{"request", sealed(roomRequest, open[:]), false, func(g *Gate) error { _, _, err := g.Request(ctx, open); return err }, false},
		{"claim", sealed(roomOnce, []byte("salt"), k.next.Grant.Salt[:]), false, func(g *Gate) error { _, err := g.Grant(ctx, k.next); return err }, false},
		{"index of a person's permissions", listed(roomOwn, person), false, func(g *Gate) error { _, _, err := g.GrantsOf(ctx, person, "", 10); return err }, false},
		{"index of an institution's permissions", listed(roomHeld, k.hospital.ID), false, func(g *Gate) error { _, _, err := g.GrantsHeld(ctx, k.hospital, "", 10); return err }, false},
		{"index of requests", listed(roomAsked, k.hospital.ID), false, func(g *Gate) error { _, _, err := g.RequestsOf(ctx, k.hospital, "", 10); return err }, false},
		{"index of records", listed(roomRecorded, person), false, erase, false},
		{"index of large values", listed(roomStreamed, person), false, erase, false},
		{"index of what is due", listed(roomDue, k.hospital.ID), false, func(g *Gate) error { _, _, err := g.Deletions(ctx, k.hospital, false, "", 10); return err }, false},
		{"erasure", sealed(roomErasure, erased[:]), false, func(g *Gate) error { _, err := k.eraseBy(g, k.erased); return err }, false},
		{"notice", k.world.heads.names(roomNotice)[0], false, func(g *Gate) error { _, err := g.ChangeNotices(ctx, k.hospital, 0, 10, 0); return err }, false},
		{"watched permission", sealed(roomWatched, id[:]), false, k.look, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := k.world.heads
			if c.records {
				store = k.world.records
			}
			sound := k.again()
			if err := c.call(sound); err != nil && c.name != "tombstone" {
				t.Fatal("undamaged:", err)
			}
			sound.Close()
			k.again()
			good := store.take(c.object)
			if c.name == "claim" { // there is none yet
				good = store.take(store.names(roomOnce)[0])
			}
			if good == nil {
				t.Fatal("the object is not there")
			}
			for what, bad := range k.spoiled(t, random, store, elsewhere, c.object, good) {
				g := k.again()
				store.plant(c.object, bad)
				if err := c.call(g); !errors.Is(err, consent.ErrUnavailable) && (c.name != "grant" || !errors.Is(err, consent.ErrNotFound)) {
					t.Errorf("%s: error %v", what, err)
				}
				if n := k.noted(g); c.noted && n != 1 {
					t.Errorf("%s: noted %d times", what, n)
				}
				for _, e := range k.journal.entries[len(k.entries):] {
					if kind := e.Shared.Kind; kind == consent.EntryAuthorised || kind == consent.EntryRedelivery || kind == consent.EntryWritten || kind == consent.EntryExported || kind == consent.EntryGranted {
						t.Errorf("%s: an entry says %s", what, kind)
					}
				}
			}
		})
	}
}

// spoiled is an object in all the ways in which whoever has a hand on the store could leave it.
func (k *kept) spoiled(t *testing.T, random *rand.Rand, store *testStore, elsewhere *world, name string, good []byte) map[string][]byte {
	t.Helper()
	room, _, _ := strings.Cut(name, "/")
	bad := map[string][]byte{
		"empty": {}, "one byte": good[:1], "half": good[:len(good)/2], "a byte less": good[:len(good)-1],
		"a byte more": append(slices.Clone(good), 0), "twice": append(slices.Clone(good), good...), "zeros": make([]byte, len(good)),
	}
	flip := func(at int) {
		data := slices.Clone(good)
		data[at] ^= 1 << random.IntN(8)
		bad[fmt.Sprintf("byte %d", at)] = data
	}
	flips := faults.Count(t, 6, 4096)
	for _, at := range random.Perm(len(good))[:min(flips, len(good))] {
		flip(at)
	}
	flip(0)
	flip(len(good) - 1)
	for i, from := range []*testStore{k.world.heads, k.world.records, elsewhere.heads, elsewhere.records} {
		for other, data := range from.snapshot() { // one of each room, up to four of the same
			there, _, _ := strings.Cut(other, "/")
			if there == room {
				there += fmt.Sprint(other[len(other)-1] % 4)
			}
			if !bytes.Equal(data, good) {
				bad[fmt.Sprintf("%s of store %d", there, i)] = data
			}
		}
	}
	// under the vault's own keys, in another version of the format
	if padded, err := k.gate.headSealer.Open(good, label(room, name)); err == nil {
		for _, version := range []byte{0, 2} {
			plaintext, err := crypto.Unpad(padded)
			if err != nil {
				t.Fatal(err)
			}
			plaintext = slices.Clone(plaintext)
			plaintext[1] = version
			data, err := k.gate.headSealer.Seal(crypto.Pad(plaintext, leastObject), label(room, name))
			if err != nil {
				t.Fatal(err)
			}
			bad[fmt.Sprintf("version %d", version)] = data
		}
	}
	return bad
}

// Whoever has the heads' key too can make the manifest name any record. What is in it still
// opens only as what it was sealed for, and what does not is noted with the fields.
func TestEnvelopesDoNotPassForOthers(t *testing.T) {
	const gender, birth consent.FieldName = "identity.gender", "identity.birth_date"
	w := newWorld(t)
	fields := func(r *consent.Request) { r.Fields = []consent.FieldName{birth, gender, maiden} }
	first := w.person
	w.person = newPerson()
	other := w.grant(fields)
	values := raw{birth: []byte(`"1990"`), gender: []byte(`"female"`), maiden: []byte(`"` + secretValue + `"`)}
	if _, err := w.write(other, values); err != nil {
		t.Fatal(err)
	}
	strange := w.rows(t, w.person)
	w.person = first
	s := w.grant(fields)
	if _, err := w.write(s, values); err != nil {
		t.Fatal(err)
	}
	old := w.rows(t, w.person)
	if _, err := w.write(s, raw{maiden: []byte(`"Akinyi"`)}); err != nil {
		t.Fatal(err)
	}
	now := w.rows(t, w.person)
	if _, err := w.release(s); err != nil {
		t.Fatal(err)
	}
	person, _, err := w.gate.subject(t.Context(), w.person.ID())
	if err != nil {
		t.Fatal(err)
	}
	noField, err := person.kek.SealField(fieldAD(w.person.ID(), maiden, now[maiden].version), crypto.Pad([]byte("none"), leastField))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(map[consent.FieldName]row){
		"of another field":        func(r map[consent.FieldName]row) { r[maiden] = row{r[maiden].version, r[birth].envelope} },
		"two fields exchanged":    func(r map[consent.FieldName]row) { r[gender], r[birth] = r[birth], r[gender] },
		"of another person":       func(r map[consent.FieldName]row) { r[birth] = row{r[birth].version, strange[birth].envelope} },
		"an earlier as the newer": func(r map[consent.FieldName]row) { r[maiden] = row{r[maiden].version, old[maiden].envelope} },
		"the newer as an earlier": func(r map[consent.FieldName]row) { r[maiden] = row{1, r[maiden].envelope} },
		"another version":         func(r map[consent.FieldName]row) { r[birth] = row{2, r[birth].envelope} },
		"another format": func(r map[consent.FieldName]row) {
			r[birth] = row{1, append([]byte{r[birth].envelope[0] ^ 1}, r[birth].envelope[1:]...)}
		},
		"cut short": func(r map[consent.FieldName]row) { r[birth] = row{1, r[birth].envelope[:len(r[birth].envelope)-1]} },
		"nothing":   func(r map[consent.FieldName]row) { r[birth] = row{1, nil} },
		"no field":  func(r map[consent.FieldName]row) { r[maiden] = row{r[maiden].version, noField} },
	} {
		t.Run(name, func(t *testing.T) {
			rows := maps.Clone(now)
			change(rows)
			g := w.newGate()
			w.plantRows(t, g, rows)
			before := len(w.journal.kinds())
			if r, err := g.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID}); r != nil || !errors.Is(err, consent.ErrUnavailable) {
				t.Errorf("error %v", err)
			}
			g.Close()
			e := w.journal.last(t)
			if w.journal.count(consent.EntryAborted) == 0 || len(w.journal.kinds()) != before+2 || e.Shared.Kind != consent.EntryAborted ||
				len(e.Shared.Fields) != 3 || !slices.Equal(e.Shared.Reasons, []consent.Reason{consent.ReasonInvalid}) {
				t.Errorf("the journal ends with %s for %v", e.Shared.Kind, e.Shared.Reasons)
			}
		})
	}
}

// Nor does a record pass for another, though a head names it by its digest.
func TestRecordsDoNotPassForOthers(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	person, _, err := w.gate.subject(t.Context(), w.person.ID())
	if err != nil {
		t.Fatal(err)
	}
	m := *person.head.entry("identity")
	sound := w.records.take(w.gate.recordName(w.person.ID(), "identity", m.Version, m.Handle))
	for name, c := range map[string]struct {
		version uint64
		data    []byte
		passes  bool
	}{
		"the same":          {m.Version, sound, true},
		"as a later one":    {m.Version + 1, sound, false},
		"what is no record": {m.Version, crypto.Pad([]byte("none"), leastObject), false},
	} {
		t.Run(name, func(t *testing.T) {
			g := w.newGate()
			stored, tag, err := g.subject(t.Context(), w.person.ID())
			if err != nil {
				t.Fatal(err)
			}
			next := stored.head.clone()
			next.set(manifestEntry{Category: "identity", Version: c.version, Handle: m.Handle, Digest: sha256.Sum256(c.data)})
			next.Revision++
			w.records.plant(g.recordName(w.person.ID(), "identity", c.version, m.Handle), c.data)
			if err := g.putHead(t.Context(), next, tag); err != nil {
				t.Fatal(err)
			}
			r, err := g.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID})
			if c.passes {
				if err != nil || len(r.Released) != 2 {
					t.Fatal(err)
				}
				return
			}
			if r != nil || !errors.Is(err, consent.ErrUnavailable) {
				t.Errorf("error %v", err)
			}
			g.Close()
			if e := w.journal.last(t); e.Shared.Kind != consent.EntryAborted || !slices.Equal(e.Shared.Reasons, []consent.Reason{consent.ReasonInvalid}) {
				t.Errorf("the journal ends with %s for %v", e.Shared.Kind, e.Shared.Reasons)
			}
		})
	}
}

// A store that does not answer is not one that somebody has had a hand on: nobody's history
// says so.
func TestOutOfReachIsNotDamaged(t *testing.T) {
	for _, room := range []string{roomTombstone, roomGrant, roomHead, roomAnswer, roomCounter, roomRecord} {
		w := newWorld(t)
		s := w.filled(limited(9))
		g := w.newGate()
		for _, store := range []*testStore{w.heads, w.records} {
			store.setFault(func(op, name string) (bool, bool) {
				return op == faults.Get && strings.HasPrefix(name, room+"/"), false
			})
		}
		r, err := g.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID})
		if r != nil || !errors.Is(err, consent.ErrUnavailable) || errors.Is(err, errDamaged) {
			t.Errorf("%s: error %v", room, err)
		}
		g.Close()
		if n := w.journal.count(consent.EntryAborted); n != 0 {
			t.Errorf("%s: noted %d times", room, n)
		}
	}
}

type row struct {
	version  uint64
	envelope []byte
}

// rows are the identity fields of a person's present record.
func (w *world) rows(t *testing.T, p *wallet.Identity) map[consent.FieldName]row {
	t.Helper()
	s, _, err := w.gate.subject(t.Context(), p.ID())
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.gate.readRecord(t.Context(), p.ID(), *s.head.entry("identity"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[consent.FieldName]row{}
	for _, f := range []consent.FieldName{"identity.birth_date", "identity.gender", maiden} {
		version, envelope := r.find(s.kek.FieldTag(string(f)))
		out[f] = row{version, slices.Clone(envelope)}
	}
	return out
}

// plantRows makes a sound record of them, and a head that names it.
func (w *world) plantRows(t *testing.T, g *Gate, rows map[consent.FieldName]row) {
	t.Helper()
	s, tag, err := g.subject(t.Context(), w.person.ID())
	if err != nil {
		t.Fatal(err)
	}
	changed := map[[16]byte][]byte{}
	for f, one := range rows {
		changed[s.kek.FieldTag(string(f))] = append([]byte{}, one.envelope...)
	}
	r, err := (&record{Format: objectVersion, Version: s.head.entry("identity").Version}).next(changed)
	if err != nil {
		t.Fatal(err)
	}
	for f, one := range rows {
		for i := range r.Index {
			if r.Index[i].Tag == s.kek.FieldTag(string(f)) {
				r.Index[i].Version = one.version
			}
		}
	}
	next := s.head.clone()
	m, err := g.storeRecord(t.Context(), w.person.ID(), "identity", r)
	if err != nil {
		t.Fatal(err)
	}
	next.set(m)
	next.Revision++
	if err := g.putHead(t.Context(), next, tag); err != nil {
		t.Fatal(err)
	}
}
