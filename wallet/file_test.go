package wallet

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/proof"
)

const passphrase = "correct horse"

func savedFile(t *testing.T) (string, *File) {
	t.Helper()
	w := vectorIdentity(t)
	w.RecoveryHash = consent.Digest{5}
	s := answer(t, w, Choice{Language: "sw"})
	f := &File{Identity: *w, Vaults: []Vault{{URL: "https://vault.example", History: proof.HistoryState{Sequence: 4, Last: consent.Digest{6}}}},
		Receipts: []Receipt{s.Receipt("https://vault.example", ledgerDomain)}}
	path := filepath.Join(t.TempDir(), "wallet")
	if err := f.Save(t.Context(), path, crypto.Secret(passphrase)); err != nil {
		t.Fatal(err)
	}
	return path, f
}

func load(t *testing.T, path string) *File {
	t.Helper()
	f, err := Load(t.Context(), path, crypto.Secret(passphrase))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFile(t *testing.T) {
	path, f := savedFile(t)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	got := load(t, path)
	if got.Identity.ID() != f.Identity.ID() || !bytes.Equal(got.Identity.Seed.Bytes(), f.Identity.Seed.Bytes()) ||
		!reflect.DeepEqual(got.Vaults, f.Vaults) || !reflect.DeepEqual(got.Receipts, f.Receipts) {
		t.Error("what was loaded differs")
	}
	receipt := got.Receipts[0]
	withdraw := consent.Domain{ChainID: receipt.ChainID, Contract: receipt.Contract}.Digest(consent.WithdrawHash(receipt.Grant.ID()))
	if err := consent.Verify(withdraw, receipt.Withdrawal, receipt.Grant.GrantKey); err != nil {
		t.Errorf("the receipt's withdrawal: %v", err)
	}
	got.Receipts[0].Withdrawn = vectorTime
	if err := got.Save(t.Context(), path, crypto.Secret(passphrase)); err != nil {
		t.Fatal(err)
	}
	if again := load(t, path); again.Receipts[0].Withdrawn != vectorTime {
		t.Error("the second save was lost")
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("temporary files left: %d entries", len(left))
	}
}

func TestFileIsNotOverwritten(t *testing.T) {
	path, f := savedFile(t)
	before, _ := os.ReadFile(path)
	stranger := &File{Identity: *NewIdentity()}
	if err := stranger.Save(t.Context(), path, crypto.Secret(passphrase)); !errors.Is(err, fs.ErrExist) {
		t.Errorf("another identity over it: %v; want fs.ErrExist", err)
	}
	copied := &File{Identity: f.Identity}
	if err := copied.Save(t.Context(), path, crypto.Secret(passphrase)); !errors.Is(err, fs.ErrExist) {
		t.Errorf("the same identity without its receipts: %v; want fs.ErrExist", err)
	}
	if err := f.Save(t.Context(), path, nil); err == nil {
		t.Error("saved under an empty passphrase")
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Fatal("the file changed")
	}
	other := load(t, path)
	if err := other.Save(t.Context(), path, crypto.Secret(passphrase)); err != nil {
		t.Fatal(err)
	}
	if err := f.Save(t.Context(), path, crypto.Secret(passphrase)); !errors.Is(err, ErrChanged) {
		t.Errorf("over another program's save: %v; want ErrChanged", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := other.Save(t.Context(), path, crypto.Secret(passphrase)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after the file vanished: %v", err)
	}
}

func TestLoadRefuses(t *testing.T) {
	path, _ := savedFile(t)
	data, _ := os.ReadFile(path)
	if _, err := Load(t.Context(), path, crypto.Secret("correct hors")); !errors.Is(err, crypto.ErrPassphrase) {
		t.Errorf("wrong passphrase: %v", err)
	}
	if _, err := Load(t.Context(), path+"x", crypto.Secret(passphrase)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent: %v", err)
	}
	flip := func(i int) []byte {
		changed := bytes.Clone(data)
		changed[i] ^= 1
		return changed
	}
	sealed := func(plaintext []byte, aad string) []byte {
		out, err := crypto.NewPassphrase(crypto.Secret(passphrase), crypto.Argon2{MemoryKiB: 8 << 10, Passes: 1}).Wrap(t.Context(), plaintext, []byte(aad))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	wire := func(w fileWire) []byte {
		plaintext, err := fileEncoding.Marshal(&w)
		if err != nil {
			t.Fatal(err)
		}
		return sealed(plaintext, fileAAD)
	}
	for name, changed := range map[string][]byte{
		"empty": {}, "cut": data[:40], "last byte missing": data[:len(data)-1], "format changed": flip(0), "salt changed": flip(12), "tag changed": flip(len(data) - 1),
		"oversized": make([]byte, maxFile+1), "not CBOR": sealed([]byte("noise"), fileAAD), "of another purpose": sealed([]byte{0x80}, "wrappy keyring v1"),
		"format 2": wire(fileWire{Format: 2, Seed: make([]byte, 32)}), "short seed": wire(fileWire{Format: 1, Seed: make([]byte, 31)}),
	} {
		if err := os.WriteFile(path, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		if f, err := Load(t.Context(), path, crypto.Secret(passphrase)); f != nil || !errors.Is(err, crypto.ErrDecrypt) {
			t.Errorf("%s: %v; want ErrDecrypt", name, err)
		}
	}
}
