package main

import (
	"context"
	"crypto/ed25519"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/vault/journal"
)

func (c *config) journal(keyring *crypto.Keyring, origin string) (j journal.Config, err error) {
	j = journal.Config{Dir: c.journalDir(), Origin: origin, Signer: keyring.JournalSigner()}
	if c.Journal.WitnessesFile != "" {
		policy, err := crypto.ReadFile(c.path(c.Journal.WitnessesFile), 64<<10)
		if err != nil {
			return j, fmt.Errorf("journal.witnesses_file: %w", err)
		}
		j.Witnesses = journal.Witnesses{Policy: string(policy), Optional: c.Journal.WitnessesOptional}
	}
	for name, key := range map[string]*crypto.Secret{"journal.shared": &j.Shared, "journal.evidence": &j.Evidence, "journal.locator": &j.Locator, "journal.security": &j.Security} {
		if *key, err = keyring.Raw(name); err != nil {
			return j, err
		}
	}
	return j, nil
}

func (s *setup) makeJournal(keyring *crypto.Keyring, origin string) error {
	c, err := s.config.journal(keyring, origin)
	if err != nil {
		return err
	}
	j, err := journal.Open(c)
	if err != nil {
		return err
	}
	return j.Close()
}

func (n *node) openJournal(ctx context.Context) error {
	if err := mustBeThere(n.config.journalDir()); err != nil {
		return err
	}
	c, err := n.journalConfig(ctx)
	if err != nil {
		return err
	}
	if n.config.Journal.Copy {
		c.Copy, c.CopyMaxLag = n.records, n.config.Journal.CopyMaxLag
	}
	if n.journal, err = journal.OpenLasting(c); err != nil {
		return err
	}
	n.onClose(func() error { return errors.Join(n.noteJournalSize(), n.journal.Close()) })
	return nil
}

// journalConfig is with what is known of the log elsewhere.
func (n *node) journalConfig(ctx context.Context) (journal.Config, error) {
	c, err := n.config.journal(n.keyring, n.deployment.LogOrigin)
	if err != nil {
		return c, err
	}
	if c.MinSize, err = readNumber(n.config.journalSizeFile()); err != nil {
		return c, err
	}
	c.Log = n.log
	c.Anchored, err = n.anchored(ctx)
	return c, err
}

// noteJournalSize keeps, outside the journal's folder, a number of entries that it has
// had: a journal that was put back from before is then refused. It may be behind by
// noteEvery.
func (n *node) noteJournalSize() error {
	size := n.journal.Size()
	if size == n.journalSize {
		return nil
	}
	if err := n.config.noteSize(size); err != nil {
		return err
	}
	n.journalSize = size
	return nil
}

func (c *config) noteSize(size uint64) error {
	return crypto.WriteFile(c.journalSizeFile(), fmt.Appendf(nil, "%d\n", size), true)
}

const noteEvery = 10 * time.Second

// every does something again and again until the context ends. What fails is told, and
// the next attempt follows.
func (n *node) every(ctx context.Context, interval time.Duration, failing string, do func(context.Context) error) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := do(ctx); err != nil && ctx.Err() == nil {
				n.log.Warn(failing, "error", err)
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// anchored is what the ledger proves of the log. A ledger that has forgotten an anchor
// was put back from before, and with it people's withdrawals.
func (n *node) anchored(ctx context.Context) (a journal.Anchor, err error) {
	key, size, root, err := n.ledger.LogAnchor(ctx, n.deployment.LogOrigin)
	if err != nil {
		return a, fmt.Errorf("the log's anchor on the ledger: %w", err)
	}
	own, err := n.logKey()
	if err != nil {
		return a, err
	}
	if subtle.ConstantTimeCompare(own, key[:]) != 1 {
		return a, errors.New("the ledger knows the log under another key: the keyring is not this vault's")
	}
	known, err := readNumber(n.config.anchorSizeFile())
	if err != nil {
		return a, err
	}
	if size < known {
		return a, fmt.Errorf("the ledger shows %d anchored entries where it had %d: it was put back from before, or is another; withdrawals may be missing from it", size, known)
	}
	head, err := n.client.BlockNumber(ctx) // what was read may be in any block up to this one
	if err != nil {
		return a, fmt.Errorf("%w: the ledger's newest block", consent.ErrUnavailable)
	}
	n.anchors.size, n.anchors.noted, n.anchors.block = size, known, head
	return journal.Anchor{Size: size, Root: root}, nil
}

// anchor puts the newest checkpoint on the ledger, unless nothing was added. It may take
// as long as the network does, and nothing else waits for it.
func (n *node) anchor(ctx context.Context) error {
	n.anchors.sending.Lock()
	defer n.anchors.sending.Unlock()
	n.anchors.Lock()
	anchored := n.anchors.size
	n.anchors.Unlock()
	size := n.copied(ctx)
	if size <= anchored {
		return nil
	}
	root, err := n.journal.Root(ctx, size)
	if err != nil {
		return err
	}
	block, err := n.operator.Anchor(ctx, n.deployment.LogOrigin, size, root)
	if err != nil {
		return err
	}
	n.anchors.Lock()
	n.anchors.size, n.anchors.block = size, block
	n.anchors.Unlock()
	n.log.Info("anchored", "entries", size, "block", block)
	return nil
}

const copyPatience = 5 * time.Second

// copied is how much of the log may be anchored: what is published, and in the copy too
// where there is one. From a copy that is behind its anchor no log could be restored.
func (n *node) copied(ctx context.Context) uint64 {
	published := n.journal.Published()
	if !n.config.Journal.Copy {
		return published
	}
	ctx, cancel := context.WithTimeout(ctx, copyPatience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		size, _ := n.journal.Copied()
		if size >= published {
			return published
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return size
		}
	}
}

// anchorFile is the proof of an anchor, for whoever asks.
func (n *node) anchorFile(ctx context.Context, size uint64) ([]byte, error) {
	proof, err := n.ledger.AnchorProof(ctx, n.deployment.LogOrigin, size)
	if errors.Is(err, ledgerref.ErrNoAnchor) {
		return nil, consent.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return proof.Encode()
}

// note keeps, beside what is kept elsewhere, how far that had come: what is put back
// from before is then refused at the next start.
func (n *node) note(ctx context.Context) error {
	n.noting.Lock()
	defer n.noting.Unlock()
	return errors.Join(n.noteJournalSize(), n.noteClock(ctx), n.noteAnchor(ctx))
}

// noteAnchor notes an anchor once its block is confirmed: before, it can be undone. One that
// was undone is not noted, or the next start would take the ledger for another.
func (n *node) noteAnchor(ctx context.Context) error {
	n.anchors.Lock()
	defer n.anchors.Unlock()
	if n.anchors.size == n.anchors.noted {
		return nil
	}
	view, err := n.view.View(ctx)
	if err != nil || view.Block < n.anchors.block {
		return err
	}
	_, size, _, err := n.ledger.LogAnchor(ctx, n.deployment.LogOrigin)
	if err != nil {
		return err
	}
	if n.anchors.size = min(n.anchors.size, size); n.anchors.size <= n.anchors.noted {
		return nil
	}
	if err := crypto.WriteFile(n.config.anchorSizeFile(), fmt.Appendf(nil, "%d\n", n.anchors.size), true); err != nil {
		return err
	}
	n.anchors.noted = n.anchors.size
	return nil
}

// noteClock notes the clock that the gate keeps in the head store once a minute.
func (n *node) noteClock(ctx context.Context) error {
	kept, err := n.gate.Persisted(ctx)
	if err != nil || kept == n.clockNoted {
		return err
	}
	if err := crypto.WriteFile(n.config.storeClockFile(), fmt.Appendf(nil, "%d\n", kept), true); err != nil {
		return err
	}
	n.clockNoted = kept
	return nil
}

// keepClock keeps and notes the time: heads from any earlier start or stop are refused
// from then on.
func (n *node) keepClock(ctx context.Context) error {
	if err := n.gate.KeepTime(ctx); err != nil {
		return err
	}
	return n.noteClock(ctx)
}

// checkClock refuses a head store from before: its tombstones, counts and protected
// countries would be those of then.
func (n *node) checkClock(ctx context.Context) error {
	noted, err := readNumber(n.config.storeClockFile())
	if err != nil {
		return err
	}
	kept, err := n.gate.Persisted(ctx)
	if err != nil {
		return err
	}
	if kept < noted {
		return fmt.Errorf("the heads are %s older than they were: they were put back from before, without what was withdrawn and counted since; put back the newest", (time.Duration(noted-kept) * time.Millisecond).Round(time.Second)) //nolint:gosec // noted is later
	}
	n.clockNoted = noted
	return nil
}

func (n *node) logKey() (ed25519.PublicKey, error) {
	key, ok := n.keyring.JournalSigner().Public().(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("journal key: not Ed25519")
	}
	return key, nil
}
