package ledgerref

import (
	"context"
	"testing"
)

// What holds on the embedded chain holds on a node that shares no code with it. The
// tests about the embedded chain's own ways (its heartbeat, its files) are not here.
func TestOnAnvil(t *testing.T) {
	embedded := w
	defer func() { w = embedded }()
	w = new(world)
	if err := w.openAnvil(context.Background(), t.TempDir()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	}()
	for _, test := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"open refuses", TestOpenRefuses},
		{"same code", TestSameCode},
		{"consent status", TestConsentStatusAgreesWithTheView},
		{"operator's acts", TestOperatorActs},
		{"grants", TestGrantState},
		{"other contracts", TestOtherContractsAreIgnored},
		{"root keys", TestRootKey},
		{"following again", TestFollowingAgain},
		{"institution's life", TestInstitutionLife},
		{"TLS keys", TestTLSKeys},
		{"institution's acts refused", TestInstitutionActsRefused},
		{"garbage", TestGarbageCostsNothing},
		{"submit refuses", TestSubmitRefuses},
		{"many acts", TestManyActs},
		{"withdrawals first", TestWithdrawalsGoFirst},
		{"full batches", TestFullBatchesFit},
		{"others' refusals", TestOthersRefusalsAreIgnored},
		{"following by RPC", TestFollowingByRPC},
	} {
		t.Run(test.name, test.run)
	}
}
