package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/wrapious/wrappy/openapi"
)

// The table of operations says what openapi.yaml says, and a listener has no route
// of the other's.
func TestRoutes(t *testing.T) {
	document, err := openapi3.NewLoader().LoadFromData(openapi.Document)
	ok(t, err)
	ok(t, document.Validate(t.Context()))
	on := map[string][]listener{"institutions": forInstitutions, "people": forPeople, "public": forBoth}
	described := 0
	for path, item := range document.Paths.Map() {
		for method, o := range item.Operations() {
			described++
			i := slices.IndexFunc(operations, func(have operation) bool { return have.id == o.OperationID })
			if i < 0 {
				t.Errorf("%s: not in the table", o.OperationID)
				continue
			}
			have := operations[i]
			if have.method != method || strings.NewReplacer(":id", "{id}", ":grant", "{grant}", ":institution", "{institution}").Replace(have.path) != path || !slices.Equal(have.on, on[o.Tags[0]]) {
				t.Errorf("%s: %+v", o.OperationID, have)
			}
			types := []string{}
			if o.RequestBody != nil {
				for name := range o.RequestBody.Value.Content {
					types = append(types, name)
				}
			}
			if len(types) != len(have.body) || slices.ContainsFunc(types, func(n string) bool { return have.body[n] == 0 }) {
				t.Errorf("%s: takes %v, described %v", o.OperationID, have.body, types)
			}
			asks := func(name string) bool { return o.Parameters.GetByInAndName("header", name) != nil }
			if asks("Wrappy-Session") != have.session || asks("Wrappy-Proof") != have.session {
				t.Errorf("%s: session", o.OperationID)
			}
			if asks("Idempotency-Key") != (method == http.MethodPost && (slices.Equal(have.on, forInstitutions) || have.id == "Show")) {
				t.Errorf("%s: idempotency key", o.OperationID)
			}
		}
	}
	if described != len(operations) {
		t.Errorf("%d described, %d in the table", described, len(operations))
	}
	s := newStage(t)
	for _, o := range operations {
		path := strings.NewReplacer(":id", hash, ":grant", hash, ":institution", hash).Replace(o.path)
		if !o.answersOn(people) {
			if w := s.handle(o.method, path, "{}", nil); w.Code != http.StatusNotFound {
				t.Errorf("%s on the public listener: %d", o.id, w.Code)
			}
		}
		if !o.answersOn(institutions) {
			if w := s.asInstitution("clinic", o.method, path, "{}", key); w.Code != http.StatusNotFound {
				t.Errorf("%s on the institutions' listener: %d", o.id, w.Code)
			}
		}
	}
	if len(s.gate.calls) != 0 {
		t.Errorf("gate was called: %v", s.gate.calls)
	}
}
