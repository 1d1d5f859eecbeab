package ledgerref

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/wrapious/wrappy/consent"
)

// What holds on the embedded chain holds on a node that shares no code with it. The
// tests about the embedded chain's own ways (its heartbeat, its files) are not here.
func TestOnAnvil(t *testing.T) {
	onAnvil(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"open refuses", TestOpenRefuses},
		{"same code", TestSameCode},
		{"consent status", TestConsentStatusAgreesWithTheView},
		{"operator's acts", TestOperatorActs},
		{"verify", TestVerify},
		{"roles handed on", TestVerifySeesRolesHandedOn},
		{"grants", TestGrantState},
		{"other contracts", TestOtherContractsAreIgnored},
		{"root keys", TestRootKey},
		{"following again", TestFollowingAgain},
		{"institution's life", TestInstitutionLife},
		{"TLS keys", TestTLSKeys},
		{"attestations", TestAttestations},
		{"key changes", TestKeyChangesAreCharged},
		{"institution's acts refused", TestInstitutionActsRefused},
		{"garbage", TestGarbageCostsNothing},
		{"submit refuses", TestSubmitRefuses},
		{"many acts", TestManyActs},
		{"a withdrawal's signature", TestWithdrawalBringsItsSignature},
		{"withdrawals first", TestWithdrawalsGoFirst},
		{"full batches", TestFullBatchesFit},
		{"others' refusals", TestOthersRefusalsAreIgnored},
		{"following by RPC", TestFollowingByRPC},
		{"anchor proofs", TestAnchorProofFromTheChain},
	} {
		t.Run(test.name, test.run)
	}
}

// onAnvil makes a fresh anvil with the contracts the network of this test.
func onAnvil(t *testing.T, arguments ...string) {
	t.Helper()
	before := w
	w = new(world)
	if err := w.openAnvil(context.Background(), t.TempDir(), arguments...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
		w = before
	})
}

// carry carries acts of one kind in one transaction, from anvil's own account: its
// nonce follows every reorganisation.
func carry(t *testing.T, acts ...consent.Act) {
	t.Helper()
	items := make([]queued, len(acts))
	for i := range acts {
		items[i].act = acts[i]
	}
	to, data := pack(w.chain.addresses, acts[0].Kind, items)
	call(t, &to, data)
}

// call sends a transaction and returns once it is in a block, with the contract that it made.
func call(t *testing.T, to *common.Address, data []byte) common.Address {
	t.Helper()
	var hash common.Hash
	transaction := map[string]any{"from": w.operator.address(), "data": hexutil.Bytes(data), "gas": hexutil.Uint64(maxGas / 2)}
	if to != nil {
		transaction["to"] = to
	}
	w.node.Call(t, &hash, "eth_sendTransaction", transaction)
	for ctx := soon(t); ; {
		receipt, err := w.client.TransactionReceipt(ctx, hash)
		if err == nil && receipt.Status == types.ReceiptStatusSuccessful {
			return receipt.ContractAddress
		}
		if err == nil || !errors.Is(err, ethereum.NotFound) {
			t.Fatalf("transaction: %v, %+v", err, receipt)
		}
	}
}

// stepped is a view of the anvil that moves only when the test says so. Second may be nil.
func stepped(t *testing.T, config ViewConfig, first, second *Client) *View {
	t.Helper()
	if config.Dir == "" {
		config.Dir = t.TempDir()
	}
	v := must(newView(w.chain, config, endpoint{first}))
	if second != nil {
		v.second = endpoint{second}
	}
	v.cancel = func() {}
	t.Cleanup(func() { _ = v.Close() })
	if err := v.open(soon(t)); err != nil {
		t.Fatal(err)
	}
	return v
}

// look makes every watcher of a view pass once.
func look(t *testing.T, v *View) (failed error) {
	t.Helper()
	for _, watcher := range v.watchers() {
		failed = errors.Join(failed, watcher.pass(soon(t)))
	}
	return failed
}

// tamper changes the result of a method, or leaves it.
type tamper func(method string, params, result []byte) []byte

// liar is an endpoint between a view and the anvil. Its lies can be exchanged while it runs.
type liar struct {
	*Client
	lies atomic.Pointer[tamper]
}

func (l *liar) lie(f tamper) { l.lies.Store(&f) }

func (l *liar) behave() { l.lies.Store(nil) }

// newLiar starts one that does not lie yet.
func newLiar(t *testing.T) *liar {
	t.Helper()
	l := new(liar)
	upstream := w.node.URL("http")
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var question struct {
			Method string
			Params json.RawMessage
		}
		if err == nil {
			err = json.Unmarshal(body, &question)
		}
		if err != nil {
			http.Error(out, "batches are not for this test", http.StatusBadRequest)
			return
		}
		response, err := http.Post(upstream, "application/json", bytes.NewReader(body))
		if err != nil {
			http.Error(out, "upstream", http.StatusBadGateway)
			return
		}
		defer func() { _ = response.Body.Close() }()
		var answer map[string]json.RawMessage
		if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
			http.Error(out, "upstream", http.StatusBadGateway)
			return
		}
		if lies := l.lies.Load(); lies != nil && answer["result"] != nil {
			answer["result"] = (*lies)(question.Method, question.Params, answer["result"])
		}
		out.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(out).Encode(answer)
	}))
	t.Cleanup(server.Close)
	client, err := Dial(t.Context(), server.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	l.Client = client
	return l
}
