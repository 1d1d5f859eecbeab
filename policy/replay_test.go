package policy_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/policy"
)

// past makes evidence as a region's vault would have it: institutions of all kinds that
// ask for what their purposes open, and for what they do not, month after month.
type past struct {
	random   *rand.Rand
	purposes map[consent.Purpose]policy.Purpose
	names    []consent.Purpose
	fields   []consent.FieldName
	digest   consent.Digest
	distinct bool // no two questions are alike to the rules
	people   int
}

func newPast(t testing.TB, d *policy.Draft, people int, distinct bool) *past {
	t.Helper()
	return &past{random: rand.New(rand.NewPCG(1, 2)), purposes: d.Purposes(), digest: d.Digest(), distinct: distinct, people: people, //nolint:gosec // a fixed past
		names: slices.Sorted(maps.Keys(d.Purposes())), fields: slices.Sorted(maps.Keys(d.Catalog().Fields))}
}

const pastBegins = 1_770_000_000

// entry is the nth of total, which fill nine months.
func (p *past) entry(n, total int) *consent.EvidencePart {
	r := p.random
	institution := r.IntN(400)
	kind := consent.Kind(1 + institution%9)
	country := []string{"KE", "UG", "ET", "SO"}[institution%4]
	var open []consent.Purpose
	for _, name := range p.names {
		if p.purposes[name].Kinds[kind.String()] {
			open = append(open, name)
		}
	}
	name := p.names[r.IntN(len(p.names))]
	if r.IntN(20) > 0 && len(open) > 0 { // most ask for what is theirs
		name = open[r.IntN(len(open))]
	}
	purpose := p.purposes[name]
	e := &consent.EvidencePart{
		Version: consent.Version, Kind: consent.EntryAuthorised, Institution: consent.InstitutionID{31: byte(institution), 30: byte(institution >> 8)},
		InstitutionKind: kind, InstitutionStands: true, AttestedTo: pastBegins + 365*86400 + uint64(institution)*3600, Accreditors: []consent.InstitutionID{{byte(1 + institution%12)}}, Country: country, Jurisdiction: country,
		Purpose: name, LegalBasis: slices.Sorted(maps.Keys(purpose.Bases))[0], Action: consent.Read, GrantActions: consent.Read,
		RetentionDays: min(purpose.RetentionDays, []uint32{30, 90, 365}[r.IntN(3)]), PolicyDigest: p.digest,
		Time: (pastBegins+uint64(n)*270*86400/uint64(total))*1000 + uint64(r.IntN(1000)),
	}
	now := e.Time / 1000
	e.NotBefore, e.Expires = now-uint64(r.IntN(86400*30)), (now/86400+uint64(1+r.IntN(200)))*86400
	e.MaxReleases = uint32(r.IntN(3))
	e.Facts.Minor = r.IntN(10) == 0
	if e.Facts.Minor && r.IntN(3) > 0 {
		e.Facts.Representative, e.Representation = true, consent.RepresentationRepresentative
	}
	if r.IntN(100) == 0 {
		e.Facts.NeverCountries = []string{country}
	}
	// Institutions ask by a few forms of their own, a tenth of them for more than they may.
	form := rand.New(rand.NewPCG(uint64(institution*len(p.names)+slices.Index(p.names, name)), uint64(r.IntN(6)))) //nolint:gosec // a fixed past
	from := slices.Sorted(maps.Keys(purpose.Read))
	if len(from) == 0 || form.IntN(10) == 0 {
		from = p.fields
	}
	for range 2 + form.IntN(8) {
		e.Asked = append(e.Asked, from[form.IntN(len(from))])
	}
	slices.Sort(e.Asked)
	e.Asked = slices.Compact(e.Asked)
	e.GrantFields = e.Asked
	binary.BigEndian.PutUint64(e.MonthPseudonym[:], uint64(1+r.IntN(p.people)))
	if p.distinct {
		e.AttestedTo += uint64(n) * 7
		e.RetentionDays = uint32(n % 1000)
	}
	switch r.IntN(25) {
	case 0:
		e.Kind, e.PolicyDigest, e.Reasons = consent.EntryDenied, consent.Digest{}, []consent.Reason{consent.ReasonWithdrawn}
	case 1:
		e.Kind = consent.EntryDelivered
	}
	return e
}

// evidence writes a file of n entries.
func (p *past) evidence(t testing.TB, n int) *os.File {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "evidence"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	w, err := policy.NewEvidenceWriter(file, "vault.test/log")
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		part, err := p.entry(i, n).Encode()
		if err == nil {
			err = w.Add(policy.EvidenceEntry{Index: uint64(i), Salt: consent.Salt{1}, Part: part})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

func reader(t testing.TB, file *os.File) *policy.EvidenceReader {
	t.Helper()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	r, err := policy.NewEvidenceReader(file, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func replay(t testing.TB, file *os.File, from, to *policy.Draft, workers int) *policy.ReplayResult {
	t.Helper()
	result, err := policy.Replay(t.Context(), reader(t, file), from, to, policy.ReplayOptions{Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// wider lets clinics read identity.race for treatment, banks see a phone no more, and
// minors' records go for accreditation.
func wider(t testing.TB) map[string][]byte {
	t.Helper()
	content := string(within(t, purposes, treatment, `"contact.phone": true,`, `"contact.phone": true, "identity.race": true, "identity.ethnicity": true,`)[purposes])
	at := strings.Index(content, ` "sector-finance:CustomerDueDiligence"`)
	if at < 0 {
		t.Fatal("no purpose of banks")
	}
	return map[string][]byte{purposes: []byte(content[:at] + strings.Replace(content[at:], `"contact.phone": true,`, ``, 1))}
}

// TestReplayIsWhatTheEngineSays: remembered decisions included, each is the one that an
// engine makes of the question, entry by entry.
func TestReplayIsWhatTheEngineSays(t *testing.T) {
	for name, distinct := range map[string]bool{"as it comes": false, "all distinct": true} {
		t.Run(name, func(t *testing.T) {
			from, to := draft(t, nil), draft(t, wider(t))
			p := newPast(t, from, 50, distinct)
			file := p.evidence(t, 3000)
			got := replay(t, file, from, to, 2)
			before, after := engineUntil(t, nil), engineUntil(t, wider(t))
			gained, lost, decisions := 0, 0, 0
			fields := map[consent.FieldName]uint64{}
			people := map[string]map[[16]byte]bool{}
			again := newPast(t, from, 50, distinct)
			for i := range 3000 {
				e := again.entry(i, 3000)
				if policy.PastOf(e) != policy.PastDecision {
					continue
				}
				decisions++
				a, b := decided(t, before, e), decided(t, after, e)
				more := slices.DeleteFunc(slices.Clone(b), func(f consent.FieldName) bool { return slices.Contains(a, f) })
				less := slices.DeleteFunc(slices.Clone(a), func(f consent.FieldName) bool { return slices.Contains(b, f) })
				if len(more) > 0 {
					gained++
					month := time.UnixMilli(int64(e.Time)).UTC().Format("2006-01") //nolint:gosec // of this century
					if people[month] == nil {
						people[month] = map[[16]byte]bool{}
					}
					people[month][e.MonthPseudonym] = true
				}
				for _, f := range more {
					fields[f]++
				}
				if len(less) > 0 {
					lost++
				}
			}
			if gained == 0 || lost == 0 || int(got.Permitted.Decisions) != gained || int(got.Denied.Decisions) != lost || int(got.Decisions) != decisions ||
				got.FailedFrom+got.FailedTo != 0 || got.Evidence.Entries != 3000 || got.VaultDenials == 0 || got.NoDecision == 0 {
				t.Errorf("gained %d, lost %d of %d; %+v", gained, lost, decisions, got)
			}
			if len(got.Permitted.Fields) != len(fields) {
				t.Errorf("%+v, want %v", got.Permitted.Fields, fields)
			}
			for _, f := range got.Permitted.Fields {
				if fields[f.Field] != f.Decisions {
					t.Errorf("%s: %d, want %d", f.Field, f.Decisions, fields[f.Field])
				}
			}
			for month, seen := range people {
				if got.Permitted.People[month] != uint64(len(seen)) {
					t.Errorf("%s: %d people, want %d", month, got.Permitted.People[month], len(seen))
				}
			}
		})
	}
}

func engineUntil(t *testing.T, changes map[string][]byte) *policy.Engine {
	t.Helper()
	var e policy.Engine
	bundle, _, err := policy.Build(sources(t, changes), policy.Manifest{Revision: 1, Expires: 4_000_000_000})
	if err == nil {
		err = e.Load(bundle, approve(t, bundle, anna, bela), reviewers, 0, clock)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &e
}

// decided is what leaves, by the vault's own reading of a decision.
func decided(t *testing.T, e *policy.Engine, part *consent.EvidencePart) []consent.FieldName {
	t.Helper()
	q := policy.QuestionOf(part, e.Catalog())
	if len(q.Fields) == 0 || slices.Contains(q.Facts.NeverCountries, q.Grant.Jurisdiction) {
		return nil
	}
	d, err := e.Decide(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Reasons) > 0 {
		return nil
	}
	return d.Permitted
}

// The same inputs give the same bytes, however many work.
func TestReplayIsDeterministic(t *testing.T) {
	from, to := draft(t, nil), draft(t, wider(t))
	file := newPast(t, from, 20, false).evidence(t, 2000)
	content, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	var first []byte
	for _, workers := range []int{1, 2, 5} {
		result := replay(t, file, from, to, workers)
		if result.Evidence.Digest != sha256.Sum256(content) || result.From.Digest != from.Digest() || result.To.Digest != to.Digest() {
			t.Fatal("the result does not name its inputs")
		}
		encoded, err := json.Marshal(result)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = encoded
		}
		if !bytes.Equal(first, encoded) {
			t.Errorf("%d workers: another result", workers)
		}
	}
	same := replay(t, file, from, from, 2)
	if same.Permitted.Decisions+same.Denied.Decisions != 0 || same.Unchanged != same.Decisions {
		t.Errorf("a bundle differs from itself: %+v", same)
	}
	back := replay(t, file, to, from, 2)
	result := replay(t, file, from, to, 2)
	if back.Permitted.Decisions != result.Denied.Decisions || back.Denied.FieldReleases != result.Permitted.FieldReleases {
		t.Error("the way back is another")
	}
}

// A field, or a purpose, that comes with the later bundle and a later day is seen.
func TestReplaySeesWhatIsToCome(t *testing.T) {
	from := draft(t, within(t, purposes, treatment, `"hospital": true`, `"bank": true`)) // hospitals treat nobody
	from2, err := policy.ReadSource(sources(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	file := newPast(t, from2, 20, false).evidence(t, 2000)
	later := strings.Replace(string(sources(t, nil)[purposes].Data), "\"effective\": \"2026-01-01\",\n  \"from\": 1767225600", `"effective": "2030-01-01", "from": 1893456000`, 20)
	later = strings.ReplaceAll(later, "\"effective\": \"2026-01-01\",\n  \"from\": 1767225600", `"effective": "2030-01-01", "from": 1893456000`)
	to := draft(t, map[string][]byte{purposes: []byte(later)})
	if r := replay(t, file, from, to, 2); r.Permitted.Decisions == 0 {
		t.Error("what hospitals will read from 2030 on is hidden behind the date")
	}
	if r := replay(t, file, to, to, 2); r.Permitted.Decisions+r.Denied.Decisions != 0 {
		t.Errorf("the same date in both: %+v", r.Permitted)
	}
}

// Rules that fail deny, and are counted; where they fail on everything, the replay ends.
func TestReplayOfRulesThatFail(t *testing.T) {
	from := draft(t, nil)
	failing := draft(t, rules(":= {f | some f in input.fields; input.grant.retention_days < 31} | {f | some f in input.fields; max(f); input.institution.kind == \"bank\"}", ":= input.time + 60", ":= {}", ":= set()"))
	file := newPast(t, from, 20, false).evidence(t, 500)
	r, err := policy.Replay(t.Context(), reader(t, file), from, failing, policy.ReplayOptions{})
	if err != nil || r.FailedTo == 0 || r.FailedFrom != 0 || r.Denied.Decisions == 0 {
		t.Errorf("%+v %v", r, err)
	}
	long := newPast(t, from, 20, true).evidence(t, 3000)
	if _, err := policy.Replay(t.Context(), reader(t, long), from, failing, policy.ReplayOptions{Workers: 1}); !errors.Is(err, policy.ErrBundle) {
		t.Errorf("it goes on: %v", err)
	}
}

// What the vault recorded under the first bundle is what comes out again; where it is
// not, that is said.
func TestReplayAgainstWhatWasRecorded(t *testing.T) {
	d := draft(t, nil)
	e := newPast(t, d, 5, false).entry(0, 10)
	e.InstitutionKind, e.Purpose, e.Kind, e.PolicyDigest, e.Reasons = consent.KindHospital, treatment, consent.EntryAuthorised, d.Digest(), nil
	e.Asked = []consent.FieldName{"health.allergy", "identity.name", "identity.race"}
	e.GrantFields, e.Facts, e.RetentionDays, e.LegalBasis, e.Representation = e.Asked, consent.PolicyFacts{}, 30, consent.BasisConsent, consent.RepresentationSelf
	for _, tt := range []struct {
		permitted []consent.FieldName
		withheld  []consent.Withheld
		otherwise uint64
	}{
		{[]consent.FieldName{"health.allergy", "identity.name"}, []consent.Withheld{{Field: "identity.race", Reason: consent.ReasonFieldPurpose}}, 0},
		{[]consent.FieldName{"identity.name"}, []consent.Withheld{{Field: "health.allergy", Reason: consent.ReasonNoValue}}, 0},
		{[]consent.FieldName{"identity.name"}, []consent.Withheld{{Field: "health.allergy", Reason: consent.ReasonFieldPurpose}}, 1},
		{e.Asked, nil, 1},
	} {
		e.Permitted, e.Withheld = tt.permitted, tt.withheld
		if r := replay(t, fileOf(t, e), d, d, 1); r.Recorded != 1 || r.Otherwise != tt.otherwise {
			t.Errorf("%v, %v: %+v", tt.permitted, tt.withheld, r)
		}
	}
}

func fileOf(t testing.TB, entries ...*consent.EvidencePart) *os.File {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "evidence"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	w, err := policy.NewEvidenceWriter(file, "vault.test/log")
	for i, e := range entries {
		part, errPart := e.Encode()
		if err = errors.Join(err, errPart); err == nil {
			err = w.Add(policy.EvidenceEntry{Index: uint64(i), Part: part})
		}
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestReplayRefusesWhatIsNoEvidence(t *testing.T) {
	var out bytes.Buffer
	w, err := policy.NewEvidenceWriter(&out, "vault.test/log")
	if err == nil {
		err = errors.Join(w.Add(policy.EvidenceEntry{Index: 1, Part: []byte("no part")}), w.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := policy.NewEvidenceReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := policy.Replay(t.Context(), r, draft(t, nil), draft(t, nil), policy.ReplayOptions{}); !errors.Is(err, policy.ErrEvidence) || !errors.Is(err, consent.ErrPart) {
		t.Errorf("%v", err)
	}
}

// BenchmarkReplay decides a million decisions again under two bundles, on all cores:
// as they come, and where no two questions are alike to the rules.
func BenchmarkReplay(b *testing.B) {
	from, to := draft(b, nil), draft(b, wider(b))
	for name, distinct := range map[string]bool{"realistic": false, "distinct": true} {
		b.Run(name, func(b *testing.B) {
			file := newPast(b, from, 200_000, distinct).evidence(b, 1_000_000)
			for b.Loop() {
				before := processorTime(b)
				r, err := policy.Replay(b.Context(), reader(b, file), from, to, policy.ReplayOptions{Workers: runtime.GOMAXPROCS(0)})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(r.Decisions), "decisions")
				b.ReportMetric((processorTime(b) - before).Seconds(), "cpu-s") // on a machine that others use, what counts
				b.ReportMetric(float64(r.Permitted.Decisions), "newly-permitted")
			}
		})
	}
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
