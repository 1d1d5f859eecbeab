package demo

import (
	"context"
	"io"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/crypto"
)

// Stage is the running vault that the story is told on.
type Stage struct {
	Public            string // base URL of people's listener
	Institutions      string // base URL of the mutual TLS listener
	ServerCertificate string // PEM file
	Fingerprint       string // SHA-256 of the server's certificate
	Dir               string // where the cast's keys are kept
	Passphrase        crypto.Secret
	Jurisdiction      string

	// Appoint makes an accreditor one of the roots of trust: the operator's act.
	Appoint func(ctx context.Context, id consent.InstitutionID, expires uint64) error
	// GrantOnChain asks the chain itself, beside vault and view.
	GrantOnChain func(ctx context.Context, key consent.Address, id consent.GrantID) (consent.GrantState, error)

	// Anchor puts the log's newest checkpoint on the chain: the operator's act.
	Anchor func(ctx context.Context) error
	// LogOnChain reads the log's public key and newest anchor where the contract keeps them.
	LogOnChain func(ctx context.Context, origin string) (key [32]byte, size uint64, root [32]byte, err error)

	ChainID       uint64
	ConsentLedger consent.Address

	Out io.Writer // the narration
}

// Result is what the story showed; its JSON keys are stable.
type Result struct {
	Released     []string          `json:"released"`
	Withheld     []Withheld        `json:"withheld"`
	Denied       []Denied          `json:"denied"`
	WithdrawalMS float64           `json:"withdrawal_ms"`
	Chain        Chain             `json:"chain"`
	Journal      Journal           `json:"journal"`
	Addresses    map[string]string `json:"addresses"`
	Files        Files             `json:"files"`
}

// Withheld is a field that did not leave, and why.
type Withheld struct {
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

// Denied is somebody who received nothing, and why.
type Denied struct {
	Who string `json:"who"`
	Why string `json:"why"`
}

// Chain is what the chain itself said of the grant, before and after.
type Chain struct {
	ID            uint64  `json:"id"`
	ConsentLedger string  `json:"consent_ledger"`
	Grant         string  `json:"grant"`
	Before        string  `json:"before"`
	After         string  `json:"after"`
	BlockMS       float64 `json:"block_ms"` // from sending the withdrawal to its block
}

// Journal is the promise that came with the release, and the tree that it was kept in.
type Journal struct {
	Origin    string `json:"origin"`
	PublicKey string `json:"public_key"` // Ed25519, base64
	Index     uint64 `json:"index"`
	LeafHash  string `json:"leaf_hash"`
	Anchored  uint64 `json:"anchored"` // entries of the tree whose root the chain has
	Root      string `json:"root"`     // of that tree
	History   int    `json:"history"`  // the person's entries, complete as stated
	Verified  bool   `json:"verified"`
}

// Files are what curl needs.
type Files struct {
	Certificate       string `json:"certificate"`
	Key               string `json:"key"`
	ServerCertificate string `json:"server_certificate"`
	Proofs            string `json:"proofs"` // folder of the files that step 7 checked
}
