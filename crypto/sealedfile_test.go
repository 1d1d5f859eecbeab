package crypto

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func sealedFile(t *testing.T, plaintext []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := SealFile(t.Context(), Secret("of the test"), &out, []byte("aad"))
	if err == nil {
		_, err = w.Write(plaintext)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func openedFile(t *testing.T, passphrase, aad string, sealed []byte) ([]byte, error) {
	t.Helper()
	r, err := OpenSealedFile(t.Context(), Secret(passphrase), bytes.NewReader(sealed), []byte(aad))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func TestSealedFile(t *testing.T) {
	plaintext := bytes.Repeat([]byte("grace "), 3000)
	sealed := sealedFile(t, plaintext)
	if got, err := openedFile(t, "of the test", "aad", sealed); err != nil || !bytes.Equal(got, plaintext) {
		t.Fatal(len(got), err)
	}
	if bytes.Contains(sealed, []byte("grace")) || !IsSealedFile(sealed) || IsSealedFile(plaintext) {
		t.Error("not sealed, or not known as such")
	}
	if _, err := openedFile(t, "another", "aad", sealed); !errors.Is(err, ErrPassphrase) {
		t.Errorf("another passphrase: %v", err)
	}
	if _, err := openedFile(t, "of the test", "other", sealed); !errors.Is(err, ErrDecrypt) {
		t.Errorf("another purpose: %v", err)
	}
	for name, broken := range map[string][]byte{
		"nothing": nil, "magic alone": sealed[:len(sealedFileMagic)], "cut in the key": sealed[:len(sealedFileMagic)+20],
		"cut at a segment": sealed[:len(sealedFileMagic)+2+passphraseHeader+sealOverhead+KeySize+segment],
		"last byte":        append(bytes.Clone(sealed[:len(sealed)-1]), sealed[len(sealed)-1]^1),
		"first segment":    append(append(bytes.Clone(sealed[:2000]), sealed[2000]^1), sealed[2001:]...),
		"more at the end":  append(bytes.Clone(sealed), 0),
		"longer key":       append([]byte(sealedFileMagic), 0xff, 0xff, 0),
	} {
		if got, err := openedFile(t, "of the test", "aad", broken); !errors.Is(err, ErrDecrypt) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	for name, broken := range map[string][]byte{
		"cut in the key": sealed[:len(sealedFileMagic)+20], "magic alone": sealed[:len(sealedFileMagic)], "another magic": append([]byte("wrappy sealed file v2\n"), sealed[len(sealedFileMagic):]...),
		"a key longer than any": append(append([]byte(sealedFileMagic), 0xff, 0xff), append(sealed[len(sealedFileMagic)+2:], make([]byte, 1<<17)...)...),
	} {
		from := bytes.NewReader(broken)
		r, err := OpenSealedFile(t.Context(), Secret("of the test"), from, []byte("aad"))
		if r != nil || !errors.Is(err, ErrDecrypt) || errors.Is(err, ErrPassphrase) { // who is told so types it again
			t.Errorf("%s: %v", name, err)
		}
		if read := len(broken) - from.Len(); read > len(sealedFileMagic)+2+maxSealedKey {
			t.Errorf("%s: %d bytes were read", name, read)
		}
	}
	for _, n := range []int{0, 15, 16, 31} { // whoever has the passphrase can wrap anything
		wrapped, err := SealWithPassphrase(t.Context(), Secret("of the test"), make([]byte, n), sealedFileAAD([]byte("aad")))
		if err != nil {
			t.Fatal(err)
		}
		broken := append(append([]byte(sealedFileMagic), 0, byte(len(wrapped))), wrapped...)
		if _, err := openedFile(t, "of the test", "aad", append(broken, make([]byte, 100)...)); !errors.Is(err, ErrDecrypt) {
			t.Errorf("a key of %d bytes: %v", n, err)
		}
	}
}

func TestWriteFileFrom(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	broken := errors.New("broken on purpose")
	if err := WriteFileFrom(path, func(w io.Writer) error { _, _ = w.Write([]byte("half")); return broken }); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 0 {
		t.Fatalf("%d files of an attempt that failed", len(left))
	}
	whole := func(w io.Writer) error { _, err := w.Write([]byte("whole")); return err }
	if err := WriteFileFrom(path, whole); err != nil {
		t.Fatal(err)
	}
	if err := WriteFileFrom(path, whole); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over one that exists: %v", err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

// Whoever stopped waiting for the key's derivation gets neither a file that nobody can open
// nor a reader.
func TestSealedFileCancelled(t *testing.T) {
	sealed := sealedFile(t, []byte("grace"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	if w, err := SealFile(ctx, Secret("of the test"), &out, nil); w != nil || !errors.Is(err, context.Canceled) || out.Len() != 0 {
		t.Errorf("sealed %d bytes: %v", out.Len(), err)
	}
	if r, err := OpenSealedFile(ctx, Secret("of the test"), bytes.NewReader(sealed), []byte("aad")); r != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("opened: %v", err)
	}
	if w, err := SealFile(t.Context(), Secret("of the test"), refusing{}, nil); w != nil || !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("nowhere to write: %v", err)
	}
}

// A file that lacks its head and has all the rest is not reported as begun.
func TestSealFileWithoutItsHead(t *testing.T) {
	if w, err := SealFile(t.Context(), Secret("of the test"), &onceRefusing{}, nil); w != nil || !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("%v", err)
	}
}

// onceRefusing takes all but what comes first.
type onceRefusing struct{ written bool }

func (w *onceRefusing) Write(p []byte) (int, error) {
	if !w.written {
		w.written = true
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

// refusing takes nothing.
type refusing struct{}

func (refusing) Write([]byte) (int, error) { return 0, io.ErrShortWrite }
