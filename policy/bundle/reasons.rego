# Why not: asked only after something was withheld, so that a permit never pays
# for it. Reasons speak of the whole, withheld of single fields.
package wrappy.release

reasons contains "unknown_purpose" if not in_force

reasons contains "purpose_kind" if {
	in_force
	not purpose.kinds[kind]
}

reasons contains "legal_basis" if {
	in_force
	not purpose.bases[input.grant.legal_basis]
}

reasons contains "retention" if input.grant.retention_days > purpose.retention_days

# Whoever has a code is no institution: none of these is said of it.
reasons contains "not_attested" if {
	not to_bearer
	not attested
}

# Without an attestation there is nobody to count.
reasons contains "accreditor" if {
	not to_bearer
	in_force
	attested
	not accredited
}

reasons contains "deletion_overdue" if {
	not to_bearer
	not deletes
}

reasons contains "suspended" if {
	not to_bearer
	input.institution.suspended
}

reasons contains "country" if not countries_allowed

# Rests on a fact about the person: no more is said.
reasons contains "policy" if not represented

# The purpose is not open in these countries.
reasons contains "policy" if {
	in_force
	not in_countries
}

reasons contains "policy" if not kind

reasons contains "policy" if {
	to_bearer
	not shown
}

in_force if purpose.from <= input.time

withheld[field] := why(field) if some field in input.fields

# The first that applies.
why(field) := "unknown_field" if {
	not data.fields[field]
} else := "field_kind" if {
	not data.fields[field][input.action][kind]
} else := "field_purpose" if {
	in_force
	not purpose[input.action][field]
}
