package crypto

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// faultyKMS fails in what it is asked for.
type faultyKMS struct {
	KMS
	answer func(ctx context.Context, plaintext []byte, err error) ([]byte, error)
}

func (k *faultyKMS) Unwrap(ctx context.Context, ciphertext, aad []byte) ([]byte, error) {
	plaintext, err := k.KMS.Unwrap(ctx, ciphertext, aad)
	return k.answer(ctx, plaintext, err)
}

func (k *faultyKMS) Wrap(ctx context.Context, plaintext, aad []byte) ([]byte, error) {
	ciphertext, err := k.KMS.Wrap(ctx, plaintext, aad)
	return k.answer(ctx, ciphertext, err)
}

// Where the key service fails, no key comes out and no file changes; whoever looks learns
// which of the faults it is, and once it is over the same keyring opens.
func TestKeyServiceFails(t *testing.T) {
	errDown, errDenied := errors.New("dial: connection refused"), errors.New("permission denied")
	good := &rawKMS{key: bytes.Repeat([]byte{1}, KeySize)}
	path, made := newKeyring(t, good, "KE")
	want := keyringProbe(t, made)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		kms  KMS
		want error
	}{
		"down":   {&faultyKMS{good, func(context.Context, []byte, error) ([]byte, error) { return nil, errDown }}, errDown},
		"denied": {&faultyKMS{good, func(context.Context, []byte, error) ([]byte, error) { return nil, errDenied }}, errDenied},
		"slow, until nobody waits": {&faultyKMS{good, func(ctx context.Context, _ []byte, _ error) ([]byte, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}}, context.Canceled},
		"another key":        {&rawKMS{key: bytes.Repeat([]byte{2}, KeySize)}, ErrDecrypt},
		"another passphrase": {NewPassphrase(Secret("not this one"), quick), ErrDecrypt},
		"cut short":          {&faultyKMS{good, func(_ context.Context, p []byte, err error) ([]byte, error) { return p[:len(p)/2], err }}, ErrDecrypt},
		"nothing":            {&faultyKMS{good, func(context.Context, []byte, error) ([]byte, error) { return nil, nil }}, ErrDecrypt},
		"what it was given":  {&faultyKMS{good, func(_ context.Context, p []byte, err error) ([]byte, error) { return append(p, 0), err }}, ErrDecrypt},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			if errors.Is(test.want, context.Canceled) {
				cancel()
			}
			defer cancel()
			if k, err := OpenKeyring(ctx, path, test.kms); k != nil || !errors.Is(err, test.want) {
				t.Errorf("got %v, %v; want %v", k, err, test.want)
			}
			fresh := filepath.Join(t.TempDir(), "keyring.json")
			if k, err := CreateKeyring(ctx, fresh, test.kms, []string{"KE"}); errors.Is(test.want, errDown) && (k != nil || !errors.Is(err, errDown)) {
				t.Errorf("created without its key service: %v", err)
			} else if err != nil {
				if _, err := os.Stat(fresh); !errors.Is(err, fs.ErrNotExist) {
					t.Error("a keyring that failed has left a file")
				}
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
				t.Errorf("the file has changed: %v", err)
			}
			if k, err := OpenKeyring(t.Context(), path, good); err != nil || !slices.Equal(keyringProbe(t, k), want) {
				t.Errorf("once it is over: %v", err)
			}
		})
	}
}
