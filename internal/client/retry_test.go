package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

type answers func(r *http.Request) *http.Response

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) { return a(r), nil }

func answer(status int, retryAfter string) *http.Response {
	h := http.Header{}
	if retryAfter != "" {
		h.Set("Retry-After", retryAfter)
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(""))}
}

func TestPatience(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		key        string
		status     int
		retryAfter string
		failures   int
		want, sent int
		took       time.Duration
	}{
		{"no refusal", "", 429, "1", 0, 200, 1, 0},
		{"once", "", 429, "2", 1, 200, 2, 2 * time.Second},
		{"at once means a second", "", 429, "0", 1, 200, 2, time.Second},
		{"never ends", "", 429, "1", 100, 429, 5, 4 * time.Second},
		{"too long to wait", "", 429, "60", 1, 429, 1, 0},
		{"no time named", "", 429, "", 1, 429, 1, 0},
		{"a date", "", 429, "Wed, 21 Oct 2026 07:28:00 GMT", 1, 429, 1, 0},
		{"a negative time", "", 429, "-1", 1, 429, 1, 0},
		{"unavailable is not repeated: something may have been done", "", 503, "1", 1, 503, 1, 0},
		{"unavailable, with a key: done once however often it comes", "k", 503, "5", 1, 200, 2, 5 * time.Second},
		{"unavailable, with a key, never ends", "k", 503, "5", 100, 503, 3, 10 * time.Second},
		{"the ledger was not heard from", "k", 503, "10", 1, 503, 1, 0},
		{"today's budget is spent", "k", 503, "3600", 1, 503, 1, 0},
		{"unavailable, no time named", "k", 503, "", 1, 503, 1, 0},
		{"an error inside, with a key", "k", 500, "1", 1, 500, 1, 0},
		{"a denial is not repeated", "", 403, "1", 1, 403, 1, 0},
		{"a denial with a key", "k", 403, "1", 1, 403, 1, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				p := patient{answers(func(r *http.Request) *http.Response {
					sent++
					if body, _ := io.ReadAll(r.Body); string(body) != "act" {
						t.Errorf("attempt %d has the body %q", sent, body)
					}
					if sent <= test.failures {
						return answer(test.status, test.retryAfter)
					}
					return answer(200, "")
				})}
				r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://vault.example", strings.NewReader("act"))
				if err != nil {
					t.Fatal(err)
				}
				if test.key != "" {
					r.Header.Set("Idempotency-Key", test.key)
				}
				begun := time.Now()
				got, err := p.RoundTrip(r)
				if err != nil {
					t.Fatal(err)
				}
				_ = got.Body.Close()
				if got.StatusCode != test.want || sent != test.sent || time.Since(begun) != test.took {
					t.Errorf("status %d after %d attempts and %s", got.StatusCode, sent, time.Since(begun))
				}
			})
		})
	}
}

// TestPatienceReads: what changes nothing is asked again, what changes something by
// another method is not.
func TestPatienceReads(t *testing.T) {
	t.Parallel()
	for method, want := range map[string]int{"GET": 2, "POST": 1, "PUT": 1, "PATCH": 1, "DELETE": 1} {
		t.Run(method, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				p := patient{answers(func(*http.Request) *http.Response {
					if sent++; sent == 1 {
						return answer(503, "5")
					}
					return answer(200, "")
				})}
				r, err := http.NewRequestWithContext(t.Context(), method, "https://vault.example", nil)
				if err != nil {
					t.Fatal(err)
				}
				got, err := p.RoundTrip(r)
				if err != nil {
					t.Fatal(err)
				}
				_ = got.Body.Close()
				if sent != want {
					t.Errorf("sent %d times, want %d", sent, want)
				}
			})
		})
	}
}

func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := patient{answers(func(*http.Request) *http.Response { return answer(429, "5") })}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://vault.example", nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.RoundTrip(r)
		if err == nil {
			_ = got.Body.Close()
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
}
