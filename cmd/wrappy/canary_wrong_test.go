package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/wallet"
)

// wrong is one call with a canary where it does not belong.
type wrong struct {
	name, method, path, body string
	headers                  []string
	public                   bool // to people's listener
	fine                     bool // answered well: what does not belong is passed over
	named                    bool // a field's name, which the refusal and its proof name by design
}

// sendWrongly sends canaries in every place that takes something; no answer repeats one.
func (c *canaryRun) sendWrongly(g *wallet.SignedGrant) {
	c.t.Helper()
	rows := append(c.wrongBodies("/v1/grants/"+g.Grant.ID().String()), c.wrongPlaces("/v1/grants/"+g.Grant.ID().String())...)
	rows = append(rows, c.wrongActs(g)...)
	for _, w := range rows {
		var body io.Reader
		if w.body != "" {
			body = strings.NewReader(w.body)
		}
		headers := append([]string{"Idempotency-Key: " + client.NewIdempotencyKey()}, w.headers...)
		at, url := c.hospital.http, c.institutionsURL
		if w.public {
			at, url = c.dial(nil, 1), c.publicURL
		}
		got, err := send(at, w.method, url+w.path, body, headers...)
		if err != nil {
			c.t.Fatalf("%s: %v", w.name, err)
		}
		if refused := got.status >= 400 && got.status < 500; refused == w.fine {
			c.t.Errorf("%s: %d %s", w.name, got.status, got.body)
		}
		c.silent(w.name, got, w.named)
	}
	c.wrongConnections()
}

// silent: the answer holds no canary. A pointer may name the sender's own member; a
// denial names the fields that it is about.
func (c *canaryRun) silent(name string, got answer, named bool) {
	c.t.Helper()
	if p := got.problem(); p.Type != "" {
		p.Pointer = nil
		if named {
			p.Withheld, p.Proof = nil, nil
		}
		got.body = []byte(encode(p))
	}
	c.c.look("answer to "+name, append([]byte(encode(got.header)), got.body...))
	c.answers++
}

func (c *canaryRun) wrongBodies(grant string) []wrong {
	k := func(of string) string { return c.c.text("sent wrongly, " + of) }
	fields, release := grant+"/fields", grant+"/release"
	fhirType, wait := []string{fhirHeader}, []string{"Expect: 100-continue"}
	bundle := func(entries ...string) string {
		return `{"resourceType":"Bundle","type":"collection","entry":[` + strings.Join(entries, ",") + `]}`
	}
	patient := func(id, name string) string {
		return `{"resource":{"resourceType":"Patient","id":"` + id + `","name":[{"family":"` + name + `"}]}}`
	}
	return []wrong{
		{name: "JSON cut off", method: "POST", path: fields, body: `{"values":{"identity.name":"` + k("cut off")},
		{name: "no JSON", method: "POST", path: fields, body: k("no JSON")},
		{name: "a number that is none", method: "POST", path: fields, body: `{"values":{"identity.name":1` + k("number") + `}}`},
		{name: "after the end", method: "POST", path: fields, body: `{"values":{}}` + k("after the end")},
		{name: "not UTF-8", method: "POST", path: fields, body: `{"values":{"identity.mother_maiden_name":"` + k("not UTF-8") + "\xff\"}}"},
		{name: "twice", method: "POST", path: fields, body: `{"values":{"identity.race":{"a":"` + k("twice") + `","a":1}}}`},
		{name: "text for an object", method: "POST", path: fields, body: `{"values":{"identity.race":"` + k("type") + `"}}`},
		{name: "text for a date", method: "POST", path: fields, body: `{"values":{"identity.birth_date":"` + k("date") + `"}}`},
		{name: "text for a code", method: "POST", path: fields, body: `{"values":{"identity.gender":"` + k("code") + `"}}`},
		{name: "no resource", method: "POST", path: fields, body: `{"values":{"health.allergy":[{"resourceType":"` + k("resource type") + `","id":"1"}]}}`},
		{name: "unknown field", method: "POST", path: fields, body: `{"values":{"identity.` + k("field") + `":{"a":"` + k("of an unknown field") + `"}}}`, named: true},
		{name: "no field's name", method: "POST", path: fields, body: `{"values":{"` + strings.ToUpper(k("no field")) + `!":{}}}`},
		{name: "value in a name's place", method: "POST", path: fields, body: `{"values":{"identity.race":{"` + k("name in an object") + `":1,"` + k("another") + `":}}}`},
		{name: "too large", method: "POST", path: fields, body: `{"values":{"identity.race":{"a":"` + k("too large") + strings.Repeat(" ", 16<<20) + `"}}}`, headers: wait},
		{name: "release, unknown member", method: "POST", path: release, body: `{"` + k("member") + `":1}`},
		{name: "release, unknown field", method: "POST", path: release, body: `{"fields":["identity.` + k("field to release") + `"]}`, named: true},
		{name: "release, no field", method: "POST", path: release, body: `{"fields":["` + k("no field to release") + `"]}`},
		{name: "release, too large", method: "POST", path: release, body: `{"fields":["` + k("large release") + strings.Repeat("x", 64<<10) + `"]}`, headers: wait},
		{name: "request, unknown field", method: "POST", path: "/v1/requests", body: asking(object{"fields": []string{"identity." + k("field asked for")}}), named: true},
		{name: "request, unknown member", method: "POST", path: "/v1/requests", body: asking(object{k("member of a request"): 1})},
		{name: "request, unknown purpose", method: "POST", path: "/v1/requests", body: asking(object{"purpose": "dpv:" + k("purpose")})},
		{name: "request, no basis", method: "POST", path: "/v1/requests", body: asking(object{"legal_basis": k("basis")})},
		{name: "request, no language", method: "POST", path: "/v1/requests", body: asking(object{"notices": []object{{"language": k("language") + "!", "text": k("notice refused")}}})},
		{name: "FHIR of two people", method: "POST", path: fields, headers: fhirType, body: bundle(patient(k("one"), k("name of one")), patient(k("two"), k("name of two")))},
		{name: "FHIR of a wrong subject", method: "POST", path: fields, headers: fhirType, body: bundle(patient(k("patient"), k("patient's name")),
			`{"resource":{"resourceType":"Condition","id":"`+k("id")+`","subject":{"reference":"Patient/`+k("wrong subject")+`"},"code":{"text":"`+k("text")+`"}}}`)},
		{name: "FHIR of no type", method: "POST", path: fields, headers: fhirType, body: `{"resourceType":"` + k("FHIR type") + `","id":"1"}`},
		{name: "FHIR with a strange element", method: "POST", path: fields, headers: fhirType, body: bundle(`{"resource":{"resourceType":"Patient","name":"` + k("FHIR name") + `","` + k("FHIR element") + `":{}}}`)},
		{name: "FHIR cut off", method: "POST", path: fields, headers: fhirType, body: `{"resourceType":"Bundle","id":"` + k("FHIR cut off")},
	}
}

// wrongPlaces: in paths, queries and headers.
func (c *canaryRun) wrongPlaces(grant string) []wrong {
	k := func(of string) string { return c.c.text("sent wrongly, " + of) }
	rows := []wrong{
		{name: "path", method: "GET", path: "/" + k("path")},
		{name: "path for people", method: "GET", path: "/v1/" + k("path for people"), public: true},
		{name: "reference page", method: "GET", path: "/reference/" + k("reference"), public: true},
		{name: "tile", method: "GET", path: "/tile/0/" + k("tile"), public: true},
		{name: "in a grant id's place", method: "GET", path: "/v1/grants/" + k("grant id")},
		{name: "in a grant id's place, releasing", method: "POST", path: "/v1/grants/" + k("grant id, releasing") + "/release", body: `{}`},
		{name: "in a grant id's place, writing", method: "POST", path: "/v1/grants/" + k("grant id, writing") + "/fields", body: `{"values":{"identity.race":{"a":"` + k("of no grant") + `"}}}`},
		{name: "in a request id's place", method: "GET", path: "/v1/requests/" + k("request id")},
		{name: "in an asked id's place", method: "GET", path: "/v1/asked/" + k("asked id"), public: true},
		{name: "in an institution id's place", method: "GET", path: "/v1/institutions/" + k("institution id"), public: true},
		{name: "query", method: "GET", path: "/v1/me?" + k("query name") + "=" + k("query"), fine: true},
		{name: "cursor", method: "GET", path: "/v1/grants?cursor=" + k("cursor")},
		{name: "limit", method: "GET", path: "/v1/requests?limit=" + k("limit")},
		{name: "actor", method: "GET", path: "/v1/institutions/0x" + strings.Repeat("5a", 32) + "/nonce?actor=" + k("actor"), public: true},
		{name: "method", method: "X" + k("method"), path: grant},
		{name: "Idempotency-Key", method: "POST", path: grant + "/release", body: `{}`, headers: []string{"Idempotency-Key: " + k("Idempotency-Key") + " x"}},
		{name: "Content-Type", method: "POST", path: grant + "/release", body: `{}`, headers: []string{"Content-Type: text/" + k("Content-Type")}},
		{name: "Content-Encoding", method: "POST", path: grant + "/release", body: `{}`, headers: []string{"Content-Encoding: " + k("Content-Encoding")}},
		{name: "Accept", method: "POST", path: grant + "/release", body: `{}`, headers: []string{"Accept: text/" + k("Accept")}},
		{name: "session", method: "GET", path: "/v1/person/grants", public: true, headers: []string{"Wrappy-Session: " + k("session"), "Wrappy-Proof: " + k("session proof")}},
		{name: "proof of a session", method: "GET", path: "/v1/person/history", public: true, headers: []string{"Wrappy-Session: " + c.session, "Wrappy-Proof: 1." + k("proof")}},
		{name: "headers too large", method: "GET", path: "/v1/me", headers: []string{"X-Large: " + k("large header") + strings.Repeat("x", 2<<20)}},
	}
	for _, header := range []string{"X-Canary", "User-Agent", "Cookie", "Referer", "Origin", "Authorization", "X-Request-Id", "X-Forwarded-For", "If-None-Match", "Accept-Language", "Traceparent", "Forwarded"} {
		for _, public := range []bool{false, true} {
			w := wrong{name: header, method: "GET", path: "/v1/me", fine: true, public: public, headers: []string{header + ": " + k(header)}}
			if public {
				w.path = "/v1/ledger"
			}
			rows = append(rows, w)
		}
	}
	return rows
}

// wrongActs: people's and institutions' signed acts with something else in them.
func (c *canaryRun) wrongActs(g *wallet.SignedGrant) []wrong {
	k := func(of string) string { return c.c.text("sent wrongly, " + of) }
	post := func(name, path string, body object) wrong {
		return wrong{name: name, method: "POST", path: path, body: encode(body), public: true}
	}
	zero := "0x" + strings.Repeat("00", 32)
	signature := g.ActSignature
	given := wire(g)
	given["grant"].(object)["jurisdiction"] = k("country")
	other := wire(g)
	other["grant"].(object)["notice_language"] = k("grant's language")
	return []wrong{
		post("withdrawal of no grant", "/v1/person/withdrawals", object{"grant": k("withdrawal"), "signature": signature}),
		post("withdrawal without a signature", "/v1/person/withdrawals", object{"grant": g.Grant.ID(), "signature": k("signature")}),
		post("withdrawal with more", "/v1/person/withdrawals", object{"grant": g.Grant.ID(), "signature": signature, k("member of a withdrawal"): 1}),
		post("refusal", "/v1/person/refusals", object{"request": zero, "identity": k("identity"), "time": 1, "signature": signature}),
		post("grant for no country", "/v1/person/grants", given),
		post("grant in no language", "/v1/person/grants", other),
		post("facts", "/v1/person/facts", object{"identity": zero, "minor": false, "representative": false, "never_countries": []string{k("fact")}, "time": 1, "signature": signature}),
		post("session of no origin", "/v1/sessions", object{"identity": zero, "origin": "https://" + k("origin") + ".example", "nonce": zero, "proof_key": "AAAA", "expires": unixIn(time.Minute), "signature": signature}),
		post("session of nobody", "/v1/sessions", object{"identity": k("nobody"), "origin": "", "nonce": k("nonce"), "proof_key": "AAAA", "expires": 1, "signature": signature}),
		post("enrolment", "/v1/identities", object{"identity": k("enrolment"), "root_key": k("root key"), "jurisdiction": k("jurisdiction")}),
		post("registration", "/v1/institutions", object{"name": k("name of nobody"), "kind": k("kind")}),
		post("attestation", "/v1/institutions/"+zero+"/attestations", object{"actor": k("attestation")}),
	}
}

// wrongConnections: before and below HTTP, where a server speaks of its own accord.
func (c *canaryRun) wrongConnections() {
	c.t.Helper()
	k := func(of string) string { return c.c.text("sent wrongly, " + of) }
	public := strings.TrimPrefix(c.publicURL, "https://")
	secured := func(name string) func() (net.Conn, error) {
		return func() (net.Conn, error) {
			return tls.Dial("tcp", public, &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: c.pool, ServerName: name})
		}
	}
	plain := func() (net.Conn, error) { return net.Dial("tcp", public) }
	for _, w := range []struct {
		name, text string
		dial       func() (net.Conn, error)
	}{
		{"no HTTP version", "GET /" + k("raw path") + " HTTP/9.9\r\nHost: localhost\r\n\r\n", secured("localhost")},
		{"no HTTP", k("raw") + "\r\n\r\n", secured("localhost")},
		{"no header", "GET / HTTP/1.1\r\nHost: localhost\r\n" + k("raw header") + "\r\n\r\n", secured("localhost")},
		{"no host", "GET / HTTP/1.1\r\nHost: " + k("raw host") + "/@\r\n\r\n", secured("localhost")},
		{"no length", "POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + k("raw length") + "\r\n\r\n", secured("localhost")},
		{"no TLS", "GET /" + k("in the clear") + " HTTP/1.1\r\nHost: localhost\r\n\r\n", plain},
		{"HTTP/2 of nobody", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + k("frames"), secured("localhost")},
	} {
		conn, err := w.dial()
		must(c.t, err)
		must(c.t, conn.SetDeadline(time.Now().Add(10*time.Second)))
		_, err = io.WriteString(conn, w.text)
		must(c.t, err)
		said, _ := io.ReadAll(io.LimitReader(conn, 64<<10)) // or it was cut off
		_ = conn.Close()
		c.c.look("answer to "+w.name, said)
		c.answers++
	}
	if conn, err := secured(k("server's name") + ".example")(); err == nil {
		_ = conn.Close()
		c.t.Error("the certificate is for every name")
	}
	c.unknownCaller(k("institution's name"))
}

// unknownCaller comes with a certificate that has a canary for its subject.
func (c *canaryRun) unknownCaller(name string) {
	c.t.Helper()
	outside, err := os.MkdirTemp("", "canary") // its keys' file has the name
	must(c.t, err)
	defer func() { _ = os.RemoveAll(outside) }()
	keys, err := client.NewInstitutionKeys(c.t.Context(), filepath.Join(outside, "keys"), name, consent.KindHospital, country, crypto.Secret("nobody's passphrase"))
	must(c.t, err)
	nobody := &asker{c.running, keys, c.dial(&keys.Certificate, 1)}
	got := nobody.call("POST", "/v1/requests", asking())
	if got.status != http.StatusForbidden {
		c.t.Errorf("an unknown caller: %d %s", got.status, got.body)
	}
	c.silent("an unknown caller", got, false)
}

// TestSilent: what holds a canary where it may not is seen.
func TestSilent(t *testing.T) {
	for name, got := range map[string]answer{
		"in a header": {status: 404, header: http.Header{"X-Echo": {planted}}, body: []byte(`{}`)},
		"in a detail": {status: 400, body: []byte(`{"type":"urn:wrappy:problem:x","detail":"no ` + planted + ` here"}`)},
		"in a title":  {status: 400, body: []byte(`{"type":"urn:wrappy:problem:x","title":"` + planted + `"}`)},
		"as text":     {status: 400, body: []byte("400 Bad Request: " + planted)},
		"withheld":    {status: 403, body: []byte(`{"type":"urn:wrappy:problem:x","withheld":[{"field":"` + planted + `","reason":"x"}]}`)},
	} {
		c := &canaryRun{killed: &killed{running: &running{t: t}}, c: &canaries{scanner: newScanner(), t: t}}
		c.c.add("it", []byte(planted))
		if c.silent(name, got, false); len(c.c.found) == 0 {
			t.Errorf("%s: not seen", name)
		}
	}
	pointed := answer{status: 400, body: []byte(`{"type":"urn:wrappy:problem:x","pointer":"/` + planted + `"}`)}
	c := &canaryRun{killed: &killed{running: &running{t: t}}, c: &canaries{scanner: newScanner(), t: t}}
	c.c.add("it", []byte(planted))
	if c.silent("a pointer", pointed, false); len(c.c.found) > 0 || !json.Valid(pointed.body) || !bytes.Contains(pointed.body, []byte(planted)) {
		t.Errorf("a pointer may name the sender's own member: %v", c.c.found)
	}
}
