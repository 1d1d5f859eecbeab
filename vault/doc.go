// Package vault is the gate: the only path to plaintext.
package vault
