package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
)

// A vault hands out what it likes as the word of a writer, with keys of its own: 'verify value'
// refuses it, or says what nobody signed.
func TestVaultForgesValues(t *testing.T) {
	const values = "../../internal/client/testdata/"
	const name consent.FieldName = "identity.name"
	good, err := os.ReadFile(values + "released.json")
	must(t, err)
	keyFile, err := os.ReadFile(values + "keys.json")
	must(t, err)
	keys, err := proof.ParseKeys(keyFile)
	must(t, err)
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	// signs writes a value anew as the hospital's, by the vault's own key.
	signs := func(v *openapi.SourcedValue) {
		items, err := fhir.Signable(name, v.Value)
		must(t, err)
		s := consent.ValueStatement{Registry: keys.Domain(), Writer: keys.Holders[0].Institution, Field: name, Item: items[0], Day: v.Signatures[0].Day}
		must(t, s.Grant.UnmarshalText([]byte(v.Signatures[0].GrantCommitment)))
		signature, err := consent.SignValue(own, &s)
		must(t, err)
		key, err := consent.WriterKeyOf(own.Public())
		must(t, err)
		v.Signatures = []openapi.ValueSignature{{Day: s.Day, GrantCommitment: v.Signatures[0].GrantCommitment, Key: key[:], Signature: signature[:]}}
	}
	other := json.RawMessage(`[{"family":"Otieno"}]`)
	for _, c := range []struct {
		name   string
		change func(names, allergies *openapi.SourcedValue)
		code   int
		want   string
	}{
		{"as written", func(_, _ *openapi.SourcedValue) {}, exitOK, "value +proven"},
		{"another value", func(n, _ *openapi.SourcedValue) { n.Value = other }, exitFailed, "value: .*do not rely on it"},
		{"another value, signed by the vault's key", func(n, _ *openapi.SourcedValue) { n.Value = other; signs(n) }, exitFailed, "key: .*was not its writer's"},
		{"the value, signed by the vault's key", func(n, _ *openapi.SourcedValue) { signs(n) }, exitFailed, "key: .*was not its writer's"},
		{"as another writer's", func(n, _ *openapi.SourcedValue) { n.Writer = "0x0b" + strings.Repeat("00", 31) }, exitFailed, "value: .*do not rely on it"},
		{"of another day", func(n, _ *openapi.SourcedValue) { n.Signatures[0].Day++ }, exitFailed, "value: .*do not rely on it"},
		{"under another permission", func(n, a *openapi.SourcedValue) { n.Signatures[0].GrantCommitment = a.Signatures[0].GrantCommitment }, exitFailed, "value: .*do not rely on it"},
		{"by another field's signature", func(n, a *openapi.SourcedValue) { n.Signatures = a.Signatures[:1] }, exitFailed, "value: .*do not rely on it"},
		{"unsigned", func(n, _ *openapi.SourcedValue) { n.Signatures = []openapi.ValueSignature{} }, exitFailed, "value: .*0 signatures for 1 items"},
		{"one item left out", func(_, a *openapi.SourcedValue) { a.Signatures = a.Signatures[:1] }, exitFailed, "value: .*1 signatures for 2 items"},
		{"two items exchanged", func(_, a *openapi.SourcedValue) { a.Signatures[0], a.Signatures[1] = a.Signatures[1], a.Signatures[0] }, exitFailed, "value: .*do not rely on it"},
		{"as the person's own", func(n, _ *openapi.SourcedValue) {
			n.Value, n.Writer, n.Signatures = other, "0x"+strings.Repeat("00", 32), []openapi.ValueSignature{}
		}, exitOK, "NOT PROVEN +identity.name: that the person wrote it"},
		{"as the person's own, with the writer's signature", func(n, _ *openapi.SourcedValue) { n.Writer = "0x" + strings.Repeat("00", 32) }, exitFailed, "value: .*nobody has signed"},
	} {
		released := new(openapi.Released)
		must(t, json.Unmarshal(good, released))
		c.change(&released.Released[string(name)][0], &released.Released["health.allergy"][0])
		file := filepath.Join(t.TempDir(), "released.json")
		var data bytes.Buffer
		e := json.NewEncoder(&data)
		e.SetEscapeHTML(false)
		must(t, e.Encode(released))
		must(t, os.WriteFile(file, data.Bytes(), 0o600))
		code, stdout, stderr := verifyRun("value", file, "--keys-file", values+"keys.json")
		if got := stdout + stderr; code != c.code || !matches(c.want, got) {
			t.Errorf("%s: exit status %d, want %d and %q in\n%s", c.name, code, c.code, c.want, got)
		}
		if code != exitOK && matches(" proven ", stdout) {
			t.Errorf("%s: it failed, and says\n%s", c.name, stdout)
		}
	}
}
