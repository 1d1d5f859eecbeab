package api

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/faults"
	"github.com/wrapious/wrappy/vault"
	"github.com/wrapious/wrappy/wallet"
)

// What a stranger asks about comes in classes, and no answer may tell them apart.
//
// Time is looked at by ranks. One round asks once about each class, in random order, over
// one connection; the k times of the round get ranks 1 to k. Without a leak every order is
// as likely as another, however noisy the machine: the sum of a class's ranks then has
// mean n(k+1)/2 and variance n(k²-1)/12, and z is its distance from the mean in standard
// deviations. |z| above threshold happens by chance once in 500 million classes; a leak of
// a millisecond stands far above it (TestPlantedLeakIsFound).
const threshold = 6

// ranks are the rank sums of classes.
type ranks map[string]*struct{ distance, variance float64 }

func (r ranks) add(round map[string]time.Duration) {
	k := float64(len(round))
	order := slices.SortedFunc(maps.Keys(round), func(a, b string) int { return int(round[a] - round[b]) })
	for i, class := range order {
		if r[class] == nil {
			r[class] = &struct{ distance, variance float64 }{}
		}
		r[class].distance += float64(i+1) - (k+1)/2
		r[class].variance += (k*k - 1) / 12
	}
}

func (r ranks) z(class string) float64 { return r[class].distance / math.Sqrt(r[class].variance) }

// worst is the class that stands out most.
func (r ranks) worst() (class string, z float64) {
	for c := range r {
		if math.Abs(r.z(c)) >= math.Abs(z) {
			class, z = c, r.z(c)
		}
	}
	return class, z
}

// remote is a store at some distance: what is there takes longer to arrive than that
// nothing is. Without the grid of time the looking below finds it.
type remote struct{ vault.Store }

func (r remote) Get(ctx context.Context, name string) ([]byte, string, error) {
	data, version, err := r.Store.Get(ctx, name)
	if err == nil {
		time.Sleep(time.Millisecond)
	}
	return data, version, err
}

// asked is one thing that a stranger can send, about one of several ids.
type asked struct {
	name, as string
	send     func(id string) (line, body string)
	ids      map[string]string // class → id
	status   int
}

// strangersWorld is a vault with the clinic's grants in every state, and what the agency,
// which none of them names, and anybody on the public listener can send about them.
func strangersWorld(t *testing.T) (*world, []asked) {
	w := newWorld(t, func(s vault.Store) vault.Store { return remote{s} })
	w.certificates["agency"] = *made(w.stage, noChange, p256())
	w.register.byKey[KeyHash(w.certificates["agency"].Leaf)] = agency
	anew := func(r *consent.Request) { r.Salt = consent.Salt{} }
	w.now = noon.AddDate(0, 0, -60)
	_, expired := w.agreed(func(r *consent.Request) {
		anew(r)
		r.NotBefore, r.AnswerBy, r.Expires = uint64(w.now.Unix()), uint64(w.now.Unix())+60, uint64(w.now.Unix())/consent.Day*consent.Day+2*consent.Day
	})
	w.now = noon
	here, given := w.agreed(anew)
	_, withdrawn := w.agreed(anew)
	gone, erased := w.agreed(anew)
	w.chain.confirm()
	_, unconfirmed := w.agreed(anew)
	_, err := w.vault.Withdraw(t.Context(), withdrawn.Grant.ID(), withdrawn.Withdrawal)
	ok(t, err)
	e, sig := gone.Erase(w.ledger, w.api.cfg.Deployment.LogOrigin)
	_, err = w.vault.Erase(t.Context(), e, sig)
	ok(t, err)
	for want, g := range map[consent.Status]*wallet.SignedGrant{consent.StatusGiven: given, consent.StatusExpired: expired, consent.StatusRequested: unconfirmed} {
		if held, err := w.vault.Held(t.Context(), clinic, g.Grant.ID()); err != nil || held.Status != want {
			t.Fatalf("%s: %s, %v", want, held.Status, err)
		}
	}

	absent := "0x" + strings.Repeat("5a", 32)
	grants := map[string]string{"absent": absent, "none": "0x" + strings.Repeat("00", 32)}
	requests := maps.Clone(grants)
	for class, g := range map[string]*wallet.SignedGrant{"foreign": given, "withdrawn": withdrawn, "expired": expired, "erased": erased, "unconfirmed": unconfirmed} {
		grants[class], requests[class] = g.Grant.ID().String(), g.Grant.Request.String()
	}
	identities := map[string]string{"absent": absent}
	for class, p := range map[string]*wallet.Identity{"here": here, "erased": gone} {
		id := p.ID()
		identities[class] = hexOf(id[:])
	}
	malformed := func(ids map[string]string) map[string]string {
		ids = maps.Clone(ids)
		ids["malformed"] = absent[:65] + "g"
		return ids
	}
	now, deleted := strconv.FormatInt(w.now.Unix(), 10), base64.StdEncoding.EncodeToString(make([]byte, 64))
	all := []asked{
		{"grant", "agency", func(id string) (string, string) { return "GET /v1/grants/" + id, "" }, malformed(grants), 404},
		{"release", "agency", func(id string) (string, string) { return "POST /v1/grants/" + id + "/release", "{}" }, malformed(grants), 404},
		{"write", "agency", func(id string) (string, string) {
			return "POST /v1/grants/" + id + "/fields", `{"values":{"identity.birth_date":"1990-04-02"}}`
		}, malformed(grants), 404},
		{"deletion", "agency", func(id string) (string, string) { return "GET /v1/grants/" + id + "/deletion", "" }, malformed(grants), 404},
		{"attestation", "agency", func(id string) (string, string) {
			return "POST /v1/grants/" + id + "/deletion", `{"through_ms":1,"signature":"` + deleted + `"}`
		}, malformed(grants), 404},
		{"request", "agency", func(id string) (string, string) { return "GET /v1/requests/" + id, "" }, malformed(requests), 404},
		{"asked", "", func(id string) (string, string) { return "GET /v1/asked/" + id, "" }, malformed(map[string]string{"absent": absent, "none": grants["none"]}), 404},
		{"withdrawal", "", func(id string) (string, string) {
			return "POST /v1/person/withdrawals", `{"grant":"` + id + `","signature":"` + signature + `"}`
		}, grants, 403},
		{"refusal of", "", func(id string) (string, string) {
			return "POST /v1/person/refusals", `{"request":"` + id + `","identity":"` + absent + `","time":` + now + `,"signature":"` + signature + `"}`
		}, requests, 403},
	}
	acts := maps.Clone(actsOfPeople)
	acts["erasure"] = `{"identity":"` + hash + `","signature":"` + signature + `"}`
	delete(acts, "withdrawals") // of a grant, above
	for path, body := range acts {
		all = append(all, asked{path + " by", "", func(id string) (string, string) {
			return "POST /v1/person/" + path, strings.NewReplacer(`"identity":"`+hash, `"identity":"`+id, `"request":"`+hash, `"request":"`+requests["foreign"]).Replace(body)
		}, identities, 403})
	}
	return w, all
}

// wire is one connection of HTTP/1.1, on which every byte is seen. That it stays one is a
// part of what must not tell.
type wire struct {
	net.Conn
	read *bufio.Reader
}

func (s *stage) wire(as string, n int) *wire {
	s.Helper()
	config := &tls.Config{InsecureSkipVerify: true} //nolint:gosec // the server's certificate is not the subject
	if c, known := s.certificates[as]; known {
		config.Certificates = []tls.Certificate{c}
	}
	// Addresses of its own on the loopback network: the public listener counts them.
	dialer := &tls.Dialer{Config: config, NetDialer: &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 2, byte(n>>8), byte(n))}}}
	c, err := dialer.DialContext(s.Context(), "tcp", strings.TrimPrefix(s.base(as), "https://"))
	ok(s.T, err)
	s.Cleanup(func() { _ = c.Close() })
	return &wire{c, bufio.NewReader(c)}
}

var unequal = regexp.MustCompile(`(?m)^(Date|X-Request-Id): \S.*\r$`)

// ask sends once and reads the whole answer, without what differs between any two.
func (c *wire) ask(s *stage, one asked, id string) (answer string, took time.Duration, err error) {
	line, body := one.send(id)
	method, path, _ := strings.Cut(line, " ")
	text := method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n"
	if method == http.MethodPost {
		body = s.signed(one.as, path, jsonType, body)
		text += fmt.Sprintf("Content-Type: application/json\r\nIdempotency-Key: %032x\r\nContent-Length: %d\r\n", rand.Uint64(), len(body))
	}
	begun := time.Now()
	if _, err := io.WriteString(c, text+"\r\n"+body); err != nil {
		return "", 0, err
	}
	var got strings.Builder
	length := int64(0)
	for line := ""; line != "\r\n"; {
		if line, err = c.read.ReadString('\n'); err != nil {
			return got.String(), 0, err
		}
		_, _ = fmt.Sscanf(line, "Content-Length: %d", &length)
		got.WriteString(unequal.ReplaceAllString(line, "$1"))
	}
	_, err = io.CopyN(&got, c.read, length)
	return got.String(), time.Since(begun), err
}

// looks are what many rounds say: of the times, of each thing that can be asked and of all
// together, and of the bytes.
type looks struct {
	each     map[string]ranks
	together ranks
	answers  map[string]string
}

// look asks about every class in every round, many rounds at a time over connections of
// their own.
func (l *looks) look(w *world, all []asked, rounds int) {
	const connections = 12
	var mu sync.Mutex
	var working sync.WaitGroup
	work := make(chan asked)
	for n := range connections {
		working.Go(func() {
			open := map[string]*wire{}
			for one := range work {
				if open[one.as] == nil {
					open[one.as] = w.wire(one.as, n)
				}
				round := map[string]time.Duration{}
				classes := slices.Sorted(maps.Keys(one.ids))
				rand.Shuffle(len(classes), func(i, j int) { classes[i], classes[j] = classes[j], classes[i] })
				for _, class := range classes {
					answer, took, err := open[one.as].ask(w.stage, one, one.ids[class])
					if err != nil {
						w.Errorf("%s of %s: the connection ended: %v", one.name, class, err)
						return
					}
					round[class] = took
					mu.Lock()
					if l.answers[one.name] == "" {
						l.answers[one.name] = answer
					}
					if answer != l.answers[one.name] || !strings.HasPrefix(answer, "HTTP/1.1 "+strconv.Itoa(one.status)) {
						w.Errorf("%s of %s: want %d and one answer for all, got %s, elsewhere %s", one.name, class, one.status, answer, l.answers[one.name])
					}
					mu.Unlock()
				}
				mu.Lock()
				if l.each[one.name] == nil {
					l.each[one.name] = ranks{}
				}
				l.each[one.name].add(round)
				l.together.add(round)
				mu.Unlock()
			}
		})
	}
	for range rounds {
		for _, one := range all {
			work <- one
		}
	}
	close(work)
	working.Wait()
}

// Absent, foreign, withdrawn, expired, erased, unconfirmed and malformed are one answer to
// whoever a grant does not name: byte for byte with the order of headers, on a connection
// that stays, and in time.
func TestStrangersCannotTellByTime(t *testing.T) {
	w, all := strangersWorld(t)
	w.listen()
	l := looks{map[string]ranks{}, ranks{}, map[string]string{}}
	l.look(w, all, faults.Count(t, 12, 400))
	for name, r := range l.each {
		if class, z := r.worst(); math.Abs(z) > threshold {
			t.Errorf("%s: %s stands out by z = %.1f", name, class, z)
		}
	}
	class, z := l.together.worst()
	if math.Abs(z) > threshold {
		t.Errorf("over all: %s stands out by z = %.1f", class, z)
	}
	t.Logf("over all, the class that stands out most is %s, by z = %.1f", class, z)
}

// The same looking finds a millisecond: a handler that takes so much longer over one grant,
// after the grid.
func TestPlantedLeakIsFound(t *testing.T) {
	w, all := strangersWorld(t)
	foreign := all[0].ids["foreign"]
	w.listen(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, foreign) {
				time.Sleep(time.Millisecond)
			}
			next.ServeHTTP(rw, r)
		})
	})
	all = all[:5] // those with the grant in their path
	l := looks{map[string]ranks{}, ranks{}, map[string]string{}}
	rounds := 0
	for class, z := "", 0.0; class != "foreign" || z <= threshold; class, z = l.together.worst() {
		if rounds += 10; rounds > 500 || t.Failed() {
			t.Fatalf("not found in %d rounds: z = %.1f", rounds, z)
		}
		l.look(w, all, 10)
	}
	t.Logf("found after %d rounds, z = %.1f", rounds, l.together.z("foreign"))
}
