# The default rules: which of the fields asked for may be read or written.
#
# input: action ("read" or "write"), fields (list of names), grant (purpose,
# legal_basis, jurisdiction, audience, representation, assistance, actions,
# not_before, expires, max_releases, retention_days), institution (of a grant for a bearer
# nobody's: id, kind,
# jurisdiction, suspended, attested, attested_to, accreditors: the ids of those that
# vouch for it now, overdue_since: when the earliest deletion was due that it has
# not attested, 0 for none), facts (minor, representative, never_countries), time. Times are
# Unix seconds; sets are objects of true.
#
# Conditions are stated positively: an unknown purpose, field or kind, or a part
# of the input that is missing, leaves them undefined, and then nothing is permitted.
package wrappy.release

purpose := data.purposes[input.grant.purpose]

# kind of recipient, as data names it: the institution's, or "bearer", which is whoever
# holds a code that a person shows.
kind := input.institution.kind if input.grant.audience == "institution"

kind := "bearer" if to_bearer

to_bearer if input.grant.audience == "bearer"

# permitted answers the first query, and on most days the only one.
permitted contains field if {
	of := open
	action := input.action
	needed := data.purposes[input.grant.purpose][action]
	fields := data.fields
	some field in input.fields
	needed[field]
	fields[field][action][of]
}

# valid_until: the rules read the time for the attestation, for a purpose's first
# day and for overdue deletions alone. Before that day nothing is permitted; denials
# may be kept for the few seconds that any decision is.
valid_until := 0 if {
	input.grant.audience == "bearer" # asked once
} else := input.institution.attested_to if {
	input.institution.overdue_since == 0
} else := min({input.institution.attested_to, grace_ends}) if {
	grace_running
} else := input.institution.attested_to

# open: the kind of a recipient for whom all holds that must before any field is
# looked at. This is where a decision's time goes: a rule that is called costs as much as
# several lines, so what the reasons call by name (attested, countries_allowed) is written
# out here.
#
# An institution is vouched for and keeps its word.
open := of if {
	input.grant.audience == "institution"
	institution := input.institution
	of := institution.kind
	input.institution.suspended == false
	institution.attested == true
	input.time < institution.attested_to
	purpose := data.purposes[input.grant.purpose]
	purpose.from <= input.time
	purpose.kinds[of]
	purpose.bases[input.grant.legal_basis]
	input.grant.retention_days <= purpose.retention_days
	never := input.facts.never_countries
	not never[input.grant.jurisdiction]
	not never[institution.jurisdiction]
	represented
	in_countries
	accredited
	deletes
}

# A code is read and nothing kept. That it is once, for minutes and of identity alone is
# the vault's rule.
open := "bearer" if {
	shown
	purpose.from <= input.time
	purpose.kinds.bearer
	purpose.bases[input.grant.legal_basis]
	input.grant.retention_days <= purpose.retention_days
	countries_allowed
	in_countries
	represented
}

shown if {
	to_bearer
	input.action == "read"
	input.grant.retention_days == 0
}

attested if {
	input.institution.attested == true
	input.time < input.institution.attested_to
}

# accredited: one of those that vouch for it counts for its kind and country. Whoever
# vouches for the accreditor itself does not come into it.
accredited if {
	input.institution.accreditors[0]
	counts(data.accreditors.any)
}

accredited if {
	listed := data.accreditors
	some accreditor in input.institution.accreditors
	counts(listed[accreditor])
}

counts(accreditor) if {
	accreditor.kinds[input.institution.kind]
	some place in ["any", input.institution.jurisdiction]
	accreditor.countries[place]
}

# The vault has this rule too, where no bundle can lift it. Both the place where
# the data will be used and the place where the recipient sits count.
countries_allowed if {
	never := input.facts.never_countries
	not never[input.grant.jurisdiction]
	not never[input.institution.jurisdiction]
}

# A purpose may be for some countries only: both where the data will be used and where
# the recipient sits.
in_countries if not data.purposes[input.grant.purpose].countries

in_countries if {
	purpose.countries[input.grant.jurisdiction]
	purpose.countries[input.institution.jurisdiction]
}

in_countries if {
	to_bearer
	purpose.countries[input.grant.jurisdiction]
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

# Whoever has not attested a deletion long after it was due receives nothing more
# (GDPR Art. 5(1)(e) and (2); the month is that of Art. 12(3); from 2026-01-01). What it
# writes down for people is not refused: that would harm them.
deletes if input.institution.overdue_since == 0

deletes if input.action == "write"

deletes if {
	input.institution.overdue_since > 0
	data.retention.overdue.block == false
}

deletes if {
	input.institution.overdue_since > 0
	input.time < grace_ends
}

grace_ends := input.institution.overdue_since + (data.retention.overdue.grace_days * 86400)

grace_running if {
	not to_bearer
	input.action == "read"
	input.institution.overdue_since > 0
	data.retention.overdue.block == true
	input.time < grace_ends
}
