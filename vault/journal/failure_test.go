package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble"
	"github.com/cockroachdb/pebble/vfs"
	"github.com/cockroachdb/pebble/vfs/errorfs"

	"github.com/wrapious/wrappy/consent"
)

// nothingSucceeds: after a failure every call fails, whatever the disk does now.
func nothingSucceeds(t *testing.T, j *Journal) {
	t.Helper()
	for range 3 {
		if _, err := j.Append(t.Context(), entryOf(1)); !errors.Is(err, ErrStopped) || !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("append after the failure: got %v, want ErrStopped", err)
		}
	}
	if err := j.Probe(t.Context(), institution, grantOf(1)); !errors.Is(err, ErrStopped) {
		t.Errorf("probe after the failure: %v", err)
	}
	if _, err := j.History(t.Context(), *subjectOf(1), 0, 1); !errors.Is(err, ErrStopped) {
		t.Errorf("history after the failure: %v", err)
	}
	if j.Err() == nil || j.Close() == nil {
		t.Error("the failure is not reported")
	}
}

// fullySynced lets the injector see the log's syncs, which Pebble asks for as SyncData.
type fullySynced struct{ vfs.FS }
type fullySyncedFile struct{ vfs.File }

func (f fullySyncedFile) SyncData() error { return f.Sync() }
func (f fullySynced) Create(name string) (vfs.File, error) {
	file, err := f.FS.Create(name)
	return fullySyncedFile{file}, err
}
func (f fullySynced) ReuseForWrite(old, name string) (vfs.File, error) {
	file, err := f.FS.ReuseForWrite(old, name)
	return fullySyncedFile{file}, err
}

func TestWriteFailuresStopTheJournal(t *testing.T) {
	logFile := func(path string) bool { return strings.HasSuffix(path, ".log") }
	for name, test := range map[string]struct {
		ops   []errorfs.Op
		files func(path string) bool
		fault error
		large bool // entries that fill memory tables and make Pebble change files
	}{
		"sync fails":           {[]errorfs.Op{errorfs.OpFileSync}, logFile, errorfs.ErrInjected, false},
		"disk full on write":   {[]errorfs.Op{errorfs.OpFileWrite}, logFile, syscall.ENOSPC, false},
		"input/output error":   {[]errorfs.Op{errorfs.OpFileWrite, errorfs.OpFileSync}, logFile, syscall.EIO, false},
		"no new log file":      {[]errorfs.Op{errorfs.OpCreate, errorfs.OpReuseForRewrite}, logFile, syscall.ENOSPC, true},
		"disk full on a flush": {[]errorfs.Op{errorfs.OpCreate}, func(p string) bool { return strings.HasSuffix(p, ".sst") }, syscall.ENOSPC, true},
		"manifest not written": {[]errorfs.Op{errorfs.OpFileWrite}, func(p string) bool { return strings.Contains(p, "MANIFEST") }, syscall.ENOSPC, true},
		"manifest not synced":  {[]errorfs.Op{errorfs.OpFileSync}, func(p string) bool { return strings.Contains(p, "MANIFEST") }, syscall.EIO, true},
	} {
		t.Run(name, func(t *testing.T) {
			var broken atomic.Bool
			config := memConfig(t)
			config.fs = fullySynced{errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op, path string) error {
				for _, o := range test.ops {
					if broken.Load() && o == op && test.files(path) {
						return test.fault
					}
				}
				return nil
			}))}
			j := mustOpen(t, config)
			mustAppend(t, j, entryOf(1))
			before := j.Size()
			broken.Store(true)
			e := entryOf(1)
			if test.large {
				e.Evidence.Country = strings.Repeat("x", 20_000)
			}
			var failed atomic.Uint64
			var succeededAfter atomic.Bool
			var all sync.WaitGroup
			for range 16 {
				all.Go(func() {
					for n := 0; n < 2000; n++ {
						_, err := j.Append(t.Context(), e)
						if errors.Is(err, consent.ErrUnavailable) && test.large && j.Err() == nil { // a slow machine
							time.Sleep(10 * time.Millisecond)
							n--
							continue
						}
						if err != nil {
							if !errors.Is(err, consent.ErrUnavailable) {
								t.Errorf("got %v, want ErrUnavailable", err)
							}
							failed.Add(1)
							return
						}
						if j.Err() != nil && failed.Load() == 16 {
							succeededAfter.Store(true)
						}
						if !test.large {
							t.Error("succeeded on a broken disk")
							return
						}
					}
				})
			}
			all.Wait()
			if failed.Load() != 16 || succeededAfter.Load() {
				t.Fatalf("%d of 16 writers failed", failed.Load())
			}
			if !test.large && j.Size() != before {
				t.Error("an entry that failed counts as durable")
			}
			broken.Store(false) // the disk is well again: the journal is not
			nothingSucceeds(t, j)
		})
	}
}

func TestOpenOnBrokenDisk(t *testing.T) {
	for _, op := range []errorfs.Op{errorfs.OpCreate, errorfs.OpFileSync, errorfs.OpFileWrite, errorfs.OpRename, errorfs.OpMkdirAll, errorfs.OpLock, errorfs.OpList} {
		config := memConfig(t)
		config.fs = errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(o errorfs.Op, _ string) error {
			if o == op {
				return syscall.ENOSPC
			}
			return nil
		}))
		if j, err := Open(config); err == nil && op != errorfs.OpRename {
			t.Errorf("operation %d fails: opened", op)
			_ = j.Close()
		}
	}
}

func TestLogFileDeletedWhileRunning(t *testing.T) {
	for name, remove := range map[string]func(dir string) error{
		"the file":      func(dir string) error { return removeAll(filepath.Join(dir, "log", "*.log")) },
		"the directory": os.RemoveAll,
		"moved away":    func(dir string) error { return os.Rename(dir, dir+".away") },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(tempDir(t), "journal")
			config := configIn(dir)
			config.TreeDir = tempDir(t)
			j := mustOpen(t, config)
			mustAppend(t, j, entryOf(1))
			if err := remove(dir); err != nil {
				t.Fatal(err)
			}
			if _, err := j.Append(t.Context(), entryOf(1)); !errors.Is(err, consent.ErrUnavailable) {
				t.Fatalf("append: got %v, want ErrUnavailable", err)
			}
			nothingSucceeds(t, j)
		})
	}
}

func removeAll(pattern string) error {
	paths, err := filepath.Glob(pattern)
	for _, path := range paths {
		err = errors.Join(err, os.Remove(path))
	}
	if len(paths) == 0 {
		err = errors.Join(err, os.ErrNotExist)
	}
	return err
}

// After a power cut every acknowledged entry is there, and nothing else but whole entries,
// each with its note.
func TestPowerCut(t *testing.T) {
	config := memConfig(t)
	fs, _ := config.fs.(*vfs.MemFS)
	for round := range 5 {
		j := mustOpen(t, config)
		var acknowledged atomic.Uint64
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for w := range 8 {
			all.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					e := entryOf(byte(1 + w%2))
					e.Note = noteNamed(fmt.Sprint(round, w, i))
					if proof, err := j.Append(ctx, e); err == nil {
						for {
							n := acknowledged.Load()
							if n > proof.Promise.Index || acknowledged.CompareAndSwap(n, proof.Promise.Index+1) {
								break
							}
						}
					}
				}
			})
		}
		for j.Size() < uint64(200*(round+1)) {
			<-j.persons.pause()
		}
		known := acknowledged.Load()
		fs.SetIgnoreSyncs(true) // power fails here
		cancel()
		all.Wait()
		_ = j.Close()
		fs.ResetToSyncedState()
		fs.SetIgnoreSyncs(false)
		config.MinSize = known
		config.TreeDir = tempDir(t) // it saw entries that the power cut took, as no real one can
	}
	j := mustOpen(t, config)
	mustPair(t, j)
	if a, b := historyOf(t, j, 1), historyOf(t, j, 2); uint64(len(a)+len(b)) != j.Size() {
		t.Errorf("%d and %d entries in histories, %d in the log", len(a), len(b), j.Size())
	}
}

// pause gives other goroutines a turn.
func (c *persons) pause() <-chan struct{} {
	done := make(chan struct{})
	go close(done)
	return done
}

func TestOpenRefusesALog(t *testing.T) {
	inPebble := func(change func(db *pebble.DB) error) func(t *testing.T, c *Config) {
		return func(t *testing.T, c *Config) {
			db, err := pebble.Open(filepath.Join(c.Dir, "log"), &pebble.Options{FormatMajorVersion: pebble.FormatNewest})
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(change(db), db.Close()); err != nil {
				t.Fatal(err)
			}
		}
	}
	files := func(change func(dir string) error) func(t *testing.T, c *Config) {
		return func(t *testing.T, c *Config) {
			if err := change(c.Dir); err != nil {
				t.Fatal(err)
			}
		}
	}
	flushed := func(db *pebble.DB) error { return db.Flush() }
	for name, test := range map[string]struct {
		change func(t *testing.T, c *Config)
		want   error
	}{
		"shorter than anchored":     {func(_ *testing.T, c *Config) { c.MinSize = 31 }, ErrLost},
		"directory gone":            {func(t *testing.T, c *Config) { c.Dir, c.MinSize = tempDir(t), 1 }, ErrLost},
		"directory gone, no anchor": {files(func(dir string) error { return os.RemoveAll(filepath.Join(dir, "log")) }), ErrLost},
		"log emptied":               {files(func(dir string) error { return removeAll(filepath.Join(dir, "log", "*")) }), ErrLost},
		"write-ahead log gone":      {files(func(dir string) error { return removeAll(filepath.Join(dir, "log", "*.log")) }), ErrLost},
		"write-ahead log cut": {files(func(dir string) error {
			paths, err := filepath.Glob(filepath.Join(dir, "log", "*.log"))
			for _, path := range paths {
				if info, errStat := os.Stat(path); errStat == nil && info.Size() > 0 {
					err = errors.Join(err, os.Truncate(path, info.Size()/2))
				}
			}
			return err
		}), ErrLost},
		"manifest gone":  {files(func(dir string) error { return removeAll(filepath.Join(dir, "log", "marker.manifest.*")) }), ErrLost},
		"another origin": {func(_ *testing.T, c *Config) { c.Origin = "other" }, ErrForeign},
		"another key": {func(_ *testing.T, c *Config) {
			c.Signer = configIn("").Signer
			c.Signer = append(c.Signer[:0:0], c.Signer...)
			c.Signer[40] ^= 1
		}, ErrForeign},
		"last entry gone": {inPebble(func(db *pebble.DB) error { return db.Delete(entryKey(29), pebble.Sync) }), ErrDamaged},
		"entry gone":      {inPebble(func(db *pebble.DB) error { return db.Delete(entryKey(12), pebble.Sync) }), ErrDamaged},
		"entry added":     {inPebble(func(db *pebble.DB) error { return db.Set(entryKey(30), []byte("x"), pebble.Sync) }), ErrDamaged},
		"entry changed":   {inPebble(func(db *pebble.DB) error { return db.Set(entryKey(12), []byte("x"), pebble.Sync) }), ErrDamaged},
		"entries swapped": {inPebble(func(db *pebble.DB) error {
			a, errA := valueOf(db, entryKey(3))
			b, errB := valueOf(db, entryKey(4))
			return errors.Join(errA, errB, db.Set(entryKey(3), b, nil), db.Set(entryKey(4), a, pebble.Sync))
		}), ErrDamaged},
		"head gone":    {inPebble(func(db *pebble.DB) error { return db.Delete(keyHead, pebble.Sync) }), ErrLost},
		"head changed": {inPebble(func(db *pebble.DB) error { return db.Set(keyHead, make([]byte, 79), pebble.Sync) }), ErrDamaged},
		"table gone": {func(t *testing.T, c *Config) {
			inPebble(flushed)(t, c)
			files(func(dir string) error { return removeAll(filepath.Join(dir, "log", "*.sst")) })(t, c)
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			config := configIn(tempDir(t))
			j := mustOpen(t, config)
			for range 30 {
				mustAppend(t, j, entryOf(1))
			}
			mustClose(t, j)
			test.change(t, &config)
			j, err := Open(config)
			if err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if j != nil {
				t.Error("a journal comes with the error")
				_ = j.Close()
			}
		})
	}
}

func valueOf(db *pebble.DB, key []byte) ([]byte, error) {
	value, closer, err := db.Get(key)
	if err != nil {
		return nil, err
	}
	return append([]byte(nil), value...), closer.Close()
}

// The chain values that are kept lead on across their distance.
func TestOpenAfterManyEntries(t *testing.T) {
	config := memConfig(t)
	j := mustOpen(t, config)
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			for range 40 {
				if _, err := insistent(t, j, entryOf(1)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	size := j.Size()
	mustClose(t, j)
	config.MinSize = size
	j = mustOpen(t, config)
	if got := uint64(len(historyOf(t, j, 1))); got != size || size < 64*40 {
		t.Errorf("%d entries of %d", got, size)
	}
	want := dump(t, j, "s")
	mustClose(t, j)
	if err := RebuildIndex(config); err != nil {
		t.Fatal(err)
	}
	j = mustOpen(t, config)
	if dump(t, j, "s") != want {
		t.Error("rebuilt in several batches, the index is not the original")
	}
	if err := j.db.Set(chainKey(2*chainEvery), []byte(fmt.Sprintf("%32d", 1)), pebble.Sync); err != nil {
		t.Fatal(err)
	}
	mustClose(t, j)
	if _, err := Open(config); !errors.Is(err, ErrDamaged) {
		t.Errorf("a chain value was changed: got %v, want ErrDamaged", err)
	}
}

// TestTableGone: Pebble wants the process to end when a table that it wrote is not there.
// Whoever reads gets an answer all the same, and the journal stops.
func TestTableGone(t *testing.T) {
	for name, read := range map[string]func(j *Journal) error{
		"ended":   func(j *Journal) error { _, err := j.Ended(t.Context(), grantOf(1)); return err },
		"leaf":    func(j *Journal) error { _, err := j.Leaf(t.Context(), 0); return err },
		"history": func(j *Journal) error { _, err := j.History(t.Context(), *subjectOf(1), 0, 10); return err },
		"complete": func(j *Journal) error {
			_, err := j.Complete(t.Context(), *subjectOf(1), entryOf(1).Personal.Identity, time.Now())
			return err
		},
		"inclusion": func(j *Journal) error { _, err := j.Inclusion(t.Context(), 0, 1); return err },
		"evidence": func(j *Journal) error {
			return j.Evidence(t.Context(), 0, func(uint64, consent.EvidencePart) error { return nil })
		},
		"probes": func(j *Journal) error { return j.Probes(t.Context(), func(ProbeRecord) error { return nil }) },
		"append": func(j *Journal) error {
			j.persons.mu.Lock()
			j.persons.byHandle = nil // as after a restart: the end of the sequence is read
			j.persons.mu.Unlock()
			_, err := j.Append(t.Context(), entryOf(1))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			var gone atomic.Bool
			config := memConfig(t)
			config.fs = errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op, path string) error {
				if gone.Load() && op == errorfs.OpOpen && strings.HasSuffix(path, ".sst") {
					return os.ErrNotExist
				}
				return nil
			}))
			j := mustOpen(t, config)
			stop := entryOf(1)
			stop.Shared.Kind, stop.Evidence.Kind, stop.Personal.Kind = consent.EntryWithdrawn, consent.EntryWithdrawn, consent.EntryWithdrawn
			mustAppend(t, j, stop)
			awaitPublishedSize(t, j, 1)
			if err := j.db.Flush(); err != nil {
				t.Fatal(err)
			}
			gone.Store(true)
			if err := read(j); !errors.Is(err, consent.ErrUnavailable) {
				t.Errorf("got %v, want ErrUnavailable", err)
			}
			nothingSucceeds(t, j)
		})
	}
}
