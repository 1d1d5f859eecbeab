package client

import (
	"net/http"
	"strconv"
	"time"
)

// How long a device waits when the vault asks it to come back later (people behind one
// address share a rate; a vault may have no turn for a large body just now), and how
// often it asks.
const (
	longestWait = 10 * time.Second
	longestBusy = 5 * time.Second
	mostRefused = 5
	mostBusy    = 3
)

// patient comes back when the vault answers 429: it was refused before anything was
// done, so every request may be sent again. After 503 something may have been done:
// only what may be done twice is sent again. Anything else is answered as it came.
type patient struct{ next http.RoundTripper }

func (p patient) RoundTrip(r *http.Request) (*http.Response, error) {
	for attempt := 1; ; attempt++ {
		answer, err := p.next.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		most, longest := mostRefused, longestWait
		switch {
		case answer.StatusCode == http.StatusTooManyRequests:
		case answer.StatusCode == http.StatusServiceUnavailable && repeatable(r):
			most, longest = mostBusy, longestBusy
		default:
			return answer, nil
		}
		seconds, err := strconv.ParseUint(answer.Header.Get("Retry-After"), 10, 16)
		wait := time.Duration(max(seconds, 1)) * time.Second //nolint:gosec // 16 bits
		if err != nil || attempt == most || wait > longest || (r.Body != nil && r.GetBody == nil) {
			return answer, nil //nolint:nilerr // not a time to come back at: the refusal stands
		}
		_ = answer.Body.Close()
		if r, err = again(r, wait); err != nil {
			return nil, err
		}
	}
}

// repeatable requests change nothing, or change the same once however often they come.
func repeatable(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Header.Get("Idempotency-Key") != ""
}

// again waits and returns the request with its body from the beginning.
func again(r *http.Request, wait time.Duration) (*http.Request, error) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if r.GetBody == nil {
		return r, nil
	}
	body, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	next := r.Clone(r.Context())
	next.Body = body
	return next, nil
}
