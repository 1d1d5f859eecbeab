package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/api/strict"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/wallet"
)

func (w *world) exportBody(person *wallet.Identity, change func(map[string]any)) string {
	o, sig := person.Export(w.ledger, "vault.example/log", nil, w.now)
	call := map[string]any{"identity": o.Identity, "time": o.Time, "signature": sig}
	if change != nil {
		change(call)
	}
	return string(mustJSON(call))
}

// importBody is the order and the file.
func (w *world) importBody(person *wallet.Identity, file []byte, partial bool, change func(map[string]any)) string {
	w.Helper()
	r, err := proof.NewExportReader(bytes.NewReader(file))
	var digest consent.Digest
	for err == nil {
		_, err = r.Next()
	}
	if errors.Is(err, io.EOF) {
		digest = r.Digest()
	}
	o, sig := person.Import(w.ledger, "vault.example/log", digest, partial, w.now)
	order := map[string]any{"identity": o.Identity, "file": o.File, "partial": o.Partial, "time": o.Time, "signature": sig}
	if change != nil {
		change(order)
	}
	return string(mustJSON(map[string]any{"import": order})) + "\n" + string(file)
}

func (r *pageReader) bring(body string) (int, []byte) {
	h := r.headers(http.MethodPost, "/v1/person/imports")
	h.Set("Content-Type", linesType)
	w := r.s.handle(http.MethodPost, "/v1/person/imports", body, h)
	return w.Code, w.Body.Bytes()
}

// Everything leaves one vault in its one spelling, signed, and comes in at another.
func TestMoving(t *testing.T) {
	w := newWorld(t)
	_, person := w.release()
	page := w.session(person)
	answer := page.post("/v1/person/exports", w.exportBody(person, nil))
	status(t, http.StatusOK, answer.Code, answer.Body.Bytes())
	if got := answer.Header().Get("Content-Type"); got != linesType {
		t.Errorf("type %s", got)
	}
	file := answer.Body.Bytes()
	r, err := proof.NewExportReader(bytes.NewReader(file))
	ok(t, err)
	kinds := ""
	for {
		item, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		ok(t, err)
		switch {
		case item.Grant != nil:
			kinds += "g"
			if !(consent.Binding{Identity: person.ID(), Opening: item.Grant.BindingOpening}).Opens(item.Grant.Document.Document()) {
				t.Error("the grant's salt does not open")
			}
		case item.Value != nil:
			kinds += "v"
			if len(item.Value.Signatures) != 1 || len(item.Value.Signatures[0].Key) != 64 || item.Value.Writer != clinic.ID {
				t.Errorf("%+v", item.Value.Signatures)
			}
		}
	}
	ok(t, proof.Log{Origin: "vault.example/log", Key: w.log}.VerifyExport(r))
	if kinds != "gv" {
		t.Errorf("lines: %s", kinds)
	}

	// the same vault has it all
	code, body := page.bring(w.importBody(person, file, false, nil))
	status(t, http.StatusOK, code, body)
	var done openapi.Imported
	ok(t, json.Unmarshal(body, &done))
	if len(done.Values) != 1 || done.Values[0].Outcome != "here" || len(done.Stored) != 0 || done.Proof != nil {
		t.Errorf("%+v", done)
	}

	// another one takes it
	other := newWorld(t)
	other.chain.states, other.chain.roots, other.register.byKey = w.chain.states, w.chain.roots, w.register.byKey
	enrolBody := enrolBody(other, person)
	enrolment, err := enrolCall(&enrolBody)
	ok(t, err)
	ok(t, other.vault.Enrol(t.Context(), enrolment))
	there := other.session(person)
	code, body = there.bring(other.importBody(person, file, false, nil))
	status(t, http.StatusOK, code, body)
	done = openapi.Imported{}
	ok(t, json.Unmarshal(body, &done))
	if len(done.Values) != 1 || done.Values[0].Outcome != "taken" || len(done.Stored) != 1 || done.Proof == nil {
		t.Errorf("%+v", done)
	}
	for _, c := range []struct {
		name, body string
		status     int
		problem    string
	}{
		{"no order", string(file), http.StatusBadRequest, "json-unknown"},
		{"nothing", "", http.StatusBadRequest, "json-syntax"},
		{"order alone", strings.SplitAfter(other.importBody(person, file, false, nil), "\n")[0], http.StatusUnprocessableEntity, "invalid-value"},
		{"an order without an end", strings.Repeat("x", maxOrder+1), http.StatusBadRequest, "json-syntax"},
		{"no export", other.importBody(person, []byte("{}\n"), false, nil), http.StatusUnprocessableEntity, "invalid-value"},
		{"cut short", other.importBody(person, file[:len(file)-10], false, nil), http.StatusUnprocessableEntity, "invalid-value"},
		{"a value changed", other.importBody(person, bytes.Replace(file, []byte(`"1990"`), []byte(`"1991"`), 1), false, nil), http.StatusUnprocessableEntity, "invalid-value"},
		{"another file than signed", other.importBody(person, file, false, func(o map[string]any) { o["file"] = hash }), http.StatusForbidden, "signature"},
		{"in part, signed for the whole", other.importBody(person, file, false, func(o map[string]any) { o["partial"] = true }), http.StatusForbidden, "signature"},
		{"somebody else's order", other.importBody(wallet.NewIdentity(), file, false, nil), http.StatusForbidden, "signature"},
		{"malformed digest", other.importBody(person, file, false, func(o map[string]any) { o["file"] = "0x1" }), http.StatusUnprocessableEntity, "invalid-value"},
	} {
		if code, body := there.bring(c.body); code != c.status || !strings.Contains(string(body), typePrefix+c.problem+`"`) {
			t.Errorf("%s: %d %s", c.name, code, body)
		}
	}
	if w := other.handle(http.MethodPost, "/v1/person/imports", "x", http.Header{"Content-Type": {linesType}}); w.Code != http.StatusUnauthorized {
		t.Errorf("without a session: %d", w.Code)
	}
	if w := there.post("/v1/person/imports", "{}"); w.Code != http.StatusUnsupportedMediaType {
		t.Errorf("as JSON: %d", w.Code)
	}
}

// A vault that makes something up: nothing comes in, and each value is named.
func TestImportRefused(t *testing.T) {
	w := newWorld(t)
	_, person := w.release()
	page := w.session(person)
	file := page.post("/v1/person/exports", w.exportBody(person, nil)).Body.Bytes()
	forged := forge(t, file, func(item proof.Item) {
		if item.Value != nil {
			item.Value.Value = []byte(`"1991"`)
		}
	})
	code, body := page.bring(w.importBody(person, forged, false, nil))
	var p openapi.Problem
	ok(t, json.Unmarshal(body, &p))
	if code != http.StatusUnprocessableEntity || p.Type != typePrefix+"import-refused" || p.Refused == nil || len(*p.Refused) != 1 || *(*p.Refused)[0].Reason != "bad_signature" {
		t.Errorf("%d %s", code, body)
	}
	if strings.Contains(string(body)+w.logged.text(), "1991") {
		t.Error("the value is repeated")
	}
	code, body = page.bring(w.importBody(person, forged, true, nil))
	status(t, http.StatusOK, code, body)
}

// forge writes an export anew with its lines changed, as a vault that lies would.
func forge(t *testing.T, file []byte, change func(proof.Item)) []byte {
	t.Helper()
	r, err := proof.NewExportReader(bytes.NewReader(file))
	ok(t, err)
	var out bytes.Buffer
	w, err := proof.NewExportWriter(&out, r.Head)
	ok(t, err)
	for {
		item, err := r.Next()
		if errors.Is(err, io.EOF) {
			ok(t, w.End(0, func(consent.Digest) []byte { return make([]byte, 64) }))
			return out.Bytes()
		}
		ok(t, err)
		change(item)
		switch {
		case item.Facts != nil:
			ok(t, w.Facts(*item.Facts))
		case item.Grant != nil:
			ok(t, w.Grant(*item.Grant))
		case item.Value != nil:
			ok(t, w.Value(*item.Value))
		}
	}
}

func TestExportRefused(t *testing.T) {
	w := newWorld(t)
	_, person := w.release()
	page := w.session(person)
	for _, c := range []struct {
		name   string
		change func(map[string]any)
		status int
	}{
		{"fields that were not signed", func(c map[string]any) { c["fields"] = []string{"identity.name"} }, http.StatusForbidden},
		{"not sorted", func(c map[string]any) { c["fields"] = []string{"identity.name", "health.allergy"} }, http.StatusUnprocessableEntity},
		{"another identity", func(c map[string]any) { c["identity"] = wallet.NewIdentity().ID() }, http.StatusForbidden},
		{"an old time", func(c map[string]any) { c["time"] = 1 }, http.StatusForbidden},
		{"no signature", func(c map[string]any) { delete(c, "signature") }, http.StatusBadRequest},
	} {
		if a := page.post("/v1/person/exports", w.exportBody(person, c.change)); a.Code != c.status || strings.Contains(a.Body.String(), "1990") {
			t.Errorf("%s: %d %s", c.name, a.Code, a.Body)
		}
	}
	for range maxMoving {
		_, err := w.api.moving.take(t.Context(), consent.InstitutionID(wallet.NewIdentity().ID()))
		ok(t, err)
	}
	if a := page.post("/v1/person/exports", w.exportBody(person, nil)); a.Code != http.StatusServiceUnavailable {
		t.Errorf("beyond the turns: %d", a.Code)
	}
}

// What broke is told as a document that ends too soon: the connection's own error holds an address, and would be logged.
func TestBrokenLongBody(t *testing.T) {
	var syntax *strict.Error
	var large *http.MaxBytesError
	for name, c := range map[string]struct {
		err  error
		want func(error) bool
	}{
		"a reset":       {errors.New("read tcp 192.0.2.7:443->192.0.2.1:9: connection reset by peer"), func(err error) bool { return errors.As(err, &syntax) && !strings.Contains(err.Error(), "192.0.2.1") }},
		"out of time":   {os.ErrDeadlineExceeded, func(err error) bool { return errors.As(err, &syntax) }},
		"its end":       {io.EOF, func(err error) bool { return errors.Is(err, io.EOF) }},
		"beyond bounds": {&http.MaxBytesError{Limit: 1}, func(err error) bool { return errors.As(err, &large) }},
	} {
		body := patientBody{io.NopCloser(iotest.ErrReader(c.err)), patience(httptest.NewRecorder())}
		if _, err := body.Read(make([]byte, 1)); !c.want(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// One byte now and then does not hold a turn for ever.
func TestPatienceEnds(t *testing.T) {
	p := patience(httptest.NewRecorder())
	if left := time.Until(p.deadline()); left <= 0 || left > pieceWait {
		t.Errorf("at the beginning a piece has %v", left)
	}
	p.until = time.Now().Add(time.Second)
	if left := time.Until(p.deadline()); left > time.Second {
		t.Errorf("a second before the end a piece has %v", left)
	}
}
