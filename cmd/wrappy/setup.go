package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/policy"
)

// deployment is what a vault's folder remembers of its ledger and log. Losing it
// means not knowing which contracts count: it belongs into every backup.
type deployment struct {
	Ledger    ledgerref.Addresses `json:"ledger"`
	LogOrigin string              `json:"log_origin"`
	// Officers are the public keys of those of whom two can order that a country be left.
	Officers []string `json:"officers"`
}

// setup makes a vault's folder from nothing to a state that starts.
type setup struct {
	config     *config
	passphrase crypto.Secret
	names      []string // of the server certificate
	network    networkFounding
	officers   []string // public keys; nil: two are made
	now        time.Time
}

const (
	operatorFile = "operator.key"
	relayerFile  = "relayer.key"
	accountAAD   = "wrappy account file v1\x00"
	bundleLife   = 365 * 24 * time.Hour
)

func (s *setup) run(ctx context.Context) error {
	kms := crypto.NewPassphrase(s.passphrase, crypto.Argon2{})
	keyring, err := crypto.CreateKeyring(ctx, s.config.keyringFile(), kms, []string{s.config.Jurisdiction})
	if err != nil {
		return fmt.Errorf("keyring: %w", err)
	}
	if err := s.deploy(ctx, keyring); err != nil {
		return err
	}
	for _, store := range []keptStore{s.config.heads(), s.config.records()} {
		if err := s.config.makeStore(ctx, store, keyring); err != nil {
			return fmt.Errorf("store: %w", err)
		}
	}
	if err := s.signPolicy(ctx); err != nil {
		return err
	}
	return makeServerCertificate(s.config.path(s.config.TLS.Certificate), s.config.path(s.config.TLS.Key), s.names, s.now)
}

func (s *setup) newAccount(keyring *crypto.Keyring, name string) (*ledgerref.Account, error) {
	account, err := ledgerref.NewAccount()
	if err != nil {
		return nil, err
	}
	return account, s.keepAccount(keyring, account, name)
}

// importAccount takes over an account that exists on a network already.
func (s *setup) importAccount(keyring *crypto.Keyring, from, name string) (*ledgerref.Account, error) {
	account, err := readAccountFile(from)
	if err != nil {
		return nil, err
	}
	return account, s.keepAccount(keyring, account, name)
}

func (s *setup) keepAccount(keyring *crypto.Keyring, account *ledgerref.Account, name string) error {
	sealer, err := keyring.Sealer("view")
	if err != nil {
		return err
	}
	sealed, err := sealer.Seal(account.Bytes(), []byte(accountAAD+name))
	if err != nil {
		return err
	}
	return crypto.WriteFile(filepath.Join(s.config.dir, name), sealed, false)
}

// openAccount reads what newAccount wrote.
func openAccount(keyring *crypto.Keyring, dir, name string) (*ledgerref.Account, error) {
	sealed, err := crypto.ReadFile(filepath.Join(dir, name), 4096)
	if err != nil {
		return nil, err
	}
	sealer, err := keyring.Sealer("view")
	if err != nil {
		return nil, err
	}
	secret, err := sealer.Open(sealed, []byte(accountAAD+name))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return ledgerref.AccountFromBytes(secret)
}

// deploy makes the vault known on its ledger, and its journal.
func (s *setup) deploy(ctx context.Context, keyring *crypto.Keyring) (err error) {
	addresses, operator, done, err := s.found(ctx, keyring)
	defer func() {
		if done != nil {
			err = errors.Join(err, done())
		}
	}()
	if err != nil {
		return err
	}
	var unique [8]byte
	_, _ = rand.Read(unique[:])
	d := deployment{Ledger: addresses, LogOrigin: s.names[0] + "/" + hex.EncodeToString(unique[:])}
	if d.Officers, err = s.makeOfficers(ctx); err != nil {
		return fmt.Errorf("officers: %w", err)
	}
	logKey, ok := keyring.JournalSigner().Public().(ed25519.PublicKey)
	if !ok {
		return errors.New("journal key: not Ed25519")
	}
	if _, err := operator.OpenLog(ctx, d.LogOrigin, [32]byte(logKey)); err != nil {
		return fmt.Errorf("journal's log on the ledger: %w", err)
	}
	if err := s.makeJournal(keyring, d.LogOrigin); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return writeJSONFile(s.config.deploymentFile(), d)
}

func writeJSONFile(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return crypto.WriteFile(path, append(data, '\n'), false)
}

// readJSONFile reads what writeJSONFile has written.
func readJSONFile(path string, into any) error {
	data, err := crypto.ReadFile(path, 64<<10)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

// signPolicy builds the default bundle and approves it with two reviewers' keys,
// which are made here so that a new vault starts; a real one hands them to two people.
func (s *setup) signPolicy(ctx context.Context) error {
	bundle, _, err := policy.Build(policy.Default(), policy.Manifest{Revision: 1, Expires: uint64(s.now.Add(bundleLife).Unix())}) //nolint:gosec // after 1970
	if err != nil {
		return fmt.Errorf("policy bundle: %w", err)
	}
	var approvals []policy.Approval
	var reviewers strings.Builder
	for _, name := range []string{"reviewer-1", "reviewer-2"} {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return err
		}
		sealed, err := sealReviewer(ctx, s.passphrase, private)
		if err != nil {
			return err
		}
		if err := s.writePolicyFile(name+".key", sealed); err != nil {
			return err
		}
		approval, err := policy.Approve(bundle, private)
		if err != nil {
			return fmt.Errorf("policy bundle: %w", err)
		}
		approvals = append(approvals, approval)
		fmt.Fprintf(&reviewers, "%s\n", hex.EncodeToString(public))
	}
	if err := s.writePolicyFile(filepath.Base(s.config.Policy.Bundle), bundle); err != nil {
		return err
	}
	if err := s.writePolicyFile(filepath.Base(s.config.Policy.Reviewers), []byte(reviewers.String())); err != nil {
		return err
	}
	return writeJSONFile(s.config.path(s.config.Policy.Approvals), approvals)
}

func (s *setup) writePolicyFile(name string, data []byte) error {
	dir := filepath.Dir(s.config.path(s.config.Policy.Bundle))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return crypto.WriteFile(filepath.Join(dir, name), data, false)
}

// readAccountFile reads an account that is on a network already: 64 hex digits.
func readAccountFile(path string) (*ledgerref.Account, error) {
	line, err := readSecretLine(path)
	if err != nil {
		return nil, err
	}
	secret, err := hex.DecodeString(strings.TrimPrefix(string(line), "0x"))
	if err != nil || len(secret) != 32 {
		return nil, fmt.Errorf("%s: want 64 hex digits", filepath.Base(path))
	}
	return ledgerref.AccountFromBytes(secret)
}
