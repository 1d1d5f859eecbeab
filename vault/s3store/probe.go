package s3store

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/minio/minio-go/v7"

	"github.com/wrapious/wrappy/vault"
)

// racers write one object at once, so many times over.
const racers, rounds = 8, 3

// probe tries on objects of its own what the vault relies on. It needs every
// permission that the store will need later, so that a missing one shows now.
func (s *Store) probe(ctx context.Context, unversioned bool) error {
	if unversioned {
		if err := s.neverVersioned(ctx); err != nil {
			return err
		}
	}
	var id [32]byte
	_, _ = rand.Read(id[:])
	p := prober{Store: s, name: "probe/" + hex.EncodeToString(id[:])}
	err := p.run(ctx)
	if cleared := s.Delete(ctx, p.name); err == nil && cleared != nil {
		return cleared
	}
	if err != nil {
		return err
	}
	if _, _, err := s.Get(ctx, p.name); !errors.Is(err, vault.ErrAbsent) {
		return refused("a deleted object can still be read", err)
	}
	return nil
}

func (s *Store) neverVersioned(ctx context.Context) error {
	var versioning minio.BucketVersioningConfiguration
	err := s.again(ctx, func(ctx context.Context) (err error) {
		versioning, err = s.core.GetBucketVersioning(ctx, s.bucket)
		return err
	})
	switch code(err) {
	case minio.NotImplemented, "VersioningNotConfigured": // it cannot version at all
		return nil
	}
	if err != nil {
		return fmt.Errorf("whether the bucket keeps versions: %w", bare(ctx, err))
	}
	// Suspended too: what was written before is kept.
	if versioning.Status != "" {
		return refused("this bucket keeps old versions, so that a destroyed key would not be gone; use a new bucket on which versioning was never turned on", nil)
	}
	return nil
}

type prober struct {
	*Store
	name string
}

func (p prober) run(ctx context.Context) error {
	first, err := p.Put(ctx, p.name, []byte("first"), "")
	if err != nil {
		return fmt.Errorf("creating an object: %w", err)
	}
	if _, err := p.Put(ctx, p.name, []byte("other"), ""); !errors.Is(err, vault.ErrExists) {
		return refused("it does not honour If-None-Match: * (create-only): "+remedy, err)
	}
	second, err := p.Put(ctx, p.name, []byte("second"), first)
	if err != nil {
		return refused("it does not honour If-Match (compare-and-swap) with the right tag: "+remedy, err)
	}
	if _, err := p.Put(ctx, p.name, []byte("other"), first); !errors.Is(err, vault.ErrChanged) {
		return refused("it does not honour If-Match (compare-and-swap) with a stale tag: "+remedy, err)
	}
	if data, tag, err := p.Get(ctx, p.name); err != nil || string(data) != "second" || tag != second {
		return refused("it does not keep what it acknowledged", err)
	}
	if err := p.Delete(ctx, p.name); err != nil {
		return fmt.Errorf("deleting an object: %w", err)
	}
	// versitygw 1.8 takes a versioned bucket's mark of deletion for the object.
	if _, err := p.Put(ctx, p.name, []byte("first"), ""); err != nil {
		return refused("an object cannot be created again after it was deleted; if the bucket is versioned, use one that is not", err)
	}
	for range rounds {
		if err := p.Delete(ctx, p.name); err != nil {
			return fmt.Errorf("deleting an object: %w", err)
		}
		created, err := p.race(ctx, "", vault.ErrExists)
		if err != nil {
			return refused("its If-None-Match: * (create-only) does not hold when several write at once: "+remedy, err)
		}
		if _, err := p.race(ctx, created, vault.ErrChanged); err != nil {
			return refused("its If-Match (compare-and-swap) does not hold when several write at once: "+remedy, err)
		}
	}
	names, err := p.List(ctx, p.name, "", 2)
	if err != nil {
		return fmt.Errorf("listing objects: %w", err)
	}
	if !slices.Equal(names, []string{p.name}) {
		return refused("it does not list what was written", nil)
	}
	return nil
}

const remedy = "use a store with conditional writes, and nothing before it that removes their headers"

// race lets several write at once: one wins, whose tag is returned, the others are
// told, and the winner's content stands.
func (p prober) race(ctx context.Context, expect string, loser error) (string, error) {
	tags, errs := make([]string, racers), make([]error, racers)
	content := func(i int) []byte { return fmt.Appendf(nil, "%s%d", expect, i) }
	var all sync.WaitGroup
	for i := range racers {
		all.Go(func() { tags[i], errs[i] = p.Put(ctx, p.name, content(i), expect) })
	}
	all.Wait()
	winner := slices.Index(errs, nil)
	if winner < 0 {
		return "", fmt.Errorf("nobody won: %w", errs[0])
	}
	for i, err := range errs {
		switch {
		case i == winner || errors.Is(err, loser):
		case err == nil:
			return "", errors.New("two won")
		default:
			return "", fmt.Errorf("a loser was not told: %w", err)
		}
	}
	data, _, err := p.Get(ctx, p.name)
	if err == nil && !bytes.Equal(data, content(winner)) {
		return "", errors.New("the winner's content does not stand")
	}
	return tags[winner], err
}

// refused keeps what is only not available apart: it may pass.
func refused(why string, err error) error {
	switch {
	case errors.Is(err, ErrUnavailable) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return err
	case err != nil:
		return fmt.Errorf("%w: %s (%w)", ErrRefused, why, err)
	}
	return fmt.Errorf("%w: %s", ErrRefused, why)
}
