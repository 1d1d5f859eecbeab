package main

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/spf13/cobra"
)

// institutionSign makes the body of a write for who sends it without this program.
func institutionSign(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	var file, fhir string
	var all bool
	c := i.vaultFlags(i.command("sign GRANT", "Sign fields for a write under a grant and print the body to send, from JSON by field name or a FHIR R4 Bundle", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		id, err := parseGrant(args[0])
		if err != nil {
			return err
		}
		if (file == "") == (fhir == "") {
			return usage("sign: want --file or --fhir")
		}
		if all && fhir != "" {
			return usage("sign: --all goes with --file; a FHIR Bundle of type transaction says it itself")
		}
		institution, err := i.connect(ctx)
		if err != nil {
			return err
		}
		if fhir != "" {
			bundle, err := readBundle(fhir)
			if err != nil {
				return err
			}
			signed, err := institution.SignFHIR(ctx, id, bytes.NewReader(bundle))
			if err != nil {
				return unsignable(err)
			}
			return printJSON(io.out, json.RawMessage(signed))
		}
		values, err := readValues(file)
		if err != nil {
			return err
		}
		call, err := institution.SignedCall(id.String(), values)
		if err != nil {
			return unsignable(err)
		}
		if all {
			call.All = &all
		}
		return printJSON(io.out, call)
	}), mutualAddress)
	c.Flags().StringVar(&file, "file", "", "JSON object of values by field name")
	c.Flags().StringVar(&fhir, "fhir", "", "FHIR R4 Bundle")
	c.Flags().BoolVar(&all, "all", false, "store all of it or nothing")
	return c
}

// institutionAssist signs for a grant that is made on a helper's device of the institution's own.
func institutionAssist(io streams) *cobra.Command {
	i := &institutionFlags{io: io}
	var q qrFlags
	c := i.vaultFlags(i.command("assist GRANT REQUEST", "Sign, for ten minutes, for a permission that a person gives on a helper's device of yours, and print what it sends along", cobra.ExactArgs(2), func(ctx context.Context, args []string) error {
		grant, err := parseGrant(args[0])
		if err != nil {
			return err
		}
		request, err := parseRequest(args[1])
		if err != nil {
			return err
		}
		institution, err := i.connect(ctx)
		if err != nil {
			return err
		}
		help, err := institution.Help(grant, request)
		if err != nil {
			return err
		}
		text, err := json.Marshal(help)
		if err != nil {
			return err
		}
		if err := q.draw(io.err, string(text)); err != nil {
			return err
		}
		return printJSON(io.out, help)
	}), mutualAddress)
	q.drawn(c, "signature")
	return c
}
