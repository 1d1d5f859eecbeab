// Package crypto makes and opens what the vault stores: keyring, key wrapping,
// field envelopes, entry parts, padding and object names.
package crypto
