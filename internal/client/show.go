package client

import (
	"encoding/json"
	"errors"

	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
)

// ErrShown: not an answer to whoever had a code.
var ErrShown = errors.New("not an answer of POST /v1/shown, whole and as it was given")

// ReadShown reads a kept answer to whoever had a code. ErrShown.
func ReadShown(data []byte) (*openapi.Shown, *proof.Shown, error) {
	var answer openapi.Shown
	if err := json.Unmarshal(data, &answer); err != nil || answer.Statement == "" {
		return nil, nil, ErrShown
	}
	p, err := readProof(answer.Proof)
	if err != nil {
		return nil, nil, ErrShown
	}
	return &answer, &proof.Shown{Statement: []byte(answer.Statement), Signature: answer.Signature, Proof: p}, nil
}
