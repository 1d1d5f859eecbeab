package crypto

import (
	"crypto/ed25519"
	"errors"
	"io/fs"
	"os"
	"slices"
	"testing"
	"time"
)

func TestRotateMaster(t *testing.T) {
	old, next := NewPassphrase(Secret("old passphrase"), quick), NewPassphrase(Secret("new passphrase"), quick)
	path, k := newKeyring(t, old, "FR", "KE")
	before, _ := os.ReadFile(path)
	perishable, _ := os.ReadFile(PerishablePath(path))
	want := keyringProbe(t, k)
	region, _ := k.Region("KE")
	wrapped, _ := region.Wrap([]byte("a subject's key"), nil)

	if err := RotateMaster(t.Context(), path, next, next); !errors.Is(err, ErrPassphrase) {
		t.Errorf("with a wrong passphrase: %v", err)
	}
	if err := RotateMaster(t.Context(), path, old, next); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenKeyring(t.Context(), path, old); !errors.Is(err, ErrPassphrase) {
		t.Errorf("the old passphrase: %v", err)
	}
	again := reopened(t, path, next)
	if !slices.Equal(keyringProbe(t, again), want) {
		t.Error("the keys within have changed")
	}
	region, _ = again.Region("KE")
	if got, err := region.Unwrap(wrapped, nil); err != nil || string(got) != "a subject's key" {
		t.Errorf("what was wrapped before: %v", err)
	}
	oldFile, _ := decodeKeyring(before)
	newFile, _ := decodeKeyring(mustRead(t, path))
	for name := range oldFile.Keys {
		if string(oldFile.Keys[name]) == string(newFile.Keys[name]) {
			t.Errorf("%s was not wrapped anew", name)
		}
	}
	// The master KEK itself is another: one that leaked opens nothing of the new file.
	leaked, err := unwrapMaster(t.Context(), oldFile, old)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := leaked.Open(newFile.Regions["KE"], keyringAAD(kindRegion, "KE")); !errors.Is(err, ErrDecrypt) {
		t.Errorf("the old master KEK opens a new wrap: %v", err)
	}
	if string(perishable) != string(mustRead(t, PerishablePath(path))) {
		t.Error("the perishable keys were touched")
	}
	// What is said of copies: the old file with the old passphrase is what it was.
	if err := os.WriteFile(path, before, 0o600); err != nil {
		t.Fatal(err)
	}
	reopened(t, path, old)

	// A keyring that is open meanwhile goes on, and makes months.
	if err := RotateMaster(t.Context(), path, old, old); err != nil {
		t.Fatal(err)
	}
	if _, err := k.EnsureEpoch(202611); err != nil {
		t.Errorf("a running vault after a rotation: %v", err)
	}
	if err := k.AddRegion(t.Context(), "UG"); err == nil {
		t.Error("a running vault wrote over the rotated file")
	}
	reopened(t, path, old)
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path) //nolint:gosec // of the test
	if err != nil {
		t.Fatal(err)
	}
	return data
}

var errKilled = errors.New("killed")

// dyingDisk does so many steps and then nothing any more, as after a kill; what was
// written and not synced is lost with it. With once it fails in one step alone.
type dyingDisk struct {
	osDisk
	left *int
	once bool
}

func (d dyingDisk) step() error {
	if *d.left == 0 || *d.left < 0 && !d.once {
		*d.left = -1
		return errKilled
	}
	*d.left--
	return nil
}

type dyingFile struct {
	tempFile
	disk   dyingDisk
	synced *bool
}

func (d dyingDisk) CreateTemp(dir, pattern string) (tempFile, error) {
	if err := d.step(); err != nil {
		return nil, err
	}
	f, err := d.osDisk.CreateTemp(dir, pattern)
	return dyingFile{f, d, new(bool)}, err
}

func (f dyingFile) Write(p []byte) (int, error) {
	if err := f.disk.step(); err != nil {
		_, _ = f.tempFile.Write(p[:len(p)/2]) // torn
		return 0, err
	}
	return f.tempFile.Write(p)
}

func (f dyingFile) Sync() error {
	if err := f.disk.step(); err != nil {
		_ = os.Truncate(f.Name(), 0)
		return err
	}
	return f.tempFile.Sync()
}

func (d dyingDisk) Rename(from, to string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.osDisk.Rename(from, to)
}

func (d dyingDisk) Remove(name string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.osDisk.Remove(name)
}

func (d dyingDisk) SyncDir(dir string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.osDisk.SyncDir(dir)
}

// Killed at every step, the keyring opens with one of the two passphrases, and the same
// rotation, run again with whichever opens it, comes to its end.
func TestRotateMasterKilled(t *testing.T) {
	old, next := NewPassphrase(Secret("old passphrase"), quick), NewPassphrase(Secret("new passphrase"), quick)
	kept, replaced := 0, 0
	for steps := 0; ; steps++ {
		path, k := newKeyring(t, old, "KE")
		want := keyringProbe(t, k)
		left := steps
		err := rotateMaster(t.Context(), path, old, next, dyingDisk{left: &left})
		with := next
		if _, errOld := OpenKeyring(t.Context(), path, old); errOld == nil {
			with = old
			kept++
		} else {
			replaced++
		}
		if !slices.Equal(keyringProbe(t, reopened(t, path, with)), want) {
			t.Errorf("killed after %d steps: other keys", steps)
		}
		if err == nil && with == old {
			t.Errorf("reported as done after %d steps and is not", steps)
		}
		if err := RotateMaster(t.Context(), path, with, next); err != nil {
			t.Errorf("run again after %d steps: %v", steps, err)
		}
		if !slices.Equal(keyringProbe(t, reopened(t, path, next)), want) {
			t.Errorf("run again after %d steps: other keys", steps)
		}
		if left > 0 {
			break
		}
	}
	if kept < 3 || replaced < 2 {
		t.Errorf("%d runs kept the old file, %d replaced it: the kills are not where they should be", kept, replaced)
	}
}

// A rotation that cannot end leaves the file as it was: a key that was damaged is not wrapped
// anew as nothing.
func TestRotateMasterRefuses(t *testing.T) {
	kms := &rawKMS{key: make(Secret, KeySize)}
	for name, spoil := range map[string]func(f *keyringFile){
		"a region": func(f *keyringFile) { f.Regions["KE"][20] ^= 1 }, "a key": func(f *keyringFile) { f.Keys["view"][20] ^= 1 },
		"no key of this version": func(f *keyringFile) { f.Keys["another"] = f.Keys["view"] },
	} {
		path, k := newKeyring(t, kms, "KE")
		spoil(k.file)
		data, err := k.file.encode()
		if err := errors.Join(err, os.WriteFile(path, data, 0o600)); err != nil {
			t.Fatal(err)
		}
		if err := RotateMaster(t.Context(), path, kms, kms); !errors.Is(err, ErrDecrypt) || string(mustRead(t, path)) != string(data) {
			t.Errorf("%s that is damaged: %v", name, err)
		}
	}
	path, _ := newKeyring(t, kms, "KE")
	before := string(mustRead(t, path))
	if err := RotateMaster(t.Context(), path, kms, NewPassphrase(nil, quick)); err == nil || string(mustRead(t, path)) != before {
		t.Errorf("to an empty passphrase: %v", err)
	}
	if err := RotateMaster(t.Context(), path+".absent", kms, kms); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("where no keyring is: %v", err)
	}
}

// Killed at every step of adding a region, of making and destroying a month and of leaving a
// region, or refused that step by the disk, the keyring opens, nothing that was there before is lost but what was to go, and the
// same, done again, comes to its end.
func TestKeysKilled(t *testing.T) {
	kms := &rawKMS{key: make(Secret, KeySize)}
	now := time.Unix(1_790_000_000, 0)
	onePublic, one := newOfficer(t)
	twoPublic, two := newOfficer(t)
	leave := func(on disk, k *Keyring) error {
		first, errOne := SignLeave(k.path, testDeployment, "KE", one, now)
		second, errTwo := SignLeave(k.path, testDeployment, "KE", two, now)
		err := errors.Join(errOne, errTwo)
		if err == nil || errors.Is(err, ErrLeft) {
			err = leaveRegion(on, k.path, testDeployment, "KE", []ed25519.PublicKey{onePublic, twoPublic}, []LeaveOrder{first, second}, now)
		}
		if err == ErrLeft || errors.Is(err, ErrLeft) && !errors.Is(err, errKilled) { //nolint:errorlint // the run before had come to its end
			return nil
		}
		return err
	}
	for name, c := range map[string]struct {
		do   func(on disk, k *Keyring) error
		done func(k *Keyring) bool
	}{
		"a region added":    {func(_ disk, k *Keyring) error { return k.AddRegion(t.Context(), "UG") }, func(k *Keyring) bool { return second(k.Region("UG")) == nil }},
		"a month made":      {func(_ disk, k *Keyring) error { return second(k.EnsureEpoch(202612)) }, func(k *Keyring) bool { return second(k.Epoch(202612)) == nil }},
		"a month destroyed": {func(_ disk, k *Keyring) error { return k.DestroyEpochs(202611) }, func(k *Keyring) bool { return second(k.Epoch(202611)) != nil }},
		"a region left": {leave, func(k *Keyring) bool {
			f, err := decodeKeyring(mustRead(t, k.path))
			return errors.Is(second(k.Region("KE")), ErrLeft) && err == nil && f.Regions["KE"] == nil
		}},
	} {
		refused := 0
		for n := 0; ; n++ {
			path, k := newKeyring(t, kms, "FR", "KE")
			if _, err := k.EnsureEpoch(202611); err != nil {
				t.Fatal(err)
			}
			steps := n / 2
			left := steps
			k.disk = dyingDisk{left: &left, once: n%2 == 1}
			err := c.do(k.disk, k)
			if err != nil {
				refused++
			}
			again := reopened(t, path, kms)
			if err == nil && !c.done(again) {
				t.Errorf("%s: reported as done after %d steps and is not", name, steps)
			}
			if err := second(again.Region("FR")); err != nil {
				t.Errorf("%s: after %d steps another region is gone: %v", name, steps, err)
			}
			if c.done(again) { // it was only not told so
				err = nil
			} else {
				err = c.do(osDisk{}, again)
			}
			if err != nil || !c.done(reopened(t, path, kms)) {
				t.Errorf("%s: run again after %d steps: %v", name, steps, err)
			}
			if left > 0 {
				break
			}
		}
		if refused < 8 {
			t.Errorf("%s: %d runs were cut short: the kills are not where they should be", name, refused)
		}
	}
}
