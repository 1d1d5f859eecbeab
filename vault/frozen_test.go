package vault

import (
	"errors"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/wallet"
)

// While a recovery is pending the root key may be a thief's: it gives nothing new,
// changes no facts and no session key, and still stops what was given.
func TestFrozen(t *testing.T) {
	w := newWorld(t)
	given := w.grant()
	open := w.answer(w.request(w.hospital), wallet.Choice{})
	w.ledger.set(given.Act.ID, func(*consent.GrantState) {})
	w.ledger.mu.Lock()
	w.ledger.roots[w.person.ID()], w.ledger.frozen = w.person.Seed.Root().Address(), true
	w.ledger.mu.Unlock()

	_, grantErr := w.gate.Grant(t.Context(), open)
	facts, sig, err := w.person.StateFacts(w.domain, testOrigin, consent.PolicyFacts{Minor: true}, w.time())
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"grant": grantErr,
		"facts": w.gate.StateFacts(t.Context(), facts, sig),
		"enrol": w.gate.Enrol(t.Context(), w.enrolCall(w.person)),
	} {
		if !errors.Is(err, consent.ErrFrozen) {
			t.Errorf("%s: %v, want frozen", name, err)
		}
	}
	stop := w.person.WithdrawAsIdentity(w.domain, given.Act.ID)
	if receipt, err := w.gate.Withdraw(t.Context(), given.Act.ID, stop); err != nil || receipt.Status != consent.StatusWithdrawn {
		t.Errorf("stopping while frozen: %+v, %v", receipt, err)
	}
}
