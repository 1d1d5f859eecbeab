package ledgerref

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

var updateVectors = flag.Bool("update", false, "write testdata/acts.json anew")

// What each act of an institution signs, docs/protocol/institution.md. TestColdKeyLifeOnAnvil
// and the other tests of acts hold the same against the contract.
func TestActVectors(t *testing.T) {
	a := Addresses{ChainID: 7, Institutions: consent.Address{19: 3}}
	key := must(AccountFromBytes(bytes.Repeat([]byte{1}, 32)))
	id, other := consent.InstitutionID{31: 1}, consent.InstitutionID{31: 2}
	cold, recovery := consent.Address{19: 4}, consent.Address{19: 5}
	signed := map[string]consent.Signature{
		"RemoveTlsKey":        SignTLSKeyRemoval(a, key, TLSKeyRemoval{Institution: id, KeyHash: consent.Digest{31: 6}, Nonce: 7, Deadline: 8}).Signature,
		"Attest":              SignAttestation(a, key, Attestation{Accreditor: id, Institution: other, Expires: 9, Nonce: 7, Deadline: 8}).Signature,
		"WithdrawAttestation": SignAttestationWithdrawal(a, key, AttestationWithdrawal{Accreditor: id, Institution: other, Nonce: 7, Deadline: 8}).Signature,
		"Suspend":             SignSuspension(a, key, Suspension{By: id, Institution: other, Nonce: 7, Deadline: 8}).Signature,
		"LiftSuspension":      SignSuspension(a, key, Suspension{By: id, Institution: other, Lift: true, Nonce: 7, Deadline: 8}).Signature,
	}
	for name, change := range map[string]ChangeKind{"RotateColdKey": ChangeRotateCold, "ChangeRecoveryKey": ChangeRecovery, "CancelChanges": ChangeCancel, "RecoverColdKey": ChangeRecover} {
		signed[name] = must(SignKeyChange(a, key, KeyChange{Institution: id, Change: change, ColdKey: cold, RecoveryKey: recovery, Nonce: 7, Deadline: 8})).Signature
	}
	const file = "testdata/acts.json"
	if *updateVectors {
		if err := os.WriteFile(file, append(must(json.MarshalIndent(signed, "", "  ")), '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var want map[string]consent.Signature
	if err := json.Unmarshal(must(os.ReadFile(file)), &want); err != nil {
		t.Fatal(err)
	}
	seen := map[consent.Signature]bool{}
	for name, signature := range signed {
		if want[name] != signature {
			t.Errorf("%s: another signature than the file has", name)
		}
		if seen[signature] {
			t.Errorf("%s: signed as another act", name)
		}
		seen[signature] = true
	}
	if len(want) != len(signed) {
		t.Errorf("%d in the file, %d here", len(want), len(signed))
	}
}
