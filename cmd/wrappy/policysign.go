package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/policy"
)

// A reviewer's key file is the 32-byte seed of an Ed25519 key, sealed under the
// reviewer's passphrase.
const reviewerAAD = "wrappy reviewer key file v1\x00"

func sealReviewer(ctx context.Context, passphrase crypto.Secret, key ed25519.PrivateKey) ([]byte, error) {
	return crypto.SealWithPassphrase(ctx, passphrase, key.Seed(), []byte(reviewerAAD))
}

func openReviewer(ctx context.Context, path, passphraseFile string, io streams) (ed25519.PrivateKey, error) {
	sealed, err := crypto.ReadFile(path, 4096)
	if err != nil {
		return nil, fmt.Errorf("--key-file: %w", err)
	}
	passphrase, err := readPassphrase(passphraseFile, "reviewer's passphrase", io)
	if err != nil {
		return nil, err
	}
	seed, err := crypto.OpenWithPassphrase(ctx, passphrase, sealed, []byte(reviewerAAD))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("%s: not a reviewer's key, or the passphrase is another", filepath.Base(path))
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

func publicHex(key ed25519.PrivateKey) string {
	return hex.EncodeToString(key[ed25519.PrivateKeySize-ed25519.PublicKeySize:])
}

func policyReviewer(io streams) *cobra.Command {
	c := &cobra.Command{Use: "reviewer", Short: "Reviewers' keys", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(reviewerNew(io), reviewerShow(io))
	return c
}

func reviewerNew(io streams) *cobra.Command {
	var out, passphraseFile string
	c := &cobra.Command{Use: "new", Short: "Make a reviewer's key on the reviewer's own machine, and print its public half", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if _, err := os.Lstat(out); err == nil {
				return usage("--out: %s is there already and stays as it is", out)
			}
			passphrase, err := readPassphrase(passphraseFile, "passphrase for the new key", io)
			if err != nil {
				return err
			}
			_, key, err := ed25519.GenerateKey(rand.Reader)
			if err != nil {
				return err
			}
			sealed, err := sealReviewer(c.Context(), passphrase, key)
			if err == nil {
				err = crypto.WriteFile(out, sealed, false)
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(io.out, "%s\n  the operator adds this line to the vault's file of reviewers; %s stays with you\n", publicHex(key), out)
			return err
		}}
	c.Flags().StringVar(&out, "out", "reviewer.key", "new file of the key")
	c.Flags().StringVar(&passphraseFile, "passphrase-file", "", "file whose first line is the passphrase, - for standard input")
	return c
}

func reviewerShow(io streams) *cobra.Command {
	var keyFile, passphraseFile string
	c := &cobra.Command{Use: "show", Short: "Print the public half of a reviewer's key", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			key, err := openReviewer(c.Context(), keyFile, passphraseFile, io)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(io.out, publicHex(key))
			return err
		}}
	c.Flags().StringVar(&keyFile, "key-file", "reviewer.key", "file of the key")
	c.Flags().StringVar(&passphraseFile, "passphrase-file", "", "file whose first line is the passphrase, - for standard input")
	return c
}

func policyApprove(io streams) *cobra.Command {
	var o struct{ key, passphrase, approvals, digest, from string }
	c := &cobra.Command{Use: "approve BUNDLE", Short: "Sign a bundle that you have reviewed, and add the approval to a file", Args: cobra.ExactArgs(1),
		Long: "approve signs the SHA-256 of a bundle's file with a reviewer's key, once the bundle's rules and\ndata hold, its tests pass and it decides on trial. --digest refuses any other bundle than the one\n" +
			"you have built yourself; --from prints what changes against the bundle in force before it signs.",
		RunE: func(c *cobra.Command, args []string) error {
			bundle, err := readBundleFile(args[0])
			if err != nil {
				return policyCode(err)
			}
			d, err := policy.ReadBundle(bundle)
			if err != nil {
				return policyCode(fmt.Errorf("%s: %w", args[0], err))
			}
			if o.digest != "" {
				var want consent.Digest
				if err := want.UnmarshalText([]byte(o.digest)); err != nil {
					return usage("--digest: want 0x and 64 hex digits")
				}
				if want != d.Digest() {
					return &coded{exitRefused, fmt.Errorf("the bundle is another one: its SHA-256 is %s", d.Digest())}
				}
			}
			report, err := d.Check(c.Context())
			if err = errors.Join(err, d.Trial(time.Now())); err != nil {
				return policyCode(err)
			}
			if err := failedTests(report); err != nil {
				return err
			}
			if o.from != "" {
				if err := printStep(o.from, d, io); err != nil {
					return err
				}
			}
			before, err := readApprovals(o.approvals)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			key, err := openReviewer(c.Context(), o.key, o.passphrase, io)
			if err != nil {
				return err
			}
			approval, err := policy.Approve(bundle, key)
			if err != nil {
				return policyCode(err)
			}
			m, _ := d.Manifest()
			if err := addApproval(o.approvals, before, approval); err != nil {
				return err
			}
			_, err = fmt.Fprintf(io.out, "%s\n  revision %d, until %s, approved by %s\n", d.Digest(), m.Revision, policyDay(m.Expires), publicHex(key))
			return err
		}}
	f := c.Flags()
	f.StringVar(&o.key, "key-file", "reviewer.key", "file of the reviewer's key")
	f.StringVar(&o.passphrase, "passphrase-file", "", "file whose first line is its passphrase, - for standard input")
	f.StringVar(&o.approvals, "approvals", "", "file of approvals to add to; made where there is none (required)")
	f.StringVar(&o.digest, "digest", "", "sign only the bundle with this SHA-256")
	f.StringVar(&o.from, "from", "", "bundle in force: print what changes first")
	_ = c.MarkFlagRequired("approvals")
	return c
}

// addApproval keeps the approvals of this bundle, one a reviewer; those of other bundles
// in the file are left out.
func addApproval(path string, before []policy.Approval, a policy.Approval) error {
	list := []policy.Approval{}
	for _, old := range before {
		if old.Digest == a.Digest && !old.Reviewer.Equal(a.Reviewer) {
			list = append(list, old)
		}
	}
	data, err := json.MarshalIndent(append(list, a), "", "  ")
	if err != nil {
		return err
	}
	return crypto.WriteFile(path, append(data, '\n'), true)
}

// readOffer is a bundle's file with all approvals that some files have.
func readOffer(bundle string, approvals []string) (o policy.Offer, err error) {
	if o.Bundle, err = readBundleFile(bundle); err != nil {
		return o, err
	}
	for _, path := range approvals {
		list, err := readApprovals(path)
		if err != nil {
			return o, err
		}
		o.Approvals = append(o.Approvals, list...)
	}
	return o, nil
}

func policyVerify(io streams) *cobra.Command {
	var o struct {
		approvals, narrowsApprovals []string
		reviewers, narrows, config  string
		output                      string
	}
	c := &cobra.Command{Use: "verify BUNDLE", Short: "Say whether a vault would put a bundle into force, and if not, why", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			offer, err := readOffer(args[0], o.approvals)
			if err != nil {
				return policyCode(err)
			}
			terms, err := verifyTerms(o.config, o.reviewers, o.narrows, o.narrowsApprovals)
			if err != nil {
				return policyCode(err)
			}
			h, err := wouldLoad(offer, terms)
			if err != nil {
				return policyCode(err)
			}
			if o.output == outputJSON {
				return printJSON(io.out, map[string]any{"digest": h.Digest, "revision": h.Revision, "expires": h.Expires, "narrows": h.Narrows})
			}
			by := fmt.Sprintf("approved by %d reviewers or more", policy.Threshold)
			if h.Narrows != (consent.Digest{}) {
				by = fmt.Sprintf("one approval, which is enough: it purely narrows %s; to be reviewed after", h.Narrows)
			}
			_, err = fmt.Fprintf(io.out, "%s\n  revision %d, until %s, %s\n", h.Digest, h.Revision, policyDay(h.Expires), by)
			return err
		}}
	outputFlag(c, &o.output)
	f := c.Flags()
	f.StringSliceVar(&o.approvals, "approvals", nil, "files of approvals (required)")
	f.StringVar(&o.reviewers, "reviewers", "", "file of the reviewers that count, one public key a line")
	f.StringVar(&o.config, "config", "", "configuration of a vault: its reviewers, and what is in force there")
	f.StringVar(&o.narrows, "narrows", "", "without --config: bundle in force, where this one narrows it")
	f.StringSliceVar(&o.narrowsApprovals, "narrows-approvals", nil, "its files of approvals")
	_ = c.MarkFlagRequired("approvals")
	return c
}

func verifyTerms(config, reviewers, narrows string, narrowsApprovals []string) (t policy.Terms, err error) {
	if (config == "") == (reviewers == "") {
		return t, usage("--config, --reviewers: want one of them: who counts as a reviewer is for you to say")
	}
	if config != "" {
		c, err := loadConfig(config, os.Environ())
		if err != nil {
			return t, &coded{exitUsage, err}
		}
		return policyTerms(c, time.Now())
	}
	t.Now = time.Now()
	if t.Reviewers, err = loadReviewers(reviewers); err != nil || narrows == "" {
		return t, err
	}
	before, err := readOffer(narrows, narrowsApprovals)
	if err != nil {
		return t, fmt.Errorf("--narrows: %w", err)
	}
	d, err := policy.ReadBundle(before.Bundle)
	if err != nil {
		return t, fmt.Errorf("--narrows: %w", err)
	}
	m, _ := d.Manifest()
	t.Before, t.InForce, t.MinRevision = []policy.Offer{before}, d.Digest(), m.Revision
	return t, nil
}
