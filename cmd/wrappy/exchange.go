package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
)

func institutionRequest(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	var o struct {
		fields                       []string
		purpose, basis, jurisdiction string
		write                        bool
		days, retention, times       uint32
		notice, language             string
		qr                           qrFlags
	}
	answer := length(2 * dayLong)
	c := i.vaultFlags(i.command("request", "Ask a person for fields; hand the request's id to that person", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		now := uint64(time.Now().Unix()) //nolint:gosec // after 1970
		ask := client.Ask{
			Purpose: consent.Purpose(o.purpose), LegalBasis: consent.LegalBasis(o.basis), Jurisdiction: o.jurisdiction, Actions: consent.Read,
			NotBefore: now - 60, Expires: (now/consent.Day + uint64(o.days) + 1) * consent.Day, MaxReleases: o.times, RetentionDays: o.retention,
			AnswerBy: uint64(answer.from(time.Now()).Unix()), //nolint:gosec // after 1970
			Notices:  []consent.Notice{{Language: o.language, Text: o.notice}},
		}
		if o.write {
			ask.Actions = consent.Write
		}
		for _, f := range o.fields {
			ask.Fields = append(ask.Fields, consent.FieldName(f))
		}
		slices.Sort(ask.Fields)
		institution, err := i.connect(ctx)
		if err != nil {
			return err
		}
		if o.qr.page == "" {
			o.qr.page = institution.Deployment.Page
		}
		if err := o.qr.check(); err != nil {
			return err
		}
		request, err := institution.Ask(ctx, ask)
		if err != nil {
			return err
		}
		i.hint("hand this to the person, and to nobody else; it can be answered until %s", instant(request.Document.AnswerBy))
		link, err := o.qr.give(io.err, request.Id)
		if err != nil {
			return fmt.Errorf("asked as %s: %w", request.Id, err)
		}
		if link != "" && i.output != outputJSON {
			i.hint("%s", link)
		}
		return i.report(request, "%s", request.Id)
	}), mutualAddress)
	f := c.Flags()
	f.StringSliceVar(&o.fields, "fields", nil, "fields asked for (required)")
	f.StringVar(&o.purpose, "purpose", "", "why, a DPV term of the policy in force, such as sector-health:ServiceProvision (required)")
	f.StringVar(&o.basis, "basis", string(consent.BasisConsent), "legal basis, GDPR Article 6(1)")
	f.StringVar(&o.jurisdiction, "jurisdiction", "", "where the data will be used, ISO 3166-1 alpha-2 (required)")
	f.BoolVar(&o.write, "write", false, "ask to write instead of to read")
	f.Uint32Var(&o.days, "days", 30, "permission for so many days")
	f.Uint32Var(&o.retention, "retention-days", 30, "you keep what you receive for so many days")
	f.Uint32Var(&o.times, "times", 0, "so many releases at most; 0 = no limit")
	f.Var(&answer, "answer-within", "the person may answer for so long, such as 90m, 48h or 3d")
	f.StringVar(&o.notice, "notice", "", "the text that the person reads (required)")
	f.StringVar(&o.language, "language", "en", "language of the notice, BCP 47")
	o.qr.flags(c)
	for _, name := range []string{"fields", "purpose", "jurisdiction", "notice"} {
		_ = c.MarkFlagRequired(name)
	}
	return c
}

// statusFlag narrows a list. What the vault does not know it refuses itself.
func statusFlag(c *cobra.Command, status *string) *cobra.Command {
	c.Flags().StringVar(status, "status", "", "only those of this status: requested, given, refused, expired, withdrawn, revoked …")
	return c
}

func institutionRequests(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	var status string
	return statusFlag(i.vaultFlags(i.command("requests", "List the institution's requests and what became of them", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		institution, err := i.connect(ctx)
		if err != nil {
			return err
		}
		requests, err := institution.Requests(ctx, openapi.Status(status))
		if err != nil {
			return err
		}
		if i.output == outputJSON {
			if requests == nil {
				requests = []openapi.Request{}
			}
			return printJSON(io.out, requests)
		}
		var rows [][]string
		for _, r := range requests {
			grant := "-"
			if r.Grant != nil {
				grant = *r.Grant
			}
			rows = append(rows, []string{r.Id, string(r.Status), instant(r.Document.AnswerBy), grant, strings.Join(r.Document.Fields, " ")})
		}
		return printTable(io.out, []string{"REQUEST", "STATUS", "ANSWER BY", "GRANT", "FIELDS"}, rows)
	}), mutualAddress), &status)
}

func institutionStatus(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	var wait time.Duration
	c := i.vaultFlags(i.command("status REQUEST", "Show whether a request was answered, and the grant", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		id, err := parseRequest(args[0])
		if err != nil {
			return err
		}
		institution, err := i.connect(ctx)
		if err != nil {
			return err
		}
		request, err := outcome(ctx, institution, id, wait)
		if request == nil {
			return err
		}
		grant := "-"
		if request.Grant != nil {
			grant = *request.Grant
		}
		return errors.Join(err, i.report(request, "%s, %sgrant %s", request.Status, answerable(request), grant))
	}), mutualAddress)
	c.Flags().DurationVar(&wait, "wait", 0, "wait so long (such as 10m) for an answer that counts; status 4 if there is none")
	return c
}

// answerable says until when a request that waits can be answered.
func answerable(r *openapi.Request) string {
	if r.Status != openapi.StatusRequested || r.Grant != nil {
		return ""
	}
	return "to be answered until " + instant(r.Document.AnswerBy) + ", "
}

func outcome(ctx context.Context, institution *client.Institution, id consent.RequestID, wait time.Duration) (*openapi.Request, error) {
	if wait == 0 {
		return institution.Outcome(ctx, id)
	}
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	request, err := institution.AwaitOutcome(waiting, id, time.Second)
	if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return request, &coded{exitUnavailable, fmt.Errorf("no answer that counts within %s", wait)}
	}
	return request, err
}

func institutionGrants(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	var status string
	return statusFlag(i.vaultFlags(i.command("grants", "List the grants that name the institution", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		institution, err := i.connect(ctx)
		if err != nil {
			return err
		}
		grants, err := institution.Grants(ctx, openapi.Status(status))
		if err != nil {
			return err
		}
		if i.output == outputJSON {
			return printJSON(io.out, grants)
		}
		var rows [][]string
		for _, g := range grants {
			rows = append(rows, []string{g.Id, string(g.Status), day(g.Document.Expires), strings.Join(g.Document.Fields, " ")})
		}
		return printTable(io.out, []string{"GRANT", "STATUS", "UNTIL", "FIELDS"}, rows)
	}), mutualAddress), &status)
}

func institutionRelease(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	var fields []string
	var retry, earlier string
	var keep keptProof
	var answers keptAnswers
	c := i.vaultFlags(i.command("release GRANT", "Fetch fields under a grant and check the vault's promise", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		id, err := parseGrant(args[0])
		if err != nil {
			return err
		}
		etag, err := etagOf(earlier, id)
		if err != nil {
			return err
		}
		institution, err := i.connect(ctx)
		if err != nil {
			return err
		}
		if retry == "" {
			retry = client.NewIdempotencyKey()
		}
		var names []consent.FieldName
		for _, f := range fields {
			names = append(names, consent.FieldName(f))
		}
		if err := errors.Join(keep.check(), answers.check()); err != nil {
			return err
		}
		released, _, err := institution.ReleaseUnless(ctx, id.String(), names, retry, etag)
		if err != nil {
			return err
		}
		if err := printReleased(io, i.output, released); err != nil {
			return err
		}
		if err := errors.Join(keep.save(ctx, institution, released.Proof), answers.save(ctx, institution, released)); err != nil {
			return fmt.Errorf("released, but its proof is not kept: %w; fetch it again with --idempotency-key %s", err, retry)
		}
		return nil
	}), mutualAddress)
	keep.flag(c)
	answers.flag(c)
	c.Flags().StringVar(&earlier, "unless-changed", "", "file with an earlier answer under this grant (-o json): leave out what is still the same")
	c.Flags().StringSliceVar(&fields, "fields", nil, "only these fields; without it all of the grant")
	c.Flags().StringVar(&retry, "idempotency-key", "", "key of an earlier attempt, to have its answer again without a second count")
	return c
}

func printReleased(io streams, output string, released *openapi.Released) error {
	if output == outputJSON {
		return printJSON(io.out, released)
	}
	var rows [][]string
	for name, values := range released.Released {
		for _, v := range values {
			rows = append(rows, []string{name, string(v.Value)})
		}
	}
	slices.SortFunc(rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	for _, w := range released.Withheld {
		rows = append(rows, []string{w.Field, "withheld: " + w.Reason})
	}
	return printTable(io.out, []string{"FIELD", "VALUE"}, rows)
}

func institutionWrite(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	var file, fhir string
	var all bool
	c := i.vaultFlags(i.command("write GRANT", "Write fields under a grant, from JSON by field name or a FHIR R4 Bundle", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		id, err := parseGrant(args[0])
		if err != nil {
			return err
		}
		if (file == "") == (fhir == "") {
			return usage("write: want --file or --fhir")
		}
		if all && fhir != "" {
			return usage("--all: for --file; a FHIR Bundle says so by its type, transaction")
		}
		institution, err := i.connect(ctx)
		if err != nil {
			return err
		}
		written, err := writeFrom(ctx, institution, id.String(), file, fhir, all)
		if err != nil {
			return err
		}
		if i.output == outputJSON {
			return printJSON(io.out, written)
		}
		var rows [][]string
		for _, s := range written.Stored {
			rows = append(rows, []string{s.Field, fmt.Sprintf("stored, version %d", s.Version)})
		}
		for _, w := range written.Withheld {
			rows = append(rows, []string{w.Field, "not stored: " + w.Reason})
		}
		if written.Left != nil {
			for _, l := range *written.Left {
				rows = append(rows, []string{l.ResourceType, fmt.Sprintf("%d not taken: %s", l.Count, l.Reason)})
			}
		}
		return printTable(io.out, []string{"FIELD", "WHAT BECAME OF IT"}, rows)
	}), mutualAddress)
	c.Flags().StringVar(&file, "file", "", "JSON object of values by field name")
	c.Flags().StringVar(&fhir, "fhir", "", "FHIR R4 Bundle; one of type transaction is stored whole or not at all")
	c.Flags().BoolVar(&all, "all", false, "store all of the file or nothing")
	return c
}
