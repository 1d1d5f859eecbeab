package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/wallet"
)

// writtenWithHelp is a new person of whom the clinic has written, under what they gave with its help.
func (w *world) writtenWithHelp() *wallet.Identity {
	w.Helper()
	ctx, person := w.Context(), w.enrolled()
	id, err := w.vault.CreateRequest(ctx, clinic, newActor().request, "")
	ok(w.T, err)
	request, _, err := w.vault.Request(ctx, id)
	ok(w.T, err)
	a, nonce := w.assistant(person), [32]byte{1}
	st, sig := a.OpenSession(w.ledger, "vault.example/log", pageOrigin, id, nonce, consent.Digest{1}, w.now.Add(10*time.Minute))
	ok(w.T, w.vault.OpenAssist(ctx, st, sig))
	signed, err := a.Answer(w.ledger, request, wallet.Choice{Language: "en"}, w.now)
	ok(w.T, err)
	clinics := w.signer("clinic")
	said := consent.Help{
		Registry: clinics.Registry, Vault: "vault.example/log", Institution: clinic.ID,
		Grant: signed.Grant.ID(), Request: id, NotBefore: uint64(w.now.Unix()), Until: uint64(w.now.Unix()) + 600,
	}
	key, err := consent.WriterKeyOf(clinics.Key.Public())
	ok(w.T, err)
	word, err := said.Sign(clinics.Key)
	ok(w.T, err)
	_, err = w.vault.Grant(ctx, vault.SignedGrant{
		Grant: signed.Grant, Act: signed.Act, ActSignature: signed.ActSignature, Binding: signed.Binding, BindingSignature: signed.BindingSignature,
		Help: &vault.Help{Session: nonce, Institution: clinic.ID, Key: key, NotBefore: said.NotBefore, Until: said.Until, Signature: word},
	})
	ok(w.T, err)
	w.chain.confirm()
	_, err = w.vault.Write(ctx, clinic, w.writing(signed.Grant.ID(), map[consent.FieldName]json.RawMessage{"identity.birth_date": []byte(`"1990"`)}))
	ok(w.T, err)
	return person
}

// What proves a permission with help leaves one vault, and comes in at another; without any piece of it nothing does.
func TestMovingWithHelp(t *testing.T) {
	w := newWorld(t)
	person := w.writtenWithHelp()
	file := w.session(person).post("/v1/person/exports", w.exportBody(person, nil)).Body.Bytes()
	other := newWorld(t)
	other.chain.states, other.chain.roots, other.register.byKey = w.chain.states, w.chain.roots, w.register.byKey
	enrolBody := enrolBody(other, person)
	enrolment, err := enrolCall(&enrolBody)
	ok(t, err)
	ok(t, other.vault.Enrol(t.Context(), enrolment))
	there := other.session(person)
	for name, spoil := range map[string]func(g *proof.ExportedGrant){
		"no help":                  func(g *proof.ExportedGrant) { g.Help = nil },
		"help of nothing":          func(g *proof.ExportedGrant) { g.Help = &proof.ExportedHelp{} },
		"another vault":            func(g *proof.ExportedGrant) { g.Help.Vault = "vault.example/other" },
		"another assist key":       func(g *proof.ExportedGrant) { g.Help.AssistKey[0]++ },
		"another time":             func(g *proof.ExportedGrant) { g.Help.Time++ },
		"another statement":        func(g *proof.ExportedGrant) { g.Help.Signature[0]++ },
		"another helper":           func(g *proof.ExportedGrant) { g.Help.Institution = school.ID },
		"another key":              func(g *proof.ExportedGrant) { g.Help.Key[0]++ },
		"a key cut short":          func(g *proof.ExportedGrant) { g.Help.Key = g.Help.Key[:63] },
		"a longer key":             func(g *proof.ExportedGrant) { g.Help.Key = append(g.Help.Key, 0) },
		"a window begun earlier":   func(g *proof.ExportedGrant) { g.Help.NotBefore-- },
		"a window that ends later": func(g *proof.ExportedGrant) { g.Help.Until++ },
		"another word":             func(g *proof.ExportedGrant) { g.Help.HelpSignature[63]++ },
		"a word cut short":         func(g *proof.ExportedGrant) { g.Help.HelpSignature = g.Help.HelpSignature[:63] },
		"a longer word":            func(g *proof.ExportedGrant) { g.Help.HelpSignature = append(g.Help.HelpSignature, 0) },
		"as a representative's": func(g *proof.ExportedGrant) {
			g.Representation = &proof.ExportedRepresentation{Vault: g.Help.Vault, Time: g.Help.Time, Signature: g.Help.Signature}
		},
	} {
		forged := forge(t, file, func(item proof.Item) {
			if item.Grant != nil {
				spoil(item.Grant)
			}
		})
		code, body := there.bring(other.importBody(person, forged, false, nil))
		var p openapi.Problem
		ok(t, json.Unmarshal(body, &p))
		if code != http.StatusUnprocessableEntity || p.Refused == nil || len(*p.Refused) != 1 || *(*p.Refused)[0].Reason != "another_person" {
			t.Errorf("%s: %d %s", name, code, body)
		}
	}
	code, body := there.bring(other.importBody(person, file, false, nil))
	status(t, http.StatusOK, code, body)
	if !strings.Contains(string(body), `"taken"`) {
		t.Errorf("%s", body)
	}
	here, onward := helpOf(t, file), helpOf(t, there.post("/v1/person/exports", other.exportBody(person, nil)).Body.Bytes())
	if here.Institution != clinic.ID || !bytes.Equal(mustJSON(here), mustJSON(onward)) {
		t.Errorf("it goes on with %+v", onward)
	}
}

// helpOf is what proves the one permission of an export.
func helpOf(t *testing.T, file []byte) (help *proof.ExportedHelp) {
	t.Helper()
	r, err := proof.NewExportReader(bytes.NewReader(file))
	ok(t, err)
	for {
		item, err := r.Next()
		if errors.Is(err, io.EOF) {
			return help
		}
		ok(t, err)
		if item.Grant != nil {
			help = item.Grant.Help
		}
	}
}
