// Package policy decides, by the rules of a reviewed and signed bundle, which
// fields of a question may be read or written.
package policy

import (
	"embed"
	"io/fs"

	"github.com/wrapious/wrappy/consent"
)

//go:embed bundle
var embedded embed.FS

// Default is the default bundle's source: rules, their tests, purposes and fields.
func Default() fs.FS {
	sub, err := fs.Sub(embedded, "bundle")
	if err != nil {
		panic(err) // the name is a constant
	}
	return sub
}

// Purposes of the default bundle: terms of the W3C Data Privacy Vocabulary 2.3
// (https://w3id.org/dpv/2.3). Another bundle may lack them.
const (
	PurposeTreatment           consent.Purpose = "sector-health:ServiceProvision"
	PurposePatientRegistration consent.Purpose = "sector-health:PatientInformationManagement"
	PurposeVaccination         consent.Purpose = "sector-health:VaccinationManagement"
	PurposeSchoolEnrolment     consent.Purpose = "sector-education:StudentEnrolmentManagement"
	PurposeAidRegistration     consent.Purpose = "sector-publicservices:SocialWelfareEnrolmentManagement"
	PurposeAidAssistance       consent.Purpose = "sector-publicservices:SocialWelfareProvision"
	PurposeCivilRegistration   consent.Purpose = "sector-publicservices:PublicServiceProvision"
	PurposeBorderEntry         consent.Purpose = "sector-law:ImmigrationBorderControlManagement"
	PurposeBankIdentification  consent.Purpose = "sector-finance:CustomerDueDiligence"
	PurposeEmployment          consent.Purpose = "dpv:PersonnelHiring"
	PurposeAccreditation       consent.Purpose = "dpv:MemberPartnerManagement" //nolint:gosec // no credential: a term
	PurposeIdentityCheck       consent.Purpose = "dpv:IdentityVerification"
)
