package faults

import (
	"bytes"
	"context"
	"sync"
)

// Objects is an object store: vault.Store, whose tests import this package.
type Objects interface {
	Get(ctx context.Context, name string) (data []byte, tag string, err error)
	Put(ctx context.Context, name string, data []byte, expect string) (tag string, err error)
	Delete(ctx context.Context, name string) error
	List(ctx context.Context, prefix, after string, limit int) (names []string, err error)
}

// Calls of a store.
const (
	Get    = "get"
	Put    = "put"
	Delete = "delete"
	List   = "list"
)

// Fault is what happens to one call; the zero Fault is nothing.
type Fault struct {
	Before error // in place of the effect
	After  error // after the effect, in place of the answer
	Hang   bool  // nothing is done or answered before the caller gives up
	Short  bool  // an object that is read is cut in half
	Stale  bool  // an object that is read is from before the latest change that was made through this store
}

// Store passes calls on to another and does to each what a test wants.
type Store struct {
	inner Objects

	mu      sync.Mutex
	plan    func(op, name string) Fault
	earlier map[string]content // of names that were changed, from before the latest change
}

type content struct {
	data []byte
	tag  string
	err  error // absent
}

// Around is a store in which nothing goes wrong yet.
func Around(inner Objects) *Store { return &Store{inner: inner, earlier: map[string]content{}} }

// Inner is where nothing goes wrong.
func (s *Store) Inner() Objects { return s.inner }

// Plan is asked at every call from now on, the name of List being its prefix; nil: all is well.
func (s *Store) Plan(plan func(op, name string) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plan = plan
}

func (s *Store) begin(ctx context.Context, op, name string) (Fault, error) {
	if err := ctx.Err(); err != nil {
		return Fault{}, err
	}
	s.mu.Lock()
	plan := s.plan
	s.mu.Unlock()
	if plan == nil {
		return Fault{}, nil
	}
	f := plan(op, name)
	if f.Hang {
		<-ctx.Done()
		return f, ctx.Err()
	}
	return f, f.Before
}

// Get implements Objects.
func (s *Store) Get(ctx context.Context, name string) ([]byte, string, error) {
	f, err := s.begin(ctx, Get, name)
	if err != nil {
		return nil, "", err
	}
	got := s.look(ctx, name)
	if f.Stale {
		s.mu.Lock()
		if before, changed := s.earlier[name]; changed {
			got = before
		}
		s.mu.Unlock()
	}
	switch {
	case f.After != nil:
		return nil, "", f.After
	case got.err != nil:
		return nil, "", got.err
	case f.Short:
		return got.data[:len(got.data)/2], got.tag, nil
	}
	return got.data, got.tag, nil
}

func (s *Store) look(ctx context.Context, name string) content {
	data, tag, err := s.inner.Get(ctx, name)
	return content{data, tag, err}
}

// Put implements Objects.
func (s *Store) Put(ctx context.Context, name string, data []byte, expect string) (string, error) {
	f, err := s.begin(ctx, Put, name)
	if err != nil {
		return "", err
	}
	before := s.look(ctx, name)
	tag, err := s.inner.Put(ctx, name, bytes.Clone(data), expect)
	s.changed(name, before, err)
	return tag, first(f.After, err)
}

// Delete implements Objects.
func (s *Store) Delete(ctx context.Context, name string) error {
	f, err := s.begin(ctx, Delete, name)
	if err != nil {
		return err
	}
	before := s.look(ctx, name)
	err = s.inner.Delete(ctx, name)
	s.changed(name, before, err)
	return first(f.After, err)
}

// List implements Objects; it is neither short nor stale.
func (s *Store) List(ctx context.Context, prefix, after string, limit int) ([]string, error) {
	f, err := s.begin(ctx, List, prefix)
	if err != nil {
		return nil, err
	}
	names, err := s.inner.List(ctx, prefix, after, limit)
	if f.After != nil {
		return nil, f.After
	}
	return names, err
}

func (s *Store) changed(name string, before content, err error) {
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.earlier[name] = before
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
