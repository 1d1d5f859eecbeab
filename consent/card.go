package consent

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"log/slog"
)

// What is signed about a card, docs/protocol/card.md. None of them tells what the card opens.
const (
	cardType          = "Card(bytes32 identity,string vault,bytes32 card,address askKey,bytes32 content,uint64 time)"
	resetCardType     = "ResetCard(bytes32 identity,string vault,bytes32 card,uint64 time)"
	askRestoreType    = "AskRestore(bytes32 card,string vault,bytes32 pickup,uint64 time)"
	cancelRestoreType = "CancelRestore(bytes32 identity,string vault,bytes32 pickup)"
)

// CardID names a card to the vault. It derives from the card's secret one way. It prints
// redacted: whoever knows it can use up a card's tries.
type CardID [32]byte

func (CardID) String() string                     { return "card(redacted)" }
func (v CardID) Format(f fmt.State, _ rune)       { _, _ = f.Write([]byte(v.String())) }
func (v CardID) LogValue() slog.Value             { return slog.StringValue(v.String()) }
func (v CardID) MarshalText() ([]byte, error)     { return []byte(formatHex(v[:])), nil }
func (v *CardID) UnmarshalText(text []byte) error { return parseHex(v[:], text) }

// CardKind says which of a card's two blobs is meant.
type CardKind string

// The kinds. Each has an OPRF key, a blob and a count of its own.
const (
	CardRestore CardKind = "restore" // the seed; after a delay that can be used to stop it
	CardAssist  CardKind = "assist"  // a narrow key, for a helper's device; at once
)

// CardPart is what the vault keeps of one kind: the key by which it answers, and a blob
// that it cannot open. Both are empty where a card has no such kind.
type CardPart struct {
	_    struct{} `cbor:",toarray"`
	Key  []byte
	Blob []byte
}

// MaxCardBlob is the length of the longest blob, in bytes.
const MaxCardBlob = 4096

// CardContent stands for a card's parts in the signed act: SHA-256 of "wrappy card content
// v1", a zero byte, and key and blob of restore and then of assist, each preceded by its
// length (4 bytes, big-endian).
func CardContent(restore, assist CardPart) (d Digest) {
	h := sha256.New()
	_, _ = h.Write([]byte("wrappy card content v1\x00"))
	for _, part := range [][]byte{restore.Key, restore.Blob, assist.Key, assist.Blob} {
		_, _ = h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part)))) //nolint:gosec // at most 4096
		_, _ = h.Write(part)
	}
	h.Sum(d[:0])
	return d
}

// Card makes the identity's card at one vault, in the place of any earlier one; signed by
// the current root key.
type Card struct {
	Identity IdentityID
	Vault    string // the origin of the vault's log
	Card     CardID
	AskKey   Address // whose signature asks for a restore: only card and PIN together give it
	Content  Digest  // CardContent
	Time     uint64
}

// StructHash is the EIP-712 struct hash of the act.
func (c Card) StructHash() [32]byte {
	return encodeType(cardType).hash(c.Identity).text(c.Vault).hash(c.Card).address(c.AskKey).hash(c.Content).uint(c.Time).sum()
}

// ResetCard forgives the tries that were counted, signed by the current root key: whoever
// has it needs no PIN.
type ResetCard struct {
	Identity IdentityID
	Vault    string
	Card     CardID
	Time     uint64
}

// StructHash is the EIP-712 struct hash of the act.
func (r ResetCard) StructHash() [32]byte {
	return encodeType(resetCardType).hash(r.Identity).text(r.Vault).hash(r.Card).uint(r.Time).sum()
}

// AskRestore asks for the restore blob, signed by the card's ask key.
type AskRestore struct {
	Card   CardID
	Vault  string
	Pickup Digest // PickupDigest of a secret of whoever asks
	Time   uint64
}

// StructHash is the EIP-712 struct hash of the act.
func (a AskRestore) StructHash() [32]byte {
	return encodeType(askRestoreType).hash(a.Card).text(a.Vault).hash(a.Pickup).uint(a.Time).sum()
}

// PickupDigest is SHA-256 of "wrappy card pickup v1", a zero byte and the secret by which a
// restored blob is fetched.
func PickupDigest(secret [32]byte) Digest {
	return sha256.Sum256(append([]byte("wrappy card pickup v1\x00"), secret[:]...))
}

// CancelRestore stops the restore that was asked for with this digest, for ever; signed by
// the current root key. It needs no time: it is good against that one alone.
type CancelRestore struct {
	Identity IdentityID
	Vault    string
	Pickup   Digest
}

// StructHash is the EIP-712 struct hash of the act.
func (c CancelRestore) StructHash() [32]byte {
	return encodeType(cancelRestoreType).hash(c.Identity).text(c.Vault).hash(c.Pickup).sum()
}
