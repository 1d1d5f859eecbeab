package client

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/ledgerref"
)

var testSecret = crypto.Secret("correct horse battery staple")

func newFolder(t *testing.T) (*InstitutionKeys, string) {
	t.Helper()
	dir := t.TempDir()
	keys, err := NewInstitutionKeys(t.Context(), dir, "A clinic", consent.KindClinic, "KE", testSecret)
	if err != nil {
		t.Fatal(err)
	}
	return keys, dir
}

// inUse is the hash of the pair that a server would read from the folder.
func inUse(t *testing.T, dir string) consent.Digest {
	t.Helper()
	keys, err := OpenInstitutionKeys(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	hash, err := ledgerref.KeyHash(keys.Signer().Public())
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func TestRotationInTheFolder(t *testing.T) {
	keys, dir := newFolder(t)
	first := inUse(t, dir)
	staged, err := keys.StageTLS("", "")
	if err != nil {
		t.Fatal(err)
	}
	if inUse(t, dir) != first {
		t.Error("in use before the ledger has it")
	}

	// cut short: the same pair is found again
	again, err := OpenInstitutionKeys(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	resumed, err := again.StageTLS("", "")
	if err != nil || resumed.Hash != staged.Hash {
		t.Fatalf("another pair after a crash: %v", err)
	}
	certificate, key := keys.TLSFiles()
	if _, err := again.StageTLS(certificate, key); err == nil {
		t.Error("a key of one's own in place of the one that may be on the ledger")
	}
	if err := again.SwitchTLS(resumed); err != nil {
		t.Fatal(err)
	}
	if inUse(t, dir) != staged.Hash {
		t.Error("the new pair is not in use")
	}

	// the second rotation swaps one link; the old pairs stay until they are forgotten
	next, err := again.StageTLS("", "")
	if err != nil {
		t.Fatal(err)
	}
	if next.Hash == staged.Hash {
		t.Fatal("the finished rotation is begun again")
	}
	if err := again.SwitchTLS(next); err != nil {
		t.Fatal(err)
	}
	for _, hash := range []consent.Digest{first, staged.Hash, next.Hash} {
		pair := filepath.Join(dir, tlsDir, hash.String()[2:18])
		if _, err := tls.LoadX509KeyPair(filepath.Join(pair, certificateFile), filepath.Join(pair, tlsKeyFile)); err != nil {
			t.Errorf("a pair is gone or does not fit: %v", err)
		}
		if info, err := os.Stat(filepath.Join(pair, tlsKeyFile)); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("others can read the key: %v", err)
		}
	}
	if err := again.ForgetTLS(next.Hash); err != nil || inUse(t, dir) != next.Hash {
		t.Errorf("the pair in use was forgotten: %v", err)
	}
	if err := again.ForgetTLS(first); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, tlsDir, first.String()[2:18])); !os.IsNotExist(err) {
		t.Errorf("the removed key's pair stays: %v", err)
	}
}

// Whatever step a rotation is cut short after, the folder has a pair that fits.
func TestSwitchIsWhole(t *testing.T) {
	keys, dir := newFolder(t)
	first := inUse(t, dir)
	staged, err := keys.StageTLS("", "")
	if err != nil {
		t.Fatal(err)
	}
	root, was := filepath.Join(dir, tlsDir), first.String()[2:18]
	for i, step := range []func() error{
		func() error { return keys.writePair(filepath.Join(root, was), keys.Certificate) },
		func() error { return relink(was, filepath.Join(root, currentLink)) },
	} {
		if err := step(); err != nil || inUse(t, dir) != first {
			t.Errorf("step %d: %v", i, err)
		}
	}
	for _, name := range []string{certificateFile, tlsKeyFile} {
		if err := relink(filepath.Join(tlsDir, currentLink, name), filepath.Join(dir, name)); err != nil || inUse(t, dir) != first {
			t.Errorf("%s linked: %v", name, err)
		}
	}
	if err := keys.SwitchTLS(staged); err != nil || inUse(t, dir) != staged.Hash {
		t.Errorf("switched: %v", err)
	}
}

func TestColdKeyInTheFolder(t *testing.T) {
	keys, dir := newFolder(t)
	ctx, old := t.Context(), keys.Cold.Address()
	next, err := keys.StageCold(ctx, testSecret)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := keys.StageCold(ctx, testSecret); err != nil || again.Address() != next.Address() {
		t.Errorf("another key after a crash: %v", err)
	}
	if _, err := keys.StageCold(ctx, crypto.Secret("wrong passphrase")); err == nil {
		t.Error("opened by a wrong passphrase")
	}
	if err := keys.SwitchCold(ctx, testSecret, old); err == nil {
		t.Error("switched before the ledger has it")
	}
	opened, err := OpenInstitutionKeys(ctx, dir, testSecret)
	if err != nil || opened.Cold.Address() != old {
		t.Fatalf("the old key is gone: %v", err)
	}
	if err := keys.SwitchCold(ctx, testSecret, next.Address()); err != nil {
		t.Fatal(err)
	}
	if opened, err = OpenInstitutionKeys(ctx, dir, testSecret); err != nil || opened.Cold.Address() != next.Address() || opened.ID != keys.ID {
		t.Errorf("after the switch: %v", err)
	}
	path := filepath.Join(t.TempDir(), "recovery.key")
	recovery, err := NewRecoveryKey(ctx, path, testSecret)
	if err != nil {
		t.Fatal(err)
	}
	if read, err := OpenRecoveryKey(ctx, path, testSecret); err != nil || read.Address() != recovery.Address() {
		t.Errorf("recovery key: %v", err)
	}
	if _, err := NewRecoveryKey(ctx, path, testSecret); err == nil {
		t.Error("a recovery key was written over")
	}
	if _, err := OpenRecoveryKey(ctx, filepath.Join(dir, coldKeyFile), testSecret); err == nil {
		t.Error("a cold key taken for a recovery key")
	}
}
