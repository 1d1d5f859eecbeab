package policy_test

import (
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/policy"
)

// one of some values, the first of them more often than not.
func one[T any](r *rand.Rand, usual T, others ...T) T {
	if len(others) == 0 || r.IntN(8) > 0 {
		return usual
	}
	return others[r.IntN(len(others))]
}

// anyQuestion differs from the usual one in some of all that the default rules look at.
func anyQuestion(r *rand.Rand) consent.Question {
	q := question()
	g := *q.Grant
	q.Grant = &g
	q.Action = one(r, consent.Read, consent.Write)
	q.Fields = [][]consent.FieldName{q.Fields, {"identity.name"}, {"identity.race", "identity.name"}, {"identity.identifier.passport", "health.allergy", "health.horoscope"}}[r.IntN(4)]
	g.Purpose = one(r, policy.PurposeTreatment, policy.PurposeVaccination, policy.PurposeSchoolEnrolment, policy.PurposeIdentityCheck, "dpv:Marketing")
	g.LegalBasis = one(r, consent.BasisConsent, consent.BasisContract, consent.BasisPublicTask, consent.BasisLegitimateInterest)
	g.Jurisdiction = one(r, "KE", "UG", "SO")
	g.Audience = one(r, consent.AudienceInstitution, consent.AudienceBearer, 7)
	g.Representation = one(r, consent.RepresentationSelf, consent.RepresentationRepresentative, 7)
	g.RetentionDays = one[uint32](r, 30, 0, 2922, 2923, 99999)
	q.Institution.Kind = one(r, consent.KindHospital, consent.KindClinic, consent.KindSchool, consent.KindAccreditor, consent.KindUnknown)
	q.Institution.Jurisdiction = one(r, "KE", "UG", "SO")
	q.Institution.Suspended = one(r, false, true)
	q.Institution.Attested = one(r, true, false)
	q.Institution.AttestedTo = one(r, now+1000, now, now+1, 0)
	q.Institution.Accreditors = one(r, []consent.InstitutionID{{8}}, nil, []consent.InstitutionID{{9}}, []consent.InstitutionID{{9}, {8}})
	q.OverdueSince = one(r, 0, now-29*86400, now-30*86400, now-900*86400)
	q.Facts = one(r, consent.PolicyFacts{}, consent.PolicyFacts{Minor: true}, consent.PolicyFacts{Representative: true}, consent.PolicyFacts{Minor: true, Representative: true})
	q.Facts.NeverCountries = one(r, nil, []string{"SO"}, []string{"KE"}, []string{"SO", "UG"})
	q.Time = one(r, now, 1, 1767225600, 1767225599)
	if g.Audience == consent.AudienceBearer {
		q.Institution = one(r, consent.Institution{}, q.Institution)
	}
	return q
}

// What permits is written apart from what says why not, so that a permit is fast. The two
// agree: nothing is permitted beside a reason against the whole, and nothing is withheld
// that no reason speaks of.
func TestPermitsAndReasonsAgree(t *testing.T) {
	listed := []byte(`{"0x0800000000000000000000000000000000000000000000000000000000000000": {"name": "board", "kinds": {"hospital": true, "school": true}, "countries": {"KE": true}}}`)
	narrow := within(t, purposes, treatment, `"retention_days": 2922`, `"countries": {"KE": true}, "retention_days": 2922`)
	both := maps.Clone(narrow)
	both["accreditors/data.json"] = listed
	for name, changes := range map[string]map[string][]byte{
		"default":              nil,
		"accreditors listed":   {"accreditors/data.json": listed},
		"one country only":     narrow,
		"overdue may go on":    {"retention/data.json": []byte(`{"overdue": {"block": false, "grace_days": 0, "law": "none"}}`)},
		"both of the narrower": both,
	} {
		t.Run(name, func(t *testing.T) {
			e := engine(t, changes)
			r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same questions each time
			permitted, reasons := 0, map[consent.Reason]int{}
			for range 3000 {
				q := anyQuestion(r)
				d, err := e.Decide(t.Context(), q)
				if err != nil {
					t.Fatalf("%+v of %+v: %v", q, q.Grant, err)
				}
				if len(d.Permitted) > 0 {
					permitted++
				}
				for _, reason := range d.Reasons {
					reasons[reason]++
				}
				if len(d.Permitted) > 0 && len(d.Reasons) > 0 {
					t.Fatalf("%+v of %+v: permitted %v beside %v", q, q.Grant, d.Permitted, d.Reasons)
				}
				for _, w := range d.Withheld {
					if len(d.Reasons) == 0 && w.Reason == consent.ReasonPolicy {
						t.Fatalf("%+v of %+v: %s is withheld and no reason says why", q, q.Grant, w.Field)
					}
				}
			}
			if permitted < 100 || len(reasons) < 9 {
				t.Errorf("%d permitted, reasons %v: these questions show too little", permitted, reasons)
			}
		})
	}
}
