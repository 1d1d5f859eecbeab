package vault

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/wallet"
)

type raw = map[consent.FieldName]json.RawMessage

func (w *world) write(s SignedGrant, values raw) (*Written, error) {
	return w.gate.Write(w.t.Context(), w.hospital, w.call(w.hospital, s.Act.ID, values))
}

func (w *world) value(s SignedGrant, field consent.FieldName) []Sourced {
	w.t.Helper()
	r, err := w.release(s)
	if err != nil {
		w.t.Fatal(err)
	}
	return r.Released[field]
}

func TestWrite(t *testing.T) {
	w := newWorld(t)
	s := w.grant()
	got, err := w.write(s, raw{
		"identity.birth_date": json.RawMessage(` "1990-04-02" `),
		"identity.name":       json.RawMessage(`[{"family":"Achieng"}]`),
		"work.shoe_size":      json.RawMessage(`40`),
		"health.allergy":      json.RawMessage(`[{"resourceType":"Condition","id":"a"}]`),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []consent.Withheld{
		{Field: "health.allergy", Reason: consent.ReasonBadValue},
		{Field: "identity.name", Reason: consent.ReasonNotInGrant},
		{Field: "work.shoe_size", Reason: consent.ReasonNotInGrant},
	}
	if !slices.Equal(got.Withheld, want) || !slices.Equal(got.Stored, []consent.FieldVersion{{Field: "identity.birth_date", Version: 1}}) {
		t.Errorf("stored %v, withheld %v", got.Stored, got.Withheld)
	}
	e := w.journal.last(t)
	if e.Shared.Kind != consent.EntryWritten || e.Shared.Action != consent.Write || !slices.Equal(e.Shared.Fields, got.Stored) || !slices.Equal(e.Evidence.Permitted, []consent.FieldName{"identity.birth_date"}) {
		t.Errorf("entry %v", e.Shared)
	}
	v := w.value(s, "identity.birth_date")
	if len(v) != 1 || string(v[0].Value) != `"1990-04-02"` || v[0].Grant != s.Act.ID || v[0].Written != uint64(w.time().UnixMilli()) {
		t.Errorf("value %v", v)
	}
}

func TestWriteMergesResources(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	merge := `[{"resourceType":"AllergyIntolerance","id":"b2","n":1},{"resourceType":"AllergyIntolerance","id":"a1","n":2}]`
	if _, err := w.write(s, raw{"health.allergy": json.RawMessage(merge)}); err != nil {
		t.Fatal(err)
	}
	want := `[{"resourceType":"AllergyIntolerance","id":"a1","n":2},{"resourceType":"AllergyIntolerance","id":"b2","n":1}]`
	if v := w.value(s, "health.allergy"); len(v) != 1 || string(v[0].Value) != want {
		t.Error("resources were not merged by id")
	}
	if v := w.value(s, "identity.mother_maiden_name"); len(v) != 1 || string(v[0].Value) != `"`+secretValue+`"` {
		t.Error("a field that was not written has changed")
	}
	r, err := w.release(s)
	if err != nil || r.Versions["health.allergy"] != 2 || r.Versions["identity.mother_maiden_name"] != 1 {
		t.Errorf("versions %v, %v", r.Versions, err)
	}
}

func TestWriteLeavesOthersValues(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	theirs := w.answer(w.request(w.clinic), wallet.Choice{})
	if _, err := w.gate.Grant(t.Context(), theirs); err != nil {
		t.Fatal(err)
	}
	call := w.call(w.clinic, theirs.Act.ID, raw{
		"identity.mother_maiden_name": json.RawMessage(`"other"`),
		"health.allergy":              json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"a1","n":9}]`),
	})
	if _, err := w.gate.Write(t.Context(), w.clinic, call); err != nil {
		t.Fatal(err)
	}
	v := w.value(s, "identity.mother_maiden_name")
	if len(v) != 2 || v[0].Writer != w.hospital.ID || string(v[0].Value) != `"`+secretValue+`"` || v[1].Writer != w.clinic.ID || string(v[1].Value) != `"other"` {
		t.Errorf("values of %d writers", len(v))
	}
	if v := w.value(s, "health.allergy"); len(v) != 2 || !strings.Contains(string(v[0].Value), secretValue) {
		t.Error("another writer's resources were merged")
	}
}

func TestWriteDenies(t *testing.T) {
	good := raw{"identity.birth_date": json.RawMessage(`"1990"`)}
	tests := []struct {
		name   string
		values raw
		change func(w *world, s SignedGrant)
		want   func(error) bool
	}{
		{"nothing", raw{}, nil, func(err error) bool { return errors.Is(err, ErrCall) }},
		{"no field name", raw{"x": json.RawMessage(`1`)}, nil, func(err error) bool { return errors.Is(err, ErrCall) }},
		{"only bad values", raw{"identity.birth_date": json.RawMessage(`7`)}, nil, isDenial},
		{"only other fields", raw{"contact.phone": json.RawMessage(`[{}]`)}, nil, isDenial},
		{"withdrawn", good, func(w *world, s SignedGrant) { w.withdraw(s) }, func(err error) bool { return denied(err, consent.ReasonWithdrawn) }},
		{"withdrawn after the entry", good, func(w *world, s SignedGrant) {
			w.journal.hook = func(e Entry) {
				if e.Shared.Kind == consent.EntryWritten {
					w.withdraw(s)
				}
			}
		}, func(err error) bool { return denied(err, consent.ReasonWithdrawn) }},
		{"suspended", good, func(w *world, s SignedGrant) {
			w.ledger.change(w.hospital.ID, func(i *consent.Institution) { i.Suspended = true })
		}, func(err error) bool { return denied(err, consent.ReasonSuspended) }},
		{"policy says no", good, func(w *world, s SignedGrant) {
			w.decider.decide = func(q consent.Question) (consent.Decision, error) {
				if q.Action == consent.Write {
					return consent.Decision{}, nil
				}
				return consent.Decision{Permitted: q.Fields}, nil
			}
		}, isDenial},
		{"erased", good, func(w *world, s SignedGrant) { w.erase() }, func(err error) bool { return denied(err, consent.ReasonWithdrawn) }},
		{"erased after the entry", good, func(w *world, s SignedGrant) {
			var once sync.Once
			w.journal.hook = func(e Entry) {
				if e.Shared.Kind == consent.EntryWritten {
					once.Do(w.erase)
				}
			}
		}, func(err error) bool { return denied(err, consent.ReasonWithdrawn) }},
		{"journal fails", good, func(w *world, s SignedGrant) { w.journal.set(errBroken, false) }, isUnavailable},
		{"journal fails after its effect", good, func(w *world, s SignedGrant) { w.journal.set(errBroken, true) }, isUnavailable},
		{"records fail", good, func(w *world, s SignedGrant) {
			w.records.setFault(func(string, string) (bool, bool) { return true, false })
		}, isUnavailable},
		{"head fails", good, func(w *world, s SignedGrant) { w.failOn("put", roomHead) }, isUnavailable},
		{"old record damaged", good, func(w *world, s SignedGrant) {
			for _, name := range w.records.names(roomRecord) {
				w.records.plant(name, damage(w.records.take(name)))
			}
		}, isUnavailable},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			s := w.filled()
			id := w.person.ID()
			if test.change != nil {
				test.change(w, s)
			}
			if r, err := w.write(s, test.values); r != nil || !test.want(err) {
				t.Errorf("error %v", err)
			}
			w.heads.setFault(nil)
			if h, err := w.gate.headNow(t, id); err == nil && h.State == stateLive && h.entry("identity").Version != 1 {
				t.Error("the head has moved")
			}
		})
	}
}

func (g *Gate) headNow(t *testing.T, id consent.IdentityID) (*head, error) {
	data, _, err := g.heads.Get(t.Context(), g.name(roomHead, id[:]))
	if err != nil {
		return nil, err
	}
	return open[head](g.headSealer, label(roomHead, g.name(roomHead, id[:])), data)
}

func isDenial(err error) bool      { var d *Denial; return errors.As(err, &d) }
func isUnavailable(err error) bool { return errors.Is(err, consent.ErrUnavailable) }

func TestWriteAgain(t *testing.T) {
	w := newWorld(t)
	s := w.grant()
	call := w.call(w.hospital, s.Act.ID, w.values(), "once")
	first, err := w.gate.Write(t.Context(), w.hospital, call)
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.newGate().Write(t.Context(), w.hospital, call)
	if err != nil || !again.Redelivered || !slices.Equal(again.Stored, first.Stored) || len(w.records.names(roomRecord)) != 2 {
		t.Errorf("again: %v", err)
	}
	call.Values = raw{"identity.birth_date": json.RawMessage(`"1990"`)}
	if _, err := w.gate.Write(t.Context(), w.hospital, call); !errors.Is(err, ErrIdempotencyReuse) {
		t.Errorf("another body: %v", err)
	}
	w.withdraw(s)
	call.Values = w.values()
	if _, err := w.gate.Write(t.Context(), w.hospital, call); !denied(err, consent.ReasonWithdrawn) {
		t.Errorf("after the withdrawal: %v", err)
	}
}

// A retry under its key does not undo what was written since, nor is it answered unwritten.
func TestWriteAgainAfterAnother(t *testing.T) {
	w := newWorld(t)
	s := w.grant()
	call := w.call(w.hospital, s.Act.ID, raw{maiden: json.RawMessage(`"older"`)}, "once")
	if _, err := w.gate.Write(t.Context(), w.hospital, call); err != nil {
		t.Fatal(err)
	}
	if _, err := w.write(s, raw{maiden: json.RawMessage(`"newer"`)}); err != nil {
		t.Fatal(err)
	}
	w.journal.set(errBroken, false)
	if r, err := w.gate.Write(t.Context(), w.hospital, call); r != nil || !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("not written down: %v", err)
	}
	w.journal.set(nil, false)
	r, err := w.gate.Write(t.Context(), w.hospital, call)
	if err != nil || !r.Redelivered || !slices.Equal(r.Stored, []consent.FieldVersion{{Field: maiden, Version: 1}}) {
		t.Errorf("again: %v", err)
	}
	if v := w.value(s, maiden); len(v) != 1 || string(v[0].Value) != `"newer"` {
		t.Error("the older value is back")
	}
}

// Without a key, too, a retry is known by its signatures, field by field: what is there
// already is not made again.
func TestWriteAgainBySignatures(t *testing.T) {
	const birth consent.FieldName = "identity.birth_date"
	w := newWorld(t)
	s := w.grant()
	call := w.call(w.hospital, s.Act.ID, w.values())
	first, err := w.gate.Write(t.Context(), w.hospital, call)
	if err != nil {
		t.Fatal(err)
	}
	w.pass(time.Minute)
	head := w.heads.take(w.heads.only(t, roomHead))
	again, err := w.newGate().Write(t.Context(), w.hospital, call)
	if err != nil || !again.Redelivered || !slices.Equal(again.Stored, first.Stored) {
		t.Fatalf("again: %v", err)
	}
	if e := w.journal.last(t); e.Shared.Kind != consent.EntryRedelivery || !slices.Equal(e.Shared.Fields, first.Stored) {
		t.Errorf("entry %v", e.Shared)
	}
	if len(w.records.names(roomRecord)) != 2 || !bytes.Equal(w.heads.take(w.heads.only(t, roomHead)), head) {
		t.Error("something was made")
	}
	more := w.call(w.hospital, s.Act.ID, raw{birth: json.RawMessage(`"1990"`)})
	call.Values[birth], call.Signatures[birth] = more.Values[birth], more.Signatures[birth]
	r, err := w.gate.Write(t.Context(), w.hospital, call)
	want := []consent.FieldVersion{{Field: "health.allergy", Version: 1}, {Field: birth, Version: 2}, {Field: maiden, Version: 1}}
	if err != nil || r.Redelivered || !slices.Equal(r.Stored, want) || len(w.records.names(roomRecord)) != 3 {
		t.Errorf("one of three is new: %v", err)
	}
}

// A category that holds as many fields as one can takes no other.
func TestWriteIntoAFullRecord(t *testing.T) {
	w := newWorld(t)
	s := w.grant()
	person, tag, err := w.gate.subject(t.Context(), w.person.ID())
	if err != nil {
		t.Fatal(err)
	}
	full := map[[16]byte][]byte{}
	for i := range maxInRecord {
		full[[16]byte{1: byte(i >> 8), 2: byte(i)}] = []byte{1}
	}
	r, err := (&record{Format: objectVersion}).next(full)
	if err != nil {
		t.Fatal(err)
	}
	m, err := w.gate.storeRecord(t.Context(), w.person.ID(), maiden.Category(), r)
	if err != nil {
		t.Fatal(err)
	}
	next := person.head.clone()
	next.set(m)
	next.Revision++
	if err := w.gate.putHead(t.Context(), next, tag); err != nil {
		t.Fatal(err)
	}
	if r, err := w.write(s, raw{maiden: json.RawMessage(`"one more"`)}); r != nil || !errors.Is(err, errDamaged) {
		t.Errorf("error %v", err)
	}
	if w.journal.count(consent.EntryWritten) != 0 || len(w.records.names(roomRecord)) != 1 {
		t.Error("something was written")
	}
}

// Who gives up while another call changes the same person's records has written nothing.
func TestWriteGivesUpWaiting(t *testing.T) {
	w := newWorld(t)
	s := w.grant()
	person := w.person.ID()
	unlock, err := w.gate.subjectLocks.lock(t.Context(), string(person[:]))
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithCancel(t.Context())
	w.shape = func(crypto.Secret, []consent.FieldName, map[consent.FieldName][]Sourced) error {
		cancel()
		return nil
	}
	if r, err := w.gate.Write(ctx, w.hospital, w.call(w.hospital, s.Act.ID, w.values())); r != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if w.journal.count(consent.EntryWritten) != 0 || len(w.records.names(roomRecord)) != 0 {
		t.Error("something was written")
	}
}

// Two replicas write at once: every value is there, none is lost.
func TestWriteUnderRace(t *testing.T) {
	w := newWorld(t)
	s := w.grant()
	gates := []*Gate{w.gate, w.newGate()}
	var wait sync.WaitGroup
	for i := range 12 {
		value := json.RawMessage(fmt.Sprintf(`[{"resourceType":"AllergyIntolerance","id":"r%d"}]`, i))
		wait.Go(func() {
			_, err := gates[i%2].Write(t.Context(), w.hospital, w.call(w.hospital, s.Act.ID, raw{"health.allergy": value}))
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	v := w.value(s, "health.allergy")
	resources, ok := asResources(consent.CatalogField{Resource: "AllergyIntolerance"}, v[0].Value)
	if !ok || len(resources) != 12 {
		t.Errorf("%d resources, want 12", len(resources))
	}
}

// A record that an erasure would not find is not made.
func TestWriteThatLeavesNoTrace(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	before := w.records.names(roomRecord)
	w.failOn("put", roomRecorded)
	if _, err := w.write(s, raw{maiden: json.RawMessage(`"newer"`)}); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
	w.heads.setFault(nil)
	if !slices.Equal(w.records.names(roomRecord), before) {
		t.Error("a record was made")
	}
	if v := w.value(s, maiden); len(v) != 1 || string(v[0].Value) != `"`+secretValue+`"` {
		t.Error("the value has changed")
	}
}

func TestWriteTooMuch(t *testing.T) {
	w := newWorld(t)
	s := w.grant()
	var many strings.Builder
	for i := range maxElements {
		fmt.Fprintf(&many, `,{"resourceType":"AllergyIntolerance","id":"r%d"}`, i)
	}
	if _, err := w.write(s, raw{"health.allergy": json.RawMessage("[" + many.String()[1:] + "]")}); err != nil {
		t.Fatal(err)
	}
	one := json.RawMessage(`[{"resourceType":"AllergyIntolerance","id":"one-more"}]`)
	if _, err := w.write(s, raw{"health.allergy": one, "identity.birth_date": json.RawMessage(`"1990"`)}); !errors.Is(err, ErrFieldTooLarge) {
		t.Errorf("error %v", err)
	}
	if v := w.value(s, "identity.birth_date"); v != nil {
		t.Error("half written")
	}
}
