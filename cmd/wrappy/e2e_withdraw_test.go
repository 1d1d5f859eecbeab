package main

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/wallet"
)

const (
	fetchers   = 64
	rounds     = 24
	roundsLeft = 8                // at least, however slow the machine
	raceBudget = 15 * time.Second // then no round begins
)

// withdrawUnderLoad: of the releases that begin after a withdrawal's answer has
// arrived, none succeeds; 64 connections fetch all the while.
func withdrawUnderLoad(t *testing.T, v *running) {
	p := v.person()
	v.recorded(p)
	stopped := make([]*wallet.SignedGrant, rounds)
	for i := range stopped {
		stopped[i] = p.give(v.hospital.ask(object{"actions": []string{"read"}}))
	}
	for _, g := range stopped {
		v.hospital.await(g, openapi.StatusGiven)
	}
	v.stopAtOnce(t, p)
	fetching := v.dial(&v.hospital.keys.Certificate, fetchers)
	device := v.dial(nil, 1)
	begun, before, after, late := time.Now(), 0, 0, 0
	done := 0
	for i, g := range stopped {
		if done >= roundsLeft && time.Since(begun) > raceBudget {
			break
		}
		r := v.raceOne(t, fetching, device, g, 1+i%8*16)
		before, after, late = before+r.before, after+r.denied, late+r.overtaken
		done++
	}
	t.Logf("%d grants, %d fetchers: %d releases before, %d that began before the answer and came after it, %d denials of what began after it, none released; %.1f s",
		done, fetchers, before, late, after, time.Since(begun).Seconds())
	if before < done || after < done*fetchers {
		t.Errorf("no race: %d releases before, %d attempts after", before, after)
	}
}

// stopAtOnce: on a quiet vault the very next call on an open connection is denied,
// milliseconds after one that was not.
func (v *running) stopAtOnce(t *testing.T, p *person) {
	var given [16]*wallet.SignedGrant
	for i := range given {
		given[i] = p.give(v.hospital.ask(object{"actions": []string{"read"}}))
	}
	device := v.dial(nil, 1)
	for _, g := range given {
		v.hospital.await(g, openapi.StatusGiven)
		holds(t, v.hospital.release(g, "{}"))
		got, err := send(device, "POST", v.publicURL+"/v1/person/withdrawals", strings.NewReader(withdrawal(g)))
		must(t, err)
		next := v.hospital.release(g, "{}")
		if got.status != http.StatusOK {
			t.Errorf("withdrawal: %d %s", got.status, got.body)
		}
		isRefused(t, next, 403, "denied", "withdrawn")
	}
}

type raced struct{ before, overtaken, denied int }

// raceOne lets everybody fetch under a grant, withdraws it after some answers, and goes
// on until each fetcher has asked three times after the withdrawal was answered.
func (v *running) raceOne(t *testing.T, fetching, device *http.Client, g *wallet.SignedGrant, answers int) (r raced) {
	url := v.institutionsURL + "/v1/grants/" + g.Grant.ID().String() + "/release"
	answered := make(chan struct{})
	var mu sync.Mutex
	var wg sync.WaitGroup
	first := make(chan struct{}, fetchers)
	for range fetchers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for asked := 0; asked < 3; {
				after := false
				select {
				case <-answered:
					after = true
				default:
				}
				got, err := send(fetching, "POST", url, strings.NewReader("{}"), "Idempotency-Key: "+client.NewIdempotencyKey())
				if err != nil {
					t.Errorf("fetch: %v", err)
					return
				}
				if got.status == http.StatusServiceUnavailable { // a slow machine's log is behind: nothing leaves, ask again
					time.Sleep(20 * time.Millisecond)
					continue
				}
				select {
				case first <- struct{}{}:
				default:
				}
				if after {
					asked++
				}
				mu.Lock()
				v.judge(t, got, after, answered, &r)
				mu.Unlock()
			}
		}()
	}
	for range answers { // at another moment of the fetching each time
		<-first
	}
	got, err := send(device, "POST", v.publicURL+"/v1/person/withdrawals", strings.NewReader(withdrawal(g)))
	close(answered)
	if err != nil || got.status != http.StatusOK {
		t.Errorf("withdrawal: %v %d %s", err, got.status, got.body)
	}
	wg.Wait()
	return r
}

// judge counts one answer; after says that its request began after the withdrawal's
// answer had arrived.
func (v *running) judge(t *testing.T, got answer, after bool, answered <-chan struct{}, r *raced) {
	released := got.status == http.StatusOK
	switch {
	case released && after:
		t.Errorf("released after the withdrawal was answered: %d bytes", len(got.body))
	case released:
		select {
		case <-answered:
			r.overtaken++
		default:
			r.before++
		}
		if !bytes.Contains(got.body, []byte(canary)) {
			t.Errorf("a release without what was granted: %s", got.body)
		}
	case got.kind() != "denied" || got.reason() != "withdrawn":
		t.Errorf("denied otherwise: %d %s", got.status, got.body)
	case bytes.Contains(got.body, []byte(canary)):
		t.Error("a denial that holds the record")
	case after:
		r.denied++
	}
}
