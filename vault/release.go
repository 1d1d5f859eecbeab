package vault

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

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
	fields    []consent.FieldVersion
	envelopes map[consent.FieldName][]byte
	objects   map[consent.FieldName][]byte
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
	digest, err := callDigest([]any{opRelease, call.Grant, asked})
	if err != nil {
		return nil, err
	}
	a, end, err := g.begin(ctx, who.ID, underGrant{
		operation: opRelease, grant: call.Grant, action: consent.Read, asked: asked, key: call.IdempotencyKey, digest: digest,
		turn: call.Turn, holds: call.Holds,
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
	f, err := a.find(ctx, a.subject.head.Manifest)
	if err != nil {
		return nil, err
	}
	var used uint32
	limit := a.grant.Grant.MaxReleases
	if limit != 0 && len(f.fields) > 0 {
		used, err = a.gate.take(ctx, a.id, limit)
		if errors.Is(err, errLimit) {
			return nil, a.deny(ctx, consent.ReasonLimit)
		}
		if err != nil {
			return nil, err
		}
	}
	// The memo comes after the count, so that no retry is ever free of one.
	m := &memo{Call: a.call.digest, Time: a.at.milli, Used: used, Manifest: f.manifest, Fields: f.fields}
	if err := a.gate.remember(ctx, a.memo, m); err != nil {
		return nil, err
	}
	return a.deliver(ctx, consent.EntryAuthorised, f, used)
}

// redeliver opens the same versions again. The checks of now have been made: what
// they no longer permit stays back.
func (a *attempt) redeliver(ctx context.Context, m *memo) (*Release, error) {
	a.permitted = slices.DeleteFunc(a.permitted, func(field consent.FieldName) bool {
		first := slices.ContainsFunc(m.Fields, func(v consent.FieldVersion) bool { return v.Field == field })
		if !first {
			a.withhold(consent.Withheld{Field: field, Reason: consent.ReasonNoValue})
		}
		return !first
	})
	f, err := a.find(ctx, m.Manifest)
	if err != nil {
		return nil, err
	}
	r, err := a.deliver(ctx, consent.EntryRedelivery, f, m.Used)
	if err == nil {
		r.Redelivered = true
	}
	return r, err
}

// find is step 5: the permitted fields' ciphertext, by a manifest. Nothing is opened.
func (a *attempt) find(ctx context.Context, manifest []manifestEntry) (*found, error) {
	f := &found{envelopes: map[consent.FieldName][]byte{}, objects: map[consent.FieldName][]byte{}}
	records := map[consent.Category]*record{}
	from := head{Manifest: manifest}
	for _, field := range a.permitted {
		category := field.Category()
		r, read := records[category]
		if m := from.entry(category); !read && m != nil {
			var err error
			if r, err = a.gate.readRecord(ctx, a.grant.Identity, *m); err != nil {
				return nil, err
			}
			f.manifest = append(f.manifest, *m)
		}
		records[category] = r
		var version uint64
		var envelope []byte
		if r != nil {
			version, envelope = r.find(a.subject.kek.FieldTag(string(field)))
		}
		if envelope == nil {
			a.withhold(consent.Withheld{Field: field, Reason: consent.ReasonNoValue})
			continue
		}
		f.fields = append(f.fields, consent.FieldVersion{Field: field, Version: version})
		f.envelopes[field] = envelope
	}
	return f, a.fetch(ctx, f)
}

// deliver is steps 6 to 8: write it down, look once more, open.
func (a *attempt) deliver(ctx context.Context, kind consent.EntryKind, f *found, used uint32) (*Release, error) {
	proof, err := a.append(ctx, kind, f.fields, nil)
	if err != nil {
		return nil, err
	}
	if err := a.lookAgain(ctx, f.fields); err != nil {
		return nil, err
	}
	values, err := a.openAll(f)
	if err != nil {
		a.late(ctx, consent.EntryAborted, f.fields)
		return nil, err
	}
	r := &Release{
		Grant: a.terms(used), Released: values, Versions: make(map[consent.FieldName]uint64, len(f.fields)),
		Withheld: toldWithheld(a.withheld), Proof: proof,
	}
	fields := f.fields // all that stays of f, whose objects may be large
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

// lookAgain is step 7: no tombstone arrived while the entry was written.
func (a *attempt) lookAgain(ctx context.Context, fields []consent.FieldVersion) error {
	tomb, err := a.gate.entombed(ctx, a.id) // the journal was asked before: what this store lost by then was put back
	if err != nil || tomb != nil {
		a.late(ctx, consent.EntryAborted, fields)
	}
	if err != nil {
		return err
	}
	if tomb != nil {
		return a.deny(ctx, tomb.reason())
	}
	return nil
}

// openAll is step 8: the only place where the values of a release become readable.
// A value's grant is shown to nobody but that grant's own institution, so that two
// institutions cannot join their handles.
func (a *attempt) openAll(f *found) (map[consent.FieldName][]Sourced, error) {
	values := make(map[consent.FieldName][]Sourced, len(f.fields))
	granted := make([]consent.FieldName, 0, len(f.fields))
	for _, v := range f.fields {
		opened, err := a.subject.openField(v.Field, v.Version, f.envelopes[v.Field], f.objects[v.Field])
		if err != nil {
			return nil, err
		}
		delete(f.objects, v.Field) // a large one is not held beside its plaintext
		for i := range opened {
			if opened[i].Writer != a.who.ID {
				opened[i].Grant = consent.GrantID{}
			}
			opened[i].Written -= opened[i].Written % (consent.Day * 1000) // the millisecond would join two institutions' copies
		}
		values[v.Field] = opened
		granted = append(granted, v.Field)
	}
	if len(values) == 0 {
		return values, nil
	}
	if err := a.gate.shape(crypto.PseudonymKey(a.gate.pseudonyms, a.id), granted, values); err != nil {
		return nil, unavailable("shape", err)
	}
	for field := range values {
		if f.envelopes[field] == nil || !slices.Contains(a.permitted, field) {
			return nil, unavailable("shape", errDamaged)
		}
	}
	return values, nil
}

// late writes an entry beside the answer, as best it can: bounded in number and in
// time, and never waited for.
func (a *attempt) late(ctx context.Context, kind consent.EntryKind, fields []consent.FieldVersion) {
	g := a.gate
	select {
	case g.lateSlots <- struct{}{}:
	default:
		return
	}
	g.lateWork.Add(1)
	e := a.entry(kind, fields, nil)
	go func() {
		defer g.lateWork.Done()
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
