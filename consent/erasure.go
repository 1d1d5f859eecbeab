package consent

import (
	"slices"
)

// Erasure destroys all that one vault keeps of an identity, signed by the current root
// key. It has no time: once it was sent it can be sent again, for the same answer, and it
// can be sent to no effect but this.
type Erasure struct {
	Identity IdentityID
	Vault    string // the origin of the vault's log: no other vault takes it
}

// StructHash is the EIP-712 struct hash of the erasure.
func (e Erasure) StructHash() [32]byte {
	return encodeType(eraseType).hash(e.Identity).text(e.Vault).sum()
}

// Remainder names something that an erasure leaves.
type Remainder string

// What remains, docs/protocol/erasure.md.
const (
	RemainsCopies    Remainder = "institution_copies" // what institutions have received
	RemainsBackups   Remainder = "backups"            // of the head, until BackupsUntil
	RemainsCached    Remainder = "cached_keys"        // in memory, for CachedSeconds
	RemainsChain     Remainder = "chain"              // salted commitments, expiry and state of each permission; the identity's registration
	RemainsEvidence  Remainder = "journal_evidence"   // what was decided, without the person
	RemainsPersonal  Remainder = "journal_personal"   // the person's part of each entry, under a key that is gone
	RemainsDocuments Remainder = "grant_documents"    // what was permitted, so that the institution learns that it ended
	RemainsMark      Remainder = "erased_mark"        // that this identity was erased here
)

// Remainders are all, sorted: what every erasure leaves.
func Remainders() []Remainder {
	return []Remainder{
		RemainsBackups, RemainsCached, RemainsChain, RemainsMark, RemainsDocuments, RemainsCopies, RemainsEvidence, RemainsPersonal,
	}
}

// HeldCopy is an institution that has received something: it has a copy that no vault
// can take back.
type HeldCopy struct {
	_             struct{} `cbor:",toarray"`
	Institution   InstitutionID
	First, Last   uint64 // of the releases, Unix milliseconds
	RetentionDays uint32 // that it has agreed to, the longest of its permissions; 0 where that is not known
}

// ErasureReceipt is the vault's statement that an identity's keys and records are gone,
// and of what remains. A CBOR array in this order, docs/protocol/erasure.md; the journal's
// key signs it, Ed25519 over "wrappy erasure receipt v1", a zero byte and that array.
type ErasureReceipt struct {
	_             struct{} `cbor:",toarray"`
	Version       uint16
	Origin        string // of the log
	Identity      IdentityID
	Time          uint64 // Unix milliseconds
	Index         uint64 // of the journal's entry
	LeafHash      Digest
	Ended         uint32 // permissions that had not ended before
	Remains       []Remainder
	Copies        []HeldCopy // sorted by institution, at most MaxCopies
	More          uint32     // institutions beyond those
	BackupsUntil  uint64     // Unix seconds; from then on no copy of the head opens
	CachedSeconds uint32
}

// MaxCopies bounds the institutions that a receipt names.
const MaxCopies = maxListed

func (r *ErasureReceipt) valid() bool {
	if len(r.Origin) == 0 || len(r.Origin) > MaxOrigin || !validText(r.Origin) || !validText(r.Remains...) ||
		len(r.Remains) > maxListed || len(r.Copies) > MaxCopies || !slices.IsSorted(r.Remains) {
		return false
	}
	for i := range r.Remains {
		if !slices.Contains(Remainders(), r.Remains[i]) || i > 0 && r.Remains[i] == r.Remains[i-1] {
			return false
		}
	}
	for i := range r.Copies {
		if r.Copies[i].First > r.Copies[i].Last || i > 0 && slices.Compare(r.Copies[i-1].Institution[:], r.Copies[i].Institution[:]) >= 0 {
			return false
		}
	}
	return true
}

// Encode gives the canonical bytes; ErrPart when ParseErasureReceipt would refuse them.
func (r *ErasureReceipt) Encode() ([]byte, error) {
	return encodePart(r, r.Version, EntryErased, r.valid())
}

// ParseErasureReceipt reads a receipt; ErrPart for every spelling but the canonical one.
func ParseErasureReceipt(data []byte) (*ErasureReceipt, error) {
	r := new(ErasureReceipt)
	if err := parsePart(data, r, r.Encode); err != nil {
		return nil, err
	}
	return r, nil
}

// ErasureMessage is what the journal's key signs of a receipt's bytes.
func ErasureMessage(receipt []byte) []byte {
	return append([]byte("wrappy erasure receipt v1\x00"), receipt...)
}
