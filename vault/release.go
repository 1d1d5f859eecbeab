package vault

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// Bounds of the entries that follow an answer.
const (
	lateEntries = 256             // waiting at once; more are dropped
	lateTimeout = 2 * time.Second // each
)

// found is what step 5 found: which records, and in them which version and envelope
// of each field, with the objects that envelopes refer to.
type found struct {
	manifest  []manifestEntry
	fields    []consent.FieldVersion // that may leave
	stored    []consent.FieldVersion // that are opened for them: themselves, and what derived ones are computed from
	envelopes map[consent.FieldName][]byte
	objects   map[consent.FieldName][]byte
	unchanged []consent.FieldName // that the recipient has: permitted, found, and not sent
	tags      []FieldTag          // of all that the recipient has after this
	as        uint64              // Unix seconds: the time for which derived fields answer
}

// Release lets the permitted fields out: the way of a release in docs/architecture.md.
// It returns a *Denial, consent.ErrNotFound to whom the grant does not name,
// consent.ErrUnavailable or consent.ErrStaleView when something cannot be
// established, ErrIdempotencyReuse, ErrReleaseTooLarge, ErrCall, or what call.Turn returned.
func (g *Gate) Release(ctx context.Context, who consent.Institution, call ReleaseCall) (*Release, error) {
	asked, err := checkFields(call.Fields)
	if err != nil {
		return nil, err
	}
	digest, err := releaseDigest(&call, asked)
	if err != nil {
		return nil, err
	}
	a, end, err := g.begin(ctx, who.ID, underGrant{
		operation: opRelease, grant: call.Grant, action: consent.Read, asked: asked, key: call.IdempotencyKey, digest: digest,
		turn: call.Turn, holds: call.Holds, has: setOf(call.Unless),
	})
	if err != nil {
		return nil, err
	}
	defer end()
	if a.earlier != nil {
		return a.redeliver(ctx, a.earlier)
	}
	return a.release(ctx)
}

// release is steps 5 to 8 of a first delivery.
func (a *attempt) release(ctx context.Context) (*Release, error) {
	f, err := a.find(ctx, a.subject.head.Manifest, a.at.seconds(), func(consent.FieldName) bool { return true })
	if err != nil {
		return nil, a.damaged(ctx, err)
	}
	var used uint32
	limit := a.grant.Grant.MaxReleases
	if limit != 0 && len(f.fields)+len(f.unchanged) > 0 {
		used, err = a.gate.take(ctx, a.id, limit)
		if errors.Is(err, errLimit) {
			return nil, a.deny(ctx, consent.ReasonLimit)
		}
		if err != nil {
			return nil, a.damaged(ctx, err)
		}
	}
	// The memo comes after the count, so that no retry is ever free of one.
	m := &memo{Call: a.call.digest, Time: a.at.milli, Used: used, Manifest: f.manifest, Fields: f.fields}
	note, keep, err := a.remember(m)
	if err != nil {
		return nil, err
	}
	return a.deliver(ctx, consent.EntryAuthorised, f, used, note, keep)
}

// redeliver opens the same versions again. The checks of now have been made: what
// they no longer permit stays back.
func (a *attempt) redeliver(ctx context.Context, m *memo) (*Release, error) {
	f, err := a.find(ctx, m.Manifest, m.Time/1000, func(field consent.FieldName) bool {
		return slices.ContainsFunc(m.Fields, func(v consent.FieldVersion) bool { return v.Field == field })
	})
	if err != nil {
		return nil, a.damaged(ctx, err)
	}
	r, err := a.deliver(ctx, consent.EntryRedelivery, f, m.Used, nil, nil)
	if err == nil {
		r.Redelivered = true
	}
	return r, err
}

// find is step 5: the permitted fields' ciphertext, by a manifest; of what the recipient
// does not have already, those that may be sent. Nothing is opened. as is when derived
// fields answer for, in Unix seconds.
func (a *attempt) find(ctx context.Context, manifest []manifestEntry, as uint64, send func(consent.FieldName) bool) (*found, error) {
	ctx, end := a.gate.watch(ctx, StepFind)
	defer end()
	f := &found{as: as, envelopes: map[consent.FieldName][]byte{}, objects: map[consent.FieldName][]byte{}}
	look := lookup{from: head{Manifest: manifest}, records: map[consent.Category]*record{}}
	key := crypto.PseudonymKey(a.gate.pseudonyms, a.id)
	for _, field := range a.permitted {
		version, stored, err := a.locate(ctx, &look, f, a.sources(field))
		if err != nil {
			return nil, err
		}
		var tag FieldTag // none of a derived field: under one version its answer changes with the day
		if version != 0 && a.derived(field) == nil {
			tag = tagOf(key, field, version, f.envelopes[field])
		}
		spared := tag != (FieldTag{}) && a.call.has[tag]
		if version == 0 || !spared && !send(field) {
			f.drop(stored)
			a.withhold(consent.Withheld{Field: field, Reason: consent.ReasonNoValue})
			continue
		}
		if tag != (FieldTag{}) && a.unchanged(f, field, tag) {
			f.drop(stored)
			continue
		}
		if a.derived(field) != nil {
			version = dayOf(as) // its inputs' would count what is written about the person
		}
		f.fields = append(f.fields, consent.FieldVersion{Field: field, Version: version})
		f.stored = append(f.stored, stored...)
	}
	return f, a.fetch(ctx, f)
}

// lookup is the records that find has read so far, by a manifest.
type lookup struct {
	from    head
	records map[consent.Category]*record
}

// locate finds what a field is read from, all of it: the greatest of the versions, and what is
// now to be opened that was not before. Version 0 where something is missing.
func (a *attempt) locate(ctx context.Context, look *lookup, f *found, sources []consent.FieldName) (version uint64, stored []consent.FieldVersion, err error) {
	complete := true
	for _, source := range sources {
		category := source.Category()
		r, read := look.records[category]
		if m := look.from.entry(category); !read && m != nil {
			if r, err = a.gate.readRecord(ctx, a.grant.Identity, *m); err != nil {
				return 0, nil, err
			}
			f.manifest = append(f.manifest, *m)
		}
		look.records[category] = r
		one, envelope := r.find(a.subject.kek.FieldTag(string(source)))
		complete = complete && envelope != nil
		if _, twice := f.envelopes[source]; envelope != nil && !twice {
			stored = append(stored, consent.FieldVersion{Field: source, Version: one})
			f.envelopes[source] = envelope
		}
		version = max(version, one)
	}
	if !complete {
		version = 0
	}
	return version, stored, nil
}

// drop takes back what is not to be opened after all.
func (f *found) drop(stored []consent.FieldVersion) {
	for _, v := range stored {
		delete(f.envelopes, v.Field)
	}
}

// deliver is steps 6 to 8: write it down, look once more, open. keep, where there is one, makes
// the memo durable, note has it otherwise.
func (a *attempt) deliver(ctx context.Context, kind consent.EntryKind, f *found, used uint32, note *Note, keep task) (*Release, error) {
	var receive task
	var err error
	if len(f.fields) > 0 && !a.call.bearer { // nobody owes a deletion for what was shown
		if receive, err = a.receive(ctx); err != nil {
			return nil, a.damaged(ctx, err)
		}
	}
	wait := beside(ctx, receive, keep)
	proof, err := a.appendWith(ctx, kind, f.fields, nil, note)
	errBeside := wait()
	if err != nil {
		return nil, err
	}
	if errBeside != nil {
		a.late(ctx, consent.EntryAborted, f.fields, because(errBeside)...)
		return nil, errBeside
	}
	if err := a.lookAgain(ctx, f.fields); err != nil {
		return nil, err
	}
	opening, end := a.gate.watch(ctx, StepOpen)
	values, err := a.openAll(opening, f)
	end()
	if err == nil {
		err = a.state(values, proof.Promise.LeafHash)
	}
	if err != nil {
		a.late(ctx, consent.EntryAborted, f.fields, because(err)...)
		return nil, err
	}
	fields := a.answered(f.fields, values) // all that stays of f, whose objects may be large
	r := &Release{
		Grant: a.terms(used), Released: values, Versions: make(map[consent.FieldName]uint64, len(fields)),
		Withheld: toldWithheld(a.withheld), Tags: f.tags, Proof: proof,
	}
	for _, v := range fields {
		r.Versions[v.Field] = v.Version
	}
	var once sync.Once
	r.done = func(ctx context.Context, delivered bool) {
		once.Do(func() {
			kind := consent.EntryAborted
			if delivered {
				kind = consent.EntryDelivered
			}
			a.late(ctx, kind, fields)
		})
	}
	return r, nil
}

// task is done by itself; nil: there is nothing to do.
type task func(ctx context.Context) error

// beside begins what becomes durable while an entry does, and not after it. Nothing is opened
// before wait has said that all of it is.
func beside(ctx context.Context, tasks ...task) (wait func() error) {
	var group errgroup.Group
	for _, one := range tasks {
		if one != nil {
			group.Go(func() error { return one(ctx) })
		}
	}
	return group.Wait
}

// lookAgain is step 7: no tombstone arrived while the entry was written.
func (a *attempt) lookAgain(ctx context.Context, fields []consent.FieldVersion) error {
	watched, end := a.gate.watch(ctx, StepLook)
	tomb, err := a.gate.entombed(watched, a.id) // the journal was asked before: what this store lost by then was put back
	end()
	if err != nil || tomb != nil {
		a.late(ctx, consent.EntryAborted, fields, because(err)...)
	}
	if err != nil {
		return err
	}
	if tomb != nil {
		return a.deny(ctx, tomb.reason())
	}
	return nil
}

// openAll is step 8: the only place where the values of a release become readable. What
// derived fields are computed from is dropped here, before anything is answered.
// A value's grant is shown to nobody but that grant's own institution, so that two
// institutions cannot join their handles.
func (a *attempt) openAll(ctx context.Context, f *found) (map[consent.FieldName][]Sourced, error) {
	opened := make(map[consent.FieldName][]Sourced, len(f.stored))
	for _, v := range f.stored {
		var err error
		if opened[v.Field], err = a.subject.openField(v.Field, v.Version, f.envelopes[v.Field], f.objects[v.Field]); err != nil {
			return nil, err
		}
		delete(f.objects, v.Field) // a large one is not held beside its plaintext
	}
	answers, err := a.derive(ctx, f, opened)
	f.forget(opened)
	if err != nil {
		return nil, err
	}
	values := make(map[consent.FieldName][]Sourced, len(f.fields))
	granted := slices.Clone(f.unchanged) // the same pseudonyms as if all were sent
	for _, v := range f.fields {
		if a.derived(v.Field) != nil {
			continue
		}
		list := opened[v.Field]
		for i := range list {
			if list[i].Writer != a.who.ID || a.call.bearer {
				list[i].Grant = consent.GrantID{}
			}
			list[i].hideGrants()
			list[i].Written = toDay(list[i].Written)
		}
		values[v.Field] = list
		granted = append(granted, v.Field)
	}
	if len(values) > 0 {
		if err := a.gate.shape(crypto.PseudonymKey(a.gate.pseudonyms, a.id), granted, values); err != nil {
			return nil, unavailable("shape", err)
		}
	}
	for field := range values {
		if f.envelopes[field] == nil || !slices.Contains(granted, field) {
			return nil, unavailable("shape", errDamaged)
		}
	}
	maps.Copy(values, answers)
	return values, nil
}

// toDay cuts a time in Unix milliseconds to its day: the millisecond would join two
// institutions' copies.
func toDay(ms uint64) uint64 { return ms - ms%(consent.Day*1000) }

// late writes an entry beside the answer, as best it can: bounded in number and in
// time, and never waited for.
func (a *attempt) late(ctx context.Context, kind consent.EntryKind, fields []consent.FieldVersion, reasons ...consent.Reason) {
	g := a.gate
	select {
	case g.lateSlots <- struct{}{}:
	default:
		return
	}
	e := a.entry(kind, fields, reasons)
	e.Late = true
	go func() {
		defer func() { <-g.lateSlots }()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lateTimeout)
		defer cancel()
		_, _ = g.journal.Append(ctx, e) // best effort by design: the entry that counts is written already
	}()
}

// Done notes, as best it can, whether the answer was sent. It never blocks; only
// the first call counts.
func (r *Release) Done(ctx context.Context, delivered bool) {
	if r.done != nil {
		r.done(ctx, delivered)
	}
}

// checkFields sorts the asked fields and refuses malformed names.
func checkFields(fields []consent.FieldName) ([]consent.FieldName, error) {
	if len(fields) == 0 {
		return nil, nil
	}
	sorted := slices.Clone(fields)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	if err := consent.ValidateFields(sorted); err != nil {
		return nil, errCall("fields: want 1 to 200 field names")
	}
	return sorted, nil
}
