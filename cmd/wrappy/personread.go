package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
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
			rows = append(rows, []string{g.Id, name, string(g.Status), day(g.Document.Expires), kept(person.Deployment, &g), strings.Join(g.Document.Fields, " ")})
		}
		return printTable(io.out, []string{"PERMISSION", "ORGANISATION", "STATUS", "UNTIL", "COPIES", "FIELDS"}, rows)
	})
}

// kept says in a few words what the organisation may still have.
func kept(vault *client.Deployment, g *openapi.OwnGrant) string {
	switch {
	case g.Deletion == nil:
		return "none"
	case vault.CheckDeletion(g) != nil:
		return "a statement that nobody signed"
	case g.Deletion.Due == nil:
		return "deleted, it says"
	case g.Deletion.Overdue:
		return "should be gone since " + day(*g.Deletion.Due)
	}
	return "gone by " + day(*g.Deletion.Due)
}

func personHistory(io streams) *cobra.Command {
	p := &personFlags{io: io}
	var export string
	c := p.command("history", "Show who asked to see what, and check that nothing is missing", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		file, secret, person, err := p.open(ctx)
		if err != nil {
			return err
		}
		at := vaultIndex(file, p.vault)
		history, err := person.FullHistory(ctx, file.Vaults[at].History)
		if err != nil {
			return err
		}
		file.Vaults[at].History = history.State
		if err := file.Save(ctx, p.wallet, secret); err != nil {
			return err
		}
		if export != "" {
			if err := exportHistory(ctx, person, history, export); err != nil {
				return err
			}
		}
		return p.printHistory(history.Entries)
	})
	c.Flags().StringVar(&export, "export", "", "write the history and its proofs to this new file, for 'wrappy verify history'; it names you and what was asked of you")
	return c
}

// exportHistory writes the file once the log covers what it states, and checks it as a reader would.
func exportHistory(ctx context.Context, person *client.Person, history *client.History, path string) error {
	ctx, cancel := context.WithTimeout(ctx, proofWait)
	defer cancel()
	f, err := person.HistoryFile(ctx, history)
	if err != nil {
		return err
	}
	if _, _, err := f.Verify(person.Deployment.Log()); err != nil {
		return err
	}
	data, err := proof.Encode(f)
	if err != nil {
		return err
	}
	return saveExport(path, data)
}

func (p *personFlags) printHistory(entries []openapi.HistoryItem) error {
	if p.output == outputJSON {
		return printJSON(p.io.out, entries)
	}
	var rows [][]string
	for _, e := range entries {
		rows = append(rows, []string{fmt.Sprint(e.Sequence), time.Unix(int64(e.Time), 0).UTC().Format(time.RFC3339), e.Kind, short(e.Institution), short(e.Grant), historyDetail(e)}) //nolint:gosec // shown as it came
	}
	if err := printTable(p.io.out, []string{"NO", "WHEN", "WHAT", "ORGANISATION", "PERMISSION", "FIELDS"}, rows); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.io.out, "complete: %d entries, none missing, none changed since you last looked\n", len(entries))
	return err
}

func personReceipt(io streams) *cobra.Command {
	p := &personFlags{io: io}
	var export string
	var withWithdrawal bool
	c := p.command("receipt GRANT", "Write down a permission that you gave, for 'wrappy verify receipt'", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		id, err := parseGrant(args[0])
		if err != nil {
			return err
		}
		file, _, person, err := p.open(ctx)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(file.Receipts, func(r wallet.Receipt) bool { return r.Grant.ID() == id })
		if at < 0 {
			return usage("receipt: this wallet has none of that permission")
		}
		history, err := person.FullHistory(ctx, file.Vaults[vaultIndex(file, p.vault)].History)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, proofWait)
		defer cancel()
		f, err := person.ReceiptFile(ctx, &file.Receipts[at], history, withWithdrawal)
		if err != nil {
			return err
		}
		if _, _, err := f.Verify(person.Deployment.Log(), person.Deployment.ConsentLedger); err != nil {
			return err
		}
		data, err := proof.Encode(f)
		if err != nil {
			return err
		}
		if err := saveExport(export, data); err != nil {
			return err
		}
		if p.output == outputJSON {
			return printJSON(io.out, map[string]any{"grant": id, "file": export})
		}
		_, err = fmt.Fprintf(io.out, "written to %s: it names the permission and the organisation, not you\n", export)
		return err
	})
	c.Flags().StringVar(&export, "export", "", "the new file (required)")
	c.Flags().BoolVar(&withWithdrawal, "with-withdrawal", false, "put in the signature that stops the permission: whoever has the file can then stop it")
	_ = c.MarkFlagRequired("export")
	return c
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
