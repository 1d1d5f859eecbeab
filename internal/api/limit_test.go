package api

import (
	"crypto/ecdsa"
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
)

func TestInstitutionRate(t *testing.T) {
	for _, c := range []struct {
		name   string
		rate   Rate
		change func(*consent.Institution)
		burst  int
		retry  string
	}{
		{"standing", Rate{PerSecond: 100, Burst: 300}, func(*consent.Institution) {}, 300, "1"},
		{"standing, by default", Rate{}, func(*consent.Institution) {}, 10_000, "1"},
		{"not attested", Rate{}, func(i *consent.Institution) { i.Attested = false }, 20, "10"},
		{"suspended", Rate{PerSecond: 100, Burst: 300}, func(i *consent.Institution) { i.Suspended = true }, 20, "10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			cfg := s.api.cfg
			cfg.InstitutionRate, cfg.Log = c.rate, nil
			var err error
			s.api, err = New(cfg)
			ok(t, err)
			s.join("subject", c.change)
			s.join("other", func(*consent.Institution) {})
			who := s.register.byKey[KeyHash(s.certificates["subject"].Leaf)]
			for range c.burst - 2 {
				ok(t, s.api.paced(who))
			}
			for i, want := range []int{200, 200, 429, 429} {
				w := s.asInstitution("subject", http.MethodGet, "/v1/me", "")
				if w.Code != want || want == 429 && w.Header().Get("Retry-After") != c.retry {
					t.Errorf("%d: %d %v", i, w.Code, w.Header())
				}
			}
			if w := s.asInstitution("other", http.MethodGet, "/v1/me", ""); w.Code != http.StatusOK {
				t.Errorf("another one: %d", w.Code)
			}
			s.now = s.now.Add(time.Second)
			if w := s.asInstitution("subject", http.MethodGet, "/v1/me", ""); w.Code != http.StatusOK {
				t.Errorf("a second later: %d", w.Code)
			}
		})
	}
}

// A nonce costs a call of the ledger's node: it is asked for at the pace of acts.
func TestNoncesAreAskedSlowly(t *testing.T) {
	s := newStage(t)
	s.api.limiter = newLimiter[netip.Prefix](Rate{PerSecond: 1, Burst: 2})
	path := "/v1/institutions/" + clinic.ID.String() + "/nonce?actor=" + clinic.ID.String()
	for i, want := range []int{200, 200, 429} {
		if w := s.handle(http.MethodGet, path, "", nil); w.Code != want {
			t.Errorf("%d: %d", i, w.Code)
		}
	}
	if w := s.asInstitution("clinic", http.MethodGet, path, ""); w.Code != http.StatusTooManyRequests {
		t.Errorf("on the other listener: %d", w.Code)
	}
}

// quickest of several tries, so that what else the machine does is left out.
func quickest(do func(i int)) time.Duration {
	least := time.Hour
	for i := range 20 {
		begun := time.Now()
		do(i)
		least = min(least, time.Since(begun))
	}
	return least
}

// Everybody waits for a newcomer's turn: it must not look at all others.
func TestNewcomersAreQuickWhenFull(t *testing.T) {
	l := newLimiter[int](defaultPublicRate)
	for i := range maxSenders + 1 {
		l.allow(i, noon)
	}
	if took := quickest(func(i int) { l.allow(maxSenders+1+i, noon) }); took > 200*time.Microsecond {
		t.Errorf("%v each", took)
	}
	l.allow(-1, noon.Add(time.Minute))
	if len(l.buckets) != 1 {
		t.Errorf("%d buckets after all have refilled", len(l.buckets))
	}
}

func TestOpeningIsQuickWhenManyAreOpen(t *testing.T) {
	now := noon
	s, err := newSessions(nil, consent.Domain{}, "", nil, func() time.Time { return now })
	ok(t, err)
	open := func(id consent.IdentityID) {
		nonce, ends := s.nonce()
		_, err := s.keep(nonce, ends, &session{identity: id, proofKey: &ecdsa.PublicKey{}, opened: now, expires: now.Add(sessionLife)})
		ok(t, err)
	}
	for i := range maxSessions - 100 {
		open(consent.IdentityID{byte(i), byte(i >> 8), byte(i >> 16), 1})
	}
	if took := quickest(func(i int) { open(consent.IdentityID{byte(i)}) }); took > 500*time.Microsecond {
		t.Errorf("%v each", took)
	}
	now = now.Add(sessionLife)
	open(consent.IdentityID{1})
	if len(s.open) != 1 || len(s.of) != 1 {
		t.Errorf("%d sessions of %d people after all have ended", len(s.open), len(s.of))
	}
}

// The oldest by when it was opened goes, wherever it stands.
func TestTheOldestSessionGoes(t *testing.T) {
	s, err := newSessions(nil, consent.Domain{}, "", nil, func() time.Time { return noon })
	ok(t, err)
	who, kept := consent.IdentityID{1}, map[string]string{}
	for i, age := range []int{3, 9, 1, 4, 8, 2, 6, 7, 0, 5} {
		nonce, ends := s.nonce()
		id, err := s.keep(nonce, ends, &session{identity: who, opened: noon.Add(-time.Duration(age) * time.Second), expires: noon.Add(time.Minute)})
		ok(t, err)
		kept[strconv.Itoa(age)] = id
		if want := min(i+1, maxPerPerson); len(s.open) != want || len(s.of[who]) != want {
			t.Errorf("%d sessions, %d by person, want %d", len(s.open), len(s.of[who]), want)
		}
	}
	for age := range 10 {
		if _, there := s.open[kept[fmt.Sprint(age)]]; there == (age >= 8) {
			t.Errorf("age %d: %v", age, there)
		}
	}
}
