package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

func personGrants(io streams) *cobra.Command {
	p := &personFlags{io: io}
	return p.command("grants", "List what you have permitted", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		_, _, person, err := p.open(ctx)
		if err != nil {
			return err
		}
		grants, err := person.Grants(ctx)
		if err != nil {
			return err
		}
		if p.output == outputJSON {
			return printJSON(io.out, grants)
		}
		var rows [][]string
		for _, g := range grants {
			name := "(not on the ledger)"
			if g.Institution != nil {
				name = g.Institution.Name
			}
			rows = append(rows, []string{g.Id, name, string(g.Status), day(g.Document.Expires), strings.Join(g.Document.Fields, " ")})
		}
		return printTable(io.out, []string{"PERMISSION", "ORGANISATION", "STATUS", "UNTIL", "FIELDS"}, rows)
	})
}

func personHistory(io streams) *cobra.Command {
	p := &personFlags{io: io}
	return p.command("history", "Show who asked to see what, and check that nothing is missing", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		file, secret, person, err := p.open(ctx)
		if err != nil {
			return err
		}
		at := vaultIndex(file, p.vault)
		entries, state, err := person.History(ctx, file.Vaults[at].History)
		if err != nil {
			return err
		}
		file.Vaults[at].History = state
		if err := file.Save(ctx, p.wallet, secret); err != nil {
			return err
		}
		if p.output == outputJSON {
			return printJSON(io.out, entries)
		}
		var rows [][]string
		for _, e := range entries {
			rows = append(rows, []string{fmt.Sprint(e.Sequence), time.Unix(int64(e.Time), 0).UTC().Format(time.RFC3339), e.Kind, short(e.Institution), short(e.Grant), historyDetail(e)}) //nolint:gosec // shown as it came
		}
		if err := printTable(io.out, []string{"NO", "WHEN", "WHAT", "ORGANISATION", "PERMISSION", "FIELDS"}, rows); err != nil {
			return err
		}
		_, err = fmt.Fprintf(io.out, "complete: %d entries, none missing, none changed since you last looked\n", len(entries))
		return err
	})
}

func vaultIndex(file *wallet.File, url string) int {
	for i, v := range file.Vaults {
		if v.URL == url {
			return i
		}
	}
	file.Vaults = append(file.Vaults, wallet.Vault{URL: url})
	return len(file.Vaults) - 1
}

func short(id *string) string {
	if id == nil || len(*id) < 10 {
		return "-"
	}
	return (*id)[:10] + "…"
}

func historyDetail(e openapi.HistoryItem) string {
	var words []string
	for _, f := range e.Fields {
		words = append(words, f.Field)
	}
	for _, w := range e.Withheld {
		words = append(words, fmt.Sprintf("not %s (%s)", w.Field, w.Reason))
	}
	for _, r := range e.Reasons {
		words = append(words, "("+r+")")
	}
	return strings.Join(words, " ")
}

func personFacts(io streams) *cobra.Command {
	p := &personFlags{io: io}
	var facts consent.PolicyFacts
	c := p.command("facts", "State what rules may know of you; never released", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		for _, country := range facts.NeverCountries {
			if err := consent.ValidateJurisdiction(country); err != nil {
				return usage("--never: %w", err)
			}
		}
		_, _, person, err := p.open(ctx)
		if err != nil {
			return err
		}
		if err := person.StateFacts(ctx, facts); err != nil {
			return err
		}
		if p.output == outputJSON {
			return printJSON(io.out, map[string]string{"status": "stated"})
		}
		_, err = fmt.Fprintln(io.out, "stated; it holds from now on")
		return err
	})
	c.Flags().BoolVar(&facts.Minor, "minor", false, "you are a child")
	c.Flags().BoolVar(&facts.Representative, "representative", false, "somebody represents you")
	c.Flags().StringSliceVar(&facts.NeverCountries, "never", nil, "countries (ISO 3166-1 alpha-2) that must never receive anything")
	return c
}
