package policy_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/policy"
)

func list(names string) (fields []consent.FieldName) {
	for name := range strings.FieldsSeq(names) {
		fields = append(fields, consent.FieldName(name))
	}
	return fields
}

// ask changes the question to another institution's.
func ask(kind consent.Kind, purpose consent.Purpose, action consent.Actions, basis consent.LegalBasis, fields string) func(*consent.Question) {
	return func(q *consent.Question) {
		q.Institution.Kind, q.Action, q.Fields = kind, action, list(fields)
		q.Grant.Purpose, q.Grant.LegalBasis, q.Grant.Actions = purpose, basis, action
	}
}

// shown changes the question to that of whoever has a code.
func shown(fields string) func(*consent.Question) {
	return func(q *consent.Question) {
		ask(consent.KindUnknown, policy.PurposeIdentityCheck, consent.Read, consent.BasisConsent, fields)(q)
		q.Grant.Audience, q.Grant.MaxReleases, q.Grant.RetentionDays, q.Institution = consent.AudienceBearer, 1, 0, consent.Institution{}
	}
}

func TestDecideByTheDefaultBundle(t *testing.T) {
	e := engine(t, nil)
	read, write, by := consent.Read, consent.Write, consent.BasisConsent
	tests := []struct {
		name   string
		change func(*consent.Question)
		permit string         // fields; "" denies
		reason consent.Reason // of the whole, or of every withheld field
	}{
		{"hospital reads for treatment", func(*consent.Question) {}, "contact.phone health.allergy health.medication identity.birth_date identity.name", ""},
		{"hospital writes health", ask(consent.KindHospital, policy.PurposeTreatment, write, by, "health.allergy health.condition health.immunization health.medication"),
			"health.allergy health.condition health.immunization health.medication", ""},
		{"agency writes identity and contact", ask(consent.KindAgency, policy.PurposeAidRegistration, write, consent.BasisVitalInterests, "contact.address contact.phone identity.birth_date identity.name"),
			"contact.address contact.phone identity.birth_date identity.name", ""},
		{"school reads education and identity", ask(consent.KindSchool, policy.PurposeSchoolEnrolment, read, by, "education.enrolment identity.name"), "education.enrolment identity.name", ""},
		{"representative of a minor", func(q *consent.Question) {
			q.Facts.Minor, q.Facts.Representative, q.Grant.Representation = true, true, consent.RepresentationRepresentative
		}, "contact.phone health.allergy health.medication identity.birth_date identity.name", ""},
		{"some of the fields", ask(consent.KindSchool, policy.PurposeSchoolEnrolment, read, by, "health.condition identity.name"), "identity.name", consent.ReasonFieldKind},

		{"school reads illness", ask(consent.KindSchool, policy.PurposeSchoolEnrolment, read, by, "health.condition"), "", consent.ReasonFieldKind},
		{"hospital reads ethnicity for treatment", ask(consent.KindHospital, policy.PurposeTreatment, read, by, "identity.ethnicity"), "", consent.ReasonFieldPurpose},
		{"hospital writes a name for treatment", ask(consent.KindHospital, policy.PurposeTreatment, write, by, "identity.name"), "", consent.ReasonFieldPurpose},
		{"agency writes vaccinations", ask(consent.KindAgency, policy.PurposeVaccination, write, by, "health.immunization"), "", consent.ReasonFieldKind},
		{"border writes", ask(consent.KindBorder, policy.PurposeBorderEntry, write, consent.BasisPublicTask, "identity.name"), "", consent.ReasonFieldKind},
		{"bank for aid", ask(consent.KindBank, policy.PurposeAidRegistration, read, by, "identity.name"), "", consent.ReasonPurposeKind},
		{"unknown kind", ask(consent.KindUnknown, policy.PurposeTreatment, read, by, "identity.name"), "", consent.ReasonPurposeKind},
		{"kind beyond the list", ask(consent.Kind(200), policy.PurposeTreatment, read, by, "identity.name"), "", consent.ReasonPurposeKind},
		{"unknown purpose", func(q *consent.Question) { q.Grant.Purpose = "dpv:Marketing" }, "", consent.ReasonUnknownPurpose},
		{"no purpose", func(q *consent.Question) { q.Grant.Purpose = "" }, "", consent.ReasonUnknownPurpose},
		{"unknown field", func(q *consent.Question) { q.Fields = list("health.horoscope") }, "", consent.ReasonUnknownField},
		{"not a field name", func(q *consent.Question) { q.Fields = list("*") }, "", consent.ReasonUnknownField},
		{"basis not accepted", func(q *consent.Question) { q.Grant.LegalBasis = consent.BasisLegitimateInterest }, "", consent.ReasonBasis},
		{"border by consent", ask(consent.KindBorder, policy.PurposeBorderEntry, read, by, "identity.name"), "", consent.ReasonBasis},
		{"retention", func(q *consent.Question) { q.Grant.RetentionDays = 36000 }, "", consent.ReasonRetention},
		{"not attested", func(q *consent.Question) { q.Institution.Attested = false }, "", consent.ReasonNotAttested},
		{"attestation over", func(q *consent.Question) { q.Institution.AttestedTo = now }, "", consent.ReasonNotAttested},
		{"no accreditor", func(q *consent.Question) { q.Institution.Accreditors = nil }, "", consent.ReasonAccreditor},
		{"suspended", func(q *consent.Question) { q.Institution.Suspended = true }, "", consent.ReasonSuspended},
		{"minor alone", func(q *consent.Question) { q.Facts.Minor = true }, "", consent.ReasonPolicy},
		{"unknown representative", func(q *consent.Question) { q.Grant.Representation = consent.RepresentationRepresentative }, "", consent.ReasonPolicy},
		{"representation beyond the list", func(q *consent.Question) { q.Grant.Representation = 9 }, "", consent.ReasonPolicy},
		{"bearer for treatment", func(q *consent.Question) { q.Grant.Audience = consent.AudienceBearer }, "", consent.ReasonPurposeKind},
		{"bearer", shown("identity.name identity.over_18 identity.photo"), "identity.name identity.over_18 identity.photo", ""},
		{"bearer of more", shown("contact.phone identity.name"), "identity.name", consent.ReasonFieldKind},
		{"bearer of a minor", func(q *consent.Question) { shown("identity.name")(q); q.Facts.Minor = true }, "", consent.ReasonPolicy},
		{"bearer who keeps", func(q *consent.Question) { shown("identity.name")(q); q.Grant.RetentionDays = 1 }, "", consent.ReasonPolicy},
		{"audience beyond the list", func(q *consent.Question) { q.Grant.Audience = 2 }, "", consent.ReasonPolicy},
		{"country of use", func(q *consent.Question) { q.Facts.NeverCountries = []string{"KE"} }, "", consent.ReasonCountry},
		{"country of the recipient", func(q *consent.Question) {
			q.Facts.NeverCountries, q.Institution.Jurisdiction = []string{"SO"}, "SO"
		}, "", consent.ReasonCountry},
		{"before the purpose's first day", func(q *consent.Question) { q.Time = 1 }, "", consent.ReasonUnknownPurpose},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := question()
			tt.change(&q)
			for range 2 { // the second time from the cache
				d, err := e.Decide(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				checkDecision(t, e, q, d, list(tt.permit), tt.reason)
			}
		})
	}
}

func checkDecision(t *testing.T, e *policy.Engine, q consent.Question, d consent.Decision, permit []consent.FieldName, reason consent.Reason) {
	t.Helper()
	if !slices.Equal(d.Permitted, permit) {
		t.Errorf("permitted %v, want %v", d.Permitted, permit)
	}
	if len(d.Permitted)+len(d.Withheld) != len(q.Fields) {
		t.Errorf("%d permitted and %d withheld of %d", len(d.Permitted), len(d.Withheld), len(q.Fields))
	}
	for _, w := range d.Withheld {
		if w.Reason != reason && !slices.Contains(d.Reasons, reason) {
			t.Errorf("%s withheld for %q, the whole for %q; want %q", w.Field, w.Reason, d.Reasons, reason)
		}
	}
	if d.PolicyDigest != e.Digest() || d.PolicyDigest == (consent.Digest{}) || d.Revision != 1 {
		t.Error("decision does not name its bundle")
	}
}

func TestDecideRefuses(t *testing.T) {
	none, some := new(policy.Engine), engine(t, nil)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		name   string
		engine *policy.Engine
		ctx    context.Context
		change func(*consent.Question)
		want   error
	}{
		{"no bundle", none, t.Context(), func(*consent.Question) {}, consent.ErrUnavailable},
		{"bundle expired while in force", some, t.Context(), func(q *consent.Question) { q.Time = now + 86400 }, policy.ErrExpired},
		{"caller gone", some, ended, func(*consent.Question) {}, consent.ErrUnavailable},
		{"no grant", some, t.Context(), func(q *consent.Question) { q.Grant = nil }, policy.ErrQuestion},
		{"no action", some, t.Context(), func(q *consent.Question) { q.Action = 0 }, policy.ErrQuestion},
		{"two actions", some, t.Context(), func(q *consent.Question) { q.Action = consent.Read | consent.Write }, policy.ErrQuestion},
		{"no field", some, t.Context(), func(q *consent.Question) { q.Fields = nil }, policy.ErrQuestion},
		{"too many fields", some, t.Context(), func(q *consent.Question) { q.Fields = make([]consent.FieldName, 201) }, policy.ErrQuestion},
		{"too many accreditors", some, t.Context(), func(q *consent.Question) { q.Institution.Accreditors = make([]consent.InstitutionID, 17) }, policy.ErrQuestion},
		{"too many countries", some, t.Context(), func(q *consent.Question) { q.Facts.NeverCountries = make([]string, 301) }, policy.ErrQuestion},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := question()
			tt.change(&q)
			d, err := tt.engine.Decide(tt.ctx, q)
			if !errors.Is(err, tt.want) || len(d.Permitted) > 0 {
				t.Errorf("%v, %d permitted; want %v", err, len(d.Permitted), tt.want)
			}
		})
	}
	if none.Catalog() != nil || none.Purposes() != nil || none.Revision() != 0 || none.Digest() != (consent.Digest{}) {
		t.Error("an engine without a bundle has something of one")
	}
}

// rules is a bundle's only module, with what each of the four rules says.
func rules(permitted, until, withheld, reasons string) map[string][]byte {
	return map[string][]byte{"reasons.rego": nil, "release_test.rego": nil, "release.rego": []byte("package wrappy.release\n" +
		"permitted " + permitted + "\nvalid_until " + until + "\nwithheld " + withheld + "\nreasons " + reasons + "\n")}
}

// Bundles that two reviewers signed and that are wrong all the same: what they say
// is not trusted beyond the question, and no failure permits.
func TestDecideByABrokenBundle(t *testing.T) {
	const all, none, until = ":= {f | some f in input.fields}", ":= set()", ":= input.time + 60"
	tests := []struct {
		name  string
		rules map[string][]byte
		deny  bool
	}{
		{"sound", rules(all, until, ":= {}", ":= set()"), false},
		{"no reason at all", rules(":= {\"identity.name\"}", until, ":= {}", ":= set()"), false},
		{"undefined", rules(":= {f | some f in input.fields} if input.nothing", until, ":= {}", ":= set()"), true},
		{"undefined time", rules(all, ":= 1 if input.nothing", ":= {}", ":= set()"), true},
		{"undefined reasons", rules(none, until, ":= {}", ":= set() if input.nothing"), true},
		{"permits a field that was not asked", rules(":= {\"identity.race\"}", until, ":= {}", ":= set()"), true},
		{"permits more than was asked", rules(":= {f | some f in input.fields} | {\"identity.race\"}", until, ":= {}", ":= set()"), true},
		{"permits a number", rules(":= {1}", until, ":= {}", ":= set()"), true},
		{"permits true", rules(":= true", until, ":= {}", ":= set()"), true},
		{"permits a list", rules(":= input.fields", until, ":= {}", ":= set()"), true},
		{"time is text", rules(all, ":= \"soon\"", ":= {}", ":= set()"), true},
		{"time is a fraction", rules(all, ":= 1.5", ":= {}", ":= set()"), true},
		{"time is negative", rules(all, ":= -1", ":= {}", ":= set()"), true},
		{"withholds what was not asked", rules(none, until, ":= {\"identity.race\": \"policy\"}", ":= set()"), true},
		{"reason of nobody", rules(none, until, ":= {\"identity.name\": \"because\"}", ":= set()"), true},
		{"reason that is the vault's", rules(none, until, ":= {}", ":= {\"withdrawn\"}"), true},
		{"reason is a number", rules(none, until, ":= {}", ":= {1}"), true},
		{"withheld is a set", rules(none, until, ":= set()", ":= set()"), true},
		{"two values for one rule", rules(":= {input.fields[0]} if input.time > 0\npermitted := set() if input.time > 1", until, ":= {}", ":= set()"), true},
		{"a field's key conflicts", rules(none, until, "[\"identity.name\"] := r if some r in {\"policy\", \"field_kind\"}", ":= set()"), true},
		{"a builtin fails", rules(":= {f | some f in input.fields; max(f)}", until, ":= {}", ":= set()"), true},
		{"endless reasons", rules(none, until, ":= {}", endless), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := engine(t, tt.rules).Decide(t.Context(), question())
			if tt.deny && (!errors.Is(err, consent.ErrUnavailable) || len(d.Permitted) > 0) {
				t.Errorf("%v, %d permitted; want unavailable and none", err, len(d.Permitted))
			}
			if !tt.deny && (err != nil || len(d.Permitted) == 0) {
				t.Errorf("%v, %d permitted", err, len(d.Permitted))
			}
			bundle := build(t, sources(t, tt.rules), 1)
			err = new(policy.Engine).Load(bundle, approve(t, bundle, anna, bela), reviewers, 0, clock)
			if tt.deny != errors.Is(err, policy.ErrBundle) || (!tt.deny && err != nil) {
				t.Errorf("the trial says %v", err)
			}
		})
	}
}

// endless runs through the fields' members to the eighth power.
const endless = `:= {x | some a, _ in data.fields; some b, _ in data.fields; some c, _ in data.fields; some d, _ in data.fields
	some e, _ in data.fields; some f, _ in data.fields; some g, _ in data.fields; some h, _ in data.fields
	x := count([a, b, c, d, e, f, g, h]); x == 9}`

// An endless rule ends by its own limit, and sooner when the caller leaves.
func TestEndlessRuleEnds(t *testing.T) {
	e := engine(t, rules(endless, ":= input.time + 60", ":= {}", ":= set()"))
	begin := time.Now()
	if _, err := e.Decide(t.Context(), question()); !errors.Is(err, consent.ErrUnavailable) || time.Since(begin) > 10*policy.EvaluationLimit {
		t.Errorf("%v after %v", err, time.Since(begin))
	}
	ctx, cancel := context.WithTimeout(t.Context(), policy.EvaluationLimit/40)
	defer cancel()
	begin = time.Now()
	if _, err := e.Decide(ctx, question()); !errors.Is(err, consent.ErrUnavailable) || time.Since(begin) >= policy.EvaluationLimit {
		t.Errorf("%v after %v", err, time.Since(begin))
	}
}

func TestErrorsEchoNoInput(t *testing.T) {
	q := question()
	q.Fields = list("identity.name contact.phone")
	q.Grant.Purpose = "dpv:SecretPurpose"
	for _, permitted := range []string{":= {f | some f in input.fields; max(f)}", ":= {max(input.grant.purpose)}", ":= {input.grant.purpose}"} {
		_, err := engine(t, rules(permitted, ":= 1", ":= {}", ":= set()")).Decide(t.Context(), q)
		if err == nil || strings.Contains(err.Error(), "Secret") || strings.Contains(err.Error(), "identity.name") {
			t.Errorf("%s: %v", permitted, err)
		}
	}
}

func TestCache(t *testing.T) {
	e := engine(t, nil)
	decide := func(q consent.Question) consent.Decision {
		d, err := e.Decide(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	first := decide(question())
	first.Permitted[0], first.Permitted = "identity.race", append(first.Permitted, "identity.race")
	for range 2 { // what was decided, then what was kept
		d := decide(question())
		if !slices.Equal(d.Permitted, question().Fields) {
			t.Errorf("a caller changed what is kept: %v", d.Permitted)
		}
		d.Permitted[0] = "identity.race"
	}
	q := question()
	q.Institution.AttestedTo = now + 2
	if decide(q); q.Time < now+1 {
		q.Time = now + 2
	}
	if d := decide(q); len(d.Permitted) != 0 {
		t.Error("a decision outlived its valid_until")
	}
}

// Each change of the input is another question: none may meet the answer to the
// first, which is kept and permits.
func TestCacheTellsQuestionsApart(t *testing.T) {
	e := engine(t, rules(":= {f | some f in input.fields; input == "+
		strings.ReplaceAll(inputOfQuestion, "\n", " ")+"}", ":= input.time + 60", ":= {}", ":= set()"))
	changes := map[string]func(*consent.Question){
		"action": func(q *consent.Question) { q.Action = consent.Write },
		"fields": func(q *consent.Question) { q.Fields = q.Fields[1:] },
		"field order": func(q *consent.Question) {
			q.Fields = []consent.FieldName{q.Fields[1], q.Fields[0], q.Fields[2], q.Fields[3], q.Fields[4]}
		},
		"purpose":        func(q *consent.Question) { q.Grant.Purpose = policy.PurposeVaccination },
		"basis":          func(q *consent.Question) { q.Grant.LegalBasis = consent.BasisContract },
		"shifted text":   func(q *consent.Question) { q.Grant.LegalBasis, q.Grant.Jurisdiction = "consentK", "E" },
		"jurisdiction":   func(q *consent.Question) { q.Grant.Jurisdiction = "UG" },
		"audience":       func(q *consent.Question) { q.Grant.Audience = consent.AudienceBearer },
		"representation": func(q *consent.Question) { q.Grant.Representation = 1 },
		"assistance":     func(q *consent.Question) { q.Grant.Assistance = 1 },
		"actions":        func(q *consent.Question) { q.Grant.Actions = 3 },
		"not before":     func(q *consent.Question) { q.Grant.NotBefore++ },
		"expires":        func(q *consent.Question) { q.Grant.Expires++ },
		"releases":       func(q *consent.Question) { q.Grant.MaxReleases++ },
		"retention":      func(q *consent.Question) { q.Grant.RetentionDays++ },
		"institution":    func(q *consent.Question) { q.Institution.ID[31]++ },
		"kind":           func(q *consent.Question) { q.Institution.Kind = consent.KindClinic },
		"its country":    func(q *consent.Question) { q.Institution.Jurisdiction = "UG" },
		"suspended":      func(q *consent.Question) { q.Institution.Suspended = true },
		"attested":       func(q *consent.Question) { q.Institution.Attested = false },
		"attested to":    func(q *consent.Question) { q.Institution.AttestedTo++ },
		"accreditors":    func(q *consent.Question) { q.Institution.Accreditors = []consent.InstitutionID{{9}} },
		"one more accreditor": func(q *consent.Question) {
			q.Institution.Accreditors = []consent.InstitutionID{{8}, {9}}
		},
		"overdue":         func(q *consent.Question) { q.OverdueSince = q.Time - 1 },
		"no accreditor":   func(q *consent.Question) { q.Institution.Accreditors = nil },
		"minor":           func(q *consent.Question) { q.Facts.Minor = true },
		"representative":  func(q *consent.Question) { q.Facts.Representative = true },
		"never countries": func(q *consent.Question) { q.Facts.NeverCountries = []string{"SO"} },
	}
	if d, err := e.Decide(t.Context(), question()); err != nil || len(d.Permitted) != 5 {
		t.Fatalf("the input is not as documented: %v, %v", d.Withheld, err)
	}
	for name, change := range changes {
		q := question()
		change(&q)
		if d, err := e.Decide(t.Context(), q); err != nil || len(d.Permitted) != 0 {
			t.Errorf("%s: answered as another question: %v", name, err)
		}
	}
	q := question()
	q.Time++
	if d, err := e.Decide(t.Context(), q); err != nil || len(d.Permitted) != 5 {
		t.Errorf("time is part of the key: %v", err)
	}
}

// inputOfQuestion is what rules see of question(): the documented input, whole.
const inputOfQuestion = `{"action": "read",
"fields": ["contact.phone", "health.allergy", "health.medication", "identity.birth_date", "identity.name"],
"grant": {"purpose": "sector-health:ServiceProvision", "legal_basis": "consent", "jurisdiction": "KE", "audience": "institution",
"representation": "self", "assistance": "none", "actions": "read", "not_before": 1789999900, "expires": 1790000040, "max_releases": 0, "retention_days": 30},
"institution": {"id": "0x0700000000000000000000000000000000000000000000000000000000000000", "kind": "hospital", "jurisdiction": "KE", "suspended": false, "attested": true, "attested_to": 1790001000,
"accreditors": ["0x0800000000000000000000000000000000000000000000000000000000000000"], "overdue_since": 0},
"facts": {"minor": false, "representative": false, "never_countries": {}}, "time": 1790000000}`

// The rules permit at one second only, so that an answer at another was kept.
func TestCacheLifetime(t *testing.T) {
	change := rules(":= {f | some f in input.fields; input.time == 1790000000}", ":= input.time + 60", ":= {}", ":= set()")
	tests := []struct {
		name    string
		after   time.Duration // on the machine's clock
		time    uint64        // the second question's
		expires uint64        // of the grant
		kept    bool
	}{
		{"at once", 0, now, now + 40, true},
		{"4 s later", 0, now + 4, now + 40, true},
		{"5 s later", 0, now + 5, now + 40, false},
		{"the grant's end", 0, now + 2, now + 2, false},
		{"a second back", 0, now - 1, now + 40, false},
		{"the question's clock stands still", 5 * time.Second, now + 1, now + 40, false},
		{"both clocks go", 3 * time.Second, now + 3, now + 40, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, q := engine(t, change), question()
				q.Grant.Expires = tt.expires
				if d, err := e.Decide(t.Context(), q); err != nil || len(d.Permitted) != 5 {
					t.Fatal(err)
				}
				time.Sleep(tt.after) // of the bubble's clock
				q.Time = tt.time
				d, err := e.Decide(t.Context(), q)
				if err != nil || (len(d.Permitted) == 5) != tt.kept {
					t.Errorf("%d permitted, %v; kept %v", len(d.Permitted), err, tt.kept)
				}
			})
		})
	}
}

func TestDecideAndUseTogether(t *testing.T) {
	e := engine(t, nil)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for i := range uint32(200) {
				q := question()
				q.Grant.MaxReleases = i
				if d, err := e.Decide(t.Context(), q); err != nil || len(d.Permitted) != 5 {
					t.Errorf("%v", err)
				}
			}
		})
	}
	for revision := range uint64(5) {
		bundle := build(t, sources(t, nil), revision+2)
		if err := e.Load(bundle, approve(t, bundle, anna, bela), reviewers, 0, clock); err != nil {
			t.Error(err)
		}
	}
	wait.Wait()
}

// The default bundle releases nothing to whom a deletion has been overdue for a month, and
// takes what it writes.
func TestOverdueDeletionBlocks(t *testing.T) {
	for _, tt := range []struct {
		days   uint64
		action consent.Actions
		denied bool
	}{{0, consent.Read, false}, {1, consent.Read, false}, {29, consent.Read, false}, {30, consent.Read, true}, {400, consent.Read, true}, {400, consent.Write, false}} {
		q := question()
		q.Action, q.Grant.Actions, q.Fields = tt.action, tt.action, []consent.FieldName{"health.allergy"}
		if tt.days > 0 {
			q.OverdueSince = q.Time - tt.days*consent.Day
		}
		d, err := engine(t, nil).Decide(t.Context(), q)
		if err != nil || (len(d.Permitted) == 0) != tt.denied || tt.denied && !slices.Equal(d.Reasons, []consent.Reason{consent.ReasonOverdue}) {
			t.Errorf("%d days: %v, %v", tt.days, d, err)
		}
	}
}
