// Package demo tells the vault's promise as a story, with the same wallet, client
// and server that users have.
package demo
