package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

const maxValueFile = 16 << 20 // bytes: what one writer's value may have

func personCorrect(io streams) *cobra.Command {
	p := &personFlags{io: io}
	var from string
	var remove bool
	c := p.command("correct FIELD", "Say what is right, beside what organisations wrote; it never replaces theirs", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		field := consent.FieldName(args[0])
		if err := field.Validate(); err != nil {
			return usage("field: %w", err)
		}
		if remove == (from != "") {
			return usage("correct: want --file with the value as JSON, or --remove to take yours back")
		}
		var value []byte
		if from != "" {
			data, err := crypto.ReadFile(from, maxValueFile)
			if err != nil {
				return usage("--file: cannot be read, or is larger than 16 MiB")
			}
			value = bytes.TrimSpace(data)
		}
		_, _, person, err := p.open(ctx)
		if err != nil {
			return err
		}
		done, err := person.Correct(ctx, field, value)
		if err != nil {
			return err
		}
		if p.output == outputJSON {
			return printJSON(io.out, done)
		}
		said := "your own value stands beside theirs now, and goes with it wherever the field goes"
		if remove {
			said = "your own value is taken back; what organisations wrote stands as it was"
		}
		_, err = fmt.Fprintf(io.out, "%s: %s\n", field, said)
		return err
	})
	c.Flags().StringVar(&from, "file", "", "file of the value, as JSON of the field's type")
	c.Flags().BoolVar(&remove, "remove", false, "take your own value back")
	return c
}

func personFacts(io streams) *cobra.Command {
	p := &personFlags{io: io}
	var o consent.PolicyFacts
	var none bool
	c := p.command("facts", "Show what rules may know of you, or change it; never released", cobra.NoArgs, nil)
	c.RunE = func(c *cobra.Command, _ []string) error {
		given := map[string]bool{}
		for _, name := range []string{"minor", "representative", "never"} {
			given[name] = c.Flags().Changed(name)
		}
		return exitCode(p.facts(c.Context(), o, given, none))
	}
	c.Long = "facts shows what rules may know of you. With flags it changes what they name and leaves the\nrest as it is; --none states that there is nothing to know."
	c.Flags().BoolVar(&o.Minor, "minor", false, "you are a child; --minor=false: no more")
	c.Flags().BoolVar(&o.Representative, "representative", false, "somebody represents you; --representative=false: no more")
	c.Flags().StringSliceVar(&o.NeverCountries, "never", nil, "the countries (ISO 3166-1 alpha-2) that must never receive anything, all of them; --never= for none")
	c.Flags().BoolVar(&none, "none", false, "nothing of all this")
	return c
}

func (p *personFlags) facts(ctx context.Context, changed consent.PolicyFacts, given map[string]bool, none bool) error {
	change := given["minor"] || given["representative"] || given["never"]
	if change && none {
		return usage("--none: want it alone")
	}
	for _, country := range changed.NeverCountries {
		if err := consent.ValidateJurisdiction(country); err != nil {
			return usage("--never: %w", err)
		}
	}
	_, _, person, err := p.open(ctx)
	if err != nil {
		return err
	}
	facts, stated, err := person.Facts(ctx)
	if err != nil {
		return err
	}
	if !change && !none {
		return p.printFacts(facts, stated)
	}
	if none {
		facts = consent.PolicyFacts{}
	}
	if given["minor"] {
		facts.Minor = changed.Minor
	}
	if given["representative"] {
		facts.Representative = changed.Representative
	}
	if given["never"] {
		facts.NeverCountries = changed.NeverCountries
	}
	if err := person.StateFacts(ctx, facts, stated); err != nil {
		return err
	}
	if facts, stated, err = person.Facts(ctx); err != nil {
		return err
	}
	return p.printFacts(facts, stated)
}

func (p *personFlags) printFacts(facts consent.PolicyFacts, stated uint64) error {
	if p.output == outputJSON {
		return printJSON(p.io.out, map[string]any{
			"minor": facts.Minor, "representative": facts.Representative, "never_countries": append([]string{}, facts.NeverCountries...), "stated_at": stated,
		})
	}
	yesNo := map[bool]string{true: "yes", false: "no"}
	since, never := "nothing stated yet", "none"
	if stated != 0 {
		since = "stated on " + day(stated) + ", in force"
	}
	if len(facts.NeverCountries) > 0 {
		never = strings.Join(facts.NeverCountries, " ")
	}
	return printTable(p.io.out, []string{"WHAT RULES MAY KNOW", since}, [][]string{
		{"you are a child", yesNo[facts.Minor]}, {"somebody represents you", yesNo[facts.Representative]}, {"never release to", never},
	})
}
