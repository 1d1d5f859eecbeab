package vault

import (
	"bytes"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// fuzzDecode: whatever decodes has this one encoding.
func fuzzDecode[T any](f *testing.F, check func(*T) error, seeds ...T) {
	for i := range seeds {
		data, err := encoding.Marshal(&seeds[i])
		if err != nil {
			f.Fatal(err)
		}
		if v, err := decode[T](data); err != nil || check(v) != nil {
			f.Fatal("a seed does not decode:", err)
		}
		f.Add(data)
	}
	f.Add([]byte{})
	f.Add([]byte{0x80})
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := decode[T](data)
		if err != nil {
			return
		}
		_ = check(v)
		again, err := encoding.Marshal(v)
		if err != nil || !bytes.Equal(again, data) {
			t.Error("a second spelling was accepted")
		}
	})
}

func none[T any](*T) error { return nil }

func FuzzHead(f *testing.F) {
	root := consent.Address{1}
	id := consent.DeriveIdentity(root, consent.Digest{}, consent.Salt{})
	fuzzDecode(f, func(h *head) error {
		for _, c := range []consent.Category{"", "health", "zzz"} {
			h.entry(c)
		}
		return h.check(h.Identity)
	}, head{Version: 1, State: stateLive, Identity: id, Region: "KE", Epoch: 202611, RootKey: root, Revision: 1,
		Manifest: []manifestEntry{{Category: "health", Version: 1}, {Category: "identity", Version: 7}}},
		head{Version: 1, State: stateErased, Identity: id, Revision: 9})
}

func FuzzGrantObject(f *testing.F) {
	fuzzDecode(f, none, storedGrant{Version: 1, Grant: consent.Grant{Version: 1, Fields: allFields, Purpose: "dpv:ServiceProvision"}, Region: "KE"})
}

func FuzzGrantWrapper(f *testing.F) {
	fuzzDecode(f, none, grantWrapper{Version: 1, Region: "KE", Sealed: []byte{1, 2, 3}})
}

func FuzzTombstone(f *testing.F) {
	fuzzDecode(f, (*tombstone).check, tombstone{Version: 1, Kind: tombWithdrawn, Time: 7, Signature: make([]byte, 65), Signer: signerGrantKey},
		tombstone{Version: 1, Kind: tombRevoked, Time: 7, Signer: signerLedger})
}

func FuzzRequest(f *testing.F) {
	fuzzDecode(f, func(r *storedRequest) error { _ = r.Request.Validate(); return nil },
		storedRequest{Version: 1, Request: consent.Request{Version: 1, Fields: allFields, Notices: []consent.Notice{{Language: "en", Text: "x"}}}, Created: 7})
}

func FuzzAnswer(f *testing.F) { fuzzDecode(f, none, answer{Version: 1, Kind: answerGiven, Time: 7}) }

func FuzzMemo(f *testing.F) {
	fuzzDecode(f, none, memo{Version: 1, Manifest: []manifestEntry{{Category: "aid"}}, Fields: []consent.FieldVersion{{Field: "aid.x", Version: 1}}})
}

func FuzzRecord(f *testing.F) {
	r, err := (&record{Format: 1}).next(map[[16]byte][]byte{{1}: []byte("one"), {2}: []byte("two")})
	if err != nil {
		f.Fatal(err)
	}
	data, err := encoding.Marshal(r)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(crypto.Pad(data, leastObject))
	f.Add([]byte{0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := parseRecord(data)
		if err != nil {
			return
		}
		for _, row := range r.Index {
			if version, envelope := r.find(row.Tag); version != row.Version || uint64(len(envelope)) != row.Length {
				t.Error("an entry is not found")
			}
		}
		if _, err := r.next(map[[16]byte][]byte{{1}: {1}}); err != nil && len(r.Index) < maxInRecord {
			t.Error("no next version")
		}
	})
}

func FuzzField(f *testing.F) {
	data, err := encodeField([]Sourced{{Value: []byte(`"a"`)}, {Writer: consent.InstitutionID{1}, Value: []byte(`"b"`), Signatures: []ItemSignature{signatureOf(1)}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		values, err := decodeField(data)
		if err != nil {
			return
		}
		if again, err := encodeField(values); err != nil || !bytes.Equal(again, data) {
			t.Error("a second spelling was accepted")
		}
	})
}

func FuzzValue(f *testing.F) {
	for _, seed := range []string{`[{"resourceType":"Condition","id":"a"}]`, `{"a":{"b":[1,"x",null]}}`, `"1990-04-02"`, `{"system":"a","value":"b"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, typ := range []consent.ValueType{consent.TypeText, consent.TypeDate, consent.TypeCode, consent.TypeNumber, consent.TypeIdentifier, consent.TypeObject, consent.TypeList, consent.TypeFHIR} {
			field := consent.CatalogField{Type: typ, Resource: "Condition"}
			value, err := checkValue(field, data)
			if err != nil {
				continue
			}
			again, err := checkValue(field, value)
			if err != nil || !bytes.Equal(again, value) {
				t.Errorf("%s: what was accepted is not stable", typ)
			}
			one := Sourced{Value: value}
			if list, ok := asResources(field, value); ok {
				one.Signatures = make([]ItemSignature, len(list))
			}
			if merged, err := mergeValue(field, one, one); err != nil || !bytes.Equal(merged.Value, value) {
				t.Errorf("%s: a value merged with itself has changed", typ)
			}
		}
	})
}

func TestParseRecordDenies(t *testing.T) {
	good := func() *record {
		return &record{Format: 1, Version: 2, Envelopes: []byte("0123456789"),
			Index: []indexRow{{Tag: [16]byte{1}, Version: 1, Length: 5}, {Tag: [16]byte{2}, Version: 2, Offset: 5, Length: 5}}}
	}
	parse := func(r *record) error {
		data, err := encoding.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		_, err = parseRecord(crypto.Pad(data, leastObject))
		return err
	}
	if err := parse(good()); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(r *record){
		"another format":           func(r *record) { r.Format = 2 },
		"no version":               func(r *record) { r.Version = 0 },
		"no version, and no field": func(r *record) { *r = record{Format: 1, Index: []indexRow{}, Envelopes: []byte{}} },
		"tag twice":                func(r *record) { r.Index[1].Tag = r.Index[0].Tag },
		"tags unsorted":            func(r *record) { r.Index[0].Tag[0] = 3 },
		"field of no version":      func(r *record) { r.Index[0].Version = 0 },
		"field of a later version": func(r *record) { r.Index[0].Version = 3 },
		"begins outside":           func(r *record) { r.Index[1].Offset = 11; r.Index[1].Length = 0 },
		"ends outside":             func(r *record) { r.Index[1].Length = 6 },
		"wraps around":             func(r *record) { r.Index[1].Offset = 1<<64 - 1; r.Index[1].Length = 2 },
		"length wraps around":      func(r *record) { r.Index[1].Length = 1<<64 - 1 },
		"too many fields": func(r *record) {
			r.Index = nil
			for i := range maxInRecord + 1 {
				r.Index = append(r.Index, indexRow{Tag: [16]byte{byte(i >> 8), byte(i)}, Version: 1})
			}
		},
	} {
		r := good()
		spoil(r)
		if parse(r) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	for _, data := range [][]byte{nil, {0}, make([]byte, 512), append(crypto.Pad(nil, 512), 1)} {
		if _, err := parseRecord(data); err == nil {
			t.Errorf("%d bytes accepted", len(data))
		}
	}
}

func TestOpenDenies(t *testing.T) {
	w := newWorld(t)
	for name, v := range map[string]any{
		"another version": counter{Version: 2, Used: 1},
		"more members":    []uint64{1, 2, 3},
		"fewer members":   []uint64{1},
		"no array":        uint64(1),
		"nothing":         []uint64{},
	} {
		data, err := seal(w.gate.headSealer, []byte("x"), v)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := open[counter](w.gate.headSealer, []byte("x"), data); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	for name, data := range map[string][]byte{
		"a long integer":   {0x82, 0x01, 0x18, 0x01},
		"trailing bytes":   {0x82, 0x01, 0x01, 0x00},
		"indefinite array": {0x9f, 0x01, 0x01, 0xff},
		"a tag":            {0xc1, 0x82, 0x01, 0x01},
		"a float":          {0x82, 0x01, 0xf9, 0x3c, 0x00},
		"too great":        {0x82, 0x01, 0x1b, 1, 0, 0, 0, 0, 0, 0, 0},
	} {
		if _, err := decode[counter](data); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := decode[claim](append([]byte{0x82, 0x01, 0x41}, 7)); err == nil {
		t.Error("short bytes: accepted")
	}
	long, err := w.gate.headSealer.Seal(make([]byte, maxObject+64<<10), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open[counter](w.gate.headSealer, nil, long); err == nil {
		t.Error("too long: accepted")
	}
}

// What opens under one name or kind opens under no other.
func TestObjectsDoNotPassForOthers(t *testing.T) {
	w := newWorld(t)
	s := w.filled(limited(3))
	if _, err := w.gate.Release(t.Context(), w.hospital, ReleaseCall{Grant: s.Act.ID, IdempotencyKey: "k"}); err != nil {
		t.Fatal(err)
	}
	w.withdraw(s)
	objects := w.heads.snapshot()
	for name, data := range objects {
		opened := 0
		id, grant := w.person.ID(), s.Act.ID
		if _, err := open[head](w.gate.headSealer, label(roomHead, w.gate.name(roomHead, id[:])), data); err == nil {
			opened++
		}
		if _, err := w.gate.openGrant(grant, data); err == nil {
			opened++
		}
		if _, err := w.gate.openTombstone(grant, data); err == nil {
			opened++
		}
		for other := range objects {
			for _, room := range []string{roomRequest, roomAnswer, roomCounter, roomIdempotency, roomOnce, roomClock, roomOwn, roomHeld, roomAsked, roomRecorded, roomStreamed, roomErasure, roomLeft, roomWatched, roomNotice, roomNoted, roomReceived, roomDue} {
				if _, err := w.gate.headSealer.Open(data, label(room, other)); err == nil {
					opened++
				}
			}
		}
		if opened != 1 {
			t.Errorf("%s opens in %d ways, want 1", name, opened)
		}
	}
}
