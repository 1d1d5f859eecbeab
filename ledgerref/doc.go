// Package ledgerref is the vault's knowledge of the ledger: it follows the chain,
// relays people's signed acts to it, and signs and submits institutions' acts.
package ledgerref
