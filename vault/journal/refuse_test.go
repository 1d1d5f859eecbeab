package journal

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/vault"
)

func TestAppendRefuses(t *testing.T) {
	j := mustOpen(t, configIn(tempDir(t)))
	mustAppend(t, j, entryOf(1))
	j.persons.byHandle = nil
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		change func(e *vault.Entry)
		ctx    context.Context
		want   error
	}{
		"shared version":   {func(e *vault.Entry) { e.Shared.Version = 2 }, t.Context(), ErrEntry},
		"shared kind":      {func(e *vault.Entry) { e.Shared.Kind = "" }, t.Context(), ErrEntry},
		"evidence kind":    {func(e *vault.Entry) { e.Evidence.Kind = "x" }, t.Context(), ErrEntry},
		"evidence text":    {func(e *vault.Entry) { e.Evidence.Country = "\xff" }, t.Context(), ErrEntry},
		"evidence large":   {func(e *vault.Entry) { e.Evidence.Country = strings.Repeat("x", consent.MaxPart) }, t.Context(), ErrEntry},
		"personal version": {func(e *vault.Entry) { e.Personal.Version = 0 }, t.Context(), ErrEntry},
		"no key":           {func(e *vault.Entry) { e.Subject = &vault.SubjectLog{Handle: [16]byte{9}} }, t.Context(), ErrEntry},
		"short key":        {func(e *vault.Entry) { e.Subject = &vault.SubjectLog{Handle: [16]byte{9}, Key: key(1)[:31]} }, t.Context(), ErrEntry},
		"another's key":    {func(e *vault.Entry) { e.Subject.Key = key(9) }, t.Context(), ErrDamaged},
		"cancelled":        {func(*vault.Entry) {}, cancelled, consent.ErrUnavailable},
	} {
		e := entryOf(1)
		e.Subject = subjectOf(1)
		test.change(&e)
		if proof, err := j.Append(test.ctx, e); !errors.Is(err, test.want) && !errors.Is(err, context.Canceled) || proof.Leaf != nil {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
	mustAppend(t, j, entryOf(1))
	if items := historyOf(t, j, 1); len(items) != 2 || j.Size() != 2 {
		t.Errorf("%d entries of %d after refusals, want 2 of 2", len(items), j.Size())
	}
	mustClose(t, j)
	mustClose(t, j)
	_, errAppend := j.Append(t.Context(), entryOf(1))
	_, errHistory := j.History(t.Context(), *subjectOf(1), 0, 5)
	_, errLeaf := j.Leaf(t.Context(), 0)
	errEvidence := j.Evidence(t.Context(), 0, func(uint64, consent.EvidencePart) error { return nil })
	errProbe := j.Probe(t.Context(), institution, grantOf(1))
	errProbes := j.Probes(t.Context(), func(ProbeRecord) error { return nil })
	for i, err := range []error{errAppend, errHistory, errLeaf, errEvidence, errProbe, errProbes} {
		if !errors.Is(err, ErrStopped) || !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("closed, call %d: got %v, want ErrStopped", i, err)
		}
	}
}

func TestOpenRefusesConfig(t *testing.T) {
	dir := tempDir(t)
	for name, change := range map[string]func(c *Config){
		"no directory":    func(c *Config) { c.Dir = "" },
		"no origin":       func(c *Config) { c.Origin = "" },
		"long origin":     func(c *Config) { c.Origin = strings.Repeat("o", 256) },
		"no signer":       func(c *Config) { c.Signer = nil },
		"no shared key":   func(c *Config) { c.Shared = nil },
		"short evidence":  func(c *Config) { c.Evidence = key(1)[:16] },
		"no locator key":  func(c *Config) { c.Locator = nil },
		"no security key": func(c *Config) { c.Security = nil },
	} {
		config := configIn(dir)
		change(&config)
		if _, err := Open(config); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
	if text := fmt.Sprintf("%v %+v %#v %s", configIn(dir), configIn(dir), configIn(dir), configIn(dir)); strings.Contains(text, "vault.example") || strings.Contains(text, "0x1, 0x1") {
		t.Errorf("a configuration prints its keys: %s", text)
	}
}

func TestHistoryDenies(t *testing.T) {
	j := mustOpen(t, configIn(tempDir(t)))
	for range 3 {
		mustAppend(t, j, entryOf(1))
		mustAppend(t, j, entryOf(2))
	}
	wrongKey, wrongHandle := *subjectOf(1), *subjectOf(1)
	wrongKey.Key, wrongHandle.Handle = subjectOf(2).Key, [16]byte{1}
	if items, err := j.History(t.Context(), wrongKey, 0, 5); !errors.Is(err, ErrDamaged) || items != nil {
		t.Errorf("another's key: %d items, %v", len(items), err)
	}
	for name, call := range map[string]func() ([]vault.HistoryItem, error){
		"another handle": func() ([]vault.HistoryItem, error) { return j.History(t.Context(), wrongHandle, 0, 5) },
		"no limit":       func() ([]vault.HistoryItem, error) { return j.History(t.Context(), *subjectOf(1), 0, 0) },
		"past the end":   func() ([]vault.HistoryItem, error) { return j.History(t.Context(), *subjectOf(1), 3, 5) },
		"far past it":    func() ([]vault.HistoryItem, error) { return j.History(t.Context(), *subjectOf(1), ^uint64(0), 5) },
	} {
		if items, err := call(); err != nil || len(items) != 0 {
			t.Errorf("%s: %d items, %v", name, len(items), err)
		}
	}
	if _, err := j.Leaf(t.Context(), 6); !errors.Is(err, consent.ErrNotFound) {
		t.Errorf("leaf past the end: %v", err)
	}
	// An index key that is gone, or names another's entry, is seen.
	prefix := j.subjectPrefix(subjectOf(1).Handle)
	other := subjectKey(j.subjectPrefix(subjectOf(2).Handle), 2)
	value, err := j.get(other)
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func() error{
		"another's entry": func() error { return j.db.Set(subjectKey(prefix, 2), value, nil) },
		"earlier entry":   func() error { return j.db.Set(subjectKey(prefix, 2), make([]byte, 8), nil) },
		"key gone":        func() error { return j.db.Delete(subjectKey(prefix, 2), nil) },
		"not an index":    func() error { return j.db.Set(subjectKey(prefix, 2), []byte("x"), nil) },
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		if _, err := j.History(t.Context(), *subjectOf(1), 0, 5); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: got %v, want ErrDamaged", name, err)
		}
	}
}

// A wrong key is refused with the sequence's end in memory too: what it wrote
// could not be read as one history.
func TestAnothersKeyInMemory(t *testing.T) {
	j := mustOpen(t, memConfig(t))
	mustAppend(t, j, entryOf(1))
	for range 2 {
		e := entryOf(1)
		e.Subject.Key = key(9)
		if _, err := j.Append(t.Context(), e); !errors.Is(err, ErrDamaged) {
			t.Errorf("got %v, want ErrDamaged", err)
		}
		mustAppend(t, j, entryOf(1))
	}
	if got := len(historyOf(t, j, 1)); got != 3 {
		t.Errorf("%d entries, want 3", got)
	}
}

// A history whose entries do not name each other is not given out.
func TestBrokenPreviousHash(t *testing.T) {
	j := mustOpen(t, memConfig(t))
	mustAppend(t, j, entryOf(1))
	j.persons.acquire(subjectOf(1).Handle).last[0] ^= 1
	mustAppend(t, j, entryOf(1))
	if _, err := j.History(t.Context(), *subjectOf(1), 0, 5); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v, want ErrDamaged", err)
	}
}
