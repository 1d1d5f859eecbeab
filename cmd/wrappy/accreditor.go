package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
)

func accreditorCommand(io streams) *cobra.Command {
	c := &cobra.Command{Use: "accreditor", Short: "An accreditor's half: whom it vouches for, until when, and whom it stops", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(accreditorAttest(io), accreditorRenew(io), accreditorWithdraw(io), accreditorSuspend(io, false), accreditorSuspend(io, true),
		accreditorList(io), accreditorLapsing(io))
	return c
}

// acts runs an act of the accreditor's cold key on one institution.
func (i *institutionFlags) acts(use, short string, act func(context.Context, *client.InstitutionKeys, *client.Registry, consent.InstitutionID) error) *cobra.Command {
	return i.vaultFlags(i.passphraseFlag(i.command(use, short, cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		id, err := parseInstitution(args[0])
		if err != nil {
			return err
		}
		keys, registry, err := i.registry(ctx)
		if err != nil {
			return err
		}
		return act(ctx, keys, registry, id)
	})), publicAddress)
}

func (i *institutionFlags) attest(ctx context.Context, keys *client.InstitutionKeys, registry *client.Registry, id consent.InstitutionID, until time.Time) error {
	if err := registry.Attest(ctx, keys, id, until); err != nil {
		return err
	}
	return i.report(map[string]any{"institution": id, "expires": until.Unix()}, "attested %s until %s", id, until.UTC().Format(time.DateOnly))
}

func accreditorAttest(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	var days uint32
	return untilFlag(i.acts("attest INSTITUTION", "Vouch for an institution", func(ctx context.Context, keys *client.InstitutionKeys, registry *client.Registry, id consent.InstitutionID) error {
		return i.attest(ctx, keys, registry, id, inDays(days))
	}), &days)
}

func accreditorRenew(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	var days uint32
	return untilFlag(i.acts("renew INSTITUTION", "Vouch for an institution for longer", func(ctx context.Context, keys *client.InstitutionKeys, registry *client.Registry, id consent.InstitutionID) error {
		given, err := registry.Attestations(ctx, keys.ID, time.Time{})
		if err != nil {
			return err
		}
		until := inDays(days)
		for _, a := range given {
			if a.Institution.Id != id.String() {
				continue
			}
			if uint64(until.Unix()) <= a.Until { //nolint:gosec // after 1970
				return usage("--days: you vouch for it until %s already", instant(a.Until))
			}
			return i.attest(ctx, keys, registry, id, until)
		}
		return &coded{exitRefused, fmt.Errorf("you do not vouch for this institution: look at it, then 'wrappy accreditor attest'")}
	}), &days)
}

func accreditorWithdraw(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	return i.acts("withdraw INSTITUTION", "Vouch for an institution no more, at once", func(ctx context.Context, keys *client.InstitutionKeys, registry *client.Registry, id consent.InstitutionID) error {
		if err := registry.WithdrawAttestation(ctx, keys, id); err != nil {
			return err
		}
		return i.report(map[string]any{"institution": id, "withdrawn": true}, "withdrawn from %s", id)
	})
}

func accreditorSuspend(io streams, lift bool) *cobra.Command {
	i := &institutionFlags{io: io}
	use, short, done := "suspend INSTITUTION", "Stop an institution that you vouch for, at once", "suspended"
	if lift {
		use, short, done = "lift INSTITUTION", "End your suspension of an institution; others' stay", "suspension lifted from"
	}
	return i.acts(use, short, func(ctx context.Context, keys *client.InstitutionKeys, registry *client.Registry, id consent.InstitutionID) error {
		if err := registry.Suspend(ctx, keys, id, lift); err != nil {
			return err
		}
		return i.report(map[string]any{"institution": id, "suspended": !lift}, "%s %s", done, id)
	})
}

func accreditorList(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	return i.vaultFlags(i.command("list", "List whom you vouch for, until when, and how each stands", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return i.attestations(ctx, time.Time{})
	}), publicAddress)
}

func accreditorLapsing(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	within := length(30 * dayLong)
	c := i.vaultFlags(i.command("lapsing", "List what of it has lapsed, or lapses soon", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return i.attestations(ctx, within.from(time.Now()))
	}), publicAddress)
	c.Flags().Var(&within, "within", "lapses within so long, such as 30d or 48h")
	return c
}

// attestations needs no key: all of it is public on the ledger.
func (i *institutionFlags) attestations(ctx context.Context, endsBefore time.Time) error {
	own, err := client.OpenInstitutionKeys(ctx, i.dir, nil)
	if err != nil {
		return err
	}
	registry, err := client.NewRegistry(ctx, i.vault, i.cert)
	if err != nil {
		return err
	}
	given, err := registry.Attestations(ctx, own.ID, endsBefore)
	if err != nil {
		return err
	}
	if i.output == outputJSON {
		if given == nil {
			given = []openapi.Attestation{}
		}
		return printJSON(i.io.out, given)
	}
	now := time.Now()
	var rows [][]string
	for _, a := range given {
		rows = append(rows, []string{a.Institution.Id, a.Institution.Name, string(a.Institution.Kind), a.Institution.Jurisdiction, day(a.Until), standing(a, now)})
	}
	return printTable(i.io.out, []string{"INSTITUTION", "NAME", "KIND", "COUNTRY", "UNTIL", "STANDING"}, rows)
}

// standing is what an institution may do now, the worst first.
func standing(a openapi.Attestation, now time.Time) string {
	lapsed := a.Until <= uint64(now.Unix()) //nolint:gosec // after 1970
	switch {
	case a.Institution.Suspended:
		return "suspended"
	case lapsed && a.Institution.Attested:
		return "lapsed, attested by another"
	case lapsed:
		return "lapsed"
	case !a.Institution.Attested:
		return "does not count: you yourself do not stand"
	}
	return "stands"
}
