package ledgerref

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/wrapious/wrappy/consent"
)

// Finding is one comparison of what stands on a chain with what should.
type Finding struct {
	Contract string          `json:"contract"`
	Address  consent.Address `json:"address"`
	Check    string          `json:"check"` // code, domain, block, or the name of a role
	OK       bool            `json:"ok"`
	Want     string          `json:"want"`
	Got      string          `json:"got"`
}

// deployed is a contract where it should be.
type deployed struct {
	name      string
	domain    consent.Domain
	separator []byte // calldata
}

func (a Addresses) deployed() []deployed {
	return []deployed{
		{"ConsentLedger", a.ConsentDomain(), consentLedger.PackDomainSeparator()},
		{"KeyRegistry", a.KeysDomain(), keyRegistry.PackDomainSeparator()},
		{"InstitutionRegistry", a.InstitutionsDomain(), institutionRegistry.PackDomainSeparator()},
	}
}

// inspect compares a contract's code, and the one of its immutables that matters.
// Of code that is not ours nothing is called.
func (d deployed) inspect(ctx context.Context, client *ethclient.Client) ([]Finding, error) {
	at := common.Address(d.domain.Contract)
	code, err := client.CodeAt(ctx, at, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: read code of %s: %w", consent.ErrUnavailable, d.name, plain(err))
	}
	template := deployedCode(d.name)
	f := Finding{Contract: d.name, Address: d.domain.Contract, Check: "code", Want: crypto.Keccak256Hash(template).Hex(), Got: "no code"}
	if len(code) > 0 {
		f.Got = maskedHash(code, template).Hex()
	}
	if f.OK = f.Got == f.Want; !f.OK {
		return []Finding{f}, nil
	}
	separator, err := client.CallContract(ctx, ethereum.CallMsg{To: &at, Data: d.separator}, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: read domain of %s: %w", consent.ErrUnavailable, d.name, plain(err))
	}
	want := d.domain.Separator()
	domain := Finding{Contract: d.name, Address: d.domain.Contract, Check: "domain", Want: fmt.Sprintf("0x%x", want), Got: fmt.Sprintf("0x%x", separator)}
	domain.OK = bytes.Equal(separator, want[:])
	return []Finding{f, domain}, nil
}

// sameCode compares code with a template whose immutables are zero.
func sameCode(code, template []byte) bool {
	return len(code) > 0 && maskedHash(code, template) == crypto.Keccak256Hash(template)
}

// maskedHash is the hash of code without what a deployment writes into the template:
// PUSH32 of zero, which the compiler writes for nothing else.
func maskedHash(code, template []byte) common.Hash {
	if len(code) != len(template) {
		return crypto.Keccak256Hash(code)
	}
	hole := append([]byte{0x7f}, make([]byte, 32)...)
	masked := bytes.Clone(code)
	for at := 0; ; {
		next := bytes.Index(template[at:], hole)
		if next < 0 {
			return crypto.Keccak256Hash(masked)
		}
		at += next + 1
		clear(masked[at : at+32])
		at += 32
	}
}

// roles of the contracts that have any. Their holders are found by the events of OpenZeppelin's AccessControl.
var roles = []struct {
	contract string
	names    map[common.Hash]string
}{
	{"ConsentLedger", map[common.Hash]string{{}: "admin", crypto.Keccak256Hash([]byte("OPERATOR_ROLE")): "operator"}},
	{"InstitutionRegistry", map[common.Hash]string{{}: "admin", crypto.Keccak256Hash([]byte("OPERATOR_ROLE")): "operator"}},
}

// Verify compares what stands at the addresses with this build: each contract's code
// and domain, the block of the first deployment, and who holds each role: operator
// and nobody else, or anybody if it is zero. ErrForeignChain; consent.ErrUnavailable.
// Whatever else is wrong is a Finding.
func Verify(ctx context.Context, client *ethclient.Client, addresses Addresses, operator consent.Address) ([]Finding, error) {
	if err := checkChainID(ctx, client, addresses.ChainID); err != nil {
		return nil, err
	}
	var findings []Finding
	ours := map[string]consent.Address{}
	for _, contract := range addresses.deployed() {
		found, err := contract.inspect(ctx, client)
		if err != nil {
			return nil, err
		}
		findings = append(findings, found...)
		if !slices.ContainsFunc(found, func(f Finding) bool { return !f.OK }) {
			ours[contract.name] = contract.domain.Contract
		}
	}
	for _, contract := range roles {
		address, ok := ours[contract.contract]
		if !ok {
			continue // the events of foreign code say nothing
		}
		first, holders, err := roleHolders(ctx, client, address, addresses.Block)
		if err != nil {
			return nil, err
		}
		finding := Finding{Contract: contract.contract, Address: address}
		if contract.contract == "ConsentLedger" { // the first to be deployed; its constructor hands out roles
			block := finding
			block.Check, block.Want, block.Got = "block", fmt.Sprint(addresses.Block), fmt.Sprint(first)
			block.OK = first == addresses.Block
			findings = append(findings, block)
		}
		for role, name := range contract.names {
			findings = append(findings, finding.ofRole(name, holders[role], operator))
		}
	}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Contract, b.Contract), cmp.Compare(a.Check, b.Check))
	})
	return findings, nil
}

func (f Finding) ofRole(name string, holders map[common.Address]bool, operator consent.Address) Finding {
	f.Check, f.OK, f.Want, f.Got = "role "+name, true, "anybody", "nobody"
	var names []string
	for _, holder := range slices.SortedFunc(maps.Keys(holders), common.Address.Cmp) {
		names = append(names, consent.Address(holder).String())
	}
	if len(names) > 0 {
		f.Got = strings.Join(names, " ")
	}
	if operator != (consent.Address{}) {
		f.Want = operator.String()
		f.OK = f.Got == f.Want
	}
	return f
}

// roleHolders replays who was given and who lost roles since a block, and says in
// which block that began: zero if never.
func roleHolders(ctx context.Context, client *ethclient.Client, contract consent.Address, from uint64) (first uint64, holders map[common.Hash]map[common.Address]bool, err error) {
	granted, revoked := consentLedger.GetABI().Events["RoleGranted"].ID, consentLedger.GetABI().Events["RoleRevoked"].ID
	holders = map[common.Hash]map[common.Address]bool{}
	head, err := client.BlockNumber(ctx)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: read head: %w", consent.ErrUnavailable, plain(err))
	}
	for span := uint64(maxSpan); from <= head; {
		to := min(head, from+span-1)
		logs, err := client.FilterLogs(ctx, ethereum.FilterQuery{
			FromBlock: blockNumber(from), ToBlock: blockNumber(to), Addresses: []common.Address{common.Address(contract)}, Topics: [][]common.Hash{{granted, revoked}},
		})
		if err != nil && span > 1 && ctx.Err() == nil {
			span /= 2
			continue
		}
		if err != nil {
			return 0, nil, fmt.Errorf("%w: read roles: %w", consent.ErrUnavailable, plain(err))
		}
		for i := range logs {
			if first == 0 {
				first = logs[i].BlockNumber
			}
			hold(holders, &logs[i], granted)
		}
		from, span = to+1, min(2*span, maxSpan)
	}
	return first, holders, nil
}

func hold(holders map[common.Hash]map[common.Address]bool, log *types.Log, granted common.Hash) {
	if len(log.Topics) != 4 {
		return
	}
	role, account := log.Topics[1], common.BytesToAddress(log.Topics[2][:])
	if holders[role] == nil {
		holders[role] = map[common.Address]bool{}
	}
	if log.Topics[0] == granted {
		holders[role][account] = true
	} else {
		delete(holders[role], account)
	}
}
