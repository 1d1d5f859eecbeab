package proof

import (
	"bytes"
	"crypto/ed25519"
	"fmt"

	"github.com/wrapious/wrappy/consent"
)

// ErasureFile is what a person keeps of an erasure: the vault's signed receipt, and the
// proof that it wrote the erasure down. It names them.
type ErasureFile struct {
	Format    string    `json:"format"`
	Log       string    `json:"log"`     // the log's verifier key as its keeper knew it
	Receipt   []byte    `json:"receipt"` // consent.ErasureReceipt, encoded
	Signature []byte    `json:"signature"`
	Entry     EntryFile `json:"entry"`
}

// NewErasureFile is the file of a receipt; entry is its proof, perhaps without a checkpoint yet.
func NewErasureFile(receipt, signature []byte, entry *EntryFile) *ErasureFile {
	return &ErasureFile{Format: FormatErasure, Log: entry.Log, Receipt: receipt, Signature: signature, Entry: *entry}
}

// ParseErasure reads an erasure. ErrFile.
func ParseErasure(data []byte) (*ErasureFile, error) {
	f := new(ErasureFile)
	if err := parse(data, MaxFile, FormatErasure, f, &f.Format); err != nil {
		return nil, err
	}
	if f.Entry.Format != FormatEntry || (f.Entry.Checkpoint == "") != (f.Entry.Inclusion == nil) || f.Entry.Anchored != nil {
		return nil, fmt.Errorf("%w: %s: entry", ErrFile, FormatErasure)
	}
	return f, nil
}

// VerifyErasure checks a receipt's signature by the log's key. ErrProof.
func (l Log) VerifyErasure(receipt, signature []byte) (*consent.ErasureReceipt, error) {
	r, err := consent.ParseErasureReceipt(receipt)
	if err != nil {
		return nil, fmt.Errorf("%w: receipt: %w", ErrProof, err)
	}
	if len(l.Key) != ed25519.PublicKeySize || r.Origin != l.Origin || !ed25519.Verify(l.Key, consent.ErasureMessage(receipt), signature) {
		return nil, fmt.Errorf("%w: receipt: not signed by the log's key", ErrProof)
	}
	return r, nil
}

// Verify checks the receipt's signature, that the vault promised to keep the entry of
// the erasure, and, where the file has a checkpoint, that it did. Errors are *Failure.
func (f *ErasureFile) Verify(log Log) (receipt *consent.ErasureReceipt, r Report, err error) {
	if err := log.Check(); err != nil {
		return nil, nil, &Failure{CheckErasure, doTrust, err}
	}
	if err := sameLog(f.Log, log.Origin, log); err != nil {
		return nil, nil, &Failure{CheckErasure, doTrust, err}
	}
	if receipt, err = log.VerifyErasure(f.Receipt, f.Signature); err != nil {
		return nil, nil, &Failure{CheckErasure, doRefetch, err}
	}
	verify := f.Entry.VerifyIncluded
	if f.Entry.Inclusion == nil {
		verify = f.Entry.VerifyPromise
	}
	v, err := verify(log)
	if err != nil {
		return nil, nil, err
	}
	if v.Shared.Kind != consent.EntryErased || v.Index != receipt.Index || !bytes.Equal(f.Entry.Promise.LeafHash[:], receipt.LeafHash[:]) {
		return nil, nil, &Failure{CheckErasure, doRefetch, fmt.Errorf("%w: the entry is of something else", ErrProof)}
	}
	r.proven(CheckErasure, "the vault signed that it has destroyed the keys and deleted the records of this identity, %s", when(receipt.Time))
	r = append(r, v.Report...)
	if f.Entry.Inclusion == nil {
		r.open(CheckInclusion, "that the promise was kept: the file has no checkpoint")
	}
	r.open(CheckErasure, "that the person ordered it: the signature of the order is theirs alone, and not in here")
	r.open(CheckErasure, "that the vault has done what it signed: whoever holds its keys and an old copy could open it until the backups' end")
	return receipt, r, nil
}
