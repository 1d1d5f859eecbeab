package crypto

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func reopened(t *testing.T, path string, kms KMS) *Keyring {
	t.Helper()
	k, err := OpenKeyring(t.Context(), path, kms)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestEpochKeys(t *testing.T) {
	kms := &rawKMS{key: make(Secret, KeySize)}
	path, k := newKeyring(t, kms, "KE")
	other := reopened(t, path, kms)
	if _, err := k.Epoch(202611); !errors.Is(err, ErrUnknownEpoch) {
		t.Errorf("before it was made: %v", err)
	}
	november, err := k.EnsureEpoch(202611)
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := november.Wrap([]byte("head"), []byte("aad"))
	if err != nil {
		t.Fatal(err)
	}
	// Another process finds the same key, not one of its own.
	same, err := other.EnsureEpoch(202611)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := same.Unwrap(wrapped, []byte("aad")); err != nil || string(got) != "head" {
		t.Fatalf("under the other process's key: %q, %v", got, err)
	}
	december, err := other.EnsureEpoch(202612)
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"another month":   second(december.Unwrap(wrapped, []byte("aad"))),
		"another purpose": second(november.Unwrap(wrapped, []byte("add"))),
		"cut":             second(november.Unwrap(wrapped[:20], []byte("aad"))),
	} {
		if !errors.Is(err, ErrDecrypt) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := k.Epoch(202612); !errors.Is(err, ErrUnknownEpoch) {
		t.Errorf("before a look at the file: %v", err)
	}
	if err := k.Refresh(); err != nil || !slices.Equal(k.Epochs(), []uint32{202611, 202612}) {
		t.Errorf("after a look at the file: %v, %v", k.Epochs(), err)
	}
	before, _ := os.ReadFile(PerishablePath(path))
	held, err := os.Open(PerishablePath(path)) // the old content, as a forensic look at the disk might find it
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Close() }()
	if err := k.DestroyEpochs(202611); err != nil {
		t.Fatal(err)
	}
	overwritten := make([]byte, len(before))
	if n, err := held.ReadAt(overwritten, 0); err != nil || n != len(before) || !bytes.Equal(overwritten, make([]byte, n)) {
		t.Errorf("the old file's bytes are still there: %v", err)
	}
	if err := other.Refresh(); err != nil {
		t.Fatal(err)
	}
	for name, ring := range map[string]*Keyring{"here": k, "the other process": other, "opened again": reopened(t, path, kms)} {
		if _, err := ring.Epoch(202611); !errors.Is(err, ErrUnknownEpoch) {
			t.Errorf("%s: a destroyed key: %v", name, err)
		}
		if _, err := ring.Epoch(202612); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, month := range []uint32{0, 202600, 202613, 1, 999999} {
		if _, err := k.EnsureEpoch(month); err == nil {
			t.Errorf("month %d taken", month)
		}
	}
}

func TestPerishableMalleability(t *testing.T) {
	kms := &rawKMS{key: make(Secret, KeySize)}
	path, k := newKeyring(t, kms, "KE", "FR")
	for _, month := range []uint32{202611, 202612} {
		if _, err := k.EnsureEpoch(month); err != nil {
			t.Fatal(err)
		}
	}
	file := PerishablePath(path)
	data, _ := os.ReadFile(file)
	refused := func(what string, changed []byte) {
		t.Helper()
		if err := os.WriteFile(file, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenKeyring(t.Context(), path, kms); !errors.Is(err, ErrDecrypt) {
			t.Fatalf("%s: %v; want ErrDecrypt", what, err)
		}
	}
	for i := range data {
		flipped := bytes.Clone(data)
		flipped[i] ^= 1 << (i % 8)
		refused("bit flipped", flipped)
	}
	refused("cut", data[:len(data)-1])
	refused("trailing byte", append(bytes.Clone(data), ' '))
	refused("unknown member", bytes.Replace(data, []byte("{"), []byte(`{"x":1,`), 1))
	change := func(what string, edit func(*perishableFile)) {
		t.Helper()
		f, err := decodePerishable(data)
		if err != nil {
			t.Fatal(err)
		}
		edit(f)
		changed, _ := json.MarshalIndent(f, "", "  ")
		refused(what, append(changed, '\n'))
	}
	change("format 2", func(f *perishableFile) { f.Format = 2 })
	change("months swapped", func(f *perishableFile) {
		f.Epochs["202611"], f.Epochs["202612"] = f.Epochs["202612"], f.Epochs["202611"]
	})
	change("no month", func(f *perishableFile) { f.Epochs["202613"] = f.Epochs["202612"] })
	change("regions swapped", func(f *perishableFile) { f.Regions["KE"], f.Regions["FR"] = f.Regions["FR"], f.Regions["KE"] })
	change("a region gone, not left", func(f *perishableFile) { delete(f.Regions, "KE") })
	change("epoch as a region", func(f *perishableFile) {
		f.Regions["KE"] = regionGuard{ID: f.Regions["KE"].ID, Key: f.Epochs["202611"]}
	})
	change("lists missing", func(f *perishableFile) { f.Left = nil })

	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenKeyring(t.Context(), path, kms); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "put back its newest copy") {
		t.Errorf("without the file: %v", err)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	reopened(t, path, kms)
}

// An archive of the keyring alone opens no region.
func TestKeyringWithoutItsPerishableKeys(t *testing.T) {
	kms := &rawKMS{key: make(Secret, KeySize)}
	path, _ := newKeyring(t, kms, "KE")
	elsewhere, _ := newKeyring(t, kms, "KE")
	theirs, _ := os.ReadFile(PerishablePath(elsewhere))
	if err := os.WriteFile(PerishablePath(path), theirs, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenKeyring(t.Context(), path, kms); !errors.Is(err, ErrDecrypt) {
		t.Errorf("with another vault's: %v", err)
	}
}

// The files of testdata open for ever, and what was wrapped under their keys.
// What cannot be written down is no key: not for this process either, until it can be.
func TestPerishableKeysAreOnDiskFirst(t *testing.T) {
	kms := &rawKMS{key: make(Secret, KeySize)}
	path, k := newKeyring(t, kms, "KE")
	if _, err := k.EnsureEpoch(202611); err != nil {
		t.Fatal(err)
	}
	for _, month := range []uint32{0, 202600, 202613, 99, 1_000_001} {
		if e, err := k.EnsureEpoch(month); e != nil || err == nil {
			t.Errorf("a key for month %d", month)
		}
	}
	away := PerishablePath(path) + ".away"
	if err := os.Rename(PerishablePath(path), away); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"a month": second(k.EnsureEpoch(202612)), "a region": k.AddRegion(t.Context(), "UG"),
		"a look": k.Refresh(), "destroyed": k.DestroyEpochs(202611), "opened": second(OpenKeyring(t.Context(), path, kms)),
	} {
		if !errors.Is(err, fs.ErrNotExist) && (err == nil || !strings.Contains(err.Error(), "is gone")) {
			t.Errorf("%s without the file: %v", name, err)
		}
	}
	if _, err := k.Epoch(202612); !errors.Is(err, ErrUnknownEpoch) {
		t.Errorf("a key that is in no file: %v", err)
	}
	if _, err := k.Region("UG"); !errors.Is(err, ErrUnknownRegion) || k.RegionID("UG") != "" {
		t.Errorf("a region that is in no file: %v", err)
	}
	if err := os.Rename(away, PerishablePath(path)); err != nil {
		t.Fatal(err)
	}
	if _, err := k.EnsureEpoch(202612); err != nil {
		t.Errorf("after it is back: %v", err)
	}
	if id := k.RegionID("KE"); len(id) != 32 || id != reopened(t, path, kms).RegionID("KE") {
		t.Errorf("region %q", id)
	}
}

// A file that names a month which is none, under a name that this keyring has sealed: refused
// whole, and what was open stays as it was.
func TestPerishableMonthsAreMonths(t *testing.T) {
	kms := &rawKMS{key: make(Secret, KeySize)}
	_, k := newKeyring(t, kms, "KE")
	if _, err := k.EnsureEpoch(202611); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "202613", "000000", "2026", "20261100", "+20261", "2026-1", "0202611", "20261"} {
		f := k.perishable.clone()
		wrapped, err := k.newPerishable(kindEpoch, name)
		if err != nil {
			t.Fatal(err)
		}
		f.Epochs[name] = wrapped
		if err := k.takePerishable(f); err == nil {
			t.Errorf("month %q taken", name)
		}
		if !slices.Equal(k.Epochs(), []uint32{202611}) {
			t.Fatalf("after %q: %v", name, k.Epochs())
		}
	}
	for _, n := range []int{0, 16, 33} {
		f := k.perishable.clone()
		wrapped, err := k.sealers["perishable"].Seal(make([]byte, n), keyringAAD(kindEpoch, "202612"))
		if err != nil {
			t.Fatal(err)
		}
		f.Epochs["202612"] = wrapped
		if err := k.takePerishable(f); !errors.Is(err, ErrDecrypt) {
			t.Errorf("a key of %d bytes: %v", n, err)
		}
	}
}

func TestKeyringVector(t *testing.T) {
	const files = "testdata/keyring.json"
	dir := t.TempDir()
	path := filepath.Join(dir, "keyring.json")
	kms := NewPassphrase(Secret("wrappy keyring vector"), quick)
	if *update {
		_ = os.Remove(files)
		_ = os.Remove(PerishablePath(files))
		k, err := CreateKeyring(t.Context(), files, kms, []string{"JO", "KE"})
		if err != nil {
			t.Fatal(err)
		}
		e, err := k.EnsureEpoch(202611)
		if err != nil {
			t.Fatal(err)
		}
		region, _ := k.Region("KE")
		inner, _ := region.Wrap([]byte("a journal key"), []byte("purpose"))
		outer, _ := e.Wrap(inner, []byte("purpose"))
		text := base64.StdEncoding.EncodeToString(outer) + "\n"
		if err := os.WriteFile("testdata/keyring-wrapped.txt", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for from, to := range map[string]string{files: path, PerishablePath(files): PerishablePath(path)} {
		data, err := os.ReadFile(from) //nolint:gosec // testdata
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	k := reopened(t, path, kms)
	text, err := os.ReadFile("testdata/keyring-wrapped.txt")
	if err != nil {
		t.Fatal(err)
	}
	outer, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	e, err := k.Epoch(202611)
	if err != nil {
		t.Fatal(err)
	}
	inner, err := e.Unwrap(outer, []byte("purpose"))
	if err != nil {
		t.Fatal(err)
	}
	region, err := k.Region("KE")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := region.Unwrap(inner, []byte("purpose")); err != nil || string(got) != "a journal key" {
		t.Errorf("%q, %v", got, err)
	}
}

func FuzzPerishableFile(f *testing.F) {
	f.Add([]byte("{\n  \"format\": 1,\n  \"epochs\": {\n    \"202611\": \"eA==\"\n  },\n  \"regions\": {},\n  \"left\": []\n}\n"))
	f.Add([]byte("{\n  \"format\": 1,\n  \"epochs\": {},\n  \"regions\": {\n    \"KE\": {\n      \"id\": \"00\",\n      \"key\": \"eA==\"\n    }\n  },\n  \"left\": [\n    {\n      \"region\": \"FR\",\n      \"id\": \"00\",\n      \"time\": 7,\n      \"orders\": []\n    }\n  ]\n}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := decodePerishable(data)
		if err != nil {
			if !errors.Is(err, ErrDecrypt) {
				t.Fatal(err)
			}
			return
		}
		again, err := file.encode()
		if err != nil || !bytes.Equal(again, data) {
			t.Fatal("second spelling accepted")
		}
	})
}
