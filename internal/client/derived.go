package client

import (
	"context"
	"crypto/ed25519"
	"errors"
	"maps"
	"slices"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
)

// ErrNoAnswers: a release holds no derived answer.
var ErrNoAnswers = errors.New("the release holds no derived answer: name fields that the catalog shows as derived")

// verifyAnswers checks what the vault states of the derived values of a release.
func verifyAnswers(released *openapi.Released, log ed25519.PublicKey) error {
	answers, err := readAnswers(released)
	if err != nil {
		return err
	}
	var entry consent.Digest
	if err := entry.UnmarshalText([]byte(released.Proof.Promise.LeafHash)); err != nil {
		return errAnswer
	}
	for _, one := range answers {
		a := consent.DerivedAnswer{Origin: released.Proof.Promise.Origin, Entry: entry, Field: one.Field, Writer: one.Writer, AsOf: one.AsOf}
		copy(a.Signature[:], one.Signature)
		if err := proof.VerifyAnswer(&a, one.Salt, one.Value, log); err != nil {
			return err
		}
	}
	return nil
}

// readAnswers are the derived values of a release, by field, as they stand in a file.
func readAnswers(released *openapi.Released) (list []proof.Answer, err error) {
	for _, field := range slices.Sorted(maps.Keys(released.Released)) {
		for _, v := range released.Released[field] {
			if v.Derived == nil {
				continue
			}
			one := proof.Answer{Field: consent.FieldName(field), Value: v.Value, AsOf: v.Derived.AsOf, Signature: v.Derived.Signature}
			var r reader
			r.into(&one.Writer, v.Writer)
			r.into(&one.Salt, v.Derived.Salt)
			if r.err != nil || len(one.Signature) != ed25519.SignatureSize {
				return nil, errAnswer
			}
			list = append(list, one)
		}
	}
	return list, nil
}

// AnswersFile makes the file by which anyone can check offline what derived answers the
// vault gave in a release: as EntryFile. ErrNoAnswers where there is none.
func (i *Institution) AnswersFile(ctx context.Context, released *openapi.Released) (*proof.AnswersFile, error) {
	answers, err := readAnswers(released)
	if err != nil {
		return nil, err
	}
	if len(answers) == 0 {
		return nil, ErrNoAnswers
	}
	entry, err := i.EntryFile(ctx, released.Proof, nil)
	if err != nil {
		return nil, err
	}
	return proof.NewAnswersFile(entry, answers), nil
}
