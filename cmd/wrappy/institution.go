package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/api"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/ledgerref"
)

// institutionFlags are what the commands of an institution share.
type institutionFlags struct {
	io                           streams
	dir, passphrase, vault, cert string
	output                       string
}

func institutionCommand(io streams) *cobra.Command {
	c := &cobra.Command{Use: "institution", Short: "An institution's half: keys, standing on the ledger, requests, releases, writing", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(institutionNew(io), institutionRegister(io), institutionShow(io), institutionAppoint(io), institutionSuspend(io),
		institutionKey(io), institutionColdKey(io), institutionRequest(io), institutionRequests(io), institutionStatus(io), institutionGrants(io), institutionRelease(io), institutionWrite(io), institutionSign(io), institutionAssist(io),
		institutionNotices(io), institutionDeletions(io), institutionAttestDeletion(io))
	return c
}

func (i *institutionFlags) command(use, short string, args cobra.PositionalArgs, run func(context.Context, []string) error) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: args, RunE: func(c *cobra.Command, args []string) error { return exitCode(run(c.Context(), args)) }}
	c.Flags().StringVar(&i.dir, "dir", ".", "the institution's folder")
	outputFlag(c, &i.output)
	return c
}

func (i *institutionFlags) passphraseFlag(c *cobra.Command) *cobra.Command {
	c.Flags().StringVar(&i.passphrase, "passphrase-file", "", "file whose first line opens the cold key, - for standard input; without it you are asked")
	return c
}

func (i *institutionFlags) vaultFlags(c *cobra.Command, what string) *cobra.Command {
	c.Flags().StringVar(&i.vault, "vault", "", what+" (required)")
	c.Flags().StringVar(&i.cert, "cacert", "", "PEM file of the vault's certificate, where no public authority stands behind it")
	_ = c.MarkFlagRequired("vault")
	return c
}

const (
	publicAddress = "address of the vault's public listener, such as https://127.0.0.1:8443"
	mutualAddress = "address of the vault's listener for institutions, such as https://127.0.0.1:8444"
)

// cold opens the folder with its cold key.
func (i *institutionFlags) cold(ctx context.Context) (*client.InstitutionKeys, error) {
	secret, err := readPassphrase(i.passphrase, "cold key passphrase", i.io)
	if err != nil {
		return nil, err
	}
	keys, err := client.OpenInstitutionKeys(ctx, i.dir, secret)
	return keys, wrongPassphrase(filepath.Join(i.dir, "cold.key"), err)
}

// connect opens the folder without its cold key and the mutual TLS connection.
func (i *institutionFlags) connect(ctx context.Context) (*client.Institution, error) {
	keys, err := client.OpenInstitutionKeys(ctx, i.dir, nil)
	if err != nil {
		return nil, err
	}
	return client.NewInstitution(ctx, i.vault, i.cert, keys)
}

// report prints a result as JSON, or as a sentence.
func (i *institutionFlags) report(v any, format string, args ...any) error {
	if i.output == outputJSON {
		return printJSON(i.io.out, v)
	}
	_, err := fmt.Fprintf(i.io.out, format+"\n", args...)
	return err
}

// hint goes to standard error: standard output has the id alone, for scripts.
func (i *institutionFlags) hint(format string, args ...any) {
	_, _ = fmt.Fprintf(i.io.err, format+"\n", args...)
}

func institutionNew(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	var name, kind, jurisdiction string
	var recovery recoveryFlags
	c := i.passphraseFlag(i.command("new", "Make an institution's keys and certificate", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		secret, err := readPassphrase(i.passphrase, "new cold key passphrase", io)
		if err != nil {
			return err
		}
		profile := ledgerref.Profile{Name: name, Kind: consent.ParseKind(kind), Jurisdiction: jurisdiction}
		if profile.RecoveryKey, err = recovery.make(ctx, io); err != nil {
			return err
		}
		keys, err := client.NewRecoverableKeys(ctx, i.dir, profile, secret)
		if err != nil {
			return &coded{exitUsage, err}
		}
		i.hint("keys in %s; keep cold.key offline, give tls.key and tls.crt to the server that talks to the vault", i.dir)
		return i.report(map[string]any{"institution": keys.ID, "dir": i.dir}, "%s", keys.ID)
	}))
	recovery.flags(c, "new file for a recovery key, to be kept apart from the folder: it takes the institution back when the cold key is lost or stolen")
	c.Flags().StringVar(&name, "name", "", "the institution's name (required)")
	c.Flags().StringVar(&kind, "kind", "", "hospital, clinic, school, registrar, agency, border, bank, employer or accreditor (required)")
	c.Flags().StringVar(&jurisdiction, "jurisdiction", "", "where it sits, ISO 3166-1 alpha-2 (required)")
	for _, f := range []string{"name", "kind", "jurisdiction"} {
		_ = c.MarkFlagRequired(f)
	}
	return c
}

func institutionRegister(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	return i.vaultFlags(i.passphraseFlag(i.command("register", "Register the institution and its TLS key on the ledger", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		keys, err := i.cold(ctx)
		if err != nil {
			return err
		}
		registry, err := client.NewRegistry(ctx, i.vault, i.cert)
		if err != nil {
			return err
		}
		if err := registry.Register(ctx, keys); err != nil {
			return err
		}
		return i.report(map[string]any{"institution": keys.ID}, "registered %s; it may ask once an accreditor has attested it", keys.ID)
	})), publicAddress)
}

func parseInstitution(text string) (id consent.InstitutionID, err error) {
	if err := id.UnmarshalText([]byte(text)); err != nil {
		return id, usage("institution: %w", err)
	}
	return id, nil
}

func institutionShow(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	return i.vaultFlags(i.command("show INSTITUTION", "Show an institution as the ledger has it", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		id, err := parseInstitution(args[0])
		if err != nil {
			return err
		}
		registry, err := client.NewRegistry(ctx, i.vault, i.cert)
		if err != nil {
			return err
		}
		found, err := registry.Institution(ctx, id)
		if err != nil {
			return err
		}
		return i.report(found, "%s (%s, %s), attested: %t, suspended: %t", found.Name, found.Kind, found.Jurisdiction, found.Attested, found.Suspended)
	}), publicAddress)
}

func untilFlag(c *cobra.Command, days *uint32) *cobra.Command {
	c.Flags().Uint32Var(days, "days", 365, "for so many days")
	return c
}

func inDays(days uint32) time.Time { return time.Now().Add(time.Duration(days) * 24 * time.Hour) }

// operatorFlags reach the vault's operator socket, on the vault's own machine.
func operatorFlags(c *cobra.Command, data *string) *cobra.Command {
	c.Flags().StringVar(data, "operator", "", "folder of the running vault: act as its operator, on its machine")
	return c
}

func institutionAppoint(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	var data string
	var days uint32
	c := i.command("appoint INSTITUTION", "As the vault's operator, make an accreditor a root of trust", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		id, err := parseInstitution(args[0])
		if err != nil {
			return err
		}
		if data == "" {
			return usage("--operator: name the folder of the running vault")
		}
		until := inDays(days)
		answer, err := operatorCall(ctx, data, "appoint", api.OperatorAct{Institution: id, Expires: uint64(until.Unix())}) //nolint:gosec // after 1970
		if err != nil {
			return err
		}
		return i.report(answer, "appointed %s until %s", id, until.UTC().Format("2006-01-02"))
	})
	return operatorFlags(untilFlag(c, &days), &data)
}

func institutionSuspend(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	var data string
	var lift bool
	c := i.passphraseFlag(i.command("suspend INSTITUTION", "Suspend the institution itself, or as the vault's operator any (accreditors: wrappy accreditor suspend)", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		id, err := parseInstitution(args[0])
		if err != nil {
			return err
		}
		done := "suspended"
		if lift {
			done = "suspension lifted from"
		}
		if data != "" {
			answer, err := operatorCall(ctx, data, "suspend", api.OperatorAct{Institution: id, Lift: lift})
			if err != nil {
				return err
			}
			return i.report(answer, "%s %s", done, id)
		}
		if i.vault == "" {
			return usage("suspend: want --vault with --dir, or --operator")
		}
		keys, err := i.cold(ctx)
		if err != nil {
			return err
		}
		registry, err := client.NewRegistry(ctx, i.vault, i.cert)
		if err != nil {
			return err
		}
		if err := registry.Suspend(ctx, keys, id, lift); err != nil {
			return err
		}
		return i.report(map[string]any{"institution": id, "suspended": !lift}, "%s %s", done, id)
	}))
	c.Flags().StringVar(&i.vault, "vault", "", publicAddress)
	c.Flags().StringVar(&i.cert, "cacert", "", "PEM file of the vault's certificate")
	c.Flags().BoolVar(&lift, "lift", false, "end the suspension instead")
	return operatorFlags(c, &data)
}

func operatorCall(ctx context.Context, data, path string, act api.OperatorAct) (*api.OperatorAnswer, error) {
	body, err := json.Marshal(act)
	if err != nil {
		return nil, err
	}
	socket := (&config{dir: data}).operatorSocket()
	if err := checkSocketPath(socket); err != nil {
		return nil, err
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", socket)
	}
	c := &http.Client{Transport: &http.Transport{DialContext: dial}, Timeout: 90 * time.Second}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://operator/"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	answer, err := c.Do(r)
	if err != nil {
		return nil, &coded{exitUnavailable, fmt.Errorf("the vault at %s does not run, or is not yours: %w", data, err)}
	}
	defer func() { _ = answer.Body.Close() }()
	var out api.OperatorAnswer
	if err := json.NewDecoder(io.LimitReader(answer.Body, 64<<10)).Decode(&out); err != nil {
		return nil, fmt.Errorf("operator: %w", err)
	}
	if out.Error != "" {
		return nil, &coded{exitRefused, fmt.Errorf("%s", out.Error)}
	}
	return &out, nil
}
