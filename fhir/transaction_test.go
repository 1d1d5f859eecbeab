package fhir

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

func transactionOf(entries ...string) string {
	return `{"resourceType":"Bundle","type":"transaction","entry":[` + strings.Join(entries, ",") + `]}`
}

const allergyA = `"resource":{"resourceType":"AllergyIntolerance","id":"a1","patient":{"reference":"Patient/p1"}}`

func TestTransactionThatCanBeCarriedOut(t *testing.T) {
	in := transactionOf(
		`{"fullUrl":"urn:uuid:0a000000-0000-4000-8000-000000000001","resource":{"resourceType":"Patient","birthDate":"1990-04-02","gender":"female"},"request":{"method":"POST","url":"Patient"}}`,
		`{"fullUrl":"urn:uuid:0a000000-0000-4000-8000-000000000002","resource":{"resourceType":"AllergyIntolerance","patient":{"reference":"urn:uuid:0a000000-0000-4000-8000-000000000001"}},"request":{"method":"POST","url":"AllergyIntolerance"}}`,
		`{"resource":{"resourceType":"Condition","id":"c1","subject":{"reference":"urn:uuid:0a000000-0000-4000-8000-000000000001"}},"request":{"method":"PUT","url":"Condition/c1"}}`)
	p, err := Write([]byte(in), standard())
	if err != nil || !p.Transaction || len(p.Left) != 0 || len(p.Taken) != 3 {
		t.Fatalf("%v, %+v", err, p)
	}
	for i, want := range []struct {
		method, id string
		fields     int
	}{{"POST", "0a000000-0000-4000-8000-000000000001", 3}, {"POST", "0a000000-0000-4000-8000-000000000002", 1}, {"PUT", "c1", 1}} {
		if got := p.Taken[i]; got.Method != want.method || got.ID != want.id || len(got.Fields) != want.fields {
			t.Errorf("%d: %+v", i, got)
		}
	}
	if p.Taken[2].Fields[0] != "health.condition" {
		t.Errorf("%v", p.Taken[2])
	}
}

// Nothing else than PUT and POST of what has a field is carried out, and each entry
// against it is named.
func TestTransactionsThatAreNotWhole(t *testing.T) {
	with := func(request string) string { return `{` + allergyA + `,"request":` + request + `}` }
	for name, tt := range map[string]struct {
		entry string
		want  IssueCode
	}{
		"no request":          {`{` + allergyA + `}`, IssueRequest},
		"an empty request":    {with(`{}`), IssueRequest},
		"a request as text":   {with(`"PUT"`), IssueRequest},
		"no url":              {with(`{"method":"PUT"}`), IssueRequest},
		"no method":           {with(`{"url":"AllergyIntolerance/a1"}`), IssueRequest},
		"an unknown element":  {with(`{"method":"PUT","url":"AllergyIntolerance/a1","when":"now"}`), IssueRequest},
		"DELETE":              {with(`{"method":"DELETE","url":"AllergyIntolerance/a1"}`), IssueMethod},
		"DELETE alone":        {`{"request":{"method":"DELETE","url":"AllergyIntolerance/a1"}}`, IssueMethod},
		"PATCH":               {with(`{"method":"PATCH","url":"AllergyIntolerance/a1"}`), IssueMethod},
		"GET":                 {`{"request":{"method":"GET","url":"AllergyIntolerance"}}`, IssueMethod},
		"HEAD":                {`{"request":{"method":"HEAD","url":"AllergyIntolerance"}}`, IssueMethod},
		"lower case":          {with(`{"method":"put","url":"AllergyIntolerance/a1"}`), IssueMethod},
		"PUT by search":       {with(`{"method":"PUT","url":"AllergyIntolerance?identifier=x"}`), IssueConditional},
		"if none exists":      {with(`{"method":"POST","url":"AllergyIntolerance","ifNoneExist":"identifier=x"}`), IssueConditional},
		"if it matches":       {with(`{"method":"PUT","url":"AllergyIntolerance/a1","ifMatch":"W/\"1\""}`), IssueConditional},
		"if none matches":     {with(`{"method":"PUT","url":"AllergyIntolerance/a1","ifNoneMatch":"*"}`), IssueConditional},
		"if modified":         {with(`{"method":"PUT","url":"AllergyIntolerance/a1","ifModifiedSince":"2026-01-01T00:00:00Z"}`), IssueConditional},
		"PUT of another id":   {with(`{"method":"PUT","url":"AllergyIntolerance/a2"}`), IssueURL},
		"PUT of another type": {with(`{"method":"PUT","url":"Condition/a1"}`), IssueURL},
		"PUT without id":      {with(`{"method":"PUT","url":"AllergyIntolerance"}`), IssueURL},
		"POST to an id":       {with(`{"method":"POST","url":"AllergyIntolerance/a1"}`), IssueURL},
		"POST elsewhere":      {with(`{"method":"POST","url":"https://h/AllergyIntolerance"}`), IssueURL},
		"PUT of no resource":  {`{"request":{"method":"PUT","url":"AllergyIntolerance/a1"}}`, IssueNoResource},
		"no field for it":     {`{"resource":{"resourceType":"Claim","id":"c"},"request":{"method":"POST","url":"Claim"}}`, IssueNoField},
		"a search's entry":    {`{` + allergyA + `,"search":{"mode":"match"},"request":{"method":"PUT","url":"AllergyIntolerance/a1"}}`, IssueElement},
		"Patient without id":  {`{"resource":{"resourceType":"Patient"},"request":{"method":"PUT","url":"Patient/"}}`, IssueURL},
	} {
		good := `{"resource":{"resourceType":"Condition","id":"c1","subject":{"reference":"Patient/p1"}},"request":{"method":"PUT","url":"Condition/c1"}}`
		if strings.HasPrefix(name, "Patient") {
			good = `{"resource":{"resourceType":"Claim","id":"c"},"request":{"method":"DELETE","url":"Claim"}}`
		}
		_, err := Write([]byte(transactionOf(good, tt.entry)), standard())
		var not *NotWhole
		if !errors.As(err, &not) || not.Issues[len(not.Issues)-1] != (Issue{"Bundle.entry[1]", tt.want}) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := Write([]byte(`{"resourceType":"Bundle","type":"transaction","link":[],"entry":[`+strings.Repeat(`{},`, 200)+`{}]}`), standard())
	var not *NotWhole
	if !errors.As(err, &not) || len(not.Issues) != maxIssues || not.Issues[0] != (Issue{"Bundle", IssueElement}) || not.Issues[1].Code != IssueRequest {
		t.Errorf("many: %v", err)
	}
	var element *Error
	if _, err := Write([]byte(`{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient"}},{"resource":{"resourceType":"Patient"}}]}`), standard()); !errors.As(err, &element) {
		t.Errorf("two patients: %v", err)
	}
}

// What is no transaction is taken as far as it goes, as ever.
func TestOthersAreTakenInPart(t *testing.T) {
	for _, in := range []string{
		bundleOf(`{`+allergyA+`}`, `{"resource":{"resourceType":"Claim","id":"c"}}`),
		strings.Replace(transactionOf(`{`+allergyA+`,"request":{"method":"DELETE","url":"x"}}`), "transaction", "batch", 1),
		`{"resourceType":"AllergyIntolerance","id":"a1","patient":{"reference":"Patient/p1"},"type":"transaction"}`,
	} {
		p, err := Write([]byte(in), standard())
		if err != nil || p.Transaction || p.Values["health.allergy"] == nil {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func FuzzWrite(f *testing.F) {
	f.Add([]byte(transactionOf(`{` + allergyA + `,"request":{"method":"PUT","url":"AllergyIntolerance/a1"}}`)))
	f.Add([]byte(transactionOf(`{"request":{"method":"DELETE","url":"x"}}`)))
	f.Fuzz(func(t *testing.T, in []byte) {
		p, err := Write(in, standard())
		if err != nil {
			return
		}
		fields := map[consent.FieldName]bool{}
		for _, placed := range p.Taken {
			if p.Transaction && placed.Method != http.MethodPut && placed.Method != http.MethodPost {
				t.Fatalf("%+v", placed)
			}
			for _, name := range placed.Fields {
				fields[name] = true
			}
		}
		for name := range p.Values {
			if !fields[name] {
				t.Fatalf("%s is of no entry", name)
			}
		}
		if p.Transaction && len(p.Left) > 0 {
			t.Fatalf("a transaction leaves %v", p.Left)
		}
	})
}
