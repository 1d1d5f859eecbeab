package proof

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/wrapious/wrappy/consent"
)

// The formats of files, docs/protocol/proof.md, and how large each may be, in bytes.
const (
	FormatEntry       = "wrappy entry proof v1"
	FormatHistory     = "wrappy history v1"
	FormatConsistency = "wrappy consistency v1"
	FormatReceipt     = "wrappy receipt v1"
	FormatTrust       = "wrappy trust v1"
	FormatErasure     = "wrappy erasure v1"
	FormatAnswers     = "wrappy derived answers v1"

	MaxFile        = 4 << 20
	MaxHistoryFile = 256 << 20
	maxItems       = 100_000
)

// ErrFile: not a file of the format wanted, in its one spelling.
var ErrFile = errors.New("not such a file, or not in its one spelling")

// Opening opens one commitment of a leaf.
type Opening struct {
	Salt      consent.Salt `json:"salt"`
	Plaintext []byte       `json:"plaintext"`
}

// Path is the hashes of a proof of RFC 6962.
type Path []consent.Digest

// MarshalJSON writes a path of no hashes as an empty list, never as null.
func (p Path) MarshalJSON() ([]byte, error) {
	if p == nil {
		p = Path{}
	}
	return json.Marshal([]consent.Digest(p))
}

// Promise is consent.Promise as it stands in a file.
type Promise struct {
	Origin    string         `json:"origin"`
	Index     uint64         `json:"index"`
	LeafHash  consent.Digest `json:"leaf_hash"`
	MaxDelay  uint32         `json:"max_delay_ms"`
	Signature []byte         `json:"signature"`
}

// Inclusion is what stands in the checkpoint at the promise's index. Where that is not the
// promised leaf, the file is evidence that the promise was broken.
type Inclusion struct {
	LeafHash consent.Digest `json:"leaf_hash"`
	Path     Path           `json:"path"`
}

// AnchoredInclusion is the entry's inclusion in a tree that the ledger anchors.
type AnchoredInclusion struct {
	Tree
	Path Path `json:"path"`
}

// EntryFile is what whoever received an answer keeps of it: that the vault decided so and
// wrote it down. It holds no released value.
type EntryFile struct {
	Format     string             `json:"format"`
	Log        string             `json:"log"` // the log's verifier key as its keeper knew it
	Promise    Promise            `json:"promise"`
	Leaf       []byte             `json:"leaf"`
	Opening    Opening            `json:"opening"` // of the shared part
	Checkpoint string             `json:"checkpoint,omitempty"`
	Inclusion  *Inclusion         `json:"inclusion,omitempty"`
	Anchored   *AnchoredInclusion `json:"anchored,omitempty"`
}

// NewEntryFile is the file of an answer's proof, so far without a checkpoint.
func NewEntryFile(log Log, p *consent.Proof) *EntryFile {
	return &EntryFile{
		Format: FormatEntry, Log: log.VerifierKey(), Leaf: p.Leaf, Opening: Opening(p.Shared),
		Promise: Promise{Origin: p.Promise.Origin, Index: p.Promise.Index, LeafHash: p.Promise.LeafHash, MaxDelay: p.Promise.MaxDelay, Signature: p.Promise.Signature[:]},
	}
}

// Proof is the answer's proof. ErrFile for a signature of another length.
func (f *EntryFile) Proof() (*consent.Proof, error) {
	p := &consent.Proof{Leaf: f.Leaf, Shared: consent.Opening(f.Opening),
		Promise: consent.Promise{Origin: f.Promise.Origin, Index: f.Promise.Index, LeafHash: f.Promise.LeafHash, MaxDelay: f.Promise.MaxDelay}}
	if len(f.Promise.Signature) != len(p.Promise.Signature) {
		return nil, fmt.Errorf("%w: promise's signature", ErrFile)
	}
	copy(p.Promise.Signature[:], f.Promise.Signature)
	return p, nil
}

// Logged is one entry with its place in the log.
type Logged struct {
	Index    uint64   `json:"index"`
	Leaf     []byte   `json:"leaf"`
	Personal *Opening `json:"personal,omitempty"`
	Shared   Opening  `json:"shared"`
	Path     Path     `json:"path"`
}

// Statement is consent.Completeness as it stands in a file.
type Statement struct {
	Origin    string             `json:"origin"`
	Size      uint64             `json:"size"`
	Identity  consent.IdentityID `json:"identity"`
	Sequence  uint64             `json:"sequence"`
	Last      consent.Digest     `json:"last"`
	Time      uint64             `json:"time_ms"`
	Signature []byte             `json:"signature"`
}

// HistoryFile is a person's own history, for themselves: it names them.
type HistoryFile struct {
	Format     string    `json:"format"`
	Log        string    `json:"log"`
	Items      []Logged  `json:"items"`
	Checkpoint string    `json:"checkpoint"`
	Statement  Statement `json:"statement"`
}

// ConsistencyFile is two checkpoints of one log, and that the newer begins with all of the older.
type ConsistencyFile struct {
	Format string `json:"format"`
	Log    string `json:"log"`
	Old    string `json:"old"`
	New    string `json:"new"`
	Path   Path   `json:"path"`
}

// TrustFile is what a reader was told from elsewhere and trusts; every check rests on it.
type TrustFile struct {
	Format    string          `json:"format"`
	Log       string          `json:"log"`
	Witnesses []string        `json:"witnesses,omitempty"`
	Threshold int             `json:"threshold,omitempty"`
	ChainID   uint64          `json:"chain_id"`
	Contract  consent.Address `json:"contract"` // ConsentLedger
}

// Trusted is the log of a trust file. ErrTrust.
func (t *TrustFile) Trusted() (Log, error) {
	l, err := ParseLog(t.Log)
	if err != nil {
		return l, err
	}
	l.Witnesses, l.Threshold = t.Witnesses, t.Threshold
	return l, l.Check()
}

// Encode writes a file in its one spelling.
func Encode(file any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(file); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFile, err)
	}
	return out.Bytes(), nil
}

// parse reads what Encode wrote and nothing else: unknown, repeated and reordered members
// would let two readers see two things in one file.
func parse(data []byte, most int, format string, into any, got *string) error {
	if len(data) == 0 || len(data) > most {
		return fmt.Errorf("%w: %s: at most %d bytes", ErrFile, format, most)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%w: %s", ErrFile, format) // the cause could hold what the file says
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) || *got != format {
		return fmt.Errorf("%w: %s", ErrFile, format)
	}
	again, err := Encode(into)
	if err != nil || !bytes.Equal(again, data) {
		return fmt.Errorf("%w: %s", ErrFile, format)
	}
	return nil
}

// ParseEntry reads an entry proof. ErrFile.
func ParseEntry(data []byte) (*EntryFile, error) {
	f := new(EntryFile)
	if err := parse(data, MaxFile, FormatEntry, f, &f.Format); err != nil {
		return nil, err
	}
	if (f.Checkpoint == "") != (f.Inclusion == nil) {
		return nil, fmt.Errorf("%w: %s: checkpoint and inclusion come together", ErrFile, FormatEntry)
	}
	return f, nil
}

// ParseHistory reads a history. ErrFile.
func ParseHistory(data []byte) (*HistoryFile, error) {
	f := new(HistoryFile)
	if err := parse(data, MaxHistoryFile, FormatHistory, f, &f.Format); err != nil {
		return nil, err
	}
	if len(f.Items) > maxItems || f.Items == nil {
		return nil, fmt.Errorf("%w: %s: want a list of at most %d items", ErrFile, FormatHistory, maxItems)
	}
	return f, nil
}

// ParseConsistency reads two checkpoints with their proof. ErrFile.
func ParseConsistency(data []byte) (*ConsistencyFile, error) {
	f := new(ConsistencyFile)
	return f, parse(data, MaxFile, FormatConsistency, f, &f.Format)
}

// ParseTrust reads a trust file. ErrFile.
func ParseTrust(data []byte) (*TrustFile, error) {
	f := new(TrustFile)
	return f, parse(data, MaxFile, FormatTrust, f, &f.Format)
}
