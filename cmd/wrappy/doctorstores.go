package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/vault/s3store"
)

func checkHeads(ctx context.Context, x *examination) []diagnosis {
	return x.checkStore(ctx, x.config.heads())
}

func checkRecords(ctx context.Context, x *examination) []diagnosis {
	return x.checkStore(ctx, x.config.records())
}

func (x *examination) checkStore(ctx context.Context, k keptStore) []diagnosis {
	if x.keyring == nil {
		return []diagnosis{skipped(needsKeyring)}
	}
	store, err := x.config.openStore(ctx, k, x.keyring)
	if err != nil {
		return []diagnosis{x.whyNoStore(k, err)}
	}
	defer func() { _ = store.Close() }()
	if err := probeStore(ctx, store); err != nil {
		return []diagnosis{failed(err.Error(), "use a store on a local file system, or S3 with conditional writes: without them two writers overwrite each other")}
	}
	return []diagnosis{fine("creates once, swaps only what it has seen, deletes")}
}

// whyNoStore says why a store cannot be opened, without its credentials.
func (x *examination) whyNoStore(k keptStore, err error) diagnosis {
	switch {
	case errors.Is(err, errGone):
		return failed("the store is not there, or is an empty one", "put it back from a backup; do not make a new one in its place: it would have forgotten every withdrawal")
	case errors.Is(err, s3store.ErrRefused):
		return failed(err.Error(), "use a bucket that has it")
	case errors.Is(err, s3store.ErrUnavailable):
		return failed("the S3 server does not answer", "see that it runs, that store.s3.endpoint is right, and that this machine reaches it")
	case x.config.Store.Kind == storeS3:
		return failed("the bucket cannot be used: "+err.Error(), "see store.s3 in the configuration: bucket, region, and keys that may get, put, delete and list")
	}
	return failed(filepath.Base(k.dir)+" cannot be opened: "+err.Error(), "see that the folder belongs to the account that runs the vault, on a local file system")
}

// probeStore tries on an object of its own what the vault relies on.
func probeStore(ctx context.Context, s vault.Store) (err error) {
	var id [32]byte
	_, _ = rand.Read(id[:])
	name := "probe/" + hex.EncodeToString(id[:])
	defer func() {
		err = errors.Join(err, s.Delete(context.WithoutCancel(ctx), name))
	}()
	first, err := s.Put(ctx, name, []byte("first"), "")
	if err != nil {
		return fmt.Errorf("nothing can be written: %w", err)
	}
	if _, err := s.Put(ctx, name, []byte("other"), ""); !errors.Is(err, vault.ErrExists) {
		return errors.New("it is not create-only: an object was made twice")
	}
	second, err := s.Put(ctx, name, []byte("second"), first)
	if err != nil {
		return fmt.Errorf("it does not replace what it has: %w", err)
	}
	if _, err := s.Put(ctx, name, []byte("other"), first); !errors.Is(err, vault.ErrChanged) {
		return errors.New("it has no compare-and-swap: a stale tag was taken")
	}
	if data, tag, err := s.Get(ctx, name); err != nil || string(data) != "second" || tag != second {
		return errors.New("it does not keep what it has acknowledged")
	}
	return nil
}
