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

// What is not there, what cannot be reached and what is damaged are three answers.
func TestGetObject(t *testing.T) {
	w := newWorld(t)
	name := w.gate.name(roomOnce, []byte("of this test"))
	get := func() error {
		_, _, err := getObject[claim](t.Context(), w.gate, roomOnce, name)
		return err
	}
	if err := get(); !errors.Is(err, ErrAbsent) || errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("absent: %v", err)
	}
	w.failOn("get", roomOnce)
	if err := get(); !errors.Is(err, consent.ErrUnavailable) || !errors.Is(err, errStore) || errors.Is(err, errDamaged) {
		t.Errorf("out of reach: %v", err)
	}
	w.heads.setFault(nil)
	w.heads.plant(name, []byte("damaged"))
	if err := get(); !errors.Is(err, consent.ErrUnavailable) || !errors.Is(err, errDamaged) {
		t.Errorf("damaged: %v", err)
	}
}

// What would not be opened again is not stored, nor anything in its place.
func TestPutObjectTooLarge(t *testing.T) {
	w := newWorld(t)
	name := w.gate.name(roomErasure, []byte("of this test"))
	err := w.gate.putObject(t.Context(), roomErasure, name, erasure{Version: objectVersion, Sealed: make([]byte, maxObject)}, "")
	if !errors.Is(err, errTooLarge) || w.heads.take(name) != nil {
		t.Errorf("%d bytes, %v", len(w.heads.take(name)), err)
	}
}

// Under its wrapper a grant counts only whole, in this version, under the key of the region that both name.
func TestInsideOfAGrantRefused(t *testing.T) {
	w := newWorld(t)
	id := w.grant().Act.ID
	l, err := w.gate.loadGrant(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	of := func(change func(s *storedGrant)) []byte {
		s := *l.storedGrant
		change(&s)
		plaintext, err := s.encode()
		if err != nil {
			t.Fatal(err)
		}
		return plaintext
	}
	region, err := w.keyring.Region("KE")
	if err != nil {
		t.Fatal(err)
	}
	open := func(plaintext []byte) error {
		inside, err := region.Wrap(crypto.Pad(plaintext, leastObject), grantAAD("wrappy grant object v1", id))
		if err != nil {
			t.Fatal(err)
		}
		data, err := seal(w.gate.headSealer, grantAAD("wrappy grant wrapper v1", id), grantWrapper{Version: objectVersion, Region: "KE", Sealed: inside})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.gate.openGrant(id, data)
		return err
	}
	whole := of(func(*storedGrant) {})
	if err := open(whole); err != nil {
		t.Fatal(err)
	}
	for name, plaintext := range map[string][]byte{
		"another version":          of(func(s *storedGrant) { s.Version++ }),
		"another region":           of(func(s *storedGrant) { s.Region = "JO" }),
		"no grant":                 {0x80},
		"something behind it":      append(slices.Clone(whole), 0x80),
		"longer, with more behind": append([]byte{0x98, whole[0] & 0x1f}, append(slices.Clone(whole[1:]), 0x80)...),
	} {
		if err := open(plaintext); !errors.Is(err, errDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if data, err := w.gate.sealGrant(id, &storedGrant{Version: objectVersion, Region: "SE"}); data != nil || !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("in a region without a key: %v", err)
	}
}

// Whoever could write to the store, and have the person sign, makes nothing leave that no person may grant.
func TestStoredGrantDenies(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(s *SignedGrant)
		leave bool
	}{
		"as it should be":             {func(*SignedGrant) {}, true},
		"an end within a day":         {func(s *SignedGrant) { s.Grant.Expires++ }, false},
		"the salt of another opening": {func(s *SignedGrant) { s.Binding.Opening[0]++ }, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.enrol(w.person)
			s := w.answer(w.request(w.hospital), wallet.Choice{})
			c.spoil(&s)
			id := s.Grant.ID()
			s.Act.ID, s.Act.Expiry, s.Binding.Grant = id, s.Grant.ActExpiry(), id
			s.ActSignature = w.person.Seed.Grant(s.Grant.Salt).Sign(w.domain.Digest(s.Act.StructHash()))
			s.BindingSignature = w.person.Seed.Root().Sign(w.domain.Digest(s.Binding.StructHash()))
			sealed, err := w.gate.sealGrant(id, &storedGrant{
				Version: objectVersion, Grant: s.Grant, Deadline: s.Act.Deadline, ActSignature: s.ActSignature, Identity: s.Binding.Identity,
				BindingTime: s.Binding.Time, BindingSignature: s.BindingSignature, BindingOpening: s.Binding.Opening, Region: "KE",
			})
			if err != nil {
				t.Fatal(err)
			}
			a := &answer{Version: objectVersion, Kind: answerGiven, Grant: id, Person: personOf(s.Binding.Identity, s.Grant.Request), Time: w.unix(), Proof: keepProof(consent.Proof{})}
			if err := w.gate.putObject(t.Context(), roomAnswer, w.gate.name(roomAnswer, s.Grant.Request[:]), a, ""); err != nil {
				t.Fatal(err)
			}
			w.heads.plant(w.gate.name(roomGrant, id[:]), sealed)
			w.ledger.states[id] = consent.GrantState{Status: consent.StatusGiven, Block: 1, Expires: s.Act.Expiry}
			if _, err := w.release(s); c.leave != (err == nil) || !c.leave && !denied(err, consent.ReasonInvalid) {
				t.Errorf("release: %v", err)
			}
		})
	}
}
