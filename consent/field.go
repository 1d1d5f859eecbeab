package consent

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// FieldName is "category.name" with at most one more level, in lower-case
// letters, digits and "_" (health.observation.laboratory).
type FieldName string

// Category is the first level of a field name; one record holds one category.
type Category string

// The categories, closed by protocol: a record's associated data names one of them.
const (
	CategoryIdentity  Category = "identity"
	CategoryContact   Category = "contact"
	CategoryHealth    Category = "health"
	CategoryEducation Category = "education"
	CategoryAid       Category = "aid"
	CategoryWork      Category = "work"
	CategoryCivil     Category = "civil"
)

var fieldNamePattern = regexp.MustCompile(`^(identity|contact|health|education|aid|work|civil)\.[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39})?$`)

// ErrFieldName is returned for text that is not a field name.
var ErrFieldName = errors.New("not a field name: want category.name in lower-case letters, digits and _")

// Validate reports whether the name has the form of a field name; whether the
// catalog knows it is another question.
func (f FieldName) Validate() error {
	if len(f) > 96 || !fieldNamePattern.MatchString(string(f)) {
		return ErrFieldName
	}
	return nil
}

// Category returns the first level, or "" where there is none.
func (f FieldName) Category() Category {
	category, _, found := strings.Cut(string(f), ".")
	if !found {
		return ""
	}
	return Category(category)
}

// ValidateFields checks an explicit list: 1 to 200 valid names, sorted, none twice.
func ValidateFields(fields []FieldName) error {
	if len(fields) == 0 || len(fields) > 200 {
		return errors.New("fields: want 1 to 200")
	}
	for i, f := range fields {
		if err := f.Validate(); err != nil {
			return fmt.Errorf("fields[%d]: %w", i, err)
		}
		if i > 0 && fields[i-1] >= f {
			return fmt.Errorf("fields[%d]: not sorted or twice", i)
		}
	}
	return nil
}

// Includes reports whether the sorted list names f.
func Includes(sorted []FieldName, f FieldName) bool {
	_, found := slices.BinarySearch(sorted, f)
	return found
}

// Purpose is a coded reason for use: a term of the W3C Data Privacy Vocabulary
// as a compact IRI ("dpv:ServiceProvision"). The policy bundle lists those in force.
type Purpose string

var purposePattern = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}:[A-Za-z][A-Za-z0-9-]{0,59}$`)

// Validate reports whether the purpose has the form of a compact IRI.
func (p Purpose) Validate() error {
	if !purposePattern.MatchString(string(p)) {
		return errors.New("purpose: want a compact IRI such as dpv:HealthcareService")
	}
	return nil
}

// LegalBasis is one of the six of GDPR Article 6(1).
type LegalBasis string

// GDPR (Regulation (EU) 2016/679), Article 6(1)(a) to (f).
const (
	BasisConsent            LegalBasis = "consent"
	BasisContract           LegalBasis = "contract"
	BasisLegalObligation    LegalBasis = "legal_obligation"
	BasisVitalInterests     LegalBasis = "vital_interests"
	BasisPublicTask         LegalBasis = "public_task"
	BasisLegitimateInterest LegalBasis = "legitimate_interests"
)

// Validate reports whether the basis is one of the six.
func (b LegalBasis) Validate() error {
	switch b {
	case BasisConsent, BasisContract, BasisLegalObligation, BasisVitalInterests, BasisPublicTask, BasisLegitimateInterest:
		return nil
	}
	return errors.New("legal basis: want one of GDPR Article 6(1)")
}

// Actions is a set of Read and Write.
type Actions uint8

// The two actions of a grant.
const (
	Read  Actions = 1
	Write Actions = 2
)

// Has reports whether the set holds every action in a.
func (s Actions) Has(a Actions) bool { return s&a == a && a != 0 }

// String is "read", "write" or "read+write"; "none" for anything else.
func (s Actions) String() string {
	switch s {
	case Read:
		return "read"
	case Write:
		return "write"
	case Read | Write:
		return "read+write"
	}
	return "none"
}

var (
	jurisdictionPattern = regexp.MustCompile(`^[A-Z]{2}$`)
	languagePattern     = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$`)
)

// ValidateJurisdiction wants an ISO 3166-1 alpha-2 country code.
func ValidateJurisdiction(j string) error {
	if !jurisdictionPattern.MatchString(j) {
		return errors.New("jurisdiction: want an ISO 3166-1 alpha-2 code such as KE")
	}
	return nil
}

// ValidateLanguage wants a BCP 47 language tag.
func ValidateLanguage(l string) error {
	if !languagePattern.MatchString(l) {
		return errors.New("language: want a BCP 47 tag such as sw or ar")
	}
	return nil
}
