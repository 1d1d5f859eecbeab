package demo

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/policy"
	"github.com/wrapious/wrappy/wallet"
)

// The five fields that the hospital asks for, and the one that the person keeps back.
var (
	askedFields = []consent.FieldName{"health.allergy", "health.condition", "health.medication", "identity.birth_date", "identity.name"}
	keptBack    = consent.FieldName("health.condition")

	healthFields   = []consent.FieldName{"health.allergy", "health.care_plan", "health.condition", "health.diagnostic_report", "health.encounter", "health.immunization", "health.medication", "health.observation.laboratory", "health.observation.vital_signs", "health.procedure"}
	identityFields = []consent.FieldName{"contact.address", "contact.phone", "identity.birth_date", "identity.gender", "identity.language", "identity.name"}
)

type story struct {
	stage  Stage
	cast   cast
	result Result

	receipts sync.Mutex // guards the people's wallet files while they answer at once

	grant *wallet.SignedGrant // the first person's, which is withdrawn
	live  string              // the second person's, which stands, for curl
	proof openapi.Proof       // of the first person's release
}

// Run tells the story and returns what it showed. An error means that a step did
// not hold; nothing is passed over.
func Run(ctx context.Context, stage Stage) (*Result, error) {
	s := &story{stage: stage}
	for _, step := range []func(context.Context) error{s.meet, s.write, s.release, s.foreign, s.withdraw, s.verify, s.facts} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return &s.result, nil
}

func (s *story) say(format string, args ...any) {
	_, _ = fmt.Fprintf(s.stage.Out, format+"\n", args...)
}

// meet is step 2: people and institutions.
func (s *story) meet(ctx context.Context) error {
	if err := s.assemble(ctx); err != nil {
		return err
	}
	if s.cast.returning {
		s.say("2  the cast of the last run is back: three people, an accreditor, a hospital, a school, an agency")
	} else {
		begun := time.Now()
		if err := s.enrol(ctx); err != nil {
			return err
		}
		if err := s.mark(enrolledMark); err != nil {
			return err
		}
		s.say("2  three people made identities; an accreditor, a hospital, a school and an agency are on\n   the ledger, attested (%.1f s)", time.Since(begun).Seconds())
	}
	return s.connect(ctx)
}

// write is step 3: what institutions record, and what is not theirs to record.
func (s *story) write(ctx context.Context) error {
	if s.marked(recordedMark) {
		s.say("3  the records of the last run are there")
		return nil
	}
	var g errgroup.Group
	reports := make([]report, 2*len(s.cast.people))
	for i, p := range s.cast.people {
		g.Go(func() (err error) {
			reports[2*i], err = s.record(ctx, s.cast.atHospital, p, policy.PurposeTreatment, healthFields)
			return err
		})
		g.Go(func() (err error) {
			reports[2*i+1], err = s.record(ctx, s.cast.atAgency, p, policy.PurposeAidRegistration, identityFields)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, p := range s.cast.people {
		if err := p.file.Save(ctx, p.path, s.stage.Passphrase); err != nil {
			return err
		}
	}
	var total report
	for _, r := range reports {
		total.stored += r.stored
		total.refused += r.refused
		total.left += r.left
	}
	s.say("3  the hospital recorded their health fields, the agency identity and contact, from real\n   FHIR R4 bundles: %d fields stored, %d outside the grant and %d resources without a field\n   reported back, not stored", total.stored, total.refused, total.left)
	if total.stored == 0 || total.refused == 0 || total.left == 0 {
		return errors.New("step 3: fields stored, refused and left were all expected")
	}
	return s.mark(recordedMark)
}

type report struct{ stored, refused, left int }

func (s *story) record(ctx context.Context, at *client.Institution, p *person, purpose consent.Purpose, fields []consent.FieldName) (r report, err error) {
	grant, err := s.agree(ctx, at, p, purpose, consent.Write, fields, fields)
	if err != nil {
		return r, err
	}
	bundle, err := patients.ReadFile(p.bundle)
	if err != nil {
		return r, err
	}
	// As the transaction that the samples are, all or nothing of them would be stored.
	bundle = bytes.Replace(bundle, []byte(`"type": "transaction"`), []byte(`"type": "batch"`), 1)
	written, err := at.WriteFHIR(ctx, grant.Grant.ID().String(), bytes.NewReader(bundle))
	if err != nil {
		return r, err
	}
	r = report{stored: len(written.Stored), refused: len(written.Withheld)}
	if written.Left != nil {
		for _, l := range *written.Left {
			if l.Reason == "no_field" { // the others are of the envelope
				r.left += int(l.Count)
			}
		}
	}
	return r, nil
}

// agree lets an institution ask and a person answer with the fields they choose,
// and waits until the ledger has it.
func (s *story) agree(ctx context.Context, at *client.Institution, p *person, purpose consent.Purpose, action consent.Actions, asked, given []consent.FieldName) (*wallet.SignedGrant, error) {
	id, err := s.ask(ctx, at, purpose, action, asked)
	if err != nil {
		return nil, err
	}
	shown, err := p.Read(ctx, id)
	if err != nil {
		return nil, err
	}
	signed, err := p.Give(ctx, shown, wallet.Choice{Fields: given, Language: "en"})
	if err != nil {
		return nil, err
	}
	s.keep(p, signed)
	if err := s.awaitChain(ctx, &signed.Grant, consent.StatusGiven); err != nil {
		return nil, err
	}
	return signed, awaitGiven(ctx, at, id)
}

// ask has an institution ask; for a day the request can be answered.
func (s *story) ask(ctx context.Context, at *client.Institution, purpose consent.Purpose, action consent.Actions, fields []consent.FieldName) (id consent.RequestID, err error) {
	now := uint64(time.Now().Unix()) //nolint:gosec // after 1970
	request, err := at.Ask(ctx, client.Ask{
		Purpose: purpose, LegalBasis: consent.BasisConsent, Jurisdiction: s.stage.Jurisdiction, Fields: fields, Actions: action,
		NotBefore: now - 60, Expires: (now/consent.Day + 30) * consent.Day, RetentionDays: 30, AnswerBy: now + consent.Day,
		Notices: []consent.Notice{{Language: "en", Text: "We ask for these fields to care for you. You may say no, give less, or stop it at any time; it changes nothing in the help you get."}},
	})
	if err != nil {
		return id, err
	}
	return id, id.UnmarshalText([]byte(request.Id))
}

// awaitGiven asks as an institution does, until the vault has followed the chain.
func awaitGiven(ctx context.Context, at *client.Institution, id consent.RequestID) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	request, err := at.AwaitOutcome(ctx, id, 10*time.Millisecond)
	if err != nil {
		return fmt.Errorf("the vault does not show the permission as given: %w", err)
	}
	if request.Status != openapi.StatusGiven {
		return fmt.Errorf("the permission is %s", request.Status)
	}
	return nil
}

func (s *story) keep(p *person, signed *wallet.SignedGrant) {
	s.receipts.Lock()
	defer s.receipts.Unlock()
	p.file.Receipts = append(p.file.Receipts, signed.Receipt(s.stage.Public, p.Deployment.ConsentLedger))
}

// release is step 4: five asked, four given, four released.
func (s *story) release(ctx context.Context) error {
	var given []consent.FieldName
	for _, f := range askedFields {
		if f != keptBack {
			given = append(given, f)
		}
	}
	first := s.cast.people[len(s.cast.people)-1]
	grant, err := s.agree(ctx, s.cast.atHospital, first, policy.PurposeTreatment, consent.Read, askedFields, given)
	if err != nil {
		return err
	}
	s.grant = grant
	released, shared, err := s.cast.atHospital.Release(ctx, grant.Grant.ID().String(), askedFields, client.NewIdempotencyKey())
	if err != nil {
		return err
	}
	for _, f := range askedFields {
		if _, ok := released.Released[string(f)]; ok {
			s.result.Released = append(s.result.Released, string(f))
		}
	}
	for _, w := range released.Withheld {
		s.result.Withheld = append(s.result.Withheld, Withheld{w.Field, w.Reason})
	}
	if len(s.result.Released) != len(given) || len(s.result.Withheld) != 1 || s.result.Withheld[0].Field != string(keptBack) {
		return fmt.Errorf("step 4: released %v, withheld %v", s.result.Released, s.result.Withheld)
	}
	s.promise(released, shared)
	s.proof = released.Proof
	s.say("4  the hospital asked for five fields for treatment, the person allowed four; it received\n   %s\n   and not %s: %s", strings.Join(s.result.Released, ", "), keptBack, s.result.Withheld[0].Reason)
	return s.second(ctx, given)
}

// second gives the hospital a grant that stands after the story, for curl.
func (s *story) second(ctx context.Context, given []consent.FieldName) error {
	p := s.cast.people[0]
	grant, err := s.agree(ctx, s.cast.atHospital, p, policy.PurposeTreatment, consent.Read, askedFields, given)
	if err != nil {
		return err
	}
	s.live = grant.Grant.ID().String()
	return p.file.Save(ctx, p.path, s.stage.Passphrase)
}

func (s *story) promise(released *openapi.Released, shared *consent.SharedPart) {
	d := s.cast.atHospital.Deployment
	s.result.Journal = Journal{
		Origin: d.Origin, PublicKey: base64.StdEncoding.EncodeToString(d.LogKey), Index: released.Proof.Promise.Index,
		LeafHash: released.Proof.Promise.LeafHash,
		// Release verified signature, leaf and opening; here: that the entry speaks of this release
		Verified: shared.Kind == consent.EntryAuthorised && shared.Grant == s.grant.Grant.ID() && len(shared.Fields) == len(released.Released),
	}
}

// foreign is step 5: a stranger learns nothing, not even that the grant exists.
func (s *story) foreign(ctx context.Context) error {
	var nothing consent.GrantID
	_, _ = rand.Read(nothing[:])
	theirs, err := s.refusal(ctx, s.grant.Grant.ID())
	if err != nil {
		return err
	}
	absent, err := s.refusal(ctx, nothing)
	if err != nil {
		return err
	}
	if string(theirs) != string(absent) {
		return errors.New("step 5: the school can tell the hospital's grant from one that does not exist")
	}
	s.result.Denied = append(s.result.Denied, Denied{"school", "not_found"})
	s.say("5  the school, without a grant, tried the hospital's: the same answer, byte for byte, as for\n   a grant that does not exist")
	return nil
}

func (s *story) refusal(ctx context.Context, id consent.GrantID) ([]byte, error) {
	_, _, err := s.cast.atSchool.Release(ctx, id.String(), askedFields, client.NewIdempotencyKey())
	var problem *client.Problem
	if !errors.As(err, &problem) || problem.HTTPStatus != 404 {
		return nil, fmt.Errorf("step 5: the school was not refused as it should be: %w", err)
	}
	return json.Marshal(problem)
}

// facts is what step 8 prints and --json repeats, with a request that nobody has answered: whoever reads it may, on the page.
func (s *story) facts(ctx context.Context) error {
	open, err := s.ask(ctx, s.cast.atHospital, policy.PurposeTreatment, consent.Read, askedFields)
	if err != nil {
		return err
	}
	certificate, key := s.cast.hospital.TLSFiles()
	s.result.Files = Files{Certificate: certificate, Key: key, ServerCertificate: s.stage.ServerCertificate, Proofs: s.proofs()}
	s.result.Addresses = map[string]string{"public": s.stage.Public, "institutions": s.stage.Institutions, "release": s.stage.Institutions + "/v1/grants/" + s.live + "/release", "request": s.stage.Public + "/me/#r=" + open.String()}
	return nil
}
