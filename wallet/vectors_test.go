package wallet

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"math/big"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

// vectorVault is the log origin of the vectors' vault.
const vectorVault = "vault.example/log"

const vectorTime = 1_760_000_000

var (
	ledgerDomain   = consent.Domain{ChainID: 0x1234_5678_9abc, Contract: consent.Address{0xc0, 1}}
	registryDomain = consent.Domain{ChainID: 0x1234_5678_9abc, Contract: consent.Address{0xc0, 2}}
)

func vectorIdentity(t testing.TB) *Identity {
	t.Helper()
	ikm := sha256.Sum256([]byte("wrappy wallet vector"))
	seed, err := SeedFromBytes(ikm[:])
	if err != nil {
		t.Fatal(err)
	}
	return &Identity{Seed: seed, Salt: sha256.Sum256([]byte("identity salt"))}
}

func vectorRequest() *consent.Request {
	return &consent.Request{
		Version: 1, Institution: consent.InstitutionID{0x33, 31: 1}, Purpose: "dpv:ServiceProvision", LegalBasis: consent.BasisConsent,
		Jurisdiction: "KE", Fields: []consent.FieldName{"contact.phone", "health.allergy", "identity.name"}, Actions: consent.Read | consent.Write,
		NotBefore: vectorTime - 100, Expires: 20_400 * consent.Day, MaxReleases: 12, RetentionDays: 90,
		Notices:  []consent.Notice{{Language: "en", Text: "The clinic reads your allergies."}, {Language: "sw", Text: "Kliniki itasoma mizio yako."}},
		AnswerBy: vectorTime + consent.Day, Salt: consent.Salt{0x66},
	}
}

type hexBytes []byte

func (h hexBytes) MarshalText() ([]byte, error) { return []byte("0x" + hex.EncodeToString(h)), nil }
func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(strings.TrimPrefix(string(text), "0x"))
	return err
}

type keyVector struct {
	Info       string          `json:"info"` // a grant key's salt follows it, the assist key's time
	PrivateKey hexBytes        `json:"privateKey"`
	Address    consent.Address `json:"address"`
}

func newKeyVector(info string, k *Key) keyVector {
	return keyVector{Info: info, PrivateKey: hexBytes(k.Bytes()), Address: k.Address()}
}

type childVector struct {
	Index    uint32             `json:"index"`
	Seed     hexBytes           `json:"seed"`
	Salt     consent.Salt       `json:"identitySalt"`
	Root     consent.Address    `json:"root"`
	Identity consent.IdentityID `json:"identity"`
}

type documentVector struct {
	Name       string            `json:"name"`
	Signer     string            `json:"signer"` // which of keys
	Domain     string            `json:"domain"` // which of domains
	Message    map[string]any    `json:"message"`
	StructHash consent.Digest    `json:"structHash"`
	Digest     consent.Digest    `json:"digest"`
	Signature  consent.Signature `json:"signature"`
}

type domainVector struct {
	Name              string          `json:"name"`
	Version           string          `json:"version"`
	ChainID           string          `json:"chainId"`
	VerifyingContract consent.Address `json:"verifyingContract"`
}

type derivedVectors struct {
	Seed         hexBytes                `json:"seed"`
	Keys         map[string]keyVector    `json:"keys"`
	GrantSalt    consent.Salt            `json:"grantSalt"`
	PageKey      hexBytes                `json:"pageKey"`
	RecoveryHash consent.Digest          `json:"recoveryHash"`
	IdentitySalt consent.Salt            `json:"identitySalt"`
	Identity     consent.IdentityID      `json:"identity"`
	Children     []childVector           `json:"children"`
	Domains      map[string]domainVector `json:"domains"`
	Grant        struct {
		Message map[string]any  `json:"message"`
		ID      consent.GrantID `json:"id"`
	} `json:"grant"`
	AssistedGrant struct {
		Message map[string]any  `json:"message"`
		ID      consent.GrantID `json:"id"`
	} `json:"assistedGrant"`
	Documents []documentVector `json:"documents"`
}

// proofVector was made once: ECDSA P-256 signatures here are not deterministic.
type proofVector struct {
	PrivateKey hexBytes       `json:"privateKey"`
	Public     hexBytes       `json:"subjectPublicKeyInfo"`
	ProofKey   consent.Digest `json:"proofKey"`
	Method     string         `json:"method"`
	Path       string         `json:"pathAndQuery"`
	Session    string         `json:"sessionId"`
	Signed     string         `json:"signed"`
	Header     string         `json:"header"`
}

type vectorFile struct {
	Derived derivedVectors `json:"derived"`
	Proof   proofVector    `json:"sessionProof"`
}

func decimal(v uint64) string { return strconv.FormatUint(v, 10) }

func newDomainVector(d consent.Domain) domainVector {
	return domainVector{Name: "Wrappy Vault", Version: "1", ChainID: decimal(d.ChainID), VerifyingContract: d.Contract}
}

// makeVectors goes through the calls that a wallet makes, so that the vectors hold
// what really is signed.
func makeVectors(t *testing.T) derivedVectors {
	w, now, request := vectorIdentity(t), time.Unix(vectorTime, 0), vectorRequest()
	opening := consent.Salt(sha256.Sum256([]byte("grant salt")))
	salt := consent.GrantSalt(w.ID(), opening)
	v := derivedVectors{Seed: hexBytes(w.Seed.Bytes()), GrantSalt: salt, PageKey: hexBytes(w.Seed.PageKey()),
		RecoveryHash: w.RecoveryHash, IdentitySalt: w.Salt, Identity: w.ID(),
		Keys: map[string]keyVector{"root": newKeyVector(rootInfo, w.Seed.Root()), "session": newKeyVector(sessionInfo, w.Seed.Session()),
			"grant": newKeyVector(grantInfo, w.Seed.Grant(salt))},
		Domains: map[string]domainVector{"ConsentLedger": newDomainVector(ledgerDomain), "KeyRegistry": newDomainVector(registryDomain)}}
	for _, index := range []uint32{0, 1, 0x0102_0304} {
		c := w.Child(index)
		v.Children = append(v.Children, childVector{Index: index, Seed: hexBytes(c.Seed.Bytes()), Salt: c.Salt, Root: c.Seed.Root().Address(), Identity: c.ID()})
	}
	add := func(name, signer string, domain consent.Domain, structHash [32]byte, sig consent.Signature, message map[string]any) {
		where := "ConsentLedger"
		if domain == registryDomain {
			where = "KeyRegistry"
		}
		v.Documents = append(v.Documents, documentVector{Name: name, Signer: signer, Domain: where, Message: message,
			StructHash: structHash, Digest: domain.Digest(structHash), Signature: sig})
	}
	id, at := w.ID(), decimal(vectorTime)

	add("register", "root", registryDomain, consent.RegisterHash(id, vectorTime+600), w.Register(registryDomain, vectorTime+600),
		map[string]any{"id": id, "deadline": decimal(vectorTime + 600)})
	enrolment, sig := w.Enrol(ledgerDomain, vectorVault, "KE", now)
	add("enrol", "root", ledgerDomain, enrolment.StructHash(), sig,
		map[string]any{"identity": id, "sessionKey": enrolment.SessionKey, "jurisdiction": "KE", "time": at})
	s, err := w.answer(ledgerDomain, request, Choice{Fields: []consent.FieldName{"identity.name", "health.allergy"}, Actions: consent.Read,
		Expires: vectorTime + 10*consent.Day, MaxReleases: 3, RetentionDays: 30, Language: "sw"}, opening, now)
	if err != nil {
		t.Fatal(err)
	}
	v.Grant.ID, v.Grant.Message = s.Grant.ID(), grantMessage(&s.Grant)
	add("grant act", "grant", ledgerDomain, s.Act.StructHash(), s.ActSignature,
		map[string]any{"id": s.Act.ID, "expiry": decimal(s.Act.Expiry), "deadline": decimal(s.Act.Deadline)})
	add("binding", "root", ledgerDomain, s.Binding.StructHash(), s.BindingSignature,
		map[string]any{"grant": s.Binding.Grant, "identity": id, "opening": s.Binding.Opening, "time": at})
	add("withdraw", "grant", ledgerDomain, consent.WithdrawHash(s.Act.ID), s.Withdrawal, map[string]any{"id": s.Act.ID})
	add("withdraw as identity", "root", ledgerDomain, consent.WithdrawAsIdentityHash(s.Act.ID, id), w.WithdrawAsIdentity(ledgerDomain, s.Act.ID),
		map[string]any{"id": s.Act.ID, "identity": id})
	refusal, sig := w.Refuse(ledgerDomain, request.ID(), now)
	add("refuse", "root", ledgerDomain, refusal.StructHash(), sig, map[string]any{"request": refusal.Request, "identity": id, "time": at})
	facts, sig, err := w.StateFacts(ledgerDomain, vectorVault, consent.PolicyFacts{Minor: true, NeverCountries: []string{"SD", "ER", "SD"}}, now)
	if err != nil {
		t.Fatal(err)
	}
	add("policy facts", "root", ledgerDomain, facts.StructHash(), sig,
		map[string]any{"identity": id, "minor": true, "representative": false, "neverCountries": facts.Facts.NeverCountries, "time": at})
	all, sig := w.WithdrawAll(ledgerDomain, vectorVault, now)
	add("withdraw all", "root", ledgerDomain, all.StructHash(), sig, map[string]any{"identity": id, "time": at})
	dispute, sig := w.Dispute(ledgerDomain, vectorVault, now.Add(-24*time.Hour), now)
	add("dispute", "root", ledgerDomain, dispute.StructHash(), sig, map[string]any{"identity": id, "since": decimal(dispute.Since), "time": at})
	correction, err := w.correct(ledgerDomain, vectorVault, "identity.name", []byte(` [ {"family" : "Achieng"} ]`), salt, now)
	if err != nil {
		t.Fatal(err)
	}
	add("correct", "root", ledgerDomain, correction.Correction.StructHash(), correction.Signature,
		map[string]any{"identity": id, "field": "identity.name", "value": correction.Correction.Value, "time": at, "salt": salt, "plain": string(correction.Value)})
	export, sig := w.Export(ledgerDomain, vectorVault, []consent.FieldName{"identity.name", "health.allergy", "identity.name"}, now)
	add("export", "root", ledgerDomain, export.StructHash(), sig, map[string]any{"identity": id, "fields": export.Fields, "time": at})
	imported, sig := w.Import(ledgerDomain, vectorVault, consent.Digest{0x99}, true, now)
	add("import", "root", ledgerDomain, imported.StructHash(), sig, map[string]any{"identity": id, "file": imported.File, "partial": true, "time": at})
	erasure, sig := w.Erase(ledgerDomain, vectorVault)
	add("erase", "root", ledgerDomain, erasure.StructHash(), sig, map[string]any{"identity": id, "vault": vectorVault})
	addAssisted(t, w, request, opening, now, &v, add)
	session, sig := w.OpenSession(ledgerDomain, vectorVault, "https://vault.example", [32]byte{0x77}, consent.Digest{0x88}, now.Add(15*time.Minute))
	add("session", "session", ledgerDomain, session.StructHash(), sig, map[string]any{"identity": id, "origin": session.Origin,
		"nonce": consent.Digest(session.Nonce), "proofKey": session.ProofKey, "expires": decimal(session.Expires)})
	return v
}

func addAssisted(t *testing.T, w *Identity, request *consent.Request, opening consent.Salt, now time.Time, v *derivedVectors,
	add func(name, signer string, domain consent.Domain, structHash [32]byte, sig consent.Signature, message map[string]any)) {
	t.Helper()
	id, at := w.ID(), decimal(vectorTime)
	stated, sig := w.AssistKey(ledgerDomain, vectorVault, now)
	add("assist key", "root", ledgerDomain, stated.StructHash(), sig, map[string]any{"identity": id, "vault": vectorVault, "key": stated.Key, "time": at})
	a := &Assistant{Identity: id, Key: w.Seed.Assist(vectorTime)}
	v.Keys["assist"] = newKeyVector(assistInfo, a.Key)
	v.Keys["assisted grant"] = newKeyVector(assistedGrantInfo, a.grantKey(consent.GrantSalt(id, opening)))
	session, sig := a.OpenSession(ledgerDomain, vectorVault, "https://vault.example", request.ID(), [32]byte{0x77}, consent.Digest{0x88}, now.Add(10*time.Minute))
	add("assist session", "assist", ledgerDomain, session.StructHash(), sig, map[string]any{"identity": id, "vault": vectorVault, "origin": session.Origin,
		"request": session.Request, "nonce": consent.Digest(session.Nonce), "proofKey": session.ProofKey, "expires": decimal(session.Expires)})
	s, err := a.answer(ledgerDomain, request, Choice{Language: "sw"}, opening, now)
	if err != nil {
		t.Fatal(err)
	}
	v.AssistedGrant.ID, v.AssistedGrant.Message = s.Grant.ID(), grantMessage(&s.Grant)
	add("assisted binding", "assist", ledgerDomain, s.Binding.AssistedHash(), s.BindingSignature,
		map[string]any{"grant": s.Binding.Grant, "identity": id, "opening": opening, "time": at})
	add("assisted grant act", "assisted grant", ledgerDomain, s.Act.StructHash(), s.ActSignature,
		map[string]any{"id": s.Act.ID, "expiry": decimal(s.Act.Expiry), "deadline": decimal(s.Act.Deadline)})
	stop, sig := a.Withdraw(ledgerDomain, vectorVault, s.Act.ID, now)
	add("assist withdraw", "assist", ledgerDomain, stop.StructHash(), sig, map[string]any{"id": s.Act.ID, "identity": id, "vault": vectorVault, "time": at})
	all, sig := a.WithdrawAll(ledgerDomain, vectorVault, now)
	add("assist withdraw all", "assist", ledgerDomain, all.AssistedHash(), sig, map[string]any{"identity": id, "vault": vectorVault, "time": at})
	other, until := consent.IdentityID{0x23}, now.Add(4000*24*time.Hour)
	represent, sig := w.Represent(ledgerDomain, vectorVault, other, until, now)
	add("represent", "root", ledgerDomain, represent.StructHash(), sig,
		map[string]any{"identity": id, "representative": other, "vault": vectorVault, "until": decimal(represent.Until), "time": at})
	s, err = w.answerFor(ledgerDomain, other, represent.Until, request, Choice{Language: "sw"}, opening, now)
	if err != nil {
		t.Fatal(err)
	}
	add("represented binding", "root", ledgerDomain, s.Binding.RepresentedHash(id), s.BindingSignature,
		map[string]any{"grant": s.Binding.Grant, "identity": other, "representative": id, "opening": opening, "time": at})
}

func grantMessage(g *consent.Grant) map[string]any {
	return map[string]any{"version": decimal(uint64(g.Version)), "audience": decimal(uint64(g.Audience)), "institution": g.Institution,
		"request": g.Request, "purpose": g.Purpose, "legalBasis": g.LegalBasis, "jurisdiction": g.Jurisdiction, "fields": g.Fields,
		"actions": decimal(uint64(g.Actions)), "notBefore": decimal(g.NotBefore), "expires": decimal(g.Expires),
		"maxReleases": decimal(uint64(g.MaxReleases)), "retentionDays": decimal(uint64(g.RetentionDays)), "noticeDigest": g.NoticeDigest,
		"noticeLanguage": g.NoticeLanguage, "representation": decimal(uint64(g.Representation)), "assistance": decimal(uint64(g.Assistance)),
		"grantKey": g.GrantKey, "salt": g.Salt}
}

func makeProofVector(t *testing.T) proofVector {
	k, err := NewProofKey()
	if err != nil {
		t.Fatal(err)
	}
	private, err := k.private.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	v := proofVector{PrivateKey: private, Public: k.Public(), ProofKey: k.Digest(), Method: "GET", Path: "/v1/person/grants?cursor=c2&limit=20",
		Session: "Kk3rVZ8sQp", Signed: "wrappy session proof v1\nGET\n/v1/person/grants?cursor=c2&limit=20\nKk3rVZ8sQp\n1760000000"}
	if v.Header, err = k.Prove(v.Method, v.Path, v.Session, time.Unix(vectorTime, 0)); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVectors(t *testing.T) {
	derived := makeVectors(t)
	if *update {
		data, err := json.MarshalIndent(vectorFile{Derived: derived, Proof: makeProofVector(t)}, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("testdata/vectors.json", append(data, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var stored struct {
		Derived any         `json:"derived"`
		Proof   proofVector `json:"sessionProof"`
	}
	if err := json.Unmarshal(data, &stored); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(derived)
	if err != nil {
		t.Fatal(err)
	}
	var want any
	if err := json.Unmarshal(encoded, &want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(stored.Derived, want) {
		t.Error("testdata/vectors.json differs: seeds that people hold would give other keys")
	}
	for _, d := range derived.Documents {
		if err := consent.Verify(d.Digest, d.Signature, derived.Keys[d.Signer].Address); err != nil {
			t.Errorf("%s: %v", d.Name, err)
		}
	}
	checkProof(t, stored.Proof)
}

func checkProof(t *testing.T, v proofVector) {
	if !proofHolds(t, v.Public, v.Header, v.Signed) {
		t.Error("session proof of the vectors does not verify")
	}
	digest := sha256.Sum256(v.Public)
	if v.ProofKey != digest {
		t.Error("proofKey is not the digest of the public key")
	}
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), v.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil || !bytes.Equal(public, v.Public) {
		t.Errorf("the vectors' P-256 keys differ: %v", err)
	}
}

// proofHolds checks a header value as a vault would.
func proofHolds(t *testing.T, spki []byte, header, signed string) bool {
	t.Helper()
	at, encoded, _ := strings.Cut(header, ".")
	signature, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil || len(signature) != 64 || !strings.HasSuffix(signed, "\n"+at) {
		return false
	}
	public, err := x509.ParsePKIXPublicKey(spki)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte(signed))
	return ecdsa.Verify(public.(*ecdsa.PublicKey), digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
}
