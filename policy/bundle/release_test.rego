package wrappy.release_test

import data.wrappy.release

# Tests read the purposes and fields of the bundle itself: what is reviewed is what is tested.

treatment := "sector-health:ServiceProvision"

aid := "sector-publicservices:SocialWelfareEnrolmentManagement"

school := "sector-education:StudentEnrolmentManagement"

border := "sector-law:ImmigrationBorderControlManagement"

bank := "sector-finance:CustomerDueDiligence"

now := 1790000000

base := {
	"action": "read",
	"fields": ["health.allergy", "identity.name"],
	"grant": {
		"purpose": treatment,
		"legal_basis": "consent",
		"jurisdiction": "KE",
		"audience": "institution",
		"representation": "self",
		"assistance": "none",
		"actions": "read",
		"not_before": 1789000000,
		"expires": 1799971200,
		"max_releases": 0,
		"retention_days": 30,
	},
	"institution": {
		"id": "0x00",
		"kind": "hospital",
		"jurisdiction": "KE",
		"suspended": false,
		"attested": true,
		"attested_to": 1800000000,
	},
	"facts": {"minor": false, "representative": false, "never_countries": {}},
	"time": now,
}

# ask is base with other members: kind, purpose, action and fields.
ask(kind, purpose, action, fields) := object.union(base, {
	"action": action,
	"fields": fields,
	"grant": {"purpose": purpose},
	"institution": {"kind": kind},
})

grant(terms) := object.union(base, {"grant": terms})

institution(terms) := object.union(base, {"institution": terms})

facts(terms) := object.union(base, {"facts": terms})

denied(question, reason) if {
	release.permitted == set() with input as question
	reason in release.reasons with input as question
}

withheld(question, field, reason) if {
	not field in release.permitted with input as question
	release.withheld[field] == reason with input as question
}

# What is permitted.

test_hospital_reads_for_treatment if {
	release.permitted == {"health.allergy", "identity.name"} with input as base
}

test_hospital_writes_health if {
	fields := ["health.allergy", "health.condition", "health.immunization", "health.medication"]
	count(release.permitted) == 4 with input as ask("hospital", treatment, "write", fields)
}

test_clinic_reads_contact if {
	release.permitted == {"contact.phone"} with input as ask("clinic", treatment, "read", ["contact.phone"])
}

test_agency_writes_identity_and_contact if {
	fields := ["contact.address", "contact.phone", "identity.birth_date", "identity.name"]
	count(release.permitted) == 4 with input as ask("agency", aid, "write", fields)
}

test_school_reads_education_and_identity if {
	fields := ["education.enrolment", "education.qualification", "identity.birth_date", "identity.name"]
	count(release.permitted) == 4 with input as ask("school", school, "read", fields)
}

test_representative_of_a_minor if {
	question := object.union(grant({"representation": "representative"}), {"facts": {"minor": true, "representative": true}})
	count(release.permitted) == 2 with input as question
}

test_other_country_is_not_affected if {
	count(release.permitted) == 2 with input as facts({"never_countries": {"SO": true}})
}

test_retention_at_its_bound if {
	count(release.permitted) == 2 with input as grant({"retention_days": data.purposes[treatment].retention_days})
}

test_valid_until_is_the_attestations_end if {
	release.valid_until == 1800000000 with input as base
}

test_a_permitted_field_has_no_reason if {
	release.withheld == {} with input as base
	release.reasons == set() with input as base
}

test_some_fields_of_a_question if {
	question := ask("hospital", treatment, "read", ["identity.name", "identity.identifier.passport"])
	release.permitted == {"identity.name"} with input as question
	release.withheld == {"identity.identifier.passport": "field_kind"} with input as question
}

test_purposes_first_second if {
	count(release.permitted) == 2 with input as object.union(base, {"time": data.purposes[treatment].from})
}

test_hospital_reads_a_sensitive_matter_by_its_own_field if {
	release.permitted == {"health.sensitive.hiv"} with input as ask("hospital", treatment, "read", ["health.sensitive.hiv"])
}

test_clinic_writes_observations if {
	fields := ["health.observation.laboratory", "health.observation.vital_signs", "health.procedure"]
	count(release.permitted) == 3 with input as ask("clinic", treatment, "write", fields)
}

test_agency_reads_vaccinations if {
	field := "health.immunization"
	release.permitted == {field} with input as ask("agency", "sector-health:VaccinationManagement", "read", [field])
}

# What is denied, and why.

test_deny_unknown_purpose if denied(grant({"purpose": "dpv:Nothing"}), "unknown_purpose")

test_deny_unknown_purpose_for_no_other_reason if {
	question := object.union(base, {"grant": {"purpose": "dpv:Nothing"}, "institution": {"kind": "circus"}})
	release.reasons == {"unknown_purpose"} with input as question
	early := object.union(ask("school", treatment, "read", ["health.horoscope"]), {"time": 1})
	release.reasons == {"unknown_purpose"} with input as early
	basis := object.union(grant({"legal_basis": "curiosity"}), {"time": 1})
	release.reasons == {"unknown_purpose"} with input as basis
	needless := object.union(ask("hospital", treatment, "read", ["identity.ethnicity"]), {"time": 1})
	release.withheld == {} with input as needless
}

test_deny_marketing if denied(grant({"purpose": "dpv:Marketing"}), "unknown_purpose")

test_deny_purpose_before_its_first_day if {
	denied(object.union(base, {"time": data.purposes[treatment].from - 1}), "unknown_purpose")
}

test_deny_school_for_treatment if denied(institution({"kind": "school"}), "purpose_kind")

test_deny_unknown_kind if denied(institution({"kind": "unknown"}), "purpose_kind")

test_deny_kind_never_heard_of if denied(institution({"kind": "circus"}), "purpose_kind")

test_deny_bank_for_aid if denied(ask("bank", aid, "read", ["identity.name"]), "purpose_kind")

test_deny_border_for_school if denied(ask("border", school, "read", ["identity.name"]), "purpose_kind")

test_deny_legal_basis_not_accepted if denied(grant({"legal_basis": "legitimate_interests"}), "legal_basis")

test_deny_legal_basis_unknown if denied(grant({"legal_basis": "curiosity"}), "legal_basis")

test_deny_border_by_consent if {
	question := ask("border", border, "read", ["identity.name"])
	denied(object.union(question, {"grant": {"legal_basis": "consent"}}), "legal_basis")
}

test_deny_retention_a_day_too_long if {
	denied(grant({"retention_days": data.purposes[treatment].retention_days + 1}), "retention")
}

test_deny_not_attested if denied(institution({"attested": false}), "not_attested")

test_deny_attestation_over if denied(institution({"attested_to": now}), "not_attested")

test_deny_suspended if denied(institution({"suspended": true}), "suspended")

test_deny_minor_alone if denied(facts({"minor": true}), "policy")

test_deny_minor_with_a_representative_who_did_not_sign if {
	denied(facts({"minor": true, "representative": true}), "policy")
}

test_deny_representative_who_is_not_known if denied(grant({"representation": "representative"}), "policy")

test_deny_representation_unknown if denied(grant({"representation": "unknown"}), "policy")

test_deny_bearer if denied(grant({"audience": "bearer"}), "policy")

test_deny_country_of_use if denied(facts({"never_countries": {"KE": true}}), "country")

test_deny_country_of_recipient if {
	question := object.union(institution({"jurisdiction": "SO"}), {"facts": {"never_countries": {"SO": true}}})
	denied(question, "country")
}

test_deny_unknown_field if {
	withheld(ask("hospital", treatment, "read", ["health.horoscope"]), "health.horoscope", "unknown_field")
}

test_deny_school_reading_health if {
	withheld(ask("school", school, "read", ["health.condition"]), "health.condition", "field_kind")
}

test_deny_agency_reading_illness if {
	withheld(ask("agency", aid, "read", ["health.condition"]), "health.condition", "field_kind")
}

test_deny_agency_reading_ethnicity if {
	withheld(ask("agency", aid, "read", ["identity.ethnicity"]), "identity.ethnicity", "field_kind")
}

test_deny_hospital_reading_ethnicity_for_treatment if {
	withheld(ask("hospital", treatment, "read", ["identity.ethnicity"]), "identity.ethnicity", "field_purpose")
}

test_deny_hospital_reading_aid if {
	withheld(ask("hospital", treatment, "read", ["aid.registration"]), "aid.registration", "field_kind")
}

test_deny_border_reading_aid if {
	withheld(ask("border", border, "read", ["aid.registration"]), "aid.registration", "field_kind")
}

test_deny_border_reading_address if {
	withheld(ask("border", border, "read", ["contact.address"]), "contact.address", "field_kind")
}

test_deny_hospital_writing_a_name_for_treatment if {
	withheld(ask("hospital", treatment, "write", ["identity.name"]), "identity.name", "field_purpose")
}

test_deny_school_writing_identity if {
	withheld(ask("school", school, "write", ["identity.name"]), "identity.name", "field_kind")
}

test_deny_agency_writing_health if {
	withheld(ask("agency", aid, "write", ["health.condition"]), "health.condition", "field_kind")
}

# The purpose needs the field and is open to the kind: the field's own list denies.
test_deny_agency_writing_vaccinations if {
	purpose := "sector-health:VaccinationManagement"
	data.purposes[purpose].kinds.agency
	data.purposes[purpose].write["health.immunization"]
	withheld(ask("agency", purpose, "write", ["health.immunization"]), "health.immunization", "field_kind")
}

test_deny_agency_writing_a_social_security_number if {
	field := "identity.identifier.social_security"
	withheld(ask("agency", aid, "write", [field]), field, "field_kind")
}

test_deny_bank_writing_anything if {
	every field, _ in data.fields {
		release.permitted == set() with input as ask("bank", bank, "write", [field])
	}
}

test_deny_border_writing_anything if {
	every field, _ in data.fields {
		release.permitted == set() with input as ask("border", border, "write", [field])
	}
}

test_deny_race_and_ethnicity_outside_care if {
	every kind in ["school", "registrar", "agency", "border", "bank", "employer", "accreditor"] {
		every purpose, _ in data.purposes {
			fields := ["identity.ethnicity", "identity.race"]
			release.permitted == set() with input as ask(kind, purpose, "read", fields)
		}
	}
}

sensitive := {field | some field, f in data.fields; f.matter}

test_deny_sensitive_matters_outside_care if {
	count(sensitive) >= 7
	every kind in ["school", "registrar", "agency", "border", "bank", "employer", "accreditor"] {
		every purpose, _ in data.purposes {
			every action in ["read", "write"] {
				release.permitted == set() with input as ask(kind, purpose, action, sensitive)
			}
		}
	}
}

test_deny_sensitive_matters_for_any_purpose_but_treatment if {
	every purpose, _ in object.remove(data.purposes, [treatment]) {
		release.permitted == set() with input as ask("hospital", purpose, "read", sensitive)
	}
}

test_deny_agency_reading_hiv if {
	withheld(ask("agency", aid, "read", ["health.sensitive.hiv"]), "health.sensitive.hiv", "field_kind")
}

test_deny_employer_reading_reproductive_health if {
	field := "health.sensitive.reproductive_health"
	withheld(ask("employer", "dpv:PersonnelHiring", "read", [field]), field, "field_kind")
}

test_deny_school_reading_violence if {
	withheld(ask("school", school, "read", ["health.sensitive.violence"]), "health.sensitive.violence", "field_kind")
}

test_deny_hospital_reading_laboratory_for_vaccination if {
	field := "health.observation.laboratory"
	withheld(ask("hospital", "sector-health:VaccinationManagement", "read", [field]), field, "field_purpose")
}

test_deny_bank_reading_anything_of_health if {
	health := {field | some field, _ in data.fields; startswith(field, "health.")}
	count(health) > 20
	every purpose, _ in data.purposes {
		release.permitted == set() with input as ask("bank", purpose, "read", health)
	}
}

test_deny_a_matter_that_is_no_field if {
	withheld(ask("hospital", treatment, "read", ["hiv"]), "hiv", "unknown_field")
}

test_deny_all_of_a_category_at_once if {
	withheld(ask("hospital", treatment, "read", ["health.*"]), "health.*", "unknown_field")
}

test_deny_the_group_of_sensitive_fields if {
	withheld(ask("hospital", treatment, "read", ["health.sensitive"]), "health.sensitive", "unknown_field")
}

test_deny_minor_with_unknown_signer if {
	denied(object.union(facts({"minor": true, "representative": true}), {"grant": {"representation": "unknown"}}), "policy")
}

test_deny_suspended_even_if_attested_and_represented if {
	question := object.union(institution({"suspended": true}), {"facts": {"representative": true}, "grant": {"representation": "representative"}})
	denied(question, "suspended")
}

test_deny_suspension_that_is_not_false if denied(institution({"suspended": "no"}), "suspended")

test_deny_attestation_that_is_not_true if {
	every value in ["yes", 1, null] {
		release.permitted == set() with input as institution({"attested": value})
	}
}

test_deny_every_country_of_a_list if {
	never := {"KE": true, "SO": true, "UG": true}
	every country, _ in never {
		question := object.union(facts({"never_countries": never}), {"institution": {"jurisdiction": country}})
		release.permitted == set() with input as question
	}
}

test_deny_both_actions_at_once if {
	release.permitted == set() with input as object.union(base, {"action": "read+write"})
}

test_deny_any_action_but_read_and_write if {
	every action in ["erase", "kinds", "label", "unknown"] {
		release.permitted == set() with input as object.union(base, {"action": action})
	}
}

test_deny_every_missing_part_of_the_input if {
	every part in ["action", "fields", "grant", "institution", "facts", "time"] {
		release.permitted == set() with input as object.remove(base, [part])
	}
}

test_deny_every_missing_term if {
	every part, terms in {
		"grant": ["purpose", "legal_basis", "jurisdiction", "audience", "representation", "retention_days"],
		"institution": ["kind", "jurisdiction", "suspended", "attested", "attested_to"],
		"facts": ["minor", "never_countries"],
	} {
		every term in terms {
			rest := object.remove(base[part], [term])
			question := object.union(object.remove(base, [part]), {part: rest})
			release.permitted == set() with input as question
		}
	}
}

test_deny_without_any_input if {
	release.permitted == set() with input as {}
	"not_attested" in release.reasons with input as {}
	"unknown_purpose" in release.reasons with input as {}
}
