package ledgerref

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref/contracts"
)

var (
	// ErrForeignChain: the chain, or the data kept beside it, is not the one that the addresses belong to.
	ErrForeignChain = errors.New("not the chain that these contracts belong to")
	// ErrForeignCode: what stands at an address is not the contract that this program was built with.
	ErrForeignCode = errors.New("not the contract that this program was built with")
)

// Addresses say where the ledger is.
type Addresses struct {
	Consent      consent.Address `json:"consent"`
	Keys         consent.Address `json:"keys"`
	Institutions consent.Address `json:"institutions"`
	ChainID      uint64          `json:"chain_id"`
	Block        uint64          `json:"block"` // of the first deployment: nothing of ours is before it
}

// ConsentDomain is what grants and withdrawals are signed under.
func (a Addresses) ConsentDomain() consent.Domain {
	return consent.Domain{ChainID: a.ChainID, Contract: a.Consent}
}

// KeysDomain is what registrations of identities are signed under.
func (a Addresses) KeysDomain() consent.Domain {
	return consent.Domain{ChainID: a.ChainID, Contract: a.Keys}
}

// InstitutionsDomain is what institutions' acts are signed under.
func (a Addresses) InstitutionsDomain() consent.Domain {
	return consent.Domain{ChainID: a.ChainID, Contract: a.Institutions}
}

// The bindings hold no state.
var (
	consentLedger       = contracts.NewConsentLedger()
	keyRegistry         = contracts.NewKeyRegistry()
	institutionRegistry = contracts.NewInstitutionRegistry()
)

// Chain is a network on which the three contracts were found. Safe for concurrent use.
type Chain struct {
	client    *ethclient.Client
	addresses Addresses
}

// Open checks that the network is the one meant, and that each address holds the
// code of this build: ErrForeignChain, ErrForeignCode.
func Open(ctx context.Context, client *ethclient.Client, addresses Addresses) (*Chain, error) {
	if err := checkChainID(ctx, client, addresses.ChainID); err != nil {
		return nil, err
	}
	for _, contract := range addresses.deployed() {
		findings, err := contract.inspect(ctx, client)
		if err != nil {
			return nil, err
		}
		for _, f := range findings {
			if !f.OK {
				return nil, fmt.Errorf("%w: %s: %s at %s: want %s, got %s", ErrForeignCode, f.Contract, f.Check, f.Address, f.Want, f.Got)
			}
		}
	}
	return &Chain{client: client, addresses: addresses}, nil
}

// Addresses are those that the chain was opened with.
func (c *Chain) Addresses() Addresses { return c.addresses }

func checkChainID(ctx context.Context, client ethereum.ChainIDReader, want uint64) error {
	id, err := client.ChainID(ctx)
	if err != nil {
		return fmt.Errorf("%w: read chain id: %w", consent.ErrUnavailable, plain(err))
	}
	if !id.IsUint64() || id.Uint64() != want {
		return fmt.Errorf("%w: chain id", ErrForeignChain)
	}
	return nil
}

//go:embed contracts/artefacts/*.json
var artefacts embed.FS

// deployedCode is what the compiler says a deployment leaves, immutables zero.
func deployedCode(name string) []byte {
	var artefact struct{ DeployedBytecode string }
	text, err := artefacts.ReadFile("contracts/artefacts/" + name + ".json")
	if err == nil {
		err = json.Unmarshal(text, &artefact)
	}
	if err != nil {
		panic(err) // the build holds them
	}
	return common.FromHex(artefact.DeployedBytecode)
}

// Deploy deploys the three contracts. The operator's account administers them:
// it may suspend institutions, appoint accreditors, revoke grants (never make
// one). Logs are whose account opens them. On the embedded chain a heartbeat makes the
// deployment durable. Each contract that is mined is told to progress.
func Deploy(ctx context.Context, client *ethclient.Client, operator *Account, progress ...func(contract string, at consent.Address, block uint64)) (Addresses, error) {
	id, err := client.ChainID(ctx)
	if err != nil {
		return Addresses{}, fmt.Errorf("%w: read chain id: %w", consent.ErrUnavailable, plain(err))
	}
	if !id.IsUint64() {
		return Addresses{}, fmt.Errorf("%w: chain id beyond 64 bits", ErrForeignChain)
	}
	t := newTransactor(client, id.Uint64(), operator)
	who := operator.address()
	addresses := Addresses{ChainID: id.Uint64()}
	for _, deployment := range []struct {
		name string
		data []byte
		to   *consent.Address
	}{
		{"ConsentLedger", append(common.FromHex(contracts.ConsentLedgerMetaData.Bin), consentLedger.PackConstructor(who, who)...), &addresses.Consent},
		{"KeyRegistry", common.FromHex(contracts.KeyRegistryMetaData.Bin), &addresses.Keys},
		{"InstitutionRegistry", append(common.FromHex(contracts.InstitutionRegistryMetaData.Bin), institutionRegistry.PackConstructor(who, who)...), &addresses.Institutions},
	} {
		receipt, err := t.do(ctx, nil, deployment.data)
		if err != nil {
			return Addresses{}, fmt.Errorf("deploy %s: %w", deployment.name, err)
		}
		*deployment.to = consent.Address(receipt.ContractAddress)
		if addresses.Block == 0 {
			addresses.Block = receipt.BlockNumber.Uint64()
		}
		for _, tell := range progress {
			tell(deployment.name, *deployment.to, receipt.BlockNumber.Uint64())
		}
	}
	return addresses, nil
}

// ConsentStatus asks the chain itself, by eth_call at its head, what it knows of
// a grant: without follower, view or vault. Block stays zero: the contract does
// not know it.
func ConsentStatus(ctx context.Context, client *ethclient.Client, addresses Addresses, key consent.Address, id consent.GrantID) (consent.GrantState, error) {
	if err := checkChainID(ctx, client, addresses.ChainID); err != nil {
		return consent.GrantState{}, err
	}
	to := common.Address(addresses.Consent)
	answer, err := client.CallContract(ctx, ethereum.CallMsg{To: &to, Data: consentLedger.PackStatus(common.Address(key), id)}, nil)
	if err != nil {
		return consent.GrantState{}, fmt.Errorf("%w: eth_call: %w", consent.ErrUnavailable, plain(err))
	}
	status, err := consentLedger.UnpackStatus(answer)
	if err != nil {
		return consent.GrantState{}, fmt.Errorf("%w: ConsentLedger", ErrForeignCode)
	}
	return consent.GrantState{
		Status:    statusOf(contracts.State(status.State)),
		GrantedAt: status.GrantedAt.Uint64(),
		Expires:   status.Expiry.Uint64(),
	}, nil
}

func statusOf(state contracts.State) consent.Status {
	switch state {
	case contracts.StateGranted:
		return consent.StatusGiven
	case contracts.StateWithdrawn:
		return consent.StatusWithdrawn
	case contracts.StateRevoked:
		return consent.StatusRevoked
	}
	return consent.StatusUnknown
}

func blockNumber(n uint64) *big.Int { return new(big.Int).SetUint64(n) }
