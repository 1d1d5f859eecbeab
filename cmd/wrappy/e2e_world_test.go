package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/policy"
	"github.com/wrapious/wrappy/wallet"
)

const (
	country = "KE"
	// canary is in the record; whatever refuses must not hold it.
	canary = "Kanariafamilia"
	// echoed is in what is sent wrongly; neither answers nor logs may repeat it.
	echoed = "ECHOED-7f3a"
)

// record is what the hospital knows of each person: ten fields of one category,
// about 100 bytes each.
var record = map[consent.FieldName]string{
	"identity.birth_place":        `{"line":["7 Lakeside Road, behind the old market"],"city":"Kisumu","district":"Nyanza","country":"KE"}`,
	"identity.ethnicity":          `{"coding":[{"system":"http://example.org/ethnicity","code":"E-20","display":"told by the person"}]}`,
	"identity.extension":          `[{"url":"http://example.org/fhir/StructureDefinition/clan","valueString":"from the eastern shore, 1954"}]`,
	"identity.language":           `[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"sw","display":"Swahili"}]},"preferred":true}]`,
	"identity.marital_status":     `{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M"}],"text":"Married"}`,
	"identity.mother_maiden_name": `"` + canary + ` wa Nyanza, as written in the parish register of the year 1954, second page, left column"`,
	"identity.multiple_birth":     `{"multipleBirthInteger":2,"comment":"second of twins, the first of them was Amina, who lives abroad"}`,
	"identity.name":               `[{"use":"official","family":"` + canary + `","given":["Achieng","Grace"],"period":{"start":"1990-04-02"}}]`,
	"identity.photo":              `[{"contentType":"image/png","data":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwAD"}]`,
	"identity.race":               `{"coding":[{"system":"http://example.org/race","code":"R-0","display":"not asked, not recorded"}]}`,
}

var (
	tenFields  = []consent.FieldName{"identity.birth_place", "identity.ethnicity", "identity.extension", "identity.language", "identity.marital_status", "identity.mother_maiden_name", "identity.multiple_birth", "identity.name", "identity.photo", "identity.race"}
	fiveFields = `{"fields":["identity.birth_place","identity.language","identity.mother_maiden_name","identity.name","identity.race"]}`
)

// running is the program's own assembly in a folder of its own, with a cast.
type running struct {
	*node
	t   testing.TB
	dir string

	publicURL, institutionsURL string

	logs *buffer
	stop func() error

	browser context.Context // of every phone that wants none of its own; nil: each has its own

	accreditor                       *client.InstitutionKeys
	hospital, clinic, school, agency *asker
	pool                             *x509.CertPool
	mu                               sync.Mutex
	source                           uint32
}

// buffer takes the log of a server that runs beside the test.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// launch founds a vault and brings the cast to the ledger. Settings are of another store or ledger.
func launch(t testing.TB, settings ...func(*founding)) *running {
	v := found(t, nil, settings...)
	v.cast()
	return v
}

// found makes a vault's folder as init does, and starts it as serve does; environ overrides the configuration.
func found(t testing.TB, environ []string, settings ...func(*founding)) *running {
	v := &running{t: t, dir: t.TempDir(), logs: &buffer{}}
	f := &founding{jurisdiction: country, public: "127.0.0.1:0", institutions: "127.0.0.1:0", names: []string{"localhost", "127.0.0.1"}}
	for _, set := range settings {
		set(f)
	}
	must(t, f.make(t.Context(), v.dir))
	v.open(environ...)
	t.Cleanup(func() { _ = v.shut() }) // what has to close well is asked for by name
	pem, err := os.ReadFile(v.config.path(v.config.TLS.Certificate))
	must(t, err)
	v.pool = x509.NewCertPool()
	v.pool.AppendCertsFromPEM(pem)
	return v
}

// open starts on the folder; environ overrides the configuration.
func (v *running) open(environ ...string) {
	v.t.Helper()
	must(v.t, v.tryOpen(environ...))
}

func (v *running) tryOpen(environ ...string) error {
	c, err := loadConfig(filepath.Join(v.dir, configFile), environ)
	if err != nil {
		return err
	}
	passphrase, err := c.readPassphrase(streams{})
	if err != nil {
		return err
	}
	n, err := start(v.t.Context(), c, passphrase, slog.New(slog.NewTextHandler(v.logs, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		return err
	}
	serving, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- n.serve(serving) }()
	v.node = n
	v.publicURL, v.institutionsURL = "https://"+n.public.Addr().String(), "https://"+n.institutions.Addr().String()
	v.stop = func() error {
		cancel()
		return errors.Join(<-served, n.close())
	}
	return nil
}

// shut ends the server as an interrupt does; a second time does nothing.
func (v *running) shut() error {
	if v.stop == nil {
		return nil
	}
	for _, a := range []*asker{v.hospital, v.clinic, v.school, v.agency} {
		if a != nil {
			a.http.CloseIdleConnections()
		}
	}
	stop := v.stop
	v.stop = nil
	return stop()
}

// in lets helpers fail the subtest that calls them.
func (v *running) in(t *testing.T) *running {
	was := v.t
	v.t = t
	t.Cleanup(func() { v.t = was })
	return v
}

// beside is the same vault and cast for a subtest that runs beside others: what fails there fails that one, and its
// connections are its own. It must not restart the vault.
func (v *running) beside(t *testing.T) *running {
	v.mu.Lock()
	v.source += 1 << 8 // addresses that no other subtest comes from
	one := &running{
		node: v.node, t: t, dir: v.dir, publicURL: v.publicURL, institutionsURL: v.institutionsURL, logs: v.logs, browser: v.browser,
		accreditor: v.accreditor, pool: v.pool, source: v.source,
	}
	v.mu.Unlock()
	for _, a := range []struct {
		to **asker
		of *asker
	}{{&one.hospital, v.hospital}, {&one.clinic, v.clinic}, {&one.school, v.school}, {&one.agency, v.agency}} {
		*a.to = &asker{one, a.of.keys, one.dial(&a.of.keys.Certificate, 4)}
	}
	return one
}

// asker is an institution's system.
type asker struct {
	v    *running
	keys *client.InstitutionKeys
	http *http.Client
}

func (v *running) cast() {
	ctx, base, server := v.t.Context(), v.publicURL, v.config.path(v.config.TLS.Certificate)
	registry, err := client.NewRegistry(ctx, base, server)
	must(v.t, err)
	secret := crypto.Secret("a passphrase of the cast")
	found := func(name string, kind consent.Kind) *client.InstitutionKeys {
		keys, err := client.NewInstitutionKeys(ctx, filepath.Join(v.dir, "cast", name), name, kind, country, secret)
		must(v.t, err)
		return keys
	}
	v.accreditor = found("board", consent.KindAccreditor)
	must(v.t, registry.Register(ctx, v.accreditor))
	_, err = v.operator.AppointAccreditor(ctx, v.accreditor.ID, unixIn(365*24*time.Hour))
	must(v.t, err)
	var wait sync.WaitGroup
	for _, one := range []struct {
		at   **asker
		name string
		kind consent.Kind
	}{{&v.hospital, "hospital", consent.KindHospital}, {&v.clinic, "clinic", consent.KindClinic}, {&v.school, "school", consent.KindSchool}, {&v.agency, "agency", consent.KindAgency}} {
		keys := found(one.name, one.kind)
		*one.at = &asker{v, keys, v.dial(&keys.Certificate, 64)}
		wait.Add(1)
		go func() {
			defer wait.Done()
			err := registry.Register(ctx, keys)
			if err == nil {
				err = registry.Attest(ctx, v.accreditor, keys.ID, time.Now().Add(90*24*time.Hour))
			}
			if err != nil {
				v.t.Errorf("%s: %v", keys.Profile.Name, err)
			}
		}()
	}
	wait.Wait()
	if v.t.Failed() {
		v.t.FailNow()
	}
}

func unixIn(d time.Duration) uint64 { return uint64(time.Now().Add(d).Unix()) }

// dial makes an HTTP client of its own connections. Without a certificate it is a
// person's device and comes from an address of its own on the loopback network
// (127.0.0.0/8, all of which Linux answers on): the public listener counts addresses.
func (v *running) dial(certificate *tls.Certificate, connections int) *http.Client {
	config := &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: v.pool}
	dialer := &net.Dialer{}
	if certificate != nil {
		config.Certificates = []tls.Certificate{*certificate}
	} else {
		v.mu.Lock()
		v.source++
		n := v.source
		v.mu.Unlock()
		dialer.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, 1, byte(n>>8), byte(n))}
	}
	c := &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		TLSClientConfig: config, DialContext: dialer.DialContext, MaxIdleConnsPerHost: connections, MaxIdleConns: connections,
		ExpectContinueTimeout: 10 * time.Second,
	}}
	v.t.Cleanup(c.CloseIdleConnections)
	return c
}

// answer is all that came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) problem() (p openapi.Problem) {
	_ = json.Unmarshal(a.body, &p)
	return p
}

func (a answer) kind() string {
	return strings.TrimPrefix(a.problem().Type, "urn:wrappy:problem:")
}

// reason is the first reason of a denial, or of its first withheld field.
func (a answer) reason() string {
	p := a.problem()
	if p.Reasons != nil && len(*p.Reasons) > 0 {
		return (*p.Reasons)[0]
	}
	if p.Withheld != nil && len(*p.Withheld) > 0 {
		return (*p.Withheld)[0].Reason
	}
	return ""
}

func (a answer) into(t testing.TB, status int, v any) {
	t.Helper()
	if a.status != status {
		t.Fatalf("want status %d, got %d %s", status, a.status, a.body)
	}
	must(t, json.Unmarshal(a.body, v))
}

// send asks once and reads the whole answer; headers are "Name: value", "-" takes one away.
func send(c *http.Client, method, url string, body io.Reader, headers ...string) (a answer, err error) {
	r, err := http.NewRequest(method, url, body)
	if err != nil {
		return a, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		if name, value, _ := strings.Cut(h, ": "); value == "-" {
			r.Header.Del(name)
		} else {
			r.Header.Set(name, value)
		}
	}
	response, err := c.Do(r)
	if err != nil {
		return a, err
	}
	a.status, a.header = response.StatusCode, response.Header
	a.body, err = io.ReadAll(response.Body)
	return a, errors.Join(err, response.Body.Close())
}

// call sends with a fresh Idempotency-Key unless headers bring one.
func (a *asker) call(method, path, body string, headers ...string) answer {
	a.v.t.Helper()
	body = signed(a.v.signer(a.keys), a.v.engine.Catalog(), path, body, slices.Contains(headers, fhirHeader))
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	all := append([]string{"Idempotency-Key: " + client.NewIdempotencyKey()}, headers...)
	got, err := send(a.http, method, a.v.institutionsURL+path, reader, all...)
	must(a.v.t, err)
	return got
}

func (a *asker) release(g *wallet.SignedGrant, body string, headers ...string) answer {
	a.v.t.Helper()
	return a.call("POST", "/v1/grants/"+g.Grant.ID().String()+"/release", body, headers...)
}

func (a *asker) write(g *wallet.SignedGrant, body string, headers ...string) answer {
	a.v.t.Helper()
	return a.call("POST", "/v1/grants/"+g.Grant.ID().String()+"/fields", body, headers...)
}

// person is somebody with a device.
type person struct {
	v        *running
	identity *wallet.Identity
}

func (v *running) person() *person {
	v.t.Helper()
	p := &person{v, wallet.NewIdentity()}
	device, err := client.NewPerson(v.t.Context(), v.publicURL, v.config.path(v.config.TLS.Certificate), p.identity)
	must(v.t, err)
	must(v.t, device.Enrol(v.t.Context(), country))
	return p
}

// post sends from a new address each time.
func (v *running) post(path, body string) answer {
	v.t.Helper()
	c := v.dial(nil, 1)
	defer c.CloseIdleConnections()
	got, err := send(c, "POST", v.publicURL+path, strings.NewReader(body))
	must(v.t, err)
	return got
}

func (v *running) domain() consent.Domain { return v.deployment.Ledger.ConsentDomain() }

type object = map[string]any

func encode(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// asking is a request as an institution sends it: all ten fields, read and write.
func asking(changes ...object) string {
	now := unixIn(0)
	ask := object{
		"purpose": policy.PurposePatientRegistration, "legal_basis": "consent", "jurisdiction": country, "fields": tenFields,
		"actions": []string{"read", "write"}, "not_before": now - 60, "expires": (now/consent.Day + 30) * consent.Day,
		"retention_days": 30, "answer_by": now + 3600,
		"notices": []object{{"language": "en", "text": "We ask for these fields to care for you."}},
	}
	for _, change := range changes {
		for name, value := range change {
			ask[name] = value
		}
	}
	return encode(ask)
}

// ask stores a request and reads it back as the person's device would.
func (a *asker) ask(changes ...object) *consent.Request {
	a.v.t.Helper()
	r, err := readRequest(a.call("POST", "/v1/requests", asking(changes...)))
	must(a.v.t, err)
	return r
}

// readRequest reads a stored request and checks that it is what its id says.
func readRequest(from answer) (*consent.Request, error) {
	var got openapi.Request
	if from.status != http.StatusCreated {
		return nil, fmt.Errorf("want status 201, got %d %s", from.status, from.body)
	}
	if err := json.Unmarshal(from.body, &got); err != nil {
		return nil, err
	}
	d := got.Document
	r := &consent.Request{
		Version: d.Version, Purpose: consent.Purpose(d.Purpose), LegalBasis: consent.LegalBasis(d.LegalBasis), Jurisdiction: d.Jurisdiction,
		NotBefore: d.NotBefore, Expires: d.Expires, MaxReleases: d.MaxReleases, RetentionDays: d.RetentionDays, AnswerBy: d.AnswerBy,
	}
	for _, f := range d.Fields {
		r.Fields = append(r.Fields, consent.FieldName(f))
	}
	for _, n := range d.Notices {
		r.Notices = append(r.Notices, consent.Notice{Language: n.Language, Text: n.Text})
	}
	for _, one := range d.Actions {
		r.Actions |= map[openapi.Action]consent.Actions{openapi.ActionRead: consent.Read, openapi.ActionWrite: consent.Write}[one]
	}
	if err := errors.Join(r.Institution.UnmarshalText([]byte(d.Institution)), r.Salt.UnmarshalText([]byte(d.Salt))); err != nil {
		return nil, err
	}
	if r.ID().String() != got.Id {
		return nil, errors.New("the request is not what its id says")
	}
	return r, nil
}

// sign is the person's yes to all that is asked.
func (p *person) sign(r *consent.Request) *wallet.SignedGrant {
	p.v.t.Helper()
	signed, err := p.identity.Answer(p.v.domain(), r, wallet.Choice{Language: "en"}, time.Now())
	must(p.v.t, err)
	return signed
}

// wire is a signed grant as it is sent.
func wire(s *wallet.SignedGrant) object {
	g := &s.Grant
	actions := []string{}
	for name, action := range map[string]consent.Actions{"read": consent.Read, "write": consent.Write} {
		if g.Actions.Has(action) {
			actions = append(actions, name)
		}
	}
	audience := "institution"
	if g.Audience == consent.AudienceBearer {
		audience = "bearer"
	}
	identity, _ := s.Binding.Identity.MarshalText() // prints redacted otherwise
	return object{
		"grant": object{
			"version": g.Version, "audience": audience, "institution": g.Institution, "request": g.Request, "purpose": g.Purpose,
			"legal_basis": g.LegalBasis, "jurisdiction": g.Jurisdiction, "fields": g.Fields, "actions": actions, "not_before": g.NotBefore,
			"expires": g.Expires, "max_releases": g.MaxReleases, "retention_days": g.RetentionDays, "notice_digest": g.NoticeDigest,
			"notice_language": g.NoticeLanguage, "representation": "self", "assistance": "none", "grant_key": g.GrantKey, "salt": g.Salt,
		},
		"deadline": s.Act.Deadline, "signature": s.ActSignature,
		"binding": object{"identity": string(identity), "opening": s.Binding.Opening, "time": s.Binding.Time, "signature": s.BindingSignature},
	}
}

// give sends a yes; await sees it on the ledger.
func (p *person) give(r *consent.Request) *wallet.SignedGrant {
	p.v.t.Helper()
	signed := p.sign(r)
	if got := p.v.post("/v1/person/grants", encode(wire(signed))); got.status != http.StatusCreated {
		p.v.t.Fatalf("grant: %d %s", got.status, got.body)
	}
	return signed
}

func (a *asker) await(g *wallet.SignedGrant, want openapi.Status) {
	a.v.t.Helper()
	eventually(a.v.t, "the grant to be "+string(want), func() bool {
		var held openapi.HeldGrant
		a.call("GET", "/v1/grants/"+g.Grant.ID().String(), "").into(a.v.t, http.StatusOK, &held)
		return held.Status == want
	})
}

// agree is ask, give and await in one.
func (a *asker) agree(p *person, changes ...object) *wallet.SignedGrant {
	a.v.t.Helper()
	signed := p.give(a.ask(changes...))
	a.await(signed, openapi.StatusGiven)
	return signed
}

// withdrawal is the pre-signed stop of a grant, as it is sent.
func withdrawal(g *wallet.SignedGrant) string {
	return encode(object{"grant": g.Grant.ID(), "signature": g.Withdrawal})
}

// recorded gives the hospital a grant to read and write, and writes the record.
func (v *running) recorded(p *person) *wallet.SignedGrant {
	v.t.Helper()
	g := v.hospital.agree(p)
	values := map[consent.FieldName]json.RawMessage{}
	for name, value := range record {
		values[name] = json.RawMessage(value)
	}
	var written openapi.Written
	v.hospital.write(g, encode(object{"values": values})).into(v.t, http.StatusOK, &written)
	if len(written.Stored) != len(record) {
		v.t.Fatalf("stored %d of %d fields, withheld %v", len(written.Stored), len(record), written.Withheld)
	}
	return g
}

// eventually asks until it holds, for as long as a busy machine may take.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		<-tick.C
	}
}

// state is all that a refused call could have left traces in.
type state struct {
	objects map[string][32]byte // of both stores, without the clock and the log's copy
	entries uint64              // of the journal
	waiting int                 // acts in the outbox
	block   uint64
}

func (v *running) state() (s state) {
	v.t.Helper()
	s.objects = v.objects()
	s.entries, s.waiting = v.journal.Size(), v.relayer.Pending()
	block, err := v.chain.Client().BlockNumber(v.t.Context())
	must(v.t, err)
	s.block = block
	return s
}

func (v *running) objects() map[string][32]byte {
	v.t.Helper()
	objects := map[string][32]byte{}
	for _, root := range []string{v.config.headsDir(), v.config.recordsDir()} {
		must(v.t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			name, _ := filepath.Rel(v.dir, path)
			if d.IsDir() {
				if d.Name() == ".lock" || d.Name() == ".tmp" || name == filepath.Join("heads", "clock") || name == filepath.Join("records", "log") {
					return filepath.SkipDir
				}
				return nil
			}
			data, err := os.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) {
				return nil // removed since it was listed
			}
			objects[name] = sha256.Sum256(data)
			return err
		}))
	}
	return objects
}

// settle waits for what follows an answer: late entries, and acts on their way.
func (v *running) settle() state {
	v.t.Helper()
	last, same := v.state(), 0
	eventually(v.t, "the vault to come to rest", func() bool {
		now := v.state()
		if len(diff(last, now)) == 0 && last.entries == now.entries && now.waiting == 0 {
			same++
		} else {
			same = 0
		}
		last = now
		return same == 5
	})
	return last
}

// rest waits until the log's tree has taken everything in: what writes it must not be
// interrupted by a folder that goes away.
func (v *running) rest() {
	v.t.Helper()
	last, same := uint64(0), 0
	eventually(v.t, "the log to come to rest", func() bool {
		if size := v.journal.Size(); size != last || v.journal.Published() != size {
			last, same = size, 0
			return false
		}
		same++
		return same == 20 // with what follows an answer late
	})
}

// diff names the objects that differ.
func diff(before, after state) (changes []string) {
	for name, sum := range after.objects {
		if was, there := before.objects[name]; !there {
			changes = append(changes, "made "+name)
		} else if was != sum {
			changes = append(changes, "changed "+name)
		}
	}
	for name := range before.objects {
		if _, there := after.objects[name]; !there {
			changes = append(changes, "removed "+name)
		}
	}
	return changes
}

// untouched holds the state against an earlier one: no object, no act, no transaction,
// and as many entries more as denials were to be written down.
func (v *running) untouched(t *testing.T, before state, denials uint64) {
	t.Helper()
	after := v.state()
	if changes := diff(before, after); len(changes) > 0 {
		t.Errorf("half written: %v", changes)
	}
	if after.entries != before.entries+denials {
		t.Errorf("journal: want %d entries more, got %d", denials, after.entries-before.entries)
	}
	if after.waiting != before.waiting {
		t.Errorf("outbox: %d acts more", after.waiting-before.waiting)
	}
	for n := before.block + 1; n <= after.block; n++ {
		block, err := v.chain.Client().BlockByNumber(t.Context(), new(big.Int).SetUint64(n))
		must(t, err)
		if count := block.Transactions().Len(); count > 0 {
			t.Errorf("chain: %d transactions in block %d", count, n)
		}
	}
}

// isRefused checks one refusal by its exact type and status, that it repeats nothing
// of what was sent and holds nothing of anybody's record.
func isRefused(t *testing.T, got answer, status int, kind, reason string) {
	t.Helper()
	if got.status != status || got.kind() != kind || got.reason() != reason {
		t.Errorf("want %d %s %q, got %d %s", status, kind, reason, got.status, got.body)
	}
	if p := got.problem(); int(p.Status) != got.status || got.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("status %d in the body, %d outside, as %s", p.Status, got.status, got.header.Get("Content-Type"))
	}
	unplaced := got.problem()
	unplaced.Pointer = nil // may name the sender's own member
	for _, word := range []string{canary, echoed} {
		if strings.Contains(encode(unplaced), word) {
			t.Errorf("the refusal repeats %q", word)
		}
	}
	if got.status == http.StatusServiceUnavailable && got.header.Get("Retry-After") == "" {
		t.Error("503 without Retry-After")
	}
}
