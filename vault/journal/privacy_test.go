package journal

import (
	"bytes"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble"

	"github.com/wrapious/wrappy/consent"
)

// secrets are byte strings that tie an entry to a person or an institution.
func secrets() map[string][]byte {
	out := map[string][]byte{"institution": institution[:], "field name": []byte("health.allergy"), "kind": []byte(consent.EntryAuthorised)}
	for n := byte(1); n <= 2; n++ {
		identity, grant, subject := identityOf(n), grantOf(n), subjectOf(n)
		out["identity"+string('0'+n)], out["grant"+string('0'+n)] = identity[:], grant[:]
		out["handle"+string('0'+n)], out["key"+string('0'+n)] = subject.Handle[:], subject.Key
	}
	return out
}

func TestNothingReadableIsStored(t *testing.T) {
	dir := tempDir(t)
	j := mustOpen(t, configIn(dir))
	mustAppend(t, j, entryOf(1))
	mustAppend(t, j, entryOf(2))
	if err := j.Probe(t.Context(), institution, grantOf(1)); err != nil {
		t.Fatal(err)
	}
	it, err := j.db.NewIter(nil)
	if err != nil {
		t.Fatal(err)
	}
	keys := 0
	for more := it.First(); more; more = it.Next() {
		keys++
		for name, secret := range secrets() {
			for _, form := range [][]byte{secret, []byte(hex.EncodeToString(secret))} {
				if bytes.Contains(it.Key(), form) || bytes.Contains(it.Value(), form) {
					t.Errorf("%s is readable under the key %q", name, it.Key()[:1])
				}
			}
		}
	}
	if err := it.Close(); err != nil || keys != 6 { // two entries, two index keys, a probe, the head
		t.Errorf("%d keys (%v)", keys, err)
	}
}

func TestEvidenceNamesNobody(t *testing.T) {
	j := mustOpen(t, configIn(tempDir(t)))
	next := time.UnixMilli(someTime).AddDate(0, 1, 0).UnixMilli()
	for _, n := range []byte{1, 2, 1} {
		mustAppend(t, j, entryOf(n))
	}
	later := entryOf(1)
	later.Evidence.Time = uint64(next)
	mustAppend(t, j, later)
	nobody := entryOf(1)
	nobody.Subject = nil
	mustAppend(t, j, nobody)

	var parts []consent.EvidencePart
	err := j.Evidence(t.Context(), 0, func(index uint64, part consent.EvidencePart) error {
		if index != uint64(len(parts)) {
			t.Errorf("index %d comes as number %d", index, len(parts))
		}
		plaintext, err := part.Encode()
		if err != nil {
			t.Fatal(err)
		}
		for name, secret := range secrets() {
			named := name != "institution" && name != "field name" && name != "kind" // these it may hold
			if named && bytes.Contains(plaintext, secret) {
				t.Errorf("the evidence holds %s", name)
			}
		}
		parts = append(parts, part)
		return nil
	})
	if err != nil || len(parts) != 5 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	if p := parts; p[0].MonthPseudonym != p[2].MonthPseudonym || p[0].MonthPseudonym == p[1].MonthPseudonym ||
		p[0].MonthPseudonym == p[3].MonthPseudonym || p[0].MonthPseudonym == [16]byte{} || p[4].MonthPseudonym != [16]byte{} {
		t.Error("the pseudonyms do not count one person within one month")
	}
	stop := errors.New("enough")
	if err := j.Evidence(t.Context(), 3, func(index uint64, _ consent.EvidencePart) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v, want the visitor's error", err)
	}
	if err := j.Evidence(t.Context(), 5, func(uint64, consent.EvidencePart) error { return stop }); err != nil {
		t.Errorf("past the end: %v", err)
	}
	// Another vault's evidence key opens nothing, and another's pseudonyms are others.
	other := configIn(tempDir(t))
	other.Evidence = key(9)
	k := mustOpen(t, other)
	if k.monthPseudonym(someTime, subjectOf(1).Handle) == parts[0].MonthPseudonym {
		t.Error("the pseudonym does not depend on the evidence key")
	}
}

// The month is the calendar's, in UTC.
func TestMonthPseudonym(t *testing.T) {
	j := mustOpen(t, configIn(tempDir(t)))
	at := func(s string) [16]byte {
		when, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return j.monthPseudonym(uint64(when.UnixMilli()), subjectOf(1).Handle)
	}
	if at("2026-09-01T00:00:00Z") != at("2026-09-30T23:59:59.999Z") || at("2026-09-30T23:59:59.999Z") == at("2026-10-01T00:00:00Z") ||
		at("2026-09-15T00:00:00Z") == at("2027-09-15T00:00:00Z") || at("2026-10-01T01:00:00+02:00") != at("2026-09-01T00:00:00Z") {
		t.Error("not the calendar month")
	}
	if got := hex.EncodeToString(func() []byte { p := at("2026-09-01T00:00:00Z"); return p[:] }()); got != "2242fabd0a6613fcad3c6879573fc3c6" {
		t.Error(got) // fixed: counts go on across versions
	}
	_ = j.monthPseudonym(^uint64(0), subjectOf(1).Handle) // any time is taken
}

// What a leaf's size tells is a class: not who, not how many fields within it.
func TestLeafSizesAreClasses(t *testing.T) {
	j := mustOpen(t, configIn(tempDir(t)))
	size := func(change func(fields []consent.FieldVersion) []consent.FieldVersion, nobody bool) (leaf, shared, personal, locator int) {
		e := entryOf(1)
		if nobody {
			e.Subject = nil
		}
		e.Shared.Fields = change(e.Shared.Fields)
		proof := mustAppend(t, j, e)
		parsed, err := consent.ParseLeaf(proof.Leaf)
		if err != nil {
			t.Fatal(err)
		}
		return len(proof.Leaf), len(parsed.Shared), len(parsed.Personal), len(parsed.Locator)
	}
	var seen []int
	for n := range 60 {
		fields := func([]consent.FieldVersion) []consent.FieldVersion {
			return slices.Repeat([]consent.FieldVersion{{Field: "a", Version: 1}}, n)
		}
		leaf, shared, personal, locator := size(fields, false)
		if leaf%consent.LeafClass != 0 || personal != 12+16+32+256 || locator != consent.LocatorSize {
			t.Fatalf("%d fields: leaf %d, personal %d", n, leaf, personal)
		}
		if !slices.Contains([]int{60 + 256, 60 + 512}, shared) {
			t.Errorf("%d fields: a shared part of %d bytes", n, shared)
		}
		if !slices.Contains(seen, leaf) {
			seen = append(seen, leaf)
		}
		if l, _, p, loc := size(fields, true); l != leaf || p != personal || loc != locator {
			t.Errorf("%d fields: an entry of nobody has %d bytes, one of a person %d", n, l, leaf)
		}
	}
	if len(seen) != 2 {
		t.Errorf("sizes: %v, want two classes", seen)
	}
}

func TestProbes(t *testing.T) {
	config := configIn(tempDir(t))
	j := mustOpen(t, config)
	mustAppend(t, j, entryOf(1))
	other := consent.InstitutionID{2}
	for range 3 * probesNoted {
		if err := j.Probe(t.Context(), institution, grantOf(1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Probe(t.Context(), other, grantOf(2)); err != nil {
		t.Fatal(err)
	}
	if items := historyOf(t, j, 1); len(items) != 1 || j.Size() != 1 {
		t.Errorf("probes are in the history or the log: %d, %d", len(items), j.Size())
	}
	check := func(j *Journal) {
		t.Helper()
		var got []ProbeRecord
		if err := j.Probes(t.Context(), func(p ProbeRecord) error { got = append(got, p); return nil }); err != nil {
			t.Fatal(err)
		}
		if len(got) != probesNoted+1 || got[0].Institution != institution || got[0].Grant != grantOf(1) || got[probesNoted].Institution != other || got[0].Time == 0 {
			t.Errorf("%d probes", len(got))
		}
	}
	check(j)
	mustClose(t, j)
	check(mustOpen(t, config))
}

func TestProbesMakeRoom(t *testing.T) {
	j := mustOpen(t, memConfig(t))
	if err := j.Probe(t.Context(), institution, grantOf(1)); err != nil {
		t.Fatal(err)
	}
	mustClose(t, j)
	config := j.config
	j = mustOpen(t, config)
	if !bytes.Equal(probeKey(0), probeKey(maxProbes)) || bytes.Equal(probeKey(0), probeKey(maxProbes-1)) {
		t.Error("the security journal is not a ring")
	}
	sealed, err := j.get(probeKey(0))
	if err != nil {
		t.Fatal(err)
	}
	if err := j.db.Set(probeKey(0), append(sealed, 0), pebble.Sync); err != nil {
		t.Fatal(err)
	}
	if err := j.Probes(t.Context(), func(ProbeRecord) error { return nil }); !errors.Is(err, ErrDamaged) {
		t.Errorf("a changed probe: %v", err)
	}
}

func TestLimiter(t *testing.T) {
	now := time.Unix(someTime/1000, 0)
	var l limiter
	noted := func(id consent.InstitutionID, n int, at time.Time) (count int) {
		for range n {
			if l.allow(id, at) {
				count++
			}
		}
		return count
	}
	a, b := consent.InstitutionID{1}, consent.InstitutionID{2}
	for _, step := range []struct {
		id   consent.InstitutionID
		n    int
		at   time.Duration
		want int
	}{{a, 100, 0, probesNoted}, {a, 100, time.Hour - 1, 0}, {b, 1, time.Minute, 1}, {a, 100, time.Hour, probesNoted}, {b, 100, time.Hour, probesNoted}} {
		if got := noted(step.id, step.n, now.Add(step.at)); got != step.want {
			t.Errorf("at %v: %d noted, want %d", step.at, got, step.want)
		}
	}
	for i := range 2 * maxProbers {
		l.allow(consent.InstitutionID{3, byte(i), byte(i >> 8)}, now.Add(time.Hour))
	}
	if len(l.count) > maxProbers {
		t.Errorf("%d institutions in memory", len(l.count))
	}
}

// dump is the persons' index, or all of Pebble but the key rebuilding.
func dump(t *testing.T, j *Journal, prefix string) string {
	t.Helper()
	it, err := j.db.NewIter(&pebble.IterOptions{LowerBound: []byte(prefix), UpperBound: []byte(prefix + "\xff")})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for more := it.First(); more; more = it.Next() {
		out.WriteString(hex.EncodeToString(it.Key()) + " " + hex.EncodeToString(it.Value()) + "\n")
	}
	if err := it.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestRebuildEqualsTheOriginal(t *testing.T) {
	config := memConfig(t)
	j := mustOpen(t, config)
	for i := range 100 {
		e := entryOf(byte(1 + i%2))
		if i%5 == 0 {
			e.Subject = nil
		}
		mustAppend(t, j, e)
	}
	want := dump(t, j, "s")
	for name, damage := range map[string]func() error{
		"nothing": func() error { return nil },
		"lost":    func() error { return j.db.DeleteRange([]byte("s"), []byte("t"), pebble.Sync) },
		"foreign": func() error {
			return j.db.Set(subjectKey([]byte("s0123456789abcdef"), 1), make([]byte, 8), pebble.Sync)
		},
		"changed": func() error {
			return j.db.Set(subjectKey(j.subjectPrefix(subjectOf(1).Handle), 1), make([]byte, 8), pebble.Sync)
		},
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		mustClose(t, j)
		if err := RebuildIndex(config); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		j = mustOpen(t, config)
		if dump(t, j, "s") != want || dump(t, j, "mrebuilding") != "" {
			t.Errorf("%s: the index is not the original", name)
		}
	}
	// Interrupted after its first step, the rebuild is completed by Open.
	if err := errors.Join(j.db.Set(keyRebuilding, nil, pebble.Sync), j.db.DeleteRange([]byte("s"), []byte("t"), pebble.Sync)); err != nil {
		t.Fatal(err)
	}
	mustClose(t, j)
	j = mustOpen(t, config)
	if dump(t, j, "s") != want || dump(t, j, "mrebuilding") != "" {
		t.Error("after an interruption the index is not the original")
	}
	mustAppend(t, j, entryOf(1))
	if got := len(historyOf(t, j, 1)); got != 41 {
		t.Errorf("%d entries of one person, want 41", got)
	}
	mustClose(t, j)
	wrong := config
	wrong.Locator = key(9)
	if err := RebuildIndex(wrong); !errors.Is(err, ErrDamaged) {
		t.Errorf("another locator key: got %v, want ErrDamaged", err)
	}
	if _, err := Open(wrong); !errors.Is(err, ErrDamaged) {
		t.Errorf("an index that is not complete: got %v, want ErrDamaged", err)
	}
	j = mustOpen(t, config) // completes what the wrong key had begun
	if got := len(historyOf(t, j, 1)); got != 41 {
		t.Errorf("%d entries of one person, want 41", got)
	}
}

// Whatever bytes stand where a leaf should, alone or patched into one, they are
// refused and nothing panics.
func FuzzStoredLeaf(f *testing.F) {
	j := mustOpen(f, memConfig(f))
	good := mustAppend(f, j, entryOf(1)).Leaf
	f.Add(uint16(0), []byte{})
	f.Add(uint16(200), []byte{0xff})
	f.Add(uint16(1), []byte{2})
	f.Fuzz(func(t *testing.T, at uint16, patch []byte) {
		data := bytes.Clone(good)
		if at := int(at); at < len(data) {
			data = append(data[:at:at], append(bytes.Clone(patch), data[min(at+len(patch), len(data)):]...)...)
		} else {
			data = patch
		}
		if err := j.db.Set(entryKey(0), data, pebble.NoSync); err != nil {
			t.Fatal(err)
		}
		_, errHistory := j.History(t.Context(), *subjectOf(1), 0, 1)
		errEvidence := j.Evidence(t.Context(), 0, func(uint64, consent.EvidencePart) error { return nil })
		leaf, errLocator := parseLeaf(data)
		if errLocator == nil {
			_, errLocator = j.handleOf(leaf)
		}
		if all := errHistory == nil && errEvidence == nil && errLocator == nil; all != bytes.Equal(data, good) {
			t.Fatalf("a changed leaf opens in all its parts, or the leaf does not: %v, %v, %v", errHistory, errEvidence, errLocator)
		}
	})
}
