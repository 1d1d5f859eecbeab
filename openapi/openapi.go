// Package openapi holds the API's description, written by hand, and what is generated from it.
package openapi

import _ "embed"

//go:generate go tool -modfile=../tools/go.mod oapi-codegen -config codegen/types.yaml openapi.yaml
//go:generate go tool -modfile=../tools/go.mod oapi-codegen -config codegen/server.yaml openapi.yaml
//go:generate go tool -modfile=../tools/go.mod oapi-codegen -config codegen/client.yaml openapi.yaml

// Document is openapi.yaml itself.
//
//go:embed openapi.yaml
var Document []byte
