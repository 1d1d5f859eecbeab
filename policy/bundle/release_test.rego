package wrappy.release_test

import data.wrappy.release

# Tests read the purposes and fields of the bundle itself: what is reviewed is what is tested.

treatment := "sector-health:ServiceProvision"

aid := "sector-publicservices:SocialWelfareEnrolmentManagement"

school := "sector-education:StudentEnrolmentManagement"

border := "sector-law:ImmigrationBorderControlManagement"

bank := "sector-finance:CustomerDueDiligence"

now := 1790000000

board := "0xb0a4d00000000000000000000000000000000000000000000000000000000001"

ministry := "0x0a15740000000000000000000000000000000000000000000000000000000002"

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
		"accreditors": [board],
		"overdue_since": 0,
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

# listed counts the board for hospitals in Kenya and Uganda, the ministry for schools
# everywhere, and nobody else.
listed := {
	board: {"name": "board", "kinds": {"hospital": true}, "countries": {"KE": true, "UG": true}},
	ministry: {"name": "ministry", "kinds": {"school": true}, "countries": {"any": true}},
}

vouched_by(accreditors, terms) := institution(object.union(terms, {"accreditors": accreditors}))

test_any_accreditor_by_default if {
	count(release.permitted) == 2 with input as vouched_by(["0x01"], {})
}

test_an_accreditor_that_counts if {
	count(release.permitted) == 2 with input as base with data.accreditors as listed
}

test_one_of_several_that_counts if {
	count(release.permitted) == 2 with input as vouched_by([ministry, board], {"jurisdiction": "UG"}) with data.accreditors as listed
}

test_an_accreditor_for_every_country if {
	question := object.union(ask("school", school, "read", ["identity.name"]), {"institution": {"jurisdiction": "SO", "accreditors": [ministry]}})
	count(release.permitted) == 1 with input as question with data.accreditors as listed
}

test_employer_reads_an_age_without_the_date if {
	hiring := "dpv:PersonnelHiring"
	question := ask("employer", hiring, "read", ["identity.birth_date", "identity.over_16", "identity.over_18"])
	release.permitted == {"identity.over_16", "identity.over_18"} with input as question
}

test_school_reads_that_somebody_was_vaccinated if {
	question := ask("school", school, "read", ["health.immunization", "health.vaccinated.measles"])
	release.permitted == {"health.vaccinated.measles"} with input as question
}

test_border_reads_the_yellow_fever_answer if {
	question := object.union(ask("border", border, "read", ["health.vaccinated.yellow_fever"]), {"grant": {"legal_basis": "public_task"}})
	release.permitted == {"health.vaccinated.yellow_fever"} with input as question
}

day := 86400

# overdue is an institution that has been so for so many days.
overdue(days) := institution({"overdue_since": now - (days * day)})

test_overdue_within_the_grace if {
	count(release.permitted) == 2 with input as overdue(29)
	release.valid_until == now + day with input as overdue(29)
}

test_the_last_second_of_the_grace if {
	count(release.permitted) == 2 with input as institution({"overdue_since": (now - (30 * day)) + 1})
	release.valid_until == now + 1 with input as institution({"overdue_since": (now - (30 * day)) + 1})
}

test_overdue_where_the_bundle_does_not_block if {
	rule := {"overdue": {"block": false, "grace_days": 0}}
	count(release.permitted) == 2 with input as overdue(900) with data.retention as rule
	release.valid_until == 1800000000 with input as overdue(900) with data.retention as rule
}

test_overdue_may_write if {
	question := object.union(overdue(900), {"action": "write", "fields": ["health.allergy"]})
	release.permitted == {"health.allergy"} with input as question
	release.valid_until == 1800000000 with input as question
}

# What is denied, and why.

test_deny_overdue_at_the_end_of_the_grace if denied(overdue(30), "deletion_overdue")

test_deny_overdue_long_after if {
	denied(overdue(900), "deletion_overdue")
	release.reasons == {"deletion_overdue"} with input as overdue(900)
}

test_deny_overdue_at_once_without_grace if {
	denied(overdue(1), "deletion_overdue") with data.retention as {"overdue": {"block": true, "grace_days": 0}}
}

test_deny_overdue_where_the_bundle_says_nothing if {
	denied(overdue(1), "deletion_overdue") with data.retention as {}
}

test_deny_overdue_where_the_bundle_says_half if {
	denied(overdue(1), "deletion_overdue") with data.retention as {"overdue": {"block": true}}
	denied(overdue(40), "deletion_overdue") with data.retention as {"overdue": {"grace_days": 30, "block": "no"}}
}

test_deny_overdue_to_every_kind if {
	every kind in ["clinic", "hospital"] {
		question := object.union(ask(kind, treatment, "read", ["identity.name"]), {"institution": {"overdue_since": now - (31 * day)}})
		denied(question, "deletion_overdue")
	}
}

test_deny_overdue_that_is_no_time if {
	release.permitted == set() with input as institution({"overdue_since": -1})
	release.permitted == set() with input as institution({"overdue_since": null})
}

not_accredited(question, accreditors) if {
	release.permitted == set() with input as question with data.accreditors as accreditors
	release.reasons == {"accreditor"} with input as question with data.accreditors as accreditors
}

test_deny_accreditor_for_another_kind if not_accredited(institution({"kind": "clinic"}), listed)

test_deny_accreditor_for_another_country if not_accredited(institution({"jurisdiction": "SO"}), listed)

test_deny_accreditor_that_is_not_listed if not_accredited(vouched_by(["0x01"], {}), listed)

test_deny_the_kind_of_one_and_the_country_of_another if {
	not_accredited(vouched_by([board, ministry], {"jurisdiction": "SO"}), listed)
}

test_deny_no_accreditor_at_all if not_accredited(vouched_by([], {}), data.accreditors)

test_deny_accreditors_that_are_missing if {
	question := object.union(object.remove(base, ["institution"]), {"institution": object.remove(base.institution, ["accreditors"])})
	not_accredited(question, data.accreditors)
}

test_deny_accreditor_called_any if not_accredited(vouched_by(["any"], {}), listed)

test_deny_when_nobody_counts if not_accredited(base, {})

test_deny_any_accreditor_for_another_kind if {
	narrow := {"any": {"name": "any", "kinds": {"clinic": true}, "countries": {"any": true}}}
	not_accredited(base, narrow)
}

test_deny_any_accreditor_for_another_country if {
	narrow := {"any": {"name": "any", "kinds": {"hospital": true}, "countries": {"UG": true}}}
	not_accredited(base, narrow)
}

test_deny_kind_or_country_that_is_not_true if {
	every entry in [
		{"kinds": {"hospital": false}, "countries": {"KE": true}},
		{"kinds": {"hospital": true}, "countries": {"KE": false}},
		{"kinds": {"hospital": true}, "countries": {}},
		{"kinds": {}, "countries": {"any": true}},
		{"kinds": {"hospital": true}},
	] {
		not_accredited(base, {board: entry})
	}
}

test_deny_accreditor_as_part_of_an_id if not_accredited(vouched_by([substring_of_board], {}), listed)

substring_of_board := trim_suffix(board, "1")

test_deny_not_attested_is_told_before_the_accreditor if {
	question := institution({"attested": false, "accreditors": []})
	release.reasons == {"not_attested"} with input as question with data.accreditors as listed
}

test_deny_employer_reading_a_birth_date if {
	withheld(ask("employer", "dpv:PersonnelHiring", "read", ["identity.birth_date"]), "identity.birth_date", "field_purpose")
}

test_deny_school_reading_vaccinations if {
	withheld(ask("school", school, "read", ["health.immunization"]), "health.immunization", "field_kind")
}

test_deny_border_reading_another_vaccination if {
	withheld(ask("border", border, "read", ["health.vaccinated.covid19"]), "health.vaccinated.covid19", "field_kind")
}

test_deny_border_reading_where_somebody_lives if {
	withheld(ask("border", border, "read", ["contact.residence_country"]), "contact.residence_country", "field_kind")
}

test_deny_bank_reading_a_vaccination if {
	withheld(ask("bank", bank, "read", ["health.vaccinated.measles"]), "health.vaccinated.measles", "field_kind")
}

test_deny_accreditor_reading_enrolment if {
	purpose := "dpv:MemberPartnerManagement"
	withheld(ask("accreditor", purpose, "read", ["education.enrolled"]), "education.enrolled", "field_kind")
}

test_deny_anybody_writing_a_derived_field if {
	every name, field in data.fields {
		not derived_and_written(name, field)
	}
}

derived_and_written(name, field) if {
	field.derived
	some kind in ["agency", "clinic", "hospital", "registrar", "school"]
	some purpose, _ in data.purposes
	release.permitted[name] with input as ask(kind, purpose, "write", [name])
}

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

# A code on a screen: nobody in particular asks.

shown(fields) := object.union(base, {
	"fields": fields,
	"grant": {"audience": "bearer", "purpose": "dpv:IdentityVerification", "max_releases": 1, "retention_days": 0},
	"institution": {
		"id": "0x00", "kind": "unknown", "jurisdiction": "", "suspended": false, "attested": false,
		"attested_to": 0, "accreditors": [], "overdue_since": 0,
	},
})

test_bearer_reads_who_a_person_is if {
	fields := ["identity.birth_date", "identity.name", "identity.over_16", "identity.over_18", "identity.photo"]
	question := shown(fields)
	count(release.permitted) == 5 with input as question
	release.reasons == set() with input as question
	release.withheld == {} with input as question
	release.valid_until == 0 with input as question
}

test_bearer_of_a_minor_with_a_representative if {
	question := object.union(shown(["identity.name"]), {
		"grant": {"representation": "representative"},
		"facts": {"minor": true, "representative": true},
	})
	release.permitted == {"identity.name"} with input as question
}

test_deny_bearer_for_treatment if {
	denied(object.union(shown(["identity.name"]), {"grant": {"purpose": treatment}}), "purpose_kind")
}

test_deny_bearer_keeping if {
	denied(object.union(shown(["identity.name"]), {"grant": {"retention_days": 1}}), "policy")
}

test_deny_bearer_writing if {
	denied(object.union(shown(["identity.name"]), {"action": "write"}), "policy")
}

test_deny_bearer_by_another_basis if {
	denied(object.union(shown(["identity.name"]), {"grant": {"legal_basis": "legitimate_interests"}}), "legal_basis")
}

test_deny_bearer_minor_alone if {
	denied(object.union(shown(["identity.name"]), {"facts": {"minor": true}}), "policy")
}

test_deny_bearer_in_a_country_of_the_person if {
	denied(object.union(shown(["identity.name"]), {"facts": {"never_countries": {"KE": true}}}), "country")
}

test_bearer_is_not_told_of_institutions if {
	question := object.union(shown(["identity.name"]), {"grant": {"purpose": treatment}})
	release.reasons == {"purpose_kind"} with input as question
}

test_deny_bearer_a_passport_number if {
	withheld(shown(["identity.identifier.passport"]), "identity.identifier.passport", "field_kind")
}

test_deny_bearer_health if withheld(shown(["health.allergy"]), "health.allergy", "field_kind")

test_deny_bearer_gender if withheld(shown(["identity.gender"]), "identity.gender", "field_kind")

test_deny_audience_unknown if denied(grant({"audience": "unknown"}), "policy")

test_bearer_in_one_of_a_purposes_countries if {
	purposes := object.union(data.purposes, {"dpv:IdentityVerification": {"countries": {"KE": true}}})
	release.permitted == {"identity.name"} with input as shown(["identity.name"]) with data.purposes as purposes
}

test_deny_bearer_outside_a_purposes_countries if {
	purposes := object.union(data.purposes, {"dpv:IdentityVerification": {"countries": {"UG": true}}})
	question := shown(["identity.name"])
	release.permitted == set() with input as question with data.purposes as purposes
	release.reasons == {"policy"} with input as question with data.purposes as purposes
}

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
		"institution": ["kind", "jurisdiction", "suspended", "attested", "attested_to", "accreditors", "overdue_since"],
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

# Purposes for some countries only.

kenya_only := object.union(data.purposes, {treatment: {"countries": {"KE": true}}})

test_purpose_in_its_country if {
	count(release.permitted) == 2 with input as base with data.purposes as kenya_only
}

test_deny_use_outside_the_purposes_countries if {
	release.permitted == set() with input as grant({"jurisdiction": "UG"}) with data.purposes as kenya_only
	"policy" in release.reasons with input as grant({"jurisdiction": "UG"}) with data.purposes as kenya_only
}

test_deny_recipient_outside_the_purposes_countries if {
	release.permitted == set() with input as institution({"jurisdiction": "UG"}) with data.purposes as kenya_only
	"policy" in release.reasons with input as institution({"jurisdiction": "UG"}) with data.purposes as kenya_only
}

test_deny_everywhere_for_a_purpose_of_no_country if {
	nowhere := object.union(object.remove(data.purposes, [treatment]), {treatment: object.union(data.purposes[treatment], {"countries": {}})})
	release.permitted == set() with input as base with data.purposes as nowhere
}
