package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/policy"
)

func policyCommand(io streams) *cobra.Command {
	c := &cobra.Command{
		Use:   "policy",
		Short: "Policy bundles: take one out, change, test, compare, replay, approve, put into force",
		Long: "A policy bundle says what may leave. These commands are a compliance team's round: take the\nbundle out, change it, test it, see what the change means and what it would have let out,\n" +
			"approve it by two people on two machines, put it into force. BUNDLE is a bundle's file or a\nfolder of rules and data. Nothing personal is read for any of it.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(policyExtract(io), policyTest(io), policyBuild(io), policyShow(io), policyDiff(io), policyReplay(io), policyExplain(io),
		policyReviewer(io), policyApprove(io), policyVerify(io), policyInstall(io))
	return c
}

// policyCode gives what is wrong with a bundle, or with what stands behind it, its exit code.
func policyCode(err error) error {
	var already *coded
	if err == nil || errors.As(err, &already) {
		return err
	}
	for _, kind := range []error{policy.ErrApproval, policy.ErrRevision, policy.ErrExpired, policy.ErrBundle} {
		if errors.Is(err, kind) {
			return &coded{exitRefused, err}
		}
	}
	return err
}

// readDraft opens a bundle's file or a folder.
func readDraft(path string) (*policy.Draft, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	var d *policy.Draft
	if info.IsDir() {
		d, err = policy.ReadSource(os.DirFS(path))
	} else {
		var data []byte
		if data, err = readBundleFile(path); err == nil {
			d, err = policy.ReadBundle(data)
		}
	}
	if err != nil {
		return nil, policyCode(fmt.Errorf("%s: %w", path, err))
	}
	return d, nil
}

func readBundleFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > policy.MaxBundle {
		return nil, fmt.Errorf("%w: %d bytes, more than %d", policy.ErrBundle, info.Size(), policy.MaxBundle)
	}
	return crypto.ReadFile(path, policy.MaxBundle)
}

func policyExtract(io streams) *cobra.Command {
	var dir string
	c := &cobra.Command{Use: "extract [BUNDLE]", Short: "Write a bundle's rules, tests and data into a new folder; without BUNDLE those of the built-in default", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			var d *policy.Draft
			var err error
			if len(args) == 1 {
				d, err = readDraft(args[0])
			} else {
				d, err = policy.ReadSource(policy.Default())
			}
			if err != nil {
				return err
			}
			if err := os.Mkdir(dir, 0o750); errors.Is(err, fs.ErrExist) {
				return usage("--dir: %s is there already; choose another name", dir)
			} else if err != nil {
				return err
			}
			for name, content := range d.Files() { // names are those that a bundle may have: no way out
				path := filepath.Join(dir, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
					return err
				}
				if err := os.WriteFile(path, content, 0o600); err != nil {
					return err
				}
			}
			_, err = fmt.Fprintf(io.out, "%d files in %s\n  next: change them, then 'wrappy policy test %s'\n", len(d.Files()), dir, dir)
			return err
		}}
	c.Flags().StringVar(&dir, "dir", "", "folder to make (required)")
	_ = c.MarkFlagRequired("dir")
	return c
}

func policyTest(io streams) *cobra.Command {
	var output string
	c := &cobra.Command{Use: "test BUNDLE", Short: "Check rules and data strictly, run the bundle's own tests, and let it decide on trial", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			d, err := readDraft(args[0])
			if err != nil {
				return err
			}
			report, err := d.Check(c.Context())
			if err != nil {
				return policyCode(err)
			}
			if err := d.Trial(time.Now()); err != nil {
				return policyCode(err)
			}
			if output == outputJSON {
				err = printJSON(io.out, map[string]any{"passed": len(report.Passed), "failed": append([]string{}, report.Failed...), "coverage": report.Coverage})
			} else {
				for _, failed := range report.Failed {
					_, _ = fmt.Fprintln(io.out, "FAILED", failed)
				}
				_, err = fmt.Fprintf(io.out, "%d tests passed, %d failed; they reach %.1f %% of the rules' lines\n", len(report.Passed), len(report.Failed), report.Coverage)
			}
			return errors.Join(err, failedTests(report))
		}}
	outputFlag(c, &output)
	return c
}

func failedTests(report *policy.Report) error {
	if n := len(report.Failed); n > 0 {
		return fmt.Errorf("%d of the bundle's tests fail, the first at %s", n, report.Failed[0])
	}
	return nil
}

func policyBuild(io streams) *cobra.Command {
	var o struct {
		revision              uint64
		expires, out, narrows string
	}
	c := &cobra.Command{Use: "build FOLDER", Short: "Make a bundle's file of a folder of rules and data, once its tests pass", Args: cobra.ExactArgs(1),
		Long: "build makes one file of a folder. The same folder, revision and expiry give the same bytes on\nevery machine: each reviewer builds it alone and compares the digest.\n\n" +
			"With --narrows the bundle says that it purely narrows that one: it takes the next revision, may\nnot expire later, and may come into force by one approval, to be reviewed after.",
		RunE: func(c *cobra.Command, args []string) error {
			m, before, err := buildTerms(o.revision, o.expires, o.narrows)
			if err != nil {
				return err
			}
			d, err := readDraft(args[0])
			if err != nil {
				return err
			}
			report, err := d.Check(c.Context())
			if err = errors.Join(err, d.Trial(time.Now())); err != nil {
				return policyCode(err)
			}
			if err := failedTests(report); err != nil {
				return err
			}
			bundle, digest, err := policy.Build(os.DirFS(args[0]), m)
			if err != nil {
				return policyCode(err)
			}
			if before != nil {
				if err := mustNarrow(before, bundle); err != nil {
					return err
				}
			}
			if err := saveExport(o.out, bundle); err != nil {
				return err
			}
			_, err = fmt.Fprintf(io.out, "%s\n  revision %d, until %s; the line above is the SHA-256 of %s: compare it with the other reviewer's\n", digest, m.Revision, policyDay(m.Expires), o.out)
			return err
		}}
	f := c.Flags()
	f.Uint64Var(&o.revision, "revision", 0, "number that grows by every bundle that comes into force (required without --narrows)")
	f.StringVar(&o.expires, "expires", "", "day, YYYY-MM-DD, from whose beginning (UTC) the bundle permits nothing (required without --narrows)")
	f.StringVar(&o.out, "out", "", "new file to write (required)")
	f.StringVar(&o.narrows, "narrows", "", "file of the bundle in force, where this one purely narrows it")
	_ = c.MarkFlagRequired("out")
	return c
}

// buildTerms are the manifest's. What narrows takes over what it is not told.
func buildTerms(revision uint64, expires, narrows string) (m policy.Manifest, before *policy.Draft, err error) {
	m.Revision = revision
	if expires != "" {
		at, err := time.Parse(time.DateOnly, expires)
		if err != nil || at.Unix() < 0 {
			return m, nil, usage("--expires: want a day as YYYY-MM-DD")
		}
		m.Expires = uint64(at.Unix()) //nolint:gosec // not negative
	}
	if narrows != "" {
		if before, err = readDraft(narrows); err != nil {
			return m, nil, fmt.Errorf("--narrows: %w", err)
		}
		old, isBundle := before.Manifest()
		if !isBundle {
			return m, nil, usage("--narrows: want the file of the bundle in force, not a folder")
		}
		digest := before.Digest()
		m.Narrows = &digest
		if m.Revision == 0 {
			m.Revision = old.Revision + 1
		}
		if m.Expires == 0 {
			m.Expires = old.Expires
		}
	}
	if m.Revision == 0 || m.Expires == 0 {
		return m, nil, usage("--revision, --expires: want both, or --narrows with the bundle in force")
	}
	return m, before, nil
}

func mustNarrow(before *policy.Draft, bundle []byte) error {
	after, err := policy.ReadBundle(bundle)
	if err == nil {
		err = policy.PureNarrowing(before, after)
	}
	return policyCode(err)
}

func policyDay(unix uint64) string {
	return time.Unix(int64(min(unix, 1<<40)), 0).UTC().Format("2006-01-02 15:04 UTC") //nolint:gosec // bounded
}

func policyShow(io streams) *cobra.Command {
	var output string
	c := &cobra.Command{Use: "show BUNDLE", Short: "Show what a bundle opens: purposes, kinds, legal bases, days, fields", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			d, err := readDraft(args[0])
			if err != nil {
				return err
			}
			m, isBundle := d.Manifest()
			if output == outputJSON {
				return printJSON(io.out, map[string]any{"digest": d.Digest(), "revision": m.Revision, "expires": m.Expires, "narrows": m.Narrows, "purposes": d.Purposes(), "fields": d.Catalog().Fields})
			}
			var rows [][]string
			for _, name := range sortedKeys(d.Purposes()) {
				p := d.Purposes()[name]
				countries := list(p.Countries)
				if p.Countries == nil {
					countries = "everywhere"
				}
				rows = append(rows, []string{string(name), list(p.Kinds), list(p.Bases), countries, strconv.FormatUint(uint64(p.RetentionDays), 10), p.Effective, list(p.Read), list(p.Write)})
			}
			if isBundle {
				_, _ = fmt.Fprintf(io.out, "%s\n  revision %d, until %s\n", d.Digest(), m.Revision, policyDay(m.Expires))
				if m.Narrows != nil {
					_, _ = fmt.Fprintf(io.out, "  narrows %s\n", m.Narrows)
				}
			}
			return printTable(io.out, []string{"PURPOSE", "KINDS", "BASES", "COUNTRIES", "DAYS", "FROM", "READ", "WRITE"}, rows)
		}}
	outputFlag(c, &output)
	return c
}

func policyInstall(io streams) *cobra.Command {
	var o struct {
		config    string
		approvals []string
	}
	c := &cobra.Command{Use: "install BUNDLE", Short: "Put an approved bundle into force in the vault of a folder", Args: cobra.ExactArgs(1),
		Long: "install holds a bundle against everything that the vault would (approvals, revision, expiry,\nrules, data, trial), puts it into its place, and asks a running vault to take it. The last good\n" +
			"bundle stays where anything is wrong. A vault that does not run takes it at its next start.",
		RunE: func(c *cobra.Command, args []string) error {
			config, err := loadConfig(o.config, os.Environ())
			if err != nil {
				return &coded{exitUsage, err}
			}
			offer, err := readOffer(args[0], o.approvals)
			if err != nil {
				return policyCode(err)
			}
			terms, err := policyTerms(config, time.Now())
			if err != nil {
				return err
			}
			h, err := wouldLoad(offer, terms)
			if err != nil {
				return policyCode(err)
			}
			return putIntoForce(c.Context(), config, offer, h, io)
		}}
	c.Flags().StringVar(&o.config, "config", configFile, "configuration file of the vault")
	c.Flags().StringSliceVar(&o.approvals, "approvals", nil, "files of approvals (required)")
	_ = c.MarkFlagRequired("approvals")
	return c
}

func putIntoForce(ctx context.Context, c *config, o policy.Offer, h policy.Health, io streams) error {
	undo, err := installPolicy(c, o)
	if err != nil {
		return err
	}
	when := "comes into force when the vault starts"
	if runs(ctx, c) {
		answer, err := askReload(ctx, c)
		if err == nil && answer.Digest != h.Digest {
			err = errors.New("the vault has another bundle in force now: somebody else was faster")
		}
		if err != nil {
			return errors.Join(err, undo())
		}
		when = "is in force"
	}
	_, err = fmt.Fprintf(io.out, "%s\n  revision %d %s, until %s\n", h.Digest, h.Revision, when, policyDay(h.Expires))
	if err == nil && h.Narrows != (consent.Digest{}) {
		_, err = fmt.Fprintf(io.out, "  by one approval, as it narrows %s: have it reviewed and approved a second time\n", h.Narrows)
	}
	return err
}
