# The default rules: which of the fields asked for may be read or written.
#
# input: action ("read" or "write"), fields (list of names), grant (purpose,
# legal_basis, jurisdiction, audience, representation, assistance, actions,
# not_before, expires, max_releases, retention_days), institution (id, kind,
# jurisdiction, suspended, attested, attested_to), facts (minor, representative,
# never_countries), time. Times are Unix seconds; sets are objects of true.
#
# Conditions are stated positively: an unknown purpose, field or kind, or a part
# of the input that is missing, leaves them undefined, and then nothing is permitted.
package wrappy.release

purpose := data.purposes[input.grant.purpose]

# permitted answers the first query, and on most days the only one.
permitted contains field if {
	open
	action := input.action
	kind := input.institution.kind
	needed := purpose[action]
	fields := data.fields
	some field in input.fields
	needed[field]
	fields[field][action][kind]
}

# valid_until: the rules read the time for the attestation and for a purpose's
# first day alone. Before that day nothing is permitted; denials may be kept for
# the few seconds that any decision is.
valid_until := input.institution.attested_to

# open: what must hold before any field is looked at.
open if {
	purpose.from <= input.time
	purpose.kinds[input.institution.kind]
	purpose.bases[input.grant.legal_basis]
	input.grant.retention_days <= purpose.retention_days
	input.grant.audience == "institution"
	input.institution.suspended == false
	attested
	countries_allowed
	represented
}

attested if {
	input.institution.attested == true
	input.time < input.institution.attested_to
}

# The vault has this rule too, where no bundle can lift it. Both the place where
# the data will be used and the place where the recipient sits count.
countries_allowed if {
	never := input.facts.never_countries
	not never[input.grant.jurisdiction]
	not never[input.institution.jurisdiction]
}

# A minor's grant needs a representative (Convention on the Rights of the Child
# Art. 5 and 18, GDPR Art. 8; from 2026-01-01), and whoever signs as one must be
# known as one.
represented if {
	input.facts.minor == false
	input.grant.representation == "self"
}

represented if {
	input.facts.representative == true
	input.grant.representation == "representative"
}
