// Package proof checks, without vault or network, what a vault has promised, logged and
// stated; docs/protocol/proof.md describes the files that carry it.
package proof
