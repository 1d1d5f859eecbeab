package contracts_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/core/vm/runtime"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"

	"github.com/wrapious/wrappy/ledgerref/contracts"
)

const now = 1_800_000_000

var (
	admin    = common.HexToAddress("0xad")
	operator = common.HexToAddress("0x0b")
	anyone   = common.HexToAddress("0xaa")
)

// evm runs the artefacts as the embedded chain would.
type evm struct {
	t     *testing.T
	state *state.StateDB
}

func newEVM(t *testing.T) *evm {
	t.Helper()
	db, err := state.New(types.EmptyRootHash, state.NewDatabaseForTesting())
	if err != nil {
		t.Fatal(err)
	}
	return &evm{t, db}
}

func (e *evm) config(from common.Address) *runtime.Config {
	zero := uint64(0)
	chain := *params.AllDevChainProtocolChanges
	chain.BogotaTime = nil
	chain.OsakaTime = &zero
	return &runtime.Config{
		ChainConfig: &chain, State: e.state, Origin: from, Time: now, BlockNumber: big.NewInt(7), GasLimit: 16_000_000,
	}
}

func (e *evm) deploy(bin string, args []byte) common.Address {
	e.t.Helper()
	_, address, _, err := runtime.Create(append(hexutil.MustDecode(bin), args...), e.config(admin))
	if err != nil {
		e.t.Fatal(err)
	}
	return address
}

// call carries out a transaction; on a revert the result is its reason.
func (e *evm) call(from, to common.Address, input []byte) ([]byte, error) {
	out, _, err := runtime.Call(to, input, e.config(from))
	return out, err
}

func (e *evm) must(from, to common.Address, input []byte) []byte {
	e.t.Helper()
	out, err := e.call(from, to, input)
	if err != nil {
		e.t.Fatalf("%v: %x", err, out)
	}
	return out
}

func (e *evm) lastLog() *types.Log {
	logs := e.state.Logs()
	return logs[len(logs)-1]
}

func sign(t *testing.T, key *ecdsa.PrivateKey, domain [32]byte, typeString string, words ...any) []byte {
	t.Helper()
	act := crypto.Keccak256([]byte(typeString))
	for _, word := range words {
		switch word := word.(type) {
		case [32]byte:
			act = append(act, word[:]...)
		case common.Address:
			act = append(act, common.LeftPadBytes(word[:], 32)...)
		case uint64:
			act = append(act, common.BigToHash(new(big.Int).SetUint64(word)).Bytes()...)
		default:
			t.Fatalf("no encoding for %T", word)
		}
	}
	digest := crypto.Keccak256([]byte{0x19, 1}, domain[:], crypto.Keccak256(act))
	signature, err := crypto.Sign(digest, key)
	if err != nil {
		t.Fatal(err)
	}
	signature[64] += 27
	return signature
}

func newKey(t *testing.T) (*ecdsa.PrivateKey, common.Address) {
	t.Helper()
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key, crypto.PubkeyToAddress(key.PublicKey)
}

func TestConsentLedgerThroughBindings(t *testing.T) {
	chain, ledger := newEVM(t), contracts.NewConsentLedger()
	at := chain.deploy(contracts.ConsentLedgerMetaData.Bin, ledger.PackConstructor(admin, operator))
	domain, err := ledger.UnpackDomainSeparator(chain.must(anyone, at, ledger.PackDomainSeparator()))
	if err != nil {
		t.Fatal(err)
	}
	key, address := newKey(t)
	id := [32]byte{1}
	expiry, deadline := uint64(now/86400+30)*86400, uint64(now+60)
	grant := sign(t, key, domain, "Grant(bytes32 id,uint64 expiry,uint64 deadline)", id, expiry, deadline)
	withdraw := sign(t, key, domain, "Withdraw(bytes32 id)", id)

	chain.must(anyone, at, ledger.PackGrant(address, id, expiry, deadline, grant))
	granted, err := ledger.UnpackGrantedEvent(chain.lastLog())
	if err != nil {
		t.Fatal(err)
	}
	if want := crypto.Keccak256Hash(common.LeftPadBytes(address[:], 32), id[:]); granted.Ref != want {
		t.Errorf("ref %x, want %x", granted.Ref, want)
	}
	if granted.Expiry.Uint64() != expiry {
		t.Errorf("expiry %v, want %d", granted.Expiry, expiry)
	}

	items := []contracts.GrantItem{{Key: address, Id: id, Expiry: expiry, Deadline: deadline, Signature: []byte("short")}}
	chain.must(anyone, at, ledger.PackGrantBatch(items))
	refused, err := ledger.UnpackItemRefusedEvent(chain.lastLog())
	if err != nil {
		t.Fatal(err)
	}
	if contracts.Refusal(refused.Reason) != contracts.RefusalAlreadyDone || refused.Ref != granted.Ref {
		t.Errorf("refused %v for %x", contracts.Refusal(refused.Reason), refused.Ref)
	}

	chain.must(anyone, at, ledger.PackWithdraw(address, id, withdraw))
	status, err := ledger.UnpackStatus(chain.must(anyone, at, ledger.PackStatus(address, id)))
	if err != nil {
		t.Fatal(err)
	}
	if contracts.State(status.State) != contracts.StateWithdrawn || status.GrantedAt.Uint64() != now {
		t.Errorf("state %v, granted at %v", contracts.State(status.State), status.GrantedAt)
	}

	out, err := chain.call(anyone, at, ledger.PackGrant(address, id, expiry, deadline, grant))
	if !errors.Is(err, vm.ErrExecutionReverted) {
		t.Fatalf("grant after withdrawal: %v", err)
	}
	reason, err := ledger.UnpackRefusedError(out[4:])
	if err != nil {
		t.Fatal(err)
	}
	if contracts.Refusal(reason.Reason) != contracts.RefusalTerminal {
		t.Errorf("refused as %v", contracts.Refusal(reason.Reason))
	}
}

func TestKeyRegistryThroughBindings(t *testing.T) {
	chain, registry := newEVM(t), contracts.NewKeyRegistry()
	at := chain.deploy(contracts.KeyRegistryMetaData.Bin, nil)
	domain, err := registry.UnpackDomainSeparator(chain.must(anyone, at, registry.PackDomainSeparator()))
	if err != nil {
		t.Fatal(err)
	}
	key, address := newKey(t)
	salt, deadline := [32]byte{2}, uint64(now+60)
	id := [32]byte(crypto.Keccak256(
		crypto.Keccak256([]byte("wrappy identity v1")), common.LeftPadBytes(address[:], 32), make([]byte, 32), salt[:],
	))
	register := sign(t, key, domain, "Register(bytes32 id,uint64 deadline)", id, deadline)
	chain.must(anyone, at, registry.PackRegister(address, [32]byte{}, salt, deadline, register))
	for block, want := range map[uint64]common.Address{6: {}, 7: address, 8: {}} {
		got, err := registry.UnpackKeyAt(chain.must(anyone, at, registry.PackKeyAt(id, block)))
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("key at %d is %v, want %v", block, got, want)
		}
	}
}

// The key hash on chain must be what a TLS server computes of a client's certificate, and the proof what an ordinary
// ECDSA signer makes.
func TestInstitutionRegistryThroughBindings(t *testing.T) {
	chain, registry := newEVM(t), contracts.NewInstitutionRegistry()
	at := chain.deploy(contracts.InstitutionRegistryMetaData.Bin, registry.PackConstructor(admin, operator))
	domain, err := registry.UnpackDomainSeparator(chain.must(anyone, at, registry.PackDomainSeparator()))
	if err != nil {
		t.Fatal(err)
	}
	cold, address := newKey(t)
	item := contracts.InstitutionItem{
		ColdKey: address, Salt: [32]byte{3}, Kind: 2, Jurisdiction: [2]byte{'K', 'E'}, Name: "Clinic", Deadline: now + 60,
	}
	id, err := registry.UnpackIdOf(chain.must(anyone, at, registry.PackIdOf(address, item.Salt)))
	if err != nil {
		t.Fatal(err)
	}
	item.Signature = sign(t, cold, domain,
		"RegisterInstitution(bytes32 id,address recoveryKey,uint8 kind,bytes2 jurisdiction,bytes32 sealingKey,string name,uint64 deadline)",
		id, common.Address{}, uint64(2), [32]byte{'K', 'E'}, [32]byte{}, [32]byte(crypto.Keccak256([]byte("Clinic"))),
		item.Deadline)
	chain.must(anyone, at, registry.PackRegister(item))

	tls, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&tls.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	keyHash := sha256.Sum256(der)
	message, err := registry.UnpackPossessionMessage(
		chain.must(anyone, at, registry.PackPossessionMessage(id, keyHash)))
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(message)
	r, s, err := ecdsa.Sign(rand.Reader, tls, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	order := elliptic.P256().Params().N
	if s.Cmp(new(big.Int).Rsh(order, 1)) > 0 {
		s.Sub(order, s)
	}
	point := der[len(der)-64:]
	key := contracts.TlsKeyItem{
		Institution: id, X: [32]byte(point[:32]), Y: [32]byte(point[32:]), Deadline: now + 60,
		ProofR: common.BigToHash(r), ProofS: common.BigToHash(s),
	}
	key.Signature = sign(t, cold, domain,
		"AddTlsKey(bytes32 institution,bytes32 keyHash,bytes32 replaces,uint64 replacedUntil,uint64 nonce,uint64 deadline)",
		id, keyHash, [32]byte{}, uint64(0), uint64(0), key.Deadline)

	forged := key
	forged.ProofR = common.BigToHash(s)
	if _, err := chain.call(anyone, at, registry.PackAddTlsKey(forged)); !errors.Is(err, vm.ErrExecutionReverted) {
		t.Fatalf("a forged proof: %v", err)
	}
	chain.must(anyone, at, registry.PackAddTlsKey(key))
	got, err := registry.UnpackTlsKeyOf(chain.must(anyone, at, registry.PackTlsKeyOf(keyHash)))
	if err != nil {
		t.Fatal(err)
	}
	if got.Institution != id || !got.Valid {
		t.Errorf("the key is %x's and valid=%v", got.Institution, got.Valid)
	}
}
