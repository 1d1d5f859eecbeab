package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
)

const maxValuesBytes = 1 << 20 // the API's own bound

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
	if err := json.Unmarshal(data, &values); err != nil {
		return nil, &coded{exitUsage, errors.New("--file: want a JSON object of values by field name")}
	}
	return institution.Write(ctx, grant, values)
}
