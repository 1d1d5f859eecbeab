package ledgerref

import (
	"errors"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

func TestVerify(t *testing.T) {
	good, operator := w.chain.addresses, w.operator.Address()
	for name, test := range map[string]struct {
		change   func(*Addresses)
		operator consent.Address
		failed   int
		err      error
	}{
		"all as deployed":     {func(*Addresses) {}, operator, 0, nil},
		"whoever holds roles": {func(*Addresses) {}, consent.Address{}, 0, nil},
		"another operator":    {func(*Addresses) {}, w.payer.Address(), 4, nil},
		"another chain":       {func(a *Addresses) { a.ChainID++ }, operator, 0, ErrForeignChain},
		"nothing at all there": {func(a *Addresses) {
			a.Consent, a.Keys, a.Institutions = consent.Address{}, consent.Address{}, consent.Address{}
		}, operator, 3, nil},
		"an earlier block": {func(a *Addresses) { a.Block = 0 }, operator, 1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			addresses := good
			test.change(&addresses)
			findings, err := Verify(soon(t), w.client, addresses, test.operator)
			if !errors.Is(err, test.err) {
				t.Fatalf("got %v, want %v", err, test.err)
			}
			failed := 0
			for _, f := range findings {
				if !f.OK {
					failed++
				}
				if f.OK && f.Want != f.Got && f.Want != "anybody" {
					t.Errorf("passed: %+v", f)
				}
			}
			if failed != test.failed || (err == nil && len(findings) < 3) {
				t.Errorf("%d of %d failed, want %d: %+v", failed, len(findings), test.failed, findings)
			}
		})
	}
}

// A role that was handed on shows its holder of today.
func TestVerifySeesRolesHandedOn(t *testing.T) {
	addresses, err := Deploy(soon(t), w.client, w.operator)
	if err != nil {
		t.Fatal(err)
	}
	successor := account(t)
	chain := must(Open(soon(t), w.client, addresses))
	transactor := NewTransactor(chain, w.operator)
	role := consent.Keccak256([]byte("OPERATOR_ROLE"))
	for _, data := range [][]byte{
		consentLedger.PackGrantRole(role, successor.address()), consentLedger.PackRevokeRole(role, w.operator.address()),
	} {
		if _, err := transactor.toConsent(soon(t), data); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range must(Verify(soon(t), w.client, addresses, w.operator.Address())) {
		handed := f.Contract == "ConsentLedger" && f.Check == "role operator"
		if f.OK == handed || (handed && f.Got != successor.Address().String()) {
			t.Errorf("%+v", f)
		}
	}
}
