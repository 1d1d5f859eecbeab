package vault

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/wallet"
)

// keyOf is the TLS key of an institution of the tests.
func keyOf(t testing.TB, who consent.InstitutionID) *ecdsa.PrivateKey {
	t.Helper()
	scalar := sha256.Sum256(append([]byte("key of the tests"), who[:]...))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar[:])
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func publicOf(t testing.TB, who consent.InstitutionID) consent.WriterKey {
	t.Helper()
	key, err := consent.WriterKeyOf(keyOf(t, who).Public())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// keyHeld is what the ledger says of TLS keys: each institution has had its own since ever.
func (w *world) keyHeld(_ context.Context, who consent.InstitutionID, hash consent.Digest, _ uint64) (bool, error) {
	if w.errKey != nil {
		return false, w.errKey
	}
	have, err := publicOf(w.t, who).Hash()
	return have == hash, err
}

// sign signs a value as its writer's system does; none where it has no items.
func (w *world) sign(who consent.Institution, grant consent.GrantID, field consent.FieldName, value []byte) []ItemSignature {
	w.t.Helper()
	items, err := fhir.Signable(field, value)
	if err != nil {
		return nil
	}
	list := make([]ItemSignature, len(items))
	for i, item := range items {
		s := &list[i]
		s.Day = w.unix() / consent.Day
		_, _ = rand.Read(s.Salt[:])
		statement := consent.ValueStatement{Registry: w.institutions, Writer: who.ID, Grant: consent.CommitGrant(s.Salt, grant), Field: field, Item: item, Day: s.Day}
		if s.Signature, err = consent.SignValue(keyOf(w.t, who.ID), &statement); err != nil {
			w.t.Fatal(err)
		}
	}
	return list
}

func wholly(call WriteCall, all bool) WriteCall {
	call.All = all
	return call
}

func turned(call WriteCall, turn Turn) WriteCall {
	call.Turn = turn
	return call
}

// call is a write with its signatures; the optional word is its Idempotency-Key.
func (w *world) call(who consent.Institution, grant consent.GrantID, values raw, key ...string) WriteCall {
	w.t.Helper()
	call := WriteCall{Grant: grant, Values: values, Signatures: map[consent.FieldName][]ItemSignature{}, Key: publicOf(w.t, who.ID)}
	for field, value := range values {
		call.Signatures[field] = w.sign(who, grant, field, value)
	}
	for _, k := range key {
		call.IdempotencyKey = k
	}
	return call
}

const twoAllergies = `[{"resourceType":"AllergyIntolerance","id":"a","code":{"text":"one"}},{"resourceType":"AllergyIntolerance","id":"b","code":{"text":"two"}}]`

// resign makes the signatures of health.allergy anew, over a statement that change has changed.
func (w *world) resign(call *WriteCall, change func(*consent.ValueStatement, *ItemSignature)) {
	w.t.Helper()
	w.resignBy(w.hospital.ID, call, change)
}

// resignBy does with another's key.
func (w *world) resignBy(signer consent.InstitutionID, call *WriteCall, change func(*consent.ValueStatement, *ItemSignature)) {
	w.t.Helper()
	const field = "health.allergy"
	items, err := fhir.Signable(field, call.Values[field])
	if err != nil {
		w.t.Fatal(err)
	}
	for i := range call.Signatures[field] {
		s := &call.Signatures[field][i]
		statement := consent.ValueStatement{
			Registry: w.institutions, Writer: w.hospital.ID, Grant: consent.CommitGrant(s.Salt, call.Grant), Field: field, Item: items[i], Day: s.Day,
		}
		change(&statement, s)
		if s.Signature, err = consent.SignValue(keyOf(w.t, signer), &statement); err != nil {
			w.t.Fatal(err)
		}
	}
}

func TestWriteWantsSignatures(t *testing.T) {
	const field = "health.allergy"
	day := uint64(begin.Unix()) / consent.Day
	on := func(d uint64) func(*consent.ValueStatement, *ItemSignature) {
		return func(v *consent.ValueStatement, s *ItemSignature) { v.Day, s.Day = d, d }
	}
	tests := []struct {
		name   string
		change func(w *world, c *WriteCall)
		want   consent.Reason // "" is stored
	}{
		{"as signed", func(*world, *WriteCall) {}, ""},
		{"signed anew", func(w *world, c *WriteCall) { w.resign(c, func(*consent.ValueStatement, *ItemSignature) {}) }, ""},
		{"yesterday", func(w *world, c *WriteCall) { w.resign(c, on(day-1)) }, ""},
		{"tomorrow, by the writer's clock", func(w *world, c *WriteCall) { w.resign(c, on(day+1)) }, ""},
		{"two days ago", func(w *world, c *WriteCall) { w.resign(c, on(day-2)) }, consent.ReasonBadSignature},
		{"in two days", func(w *world, c *WriteCall) { w.resign(c, on(day+2)) }, consent.ReasonBadSignature},
		{"on a day that is none", func(w *world, c *WriteCall) { w.resign(c, on(1<<64-1)) }, consent.ReasonBadSignature},
		{"no signatures at all", func(_ *world, c *WriteCall) { c.Signatures = nil }, consent.ReasonBadSignature},
		{"none of this field", func(_ *world, c *WriteCall) { c.Signatures[field] = nil }, consent.ReasonBadSignature},
		{"one too few", func(_ *world, c *WriteCall) { c.Signatures[field] = c.Signatures[field][:1] }, consent.ReasonBadSignature},
		{"one too many", func(_ *world, c *WriteCall) {
			c.Signatures[field] = append(c.Signatures[field], c.Signatures[field][0])
		}, consent.ReasonBadSignature},
		{"swapped", func(_ *world, c *WriteCall) {
			s := c.Signatures[field]
			s[0], s[1] = s[1], s[0]
		}, consent.ReasonBadSignature},
		{"one of two is another's", func(w *world, c *WriteCall) {
			c.Signatures[field][1] = w.call(w.clinic, c.Grant, c.Values).Signatures[field][1]
		}, consent.ReasonBadSignature},
		{"another value", func(_ *world, c *WriteCall) {
			c.Values[field] = []byte(`[{"resourceType":"AllergyIntolerance","id":"a","code":{"text":"one"}},{"resourceType":"AllergyIntolerance","id":"b","code":{"text":"three"}}]`)
		}, consent.ReasonBadSignature},
		{"another salt", func(_ *world, c *WriteCall) { c.Signatures[field][0].Salt[0]++ }, consent.ReasonBadSignature},
		{"another day than signed", func(_ *world, c *WriteCall) { c.Signatures[field][0].Day-- }, consent.ReasonBadSignature},
		{"a byte of a signature", func(_ *world, c *WriteCall) { c.Signatures[field][0].Signature[40]++ }, consent.ReasonBadSignature},
		{"another grant", func(w *world, c *WriteCall) {
			c.Signatures = w.call(w.hospital, consent.GrantID{7}, c.Values).Signatures
		}, consent.ReasonBadSignature},
		{"another institution's name", func(w *world, c *WriteCall) {
			w.resign(c, func(v *consent.ValueStatement, _ *ItemSignature) { v.Writer = w.clinic.ID })
		}, consent.ReasonBadSignature},
		{"another field", func(w *world, c *WriteCall) {
			w.resign(c, func(v *consent.ValueStatement, _ *ItemSignature) { v.Field = "health.condition" })
		}, consent.ReasonBadSignature},
		{"another chain", func(w *world, c *WriteCall) {
			w.resign(c, func(v *consent.ValueStatement, _ *ItemSignature) { v.Registry.ChainID++ })
		}, consent.ReasonBadSignature},
		{"the ledger of consents", func(w *world, c *WriteCall) {
			w.resign(c, func(v *consent.ValueStatement, _ *ItemSignature) { v.Registry = w.domain })
		}, consent.ReasonBadSignature},
		{"another connection's key", func(w *world, c *WriteCall) { c.Key = publicOf(t, w.clinic.ID) }, consent.ReasonBadSignature},
		{"no key", func(_ *world, c *WriteCall) { c.Key = consent.WriterKey{} }, consent.ReasonBadSignature},
		{"a key that is another's on the ledger", func(w *world, c *WriteCall) {
			c.Key, c.Signatures = publicOf(t, w.clinic.ID), w.call(w.clinic, c.Grant, c.Values).Signatures
		}, consent.ReasonBadSignature},
		{"another's key, which signs in this one's name", func(w *world, c *WriteCall) {
			c.Key = publicOf(t, w.clinic.ID)
			w.resignBy(w.clinic.ID, c, func(*consent.ValueStatement, *ItemSignature) {})
		}, consent.ReasonBadSignature},
		{"no key, where the ledger does not say either", func(w *world, c *WriteCall) {
			c.Key, w.errKey = consent.WriterKey{}, errBroken
		}, consent.ReasonBadSignature},
		{"a value in which there is nothing to sign", func(w *world, c *WriteCall) {
			cfg := w.config()
			cfg.Signable = func(consent.FieldName, []byte) ([]consent.Digest, error) { return nil, nil }
			w.gate, c.Signatures = w.gateOf(cfg), nil
		}, consent.ReasonBadSignature},
		{"one resource twice, signed days ago", func(_ *world, c *WriteCall) {
			c.Values[field] = []byte(`[{"resourceType":"AllergyIntolerance","id":"a"},{"resourceType":"AllergyIntolerance","id":"a"}]`)
			c.Signatures[field][0].Day -= 2
		}, consent.ReasonBadValue},
		{"a value that a release makes nothing of, signed days ago", func(w *world, c *WriteCall) {
			c.Signatures[field][0].Day -= 2
			w.shape = func(_ crypto.Secret, _ []consent.FieldName, v map[consent.FieldName][]Sourced) error {
				clear(v)
				return nil
			}
		}, consent.ReasonBadValue},
		{"a value that a release makes another value of", func(w *world, _ *WriteCall) {
			w.shape = func(_ crypto.Secret, _ []consent.FieldName, v map[consent.FieldName][]Sourced) error {
				for f := range v {
					v[f][0].Value = []byte(`[{"resourceType":"AllergyIntolerance","id":"a"}]`)
				}
				return nil
			}
		}, consent.ReasonBadValue},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			s := w.grant()
			call := w.call(w.hospital, s.Act.ID, raw{field: []byte(twoAllergies)})
			tt.change(w, &call)
			got, err := w.gate.Write(t.Context(), w.hospital, call)
			if tt.want == "" {
				if err != nil || len(got.Stored) != 1 {
					t.Fatalf("have %v", err)
				}
				return
			}
			var d *Denial
			if !errors.As(err, &d) || !slices.Equal(d.Withheld, []consent.Withheld{{Field: field, Reason: tt.want}}) {
				t.Fatalf("have %v", err)
			}
			if e := w.journal.last(t); e.Shared.Kind != consent.EntryDenied || !slices.Equal(e.Shared.Withheld, d.Withheld) {
				t.Errorf("entry %v", e.Shared)
			}
			if names := w.records.names(roomRecord); len(names) != 0 {
				t.Error("something was stored")
			}
		})
	}
	t.Run("the ledger does not say", func(t *testing.T) {
		w := newWorld(t)
		s := w.grant()
		w.errKey = errBroken
		if _, err := w.write(s, w.values()); !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("have %v", err)
		}
	})
}

// Each resource keeps its signature through later writes, under the grant that it was
// written by, and every recipient can check it without learning that grant.
func TestSignaturesStayWithTheirItems(t *testing.T) {
	w := newWorld(t)
	first := w.grant()
	if _, err := w.write(first, raw{"health.allergy": []byte(twoAllergies), "identity.birth_date": []byte(`"1990"`)}); err != nil {
		t.Fatal(err)
	}
	w.pass(3 * 24 * time.Hour)
	second := w.answer(w.request(w.hospital), wallet.Choice{})
	if _, err := w.gate.Grant(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	more := `[{"resourceType":"AllergyIntolerance","id":"c","code":{"text":"three"}},{"resourceType":"AllergyIntolerance","id":"a","code":{"text":"one, again"}}]`
	if _, err := w.write(second, raw{"health.allergy": []byte(more)}); err != nil {
		t.Fatal(err)
	}
	theirs := w.answer(w.request(w.clinic), wallet.Choice{})
	if _, err := w.gate.Grant(t.Context(), theirs); err != nil {
		t.Fatal(err)
	}
	r, err := w.newGate().Release(t.Context(), w.clinic, ReleaseCall{Grant: theirs.Act.ID})
	if err != nil {
		t.Fatal(err)
	}
	v := r.Released["health.allergy"][0]
	items, err := fhir.Signable("health.allergy", v.Value)
	if err != nil || len(items) != 3 || len(v.Signatures) != 3 {
		t.Fatalf("%d items, %d signatures, %v", len(items), len(v.Signatures), err)
	}
	today := w.unix() / consent.Day
	for i, day := range []uint64{today, today - 3, today} {
		s := v.Signatures[i]
		if s.Day != day || s.Grant != (consent.GrantID{}) || s.Salt != (consent.Salt{}) || s.Commitment == (consent.Digest{}) {
			t.Errorf("%d: day %d, or the grant is shown", i, s.Day)
		}
		statement := consent.ValueStatement{Registry: w.institutions, Writer: v.Writer, Grant: s.Commitment, Field: "health.allergy", Item: items[i], Day: s.Day}
		if err := statement.Verify(s.Key, s.Signature); err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	if len(r.Released["identity.birth_date"][0].Signatures) != 1 {
		t.Error("a value of one item has another number of signatures")
	}
	stored := w.sourced("health.allergy")
	for i, grant := range []consent.GrantID{second.Act.ID, first.Act.ID, second.Act.ID} {
		if s := stored[0].Signatures[i]; s.Grant != grant || consent.CommitGrant(s.Salt, s.Grant) != v.Signatures[i].Commitment {
			t.Errorf("%d: the commitment does not open to the grant", i)
		}
	}
}

// sourced opens what is stored of a field.
func (w *world) sourced(field consent.FieldName) []Sourced {
	w.t.Helper()
	s, _, err := w.gate.subject(w.t.Context(), w.person.ID())
	if err != nil {
		w.t.Fatal(err)
	}
	r, err := w.gate.readRecord(w.t.Context(), w.person.ID(), *s.head.entry(field.Category()))
	if err != nil {
		w.t.Fatal(err)
	}
	a := &attempt{gate: w.gate}
	values, err := a.stored(w.t.Context(), s, r, field)
	if err != nil {
		w.t.Fatal(err)
	}
	return values
}

func TestPackedSignatures(t *testing.T) {
	good := packSignatures([]ItemSignature{signatureOf(1), signatureOf(2)})
	if got, err := unpackSignatures(good, consent.InstitutionID{1}); err != nil || len(got) != 2 || got[1] != signatureOf(2) {
		t.Errorf("%d, %v", len(got), err)
	}
	for name, bad := range map[string][]byte{"cut short": good[:len(good)-1], "a byte more": append(good, 0), "null": nil, "too many": make([]byte, (maxElements+1)*signatureSize)} {
		if _, err := unpackSignatures(bad, consent.InstitutionID{1}); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := unpackSignatures(good, consent.InstitutionID{}); err == nil {
		t.Error("the person's own value has an institution's signature")
	}
}
