package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

// personAssist is what a helper's device does with a person's card and PIN: it never has
// the seed.
func personAssist(io streams) *cobra.Command {
	p := &personFlags{io: io}
	var o struct {
		card, pin, request, helper, language string
		fields, stop                         []string
		stopAll                              bool
	}
	c := p.command("assist", "On a helper's device, by a person's card and PIN: show what stands, stop it, answer one request", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		if (o.request == "") != (o.helper == "") {
			return usage("assist: --request and --helper go together: the helping institution signs for the answer")
		}
		device, err := p.device(ctx, o.card, o.pin)
		if err != nil {
			return err
		}
		out := &assistedOutput{Stopped: []openapi.Withdrawn{}}
		if err := out.stop(ctx, device, o.stop, o.stopAll); err != nil {
			return err
		}
		var request consent.RequestID
		if o.request != "" {
			if request, err = parseRequest(o.request); err != nil {
				return err
			}
		}
		if len(out.Stopped) == 0 || o.request != "" {
			if err := device.Open(ctx, request); err != nil {
				return sessionTaken(err)
			}
			if out.Standing, err = device.Standing(ctx); err != nil {
				return err
			}
		}
		if o.request != "" {
			keys, err := client.OpenInstitutionKeys(ctx, o.helper, nil)
			if err != nil {
				return err
			}
			choice := wallet.Choice{Language: o.language}
			for _, f := range o.fields {
				choice.Fields = append(choice.Fields, consent.FieldName(f))
			}
			if out.Given, err = giveWithHelp(ctx, device, keys, request, choice); err != nil {
				return err
			}
		}
		return p.assisted(out)
	})
	c.Flags().StringVar(&o.card, "card-file", "", "file whose first line is the card's text, - for standard input; without it you are asked")
	c.Flags().StringVar(&o.pin, "pin-file", "", "file whose first line is the PIN; without it you are asked")
	c.Flags().StringVar(&o.request, "request", "", "the one request to answer with yes")
	c.Flags().StringVar(&o.helper, "helper", "", "the helping institution's folder, whose TLS key signs")
	c.Flags().StringSliceVar(&o.fields, "fields", nil, "only these of the fields asked for")
	c.Flags().StringVar(&o.language, "language", "", "language of the notice that was read out; without it the first")
	c.Flags().StringSliceVar(&o.stop, "stop", nil, "permissions to stop")
	c.Flags().BoolVar(&o.stopAll, "stop-all", false, "stop every permission at this vault")
	return c
}

type assistedOutput struct {
	Standing []openapi.StandingGrant `json:"standing,omitempty"` // before anything was given
	Stopped  []openapi.Withdrawn     `json:"stopped"`
	Given    *consent.GrantID        `json:"given,omitempty"`
}

// device opens the card's narrow key, which spends a try of the PIN.
func (p *personFlags) device(ctx context.Context, cardFile, pinFile string) (*client.Device, error) {
	link, err := p.cardLink(cardFile)
	if err != nil {
		return nil, err
	}
	pin, err := readPassphrase(pinFile, "PIN of the card", p.io)
	if err != nil {
		return nil, err
	}
	device, err := client.OpenDevice(ctx, p.vault, p.cert, link, pin)
	return device, noSuchCard(err)
}

func (o *assistedOutput) stop(ctx context.Context, device *client.Device, grants []string, all bool) (err error) {
	if all {
		o.Stopped, err = device.WithdrawAll(ctx)
		return err
	}
	for _, g := range grants {
		id, err := parseGrant(g)
		if err != nil {
			return err
		}
		stopped, err := device.Withdraw(ctx, id)
		if err != nil {
			return err
		}
		o.Stopped = append(o.Stopped, *stopped)
	}
	return nil
}

func giveWithHelp(ctx context.Context, device *client.Device, keys *client.InstitutionKeys, request consent.RequestID, choice wallet.Choice) (*consent.GrantID, error) {
	asked, err := device.Read(ctx, request)
	if err != nil {
		return nil, err
	}
	if choice.Language == "" {
		choice.Language = asked.Request.Notices[0].Language
	}
	signed, err := device.Give(ctx, asked, choice, func(grant consent.GrantID, request consent.RequestID) (*openapi.Help, error) {
		return keys.Help(device.Deployment, grant, request)
	})
	if err != nil {
		return nil, err
	}
	id := signed.Grant.ID()
	return &id, nil
}

// sessionTaken says what a conflict means here.
func sessionTaken(err error) error {
	if client.IsAnswer(err, http.StatusConflict) {
		return fmt.Errorf("%w: a helper's device can open the next session five minutes after the last; stopping needs none", err)
	}
	return err
}

func (p *personFlags) assisted(o *assistedOutput) error {
	if p.output == outputJSON {
		return printJSON(p.io.out, o)
	}
	for _, s := range o.Stopped {
		_, _ = fmt.Fprintf(p.io.out, "stopped %s: nothing leaves under it any more\n", s.Grant)
	}
	if o.Given != nil {
		_, _ = fmt.Fprintf(p.io.out, "permission %s, given with help\n", *o.Given)
	}
	if o.Standing == nil {
		return nil
	}
	var rows [][]string
	for _, g := range o.Standing {
		rows = append(rows, []string{g.Id, g.Name, day(g.Expires)})
	}
	return printTable(p.io.out, []string{"STANDS", "WHO", "UNTIL"}, rows)
}

// personAssistKey ends what a card lets helpers' devices do; 'card new --assist' begins it.
func personAssistKey(io streams) *cobra.Command {
	p := &personFlags{io: io}
	return p.command("end-assist", "Let no helper's device act by your card any more; it still brings your identity back", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		_, _, person, err := p.open(ctx)
		if err != nil {
			return err
		}
		if _, err := person.StateAssistKey(ctx, true); err != nil {
			return err
		}
		if p.output == outputJSON {
			return printJSON(io.out, map[string]bool{"assist": false})
		}
		_, err = fmt.Fprintln(io.out, "ended: no helper's device can do anything by your card; 'wrappy person card replace --assist' begins anew")
		return err
	})
}

// personRepresent has a child's wallet say that this wallet's person gives for the child.
func personRepresent(io streams) *cobra.Command {
	p := &personFlags{io: io}
	var child, childSecret, until string
	var end bool
	c := p.command("represent", "Say, by a child's wallet, that you give for the child until the day on which it decides alone", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		at, err := time.Parse(time.DateOnly, until)
		if end == (until != "") || until != "" && err != nil {
			return usage("represent: say --until with a day such as 2036-05-01, or --end")
		}
		_, _, own, err := p.open(ctx)
		if err != nil {
			return err
		}
		theirs := &personFlags{io: io, wallet: child, passphrase: childSecret, vault: p.vault, cert: p.cert}
		_, _, person, err := theirs.open(ctx)
		if err != nil {
			return err
		}
		by := own.Identity.ID()
		if end {
			by, at = consent.IdentityID{}, time.Unix(0, 0)
		}
		st, err := person.Represent(ctx, by, at)
		if err != nil {
			return err
		}
		if p.output == outputJSON {
			return printJSON(io.out, map[string]any{"child": st.Identity, "until": st.Until})
		}
		if end {
			_, err = fmt.Fprintln(io.out, "nobody gives for the child any more; what was given stands until it ends or is stopped")
			return err
		}
		id, _ := st.Identity.MarshalText() // never fails
		_, err = fmt.Fprintf(io.out, "%s\nyou give for the child until %s: wrappy person grant REQUEST --for %s --for-until %s\n", id, until, id, until)
		return err
	})
	c.Flags().StringVar(&child, "child-wallet", "", "the child's wallet file (required)")
	c.Flags().StringVar(&childSecret, "child-passphrase-file", "", "file whose first line opens the child's wallet; without it you are asked")
	c.Flags().StringVar(&until, "until", "", "the day on which the child decides alone")
	c.Flags().BoolVar(&end, "end", false, "nobody gives for the child any more")
	_ = c.MarkFlagRequired("child-wallet")
	return c
}

// forWhom is a person whom the wallet's person represents; nobody where none is named.
func forWhom(id, until string) (who consent.IdentityID, day uint64, err error) {
	if (id == "") != (until == "") {
		return who, 0, usage("grant: --for and --for-until go together")
	}
	if id == "" {
		return who, 0, nil
	}
	if err := who.UnmarshalText([]byte(id)); err != nil {
		return who, 0, usage("--for: %w", err)
	}
	at, err := time.Parse(time.DateOnly, until)
	if err != nil || at.Unix() <= 0 {
		return who, 0, usage("--for-until: want a day such as 2036-05-01")
	}
	return who, uint64(at.Unix()), nil //nolint:gosec // after 1970
}

// giveFor gives for the wallet's own person, or for one whom they represent.
func giveFor(ctx context.Context, person *client.Person, whom, until string, asked *client.Asked, choice wallet.Choice) (*wallet.SignedGrant, error) {
	who, last, err := forWhom(whom, until)
	if err != nil {
		return nil, err
	}
	if who == (consent.IdentityID{}) {
		return person.Give(ctx, asked, choice)
	}
	return person.GiveFor(ctx, who, last, asked, choice)
}
