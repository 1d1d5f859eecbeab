package ledgerref

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// organisation is an institution under test, with its keys.
type organisation struct {
	cold *Account
	tls  *ecdsa.PrivateKey
	id   consent.InstitutionID
}

func organise(t *testing.T, name string, kind consent.Kind) (organisation, Registration) {
	t.Helper()
	o := organisation{cold: account(t), tls: must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))}
	profile := Profile{Name: name, Kind: kind, Jurisdiction: "KE", Salt: random(), SealingKey: [32]byte{5}}
	r := must(SignRegistration(w.chain.addresses, o.cold, profile, unixNow()+600))
	o.id = r.ID()
	return o, r
}

func nonce(t *testing.T, actor, target consent.InstitutionID) uint64 {
	t.Helper()
	return must(w.chain.Nonce(t.Context(), actor, target))
}

func follow(t *testing.T) func(block uint64, err error) {
	return func(block uint64, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if err := w.view.AwaitBlock(soon(t), block); err != nil {
			t.Fatal(err)
		}
	}
}

func (o organisation) attest(t *testing.T, other organisation, expires uint64) Attestation {
	return SignAttestation(w.chain.addresses, o.cold, Attestation{
		Accreditor: o.id, Institution: other.id, Expires: expires, Nonce: nonce(t, o.id, other.id), Deadline: unixNow() + 600,
	})
}

func (o organisation) addKey(t *testing.T) TLSKey {
	return must(SignTLSKey(w.chain.addresses, o.cold, o.tls, TLSKey{Institution: o.id, Nonce: nonce(t, o.id, o.id), Deadline: unixNow() + 600}))
}

func (o organisation) suspend(t *testing.T, other organisation, lift bool) Suspension {
	return SignSuspension(w.chain.addresses, o.cold, Suspension{
		By: o.id, Institution: other.id, Lift: lift, Nonce: nonce(t, o.id, other.id), Deadline: unixNow() + 600,
	})
}

// want compares the view with the contract's own answer, and both with what is expected.
func (o organisation) want(t *testing.T, attested, suspended bool) consent.Institution {
	t.Helper()
	got, err := w.view.Institution(t.Context(), o.id)
	if err != nil {
		t.Fatal(err)
	}
	answer := must(w.chain.call(t.Context(), w.chain.addresses.Institutions, institutionRegistry.PackInstitutionOf(o.id)))
	onChain := must(institutionRegistry.UnpackInstitutionOf(answer))
	if got.Attested != attested || got.Suspended != suspended || onChain.Attested != attested || onChain.Suspended != suspended {
		t.Fatalf("attested: view %v, chain %v, want %v; suspended: view %v, chain %v, want %v",
			got.Attested, onChain.Attested, attested, got.Suspended, onChain.Suspended, suspended)
	}
	return got
}

func TestInstitutionLife(t *testing.T) {
	done := follow(t)
	root, r1 := organise(t, "Root accreditor", consent.KindAccreditor)
	middle, r2 := organise(t, "Regional accreditor", consent.KindAccreditor)
	clinic, r3 := organise(t, "Kibera clinic", consent.KindClinic)
	done(w.transactor.RegisterInstitutions(soon(t), r1, r2, r3))
	got := clinic.want(t, false, false)
	if got.Name != "Kibera clinic" || got.Kind != consent.KindClinic || got.Jurisdiction != "KE" || got.SealingKey != [32]byte{5} || got.ID != clinic.id {
		t.Errorf("as registered: %+v", got)
	}
	if _, err := w.view.Institution(t.Context(), random()); !errors.Is(err, consent.ErrUnknownInstitution) {
		t.Errorf("an unknown institution: %v", err)
	}

	// the chain of trust, shortest end first
	now := unixNow()
	done(w.transactor.AppointAccreditor(soon(t), root.id, now+3000))
	done(w.transactor.AttestInstitutions(soon(t), root.attest(t, middle, now+2000)))
	done(w.transactor.AttestInstitutions(soon(t), middle.attest(t, clinic, now+9000)))
	got = clinic.want(t, true, false)
	if got.AttestedTo != now+2000 || got.Accreditor != middle.id {
		t.Errorf("vouched for until %d by %s: want the accreditor's own end, %d, by %s", got.AttestedTo, got.Accreditor, now+2000, middle.id)
	}
	w.ahead.Store(int64(time.Until(time.Unix(int64(now+2000), 0)) + time.Second))
	if lapsed := must(w.view.Institution(t.Context(), clinic.id)); lapsed.Attested || len(lapsed.Accreditors) != 0 {
		t.Error("attested after the accreditor's own end")
	}
	w.ahead.Store(0)

	// all that vouch for it themselves count, and no other
	wantBehind := func(when string, want ...organisation) {
		t.Helper()
		var ids []consent.InstitutionID
		for _, o := range want {
			ids = append(ids, o.id)
		}
		slices.SortFunc(ids, func(a, b consent.InstitutionID) int { return slices.Compare(a[:], b[:]) })
		if got := must(w.view.Institution(t.Context(), clinic.id)).Accreditors; !slices.Equal(got, ids) {
			t.Errorf("%s: %v stand behind it, want %v", when, got, ids)
		}
	}
	wantBehind("one", middle)
	done(w.transactor.AttestInstitutions(soon(t), root.attest(t, clinic, now+500)))
	wantBehind("two", middle, root)
	w.ahead.Store(int64(time.Until(time.Unix(int64(now+500), 0)) + time.Second))
	wantBehind("one attestation has ended", middle)
	w.ahead.Store(0)
	done(w.transactor.OperatorSuspend(soon(t), middle.id, false))
	wantBehind("one is suspended", root)
	done(w.transactor.OperatorSuspend(soon(t), root.id, false))
	wantBehind("both are suspended")
	for _, o := range []organisation{middle, root} {
		done(w.transactor.OperatorSuspend(soon(t), o.id, true))
	}
	wantBehind("both stand again", middle, root)
	done(w.transactor.WithdrawAttestation(soon(t), SignAttestationWithdrawal(w.chain.addresses, root.cold, AttestationWithdrawal{
		Accreditor: root.id, Institution: clinic.id, Nonce: nonce(t, root.id, clinic.id), Deadline: unixNow() + 600,
	})))
	wantBehind("one is withdrawn", middle)

	// suspending the accreditor takes everything that rests on it
	done(w.transactor.OperatorSuspend(soon(t), middle.id, false))
	clinic.want(t, false, false)
	middle.want(t, true, true)
	done(w.transactor.OperatorSuspend(soon(t), middle.id, true))
	clinic.want(t, true, false)
	done(w.transactor.Suspend(soon(t), middle.suspend(t, clinic, false)))
	done(w.transactor.OperatorSuspend(soon(t), clinic.id, false))
	clinic.want(t, true, true)
	done(w.transactor.Suspend(soon(t), middle.suspend(t, clinic, true)))
	clinic.want(t, true, true) // the operator's suspension stays
	done(w.transactor.OperatorSuspend(soon(t), clinic.id, true))
	clinic.want(t, true, false)

	list := must(w.view.Institutions(t.Context()))
	seen := map[consent.InstitutionID]bool{}
	for i, institution := range list {
		seen[institution.ID] = true
		if i > 0 && list[i-1].Name > institution.Name {
			t.Error("the list is not sorted by name")
		}
	}
	if !seen[root.id] || !seen[middle.id] || !seen[clinic.id] {
		t.Errorf("%d institutions listed, not all of ours", len(list))
	}
}

func TestTLSKeys(t *testing.T) {
	done := follow(t)
	clinic, r := organise(t, "A clinic", consent.KindClinic)
	done(w.transactor.RegisterInstitutions(soon(t), r))
	hash := must(KeyHash(clinic.tls.Public()))
	unknown := func(when string, hash [32]byte) {
		t.Helper()
		if _, err := w.view.InstitutionByKeyHash(t.Context(), hash); !errors.Is(err, consent.ErrUnknownInstitution) {
			t.Errorf("%s: %v", when, err)
		}
	}
	known := func(when string, hash [32]byte) {
		t.Helper()
		if got, err := w.view.InstitutionByKeyHash(t.Context(), hash); err != nil || got.ID != clinic.id {
			t.Errorf("%s: %v", when, err)
		}
	}
	unknown("before it is added", hash)
	unknown("zero", [32]byte{})
	done(w.transactor.AddTLSKey(soon(t), clinic.addKey(t)))
	known("added", hash)

	// rotation: the old key counts for a while longer
	next := clinic
	next.tls = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	end := unixNow() + 3600
	done(w.transactor.AddTLSKey(soon(t), must(SignTLSKey(w.chain.addresses, clinic.cold, next.tls, TLSKey{
		Institution: clinic.id, Replaces: hash, ReplacedUntil: end, Nonce: nonce(t, clinic.id, clinic.id), Deadline: unixNow() + 600,
	}))))
	known("replaced, before its end", hash)
	known("the new one", must(KeyHash(next.tls.Public())))
	w.ahead.Store(int64(time.Until(time.Unix(int64(end), 0)) + time.Second))
	unknown("replaced, after its end", hash)
	known("the new one, later", must(KeyHash(next.tls.Public())))
	w.ahead.Store(0)

	done(w.transactor.RemoveTLSKey(soon(t), SignTLSKeyRemoval(w.chain.addresses, clinic.cold, TLSKeyRemoval{
		Institution: clinic.id, KeyHash: must(KeyHash(next.tls.Public())), Nonce: nonce(t, clinic.id, clinic.id), Deadline: unixNow() + 600,
	})))
	unknown("removed", must(KeyHash(next.tls.Public())))

	today := unixNow() / consent.Day
	for _, tt := range []struct {
		name string
		who  consent.InstitutionID
		hash [32]byte
		day  uint64
		want bool
	}{
		{"today", clinic.id, hash, today, true},
		{"the removed one, on the day of its removal", clinic.id, must(KeyHash(next.tls.Public())), today, true},
		{"before it was added", clinic.id, hash, today - 2, false},
		{"after its end", clinic.id, hash, today + 2, false},
		{"after its removal", clinic.id, must(KeyHash(next.tls.Public())), today + 2, false},
		{"another institution's", random(), hash, today, false},
		{"nobody's key", clinic.id, random(), today, false},
		{"no day", clinic.id, hash, 1<<64 - 1, false},
	} {
		if held, err := w.view.KeyHeld(t.Context(), tt.who, tt.hash, tt.day); err != nil || held != tt.want {
			t.Errorf("%s: held %t, %v", tt.name, held, err)
		}
	}

	// what the network itself says of the keys is what the view has of them
	history, at, err := w.chain.KeyHistory(soon(t), clinic.id)
	if err != nil || history.Name != "A clinic" || at == 0 || len(history.Keys) != 2 || history.Keys[0].Hash != hash {
		t.Fatalf("%+v, %v", history, err)
	}
	states, _, err := w.view.TLSKeys(t.Context(), clinic.id, consent.Digest{}, 9)
	if err != nil || len(states) != 2 {
		t.Fatal(err)
	}
	for _, s := range states {
		if want := (consent.KeyPeriod{Hash: s.Hash, Added: s.Added, ValidUntil: s.ValidUntil, RemovedAt: s.RemovedAt}); !slices.Contains(history.Keys, want) {
			t.Errorf("view %+v, network %+v", want, history.Keys)
		}
	}
	if _, _, err := w.chain.KeyHistory(soon(t), random()); !errors.Is(err, consent.ErrUnknownInstitution) {
		t.Errorf("nobody: %v", err)
	}
}

func TestInstitutionActsRefused(t *testing.T) {
	done := follow(t)
	a := w.chain.addresses
	clinic, r1 := organise(t, "A clinic", consent.KindClinic)
	rogue, r2 := organise(t, "A rogue", consent.KindAccreditor)
	done(w.transactor.RegisterInstitutions(soon(t), r1, r2))
	late := unixNow() + 600
	stranger := NewTransactor(w.chain, w.payer)

	stolen := clinic.addKey(t) // the clinic's TLS key, its proof bound to the clinic
	stolen.Institution, stolen.Nonce = rogue.id, nonce(t, rogue.id, rogue.id)
	hash := must(KeyHash(clinic.tls.Public()))
	stolen.Signature = rogue.cold.Sign(a.InstitutionsDomain().Digest(structHash(addTLSKeyType, rogue.id, hash, [32]byte{}, wordOf(0), wordOf(stolen.Nonce), wordOf(stolen.Deadline))))
	otherProof := clinic.addKey(t)
	otherProof.ProofR[31] ^= 1
	badNonce := clinic.addKey(t)
	badNonce = must(SignTLSKey(a, clinic.cold, clinic.tls, TLSKey{Institution: clinic.id, Nonce: badNonce.Nonce + 1, Deadline: late}))
	expired := must(SignTLSKey(a, clinic.cold, clinic.tls, TLSKey{Institution: clinic.id, Nonce: nonce(t, clinic.id, clinic.id), Deadline: 1}))
	notCold := must(SignTLSKey(a, rogue.cold, clinic.tls, TLSKey{Institution: clinic.id, Nonce: nonce(t, clinic.id, clinic.id), Deadline: late}))
	foreign := a
	foreign.ChainID++
	replayed := must(SignTLSKey(foreign, clinic.cold, clinic.tls, TLSKey{Institution: clinic.id, Nonce: nonce(t, clinic.id, clinic.id), Deadline: late}))
	renamed := r1
	renamed.Name = "Another name"
	renamed.Salt = random()

	type act = func(context.Context) (uint64, error)
	add := func(k TLSKey) act {
		return func(ctx context.Context) (uint64, error) { return w.transactor.AddTLSKey(ctx, k) }
	}
	tests := []struct {
		name string
		do   act
		want string
	}{
		{"a key whose proof is another institution's", add(stolen), "BadSignature"},
		{"a proof that is wrong", add(otherProof), "BadSignature"},
		{"a nonce that is not the next", add(badNonce), "BadNonce"},
		{"a deadline that has passed", add(expired), "DeadlinePassed"},
		{"another's cold key", add(notCold), "BadSignature"},
		{"signed for another chain", add(replayed), "BadSignature"},
		{"a registration changed on the way", func(ctx context.Context) (uint64, error) { return w.transactor.RegisterInstitutions(ctx, renamed) }, "BadSignature"},
		{"a registration again", func(ctx context.Context) (uint64, error) { return w.transactor.RegisterInstitutions(ctx, r1) }, "AlreadyDone"},
		{"attesting without standing", func(ctx context.Context) (uint64, error) {
			return w.transactor.AttestInstitutions(ctx, rogue.attest(t, clinic, late))
		}, "NotAllowed"},
		{"suspending whom one never attested", func(ctx context.Context) (uint64, error) {
			return w.transactor.Suspend(ctx, rogue.suspend(t, clinic, false))
		}, "NotAllowed"},
		{"appointing by who is not the operator", func(ctx context.Context) (uint64, error) {
			return stranger.AppointAccreditor(ctx, rogue.id, late)
		}, "NotAllowed"},
		{"appointing a clinic", func(ctx context.Context) (uint64, error) { return w.transactor.AppointAccreditor(ctx, clinic.id, late) }, "NotAllowed"},
		{"suspending by who is not the operator", func(ctx context.Context) (uint64, error) {
			return stranger.OperatorSuspend(ctx, clinic.id, false)
		}, "NotAllowed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := test.do(soon(t))
			var refused *Refused
			if !errors.As(err, &refused) || refused.Reason != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	if _, err := w.view.InstitutionByKeyHash(t.Context(), hash); !errors.Is(err, consent.ErrUnknownInstitution) {
		t.Errorf("a key that was refused is known: %v", err)
	}
	clinic.want(t, false, false)
}

func TestSigningRefuses(t *testing.T) {
	a, cold := w.chain.addresses, account(t)
	good := Profile{Name: "n", Kind: consent.KindBank, Jurisdiction: "DE"}
	for name, change := range map[string]func(*Profile){
		"no name":                 func(p *Profile) { p.Name = "" },
		"a name too long":         func(p *Profile) { p.Name = string(make([]byte, 129)) },
		"no kind":                 func(p *Profile) { p.Kind = consent.KindUnknown },
		"a kind that is none":     func(p *Profile) { p.Kind = 10 },
		"no country":              func(p *Profile) { p.Jurisdiction = "" },
		"a country in lower case": func(p *Profile) { p.Jurisdiction = "de" },
	} {
		profile := good
		change(&profile)
		if _, err := SignRegistration(a, cold, profile, 1); err == nil {
			t.Errorf("%s: signed", name)
		}
	}
	p384 := must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	p256 := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	for name, key := range map[string]crypto.Signer{
		"a key on another curve": p384, "a device that fails": badSigner{p256, errors.New("no")}, "a device that answers nonsense": badSigner{p256, nil},
	} {
		if _, err := SignTLSKey(a, cold, key, TLSKey{}); err == nil {
			t.Errorf("%s: signed", name)
		}
	}
}

type badSigner struct {
	*ecdsa.PrivateKey
	err error
}

func (b badSigner) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return []byte{0x30, 0}, b.err
}

// Whatever anybody sends, nothing that the contract would refuse costs a transaction.
func TestGarbageCostsNothing(t *testing.T) {
	done := follow(t)
	accreditor, r1 := organise(t, "An accreditor", consent.KindAccreditor)
	clinic, r2 := organise(t, "A clinic", consent.KindClinic)
	done(w.transactor.RegisterInstitutions(soon(t), r1, r2))
	done(w.transactor.AppointAccreditor(soon(t), accreditor.id, unixNow()+3000))
	a, payer := w.chain.addresses, NewTransactor(w.chain, w.payer)

	_, fresh := organise(t, "Fresh", consent.KindBank)
	registration := func(change func(*Registration)) func(context.Context) (uint64, error) {
		r := fresh
		change(&r)
		return func(ctx context.Context) (uint64, error) { return payer.RegisterInstitutions(ctx, r) }
	}
	attestation := func(signer *Account, change func(*Attestation)) func(context.Context) (uint64, error) {
		act := accreditor.attest(t, clinic, unixNow()+2000)
		change(&act)
		if signer != nil {
			act = SignAttestation(a, signer, act)
		}
		return func(ctx context.Context) (uint64, error) { return payer.AttestInstitutions(ctx, act) }
	}
	tests := []struct {
		name string
		do   func(context.Context) (uint64, error)
		want string
	}{
		{"registration, not signed", registration(func(r *Registration) { r.Signature = consent.Signature{} }), "BadSignature"},
		{"registration by another key", registration(func(r *Registration) { r.Signature = clinic.cold.Sign(r.digest(a)) }), "BadSignature"},
		{"registration with another name", registration(func(r *Registration) { r.Name = "Other" }), "BadSignature"},
		{"registration with another deadline", registration(func(r *Registration) { r.Deadline++ }), "BadSignature"},
		{"registration in words", registration(func(r *Registration) { r.Jurisdiction = "KEN" }), "BadSignature"},
		{"registration again", registration(func(r *Registration) { *r = r2 }), "AlreadyDone"},
		{"one of several, not signed", func(ctx context.Context) (uint64, error) {
			return payer.RegisterInstitutions(ctx, r1, Registration{Profile: fresh.Profile, ColdKey: fresh.ColdKey, Deadline: fresh.Deadline})
		}, "BadSignature"},
		{"attestation, not signed", attestation(nil, func(x *Attestation) { x.Signature = consent.Signature{} }), "BadSignature"},
		{"attestation by another key", attestation(clinic.cold, func(*Attestation) {}), "BadSignature"},
		{"attestation changed", attestation(nil, func(x *Attestation) { x.Expires++ }), "BadSignature"},
		{"attestation of nobody's", attestation(clinic.cold, func(x *Attestation) { x.Accreditor = random() }), ""},
		{"attestation, old nonce", attestation(accreditor.cold, func(x *Attestation) { x.Nonce += 7 }), "BadNonce"},
		{"attestation, too late", attestation(accreditor.cold, func(x *Attestation) { x.Deadline = 1 }), "DeadlinePassed"},
		{"attestation, no standing", attestation(clinic.cold, func(x *Attestation) {
			x.Accreditor, x.Institution, x.Nonce = clinic.id, accreditor.id, 0
		}), "NotAllowed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			paid := must(w.client.NonceAt(soon(t), w.payer.address(), nil))
			_, err := test.do(soon(t))
			var refused *Refused
			if !errors.As(err, &refused) || test.want != "" && refused.Reason != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if now := must(w.client.NonceAt(soon(t), w.payer.address(), nil)); now != paid {
				t.Errorf("%d transactions paid for", now-paid)
			}
		})
	}
	done(payer.RegisterInstitutions(soon(t), fresh))
	done(payer.AttestInstitutions(soon(t), accreditor.attest(t, clinic, unixNow()+2000)))
	clinic.want(t, true, false)
}
