package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/vault/dirstore"
	"github.com/wrapious/wrappy/vault/s3store"
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

// keptStore is one of the two stores: where it is and the key of its names.
type keptStore struct {
	dir         string // or bucket
	bucket      string
	unversioned bool
	names       string
}

func (c *config) heads() keptStore {
	return keptStore{dir: c.headsDir(), bucket: c.Store.S3.Heads, unversioned: true, names: "names.heads"}
}

func (c *config) records() keptStore {
	return keptStore{dir: c.recordsDir(), bucket: c.Store.S3.Records, names: "names.records"}
}

// closingStore is a store that holds something until it is closed.
type closingStore interface {
	vault.Store
	Close() error
}

// reach opens the store; a folder is made where there is none.
func (c *config) reach(ctx context.Context, k keptStore) (closingStore, error) {
	if c.Store.Kind != storeS3 {
		return dirstore.Open(k.dir)
	}
	at := s3store.Config{Endpoint: c.Store.S3.Endpoint, Region: c.Store.S3.Region, Bucket: k.bucket, Unversioned: k.unversioned}
	for into, file := range map[*crypto.Secret]string{&at.AccessKey: c.Store.S3.AccessKeyFile, &at.SecretKey: c.Store.S3.SecretKeyFile} {
		line, err := readSecretLine(c.path(file))
		if err != nil {
			return nil, err
		}
		*into = line
	}
	if c.Store.S3.CAFile != "" {
		pem, err := crypto.ReadFile(c.path(c.Store.S3.CAFile), 1<<20)
		if err != nil {
			return nil, err
		}
		at.CA = x509.NewCertPool()
		if !at.CA.AppendCertsFromPEM(pem) {
			return nil, errors.New("store.s3.ca_file: no certificate in it")
		}
	}
	return s3store.Open(ctx, at)
}

func (n *node) openStores(ctx context.Context) (err error) {
	if n.heads, err = n.config.openStore(ctx, n.config.heads(), n.keyring); err != nil {
		return err
	}
	n.onClose(n.heads.Close)
	n.heads = n.watched(n.heads, "heads")
	if n.records, err = n.config.openStore(ctx, n.config.records(), n.keyring); err != nil {
		return err
	}
	n.onClose(n.records.Close)
	n.records = n.watched(n.records, "records")
	return nil
}

// storesAnswer reads a little of both.
func (n *node) storesAnswer(ctx context.Context) error {
	if err := n.storeAnswers(ctx, n.heads, n.config.heads()); err != nil {
		return err
	}
	return n.storeAnswers(ctx, n.records, n.config.records())
}

func (n *node) storeAnswers(ctx context.Context, store closingStore, k keptStore) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	name, err := storeMarkName(n.keyring, k.names)
	if err != nil {
		return err
	}
	_, _, err = store.Get(ctx, name)
	return err
}

// makeStore marks a new store as this vault's.
func (c *config) makeStore(ctx context.Context, k keptStore, keyring *crypto.Keyring) error {
	name, err := storeMarkName(keyring, k.names)
	if err != nil {
		return err
	}
	store, err := c.reach(ctx, k)
	if err != nil {
		return err
	}
	_, err = store.Put(ctx, name, storeMark, "")
	return errors.Join(err, store.Close())
}

// openStore opens a store that makeStore has marked.
func (c *config) openStore(ctx context.Context, k keptStore, keyring *crypto.Keyring) (closingStore, error) {
	called := k.bucket
	if c.Store.Kind != storeS3 {
		called = filepath.Base(k.dir)
		if err := mustBeThere(k.dir); err != nil {
			return nil, err
		}
	}
	name, err := storeMarkName(keyring, k.names)
	if err != nil {
		return nil, err
	}
	store, err := c.reach(ctx, k)
	if err != nil {
		return nil, err
	}
	if _, _, err := store.Get(ctx, name); errors.Is(err, vault.ErrAbsent) {
		return nil, errors.Join(fmt.Errorf("%s %w", called, errGone), store.Close())
	} else if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
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
