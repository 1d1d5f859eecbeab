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
type bounded struct {
	next http.RoundTripper
	most int64 // bytes
}

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if answer.ContentLength > b.most {
		_ = answer.Body.Close()
		return nil, tooLong(b.most)
	}
	answer.Body = &bodyUpTo{answer.Body, b.most, b.most}
	return answer, nil
}

func tooLong(most int64) error { return fmt.Errorf("%w: longer than %d MiB", errAnswer, most>>20) }

type bodyUpTo struct {
	io.ReadCloser
	left int64
	most int64
}

func (b *bodyUpTo) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		return 0, tooLong(b.most)
	}
	return n, err
}
