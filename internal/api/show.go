package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/vault"
)

// Show answers whoever has scanned a code. What is no secret is as good as one of no code, and
// the gate takes as long over it.
func (a answers) Show(ctx context.Context, call openapi.ShowRequestObject) (openapi.ShowResponseObject, error) {
	var secret consent.ShowSecret
	if secret.UnmarshalText([]byte(call.Body.Secret)) != nil {
		_, _ = rand.Read(secret[:])
	}
	shown, err := a.cfg.Gate.Show(ctx, vault.ShowCall{Secret: secret, IdempotencyKey: call.Params.IdempotencyKey, Turn: turnOf(ctx)})
	if err != nil {
		return nil, err
	}
	body, err := a.shownJSON(ctx, shown)
	if err != nil {
		shown.Done(ctx, false)
		return nil, err
	}
	return looked{delivery{jsonType, "", [][]byte{body}, shown.Release, ctx}}, nil
}

type looked struct{ delivery }

func (l looked) VisitShowResponse(w http.ResponseWriter) error { return l.send(w) }

func (a answers) shownJSON(ctx context.Context, shown *vault.Shown) ([]byte, error) {
	answer := openapi.Shown{
		Statement: string(shown.Statement), Signature: shown.Signature[:], Fields: a.labels(slices.Sorted(maps.Keys(shown.Released))),
		Writers: []openapi.Institution{}, Withheld: wireWithheld(shown.Withheld), Redelivered: shown.Redelivered, Proof: wireProof(shown.Proof),
	}
	seen := map[consent.InstitutionID]bool{{}: true}
	for _, field := range slices.Sorted(maps.Keys(shown.Released)) {
		for _, v := range shown.Released[field] {
			if seen[v.Writer] {
				continue
			}
			seen[v.Writer] = true
			who, err := a.cfg.Directory.Institution(ctx, v.Writer)
			if errors.Is(err, consent.ErrUnknownInstitution) {
				continue
			}
			if err != nil {
				return nil, err
			}
			answer.Writers = append(answer.Writers, wireInstitution(who))
		}
	}
	return json.Marshal(answer)
}
