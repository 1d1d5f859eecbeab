package ledgerref

import (
	"errors"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

// changing signs one step and sends it.
func (o organisation) changing(t *testing.T, by *Transactor, key *Account, act KeyChange) (uint64, error) {
	t.Helper()
	act.Institution, act.Deadline = o.id, unixNow()+7*24*3600
	if act.Change == ChangeRecover {
		act.Nonce = must(w.chain.ColdKeys(t.Context(), o.id)).RecoveryNonce
	} else {
		act.Nonce = nonce(t, o.id, o.id)
	}
	if key != nil {
		act = must(SignKeyChange(w.chain.addresses, key, act))
	}
	return by.ChangeKeys(soon(t), act)
}

func organiseWithRecovery(t *testing.T, recovery *Account) (organisation, Registration) {
	t.Helper()
	o := organisation{cold: account(t)}
	profile := Profile{Name: "A clinic", Kind: consent.KindClinic, Jurisdiction: "KE", Salt: random(), RecoveryKey: recovery.Address()}
	r := must(SignRegistration(w.chain.addresses, o.cold, profile, unixNow()+600))
	o.id = r.ID()
	return o, r
}

// The delay of two days is passed by a node whose clock can be set.
func TestColdKeyLifeOnAnvil(t *testing.T) {
	onAnvil(t)
	done, later := follow(t), func() { w.node.Call(t, nil, "evm_increaseTime", 2*24*3600+1); w.mine(t) }
	recovery, second, third, newRecovery := account(t), account(t), account(t), account(t)
	clinic, r := organiseWithRecovery(t, recovery)
	done(w.transactor.RegisterInstitutions(soon(t), r))
	refused := func(when, want string, key *Account, act KeyChange) {
		t.Helper()
		var r *Refused
		if _, err := clinic.changing(t, w.transactor, key, act); !errors.As(err, &r) || r.Reason != want {
			t.Errorf("%s: %v, want %s", when, err, want)
		}
	}
	rotate := KeyChange{Change: ChangeRotateCold, ColdKey: second.Address()}
	refused("rotation by a stranger", "BadSignature", account(t), rotate)
	refused("rotation that nobody signed", "BadSignature", nil, rotate)
	refused("finalising what was not begun", "Unknown", nil, KeyChange{Change: ChangeFinaliseCold})
	refused("cancelling what was not begun", "Unknown", clinic.cold, KeyChange{Change: ChangeCancel})
	refused("recovery by the cold key", "BadSignature", clinic.cold, KeyChange{Change: ChangeRecover, ColdKey: second.Address()})
	done(clinic.changing(t, w.transactor, clinic.cold, rotate))
	if keys := must(w.chain.ColdKeys(t.Context(), clinic.id)); keys.Cold != clinic.cold.Address() || keys.Next != second.Address() || keys.NextReadyAt == 0 || keys.Recovery != recovery.Address() {
		t.Errorf("while it waits: %+v", keys)
	}
	refused("finalising before its time", "BadTime", nil, KeyChange{Change: ChangeFinaliseCold})
	done(clinic.changing(t, w.transactor, clinic.cold, KeyChange{Change: ChangeCancel}))
	done(clinic.changing(t, w.transactor, clinic.cold, rotate))
	done(clinic.changing(t, w.transactor, clinic.cold, KeyChange{Change: ChangeRecovery, RecoveryKey: newRecovery.Address()}))
	later()
	done(clinic.changing(t, w.transactor, nil, KeyChange{Change: ChangeFinaliseCold}))
	done(clinic.changing(t, w.transactor, nil, KeyChange{Change: ChangeFinaliseRecovery}))
	refused("the old cold key", "BadSignature", clinic.cold, KeyChange{Change: ChangeRotateCold, ColdKey: third.Address()})
	refused("the old recovery key", "BadSignature", recovery, KeyChange{Change: ChangeRecover, ColdKey: third.Address()})

	// a recovery suspends at once and takes the cold key's acts
	done(clinic.changing(t, w.transactor, newRecovery, KeyChange{Change: ChangeRecover, ColdKey: third.Address(), RecoveryKey: recovery.Address()}))
	if got := must(w.view.Institution(t.Context(), clinic.id)); !got.Suspended {
		t.Error("not suspended while it is recovered")
	}
	refused("the cold key during a recovery", "Frozen", second, KeyChange{Change: ChangeCancel})
	later()
	done(clinic.changing(t, w.transactor, nil, KeyChange{Change: ChangeFinaliseRecover}))
	keys := must(w.chain.ColdKeys(t.Context(), clinic.id))
	if keys.Cold != third.Address() || keys.Recovery != recovery.Address() || keys.RecoveryReadyAt != 0 || keys.RecoveryNonce != 1 {
		t.Errorf("after the recovery: %+v", keys)
	}
	done(w.transactor.Suspend(soon(t), SignSuspension(w.chain.addresses, third, Suspension{
		By: clinic.id, Institution: clinic.id, Lift: true, Nonce: nonce(t, clinic.id, clinic.id), Deadline: unixNow() + 7*24*3600,
	})))
	clinic.want(t, false, false)
}

func TestKeyChangesAreCharged(t *testing.T) {
	recovery := account(t)
	r := beside(t, t.TempDir(), Budgets{Institution: 1})
	clinic, registration := organiseWithRecovery(t, recovery)
	follow(t)(r.transactor.RegisterInstitutions(soon(t), registration))
	rotate := func() KeyChange { return KeyChange{Change: ChangeRotateCold, ColdKey: account(t).Address()} }
	recover := func() KeyChange {
		return KeyChange{Change: ChangeRecover, ColdKey: account(t).Address(), RecoveryKey: recovery.Address()}
	}
	for _, step := range []struct {
		name string
		key  *Account
		act  KeyChange
		want error
	}{
		{"a rotation", clinic.cold, rotate(), nil},
		{"another", clinic.cold, rotate(), consent.ErrBudget},
		{"a new recovery key", clinic.cold, KeyChange{Change: ChangeRecovery}, consent.ErrBudget},
		{"a cancellation, which stops a thief", clinic.cold, KeyChange{Change: ChangeCancel}, nil},
		{"a recovery, which stops one too", recovery, recover(), nil},
		{"a second recovery", recovery, recover(), consent.ErrBudget},
	} {
		if _, err := clinic.changing(t, r.transactor, step.key, step.act); !errors.Is(err, step.want) {
			t.Errorf("%s: %v, want %v", step.name, err, step.want)
		}
	}
}

func TestKeyChangesRefused(t *testing.T) {
	if _, err := SignKeyChange(w.chain.addresses, account(t), KeyChange{Change: ChangeFinaliseCold}); !errors.Is(err, ErrChange) {
		t.Errorf("signing what nobody signs: %v", err)
	}
	for _, change := range []ChangeKind{"", "erase"} {
		if _, err := w.transactor.ChangeKeys(t.Context(), KeyChange{Change: change}); !errors.Is(err, ErrChange) {
			t.Errorf("%q: %v", change, err)
		}
	}
	if _, err := w.chain.ColdKeys(t.Context(), random()); !errors.Is(err, consent.ErrUnknownInstitution) {
		t.Errorf("keys of nobody: %v", err)
	}
	if _, err := w.transactor.ChangeKeys(t.Context(), KeyChange{Change: ChangeRecover, Institution: random()}); !errors.Is(err, consent.ErrUnknownInstitution) {
		t.Errorf("recovery of nobody: %v", err)
	}
}
