package vault

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
)

func (w *world) exportCall(fields ...consent.FieldName) ExportCall {
	o, sig := w.person.Export(w.domain, w.origin, fields, w.time())
	return ExportCall{Order: o, Signature: sig}
}

// takeAll is everything of the person, read to its end.
func (w *world) takeAll(fields ...consent.FieldName) (*Exported, map[consent.FieldName][]Sourced) {
	w.t.Helper()
	e, err := w.gate.Export(w.t.Context(), w.exportCall(fields...))
	if err != nil {
		w.t.Fatal(err)
	}
	all := map[consent.FieldName][]Sourced{}
	for {
		v, values, err := e.Next(w.t.Context())
		if errors.Is(err, io.EOF) {
			return e, all
		}
		if err != nil {
			w.t.Fatal(err)
		}
		all[v.Field] = values
	}
}

func TestExport(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	if err := w.correct(maiden, `"Akinyi"`); err != nil {
		t.Fatal(err)
	}
	w.withdraw(s)
	e, all := w.takeAll()
	if e.Identity != w.person.ID() || e.RootKey != w.person.Seed.Root().Address() || e.Region != "KE" || e.Unnamed != 0 || len(e.Proof.Shared.Plaintext) == 0 {
		t.Errorf("%+v", e.Identity)
	}
	if len(e.Grants) != 1 || e.Grants[0].ID != s.Act.ID || e.Grants[0].BindingSignature != s.BindingSignature || e.Grants[0].Status != consent.StatusWithdrawn {
		t.Errorf("%d grants", len(e.Grants))
	}
	if v := all[maiden]; len(v) != 2 || string(v[0].Value) != `"Akinyi"` || v[1].Grant != s.Act.ID || v[1].Written == 0 || v[1].Written%1000 != uint64(w.time().UnixMilli())%1000 {
		t.Errorf("%d values", len(v))
	}
	if len(all) != 2 {
		t.Errorf("%d fields", len(all))
	}
	entry := w.journal.last(t)
	want := []consent.FieldVersion{{Field: "health.allergy", Version: 1}, {Field: maiden, Version: 2}}
	if entry.Shared.Kind != consent.EntryExported || !slices.Equal(entry.Shared.Fields, want) || entry.Personal.Identity != w.person.ID() {
		t.Errorf("entry %+v", entry.Shared)
	}
	// of some fields
	if _, some := w.takeAll("health.allergy", "identity.birth_date"); len(some) != 1 || some["health.allergy"] == nil {
		t.Errorf("%d fields of one", len(some))
	}
	// a field that has left the catalog is found by the permission that names it; one that
	// nothing names any more is counted
	delete(w.decider.catalog.Fields, "health.allergy")
	if e, all := w.takeAll(); len(all) != 2 || e.Unnamed != 0 {
		t.Errorf("%d fields, %d unnamed", len(all), e.Unnamed)
	}
	if err := w.correct("contact.phone", `[{"value":"1"}]`); err != nil {
		t.Fatal(err)
	}
	delete(w.decider.catalog.Fields, "contact.phone")
	if e, all := w.takeAll(); len(all) != 2 || e.Unnamed != 1 {
		t.Errorf("%d fields, %d unnamed", len(all), e.Unnamed)
	}
}

func TestExportDenies(t *testing.T) {
	is := func(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }
	for _, c := range []struct {
		name   string
		change func(*world, *ExportCall)
		want   func(error) bool
	}{
		{"signed by the session key", func(w *world, call *ExportCall) {
			call.Signature = w.person.Seed.Session().Sign(w.domain.Digest(call.Order.StructHash()))
		}, is(consent.ErrSignature)},
		{"somebody else's", func(_ *world, call *ExportCall) { call.Order.Identity = newPerson().ID() }, is(consent.ErrSignature)},
		{"more fields than signed", func(_ *world, call *ExportCall) { call.Order.Fields = nil }, is(consent.ErrSignature)},
		{"for another vault", func(w *world, call *ExportCall) {
			o, sig := w.person.Export(w.domain, "other.test/log", call.Order.Fields, w.time())
			*call = ExportCall{Order: o, Signature: sig}
		}, is(consent.ErrSignature)},
		{"a replaced root key", func(w *world, _ *ExportCall) { w.ledger.roots[w.person.ID()] = newPerson().Seed.Root().Address() }, is(consent.ErrSignature)},
		{"not sorted", func(_ *world, call *ExportCall) { slices.Reverse(call.Order.Fields) }, is(consent.ErrGrant)},
		{"no field names", func(_ *world, call *ExportCall) { call.Order.Fields = []consent.FieldName{"x"} }, is(consent.ErrGrant)},
		{"of an hour ago", func(w *world, _ *ExportCall) { w.pass(time.Hour) }, is(consent.ErrGrant)},
		{"of an hour to come", func(w *world, call *ExportCall) {
			o, sig := w.person.Export(w.domain, testOrigin, call.Order.Fields, w.time().Add(time.Hour))
			*call = ExportCall{Order: o, Signature: sig}
		}, is(consent.ErrGrant)},
		{"recovery pending", func(w *world, _ *ExportCall) { w.ledger.frozen = true }, is(consent.ErrFrozen)},
		{"old view", func(w *world, _ *ExportCall) { w.ledger.age = time.Hour }, is(consent.ErrStaleView)},
		{"no bundle", func(w *world, _ *ExportCall) { w.decider.catalog = nil }, is(consent.ErrUnavailable)},
		{"no turn", func(_ *world, call *ExportCall) { call.Turn = func(context.Context) error { return errBroken } }, is(errBroken)},
		{"no journal", func(w *world, _ *ExportCall) { w.journal.set(errBroken, false) }, is(consent.ErrUnavailable)},
		{"an index that cannot be read", func(w *world, _ *ExportCall) { w.heads.plant(w.heads.names(roomOwn)[0], []byte("damaged")) }, is(consent.ErrUnavailable)},
		{"what came along out of reach", func(w *world, _ *ExportCall) { w.failOn("list", roomMoved) }, is(consent.ErrUnavailable)},
		{"a permission whose state cannot be told", func(w *world, _ *ExportCall) {
			w.failNth(2, "get", roomHead) // after the order's signature
		}, is(consent.ErrUnavailable)},
		{"erased", func(w *world, _ *ExportCall) { w.erase() }, is(consent.ErrUnknownIdentity)},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.filled()
			call := w.exportCall("health.allergy", maiden)
			c.change(w, &call)
			if e, err := w.gate.Export(t.Context(), call); !c.want(err) || err == nil {
				t.Fatalf("%v %v", e, err)
			}
			if w.journal.count(consent.EntryExported) != 0 {
				t.Error("written down as exported")
			}
		})
	}
}

// A large value that is out of reach is told as such, not as damage.
func TestExportOutOfReach(t *testing.T) {
	w := newWorld(t)
	w.grown()
	e, err := w.gate.Export(t.Context(), w.exportCall("health.allergy"))
	if err != nil {
		t.Fatal(err)
	}
	w.records.setFault(func(op, name string) (bool, bool) {
		return op == "get" && strings.HasPrefix(name, roomStream+"/"), false
	})
	if _, values, err := e.Next(t.Context()); values != nil || !errors.Is(err, consent.ErrUnavailable) || !errors.Is(err, errStore) || errors.Is(err, errDamaged) {
		t.Errorf("%d values, %v", len(values), err)
	}
}
