package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/policy"
)

// reloadOnHangup takes a new policy bundle at every SIGHUP until the context ends;
// wait returns when no reload is under way any more.
func (n *node) reloadOnHangup(ctx context.Context) (wait func()) {
	hangup := make(chan os.Signal, 1) // one waiting is enough: it reads what is there by then
	signal.Notify(hangup, syscall.SIGHUP)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer signal.Stop(hangup)
		n.watchPolicy(ctx, hangup)
	}()
	return func() { <-done }
}

// watchPolicy reloads on demand, and says when the bundle in force expires: from
// then on the engine denies everything, and somebody must know why.
func (n *node) watchPolicy(ctx context.Context, reload <-chan os.Signal) {
	for {
		left := time.Until(time.Unix(int64(n.engine.Health().Expires), 0)) //nolint:gosec // far below the limit, or as good as never
		expiry := time.NewTimer(left)
		if left <= 0 { // told already
			expiry.Stop()
		}
		select {
		case <-ctx.Done():
			expiry.Stop()
			return
		case <-expiry.C:
			h := n.engine.Health()
			n.log.Error("policy bundle expired: nothing is released until a newer one is in force", "policy_digest", h.Digest.String(), "policy_revision", h.Revision)
		case <-reload:
			_ = n.reloadPolicy() // told in the log
		}
		expiry.Stop()
	}
}

// reloadPolicy brings the bundle that the files hold now into force, or keeps the
// last good one and says so.
func (n *node) reloadPolicy() error {
	n.reloading.Lock()
	defer n.reloading.Unlock()
	before := n.engine.Health()
	err := loadPolicy(n.config, n.engine, time.Now())
	h := n.engine.Health()
	switch {
	case err == nil:
		n.log.Info("policy bundle in force", "policy_digest", h.Digest.String(), "policy_revision", h.Revision, "before", before.Digest.String())
		n.tellUnreviewed()
	case h.Refused > before.Refused:
		n.log.Error("policy bundle refused: the last good one stays in force", "offered_digest", h.Offered.String(), "why", why(err), "policy_digest", h.Digest.String(), "policy_revision", h.Revision)
	case h.Digest != before.Digest: // in force, and its revision is not kept for the next start
		n.log.Error("policy bundle in force, but its revision cannot be kept", "policy_digest", h.Digest.String(), "policy_revision", h.Revision)
	default:
		n.log.Error("policy bundle cannot be read: the last good one stays in force", "policy_digest", h.Digest.String(), "policy_revision", h.Revision)
	}
	return err
}

// tellUnreviewed reminds of a bundle that one reviewer alone has approved.
func (n *node) tellUnreviewed() {
	if h := n.engine.Health(); h.Narrows != (consent.Digest{}) {
		n.log.Warn("the policy bundle narrows another by one approval: have it reviewed and approved a second time", "policy_digest", h.Digest.String(), "policy_revision", h.Revision, "narrows", h.Narrows.String())
	}
}

// why is the kind of a refusal. The rest of the error quotes the bundle, which is
// for those who review it, not for a log.
func why(err error) string {
	for _, kind := range []error{policy.ErrApproval, policy.ErrRevision, policy.ErrExpired, policy.ErrBundle} {
		if errors.Is(err, kind) {
			return kind.Error()
		}
	}
	return "unknown"
}

// permits says whether the bundle in force has time left.
func (n *node) permits(now time.Time) error {
	if h := n.engine.Health(); now.Unix() < 0 || uint64(now.Unix()) >= h.Expires { //nolint:gosec // not negative
		return policy.ErrExpired
	}
	return nil
}
