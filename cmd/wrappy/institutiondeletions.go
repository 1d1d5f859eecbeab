package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
)

func institutionDeletions(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	var overdue bool
	c := i.vaultFlags(i.command("deletions", "List what you have received and not yet attested as deleted, the earliest due first", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		institution, err := i.connect(ctx)
		if err != nil {
			return err
		}
		list, err := institution.Deletions(ctx, overdue)
		if err != nil {
			return err
		}
		if i.output == outputJSON {
			if list == nil {
				list = []openapi.Deletion{}
			}
			return printJSON(io.out, list)
		}
		var rows [][]string
		for _, d := range list {
			rows = append(rows, append([]string{d.Grant}, whenDeleted(&d)...))
		}
		return printTable(io.out, []string{"GRANT", "GONE BY", "OVERDUE"}, rows)
	}), mutualAddress)
	c.Flags().BoolVar(&overdue, "overdue", false, "only what should be gone by now")
	return c
}

// whenDeleted is the day before which all must be gone, and whether that is past.
func whenDeleted(d *openapi.Deletion) []string {
	if d.Due == nil {
		return []string{"deleted, as attested", ""}
	}
	if d.Overdue {
		return []string{day(*d.Due), "overdue"}
	}
	return []string{day(*d.Due), ""}
}

func institutionAttestDeletion(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	return i.vaultFlags(i.command("attest-deletion GRANT...", "Say, signed by your TLS key, that what you received under a grant until now is deleted", cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
		for _, arg := range args {
			if _, err := parseGrant(arg); err != nil {
				return err
			}
		}
		institution, err := i.connect(ctx)
		if err != nil {
			return err
		}
		for _, arg := range args {
			done, err := institution.AttestDeletion(ctx, arg)
			if err != nil {
				return fmt.Errorf("%s: %w", arg, err)
			}
			through := time.UnixMilli(int64(done.Attested.ThroughMs)).UTC().Format(time.RFC3339) //nolint:gosec // a time of now
			if err := i.report(done, "%s: attested, all that was released up to %s", done.Grant, through); err != nil {
				return err
			}
		}
		return nil
	}), mutualAddress)
}

func institutionNotices(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	var after uint64
	var follow bool
	c := i.vaultFlags(i.command("notices", "Show what has become of your grants: withdrawn, revoked, expired, disputed", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		institution, err := i.connect(ctx)
		if err != nil {
			return err
		}
		for {
			list, err := noticesAfter(ctx, i, institution, after, follow)
			if follow && ctx.Err() != nil {
				return nil //nolint:nilerr // told to end
			}
			if err != nil {
				return err
			}
			for _, n := range list {
				if err := i.printNotice(n); err != nil {
					return err
				}
				after = n.Number
			}
			if !follow && len(list) == 0 {
				return nil
			}
		}
	}), mutualAddress)
	c.Flags().Uint64Var(&after, "after", 0, "number of the last notice that you have dealt with; 0 = all")
	c.Flags().BoolVar(&follow, "follow", false, "wait for more until you end the command")
	return c
}

// noticesAfter goes on, when following, where the vault cannot be reached for a while.
func noticesAfter(ctx context.Context, i *institutionFlags, institution *client.Institution, after uint64, follow bool) ([]openapi.ChangeNotice, error) {
	if !follow {
		return institution.Notices(ctx, after, 0)
	}
	for {
		list, err := institution.Notices(ctx, after, 25*time.Second)
		var status *coded
		if err == nil || ctx.Err() != nil || !errors.As(exitCode(err), &status) || status.code != exitUnavailable {
			return list, err
		}
		i.hint("%v; going on", err)
		select {
		case <-time.After(2 * time.Second):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// printNotice is one line, so that a following program reads each as it comes.
func (i *institutionFlags) printNotice(n openapi.ChangeNotice) error {
	if i.output == outputJSON {
		return json.NewEncoder(i.io.out).Encode(n)
	}
	_, err := fmt.Fprintf(i.io.out, "%d  %-9s  %s  %s\n", n.Number, n.Kind, n.Grant, day(n.Day))
	return err
}
