package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

func personCard(io streams) *cobra.Command {
	c := &cobra.Command{Use: "card", Short: "A card that brings your identity back, with a PIN", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(personCardMake(io, false), personCardMake(io, true), personCardStatus(io), personCardRestore(io), personCardCancel(io))
	return c
}

// ownCard is the wallet's person at their vault, and their card there; nil: none.
func (p *personFlags) ownCard(ctx context.Context) (*client.Person, *openapi.OwnCard, error) {
	_, _, person, err := p.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	card, err := person.Card(ctx)
	return person, card, err
}

// personCardMake is new, which leaves a card that is there, and replace.
func personCardMake(io streams, replace bool) *cobra.Command {
	p := &personFlags{io: io}
	var pinFile string
	var assist bool
	var code qrFlags
	use, short := "new", "Make a card; its text on standard output is as secret as a key"
	if replace {
		use, short = "replace", "Make another card; the one you have opens nothing any more"
	}
	c := p.command(use, short, cobra.NoArgs, func(ctx context.Context, _ []string) error {
		person, before, err := p.ownCard(ctx)
		if err != nil {
			return err
		}
		if before != nil && !replace {
			return usage("there is a card already; 'wrappy person card replace' makes another, and then that one opens nothing")
		}
		pin, err := readPassphrase(pinFile, "PIN for the card, 6 to 12 digits", io)
		if err != nil {
			return err
		}
		card, made := wallet.NewCard(), uint64(0)
		if before != nil {
			made = before.Made
		}
		// A key of its own for each card: what an earlier card let helpers' devices do ends with it.
		var narrow *wallet.Assistant
		if assist || replace {
			if narrow, err = person.StateAssistKey(ctx, !assist); err != nil {
				return err
			}
		}
		if err := person.MakeCard(ctx, card, pin, narrow, made); err != nil {
			return err
		}
		link := card.Link(p.vault, person.Deployment.Origin)
		if err := code.draw(io.err, link); err != nil {
			return err
		}
		if p.output == outputJSON {
			return printJSON(io.out, map[string]string{"card": link})
		}
		_, err = fmt.Fprintf(io.out, "%s\nprint it, keep it apart from the PIN, and show it to nobody: card and PIN together are you\n", link)
		return err
	})
	c.Flags().StringVar(&pinFile, "pin-file", "", "file whose first line is the PIN, - for standard input; without it you are asked")
	c.Flags().BoolVar(&assist, "assist", false, "a helper's device may, by card and PIN, show and stop your permissions and answer one request (never with your keys)")
	code.drawn(c, "card")
	return c
}

func personCardStatus(io streams) *cobra.Command {
	p := &personFlags{io: io}
	return p.command("status", "Show your card, and whether somebody asked for a restore with it", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		_, card, err := p.ownCard(ctx)
		if err != nil {
			return err
		}
		if p.output == outputJSON {
			return printJSON(io.out, card)
		}
		if card == nil {
			_, err = fmt.Fprintln(io.out, "no card; 'wrappy person card new' makes one")
			return err
		}
		_, _ = fmt.Fprintf(io.out, "card of %s; %d tries of a PIN are left, then one a day\n", day(card.Made), card.RestoreLeft)
		if r := card.Restore; r != nil {
			_, err = fmt.Fprintf(io.out, "restore asked for at %s: %s%s\n", moment(r.Asked), r.State, whatNow(r))
		}
		return err
	})
}

func whatNow(r *openapi.OwnRestore) string {
	if r.State != openapi.OwnRestoreStatePending {
		return ""
	}
	return fmt.Sprintf(", the seed is given out from %s on; was it not you? 'wrappy person card cancel'", moment(r.Ready))
}

func moment(unix uint64) string { return time.Unix(int64(unix), 0).UTC().Format(time.RFC3339) } //nolint:gosec // a validated time

func personCardCancel(io streams) *cobra.Command {
	p := &personFlags{io: io}
	return p.command("cancel", "Stop a restore that somebody asked for with your card", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		person, card, err := p.ownCard(ctx)
		if err != nil {
			return err
		}
		if card == nil || card.Restore == nil {
			_, err = fmt.Fprintln(io.out, "nothing to stop: nobody asked for a restore")
			return err
		}
		if err := person.CancelRestore(ctx, card.Restore); err != nil {
			return err
		}
		_, err = fmt.Fprintln(io.out, "stopped: the seed is not given out; whoever asked has your card and knows your PIN: 'wrappy person card replace'")
		return err
	})
}

func personCardRestore(io streams) *cobra.Command {
	p := &personFlags{io: io}
	var o struct {
		card, pin string
		wait      time.Duration
	}
	c := p.command("restore", "Bring an identity back from its card and PIN: ask, and after the delay fetch, into --wallet", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		if _, err := os.Lstat(p.wallet); !errors.Is(err, fs.ErrNotExist) {
			return usage("--wallet: %s is there already and stays as it is; choose another name", p.wallet)
		}
		secret, err := readPassphrase(p.passphrase, "passphrase for the wallet that comes back", io)
		if err != nil {
			return err
		}
		pending, err := wallet.LoadPendingRestore(ctx, p.pendingFile(), secret)
		asked := errors.Is(err, fs.ErrNotExist)
		if asked {
			pending, err = p.askRestore(ctx, o.card, o.pin, secret)
		}
		if err != nil {
			return wrongPassphrase(p.pendingFile(), err)
		}
		if asked {
			_, _ = fmt.Fprintf(io.err, "asked: until %s it can be stopped from your other devices; then say the same again\n", moment(pending.Ready))
		}
		if err := awaitRestore(ctx, pending, asked, o.wait); err != nil {
			return err
		}
		return p.fetchRestore(ctx, pending, secret)
	})
	c.Flags().StringVar(&o.card, "card-file", "", "file whose first line is the card's text, - for standard input; without it you are asked")
	c.Flags().StringVar(&o.pin, "pin-file", "", "file whose first line is the PIN; without it you are asked")
	c.Flags().DurationVar(&o.wait, "wait", 0, "wait so long for the delay to pass; without it come back later and say the same again")
	return c
}

// pendingFile holds what fetches the seed after the delay.
func (p *personFlags) pendingFile() string { return p.wallet + ".restore" }

// cardLink reads a card's text; the vault that it names is the one to go to, unless another was named.
func (p *personFlags) cardLink(file string) (link wallet.CardLink, err error) {
	text, err := readPassphrase(file, "the card's text", p.io)
	if err != nil {
		return link, err
	}
	if link, err = wallet.ParseCardLink(string(text)); err != nil {
		return link, usage("--card-file: %w", err)
	}
	if p.vault == "" {
		p.vault = link.Vault
	}
	return link, nil
}

// askRestore spends a try of the card.
func (p *personFlags) askRestore(ctx context.Context, cardFile, pinFile string, secret crypto.Secret) (*wallet.PendingRestore, error) {
	link, err := p.cardLink(cardFile)
	if err != nil {
		return nil, err
	}
	person, err := client.NewPerson(ctx, p.vault, p.cert, nil)
	if err != nil {
		return nil, err
	}
	card, err := link.Card(person.Deployment.Origin)
	if err != nil {
		return nil, err
	}
	pin, err := readPassphrase(pinFile, "PIN of the card", p.io)
	if err != nil {
		return nil, err
	}
	pending, err := person.AskRestore(ctx, card, pin)
	if err != nil {
		return nil, noSuchCard(err)
	}
	if err := person.Deployment.Keep(&pending.Vault); err != nil {
		return nil, err
	}
	return pending, pending.Save(ctx, p.pendingFile(), secret)
}

// noSuchCard says what "not found" means of a card.
func noSuchCard(err error) error {
	if client.IsAnswer(err, http.StatusNotFound) {
		return fmt.Errorf("%w: this card opens nothing here (any more): was it replaced, or the identity erased?", err)
	}
	return err
}

// awaitRestore ends with exitUnavailable where the delay has not passed in time. What was
// asked for just now is fetched at once only by one who says how long to wait.
func awaitRestore(ctx context.Context, pending *wallet.PendingRestore, asked bool, most time.Duration) error {
	left := time.Until(time.Unix(int64(pending.Ready), 0)) //nolint:gosec // a time of the vault
	if left > most || asked && most == 0 {
		return &coded{exitUnavailable, fmt.Errorf("the restore waits until %s", moment(pending.Ready))}
	}
	select {
	case <-time.After(left):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *personFlags) fetchRestore(ctx context.Context, pending *wallet.PendingRestore, secret crypto.Secret) error {
	person, err := client.NewPerson(ctx, pending.Vault.URL, p.cert, nil)
	if err != nil {
		return err
	}
	if err := person.Deployment.Keep(&pending.Vault); err != nil {
		return err
	}
	identity, err := person.FetchRestore(ctx, pending)
	if client.IsAnswer(err, http.StatusNotFound) {
		return fmt.Errorf("%w: the restore was stopped, took another's place, or is past; remove %s to ask again", err, p.pendingFile())
	}
	if client.IsAnswer(err, http.StatusConflict) { // this device's clock is ahead
		return &coded{exitUnavailable, err}
	}
	if err != nil {
		return err
	}
	file := &wallet.File{Identity: *identity, Vaults: []wallet.Vault{pending.Vault}}
	if err := file.Save(ctx, p.wallet, secret); err != nil {
		return err
	}
	if err := os.Remove(p.pendingFile()); err != nil {
		return err
	}
	person.Identity = &file.Identity
	if err := person.ResetCard(ctx, pending.Opened.Card); err != nil {
		_, _ = fmt.Fprintf(p.io.err, "the tries of the card were not forgiven: %v\n", err)
	}
	if p.output == outputJSON {
		return printJSON(p.io.out, map[string]string{"wallet": p.wallet, "vault": pending.Vault.URL})
	}
	_, err = fmt.Fprintf(p.io.out, "you are back: the keys are in %s\n", p.wallet)
	return err
}
