package vault

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/wrapious/wrappy/consent"
)

// strangerGrid is the time grid on which whoever a grant does not name is answered,
// and whoever signs for somebody else, so that absent, foreign and damaged take
// equally long.
const strangerGrid = 25 * time.Millisecond

// attempt is one call under a grant: what was asked, what was found, and what was
// decided. Entries are made from it.
type attempt struct {
	gate    *Gate
	call    underGrant
	memo    string // its name; "" without an Idempotency-Key
	earlier *memo  // what the same call has left before; nil: nothing
	action  consent.Actions
	asked   []consent.FieldName // sorted; all of the grant's where none were named
	at      moment
	who     consent.Institution
	id      consent.GrantID
	grant   *loadedGrant
	subject *subject // nil once erased
	stated  uint64   // Unix seconds in a person's act on their own values
	expires uint64   // the earlier of document and ledger; 0 until the ledger was asked
	block   uint64

	catalog   *consent.Catalog
	facts     consent.PolicyFacts
	overdue   uint64 // since when a deletion is, that the institution has not attested; 0 = none
	decision  consent.Decision
	permitted []consent.FieldName
	withheld  []consent.Withheld
}

// underGrant is a call under a grant, checked.
type underGrant struct {
	operation string
	grant     consent.GrantID
	action    consent.Actions
	asked     []consent.FieldName // sorted; none: all of the grant's
	key       string
	digest    [32]byte
	turn      Turn
	holds     func(consent.FieldName) bool // of the answer's form; nil: all
	has       map[FieldTag]bool            // what the recipient has and need not be sent
	bearer    bool                         // by the secret of a code: nobody in particular
}

// begin is what every call under a grant begins with: one at a time under one
// Idempotency-Key, admitted, and with what the same call has left before. end is the
// caller's to call unless there is an error.
func (g *Gate) begin(ctx context.Context, who consent.InstitutionID, call underGrant) (a *attempt, end func(), err error) {
	if err := checkKey(call.key); err != nil {
		return nil, nil, err
	}
	keeper := who
	if call.bearer {
		keeper = consent.InstitutionID(call.grant) // each code has keys of its own
	}
	name := g.idempotent(keeper, call.operation, call.key)
	if end, err = g.inTurn(ctx, name); err != nil {
		return nil, nil, err
	}
	if a, err = g.admit(ctx, who, call); err == nil {
		a.memo = name
		a.earlier, err = a.recall(ctx)
		err = a.damaged(ctx, err)
	}
	if err != nil {
		end()
		return nil, nil, err
	}
	return a, end, nil
}

// admit is steps 1 to 4 of a release: who asks, under what, does it stand, is it
// permitted. It returns a *Denial that is journalled, consent.ErrNotFound to
// strangers, or what could not be established.
func (g *Gate) admit(ctx context.Context, who consent.InstitutionID, call underGrant) (*attempt, error) {
	ctx, end := g.watch(ctx, StepAdmit)
	defer end()
	find := g.named
	if call.bearer {
		find = g.borne
	}
	a, err := find(ctx, who, call.grant)
	if err != nil {
		return nil, err
	}
	a.call, a.action, a.asked = call, call.action, call.asked
	if len(a.asked) == 0 {
		a.asked = slices.Clone(a.grant.Grant.Fields)
	}
	reason, err := a.stands(ctx)
	if err != nil {
		return nil, a.damaged(ctx, err)
	}
	if reason != "" {
		return nil, a.deny(ctx, reason)
	}
	return a, a.damaged(ctx, a.decide(ctx))
}

// named finds who asks and under what. Nothing that the answer to a stranger could
// depend on is looked at before it is known whether the grant names the caller.
func (g *Gate) named(ctx context.Context, who consent.InstitutionID, id consent.GrantID) (*attempt, error) {
	begun := time.Now()
	at, err := g.now(ctx)
	if err != nil {
		return nil, err
	}
	institution, err := g.ledger.Institution(ctx, who)
	if errors.Is(err, consent.ErrUnknownInstitution) || err == nil && institution.ID != who {
		return nil, g.stranger(ctx, who, id, begun)
	}
	if err != nil {
		return nil, unavailable("ledger", err)
	}
	loaded, err := g.loadGrant(ctx, id)
	if errors.Is(err, consent.ErrNotFound) ||
		err == nil && (loaded.Grant.Institution != who || loaded.Grant.Audience != consent.AudienceInstitution) {
		return nil, g.stranger(ctx, who, id, begun)
	}
	if err != nil {
		return nil, err
	}
	a := &attempt{gate: g, at: at, who: institution, id: id, grant: loaded}
	if err := a.whose(ctx); errors.Is(err, ErrLeft) { // while the grant was loaded
		return nil, g.stranger(ctx, who, id, begun)
	} else if err != nil {
		return nil, err
	}
	return a, nil
}

// whose finds the grant's subject; none once erased. ErrLeft, or what could not be established.
func (a *attempt) whose(ctx context.Context) (err error) {
	a.subject, _, err = a.gate.subject(ctx, a.grant.Identity)
	switch {
	case errors.Is(err, ErrErased):
		return nil
	case errors.Is(err, consent.ErrUnknownIdentity):
		err = unavailable("head", errDamaged)
	}
	return a.damaged(ctx, err)
}

// stranger answers whoever the grant does not name: one answer, on a fixed grid of
// time, noted outside anybody's history.
func (g *Gate) stranger(ctx context.Context, who consent.InstitutionID, id consent.GrantID, begun time.Time) error {
	errProbe := g.journal.Probe(ctx, who, id)
	evenly(ctx, begun)
	if errProbe != nil {
		return unavailable("journal", errProbe)
	}
	return consent.ErrNotFound
}

// evenly waits for the next point of the grid after begun.
func evenly(ctx context.Context, begun time.Time) {
	wait := time.NewTimer(strangerGrid - time.Since(begun)%strangerGrid)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
	}
}

// stands is step 3: tombstone and erasure, a fresh view, the five checks, the time.
// It returns the reason why the grant does not stand, "" where it does.
func (a *attempt) stands(ctx context.Context) (consent.Reason, error) {
	g := a.gate
	tomb, err := g.tombstone(ctx, a.id)
	if err != nil {
		return "", err
	}
	if tomb != nil {
		return tomb.reason(), nil
	}
	if a.subject == nil {
		return consent.ReasonWithdrawn, nil
	}
	if a.at.stale {
		return "", consent.ErrStaleView
	}
	state, err := g.ledger.GrantState(ctx, a.grant.Grant.GrantKey, a.id)
	if err != nil {
		return "", unavailable("ledger", err)
	}
	rootKey, err := g.rootKey(ctx, a.subject, state.Block)
	if err != nil {
		return "", err
	}
	valid, err := g.verify(ctx, a.grant, rootKey, state.Block)
	if err != nil {
		return "", err
	}
	a.block, a.expires = state.Block, min(a.grant.Grant.Expires, state.Expires)
	if !valid {
		return consent.ReasonInvalid, nil
	}
	if reason, err := g.follow(ctx, a, state); err != nil || reason != "" {
		return reason, err
	}
	switch now := a.at.seconds(); {
	case state.Status != consent.StatusGiven:
		return consent.ReasonUnconfirmed, nil
	case a.subject.head.disputes(state.GrantedAt, a.grant.BindingTime):
		return consent.ReasonDisputed, nil
	case now < a.grant.Grant.NotBefore:
		return consent.ReasonNotYet, nil
	case now >= a.expires:
		return consent.ReasonExpired, nil
	}
	return "", nil
}

// decide is step 4: what the person's facts, the Go rules and policy permit.
func (a *attempt) decide(ctx context.Context) error {
	var err error
	if a.facts, err = a.subject.facts(); err != nil {
		return err
	}
	reasons, err := a.ask(ctx)
	if err != nil {
		return err
	}
	if len(a.permitted) == 0 {
		return a.deny(ctx, reasons...)
	}
	return nil
}

// ask puts the question to the Go rules, to policy, and what policy said to the Go
// rules again. Nothing permitted means denied, for the reasons and what is withheld.
func (a *attempt) ask(ctx context.Context) (reasons []consent.Reason, err error) {
	g := a.gate
	if a.catalog = g.decider.Catalog(); a.catalog == nil {
		return nil, unavailable("policy", errors.New("no bundle is in force"))
	}
	terms := a.grant.Grant
	if terms.Audience == consent.AudienceInstitution {
		if a.overdue, err = g.overdueSince(ctx, a.who.ID, a.at); err != nil {
			return nil, err
		}
	}
	question := consent.Question{
		Action: a.action, GrantID: a.id, Grant: &terms, Institution: a.who, Facts: a.facts, Time: a.at.seconds(), OverdueSince: a.overdue,
	}
	if reasons := bars(&question); reasons != nil {
		return reasons, nil
	}
	fields, withheld := covered(&a.grant.Grant, a.catalog, a.asked)
	a.withhold(withheld...)
	fields, withheld = stored(a.catalog, a.action, fields)
	a.withhold(withheld...)
	fields, withheld = placed(a.call.holds, fields)
	a.withhold(withheld...)
	if len(fields) == 0 {
		return nil, nil
	}
	// The Decider gets copies: what it does to them must not reach the cached grant.
	question.Fields = slices.Clone(fields)
	terms.Fields = slices.Clone(terms.Fields)
	question.Facts.NeverCountries = slices.Clone(a.facts.NeverCountries)
	if a.decision, err = g.decider.Decide(ctx, question); err != nil {
		return nil, unavailable("policy", err)
	}
	a.decision = barCountry(&consent.Question{Grant: &a.grant.Grant, Institution: a.who, Facts: a.facts}, a.decision)
	a.permitted, withheld, reasons = confine(fields, a.decision)
	a.withhold(withheld...)
	return reasons, nil
}

// withhold adds to what does not leave, in the order of field names.
func (a *attempt) withhold(more ...consent.Withheld) {
	a.withheld = append(a.withheld, more...)
	slices.SortStableFunc(a.withheld, func(x, y consent.Withheld) int { return cmp.Compare(x.Field, y.Field) })
}

// deny journals a denial and returns it. What cannot be written down is unavailable.
func (a *attempt) deny(ctx context.Context, reasons ...consent.Reason) error {
	proof, err := a.append(ctx, consent.EntryDenied, nil, reasons)
	if err != nil {
		return err
	}
	return &Denial{Reasons: toldReasons(reasons), Withheld: toldWithheld(a.withheld), Proof: proof}
}

// damaged returns err. Where it is of an object that the vault cannot have written, that is
// noted as best it can: whoever has a hand on the store would otherwise leave no trace in
// anybody's history.
func (a *attempt) damaged(ctx context.Context, err error) error {
	if reasons := because(err); reasons != nil {
		a.late(ctx, consent.EntryAborted, nil, reasons...)
	}
	return err
}

// because is what an aborted call's entry says of its error.
func because(err error) []consent.Reason {
	if errors.Is(err, errDamaged) {
		return []consent.Reason{consent.ReasonInvalid}
	}
	return nil
}

// append writes an entry of this attempt.
func (a *attempt) append(ctx context.Context, kind consent.EntryKind, fields []consent.FieldVersion, reasons []consent.Reason) (consent.Proof, error) {
	return a.appendWith(ctx, kind, fields, reasons, nil)
}

func (a *attempt) appendWith(ctx context.Context, kind consent.EntryKind, fields []consent.FieldVersion, reasons []consent.Reason, note *Note) (consent.Proof, error) {
	e := a.entry(kind, fields, reasons)
	e.Note = note
	proof, err := a.gate.journal.Append(ctx, e)
	if errors.Is(err, ErrExists) {
		return consent.Proof{}, consent.ErrConflict
	}
	if err != nil {
		return consent.Proof{}, unavailable("journal", err)
	}
	return proof, nil
}

func (a *attempt) entry(kind consent.EntryKind, fields []consent.FieldVersion, reasons []consent.Reason) Entry {
	terms, view := &a.grant.Grant, a.at.view
	age := uint64(max(view.Age.Milliseconds(), 0))
	e := Entry{
		Shared: consent.SharedPart{
			Version: consent.Version, Kind: kind, Institution: a.who.ID, Grant: a.id, Action: a.action,
			Fields: fields, Withheld: toldWithheld(a.withheld), Reasons: toldReasons(reasons),
			PolicyDigest: a.decision.PolicyDigest, Block: view.Block, ViewAgeMilli: age, Time: a.at.milli,
		},
		Evidence: consent.EvidencePart{
			Version: consent.Version, Kind: kind, Institution: a.who.ID, InstitutionKind: a.who.Kind,
			InstitutionStands: a.who.Attested && !a.who.Suspended, AttestedTo: a.who.AttestedTo, Country: a.who.Jurisdiction,
			Jurisdiction: terms.Jurisdiction, Audience: terms.Audience, Representation: terms.Representation, Assistance: terms.Assistance,
			Purpose: terms.Purpose, LegalBasis: terms.LegalBasis, Action: a.action, Asked: a.asked,
			GrantFields: terms.Fields, GrantActions: terms.Actions, NotBefore: terms.NotBefore, Expires: terms.Expires,
			MaxReleases: terms.MaxReleases, RetentionDays: terms.RetentionDays, Facts: a.usedFacts(),
			Accreditors: a.who.Accreditors, OverdueSince: a.overdue,
			Permitted: a.permitted, Withheld: a.withheld, Reasons: reasons, PolicyDigest: a.decision.PolicyDigest,
			Block: view.Block, ViewAgeMilli: age, Time: a.at.milli,
		},
	}
	if a.subject != nil {
		e.Personal = consent.PersonalPart{Version: consent.Version, Kind: kind, Identity: a.subject.head.Identity, Grant: a.id, Time: a.at.milli}
		e.Subject = &a.subject.log
	}
	return e
}

// usedFacts are the facts that this question turned on. A whole list of countries is
// as good as a name: kept for ever, it would join a person's entries across months.
func (a *attempt) usedFacts() consent.PolicyFacts {
	used := a.facts
	used.NeverCountries = nil
	for _, country := range a.facts.NeverCountries {
		if country == a.who.Jurisdiction || country == a.grant.Grant.Jurisdiction {
			used.NeverCountries = append(used.NeverCountries, country)
		}
	}
	return used
}

// terms tells the recipient what it is bound to.
func (a *attempt) terms(used uint32) Terms {
	t := &a.grant.Grant
	return Terms{
		ID: a.id, Purpose: t.Purpose, LegalBasis: t.LegalBasis, Expires: a.expires,
		RetentionDays: t.RetentionDays, MaxReleases: t.MaxReleases, Used: used, Representation: t.Representation, Assistance: t.Assistance,
	}
}
