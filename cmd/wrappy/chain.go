package main

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/ledgerref/devchain"
)

var confirmations = map[string]ledgerref.Confirmation{
	"safe": ledgerref.ConfirmSafe, "finalized": ledgerref.ConfirmFinalized, "head": ledgerref.ConfirmHead,
}

// openLedger reaches the chain, follows it, and opens the accounts that pay.
func (n *node) openLedger(ctx context.Context) error {
	follow := ledgerref.ViewConfig{Dir: n.config.viewDir(), Log: n.log, HeartbeatAfter: min(20*time.Second, n.config.Ledger.ViewMaxAge/3)}
	if err := n.openChain(ctx, &follow); err != nil {
		return err
	}
	var err error
	if n.ledger, err = ledgerref.Open(ctx, n.client, n.deployment.Ledger); err != nil {
		return err
	}
	if n.view, err = ledgerref.Follow(ctx, n.ledger, follow); err != nil {
		return err
	}
	n.onClose(n.view.Close)
	operator, err := openAccount(n.keyring, n.config.dir, operatorFile)
	if err != nil {
		return err
	}
	n.operator = ledgerref.NewTransactor(n.ledger, operator)
	n.operator.LimitFee(wei(n.config.Ledger.MaxFeeGwei))
	return n.openRelayer()
}

// openChain opens the embedded chain, or dials the configured network.
func (n *node) openChain(ctx context.Context, follow *ledgerref.ViewConfig) (err error) {
	if n.config.Ledger.Kind == ledgerNetwork {
		l := &n.config.Ledger
		follow.Confirm, follow.OnDemand, follow.LogsOfBoth, follow.Poll = confirmations[l.Confirm], l.OnDemand, l.LogsOfBoth, l.Poll
		if n.client, err = n.dial(ctx, l.EndpointFile); err != nil || l.SecondEndpointFile == "" {
			return err
		}
		if err := n.config.checkIndependent(); err != nil {
			return err
		}
		follow.Second, err = n.dial(ctx, l.SecondEndpointFile)
		return err
	}
	if err := mustBeThere(n.config.chainDir()); err != nil {
		return err
	}
	if n.chain, err = devchain.Open(ctx, devchain.Config{Dir: n.config.chainDir()}); err != nil {
		return err
	}
	n.onClose(n.chain.Close)
	n.client, follow.Local = n.chain.Client(), n.chain
	return nil
}

func (n *node) dial(ctx context.Context, file string) (*ledgerref.Client, error) {
	client, err := dialFile(ctx, n.config.path(file))
	if err == nil {
		n.onClose(func() error { client.Close(); return nil })
	}
	return client, err
}

// checkIndependent refuses one endpoint in the place of two.
func (c *config) checkIndependent() error {
	first, err := readSecretLine(c.path(c.Ledger.EndpointFile))
	if err != nil {
		return err
	}
	second, err := readSecretLine(c.path(c.Ledger.SecondEndpointFile))
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(first, second) == 1 {
		return errors.New("second_endpoint_file names the same endpoint as endpoint_file: what one says twice is not confirmed")
	}
	return nil
}

// dialFile dials the URL that a file holds.
func dialFile(ctx context.Context, file string) (*ledgerref.Client, error) {
	url, err := readSecretLine(file)
	if err != nil {
		return nil, err
	}
	return ledgerref.Dial(ctx, string(url))
}

func (n *node) openRelayer() error {
	relayer, err := openAccount(n.keyring, n.config.dir, relayerFile)
	if err != nil {
		return err
	}
	sealer, err := n.keyring.Sealer("view")
	if err != nil {
		return err
	}
	n.registrar = ledgerref.NewTransactor(n.ledger, relayer)
	n.relayer, err = ledgerref.NewRelayer(n.view, n.registrar, ledgerref.RelayerConfig{
		Dir: n.config.outboxDir(), Sealer: sealer, Log: n.log,
		MaxFee: wei(n.config.Ledger.MaxFeeGwei), Budgets: n.config.Ledger.budgets(),
	})
	if err != nil {
		return err
	}
	n.onClose(n.relayer.Close)
	return nil
}

// consentStatus asks the chain itself what it knows of a grant.
func (n *node) consentStatus(ctx context.Context, key consent.Address, id consent.GrantID) (consent.GrantState, error) {
	return ledgerref.ConsentStatus(ctx, n.client, n.deployment.Ledger, key, id)
}

// found makes the ledger of a new vault: an embedded chain with the contracts, or the
// contracts that are on another network already. It returns the operator's means.
func (s *setup) found(ctx context.Context, keyring *crypto.Keyring) (d ledgerref.Addresses, operator *ledgerref.Transactor, done func() error, err error) {
	if s.network.contracts == "" {
		return s.foundEmbedded(ctx, keyring)
	}
	client, err := dialFile(ctx, s.network.endpoint)
	if err != nil {
		return d, nil, nil, err
	}
	done = func() error { client.Close(); return nil }
	data, err := crypto.ReadFile(s.network.contracts, 64<<10)
	if err != nil {
		return d, nil, done, fmt.Errorf("--contracts: %w", err)
	}
	if err := json.Unmarshal(data, &d); err != nil {
		return d, nil, done, errors.New("--contracts: not a file by 'wrappy ledger deploy'")
	}
	ledger, err := ledgerref.Open(ctx, client, d)
	if err != nil {
		return d, nil, done, fmt.Errorf("contracts: %w", err)
	}
	account, err := s.importAccount(keyring, s.network.operator, operatorFile)
	if err != nil {
		return d, nil, done, fmt.Errorf("--operator-file: %w", err)
	}
	relayer, err := s.importAccount(keyring, s.network.relayer, relayerFile)
	if err != nil {
		return d, nil, done, fmt.Errorf("--relayer-file: %w", err)
	}
	if relayer.Address() == account.Address() {
		return d, nil, done, errors.New("--relayer-file: want another account than the operator's: two that send from one take each other's nonces")
	}
	return d, ledgerref.NewTransactor(ledger, account), done, nil
}

func (s *setup) foundEmbedded(ctx context.Context, keyring *crypto.Keyring) (d ledgerref.Addresses, operator *ledgerref.Transactor, done func() error, err error) {
	account, err := s.newAccount(keyring, operatorFile)
	if err != nil {
		return d, nil, nil, err
	}
	relayer, err := s.newAccount(keyring, relayerFile)
	if err != nil {
		return d, nil, nil, err
	}
	chain, err := devchain.Open(ctx, devchain.Config{Dir: s.config.chainDir(), Fund: []consent.Address{account.Address(), relayer.Address()}})
	if err != nil {
		return d, nil, nil, fmt.Errorf("embedded chain: %w", err)
	}
	done = func() error {
		err := chain.Heartbeat(context.WithoutCancel(ctx)) // makes durable what is about to be named
		return errors.Join(err, chain.Close())
	}
	if d, err = ledgerref.Deploy(ctx, chain.Client(), account); err != nil {
		return d, nil, done, fmt.Errorf("contracts: %w", err)
	}
	ledger, err := ledgerref.Open(ctx, chain.Client(), d)
	if err != nil {
		return d, nil, done, fmt.Errorf("contracts: %w", err)
	}
	return d, ledgerref.NewTransactor(ledger, account), done, nil
}
