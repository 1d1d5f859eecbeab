package s3store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/minio/minio-go/v7"
)

var (
	// ErrName is returned for a name that is not <room>/<64 hex digits>, with up to two more elements.
	ErrName = errors.New("not an object name")
	// ErrTooLarge is returned for an object above MaxObject.
	ErrTooLarge = errors.New("object is too large")
	// ErrUnavailable is returned while the store cannot be reached or cannot answer.
	ErrUnavailable = errors.New("store is not available")
	// ErrRefused is returned by Open for a store that lacks what the vault relies on.
	ErrRefused = errors.New("store refused")

	errForeign  = errors.New("the answer is not an S3 store's")
	errUnsorted = errors.New("the store lists names out of order")
)

// known gives words to the answers of a store. Its own words are never repeated:
// they hold bucket, object and key.
var known = map[string]string{
	minio.AccessDenied:                 "access denied: the key must be allowed to get, put, delete and list objects in this bucket, and to read its versioning",
	minio.NoSuchBucket:                 "the bucket does not exist",
	minio.InvalidAccessKeyID:           "the store does not know the access key",
	minio.SignatureDoesNotMatch:        "the secret key does not belong to the access key, or something between here and the store changes requests",
	minio.RequestTimeTooSkewed:         "the clocks of this machine and of the store differ too much",
	minio.AuthorizationHeaderMalformed: "the region is not the bucket's",
	minio.InvalidRegion:                "the region is not the bucket's",
	"PermanentRedirect":                "the bucket is at another endpoint or in another region",
	"XAdminUserNotFound":               "the store does not know the access key", // versitygw
	minio.EntityTooLarge:               "the store does not take objects of this size in one piece",
	minio.BadDigest:                    "the content was changed on its way to the store",
	"QuotaExceeded":                    "the store's quota is used up",
	minio.NotImplemented:               "the store does not implement the request",
	"ConditionalRequestConflict":       "too many writers of one object at once",
	"SlowDown":                         "the store asks to slow down",
	minio.InternalError:                "the store failed inside",
}

// code is what the store said, "" for anything else.
func code(err error) string {
	var answer minio.ErrorResponse
	if errors.As(err, &answer) {
		return answer.Code
	}
	return ""
}

func status(err error) int {
	var answer minio.ErrorResponse
	if errors.As(err, &answer) {
		return answer.StatusCode
	}
	return 0
}

// lost reports that the store refused a conditional PUT for its condition. A swap
// of an absent object is refused as absent.
func lost(err error, expect string) bool {
	return status(err) == http.StatusPreconditionFailed || expect != "" && code(err) == minio.NoSuchKey
}

// untaken reports that the store said it has done nothing and asks to come again.
func untaken(err error) bool {
	switch code(err) {
	case "ConditionalRequestConflict", "SlowDown", "SlowDownWrite":
		return true
	}
	return status(err) == http.StatusTooManyRequests
}

// temporary reports whether another attempt may go better: no answer, or one that
// says so. A wrong certificate is nothing that passes.
func temporary(err error) bool {
	var certificate *tls.CertificateVerificationError
	switch n := status(err); {
	case errors.Is(err, ErrTooLarge), errors.Is(err, errETag), errors.As(err, &certificate):
		return false
	case n == 0, untaken(err), n == http.StatusRequestTimeout:
		return true
	default:
		return n >= 500 && n != http.StatusNotImplemented
	}
}

// bare takes an error's own words away, which hold URLs, and so the names of
// objects: they do not belong in logs. ctx is the caller's.
func bare(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	n := status(err)
	switch words, ok := known[code(err)]; {
	case n == 0:
		return unanswered(err)
	case ok && temporary(err):
		return fmt.Errorf("%w: %s", ErrUnavailable, words)
	case ok:
		return errors.New(words)
	case temporary(err):
		return fmt.Errorf("%w: status %d", ErrUnavailable, n)
	}
	return fmt.Errorf("the store refused the request with status %d", n)
}

// unanswered is an error of this side, or of the way to the store.
func unanswered(err error) error {
	var certificate *tls.CertificateVerificationError
	var address *net.OpError
	var timeout net.Error
	for _, own := range []error{ErrTooLarge, errTorn, errETag, errUnsorted} {
		if errors.Is(err, own) {
			return own
		}
	}
	switch {
	case errors.As(err, &certificate):
		return fmt.Errorf("the store's certificate is not trusted: %w", certificate.Err)
	case errors.Is(err, errForeign):
		return fmt.Errorf("%w: %w", ErrUnavailable, errForeign)
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("%w: no answer in time", ErrUnavailable)
	case errors.As(err, &address):
		return fmt.Errorf("%w: %w", ErrUnavailable, address.Err)
	}
	return fmt.Errorf("%w: the connection was lost", ErrUnavailable)
}

// guard lets only an S3 store say that something is not there. The client takes
// any 404 for it, also one of a gateway that lost its store: a stopped grant would
// read as never written.
type guard struct{ next http.RoundTripper }

func (g guard) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := g.next.RoundTrip(r)
	if err == nil && answer.StatusCode == http.StatusNotFound && r.Method != http.MethodHead &&
		!strings.Contains(answer.Header.Get("Content-Type"), "xml") {
		_ = answer.Body.Close()
		return nil, errForeign
	}
	return answer, err
}
