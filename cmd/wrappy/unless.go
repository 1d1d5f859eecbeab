package main

import (
	"encoding/json"
	"fmt"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/openapi"
)

const maxAnswerBytes = 192 << 20 // as long as a client takes one

// etagOf is what an earlier answer in a file stands for; "" without a file.
func etagOf(file string, grant consent.GrantID) (string, error) {
	if file == "" {
		return "", nil
	}
	data, err := crypto.ReadFile(file, maxAnswerBytes)
	if err != nil {
		return "", fmt.Errorf("--unless-changed: %w", err)
	}
	var released openapi.Released
	switch err := json.Unmarshal(data, &released); {
	case err != nil:
		return "", usage("--unless-changed: want an answer of 'institution release -o json'")
	case released.Grant != grant.String():
		return "", usage("--unless-changed: want an answer under this grant; this one is under another")
	case released.Etag == nil || *released.Etag == "":
		return "", usage("--unless-changed: no field was in this answer; fetch without it")
	}
	return *released.Etag, nil
}
