package client

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
)

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestAnswersAreBounded(t *testing.T) {
	for name, test := range map[string]struct {
		announced bool
		length    int64
		fits      bool
	}{
		"short":            {true, 100, true},
		"at the bound":     {false, maxAnswer, true},
		"one byte more":    {false, maxAnswer + 1, false},
		"announces more":   {true, maxAnswer + 1, false},
		"without an end":   {false, 10 * maxAnswer, false},
		"nothing to speak": {true, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if test.announced {
					w.Header().Set("Content-Length", strconv.FormatInt(test.length, 10))
				}
				_, _ = io.CopyN(w, endless{}, test.length)
			}))
			defer server.Close()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, strings.NewReader(""))
			if err != nil {
				t.Fatal(err)
			}
			answer, err := bounded{http.DefaultTransport, maxAnswer}.RoundTrip(r)
			var read int64
			if err == nil {
				read, err = io.Copy(io.Discard, answer.Body)
				_ = answer.Body.Close()
			}
			if test.fits != (err == nil) || !test.fits && !errors.Is(err, errAnswer) || read > maxAnswer || test.fits && read != test.length {
				t.Errorf("%d bytes, %v", read, err)
			}
		})
	}
}
