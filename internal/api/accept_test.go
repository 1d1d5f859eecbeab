package api

import (
	"slices"
	"strings"
	"testing"
)

func TestAcceptable(t *testing.T) {
	for header, want := range map[string]string{
		"":                                  jsonType,
		"  ":                                jsonType,
		"*/*":                               jsonType,
		"application/*":                     jsonType,
		"application/json":                  jsonType,
		"Application/JSON; charset=utf-8":   jsonType,
		"application/fhir+json":             fhirType,
		"APPLICATION/FHIR+JSON":             fhirType,
		"application/fhir+json;q=0.1":       fhirType,
		"application/fhir+json; q=0.001":    fhirType,
		"application/fhir+json, */*":        fhirType,
		"*/*, application/fhir+json":        fhirType,
		"application/json, */*":             jsonType,
		"application/*, application/json":   jsonType,
		"application/*;q=0.9, */*":          jsonType,
		"text/html, application/fhir+json":  fhirType,
		"text/html, */*;q=0.1":              jsonType,
		"application/fhir+json, text/plain": fhirType,

		"application/fhir+json, application/json":                                    fhirType,
		"application/json, application/fhir+json":                                    jsonType,
		"application/json;q=0.9, application/fhir+json":                              fhirType,
		"application/json, application/fhir+json;q=0.9":                              jsonType,
		"application/json;q=0, */*":                                                  fhirType,
		"application/fhir+json;q=0, */*":                                             jsonType,
		"application/fhir+xml;q=1.0, application/fhir+json;q=1.0, text/html;q=0.9":   fhirType,
		"application/fhir+json; fhirVersion=4.0":                                     fhirType,
		"application/fhir+json; fhirVersion=4.0.1; q=0.5":                            fhirType,
		"application/fhir+json; fhirVersion=5.0, application/json;q=0.2":             jsonType,
		"application/fhir+json; fhirVersion=5.0, application/fhir+json":              fhirType,
		"application/fhir+json;q=2, application/json;q=0.1":                          jsonType,
		"application/fhir+json;q=x, nonsense, ;;;, a/b/c, application/json;q=0.1, ,": jsonType,
		"application/json;q=0.5, application/fhir+json;q=0.5, application/json;q=1":  jsonType,

		"text/html":                              "",
		"text/*":                                 "",
		"application/xml":                        "",
		"application/fhir+xml":                   "",
		"application/fhir+json; fhirVersion=5.0": "",
		"application/json; fhirVersion=4.0":      "",
		"application/json;q=0":                   "",
		"*/*;q=0":                                "",
		"application/*;q=0, text/html":           "",
		"application/json;q=-1":                  "",
		"application/json;q=NaN":                 "",
		"application/json;q=1.1":                 "",
		"application/json;q=":                    "",
		"application":                            "",
		"json":                                   "",
		"*":                                      "",
		"*/json":                                 "",
		"nonsense;;":                             "",
	} {
		if got := acceptable([]string{header}, releaseForms); got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
	if got := acceptable(nil, releaseForms); got != jsonType {
		t.Errorf("no header: %q", got)
	}
	if got := acceptable([]string{"text/html", "application/fhir+json;q=0.2"}, releaseForms); got != fhirType {
		t.Errorf("two headers: %q", got)
	}
}

func FuzzAcceptable(f *testing.F) {
	for _, seed := range []string{"", "*/*", "application/fhir+json;q=0.3, application/json;q=0.8", `a/b;c="d,e"`, "application/json;q=NaN"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		got := acceptable([]string{header}, releaseForms)
		if got != "" && !slices.Contains(releaseForms, got) {
			t.Fatalf("%q was never offered", got)
		}
		lower := strings.ToLower(header)
		if got != "" && strings.TrimSpace(header) != "" && !strings.Contains(lower, "*") && !strings.Contains(lower, got) {
			t.Errorf("%q accepts %q", header, got)
		}
	})
}
