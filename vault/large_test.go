package vault

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/wallet"
)

// largeAllergies are size bytes and some of FHIR resources, all of which hold word.
func largeAllergies(word string, size int) json.RawMessage {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		b.WriteString(`,{"resourceType":"AllergyIntolerance","id":"` + word + "-" + hex.EncodeToString([]byte{byte(i >> 8), byte(i)}) + `","note":[{"text":"` + strings.Repeat(word+" ", 100) + `"}]}`)
	}
	return json.RawMessage("[" + b.String()[1:] + "]")
}

const large = 100 << 10 // more than a record holds of a field itself

// grown is a grant under which health.allergy is a stream and a small field stands beside it.
func (w *world) grown(change ...func(*consent.Request)) SignedGrant {
	w.t.Helper()
	s := w.grant(change...)
	if _, err := w.write(s, raw{"health.allergy": largeAllergies(secretValue, large), "identity.mother_maiden_name": json.RawMessage(`"` + secretValue + `"`)}); err != nil {
		w.t.Fatal("write:", err)
	}
	return s
}

func TestLargeValue(t *testing.T) {
	w := newWorld(t)
	s := w.grown(limited(9))
	want := largeAllergies(secretValue, large)
	r, err := w.newGate().Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID})
	if err != nil || len(r.Released) != 2 || !bytes.Equal(r.Released["health.allergy"][0].Value, want) {
		t.Fatalf("%d fields, %v", len(r.Released), err)
	}
	if v := r.Released["health.allergy"][0]; v.Writer != w.hospital.ID || v.Grant != s.Act.ID || v.Written == 0 || r.Versions["health.allergy"] != 1 {
		t.Errorf("written by %x at %d", v.Writer[:1], v.Written)
	}
	object := w.records.take(w.records.only(t, roomStream))
	if len(object) < large || len(object) > large+large/2 || bytes.Contains(object, []byte(secretValue)) {
		t.Errorf("the object has %d bytes", len(object))
	}
	for _, name := range w.records.names(roomRecord) {
		if n := len(w.records.take(name)); n > 4<<10 {
			t.Errorf("a record has %d bytes", n)
		}
	}
	r.Done(t.Context(), true)
	w.gate.Close()
}

// Another field of the category is written: the stream stays as it is.
func TestLargeValueStays(t *testing.T) {
	w := newWorld(t)
	s := w.grant(func(r *consent.Request) { r.Fields = []consent.FieldName{"health.allergy", "health.condition"} })
	if _, err := w.write(s, raw{"health.allergy": largeAllergies("old", large)}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.write(s, raw{"health.condition": json.RawMessage(`[{"resourceType":"Condition","id":"c"}]`)}); err != nil {
		t.Fatal(err)
	}
	w.records.only(t, roomStream)
	if v := w.value(s, "health.allergy"); len(v) != 1 || !bytes.Equal(v[0].Value, largeAllergies("old", large)) {
		t.Error("another value")
	}
	// A small value is merged into the large one, and a second writer's stands beside it.
	if _, err := w.write(s, raw{"health.allergy": json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"one-more"}]`)}); err != nil {
		t.Fatal(err)
	}
	second := w.answer(w.request(w.clinic), wallet.Choice{})
	if _, err := w.gate.Grant(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	if _, err := w.gate.Write(t.Context(), w.clinic, w.call(w.clinic, second.Act.ID, raw{"health.allergy": largeAllergies("clinic", large)})); err != nil {
		t.Fatal(err)
	}
	v := w.value(s, "health.allergy")
	if len(v) != 2 || !bytes.HasPrefix(v[0].Value, largeAllergies("old", large)[:large]) || !bytes.Contains(v[0].Value, []byte("one-more")) || !bytes.Equal(v[1].Value, largeAllergies("clinic", large)) {
		t.Errorf("%d writers", len(v))
	}
	if n := len(w.records.names(roomStream)); n != 3 {
		t.Errorf("%d streams, want 3: one for each version", n)
	}
}

// Who asks for small fields neither fetches large ones nor waits for a turn.
func TestSmallFieldsTouchNoStream(t *testing.T) {
	w := newWorld(t)
	s := w.grown()
	w.records.setFault(func(_, name string) (bool, bool) {
		if strings.HasPrefix(name, roomStream+"/") {
			t.Error("a stream was touched")
		}
		return false, false
	})
	turn := func(context.Context) error { t.Error("asked for a turn"); return nil }
	small := []consent.FieldName{"identity.mother_maiden_name", "identity.birth_date"}
	if r, err := w.gate.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID, Fields: small, Turn: turn}); err != nil || len(r.Released) != 1 {
		t.Error(err)
	}
	if _, err := w.gate.Write(t.Context(), w.hospital, turned(w.call(w.hospital, s.Act.ID, raw{"identity.birth_date": json.RawMessage(`"1990"`)}), turn)); err != nil {
		t.Error(err)
	}
}

// Without a turn nothing is fetched, counted or written down.
func TestLargeValuesWaitForATurn(t *testing.T) {
	w := newWorld(t)
	s := w.grown(limited(1))
	entries, busy := len(w.journal.kinds()), errors.New("busy")
	turn := func(context.Context) error { return busy }
	w.records.setFault(func(_, name string) (bool, bool) { return strings.HasPrefix(name, roomStream+"/"), false })
	if r, err := w.gate.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID, Turn: turn}); r != nil || !errors.Is(err, busy) {
		t.Errorf("release: %v", err)
	}
	merge := raw{"health.allergy": json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"x"}]`)}
	if _, err := w.gate.Write(t.Context(), w.hospital, turned(w.call(w.hospital, s.Act.ID, merge), turn)); !errors.Is(err, busy) {
		t.Errorf("write: %v", err)
	}
	w.gate.Close()
	if n := len(w.journal.kinds()); n != entries || len(w.heads.names(roomCounter)) != 0 {
		t.Errorf("%d entries more, %d counters", n-entries, len(w.heads.names(roomCounter)))
	}
	w.records.setFault(nil)
	var turns atomic.Int32
	turn = func(context.Context) error { turns.Add(1); return nil }
	if _, err := w.gate.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID, Turn: turn}); err != nil || turns.Load() != 1 {
		t.Errorf("%d turns, %v", turns.Load(), err)
	}
}

// Whatever becomes of the object, the release is denied before it is written down or
// counted, and nothing of any field leaves.
func TestLargeValueTampered(t *testing.T) {
	w := newWorld(t)
	s := w.grown(limited(1))
	stream := w.records.only(t, roomStream)
	other := func(change func(w *world)) func([]byte) []byte { // what is an object of its own right elsewhere
		return func([]byte) []byte {
			before := w.records.names(roomStream)
			change(w)
			for _, name := range w.records.names(roomStream) {
				if !slices.Contains(before, name) {
					return w.records.take(name)
				}
			}
			w.t.Fatal("no other stream")
			return nil
		}
	}
	for name, change := range map[string]func([]byte) []byte{
		"empty":           func([]byte) []byte { return []byte{} },
		"truncated":       func(o []byte) []byte { return o[:len(o)-1] },
		"a segment less":  func(o []byte) []byte { return o[:len(o)/4096*4096] },
		"longer":          func(o []byte) []byte { return append(o, 0) },
		"reordered":       func(o []byte) []byte { copy(o[4096:], append(bytes.Clone(o[8192:12288]), o[4096:8192]...)); return o },
		"first bit":       func(o []byte) []byte { o[0] ^= 1; return o },
		"last bit":        func(o []byte) []byte { o[len(o)-1] ^= 1; return o },
		"a bit within":    func(o []byte) []byte { o[len(o)/2] ^= 1; return o },
		"a record":        func([]byte) []byte { return w.records.take(w.records.names(roomRecord)[0]) },
		"a later version": other(func(w *world) { w.sealTest("health.allergy", 2) }),
		"the same again":  other(func(w *world) { w.sealTest("health.allergy", 1) }),
		"another field":   other(func(w *world) { w.sealTest("health.condition", 1) }),
		"of another person": other(func(w *world) {
			first := w.person
			w.person = newPerson()
			w.grown()
			w.person = first
		}),
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			good := w.records.take(stream)
			w.records.plant(stream, change(bytes.Clone(good)))
			defer w.records.plant(stream, good)
			w.refuses(t, s)
		})
	}
	w.t = t
	good := w.records.take(stream)
	w.records.drop(stream)
	t.Run("missing", func(t *testing.T) { w.refuses(t, s) })
	w.records.plant(stream, good)
	w.records.setFault(func(op, name string) (bool, bool) { return op == "get" && name == stream, false })
	t.Run("out of reach", func(t *testing.T) { w.refuses(t, s) })
	w.t = t
	if _, err := w.release(s); err == nil || errors.Is(err, errDamaged) {
		t.Errorf("what is out of reach is said to be damaged: %v", err)
	}
	w.records.setFault(nil)
	if r, err := w.release(s); err != nil || r.Grant.Used != 1 {
		t.Errorf("as it was: %v", err)
	}
}

func (w *world) refuses(t *testing.T, s SignedGrant) {
	t.Helper()
	w.t = t
	entries := w.journal.count(consent.EntryAuthorised)
	if r, err := w.gate.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID}); r != nil || !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
	if _, err := w.write(s, raw{"health.allergy": json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"x"}]`)}); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("merged into what is not there: %v", err)
	}
	if used, _, err := w.gate.used(t.Context(), s.Act.ID); err != nil || used != 0 || w.journal.count(consent.EntryAuthorised) != entries {
		t.Errorf("%d counted, %d entries more", used, w.journal.count(consent.EntryAuthorised)-entries)
	}
}

// Written over while its object is out of reach, a large value stays, and nobody is suspected.
func TestLargeValueOutOfReachOfAWrite(t *testing.T) {
	w := newWorld(t)
	s := w.grown()
	w.records.setFault(func(op, name string) (bool, bool) {
		return op == "get" && strings.HasPrefix(name, roomStream+"/"), false
	})
	one := raw{"health.allergy": json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"one-more"}]`)}
	if r, err := w.write(s, one); r != nil || !errors.Is(err, consent.ErrUnavailable) || errors.Is(err, errDamaged) {
		t.Errorf("error %v", err)
	}
	w.records.setFault(nil)
	w.gate.Close()
	if w.journal.count(consent.EntryAborted) != 0 || w.journal.count(consent.EntryWritten) != 1 {
		t.Errorf("entries %v", w.journal.kinds())
	}
}

// sealTest puts a stream beside the others and returns its envelope and object.
func (w *world) sealTest(field consent.FieldName, version uint64) (envelope, object []byte) {
	w.t.Helper()
	subject, _, err := w.gate.subject(w.t.Context(), w.person.ID())
	if err != nil {
		w.t.Fatal(err)
	}
	envelope, err = w.gate.sealField(w.t.Context(), subject, field, version, []Sourced{{Writer: w.hospital.ID, Value: largeAllergies(secretValue, large)}})
	if err != nil {
		w.t.Fatal(err)
	}
	ref, ok := crypto.StreamOf(envelope)
	if !ok {
		w.t.Fatal("no stream")
	}
	return envelope, w.records.take(w.gate.streamName(w.person.ID(), field, version, ref))
}

// Past digest and name the seal itself says what it is of.
func TestStreamIsBound(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	subject, _, err := w.gate.subject(t.Context(), w.person.ID())
	if err != nil {
		t.Fatal(err)
	}
	envelope, object := w.sealTest("health.allergy", 1)
	later, laterObject := w.sealTest("health.allergy", 2)
	if v, err := subject.openField("health.allergy", 1, envelope, object); err != nil || len(v) != 1 {
		t.Fatal(err)
	}
	for name, open := range map[string]func() ([]Sourced, error){
		"another field":            func() ([]Sourced, error) { return subject.openField("health.condition", 1, envelope, object) },
		"another version":          func() ([]Sourced, error) { return subject.openField("health.allergy", 2, envelope, object) },
		"another version's object": func() ([]Sourced, error) { return subject.openField("health.allergy", 1, envelope, laterObject) },
		"another version's wrap":   func() ([]Sourced, error) { return subject.openField("health.allergy", 1, later, object) },
		"truncated at a segment":   func() ([]Sourced, error) { return subject.openField("health.allergy", 1, envelope, object[:4096]) },
		"truncated in the padding": func() ([]Sourced, error) {
			return subject.openField("health.allergy", 1, envelope, object[:len(object)-1])
		},
		"empty":                     func() ([]Sourced, error) { return subject.openField("health.allergy", 1, envelope, []byte{}) },
		"no object":                 func() ([]Sourced, error) { return subject.openField("health.allergy", 1, envelope, nil) },
		"an object for an envelope": func() ([]Sourced, error) { return subject.openField("health.allergy", 1, w.inline(subject), object) },
	} {
		if v, err := open(); v != nil || !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("%s: %d values, %v", name, len(v), err)
		}
	}
}

// inline is health.allergy's first version as it was sealed before there were streams.
func (w *world) inline(s *subject) []byte {
	w.t.Helper()
	old := largeAllergies("old", large)
	plaintext, err := encodeField([]Sourced{{Writer: w.hospital.ID, Value: old, Signatures: w.sign(w.hospital, consent.GrantID{1}, "health.allergy", old)}})
	if err != nil {
		w.t.Fatal(err)
	}
	envelope, err := s.kek.SealField(fieldAD(w.person.ID(), "health.allergy", 1), crypto.Pad(plaintext, leastField))
	if err != nil {
		w.t.Fatal(err)
	}
	return envelope
}

// Records from before streams hold large values themselves: they are read, and written anew.
func TestOldRecords(t *testing.T) {
	w := newWorld(t)
	s := w.grant()
	err := w.gate.commit(t.Context(), w.person.ID(), func(sub *subject, next *head) error {
		r, err := (&record{Format: objectVersion}).next(map[[16]byte][]byte{sub.kek.FieldTag("health.allergy"): w.inline(sub)})
		if err != nil {
			return err
		}
		m, err := w.gate.storeRecord(t.Context(), w.person.ID(), "health", r)
		next.set(m)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if v := w.value(s, "health.allergy"); len(v) != 1 || !bytes.Equal(v[0].Value, largeAllergies("old", large)) {
		t.Fatal("not read")
	}
	if _, err := w.write(s, raw{"health.allergy": json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"one-more"}]`)}); err != nil {
		t.Fatal(err)
	}
	w.records.only(t, roomStream)
	if v := w.value(s, "health.allergy"); len(v) != 1 || !bytes.Contains(v[0].Value, []byte("one-more")) || len(v[0].Value) < large {
		t.Error("not merged")
	}
}

// A field's padded plaintext has 64 KiB at most in its record.
func TestInlineBound(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	s, _, err := w.gate.subject(t.Context(), w.person.ID())
	if err != nil {
		t.Fatal(err)
	}
	overhead := func(n int) int {
		plaintext, err := encodeField([]Sourced{{Writer: w.hospital.ID, Value: make([]byte, n)}})
		if err != nil {
			t.Fatal(err)
		}
		return len(plaintext) - n
	}
	most := maxInline - overhead(60_000)
	for n, streamed := range map[int]bool{most: false, most + 1: true, maxInline: true, maxInline + 1: true} {
		values := []Sourced{{Writer: w.hospital.ID, Value: bytes.Repeat([]byte{'x'}, n)}}
		envelope, err := w.gate.sealField(t.Context(), s, "health.allergy", 1, values)
		if err != nil {
			t.Fatal(err)
		}
		ref, ok := crypto.StreamOf(envelope)
		if ok != streamed || !ok && len(envelope) > 64<<10+400 {
			t.Errorf("%d bytes: stream %v, envelope of %d", n, ok, len(envelope))
		}
		var object []byte
		if ok {
			object = w.records.take(w.gate.streamName(w.person.ID(), "health.allergy", 1, ref))
		}
		if got, err := s.openField("health.allergy", 1, envelope, object); err != nil || len(got) != 1 || !bytes.Equal(got[0].Value, values[0].Value) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestLargeBounds(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	subject, _, err := w.gate.subject(t.Context(), w.person.ID())
	if err != nil {
		t.Fatal(err)
	}
	half := make([]byte, 17<<20)
	two := []Sourced{{Value: half}, {Writer: w.hospital.ID, Value: half}}
	if _, err := w.gate.sealField(t.Context(), subject, "health.allergy", 1, two); !errors.Is(err, ErrFieldTooLarge) || len(w.records.names(roomStream)) != 0 {
		t.Errorf("more than 32 MiB: %v", err)
	}
	many := make([]Sourced, maxWriters+1)
	for _, size := range []int{2048, 2} { // an object of its own, and none: neither would be read again
		for i := range many {
			many[i] = Sourced{Writer: consent.InstitutionID{byte(i)}, Value: half[:size]}
		}
		if _, err := w.gate.sealField(t.Context(), subject, "health.allergy", 1, many); !errors.Is(err, ErrFieldTooLarge) {
			t.Errorf("more writers than there may be, %d bytes each: %v", size, err)
		}
	}
	f := &found{envelopes: map[consent.FieldName][]byte{}, objects: map[consent.FieldName][]byte{}}
	for _, field := range []consent.FieldName{"health.allergy", "health.condition"} {
		f.stored = append(f.stored, consent.FieldVersion{Field: field, Version: 1})
		if f.envelopes[field], err = w.gate.sealField(t.Context(), subject, field, 1, two[:1]); err != nil {
			t.Fatal(err)
		}
	}
	a := &attempt{gate: w.gate, grant: &loadedGrant{storedGrant: &storedGrant{Identity: w.person.ID()}}}
	a.call.turn = func(context.Context) error { t.Error("took a turn"); return nil }
	if err := a.fetch(t.Context(), f); !errors.Is(err, ErrReleaseTooLarge) || len(f.objects) != 0 {
		t.Errorf("two of 17 MiB: %v", err)
	}
	delete(f.envelopes, "health.allergy")
	a.call.turn = nil
	if err := a.fetch(t.Context(), f); err != nil || len(f.objects) != 1 {
		t.Errorf("one of 17 MiB: %v", err)
	}
}

func TestRedeliveryOfAStream(t *testing.T) {
	w := newWorld(t)
	s := w.grown(limited(1))
	call := ReleaseCall{Grant: s.Act.ID, IdempotencyKey: "once"}
	if _, err := w.gate.Release(t.Context(), w.hospital, call); err != nil {
		t.Fatal(err)
	}
	if _, err := w.write(s, raw{"health.allergy": largeAllergies("newer", large)}); err != nil {
		t.Fatal(err)
	}
	r, err := w.newGate().Release(t.Context(), w.hospital, call)
	if err != nil || !r.Redelivered || !bytes.Equal(r.Released["health.allergy"][0].Value, largeAllergies(secretValue, large)) {
		t.Errorf("another version: %v", err)
	}
}

func TestCrashWriteLarge(t *testing.T) {
	newer := raw{"identity.mother_maiden_name": json.RawMessage(`"newer"`), "health.allergy": largeAllergies("newer", large)}
	write := func(w *world, s SignedGrant) error {
		_, err := w.gate.Write(w.t.Context(), w.hospital, w.call(w.hospital, s.Act.ID, newer, "k"))
		return err
	}
	crash(t, func(w *world) SignedGrant { return w.grown() }, write,
		func(t *testing.T, w *world, s SignedGrant, err error) {
			stored := func() bool {
				r, err := w.release(s)
				if err != nil || len(r.Released) != 2 {
					t.Fatal("release after the crash:", err)
				}
				allergy, name := r.Released["health.allergy"][0].Value, r.Released["identity.mother_maiden_name"][0].Value
				whole := largeAllergies(secretValue, large)
				has := string(name) == `"newer"`
				if has { // merged: what was there before stays beside it
					whole = append(append(whole[:len(whole)-1:len(whole)-1], ','), largeAllergies("newer", large)[1:]...)
				}
				if !bytes.Equal(allergy, whole) {
					t.Errorf("%d bytes, want %d: half written", len(allergy), len(whole))
				}
				return has
			}
			if has := stored(); err == nil && !has {
				t.Error("reported as stored and is not")
			} else if has && w.journal.count(consent.EntryWritten) < 2 {
				t.Error("stored without an entry")
			}
			if err := write(w, s); err != nil {
				t.Fatal("retry:", err)
			}
			if !stored() {
				t.Error("the retry did not store")
			}
		})
}

func TestCrashReleaseLarge(t *testing.T) {
	crash(t, func(w *world) SignedGrant { return w.grown(limited(2)) },
		func(w *world, s SignedGrant) error {
			r, err := w.gate.Release(w.t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID, IdempotencyKey: "k"})
			if (r == nil) != (err != nil) {
				w.t.Error("an error with values, or neither")
			}
			return err
		},
		func(t *testing.T, w *world, s SignedGrant, err error) {
			if err == nil && w.journal.count(consent.EntryAuthorised) != 1 {
				t.Error("released without an entry")
			}
			r, err := w.gate.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID, IdempotencyKey: "k"})
			if err != nil || !bytes.Equal(r.Released["health.allergy"][0].Value, largeAllergies(secretValue, large)) {
				t.Error("retry:", err)
			}
		})
}

// streamOf is a stream's plaintext, padding and all.
func streamOf(t testing.TB, values []Sourced, padding int) []byte {
	t.Helper()
	plaintext, err := streamHeader(values)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range values {
		plaintext = append(append(plaintext, packSignatures(v.Signatures)...), v.Value...)
	}
	return append(plaintext, make([]byte, padding)...)
}

func TestStreamPlaintext(t *testing.T) {
	values := []Sourced{{Written: 7, Value: []byte(`"one"`)}, {Writer: consent.InstitutionID{1}, Written: 1 << 40, Grant: consent.GrantID{2}, Value: []byte(`[2]`), Signatures: []ItemSignature{signatureOf(9)}}}
	fixed := "0000009a" + "82" +
		"85" + "5820" + strings.Repeat("00", 32) + "07" + "5820" + strings.Repeat("00", 32) + "0500" +
		"85" + "5820" + "01" + strings.Repeat("00", 31) + "1b0000010000000000" + "5820" + "02" + strings.Repeat("00", 31) + "0318c8" +
		hex.EncodeToString([]byte(`"one"`)) +
		strings.Repeat("00", 7) + "09" + strings.Repeat("0a", 32) + strings.Repeat("0b", 32) + strings.Repeat("0c", 64) + strings.Repeat("0d", 64) +
		hex.EncodeToString([]byte(`[2]`)) + "0000"
	good := streamOf(t, values, 2)
	if hex.EncodeToString(good) != fixed {
		t.Fatalf("what is stored would no longer be read:\n%x", good)
	}
	if got, err := decodeStream(bytes.NewReader(good), uint64(len(good))); err != nil || len(got) != 2 || string(got[0].Value) != `"one"` || got[1].Grant != values[1].Grant || got[1].Written != 1<<40 ||
		len(got[0].Signatures) != 0 || !slices.Equal(got[1].Signatures, values[1].Signatures) {
		t.Errorf("%v", err)
	}
	swapped := []Sourced{values[1], values[0]}
	many := make([]Sourced, maxWriters+1)
	for i := range many {
		many[i] = Sourced{Writer: consent.InstitutionID{byte(i)}, Value: []byte("1")}
	}
	empty := streamOf(t, []Sourced{{Written: 7}}, 0)
	for name, bad := range map[string][]byte{
		"nothing":                   nil,
		"no header":                 make([]byte, 100),
		"no values":                 streamOf(t, []Sourced{}, 10),
		"a long header":             append([]byte{0, 1, 0, 0}, make([]byte, 1<<16)...),
		"ends in header":            good[:50],
		"ends in a value":           good[:len(good)-3],
		"unsorted":                  streamOf(t, swapped, 2),
		"a writer twice":            streamOf(t, []Sourced{values[0], values[0]}, 2),
		"too many writers":          streamOf(t, many, 0),
		"ends in a header's zeros":  empty[:len(empty)-1],
		"a signature of the person": streamOf(t, []Sourced{{Value: []byte("1"), Signatures: []ItemSignature{signatureOf(1)}}}, 0),
		"padding":                   append(bytes.Clone(good), 1),
		"a second spelling": func() []byte {
			b := bytes.Replace(bytes.Clone(good), append(make([]byte, 32), 0x05, 0), append(make([]byte, 32), 0x18, 0x05, 0), 1)
			b[3]++
			return b
		}(),
	} {
		if got, err := decodeStream(bytes.NewReader(bad), uint64(len(bad))); err == nil {
			t.Errorf("%s: %d values", name, len(got))
		}
	}
	far := []byte{0x1b, 0, 0, 0x7f, 0, 0, 0, 0, 0}
	for name, at := range map[string]int{"value": 0, "signatures": 1} {
		lengths := []byte{0x05, 0}
		huge := bytes.Replace(bytes.Clone(good), append(make([]byte, 32), lengths...), slices.Concat(make([]byte, 32), lengths[:at], far, lengths[at+1:]), 1)
		huge[3] += 8
		if _, err := decodeStream(bytes.NewReader(huge), uint64(len(huge))); err == nil {
			t.Errorf("a length beyond the object is taken, of a %s", name)
		}
	}
	if got, err := decodeStream(bytes.NewReader(streamOf(t, many[1:], 0)), 1<<20); err != nil || len(got) != maxWriters {
		t.Errorf("as many writers as there may be: %v", err)
	}
	if _, err := decodeStream(io.MultiReader(bytes.NewReader(good), broken{}), 1<<20); err == nil {
		t.Error("an end that is not authentic is taken")
	}
}

// signatureOf is a signature in form alone.
func signatureOf(n byte) ItemSignature {
	s := ItemSignature{Day: uint64(n)}
	for i, part := range [][]byte{s.Grant[:], s.Salt[:], s.Key[:], s.Signature[:]} {
		for j := range part {
			part[j] = n + 1 + byte(i)
		}
	}
	s.Commitment = consent.CommitGrant(s.Salt, s.Grant)
	return s
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, crypto.ErrDecrypt }

func FuzzStreamPlaintext(f *testing.F) {
	f.Add(streamOf(f, []Sourced{{Value: []byte("1")}, {Writer: consent.InstitutionID{1}, Value: []byte("22")}}, 7))
	f.Add([]byte{})
	f.Add([]byte{0, 0, 0, 1, 0x80})
	f.Fuzz(func(t *testing.T, data []byte) {
		values, err := decodeStream(bytes.NewReader(data), uint64(len(data)))
		if err != nil {
			return
		}
		again := streamOf(t, values, 0)
		if !bytes.HasPrefix(data, again) || len(bytes.Trim(data[len(again):], "\x00")) != 0 {
			t.Error("a second spelling was accepted")
		}
	})
}
