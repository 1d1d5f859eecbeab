package client

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
)

// golden is the Bundle that the API's own tests hold it to.
func golden(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../api/testdata/release_fhir.golden")
	if err != nil {
		t.Fatal(err)
	}
	_, body, found := strings.Cut(string(data), "<\n{")
	if !found {
		t.Fatal("no body")
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte("{"+body)); err != nil {
		t.Fatal(err)
	}
	return compact.String()
}

func TestAboutBundle(t *testing.T) {
	good := golden(t)
	about, err := aboutBundle([]byte(good))
	if err != nil || !strings.HasPrefix(about.Grant, "0x") || about.Terms.Used != 1 || len(about.Withheld) != 1 || about.Proof.Promise.Index != 41 {
		t.Fatalf("%+v, %v", about, err)
	}
	p, err := readProof(about.Proof)
	if err != nil || !bytes.HasPrefix(p.Checkpoint, []byte("vault.example/log\n42\n")) {
		t.Errorf("checkpoint %q, %v", p.Checkpoint, err)
	}
	value := func(json string) string {
		return `"valueBase64Binary":"` + base64.StdEncoding.EncodeToString([]byte(json)) + `"`
	}
	extensions := func(list ...string) string {
		return `{"resourceType":"Bundle","type":"collection","meta":{"extension":[` + strings.Join(list, ",") + `]}}`
	}
	release := `{"url":"` + releaseExtension + `",` + value(`{"grant":"0x01"}`) + `}`
	proven := `{"url":"` + proofExtension + `",` + value(`{"leaf":"AA=="}`) + `}`
	if _, err := aboutBundle([]byte(extensions(release, `{"url":"https://other.example/x"}`, proven))); err != nil {
		t.Errorf("another extension beside: %v", err)
	}
	for name, bad := range map[string]string{
		"nothing":               ``,
		"no JSON":               `<Bundle/>`,
		"no Bundle":             strings.Replace(good, `"Bundle"`, `"Patient"`, 1),
		"no meta":               `{"resourceType":"Bundle"}`,
		"no proof":              extensions(release),
		"no release":            extensions(proven),
		"a proof twice":         extensions(release, proven, proven),
		"a release twice":       extensions(release, release, proven),
		"proof is no JSON":      extensions(release, `{"url":"`+proofExtension+`",`+value(`x`)+`}`),
		"proof is no base64":    extensions(release, `{"url":"`+proofExtension+`","valueBase64Binary":"*"}`),
		"proof and more":        extensions(release, `{"url":"`+proofExtension+`",`+value(`{"leaf":"AA=="}{}`)+`}`),
		"release without grant": extensions(`{"url":"`+releaseExtension+`",`+value(`{}`)+`}`, proven),
		"values in the release": extensions(`{"url":"`+releaseExtension+`",`+value(`{"grant":"0x01","released":{}}`)+`}`, proven),
	} {
		if _, err := aboutBundle([]byte(bad)); !errors.Is(err, errAnswer) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzAboutBundle(f *testing.F) {
	f.Add([]byte(`{"resourceType":"Bundle","meta":{"extension":[{"url":"` + proofExtension + `","valueBase64Binary":"e30="}]}}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if about, err := aboutBundle(data); err == nil && about.Grant == "" {
			t.Error("a release of no grant")
		}
	})
}
