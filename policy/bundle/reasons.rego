# Why not: asked only after something was withheld, so that a permit never pays
# for it. Reasons speak of the whole, withheld of single fields.
package wrappy.release

reasons contains "unknown_purpose" if not in_force

reasons contains "purpose_kind" if {
	in_force
	not purpose.kinds[input.institution.kind]
}

reasons contains "legal_basis" if {
	in_force
	not purpose.bases[input.grant.legal_basis]
}

reasons contains "retention" if input.grant.retention_days > purpose.retention_days

reasons contains "not_attested" if not attested

reasons contains "suspended" if input.institution.suspended

reasons contains "country" if not countries_allowed

# Rests on a fact about the person: no more is said.
reasons contains "policy" if not represented

# Bearer grants have no rules yet.
reasons contains "policy" if input.grant.audience != "institution"

in_force if purpose.from <= input.time

withheld[field] := why(field) if some field in input.fields

# The first that applies.
why(field) := "unknown_field" if {
	not data.fields[field]
} else := "field_kind" if {
	not data.fields[field][input.action][input.institution.kind]
} else := "field_purpose" if {
	in_force
	not purpose[input.action][field]
}
