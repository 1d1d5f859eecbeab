package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/proof"
)

func personErase(io streams) *cobra.Command {
	p := &personFlags{io: io}
	var o struct {
		receipt string
		yes     bool
	}
	c := p.command("erase", "Stop every permission and erase all that the vault keeps of you, for ever", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		if _, err := os.Lstat(o.receipt); !errors.Is(err, fs.ErrNotExist) {
			return usage("--receipt: %s is there already and stays as it is; choose another name", o.receipt)
		}
		file, secret, person, err := p.open(ctx)
		if err != nil {
			return err
		}
		window, err := person.ErasureWindow(ctx)
		if err != nil {
			return err
		}
		if !o.yes {
			if err := p.sure(day(window.Ends)); err != nil {
				return err
			}
		}
		// The ledger is to follow each withdrawal; after the erasure nobody could send them. Where
		// nobody is here any more an answer was lost, and the receipt is to be fetched.
		stopped, err := person.WithdrawAll(ctx, file.Receipts)
		if err == nil {
			noteStopped(file, stopped)
			err = file.Save(ctx, p.wallet, secret)
		}
		if err != nil && !isRefusal(err) {
			return err
		}
		receipt, f, err := person.Erase(ctx)
		if err != nil {
			return err
		}
		if err := p.keepErasure(ctx, person, f, o.receipt); err != nil {
			return err
		}
		return p.printErased(receipt, o.receipt)
	})
	c.Flags().StringVar(&o.receipt, "receipt", "erased.json", "keep the vault's signed receipt in this new file, for 'wrappy verify erasure'; it names you")
	c.Flags().BoolVar(&o.yes, "yes", false, "do not ask whether you are sure")
	return c
}

// sure asks a second time. Without a terminal --yes is the answer.
func (p *personFlags) sure(ends string) error {
	if !isTerminal(p.io.in) {
		return usage("erase: nothing undoes it; say --yes where there is no terminal to ask on")
	}
	_, _ = fmt.Fprintf(p.io.err, "Every permission ends and your records here are destroyed, for ever. Organisations keep what they have received.\nCopies in backups can be opened until %s. Type 'erase' to go on: ", ends)
	line, err := bufio.NewReader(io.LimitReader(p.io.in, 64)).ReadString('\n')
	if err != nil || strings.TrimSpace(line) != "erase" {
		return &coded{exitRefused, errors.New("nothing was erased")}
	}
	return nil
}

// isRefusal reports an answer by which the vault said no, other than not now.
func isRefusal(err error) bool {
	var problem *client.Problem
	return errors.As(err, &problem) && problem.HTTPStatus < 500 && problem.HTTPStatus != 429
}

// placing is what adds a checkpoint to a receipt.
type placing interface {
	PlaceErasure(ctx context.Context, f *proof.ErasureFile) (*proof.ErasureFile, error)
}

// keepErasure saves the receipt in any case: it can be had again, but only as long as
// vault and wallet are there.
func (p *personFlags) keepErasure(ctx context.Context, person placing, f *proof.ErasureFile, path string) error {
	ctx, cancel := context.WithTimeout(ctx, proofWait)
	defer cancel()
	if placed, err := person.PlaceErasure(ctx, f); err == nil {
		f = placed
	} else {
		_, _ = fmt.Fprintf(p.io.err, "the log's checkpoint does not cover the erasure yet (%v); the receipt is kept with the vault's promise alone\n", err)
	}
	data, err := proof.Encode(f)
	if err != nil {
		return err
	}
	return saveExport(path, data)
}

// remainsText says what each remainder is; docs/protocol/erasure.md has the same.
var remainsText = map[consent.Remainder]string{
	consent.RemainsBackups:   "copies of your keys in the vault's backups, until the day below",
	consent.RemainsCached:    "your keys in the memory of a running vault, for a minute",
	consent.RemainsChain:     "on the ledger: that something was permitted once, without you, organisation or fields; and the registration of your identity",
	consent.RemainsMark:      "at the vault: that this identity was erased",
	consent.RemainsDocuments: "at the vault: what was permitted to whom, under its country's key, so that the organisation learns that it ended",
	consent.RemainsCopies:    "what organisations have received",
	consent.RemainsEvidence:  "in the vault's journal: what was decided, without you",
	consent.RemainsPersonal:  "in the vault's journal: your part of each entry, which nobody can open",
}

func (p *personFlags) printErased(r *consent.ErasureReceipt, path string) error {
	if p.output == outputJSON {
		return printJSON(p.io.out, map[string]any{
			"receipt": path, "time": r.Time / 1000, "ended": r.Ended, "remains": r.Remains, "copies": heldCopies(r), "more": r.More, "backups_until": r.BackupsUntil,
		})
	}
	_, _ = fmt.Fprintf(p.io.out, "erased, and no permission stands any more\nthe vault's signed receipt is %s\nwhat remains:\n", path)
	for _, what := range r.Remains {
		_, _ = fmt.Fprintf(p.io.out, "  %s\n", remainsText[what])
	}
	_, _ = fmt.Fprintf(p.io.out, "copies in backups can be opened until %s\n", day(r.BackupsUntil))
	if len(r.Copies) == 0 {
		_, err := fmt.Fprintln(p.io.out, "no organisation has received anything from here")
		return err
	}
	var rows [][]string
	for _, c := range r.Copies {
		rows = append(rows, []string{c.Institution.String(), day(c.First / 1000), day(c.Last / 1000), fmt.Sprintf("%d days", c.RetentionDays)})
	}
	return printTable(p.io.out, []string{"ORGANISATION", "RECEIVED FIRST", "LAST", "MAY KEEP IT"}, rows)
}

type heldCopy struct {
	Institution   consent.InstitutionID `json:"institution"`
	First         uint64                `json:"first"`
	Last          uint64                `json:"last"`
	RetentionDays uint32                `json:"retention_days"`
}

func heldCopies(r *consent.ErasureReceipt) []heldCopy {
	list := make([]heldCopy, len(r.Copies))
	for i, c := range r.Copies {
		list[i] = heldCopy{c.Institution, c.First / 1000, c.Last / 1000, c.RetentionDays}
	}
	return list
}

func verifyErasure(io streams) *cobra.Command {
	v := &verifyFlags{io: io}
	return v.logFlags(v.command("erasure", "Check the receipt of an erasure, and show what it says remains", proof.MaxFile, func(data []byte, c *checked) error {
		f, err := proof.ParseErasure(data)
		if err != nil {
			return &proof.Failure{Check: "file", Do: "export it again", Err: err}
		}
		_, log, err := v.log(c, f.Log)
		if err != nil {
			return err
		}
		r, report, err := f.Verify(log)
		if err != nil {
			return err
		}
		c.Says = []said{
			{"person", fmt.Sprintf("%#x", r.Identity[:])}, {"permissions", fmt.Sprintf("none stands; %d had not ended before", r.Ended)},
			{"backups", "can be opened until " + day(r.BackupsUntil)}, {"memory", fmt.Sprintf("held the keys for %d seconds at most", r.CachedSeconds)},
		}
		for _, what := range r.Remains {
			c.Says = append(c.Says, said{"remains", remainsText[what]})
		}
		for _, h := range r.Copies {
			c.Says = append(c.Says, said{"copy", fmt.Sprintf("%s received something from %s to %s, to be kept %d days at most", h.Institution, day(h.First/1000), day(h.Last/1000), h.RetentionDays)})
		}
		if r.More > 0 {
			c.Says = append(c.Says, said{"copies", fmt.Sprintf("of %d more institutions", r.More)})
		}
		c.Report = report
		return nil
	}))
}
