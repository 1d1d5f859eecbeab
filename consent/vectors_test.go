package consent

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

// The values are shared by all documents, so that two documents with the same
// members (Binding and Refuse) differ in their type alone.
var (
	vectorDomain  = Domain{ChainID: 0x1234_5678_9abc, Contract: fill[Address](0xc0)}
	vectorID      = fill[[32]byte](0x11)
	vectorSubject = fill[IdentityID](0x22)
)

const vectorTime uint64 = 1_760_000_000

func fill[T ~[20]byte | ~[32]byte](b byte) (out T) {
	for i := range len(out) {
		out[i] = b
	}
	return out
}

func vectorGrant() *Grant {
	return &Grant{
		Version: 1, Institution: fill[InstitutionID](0x33), Request: fill[RequestID](0x44),
		Purpose: "dpv:ServiceProvision", LegalBasis: BasisConsent, Jurisdiction: "KE",
		Fields: []FieldName{"health.allergy", "health.observation.laboratory", "identity.name"}, Actions: Read | Write,
		NotBefore: vectorTime, Expires: 20_400 * Day, MaxReleases: 12, RetentionDays: 90,
		NoticeDigest: vectorRequest().Notices[1].Digest(), NoticeLanguage: "sw", Representation: RepresentationRepresentative,
		Assistance: AssistanceAssisted, GrantKey: fill[Address](0x55), Salt: fill[Salt](0x66),
	}
}

func vectorRequest() *Request {
	return &Request{
		Version: 1, Institution: fill[InstitutionID](0x33), Purpose: "dpv:ServiceProvision", LegalBasis: BasisConsent,
		Jurisdiction: "KE", Fields: []FieldName{"health.allergy", "health.observation.laboratory", "identity.name"},
		Actions: Read | Write, NotBefore: vectorTime, Expires: 20_400 * Day, MaxReleases: 12, RetentionDays: 90,
		Notices:  []Notice{{Language: "en", Text: "The clinic reads your allergies."}, {Language: "sw", Text: "Kliniki itasoma mizio yako."}},
		AnswerBy: vectorTime + Day, Salt: fill[Salt](0x66),
	}
}

type typedMember struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

type typedVector struct {
	Name        string                   `json:"name"`
	PrimaryType string                   `json:"primaryType"`
	Types       map[string][]typedMember `json:"types"`
	Message     map[string]any           `json:"message"`
	StructHash  Digest                   `json:"structHash"`
	Digest      Digest                   `json:"digest"`
	PrivateKey  Digest                   `json:"privateKey"`
	Signature   Signature                `json:"signature"`
}

type vectorFile struct {
	Domain struct {
		Name              string  `json:"name"`
		Version           string  `json:"version"`
		ChainID           string  `json:"chainId"`
		VerifyingContract Address `json:"verifyingContract"`
	} `json:"domain"`
	Typed []typedVector `json:"typed"`
}

func decimal[T ~uint8 | ~uint16 | ~uint32 | ~uint64](v T) string {
	return strconv.FormatUint(uint64(v), 10)
}

// typeMembers reads the members out of an EIP-712 encodeType string.
func typeMembers(typ string) (primary string, members []typedMember) {
	primary, rest, _ := strings.Cut(strings.TrimSuffix(typ, ")"), "(")
	for member := range strings.SplitSeq(rest, ",") {
		t, name, _ := strings.Cut(member, " ")
		members = append(members, typedMember{Name: name, Type: t})
	}
	return primary, members
}

func vectorKey(name string) *secp256k1.PrivateKey {
	seed := sha256.Sum256([]byte("wrappy vector key " + name))
	return secp256k1.PrivKeyFromBytes(seed[:])
}

func sign(key *secp256k1.PrivateKey, digest Digest) (sig Signature) {
	compact := ecdsa.SignCompact(key, digest[:], false)
	copy(sig[:], compact[1:])
	sig[64] = compact[0]
	return sig
}

func newVector(name, typ string, structHash [32]byte, message map[string]any) typedVector {
	primary, members := typeMembers(typ)
	key := vectorKey(name)
	v := typedVector{Name: name, PrimaryType: primary, Types: map[string][]typedMember{primary: members}, Message: message,
		StructHash: structHash, Digest: vectorDomain.Digest(structHash), PrivateKey: Digest(key.Serialize())}
	v.Signature = sign(key, v.Digest)
	return v
}

func grantMessage(g *Grant) map[string]any {
	return map[string]any{"version": decimal(g.Version), "audience": decimal(g.Audience), "institution": g.Institution,
		"request": g.Request, "purpose": g.Purpose, "legalBasis": g.LegalBasis, "jurisdiction": g.Jurisdiction,
		"fields": g.Fields, "actions": decimal(g.Actions), "notBefore": decimal(g.NotBefore), "expires": decimal(g.Expires),
		"maxReleases": decimal(g.MaxReleases), "retentionDays": decimal(g.RetentionDays), "noticeDigest": g.NoticeDigest,
		"noticeLanguage": g.NoticeLanguage, "representation": decimal(g.Representation), "assistance": decimal(g.Assistance),
		"grantKey": g.GrantKey, "salt": g.Salt}
}

func requestMessage(r *Request) map[string]any {
	first, second := r.Notices[0].Digest(), r.Notices[1].Digest()
	notices := []Digest{first, second}
	if bytes.Compare(first[:], second[:]) > 0 {
		notices = []Digest{second, first}
	}
	return map[string]any{"version": decimal(r.Version), "institution": r.Institution, "purpose": r.Purpose,
		"legalBasis": r.LegalBasis, "jurisdiction": r.Jurisdiction, "fields": r.Fields, "actions": decimal(r.Actions),
		"notBefore": decimal(r.NotBefore), "expires": decimal(r.Expires), "maxReleases": decimal(r.MaxReleases),
		"retentionDays": decimal(r.RetentionDays), "notices": notices, "answerBy": decimal(r.AnswerBy), "salt": r.Salt}
}

func makeVectors() (f vectorFile) {
	f.Domain.Name, f.Domain.Version = "Wrappy Vault", "1"
	f.Domain.ChainID, f.Domain.VerifyingContract = decimal(vectorDomain.ChainID), vectorDomain.Contract
	var (
		id, who = Digest(vectorID), Digest(vectorSubject)
		time    = decimal(vectorTime)
		g, r    = vectorGrant(), vectorRequest()
		minimal = vectorGrant()
		facts   = PolicyFacts{Minor: true, NeverCountries: []string{"ER", "SD"}}
		session = Session{Identity: vectorSubject, Vault: vectorVault, Origin: "https://vault.example", Nonce: fill[[32]byte](0x77), ProofKey: fill[Digest](0x88), Expires: vectorTime}
	)
	minimal.Fields, minimal.Actions, minimal.MaxReleases = []FieldName{"identity.name"}, Read, 0
	minimal.Representation, minimal.Assistance = RepresentationSelf, AssistanceNone
	never := PolicyFactsStatement{Identity: vectorSubject, Vault: vectorVault, Time: vectorTime, Facts: PolicyFacts{Representative: true}}
	f.Typed = []typedVector{
		newVector("grant", grantType, g.ID(), grantMessage(g)),
		newVector("grant with one field", grantType, minimal.ID(), grantMessage(minimal)),
		newVector("request", requestType, r.ID(), requestMessage(r)),
		newVector("binding", bindingType, Binding{Grant: vectorID, Identity: vectorSubject, Opening: fill[Salt](0xaa), Time: vectorTime}.StructHash(),
			map[string]any{"grant": id, "identity": who, "opening": fill[Salt](0xaa), "time": time}),
		newVector("grant act", grantActType, GrantAct{ID: vectorID, Expiry: 20_400 * Day, Deadline: vectorTime}.StructHash(),
			map[string]any{"id": id, "expiry": decimal(20_400 * Day), "deadline": time}),
		newVector("withdraw", withdrawType, WithdrawHash(vectorID), map[string]any{"id": id}),
		newVector("withdraw as identity", rootStopType, WithdrawAsIdentityHash(vectorID, vectorSubject),
			map[string]any{"id": id, "identity": who}),
		newVector("refuse", refuseType, Refusal{Request: vectorID, Identity: vectorSubject, Time: vectorTime}.StructHash(),
			map[string]any{"request": id, "identity": who, "time": time}),
		newVector("enrol", enrolType, Enrolment{Identity: vectorSubject, Vault: vectorVault, SessionKey: fill[Address](0x99), Jurisdiction: "KE", Time: vectorTime}.StructHash(),
			map[string]any{"identity": who, "vault": vectorVault, "sessionKey": fill[Address](0x99), "jurisdiction": "KE", "time": time}),
		newVector("session", sessionType, session.StructHash(), map[string]any{"identity": who, "vault": vectorVault, "origin": session.Origin,
			"nonce": Digest(session.Nonce), "proofKey": session.ProofKey, "expires": time}),
		newVector("policy facts", factsType, PolicyFactsStatement{Identity: vectorSubject, Vault: vectorVault, Facts: facts, Time: vectorTime}.StructHash(),
			map[string]any{"identity": who, "vault": vectorVault, "minor": true, "representative": false, "neverCountries": facts.NeverCountries, "time": time}),
		newVector("policy facts without countries", factsType, never.StructHash(),
			map[string]any{"identity": who, "vault": vectorVault, "minor": false, "representative": true, "neverCountries": []string{}, "time": time}),
		newVector("withdraw all", withdrawAllType, WithdrawAll{Identity: vectorSubject, Vault: vectorVault, Time: vectorTime}.StructHash(),
			map[string]any{"identity": who, "vault": vectorVault, "time": time}),
		newVector("dispute", disputeType, Dispute{Identity: vectorSubject, Vault: vectorVault, Since: vectorTime - 86_400, Time: vectorTime}.StructHash(),
			map[string]any{"identity": who, "vault": vectorVault, "since": decimal(vectorTime - 86_400), "time": time}),
		newVector("correct", correctType, Correction{Identity: vectorSubject, Vault: vectorVault, Field: "identity.name", Value: vectorCorrection(), Time: vectorTime}.StructHash(),
			map[string]any{"identity": who, "vault": vectorVault, "field": "identity.name", "value": vectorCorrection(), "time": time}),
		newVector("correction taken back", correctType, Correction{Identity: vectorSubject, Vault: vectorVault, Field: "identity.name", Time: vectorTime}.StructHash(),
			map[string]any{"identity": who, "vault": vectorVault, "field": "identity.name", "value": Digest{}, "time": time}),
		newVector("export", exportType, ExportOrder{Identity: vectorSubject, Vault: vectorVault, Fields: g.Fields, Time: vectorTime}.StructHash(),
			map[string]any{"identity": who, "vault": vectorVault, "fields": g.Fields, "time": time}),
		newVector("export of everything", exportType, ExportOrder{Identity: vectorSubject, Vault: vectorVault, Time: vectorTime}.StructHash(),
			map[string]any{"identity": who, "vault": vectorVault, "fields": []string{}, "time": time}),
		newVector("import", importType, ImportOrder{Identity: vectorSubject, Vault: vectorVault, File: id, Time: vectorTime}.StructHash(),
			map[string]any{"identity": who, "vault": vectorVault, "file": id, "partial": false, "time": time}),
		newVector("import of a part", importType, ImportOrder{Identity: vectorSubject, Vault: vectorVault, File: id, Partial: true, Time: vectorTime}.StructHash(),
			map[string]any{"identity": who, "vault": vectorVault, "file": id, "partial": true, "time": time}),
		newVector("erase", eraseType, Erasure{Identity: vectorSubject, Vault: vectorVault}.StructHash(),
			map[string]any{"identity": who, "vault": vectorVault}),
		newVector("assist key", assistKeyType, AssistKey{Identity: vectorSubject, Vault: vectorVault, Key: fill[Address](0x99), Time: vectorTime}.StructHash(),
			map[string]any{"identity": who, "vault": vectorVault, "key": fill[Address](0x99), "time": time}),
		newVector("assist key ended", assistKeyType, AssistKey{Identity: vectorSubject, Vault: vectorVault, Time: vectorTime}.StructHash(),
			map[string]any{"identity": who, "vault": vectorVault, "key": Address{}, "time": time}),
		newVector("assist session", assistSessionType, AssistSession{Identity: vectorSubject, Vault: vectorVault, Origin: session.Origin, Request: vectorID,
			Nonce: session.Nonce, ProofKey: session.ProofKey, Expires: vectorTime}.StructHash(),
			map[string]any{"identity": who, "vault": vectorVault, "origin": session.Origin, "request": id, "nonce": Digest(session.Nonce), "proofKey": session.ProofKey, "expires": time}),
		newVector("assisted binding", assistedBindingType, Binding{Grant: vectorID, Identity: vectorSubject, Opening: fill[Salt](0xaa), Time: vectorTime}.AssistedHash(),
			map[string]any{"grant": id, "identity": who, "opening": fill[Salt](0xaa), "time": time}),
		newVector("assist withdraw", assistStopType, AssistWithdraw{ID: vectorID, Identity: vectorSubject, Vault: vectorVault, Time: vectorTime}.StructHash(),
			map[string]any{"id": id, "identity": who, "vault": vectorVault, "time": time}),
		newVector("assist withdraw all", assistStopAllType, WithdrawAll{Identity: vectorSubject, Vault: vectorVault, Time: vectorTime}.AssistedHash(),
			map[string]any{"identity": who, "vault": vectorVault, "time": time}),
		newVector("represent", representType, Represent{Identity: vectorSubject, Representative: fill[IdentityID](0x23), Vault: vectorVault, Until: 20_400 * Day, Time: vectorTime}.StructHash(),
			map[string]any{"identity": who, "representative": Digest(fill[IdentityID](0x23)), "vault": vectorVault, "until": decimal(20_400 * Day), "time": time}),
		newVector("represented binding", representedBindingType, Binding{Grant: vectorID, Identity: vectorSubject, Opening: fill[Salt](0xaa), Time: vectorTime}.RepresentedHash(fill[IdentityID](0x23)),
			map[string]any{"grant": id, "identity": who, "representative": Digest(fill[IdentityID](0x23)), "opening": fill[Salt](0xaa), "time": time}),
		newVector("card", cardType, Card{Identity: vectorSubject, Vault: vectorVault, Card: vectorID, AskKey: fill[Address](0x99), Content: vectorCard(), Time: vectorTime}.StructHash(),
			map[string]any{"identity": who, "vault": vectorVault, "card": id, "askKey": fill[Address](0x99), "content": vectorCard(), "time": time}),
		newVector("reset card", resetCardType, ResetCard{Identity: vectorSubject, Vault: vectorVault, Card: vectorID, Time: vectorTime}.StructHash(),
			map[string]any{"identity": who, "vault": vectorVault, "card": id, "time": time}),
		newVector("ask restore", askRestoreType, AskRestore{Card: vectorID, Vault: vectorVault, Pickup: fill[Digest](0x22), Time: vectorTime}.StructHash(),
			map[string]any{"card": id, "vault": vectorVault, "pickup": fill[Digest](0x22), "time": time}),
		newVector("cancel restore", cancelRestoreType, CancelRestore{Identity: vectorSubject, Vault: vectorVault, Pickup: fill[Digest](0x11)}.StructHash(),
			map[string]any{"identity": who, "vault": vectorVault, "pickup": fill[Digest](0x11)}),
		newVector("register", registerType, RegisterHash(vectorSubject, vectorTime), map[string]any{"id": who, "deadline": time}),
	}
	return f
}

func vectorCorrection() Digest {
	return CorrectionDigest(fill[Salt](0x66), "identity.name", []byte(`[{"family":"Achieng"}]`))
}

func vectorCard() Digest {
	return CardContent(CardPart{Key: []byte{1}, Blob: []byte{2, 3}}, CardPart{Key: []byte{4}, Blob: []byte{5}})
}

const vectorVault = "vault.example/log"

func TestVectors(t *testing.T) {
	want := makeVectors()
	data, err := json.MarshalIndent(want, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	data = append(data, '\n')
	if *update {
		if err := os.WriteFile("testdata/vectors.json", data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(stored, data) {
		t.Error("testdata/vectors.json differs: what people have signed would no longer verify")
	}
	var got vectorFile
	if err := json.Unmarshal(stored, &got); err != nil {
		t.Fatal(err)
	}
	for _, v := range got.Typed {
		if err := Verify(v.Digest, v.Signature, AddressOf(vectorKey(v.Name).PubKey())); err != nil {
			t.Errorf("%s: %v", v.Name, err)
		}
	}
}

// Known answers from EIP-712 and from the Keccak of an empty string, so that the
// vectors above do not rest on our hash alone.
func TestKeccak(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
		{"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)", "8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f"},
	} {
		got := Keccak256([]byte(c.in))
		if hex.EncodeToString(got[:]) != c.want {
			t.Errorf("Keccak256(%q) = %x", c.in, got)
		}
	}
}

// Every signature is tried as every other document, and on another chain and
// another contract: none may verify.
func TestSignatureReplay(t *testing.T) {
	vectors := makeVectors().Typed
	domains := map[string]Domain{
		"same":             vectorDomain,
		"another chain":    {ChainID: vectorDomain.ChainID + 1, Contract: vectorDomain.Contract},
		"another contract": {ChainID: vectorDomain.ChainID, Contract: fill[Address](0xc1)},
	}
	for _, made := range vectors {
		signer := AddressOf(vectorKey(made.Name).PubKey())
		for _, tried := range vectors {
			for where, domain := range domains {
				allowed := made.Name == tried.Name && where == "same"
				if err := Verify(domain.Digest(tried.StructHash), made.Signature, signer); (err == nil) != allowed {
					t.Errorf("%s taken as %s, domain %s: verifies = %t", made.Name, tried.Name, where, err == nil)
				}
			}
		}
	}
}
