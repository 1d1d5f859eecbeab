package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/transparency-dev/tessera"
)

// Witnesses are third parties that cosign a checkpoint once they have seen for
// themselves that the log only grew.
type Witnesses struct {
	// Policy is a witness policy in the form that Tessera and Sigsum read: lines
	// "witness <name> <vkey> <URL>", "group <name> <threshold> <names>" and
	// "quorum <name>". Empty: no witnesses.
	Policy string
	// Optional publishes a checkpoint without the quorum's cosignatures when they cannot
	// be had. Otherwise publication waits, and after MaxDelay nothing is appended.
	Optional bool
}

const (
	// witnessTimeout lets two attempts, the one under way and the next, end within MaxDelay.
	witnessTimeout    = 600 * time.Millisecond
	maxWitnessAnswer  = 16 << 10 // bytes
	republishOptional = time.Minute
	republishRequired = 10 * time.Minute
)

func (w *Witnesses) group() (group tessera.WitnessGroup, err error) {
	if w.Policy == "" {
		return group, nil
	}
	if group, err = tessera.NewWitnessGroupFromPolicy([]byte(w.Policy)); err != nil {
		return group, fmt.Errorf("witness policy: %w", err)
	}
	if group.N > 0 && len(group.Endpoints()) == 0 {
		return group, errors.New("witness policy: no witness to ask")
	}
	return group, nil
}

// witnessed reports whether a checkpoint may count as published.
func (t *tree) witnessed(raw []byte) bool { return t.optional || t.witnesses.Satisfied(raw) }

// witnessClient bounds what a witness can cost: Tessera reads answers whole, and would
// follow a redirect with the log's request anywhere.
func (j *Journal) witnessClient() *http.Client {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: witnessTimeout, MaxResponseHeaderBytes: maxWitnessAnswer}
	return &http.Client{
		Transport:     &witnessTransport{next: transport, failed: j.witnessFailed},
		Timeout:       witnessTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type witnessTransport struct {
	next   http.RoundTripper
	failed func(host string, status int, err error)
}

func (w *witnessTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := w.next.RoundTrip(request)
	if err != nil {
		w.failed(request.URL.Host, 0, err)
		return nil, err
	}
	// 409 is how a witness tells the size that it knows.
	if response.StatusCode != http.StatusOK && response.StatusCode != http.StatusConflict {
		w.failed(request.URL.Host, response.StatusCode, nil)
	}
	response.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(response.Body, maxWitnessAnswer), response.Body}
	return response, nil
}

func (j *Journal) witnessFailed(host string, status int, err error) {
	if errors.Is(err, context.Canceled) {
		return // the quorum was met without this one
	}
	j.complain("a witness gave no cosignature", "host", host, "status", status, "error", err)
}
