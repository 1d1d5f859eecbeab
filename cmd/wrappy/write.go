package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
	"github.com/wrapious/wrappy/fhir"
	"github.com/wrapious/wrappy/internal/api/strict"
	"github.com/wrapious/wrappy/internal/client"
	"github.com/wrapious/wrappy/openapi"
)

func writeFrom(ctx context.Context, institution *client.Institution, grant, file, fhirFile string, all bool) (*openapi.Written, error) {
	if fhirFile != "" {
		bundle, err := readBundle(fhirFile)
		if err != nil {
			return nil, err
		}
		written, err := institution.WriteFHIR(ctx, grant, bytes.NewReader(bundle))
		return written, unsignable(err)
	}
	values, err := readValues(file)
	if err != nil {
		return nil, err
	}
	write := institution.Write
	if all {
		write = institution.WriteAll
	}
	written, err := write(ctx, grant, values)
	return written, unsignable(err)
}

func readBundle(file string) ([]byte, error) {
	bundle, err := crypto.ReadFile(file, client.MaxWrite)
	if err != nil {
		return nil, fmt.Errorf("--fhir: %w", err)
	}
	return bundle, nil
}

func readValues(file string) (values map[consent.FieldName]json.RawMessage, err error) {
	data, err := crypto.ReadFile(file, client.MaxWrite)
	if err != nil {
		return nil, fmt.Errorf("--file: %w", err)
	}
	if err := strict.Decode(data, &values); err != nil { // a member twice would lose one of the two
		return nil, &coded{exitUsage, fmt.Errorf("--file: want a JSON object of values by field name, each once: %w", err)}
	}
	return values, nil
}

// unsignable tells an input that cannot be signed, which names its element, from a failure.
func unsignable(err error) error {
	var element *fhir.Error
	if errors.As(err, &element) {
		return &coded{exitUsage, err}
	}
	return err
}
