package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
)

// movingWait is how long everything of a person may take on its way.
const movingWait = 15 * time.Minute

// unhurried is a connection for what takes long; each piece of it still has its bound.
func (p *Person) unhurried() (*openapi.ClientWithResponses, error) {
	over, err := dialerFor(p.certificate, nil, proof.MaxExport, movingWait)
	if err != nil {
		return nil, err
	}
	return openapi.NewClientWithResponses(p.base, openapi.WithHTTPClient(over))
}

// Export takes everything that the vault keeps of the person, or the values of some
// fields, and writes it as the vault does. each, unless nil, sees every line. It has checked
// that the vault signed it, and that nothing is missing or changed: else what was written is
// worth nothing, and the error says so.
func (p *Person) Export(ctx context.Context, fields []consent.FieldName, to io.Writer, each func(proof.Item) error) (*proof.ExportReader, error) {
	api, err := p.unhurried()
	if err != nil {
		return nil, err
	}
	prove, err := p.inSession(ctx)
	if err != nil {
		return nil, err
	}
	order, signature := p.Identity.Export(p.Deployment.ConsentLedger, p.Deployment.Origin, fields, time.Now())
	call := openapi.ExportCall{Identity: text(order.Identity), Time: order.Time, Signature: text(signature)}
	if len(order.Fields) > 0 {
		list := wireFields(order.Fields)
		call.Fields = &list
	}
	response, err := api.Export(ctx, &openapi.ExportParams{WrappySession: p.session}, call, prove)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if err := refusal(response, http.StatusOK); err != nil {
		return nil, err
	}
	r, err := proof.NewExportReader(io.TeeReader(response.Body, to))
	for err == nil {
		var item proof.Item
		if item, err = r.Next(); err == nil && each != nil {
			err = each(item)
		}
	}
	if !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w; ask for it once more", err)
	}
	if n, err := io.Copy(io.Discard, r.Rest()); err != nil || n > 0 {
		return nil, errAnswer
	}
	if r.Head.Identity != p.Identity.ID() {
		return nil, fmt.Errorf("%w: it is about somebody else", errAnswer)
	}
	return r, p.Deployment.Log().VerifyExport(r)
}

// refusal is check for an answer that is read as it comes.
func refusal(response *http.Response, want int) error {
	if response.StatusCode == want {
		return nil
	}
	body, _ := io.ReadAll(io.LimitReader(response.Body, 4<<20))
	return check(plainAnswer{response.StatusCode, body}, want)
}

type plainAnswer struct {
	status int
	body   []byte
}

func (a plainAnswer) StatusCode() int { return a.status }
func (a plainAnswer) GetBody() []byte { return a.body }

// Import brings an export, of which open gives a fresh reader each time, to this vault. The
// export is read once to sign what is in it, and sent at the second reading.
func (p *Person) Import(ctx context.Context, open func() (io.ReadCloser, error), partial bool) (*openapi.Imported, *proof.ExportReader, *proof.ExportedFacts, error) {
	read, facts, err := readExport(open)
	if err != nil {
		return nil, nil, nil, err
	}
	var done *openapi.Imported
	for attempt := 0; ; attempt++ {
		done, err = p.importOnce(ctx, open, read, partial)
		var refused *Problem
		if errors.As(err, &refused) && refused.HTTPStatus == http.StatusConflict && refused.Type == "urn:wrappy:problem:conflict" && attempt < 3 {
			continue // something was written meanwhile
		}
		return done, read, facts, err
	}
}

func readExport(open func() (io.ReadCloser, error)) (*proof.ExportReader, *proof.ExportedFacts, error) {
	from, err := open()
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = from.Close() }()
	var facts *proof.ExportedFacts
	r, err := proof.NewExportReader(from)
	for err == nil {
		var item proof.Item
		if item, err = r.Next(); item.Facts != nil {
			facts = item.Facts
		}
	}
	if !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	if _, err := r.More(); err != nil { // a sealed file is authentic at its end alone
		return nil, nil, err
	}
	return r, facts, nil
}

func (p *Person) importOnce(ctx context.Context, open func() (io.ReadCloser, error), read *proof.ExportReader, partial bool) (*openapi.Imported, error) {
	api, err := p.unhurried()
	if err != nil {
		return nil, err
	}
	prove, err := p.inSession(ctx)
	if err != nil {
		return nil, err
	}
	order, signature := p.Identity.Import(p.Deployment.ConsentLedger, p.Deployment.Origin, read.Digest(), partial, time.Now())
	first, err := json.Marshal(map[string]any{"import": map[string]any{
		"identity": order.Identity, "file": order.File, "partial": order.Partial, "time": order.Time, "signature": signature,
	}})
	if err != nil {
		return nil, err
	}
	first = append(first, '\n')
	body := func() (io.ReadCloser, error) {
		from, err := open()
		if err != nil {
			return nil, err
		}
		return both{io.MultiReader(bytes.NewReader(first), io.LimitReader(from, read.Size())), from}, nil
	}
	sent, err := body()
	if err != nil {
		return nil, err
	}
	announce := func(_ context.Context, r *http.Request) error {
		r.ContentLength, r.GetBody = int64(len(first))+read.Size(), body
		return nil
	}
	answer, err := api.ImportWithBodyWithResponse(ctx, &openapi.ImportParams{WrappySession: p.session}, "application/x-ndjson", sent, announce, prove)
	if err != nil {
		return nil, err
	}
	return answer.JSON200, check(answer, http.StatusOK)
}

type both struct {
	io.Reader
	io.Closer
}
