package api

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/vault"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

const pageOrigin = "https://vault.example"

var (
	clinic = consent.Institution{ID: sha256.Sum256([]byte("clinic")), Name: "Kisumu Clinic", Kind: consent.KindClinic, Jurisdiction: "KE", Attested: true, AttestedTo: 1798761600, Accreditor: sha256.Sum256([]byte("accreditor"))}
	school = consent.Institution{ID: sha256.Sum256([]byte("school")), Name: "Lakeside School", Kind: consent.KindSchool, Jurisdiction: "KE", Suspended: true}
	agency = consent.Institution{ID: sha256.Sum256([]byte("agency")), Name: "Lakeside Agency", Kind: consent.KindAgency, Jurisdiction: "KE", Attested: true, AttestedTo: 1798761600, Accreditor: clinic.Accreditor}
)

// register is the ledger's view of institutions by the hash of their key.
type register struct {
	byKey map[consent.Digest]consent.Institution
	now   map[consent.InstitutionID]consent.Institution // what has changed of some
	fail  error
}

func (r *register) InstitutionByKeyHash(_ context.Context, hash [32]byte) (consent.Institution, error) {
	i, known := r.byKey[hash]
	if r.fail == nil && !known {
		return i, consent.ErrUnknownInstitution
	}
	return i, r.fail
}

func (r *register) Institution(_ context.Context, id consent.InstitutionID) (consent.Institution, error) {
	if i, changed := r.now[id]; changed {
		return i, r.fail
	}
	for _, i := range []consent.Institution{clinic, school, agency} {
		if i.ID == id {
			return i, r.fail
		}
	}
	return consent.Institution{}, consent.ErrUnknownInstitution
}

// Attestations: the clinic and the school are all that anybody attests.
func (r *register) Attestations(_ context.Context, accreditor, after consent.InstitutionID, _ uint64, limit int) (given []ledgerref.Given, next consent.InstitutionID, more bool, err error) {
	if accreditor != clinic.Accreditor {
		return nil, next, false, consent.ErrUnknownInstitution
	}
	all := []ledgerref.Given{{Institution: clinic, Until: clinic.AttestedTo}, {Institution: school, Until: 1780272000}}
	if after == clinic.ID {
		all = all[1:]
	}
	more = len(all) > limit
	all = all[:min(limit, len(all))]
	return all, all[len(all)-1].Institution.ID, more, r.fail
}

func (r *register) TLSKeys(_ context.Context, id consent.InstitutionID, after consent.Digest, limit int) (keys []ledgerref.TLSKeyState, more bool, err error) {
	if id != clinic.ID {
		return nil, false, consent.ErrUnknownInstitution
	}
	all := []ledgerref.TLSKeyState{{Hash: consent.Digest{1}, Valid: true}, {Hash: consent.Digest{2}, ValidUntil: 1780488000, Valid: true}, {Hash: consent.Digest{3}, Removed: true}}
	for len(all) > 0 && after != (consent.Digest{}) && bytes.Compare(all[0].Hash[:], after[:]) <= 0 {
		all = all[1:]
	}
	return all[:min(limit, len(all))], len(all) > limit, r.fail
}

func (r *register) View(context.Context) (consent.View, error) {
	return consent.View{Block: 7, Hash: sha256.Sum256([]byte("block")), Time: uint64(noon.Unix()), Age: 1500 * time.Millisecond}, r.fail
}

// registrar takes institutions' acts to no ledger.
type registrar struct{ fail error }

func (r *registrar) RegisterInstitution(context.Context, ledgerref.Registration) (uint64, error) {
	return 8, r.fail
}
func (r *registrar) AddTLSKey(context.Context, ledgerref.TLSKey) (uint64, error) { return 9, r.fail }
func (r *registrar) Attest(context.Context, ledgerref.Attestation) (uint64, error) {
	return 10, r.fail
}
func (r *registrar) Suspend(context.Context, ledgerref.Suspension) (uint64, error) {
	return 11, r.fail
}
func (r *registrar) RemoveTLSKey(context.Context, ledgerref.TLSKeyRemoval) (uint64, error) {
	return 12, r.fail
}
func (r *registrar) WithdrawAttestation(context.Context, ledgerref.AttestationWithdrawal) (uint64, error) {
	return 13, r.fail
}
func (r *registrar) ChangeKeys(context.Context, ledgerref.KeyChange) (uint64, error) {
	return 14, r.fail
}
func (r *registrar) ColdKeys(_ context.Context, id consent.InstitutionID) (ledgerref.ColdKeys, error) {
	if id != clinic.ID {
		return ledgerref.ColdKeys{}, consent.ErrUnknownInstitution
	}
	return ledgerref.ColdKeys{Cold: consent.Address{1}, Recovery: consent.Address{2}, Next: consent.Address{3}, NextReadyAt: 1780488000, RecoveryNonce: 1}, r.fail
}
func (r *registrar) Nonce(context.Context, consent.InstitutionID, consent.InstitutionID) (uint64, error) {
	return 4, r.fail
}

type bundle struct{ catalog *consent.Catalog }

func (b bundle) Catalog() *consent.Catalog { return b.catalog }
func (bundle) Digest() consent.Digest      { return sha256.Sum256([]byte("bundle")) }
func (bundle) Revision() uint64            { return 3 }

// stage is an API with its two listeners, over TLS on free ports.
type stage struct {
	*testing.T
	api          *API
	gate         *actor
	register     *register
	registrar    *registrar
	policy       *bundle
	logged       *lockedBuffer
	now          time.Time
	public, mtls string // base addresses
	certificates map[string]tls.Certificate
	past         map[consent.Digest]consent.InstitutionID // keys that the ledger had today, and has not now
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.String()
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{T: t, gate: newActor(), register: &register{byKey: map[consent.Digest]consent.Institution{}, now: map[consent.InstitutionID]consent.Institution{}}, registrar: &registrar{}, logged: &lockedBuffer{}, now: noon, certificates: map[string]tls.Certificate{}}
	s.policy = &bundle{catalog: &consent.Catalog{Revision: 3, Majorities: map[string]uint32{consent.AnyJurisdiction: 18}, Fields: map[consent.FieldName]consent.CatalogField{
		"identity.name":   {Name: "identity.name", Type: consent.TypeList, Label: map[string]string{"en": "Name", "sw": "Jina"}, Picture: "person"},
		"identity.gender": {Name: "identity.gender", Type: consent.TypeCode, Codes: []string{"female", "male"}, Label: map[string]string{"en": "Gender"}},
	}}}
	logKey := ed25519.NewKeyFromSeed(make([]byte, 32)).Public().(ed25519.PublicKey)
	var err error
	s.api, err = New(Config{
		Gate: s.gate, Directory: s.register, Registry: s.registrar, Policy: s.policy, Origins: []string{pageOrigin}, Now: func() time.Time { return s.now },
		Deployment: Deployment{ChainID: 7166212450953, ConsentLedger: consent.Address{1}, InstitutionRegistry: consent.Address{2}, KeyRegistry: consent.Address{3}, LogOrigin: "vault.example/log", LogKey: logKey},
		Log:        slog.New(slog.NewTextHandler(s.logged, nil)),
		CursorKey:  make([]byte, 32),
		PublicRate: Rate{PerSecond: 1, Burst: 5000},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.certificates["clinic"] = s.certificate(func(*x509.Certificate) {}, p256())
	s.certificates["school"] = s.certificate(func(*x509.Certificate) {}, p256())
	s.register.byKey[KeyHash(s.certificates["clinic"].Leaf)] = clinic
	s.register.byKey[KeyHash(s.certificates["school"].Leaf)] = school
	return s
}

func newActor() *actor {
	request := consent.Request{
		Version: 1, Institution: clinic.ID, Purpose: "dpv:ServiceProvision", LegalBasis: consent.BasisConsent, Jurisdiction: "KE",
		Fields: []consent.FieldName{"health.allergy", "identity.birth_date", "identity.name"}, Actions: consent.Read | consent.Write,
		NotBefore: 1780272000, Expires: 1788048000, MaxReleases: 10, RetentionDays: 30, AnswerBy: 1780876800,
		Notices: []consent.Notice{{Language: "en", Text: "To treat you safely."}}, Salt: consent.Salt{9},
	}
	grant := consent.Grant{
		Version: 1, Institution: clinic.ID, Request: request.ID(), Purpose: request.Purpose, LegalBasis: request.LegalBasis, Jurisdiction: "KE",
		Fields: request.Fields, Actions: request.Actions, NotBefore: request.NotBefore, Expires: request.Expires, MaxReleases: 10, RetentionDays: 30,
		NoticeDigest: request.Notices[0].Digest(), NoticeLanguage: "en", GrantKey: consent.Address{8}, Salt: consent.Salt{7},
	}
	return &actor{request: request, grant: vault.HeldGrant{ID: grant.ID(), Grant: grant, Status: consent.StatusGiven, Used: 1}, keys: map[consent.IdentityID]consent.Address{}}
}

func p256() any {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return key
}

func (s *stage) certificate(change func(*x509.Certificate), key any) tls.Certificate {
	s.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: noon.Add(-time.Hour), NotAfter: noon.Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature, DNSNames: []string{"localhost"}}
	change(template)
	var public any
	switch k := key.(type) {
	case *ecdsa.PrivateKey:
		public = k.Public()
	case *rsa.PrivateKey:
		public = k.Public()
	case ed25519.PrivateKey:
		public = k.Public()
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, key)
	if err != nil {
		s.Fatal(err)
	}
	leaf, _ := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// listen serves both listeners until the test ends, with other handlers where they are changed.
func (s *stage) listen(change ...func(http.Handler) http.Handler) *stage {
	s.Helper()
	server := s.certificate(func(*x509.Certificate) {}, p256())
	for target, h := range map[*string]*http.Server{&s.public: s.api.Public(server), &s.mtls: s.api.Institutions(server)} {
		on, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			s.Fatal(err)
		}
		*target = "https://" + on.Addr().String()
		for _, c := range change {
			h.Handler = c(h.Handler)
		}
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan error)
		go func() { done <- Serve(ctx, h, on, time.Second) }()
		s.Cleanup(func() {
			stop()
			if err := <-done; err != nil {
				s.Errorf("serve: %v", err)
			}
		})
	}
	return s
}

// client connects as the named institution, or without a certificate.
func (s *stage) client(as string, change ...func(*tls.Config)) *http.Client {
	config := &tls.Config{InsecureSkipVerify: true} //nolint:gosec // the server's certificate is not the subject
	if certificate, known := s.certificates[as]; known {
		config.Certificates = []tls.Certificate{certificate}
	}
	for _, c := range change {
		c(config)
	}
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	s.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func (s *stage) base(as string) string {
	if as == "" {
		return s.public
	}
	return s.mtls
}

// call is one request: "METHOD /path", headers "Name: value", body.
func (s *stage) call(as, line string, headers []string, body string) *http.Response { // closed when the test ends
	s.Helper()
	method, path, _ := strings.Cut(line, " ")
	header := http.Header{}
	if body != "" {
		header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		header.Set(name, value)
	}
	body = s.signed(as, path, header.Get("Content-Type"), body)
	r, err := http.NewRequestWithContext(context.Background(), method, s.base(as)+path, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	r.Header = header
	response, err := s.client(as).Do(r)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = response.Body.Close() })
	return response
}

func indented(body []byte) string {
	var out bytes.Buffer
	if json.Indent(&out, body, "", "  ") != nil {
		return string(body)
	}
	return strings.TrimSpace(out.String())
}

func mustJSON(v any) []byte {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return out
}
