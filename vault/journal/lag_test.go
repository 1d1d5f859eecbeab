package journal

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
)

func TestLag(t *testing.T) {
	at := func(ms int) time.Time { return time.UnixMilli(int64(1_000_000 + ms)) }
	var l lag
	steps := []struct {
		grown, arrived uint64
		at             int
		want           time.Duration // afterwards, 100 ms later
	}{
		{0, 0, 0, 0},
		{10, 0, 1000, 100 * time.Millisecond},
		{12, 0, 1010, 110 * time.Millisecond}, // with the first mark: errs towards longer
		{20, 0, 1200, 300 * time.Millisecond},
		{0, 9, 1300, 400 * time.Millisecond},
		{0, 10, 1300, 400 * time.Millisecond},
		{0, 12, 1300, 200 * time.Millisecond},
		{0, 19, 1300, 200 * time.Millisecond},
		{0, 20, 1300, 0},
		{0, 20, 1300, 0},
	}
	for i, s := range steps {
		if s.grown > 0 {
			l.grown(s.grown, at(s.at))
		}
		l.arrived(s.arrived)
		if got := l.age(at(s.at + 100)); got != s.want {
			t.Errorf("step %d: %v, want %v", i, got, s.want)
		}
	}
	for n := range 10 * maxMarks {
		l.grown(uint64(100+n), at(2000+50*n))
	}
	if len(l.marks) > maxMarks || l.age(at(3000)) != time.Second {
		t.Errorf("%d marks, %v", len(l.marks), l.age(at(3000)))
	}
	l.arrived(uint64(100 + 10*maxMarks))
	if l.age(at(1e6)) != 0 {
		t.Error("all has arrived")
	}
}

// The disk of the tree is full, or may not be written to, while the intake's is well: the
// journal refuses before a promise is broken, and goes on once the tree has caught up.
func TestTreeThatCannotBeWritten(t *testing.T) {
	type failing struct {
		dir        string
		fail, mend func(dir string) error
	}
	// As root nothing is forbidden by modes: a file where directories must be made does it.
	tests := map[string]failing{"nothing can be made there": {
		tempDir(t),
		func(dir string) error {
			return errors.Join(os.Rename(filepath.Join(dir, "tile"), filepath.Join(dir, "away")), os.WriteFile(filepath.Join(dir, "tile"), nil, 0o600))
		},
		func(dir string) error {
			return errors.Join(os.Remove(filepath.Join(dir, "tile")), os.Rename(filepath.Join(dir, "away"), filepath.Join(dir, "tile")))
		},
	}}
	// Where a small disk can be made, it is filled for real.
	if disk := tempDir(t); syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=4m") == nil {
		t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
		tests["a full disk"] = failing{
			filepath.Join(disk, "tree"),
			func(string) error {
				err := os.WriteFile(filepath.Join(disk, "ballast"), make([]byte, 8<<20), 0o600)
				if !errors.Is(err, syscall.ENOSPC) {
					return errors.Join(errors.New("the disk is not full"), err)
				}
				return nil
			},
			func(string) error { return os.Remove(filepath.Join(disk, "ballast")) },
		}
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			config := configIn(tempDir(t))
			config.TreeDir = test.dir
			j := mustOpen(t, config)
			mustAppend(t, j, entryOf(1))
			awaitPublishedSize(t, j, 1)
			if err := test.fail(test.dir); err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			proof := mustAppend(t, j, entryOf(1))
			if err := awaitRefusal(t, j); !errors.Is(err, ErrLag) || !errors.Is(err, consent.ErrUnavailable) {
				t.Fatalf("got %v, want ErrLag", err)
			}
			if took := time.Since(begun); took < promised/2 || took > 20*time.Second {
				t.Errorf("refused after %v", took)
			}
			if items, err := j.History(t.Context(), *subjectOf(1), 0, 1); err != nil || len(items) != 1 {
				t.Errorf("what is there can be read: %v", err)
			}
			if err := test.mend(test.dir); err != nil {
				t.Fatal(err)
			}
			awaitPublishedSize(t, j, j.Size())
			mustInclude(t, j, proof.Promise, proof.Leaf)
			mustAppend(t, j, entryOf(1))
		})
	}
}

// Without its directory the tree is lost, whether or not anything is appended.
func TestTreeRemovedWhileRunning(t *testing.T) {
	for name, appends := range map[string]bool{"with entries to come": true, "idle": false} {
		t.Run(name, func(t *testing.T) {
			config := configIn(tempDir(t))
			config.TreeDir = filepath.Join(tempDir(t), "tree")
			j := mustOpen(t, config)
			mustAppend(t, j, entryOf(1))
			awaitPublishedSize(t, j, 1)
			if err := os.RemoveAll(config.TreeDir); err != nil {
				t.Fatal(err)
			}
			if appends {
				_, _ = j.Append(t.Context(), entryOf(1))
			}
			for begun := time.Now(); j.Err() == nil; time.Sleep(time.Millisecond) {
				if time.Since(begun) > 20*time.Second {
					t.Fatal("goes on without its tree")
				}
			}
			nothingSucceeds(t, j)
		})
	}
}

// An entry that waited for its turn while the tree fell behind gets no promise.
func TestLateWhileWaiting(t *testing.T) {
	j := mustOpen(t, configIn(tempDir(t)))
	mustAppend(t, j, entryOf(1))
	awaitPublishedSize(t, j, 1)
	for range maxUnderWay {
		j.queue.room <- struct{}{}
	}
	answer := make(chan error)
	go func() {
		_, err := j.Append(t.Context(), entryOf(1))
		answer <- err
	}()
	time.Sleep(50 * time.Millisecond) // it is past the first check or will see the second: both refuse
	j.tree.lag.grown(1<<40, time.Time{})
	for range maxUnderWay {
		<-j.queue.room
	}
	if err := <-answer; !errors.Is(err, ErrLag) {
		t.Errorf("got %v, want ErrLag", err)
	}
}

// A leaf that an entry bundle has no room for is not written.
func TestLeafThatTheTreeHasNoRoomFor(t *testing.T) {
	j := mustOpen(t, configIn(tempDir(t)))
	e := entryOf(1)
	e.Evidence.Country = string(make([]byte, 60_000))
	if _, err := j.Append(t.Context(), e); !errors.Is(err, ErrEntry) {
		t.Errorf("got %v, want ErrEntry", err)
	}
	mustAppend(t, j, entryOf(1))
	if items := historyOf(t, j, 1); len(items) != 1 {
		t.Errorf("%d entries", len(items))
	}
}
