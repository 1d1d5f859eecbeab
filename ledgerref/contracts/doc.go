// Package contracts holds the ledger's three contracts: their Solidity sources, compiled artefacts and Go bindings.
package contracts

//go:generate node build.mjs
//go:generate node bindings.mjs
