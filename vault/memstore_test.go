package vault

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
)

var errStore = errors.New("store: broken on purpose")

// memStore is a Store in memory that can fail before and after the effect of any call.
type memStore struct {
	mu      sync.Mutex
	objects map[string][]byte
	tags    map[string]string
	serial  int
	// fault is asked on every call; it says whether to fail before or after the effect.
	fault func(op, name string) (before, after bool)
}

func newMemStore() *memStore {
	return &memStore{objects: map[string][]byte{}, tags: map[string]string{}}
}

func (m *memStore) begin(ctx context.Context, op, name string) (after bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	m.mu.Lock()
	fault := m.fault
	m.mu.Unlock()
	if fault == nil {
		return false, nil
	}
	before, after := fault(op, name)
	if before {
		return false, errStore
	}
	return after, nil
}

func (m *memStore) setFault(f func(op, name string) (before, after bool)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fault = f
}

func (m *memStore) Get(ctx context.Context, name string) ([]byte, string, error) {
	after, err := m.begin(ctx, "get", name)
	if err != nil || after {
		return nil, "", errStore
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	data, found := m.objects[name]
	if !found {
		return nil, "", ErrAbsent
	}
	return slices.Clone(data), m.tags[name], nil
}

func (m *memStore) Put(ctx context.Context, name string, data []byte, expect string) (string, error) {
	after, err := m.begin(ctx, "put", name)
	if err != nil {
		return "", err
	}
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
	if after {
		return "", errStore
	}
	return m.tags[name], nil
}

func (m *memStore) Delete(ctx context.Context, name string) error {
	after, err := m.begin(ctx, "delete", name)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects, name)
	delete(m.tags, name)
	if after {
		return errStore
	}
	return nil
}

func (m *memStore) List(ctx context.Context, prefix, after string, limit int) ([]string, error) {
	late, err := m.begin(ctx, "list", prefix)
	if err != nil || late {
		return nil, errStore
	}
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

// take and put reach behind the gate's back, as whoever holds the bucket can.
func (m *memStore) take(name string) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.objects[name])
}

func (m *memStore) plant(name string, data []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.serial++
	m.objects[name], m.tags[name] = slices.Clone(data), fmt.Sprint(m.serial)
}

func (m *memStore) drop(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects, name)
	delete(m.tags, name)
}

// snapshot and restore are a backup that is put back.
func (m *memStore) snapshot() map[string][]byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.objects)
}

func (m *memStore) restore(objects map[string][]byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.objects, m.tags = maps.Clone(objects), map[string]string{}
	for name := range objects {
		m.serial++
		m.tags[name] = fmt.Sprint(m.serial)
	}
}

// names of a room.
func (m *memStore) names(room string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var names []string
	for name := range m.objects {
		if strings.HasPrefix(name, room+"/") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// only is the one object of a room.
func (m *memStore) only(t testing.TB, room string) string {
	t.Helper()
	names := m.names(room)
	if len(names) != 1 {
		t.Fatalf("room %s holds %d objects, want 1", room, len(names))
	}
	return names[0]
}
