package vault

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/faults"
	"github.com/wrapious/wrappy/wallet"
)

func TestCreateRequestDenies(t *testing.T) {
	tests := []struct {
		name   string
		change func(w *world, r *consent.Request)
		want   error
	}{
		{"another institution's", func(w *world, r *consent.Request) { r.Institution = w.clinic.ID }, consent.ErrGrant},
		{"unknown version", func(w *world, r *consent.Request) { r.Version = 2 }, consent.ErrGrant},
		{"no field", func(w *world, r *consent.Request) { r.Fields = nil }, consent.ErrGrant},
		{"a pattern", func(w *world, r *consent.Request) { r.Fields = []consent.FieldName{"health.*"} }, consent.ErrGrant},
		{"fields not sorted", func(w *world, r *consent.Request) { r.Fields = []consent.FieldName{"identity.name", "contact.phone"} }, consent.ErrGrant},
		{"no action", func(w *world, r *consent.Request) { r.Actions = 0 }, consent.ErrGrant},
		{"no notice", func(w *world, r *consent.Request) { r.Notices = nil }, consent.ErrGrant},
		{"empty notice", func(w *world, r *consent.Request) { r.Notices[0].Text = "" }, consent.ErrGrant},
		{"no purpose", func(w *world, r *consent.Request) { r.Purpose = "" }, consent.ErrGrant},
		{"over a year", func(w *world, r *consent.Request) { r.Expires += 400 * consent.Day }, consent.ErrGrant},
		{"ends before it begins", func(w *world, r *consent.Request) { r.NotBefore = r.Expires }, consent.ErrGrant},
		{"ended", func(w *world, r *consent.Request) {
			r.NotBefore -= 50 * consent.Day
			r.Expires -= 40 * consent.Day
			r.AnswerBy = r.Expires - 1
		}, consent.ErrGrant},
		{"answer by passed", func(w *world, r *consent.Request) { r.AnswerBy = w.unix() }, consent.ErrGrant},
		{"answer by after its end", func(w *world, r *consent.Request) { r.AnswerBy = r.Expires + 1 }, consent.ErrGrant},
		{"field that no catalog has", func(w *world, r *consent.Request) { r.Fields = []consent.FieldName{"work.shoe_size"} }, &Denial{}},
		{"purpose that no bundle has", func(w *world, r *consent.Request) {
			w.decider.decide = func(consent.Question) (consent.Decision, error) {
				return consent.Decision{Reasons: []consent.Reason{consent.ReasonUnknownPurpose}}, nil
			}
		}, &Denial{}},
		{"more than policy permits", func(w *world, r *consent.Request) {
			w.decider.decide = func(q consent.Question) (consent.Decision, error) {
				return consent.Decision{Permitted: q.Fields[1:]}, nil
			}
		}, &Denial{}},
		{"writing that policy does not permit", func(w *world, r *consent.Request) {
			w.decider.decide = func(q consent.Question) (consent.Decision, error) {
				if q.Action == consent.Write {
					return consent.Decision{}, nil
				}
				return consent.Decision{Permitted: q.Fields}, nil
			}
		}, &Denial{}},
		{"suspended", func(w *world, r *consent.Request) {
			w.ledger.change(w.hospital.ID, func(i *consent.Institution) { i.Suspended = true })
		}, &Denial{}},
		{"not attested", func(w *world, r *consent.Request) {
			w.ledger.change(w.hospital.ID, func(i *consent.Institution) { i.Attested = false })
		}, &Denial{}},
		{"unknown institution", func(w *world, r *consent.Request) { delete(w.ledger.institutions, w.hospital.ID) }, consent.ErrUnknownInstitution},
		{"policy fails", func(w *world, r *consent.Request) {
			w.decider.decide = func(consent.Question) (consent.Decision, error) { return consent.Decision{}, errBroken }
		}, consent.ErrUnavailable},
		{"view too old", func(w *world, r *consent.Request) { w.ledger.age = time.Hour }, consent.ErrStaleView},
		{"store fails", func(w *world, r *consent.Request) { w.failOn("put", roomRequest) }, consent.ErrUnavailable},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			r := w.draft()
			test.change(w, &r)
			_, err := w.gate.CreateRequest(t.Context(), w.hospital, r, "")
			if isDenial(test.want) && !isDenial(err) || !isDenial(test.want) && !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if len(w.heads.names(roomRequest)) != 0 {
				t.Error("stored")
			}
		})
	}
}

func TestCreateRequestAgain(t *testing.T) {
	w := newWorld(t)
	r := w.draft()
	first, err := w.gate.CreateRequest(t.Context(), w.hospital, r, "key")
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.newGate().CreateRequest(t.Context(), w.hospital, r, "key")
	if err != nil || again != first {
		t.Errorf("again: %v", err)
	}
	other := w.draft(func(r *consent.Request) { r.RetentionDays++ })
	if _, err := w.gate.CreateRequest(t.Context(), w.hospital, other, "key"); !errors.Is(err, ErrIdempotencyReuse) {
		t.Errorf("another body: %v", err)
	}
	if id, err := w.gate.CreateRequest(t.Context(), w.clinic, r, "key"); err != nil || id == first {
		t.Errorf("another institution's key: %v", err)
	}
	if id, err := w.gate.CreateRequest(t.Context(), w.hospital, r, ""); err != nil || id == first {
		t.Errorf("without a key, a request of its own: %v", err)
	}
	if _, err := w.gate.CreateRequest(t.Context(), w.hospital, r, "a\nb"); !errors.Is(err, ErrCall) {
		t.Errorf("a key of two lines: %v", err)
	}
	end, err := w.gate.inTurn(t.Context(), w.gate.idempotent(w.hospital.ID, opRequest, "under way"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.gate.CreateRequest(ctx, w.hospital, r, "under way"); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("beside another under the same key: %v", err)
	}
	end()
	// One that its institution would not find in its list is not there yet.
	w.failOn("put", roomAsked)
	if _, err := w.gate.CreateRequest(t.Context(), w.hospital, r, "listed"); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("not listed: %v", err)
	}
	w.heads.setFault(nil)
	id, err := w.gate.CreateRequest(t.Context(), w.hospital, r, "listed")
	if err != nil {
		t.Fatal(err)
	}
	page, _, err := w.gate.RequestsOf(t.Context(), w.hospital, "", 10)
	if err != nil || len(page) != 3 || !slices.ContainsFunc(page, func(a AskedRequest) bool { return a.ID == id }) {
		t.Errorf("%d requests, %v", len(page), err)
	}
}

func TestRequestStatus(t *testing.T) {
	give := func(w *world, r *consent.Request) SignedGrant {
		w.enrol(w.person)
		s := w.answer(r, wallet.Choice{})
		if _, err := w.gate.Grant(w.t.Context(), s); err != nil {
			w.t.Fatal(err)
		}
		return s
	}
	for want, change := range map[consent.Status]func(w *world, r *consent.Request){
		consent.StatusRequested: func(*world, *consent.Request) {},
		consent.StatusGiven:     func(w *world, r *consent.Request) { give(w, r) },
		consent.StatusWithdrawn: func(w *world, r *consent.Request) { w.withdraw(give(w, r)) },
		consent.StatusExpired:   func(w *world, r *consent.Request) { w.pass(25 * time.Hour) },
		consent.StatusRevoked: func(w *world, r *consent.Request) {
			s := give(w, r)
			w.ledger.set(s.Act.ID, func(g *consent.GrantState) { g.Status = consent.StatusRevoked })
			_, _ = w.release(s)
		},
	} {
		w := newWorld(t)
		r := w.request(w.hospital)
		change(w, r)
		_, status, err := w.gate.Request(t.Context(), r.ID())
		if err != nil || status.Status != want {
			t.Errorf("status %v, want %v; %v", status.Status, want, err)
		}
		if _, err := w.gate.RequestOf(t.Context(), w.clinic, r.ID()); !errors.Is(err, consent.ErrNotFound) {
			t.Errorf("another institution: %v", err)
		}
	}
	w := newWorld(t)
	s := w.grant()
	w.pass(31 * 24 * time.Hour)
	if _, status, err := w.gate.Request(t.Context(), s.Grant.Request); err != nil || status.Status != consent.StatusExpired {
		t.Errorf("after the grant's end: %v, %v", status.Status, err)
	}
	if _, _, err := w.gate.Request(t.Context(), consent.RequestID{1}); !errors.Is(err, consent.ErrNotFound) {
		t.Errorf("absent: %v", err)
	}
	name := w.heads.only(t, roomRequest)
	forged := storedRequest{Version: 1, Request: *w.request(w.clinic), Created: 1}
	data, err := seal(w.gate.headSealer, label(roomRequest, name), forged)
	if err != nil {
		t.Fatal(err)
	}
	genuine := w.heads.take(name)
	w.heads.plant(name, data)
	if _, _, err := w.gate.Request(t.Context(), s.Grant.Request); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("another request sealed in its place: %v", err)
	}
	w.heads.plant(name, genuine)
	other := w.request(w.hospital).ID()
	w.heads.plant(name, w.heads.take(w.gate.name(roomRequest, other[:])))
	if _, _, err := w.gate.Request(t.Context(), s.Grant.Request); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("another request in its place: %v", err)
	}
	none := *w.request(w.hospital)
	none.Fields = nil
	id := none.ID()
	name = w.gate.name(roomRequest, id[:])
	if data, err = seal(w.gate.headSealer, label(roomRequest, name), storedRequest{Version: 1, Request: none, Created: 1}); err != nil {
		t.Fatal(err)
	}
	w.heads.plant(name, data)
	if _, _, err := w.gate.Request(t.Context(), id); !errors.Is(err, consent.ErrUnavailable) {
		t.Errorf("a request for nothing: %v", err)
	}
}

// What has become of a request is told as it is, or not at all.
func TestRequestStatusUnavailable(t *testing.T) {
	w := newWorld(t)
	given, gone := w.grant(), w.grant()
	w.withdraw(gone)
	refused := w.request(w.hospital)
	no, sig := w.person.Refuse(w.domain, refused.ID(), w.time())
	if err := w.gate.Refuse(t.Context(), no, sig); err != nil {
		t.Fatal(err)
	}
	for name, id := range map[string]consent.RequestID{"given": given.Grant.Request, "withdrawn": gone.Grant.Request, "refused": refused.ID(), "requested": w.request(w.hospital).ID()} {
		w.eachReadFails(name, func(g *Gate) (any, error) {
			_, status, err := g.Request(t.Context(), id)
			return status, err
		})
		w.eachReadFails(name+", of one's own", func(g *Gate) (any, error) { return g.RequestOf(t.Context(), w.hospital, id) })
	}
	w.eachReadFails("all", func(g *Gate) (any, error) {
		page, next, err := g.RequestsOf(t.Context(), w.hospital, "", 10)
		if err == nil && (len(page) != 4 || next != "") {
			err = errBroken
		}
		return page, err
	})
}

// An entry of the list that leads to no request of the institution's own, as a store that was put back can have it,
// keeps none of the others back.
func TestRequestsOfWhatIsNotThere(t *testing.T) {
	w := newWorld(t)
	lost, foreign, own := w.request(w.hospital).ID(), w.request(w.clinic).ID(), w.request(w.hospital).ID()
	w.heads.drop(w.gate.name(roomRequest, lost[:]))
	if err := w.gate.index(t.Context(), roomAsked, w.hospital.ID, foreign); err != nil {
		t.Fatal(err)
	}
	page, _, err := w.gate.RequestsOf(t.Context(), w.hospital, "", 10)
	if err != nil || len(page) != 1 || page[0].ID != own {
		t.Errorf("%d requests, %v", len(page), err)
	}
}

func TestPages(t *testing.T) {
	w := newWorld(t)
	for range 7 {
		w.grant()
	}
	seen := map[consent.RequestID]bool{}
	cursor, pages := "", 0
	for {
		page, next, err := w.gate.RequestsOf(t.Context(), w.hospital, cursor, 3)
		if err != nil || len(page) > 3 {
			t.Fatal(err)
		}
		for _, r := range page {
			seen[r.ID] = true
		}
		if pages++; next == "" {
			break
		}
		cursor = next
	}
	if len(seen) != 7 || pages != 3 {
		t.Errorf("%d requests on %d pages", len(seen), pages)
	}
	for _, bad := range []struct {
		cursor string
		limit  int
	}{{"x", 3}, {"", 0}, {"", 201}, {"../../head", 3}, {string(make([]byte, 64)), 3}, {strings.Repeat("0", 63), 3}, {strings.Repeat("f", 65), 3}} {
		if _, _, err := w.gate.GrantsHeld(t.Context(), w.hospital, bad.cursor, bad.limit); !errors.Is(err, ErrCall) {
			t.Errorf("%q, %d: %v", bad.cursor, bad.limit, err)
		}
	}
	if _, _, err := w.gate.GrantsOf(t.Context(), newPerson().ID(), "", 3); !errors.Is(err, consent.ErrUnknownIdentity) {
		t.Errorf("nobody's grants: %v", err)
	}
}

// What is there throughout a walk is listed once, however much comes between its pages.
func TestPagesAreStable(t *testing.T) {
	w := newWorld(t)
	there := map[consent.RequestID]bool{}
	for range 8 {
		there[w.request(w.hospital).ID()] = true
	}
	seen := map[consent.RequestID]int{}
	for cursor := ""; ; {
		page, next, err := w.gate.RequestsOf(t.Context(), w.hospital, cursor, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page {
			seen[r.ID]++
		}
		if next == "" || len(seen) > 200 {
			break
		}
		cursor = next
		w.request(w.hospital)
	}
	for id := range there {
		if seen[id] != 1 {
			t.Errorf("%s listed %d times", id, seen[id])
		}
	}
	for id, times := range seen {
		if times > 1 {
			t.Errorf("%s listed %d times", id, times)
		}
	}
}

// What is deleted while a page is read is left out. What is absent and listed still is in a store that is behind.
func TestPagesOverWhatIsGone(t *testing.T) {
	w := newWorld(t)
	w.grant()
	w.grant()
	name := w.heads.names(roomOwn)[0]
	for _, c := range []struct {
		name string
		plan func(op, of string) faults.Fault
		want error
	}{
		{"absent and listed", func(op, of string) (f faults.Fault) {
			if op == faults.Get && of == name {
				f.Before = ErrAbsent
			}
			return f
		}, consent.ErrUnavailable},
		{"absent, and nobody knows whether it is listed", func(op, of string) (f faults.Fault) {
			if op == faults.Get && of == name {
				f.Before = ErrAbsent
			} else if op == faults.List && of == name {
				f.Before = errStore
			}
			return f
		}, consent.ErrUnavailable},
		{"deleted meanwhile", func(op, of string) faults.Fault {
			if op == faults.Get && of == name {
				w.heads.drop(name)
			}
			return faults.Fault{}
		}, nil},
	} {
		w.heads.Plan(c.plan)
		page, _, err := w.gate.GrantsOf(t.Context(), w.person.ID(), "", 10)
		if !errors.Is(err, c.want) || (len(page) == 1) != (err == nil) {
			t.Errorf("%s: %d listed, %v", c.name, len(page), err)
		}
	}
}
