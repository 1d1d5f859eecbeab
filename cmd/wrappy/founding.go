package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/telemetry"
)

// founding is what a new vault is made from.
type founding struct {
	jurisdiction         string
	passphraseFile       string        // as configured
	passphrase           crypto.Secret // nil: one is made
	public, institutions string        // host:port
	internal             string        // ip:port, or ""
	trace                traceFounding
	names                []string // of the server certificate
	officers             string   // file of public keys; "": two officers' keys are made
	s3                   s3Config // Endpoint is empty where directories serve
	network              networkFounding
}

// traceFounding says where traces go; endpoint is empty where they go nowhere.
type traceFounding struct {
	endpoint string
	ratio    float64 // 0: the default
}

// networkFounding is for a ledger that is not embedded: contracts is empty where it is.
type networkFounding struct {
	contracts         string // file of addresses, by 'wrappy ledger deploy'
	operator, relayer string // files of accounts, by 'wrappy ledger account'
	endpoint, second  string // files of URLs
	confirm           string
	onDemand          bool
}

func (f *founding) storeFlags(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.s3.Endpoint, "s3-endpoint", "", "URL of S3-compatible storage, in place of folders")
	flags.StringVar(&f.s3.Region, "s3-region", "us-east-1", "its region")
	flags.StringVar(&f.s3.Heads, "s3-heads", "", "bucket of keys and manifests, not versioned")
	flags.StringVar(&f.s3.Records, "s3-records", "", "bucket of records")
	flags.StringVar(&f.s3.AccessKeyFile, "s3-access-key-file", "", "file of the access key")
	flags.StringVar(&f.s3.SecretKeyFile, "s3-secret-key-file", "", "file of the secret key")
	flags.StringVar(&f.s3.CAFile, "s3-ca-file", "", "PEM file of the server's authorities; without it the system's")
}

func (f *founding) networkFlags(c *cobra.Command) {
	flags, n := c.Flags(), &f.network
	flags.StringVar(&n.contracts, "contracts", "", "file of the contracts' addresses on another network, by 'wrappy ledger deploy'")
	flags.StringVar(&n.endpoint, "rpc-file", "", "file of the network's JSON-RPC URL")
	flags.StringVar(&n.second, "second-rpc-file", "", "file of an independent endpoint's URL, which must agree")
	flags.StringVar(&n.confirm, "confirm", "safe", "which block counts: safe, finalized or head")
	flags.BoolVar(&n.onDemand, "on-demand", false, "the network makes blocks only when there is something to put in")
	flags.StringVar(&n.operator, "operator-file", "", "file of the funded account that keeps this vault's log on the ledger; the one that deployed the contracts may suspend and revoke, too")
	flags.StringVar(&n.relayer, "relayer-file", "", "file of the funded account that pays for people's acts")
}

func (f *founding) check() error {
	if err := consent.ValidateJurisdiction(f.jurisdiction); err != nil {
		return usage("--jurisdiction: %w", err)
	}
	if !isListenAddress(f.public) || !isListenAddress(f.institutions) {
		return usage("--listen-public, --listen-institutions: want host:port")
	}
	if err := telemetry.CheckAddress(f.internal); f.internal != "" && err != nil {
		return usage("--listen-internal: %w", err)
	}
	if err := (telemetry.Trace{Endpoint: f.trace.endpoint}).Check(); err != nil {
		return usage("--trace-endpoint: %w", err)
	}
	if len(f.names) == 0 || slices.Contains(f.names, "") {
		return usage("--name: want at least one name or address, none of them empty")
	}
	n := &f.network
	if n.contracts == "" && n.endpoint+n.second+n.operator+n.relayer != "" {
		return usage("--rpc-file, --operator-file, --relayer-file: of no use without --contracts, a file by 'wrappy ledger deploy'")
	}
	if n.contracts != "" && (n.endpoint == "" || n.operator == "" || n.relayer == "") {
		return usage("--contracts: want --rpc-file, --operator-file and --relayer-file too")
	}
	if _, known := confirmations[n.confirm]; n.contracts != "" && !known {
		return usage("--confirm: want safe, finalized or head")
	}
	for _, path := range []*string{&f.officers, &f.s3.AccessKeyFile, &f.s3.SecretKeyFile, &f.s3.CAFile, &n.contracts, &n.endpoint, &n.second, &n.operator, &n.relayer} {
		if *path == "" {
			continue
		}
		var err error
		if *path, err = filepath.Abs(*path); err != nil {
			return err
		}
	}
	return nil
}

// make makes a vault's folder beside its place and moves it there when it is whole: an
// attempt that was cut short leaves nothing that looks like a vault.
func (f *founding) make(ctx context.Context, dir string) (err error) {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return err
	}
	making, err := os.MkdirTemp(filepath.Dir(dir), ".wrappy-init-") // mode 0700
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(making))
		}
	}()
	text, err := f.text()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(making, configFile), []byte(text), 0o600); err != nil {
		return err
	}
	c, err := loadConfig(filepath.Join(making, configFile), nil)
	if err != nil {
		return err
	}
	passphrase := f.passphrase
	if len(passphrase) == 0 {
		path := filepath.Join(making, passphraseFile)
		if err := makePassphrase(path); err != nil {
			return err
		}
		if passphrase, err = readPassphrase(path, "", streams{}); err != nil {
			return err
		}
	}
	s := &setup{config: c, passphrase: passphrase, names: f.names, network: f.network, now: time.Now()}
	if f.officers != "" {
		if s.officers, err = readOfficers(f.officers); err != nil {
			return usage("--officers-file: %w", err)
		}
	}
	if err := s.run(ctx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) { // an empty folder gives way; one that is not stays
		return err
	}
	return os.Rename(making, dir)
}
