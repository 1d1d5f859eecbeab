package ledgerref

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// editing makes a lie of one method out of a change of its decoded result.
func editing[T any](method string, edit func(result *T)) tamper {
	return func(asked string, _, result []byte) []byte {
		var decoded T
		if asked != method || json.Unmarshal(result, &decoded) != nil {
			return result
		}
		edit(&decoded)
		changed, err := json.Marshal(decoded)
		if err != nil {
			panic(err)
		}
		return changed
	}
}

type object = map[string]any

// editingLogs changes the logs of an answer, by range or in receipts.
func editingLogs(edit func([]object) []object) tamper {
	inRange := editing("eth_getLogs", func(logs *[]object) { *logs = edit(*logs) })
	inReceipts := editing("eth_getBlockReceipts", func(receipts *[]object) {
		for _, receipt := range *receipts {
			var logs []object
			raw, _ := json.Marshal(receipt["logs"])
			_ = json.Unmarshal(raw, &logs)
			receipt["logs"] = edit(logs)
		}
	})
	return func(method string, params, result []byte) []byte {
		return inReceipts(method, params, inRange(method, params, result))
	}
}

func replacing(old, new string) tamper {
	return func(_ string, _, result []byte) []byte { return bytes.ReplaceAll(result, []byte(old), []byte(new)) }
}

func editingHeader(edit func(object)) tamper {
	return editing("eth_getBlockByNumber", func(header *object) {
		if *header != nil {
			edit(*header)
		}
	})
}

// lieCase is a lie, told about a chain with a forged key's honest sibling in it.
type lieCase struct {
	name  string
	lie   tamper
	about string // logs, receipts, blooms, headers
}

// lies are told of a chain that holds the honest TLS key's hash.
func lies(honest, forged [32]byte) []lieCase {
	var none []object
	return []lieCase{
		{"drops every log", editingLogs(func([]object) []object { return []object{} }), "logs"},
		{"drops the newest log", editingLogs(func(logs []object) []object { return logs[:max(len(logs), 1)-1] }), "logs"},
		{"says a log twice", editingLogs(func(logs []object) []object { return append(logs, logs...) }), "logs"},
		{"adds a log", editingLogs(func(logs []object) []object {
			if len(logs) == 0 {
				return logs
			}
			more := maps.Clone(logs[0])
			more["logIndex"], more["topics"] = "0x63", []string{withdrawnTopic.Hex(), fmt.Sprintf("0x%x", forged)}
			return append(logs, more)
		}), "logs"},
		{"adds a log of another contract", editingLogs(func(logs []object) []object {
			if len(logs) == 0 {
				return logs
			}
			more := maps.Clone(logs[len(logs)-1])
			more["logIndex"], more["address"] = "0x63", fmt.Sprintf("0x%x", forged[:20])
			return append(logs, more)
		}), "logs"},
		{"says that another contract wrote the logs", editingLogs(func(logs []object) []object {
			for _, log := range logs {
				log["address"] = fmt.Sprintf("0x%x", forged[:20])
			}
			return logs
		}), "logs"},
		{"gives the logs in another order", editingLogs(func(logs []object) []object {
			slices.Reverse(logs)
			return logs
		}), "logs"},
		{"forges an institution's key", replacing(fmt.Sprintf("%x", honest), fmt.Sprintf("%x", forged)), "logs"},
		{"alters a log's data", editingLogs(func(logs []object) []object {
			for _, log := range logs {
				log["data"] = "0x" + strings.Repeat("11", 32)
			}
			return logs
		}), "logs"},
		{"gives no receipts", editing("eth_getBlockReceipts", func(r *[]object) { *r = none }), "receipts"},
		{"gives an empty receipt", editing("eth_getBlockReceipts", func(r *[]object) { *r = []object{nil} }), "receipts"},
		{"alters the head's time", editingHeader(func(h object) { h["timestamp"] = "0x7fffffff" }), "headers"},
		{"empties the blooms", editingHeader(func(h object) { h["logsBloom"] = "0x" + strings.Repeat("00", 256) }), "blooms"},
		{"answers another block", editingHeader(func(h object) { h["number"] = "0x1" }), "headers"},
		{"gives a block another parent", editingHeader(func(h object) { h["parentHash"] = fmt.Sprintf("0x%x", forged) }), "headers"},
		{"has another receipts root", editingHeader(func(h object) { h["receiptsRoot"] = fmt.Sprintf("0x%x", forged) }), "headers"},
	}
}

// stage is a chain with one institution and one grant, of which a view knows nothing yet.
type stage struct {
	key            *Account
	grant          consent.GrantID
	honest, forged [32]byte
	id             consent.InstitutionID
}

// act puts an institution's key and a grant on the chain.
func act(t *testing.T, o organisation, registration Registration) stage {
	t.Helper()
	transactor := NewTransactor(w.chain, w.operator)
	if _, err := transactor.RegisterInstitutions(soon(t), registration); err != nil {
		t.Fatal(err)
	}
	if _, err := transactor.AddTLSKey(soon(t), o.addKey(t)); err != nil {
		t.Fatal(err)
	}
	s := stage{key: account(t), grant: random(), honest: must(KeyHash(&o.tls.PublicKey)), forged: random(), id: o.id}
	carry(t, grantAct(w.chain.addresses, s.key, s.grant))
	return s
}

// untouched fails if a view has believed anything.
func (s stage) untouched(t *testing.T, v *View) {
	t.Helper()
	for _, hash := range [][32]byte{s.honest, s.forged} {
		if _, err := v.InstitutionByKeyHash(t.Context(), hash); !errors.Is(err, consent.ErrUnknownInstitution) {
			t.Errorf("an institution's key was taken: %v", err)
		}
	}
	if got := status(t, v, s.key.Address(), s.grant); got != consent.StatusUnknown {
		t.Errorf("the grant is %s", got)
	}
}

// believed fails if a view does not hold what the chain does.
func (s stage) believed(t *testing.T, v *View) {
	t.Helper()
	step(t, v)
	if got, err := v.InstitutionByKeyHash(t.Context(), s.honest); err != nil || got.ID != s.id {
		t.Errorf("without lies: %v", err)
	}
	if got := status(t, v, s.key.Address(), s.grant); got != consent.StatusGiven {
		t.Errorf("without lies: the grant is %s", got)
	}
}

// Whichever of two endpoints lies, and however: nothing is confirmed and the view
// grows stale, until they agree again.
func TestTwoEndpointsDisagree(t *testing.T) {
	for name, network := range map[string]struct {
		arguments []string
		blocks    int // mined at the end
		config    ViewConfig
		unasked   func(about string, source int) bool // lies that nobody hears
	}{
		"block by block": {[]string{"--slots-in-an-epoch", "1000"}, 0, ViewConfig{Confirm: ConfirmHead},
			func(about string, source int) bool { return source == 1 && (about == "logs" || about == "receipts") }}, // the agreed header proves the first's
		"by ranges": {[]string{"--slots-in-an-epoch", "1"}, 2 * rangeFrom, ViewConfig{Confirm: ConfirmHead},
			func(about string, _ int) bool { return about == "receipts" || about == "blooms" }},
		"by both's logs": {[]string{"--slots-in-an-epoch", "1000"}, 0, ViewConfig{Confirm: ConfirmHead, LogsOfBoth: true},
			func(about string, _ int) bool { return about == "receipts" }},
	} {
		t.Run(name, func(t *testing.T) {
			onAnvil(t, network.arguments...)
			liar, honest := newLiar(t), newLiar(t)
			o, registration := organise(t, "Clinic", consent.KindClinic)
			s := act(t, o, registration)
			w.node.Mine(t, network.blocks)
			for _, test := range lies(s.honest, s.forged) {
				for source, pair := range [][2]*Client{{liar.Client, honest.Client}, {honest.Client, liar.Client}} {
					liar.behave()
					v := begun(t, network.config, pair[0], pair[1])
					liar.lie(test.lie)
					err := v.step(soon(t))
					if (err == nil) != network.unasked(test.about, source) {
						t.Errorf("%s as source %d: %v", test.name, source+1, err)
					}
					if err != nil {
						s.untouched(t, v)
						if v.polled.Load() != 0 || v.head.Load() > v.cursor.Time {
							t.Errorf("%s as source %d: the view is fresh", test.name, source+1)
						}
					}
					liar.behave()
					s.believed(t, v)
				}
			}
		})
	}
}

// begun is a view that has not followed anything yet.
func begun(t *testing.T, config ViewConfig, first, second *Client) *View {
	t.Helper()
	config.Dir = t.TempDir()
	v := must(newView(w.chain, config, endpoint{first}))
	if second != nil {
		v.second = endpoint{second}
	}
	v.cancel = func() {}
	t.Cleanup(func() { _ = v.Close() })
	if err := v.begin(soon(t)); err != nil {
		t.Fatal(err)
	}
	return v
}

// What one endpoint cannot do alone, where blocks are followed one by one: give other
// logs than the header that it gave commits to.
func TestOneEndpointIsHeldToItsHeaders(t *testing.T) {
	onAnvil(t, "--slots-in-an-epoch", "1000")
	source := newLiar(t)
	o, registration := organise(t, "Clinic", consent.KindClinic)
	s := act(t, o, registration)
	for _, test := range lies(s.honest, s.forged) {
		source.behave()
		v := begun(t, ViewConfig{Confirm: ConfirmHead}, source.Client, nil)
		source.lie(test.lie)
		if v.step(soon(t)) == nil {
			t.Errorf("%s: believed", test.name)
		}
		s.untouched(t, v)
		source.behave()
		s.believed(t, v)
	}
}

// Endpoints that disagree stop grants, never withdrawals: those of either count.
func TestDisagreementNeverStopsWithdrawals(t *testing.T) {
	onAnvil(t, "--slots-in-an-epoch", "1000")
	a, key := w.chain.addresses, account(t)
	before, during := consent.GrantID(random()), consent.GrantID(random())
	carry(t, grantAct(a, key, before))
	first, second := newLiar(t), newLiar(t)
	dir := t.TempDir()
	views := []*View{stepped(t, ViewConfig{Dir: dir, Confirm: ConfirmHead}, first.Client, second.Client), stepped(t, ViewConfig{Confirm: ConfirmHead}, second.Client, first.Client)}
	carry(t, grantAct(a, key, during))
	carry(t, withdrawAct(a, key, before))

	// the liar has another chain and says nothing of the withdrawal
	drop := editing("eth_getLogs", func(logs *[]object) { *logs = []object{} })
	alter := editingHeader(func(h object) { h["extraData"] = "0x66" })
	first.lie(func(method string, params, result []byte) []byte {
		return alter(method, params, drop(method, params, result))
	})
	for i, v := range views {
		if err := v.step(soon(t)); !errors.Is(err, errDisagree) {
			t.Fatalf("the liar as source %d: %v", i+1, err)
		}
		if err := look(t, v); err != nil {
			t.Fatal(err)
		}
		if got := status(t, v, key.Address(), during); got != consent.StatusUnknown {
			t.Errorf("a grant in disagreement: %s", got)
		}
		state := must(v.GrantState(t.Context(), key.Address(), before))
		if state.Status != consent.StatusWithdrawn || state.Withdrawal != withdrawAct(a, key, before).Signature {
			t.Errorf("the liar as source %d: a withdrawal that the other has: %+v", i+1, state)
		}
	}

	// the vault starts again meanwhile: stale, and with the withdrawal
	if err := views[0].Close(); err != nil {
		t.Fatal(err)
	}
	again := must(Follow(soon(t), &Chain{client: first.Client, addresses: a}, ViewConfig{Dir: dir, Confirm: ConfirmHead, Second: second.Client, Poll: 20 * time.Millisecond}))
	defer func() { _ = again.Close() }()
	if view := must(again.View(t.Context())); view.Age < time.Hour {
		t.Errorf("age %v without any agreement", view.Age)
	}
	later := consent.GrantID(random())
	carry(t, withdrawAct(a, key, later))
	if err := again.await(soon(t), func() (bool, error) {
		signature, err := again.withdrawal(refOf(key.Address(), later))
		return signature != consent.Signature{}, err
	}); err != nil {
		t.Errorf("a withdrawal in disagreement: %v", err)
	}
	if got := status(t, again, key.Address(), before); got != consent.StatusWithdrawn {
		t.Errorf("%s after a restart", got)
	}
	if _, err := Follow(soon(t), &Chain{client: first.Client, addresses: a}, ViewConfig{Dir: t.TempDir(), Confirm: ConfirmHead, Second: second.Client}); !errors.Is(err, errDisagree) {
		t.Errorf("a view that knows nothing yet: %v", err)
	}
	first.behave()
	for ctx := soon(t); must(again.GrantState(ctx, key.Address(), during)).Status != consent.StatusGiven; {
		select {
		case <-again.Changed():
		case <-ctx.Done():
			t.Fatal("no agreement again")
		}
	}
}

// An endpoint cannot make up a withdrawal that counts before the chain confirms it.
func TestWithdrawalsCannotBeMadeUp(t *testing.T) {
	onAnvil(t, "--slots-in-an-epoch", "1000")
	a, key, thief := w.chain.addresses, account(t), account(t)
	id, other := consent.GrantID(random()), consent.GrantID(random())
	carry(t, grantAct(a, key, id))
	source, dir := newLiar(t), t.TempDir()
	v := stepped(t, ViewConfig{Dir: dir, Confirm: ConfirmHead}, source.Client, nil)
	ref := refOf(key.Address(), id)
	foreign := a
	foreign.ChainID++
	byThief := withdrawAct(a, thief, id)
	byThief.Key = key.Address()
	asGrant := grantAct(a, key, id)
	asGrant.Kind = consent.ActWithdraw
	otherChain := withdrawAct(foreign, key, id)
	for name, act := range map[string]consent.Act{
		"another key's signature": byThief, "the signature of a grant": asGrant, "for another chain": otherChain,
		"of another grant": withdrawAct(a, key, other), "of the same grant by another key": withdrawAct(a, thief, id),
	} {
		_, data := pack(a, consent.ActWithdraw, []queued{{act: act}})
		log := object{"address": a.Consent.String(), "topics": []string{withdrawnTopic.Hex(), fmt.Sprintf("0x%x", ref)}, "data": "0x", "blockNumber": "0x1",
			"transactionHash": fmt.Sprintf("0x%x", random()), "transactionIndex": "0x0", "blockHash": fmt.Sprintf("0x%x", random()), "logIndex": "0x0", "removed": false}
		logs := editing("eth_getLogs", func(l *[]object) { *l = []object{log} })
		source.lie(func(method string, params, result []byte) []byte {
			if method == "eth_getTransactionByBlockHashAndIndex" {
				return must(json.Marshal(object{"to": a.Consent.String(), "input": fmt.Sprintf("0x%x", data)}))
			}
			return logs(method, params, result)
		})
		w.node.Mine(t, 1)
		if err := look(t, v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := status(t, v, key.Address(), id); got != consent.StatusGiven {
			t.Errorf("%s: %s", name, got)
		}
	}
	// a transaction that cannot be had now is asked for again
	source.lie(func(method string, _, result []byte) []byte {
		if method == "eth_getTransactionByBlockHashAndIndex" {
			return []byte("null")
		}
		return result
	})
	carry(t, withdrawAct(a, key, id))
	if err := look(t, v); err == nil {
		t.Error("a transaction that is not there was passed over")
	}
	if err := v.Close(); err != nil { // a start in between must not forget it either
		t.Fatal(err)
	}
	v = stepped(t, ViewConfig{Dir: dir, Confirm: ConfirmHead}, source.Client, nil)
	source.behave()
	if err := look(t, v); err != nil || must(v.GrantState(t.Context(), key.Address(), id)).Withdrawal != withdrawAct(a, key, id).Signature {
		t.Errorf("the withdrawal is not found afterwards: %v", err)
	}
}

// An endpoint that starts anew, far behind, must not make the view forget.
func TestAnEndpointFarBehindUndoesNothing(t *testing.T) {
	onAnvil(t, "--slots-in-an-epoch", "1000")
	a, key, id := w.chain.addresses, account(t), consent.GrantID(random())
	carry(t, grantAct(a, key, id))
	late := newLiar(t)
	for name, pair := range map[string][2]*Client{"the first": {late.Client, w.client}, "the second": {w.client, late.Client}} {
		late.behave()
		v := stepped(t, ViewConfig{Confirm: ConfirmHead}, pair[0], pair[1])
		w.node.Mine(t, ringLength+10)
		step(t, v)
		var first json.RawMessage
		w.node.Call(t, &first, "eth_getBlockByNumber", "0x1", false)
		late.lie(func(method string, params, result []byte) []byte {
			switch {
			case method != "eth_getBlockByNumber" || bytes.Contains(params, []byte(`"0x1"`)):
				return result
			case bytes.Contains(params, []byte("0x")):
				return []byte("null")
			}
			return first
		})
		if err := v.step(soon(t)); !errors.Is(err, errBehind) {
			t.Errorf("%s is far behind: %v", name, err)
		}
		if got := status(t, v, key.Address(), id); got != consent.StatusGiven {
			t.Errorf("%s is far behind: %s", name, got)
		}
	}
}
