package main

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/ledgerref/devchain"
)

// checkChain reaches the chain, and looks whether it is the one, with the contracts of
// this program, the operator's roles and the journal's log.
func checkChain(ctx context.Context, x *examination) []diagnosis {
	if x.keyring == nil {
		return []diagnosis{skipped(needsKeyring)}
	}
	client, found := x.reachChain(ctx)
	if client == nil {
		return found
	}
	chain, err := ledgerref.Open(ctx, client, x.deployment.Ledger)
	switch {
	case errors.Is(err, ledgerref.ErrForeignChain):
		return []diagnosis{failed("it is another chain than the one that this vault was made on", "name an endpoint of the right network; if the chain was put back or rebuilt, put back the newest")}
	case errors.Is(err, ledgerref.ErrForeignCode):
		return []diagnosis{failed("what stands at the contracts' addresses is not this program's contracts", "use the program and the deployment.json that belong together; never use foreign contracts")}
	case err != nil:
		return []diagnosis{failed("it does not answer", "see that the network's endpoint works; until it does nothing is released")}
	}
	x.chain = chain
	return append([]diagnosis{fine("chain %d, with the contracts of this program", x.deployment.Ledger.ChainID)}, x.checkRoles(ctx, client)...)
}

// reachChain opens the embedded chain, or dials the network.
func (x *examination) reachChain(ctx context.Context) (*ledgerref.Client, []diagnosis) {
	if x.config.Ledger.Kind == ledgerNetwork {
		client, err := dialFile(ctx, x.config.path(x.config.Ledger.EndpointFile))
		if err != nil {
			return nil, []diagnosis{failed("ledger.endpoint_file does not lead anywhere", "let its first line be the URL of the network's JSON-RPC: https or wss, http only on this machine")}
		}
		x.closers = append(x.closers, func() error { client.Close(); return nil })
		return client, nil
	}
	if x.running {
		return nil, []diagnosis{skipped(heldByVault)}
	}
	if mustBeThere(x.config.chainDir()) != nil {
		return nil, []diagnosis{failed("the embedded chain is gone", "put the folder chain back from a backup; an empty one would have forgotten every permission and withdrawal")}
	}
	chain, err := devchain.Open(ctx, devchain.Config{Dir: x.config.chainDir()})
	if err != nil {
		return nil, []diagnosis{failed("the embedded chain cannot be opened", "put the folder chain back from a backup, the newest")}
	}
	x.closers = append(x.closers, chain.Close)
	return chain.Client(), nil
}

func (x *examination) checkRoles(ctx context.Context, client *ledgerref.Client) (found []diagnosis) {
	operator, err := openAccount(x.keyring, x.config.dir, operatorFile)
	if err != nil {
		return []diagnosis{failed("the operator's account cannot be opened", "put operator.key back from a backup")}
	}
	findings, err := ledgerref.Verify(ctx, client, x.deployment.Ledger, operator.Address())
	if err != nil {
		return []diagnosis{failed("who holds the contracts' roles cannot be read", "see that the network's endpoint works")}
	}
	for _, f := range findings {
		if !f.OK {
			found = append(found, warning(f.Contract+": "+f.Check+": "+f.Got, "look with 'wrappy ledger verify' whether this is meant: another account may suspend and revoke; on contracts of somebody else's it is"))
		}
	}
	return append(found, x.checkLog(ctx, operator.Address())...)
}

// checkLog compares the journal's key and size with what the ledger has of them.
func (x *examination) checkLog(ctx context.Context, operator consent.Address) []diagnosis {
	key, size, _, err := x.chain.LogAnchor(ctx, x.deployment.LogOrigin)
	if err != nil {
		return []diagnosis{failed("the ledger does not know the journal's log", "use the deployment.json and the ledger that belong together")}
	}
	own, err := (&node{keyring: x.keyring}).logKey()
	if err != nil || subtle.ConstantTimeCompare(own, key[:]) != 1 {
		return []diagnosis{failed("the ledger knows the journal's log under another key", "use the keyring.json that belongs to this vault")}
	}
	if keeper, err := x.chain.LogKeeper(ctx, x.deployment.LogOrigin); err != nil || keeper != operator {
		return []diagnosis{failed("the ledger lets another account than the operator's anchor the journal's log", "put operator.key back from a backup: whoever opened the log keeps it")}
	}
	known, err := readNumber(x.config.anchorSizeFile())
	if err != nil || size < known {
		return []diagnosis{failed(fmt.Sprintf("the ledger has %d anchored entries where it had %d", size, known), "put back the newest ledger: withdrawals may be missing from this one")}
	}
	return []diagnosis{fine("the ledger anchors %d entries of the journal", size)}
}

// aheadOfHead is how far a block may be ahead of this machine's clock.
const aheadOfHead = 30 * time.Second

// checkClocks compares this machine's clock with the chain's and with what the vault
// has seen before.
func checkClocks(ctx context.Context, x *examination) (found []diagnosis) {
	const do = "set this machine's clock, and keep it right by NTP: expiry and freshness go by it"
	now := uint64(max(x.now.UnixMilli(), 0))
	if kept, err := readNumber(x.config.storeClockFile()); err == nil && kept > now+60_000 {
		return []diagnosis{failed(fmt.Sprintf("this machine's clock is %s behind what it was before", time.Duration(kept-now)*time.Millisecond), do)} //nolint:gosec // kept is later
	}
	if x.chain == nil {
		return []diagnosis{skipped(needsChain)}
	}
	_, head, _, err := x.chain.Head(ctx)
	if err != nil {
		return []diagnosis{failed("the chain's newest block cannot be read", "see that the network's endpoint works")}
	}
	age := x.now.Sub(time.Unix(int64(head), 0)) //nolint:gosec // a second of this century
	regular := x.config.Ledger.Kind == ledgerNetwork && !x.config.Ledger.OnDemand
	switch {
	case age < -aheadOfHead:
		return []diagnosis{failed(fmt.Sprintf("the chain's newest block is %s ahead of this machine's clock", (-age).Round(time.Second)), do)}
	case regular && age > x.config.Ledger.ViewMaxAge:
		return []diagnosis{failed(fmt.Sprintf("the chain's newest block is %s old, and %s is the most at which anything is released", age.Round(time.Second), x.config.Ledger.ViewMaxAge), "see that the endpoint is in step with its network, and that this machine's clock is right; ledger.on_demand is for a network that makes no blocks by itself")}
	}
	return []diagnosis{fine("in step with the chain")}
}

func checkSecond(ctx context.Context, x *examination) []diagnosis {
	switch {
	case x.config.Ledger.Kind != ledgerNetwork:
		return nil
	case x.config.Ledger.SecondEndpointFile == "":
		return []diagnosis{warning("one endpoint alone is believed", "name an independent one in ledger.second_endpoint_file: a single one could lie about institutions")}
	case x.chain == nil:
		return []diagnosis{skipped(needsChain)}
	}
	const do = "see that ledger.second_endpoint_file names an independent endpoint of the same network, and that it works"
	if err := x.config.checkIndependent(); err != nil {
		return []diagnosis{failed("both endpoints are the same, or one cannot be read", do)}
	}
	client, err := dialFile(ctx, x.config.path(x.config.Ledger.SecondEndpointFile))
	if err != nil {
		return []diagnosis{failed("the second endpoint cannot be used", do)}
	}
	defer client.Close()
	second, err := ledgerref.Open(ctx, client, x.deployment.Ledger)
	if err != nil {
		return []diagnosis{failed("the second endpoint does not answer, or is of another network", do)}
	}
	return []diagnosis{agree(ctx, x.chain, second)}
}

// agree compares the newest block that both have.
func agree(ctx context.Context, first, second *ledgerref.Chain) diagnosis {
	a, _, _, errA := first.Head(ctx)
	b, _, _, errB := second.Head(ctx)
	if errA != nil || errB != nil {
		return failed("the newest blocks cannot be read", "see that both endpoints work")
	}
	common := min(a, b)
	one, errA := first.BlockHash(ctx, common)
	other, errB := second.BlockHash(ctx, common)
	if errA != nil || errB != nil || one != other {
		return failed(fmt.Sprintf("the two endpoints do not show the same block %d", common), "find out which of the two is wrong; until they agree nothing is released")
	}
	return fine("both endpoints show the same block %d", common)
}

// actsAhead is how many acts the relayer should be able to pay for, and gasOfAct what one takes at most in a batch.
const (
	actsAhead = 1000
	gasOfAct  = 60_000
)

func checkAccounts(ctx context.Context, x *examination) []diagnosis {
	if x.chain == nil {
		return []diagnosis{skipped(needsChain)}
	}
	relayer, err := openAccount(x.keyring, x.config.dir, relayerFile)
	if err != nil {
		return []diagnosis{failed("the relayer's account cannot be opened", "put relayer.key back from a backup")}
	}
	balance, errBalance := x.chain.Balance(ctx, relayer.Address())
	fee, errFee := x.chain.Fee(ctx)
	if err := errors.Join(errBalance, errFee); err != nil {
		return []diagnosis{failed("balance and price of gas cannot be read", "see that the network's endpoint works")}
	}
	if ceiling := wei(x.config.Ledger.MaxFeeGwei); fee.Cmp(ceiling) > 0 {
		return []diagnosis{warning("the network's price of gas is above ledger.max_fee_gwei: acts wait", "raise ledger.max_fee_gwei, or wait; withdrawals count here meanwhile")}
	}
	return []diagnosis{afford(relayer.Address(), balance, fee)}
}

func afford(relayer consent.Address, balance, fee *big.Int) diagnosis {
	act := new(big.Int).Mul(fee, big.NewInt(gasOfAct))
	do := "send the network's coin to the relayer's account " + relayer.String()
	if balance.Cmp(act) < 0 {
		return failed("the relayer's account cannot pay for one act", do)
	}
	if balance.Cmp(new(big.Int).Mul(act, big.NewInt(actsAhead))) < 0 {
		return warning(fmt.Sprintf("the relayer's account can pay for fewer than %d acts", actsAhead), do)
	}
	return fine("the relayer can pay for more than %d acts", actsAhead)
}
