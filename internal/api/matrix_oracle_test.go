package api

import (
	"net/http"
	"slices"
)

// What docs/api.md, docs/protocol/reasons.md, docs/policy.md and openapi.yaml say of who may
// what, written down a second time: nothing here asks the program.

type (
	role   string // who sends, and on which listener
	state  string // of the permission that is asked under
	rules  string // what policy is in force
	repute string // of the institution that the permission names
)

const (
	nobody     role = "nobody"            // people's listener, no session
	self       role = "the person"        // in a session
	other      role = "another person"    // in a session of their own
	assist     role = "a helper's device" // in a session of the person's assist key
	bare       role = "no certificate"    // institutions' listener, from here on
	unknownKey role = "unknown key"       //
	theOne     role = "named"             //
	foreign    role = "another, attested" //
	suspended  role = "another, suspended"
	unattested role = "another, not attested"
	accreditor role = "the accreditor"

	absent      state = "absent"
	malformed   state = "malformed"
	requested   state = "requested" // the request's id, which no grant has
	refused     state = "refused"
	given       state = "given"
	mayRead     state = "given to read"
	mayWrite    state = "given to write"
	notYet      state = "not yet"
	expired     state = "expired"
	withdrawn   state = "withdrawn"
	revoked     state = "revoked"
	inDispute   state = "disputed"
	erased      state = "erased"
	spent       state = "limit reached"
	unconfirmed state = "unconfirmed"

	usual     rules = "default"
	denyAll   rules = "denies all"
	permitAll rules = "permits all"
	noRules   rules = "none in force"

	standing    repute = "in good standing"
	isSuspended repute = "suspended"
	isAlone     repute = "not attested"
	lapsed      repute = "attestation over"
)

// cell is one question.
type cell struct {
	who    role
	op     string
	field  string // "" = all of the grant's; of Release and WriteFields
	at     state
	policy rules
	repute repute
	stale  bool
}

// verdict is the answer that is due.
type verdict struct {
	status  int
	problem string // the last part of its type
	reason  string // the first, of the whole or of a field; of a 200, of the field asked for
	holds   []string
}

// rule says what is due.
type rule func(cell) verdict

var (
	granted  = []string{"health.allergy", "identity.birth_date", "identity.name", "work.employer", "work.unheard"}
	recorded = []string{"health.allergy", "identity.birth_date", "work.employer"} // not under mayRead and mayWrite
	released = []state{given, withdrawn, revoked, inDispute, erased, spent}
)

// noGrant are handles under which nothing stands.
var noGrant = []state{absent, malformed, requested, refused}

func (c cell) onPeoples() bool {
	return c.who == nobody || c.who == self || c.who == other || c.who == assist
}

// due answers for every operation; one that is not told of here has no answer.
var due = map[string]rule{
	"Release": underGrant("read"), "WriteFields": underGrant("write"),
	"GetGrant": institutionsOwn(handle(func(c cell) verdict { return verdict{status: 200} })),
	"GetDeletion": institutionsOwn(handle(func(c cell) verdict { // 404 too where nothing was released
		if slices.Contains(released, c.at) {
			return verdict{status: 200}
		}
		return verdict{status: 404, problem: "not-found"}
	})),
	"AttestDeletion": institutionsOwn(handle(func(c cell) verdict { return verdict{status: 403, problem: "signature"} })), // it is sent with another's

	"Me": institutionsOwn(always(200)), "ListRequests": institutionsOwn(always(200)), "ListGrants": institutionsOwn(always(200)),
	"ListDeletions": institutionsOwn(always(200)), "ListNotices": institutionsOwn(always(200)),
	"GetRequest": institutionsOwn(func(c cell) verdict { // it is asked for the clinic's
		if c.who == theOne {
			return verdict{status: 200}
		}
		return verdict{status: 404, problem: "not-found"}
	}),
	"CreateRequest": institutionsOwn(mayAsk),

	"Enrol": peoples(func(cell) verdict { return verdict{status: 422, problem: "invalid-value"} }), "Give": peoples(unsignedAct(404)), "Refuse": peoples(byRoot(unsignedAct(403))), "Withdraw": peoples(unsignedAct(403)), "WithdrawAll": peoples(unsignedAct(403)),
	"Dispute": peoples(unsignedAct(403)), "Erase": peoples(byRoot(unsignedAct(403))), "StateFacts": peoples(byRoot(unsignedAct(403))),
	"StateAssistKey": peoples(byRoot(unsignedAct(403))), "Represent": peoples(byRoot(unsignedAct(403))), // by nobody's signature
	"WithdrawAssisted": peoples(unsignedAct(403)), "WithdrawAllAssisted": peoples(unsignedAct(403)),
	"OpenAssistSession": peoples(func(cell) verdict { return verdict{status: 401, problem: "session"} }),
	"ListStanding":      peoples(inAssist(200)), "GiveAssisted": peoples(inAssist(403)), // for the person, signed by nobody
	"MakeCard": peoples(byRoot(unsignedAct(403))), "ResetCard": peoples(byRoot(unsignedAct(403))), "CancelRestore": peoples(unsignedAct(403)),
	"GetCard": peoples(func(c cell) verdict { // the other has none
		if c.who == other {
			return inSession(404)(c)
		}
		return inSession(200)(c)
	}),
	// To whoever shows a card's id: of one that is not there, without the PIN, and with another's secret.
	"EvaluateCard":  peoples(func(cell) verdict { return verdict{status: 404, problem: "not-found"} }),
	"AskRestore":    peoples(func(cell) verdict { return verdict{status: 403, problem: "signature"} }),
	"PickUpRestore": peoples(func(cell) verdict { return verdict{status: 404, problem: "not-found"} }),
	"Show": peoples(func(c cell) verdict { // whoever has the secret; of identity.birth_date
		switch {
		case c.at == absent, c.at == malformed:
			return verdict{status: 404, problem: "not-found"}
		case c.at == withdrawn:
			return denied("withdrawn")
		case c.stale:
			return verdict{status: 503, problem: "stale-view"}
		case c.at == unconfirmed, c.at == notYet, c.at == expired:
			return denied(map[state]string{unconfirmed: "unconfirmed", notYet: "not_yet", expired: "expired"}[c.at])
		case c.policy == noRules:
			return verdict{status: 503, problem: "unavailable"}
		case c.policy == denyAll:
			return denied("policy")
		case c.at == spent:
			return denied("limit_reached")
		}
		return verdict{status: 200, holds: []string{"identity.birth_date"}}
	}),
	"NewNonce": peoples(always(201)), "OpenSession": peoples(func(cell) verdict { return verdict{status: 401, problem: "session"} }), "GetAsked": peoples(always(200)),
	"ListOwnGrants": peoples(inSession(200)), "GetFacts": peoples(inSession(200)), "GetRepresentative": peoples(inSession(200)), "ListHistory": peoples(inSession(200)),
	"Correct": peoples(ownByRoot), "Export": peoples(ownByRoot), // for the person, signed by nobody
	"Import": peoples(func(c cell) verdict { // of no file
		if c.who == self {
			return verdict{status: 422, problem: "invalid-value"}
		}
		return inSession(403)(c)
	}),

	"RegisterInstitution": always(200), "AddKey": always(200), "RemoveKey": always(200), "ChangeColdKey": always(200), "Attest": always(200), "WithdrawAttestation": always(200), "Suspend": always(200),
	"GetInstitution": always(200), "GetNonce": always(200), "ListKeys": always(200), "GetColdKey": always(200), "ListAttestations": always(200),
	"GetLedger": always(200), "GetErasure": always(200), "GetOpenAPI": always(200), "Health": always(200), "Ready": always(200),
	"GetCatalog": func(c cell) verdict {
		if c.policy == noRules {
			return verdict{status: 503, problem: "unavailable"}
		}
		return verdict{status: 200}
	},
}

func always(status int) rule {
	return func(cell) verdict { return verdict{status: status} }
}

// institutionsOwn does not exist on people's listener, and knows who asks by the key.
func institutionsOwn(then rule) rule {
	return func(c cell) verdict {
		switch {
		case c.onPeoples():
			return verdict{status: 404, problem: "not-found"}
		case c.who == bare, c.who == unknownKey:
			return verdict{status: 403, problem: "unknown-institution"}
		}
		return then(c)
	}
}

// peoples does not exist on institutions' listener, whoever asks.
func peoples(then rule) rule {
	return func(c cell) verdict {
		if !c.onPeoples() {
			return verdict{status: 404, problem: "not-found"}
		}
		return then(c)
	}
}

// inAssist is for a helper's device alone, and the person's own session is none.
func inAssist(status int) rule {
	return func(c cell) verdict {
		if c.who != assist {
			return verdict{status: 401, problem: "session"}
		}
		return verdict{status: status}
	}
}

func inSession(status int) rule {
	return func(c cell) verdict {
		if c.who == nobody || c.who == assist {
			return verdict{status: 401, problem: "session"}
		}
		return verdict{status: status}
	}
}

// unsigned acts stop, give or state nothing, in a session or not.
func unsignedAct(status int) rule { return always(status) }

// byRoot: whose root key it is now is not known from an old view. What stops does not wait for that.
func byRoot(then rule) rule {
	return func(c cell) verdict {
		if c.stale {
			return verdict{status: 503, problem: "stale-view"}
		}
		return then(c)
	}
}

func ownByRoot(c cell) verdict {
	if c.who == self {
		return byRoot(inSession(403))(c)
	}
	return inSession(403)(c)
}

// handle: a grant is there for the one that it names and for nobody else.
func handle(then rule) rule {
	return func(c cell) verdict {
		if c.who != theOne || slices.Contains(noGrant, c.at) {
			return verdict{status: 404, problem: "not-found"}
		}
		return then(c)
	}
}

func denied(reason string) verdict {
	return verdict{status: http.StatusForbidden, problem: "denied", reason: reason}
}

// whole is what denies all of a call under a grant; nothing: fields are looked at.
func whole(c cell, action string) *verdict {
	var o verdict
	switch {
	case c.at == withdrawn, c.at == erased:
		o = denied("withdrawn")
	case c.at == revoked:
		o = denied("revoked")
	case c.stale:
		o = verdict{status: 503, problem: "stale-view"}
	case c.at == unconfirmed:
		o = denied("unconfirmed")
	case c.at == inDispute:
		o = denied("disputed")
	case c.at == notYet:
		o = denied("not_yet")
	case c.at == expired:
		o = denied("expired")
	case c.policy == noRules:
		o = verdict{status: 503, problem: "unavailable"}
	case c.repute == isSuspended:
		o = denied("suspended")
	case c.repute == isAlone, c.repute == lapsed:
		o = denied("not_attested")
	case c.at == mayRead && action == "write", c.at == mayWrite && action == "read":
		o = denied("action")
	default:
		return nil
	}
	return &o
}

// why a field does not leave, or is not stored; "" where it does, or is.
func (c cell) why(field, action string) string {
	switch {
	case !slices.Contains(granted, field):
		return "not_in_grant"
	case field == "work.unheard":
		return "unknown_field"
	case c.policy == denyAll:
		return "policy"
	case c.policy == usual && field == "work.employer":
		return "field_kind"
	case c.policy == usual && action == "write" && field != "health.allergy": // to treat, a clinic reads who it is, and writes down health
		return "field_purpose"
	case action == "read" && (!slices.Contains(recorded, field) || c.at == mayRead):
		return "no_value"
	}
	return ""
}

func underGrant(action string) rule {
	return institutionsOwn(handle(func(c cell) verdict {
		if o := whole(c, action); o != nil {
			return *o
		}
		fields := []string{c.field}
		if c.field == "" {
			fields = granted
		}
		var holds, reasons []string
		permitted := false
		for _, f := range fields {
			reason := c.why(f, action)
			permitted = permitted || reason == "" || reason == "no_value"
			if reason == "" {
				holds = append(holds, f)
			} else {
				reasons = append(reasons, reason)
			}
		}
		if !permitted {
			o := denied(reasons[0])
			if len(fields) == 1 && reasons[0] == "unknown_field" {
				o.problem = "unknown-field"
			}
			return o
		}
		if c.at == spent && action == "read" && len(holds) > 0 {
			return denied("limit_reached")
		}
		o := verdict{status: 200}
		if action == "read" {
			o.holds = holds
		}
		if len(fields) == 1 && len(reasons) > 0 {
			o.reason = reasons[0]
		}
		return o
	}))
}

// mayAsk: for identity.name and health.allergy, to treat.
func mayAsk(c cell) verdict {
	alone := map[role]string{suspended: "suspended", unattested: "not_attested"}
	if c.who == theOne {
		alone[theOne] = map[repute]string{isSuspended: "suspended", isAlone: "not_attested", lapsed: "not_attested"}[c.repute]
	}
	switch {
	case c.stale: // whether it stands is not known either
		return verdict{status: 503, problem: "stale-view"}
	case alone[c.who] != "":
		return denied(alone[c.who])
	case c.policy == noRules:
		return verdict{status: 503, problem: "unavailable"}
	case c.policy == denyAll:
		return denied("policy")
	case c.policy == usual && c.who != theOne: // an agency, and an accreditor, treat nobody
		return denied("purpose_kind")
	}
	return verdict{status: 201}
}
