package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/wallet"
)

// personFlags are what every command of a person takes.
type personFlags struct {
	io                              streams
	wallet, passphrase, vault, cert string
	output                          string
}

func personCommand(io streams) *cobra.Command {
	c := &cobra.Command{Use: "person", Short: "A person's half: an identity, permissions, who asked", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(personNew(io), personEnrol(io), personAsked(io), personGrant(io), personShow(io), personRefuse(io), personWithdraw(io), personAssist(io), personAssistKey(io), personRepresent(io), personCompromised(io), personGrants(io), personHistory(io), personReceipt(io), personFacts(io), personCorrect(io), personRecords(io), personExport(io), personImport(io), personErase(io), personCard(io))
	return c
}

func (p *personFlags) command(use, short string, args cobra.PositionalArgs, run func(context.Context, []string) error) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: args, RunE: func(c *cobra.Command, args []string) error { return exitCode(run(c.Context(), args)) }}
	f := c.Flags()
	f.StringVar(&p.wallet, "wallet", "person.wallet", "the person's wallet file")
	f.StringVar(&p.passphrase, "passphrase-file", "", "file whose first line opens the wallet, - for standard input; without it you are asked")
	f.StringVar(&p.vault, "vault", "", "address of the vault, such as https://127.0.0.1:8443; remembered in the wallet")
	f.StringVar(&p.cert, "cacert", "", "PEM file of the vault's certificate, where no public authority stands behind it")
	outputFlag(c, &p.output)
	return c
}

// open loads the wallet and connects to its vault.
func (p *personFlags) open(ctx context.Context) (*wallet.File, crypto.Secret, *client.Person, error) {
	secret, err := readPassphrase(p.passphrase, "wallet passphrase", p.io)
	if err != nil {
		return nil, nil, nil, err
	}
	file, err := wallet.Load(ctx, p.wallet, secret)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil, usage("--wallet: there is no %s; 'wrappy person new' makes one", p.wallet)
	}
	if err != nil {
		return nil, nil, nil, wrongPassphrase(p.wallet, err)
	}
	if p.vault == "" {
		if len(file.Vaults) == 0 {
			return nil, nil, nil, usage("--vault: this wallet knows none yet; name one")
		}
		p.vault = file.Vaults[0].URL
	}
	person, err := client.NewPerson(ctx, p.vault, p.cert, &file.Identity)
	if err != nil {
		return nil, nil, nil, err
	}
	return file, secret, person, person.Deployment.Keep(&file.Vaults[vaultIndex(file, p.vault)])
}

func personNew(io streams) *cobra.Command {
	p := &personFlags{io: io}
	var jurisdiction string
	c := p.command("new", "Make an identity and enrol it at a vault", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		if p.vault == "" {
			return usage("--vault: name the vault to enrol at")
		}
		if err := consent.ValidateJurisdiction(jurisdiction); err != nil {
			return usage("--jurisdiction: %w", err)
		}
		secret, err := readPassphrase(p.passphrase, "new wallet passphrase", io)
		if err != nil {
			return err
		}
		file := &wallet.File{Identity: *wallet.NewIdentity(), Vaults: []wallet.Vault{{URL: p.vault}}}
		person, err := client.NewPerson(ctx, p.vault, p.cert, &file.Identity)
		if err != nil {
			return err
		}
		if err := person.Deployment.Keep(&file.Vaults[0]); err != nil {
			return err
		}
		// saved before it is used: an identity at the vault without a key anywhere would be lost
		if err := file.Save(ctx, p.wallet, secret); errors.Is(err, fs.ErrExist) {
			return usage("--wallet: %s is there already and stays as it is; choose another name", p.wallet)
		} else if err != nil {
			return err
		}
		if err := person.Enrol(ctx, jurisdiction); err != nil {
			return fmt.Errorf("%w; the keys are kept in %s: try again with 'wrappy person enrol'", err, p.wallet)
		}
		return p.enrolled()
	})
	return p.jurisdictionFlag(c, &jurisdiction)
}

func (p *personFlags) jurisdictionFlag(c *cobra.Command, value *string) *cobra.Command {
	c.Flags().StringVar(value, "jurisdiction", "", "country whose region key protects your data, ISO 3166-1 alpha-2 (required)")
	_ = c.MarkFlagRequired("jurisdiction")
	return c
}

func (p *personFlags) enrolled() error {
	if p.output == outputJSON {
		return printJSON(p.io.out, map[string]string{"wallet": p.wallet, "vault": p.vault})
	}
	_, err := fmt.Fprintf(p.io.out, "enrolled at %s; the keys are in %s: whoever has this file and the passphrase is you\n", p.vault, p.wallet)
	return err
}

// personEnrol brings an identity that exists to a vault: after a first attempt that
// failed, or to a further vault.
func personEnrol(io streams) *cobra.Command {
	p := &personFlags{io: io}
	var jurisdiction string
	c := p.command("enrol", "Enrol the identity of a wallet at a vault, once more or at a further one", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		if err := consent.ValidateJurisdiction(jurisdiction); err != nil {
			return usage("--jurisdiction: %w", err)
		}
		file, secret, person, err := p.open(ctx)
		if err != nil {
			return err
		}
		if err := person.Enrol(ctx, jurisdiction); err != nil {
			return err
		}
		if vaultIndex(file, p.vault) == len(file.Vaults)-1 { // perhaps new
			if err := file.Save(ctx, p.wallet, secret); err != nil {
				return err
			}
		}
		return p.enrolled()
	})
	return p.jurisdictionFlag(c, &jurisdiction)
}

func parseGrant(text string) (id consent.GrantID, err error) {
	if err := id.UnmarshalText([]byte(text)); err != nil {
		return id, usage("grant: %w", err)
	}
	return id, nil
}

func personAsked(io streams) *cobra.Command {
	p := &personFlags{io: io}
	return p.command("asked REQUEST", "Show what an institution asks", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		id, err := parseRequest(args[0])
		if err != nil {
			return err
		}
		_, _, person, err := p.open(ctx)
		if err != nil {
			return err
		}
		asked, err := person.Read(ctx, id)
		if err != nil {
			return err
		}
		if p.output == outputJSON {
			return printJSON(io.out, map[string]any{"institution": asked.Institution, "request": asked.Request, "status": asked.Status})
		}
		r := asked.Request
		standing := "NOT attested by any accreditor now"
		if asked.Institution.Attested {
			standing = "attested"
		}
		limit := "no limit"
		if r.MaxReleases > 0 {
			limit = fmt.Sprintf("%d times", r.MaxReleases)
		}
		rows := [][]string{
			{"who", fmt.Sprintf("%s (%s, %s, %s)", asked.Institution.Name, asked.Institution.Kind, asked.Institution.Jurisdiction, standing)},
			{"why", string(r.Purpose) + ", on the basis of " + string(r.LegalBasis)},
			{"may", r.Actions.String()},
			{"until", day(r.Expires)}, {"how often", limit}, {"kept", fmt.Sprintf("%d days", r.RetentionDays)},
			{"answer by", time.Unix(int64(r.AnswerBy), 0).UTC().Format(time.RFC3339)}, //nolint:gosec // validated on arrival
			{"status", asked.Status},
		}
		for _, f := range r.Fields {
			rows = append(rows, []string{"field", string(f)})
		}
		for _, n := range r.Notices {
			rows = append(rows, []string{"notice (" + n.Language + ")", n.Text})
		}
		return printTable(io.out, []string{"ASKED", ""}, rows)
	})
}

func day(unix uint64) string { return time.Unix(int64(unix), 0).UTC().Format("2006-01-02") } //nolint:gosec // a validated time

func personGrant(io streams) *cobra.Command {
	p := &personFlags{io: io}
	var o struct {
		fields        []string
		days, times   uint32
		language      string
		assistedByAny bool
		whom, until   string
	}
	c := p.command("grant REQUEST", "Give permission, for all that is asked or for less", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		id, err := parseRequest(args[0])
		if err != nil {
			return err
		}
		file, secret, person, err := p.open(ctx)
		if err != nil {
			return err
		}
		asked, err := person.Read(ctx, id)
		if err != nil {
			return err
		}
		choice := wallet.Choice{MaxReleases: o.times, Language: o.language}
		for _, f := range o.fields {
			choice.Fields = append(choice.Fields, consent.FieldName(f))
		}
		if o.days > 0 {
			choice.Expires = uint64(time.Now().Unix()) + uint64(o.days)*consent.Day //nolint:gosec // after 1970
		}
		if choice.Language == "" {
			choice.Language = asked.Request.Notices[0].Language
		}
		if o.assistedByAny {
			choice.Assistance = consent.AssistanceAssisted
		}
		signed, err := giveFor(ctx, person, o.whom, o.until, asked, choice)
		var refusal *client.Problem
		if signed != nil && !errors.As(err, &refusal) { // with the receipt the person can stop it, even if the answer was lost
			file.Receipts = append(file.Receipts, signed.Receipt(p.vault, person.Deployment.ConsentLedger))
			err = errors.Join(err, file.Save(ctx, p.wallet, secret))
		}
		if err != nil {
			return err
		}
		if p.output == outputJSON {
			return printJSON(io.out, map[string]any{"grant": signed.Grant.ID(), "fields": signed.Grant.Fields, "expires": signed.Grant.Expires})
		}
		_, err = fmt.Fprintf(io.out, "permission %s\n  for %s, until %s\n  stop it: wrappy person withdraw %s\n", signed.Grant.ID(), joinFields(signed.Grant.Fields), day(signed.Grant.Expires), signed.Grant.ID())
		return err
	})
	c.Flags().StringSliceVar(&o.fields, "fields", nil, "only these of the fields asked for")
	c.Flags().Uint32Var(&o.days, "days", 0, "only for so many days (rounded up to a whole day); 0 = as asked")
	c.Flags().Uint32Var(&o.times, "times", 0, "only so many releases; 0 = as asked")
	c.Flags().StringVar(&o.language, "language", "", "language of the notice you read; without it the first")
	c.Flags().BoolVar(&o.assistedByAny, "assisted", false, "a helper was present")
	c.Flags().StringVar(&o.whom, "for", "", "identity for which you give, as 'wrappy person represent' printed it")
	c.Flags().StringVar(&o.until, "for-until", "", "until when you give for it, as stated there")
	return c
}

func joinFields(fields []consent.FieldName) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = string(f)
	}
	return strings.Join(names, ", ")
}

func personRefuse(io streams) *cobra.Command {
	p := &personFlags{io: io}
	return p.command("refuse REQUEST", "Say no to a request", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		id, err := parseRequest(args[0])
		if err != nil {
			return err
		}
		_, _, person, err := p.open(ctx)
		if err != nil {
			return err
		}
		if err := person.Refuse(ctx, id); err != nil {
			return err
		}
		if p.output == outputJSON {
			return printJSON(io.out, map[string]any{"request": id, "status": consent.StatusRefused})
		}
		_, err = fmt.Fprintln(io.out, "refused; nothing was given")
		return err
	})
}
