package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/faults"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

// mark stands in what is sent; no problem and no log repeats it.
const mark = "ECHOED-5c1e"

// described is openapi.yaml's word on one operation.
type described struct {
	*openapi3.Operation
	method, path string
	item         *openapi3.PathItem
}

func (d *described) on(l listener) bool {
	return d.Tags[0] == "public" || d.Tags[0] == string(l)
}

func allDescribed(t *testing.T) (document *openapi3.T, all []*described) {
	document, err := openapi3.NewLoader().LoadFromData(openapi.Document)
	ok(t, err)
	for path, item := range document.Paths.Map() {
		for method, o := range item.Operations() {
			all = append(all, &described{o, method, path, item})
		}
	}
	slices.SortFunc(all, func(a, b *described) int { return strings.Compare(a.OperationID, b.OperationID) })
	return document, all
}

// maker makes requests from the document: by its schemas, with values at their edges, and then
// often something that they do not allow.
type maker struct {
	*rand.Rand
	known  map[string][]string // by the name of a member or parameter, what stands for something
	spoilt bool                // what is made now is not as described
	whole  map[string]any      // by operation, a document that chance alone would seldom make
}

func (m *maker) chance(of int) bool { return m.IntN(of) == 0 }

func pick[T any](m *maker, list ...T) T { return list[m.IntN(len(list))] }

// value of a schema, to be marshalled.
func (m *maker) value(s *openapi3.Schema, name string) any {
	for len(s.AllOf) > 0 {
		s = s.AllOf[0].Value
	}
	if known := m.known[name]; len(known) > 0 && m.chance(2) {
		return pick(m, known...)
	}
	switch {
	case s.Example != nil && m.chance(8):
		return s.Example
	case len(s.Enum) > 0:
		return pick(m, s.Enum...)
	case s.Type.Is("string") && s.Pattern != "":
		return m.matching(s.Pattern)
	case s.Type.Is("string") && s.Format == "byte":
		raw := make([]byte, pick(m, 0, 1, 32, 64, 64, 64, 91))
		for i := range raw {
			raw[i] = byte(m.Uint32())
		}
		return base64.StdEncoding.EncodeToString(raw)
	case s.Type.Is("string"):
		return m.text(s)
	case s.Type.Is("integer"):
		return m.integer(s, name)
	case s.Type.Is("boolean"):
		return m.chance(2)
	case s.Type.Is("array"):
		return m.list(s, name)
	case s.Type.Is("object") && (len(s.Properties) > 0 || s.AdditionalProperties.Schema != nil):
		return m.object(s)
	}
	return m.anything(3)
}

func (m *maker) text(s *openapi3.Schema) string {
	text := pick(m, "", mark, mark, mark+"é\u200f", "\u0000"+mark, mark+" ' \" \\ / <script>", strings.Repeat(mark, 30), "dpv:ServiceProvision", "https://vault.example")
	for uint64(len(text)) < s.MinLength {
		text += "x"
	}
	if s.MaxLength != nil && uint64(len(text)) > *s.MaxLength {
		text = strings.ToValidUTF8(text[:*s.MaxLength], "")
	}
	return text
}

func (m *maker) integer(s *openapi3.Schema, name string) any {
	least, most := 0.0, map[string]float64{"uint16": 1<<16 - 1, "uint32": 1<<32 - 1, "int32": 1<<31 - 1}[s.Format]
	if most == 0 {
		most = 1 << 53
	}
	if s.Min != nil {
		least = *s.Min
	}
	if s.Max != nil {
		most = min(most, *s.Max)
	}
	day := float64(noon.Unix()) / 86400
	near := []float64{float64(noon.Unix()), float64(int(day)) * 86400, float64(int(day)+30) * 86400, least, most, least + 1, 1}
	if name == "wait" {
		near = []float64{0}
	}
	return json.Number(strconv.FormatFloat(min(max(pick(m, near...), least), most), 'f', 0, 64))
}

func (m *maker) list(s *openapi3.Schema, name string) any {
	n := int(s.MinItems) + m.IntN(4)
	if s.MaxItems != nil {
		n = min(n, int(*s.MaxItems))
		if m.chance(100) && *s.MaxItems < 300 {
			n = int(*s.MaxItems)
		}
	}
	list := []any{}
	seen := map[string]bool{}
	for range n {
		v := m.value(s.Items.Value, strings.TrimSuffix(name, "s"))
		if text := fmt.Sprint(v); s.UniqueItems && seen[text] {
			continue
		} else {
			seen[text] = true
		}
		list = append(list, v)
	}
	if texts := []string{}; name == "fields" || name == "never_countries" { // "Sorted, each once."
		for _, v := range list {
			texts = append(texts, v.(string))
		}
		slices.Sort(texts)
		return slices.Compact(texts)
	}
	return list
}

func (m *maker) object(s *openapi3.Schema) any {
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if slices.Contains(s.Required, name) || m.chance(2) {
			out[name] = m.value(s.Properties[name].Value, name)
		}
	}
	if more := s.AdditionalProperties.Schema; more != nil {
		for range 1 + m.IntN(3) {
			out[pick(m, m.known["field"]...)] = m.value(more.Value, "")
		}
	}
	return out
}

func (m *maker) anything(depth int) any {
	switch n := m.IntN(8); {
	case n == 0:
		return nil
	case n == 1:
		return m.chance(2)
	case n == 2:
		return json.Number(pick(m, "0", "-1", "1e400", "0.1", "18446744073709551616"))
	case n == 3 && depth > 0:
		return []any{m.anything(depth - 1), m.anything(depth - 1)}
	case n == 4 && depth > 0:
		return map[string]any{pick(m, "a", "", "resourceType", "__proto__"): m.anything(depth - 1)}
	case n == 5:
		return map[string]any{"resourceType": "Bundle", "type": pick(m, "collection", "transaction", "x"), "entry": []any{map[string]any{
			"resource": map[string]any{"resourceType": pick(m, "Patient", "AllergyIntolerance", "Claim"), "id": pick(m, "a1", mark, ""), "birthDate": pick[any](m, "1990-04-02", "x", 1), "patient": map[string]any{"reference": "Patient/p1"}},
			"request":  map[string]any{"method": pick(m, "PUT", "POST", "DELETE"), "url": pick(m, "Patient/a1", "Patient", mark)},
		}}}
	}
	return pick(m, mark, "1990-04-02", "")
}

// matching is a text that a pattern describes.
func (m *maker) matching(pattern string) string {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		panic(err)
	}
	var out strings.Builder
	m.match(&out, parsed)
	return out.String()
}

func (m *maker) match(out *strings.Builder, r *syntax.Regexp) {
	switch r.Op { //nolint:exhaustive // what the document uses
	case syntax.OpLiteral:
		out.WriteString(string(r.Rune))
	case syntax.OpCharClass:
		i := m.IntN(len(r.Rune)/2) * 2
		out.WriteRune(r.Rune[i] + rune(m.IntN(int(r.Rune[i+1]-r.Rune[i])+1)))
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range r.Sub {
			m.match(out, sub)
		}
	case syntax.OpAlternate:
		m.match(out, pick(m, r.Sub...))
	case syntax.OpQuest:
		if m.chance(2) {
			m.match(out, r.Sub[0])
		}
	case syntax.OpRepeat:
		most := r.Max
		if most < 0 {
			most = r.Min + 3
		}
		for range r.Min + m.IntN(most-r.Min+1) {
			m.match(out, r.Sub[0])
		}
	case syntax.OpBeginText, syntax.OpEndText, syntax.OpEmptyMatch:
	default:
		panic("a pattern of another kind: " + r.String())
	}
}

// spoil changes one place of a value.
func (m *maker) spoil(v any) any {
	m.spoilt = true
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 || m.chance(4) {
			v[pick(m, "more", "__proto__", "")] = m.anything(2)
			return v
		}
		name := pick(m, slices.Sorted(maps.Keys(v))...)
		switch m.IntN(3) {
		case 0:
			delete(v, name)
		case 1:
			v[strings.ToUpper(name)] = v[name]
			delete(v, name)
		default:
			v[name] = m.spoil(v[name])
		}
		return v
	case []any:
		if len(v) > 0 && m.chance(2) {
			i := m.IntN(len(v))
			v[i] = m.spoil(v[i])
			return v
		}
	case string:
		return pick[any](m, v+"0", strings.ToUpper(v), strings.TrimPrefix(v, "0x"), " "+v, v+"\n", "", mark, 7, nil, []any{v})
	case json.Number:
		return pick[any](m, json.Number("-1"), json.Number("1e3"), json.Number("0.5"), json.Number("18446744073709551616"), json.Number("253402300800"), v.String(), nil)
	}
	return m.anything(2)
}

// spell writes a document, perhaps in a way that is no JSON, or that two readers would read differently.
func (m *maker) spell(v any) string {
	text := string(mustJSON(v))
	if !m.chance(6) {
		return text
	}
	m.spoilt = true
	switch m.IntN(8) {
	case 0:
		return text[:m.IntN(len(text)+1)]
	case 1:
		return text + pick(m, "{}", "x", "\x00", "]")
	case 2:
		return strings.Replace(text, `"`, "\"\xff", 1)
	case 3:
		return strings.Replace(text, `{`, `{"`+mark+`":1,"`+mark+`":2,`, 1)
	case 4:
		return strings.Repeat("[", 40) + text
	case 5:
		return "\ufeff" + text
	case 6:
		return strings.Repeat(" ", smallBody) + text
	}
	at := m.IntN(len(text) + 1)
	return text[:at] + pick(m, "\\ud800", "\x00", ",", mark) + text[at:]
}

// sending is one request that was made.
type sending struct {
	what    *described
	as      string // "" = people's listener
	listed  bool   // the listener has the operation
	request *http.Request
	body    string
	path    map[string]string
}

func (s *sending) listener() listener {
	if s.as == "" {
		return people
	}
	return institutions
}

// send makes a request for an operation, by whom and where.
func (m *maker) send(d *described) *sending {
	m.spoilt = false
	s := &sending{what: d, path: map[string]string{}}
	if d.Tags[0] != string(people) && !m.chance(3) || m.chance(30) {
		s.as = pick(m, "clinic", "clinic", "clinic", "clinic", "school", "agency", "stranger")
	} else if d.Tags[0] == string(institutions) && !m.chance(20) {
		s.as = "clinic"
	}
	s.listed = d.on(s.listener())
	target, query, header := d.path, url.Values{}, http.Header{}
	for _, p := range d.Parameters {
		p := p.Value
		if !p.Required && m.chance(2) {
			continue
		}
		text := fmt.Sprint(m.value(p.Schema.Value, p.Name))
		if m.chance(12) {
			text = pick(m, "", mark, "-1", "0x", strings.Repeat("A", 3000), text+" ", "%00", "../..", text+"0")
			m.spoilt = true
		}
		switch p.In {
		case openapi3.ParameterInPath:
			if text == "" || text == "../.." || m.spoilt && m.chance(4) {
				text = "..."
			}
			s.path[p.Name] = text
			target = strings.Replace(target, "{"+p.Name+"}", url.PathEscape(text), 1)
		case openapi3.ParameterInQuery:
			query[p.Name] = []string{text}
			if m.chance(30) {
				query[p.Name] = append(query[p.Name], text)
				m.spoilt = true
			}
		case openapi3.ParameterInHeader:
			header.Set(p.Name, strings.TrimSpace(strings.ReplaceAll(text, "\x00", "")))
			if p.Required && m.chance(30) {
				header.Del(p.Name)
				m.spoilt = true
			}
		}
	}
	if m.chance(20) {
		query.Set("more", mark)
	}
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	if m.chance(4) {
		header.Set("Accept", pick(m, jsonType, fhirType, "*/*", "text/html", "application/fhir+json;q=0.1, */*;q=0", "", mark))
	}
	if d.RequestBody != nil {
		content := d.RequestBody.Value.Content
		kind := pick(m, slices.Sorted(maps.Keys(content))...)
		made := m.value(content[kind].Schema.Value, "")
		if kind == linesType {
			made = map[string]any{"import": map[string]any{"identity": m.known["identity"][0], "file": hash, "partial": m.chance(2), "time": noon.Unix(), "signature": signature}}
		}
		if whole := m.whole[d.OperationID]; whole != nil && m.chance(8) {
			made = whole
		} else if m.chance(3) {
			made = m.spoil(made)
		}
		s.body = m.spell(made)
		header.Set("Content-Type", kind)
		if m.chance(15) {
			header.Set("Content-Type", pick(m, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", jsonType+"; charset=utf-16", fhirType, jsonType, "", mark))
			m.spoilt = true
		}
		if m.chance(40) {
			header.Set("Content-Encoding", "gzip")
			m.spoilt = true
		}
	} else if m.chance(20) {
		s.body = mark
		m.spoilt = true
	}
	method := d.method
	if m.chance(60) {
		method = pick(m, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodHead, http.MethodTrace, http.MethodPost, http.MethodGet)
	}
	s.request = httptest.NewRequest(method, target, strings.NewReader(s.body))
	s.request.Header = header
	if m.chance(50) {
		s.request.ContentLength = pick(m, int64(-1), 1<<40)
	}
	return s
}

// fuzzed sends what a maker makes to one API and holds the answers against the document.
type fuzzed struct {
	*stage
	document *openapi3.T
	all      []*described
	handlers map[listener]http.Handler

	mu     sync.Mutex
	counts map[string]map[int]int // operation → status → how often
	wrong  map[string]bool        // told already
}

func newFuzzed(t *testing.T, s *stage) *fuzzed {
	cfg := s.api.cfg
	fast := Rate{PerSecond: 1e9, Burst: 1e9}
	cfg.PublicRate, cfg.InstitutionRate = fast, fast
	var err error
	s.api, err = New(cfg)
	ok(t, err)
	s.api.others, s.api.files = newLimiter[consent.InstitutionID](fast), newLimiter[netip.Prefix](fast)
	s.certificates["stranger"] = s.certificate(noChange, p256())
	s.certificates["agency"] = s.certificate(noChange, p256())
	s.register.byKey[KeyHash(s.certificates["agency"].Leaf)] = agency
	f := &fuzzed{stage: s, counts: map[string]map[int]int{}, wrong: map[string]bool{}, handlers: map[listener]http.Handler{people: s.api.PublicHandler(), institutions: s.api.InstitutionHandler()}}
	f.document, f.all = allDescribed(t)
	return f
}

func (f *fuzzed) maker(seed, sequence uint64, person *wallet.Identity, grants, requests []string) *maker {
	id := person.ID()
	return &maker{Rand: faults.Draw(seed, sequence), known: map[string][]string{
		"identity": {hexOf(id[:])}, "grant": append(grants, hash), "id": append(requests, hash), "request": append(requests, hash),
		"institution": {clinic.ID.String(), clinic.Accreditor.String(), school.ID.String(), hash}, "actor": {clinic.ID.String()}, "jurisdiction": {"KE"},
		"field": {"identity.name", "identity.birth_date", "health.allergy", "work.employer"}, "language": {"en", "sw"}, "purpose": {"dpv:ServiceProvision"},
		"origin": {pageOrigin}, "Idempotency-Key": {"aaaaaaaa", "bbbbbbbb", strings.Repeat("c", 32)}, "secret": {theSecret.Text()},
	}}
}

// answer sends, and says what is wrong with the answer.
func (f *fuzzed) answer(s *sending) (recorded *httptest.ResponseRecorder, wrong error) {
	if s.as != "" {
		s.request.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{f.certificates[s.as].Leaf}}
	}
	ctx, cancel := context.WithTimeout(s.request.Context(), 30*time.Second)
	defer cancel()
	w := httptest.NewRecorder()
	f.handlers[s.listener()].ServeHTTP(w, s.request.WithContext(ctx))
	f.mu.Lock()
	if f.counts[s.what.OperationID] == nil {
		f.counts[s.what.OperationID] = map[int]int{}
	}
	f.counts[s.what.OperationID][w.Code]++
	f.mu.Unlock()
	return w, f.check(s, w)
}

func (f *fuzzed) check(s *sending, w *httptest.ResponseRecorder) error {
	body := w.Body.Bytes()
	if w.Code >= 500 && w.Code != http.StatusServiceUnavailable {
		return fmt.Errorf("status %d", w.Code)
	}
	if w.Header().Get("Content-Type") == "application/problem+json" {
		var p openapi.Problem
		if err := json.Unmarshal(body, &p); err != nil {
			return fmt.Errorf("problem %s: %w", body, err)
		}
		if int(p.Status) != w.Code || !strings.HasPrefix(p.Type, typePrefix) {
			return fmt.Errorf("problem %s under status %d", body, w.Code)
		}
		p.Pointer = nil // the place, which names members
		if bytes.Contains(mustJSON(p), []byte(mark)) {
			return fmt.Errorf("what was sent is repeated: %s", body)
		}
	} else if w.Code >= 400 {
		return fmt.Errorf("status %d without a problem document", w.Code)
	}
	for _, name := range []string{"Strict-Transport-Security", "X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy", "Cache-Control", "X-Request-Id"} {
		if w.Header().Get(name) == "" {
			return fmt.Errorf("no header %s", name)
		}
	}
	route := &routers.Route{Spec: f.document, Path: s.what.path, PathItem: s.what.item, Method: s.request.Method, Operation: s.what.item.GetOperation(s.request.Method)}
	if !s.listed || route.Operation == nil {
		if other := route.Operation; other == nil || other == s.what.Operation {
			if w.Code != http.StatusNotFound && w.Code != http.StatusMethodNotAllowed && w.Code != http.StatusNoContent {
				return fmt.Errorf("%s is answered %d here", s.request.Method, w.Code)
			}
			return nil
		}
	}
	if d := (&described{Operation: route.Operation}); !d.on(s.listener()) {
		if w.Code != http.StatusNotFound && w.Code != http.StatusMethodNotAllowed {
			return fmt.Errorf("answered %d on the other listener", w.Code)
		}
		return nil
	}
	input := &openapi3filter.RequestValidationInput{Request: s.request, PathParams: s.path, Route: route}
	response := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: w.Code, Header: w.Header(),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, ExcludeResponseBody: slices.Contains([]string{linesType, "application/yaml"}, w.Header().Get("Content-Type"))},
	}
	response.SetBodyBytes(body)
	if err := openapi3filter.ValidateResponse(context.Background(), response); err != nil {
		return fmt.Errorf("not as described: %w", err)
	}
	if w.Code >= 300 || s.request.Method != s.what.method {
		return nil
	}
	// What is taken is what the document allows.
	again := s.request.Clone(context.Background())
	again.Body, input.Request = http.NoBody, again
	if s.body != "" {
		input.Request, _ = http.NewRequest(again.Method, again.URL.String(), strings.NewReader(s.body))
		input.Request.Header = again.Header
	}
	input.Options = &openapi3filter.Options{ExcludeRequestBody: again.Header.Get("Content-Type") == linesType}
	err := openapi3filter.ValidateRequest(context.Background(), input)
	if err != nil && strings.Contains(err.Error(), "Value is not nullable") && (s.what.OperationID == "WriteFields" || s.what.OperationID == "Correct") {
		err = nil // what a value may be says the catalog: the gate's to see
	}
	if err != nil {
		return fmt.Errorf("taken, and not as described: %w", err)
	}
	return nil
}

// fail tells each kind of fault once.
func (f *fuzzed) fail(n int, s *sending, w *httptest.ResponseRecorder, wrong error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	kind := fmt.Sprintf("%s: %.60v", s.what.OperationID, wrong)
	if f.wrong[kind] || len(f.wrong) > 20 {
		return
	}
	f.wrong[kind] = true
	f.Errorf("request %d, %s: %v\nas %q: %s %s %v\n%.2000s\nanswered %d %v\n%.2000s", n, s.what.OperationID, wrong, s.as, s.request.Method, s.request.URL, s.request.Header, s.body, w.Code, w.Header(), w.Body)
}

// missed are the operations that were not taken, or not refused in each way that a sender can
// bring about, and what is missing of each.
func (f *fuzzed) missed(except ...string) (operations []*described, missing []string) {
	miss := func(d *described, text string) { operations, missing = append(operations, d), append(missing, text) }
	for _, d := range f.all {
		got := f.counts[d.OperationID]
		taken := 0
		for status, n := range got {
			if status < 300 {
				taken += n
			}
		}
		if taken == 0 && !slices.Contains(except, d.OperationID) {
			miss(d, fmt.Sprintf("%s was never taken: %v", d.OperationID, got))
		}
		for _, status := range []int{400, 401, 404, 413, 415, 422} {
			if d.Responses.Value(strconv.Itoa(status)) != nil && got[status] == 0 && !slices.Contains(except, fmt.Sprint(d.OperationID, " ", status)) {
				miss(d, fmt.Sprintf("%s was never answered %d: %v", d.OperationID, status, got))
			}
		}
	}
	return operations, missing
}

// wholeGrants are a person's yes, and one with the clinic's help.
func wholeGrants(t *testing.T, s *stage, person *wallet.Identity) map[string]any {
	t.Helper()
	id, key := person.ID(), s.signer("clinic").Key.Public()
	own, err := consent.WriterKeyOf(key)
	ok(t, err)
	read := func(text string) (v any) {
		ok(t, json.Unmarshal([]byte(text), &v))
		return v
	}
	helped := strings.Replace(yesWithHelp(newActor()), `"institution":"`+hash, `"institution":"`+clinic.ID.String(), 1)
	helped = strings.Replace(helped, `"key":"`+strings.Repeat("A", 86)+"==", `"key":"`+base64.StdEncoding.EncodeToString(own[:]), 1)
	return map[string]any{"Give": read(yes(newActor())), "GiveAssisted": read(strings.Replace(helped, `"identity":"`+hash, `"identity":"`+hexOf(id[:]), 1))}
}

// What the document describes, and what it does not, is answered as it says. Here the gate
// takes everything, so that what is on the way to it and back is reached.
func TestEveryAnswerIsAsDescribed(t *testing.T) {
	seed, count := faults.Seed(t), faults.Count(t, 50_000, 2_000_000)
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		f := newFuzzed(t, s)
		s.gate.released, _ = newWorld(t).release()
		person := enrolledPerson(s)
		fresh := newActor()
		m := f.maker(seed, 0, person, []string{fresh.grant.ID.String()}, []string{fresh.request.ID().String()})
		m.whole = wholeGrants(t, s, person)
		var page, helper *pageReader
		proofs := 0
		one := func(n int, d *described) {
			s.gate.grant, s.gate.request, s.gate.fail = fresh.grant, fresh.request, nil
			if m.chance(40) {
				s.gate.fail = pick[error](m, consent.ErrUnavailable, consent.ErrStaleView)
			}
			made := m.send(d)
			if made.request.Header.Get("Wrappy-Session") != "" && !m.chance(8) {
				if proofs%200 == 0 {
					s.gate.fail = nil
					page, helper = s.session(person), s.assistSession(&wallet.Assistant{Identity: person.ID(), Key: person.Seed.Session()}, consent.RequestID{})
				}
				proofs++
				in := page
				if assisted[d.OperationID] {
					in = helper
				}
				for name, value := range in.headers(made.request.Method, made.request.RequestURI) {
					made.request.Header[name] = value
				}
			}
			if answered, wrong := f.answer(made); wrong != nil {
				f.fail(n, made, answered, wrong)
			}
			s.gate.calls = nil
		}
		n := 0
		for ; n < count && len(f.wrong) < 20; n++ {
			one(n, f.all[m.IntN(len(f.all))])
		}
		missed := func() ([]*described, []string) {
			return f.missed("Export", "Import", "OpenSession", "Import 422", "OpenAssistSession", // what they take is signed by a person: TestNothingIsReplayed
				"Show 422") // more than one release carries
		}
		rare, missing := missed()
		for ; len(rare) > 0 && n < 2*count; n++ { // what chance has left out
			one(n, rare[m.IntN(len(rare))])
			rare, missing = missed()
		}
		for _, text := range missing {
			t.Error(text)
		}
		if strings.Contains(s.logged.text(), mark) {
			t.Error("what was sent is in the log")
		}
	})
}
