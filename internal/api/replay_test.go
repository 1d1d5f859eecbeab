package api

import (
	"bytes"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

// recording is one request of the story, and what it was answered.
type recording struct {
	as, method, path string
	header           http.Header
	body             string
	session          bool
	status           int
	answer           string
}

// eavesdropper is a story over real TLS of which every byte is kept.
type eavesdropper struct {
	*world
	person, stranger *wallet.Identity
	grant            string
	held             consent.GrantID
	heard            []recording
	clients          map[string]*http.Client
	effects          int // of what was sent again
}

func (e *eavesdropper) send(r recording) (int, string) {
	e.Helper()
	request, err := http.NewRequestWithContext(e.Context(), r.method, e.base(r.as)+r.path, strings.NewReader(r.body))
	ok(e.T, err)
	request.Header = r.header.Clone()
	if e.clients[r.as] == nil {
		e.clients[r.as] = e.client(r.as)
	}
	response, err := e.clients[r.as].Do(request)
	ok(e.T, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	ok(e.T, err)
	return response.StatusCode, string(body)
}

// says is one line of the story: first in forms that nobody may get through with, then as it
// is, then at once again.
func (e *eavesdropper) says(as, line, body string, page *pageReader) string {
	e.Helper()
	method, path, _ := strings.Cut(line, " ")
	r := recording{as: as, method: method, path: path, header: http.Header{}, body: body, session: page != nil}
	if body != "" {
		r.header.Set("Content-Type", jsonType)
		if path == "/v1/person/imports" {
			r.header.Set("Content-Type", linesType)
		}
	}
	if as != "" && method == http.MethodPost {
		r.header.Set("Idempotency-Key", fmt.Sprintf("story-%06d", len(e.heard)))
	}
	e.disguised(r, page)
	if page != nil {
		r.header = prove(r, page)
	}
	r.status, r.answer = e.send(r)
	if r.status >= 300 {
		e.Fatalf("%s: %d %s", line, r.status, r.answer)
	}
	e.heard = append(e.heard, r)
	e.again(r, "at once")
	return r.answer
}

func prove(r recording, page *pageReader) http.Header {
	header := r.header.Clone()
	for name, value := range page.headers(r.method, r.path) {
		header[name] = value
	}
	return header
}

var actSignature = regexp.MustCompile(`("(?:signature)":")(0x[0-9a-f]{130})"`)

// disguised sends an act with each of its signatures in every other form.
func (e *eavesdropper) disguised(r recording, page *pageReader) {
	before := e.state()
	for _, at := range actSignature.FindAllStringSubmatchIndex(r.body, -1) {
		good := r.body[at[4]:at[5]]
		for name, twin := range spellings(e.T, good) {
			changed := r
			changed.body = r.body[:at[4]] + twin + r.body[at[5]:]
			if page != nil {
				changed.header = prove(r, page)
			}
			status, answer := e.send(changed)
			if strings.Contains(r.path, "/all") && bytes.Contains([]byte(r.body[:at[4]]), []byte(`"stops"`)) {
				continue // one that does not fit is ignored
			}
			if e.effects++; status < 400 || status >= 500 {
				e.Errorf("%s %s with %s is taken: %d %s", r.method, r.path, name, status, answer)
			}
		}
	}
	if after := e.state(); after != before {
		e.Errorf("%s %s in disguise has changed\n%s to\n%s", r.method, r.path, before, after)
	}
}

// spellings are forms of a signature that other libraries take for the same.
func spellings(t *testing.T, text string) map[string]string {
	var sig consent.Signature
	ok(t, sig.UnmarshalText([]byte(text)))
	order := secp256k1.Params().N
	high := sig
	new(big.Int).Sub(order, new(big.Int).SetBytes(sig[32:64])).FillBytes(high[32:64])
	high[64] = 27 + 28 - sig[64]
	flipped := sig
	flipped[64] = high[64]
	der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:64])})
	ok(t, err)
	return map[string]string{
		"a high s": hexOf(high[:]), "v flipped": hexOf(flipped[:]), "v from 0": text[:130] + fmt.Sprintf("%02x", sig[64]-27), "a byte more": text + "00", "no v": text[:130],
		"upper case": "0x" + strings.ToUpper(text[2:]), "DER": hexOf(der), "compact": hexOf(append([]byte{sig[64] + 4}, sig[:64]...)), "nothing": hexOf(make([]byte, 65)),
	}
}

// state is all that a request could have changed.
func (e *eavesdropper) state() string {
	var out strings.Builder
	quiet := []consent.EntryKind{consent.EntryDenied, consent.EntryDelivered, consent.EntryAborted, consent.EntryRedelivery}
	for _, who := range []*wallet.Identity{e.person, e.stranger} {
		kinds := map[consent.EntryKind]int{}
		items, err := e.vault.History(e.Context(), who.ID(), 0, 200)
		for _, i := range items {
			if !slices.Contains(quiet, i.Shared.Kind) {
				kinds[i.Shared.Kind]++
			}
		}
		grants, _, errGrants := e.vault.GrantsOf(e.Context(), who.ID(), "", 200)
		for _, g := range grants {
			fmt.Fprintf(&out, "%s %s %d; ", g.ID, g.Status, g.Used)
		}
		facts, stated, errFacts := e.vault.FactsOf(e.Context(), who.ID())
		fmt.Fprintln(&out, kinds, facts, stated, err != nil, errGrants != nil, errFacts != nil)
	}
	asked, _, err := e.vault.RequestsOf(e.Context(), clinic, "", 200)
	for _, r := range asked {
		fmt.Fprintf(&out, "%s %s; ", r.ID, r.Status)
	}
	fmt.Fprintln(&out, err)
	return out.String()
}

// again sends what was sent: as it was, from others, in others' sessions, to the other listener.
func (e *eavesdropper) again(r recording, when string) {
	e.Helper()
	before := e.state()
	status, answer := e.send(r)
	if r.session && status != http.StatusUnauthorized {
		e.Errorf("%s %s %s: a proof was taken twice: %d %s", r.method, r.path, when, status, answer)
	}
	if r.path == "/v1/sessions" && status != http.StatusUnauthorized {
		e.Errorf("%s: one nonce, two sessions: %d", when, status)
	}
	public := slices.ContainsFunc(operations, func(o operation) bool {
		return len(o.on) == 2 && o.method == r.method && o.path == strings.Split(r.path, "?")[0]
	})
	for _, as := range []string{"clinic", "agency", "school", "stranger", ""} {
		if as == r.as || public {
			continue
		}
		other := r
		other.as = as
		status, answer := e.send(other)
		own := r.as != "" && as != "" && as != "stranger" && !strings.Contains(r.path, "0x") // its own lists, and what it asks for itself
		if e.effects++; status < 300 && !own || strings.Contains(answer, secret) || strings.Contains(answer, e.grant) && e.grant != "" {
			e.Errorf("%s %s of %q, as %q, %s: %d %s", r.method, r.path, r.as, as, when, status, answer)
		}
	}
	if r.session {
		other := r
		other.header = prove(r, e.session(e.stranger))
		status, answer := e.send(other)
		if e.effects++; status < 300 && r.body != "" || strings.Contains(answer, secret) || strings.Contains(answer, e.grant) && e.grant != "" {
			e.Errorf("%s %s in another's session, %s: %d %s", r.method, r.path, when, status, answer)
		}
		mixed := r
		mixed.header = prove(r, e.session(e.stranger))
		mixed.header["Wrappy-Session"] = r.header["Wrappy-Session"]
		if status, _ := e.send(mixed); status != http.StatusUnauthorized {
			e.Errorf("%s %s by a proof of another's session: %d", r.method, r.path, status)
		}
	}
	// What the agency and the school ask for in their own name is theirs.
	if after := e.state(); after != before {
		e.Errorf("%s %s again, %s, has changed\n%s to\n%s", r.method, r.path, when, before, after)
	}
}

// secret is what is recorded of the person.
const secret = "1990-04-02"

// Whatever of a whole story is sent again, by whom and when ever, has no second effect and tells
// nobody anything. Before each line it was sent with its signatures in other forms.
func TestNothingIsReplayed(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"agency", "stranger"} {
		w.certificates[name] = w.certificate(noChange, p256())
	}
	w.register.byKey[KeyHash(w.certificates["agency"].Leaf)] = agency
	cfg := w.api.cfg
	cfg.PublicRate = Rate{PerSecond: 1e9, Burst: 1e9}
	var err error
	w.api, err = New(cfg)
	ok(t, err)
	w.api.others = newLimiter[consent.InstitutionID](cfg.PublicRate)
	w.listen()
	e := &eavesdropper{world: w, person: wallet.NewIdentity(), stranger: wallet.NewIdentity(), clients: map[string]*http.Client{}}
	body := enrolBody(w, e.stranger)
	enrolment, err := enrolCall(&body)
	ok(t, err)
	ok(t, w.vault.Enrol(t.Context(), enrolment))
	e.story()
	for _, r := range e.heard {
		e.again(r, "in the end")
	}
	t.Logf("%d requests recorded, %d sent again by others or in disguise", len(e.heard), e.effects)
	if len(e.heard) < 25 || e.effects < 200 {
		t.Error("that was not a whole story")
	}
}

func (e *eavesdropper) story() {
	t := e.T
	id := e.person.ID()
	origin := e.api.cfg.Deployment.LogOrigin
	e.says("", "POST /v1/identities", string(mustJSON(enrolBody(e.world, e.person))), nil)
	e.chain.confirm()
	e.says("clinic", "GET /v1/me", "", nil)
	ask := strings.NewReplacer(`"health.allergy"`, `"identity.birth_date"`, `["read"]`, `["read","write"]`).Replace(newAsk)
	var asked openapi.Request
	ok(t, json.Unmarshal([]byte(e.says("clinic", "POST /v1/requests", ask, nil)), &asked))
	var second openapi.Request
	ok(t, json.Unmarshal([]byte(e.says("clinic", "POST /v1/requests", strings.Replace(ask, `"max_releases":10`, `"max_releases":9`, 1), nil)), &second))
	e.says("", "GET /v1/asked/"+asked.Id, "", nil)
	signed, err := e.person.Answer(e.ledger, readRequest(t, &asked.Document), wallet.Choice{Language: "en"}, e.now)
	ok(t, err)
	e.grant, e.held = signed.Grant.ID().String(), signed.Grant.ID()
	e.says("", "POST /v1/person/grants", string(mustJSON(grantBody(signed))), nil)
	e.chain.confirm()
	var no consent.RequestID
	ok(t, no.UnmarshalText([]byte(second.Id)))
	refusal, sig := e.person.Refuse(e.ledger, no, e.now)
	e.says("", "POST /v1/person/refusals", string(mustJSON(openapi.RefuseCall{Identity: hexOf(id[:]), Request: second.Id, Time: refusal.Time, Signature: hexOf(sig[:])})), nil)
	for _, path := range []string{"/v1/requests", "/v1/requests/" + asked.Id, "/v1/grants", "/v1/grants/" + e.grant} {
		e.says("clinic", "GET "+path, "", nil)
	}
	fields := "/v1/grants/" + e.grant + "/fields"
	e.says("clinic", "POST "+fields, e.signed("clinic", fields, jsonType, `{"values":{"identity.birth_date":"`+secret+`"}}`), nil)
	e.says("clinic", "POST /v1/grants/"+e.grant+"/release", "{}", nil)
	e.says("clinic", "GET /v1/grants/"+e.grant+"/deletion", "", nil)
	e.says("clinic", "GET /v1/deletions", "", nil)

	facts, sig, err := e.person.StateFacts(e.ledger, origin, consent.PolicyFacts{NeverCountries: []string{"SD"}}, e.now)
	ok(t, err)
	e.says("", "POST /v1/person/facts", string(mustJSON(openapi.FactsCall{Identity: hexOf(id[:]), NeverCountries: facts.Facts.NeverCountries, Time: facts.Time, Signature: hexOf(sig[:])})), nil)
	key, err := wallet.NewProofKey()
	ok(t, err)
	stated, sig := e.person.OpenSession(e.ledger, origin, pageOrigin, e.nonce(), key.Digest(), e.now.Add(10*time.Minute))
	page := &pageReader{s: e.stage, key: key, answer: &openapi.Session{}}
	ok(t, json.Unmarshal([]byte(e.says("", "POST /v1/sessions", sessionBody(stated, key.Public(), sig), nil)), page.answer))
	page.id = page.answer.Session
	for _, path := range []string{"/v1/person/grants", "/v1/person/facts", "/v1/person/representative", "/v1/person/history?limit=3"} {
		e.says("", "GET "+path, "", page)
	}
	corrected, err := e.person.Correct(e.ledger, origin, "work.employer", []byte(`"x"`), e.now)
	ok(t, err)
	value, salt := corrected.Value, hexOf(corrected.Salt[:])
	e.says("", "POST /v1/person/corrections", string(mustJSON(openapi.CorrectionCall{Identity: hexOf(id[:]), Field: "work.employer", Value: &value, Salt: &salt, Time: corrected.Correction.Time, Signature: hexOf(corrected.Signature[:])})), page)
	file := e.says("", "POST /v1/person/exports", e.exportBody(e.person, nil), page)
	e.says("", "POST /v1/person/imports", e.importBody(e.person, []byte(file), false, nil), page)
	for _, path := range []string{"/v1/ledger", "/v1/erasure", "/v1/catalog"} {
		e.says("", "GET "+path, "", nil)
	}

	d, sig := e.person.Dispute(e.ledger, origin, e.now.Add(-time.Second), e.now)
	e.says("", "POST /v1/person/disputes", string(mustJSON(openapi.DisputeCall{Identity: hexOf(id[:]), Since: d.Since, Time: d.Time, Signature: hexOf(sig[:])})), nil)
	e.says("", "POST /v1/person/withdrawals", string(mustJSON(openapi.WithdrawCall{Grant: e.grant, Signature: hexOf(signed.Withdrawal[:])})), nil)
	all, sig := e.person.WithdrawAll(e.ledger, origin, e.now)
	e.says("", "POST /v1/person/withdrawals/all", string(mustJSON(openapi.WithdrawAllCall{Identity: hexOf(id[:]), Time: all.Time, Signature: hexOf(sig[:])})), nil)
	e.says("clinic", "GET /v1/notices", "", nil)
	e.deletions()
	erasure, sig := e.person.Erase(e.ledger, origin)
	e.says("", "POST /v1/person/erasure", string(mustJSON(openapi.EraseCall{Identity: hexOf(erasure.Identity[:]), Signature: hexOf(sig[:])})), nil)
}

// deletions: the one form of a P-256 signature, of one statement, by one key.
func (e *eavesdropper) deletions() {
	t := e.T
	known, err := e.vault.DeletionOf(e.Context(), clinic, e.held)
	ok(t, err)
	through := known.Received
	e.now = e.now.Add(time.Minute) // until then more could have been released
	path := "/v1/grants/" + e.grant + "/deletion"
	sign := func(change func(*consent.Deletion), as string) consent.WriterSignature {
		statement := consent.Deletion{Origin: e.api.cfg.Deployment.LogOrigin, Institution: clinic.ID, Grant: e.held, Through: through}
		change(&statement)
		sig, err := consent.SignDeletion(e.signer(as).Key, &statement)
		ok(t, err)
		return sig
	}
	good := sign(func(*consent.Deletion) {}, "clinic")
	high := good
	new(big.Int).Sub(elliptic.P256().Params().N, new(big.Int).SetBytes(good[32:])).FillBytes(high[32:])
	der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(good[:32]), new(big.Int).SetBytes(good[32:])})
	ok(t, err)
	raw := func(sig consent.WriterSignature) []byte { return sig[:] }
	for name, sig := range map[string][]byte{
		"a high s": high[:], "DER": der, "a byte more": append(raw(good), 0), "a byte less": good[:63], "nothing": make([]byte, 64), "none": {},
		"another vault":       raw(sign(func(d *consent.Deletion) { d.Origin = "other.example/log" }, "clinic")),
		"another grant":       raw(sign(func(d *consent.Deletion) { d.Grant[0]++ }, "clinic")),
		"another time":        raw(sign(func(d *consent.Deletion) { d.Through++ }, "clinic")),
		"another institution": raw(sign(func(d *consent.Deletion) { d.Institution = agency.ID }, "clinic")),
		"another key":         raw(sign(func(*consent.Deletion) {}, "agency")),
	} {
		body := fmt.Sprintf(`{"through_ms":%d,"signature":%q}`, through, base64.StdEncoding.EncodeToString(sig))
		w := e.asInstitution("clinic", http.MethodPost, path, body, fmt.Sprintf("Idempotency-Key: deletion-%x", name))
		if w.Code != http.StatusForbidden && w.Code != http.StatusUnprocessableEntity {
			t.Errorf("a deletion with %s: %d %s", name, w.Code, w.Body)
		}
	}
	e.says("clinic", "POST "+path, fmt.Sprintf(`{"through_ms":%d,"signature":%q}`, through, base64.StdEncoding.EncodeToString(good[:])), nil)
}

// What a page of another site can make a browser send does nothing: there is no cookie to
// ride on, a form's content types are not taken, and its scripts read no answer.
func TestOtherSites(t *testing.T) {
	s := newStage(t)
	hostile := map[string]http.Header{
		"another site":   {"Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"no-cors"}},
		"a sandbox":      {"Origin": {"null"}, "Sec-Fetch-Site": {"cross-site"}},
		"the same site":  {"Origin": {"https://evil.vault.example"}, "Sec-Fetch-Site": {"same-site"}},
		"another scheme": {"Origin": {"http://vault.example"}}, "another port": {"Origin": {"https://vault.example:444"}}, "a longer name": {"Origin": {"https://vault.example.evil.example"}},
		"another case": {"Origin": {"https://VAULT.example"}}, "two": {"Origin": {pageOrigin, "https://evil.example"}},
	}
	for _, o := range operations {
		path := strings.NewReplacer(":id", hash, ":grant", hash, ":institution", clinic.ID.String()).Replace(o.path)
		for name, header := range hostile {
			preflight := header.Clone()
			preflight.Set("Access-Control-Request-Method", o.method)
			preflight.Set("Access-Control-Request-Headers", "content-type,wrappy-session,wrappy-proof")
			w := s.handle(http.MethodOptions, path, "", preflight)
			if allowed := w.Header().Get("Access-Control-Allow-Origin"); allowed != "" && allowed != pageOrigin || name != "two" && allowed != "" {
				t.Errorf("%s: %s may ask for leave: %q", o.id, name, allowed)
			}
			if o.body == nil || !o.answersOn(people) || o.session && name != "another site" { // whose refusals take their time
				continue
			}
			for _, form := range []string{"application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "text/plain; charset=utf-8", ""} {
				sent := header.Clone()
				sent.Set("Content-Type", form)
				sent.Set("Cookie", "session="+hash)
				w := s.handle(o.method, path, `{"a":"=b"}`, sent)
				want := http.StatusUnsupportedMediaType
				if o.session {
					want = http.StatusUnauthorized
				}
				if w.Code != want || w.Header().Get("Access-Control-Allow-Origin") != "" && name != "two" || w.Header().Get("Set-Cookie") != "" {
					t.Errorf("%s by a form of %s as %q: %d %v", o.id, name, form, w.Code, w.Header())
				}
			}
		}
	}
	if len(s.gate.calls) != 0 {
		t.Errorf("the gate was called: %v", s.gate.calls)
	}
}

// Who asks is the key of the certificate that was proven in the handshake, and nothing else of it.
func TestWhoseCertificate(t *testing.T) {
	s := newStage(t).listen()
	own := s.certificates["clinic"]
	now := func(change func(*x509.Certificate), key any) tls.Certificate { return s.certificate(change, key) }
	chain := func(first tls.Certificate, more ...tls.Certificate) tls.Certificate {
		for _, c := range more {
			first.Certificate = append(slices.Clone(first.Certificate), c.Certificate[0])
		}
		return first
	}
	stranger := now(noChange, p256())
	const refused = 0
	for _, c := range []struct {
		name   string
		sent   tls.Certificate
		status int
	}{
		{"its own", own, 200},
		{"the same key, another certificate", now(func(c *x509.Certificate) { c.SerialNumber, c.Subject.CommonName = big.NewInt(2), "else" }, own.PrivateKey), 200},
		{"its own before another's", chain(own, stranger), 200},

		{"another key, the same names and number", now(func(c *x509.Certificate) { *c = *own.Leaf; c.PublicKey = nil }, p256()), 403},
		{"another's before its own", chain(stranger, own), 403},
		{"issued by it", issued(s, own), 403},
		{"an authority that signs certificates only", now(func(c *x509.Certificate) {
			c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
		}, own.PrivateKey), refused},
		{"a second too old", now(func(c *x509.Certificate) { c.NotAfter = noon.Add(-time.Second) }, own.PrivateKey), refused},
		{"its own certificate, another's key", *stolen(s), refused},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := s.client("", func(config *tls.Config) { config.Certificates = []tls.Certificate{c.sent} })
			response, err := client.Get(s.mtls + "/v1/me")
			if c.status == refused {
				if err == nil {
					t.Fatalf("answered %s", response.Status)
				}
				return
			}
			ok(t, err)
			defer func() { _ = response.Body.Close() }()
			body, _ := io.ReadAll(response.Body)
			status(t, c.status, response.StatusCode, body)
			if (c.status == 200) != bytes.Contains(body, []byte(clinic.ID.String())) {
				t.Errorf("%s", body)
			}
		})
	}
}

// issued is a certificate for another key, signed by the one given.
func issued(s *stage, by tls.Certificate) tls.Certificate {
	own := made(s, noChange, p256())
	template := *own.Leaf
	der, err := x509.CreateCertificate(rand.Reader, &template, by.Leaf, own.Leaf.PublicKey, by.PrivateKey)
	ok(s.T, err)
	leaf, err := x509.ParseCertificate(der)
	ok(s.T, err)
	return tls.Certificate{Certificate: [][]byte{der, by.Certificate[0]}, PrivateKey: own.PrivateKey, Leaf: leaf}
}
