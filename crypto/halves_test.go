package crypto

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// What is no file of perishable keys in every member is none, also where nothing is missed yet.
func TestDecodePerishableRefuses(t *testing.T) {
	const good = `{"format":1,"epochs":{},"regions":{},"left":[]}`
	spelled := func(text string) []byte {
		var f perishableFile
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			t.Fatal(err)
		}
		data, err := f.encode()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	if _, err := decodePerishable(spelled(good)); err != nil {
		t.Fatal(err)
	}
	many := strings.Repeat(`{"region":"KE","id":"","time":0,"orders":[]},`, maxLeft)
	for name, text := range map[string]string{
		"no months": strings.Replace(good, `"epochs":{}`, `"epochs":null`, 1), "no regions": strings.Replace(good, `"regions":{}`, `"regions":null`, 1),
		"nothing left, and no list": strings.Replace(good, `"left":[]`, `"left":null`, 1), "format 0": strings.Replace(good, "1", "0", 1),
		"no month": strings.Replace(good, `"epochs":{}`, `"epochs":{"202613":"eA=="}`, 1), "a month in seven digits": strings.Replace(good, `"epochs":{}`, `"epochs":{"0202611":"eA=="}`, 1),
		"more left than there can be": strings.Replace(good, `"left":[]`, `"left":[`+many+`{"region":"KE","id":"","time":0,"orders":[]}]`, 1),
	} {
		if _, err := decodePerishable(spelled(text)); !errors.Is(err, ErrDecrypt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Another vault's file, or none that can be read, changes nothing of what is open.
func TestRefreshRefuses(t *testing.T) {
	kms := &rawKMS{key: make(Secret, KeySize)}
	path, k := newKeyring(t, kms, "KE")
	elsewhere, other := newKeyring(t, kms, "KE")
	for ring, month := range map[*Keyring]uint32{k: 202611, other: 202612} {
		if _, err := ring.EnsureEpoch(month); err != nil {
			t.Fatal(err)
		}
	}
	mine := mustRead(t, PerishablePath(path))
	if err := os.WriteFile(PerishablePath(path), mustRead(t, PerishablePath(elsewhere)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := k.Refresh(); !errors.Is(err, ErrDecrypt) {
		t.Errorf("another vault's file: %v", err)
	}
	if err := os.Remove(PerishablePath(path)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(PerishablePath(path), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{"a look": k.Refresh(), "read": second(ReadPerishable(path)), "opened": second(OpenKeyring(t.Context(), path, kms))} {
		if !errors.Is(err, syscall.EISDIR) {
			t.Errorf("%s, where a folder is: %v", name, err)
		}
	}
	if err := os.Remove(PerishablePath(path)); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadPerishable(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("read, where nothing is: %v", err)
	}
	if e, err := k.EnsureEpoch(202611); e == nil || err != nil || !slices.Equal(k.Epochs(), []uint32{202611}) {
		t.Errorf("what was open: %v, %v", k.Epochs(), err) // it takes no file
	}
	if err := replaceWiped(osDisk{}, PerishablePath(path), mine); err != nil {
		t.Errorf("written where nothing was: %v", err)
	}
	if err := k.Refresh(); err != nil {
		t.Error(err)
	}
}

// A region of which one half is gone, is of another time, or is no key at all does not open, and
// whoever is to repair it learns which.
func TestRegionHalves(t *testing.T) {
	kms := &rawKMS{key: make(Secret, KeySize)}
	open := func(change func(k *Keyring, p *perishableFile, f *keyringFile) error) error {
		t.Helper()
		path, k := newKeyring(t, kms, "KE")
		p, f := k.perishable.clone(), *k.file
		if err := change(k, p, &f); err != nil {
			t.Fatal(err)
		}
		perishable, errOne := p.encode()
		keyring, errTwo := f.encode()
		if err := errors.Join(errOne, errTwo, os.WriteFile(PerishablePath(path), perishable, 0o600), os.WriteFile(path, keyring, 0o600)); err != nil {
			t.Fatal(err)
		}
		_, err := OpenKeyring(t.Context(), path, kms)
		return err
	}
	for name, c := range map[string]struct {
		says   string
		change func(k *Keyring, p *perishableFile, f *keyringFile) error
	}{
		"gone, not left": {"put back its newest copy", func(_ *Keyring, p *perishableFile, _ *keyringFile) error { delete(p.Regions, "KE"); return nil }},
		"of another time": {"not of one time", func(k *Keyring, p *perishableFile, _ *keyringFile) error {
			id := p.Regions["KE"].ID
			key, err := k.newPerishable(kindGuard, guardName("KE", id))
			p.Regions["KE"] = regionGuard{ID: id, Key: key}
			return err
		}},
		"no key": {"a region", func(k *Keyring, p *perishableFile, f *keyringFile) error {
			guard, err := k.openPerishable(kindGuard, guardName("KE", p.Regions["KE"].ID), p.Regions["KE"].Key)
			if err != nil {
				return err
			}
			inner, err := Seal(guard, []byte("no keyset"), keyringAAD(kindRegion, "KE"))
			if err != nil {
				return err
			}
			f.Regions["KE"], err = k.master.Seal(inner, keyringAAD(kindRegion, "KE"))
			return err
		}},
	} {
		if err := open(c.change); !errors.Is(err, ErrDecrypt) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
