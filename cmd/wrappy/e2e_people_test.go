package main

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/wallet"
)

// refusePeople: whatever is wrong with a yes, a no or a stop, nothing of it counts.
func refusePeople(t *testing.T, v *running) {
	p, other := v.person(), v.person()
	given := v.recorded(p)
	late := v.hospital.ask(object{"answer_by": unixIn(2 * time.Second)})
	request := v.hospital.ask()
	v.settle()
	v.check(t, v.wrongSignatures(p, other, request))
	v.check(t, v.wrongTerms(p, request))
	v.check(t, v.wrongActs(p, other, given))
	v.in(t)
	v.reuse(t, p, given)

	signed := p.sign(request)
	if got := v.post("/v1/person/grants", encode(wire(signed))); got.status != http.StatusCreated {
		t.Fatalf("what is right is not taken: %d %s", got.status, got.body)
	}
	v.hospital.await(signed, "given")
	v.settle()
	v.check(t, []row{
		{name: "another grant for an answered request", send: v.giving(p.sign(request)), status: 409, kind: "conflict"},
		{name: "another person's, likewise", send: v.giving(other.sign(request)), status: 409, kind: "conflict"},
		{name: "a no after the yes", send: v.refusing(p, request, p.identity), status: 409, kind: "conflict"},
	})
	v.in(t)
	holds(t, v.hospital.release(signed, "{}"))
	v.tooLate(t, p, late)
	v.tooFast(t)
}

func (v *running) giving(s *wallet.SignedGrant, changes ...func(object)) func() answer {
	return func() answer {
		body := wire(s)
		for _, change := range changes {
			change(body)
		}
		return v.post("/v1/person/grants", encode(body))
	}
}

// resigned signs a changed grant again, as a dishonest device could.
func (p *person) resigned(r *consent.Request, change func(*wallet.SignedGrant)) *wallet.SignedGrant {
	s := p.sign(r)
	change(s)
	id := s.Grant.ID()
	s.Act.ID, s.Act.Expiry, s.Binding.Grant = id, s.Grant.Expires, id
	s.ActSignature = p.identity.Seed.Grant(s.Grant.Salt).Sign(p.v.domain().Digest(s.Act.StructHash()))
	s.BindingSignature = p.identity.Seed.Root().Sign(p.v.domain().Digest(s.Binding.StructHash()))
	return s
}

func (v *running) wrongSignatures(p, other *person, r *consent.Request) []row {
	here := v.domain()
	chain, contract := here, here
	chain.ChainID++
	contract.Contract = v.deployment.Ledger.KeysDomain().Contract
	s := p.sign(r)
	act, root := p.identity.Seed.Grant(s.Grant.Salt), p.identity.Seed.Root()
	var salt consent.Salt
	salt[0] = 1
	rows := []row{}
	for _, c := range []struct {
		name   string
		change func(*wallet.SignedGrant)
	}{
		{"act by another grant key", func(s *wallet.SignedGrant) {
			s.ActSignature = p.identity.Seed.Grant(salt).Sign(here.Digest(s.Act.StructHash()))
		}},
		{"act by the root key", func(s *wallet.SignedGrant) { s.ActSignature = root.Sign(here.Digest(s.Act.StructHash())) }},
		{"binding by another person's root key", func(s *wallet.SignedGrant) {
			s.BindingSignature = other.identity.Seed.Root().Sign(here.Digest(s.Binding.StructHash()))
		}},
		{"binding by the grant key", func(s *wallet.SignedGrant) { s.BindingSignature = act.Sign(here.Digest(s.Binding.StructHash())) }},
		{"binding by the session key", func(s *wallet.SignedGrant) {
			s.BindingSignature = p.identity.Seed.Session().Sign(here.Digest(s.Binding.StructHash()))
		}},
		{"act for another chain", func(s *wallet.SignedGrant) { s.ActSignature = act.Sign(chain.Digest(s.Act.StructHash())) }},
		{"act for another contract", func(s *wallet.SignedGrant) { s.ActSignature = act.Sign(contract.Digest(s.Act.StructHash())) }},
		{"binding for another chain", func(s *wallet.SignedGrant) { s.BindingSignature = root.Sign(chain.Digest(s.Binding.StructHash())) }},
		{"binding for another contract", func(s *wallet.SignedGrant) {
			s.BindingSignature = root.Sign(contract.Digest(s.Binding.StructHash()))
		}},
		{"act and binding swapped", func(s *wallet.SignedGrant) { s.ActSignature, s.BindingSignature = s.BindingSignature, s.ActSignature }},
		{"no signature", func(s *wallet.SignedGrant) { s.ActSignature = consent.Signature{} }},
		{"high s", func(s *wallet.SignedGrant) { s.ActSignature = malleated(s.ActSignature) }},
		{"another's identity", func(s *wallet.SignedGrant) { s.Binding.Identity = other.identity.ID() }},
		{"a deadline that was not signed", func(s *wallet.SignedGrant) { s.Act.Deadline += consent.Day }},
		{"a time that was not signed", func(s *wallet.SignedGrant) { s.Binding.Time-- }},
		{"fewer days than were signed", func(s *wallet.SignedGrant) { s.Grant.Expires -= consent.Day }},
	} {
		changed := *s
		c.change(&changed)
		rows = append(rows, row{name: c.name, send: v.giving(&changed), status: 403, kind: "signature"})
	}
	return rows
}

// order of secp256k1's group, and half a signature's other form.
func malleated(s consent.Signature) consent.Signature {
	order := [32]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41}
	borrow := 0
	for i := 31; i >= 0; i-- {
		d := int(order[i]) - int(s[32+i]) - borrow
		borrow = 0
		if d < 0 {
			d, borrow = d+256, 1
		}
		s[32+i] = byte(d)
	}
	s[64] ^= 27 ^ 28
	return s
}

func (v *running) wrongTerms(p *person, r *consent.Request) []row {
	in := func(place string, value any) func(object) {
		return func(body object) { body["grant"].(object)[place] = value }
	}
	signed := func(change func(*wallet.SignedGrant)) func() answer { return v.giving(p.resigned(r, change)) }
	plain := p.sign(r)
	today := unixIn(0) / consent.Day * consent.Day
	unknown := wallet.NewIdentity()
	elsewhere := *r
	elsewhere.Salt[0] ^= 1
	rows := []row{
		{name: "deadline passed", send: signed(func(s *wallet.SignedGrant) { s.Act.Deadline = today }), status: 422, kind: "deadline", pointer: "/deadline"},
		{name: "no deadline", send: signed(func(s *wallet.SignedGrant) { s.Act.Deadline = 0 }), status: 422, kind: "deadline", pointer: "/deadline"},
		{name: "signed in the future", send: signed(func(s *wallet.SignedGrant) { s.Binding.Time = unixIn(time.Hour) }), status: 422, kind: "invalid-value", pointer: "/binding/time"},
		{name: "period over a year", send: signed(func(s *wallet.SignedGrant) { s.Grant.Expires = today + 400*consent.Day }), status: 422, kind: "period", pointer: "/grant/expires"},
		{name: "longer than was asked", send: signed(func(s *wallet.SignedGrant) { s.Grant.Expires += consent.Day }), status: 422, kind: "period"},
		{name: "end that is no whole day", send: signed(func(s *wallet.SignedGrant) { s.Grant.Expires-- }), status: 422, kind: "period", pointer: "/grant/expires"},
		{name: "field that was not asked", send: signed(func(s *wallet.SignedGrant) { s.Grant.Fields = []consent.FieldName{"health.allergy"} }), status: 422, kind: "invalid-value", pointer: "/grant/fields"},
		{name: "another purpose", send: signed(func(s *wallet.SignedGrant) { s.Grant.Purpose = "dpv:IdentityVerification" }), status: 422, kind: "invalid-value", pointer: "/grant/purpose"},
		{name: "another country", send: signed(func(s *wallet.SignedGrant) { s.Grant.Jurisdiction = "UG" }), status: 422, kind: "invalid-value", pointer: "/grant/jurisdiction"},
		{name: "kept longer than was asked", send: signed(func(s *wallet.SignedGrant) { s.Grant.RetentionDays++ }), status: 422, kind: "invalid-value", pointer: "/grant/retention_days"},
		{name: "another notice", send: signed(func(s *wallet.SignedGrant) { s.Grant.NoticeDigest[0] ^= 1 }), status: 422, kind: "invalid-value", pointer: "/grant/notice_digest"},
		{name: "for another institution", send: signed(func(s *wallet.SignedGrant) { s.Grant.Institution = v.school.keys.ID }), status: 422, kind: "invalid-value", pointer: "/grant/institution"},
		{name: "for a bearer", send: v.giving(plain, in("audience", "bearer")), status: 422, kind: "invalid-value", pointer: "/grant/institution"},
		{name: "another version", send: v.giving(plain, in("version", 2)), status: 422, kind: "invalid-value", pointer: "/grant/version"},
		{name: "an unknown audience", send: v.giving(plain, in("audience", echoed)), status: 422, kind: "invalid-value", pointer: "/grant/audience"},
		{name: "capitals in an id", send: v.giving(plain, in("request", "0x"+strings.ToUpper(plain.Grant.Request.String()[2:]))), status: 422, kind: "invalid-value", pointer: "/grant/request"},
		{name: "a member that nobody knows", send: v.giving(plain, in(echoed, 1)), status: 400, kind: "json-unknown"},
		{name: "a number out of range", send: v.giving(plain, in("version", 70000)), status: 400, kind: "json-type"},
		{name: "too large", send: v.giving(plain, in("purpose", strings.Repeat("x", 64<<10))), status: 413, kind: "too-large"},
		{name: "a request that is not here", send: v.giving(p.sign(&elsewhere)), status: 404, kind: "not-found"},
		{name: "a person who is not here", send: func() answer {
			s, err := unknown.Answer(v.domain(), r, wallet.Choice{Language: "en"}, time.Now())
			must(v.t, err)
			return v.giving(s)()
		}, status: 403, kind: "signature"},
	}
	return rows
}

func (v *running) refusing(p *person, r *consent.Request, signer *wallet.Identity) func() answer {
	return func() answer {
		no, sig := signer.Refuse(v.domain(), r.ID(), time.Now())
		identity, _ := p.identity.ID().MarshalText()
		return v.post("/v1/person/refusals", encode(object{"request": no.Request, "identity": string(identity), "time": no.Time, "signature": sig}))
	}
}

// wrongActs: stops, noes, sessions and enrolments that are nobody's.
func (v *running) wrongActs(p, other *person, g *wallet.SignedGrant) []row {
	chain := v.domain()
	chain.ChainID++
	stop := func(id consent.GrantID, sig consent.Signature) func() answer {
		return func() answer {
			return v.post("/v1/person/withdrawals", encode(object{"grant": id, "signature": sig}))
		}
	}
	get := func(path string) func() answer {
		return func() answer {
			c := v.dial(nil, 1)
			got, err := send(c, "GET", v.publicURL+path, nil)
			must(v.t, err)
			return got
		}
	}
	id := g.Grant.ID()
	var absent consent.GrantID
	absent[0] = 7
	asked := v.hospital.ask()
	return []row{
		{name: "stop by another's grant key", send: stop(id, other.identity.Withdraw(v.domain(), &g.Grant)), status: 403, kind: "signature"},
		{name: "stop by another's root key", send: stop(id, other.identity.WithdrawAsIdentity(v.domain(), id)), status: 403, kind: "signature"},
		{name: "stop for another chain", send: stop(id, p.identity.Withdraw(chain, &g.Grant)), status: 403, kind: "signature"},
		{name: "stop by a yes", send: stop(id, g.ActSignature), status: 403, kind: "signature"},
		{name: "stop of nothing", send: stop(absent, g.Withdrawal), status: 403, kind: "signature"},
		{name: "no by another", send: v.refusing(p, asked, other.identity), status: 403, kind: "signature"},
		{name: "list without a session", send: get("/v1/person/grants"), status: 401, kind: "session"},
		{name: "history without a session", send: get("/v1/person/history"), status: 401, kind: "session"},
		{name: "release on people's listener", send: func() answer { return v.post("/v1/grants/"+id.String()+"/release", "{}") }, status: 404, kind: "not-found"},
		{name: "identity in a country that is not served", send: v.enrolling("DE"), status: 422, kind: "region", pointer: "/jurisdiction"},
	}
}

// enrolling asks as a device does; what it was told is made an answer again.
func (v *running) enrolling(jurisdiction string) func() answer {
	return func() answer {
		device, err := client.NewPerson(v.t.Context(), v.publicURL, v.config.path(v.config.TLS.Certificate), wallet.NewIdentity())
		must(v.t, err)
		var p *client.Problem
		if err := device.Enrol(v.t.Context(), jurisdiction); !errors.As(err, &p) {
			v.t.Fatalf("enrolled: %v", err)
		}
		return answer{status: p.HTTPStatus, header: http.Header{"Content-Type": {"application/problem+json"}}, body: []byte(encode(p.Problem))}
	}
}

// reuse: a salt or grant key that served before would link two grants on the chain.
// The order in which the vault looks at the two must not show in what it leaves behind.
func (v *running) reuse(t *testing.T, p *person, given *wallet.SignedGrant) {
	request := v.hospital.ask()
	v.settle()
	both := p.resigned(request, func(s *wallet.SignedGrant) {
		s.Grant.Salt, s.Grant.GrantKey, s.Binding.Opening = given.Grant.Salt, given.Grant.GrantKey, given.Binding.Opening
	})
	rows := []row{
		{name: "salt and grant key of another grant", send: v.giving(both), status: 409, kind: "reused"},
	}
	for i := range 6 {
		saltOnly := p.sign(request)
		saltOnly.Grant.Salt, saltOnly.Binding.Opening = given.Grant.Salt, given.Binding.Opening // under a key that its salt does not give
		fresh := p.sign(request)
		saltOnly.Grant.GrantKey = p.identity.Seed.Grant(fresh.Grant.Salt).Address()
		p.signAs(saltOnly, fresh.Grant.Salt)
		keyOnly := p.sign(request)
		keyOnly.Grant.GrantKey = given.Grant.GrantKey
		p.signAs(keyOnly, given.Grant.Salt)
		rows = append(rows,
			row{name: fmt.Sprintf("salt of another grant under a new key %d", i), send: v.giving(saltOnly), status: 409, kind: "reused"},
			row{name: fmt.Sprintf("grant key of another grant under a new salt %d", i), send: v.giving(keyOnly), status: 409, kind: "reused"})
	}
	v.check(t, rows)
	v.in(t)
	t.Run("the same grant again", func(t *testing.T) {
		v.in(t)
		before := v.state()
		got := v.post("/v1/person/grants", encode(wire(given)))
		if got.status != http.StatusCreated {
			t.Errorf("%d %s", got.status, got.body)
		}
		v.untouched(t, before, 0)
	})
	v.in(t)
}

// signAs signs with the grant key of another salt.
func (p *person) signAs(s *wallet.SignedGrant, salt consent.Salt) {
	id := s.Grant.ID()
	s.Act.ID, s.Act.Expiry, s.Binding.Grant = id, s.Grant.Expires, id
	s.ActSignature = p.identity.Seed.Grant(salt).Sign(p.v.domain().Digest(s.Act.StructHash()))
	s.BindingSignature = p.identity.Seed.Root().Sign(p.v.domain().Digest(s.Binding.StructHash()))
}

// tooLate: no answer is taken after the time that the request named.
func (v *running) tooLate(t *testing.T, p *person, late *consent.Request) {
	signed, err := p.identity.Answer(v.domain(), late, wallet.Choice{Language: "en"}, time.Unix(int64(late.AnswerBy), 0))
	must(t, err)
	eventually(t, "the request to be over", func() bool { return unixIn(0) > late.AnswerBy })
	v.settle()
	v.check(t, []row{
		{name: "yes, too late", send: v.giving(signed), status: 422, kind: "invalid-value"},
		{name: "no, too late", send: v.refusing(p, late, p.identity), status: 422, kind: "invalid-value"},
	})
	v.in(t)
}

// tooFast: one address cannot flood the public listener, and others do not notice.
func (v *running) tooFast(t *testing.T) {
	v.settle()
	before := v.state()
	c := v.dial(nil, 1)
	var last answer
	for range 40 {
		var err error
		last, err = send(c, "POST", v.publicURL+"/v1/person/withdrawals", strings.NewReader(`{"`+echoed+`":1}`))
		must(t, err)
	}
	isRefused(t, last, 429, "rate-limited", "")
	if last.header.Get("Retry-After") == "" {
		t.Error("429 without Retry-After")
	}
	isRefused(t, v.post("/v1/person/withdrawals", `{}`), 400, "json-missing", "")
	v.untouched(t, before, 0)
}
