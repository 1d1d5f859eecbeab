package client

import (
	"net/http"
	"strconv"
	"time"
)

// longestWait is how long a device waits when the vault asks it to come back later:
// people behind one address share a rate.
const longestWait = 10 * time.Second

// patient comes back when the vault answers 429: it was refused before anything was
// done, so every request may be sent again. Anything else is answered as it came.
type patient struct{ next http.RoundTripper }

func (p patient) RoundTrip(r *http.Request) (*http.Response, error) {
	for attempt := 1; ; attempt++ {
		answer, err := p.next.RoundTrip(r)
		if err != nil || answer.StatusCode != http.StatusTooManyRequests || attempt == 5 {
			return answer, err
		}
		seconds, err := strconv.ParseUint(answer.Header.Get("Retry-After"), 10, 16)
		wait := time.Duration(max(seconds, 1)) * time.Second //nolint:gosec // 16 bits
		if err != nil || wait > longestWait || (r.Body != nil && r.GetBody == nil) {
			return answer, nil //nolint:nilerr // not a time to come back at: the refusal stands
		}
		_ = answer.Body.Close()
		if r, err = again(r, wait); err != nil {
			return nil, err
		}
	}
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
