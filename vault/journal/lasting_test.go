package journal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/vfs"
	"github.com/cockroachdb/pebble/vfs/errorfs"

	"github.com/wrapious/wrappy/consent"
)

func mustLast(t *testing.T, config Config) *Lasting {
	t.Helper()
	l, err := OpenLasting(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// appended keeps what was acknowledged, and tries until something is.
func appended(t *testing.T, l *Lasting, kept *[]consent.Proof, until func(err error) bool) {
	t.Helper()
	for begun := time.Now(); ; time.Sleep(time.Millisecond) {
		proof, err := l.Append(t.Context(), entryOf(1))
		if err == nil {
			*kept = append(*kept, proof)
		} else if !errors.Is(err, consent.ErrUnavailable) {
			t.Fatalf("refused as if it were the entry's fault: %v", err)
		}
		if until(err) {
			return
		}
		if time.Since(begun) > time.Minute {
			t.Fatalf("never: %v", err)
		}
	}
}

func refused(err error) bool { return err != nil }

// What the intake's disk does, and that it is over: nothing is acknowledged meanwhile,
// nothing that was is lost, and no restart is needed.
func TestLogIsOpenedAgain(t *testing.T) {
	type fault struct {
		dir  string
		fs   vfs.FS
		fail func() error
		mend func() error
	}
	injected := func(err error, ops ...errorfs.Op) fault {
		var broken atomic.Bool
		return fault{
			dir: filepath.Join(tempDir(t), "journal"),
			fs: fullySynced{errorfs.Wrap(vfs.Default, errorfs.InjectorFunc(func(op errorfs.Op, _ string) error {
				for _, o := range ops {
					if o == op && broken.Load() {
						return err
					}
				}
				return nil
			}))},
			fail: func() error { broken.Store(true); return nil },
			mend: func() error { broken.Store(false); return nil },
		}
	}
	changing := []errorfs.Op{errorfs.OpCreate, errorfs.OpFileWrite, errorfs.OpRename, errorfs.OpRemove, errorfs.OpMkdirAll, errorfs.OpReuseForRewrite, errorfs.OpFileSync}
	away := filepath.Join(tempDir(t), "journal")
	faults := map[string]fault{
		"read-only":          injected(syscall.EROFS, changing...),
		"input/output error": injected(syscall.EIO, errorfs.OpFileSync),
		"moved away":         {dir: away, fail: func() error { return os.Rename(away, away+".away") }, mend: func() error { return errors.Join(os.RemoveAll(away), os.Rename(away+".away", away)) }},
	}
	// Where a small disk can be made, it is filled for real.
	if disk := tempDir(t); syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=64m") == nil {
		t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
		ballast := filepath.Join(disk, "ballast")
		faults["full disk"] = fault{
			dir: filepath.Join(disk, "journal"),
			fail: func() error {
				if err := os.WriteFile(ballast, make([]byte, 64<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
					return errors.Join(errors.New("the disk is not full"), err)
				}
				return nil
			},
			mend: func() error { return os.Remove(ballast) },
		}
	}
	for name, f := range faults {
		t.Run(name, func(t *testing.T) {
			config := configIn(f.dir)
			config.TreeDir, config.fs = tempDir(t), f.fs
			l := mustLast(t, config)
			var kept []consent.Proof
			appended(t, l, &kept, func(err error) bool { return len(kept) == 3 })
			if err := f.fail(); err != nil {
				t.Fatal(err)
			}
			appended(t, l, &kept, refused)
			if l.Err() == nil || l.Ready() == nil {
				t.Error("ready while nothing can be written")
			}
			if _, err := l.Ended(t.Context(), grantOf(1)); !errors.Is(err, consent.ErrUnavailable) {
				t.Errorf("who could release is told %v", err)
			}
			if err := f.mend(); err != nil {
				t.Fatal(err)
			}
			appended(t, l, &kept, func(err error) bool { return err == nil })
			if err := l.Ready(); err != nil {
				t.Error(err)
			}
			for _, proof := range kept {
				leaf, err := l.Leaf(t.Context(), proof.Promise.Index)
				if err != nil || consent.LeafHash(leaf) != proof.Promise.LeafHash {
					t.Errorf("entry %d was acknowledged and is not there: %v", proof.Promise.Index, err)
				}
			}
			awaitPublishedSize(t, l.now.Load(), l.Size())
			for _, proof := range kept {
				mustInclude(t, l.now.Load(), proof.Promise, proof.Leaf)
			}
			historyOf(t, l.now.Load(), 1)
		})
	}
}

// A log that is gone, or shorter than it was, is not begun anew.
func TestLostLogIsNotOpenedAgain(t *testing.T) {
	for name, remove := range map[string]func(dir string) error{
		"the write-ahead log": func(dir string) error { return removeAll(filepath.Join(dir, "log", "*.log")) },
		"everything":          os.RemoveAll,
	} {
		t.Run(name, func(t *testing.T) {
			config := configIn(filepath.Join(tempDir(t), "journal"))
			config.TreeDir = tempDir(t)
			l := mustLast(t, config)
			var kept []consent.Proof
			appended(t, l, &kept, func(err error) bool { return len(kept) == 3 })
			if err := remove(config.Dir); err != nil {
				t.Fatal(err)
			}
			appended(t, l, &kept, refused)
			stopped := l.now.Load()
			for end := time.Now().Add(4 * againAfter); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
				if _, err := l.Append(t.Context(), entryOf(1)); !errors.Is(err, consent.ErrUnavailable) {
					t.Fatalf("goes on without its log: %v", err)
				}
			}
			if l.now.Load() != stopped {
				t.Error("another log was begun")
			}
			if err := l.Close(); !errors.Is(err, ErrStopped) {
				t.Error(err)
			}
		})
	}
}

// hanging is a disk whose syncs do not return until it is let go.
type hanging struct {
	vfs.FS
	mu    sync.RWMutex // held whole while it hangs
	reads sync.RWMutex // likewise, while reads do
}

type hangingFile struct {
	vfs.File
	disk *hanging
}

func (h *hanging) Create(name string) (vfs.File, error) {
	file, err := h.FS.Create(name)
	return hangingFile{file, h}, err
}

func (h *hanging) Open(name string, options ...vfs.OpenOption) (vfs.File, error) {
	file, err := h.FS.Open(name, options...)
	return hangingFile{file, h}, err
}

func (f hangingFile) ReadAt(p []byte, at int64) (int, error) {
	f.disk.reads.RLock()
	defer f.disk.reads.RUnlock()
	return f.File.ReadAt(p, at)
}

func (f hangingFile) Sync() error {
	f.disk.mu.RLock()
	defer f.disk.mu.RUnlock()
	return f.File.Sync()
}

func (f hangingFile) SyncData() error { return f.Sync() }

// A disk that hangs: whoever waits is refused while it still does, and with no restart
// things go on when it does no more. What was refused may have become an entry: nothing
// has followed from it.
func TestHungDisk(t *testing.T) {
	config := memConfig(t)
	disk := &hanging{FS: config.fs}
	config.fs = disk
	l := mustLast(t, config)
	var kept []consent.Proof
	appended(t, l, &kept, func(err error) bool { return len(kept) == 3 })
	size := l.Size()
	disk.mu.Lock()
	for range 3 {
		if _, err := l.Append(t.Context(), entryOf(1)); !errors.Is(err, consent.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want ErrUnavailable while it hangs", err)
		}
		if err := l.Probe(t.Context(), institution, grantOf(1)); !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("probe: got %v", err)
		}
	}
	if l.Size() != size {
		t.Error("an entry counts as durable that no disk has")
	}
	disk.mu.Unlock()
	appended(t, l, &kept, func(err error) bool { return err == nil })
	for _, proof := range kept {
		if leaf, err := l.Leaf(t.Context(), proof.Promise.Index); err != nil || consent.LeafHash(leaf) != proof.Promise.LeafHash {
			t.Errorf("entry %d: %v", proof.Promise.Index, err)
		}
	}
	if n := len(historyOf(t, l.now.Load(), 1)); uint64(n) != l.Size() {
		t.Errorf("%d entries in the history, %d in the log", n, l.Size())
	}
}

// A disk that hangs while it is read: whoever wants to release, or to write for a person who
// was not seen since the start, is refused within a second, and the others' turn does not wait.
func TestHungReads(t *testing.T) {
	config := memConfig(t)
	disk := &hanging{FS: config.fs}
	config.fs, config.cache = disk, 1 // nothing is remembered
	j := mustOpen(t, config)
	for i := range byte(3) {
		e := entryOf(i + 1)
		e.Shared.Kind, e.Evidence.Kind, e.Personal.Kind = consent.EntryWithdrawn, consent.EntryWithdrawn, consent.EntryWithdrawn
		mustAppend(t, j, e)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = mustOpen(t, config) // what was written is in files now, and in no memory
	disk.reads.Lock()
	for name, call := range map[string]func(context.Context) error{
		"ended":   func(ctx context.Context) error { _, err := j.Ended(ctx, grantOf(1)); return err },
		"erased":  func(ctx context.Context) error { _, err := j.Erased(ctx, [16]byte{1}); return err },
		"append":  func(ctx context.Context) error { _, err := j.Append(ctx, entryOf(1)); return err },
		"history": func(ctx context.Context) error { _, err := j.History(ctx, *subjectOf(1), 0, 10); return err },
	} {
		patience := 30 * time.Second
		bounded := name != "history"
		if !bounded {
			patience = time.Second
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		if err := call(ctx); !errors.Is(err, consent.ErrUnavailable) {
			t.Errorf("%s: got %v, want ErrUnavailable while it hangs", name, err)
		}
		if bounded && ctx.Err() != nil {
			t.Errorf("%s waited for its caller's patience", name)
		}
		cancel()
	}
	disk.reads.Unlock()
	if n := len(historyOf(t, j, 1)); n != 1 {
		t.Errorf("%d entries after it hung", n)
	}
	if _, err := j.Append(t.Context(), entryOf(1)); err != nil {
		t.Errorf("after it hung: %v", err)
	}
}
