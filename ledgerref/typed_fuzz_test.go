package ledgerref

import (
	"bytes"
	"encoding/binary"
	"math/big"
	"strconv"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"

	"github.com/wrapious/wrappy/consent"
)

// FuzzTyped: what wallets sign is EIP-712 as another implementation has it, whatever is in the
// document, and a document that differs in one member is another.
func FuzzTyped(f *testing.F) {
	f.Add([]byte{1, 0, 3, 1, 0}, "dpv:ServiceProvision", "KE", "health.allergy,identity.name", "sw")
	f.Add(bytes.Repeat([]byte{0xff}, 200), "", "", "", "")
	f.Add([]byte{}, "\x00", "\xff\xfe", ",,", "é")
	f.Fuzz(func(t *testing.T, data []byte, purpose, jurisdiction, fields, language string) {
		raw := append(bytes.Clone(data), make([]byte, 240)...)
		take := func(n int) []byte { out := raw[:n]; raw = raw[n:]; return out }
		g := consent.Grant{
			Version: binary.BigEndian.Uint16(take(2)), Audience: consent.Audience(take(1)[0]), Actions: consent.Actions(take(1)[0]),
			Representation: consent.Representation(take(1)[0]), Assistance: consent.Assistance(take(1)[0]),
			NotBefore: binary.BigEndian.Uint64(take(8)), Expires: binary.BigEndian.Uint64(take(8)),
			MaxReleases: binary.BigEndian.Uint32(take(4)), RetentionDays: binary.BigEndian.Uint32(take(4)),
			Institution: consent.InstitutionID(take(32)), Request: consent.RequestID(take(32)), NoticeDigest: consent.Digest(take(32)),
			GrantKey: consent.Address(take(20)), Salt: consent.Salt(take(32)),
			Purpose: consent.Purpose(purpose), LegalBasis: consent.LegalBasis(purpose + language), Jurisdiction: jurisdiction, NoticeLanguage: language,
		}
		for _, name := range bytes.Split([]byte(fields), []byte(",")) {
			g.Fields = append(g.Fields, consent.FieldName(name))
		}
		domain := consent.Domain{ChainID: binary.BigEndian.Uint64(take(8)), Contract: consent.Address(take(20))}
		theirs, _, err := apitypes.TypedDataAndHash(typedGrant(&g, domain))
		if err != nil {
			t.Fatal(err)
		}
		if ours := domain.Digest(g.ID()); !bytes.Equal(ours[:], theirs) {
			t.Fatalf("signed as %x here, as %x by EIP-712", ours, theirs)
		}
		for member, other := range neighbours(g) {
			if other.ID() == g.ID() {
				t.Fatalf("%s is not signed", member)
			}
		}
	})
}

// neighbours differ from a grant in the member that names them.
func neighbours(g consent.Grant) map[string]*consent.Grant {
	all := map[string]*consent.Grant{}
	for member, change := range map[string]func(*consent.Grant){
		"version": func(g *consent.Grant) { g.Version++ }, "audience": func(g *consent.Grant) { g.Audience++ }, "institution": func(g *consent.Grant) { g.Institution[31]++ },
		"request": func(g *consent.Grant) { g.Request[0]++ }, "purpose": func(g *consent.Grant) { g.Purpose += "x" }, "basis": func(g *consent.Grant) { g.LegalBasis += "\x00" },
		"jurisdiction": func(g *consent.Grant) { g.Jurisdiction += " " }, "a field more": func(g *consent.Grant) { g.Fields = append(g.Fields[:len(g.Fields):len(g.Fields)], "") },
		"a field less":  func(g *consent.Grant) { g.Fields = g.Fields[1:] },
		"fields as one": func(g *consent.Grant) { g.Fields = []consent.FieldName{g.Fields[0] + ","} },
		"actions":       func(g *consent.Grant) { g.Actions++ }, "beginning": func(g *consent.Grant) { g.NotBefore++ }, "end": func(g *consent.Grant) { g.Expires++ },
		"limit": func(g *consent.Grant) { g.MaxReleases++ }, "retention": func(g *consent.Grant) { g.RetentionDays++ }, "notice": func(g *consent.Grant) { g.NoticeDigest[7]++ },
		"language": func(g *consent.Grant) { g.NoticeLanguage += "-" }, "representation": func(g *consent.Grant) { g.Representation++ },
		"assistance": func(g *consent.Grant) { g.Assistance++ }, "key": func(g *consent.Grant) { g.GrantKey[19]++ }, "salt": func(g *consent.Grant) { g.Salt[31]++ },
	} {
		other := g
		change(&other)
		all[member] = &other
	}
	return all
}

func typedGrant(g *consent.Grant, domain consent.Domain) apitypes.TypedData {
	number := func(v uint64) string { return strconv.FormatUint(v, 10) }
	fields := make([]any, len(g.Fields))
	for i, f := range g.Fields {
		fields[i] = string(f)
	}
	return apitypes.TypedData{
		PrimaryType: "Grant",
		Domain:      apitypes.TypedDataDomain{Name: "Wrappy Vault", Version: "1", ChainId: (*math.HexOrDecimal256)(new(big.Int).SetUint64(domain.ChainID)), VerifyingContract: common.Address(domain.Contract).Hex()},
		Types: apitypes.Types{
			"EIP712Domain": {{Name: "name", Type: "string"}, {Name: "version", Type: "string"}, {Name: "chainId", Type: "uint256"}, {Name: "verifyingContract", Type: "address"}},
			"Grant": { // docs/protocol/grant.md
				{Name: "version", Type: "uint16"}, {Name: "audience", Type: "uint8"}, {Name: "institution", Type: "bytes32"}, {Name: "request", Type: "bytes32"},
				{Name: "purpose", Type: "string"}, {Name: "legalBasis", Type: "string"}, {Name: "jurisdiction", Type: "string"}, {Name: "fields", Type: "string[]"},
				{Name: "actions", Type: "uint8"}, {Name: "notBefore", Type: "uint64"}, {Name: "expires", Type: "uint64"}, {Name: "maxReleases", Type: "uint32"},
				{Name: "retentionDays", Type: "uint32"}, {Name: "noticeDigest", Type: "bytes32"}, {Name: "noticeLanguage", Type: "string"},
				{Name: "representation", Type: "uint8"}, {Name: "assistance", Type: "uint8"}, {Name: "grantKey", Type: "address"}, {Name: "salt", Type: "bytes32"},
			},
		},
		Message: apitypes.TypedDataMessage{
			"version": number(uint64(g.Version)), "audience": number(uint64(g.Audience)), "institution": hexutil.Encode(g.Institution[:]), "request": hexutil.Encode(g.Request[:]),
			"purpose": string(g.Purpose), "legalBasis": string(g.LegalBasis), "jurisdiction": g.Jurisdiction, "fields": fields,
			"actions": number(uint64(g.Actions)), "notBefore": number(g.NotBefore), "expires": number(g.Expires), "maxReleases": number(uint64(g.MaxReleases)),
			"retentionDays": number(uint64(g.RetentionDays)), "noticeDigest": hexutil.Encode(g.NoticeDigest[:]), "noticeLanguage": g.NoticeLanguage,
			"representation": number(uint64(g.Representation)), "assistance": number(uint64(g.Assistance)), "grantKey": common.Address(g.GrantKey).Hex(), "salt": hexutil.Encode(g.Salt[:]),
		},
	}
}
