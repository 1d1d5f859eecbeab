package vault

import (
	"errors"
	"testing"

	"github.com/wrapious/wrappy/consent"
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
