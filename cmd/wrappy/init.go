package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/crypto"
)

const configFile = "config.yaml"

func initCommand(io streams) *cobra.Command {
	var o struct {
		data, passphrase string
		founding
	}
	c := &cobra.Command{
		Use:   "init",
		Short: "Make a vault's folder: keys, ledger, stores, signed policy, configuration",
		Long: "init makes everything that 'wrappy serve' needs, from nothing: the keyring under a\npassphrase, the operator's and the relayer's accounts, an embedded chain with the three\n" +
			"contracts, the default policy bundle signed by two reviewers' keys, a server\ncertificate, and a configuration file.\n\n" +
			"With --contracts it uses another EVM network, on which 'wrappy ledger deploy' has put the\ncontracts; with --s3-endpoint two empty buckets take the place of two folders.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if err := o.check(); err != nil {
				return err
			}
			dir, err := newFolder(o.data)
			if err != nil {
				return err
			}
			if o.passphraseFile, o.founding.passphrase, err = initPassphrase(o.passphrase, io); err != nil {
				return err
			}
			_, _ = fmt.Fprintln(io.err, "making keys, ledger, stores and policy …")
			if err := o.make(c.Context(), dir); err != nil {
				return err
			}
			_, err = fmt.Fprintf(io.out, "made %s\n  next: wrappy serve --config %s\n  the reviewers' keys in %s and the officers' in %s belong to two people each: hand them over\n  keep %s and the passphrase apart, and back up both\n",
				dir, filepath.Join(dir, configFile), filepath.Join(dir, "policy"), filepath.Join(dir, officersDir), filepath.Join(dir, "keyring.json"))
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&o.data, "data", "", "folder to make (required)")
	f.StringVar(&o.jurisdiction, "jurisdiction", "", "country of the data, ISO 3166-1 alpha-2 (required)")
	f.StringVar(&o.passphrase, "passphrase-file", "", "file whose first line is the keyring's passphrase, - for standard input; without it one is made in the folder")
	f.StringVar(&o.public, "listen-public", "127.0.0.1:8443", "host:port for people")
	f.StringVar(&o.institutions, "listen-institutions", "127.0.0.1:8444", "host:port for institutions")
	f.StringVar(&o.internal, "listen-internal", "", "loopback or private ip:port for the operator alone: metrics, health, profiles; none without it")
	f.StringVar(&o.trace.endpoint, "trace-endpoint", "", "URL of an OpenTelemetry collector (OTLP over HTTP): https, or http on loopback; no traces without it")
	f.StringVar(&o.officers, "officers-file", "", "file of the public keys of officers, of whom two can order that a country be left; without it two keys are made in the folder")
	f.StringSliceVar(&o.names, "name", []string{"localhost", "127.0.0.1", "::1"}, "names and addresses of the server certificate")
	o.storeFlags(c)
	o.networkFlags(c)
	_ = c.MarkFlagRequired("data")
	_ = c.MarkFlagRequired("jurisdiction")
	return c
}

// newFolder refuses a folder that holds a vault, or anything, already.
func newFolder(data string) (string, error) {
	dir, err := filepath.Abs(data)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(dir, configFile)); err == nil {
		return "", usage("--data: %s holds a vault already; choose another folder", dir)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if left, err := os.ReadDir(dir); err == nil && len(left) > 0 {
		return "", usage("--data: %s is not empty: remove what an earlier attempt has left, or choose another folder", dir)
	}
	if err := checkSocketPath((&config{dir: dir}).operatorSocket()); err != nil {
		return "", err
	}
	return dir, nil
}

// initPassphrase returns the configuration's value and the passphrase; none where
// one is to be made in the folder.
func initPassphrase(file string, io streams) (string, crypto.Secret, error) {
	if file == "" {
		return passphraseFile, nil, nil
	}
	secret, err := readPassphrase(file, "passphrase", io)
	if err != nil || file == "-" {
		return "-", secret, err
	}
	path, err := filepath.Abs(file)
	return path, secret, err
}

func makePassphrase(path string) error {
	var random [24]byte
	_, _ = rand.Read(random[:])
	return crypto.WriteFile(path, []byte(hex.EncodeToString(random[:])+"\n"), false)
}

const passphraseFile = "passphrase"
