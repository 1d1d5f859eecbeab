package ledgerref

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// walked lists everything in pages of so many.
func walked(t *testing.T, v *View, accreditor consent.InstitutionID, endsBefore uint64, limit int) (ids []consent.InstitutionID) {
	t.Helper()
	var after consent.InstitutionID
	for {
		given, next, more, err := v.Attestations(t.Context(), accreditor, after, endsBefore, limit)
		if err != nil {
			t.Fatal(err)
		}
		if len(given) > limit {
			t.Fatalf("%d in a page of %d", len(given), limit)
		}
		for _, g := range given {
			ids = append(ids, g.Institution.ID)
		}
		if !more {
			return ids
		}
		after = next
	}
}

func TestAttestations(t *testing.T) {
	done := follow(t)
	board, r := organise(t, "A board", consent.KindAccreditor)
	done(w.transactor.RegisterInstitutions(soon(t), r))
	now := unixNow()
	done(w.transactor.AppointAccreditor(soon(t), board.id, now+9000))
	if given, _, more, err := w.view.Attestations(t.Context(), board.id, consent.InstitutionID{}, 0, 10); err != nil || len(given) != 0 || more {
		t.Errorf("before any: %d, %v", len(given), err)
	}
	var clinics []organisation
	var registrations []Registration
	for range 5 {
		clinic, r := organise(t, "A clinic", consent.KindClinic)
		clinics, registrations = append(clinics, clinic), append(registrations, r)
	}
	done(w.transactor.RegisterInstitutions(soon(t), registrations...))
	var acts []Attestation
	for i, clinic := range clinics {
		acts = append(acts, board.attest(t, clinic, now+1000*uint64(i+1)))
	}
	done(w.transactor.AttestInstitutions(soon(t), acts...))
	sorted := func(organisations ...organisation) (ids []consent.InstitutionID) {
		for _, o := range organisations {
			ids = append(ids, o.id)
		}
		slices.SortFunc(ids, compare[consent.InstitutionID])
		return ids
	}
	want := func(when string, v *View, endsBefore uint64, of ...organisation) {
		t.Helper()
		for _, limit := range []int{1, 2, 200} {
			if got := walked(t, v, board.id, endsBefore, limit); !slices.Equal(got, sorted(of...)) {
				t.Errorf("%s, in pages of %d: %v, want %v", when, limit, got, sorted(of...))
			}
		}
	}
	want("all", w.view, 0, clinics...)
	want("two end soon", w.view, now+2001, clinics[:2]...)
	want("none ends so soon", w.view, now)

	done(w.transactor.AttestInstitutions(soon(t), board.attest(t, clinics[0], now+8000)))
	want("renewed", w.view, 0, clinics...)
	want("renewed: one ends soon", w.view, now+2001, clinics[1])
	done(w.transactor.WithdrawAttestation(soon(t), SignAttestationWithdrawal(w.chain.addresses, board.cold, AttestationWithdrawal{
		Accreditor: board.id, Institution: clinics[4].id, Nonce: nonce(t, board.id, clinics[4].id), Deadline: unixNow() + 600,
	})))
	want("withdrawn", w.view, 0, clinics[:4]...)
	clinics[4].want(t, false, false)

	// a view that begins again, and one that opens what it has kept, say the same
	dir := t.TempDir()
	for _, when := range []string{"followed anew", "opened again"} {
		v := must(Follow(soon(t), w.chain, w.followed(dir)))
		want(when, v, 0, clinics[:4]...)
		keys, more, err := v.TLSKeys(t.Context(), clinics[0].id, consent.Digest{}, 10)
		if err != nil || len(keys) != 0 || more {
			t.Errorf("%s: keys nobody added: %d, %v", when, len(keys), err)
		}
		if err := v.Close(); err != nil {
			t.Fatal(err)
		}
		if _, _, _, err := v.Attestations(t.Context(), board.id, consent.InstitutionID{}, 0, 1); !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("closed: %v", err)
		}
		if _, _, err := v.TLSKeys(t.Context(), board.id, consent.Digest{}, 1); !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("closed: %v", err)
		}
	}
	if _, _, _, err := w.view.Attestations(t.Context(), random(), consent.InstitutionID{}, 0, 10); !errors.Is(err, consent.ErrUnknownInstitution) {
		t.Errorf("an unknown accreditor: %v", err)
	}
}

func TestTLSKeysAreListed(t *testing.T) {
	done := follow(t)
	clinic, r := organise(t, "A clinic", consent.KindClinic)
	done(w.transactor.RegisterInstitutions(soon(t), r))
	var hashes []consent.Digest
	for i := range 3 {
		clinic.tls = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
		act := TLSKey{Institution: clinic.id, Nonce: nonce(t, clinic.id, clinic.id), Deadline: unixNow() + 600}
		if i == 1 {
			act.Replaces, act.ReplacedUntil = hashes[0], unixNow()+3600
		}
		done(w.transactor.AddTLSKey(soon(t), must(SignTLSKey(w.chain.addresses, clinic.cold, clinic.tls, act))))
		hashes = append(hashes, must(KeyHash(clinic.tls.Public())))
	}
	done(w.transactor.RemoveTLSKey(soon(t), SignTLSKeyRemoval(w.chain.addresses, clinic.cold, TLSKeyRemoval{
		Institution: clinic.id, KeyHash: hashes[2], Nonce: nonce(t, clinic.id, clinic.id), Deadline: unixNow() + 600,
	})))
	states := func() map[consent.Digest]TLSKeyState {
		t.Helper()
		found := map[consent.Digest]TLSKeyState{}
		var after consent.Digest
		for more := true; more; {
			var keys []TLSKeyState
			var err error
			if keys, more, err = w.view.TLSKeys(t.Context(), clinic.id, after, 2); err != nil {
				t.Fatal(err)
			}
			for _, k := range keys {
				found[k.Hash], after = k, k.Hash
			}
		}
		return found
	}
	got := states()
	if len(got) != 3 || !got[hashes[0]].Valid || got[hashes[0]].ValidUntil == 0 || !got[hashes[1]].Valid || got[hashes[1]].ValidUntil != 0 ||
		got[hashes[2]].Valid || !got[hashes[2]].Removed {
		t.Errorf("keys: %+v", got)
	}
	w.ahead.Store(int64(2 * time.Hour))
	if got := states(); got[hashes[0]].Valid || !got[hashes[1]].Valid {
		t.Errorf("after the overlap: %+v", got)
	}
	w.ahead.Store(0)
	if _, _, err := w.view.TLSKeys(t.Context(), random(), consent.Digest{}, 2); !errors.Is(err, consent.ErrUnknownInstitution) {
		t.Errorf("an unknown institution: %v", err)
	}
}
