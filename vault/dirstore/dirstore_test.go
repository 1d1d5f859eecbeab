package dirstore

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/vault/storetest"
)

// A child process counts on the parent's store; see TestProcessesShareOneStore.
func TestMain(m *testing.M) {
	if os.Getenv("DIRSTORE_COUNT") == "" {
		os.Exit(m.Run())
	}
	os.Args = append(os.Args[:1], "-test.run=^TestCountAsChild$", "-test.v")
	os.Exit(m.Run())
}

func open(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) (vault.Store, func() vault.Store) {
		dir := filepath.Join(t.TempDir(), "objects")
		return open(t, dir), func() vault.Store { return open(t, dir) }
	})
}

// Two stores in one process have their own lock descriptions, as two processes have.
func TestConformanceOfTwoOpenStores(t *testing.T) {
	storetest.Run(t, func(t *testing.T) (vault.Store, func() vault.Store) {
		dir := t.TempDir()
		return &alternating{stores: [2]*Store{open(t, dir), open(t, dir)}}, nil
	})
}

type alternating struct {
	stores [2]*Store
	mu     sync.Mutex
	calls  int
}

func (a *alternating) next() *Store {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls++
	return a.stores[a.calls%2]
}

func (a *alternating) Get(ctx context.Context, name string) ([]byte, string, error) {
	return a.next().Get(ctx, name)
}

func (a *alternating) Put(ctx context.Context, name string, data []byte, expect string) (string, error) {
	return a.next().Put(ctx, name, data, expect)
}
func (a *alternating) Delete(ctx context.Context, name string) error {
	return a.next().Delete(ctx, name)
}
func (a *alternating) List(ctx context.Context, prefix, after string, limit int) ([]string, error) {
	return a.next().List(ctx, prefix, after, limit)
}

const processes, countsEach = 4, 25

func TestProcessesShareOneStore(t *testing.T) {
	dir, counter := t.TempDir(), storetest.Name("counter", 1)
	s := open(t, dir)
	if _, err := s.Put(t.Context(), counter, []byte("0"), ""); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range processes {
		all.Go(func() {
			child := exec.CommandContext(t.Context(), os.Args[0])
			child.Env = append(os.Environ(), "DIRSTORE_COUNT="+dir)
			if out, err := child.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("--- PASS: TestCountAsChild")) {
				t.Errorf("child: %v\n%s", err, out)
			}
		})
	}
	for range countsEach {
		if err := storetest.Count(t, s, counter); err != nil {
			t.Error(err)
		}
	}
	all.Wait()
	data, _, err := s.Get(t.Context(), counter)
	if want := strconv.Itoa((processes + 1) * countsEach); err != nil || string(data) != want {
		t.Fatalf("counted %s (%v), want %s", data, err, want)
	}
	names, err := s.List(t.Context(), "tombstone/", "", 100)
	if err != nil || len(names) != countsEach {
		t.Fatalf("%d tombstones (%v), want %d", len(names), err, countsEach)
	}
	won := 0
	for _, name := range names {
		data, _, err := s.Get(t.Context(), name)
		if err != nil || len(data) == 0 {
			t.Fatal(err)
		}
		won++
	}
	t.Logf("%d processes: %d counted, %d created once", processes+1, (processes+1)*countsEach, won)
}

func TestCountAsChild(t *testing.T) {
	dir := os.Getenv("DIRSTORE_COUNT")
	if dir == "" {
		return // a child only
	}
	s := open(t, dir)
	pid := []byte(strconv.Itoa(os.Getpid()))
	for i := range countsEach {
		if err := storetest.Count(t, s, storetest.Name("counter", 1)); err != nil {
			t.Fatal(err)
		}
		name := storetest.Name("tombstone", i)
		_, err := s.Put(t.Context(), name, pid, "")
		if err != nil && !errors.Is(err, vault.ErrExists) {
			t.Fatal(err)
		}
		data, _, errGet := s.Get(t.Context(), name)
		if errGet != nil || (err == nil) != bytes.Equal(data, pid) {
			t.Fatalf("created: %v, but the content says otherwise (%v)", err == nil, errGet)
		}
	}
}

func TestNamesRefused(t *testing.T) {
	parent := t.TempDir()
	if err := os.WriteFile(filepath.Join(parent, "secret"), []byte("outside"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, filepath.Join(parent, "objects"))
	hash := storetest.Name("", 1) // with its slash
	for _, name := range []string{
		"", "/", ".", "..", "head", "head/", hash, "head" + hash + "/", "/head" + hash, "head/" + hash, "../secret",
		"head/../../secret", "head" + hash[:64], "head" + hash + "0", "Head" + hash, "h1" + hash, ".tmp" + hash, ".lock" + hash,
		"head" + strings.ToUpper(strings.Replace(hash, "1", "a", 1)), "head" + strings.Replace(hash, "1", "g", 1), "head" + strings.Replace(hash, "1", ".", 1),
		"head" + hash + "/..", "head" + hash + "/../" + hash[1:], "head" + hash + ".d" + hash, "head" + hash + hash + hash + hash,
		"head\x00" + hash, "head" + hash + "\n", "head\\" + hash[1:], strings.Repeat("a", 33) + hash, "head" + strings.Repeat("/"+strings.Repeat("0", 64), 50),
	} {
		_, _, errGet := s.Get(t.Context(), name)
		_, errPut := s.Put(t.Context(), name, []byte("x"), "")
		_, errSwap := s.Put(t.Context(), name, []byte("x"), tagOf([]byte("outside")))
		errDelete := s.Delete(t.Context(), name)
		for _, err := range []error{errGet, errPut, errSwap, errDelete} {
			if !errors.Is(err, ErrName) {
				t.Errorf("%q: got %v, want ErrName", name, err)
			}
		}
	}
	if got, err := s.List(t.Context(), "", "", 10); err != nil || len(got) != 0 {
		t.Errorf("after refusals the store holds %d (%v)", len(got), err)
	}
}

func TestForeignFilesAreNoObjects(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	shard := filepath.Join(dir, "head", "00")
	link, pipe, folder, large := storetest.Name("head", 1), storetest.Name("head", 2), storetest.Name("head", 3), storetest.Name("head", 4)
	at := func(name string) string { return filepath.Join(shard, strings.TrimPrefix(name, "head/")) }
	for _, err := range []error{
		os.MkdirAll(at(folder), 0o700),
		os.WriteFile(filepath.Join(dir, "outside"), []byte("outside"), 0o600),
		os.Symlink(filepath.Join(dir, "outside"), at(link)),
		syscall.Mkfifo(at(pipe), 0o600),
		os.WriteFile(at(large), nil, 0o600),
		os.Truncate(at(large), MaxObject+1), // sparse
		os.WriteFile(filepath.Join(shard, "notes.txt"), nil, 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for what, name := range map[string]string{"symbolic link": link, "pipe": pipe, "directory": folder, "too large": large} {
		if data, _, err := s.Get(t.Context(), name); err == nil || data != nil {
			t.Errorf("%s: read", what)
		}
		if _, err := s.Put(t.Context(), name, []byte("x"), tagOf([]byte("outside"))); err == nil || errors.Is(err, vault.ErrChanged) {
			t.Errorf("%s: swap: got %v, want a failure", what, err)
		}
	}
	if _, _, err := s.Get(t.Context(), large); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: got %v, want ErrTooLarge", err)
	}
	if _, err := s.Put(t.Context(), storetest.Name("head", 5), make([]byte, MaxObject+1), ""); !errors.Is(err, ErrTooLarge) {
		t.Errorf("put too large: got %v, want ErrTooLarge", err)
	}
	if got, err := s.List(t.Context(), "", "", 10); err != nil || len(got) != 1 {
		t.Errorf("listed %d (%v), want the one regular file", len(got), err)
	}
}

func TestLeftoversAreSwept(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	name := storetest.Name("head", 1)
	if _, err := s.Put(t.Context(), name, []byte("live"), ""); err != nil {
		t.Fatal(err)
	}
	path, err := s.path(name)
	if err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-2 * leftoverAge)
	for file, aged := range map[string]bool{"put-0123456789abcdef": true, "put-0123456789abcde0": false, "put-0123456789abcdef0": true, "notes": true, "put-0123456789ABCDEF": true} {
		full := filepath.Join(dir, ".tmp", file)
		if err := os.WriteFile(full, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		if aged {
			if err := os.Chtimes(full, old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	// A crash between link and remove leaves a second name of a live object.
	if err := errors.Join(os.Link(path, filepath.Join(dir, ".tmp", "put-ffffffffffffffff")), os.Chtimes(path, old, old)); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	entries, err := os.ReadDir(filepath.Join(dir, ".tmp"))
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if got := strings.Join(left, " "); got != "notes put-0123456789ABCDEF put-0123456789abcde0 put-0123456789abcdef0" {
		t.Errorf("left: %s", got)
	}
	if data, _, err := s.Get(t.Context(), name); err != nil || string(data) != "live" {
		t.Errorf("the live object: %q, %v", data, err)
	}
}

func TestModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "objects")
	s := open(t, dir)
	if _, err := s.Put(t.Context(), storetest.Name("own", 1)+storetest.Name("", 2), []byte("x"), ""); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: mode %v is open to others", path, info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for what, dir := range map[string]string{"a file": file, "below a file": filepath.Join(file, "x")} {
		if _, err := Open(dir); err == nil {
			t.Errorf("%s: opened", what)
		} else if strings.Contains(err.Error(), file) {
			t.Errorf("%s: the error echoes the path: %v", what, err)
		}
	}
}

// A directory that vanishes or cannot be synced stops the store: nothing that
// might not be durable is read or acknowledged any more.
func TestUnsyncedDirectoryStopsTheStore(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	name := storetest.Name("head", 1)
	tag, err := s.Put(t.Context(), name, []byte("x"), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.failed(syscall.EIO); !errors.Is(err, ErrUnsettled) || !errors.Is(err, syscall.EIO) {
		t.Fatal(err)
	}
	for what, call := range map[string]func() error{
		"get":    func() error { _, _, err := s.Get(t.Context(), name); return err },
		"create": func() error { _, err := s.Put(t.Context(), storetest.Name("head", 2), nil, ""); return err },
		"swap":   func() error { _, err := s.Put(t.Context(), name, nil, tag); return err },
		"delete": func() error { return s.Delete(t.Context(), name) },
		"list":   func() error { _, err := s.List(t.Context(), "", "", 1); return err },
	} {
		if err := call(); !errors.Is(err, ErrUnsettled) {
			t.Errorf("%s: got %v, want ErrUnsettled", what, err)
		}
	}
}

// Without the directory nothing is absent, nothing is made in its place, and when it
// is back the store goes on.
func TestLostDirectory(t *testing.T) {
	for what, instead := range map[string]func(dir string) error{
		"nothing in its place":          func(string) error { return nil },
		"an empty folder in its place":  func(dir string) error { return os.Mkdir(dir, 0o700) },
		"another store in its place":    func(dir string) error { _, err := Open(dir); return err },
		"a dangling link in its place":  func(dir string) error { return os.Symlink(dir+".nowhere", dir) },
		"an ordinary file in its place": func(dir string) error { return os.WriteFile(dir, nil, 0o600) },
	} {
		t.Run(what, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "heads")
			s := open(t, dir)
			name, other := storetest.Name("head", 1), storetest.Name("head", 2)
			tag, err := s.Put(t.Context(), name, []byte("x"), "")
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(os.Rename(dir, dir+".away"), instead(dir)); err != nil {
				t.Fatal(err)
			}
			for call, do := range map[string]func() error{
				"get":        func() error { _, _, err := s.Get(t.Context(), name); return err },
				"get absent": func() error { _, _, err := s.Get(t.Context(), other); return err },
				"create":     func() error { _, err := s.Put(t.Context(), other, nil, ""); return err },
				"swap":       func() error { _, err := s.Put(t.Context(), name, nil, tag); return err },
				"delete":     func() error { return s.Delete(t.Context(), name) },
				"list":       func() error { _, err := s.List(t.Context(), "", "", 1); return err },
			} {
				err := do()
				if err == nil || errors.Is(err, vault.ErrAbsent) || errors.Is(err, vault.ErrExists) || errors.Is(err, vault.ErrChanged) {
					t.Errorf("%s: got %v, want an error that says nothing of the object", call, err)
				}
			}
			if err := errors.Join(os.RemoveAll(dir), os.Rename(dir+".away", dir)); err != nil {
				t.Fatal(err)
			}
			if data, _, err := s.Get(t.Context(), name); err != nil || string(data) != "x" {
				t.Errorf("back again: %q, %v", data, err)
			}
			if _, err := s.Put(t.Context(), other, nil, ""); err != nil {
				t.Errorf("back again: %v", err)
			}
		})
	}
}

// A reader waits while a write of its name is visible but not yet durable.
func TestReaderWaitsForDurability(t *testing.T) {
	s := open(t, t.TempDir())
	name := storetest.Name("tombstone", 1)
	lock := s.lockOf(name)
	if err := lock.exclusive(t.Context(), s.lockPath(name)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, _, errGet := s.Get(ctx, name)
	_, errPut := s.Put(ctx, name, []byte("x"), "")
	if !errors.Is(errGet, context.DeadlineExceeded) || !errors.Is(errPut, context.DeadlineExceeded) {
		t.Errorf("get %v, put %v; want both to wait", errGet, errPut)
	}
	lock.releaseExclusive()
	if _, _, err := s.Get(t.Context(), name); !errors.Is(err, vault.ErrAbsent) {
		t.Error(err)
	}
}

func FuzzNames(f *testing.F) {
	f.Add(storetest.Name("head", 1))
	f.Add("../../etc/passwd")
	f.Add(storetest.Name("own", 1) + storetest.Name("", 2))
	s := open(f, f.TempDir())
	f.Fuzz(func(t *testing.T, name string) {
		path, err := s.path(name)
		if err != nil {
			return
		}
		inside, err := filepath.Rel(s.dir, path)
		if err != nil || !filepath.IsLocal(inside) || strings.HasPrefix(inside, ".") {
			t.Fatalf("%q leaves the store", name)
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	s := open(b, b.TempDir())
	data := bytes.Repeat([]byte("x"), 1024)
	for i := 0; b.Loop(); i++ {
		if _, err := s.Put(b.Context(), storetest.Name("record", i<<20+i), data, ""); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSwap(b *testing.B) {
	s := open(b, b.TempDir())
	name, tag := storetest.Name("head", 1), ""
	data := bytes.Repeat([]byte("x"), 1024)
	for i := 0; b.Loop(); i++ {
		data[i%1000]++
		var err error
		if tag, err = s.Put(b.Context(), name, data, tag); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	s := open(b, b.TempDir())
	name := storetest.Name("head", 1)
	if _, err := s.Put(b.Context(), name, bytes.Repeat([]byte("x"), 1024), ""); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, err := s.Get(b.Context(), name); err != nil {
			b.Fatal(err)
		}
	}
}
