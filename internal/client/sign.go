package client

import (
	"context"
	"crypto"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/openapi"
)

// MaxWrite is the largest body of a write, in bytes.
const MaxWrite = 16 << 20

// Signer signs what an institution writes: with its TLS key, for the registry where that
// key stands. docs/protocol/value.md.
type Signer struct {
	Registry consent.Domain // InstitutionRegistry
	Writer   consent.InstitutionID
	Key      crypto.Signer
	Now      func() time.Time // nil = time.Now
}

// Sign signs each item of each value for a grant.
func (s *Signer) Sign(grant consent.GrantID, values map[consent.FieldName]json.RawMessage) (openapi.ItemSignatures, error) {
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	day := uint64(max(now().Unix(), 0)) / consent.Day
	all := openapi.ItemSignatures{}
	for field, value := range values {
		items, err := fhir.Signable(field, value)
		if err != nil {
			return nil, err
		}
		list := make([]openapi.ItemSignature, len(items))
		for i, item := range items {
			var salt consent.Salt
			_, _ = rand.Read(salt[:])
			statement := consent.ValueStatement{
				Registry: s.Registry, Writer: s.Writer, Grant: consent.CommitGrant(salt, grant), Field: field, Item: item, Day: day,
			}
			signature, err := consent.SignValue(s.Key, &statement)
			if err != nil {
				return nil, fmt.Errorf("sign a value: %w", err)
			}
			list[i] = openapi.ItemSignature{Day: day, Salt: text(salt), Signature: signature[:]}
		}
		all[string(field)] = list
	}
	return all, nil
}

// SignBundle signs what goes to fields of the catalog and puts the signatures into the
// Bundle's meta. Nothing else of it changes; a single resource becomes a collection.
func (s *Signer) SignBundle(grant consent.GrantID, bundle []byte, catalog *consent.Catalog) ([]byte, error) {
	parsed, err := fhir.Fields(bundle, catalog)
	if err != nil {
		return nil, err
	}
	signatures, err := s.Sign(grant, parsed.Values)
	if err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(signatures)
	if err != nil {
		return nil, err
	}
	return fhir.WithSignatures(bundle, encoded)
}

// Signer signs for this vault's ledger.
func (i *Institution) Signer() *Signer {
	return &Signer{Registry: i.Deployment.InstitutionRegistry, Writer: i.keys.ID, Key: i.keys.Signer()}
}

// SignFHIR reads a Bundle and signs it, split into fields by the catalog in force.
func (i *Institution) SignFHIR(ctx context.Context, grant consent.GrantID, bundle io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(bundle, MaxWrite+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxWrite {
		return nil, errors.New("FHIR Bundle: larger than 16 MiB; send it in parts")
	}
	catalog, err := ReadCatalog(ctx, i.api)
	if err != nil {
		return nil, err
	}
	return i.Signer().SignBundle(grant, data, catalog)
}

// ReadCatalog asks a vault for the field catalog in force, with the code lists by which
// FHIR resources go to fields.
func ReadCatalog(ctx context.Context, api *openapi.ClientWithResponses) (*consent.Catalog, error) {
	lists := true
	answer, err := api.GetCatalogWithResponse(ctx, &openapi.GetCatalogParams{CodeLists: &lists})
	if err != nil {
		return nil, err
	}
	if err := check(answer, http.StatusOK); err != nil {
		return nil, err
	}
	if answer.JSON200 == nil {
		return nil, errAnswer
	}
	c := &consent.Catalog{Revision: answer.JSON200.Revision, Fields: map[consent.FieldName]consent.CatalogField{}}
	for _, w := range answer.JSON200.Fields {
		f := consent.CatalogField{Name: consent.FieldName(w.Name), Type: consent.ValueType(w.Type), Sensitive: w.Sensitive, Label: w.Label}
		if w.Codes != nil {
			f.Codes = *w.Codes
		}
		for to, from := range map[*string]*string{&f.Resource: w.Resource, &f.Category: w.Category, &f.Matter: w.Matter, &f.Picture: w.Picture} {
			if from != nil {
				*to = *from
			}
		}
		c.Fields[f.Name] = f
	}
	if answer.JSON200.CodeLists == nil {
		return nil, fmt.Errorf("%w: a catalog without its code lists", errAnswer)
	}
	for _, l := range *answer.JSON200.CodeLists {
		c.CodeLists = append(c.CodeLists, consent.CodeList{Matter: l.Matter, System: l.System, Codes: l.Codes, Prefixes: l.Prefixes})
	}
	return c, nil
}
