package client

import (
	"bytes"
	"context"
	"slices"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/ledgerref"
	"github.com/wrapious/wrappy/proof"
)

// KeysFile is what this vault says of institutions' keys, those of the past too.
func (r *Registry) KeysFile(ctx context.Context, ids []consent.InstitutionID) (*proof.KeysFile, error) {
	answer, err := r.api.GetLedgerWithResponse(ctx)
	if err != nil {
		return nil, err
	}
	if err := check(answer, 200); err != nil {
		return nil, err
	}
	if answer.JSON200 == nil {
		return nil, errAnswer
	}
	f := &proof.KeysFile{Format: proof.FormatKeys, ChainID: r.addresses.ChainID, Registry: r.addresses.Institutions,
		Source: "the vault " + answer.JSON200.Log.Origin, Time: answer.JSON200.Head.Time}
	for _, id := range once(ids) {
		who, err := r.Institution(ctx, id)
		if err != nil {
			return nil, err
		}
		keys, err := r.Keys(ctx, id)
		if err != nil {
			return nil, err
		}
		h := proof.KeyHolder{Institution: id, Name: who.Name, Keys: []consent.KeyPeriod{}}
		for _, k := range keys {
			p := consent.KeyPeriod{Added: k.Added}
			if k.ValidUntil != nil {
				p.ValidUntil = *k.ValidUntil
			}
			if k.RemovedAt != nil {
				p.RemovedAt = *k.RemovedAt
			}
			var read reader
			read.into(&p.Hash, k.KeyHash)
			if read.err != nil || k.Removed != (k.RemovedAt != nil) {
				return nil, errAnswer
			}
			h.Keys = append(h.Keys, p)
		}
		f.Holders = append(f.Holders, h)
	}
	return f, nil
}

// KeysFromNetwork reads institutions' keys from a network itself, without any vault.
func KeysFromNetwork(ctx context.Context, chain *ledgerref.Chain, ids []consent.InstitutionID) (*proof.KeysFile, error) {
	a := chain.Addresses()
	f := &proof.KeysFile{Format: proof.FormatKeys, ChainID: a.ChainID, Registry: a.Institutions, Source: "the network"}
	for i, id := range once(ids) {
		h, at, err := chain.KeyHistory(ctx, id)
		if err != nil {
			return nil, err
		}
		if i == 0 || at < f.Time {
			f.Time = at
		}
		f.Holders = append(f.Holders, proof.KeyHolder(*h))
	}
	return f, nil
}

// once sorts ids and leaves out what comes twice.
func once(ids []consent.InstitutionID) []consent.InstitutionID {
	sorted := slices.SortedFunc(slices.Values(ids), func(a, b consent.InstitutionID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(sorted)
}
