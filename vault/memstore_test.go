package vault

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/faults"
)

var errStore = errors.New("store: broken on purpose")

// memory is a Store in memory.
type memory struct {
	mu      sync.Mutex
	objects map[string][]byte
	tags    map[string]string
	serial  int
}

func (m *memory) Get(_ context.Context, name string) ([]byte, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, found := m.objects[name]
	if !found {
		return nil, "", ErrAbsent
	}
	return slices.Clone(data), m.tags[name], nil
}

func (m *memory) Put(_ context.Context, name string, data []byte, expect string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, found := m.objects[name]
	if expect == "" && found {
		return "", ErrExists
	}
	if expect != "" && (!found || m.tags[name] != expect) {
		return "", ErrChanged
	}
	m.serial++
	m.objects[name], m.tags[name] = slices.Clone(data), fmt.Sprint(m.serial)
	return m.tags[name], nil
}

func (m *memory) Delete(_ context.Context, name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects, name)
	delete(m.tags, name)
	return nil
}

func (m *memory) List(_ context.Context, prefix, after string, limit int) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var names []string
	for name := range m.objects {
		if strings.HasPrefix(name, prefix) && name > after {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names[:min(limit, len(names))], nil
}

// testStore is a Store whose calls fail as a test wants, and behind whose gate a test
// reaches, as whoever holds the bucket can.
type testStore struct{ *faults.Store }

func newMemStore() *testStore {
	return &testStore{faults.Around(&memory{objects: map[string][]byte{}, tags: map[string]string{}})}
}

// setFault is asked on every call; it says whether to fail before or after the effect.
func (s *testStore) setFault(fault func(op, name string) (before, after bool)) {
	if fault == nil {
		s.Plan(nil)
		return
	}
	s.Plan(func(op, name string) (f faults.Fault) {
		before, after := fault(op, name)
		if before {
			f.Before = errStore
		}
		if after {
			f.After = errStore
		}
		return f
	})
}

func must(err error) {
	if err != nil && !errors.Is(err, ErrAbsent) {
		panic(err)
	}
}

func (s *testStore) take(name string) []byte {
	data, _, err := s.Inner().Get(context.Background(), name)
	must(err)
	return data
}

func (s *testStore) plant(name string, data []byte) {
	_, tag, err := s.Inner().Get(context.Background(), name)
	must(err)
	_, err = s.Inner().Put(context.Background(), name, data, tag)
	must(err)
}

func (s *testStore) drop(name string) { must(s.Inner().Delete(context.Background(), name)) }

// snapshot and restore are a backup that is put back.
func (s *testStore) snapshot() map[string][]byte {
	objects := map[string][]byte{}
	for _, name := range s.list("") {
		objects[name] = s.take(name)
	}
	return objects
}

func (s *testStore) restore(objects map[string][]byte) {
	for _, name := range s.list("") {
		s.drop(name)
	}
	for name, data := range objects {
		s.plant(name, data)
	}
}

func (s *testStore) list(prefix string) []string {
	names, err := s.Inner().List(context.Background(), prefix, "", 1<<20)
	must(err)
	return names
}

// names of a room.
func (s *testStore) names(room string) []string { return s.list(room + "/") }

// only is the one object of a room.
func (s *testStore) only(t testing.TB, room string) string {
	t.Helper()
	names := s.names(room)
	if len(names) != 1 {
		t.Fatalf("room %s holds %d objects, want 1", room, len(names))
	}
	return names[0]
}

// failEach does something again and again, each time with another of its calls of the stores failing, of those
// that are asked for; at last with none. Every failure must be told.
func (w *world) failEach(of func(op, name string) bool, do func() error) {
	w.t.Helper()
	for at := 0; ; at++ {
		calls := 0
		fault := func(op, name string) (bool, bool) {
			if !of(op, name) {
				return false, false
			}
			calls++
			return calls == at+1, false
		}
		w.heads.setFault(fault)
		w.records.setFault(fault)
		err := do()
		w.heads.setFault(nil)
		w.records.setFault(nil)
		if calls <= at {
			if at == 0 || err != nil {
				w.t.Errorf("none of %d calls has failed: %v", calls, err)
			}
			return
		}
		if !errors.Is(err, consent.ErrUnavailable) {
			w.t.Errorf("call %d has failed: %v", at, err)
		}
	}
}

func inRoom(room string) func(op, name string) bool {
	return func(_, name string) bool { return strings.HasPrefix(name, room+"/") }
}
