package client

import (
	"fmt"
	"io"
	"net/http"
)

// maxAnswer is the longest answer that is read, in bytes: a release of all that one may
// carry is a third of it, pseudonyms and proof included.
const maxAnswer = 192 << 20

// bounded ends answers that are longer: no vault's.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if answer.ContentLength > maxAnswer {
		_ = answer.Body.Close()
		return nil, tooLong()
	}
	answer.Body = &bodyUpTo{answer.Body, maxAnswer}
	return answer, nil
}

func tooLong() error { return fmt.Errorf("%w: longer than %d MiB", errAnswer, maxAnswer>>20) }

type bodyUpTo struct {
	io.ReadCloser
	left int64
}

func (b *bodyUpTo) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		return 0, tooLong()
	}
	return n, err
}
