package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/wallet"
)

// showNotice is what the terminal tells of a code: it is part of the grant.
const showNotice = "Whoever scans this code sees these fields, once, within five minutes. It proves your phone, not your face."

// showWait is how long the ledger may take; then the five minutes are half over.
const showWait = 150 * time.Second

func personShow(io streams) *cobra.Command {
	p := &personFlags{io: io}
	var fields []string
	var jurisdiction string
	var q qrFlags
	c := p.command("show", "Make a code: whoever scans it sees who you are, once, within five minutes", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		if len(fields) == 0 {
			return usage("--fields: name what is shown, such as identity.photo,identity.name")
		}
		file, secret, person, err := p.open(ctx)
		if err != nil {
			return err
		}
		choice := wallet.ShowChoice{Jurisdiction: jurisdiction, Notice: consent.Notice{Language: "en", Text: showNotice}}
		for _, f := range fields {
			choice.Fields = append(choice.Fields, consent.FieldName(f))
		}
		code, err := person.Show(ctx, choice)
		if errors.Is(err, consent.ErrGrant) {
			return usage("--fields, --jurisdiction: %w", err)
		}
		var refusal *client.Problem
		if code != nil && !errors.As(err, &refusal) { // with the receipt the person can stop it, even if the answer was lost
			file.Receipts = append(file.Receipts, code.Receipt(p.vault, person.Deployment.ConsentLedger))
			err = errors.Join(err, file.Save(ctx, p.wallet, secret))
		}
		if err != nil {
			return err
		}
		waiting, cancel := context.WithTimeout(ctx, showWait)
		defer cancel()
		if err := person.Confirmed(waiting, code.Grant.ID()); err != nil {
			return fmt.Errorf("the ledger has not confirmed the code in time: make another: %w", err)
		}
		link, err := showLink(p.vault, code.Secret)
		if err != nil {
			return err
		}
		if p.output == outputJSON {
			return printJSON(io.out, map[string]any{"grant": code.Grant.ID(), "fields": code.Grant.Fields, "link": link, "until": code.Grant.Expires})
		}
		q.show = true
		if err := q.draw(io.out, link); err != nil {
			return err
		}
		_, err = fmt.Fprintf(io.out, "%s\n%s\n  %s, until %s\n  stop it: wrappy person withdraw %s\n", link, showNotice, joinFields(code.Grant.Fields), instant(code.Grant.Expires), code.Grant.ID())
		return err
	})
	c.Flags().StringSliceVar(&fields, "fields", nil, "fields of your identity that are shown (required)")
	c.Flags().StringVar(&jurisdiction, "jurisdiction", "", "country where you show it, ISO 3166-1 alpha-2 (required)")
	c.Flags().StringVar(&q.file, "qr-file", "", "write the code as PNG too")
	for _, name := range []string{"fields", "jurisdiction"} {
		_ = c.MarkFlagRequired(name)
	}
	return c
}

// showLink is the link of a code. What stands behind # reaches no server with the page.
func showLink(vault string, secret consent.ShowSecret) (string, error) {
	u, err := url.Parse(vault)
	if err != nil || u.Host == "" {
		return "", usage("--vault: want an address such as https://vault.example")
	}
	return "https://" + u.Host + "/show/#" + secret.Text(), nil
}

func verifyShown(io streams) *cobra.Command {
	v := &verifyFlags{io: io}
	return v.logFlags(v.command("shown", "Check what a person showed by a code, as it was kept", proof.MaxShown, func(data []byte, c *checked) error {
		answer, kept, err := client.ReadShown(data)
		if err != nil {
			return &proof.Failure{Check: "file", Do: "keep the whole answer", Err: err}
		}
		_, log, err := v.log(c, answer.Proof.Promise.Origin)
		if err != nil {
			return err
		}
		got, err := kept.Verify(log)
		if err != nil {
			return err
		}
		names := map[string]string{consent.InstitutionID{}.String(): "the person"}
		for _, w := range answer.Writers {
			names[w.Id] = w.Name + " (" + w.Id + ", by the vault's word)"
		}
		for _, f := range answer.Fields {
			for _, value := range got.Shown[consent.FieldName(f.Name)] {
				who := value.Writer.String()
				if name := names[who]; name != "" {
					who = name
				}
				c.Says = append(c.Says, said{"shown", client.Printable(fmt.Sprintf("%s: %.200s, by %s", f.Name, value.Value, who))})
			}
		}
		for _, w := range got.Shared.Withheld {
			c.Says = append(c.Says, said{"withheld", fmt.Sprintf("%s: %s", w.Field, w.Reason)})
		}
		c.Report = got.Report
		return nil
	}))
}
