package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/vault/dirstore"
	"github.com/wrapious/wrappy/vault/journal"
)

// What a vault keeps is made once, by init. serve opens what is there and makes
// nothing anew: an empty store would have forgotten every withdrawal, an empty journal
// would give out its numbers a second time.

// errGone: something that a vault keeps is not there.
var errGone = errors.New("is gone: put it back from a backup; an empty one in its place would forget what was withdrawn and promised")

// mustBeThere looks for a folder before anything could make it.
func mustBeThere(dir string) error {
	_, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s %w", filepath.Base(dir), errGone)
	}
	return err
}

// storeMark is the object by which a store is known to be the one that init made.
var storeMark = []byte("wrappy store v1")

func storeMarkName(keyring *crypto.Keyring, names string) (string, error) {
	key, err := keyring.Raw(names)
	if err != nil {
		return "", err
	}
	return crypto.ObjectName(key, "store"), nil
}

// keptStore is one of the two stores: its folder and the key of its names.
type keptStore struct{ dir, names string }

func (c *config) heads() keptStore   { return keptStore{c.headsDir(), "names.heads"} }
func (c *config) records() keptStore { return keptStore{c.recordsDir(), "names.records"} }

func (k keptStore) make(ctx context.Context, keyring *crypto.Keyring) error {
	name, err := storeMarkName(keyring, k.names)
	if err != nil {
		return err
	}
	store, err := dirstore.Open(k.dir)
	if err != nil {
		return err
	}
	_, err = store.Put(ctx, name, storeMark, "")
	return errors.Join(err, store.Close())
}

func (k keptStore) open(ctx context.Context, keyring *crypto.Keyring) (*dirstore.Store, error) {
	if err := mustBeThere(k.dir); err != nil {
		return nil, err
	}
	name, err := storeMarkName(keyring, k.names)
	if err != nil {
		return nil, err
	}
	store, err := dirstore.Open(k.dir)
	if err != nil {
		return nil, err
	}
	if _, _, err := store.Get(ctx, name); err != nil {
		return nil, errors.Join(fmt.Errorf("%s %w", filepath.Base(k.dir), errGone), err, store.Close())
	}
	return store, nil
}

func (c *config) journal(keyring *crypto.Keyring, origin string) (j journal.Config, err error) {
	j = journal.Config{Dir: c.journalDir(), Origin: origin, Signer: keyring.JournalSigner()}
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

func (n *node) openJournal(context.Context) error {
	if err := mustBeThere(n.config.journalDir()); err != nil {
		return err
	}
	c, err := n.config.journal(n.keyring, n.deployment.LogOrigin)
	if err != nil {
		return err
	}
	if c.MinSize, err = readNumber(n.config.journalSizeFile()); err != nil {
		return err
	}
	if n.journal, err = journal.Open(c); err != nil {
		return err
	}
	n.onClose(func() error { return errors.Join(n.noteJournalSize(), n.journal.Close()) })
	return nil
}

// noteJournalSize keeps, outside the journal's folder, a number of entries that it has
// had: a journal that was put back from before is then refused. It may be behind by
// journalSizeEvery.
func (n *node) noteJournalSize() error {
	size := n.journal.Size()
	if size == n.journalSize {
		return nil
	}
	if err := crypto.WriteFile(n.config.journalSizeFile(), fmt.Appendf(nil, "%d\n", size), true); err != nil {
		return err
	}
	n.journalSize = size
	return nil
}

const journalSizeEvery = 10 * time.Second

// watchJournal notes the size while the vault runs.
func (n *node) watchJournal(ctx context.Context) error {
	tick := time.NewTicker(journalSizeEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := n.noteJournalSize(); err != nil {
				n.log.Warn("the journal's size could not be noted", "error", err)
			}
		case <-ctx.Done():
			return nil
		}
	}
}

func (n *node) logKey() (ed25519.PublicKey, error) {
	key, ok := n.keyring.JournalSigner().Public().(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("journal key: not Ed25519")
	}
	return key, nil
}

// readNumber reads a file of one decimal number; 0 where there is none.
func readNumber(path string) (n uint64, err error) {
	data, err := crypto.ReadFile(path, 32)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if _, err := fmt.Sscanf(string(data), "%d\n", &n); err != nil {
		return 0, fmt.Errorf("%s holds no number", filepath.Base(path))
	}
	return n, nil
}
