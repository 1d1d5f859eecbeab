package vault_test

import (
	"bytes"
	"crypto/ed25519"
	"testing"

	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/vault/journal"
)

// An institution must not tell a country that a person is protected against from any
// other fact about the person: not by the answer, not by the shared part, not by the
// length of the leaf that comes with it.
func TestFactsLookAlike(t *testing.T) {
	key := func(n byte) crypto.Secret { return bytes.Repeat([]byte{n}, crypto.KeySize) }
	j, err := journal.Open(journal.Config{
		Dir: t.TempDir(), Origin: "vault.test/log", Shared: key(1), Evidence: key(2), Locator: key(3), Security: key(4),
		Signer: ed25519.NewKeyFromSeed(key(5)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	for _, entries := range vault.AlikeDenials(t) {
		length := 0
		for i, e := range entries {
			proof, err := j.Append(t.Context(), e)
			if err != nil {
				t.Fatal(err)
			}
			if i > 0 && len(proof.Leaf) != length {
				t.Errorf("entry %d: a leaf of %d bytes, want %d", i, len(proof.Leaf), length)
			}
			length = len(proof.Leaf)
		}
	}
}
