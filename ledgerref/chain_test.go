package ledgerref

import (
	"errors"
	"fmt"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/wrapious/wrappy/consent"
)

func TestOpenRefuses(t *testing.T) {
	good := w.chain.addresses
	tests := []struct {
		name   string
		change func(*Addresses)
		want   error
	}{
		{"another chain's id", func(a *Addresses) { a.ChainID++ }, ErrForeignChain},
		{"no code at the ledger's address", func(a *Addresses) { a.Consent = consent.Address{7} }, ErrForeignCode},
		{"no code at the keys' address", func(a *Addresses) { a.Keys = consent.Address{} }, ErrForeignCode},
		{"two contracts exchanged", func(a *Addresses) { a.Keys, a.Institutions = a.Institutions, a.Keys }, ErrForeignCode},
		{"the ledger three times", func(a *Addresses) { a.Keys, a.Institutions = a.Consent, a.Consent }, ErrForeignCode},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			addresses := good
			test.change(&addresses)
			if _, err := Open(t.Context(), w.client, addresses); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
	if _, err := Open(t.Context(), w.client, good); err != nil {
		t.Errorf("the right addresses: %v", err)
	}
}

func TestSameCode(t *testing.T) {
	code, err := w.client.CodeAt(t.Context(), common.Address(w.chain.addresses.Consent), nil)
	if err != nil {
		t.Fatal(err)
	}
	template := deployedCode("ConsentLedger")
	if !sameCode(code, template) {
		t.Fatal("our own contract is not recognised")
	}
	for at := 0; at < len(code); at += 97 { // a change anywhere but in an immutable is seen
		changed := append([]byte{}, code...)
		changed[at] ^= 1
		if sameCode(changed, template) && template[at] != 0 {
			t.Fatalf("a change at byte %d is not seen", at)
		}
	}
	for name, other := range map[string][]byte{"empty": nil, "shorter": code[:len(code)-1], "longer": append(append([]byte{}, code...), 0)} {
		if sameCode(other, template) {
			t.Errorf("%s code is taken for ours", name)
		}
	}
}

func TestConsentStatusAgreesWithTheView(t *testing.T) {
	key, id := account(t), consent.GrantID(random())
	check := func(want consent.Status) {
		t.Helper()
		direct, err := ConsentStatus(t.Context(), w.client, w.chain.addresses, key.Address(), id)
		if err != nil {
			t.Fatal(err)
		}
		followed, err := w.view.GrantState(t.Context(), key.Address(), id)
		if err != nil {
			t.Fatal(err)
		}
		if direct.Status != want || followed.Status != want || direct.GrantedAt != followed.GrantedAt || direct.Expires != followed.Expires {
			t.Errorf("chain %+v, view %+v, want %s", direct, followed, want)
		}
	}
	check(consent.StatusUnknown)
	grant := grantAct(w.chain.addresses, key, id)
	submit(t, grant)
	await(t, grant)
	check(consent.StatusGiven)
	block, err := w.transactor.Revoke(soon(t), key.Address(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.view.AwaitBlock(soon(t), block); err != nil {
		t.Fatal(err)
	}
	check(consent.StatusRevoked)
	withdrawal := withdrawAct(w.chain.addresses, key, id)
	submit(t, withdrawal)
	await(t, withdrawal)
	check(consent.StatusWithdrawn) // the person's own word replaces the operator's

	foreign := w.chain.addresses
	foreign.ChainID++
	if _, err := ConsentStatus(t.Context(), w.client, foreign, key.Address(), id); !errors.Is(err, ErrForeignChain) {
		t.Errorf("on a foreign chain: %v", err)
	}
	foreign = w.chain.addresses
	foreign.Consent = consent.Address{1, 2, 3}
	if _, err := ConsentStatus(t.Context(), w.client, foreign, key.Address(), id); !errors.Is(err, ErrForeignCode) {
		t.Errorf("where no contract is: %v", err)
	}
}

func TestOperatorActs(t *testing.T) {
	stranger := NewTransactor(w.chain, w.payer)
	key, id := account(t), consent.GrantID(random())
	tests := []struct {
		name string
		do   func() (uint64, error)
		want string
	}{
		{"revoke by who is not the operator", func() (uint64, error) { return stranger.Revoke(soon(t), key.Address(), id) }, "NotAllowed"},
		{"revoke of what was never granted", func() (uint64, error) { return w.transactor.Revoke(soon(t), key.Address(), id) }, "Unknown"},
		{"anchor of a log never opened", func() (uint64, error) { return w.transactor.Anchor(soon(t), "nowhere", 1, random()) }, "Unknown"},
		{"open log by whoever runs another vault", func() (uint64, error) { return stranger.OpenLog(soon(t), "other.test/log", random()) }, ""},
		{"open log without origin", func() (uint64, error) { return w.transactor.OpenLog(soon(t), "", random()) }, "Malformed"},
		{"open log", func() (uint64, error) { return w.transactor.OpenLog(soon(t), "vault.test/log", [32]byte{1}) }, ""},
		{"open log again", func() (uint64, error) { return w.transactor.OpenLog(soon(t), "vault.test/log", [32]byte{1}) }, "AlreadyDone"},
		{"anchor", func() (uint64, error) { return w.transactor.Anchor(soon(t), "vault.test/log", 5, [32]byte{2}) }, ""},
		{"anchor of somebody else's log", func() (uint64, error) { return stranger.Anchor(soon(t), "vault.test/log", 1<<60, [32]byte{3}) }, "NotAllowed"},
		{"the operator's of another vault's log", func() (uint64, error) { return w.transactor.Anchor(soon(t), "other.test/log", 1, [32]byte{3}) }, "NotAllowed"},
		{"anchor of the same size", func() (uint64, error) { return w.transactor.Anchor(soon(t), "vault.test/log", 5, [32]byte{3}) }, "AlreadyDone"},
		{"anchor of a smaller size", func() (uint64, error) { return w.transactor.Anchor(soon(t), "vault.test/log", 4, [32]byte{3}) }, "AlreadyDone"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := test.do()
			var refused *Refused
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (!errors.As(err, &refused) || refused.Reason != test.want):
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	logKey, size, root, err := w.chain.LogAnchor(t.Context(), "vault.test/log")
	if err != nil || size != 5 || root != [32]byte{2} || logKey != [32]byte{1} {
		t.Errorf("anchor on chain: %d %x %x %v", size, root, logKey, err)
	}
	if keeper, err := w.chain.LogKeeper(t.Context(), "other.test/log"); err != nil || keeper != w.payer.Address() {
		t.Errorf("keeper %v %v", keeper, err)
	}
	if keeper, err := w.chain.LogKeeper(t.Context(), "nowhere"); err != nil || keeper != (consent.Address{}) {
		t.Errorf("keeper of what is not there: %v %v", keeper, err)
	}
	if _, err := stranger.PassLog(soon(t), "other.test/log", w.transactor.account.Address()); err != nil {
		t.Error(err)
	}
	if _, err := w.transactor.Anchor(soon(t), "other.test/log", 1, [32]byte{4}); err != nil {
		t.Errorf("by who was passed the log: %v", err)
	}
	if _, _, _, err := w.chain.LogAnchor(t.Context(), "nowhere"); !errors.Is(err, consent.ErrNotFound) {
		t.Errorf("a log never opened: %v", err)
	}
}

func TestAccountPrintsRedacted(t *testing.T) {
	a := account(t)
	secret := common.Bytes2Hex(a.Bytes())
	again, err := AccountFromBytes(a.Bytes())
	if err != nil || again.Address() != a.Address() {
		t.Errorf("read back: %v", err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb, a); text != a.Address().String() {
			t.Errorf("%s prints %s (%d digits of a key are %d)", verb, text, len(secret), len(secret))
		}
	}
	for _, bad := range [][]byte{nil, make([]byte, 32), make([]byte, 31)} {
		if _, err := AccountFromBytes(bad); err == nil {
			t.Errorf("%d bytes taken for a key", len(bad))
		}
	}
}
