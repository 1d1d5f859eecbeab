package main

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/policy"
)

// loadReviewers reads one public key in hex a line; empty lines and # comments are skipped.
func loadReviewers(path string) (keys []ed25519.PublicKey, err error) {
	data, err := crypto.ReadFile(path, 64<<10)
	if err != nil {
		return nil, fmt.Errorf("reviewers: %w", err)
	}
	for n, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, err := hex.DecodeString(line)
		if err != nil || len(key) != ed25519.PublicKeySize {
			return nil, fmt.Errorf("reviewers: line %d: want 64 hex digits", n+1)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

const maxApprovals = 1 << 20 // bytes of a file

func readApprovals(path string) ([]policy.Approval, error) {
	raw, err := crypto.ReadFile(path, maxApprovals)
	if err != nil {
		return nil, fmt.Errorf("policy approvals: %w", err)
	}
	var approvals []policy.Approval
	if err := json.Unmarshal(raw, &approvals); err != nil {
		return nil, fmt.Errorf("policy approvals: %s is not a JSON list of approvals", filepath.Base(path))
	}
	return approvals, nil
}

// policyTerms are what a bundle is held against in a vault's folder: its reviewers, and
// what was in force.
func policyTerms(c *config, now time.Time) (t policy.Terms, err error) {
	t.Now = now
	if t.Reviewers, err = loadReviewers(c.path(c.Policy.Reviewers)); err != nil {
		return t, err
	}
	if t.MinRevision, t.InForce, err = policyInForce(c); err != nil {
		return t, err
	}
	kept, err := policyHistory(c)
	if err != nil {
		return t, err
	}
	const near = 8 // more than narrowings may stand on each other
	for _, one := range kept[max(0, len(kept)-near):] {
		offer, err := one.read()
		if err != nil {
			return t, err
		}
		t.Before = append(t.Before, offer)
	}
	return t, nil
}

// loadPolicy puts the configured bundle into force after every check of
// policy.LoadOffer. What is in force is kept, so that an older one does not come back
// and a later narrowing has what it is held against.
func loadPolicy(c *config, engine *policy.Engine, now time.Time) error {
	offer, err := readPolicy(c, engine, now)
	if err != nil {
		return err
	}
	return keepPolicy(c, offer.Bundle, offer.Approvals, engine.Revision(), engine.Digest())
}

// readPolicy is loadPolicy without keeping anything.
func readPolicy(c *config, engine *policy.Engine, now time.Time) (o policy.Offer, err error) {
	if o.Bundle, err = crypto.ReadFile(c.path(c.Policy.Bundle), policy.MaxBundle); err != nil {
		return o, fmt.Errorf("policy bundle: %w", err)
	}
	if o.Approvals, err = readApprovals(c.path(c.Policy.Approvals)); err != nil {
		return o, err
	}
	terms, err := policyTerms(c, now)
	if err != nil {
		return o, err
	}
	return o, engine.LoadOffer(o, terms)
}

func policyInForceFile(c *config) string { return filepath.Join(c.dir, "policy-in-force") }

// policyInForce is revision and digest of the last bundle in force; zero before the first.
func policyInForce(c *config) (revision uint64, digest consent.Digest, err error) {
	data, err := crypto.ReadFile(policyInForceFile(c), 128)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, digest, nil
	}
	if err != nil {
		return 0, digest, err
	}
	var text string
	if _, err = fmt.Sscanf(string(data), "%d %66s\n", &revision, &text); err == nil {
		err = digest.UnmarshalText([]byte(text))
	}
	if err != nil {
		return 0, digest, fmt.Errorf("%s: want a revision and a digest", filepath.Base(policyInForceFile(c)))
	}
	return revision, digest, nil
}

func policyHistoryDir(c *config) string { return filepath.Join(c.dir, "policy-history") }

// keptPolicy is one bundle that was in force, with its approvals beside it.
type keptPolicy struct {
	bundle, approvals string // paths
	digest            string // hex, as the name has it
}

// policyHistory are all bundles that were in force here, by revision.
func policyHistory(c *config) (kept []keptPolicy, err error) {
	entries, err := os.ReadDir(policyHistoryDir(c))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, entry := range entries { // in the order of names
		name, isBundle := strings.CutSuffix(entry.Name(), ".bundle")
		_, digest, named := strings.Cut(name, "-")
		if path := filepath.Join(policyHistoryDir(c), name); isBundle && named {
			kept = append(kept, keptPolicy{path + ".bundle", path + ".approvals", digest})
		}
	}
	return kept, nil
}

func (k keptPolicy) read() (o policy.Offer, err error) {
	if o.Bundle, err = crypto.ReadFile(k.bundle, policy.MaxBundle); err != nil {
		return o, err
	}
	o.Approvals, err = readApprovals(k.approvals)
	return o, err
}

// keepPolicy keeps what is in force: the bundle, what stands behind it, and only then its
// revision.
func keepPolicy(c *config, bundle []byte, approvals []policy.Approval, revision uint64, digest consent.Digest) error {
	dir := policyHistoryDir(c)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(dir, fmt.Sprintf("%020d-%s", revision, digest.String()[2:]))
	list, err := json.Marshal(approvals)
	if err != nil {
		return err
	}
	if err := writeIfOther(path+".approvals", list); err != nil {
		return err
	}
	if err := writeIfOther(path+".bundle", bundle); err != nil {
		return err
	}
	return writeIfOther(policyInForceFile(c), fmt.Appendf(nil, "%d %s\n", revision, digest))
}

func writeIfOther(path string, data []byte) error {
	if there, err := crypto.ReadFile(path, max(policy.MaxBundle, maxApprovals)); err == nil && slices.Equal(there, data) {
		return nil
	}
	return crypto.WriteFile(path, data, true)
}

// installPolicy puts a bundle that has passed every check of this vault into its place. At
// every moment the two files there are a bundle and what stands behind it.
func installPolicy(c *config, o policy.Offer) (undo func() error, err error) {
	bundlePath, approvalsPath := c.path(c.Policy.Bundle), c.path(c.Policy.Approvals)
	oldBundle, err := crypto.ReadFile(bundlePath, policy.MaxBundle)
	if err != nil {
		return nil, err
	}
	old, err := readApprovals(approvalsPath)
	if err != nil {
		return nil, err
	}
	put := func(bundle []byte, approvals []policy.Approval) error {
		both, err := json.MarshalIndent(slices.Concat(old, o.Approvals), "", "  ")
		if err != nil {
			return err
		}
		own, err := json.MarshalIndent(approvals, "", "  ")
		if err != nil {
			return err
		}
		return errors.Join(crypto.WriteFile(approvalsPath, both, true), crypto.WriteFile(bundlePath, bundle, true), crypto.WriteFile(approvalsPath, own, true))
	}
	return func() error { return put(oldBundle, old) }, put(o.Bundle, o.Approvals)
}

// wouldLoad is every check of a bundle by a vault's terms, without putting it into force.
func wouldLoad(o policy.Offer, t policy.Terms) (policy.Health, error) {
	var trial policy.Engine
	err := trial.LoadOffer(o, t)
	return trial.Health(), err
}

// runs says whether the vault of a folder answers.
func runs(ctx context.Context, c *config) bool { return checkAlone(ctx, c.operatorSocket()) != nil }
