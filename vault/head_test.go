package vault

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

func TestHeadCheck(t *testing.T) {
	root, salt := consent.Address{1}, consent.Salt{2}
	id := consent.DeriveIdentity(root, consent.Digest{}, salt)
	good := func() *head {
		return &head{Version: 1, State: stateLive, Identity: id, Region: "KE", Epoch: 202611, RootKey: root, Salt: salt, Revision: 1,
			Manifest: []manifestEntry{{Category: "aid", Version: 1}, {Category: "health", Version: 1}}}
	}
	if err := good().check(id); err != nil {
		t.Fatal(err)
	}
	if err := (&head{Version: 1, State: stateErased, Identity: id, Revision: 3}).check(id); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(h *head){
		"another version":       func(h *head) { h.Version = 2 },
		"another identity":      func(h *head) { h.Identity[0] ^= 1 },
		"another root key":      func(h *head) { h.RootKey[0] ^= 1 },
		"another salt":          func(h *head) { h.Salt[0] ^= 1 },
		"another recovery hash": func(h *head) { h.RecoveryHash[0] ^= 1 },
		"no revision":           func(h *head) { h.Revision = 0 },
		"unknown state":         func(h *head) { h.State = 3 },
		"no state":              func(h *head) { h.State = 0 },
		"no epoch":              func(h *head) { h.Epoch = 0 },
		"erased with a root":    func(h *head) { h.State = stateErased },
		"category twice":        func(h *head) { h.Manifest[1].Category = "aid" },
		"categories unsorted":   func(h *head) { h.Manifest[1].Category = "a" },
		"record of no version":  func(h *head) { h.Manifest[0].Version = 0 },
		"disputed to before":    func(h *head) { h.DisputedSince, h.DisputedUntil, h.DisputeSaid = 2, 1, 3 },
		"disputed, never said":  func(h *head) { h.DisputedUntil = 1 },
		"own acts twice":        func(h *head) { h.Own = []ownAct{{Tag: [16]byte{1}}, {Tag: [16]byte{1}}} },
		"own acts unsorted":     func(h *head) { h.Own = []ownAct{{Tag: [16]byte{2}}, {Tag: [16]byte{1}}} },
		"too many own acts": func(h *head) {
			for i := range maxListed + 1 {
				h.Own = append(h.Own, ownAct{Tag: [16]byte{byte(i >> 8), byte(i)}})
			}
		},
	} {
		h := good()
		spoil(h)
		if h.check(id) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestManifest(t *testing.T) {
	h := &head{}
	for _, c := range []consent.Category{"work", "aid", "health", "aid"} {
		version := uint64(1)
		if old := h.entry(c); old != nil {
			version = old.Version + 1
		}
		h.set(manifestEntry{Category: c, Version: version})
	}
	if len(h.Manifest) != 3 || h.entry("aid").Version != 2 || h.entry("civil") != nil || h.entry("") != nil {
		t.Errorf("manifest %v", h.Manifest)
	}
	c := h.clone()
	c.set(manifestEntry{Category: "aid", Version: 9})
	if h.entry("aid").Version != 2 {
		t.Error("a clone shares its manifest")
	}
}

// A head that is lost behind the vault's back is not made anew.
func TestHeadLost(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	w.heads.drop(w.heads.only(t, roomHead))
	if err := w.gate.Enrol(t.Context(), w.enrolCall(w.person)); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}

// A head that cannot be read now is not noted as one that somebody has damaged.
func TestHeadOutOfReach(t *testing.T) {
	w := newWorld(t)
	s := w.filled()
	w.failOn("get", roomHead)
	if _, err := w.release(s); !errors.Is(err, consent.ErrUnavailable) || errors.Is(err, errDamaged) {
		t.Errorf("error %v", err)
	}
	w.gate.Close()
	if n := w.journal.count(consent.EntryAborted); n != 0 {
		t.Errorf("%d entries say that it is damaged", n)
	}
}

// Keys under a month's key that are none, or another's, open no head.
func TestHeadWithOtherKeys(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(h *head, region *crypto.RegionKEK) error // the keys are under the region's alone
		want  error
	}{
		"of a region that is not here": {func(h *head, _ *crypto.RegionKEK) error { h.Region = "SY"; return nil }, crypto.ErrUnknownRegion},
		"no subject key":               {func(h *head, _ *crypto.RegionKEK) error { h.SubjectKEK = h.JournalKey; return nil }, errDamaged},
		"no journal key":               {func(h *head, _ *crypto.RegionKEK) error { h.JournalKey = h.SubjectKEK; return nil }, errDamaged},
		"a short journal key": {func(h *head, region *crypto.RegionKEK) (err error) {
			h.JournalKey, err = region.Wrap(make([]byte, crypto.KeySize-1), journalKeyAAD(h.Identity))
			return err
		}, errDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.enrol(w.person)
			region, err := w.keyring.Region("KE")
			if err != nil {
				t.Fatal(err)
			}
			err = w.gate.commit(t.Context(), w.person.ID(), func(_ *subject, next *head) (err error) {
				if next.SubjectKEK, next.JournalKey, err = w.gate.underRegion(next); err != nil {
					return err
				}
				next.Epoch = 0
				return c.spoil(next, region)
			})
			if err != nil {
				t.Fatal(err)
			}
			if s, _, err := w.gate.subject(t.Context(), w.person.ID()); s != nil || !errors.Is(err, consent.ErrUnavailable) || !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
		})
	}
}

// Without the time nobody knows the month whose key a head belongs under: it stays as it is.
func TestHeadIsNotStoredWithoutItsMonth(t *testing.T) {
	w := newWorld(t)
	w.enrol(w.person)
	name := w.heads.only(t, roomHead)
	before := w.heads.take(name)
	w.pass(time.Hour)
	w.failOn("put", roomClock)
	if err := w.gate.commit(t.Context(), w.person.ID(), func(*subject, *head) error { return nil }); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
	if !bytes.Equal(w.heads.take(name), before) {
		t.Error("stored")
	}
}
