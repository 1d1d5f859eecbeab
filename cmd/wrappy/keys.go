package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// keysFlags are what the commands about a vault's keys take.
type keysFlags struct {
	io     streams
	file   string // configuration
	output string
}

func keysCommand(io streams) *cobra.Command {
	c := &cobra.Command{Use: "keys", Short: "A vault's keys: rotate the master, look at what is to be destroyed, leave a country", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(keysShow(io), keysRotate(io), keysRewrap(io), keysAddCountry(io), keysOfficer(io), keysSignLeave(io), keysLeave(io))
	return c
}

func (k *keysFlags) command(use, short, long string, args cobra.PositionalArgs, run func(ctx context.Context, c *config, args []string) error) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Long: long, Args: args, RunE: func(c *cobra.Command, args []string) error {
		config, err := loadConfig(k.file, os.Environ())
		if err != nil {
			return &coded{exitUsage, err}
		}
		return run(c.Context(), config, args)
	}}
	c.Flags().StringVar(&k.file, "config", configFile, "configuration file of the vault")
	outputFlag(c, &k.output)
	return c
}

// report prints one answer as JSON or as a sentence.
func (k *keysFlags) report(v any, format string, args ...any) error {
	if k.output == outputJSON {
		return printJSON(k.io.out, v)
	}
	_, err := fmt.Fprintf(k.io.out, format+"\n", args...)
	return err
}

func keysShow(io streams) *cobra.Command {
	k := &keysFlags{io: io}
	return k.command("show", "Show which perishable keys there are, and until when; no passphrase is needed", "", cobra.NoArgs, func(_ context.Context, c *config, _ []string) error {
		p, err := crypto.ReadPerishable(c.keyringFile())
		if err != nil {
			return err
		}
		if k.output == outputJSON {
			return printJSON(io.out, p)
		}
		var rows [][]string
		for region, id := range p.Regions {
			rows = append(rows, []string{"country " + region, "in use", id})
		}
		for _, month := range p.Epochs {
			rows = append(rows, []string{fmt.Sprintf("month %06d", month), "until " + day(epochEnd(month, c.Erasure.BackupDays)), ""})
		}
		for _, left := range p.Left {
			rows = append(rows, []string{"country " + left.Region, "left, " + day(left.Time), left.ID})
		}
		slices.SortStableFunc(rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
		return printTable(io.out, []string{"KEY", "", "ID"}, rows)
	})
}

// epochEnd is the day from which a month's key is due to be destroyed.
func epochEnd(month uint32, backupDays int) uint64 {
	end := time.Date(int(month/100), time.Month(month%100)+1, 1, 0, 0, 0, 0, time.UTC)
	return uint64(max(end.AddDate(0, 0, backupDays).Unix(), 0))
}

func keysRotate(io streams) *cobra.Command {
	k := &keysFlags{io: io}
	var next string
	c := k.command("rotate-master", "Replace the master key, and with --new-passphrase-file the passphrase",
		"rotate-master wraps every key of the keyring anew, under a fresh master key. It reads no store, so that it takes\nas long for one person as for a million, and a running vault goes on meanwhile. If it is cut short, run\n"+
			"it again. Copies of the old keyring open with the old passphrase as before: destroy them.",
		cobra.NoArgs, func(ctx context.Context, c *config, _ []string) error {
			old, err := c.readPassphrase(io)
			if err != nil {
				return err
			}
			secret := crypto.Secret(old)
			if next != "" {
				if next == "-" && c.PassphraseFile == "-" {
					return usage("--new-passphrase-file: both passphrases cannot come by standard input")
				}
				if secret, err = readPassphrase(next, "new keyring passphrase", io); err != nil {
					return err
				}
			}
			begun := time.Now()
			err = crypto.RotateMaster(ctx, c.keyringFile(), crypto.NewPassphrase(old, crypto.Argon2{}), crypto.NewPassphrase(secret, crypto.Argon2{}))
			if err != nil {
				return wrongPassphrase(c.keyringFile(), err)
			}
			then := ""
			if next != "" {
				then = fmt.Sprintf("\nthe vault's next start needs the new passphrase: let passphrase_file in %s name it", k.file)
			}
			return k.report(map[string]any{"keyring": c.keyringFile(), "passphrase_changed": next != "", "milliseconds": time.Since(begun).Milliseconds()},
				"the master key is another; destroy copies of the old %s%s", c.keyringFile(), then)
		})
	c.Flags().StringVar(&next, "new-passphrase-file", "", "file whose first line is the new passphrase, - for standard input; without it the passphrase stays")
	return c
}

// Renewed is what a sweep over all heads has come to.
type renewed struct {
	Heads     int      `json:"heads"`
	Renewed   int      `json:"renewed"`
	Erased    int      `json:"erased"`
	Failed    int      `json:"failed"`
	Destroyed []uint32 `json:"destroyed"`
	Error     string   `json:"error,omitempty"`
}

func keysRewrap(io streams) *cobra.Command {
	k := &keysFlags{io: io}
	return k.command("rewrap", "Let the running vault put every head under this month's key now, and destroy keys that are due",
		"rewrap does at once what a running vault does at each start, when a month begins and when a key is due.",
		cobra.NoArgs, func(ctx context.Context, c *config, _ []string) error {
			answer, err := rewrapCall(ctx, c)
			if err != nil {
				return err
			}
			if answer.Error != "" {
				return &coded{exitUnavailable, errors.New(answer.Error)}
			}
			destroyed := "no key was due to be destroyed"
			if len(answer.Destroyed) > 0 {
				destroyed = fmt.Sprintf("keys destroyed: %v", answer.Destroyed)
			}
			return k.report(answer, "%d heads, %d of them renewed; %s", answer.Heads, answer.Renewed, destroyed)
		})
}

func rewrapCall(ctx context.Context, c *config) (*renewed, error) {
	if err := checkSocketPath(c.operatorSocket()); err != nil {
		return nil, err
	}
	caller := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", c.operatorSocket())
	}}} // as long as it takes: one read for each person
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://operator/rewrap", http.NoBody)
	if err != nil {
		return nil, err
	}
	answer, err := caller.Do(r)
	if err != nil {
		return nil, &coded{exitUnavailable, fmt.Errorf("the vault does not run, or is not yours: %w", err)}
	}
	defer func() { _ = answer.Body.Close() }()
	out := new(renewed)
	if err := json.NewDecoder(io.LimitReader(answer.Body, 64<<10)).Decode(out); err != nil {
		return nil, fmt.Errorf("operator: %w", err)
	}
	return out, nil
}

// withRewrap adds the operator's sweep to what the operator's socket answers.
func (n *node) withRewrap(others http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", others)
	mux.HandleFunc("POST /rewrap", func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // a sweep takes longer than any other act
		destroyed, sweep, err := n.sweepEpochs(r.Context())
		answer := renewed{Heads: sweep.Heads, Renewed: sweep.Renewed, Erased: sweep.Erased, Failed: sweep.Failed, Destroyed: append([]uint32{}, destroyed...)}
		if err != nil {
			answer.Error = err.Error()
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(answer)
	})
	return mux
}

func keysAddCountry(io streams) *cobra.Command {
	k := &keysFlags{io: io}
	return k.command("add-country COUNTRY", "Make a key for a country, whose people can then enrol; the vault takes it up at its next start", "", cobra.ExactArgs(1), func(ctx context.Context, c *config, args []string) error {
		if err := consent.ValidateJurisdiction(args[0]); err != nil {
			return usage("country: %w", err)
		}
		passphrase, err := c.readPassphrase(io)
		if err != nil {
			return err
		}
		keyring, err := crypto.OpenKeyring(ctx, c.keyringFile(), crypto.NewPassphrase(passphrase, crypto.Argon2{}))
		if err != nil {
			return wrongPassphrase(c.keyringFile(), err)
		}
		if err := keyring.AddRegion(ctx, args[0]); err != nil {
			return err
		}
		return k.report(map[string]string{"country": args[0], "id": keyring.RegionID(args[0])}, "a key for %s is made; copy both keyring files, and start the vault again", args[0])
	})
}
