package policy

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

func written(t testing.TB, origin string, entries ...EvidenceEntry) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewEvidenceWriter(&out, origin)
	for _, e := range entries {
		err = errors.Join(err, w.Add(e))
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func readAll(data []byte) (entries []EvidenceEntry, r *EvidenceReader, err error) {
	r, err = NewEvidenceReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, nil, err
	}
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return entries, r, nil
		}
		if err != nil {
			return nil, nil, err
		}
		entries = append(entries, e)
	}
}

func twoEntries(t testing.TB) []EvidenceEntry {
	t.Helper()
	e := full()
	one, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return []EvidenceEntry{{Index: 3, Salt: consent.Salt{1}, Part: one}, {Index: 9, Salt: consent.Salt{2}, Part: []byte{0xf6}}}
}

// The format is fixed: testdata/evidence.hex is what is written today and ever.
func TestEvidenceVector(t *testing.T) {
	text, err := os.ReadFile("testdata/evidence.hex")
	if err != nil {
		t.Fatal(err)
	}
	want, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		t.Fatal(err)
	}
	if got := written(t, "vault.test/log", EvidenceEntry{Index: 3, Salt: consent.Salt{1}, Part: []byte("part")}, EvidenceEntry{Index: 9, Salt: consent.Salt{2}, Part: []byte{0xf6}}); !bytes.Equal(got, want) {
		t.Errorf("the format has changed: %x", got)
	}
	entries, r, err := readAll(want)
	if err != nil || len(entries) != 2 || entries[0].Index != 3 || string(entries[0].Part) != "part" || r.Origin != "vault.test/log" || r.Total != 2 {
		t.Errorf("%+v %v", entries, err)
	}
}

// Every bit counts, and so does every byte that is missing or too many.
func TestEvidenceRefusesEveryChange(t *testing.T) {
	good := written(t, "vault.test/log", twoEntries(t)...)
	if entries, _, err := readAll(good); err != nil || len(entries) != 2 {
		t.Fatal(err)
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1 << (i % 8)
		if _, _, err := readAll(bad); !errors.Is(err, ErrEvidence) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
		if _, _, err := readAll(good[:i]); !errors.Is(err, ErrEvidence) {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
	if _, _, err := readAll(append(bytes.Clone(good), 0)); !errors.Is(err, ErrEvidence) {
		t.Errorf("a byte more: %v", err)
	}
	w, err := NewEvidenceWriter(io.Discard, "o")
	if err != nil {
		t.Fatal(err)
	}
	for name, e := range map[string]EvidenceEntry{"no part": {Index: 9}, "a part too large": {Index: 9, Part: make([]byte, consent.MaxPart+1)}, "the last index": {Index: ^uint64(0), Part: []byte{1}}} {
		if err := w.Add(e); !errors.Is(err, ErrEvidence) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := errors.Join(w.Add(EvidenceEntry{Index: 5, Part: []byte{1}})); err != nil {
		t.Fatal(err)
	}
	if err := w.Add(EvidenceEntry{Index: 5, Part: []byte{1}}); !errors.Is(err, ErrEvidence) {
		t.Errorf("the same index again: %v", err)
	}
	for _, origin := range []string{"", strings.Repeat("o", 256)} {
		if _, err := NewEvidenceWriter(io.Discard, origin); !errors.Is(err, consent.ErrOrigin) {
			t.Errorf("%d bytes of origin: %v", len(origin), err)
		}
	}
}

// Whatever reads to its end is byte for byte what would be written of it.
func FuzzEvidence(f *testing.F) {
	f.Add(written(f, "vault.test/log", twoEntries(f)...))
	f.Add(written(f, "o"))
	f.Add([]byte(evidenceMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, r, err := readAll(data)
		if err != nil {
			if !errors.Is(err, ErrEvidence) {
				t.Fatal(err)
			}
			return
		}
		if again := written(t, r.Origin, entries...); !bytes.Equal(again, data) || uint64(len(entries)) != r.Total {
			t.Fatal("two forms of one file")
		}
	})
}
