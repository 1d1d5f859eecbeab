package journal

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// The statement speaks of what the published checkpoint holds, and of all of that.
func TestComplete(t *testing.T) {
	j := mustOpen(t, configIn(tempDir(t)))
	now := time.UnixMilli(someTime)
	check := func(n byte, want uint64) consent.Completeness {
		t.Helper()
		c, err := j.Complete(t.Context(), *subjectOf(n), identityOf(n), now)
		if err != nil {
			t.Fatal(err)
		}
		message, err := c.Message()
		if err != nil || !ed25519.Verify(j.PublicKey(), message, c.Signature[:]) {
			t.Fatalf("signature: %v", err)
		}
		if c.Sequence != want || c.Origin != j.Origin() || c.Identity != identityOf(n) || c.Time != someTime || c.Size > j.Published() {
			t.Errorf("person %d: %+v, want sequence %d", n, c, want)
		}
		return c
	}
	if c := check(1, 0); c.Size != 0 || c.Last != (consent.Digest{}) {
		t.Errorf("empty log: %+v", c)
	}
	for range 3 {
		mustAppend(t, j, entryOf(1))
		mustAppend(t, j, entryOf(2))
	}
	awaitPublishedSize(t, j, 6)
	c := check(1, 3)
	items := historyOf(t, j, 1)
	if last := items[2]; c.Last != sha256.Sum256(last.PersonalOpening.Plaintext) || c.Size != 6 {
		t.Errorf("%+v", c)
	}
	check(3, 0)
	// What is not published is not spoken of.
	mustAppend(t, j, entryOf(1))
	for _, size := range []uint64{0, 1, 2, 5, 6, 7} {
		sequence, _, err := j.lastBelow(j.subjectPrefix(subjectOf(1).Handle), size)
		if want := (size + 1) / 2; err != nil || sequence != min(want, 4) {
			t.Errorf("below %d: %d, %v, want %d", size, sequence, err, want)
		}
	}
}

func TestCompleteDenies(t *testing.T) {
	j := mustOpen(t, configIn(tempDir(t)))
	mustAppend(t, j, entryOf(1))
	mustAppend(t, j, entryOf(2))
	awaitPublishedSize(t, j, 2)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	wrongKey := *subjectOf(1)
	wrongKey.Key = subjectOf(2).Key
	for name, test := range map[string]struct{ got, want error }{
		"another's key":      {second(j.Complete(t.Context(), wrongKey, identityOf(1), time.Now())), ErrDamaged},
		"another's identity": {second(j.Complete(t.Context(), *subjectOf(1), identityOf(2), time.Now())), ErrDamaged},
		"cancelled":          {second(j.Complete(cancelled, *subjectOf(1), identityOf(1), time.Now())), context.Canceled},
	} {
		if !errors.Is(test.got, test.want) {
			t.Errorf("%s: got %v, want %v", name, test.got, test.want)
		}
	}
}
