package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptrace"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

// row is one call that must be refused.
type row struct {
	name    string
	send    func() answer
	status  int
	kind    string
	reason  string // of a denial
	pointer string // not looked at where empty
	denials uint64 // entries that the refusal itself is
}

// check runs rows; after each, nothing may have been half written.
func (v *running) check(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			v.in(t)
			before := v.state()
			got := r.send()
			isRefused(t, got, r.status, r.kind, r.reason)
			if p := got.problem(); r.pointer != "" && (p.Pointer == nil || *p.Pointer != r.pointer) {
				t.Errorf("want pointer %s, got %s", r.pointer, got.body)
			}
			v.untouched(t, before, r.denials)
		})
	}
}

// grants under which the hospital is refused, and own, under which it is not.
type grants struct{ own, reading, limited, stopped, early *wallet.SignedGrant }

func refuseInstitutions(t *testing.T, v *running) {
	g := v.prepareGrants()
	rows := v.unreadable(g.own)
	rows = append(rows, v.unacceptable()...)
	rows = append(rows, v.unauthorised(g)...)
	rows = append(rows, v.repeated(g.own)...)
	v.settle()
	v.check(t, rows)
	v.in(t)
	holds(t, v.hospital.release(g.own, "{}"))
}

func (v *running) prepareGrants() (g grants) {
	p := v.person()
	g.own = v.recorded(p)
	g.reading = p.give(v.hospital.ask(object{"actions": []string{"read"}, "fields": []string{"identity.name"}}))
	g.limited = p.give(v.hospital.ask(object{"actions": []string{"read"}, "max_releases": 1}))
	g.stopped = p.give(v.hospital.ask())
	g.early = p.give(v.hospital.ask(object{"not_before": unixIn(time.Hour)}))
	for _, one := range []*wallet.SignedGrant{g.reading, g.limited, g.stopped, g.early} {
		v.hospital.await(one, openapi.StatusGiven)
	}
	var used openapi.Released
	v.hospital.release(g.limited, "{}").into(v.t, http.StatusOK, &used)
	var stopped openapi.Withdrawn
	v.post("/v1/person/withdrawals", withdrawal(g.stopped)).into(v.t, http.StatusOK, &stopped)
	return g
}

const fhirHeader = "Content-Type: application/fhir+json"

// unreadable: what is wrong with a body by itself.
func (v *running) unreadable(g *wallet.SignedGrant) []row {
	release := func(body string, headers ...string) func() answer {
		return func() answer { return v.hospital.release(g, body, headers...) }
	}
	write := func(body string, headers ...string) func() answer {
		return func() answer { return v.hospital.write(g, body, headers...) }
	}
	chunked := func(path, begin string, size int) func() answer {
		return func() answer {
			body := io.MultiReader(strings.NewReader(begin), bytes.NewReader(bytes.Repeat([]byte(" "), size))) // no length known
			got, err := send(v.hospital.http, "POST", v.institutionsURL+path, body, "Idempotency-Key: "+client.NewIdempotencyKey())
			must(v.t, err)
			return got
		}
	}
	path := "/v1/grants/" + g.Grant.ID().String()
	long := strings.Repeat(" ", 1<<20)
	patient := func(id string) string {
		return `{"resource":{"resourceType":"Patient","id":"` + id + `","name":[{"family":"` + echoed + `"}]}}`
	}
	allergy := `{"resource":{"resourceType":"AllergyIntolerance","id":"a","patient":{"reference":"Patient/two"},"code":{"text":"` + echoed + `"}}}`
	bundle := func(entries ...string) string {
		return `{"resourceType":"Bundle","type":"collection","entry":[` + strings.Join(entries, ",") + `]}`
	}
	return []row{
		{name: "unknown member", send: release(`{"field":["` + echoed + `"]}`), status: 400, kind: "json-unknown"},
		{name: "member in another case", send: release(`{"Fields":["identity.name"]}`), status: 400, kind: "json-unknown"},
		{name: "member twice", send: release(`{"fields":["identity.name"],"fields":["identity.race"]}`), status: 400, kind: "json-duplicate"},
		{name: "member twice, once escaped", send: release(`{"fields":["identity.name"],"f\u0069elds":["identity.race"]}`), status: 400, kind: "json-duplicate"},
		{name: "member twice inside a value", send: write(`{"values":{"identity.birth_place":{"city":"a","city":"b"}}}`), status: 400, kind: "json-duplicate"},
		{name: "not UTF-8", send: write("{\"values\":{\"identity.mother_maiden_name\":\"\xff\xfe\"}}"), status: 400, kind: "json-encoding"},
		{name: "half a surrogate pair", send: write(`{"values":{"identity.mother_maiden_name":"\ud800"}}`), status: 400, kind: "json-encoding"},
		{name: "too deep", send: write(`{"values":{"identity.name":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}}`), status: 400, kind: "json-depth"},
		{name: "something after it", send: release(`{}{}`), status: 400, kind: "json-trailing"},
		{name: "not JSON", send: release(`{"fields":`), status: 400, kind: "json-syntax"},
		{name: "member missing", send: write(`{}`), status: 400, kind: "json-missing"},
		{name: "wrong type", send: release(`{"fields":"` + echoed + `"}`), status: 400, kind: "json-type"},
		{name: "release too large", send: release(`{}`+long[:64<<10], "Expect: 100-continue"), status: 413, kind: "too-large"},
		{name: "write too large", send: write(`{"values":{}}`+strings.Repeat(long, 16), "Expect: 100-continue"), status: 413, kind: "too-large"},
		{name: "FHIR too large", send: write(`{}`+strings.Repeat(long, 16), fhirHeader, "Expect: 100-continue"), status: 413, kind: "too-large"},
		{name: "release too large, in chunks", send: chunked(path+"/release", `{}`, 64<<10), status: 413, kind: "too-large"},
		{name: "write too large, in chunks", send: chunked(path+"/fields", `{"values":{}}`, 16<<20), status: 413, kind: "too-large"},
		{name: "another media type", send: release(`fields=x`, "Content-Type: application/x-www-form-urlencoded"), status: 415, kind: "media-type"},
		{name: "compressed", send: release(`{}`, "Content-Encoding: gzip"), status: 415, kind: "media-type"},
		{name: "a pattern for a field", send: release(`{"fields":["identity.*"]}`), status: 422, kind: "invalid-value", pointer: "/fields/0"},
		{name: "nothing to write", send: write(`{"values":{}}`), status: 422, kind: "invalid-value", pointer: "/values"},
		{name: "two patients in one FHIR Bundle", send: write(bundle(patient("one"), patient("two")), fhirHeader), status: 422, kind: "fhir"},
		{name: "one patient and another's allergy", send: write(bundle(patient("one"), allergy), fhirHeader), status: 422, kind: "fhir"},
		{name: "FHIR without a field of ours", send: write(bundle(`{"resource":{"resourceType":"Observation","id":"o"}}`), fhirHeader), status: 422, kind: "fhir"},
		{name: "not FHIR", send: write(`{"a":1}`, fhirHeader), status: 422, kind: "fhir"},
		{name: "another method", send: func() answer { return v.hospital.call("DELETE", path, "") }, status: 405, kind: "method"},
		{name: "people's listener's path", send: func() answer { return v.hospital.call("POST", "/v1/person/withdrawals", withdrawal(g)) }, status: 404, kind: "not-found"},
	}
}

// unacceptable: requests that nobody is shown.
func (v *running) unacceptable() []row {
	now := unixIn(0)
	ask := func(a *asker, changes ...object) func() answer {
		return func() answer { return a.call("POST", "/v1/requests", asking(changes...)) }
	}
	day := func(n uint64) uint64 { return (now/consent.Day + n) * consent.Day }
	return []row{
		{name: "unknown field", send: ask(v.hospital, object{"fields": []string{"identity.shoe_size"}}), status: 403, kind: "unknown-field", reason: "unknown_field", denials: 1},
		{name: "unknown category", send: ask(v.hospital, object{"fields": []string{"shoes.size"}}), status: 422, kind: "invalid-value", pointer: "/fields/0"},
		{name: "field twice", send: ask(v.hospital, object{"fields": []string{"identity.name", "identity.name"}}), status: 422, kind: "invalid-value"},
		{name: "unknown purpose", send: ask(v.hospital, object{"purpose": "dpv:" + "Echoed"}), status: 403, kind: "unknown-purpose", reason: "unknown_purpose", denials: 1},
		{name: "purpose that is no term", send: ask(v.hospital, object{"purpose": echoed}), status: 422, kind: "invalid-value", pointer: "/purpose"},
		{name: "purpose of another kind of institution", send: ask(v.school), status: 403, kind: "denied", reason: "purpose_kind", denials: 1},
		{name: "field that the purpose does not need", send: ask(v.hospital, object{"fields": []string{"health.allergy"}}), status: 403, kind: "denied", reason: "field_purpose", denials: 1},
		{name: "basis that the purpose does not have", send: ask(v.hospital, object{"legal_basis": "vital_interests"}), status: 403, kind: "denied", reason: "legal_basis", denials: 1},
		{name: "basis that the law does not have", send: ask(v.hospital, object{"legal_basis": echoed}), status: 422, kind: "invalid-value", pointer: "/legal_basis"},
		{name: "kept too long", send: ask(v.hospital, object{"retention_days": 3000}), status: 403, kind: "denied", reason: "retention", denials: 1},
		{name: "period in the past", send: ask(v.hospital, object{"not_before": day(0) - 10*consent.Day, "expires": day(0) - consent.Day}), status: 422, kind: "period", pointer: "/expires"},
		{name: "period that ends before it begins", send: ask(v.hospital, object{"not_before": day(40)}), status: 422, kind: "period", pointer: "/expires"},
		{name: "period over a year", send: ask(v.hospital, object{"expires": day(368)}), status: 422, kind: "period", pointer: "/expires"},
		{name: "end that is no whole day", send: ask(v.hospital, object{"expires": day(30) + 1}), status: 422, kind: "period", pointer: "/expires"},
		{name: "answer by a time that has passed", send: ask(v.hospital, object{"answer_by": now - 1}), status: 422, kind: "invalid-value", pointer: "/answer_by"},
		{name: "no notice", send: ask(v.hospital, object{"notices": []object{}}), status: 422, kind: "invalid-value", pointer: "/notices"},
		{name: "unknown action", send: ask(v.hospital, object{"actions": []string{echoed}}), status: 422, kind: "invalid-value", pointer: "/actions/0"},
		{name: "unknown member", send: ask(v.hospital, object{echoed: 1}), status: 400, kind: "json-unknown"},
	}
}

// unauthorised: well-formed, and not permitted.
func (v *running) unauthorised(g grants) []row {
	release := func(g *wallet.SignedGrant, body string) func() answer {
		return func() answer { return v.hospital.release(g, body) }
	}
	write := func(g *wallet.SignedGrant, value string) func() answer {
		return func() answer { return v.hospital.write(g, `{"values":{`+value+`}}`) }
	}
	unknown, err := client.NewInstitutionKeys(v.t.Context(), filepath.Join(v.dir, "cast", "nobody"), "Nobody", consent.KindHospital, country, crypto.Secret("nobody's passphrase"))
	must(v.t, err)
	nobody := &asker{v, unknown, v.dial(&unknown.Certificate, 1)}
	return []row{
		{name: "a certificate that the ledger does not know", send: func() answer { return nobody.release(g.own, "{}") }, status: 403, kind: "unknown-institution"},
		{name: "the same, writing", send: func() answer { return nobody.write(g.own, `{"values":{"identity.name":[]}}`) }, status: 403, kind: "unknown-institution"},
		{name: "the same, asking", send: func() answer { return nobody.call("POST", "/v1/requests", asking()) }, status: 403, kind: "unknown-institution"},
		{name: "field that was not given", send: release(g.reading, `{"fields":["identity.race"]}`), status: 403, kind: "denied", reason: "not_in_grant", denials: 1},
		{name: "field that is not in the catalog", send: release(g.own, `{"fields":["identity.shoe_size"]}`), status: 403, kind: "denied", reason: "not_in_grant", denials: 1},
		{name: "writing where reading was given", send: write(g.reading, `"identity.name":[{"family":"`+echoed+`"}]`), status: 403, kind: "denied", reason: "action", denials: 1},
		{name: "limit reached", send: release(g.limited, "{}"), status: 403, kind: "denied", reason: "limit_reached", denials: 1},
		{name: "withdrawn", send: release(g.stopped, "{}"), status: 403, kind: "denied", reason: "withdrawn", denials: 1},
		{name: "withdrawn, writing", send: write(g.stopped, `"identity.name":[{"family":"`+echoed+`"}]`), status: 403, kind: "denied", reason: "withdrawn", denials: 1},
		{name: "not yet", send: release(g.early, "{}"), status: 403, kind: "denied", reason: "not_yet", denials: 1},
		{name: "text for a list", send: write(g.own, `"identity.name":"`+echoed+`"`), status: 403, kind: "value-type", reason: "bad_value", denials: 1},
		{name: "list for an object", send: write(g.own, `"identity.race":[{"text":"`+echoed+`"}]`), status: 403, kind: "value-type", reason: "bad_value", denials: 1},
		{name: "number for a text", send: write(g.own, `"identity.mother_maiden_name":1954`), status: 403, kind: "value-type", reason: "bad_value", denials: 1},
		{name: "null", send: write(g.own, `"identity.name":null`), status: 403, kind: "value-type", reason: "bad_value", denials: 1},
		{name: "empty list", send: write(g.own, `"identity.name":[]`), status: 403, kind: "value-type", reason: "bad_value", denials: 1},
	}
}

// repeated: what an Idempotency-Key is for.
func (v *running) repeated(g *wallet.SignedGrant) []row {
	key := func() string { return "Idempotency-Key: " + client.NewIdempotencyKey() }
	released, wrote, asked := key(), key(), key()
	var first openapi.Released
	v.hospital.release(g, `{"fields":["identity.name"]}`, released).into(v.t, http.StatusOK, &first)
	var second openapi.Written
	v.hospital.write(g, `{"values":{"identity.race":`+record["identity.race"]+`}}`, wrote).into(v.t, http.StatusOK, &second)
	var third openapi.Request
	v.hospital.call("POST", "/v1/requests", asking(), asked).into(v.t, http.StatusCreated, &third)
	release := func(body, header string) func() answer {
		return func() answer { return v.hospital.release(g, body, header) }
	}
	return []row{
		{name: "no Idempotency-Key", send: release("{}", "Idempotency-Key: -"), status: 400, kind: "idempotency-key"},
		{name: "short Idempotency-Key", send: release("{}", "Idempotency-Key: 1234567"), status: 400, kind: "idempotency-key"},
		{name: "strange Idempotency-Key", send: release("{}", "Idempotency-Key: "+echoed+" x"), status: 400, kind: "idempotency-key"},
		{name: "no Idempotency-Key, asking", send: func() answer { return v.hospital.call("POST", "/v1/requests", asking(), "Idempotency-Key: -") }, status: 400, kind: "idempotency-key"},
		{name: "release under the key of another", send: release(`{"fields":["identity.race"]}`, released), status: 409, kind: "idempotency-conflict"},
		{name: "release of all under the key of one field", send: release(`{}`, released), status: 409, kind: "idempotency-conflict"},
		{name: "write under the key of another", send: func() answer {
			return v.hospital.write(g, `{"values":{"identity.race":{"text":"`+echoed+`"}}}`, wrote)
		}, status: 409, kind: "idempotency-conflict"},
		{name: "request under the key of another", send: func() answer {
			return v.hospital.call("POST", "/v1/requests", asking(object{"retention_days": 7}), asked)
		}, status: 409, kind: "idempotency-conflict"},
	}
}

// refuseStrangers: who is not named by a grant learns nothing about it.
func refuseStrangers(t *testing.T, v *running) {
	g := v.recorded(v.person())
	v.settle()
	foreign := g.Grant.ID().String()
	ids := []struct{ name, id string }{
		{"foreign", foreign}, {"absent", "0x" + strings.Repeat("5a", 32)}, {"short", foreign[:20]}, {"in capitals", "0x" + strings.ToUpper(foreign[2:])},
		{"without 0x", foreign[2:]}, {"a word", "grant"}, {"its request", g.Grant.Request.String()},
	}
	for _, op := range []struct{ method, rest, body string }{
		{"POST", "/release", `{}`}, {"POST", "/release", `{"fields":["identity.name"]}`}, {"GET", "", ""},
		{"POST", "/fields", `{"values":{"identity.name":[{"family":"` + echoed + `"}]}}`},
	} {
		t.Run(op.method+op.rest, func(t *testing.T) {
			v.in(t)
			var same answer
			for i, one := range ids {
				before := v.state()
				got := v.school.call(op.method, "/v1/grants/"+one.id+op.rest, op.body)
				isRefused(t, got, 404, "not-found", "")
				v.untouched(t, before, 0)
				for _, unequal := range []string{"Date", "X-Request-Id"} {
					if got.header.Get(unequal) == "" {
						t.Errorf("%s: no %s", one.name, unequal)
					}
					got.header.Del(unequal)
				}
				if i == 0 {
					same = got
				} else if !bytes.Equal(got.body, same.body) || encode(got.header) != encode(same.header) {
					t.Errorf("%s: another answer than to a foreign grant: %v %s, %v %s", one.name, got.header, got.body, same.header, same.body)
				}
			}
		})
	}
	t.Run("a foreign request", func(t *testing.T) {
		v.in(t)
		theirs := v.school.call("GET", "/v1/requests/"+g.Grant.Request.String(), "")
		absent := v.school.call("GET", "/v1/requests/0x"+strings.Repeat("5a", 32), "")
		isRefused(t, theirs, 404, "not-found", "")
		if !bytes.Equal(theirs.body, absent.body) {
			t.Errorf("%s, but %s where there is none", theirs.body, absent.body)
		}
	})
	t.Run("without a certificate", func(t *testing.T) {
		bare := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: v.pool}}}
		if got, err := send(bare, "GET", v.institutionsURL+"/v1/me", nil); err == nil {
			t.Errorf("answered %d %s", got.status, got.body)
		}
	})
}

// refuseSuspended: who asks is looked up on every request, not at the handshake.
func refuseSuspended(t *testing.T, v *running) {
	p := v.person()
	v.recorded(p)
	g := v.clinic.agree(p)
	registry, err := client.NewRegistry(t.Context(), v.publicURL, v.config.path(v.config.TLS.Certificate))
	must(t, err)
	one := &asker{v, v.clinic.keys, v.dial(&v.clinic.keys.Certificate, 1)}
	var opened int
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if !info.Reused {
			opened++
		}
	}}
	inner := one.http.Transport
	one.http.Transport = traced(func(r *http.Request) (*http.Response, error) {
		return inner.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
	})
	if got := one.release(g, `{"fields":["identity.name"]}`); got.status != http.StatusOK {
		t.Fatalf("before: %d %s", got.status, got.body)
	}
	v.settle()
	must(t, registry.Suspend(t.Context(), v.accreditor, v.clinic.keys.ID, false))
	v.check(t, []row{
		{name: "release", send: func() answer { return one.release(g, "{}") }, status: 403, kind: "denied", reason: "suspended", denials: 1},
		{name: "release again", send: func() answer { return one.release(g, "{}") }, status: 403, kind: "denied", reason: "suspended", denials: 1},
		{name: "write", send: func() answer { return one.write(g, `{"values":{"identity.race":{"text":"`+echoed+`"}}}`) }, status: 403, kind: "denied", reason: "suspended", denials: 1},
		{name: "request", send: func() answer { return one.call("POST", "/v1/requests", asking()) }, status: 403, kind: "denied", reason: "suspended"},
	})
	v.in(t)
	if opened != 1 {
		t.Errorf("%d connections: the open one was to be refused", opened)
	}
	var me openapi.Institution
	one.call("GET", "/v1/me", "").into(t, http.StatusOK, &me)
	if !me.Suspended {
		t.Error("a suspended institution is not told so")
	}
	must(t, registry.Suspend(t.Context(), v.accreditor, v.clinic.keys.ID, true))
	if got := one.release(g, `{"fields":["identity.name"]}`); got.status != http.StatusOK {
		t.Errorf("after the suspension was lifted: %d %s", got.status, got.body)
	}
}

type traced func(*http.Request) (*http.Response, error)

func (f traced) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// refuseStolenKey: the agency's key is rotated with an overlap, during which both count,
// then removed by the cold key, on connections that stay open.
func refuseStolenKey(t *testing.T, v *running) {
	ctx, was := t.Context(), v.agency.keys.Certificate
	secret := crypto.Secret("a passphrase of the cast")
	keys, err := client.OpenInstitutionKeys(ctx, filepath.Join(v.dir, "cast", "agency"), secret)
	must(t, err)
	registry, err := client.NewRegistry(ctx, v.publicURL, v.config.path(v.config.TLS.Certificate))
	must(t, err)
	opened := 0
	count := func(c *http.Client, two bool) *http.Client {
		inner, _ := c.Transport.(*http.Transport)
		inner.ForceAttemptHTTP2 = two
		trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
			if !info.Reused {
				opened++
			}
		}}
		c.Transport = traced(func(r *http.Request) (*http.Response, error) {
			return inner.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
		})
		return c
	}
	old1, old2 := count(v.dial(&was, 1), false), count(v.dial(&was, 1), true)
	me := func(when string, c *http.Client, want int) {
		t.Helper()
		got, err := send(c, "GET", v.institutionsURL+"/v1/me", nil)
		must(t, err)
		if got.status != want || want == http.StatusForbidden && got.kind() != "unknown-institution" {
			t.Errorf("%s: %d %s, want %d", when, got.status, got.body, want)
		}
	}
	me("before, HTTP/1.1", old1, http.StatusOK)
	me("before, HTTP/2", old2, http.StatusOK)
	staged, err := keys.StageTLS("", "")
	must(t, err)
	must(t, registry.RotateTLS(ctx, keys, staged, time.Hour))
	fresh := count(v.dial(&keys.Certificate, 1), true)
	me("the old key during the overlap", old1, http.StatusOK)
	me("the old key during the overlap", old2, http.StatusOK)
	me("the new key", fresh, http.StatusOK)
	stolen, err := ledgerref.KeyHash(was.PrivateKey.(*ecdsa.PrivateKey).Public())
	must(t, err)
	must(t, registry.RemoveTLS(ctx, keys, stolen))
	me("removed, HTTP/1.1", old1, http.StatusForbidden)
	me("removed, HTTP/2", old2, http.StatusForbidden)
	me("the new key", fresh, http.StatusOK)
	if opened != 3 {
		t.Errorf("%d connections: the open ones were to be refused", opened)
	}
	v.agency.keys, v.agency.http = keys, v.dial(&keys.Certificate, 64)
}
