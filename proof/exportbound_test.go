package proof

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

// boundExport is sampleExport with a permission that a representative has bound, and one that was given with help.
func boundExport(t testing.TB) (Log, []byte) {
	t.Helper()
	grant := func(salt byte, change func(*consent.Grant)) ExportedGrant {
		g := consent.Grant{
			Version: 1, Institution: consent.InstitutionID{0x33}, Request: consent.RequestID{0x45}, Purpose: "dpv:ServiceProvision", LegalBasis: consent.BasisConsent,
			Jurisdiction: "KE", Fields: []consent.FieldName{"health.allergy"}, Actions: consent.Write, NotBefore: 1_760_000_000, Expires: 20_400 * consent.Day,
			NoticeLanguage: "en", GrantKey: consent.Address{0x56}, Salt: consent.Salt{salt},
		}
		change(&g)
		return ExportedGrant{ID: g.ID(), Document: NewGrant(&g), BindingTime: 1_760_000_000, BindingSignature: consent.Signature{9}}
	}
	represented := grant(0x12, func(g *consent.Grant) { g.Representation = consent.RepresentationRepresentative })
	represented.Elsewhere = true
	represented.Representation = &ExportedRepresentation{
		Representative: consent.IdentityID{0x71}, Vault: "vault.example/before", Until: 20_400 * consent.Day, Time: 1_759_000_000, Signature: consent.Signature{0x72},
	}
	helped := grant(0x1b, func(g *consent.Grant) { g.Assistance = consent.AssistanceAssisted })
	helped.Status = consent.StatusWithdrawn
	helped.Help = &ExportedHelp{
		Vault: "vault.example/log", AssistKey: consent.Address{0x81}, Time: 1_759_500_000, Signature: consent.Signature{0x82},
		Institution: consent.InstitutionID{0x83}, Key: bytes.Repeat([]byte{0x84}, 64), NotBefore: 1_760_000_000, Until: 1_760_000_600, HelpSignature: bytes.Repeat([]byte{0x85}, 64),
	}
	return exportWith(t, represented, helped)
}

// Who has bound a permission for the person comes along, in one spelling.
func TestExportOfWhoHasBound(t *testing.T) {
	log, data := boundExport(t)
	if *update {
		if err := os.WriteFile("testdata/export-bound.jsonl", data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := os.ReadFile("testdata/export-bound.jsonl")
	if err != nil || !bytes.Equal(stored, data) {
		t.Error("testdata/export-bound.jsonl differs: what people have taken could no longer be read")
	}
	r, items, err := readAll(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := log.VerifyExport(r); err != nil {
		t.Error(err)
	}
	represented, helped := 0, 0
	for _, item := range items {
		if g := item.Grant; g != nil && g.Representation != nil {
			represented++
			if g.Help != nil || g.Representation.Vault != "vault.example/before" || !g.Elsewhere {
				t.Errorf("%+v", g)
			}
		} else if g != nil && g.Help != nil {
			helped++
			if h := g.Help; h.AssistKey != (consent.Address{0x81}) || h.Institution != (consent.InstitutionID{0x83}) || len(h.Key) != 64 || len(h.HelpSignature) != 64 || h.Until-h.NotBefore != consent.AssistPeriod {
				t.Errorf("%+v", h)
			}
		}
	}
	if represented != 1 || helped != 1 {
		t.Errorf("%d represented, %d with help", represented, helped)
	}
	text := string(data)
	before, rest, _ := strings.Cut(text, `,"help":{`)
	_, after, _ := strings.Cut(rest, "}")
	for name, changed := range map[string]string{
		"another vault":       strings.Replace(text, `"help":{"vault":"vault.example/log"`, `"help":{"vault":"vault.example/lag"`, 1),
		"another assist key":  strings.Replace(text, `"assist_key":"0x81`, `"assist_key":"0x82`, 1),
		"another time":        strings.Replace(text, `"time":1759500000`, `"time":1759500001`, 1),
		"another helper":      strings.Replace(text, `"institution":"0x83`, `"institution":"0x84`, 1),
		"another window":      strings.Replace(text, `"until":1760000600`, `"until":1760000601`, 1),
		"another signature":   strings.Replace(text, `"help_signature":"hY`, `"help_signature":"hZ`, 1),
		"no key":              strings.Replace(text, `"key":"hISE`, `"kex":"hISE`, 1),
		"a member left out":   strings.Replace(text, `"not_before":1760000000,"until":1760000600,`, `"until":1760000600,`, 1),
		"an unknown member":   strings.Replace(text, `"help":{`, `"help":{"x":1,`, 1),
		"members exchanged":   strings.Replace(text, `"not_before":1760000000,"until":1760000600`, `"until":1760000600,"not_before":1760000000`, 1),
		"a member twice":      strings.Replace(text, `"until":1760000600`, `"until":1760000600,"until":1760000600`, 1),
		"upper-case digits":   strings.Replace(text, `"assist_key":"0x81`, `"assist_key":"0X81`, 1),
		"a key cut short":     strings.Replace(text, `"assist_key":"0x81`, `"assist_key":"0x8`, 1),
		"base64 without pads": strings.Replace(text, `==","not_before"`, `","not_before"`, 1),
		"nobody's help":       strings.Replace(text, `,"help":{`, `,"help":null,"x":{`, 1),
		"help as a list":      strings.Replace(text, `"help":{`, `"help":[{`, 1),
		"help that is null":   strings.Replace(text, `"status":"given"`, `"status":"given","help":null`, 1),
		"help taken away":     before + after,
		"help of another":     strings.Replace(text, `"representation":{`, `"help":{`, 1),
	} {
		if changed == text {
			t.Errorf("%s: changes nothing", name)
		}
		r, _, err := readAll([]byte(changed))
		if err == nil {
			err = log.VerifyExport(r)
		}
		if err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	for _, vault := range []string{"vault.example/before", "vault.example/log"} {
		if _, _, err := readAll([]byte(strings.ReplaceAll(text, `"vault":"`+vault, `"vault":"`+strings.Repeat("v", 256)))); err == nil || !strings.Contains(err.Error(), "origin") {
			t.Errorf("%s: an origin of 256 bytes: %v", vault, err)
		}
	}
}
