package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

func personWithdraw(io streams) *cobra.Command {
	p := &personFlags{io: io}
	var all bool
	c := p.command("withdraw [GRANT]", "Stop a permission, at once and for ever", cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
		if all == (len(args) == 1) {
			return usage("withdraw: name one GRANT, or --all")
		}
		file, secret, person, err := p.open(ctx)
		if err != nil {
			return err
		}
		stopped, err := withdraw(ctx, file, person, args)
		if err != nil {
			return err
		}
		noteStopped(file, stopped)
		if err := file.Save(ctx, p.wallet, secret); err != nil {
			return err
		}
		if p.output == outputJSON {
			return printJSON(io.out, stopped)
		}
		if len(stopped) == 0 {
			_, _ = fmt.Fprintln(io.out, "nothing to stop: no permission stands")
		}
		for _, s := range stopped {
			_, _ = fmt.Fprintf(io.out, "stopped %s: nothing leaves under it any more; what was received before cannot be taken back\n", s.Grant)
		}
		return nil
	})
	c.Flags().BoolVar(&all, "all", false, "stop every permission at this vault; the ledger learns of each within a day, at different times")
	return c
}

// withdraw stops the grant that is named, or everything.
func withdraw(ctx context.Context, file *wallet.File, person *client.Person, args []string) ([]openapi.Withdrawn, error) {
	if len(args) == 0 {
		all, err := person.WithdrawAll(ctx, file.Receipts)
		return slices.DeleteFunc(all, func(s openapi.Withdrawn) bool { return stoppedBefore(file, s.Grant) }), err
	}
	id, err := parseGrant(args[0])
	if err != nil {
		return nil, err
	}
	answer, err := person.Withdraw(ctx, id, withdrawalSignature(file, person, id))
	if err != nil {
		return nil, err
	}
	return []openapi.Withdrawn{*answer}, nil
}

// stoppedBefore reports a grant of which this device knows that it was stopped.
func stoppedBefore(file *wallet.File, grant string) bool {
	return slices.ContainsFunc(file.Receipts, func(r wallet.Receipt) bool { return r.Withdrawn != 0 && r.Grant.ID().String() == grant })
}

func noteStopped(file *wallet.File, stopped []openapi.Withdrawn) {
	for _, s := range stopped {
		for i := range file.Receipts {
			if file.Receipts[i].Grant.ID().String() == s.Grant {
				file.Receipts[i].Withdrawn = s.Time
			}
		}
	}
}

// withdrawalSignature is the pre-signed one of the receipt, else the root key's.
func withdrawalSignature(file *wallet.File, person *client.Person, id consent.GrantID) consent.Signature {
	for _, r := range file.Receipts {
		if r.Grant.ID() == id {
			return r.Withdrawal
		}
	}
	return person.Identity.WithdrawAsIdentity(person.Deployment.ConsentLedger, id)
}

// sinceLayouts are what --since takes: a day, or a day and a time of it.
var sinceLayouts = []string{time.DateOnly, "2006-01-02T15:04Z07:00", time.RFC3339}

func personCompromised(io streams) *cobra.Command {
	p := &personFlags{io: io}
	var since string
	var never bool
	c := p.command("compromised", "Say since when somebody else may have had your key: what was given since then counts no longer", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		at, err := parseSince(since, never)
		if err != nil {
			return err
		}
		_, _, person, err := p.open(ctx)
		if err != nil {
			return err
		}
		d, err := person.Dispute(ctx, at)
		if err != nil {
			return whyNotRelented(err)
		}
		if p.output == outputJSON {
			return printJSON(io.out, map[string]any{"since": d.Since, "until": d.Time})
		}
		if d.Since == 0 {
			_, err = fmt.Fprintln(io.out, "taken back: what was suspended counts again")
			return err
		}
		_, err = fmt.Fprintf(io.out, "suspended: what was given from %s until now; give again what you want to stand\n", at.UTC().Format(time.RFC3339))
		return err
	})
	c.Flags().StringVar(&since, "since", "", "day (2026-11-01, from 0:00 UTC) or time (2026-11-01T14:00Z)")
	c.Flags().BoolVar(&never, "never", false, "take back what was said before")
	return c
}

func parseSince(since string, never bool) (time.Time, error) {
	if never != (since == "") {
		return time.Time{}, usage("compromised: say --since, or --never")
	}
	if never {
		return time.Time{}, nil
	}
	for _, layout := range sinceLayouts {
		if at, err := time.Parse(layout, since); err == nil && at.Unix() > 0 && !at.After(time.Now()) {
			return at, nil
		}
	}
	return time.Time{}, usage("--since: want a day such as 2026-11-01, or a time such as 2026-11-01T14:00Z, not in the future")
}

// whyNotRelented says what a conflict means here.
func whyNotRelented(err error) error {
	var problem *client.Problem
	if errors.As(err, &problem) && problem.Status == http.StatusConflict {
		return fmt.Errorf("%w: a later statement is in force; is this device's clock right?", err)
	}
	return err
}
