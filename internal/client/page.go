package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/wrapious/wrappy/proof"
)

const (
	maxPageFile = 16 << 20 // bytes of one file
	maxPages    = 64 << 20 // of all
)

// PageReader looks at the pages that a vault serves, as browsers would.
type PageReader struct {
	base              string // https://vault.example
	serverCertificate string
	over              *http.Client
}

// NewPageReader reads the pages of the vault at an address such as https://vault.example/me/.
func NewPageReader(address, serverCertificate string) (*PageReader, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "me" && strings.Trim(u.Path, "/") != "" {
		return nil, errors.New("page: want an address such as https://vault.example/me/")
	}
	over, err := dialer(serverCertificate, nil)
	if err != nil {
		return nil, err
	}
	over.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // a page that leads elsewhere is another
	return &PageReader{"https://" + u.Host, serverCertificate, over}, nil
}

// Noted is what the vault says of its pages, and by which entry it wrote that down.
func (r *PageReader) Noted(ctx context.Context) (*proof.PageFile, error) {
	_, data, err := r.get(ctx, "/me/digest", "", proof.MaxFile)
	if err != nil {
		return nil, err
	}
	f, err := proof.ParsePage(data)
	if err != nil {
		return nil, &proof.Failure{Check: proof.CheckPage, Do: "ask whoever runs the vault", Err: err}
	}
	return f, nil
}

// Place puts the entry into the log's tree, and into the anchored one.
func (r *PageReader) Place(ctx context.Context, f *proof.PageFile, log *LogReader, anchor *proof.Anchor) error {
	p, err := f.Entry.Proof()
	if err != nil {
		return &proof.Failure{Check: proof.CheckPage, Do: "ask whoever runs the vault", Err: err}
	}
	placed, err := log.EntryFile(ctx, p, anchor)
	if errors.Is(err, proof.ErrProof) {
		return &proof.Failure{Check: proof.CheckAnchor, Do: "do not use the page: what the vault shows is not the log that the ledger anchors", Err: err}
	}
	if err != nil {
		return err
	}
	f.Entry = *placed
	return nil
}

// Log reads the log of the same vault.
func (r *PageReader) Log(log proof.Log) (*LogReader, error) {
	return NewLogReader(r.base, r.serverCertificate, nil, log)
}

// Files fetches every file of the pages in every form, and holds each against the manifest.
func (r *PageReader) Files(ctx context.Context, f *proof.PageFile) (number int, err error) {
	items, err := proof.PageItems(f.Manifest)
	if err != nil {
		return 0, err
	}
	left := int64(maxPages)
	for _, one := range items {
		accept := one.Coding
		if accept == "" {
			accept = "identity"
		}
		h, body, err := r.get(ctx, strings.TrimSuffix(one.Path, "index.html"), accept, min(left, maxPageFile))
		if problem := (*Problem)(nil); errors.As(err, &problem) && problem.HTTPStatus < 500 && problem.HTTPStatus != http.StatusTooManyRequests {
			return 0, &proof.Failure{Check: proof.CheckPage, Do: "do not use the page: it is not whole", Err: fmt.Errorf("%w: %s is not served: %w", proof.ErrProof, one, err)}
		}
		if err != nil {
			return 0, err
		}
		if err := one.Check(h.Get("Content-Type"), h.Get("Content-Encoding"), body); err != nil {
			return 0, err
		}
		left -= int64(len(body))
	}
	return len(items), nil
}

// get reads the bytes as they travel.
func (r *PageReader) get(ctx context.Context, path, accept string, most int64) (http.Header, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+path, nil)
	if err != nil {
		return nil, nil, err
	}
	if accept != "" {
		request.Header.Set("Accept-Encoding", accept)
	}
	answer, err := r.over.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		p := &Problem{HTTPStatus: answer.StatusCode}
		p.Title = fmt.Sprintf("the vault answered %d %s", answer.StatusCode, http.StatusText(answer.StatusCode))
		return nil, nil, p
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("%w: more than %d bytes", errAnswer, most)
	}
	return answer.Header, data, err
}
