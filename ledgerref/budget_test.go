package ledgerref

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/fxamacker/cbor/v2"

	"github.com/wrapious/wrappy/consent"
)

// beside is a relayer beside the world's, without its worker.
func beside(t *testing.T, dir string, budgets Budgets) *Relayer {
	t.Helper()
	r := must(newRelayer(w.view, NewTransactor(w.chain, w.payer), RelayerConfig{Dir: dir, Sealer: newTestSealer(8), Budgets: budgets}))
	t.Cleanup(func() { _ = r.outbox.close() })
	return r
}

func TestBudgetsPerInstitution(t *testing.T) {
	a, dir := w.chain.addresses, t.TempDir()
	budgets := Budgets{Grants: 2, Invited: 1, Uninvited: 1}
	hospital, clinic := consent.InstitutionID(random()), consent.InstitutionID(random())
	grantFor := func(id consent.InstitutionID) consent.Act {
		act := grantAct(a, account(t), random())
		act.For = id
		return act
	}
	registerFor := func(id consent.InstitutionID) consent.Act {
		act, _ := registerAct(a, account(t))
		act.For = id
		return act
	}
	withdraw := withdrawAct(a, account(t), random())
	withdraw.For = hospital
	first, forged := grantFor(hospital), grantFor(clinic)
	forged.Signature = consent.Signature{}
	nobody := consent.InstitutionID{}
	restart := consent.Act{}
	var r *Relayer
	for _, step := range []struct {
		name string
		act  consent.Act
		want error
	}{
		{"restart", restart, nil},
		{"the hospital's first grant", first, nil},
		{"the same again, free", first, nil},
		{"its second", grantFor(hospital), nil},
		{"its third", grantFor(hospital), consent.ErrBudget},
		{"the first again, when all is used up", first, nil},
		{"a forged one, free", forged, consent.ErrSignature},
		{"the clinic's first", grantFor(clinic), nil},
		{"restart", restart, nil},
		{"the hospital's after a restart", grantFor(hospital), consent.ErrBudget},
		{"the clinic's second", grantFor(clinic), nil},
		{"the clinic's third", grantFor(clinic), consent.ErrBudget},
		{"a withdrawal, of whom nothing is left", withdraw, nil},
		{"another", withdrawAct(a, account(t), random()), nil},
		{"a person invited by the clinic", registerFor(clinic), nil},
		{"a second", registerFor(clinic), consent.ErrBudget},
		{"one invited by the hospital", registerFor(hospital), nil},
		{"one that nobody invited", registerFor(nobody), nil},
		{"a second that nobody invited", registerFor(nobody), consent.ErrBudget},
		{"grants of nobody's: one", grantFor(nobody), nil},
		{"two", grantFor(nobody), nil},
		{"three", grantFor(nobody), consent.ErrBudget},
	} {
		if step.act == restart {
			if r != nil {
				if err := r.outbox.close(); err != nil {
					t.Fatal(err)
				}
			}
			r = beside(t, dir, budgets)
			continue
		}
		if step.want != consent.ErrSignature { //nolint:errorlint // a row of the table
			if err := r.Affords(t.Context(), step.act); !errors.Is(err, step.want) {
				t.Errorf("%s: Affords: got %v, want %v", step.name, err, step.want)
			}
		}
		if err := r.Submit(t.Context(), step.act); !errors.Is(err, step.want) {
			t.Errorf("%s: got %v, want %v", step.name, err, step.want)
		}
	}
	if n := r.Pending(); n != 11 {
		t.Errorf("%d acts were taken, want 11", n)
	}
}

func TestInstitutionsOwnActsAreCharged(t *testing.T) {
	r := beside(t, t.TempDir(), Budgets{Uninvited: 1, Institution: 1})
	clinic, registration := organise(t, "A clinic", consent.KindClinic)
	_, second := organise(t, "Another", consent.KindClinic)
	bad := registration
	bad.Deadline = 1
	bad.Signature = clinic.cold.Sign(bad.digest(w.chain.addresses))
	var refused *Refused
	if _, err := r.transactor.RegisterInstitutions(soon(t), bad); !errors.As(err, &refused) {
		t.Fatalf("a late registration: %v", err)
	}
	block, err := r.transactor.RegisterInstitutions(soon(t), registration)
	if err != nil {
		t.Fatalf("what was refused was charged: %v", err)
	}
	if _, err := r.transactor.RegisterInstitutions(soon(t), second); !errors.Is(err, consent.ErrBudget) {
		t.Errorf("a second registration: %v", err)
	}
	if err := w.view.AwaitBlock(soon(t), block); err != nil {
		t.Fatal(err)
	}
	key := clinic.addKey(t)
	if _, err := r.transactor.AddTLSKey(soon(t), key); err != nil {
		t.Fatal(err)
	}
	hash := must(KeyHash(clinic.tls.Public()))
	removal := SignTLSKeyRemoval(w.chain.addresses, clinic.cold, TLSKeyRemoval{Institution: clinic.id, KeyHash: hash, Nonce: nonce(t, clinic.id, clinic.id), Deadline: unixNow() + 600})
	if _, err := r.transactor.RemoveTLSKey(soon(t), removal); err != nil {
		t.Errorf("removing a key is never refused: %v", err)
	}
	again := clinic
	again.tls = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	key = again.addKey(t)
	key.Nonce = nonce(t, clinic.id, clinic.id)
	if _, err := r.transactor.AddTLSKey(soon(t), key); !errors.Is(err, consent.ErrBudget) {
		t.Errorf("a second key: %v", err)
	}
}

// The counters by themselves: a new day, and a clock that is set back.
func TestBudgetDays(t *testing.T) {
	day, dir := uint64(100), t.TempDir()
	open := func() *outbox {
		box, _, err := openOutbox(dir, newTestSealer(8), Budgets{Grants: 1}, func() uint64 { return day })
		if err != nil {
			t.Fatal(err)
		}
		return box
	}
	mine := charge{classGrant, consent.InstitutionID{1}}
	box := open()
	for _, step := range []struct {
		day  uint64
		want error
	}{{100, nil}, {100, consent.ErrBudget}, {99, consent.ErrBudget}, {101, nil}, {100, consent.ErrBudget}, {101, consent.ErrBudget}, {102, nil}} {
		day = step.day
		if err := box.charge(mine); !errors.Is(err, step.want) {
			t.Errorf("day %d: got %v, want %v", step.day, err, step.want)
		}
		if err := box.close(); err != nil { // as if at each step
			t.Fatal(err)
		}
		box = open()
	}
	if err := box.charge(charge{classGrant, consent.InstitutionID{2}}); err != nil {
		t.Errorf("another institution: %v", err)
	}
	if err := box.close(); err != nil {
		t.Fatal(err)
	}
	if err := box.charge(charge{classGrant, consent.InstitutionID{3}}); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("a closed outbox charged: %v", err)
	}
}

func TestDailyBudgetInWei(t *testing.T) {
	a, dir := w.chain.addresses, t.TempDir()
	config := RelayerConfig{Dir: dir, Sealer: newTestSealer(8), Budgets: Budgets{Wei: big.NewInt(1)}}
	r := must(NewRelayer(w.view, NewTransactor(w.chain, w.payer), config))
	grant, withdraw := grantAct(a, account(t), random()), withdrawAct(a, account(t), random())
	for _, act := range []consent.Act{grant, withdraw} {
		if err := r.Submit(t.Context(), act); err != nil {
			t.Fatal(err)
		}
	}
	await(t, withdraw) // whatever the budget
	eventually(t, "waiting for the budget", func() bool {
		s := r.Status()
		return s.Waiting == WaitingBudget && s.Pending == 1 && s.InFlight == 0
	})
	spent := r.Status().Spent
	if spent.Sign() <= 0 {
		t.Error("the withdrawal's cost is not counted")
	}
	if got := status(t, w.view, grant.Key, grant.Grant); got != consent.StatusUnknown {
		t.Errorf("the grant went: %s", got)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	config.Budgets.Wei = new(big.Int).Add(spent, big.NewInt(1e18))
	r = must(NewRelayer(w.view, NewTransactor(w.chain, w.payer), config))
	defer func() { _ = r.Close() }()
	await(t, grant)
	drained(t, r)
	if now := r.Status().Spent; now.Cmp(spent) <= 0 {
		t.Errorf("a restart forgot what was spent: %v, before %v", now, spent)
	}
}

// answer is a node's error.
type answer string

func (a answer) Error() string  { return string(a) }
func (a answer) ErrorCode() int { return -32000 }

func TestVerdicts(t *testing.T) {
	for _, row := range []struct {
		err  error
		want verdict
	}{
		{nil, accepted},
		{answer("already known"), accepted},
		{answer("Nonce too low: next"), nonceUsed},
		{answer("replacement transaction underpriced"), underpriced},
		{answer("max fee per gas less than block base fee"), underpriced},
		{answer("insufficient funds for gas * price + value"), refused},
		{answer("invalid chain id"), refused},
		{answer(""), refused},
		{io.EOF, unclear},
		{errors.New("already known"), unclear}, // not a node's word
		{rpc.HTTPError{StatusCode: 503}, unclear},
	} {
		if got := verdictOf(row.err); got != row.want {
			t.Errorf("%v: got %d, want %d", row.err, got, row.want)
		}
	}
}

func TestErrorsTellNothing(t *testing.T) {
	const secret = "credential-in-the-url"
	for _, err := range []error{
		answer("boom " + secret), rpc.HTTPError{StatusCode: 502, Body: []byte(secret)}, errors.New(secret),
		&net.OpError{Op: "dial", Net: "tcp", Err: errors.New(secret)},
	} {
		told := noAnswer("send", err)
		if strings.Contains(told.Error(), secret) || !errors.Is(told, consent.ErrUnavailable) {
			t.Errorf("told: %v", told)
		}
	}
	client := must(Dial(t.Context(), "http://user:"+secret+"@127.0.0.1:1/"+secret))
	broken := NewTransactor(&Chain{client: client, addresses: w.chain.addresses}, w.payer)
	to := common.Address{1}
	if _, err := broken.do(soon(t), &to, []byte(secret)); err == nil || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("told: %v", err)
	}
}

// What earlier versions stored can be read, and the formats stay.
func TestOutboxFormats(t *testing.T) {
	act := consent.Act{Kind: consent.ActWithdraw, Key: consent.Address{1}, Grant: consent.GrantID{2}}
	var r actRecord
	if err := cbor.Unmarshal(encode(act), &r); err != nil || r.Act != act || r.Taken != 0 {
		t.Errorf("an act of before there were times: %+v, %v", r, err)
	}
	if err := cbor.Unmarshal(encode(actRecord{act, 7}), &r); err != nil || r.Act != act || r.Taken != 7 {
		t.Errorf("an act: %+v, %v", r, err)
	}
	for _, vector := range []struct {
		record any
		want   string
	}{
		{flightRecord{Kind: consent.ActGrant, Acts: []uint64{3, 1}, To: common.Address{0xaa}, Gas: 21000, Attempts: []attemptRecord{{Tip: big.NewInt(1), Fee: big.NewInt(300), Hash: common.Hash{0xbb}}}}, "88656772616e7482030154aa00000000000000000000000000000000000000f6195208f481830119012c5820bb" + strings.Repeat("00", 31) + "f4"},
		{countRecord{Day: 20000, Class: classGrant, Payer: consent.InstitutionID{0xcc}, Count: 5}, "84194e20015820cc" + strings.Repeat("00", 31) + "05"},
		{spentRecord{Day: 20000, Wei: big.NewInt(1e15)}, "82194e201b00038d7ea4c68000"},
	} {
		if got := hex.EncodeToString(encode(vector.record)); got != vector.want {
			t.Errorf("%T: got %s, want %s", vector.record, got, vector.want)
		}
	}
}
