package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/api/strict"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
)

const maxValuesBytes = 16 << 20 // the API's own bound

func writeFrom(ctx context.Context, institution *client.Institution, grant, file, fhir string) (*openapi.Written, error) {
	if fhir != "" {
		bundle, err := os.Open(fhir) //nolint:gosec // the caller's own choice of file
		if err != nil {
			return nil, fmt.Errorf("--fhir: %w", err)
		}
		defer func() { _ = bundle.Close() }()
		return institution.WriteFHIR(ctx, grant, bundle)
	}
	data, err := crypto.ReadFile(file, maxValuesBytes)
	if err != nil {
		return nil, fmt.Errorf("--file: %w", err)
	}
	var values map[consent.FieldName]json.RawMessage
	if err := strict.Decode(data, &values); err != nil { // a member twice would lose one of the two
		return nil, &coded{exitUsage, fmt.Errorf("--file: want a JSON object of values by field name, each once: %w", err)}
	}
	return institution.Write(ctx, grant, values)
}
