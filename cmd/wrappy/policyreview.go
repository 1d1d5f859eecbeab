package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	stdio "io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	textdiff "github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/policy"
)

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// list writes a set in order.
func list[K ~string](set map[K]bool) string {
	var names []string
	for _, name := range sortedKeys(set) {
		names = append(names, string(name))
	}
	return strings.Join(names, ", ")
}

func policyDiff(io streams) *cobra.Command {
	var (
		output          string
		text, narrowing bool
	)
	c := &cobra.Command{Use: "diff FROM TO", Short: "Say what changes from one bundle to another: meaning first, then the text", Args: cobra.ExactArgs(2),
		Long: "diff says which purposes, fields, kinds, countries, legal bases and days are gained or lost, each\nwith its place and as widening, narrowing, neutral or unknown. Unknown counts as widening. Then who\n" +
			"gains or loses which field, and the text of all files that differ.\n\nThe exit status is 0 whatever changes; with --only-narrowing it is 3 unless TO purely narrows FROM.",
		RunE: func(_ *cobra.Command, args []string) error {
			from, to, err := readPair(args)
			if err != nil {
				return err
			}
			step, err := policy.Compare(from, to)
			if err != nil {
				return policyCode(err)
			}
			if output == outputJSON {
				err = printJSON(io.out, step)
			} else {
				err = printComparison(step, io)
				if err == nil && text {
					err = printText(from, to, io)
				}
			}
			if err == nil && narrowing && !step.Pure {
				err = &coded{exitRefused, errors.New("not a pure narrowing")}
			}
			return err
		}}
	outputFlag(c, &output)
	c.Flags().BoolVar(&text, "text", true, "show the text of files that differ too")
	c.Flags().BoolVar(&narrowing, "only-narrowing", false, "end with status 3 unless it is a pure narrowing")
	return c
}

func readPair(args []string) (from, to *policy.Draft, err error) {
	if from, err = readDraft(args[0]); err != nil {
		return nil, nil, err
	}
	to, err = readDraft(args[1])
	return from, to, err
}

// printStep is what a reviewer sees before signing.
func printStep(from string, to *policy.Draft, io streams) error {
	before, err := readDraft(from)
	if err != nil {
		return err
	}
	step, err := policy.Compare(before, to)
	if err != nil {
		return policyCode(err)
	}
	return printComparison(step, io)
}

func printComparison(step *policy.Comparison, io streams) error {
	verdict := string(step.Verdict)
	switch {
	case len(step.Changes) == 0:
		verdict = "the same"
	case step.Pure:
		verdict = "a pure narrowing: built with --narrows, it may come into force by one approval, to be reviewed after"
	case step.Verdict == policy.Unknown:
		verdict = "unknown: counts as widening"
	}
	_, _ = fmt.Fprintf(io.out, "%s\n", verdict)
	var rows [][]string
	for _, c := range step.Changes {
		rows = append(rows, []string{string(c.Class), c.Part, c.Name, cmp.Or(c.Member, "-"), c.Place, c.What})
	}
	if len(rows) > 0 {
		if err := printTable(io.out, []string{"CLASS", "PART", "NAME", "MEMBER", "PLACE", "CHANGE"}, rows); err != nil {
			return err
		}
	}
	rows = nil
	for _, a := range step.Access {
		change := map[policy.Class]string{policy.Widening: "gains", policy.Narrowing: "loses"}[a.Class]
		rows = append(rows, []string{a.Kind, change, a.Action, string(a.Purpose), joinFields(a.Fields)})
	}
	if len(rows) == 0 {
		return nil
	}
	_, _ = fmt.Fprintln(io.out)
	return printTable(io.out, []string{"KIND", "", "ACTION", "PURPOSE", "FIELDS"}, rows)
}

func printText(from, to *policy.Draft, io streams) error {
	names := maps.Clone(from.Files())
	maps.Copy(names, to.Files())
	for _, name := range sortedKeys(names) {
		text := textdiff.Diff("from/"+name, from.Files()[name], "to/"+name, to.Files()[name])
		for line := range bytes.Lines(text) { // what is compared is not yet trusted to leave the terminal alone
			if _, err := fmt.Fprintln(io.out, client.Printable(strings.ReplaceAll(strings.TrimRight(string(line), "\n"), "\t", "    "))); err != nil {
				return err
			}
		}
	}
	return nil
}

func policyReplay(io streams) *cobra.Command {
	var evidence, out, output string
	c := &cobra.Command{Use: "replay FROM TO", Short: "Decide the past again under two bundles and say what would leave that did not, and the reverse", Args: cobra.ExactArgs(2),
		Long: "replay reads a file by 'wrappy journal evidence', decides every decision in it again under both\nbundles, and counts what differs: decisions, fields, institutions, and distinct people per month.\n" +
			"No key is needed. --out writes the result with the digests of all inputs: the same inputs give the\nsame file. Purposes whose first day differs are taken as begun in TO.",
		RunE: func(c *cobra.Command, args []string) error {
			from, to, err := readPair(args)
			if err != nil {
				return err
			}
			file, err := os.Open(evidence) //nolint:gosec // the caller's own choice of file
			if err != nil {
				return fmt.Errorf("--evidence: %w", err)
			}
			defer func() { _ = file.Close() }()
			r, err := openEvidence(file)
			if err != nil {
				return fmt.Errorf("--evidence: %w", err)
			}
			defer debug.SetGCPercent(debug.SetGCPercent(gcPercent)) // rules make much garbage, and little of it stays
			result, err := policy.Replay(c.Context(), r, from, to, policy.ReplayOptions{Workers: runtime.GOMAXPROCS(0), Progress: progress(io)})
			if err != nil {
				return policyCode(err)
			}
			if out != "" {
				data, err := json.MarshalIndent(result, "", "  ")
				if err == nil {
					err = saveExport(out, append(data, '\n'))
				}
				if err != nil {
					return err
				}
			}
			if output == outputJSON {
				return printJSON(io.out, result)
			}
			return printReplay(result, io)
		}}
	outputFlag(c, &output)
	c.Flags().StringVar(&evidence, "evidence", "", "file by 'wrappy journal evidence' (required)")
	c.Flags().StringVar(&out, "out", "", "write the whole result to this new file")
	_ = c.MarkFlagRequired("evidence")
	return c
}

func printReplay(r *policy.ReplayResult, io streams) error {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(io.out, format, args...) }
	p("%d entries, %d to %d, of %s; %s\n", r.Evidence.Entries, r.Evidence.First, r.Evidence.Last, r.Evidence.Origin, r.Evidence.Digest)
	p("%d decisions decided again; %d denials of the vault's own that no bundle lifts; %d entries that are no decision\n", r.Decisions, r.VaultDenials, r.NoDecision)
	for _, d := range []struct {
		name string
		c    policy.ReplayChange
	}{{"deny becomes permit", r.Permitted}, {"permit becomes deny", r.Denied}} {
		p("\n%s: %d decisions, %d fields by %d institutions\n", d.name, d.c.Decisions, len(d.c.Fields), institutions(d.c))
		for _, month := range sortedKeys(d.c.People) {
			p("  %s: %d people\n", month, d.c.People[month])
		}
		var rows [][]string
		for _, i := range d.c.Institutions {
			rows = append(rows, []string{i.Institution.String(), i.Kind, i.Country, string(i.Purpose), i.Action, strconv.FormatUint(i.Decisions, 10), joinFields(i.Fields)})
		}
		if len(rows) > 0 {
			if err := printTable(io.out, []string{"INSTITUTION", "KIND", "COUNTRY", "PURPOSE", "ACTION", "DECISIONS", "FIELDS"}, rows); err != nil {
				return err
			}
		}
	}
	p("\nunchanged: %d decisions\n", r.Unchanged)
	if r.Recorded > 0 {
		p("decided by the first bundle then: %d, otherwise than by it now: %d\n", r.Recorded, r.Otherwise)
	}
	if r.FailedFrom+r.FailedTo > 0 {
		p("rules that do not decide, so that nothing leaves: %d decisions under the first bundle, %d under the second\n", r.FailedFrom, r.FailedTo)
	}
	return nil
}

func institutions(c policy.ReplayChange) int {
	ids := map[consent.InstitutionID]bool{}
	for _, i := range c.Institutions {
		ids[i.Institution] = true
	}
	return len(ids)
}

func policyExplain(io streams) *cobra.Command {
	var o struct {
		evidence, config, output string
		bundles                  []string
	}
	c := &cobra.Command{Use: "explain ENTRY", Short: "Say at which lines of a bundle a past decision turned", Args: cobra.ExactArgs(1),
		Long: "explain decides one entry of a file by 'wrappy journal evidence' again and names, for each field,\nthe lines of rules and data that permitted or withheld it. Of the bundles named, or kept by the vault\n" +
			"of --config, it takes the one that was in force then; one that was not, and is named alone, shows\nwhat it would say.",
		RunE: func(c *cobra.Command, args []string) error {
			entry, err := strconv.ParseUint(args[0], 10, 64)
			if err != nil {
				return usage("ENTRY: want the entry's number in the log")
			}
			part, err := findEvidence(o.evidence, entry)
			if err != nil {
				return err
			}
			if part.Kind == consent.EntryPage {
				return usage("entry %d says which pages are served: no policy decides that; name another", entry)
			}
			d, err := bundleOf(part, o.bundles, o.config)
			if err != nil {
				return err
			}
			x, err := policy.Explain(c.Context(), d, entry, part)
			if err != nil {
				return policyCode(err)
			}
			if o.output == outputJSON {
				return printJSON(io.out, x)
			}
			return printExplanation(x, io)
		}}
	outputFlag(c, &o.output)
	c.Flags().StringVar(&o.evidence, "evidence", "", "file by 'wrappy journal evidence' (required)")
	c.Flags().StringSliceVar(&o.bundles, "bundle", nil, "bundles to choose from")
	c.Flags().StringVar(&o.config, "config", "", "configuration of a vault: the bundles that were in force there")
	_ = c.MarkFlagRequired("evidence")
	return c
}

// findEvidence reads a file to its end, where its digest is, and keeps one entry.
func findEvidence(path string, entry uint64) (*consent.EvidencePart, error) {
	file, err := os.Open(path) //nolint:gosec // the caller's own choice of file
	if err != nil {
		return nil, fmt.Errorf("--evidence: %w", err)
	}
	defer func() { _ = file.Close() }()
	r, err := openEvidence(file)
	if err != nil {
		return nil, fmt.Errorf("--evidence: %w", err)
	}
	var found []byte
	for {
		e, err := r.Next()
		if errors.Is(err, stdio.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("--evidence: %w", err)
		}
		if e.Index == entry {
			found = e.Part
		}
	}
	if found == nil {
		return nil, fmt.Errorf("entry %d is not in %s", entry, filepath.Base(path))
	}
	return consent.ParseEvidence(found)
}

// bundleOf is the bundle that decided an entry, among those that are at hand.
func bundleOf(e *consent.EvidencePart, paths []string, configFile string) (*policy.Draft, error) {
	if configFile != "" {
		c, err := loadConfig(configFile, os.Environ())
		if err != nil {
			return nil, &coded{exitUsage, err}
		}
		kept, err := policyHistory(c)
		if err != nil {
			return nil, err
		}
		for i, one := range kept {
			last := i == len(kept)-1 && e.PolicyDigest == consent.Digest{} // policy was not asked: by the newest
			if last || one.digest == e.PolicyDigest.String()[2:] {
				paths = append(paths, one.bundle)
			}
		}
	}
	if len(paths) == 0 {
		return nil, usage("--bundle, --config: the bundle that decided this is %s: name it, or the vault that keeps it", e.PolicyDigest)
	}
	var d *policy.Draft
	for _, path := range paths {
		var err error
		if d, err = readDraft(path); err != nil {
			return nil, err
		}
		if d.Digest() == e.PolicyDigest {
			return d, nil
		}
	}
	if len(paths) > 1 {
		return nil, usage("--bundle: none of these decided it: that one is %s", e.PolicyDigest)
	}
	return d, nil
}

func printExplanation(x *policy.Explanation, io streams) error {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(io.out, format, args...) }
	p("entry %d, %s, %s\n", x.Entry, x.Kind, x.Time.Format("2006-01-02 15:04:05 UTC"))
	p("  %s %s in %s asked to %s for %s, basis %s, use in %s\n", x.Is, x.Institution, x.Country, x.Action, x.Purpose, x.LegalBasis, x.Jurisdiction)
	then := "was in force then"
	if !x.Then {
		then = "was NOT the one that decided then"
	}
	p("  bundle %s, revision %d, %s\n", x.Bundle.Digest, x.Bundle.Revision, then)
	for _, reason := range x.Recorded.Reasons {
		p("  recorded: denied, %s\n", reason)
	}
	switch x.Past {
	case policy.PastVault:
		p("the vault's own rules denied it before policy was asked, or after: no bundle changes that\n")
		return nil
	case policy.PastNone:
		p("not a decision about fields\n")
		return nil
	}
	for _, reason := range x.Reasons {
		p("the whole is denied: %s\n", reason)
	}
	for _, line := range x.Whole {
		p("    %s\n", client.Printable(line))
	}
	for _, f := range x.Fields {
		if f.Permitted {
			p("%s: permitted\n", f.Field)
		} else {
			p("%s: withheld, %s (by %s)\n", f.Field, f.Reason, f.By)
		}
		for _, line := range f.Lines {
			p("    %s\n", client.Printable(line))
		}
	}
	return nil
}
