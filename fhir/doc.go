// Package fhir turns FHIR R4 resources into catalog fields and back, and rewrites what leaves the vault so that no id joins two releases.
package fhir
