package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/ledgerref/anviltest"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault/storetest"
	"github.com/wrapious/wrappy/wallet"
)

// TestCanary puts a value that stands nowhere else into every field of the catalog, uses
// the vault in every way, wrongly too, takes its stores away, kills it; and then looks
// for the values, and for people's secrets, in all that it has said, logged, kept and
// shown to its operator: metrics, profiles, traces.
func TestCanary(t *testing.T) {
	for _, house := range []struct {
		name     string
		settings func(*testing.T) (settings []func(*founding), lose func(*canaryRun) (back func()))
	}{
		{"directories and the embedded chain", func(t *testing.T) ([]func(*founding), func(*canaryRun) func()) {
			return nil, func(c *canaryRun) func() {
				heads, records := c.away(t, c.config.headsDir()), c.away(t, c.config.recordsDir())
				return func() { heads(); records() }
			}
		}},
		{"S3 and another network", func(t *testing.T) ([]func(*founding), func(*canaryRun) func()) {
			server := storetest.S3Server(t)
			settings := []func(*founding){onS3(t, server), onNetwork(t, anviltest.Start(t, "--block-time", "1"))}
			return settings, func(*canaryRun) func() { server.Stop(); return func() { server.Restart(t) } }
		}},
	} {
		t.Run(house.name, func(t *testing.T) {
			t.Parallel()
			settings, lose := house.settings(t)
			traces := startCollector(t)
			v := launch(t, append(settings, measuredBy(traces))...)
			c := &canaryRun{killed: &killed{running: v}, traces: traces, c: &canaries{scanner: newScanner(), t: t}, lose: lose, shown: map[consent.FieldName][]string{}}
			c.run()
			c.search(filepath.Dir(t.TempDir())) // of all that this test keeps: stores, buckets, the node's state
		})
	}
}

// canaryRun is a vault, a person with canaries in every field, and who writes and reads them.
type canaryRun struct {
	*killed
	c      *canaries
	traces *traceCollector
	lose   func(*canaryRun) (back func())

	askers   map[consent.Kind]*asker
	somebody *person
	writing  map[way]*wallet.SignedGrant
	reading  map[way]*wallet.SignedGrant
	shown    map[consent.FieldName][]string // what a release must show of each field
	session  string
	proof    *wallet.ProofKey
	answers  int
	insides  int // looks at the internal listener
}

func (c *canaryRun) run() {
	c.join()
	c.enrol()
	c.agreeAll()
	c.writeFHIR()
	c.writeAll()
	c.releaseAll()
	g := c.writing[way{consent.KindHospital, "sector-health:PatientInformationManagement"}]
	c.sendWrongly(g)
	c.readAsPerson()
	c.stopOne()
	c.lookInside(c.internalURL())
	c.withoutStores(g)
	c.kill(g)
	c.open()
	c.lookAtChain()
	c.lookInside(c.internalURL())
	c.withoutJournal(g)
}

// join brings the kinds of institutions that the cast does not have.
func (c *canaryRun) join() {
	c.t.Helper()
	c.askers = map[consent.Kind]*asker{consent.KindHospital: c.hospital, consent.KindClinic: c.clinic, consent.KindSchool: c.school, consent.KindAgency: c.agency}
	registry, err := client.NewRegistry(c.t.Context(), c.publicURL, c.config.path(c.config.TLS.Certificate))
	must(c.t, err)
	for _, kind := range []consent.Kind{consent.KindRegistrar, consent.KindEmployer, consent.KindAccreditor} {
		keys, err := client.NewInstitutionKeys(c.t.Context(), filepath.Join(c.dir, "cast", kind.String()), kind.String(), kind, country, crypto.Secret("a passphrase of the cast"))
		must(c.t, err)
		must(c.t, registry.Register(c.t.Context(), keys))
		must(c.t, registry.Attest(c.t.Context(), c.accreditor, keys.ID, time.Now().Add(90*24*time.Hour)))
		c.askers[kind] = &asker{c.running, keys, c.dial(&keys.Certificate, 4)}
	}
	passphrase, err := c.config.readPassphrase(streams{})
	must(c.t, err)
	c.c.add(passphraseFile, passphrase)
}

// enrol brings the person, with facts and a session. The identity itself is on the
// ledger by design; what makes its keys is not.
func (c *canaryRun) enrol() {
	c.t.Helper()
	c.somebody = c.person()
	c.c.patient = c.c.text("the person's id in FHIR")
	seed := c.somebody.identity.Seed
	c.c.add("seed", seed.Bytes())
	c.c.add("root key", seed.Root().Bytes())
	c.c.add("session key", seed.Session().Bytes())
	device, err := client.NewPerson(c.t.Context(), c.publicURL, c.config.path(c.config.TLS.Certificate), c.somebody.identity)
	must(c.t, err)
	// Of facts only the countries can be unique, all together.
	var never []string
	for first := 'L'; len(never) < 16; first++ {
		never = append(never, string(first)+string('A'+rune(random(13))), string(first)+string('N'+rune(random(13))))
	}
	must(c.t, device.StateFacts(c.t.Context(), consent.PolicyFacts{NeverCountries: never}, 0))
	c.c.add("facts", []byte(strings.Join(never, "b"))) // as CBOR has them: 0x62 is a text of two
	c.c.add("facts", []byte(strings.Join(never, `","`)))
	c.c.add("facts", []byte(strings.Join(never, ` `)))
	c.openSession()
}

func (c *canaryRun) openSession() {
	c.t.Helper()
	var nonce openapi.Nonce
	c.post("/v1/sessions/nonce", "").into(c.t, http.StatusCreated, &nonce)
	var digest consent.Digest
	must(c.t, digest.UnmarshalText([]byte(nonce.Nonce)))
	key, err := wallet.NewProofKey()
	must(c.t, err)
	s, signature := c.somebody.identity.OpenSession(c.domain(), c.deployment.LogOrigin, c.publicURL, digest, key.Digest(), time.Now().Add(10*time.Minute))
	identity, _ := s.Identity.MarshalText()
	var opened openapi.Session
	c.post("/v1/sessions", encode(object{"identity": string(identity), "origin": s.Origin, "nonce": nonce.Nonce, "proof_key": key.Public(), "expires": s.Expires, "signature": signature})).into(c.t, http.StatusCreated, &opened)
	c.session, c.proof = opened.Session, key
	c.c.add("session", []byte(c.session))
}

// agreeAll gives every institution the grants to write and to read what is theirs, so
// that each field of the catalog in force is written once and read once.
func (c *canaryRun) agreeAll() {
	c.t.Helper()
	kinds := map[string]consent.Kind{}
	for kind := range c.askers {
		kinds[kind.String()] = kind
	}
	write, read := ways(c.c.t, kinds)
	catalog := c.engine.Catalog()
	for name, field := range catalog.Fields {
		if write[name] == (way{}) && field.Derived == nil || read[name] == (way{}) {
			c.t.Fatalf("%s: nobody here writes and reads it", name)
		}
	}
	c.writing, c.reading = c.agreed(write, "write"), c.agreed(read, "read")
	for w, g := range c.writing {
		c.askers[w.kind].await(g, openapi.StatusGiven)
	}
	for w, g := range c.reading {
		c.askers[w.kind].await(g, openapi.StatusGiven)
	}
}

func (c *canaryRun) agreed(by map[consent.FieldName]way, action string) map[way]*wallet.SignedGrant {
	c.t.Helper()
	fields := map[way][]consent.FieldName{}
	for _, name := range slices.Sorted(maps.Keys(by)) {
		fields[by[name]] = append(fields[by[name]], name)
	}
	given := map[way]*wallet.SignedGrant{}
	for w, names := range fields {
		of := fmt.Sprintf("%s to %s", w.kind, action)
		r := c.askers[w.kind].ask(object{"purpose": w.purpose, "fields": names, "actions": []string{action},
			"notices": []object{{"language": "en", "text": c.c.text("notice of the " + of)}}})
		g := c.somebody.give(r)
		c.c.add("request's salt, "+of, r.Salt[:])
		c.c.add("grant's salt, "+of, g.Grant.Salt[:])
		c.c.add("grant key, "+of, c.somebody.identity.Seed.Grant(g.Grant.Salt).Bytes())
		if action == "write" { // the others are sent later
			c.c.add("withdrawal not sent, "+of, g.Withdrawal[:64])
		}
		given[w] = g
	}
	return given
}

func (c *canaryRun) key() string { return "Idempotency-Key: " + c.c.text("Idempotency-Key") }

// writeFHIR sends one Bundle of everything that FHIR has a place for under both of the
// hospital's grants: each takes its own.
func (c *canaryRun) writeFHIR() {
	c.t.Helper()
	catalog := c.engine.Catalog()
	values, shown := map[consent.FieldName][]json.RawMessage{}, map[consent.FieldName][]string{}
	for name, field := range catalog.Fields {
		if fhir.Holds(name) && field.Derived == nil {
			value, marks := c.c.value(field, catalog.CodeLists)
			values[name], shown[name] = []json.RawMessage{value}, marks
		}
	}
	bundle, err := fhir.Bundle(values)
	must(c.t, err)
	stored := 0
	for w, g := range c.writing {
		if w.kind != consent.KindHospital && w.kind != consent.KindClinic {
			continue
		}
		got := c.askers[w.kind].write(g, string(bundle), fhirHeader, c.key())
		var written openapi.Written
		got.into(c.t, http.StatusOK, &written)
		c.silent("FHIR written", got, false)
		for _, one := range written.Stored {
			stored++
			c.shown[consent.FieldName(one.Field)] = shown[consent.FieldName(one.Field)]
		}
	}
	if stored < 40 {
		c.t.Errorf("of %d fields in FHIR only %d were stored", len(values), stored)
	}
	c.released(true)
}

// writeAll writes every field of the catalog as JSON; one is large.
func (c *canaryRun) writeAll() {
	c.t.Helper()
	catalog := c.engine.Catalog()
	stored := map[consent.FieldName]bool{}
	for w, g := range c.writing {
		values := map[consent.FieldName]json.RawMessage{}
		for _, name := range g.Grant.Fields {
			values[name], c.shown[name] = c.c.value(catalog.Fields[name], catalog.CodeLists)
			if name == "identity.photo" || name == "education.qualification" {
				values[name], c.shown[name] = c.c.large()
			}
			c.c.hashed("whole value of "+string(name), values[name])
		}
		body := encode(object{"values": values})
		c.c.hashed("a body that was sent", []byte(body))
		got := c.askers[w.kind].write(g, body, c.key())
		var written openapi.Written
		got.into(c.t, http.StatusOK, &written)
		c.silent("values written", got, false)
		for _, one := range written.Stored {
			stored[consent.FieldName(one.Field)] = true
		}
	}
	for name, field := range catalog.Fields {
		if !stored[name] && field.Derived == nil {
			c.t.Errorf("%s was not stored", name)
		}
	}
}

func (c *canaryRun) releaseAll() {
	c.t.Helper()
	c.released(false)
	for w, g := range c.reading {
		headers := []string{c.key(), "Accept: application/fhir+json"}
		if got := c.askers[w.kind].release(g, "{}", headers...); got.status != http.StatusOK && got.status != http.StatusNotAcceptable {
			c.t.Errorf("%v as FHIR: %d %s", w, got.status, tail(string(got.body)))
		}
		// the same again, then more under its key, then what was never granted
		again := c.key()
		c.askers[w.kind].release(g, "{}", again)
		c.askers[w.kind].release(g, "{}", again)
		c.silent("another call under a key", c.askers[w.kind].release(g, `{"fields":["`+string(g.Grant.Fields[0])+`"]}`, again), false)
		c.silent("a denial", c.askers[w.kind].release(g, `{"fields":["identity.shoe_size"]}`), true)
		c.silent("a denial of writing", c.askers[w.kind].write(g, `{"values":{"`+string(g.Grant.Fields[0])+`":{"a":"`+c.c.text("written without permission")+`"}}}`, c.key()), false)
	}
}

// released takes everything and finds the canaries that were written: what is looked
// for elsewhere is what institutions receive.
func (c *canaryRun) released(asFHIR bool) {
	c.t.Helper()
	accept := "Accept: application/json"
	if asFHIR {
		accept = "Accept: application/fhir+json"
	}
	seen := 0
	for w, g := range c.reading {
		if asFHIR && !slices.ContainsFunc(g.Grant.Fields, fhir.Holds) {
			continue
		}
		got := c.askers[w.kind].release(g, "{}", c.key(), accept)
		if got.status != http.StatusOK {
			if !asFHIR || slices.ContainsFunc(g.Grant.Fields, func(f consent.FieldName) bool { return len(c.shown[f]) > 0 }) {
				c.t.Errorf("%v: %d %s", w, got.status, tail(string(got.body)))
			}
			continue
		}
		for _, name := range g.Grant.Fields {
			for _, mark := range c.shown[name] {
				if seen++; !bytes.Contains(got.body, []byte(mark)) {
					c.t.Errorf("%s, released to %v, does not show what was written", name, w)
				}
			}
		}
	}
	if seen < 50 {
		c.t.Errorf("only %d canaries were released", seen)
	}
}

// readAsPerson reads what a session reads.
func (c *canaryRun) readAsPerson() {
	c.t.Helper()
	for _, path := range []string{"/v1/person/history", "/v1/person/grants"} {
		proof, err := c.proof.Prove("GET", path, c.session, time.Now())
		must(c.t, err)
		got, err := send(c.dial(nil, 1), "GET", c.publicURL+path, nil, wallet.SessionHeader+": "+c.session, wallet.ProofHeader+": "+proof)
		must(c.t, err)
		if got.status != http.StatusOK || len(got.body) < 1000 {
			c.t.Errorf("%s: %d %s", path, got.status, tail(string(got.body)))
		}
	}
}

// stopOne withdraws what the hospital reads, is denied, and says no to a request.
func (c *canaryRun) stopOne() {
	c.t.Helper()
	for w, g := range c.reading {
		if w.kind != consent.KindAgency {
			continue
		}
		var stopped openapi.Withdrawn
		c.post("/v1/person/withdrawals", withdrawal(g)).into(c.t, http.StatusOK, &stopped)
		got := c.agency.release(g, "{}", c.key())
		isRefused(c.c.t, got, http.StatusForbidden, "denied", "withdrawn")
		c.silent("what was withdrawn", got, false)
		delete(c.reading, w)
	}
	r := c.hospital.ask(object{"notices": []object{{"language": "en", "text": c.c.text("notice refused")}}})
	if got := c.refusing(c.somebody, r, c.somebody.identity)(); got.status != http.StatusNoContent {
		c.t.Errorf("a no: %d %s", got.status, got.body)
	}
}
