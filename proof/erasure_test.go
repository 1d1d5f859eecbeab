package proof

import (
	"errors"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

func TestErasureFileRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(w *world, f *ErasureFile)
		want   error
	}{
		{"as exported", func(*world, *ErasureFile) {}, nil},
		{"before a checkpoint covers it", func(_ *world, f *ErasureFile) { f.Entry.Checkpoint, f.Entry.Inclusion = "", nil }, nil},
		{"another receipt", func(_ *world, f *ErasureFile) { f.Receipt[len(f.Receipt)-1]++ }, ErrProof},
		{"no receipt", func(_ *world, f *ErasureFile) { f.Receipt = nil }, ErrProof},
		{"no signature", func(_ *world, f *ErasureFile) { f.Signature = nil }, ErrProof},
		{"a promise's signature", func(_ *world, f *ErasureFile) { f.Signature = f.Entry.Promise.Signature }, ErrProof},
		{"another log", func(_ *world, f *ErasureFile) { f.Log += "x" }, ErrProof},
		{"an entry of something else", func(w *world, f *ErasureFile) { f.Entry = *w.entryFile(w.size, 0) }, ErrProof},
		{"the entry of another erasure", func(w *world, f *ErasureFile) {
			w.add(consent.EntryErased, consent.IdentityID{})
			p := w.proofs[w.size-1]
			f.Entry = *NewEntryFile(w.trust, &p)
		}, ErrProof},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.story()
			f := w.erasureFile()
			c.change(w, f)
			receipt, _, err := f.Verify(w.trust)
			if !errors.Is(err, c.want) || (err == nil) != (receipt != nil) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
	w := newWorld(t)
	w.story()
	if _, _, err := w.erasureFile().Verify(Log{Origin: worldOrigin, Key: newTestLog(t, witnessSeed).public()}); !errors.Is(err, ErrProof) {
		t.Errorf("under another key: %v", err)
	}
}
