package api

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
)

func (a answers) GetLedger(ctx context.Context, _ openapi.GetLedgerRequestObject) (openapi.GetLedgerResponseObject, error) {
	view, err := a.cfg.Directory.View(ctx)
	if err != nil { // the rest does not change, and whoever withdraws needs it
		view = consent.View{Age: a.now().Sub(time.Unix(0, 0))}
	}
	d := a.cfg.Deployment
	answer := openapi.GetLedger200JSONResponse{
		ChainId: strconv.FormatUint(d.ChainID, 10), ConsentLedger: d.ConsentLedger.String(),
		InstitutionRegistry: d.InstitutionRegistry.String(), KeyRegistry: d.KeyRegistry.String(),
	}
	answer.Head.Block, answer.Head.Hash, answer.Head.Time = view.Block, view.Hash.String(), view.Time
	answer.Head.AgeMs = uint64(max(view.Age.Milliseconds(), 0))
	if len(a.cfg.Origins) > 0 { // the first is the vault's own
		setIf(&answer.Page, a.cfg.Origins[0]+mePath+"/")
	}
	answer.Log.Origin, answer.Log.PublicKey = d.LogOrigin, d.LogKey
	answer.Policy.Digest, answer.Policy.Revision = a.cfg.Policy.Digest().String(), a.cfg.Policy.Revision()
	if d.Jurisdiction != "" {
		answer.Jurisdiction = &d.Jurisdiction
	}
	if catalog := a.cfg.Policy.Catalog(); catalog != nil {
		if years, known := catalog.Majority(d.Jurisdiction); known {
			age := int(years) // 21 at most
			answer.Majority = &age
		}
	}
	return answer, nil
}

func (a answers) GetCatalog(_ context.Context, call openapi.GetCatalogRequestObject) (openapi.GetCatalogResponseObject, error) {
	catalog, digest := a.cfg.Policy.Catalog(), a.cfg.Policy.Digest()
	if catalog == nil {
		return nil, consent.ErrUnavailable
	}
	tag := entityTag(digest)
	if matches(call.Params.IfNoneMatch, tag) {
		return openapi.GetCatalog304Response{}, nil
	}
	body := openapi.Catalog{Revision: catalog.Revision, Fields: make([]openapi.CatalogField, 0, len(catalog.Fields))}
	for _, f := range catalog.Fields {
		body.Fields = append(body.Fields, wireCatalogField(f))
	}
	if call.Params.CodeLists != nil && *call.Params.CodeLists {
		body.CodeLists = wireCodeLists(catalog.CodeLists)
	}
	slices.SortFunc(body.Fields, func(x, y openapi.CatalogField) int { return cmp.Compare(x.Name, y.Name) })
	return catalogAnswer{openapi.GetCatalog200JSONResponse{Body: body, Headers: openapi.GetCatalog200ResponseHeaders{ETag: tag}}}, nil
}

// catalogAnswer may be kept and asked for again: nothing personal is in it.
type catalogAnswer struct {
	openapi.GetCatalog200JSONResponse
}

func (c catalogAnswer) VisitGetCatalogResponse(w http.ResponseWriter) error {
	w.Header().Set("Cache-Control", "no-cache")
	return c.GetCatalog200JSONResponse.VisitGetCatalogResponse(w)
}

var documentTag = entityTag(sha256.Sum256(openapi.Document))

func (a answers) GetOpenAPI(_ context.Context, call openapi.GetOpenAPIRequestObject) (openapi.GetOpenAPIResponseObject, error) {
	if matches(call.Params.IfNoneMatch, documentTag) {
		return openapi.GetOpenAPI304Response{}, nil
	}
	return openapi.GetOpenAPI200ApplicationyamlResponse{
		Body: bytes.NewReader(openapi.Document), ContentLength: int64(len(openapi.Document)),
		Headers: openapi.GetOpenAPI200ResponseHeaders{ETag: documentTag},
	}, nil
}

func entityTag(digest consent.Digest) string { return `"` + digest.String()[2:34] + `"` }

func matches(sent *string, tag string) bool {
	if sent == nil {
		return false
	}
	for candidate := range strings.SplitSeq(*sent, ",") {
		if c := strings.TrimPrefix(strings.TrimSpace(candidate), "W/"); c == tag || c == "*" {
			return true
		}
	}
	return false
}

func (a answers) Health(context.Context, openapi.HealthRequestObject) (openapi.HealthResponseObject, error) {
	return openapi.Health200JSONResponse{Status: openapi.StateStatusOk}, nil
}

func (a answers) Ready(ctx context.Context, _ openapi.ReadyRequestObject) (openapi.ReadyResponseObject, error) {
	if a.cfg.Ready != nil && a.cfg.Ready(ctx) != nil {
		return nil, consent.ErrUnavailable
	}
	return openapi.Ready200JSONResponse{Status: openapi.StateStatusOk}, nil
}
