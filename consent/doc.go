// Package consent is the vocabulary of the vault: what is asked, granted,
// decided and written down, and the typed-data hashes that people sign.
//
// It imports nothing of ours. Times are Unix seconds in UTC unless a name says
// otherwise; every multi-byte value that is hashed is big-endian.
package consent
