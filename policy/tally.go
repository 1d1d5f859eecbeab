package policy

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// ReplayResult is what a replay found. The same inputs give the same result, byte for
// byte once encoded.
type ReplayResult struct {
	Format   int            `json:"format"`
	Evidence ReplayEvidence `json:"evidence"`
	From     Side           `json:"from"`
	To       Side           `json:"to"`
	// Decisions were decided again. VaultDenials were not: no bundle can lift them.
	// NoDecision are entries of other kinds.
	Decisions    uint64 `json:"decisions"`
	VaultDenials uint64 `json:"vault_denials"`
	NoDecision   uint64 `json:"no_decision"`
	// Permitted is what deny becomes permit for, Denied the reverse.
	Permitted ReplayChange `json:"newly_permitted"`
	Denied    ReplayChange `json:"newly_denied"`
	Unchanged uint64       `json:"unchanged"`
	// Recorded decisions were made by the earlier bundle itself; Otherwise of them were
	// decided otherwise now: 0, unless a narrowing stood under review or the vault's rules differ.
	Recorded  uint64 `json:"recorded_under_from"`
	Otherwise uint64 `json:"recorded_otherwise"`
	// FailedFrom and FailedTo are decisions on which a bundle's rules fail: nothing leaves.
	FailedFrom uint64 `json:"failed_from"`
	FailedTo   uint64 `json:"failed_to"`
}

// ReplayEvidence names what was replayed.
type ReplayEvidence struct {
	Digest  consent.Digest `json:"digest"`
	Origin  string         `json:"origin"`
	Entries uint64         `json:"entries"`
	First   uint64         `json:"first"`
	Last    uint64         `json:"last"`
}

// ReplayChange is one direction of what differs.
type ReplayChange struct {
	Decisions     uint64              `json:"decisions"`
	FieldReleases uint64              `json:"field_releases"` // fields, each as often as it was asked for
	People        map[string]uint64   `json:"people_by_month"`
	Fields        []ReplayField       `json:"fields"`
	Institutions  []ReplayInstitution `json:"institutions"`
}

// ReplayField is one field newly permitted or denied.
type ReplayField struct {
	Field     consent.FieldName `json:"field"`
	Decisions uint64            `json:"decisions"`
	People    map[string]uint64 `json:"people_by_month"`
}

// ReplayInstitution is one institution, for one purpose and action.
type ReplayInstitution struct {
	Institution consent.InstitutionID `json:"institution"`
	Kind        string                `json:"kind"`
	Country     string                `json:"country"`
	Purpose     consent.Purpose       `json:"purpose"`
	Action      string                `json:"action"`
	Fields      []consent.FieldName   `json:"fields"`
	Decisions   uint64                `json:"decisions"`
	People      map[string]uint64     `json:"people_by_month"`
}

// human is one person within one month; a pseudonym means nothing beyond it.
type human struct {
	month     uint32 // year × 12 + month
	pseudonym [16]byte
}

type group struct {
	decisions uint64
	people    map[human]struct{}
	fields    map[consent.FieldName]struct{}
}

func (g *group) note(who human) {
	g.decisions++
	if who.pseudonym != [16]byte{} {
		g.people[who] = struct{}{}
	}
}

type groupKey struct {
	id      consent.InstitutionID
	kind    consent.Kind
	country string
	purpose consent.Purpose
	action  consent.Actions
}

type direction struct {
	whole         *group
	releases      uint64
	byField       map[consent.FieldName]*group
	byInstitution map[groupKey]*group
}

func newGroup() *group {
	return &group{people: map[human]struct{}{}, fields: map[consent.FieldName]struct{}{}}
}

func newDirection() *direction {
	return &direction{whole: newGroup(), byField: map[consent.FieldName]*group{}, byInstitution: map[groupKey]*group{}}
}

// tally counts; those of all workers add up to one, whoever saw what.
type tally struct {
	seen, first, last    uint64
	sorted               map[Past]uint64
	permitted, denied    *direction
	unchanged            uint64
	recorded, otherwise  uint64
	failedFrom, failedTo uint64
}

func newTally() *tally {
	return &tally{sorted: map[Past]uint64{}, permitted: newDirection(), denied: newDirection()}
}

func (t *tally) entries(index uint64) {
	if t.seen++; t.seen == 1 || index < t.first {
		t.first = index
	}
	t.last = max(t.last, index)
}

func (t *tally) count(e *consent.EvidencePart, r replayed, from consent.Digest) {
	if e.PolicyDigest == from {
		t.recorded++
		if !r.from.failed && !sameAsRecorded(e, r.from.fields) {
			t.otherwise++
		}
	}
	if r.from.failed {
		t.failedFrom++
	}
	if r.to.failed {
		t.failedTo++
	}
	gained, lost := without(r.to.fields, r.from.fields), without(r.from.fields, r.to.fields)
	if len(gained) > 0 {
		t.permitted.count(e, gained)
	}
	if len(lost) > 0 {
		t.denied.count(e, lost)
	}
	if len(gained)+len(lost) == 0 {
		t.unchanged++
	}
}

// sameAsRecorded: of what policy permits now, the vault held back only what it had its
// own reason for, such as a field without a value.
func sameAsRecorded(e *consent.EvidencePart, fields []consent.FieldName) bool {
	own := map[consent.Reason]bool{consent.ReasonNoValue: true, consent.ReasonUnchanged: true, consent.ReasonBadValue: true}
	for _, f := range fields {
		if slices.Contains(e.Permitted, f) {
			continue
		}
		if !slices.ContainsFunc(e.Withheld, func(w consent.Withheld) bool { return w.Field == f && own[w.Reason] }) {
			return false
		}
	}
	return len(without(e.Permitted, fields)) == 0
}

func without(a, b []consent.FieldName) (rest []consent.FieldName) {
	for _, f := range a {
		if !slices.Contains(b, f) {
			rest = append(rest, f)
		}
	}
	return rest
}

func (d *direction) count(e *consent.EvidencePart, fields []consent.FieldName) {
	at := time.UnixMilli(int64(min(e.Time, 1<<47))).UTC()                      //nolint:gosec // bounded
	who := human{uint32(at.Year()*12 + int(at.Month()) - 1), e.MonthPseudonym} //nolint:gosec // of a bounded time
	key := groupKey{e.Institution, e.InstitutionKind, e.Country, e.Purpose, e.Action}
	institution := d.byInstitution[key]
	if institution == nil {
		institution = newGroup()
		d.byInstitution[key] = institution
	}
	d.whole.note(who)
	institution.note(who)
	for _, f := range fields {
		one := d.byField[f]
		if one == nil {
			one = newGroup()
			d.byField[f] = one
		}
		one.note(who)
		institution.fields[f] = struct{}{}
		d.releases++
	}
}

func (g *group) add(other *group) {
	g.decisions += other.decisions
	maps.Copy(g.people, other.people)
	maps.Copy(g.fields, other.fields)
}

func (d *direction) add(other *direction) {
	d.whole.add(other.whole)
	d.releases += other.releases
	addAll(d.byField, other.byField)
	addAll(d.byInstitution, other.byInstitution)
}

func addAll[K comparable](to, from map[K]*group) {
	for key, one := range from {
		if to[key] == nil {
			to[key] = newGroup()
		}
		to[key].add(one)
	}
}

func (t *tally) add(other *tally) {
	if other.seen > 0 && (t.seen == 0 || other.first < t.first) {
		t.first = other.first
	}
	t.last, t.seen = max(t.last, other.last), t.seen+other.seen
	for past, n := range other.sorted {
		t.sorted[past] += n
	}
	t.permitted.add(other.permitted)
	t.denied.add(other.denied)
	t.unchanged += other.unchanged
	t.recorded, t.otherwise = t.recorded+other.recorded, t.otherwise+other.otherwise
	t.failedFrom, t.failedTo = t.failedFrom+other.failedFrom, t.failedTo+other.failedTo
}

func (t *tally) result(file *EvidenceReader, from, to Side) *ReplayResult {
	return &ReplayResult{
		Format: 1, From: from, To: to,
		Evidence:  ReplayEvidence{Digest: file.Digest(), Origin: file.Origin, Entries: t.seen, First: t.first, Last: t.last},
		Decisions: t.sorted[PastDecision], VaultDenials: t.sorted[PastVault], NoDecision: t.sorted[PastNone],
		Permitted: t.permitted.result(), Denied: t.denied.result(), Unchanged: t.unchanged,
		Recorded: t.recorded, Otherwise: t.otherwise, FailedFrom: t.failedFrom, FailedTo: t.failedTo,
	}
}

func (g *group) months() map[string]uint64 {
	months := map[string]uint64{}
	for who := range g.people {
		months[time.Date(int(who.month/12), time.Month(who.month%12+1), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")]++
	}
	return months
}

func (d *direction) result() ReplayChange {
	c := ReplayChange{Decisions: d.whole.decisions, FieldReleases: d.releases, People: d.whole.months(), Fields: []ReplayField{}, Institutions: []ReplayInstitution{}}
	for _, f := range slices.Sorted(maps.Keys(d.byField)) {
		c.Fields = append(c.Fields, ReplayField{f, d.byField[f].decisions, d.byField[f].months()})
	}
	for key, one := range d.byInstitution {
		c.Institutions = append(c.Institutions, ReplayInstitution{
			Institution: key.id, Kind: recipient(key.id, key.kind), Country: key.country, Purpose: key.purpose, Action: key.action.String(),
			Fields: slices.Sorted(maps.Keys(one.fields)), Decisions: one.decisions, People: one.months(),
		})
	}
	slices.SortFunc(c.Institutions, func(a, b ReplayInstitution) int {
		spell := func(i ReplayInstitution) string {
			return strings.Join([]string{i.Institution.String(), i.Kind, i.Country, string(i.Purpose), i.Action}, "\x00")
		}
		return strings.Compare(spell(a), spell(b))
	})
	return c
}
