package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/client"
)

const (
	officerAAD   = "wrappy officer key file v1"
	officersDir  = "officers"
	formatOrder  = "wrappy leave order v1"
	maxOrderFile = 4096
)

// orderFile is one officer's order to destroy a country's key.
type orderFile struct {
	Format  string `json:"format"`
	Country string `json:"country"`
	crypto.LeaveOrder
}

func parseOrder(data []byte) (*orderFile, error) {
	var f orderFile
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil || f.Format != formatOrder {
		return nil, errors.New("not an order by 'wrappy keys sign-leave'")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("not an order by 'wrappy keys sign-leave'")
	}
	return &f, nil
}

// makeOfficers makes two officers' keys so that a new vault has them; a real one hands
// them to two people, or is told the public keys of two who made their own.
func (s *setup) makeOfficers(ctx context.Context) (public []string, err error) {
	if s.officers != nil {
		return s.officers, nil
	}
	dir := filepath.Join(s.config.dir, officersDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	for _, name := range []string{"officer-1.key", "officer-2.key"} {
		key, err := newOfficer(ctx, filepath.Join(dir, name), s.passphrase)
		if err != nil {
			return nil, err
		}
		public = append(public, key)
	}
	return public, nil
}

func newOfficer(ctx context.Context, path string, passphrase crypto.Secret) (string, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", err
	}
	sealed, err := crypto.SealWithPassphrase(ctx, passphrase, private.Seed(), []byte(officerAAD))
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(public), crypto.WriteFile(path, sealed, false)
}

func openOfficer(ctx context.Context, path string, passphrase crypto.Secret) (ed25519.PrivateKey, error) {
	sealed, err := crypto.ReadFile(path, 4096)
	if err != nil {
		return nil, err
	}
	seed, err := crypto.OpenWithPassphrase(ctx, passphrase, sealed, []byte(officerAAD))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, wrongPassphrase(path, errors.Join(err, crypto.ErrPassphrase))
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// parseOfficers reads public keys, at least two different ones.
func parseOfficers(lines []string) (keys []ed25519.PublicKey, err error) {
	seen := map[string]bool{}
	for _, line := range lines {
		key, err := hex.DecodeString(line)
		if err != nil || len(key) != ed25519.PublicKeySize {
			return nil, errors.New("officers: want public keys of 64 hex digits, as 'wrappy keys officer' prints them")
		}
		seen[string(key)] = true
		keys = append(keys, key)
	}
	if len(seen) < 2 || len(seen) != len(lines) {
		return nil, errors.New("officers: want at least two different public keys")
	}
	return keys, nil
}

// readOfficers reads a file of one public key a line.
func readOfficers(path string) ([]string, error) {
	data, err := crypto.ReadFile(path, 64<<10)
	if err != nil {
		return nil, err
	}
	var lines []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, strings.ToLower(line))
		}
	}
	_, err = parseOfficers(lines)
	return lines, err
}

func (c *config) leaving() (d crypto.Deployment, officers []ed25519.PublicKey, err error) {
	var known deployment
	if err := readJSONFile(c.deploymentFile(), &known); err != nil {
		return d, nil, err
	}
	officers, err = parseOfficers(known.Officers)
	return crypto.Deployment{Origin: known.LogOrigin, ChainID: known.Ledger.ChainID, Contract: known.Ledger.Consent}, officers, err
}

func keysOfficer(io streams) *cobra.Command {
	k := &keysFlags{io: io}
	var out, passphrase string
	c := &cobra.Command{Use: "officer", Short: "Make the key of an officer, who can order with another that a country be left", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		secret, err := readPassphrase(passphrase, "the officer's passphrase", io)
		if err != nil {
			return err
		}
		public, err := newOfficer(c.Context(), out, secret)
		if errors.Is(err, os.ErrExist) {
			return usage("--out: %s is there already and stays as it is; choose another name", out)
		}
		if err != nil {
			return err
		}
		return k.report(map[string]string{"officer": public, "file": out}, "%s", public)
	}}
	c.Flags().StringVar(&out, "out", "officer.key", "the new file")
	c.Flags().StringVar(&passphrase, "passphrase-file", "", "file whose first line is to open it, - for standard input; without it you are asked")
	outputFlag(c, &k.output)
	return c
}

func keysSignLeave(io streams) *cobra.Command {
	k := &keysFlags{io: io}
	var officer, passphrase, out string
	c := k.command("sign-leave COUNTRY", "As an officer, order that a country's key be destroyed; it takes two, within a day", "", cobra.ExactArgs(1), func(ctx context.Context, c *config, args []string) error {
		if err := consent.ValidateJurisdiction(args[0]); err != nil {
			return usage("country: %w", err)
		}
		d, officers, err := c.leaving()
		if err != nil {
			return err
		}
		secret, err := readPassphrase(passphrase, "the officer's passphrase", io)
		if err != nil {
			return err
		}
		private, err := openOfficer(ctx, officer, secret)
		if err != nil {
			return err
		}
		if !isOfficer(officers, private) {
			return &coded{exitRefused, errors.New("this key is not of an officer of this vault: deployment.json names them")}
		}
		order, err := crypto.SignLeave(c.keyringFile(), d, args[0], private, time.Now())
		if err != nil {
			return leaveRefused(args[0], err)
		}
		data, err := json.Marshal(orderFile{formatOrder, args[0], order})
		if err != nil {
			return err
		}
		if err := saveExport(out, append(data, '\n')); err != nil {
			return err
		}
		return k.report(map[string]string{"country": args[0], "order": out}, "ordered; it holds for a day, and with another officer's order alone")
	})
	c.Flags().StringVar(&officer, "officer-file", "", "the officer's key file (required)")
	c.Flags().StringVar(&passphrase, "passphrase-file", "", "file whose first line opens it, - for standard input; without it you are asked")
	c.Flags().StringVar(&out, "out", "", "the new file of the order (required)")
	_ = c.MarkFlagRequired("officer-file")
	_ = c.MarkFlagRequired("out")
	return c
}

func isOfficer(officers []ed25519.PublicKey, private ed25519.PrivateKey) bool {
	for _, public := range officers {
		if public.Equal(private.Public()) {
			return true
		}
	}
	return false
}

func leaveRefused(country string, err error) error {
	switch {
	case errors.Is(err, crypto.ErrLeft):
		return &coded{exitRefused, fmt.Errorf("%s was left already: its key is destroyed", country)}
	case errors.Is(err, crypto.ErrUnknownRegion):
		return &coded{exitRefused, fmt.Errorf("this vault has no key for %s", country)}
	case errors.Is(err, crypto.ErrOrder):
		return &coded{exitRefused, fmt.Errorf("nothing was destroyed: %w", err)}
	}
	return err
}

func keysLeave(io streams) *cobra.Command {
	k := &keysFlags{io: io}
	var orders []string
	c := k.command("leave-country COUNTRY", "Destroy a country's key, for ever: everything of its people here is noise then",
		"leave-country takes two officers' orders and no passphrase, and works whether the vault runs or not: a running one\ndrops the key within a second. Copies of the stores stay closed, with any copy of keyring.json. A copy of\nkeyring-perishable.json from before opens them: destroy those.",
		cobra.ExactArgs(1), func(_ context.Context, c *config, args []string) error {
			if len(orders) != 2 {
				return usage("--order: want two, each by 'wrappy keys sign-leave' of another officer")
			}
			d, officers, err := c.leaving()
			if err != nil {
				return err
			}
			signed := make([]crypto.LeaveOrder, len(orders))
			for i, path := range orders {
				data, err := crypto.ReadFile(path, maxOrderFile)
				if err != nil {
					return fmt.Errorf("--order: %w", err)
				}
				f, err := parseOrder(data)
				if err != nil {
					return usage("--order: %s: %w", path, err)
				}
				if f.Country != args[0] {
					return &coded{exitRefused, fmt.Errorf("nothing was destroyed: %s is an order for %s", path, client.Printable(f.Country))}
				}
				signed[i] = f.LeaveOrder
			}
			if err := crypto.LeaveRegion(c.keyringFile(), d, args[0], officers, signed, time.Now()); err != nil {
				return leaveRefused(args[0], err)
			}
			return k.report(map[string]string{"left": args[0]},
				"left %s: its key is destroyed\n  a running vault has dropped it within a second; end it to clear its memory\n  destroy every other copy of %s", args[0], crypto.PerishablePath(c.keyringFile()))
		})
	c.Flags().StringArrayVar(&orders, "order", nil, "file of an officer's order; twice")
	return c
}
