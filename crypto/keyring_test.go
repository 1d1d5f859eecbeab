package crypto

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/mac"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
)

// quick keeps Argon2id at the lower bound; nothing else in it differs from production.
var quick = Argon2{MemoryKiB: 8 << 10, Passes: 1, Lanes: 1}

// rawKMS stands where a cloud KMS would: a key that the keyring never sees.
type rawKMS struct {
	key    Secret
	opened int
}

func (k *rawKMS) Wrap(_ context.Context, plaintext, aad []byte) ([]byte, error) {
	return Seal(k.key, plaintext, aad)
}

func (k *rawKMS) Unwrap(_ context.Context, ciphertext, aad []byte) ([]byte, error) {
	k.opened++
	return Open(k.key, ciphertext, aad)
}

func newKeyring(t *testing.T, kms KMS, regions ...string) (path string, k *Keyring) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "keyring.json")
	k, err := CreateKeyring(t.Context(), path, kms, regions)
	if err != nil {
		t.Fatal(err)
	}
	return path, k
}

// keyringProbe is what the keys of a keyring do, to compare two.
func keyringProbe(t *testing.T, k *Keyring) []string {
	t.Helper()
	probe := slices.Clone(k.Regions())
	for name, kind := range keyTable {
		if kind == kindRaw {
			key, err := k.Raw(name)
			if err != nil {
				t.Fatal(err)
			}
			probe = append(probe, name+ObjectName(key, "head"))
		}
	}
	slices.Sort(probe)
	return append(probe, string(k.JournalSigner()))
}

func TestKeyringReopens(t *testing.T) {
	kms := NewPassphrase(Secret("correct horse"), quick)
	path, made := newKeyring(t, kms, "KE", "FR")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	region, err := made.Region("KE")
	if err != nil {
		t.Fatal(err)
	}
	subject := newTestSubject(t)
	wrapped, err := region.WrapSubject(subject, [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	heads, err := made.Sealer("heads")
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := heads.Seal([]byte("head"), []byte("ad"))
	if err != nil {
		t.Fatal(err)
	}

	opened, err := OpenKeyring(t.Context(), path, kms)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := keyringProbe(t, made), keyringProbe(t, opened); !slices.Equal(a, b) {
		t.Error("keys differ after reopening")
	}
	region, _ = opened.Region("KE")
	again, err := region.UnwrapSubject(wrapped, [32]byte{1})
	if err != nil || again.FieldTag("identity.name") != subject.FieldTag("identity.name") {
		t.Errorf("subject KEK differs: %v", err)
	}
	if got, err := again.OpenField(testAD, sealTestField(t, subject, testAD, "x")); err != nil || string(got) != "x" {
		t.Errorf("field under the unwrapped KEK: %q, %v", got, err)
	}
	heads, _ = opened.Sealer("heads")
	if got, err := heads.Open(sealed, []byte("ad")); err != nil || string(got) != "head" {
		t.Errorf("head = %q, %v", got, err)
	}

	france, _ := opened.Region("FR")
	tombstones, _ := opened.Sealer("tombstones")
	for name, err := range map[string]error{
		"another identity": second(region.UnwrapSubject(wrapped, [32]byte{2})),
		"another region":   second(france.UnwrapSubject(wrapped, [32]byte{1})),
		"as a plain wrap":  second(region.Unwrap(wrapped, nil)),
		"cut":              second(region.UnwrapSubject(wrapped[:20], [32]byte{1})),
		"another keyset":   second(tombstones.Open(sealed, []byte("ad"))),
		"another purpose":  second(heads.Open(sealed, []byte("da"))),
	} {
		if !errors.Is(err, ErrDecrypt) {
			t.Errorf("%s: %v; want ErrDecrypt", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// What is unwrapped must be a keyset of AES-256-GCM keys and nothing else.
func TestUnwrapSubjectNotAKeyset(t *testing.T) {
	_, k := newKeyring(t, &rawKMS{key: make(Secret, KeySize)}, "KE")
	region, _ := k.Region("KE")
	keysetOf := func(template *tinkpb.KeyTemplate) []byte {
		handle, err := keyset.NewHandle(template)
		if err != nil {
			t.Fatal(err)
		}
		var serialised bytes.Buffer
		if err := insecurecleartextkeyset.Write(handle, keyset.NewBinaryWriter(&serialised)); err != nil {
			t.Fatal(err)
		}
		return serialised.Bytes()
	}
	for name, content := range map[string][]byte{
		"empty": {}, "noise": []byte("not a keyset"), "long": make([]byte, maxKeyset+1), "of many keys": manyKeys(t),
		"AES-128": keysetOf(aead.AES128GCMKeyTemplate()), "another algorithm": keysetOf(aead.XChaCha20Poly1305KeyTemplate()),
		"not an AEAD": keysetOf(mac.HMACSHA256Tag256KeyTemplate()),
	} {
		wrapped, err := region.Wrap(content, subjectAAD("wrappy subject KEK v1", [32]byte{}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := region.UnwrapSubject(wrapped, [32]byte{}); !errors.Is(err, ErrDecrypt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// manyKeys is a keyset in order, and longer than any that is written.
func manyKeys(t *testing.T) []byte {
	t.Helper()
	m := keyset.NewManager()
	for range maxKeyset / 64 {
		id, err := m.Add(aead.AES256GCMKeyTemplate())
		if err != nil {
			t.Fatal(err)
		}
		if err := m.SetPrimary(id); err != nil {
			t.Fatal(err)
		}
	}
	handle, err := m.Handle()
	if err != nil {
		t.Fatal(err)
	}
	var serialised bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewBinaryWriter(&serialised)); err != nil {
		t.Fatal(err)
	}
	if serialised.Len() <= maxKeyset {
		t.Fatalf("%d bytes are no long keyset", serialised.Len())
	}
	return serialised.Bytes()
}

func TestKeySizes(t *testing.T) {
	for _, n := range []int{0, 16, 24, 31, 33, 64} {
		if sealed, err := Seal(make(Secret, n), []byte("plaintext"), nil); sealed != nil || !errors.Is(err, errKeySize) {
			t.Errorf("sealed under %d bytes: %v", n, err)
		}
		if _, err := Open(make(Secret, n), make([]byte, 64), nil); !errors.Is(err, ErrDecrypt) {
			t.Errorf("opened under %d bytes: %v", n, err)
		}
	}
}

func TestKeyringRefuses(t *testing.T) {
	kms := NewPassphrase(Secret("correct horse"), quick)
	path, k := newKeyring(t, kms, "KE")
	before, _ := os.ReadFile(path)

	beside := filepath.Join(t.TempDir(), "keyring") // whose perishable keys are there already
	if err := os.WriteFile(PerishablePath(beside), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := CreateKeyring(t.Context(), beside, kms, nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("beside another's perishable keys: %v", err)
	}
	alone := filepath.Join(t.TempDir(), "keyring.json") // whose perishable keys are to be put back
	if err := os.WriteFile(alone, before, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := CreateKeyring(t.Context(), alone, kms, nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("where a keyring is: %v", err)
	}
	if _, err := os.Stat(PerishablePath(alone)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("perishable keys that are not a keyring's stand beside it: %v", err)
	}
	if _, err := CreateKeyring(t.Context(), path, kms, nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("create over an existing file: %v; want fs.ErrExist", err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("existing file changed")
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 2 {
		t.Errorf("temporary files left: %d entries", len(left))
	}
	if _, err := OpenKeyring(t.Context(), path, NewPassphrase(Secret("correct horsf"), quick)); !errors.Is(err, ErrPassphrase) {
		t.Errorf("wrong passphrase: %v; want ErrPassphrase", err)
	}
	if _, err := OpenKeyring(t.Context(), path+"x", kms); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent file: %v; want fs.ErrNotExist", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := OpenKeyring(cancelled, path, kms); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := CreateKeyring(t.Context(), path+"2", NewPassphrase(nil, quick), nil); err == nil {
		t.Error("empty passphrase taken")
	}
	perishable := mustRead(t, PerishablePath(path))
	for _, region := range []string{"", "ke", "KEN", "K1", "1K", "kE", "Ke", "K[", "[E", "@E", "K@", "../KE"} {
		if _, err := CreateKeyring(t.Context(), path+"3", kms, []string{region}); err == nil || !strings.Contains(err.Error(), "ISO 3166") {
			t.Errorf("region %q: %v", region, err)
		}
		if err := k.AddRegion(t.Context(), region); err == nil || !strings.Contains(err.Error(), "ISO 3166") {
			t.Errorf("region %q added: %v", region, err)
		}
		if !bytes.Equal(mustRead(t, path), before) || !bytes.Equal(mustRead(t, PerishablePath(path)), perishable) {
			t.Fatalf("region %q: a file has changed", region)
		}
		if _, err := k.Region(region); !errors.Is(err, ErrUnknownRegion) {
			t.Errorf("region %q: %v; want ErrUnknownRegion", region, err)
		}
	}
	for _, name := range []string{"", "journal.sign", "heads", "nothing"} {
		if _, err := k.Raw(name); err == nil {
			t.Errorf("raw key %q given", name)
		}
	}
	for _, name := range []string{"", "journal.sign", "pseudonyms", "nothing"} {
		if _, err := k.Sealer(name); err == nil {
			t.Errorf("keyset %q given", name)
		}
	}
}

func TestKeyringOversized(t *testing.T) {
	kms := &rawKMS{key: make(Secret, KeySize)}
	path, _ := newKeyring(t, kms)
	data, _ := os.ReadFile(path)
	data = append(data, bytes.Repeat([]byte(" "), maxKeyringFile)...)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenKeyring(t.Context(), path, kms); !errors.Is(err, ErrDecrypt) || kms.opened != 0 {
		t.Errorf("oversized: %v, KMS asked %d times", err, kms.opened)
	}
}

func TestReadFileLimit(t *testing.T) {
	if data, err := ReadFile(t.TempDir(), 10); err == nil {
		t.Errorf("a folder, as %d bytes", len(data))
	}
	if err := (osDisk{}).SyncDir(filepath.Join(t.TempDir(), "absent")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("synced an absent folder: %v", err)
	}
	path := filepath.Join(t.TempDir(), "secret")
	for size, open := range map[int]bool{0: true, 9: true, 10: true, 11: false, 1000: false} {
		if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
		data, err := ReadFile(path, 10)
		if (err == nil) != open || (err != nil && !errors.Is(err, ErrDecrypt)) || len(data) > 10 {
			t.Errorf("%d bytes of at most 10: %d bytes, %v", size, len(data), err)
		}
	}
}

// One bit of every byte of the file, each cut, and other spellings.
func TestKeyringMalleability(t *testing.T) {
	kms := &rawKMS{key: make(Secret, KeySize)}
	path, _ := newKeyring(t, kms, "KE", "FR")
	data, _ := os.ReadFile(path)
	refused := func(what string, changed []byte) {
		t.Helper()
		if err := os.WriteFile(path, changed, 0o600); err != nil {
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
	for n := 0; n < len(data); n += 17 {
		refused("cut", data[:n])
	}
	refused("trailing byte", append(bytes.Clone(data), ' '))
	refused("unknown member", bytes.Replace(data, []byte("{"), []byte(`{"x":1,`), 1))
	refused("duplicate member", bytes.Replace(data, []byte(`"format": 1,`), []byte("\"format\": 1,\n  \"format\": 1,"), 1))
	refused("other case", bytes.Replace(data, []byte(`"format"`), []byte(`"Format"`), 1))

	change := func(what string, edit func(*keyringFile)) {
		f, err := decodeKeyring(data)
		if err != nil {
			t.Fatal(err)
		}
		edit(f)
		changed, _ := json.MarshalIndent(f, "", "  ")
		refused(what, append(changed, '\n'))
	}
	change("format 2", func(f *keyringFile) { f.Format = 2 })
	change("regions swapped", func(f *keyringFile) { f.Regions["KE"], f.Regions["FR"] = f.Regions["FR"], f.Regions["KE"] })
	change("region renamed", func(f *keyringFile) { f.Regions["UG"] = f.Regions["KE"] })
	change("keys of one kind swapped", func(f *keyringFile) { f.Keys["names.heads"] = f.Keys["names.records"] })
	change("keys of two kinds swapped", func(f *keyringFile) { f.Keys["heads"] = f.Keys["names.records"] })
	change("region as a key", func(f *keyringFile) { f.Keys["heads"] = f.Regions["KE"] })
	change("key missing", func(f *keyringFile) { delete(f.Keys, "view") })
	change("key too many", func(f *keyringFile) { f.Keys["extra"] = f.Keys["view"] })
	change("no master", func(f *keyringFile) { f.Master = nil })

	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenKeyring(t.Context(), path, kms); err != nil {
		t.Errorf("the file itself: %v", err)
	}
}

func TestAddRegion(t *testing.T) {
	kms := &rawKMS{key: make(Secret, KeySize)}
	path, k := newKeyring(t, kms, "KE")
	var wait sync.WaitGroup
	for range 4 { // readers beside the writer, for the race detector
		wait.Go(func() { _, _ = k.Region("FR"); _ = k.Regions() })
	}
	if err := k.AddRegion(t.Context(), "FR"); err != nil {
		t.Fatal(err)
	}
	wait.Wait()
	again, err := OpenKeyring(t.Context(), path, kms)
	if err != nil || strings.Join(again.Regions(), " ") != "FR KE" {
		t.Fatalf("after adding: %v", err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	here, _ := k.Region("FR")
	there, _ := again.Region("FR")
	wrapped, _ := here.Wrap([]byte("k"), nil)
	if _, err := there.Unwrap(wrapped, nil); err != nil {
		t.Errorf("the added region's key differs: %v", err)
	}
	if err := k.AddRegion(t.Context(), "FR"); err == nil {
		t.Error("added twice: its first key would be lost")
	}
	if err := again.AddRegion(t.Context(), "UG"); err != nil {
		t.Fatal(err)
	}
	if err := k.AddRegion(t.Context(), "TZ"); err == nil {
		t.Error("wrote over a region that another program added")
	}
}

func FuzzKeyringFile(f *testing.F) {
	f.Add([]byte(`{"format":1}`))
	f.Add([]byte("{\n  \"format\": 1,\n  \"master\": \"" + base64.StdEncoding.EncodeToString([]byte("x")) + "\",\n  \"regions\": {},\n  \"keys\": {}\n}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := decodeKeyring(data)
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
