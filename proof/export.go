package proof

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/wrapious/wrappy/consent"
)

// FormatExport is the first word of what a vault exports, docs/protocol/export.md.
const FormatExport = "wrappy export v1"

// Bounds of an export.
const (
	MaxExport       = 1 << 30  // bytes of what the vault writes
	maxExportHead   = 64 << 10 // bytes of the first line, which is read before anybody's turn
	MaxExportLine   = 24 << 20 // bytes: one writer's value of 16 MiB, with its signatures
	maxExportGrants = 100_000
	maxExportValues = 100_000
)

// Exported is what the first line of an export says: of whom it is, and of which vault.
type Exported struct {
	Format        string              `json:"format"`
	Log           string              `json:"log"` // the vault's log: its verifier key
	ChainID       uint64              `json:"chain_id"`
	ConsentLedger consent.Address     `json:"consent_ledger"`
	Identity      consent.IdentityID  `json:"identity"`
	RootKey       consent.Address     `json:"root_key"` // with the next two: what the identity derives from
	RecoveryHash  consent.Digest      `json:"recovery_hash"`
	Salt          consent.Salt        `json:"salt"`
	Jurisdiction  string              `json:"jurisdiction"`
	Enrolled      uint64              `json:"enrolled"`
	Time          uint64              `json:"time_ms"`
	Fields        []consent.FieldName `json:"fields,omitempty"` // those asked for; absent: everything
}

// ExportedFacts are what rules may know of the person.
type ExportedFacts struct {
	Minor          bool     `json:"minor"`
	Representative bool     `json:"representative"`
	NeverCountries []string `json:"never_countries"`
	Time           uint64   `json:"time"`
}

// ExportedGrant is a permission with what proves whose it is: by it another vault can open
// the grant commitments of what was written under it. Elsewhere marks one that was given at
// an earlier vault.
type ExportedGrant struct {
	ID               consent.GrantID   `json:"id"`
	Document         Grant             `json:"document"`
	BindingTime      uint64            `json:"binding_time"`
	BindingOpening   consent.Salt      `json:"binding_opening"`
	BindingSignature consent.Signature `json:"binding_signature"`
	Status           consent.Status    `json:"status,omitempty"`
	Used             uint32            `json:"used,omitempty"`
	Elsewhere        bool              `json:"elsewhere,omitempty"`

	Representation *ExportedRepresentation `json:"representation,omitempty"` // where a representative has bound it
	Help           *ExportedHelp           `json:"help,omitempty"`           // where an assist key has
}

// ExportedRepresentation is the Represent statement by which somebody gave for the person, at the vault of that log origin.
type ExportedRepresentation struct {
	Representative consent.IdentityID `json:"representative"`
	Vault          string             `json:"vault"`
	Until          uint64             `json:"until"`
	Time           uint64             `json:"time"`
	Signature      consent.Signature  `json:"signature"` // by the person's root key
}

// ExportedHelp is what proves a grant with help, at the vault of that log origin: the AssistKey statement, and the
// helping institution's word, docs/protocol/assist.md.
type ExportedHelp struct {
	Vault         string                `json:"vault"`
	AssistKey     consent.Address       `json:"assist_key"`
	Time          uint64                `json:"time"`      // of the statement
	Signature     consent.Signature     `json:"signature"` // of the statement, by the person's root key
	Institution   consent.InstitutionID `json:"institution"`
	Key           []byte                `json:"key"` // the institution's: x ‖ y, 64 bytes
	NotBefore     uint64                `json:"not_before"`
	Until         uint64                `json:"until"`
	HelpSignature []byte                `json:"help_signature"` // r ‖ s, 64 bytes
}

// ExportedValue is one writer's value of a field.
type ExportedValue struct {
	Field      consent.FieldName     `json:"field"`
	Version    uint64                `json:"version"`
	Writer     consent.InstitutionID `json:"writer"`     // zero: the person
	Written    uint64                `json:"written_ms"` // of the person's own: the time of the act
	Grant      consent.GrantID       `json:"grant"`
	Signatures []ExportedSignature   `json:"signatures,omitempty"` // one for each item
	Value      json.RawMessage       `json:"value"`
}

// ExportedSignature is the writer's signature of one item of a value, docs/protocol/value.md.
type ExportedSignature struct {
	Day       uint64          `json:"day"`
	Grant     consent.GrantID `json:"grant"` // under which the item was written
	Salt      consent.Salt    `json:"salt"`  // of the grant commitment
	Key       []byte          `json:"key"`   // x ‖ y, 64 bytes
	Signature []byte          `json:"signature"`
}

// ExportedEnd is the last line: nothing before it is missing or changed.
type ExportedEnd struct {
	Grants    int            `json:"grants"`
	Values    int            `json:"values"`
	Unnamed   int            `json:"unnamed,omitempty"` // fields that no catalog or permission names any more: kept, and not in here
	Digest    consent.Digest `json:"digest"`            // SHA-256 of all lines before
	Signature []byte         `json:"signature"`         // Ed25519 by the log's key
}

// exportLine is one line: exactly one member is there.
type exportLine struct {
	Export *Exported      `json:"export,omitempty"`
	Facts  *ExportedFacts `json:"facts,omitempty"`
	Grant  *ExportedGrant `json:"grant,omitempty"`
	Value  *ExportedValue `json:"value,omitempty"`
	End    *ExportedEnd   `json:"end,omitempty"`
}

// ExportWriter writes an export in its one spelling.
type ExportWriter struct {
	to     io.Writer
	digest hash.Hash
	head   Exported
	end    ExportedEnd
}

// NewExportWriter writes the first line.
func NewExportWriter(to io.Writer, head Exported) (*ExportWriter, error) {
	head.Format = FormatExport
	w := &ExportWriter{to: to, digest: sha256.New(), head: head}
	return w, w.line(exportLine{Export: &head})
}

func (w *ExportWriter) line(l exportLine) error {
	data, err := encodeLine(l)
	if err != nil {
		return err
	}
	_, _ = w.digest.Write(data)
	_, err = w.to.Write(data)
	return err
}

func encodeLine(l exportLine) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out) // ends the line
	e.SetEscapeHTML(false)
	if err := e.Encode(l); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFile, err)
	}
	return out.Bytes(), nil
}

// Facts, Grant and Value write a line each, in this order; grants sorted by id, values by
// field and writer.
func (w *ExportWriter) Facts(f ExportedFacts) error { return w.line(exportLine{Facts: &f}) }

// Grant writes a permission.
func (w *ExportWriter) Grant(g ExportedGrant) error {
	w.end.Grants++
	return w.line(exportLine{Grant: &g})
}

// Value writes a value.
func (w *ExportWriter) Value(v ExportedValue) error {
	w.end.Values++
	return w.line(exportLine{Value: &v})
}

// End writes the last line; sign signs consent.ExportMessage of the digest by the log's key.
func (w *ExportWriter) End(unnamed int, sign func(digest consent.Digest) []byte) error {
	w.end.Unnamed = unnamed
	w.digest.Sum(w.end.Digest[:0])
	w.end.Signature = sign(w.end.Digest)
	return w.line(exportLine{End: &w.end})
}

// ExportReader reads an export, line by line, and holds each against its one spelling and
// place. Nothing that it returned is known to be whole before io.EOF.
type ExportReader struct {
	Head Exported

	from   *bufio.Reader
	digest hash.Hash // of all lines before the one that is read
	file   hash.Hash // of all lines
	read   int64
	stage  int // of the last line: 1 facts, 2 grant, 3 value, 4 end
	last   string
	end    ExportedEnd
	counts ExportedEnd
}

// Item is one line of an export: exactly one member is there.
type Item struct {
	Facts *ExportedFacts
	Grant *ExportedGrant
	Value *ExportedValue
}

var errExport = fmt.Errorf("%w: %s", ErrFile, FormatExport)

// NewExportReader reads the first line. ErrFile, or the reader's own error.
func NewExportReader(from io.Reader) (*ExportReader, error) {
	r := &ExportReader{from: bufio.NewReaderSize(from, 64<<10), digest: sha256.New(), file: sha256.New()}
	l, err := r.line(maxExportHead)
	if err != nil {
		return nil, err
	}
	if l.Export == nil || l.Export.Format != FormatExport ||
		consent.DeriveIdentity(l.Export.RootKey, l.Export.RecoveryHash, l.Export.Salt) != l.Export.Identity {
		return nil, errExport
	}
	r.Head = *l.Export
	return r, nil
}

// line reads one line that is in its one spelling and has one member.
func (r *ExportReader) line(most int) (*exportLine, error) {
	var data []byte
	for {
		piece, err := r.from.ReadSlice('\n')
		if r.read += int64(len(piece)); r.read > MaxExport || len(data)+len(piece) > most {
			return nil, fmt.Errorf("%w: longer than it may be", errExport)
		}
		data = append(data, piece...)
		if err == nil {
			break
		}
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%w: cut short", errExport)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
	}
	l := new(exportLine)
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(l) != nil {
		return nil, errExport // the cause could hold what the file says
	}
	if again, err := encodeLine(*l); err != nil || !bytes.Equal(again, data) {
		return nil, errExport
	}
	members := 0
	for _, there := range []bool{l.Export != nil, l.Facts != nil, l.Grant != nil, l.Value != nil, l.End != nil} {
		if there {
			members++
		}
	}
	if members != 1 {
		return nil, errExport
	}
	if l.End == nil {
		_, _ = r.digest.Write(data)
	}
	_, _ = r.file.Write(data)
	return l, nil
}

// Next returns the next item; io.EOF after the last line, when all is known to be there
// as it was written. ErrFile, or the reader's own error.
func (r *ExportReader) Next() (Item, error) {
	if r.stage == 4 {
		return Item{}, io.EOF
	}
	l, err := r.line(MaxExportLine)
	if err != nil {
		return Item{}, err
	}
	stage, key := 0, ""
	switch {
	case l.Facts != nil:
		stage = 1
	case l.Grant != nil:
		stage, key = 2, string(l.Grant.ID[:])
		r.counts.Grants++
	case l.Value != nil:
		stage, key = 3, string(l.Value.Field)+"\x00"+string(l.Value.Writer[:])
		r.counts.Values++
	case l.End != nil:
		return Item{}, r.finish(l.End)
	}
	if stage < r.stage || stage == r.stage && key <= r.last || stage == 0 {
		return Item{}, fmt.Errorf("%w: not in order", errExport)
	}
	if r.counts.Grants > maxExportGrants || r.counts.Values > maxExportValues {
		return Item{}, fmt.Errorf("%w: longer than it may be", errExport)
	}
	if g := l.Grant; g != nil && (g.Representation != nil && len(g.Representation.Vault) > consent.MaxOrigin || g.Help != nil && len(g.Help.Vault) > consent.MaxOrigin) {
		return Item{}, fmt.Errorf("%w: no log has so long an origin", errExport)
	}
	r.stage, r.last = stage, key
	return Item{l.Facts, l.Grant, l.Value}, nil
}

func (r *ExportReader) finish(end *ExportedEnd) error {
	r.counts.Unnamed, r.counts.Signature = end.Unnamed, end.Signature
	r.digest.Sum(r.counts.Digest[:0])
	if end.Digest != r.counts.Digest || end.Grants != r.counts.Grants || end.Values != r.counts.Values || end.Unnamed < 0 {
		return fmt.Errorf("%w: changed, or lines are missing", errExport)
	}
	r.end, r.stage = *end, 4
	return io.EOF
}

// End is the last line; after io.EOF only.
func (r *ExportReader) End() ExportedEnd { return r.end }

// Digest is SHA-256 of all that was read, the last line included: what an import signs.
func (r *ExportReader) Digest() (d consent.Digest) {
	r.file.Sum(d[:0])
	return d
}

// Size is how many bytes were read, the last line included.
func (r *ExportReader) Size() int64 { return r.read }

// Rest is what follows the last line: what the person has added.
func (r *ExportReader) Rest() io.Reader { return r.from }

// VerifyExport checks that the vault whose log this is wrote the export, and all of it;
// after io.EOF only. ErrTrust, ErrSignature.
func (l Log) VerifyExport(r *ExportReader) error {
	if r.stage != 4 {
		return fmt.Errorf("%w: not read to its end", errExport)
	}
	if r.Head.Log != l.VerifierKey() {
		return fmt.Errorf("%w: the export names another log", ErrTrust)
	}
	if err := l.Check(); err != nil {
		return err
	}
	if !ed25519.Verify(l.Key, consent.ExportMessage(l.Origin, r.Head.Identity, r.Head.Time, r.end.Digest), r.end.Signature) {
		return fmt.Errorf("%w: of the export", ErrProof)
	}
	return nil
}
