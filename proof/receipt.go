package proof

import (
	"fmt"

	"github.com/wrapious/wrappy/consent"
)

// ReceiptFile is a permission that a person gave, as they can show it: the grant, that the
// vault wrote down its giving and its end, and, where they chose to hand it out, the
// signature that ends it. It does not name the person.
type ReceiptFile struct {
	Format     string             `json:"format"`
	ChainID    uint64             `json:"chain_id"`
	Contract   consent.Address    `json:"contract"`
	Grant      Grant              `json:"grant"`
	Withdrawal *consent.Signature `json:"withdrawal,omitempty"` // whoever has it can end the grant
	Log        string             `json:"log,omitempty"`
	Checkpoint string             `json:"checkpoint,omitempty"`
	Given      *Logged            `json:"given,omitempty"`
	Withdrawn  *Logged            `json:"withdrawn,omitempty"`
}

// Grant is consent.Grant as it stands in a file; numbers as they are signed.
type Grant struct {
	Version        uint16                 `json:"version"`
	Audience       consent.Audience       `json:"audience"`
	Institution    consent.InstitutionID  `json:"institution"`
	Request        consent.RequestID      `json:"request"`
	Purpose        consent.Purpose        `json:"purpose"`
	LegalBasis     consent.LegalBasis     `json:"legal_basis"`
	Jurisdiction   string                 `json:"jurisdiction"`
	Fields         []consent.FieldName    `json:"fields"`
	Actions        uint8                  `json:"actions"`
	NotBefore      uint64                 `json:"not_before"`
	Expires        uint64                 `json:"expires"`
	MaxReleases    uint32                 `json:"max_releases"`
	RetentionDays  uint32                 `json:"retention_days"`
	NoticeDigest   consent.Digest         `json:"notice_digest"`
	NoticeLanguage string                 `json:"notice_language"`
	Representation consent.Representation `json:"representation"`
	Assistance     consent.Assistance     `json:"assistance"`
	GrantKey       consent.Address        `json:"grant_key"`
	Salt           consent.Salt           `json:"salt"`
}

// NewReceiptFile is the file of a grant, so far with nothing that the vault or the person signed.
func NewReceiptFile(domain consent.Domain, g *consent.Grant) *ReceiptFile {
	return &ReceiptFile{Format: FormatReceipt, ChainID: domain.ChainID, Contract: domain.Contract, Grant: NewGrant(g)}
}

// NewGrant is a grant as it stands in a file.
func NewGrant(g *consent.Grant) Grant {
	return Grant{
		g.Version, g.Audience, g.Institution, g.Request, g.Purpose, g.LegalBasis, g.Jurisdiction, g.Fields, uint8(g.Actions), g.NotBefore, g.Expires,
		g.MaxReleases, g.RetentionDays, g.NoticeDigest, g.NoticeLanguage, g.Representation, g.Assistance, g.GrantKey, g.Salt,
	}
}

// Document is the grant as it is signed.
func (g *Grant) Document() *consent.Grant {
	return &consent.Grant{
		Version: g.Version, Audience: g.Audience, Institution: g.Institution, Request: g.Request, Purpose: g.Purpose, LegalBasis: g.LegalBasis,
		Jurisdiction: g.Jurisdiction, Fields: g.Fields, Actions: consent.Actions(g.Actions), NotBefore: g.NotBefore, Expires: g.Expires,
		MaxReleases: g.MaxReleases, RetentionDays: g.RetentionDays, NoticeDigest: g.NoticeDigest, NoticeLanguage: g.NoticeLanguage,
		Representation: g.Representation, Assistance: g.Assistance, GrantKey: g.GrantKey, Salt: g.Salt,
	}
}

// ParseReceipt reads a receipt. ErrFile.
func ParseReceipt(data []byte) (*ReceiptFile, error) {
	f := new(ReceiptFile)
	if err := parse(data, MaxFile, FormatReceipt, f, &f.Format); err != nil {
		return nil, err
	}
	logged := f.Given != nil || f.Withdrawn != nil
	if logged != (f.Log != "") || logged != (f.Checkpoint != "") {
		return nil, fmt.Errorf("%w: %s: log, checkpoint and entries come together", ErrFile, FormatReceipt)
	}
	return f, nil
}

// Verify checks what the file holds: the grant's form and ledger, the signature that ends
// it, and that the vault wrote down its giving and its end. At least one of them must tie
// the grant to something signed. Errors are *Failure.
func (f *ReceiptFile) Verify(log Log, ledger consent.Domain) (id consent.GrantID, r Report, err error) {
	grant := f.Grant.Document()
	if (consent.Domain{ChainID: f.ChainID, Contract: f.Contract}) != ledger {
		return id, nil, &Failure{CheckReceipt, "compare chain and contract with a source that does not come from the vault", fmt.Errorf("%w: of another ledger than the one trusted", ErrProof)}
	}
	if err := grant.Validate(); err != nil {
		return id, nil, &Failure{CheckReceipt, doRefetch, fmt.Errorf("%w: %w", ErrProof, err)}
	}
	id = grant.ID()
	if f.Withdrawal == nil && f.Given == nil && f.Withdrawn == nil {
		return id, nil, &Failure{CheckReceipt, "export it again while the vault can be reached, or with the signature that ends the permission",
			fmt.Errorf("%w: nothing signed speaks of this grant", ErrProof)}
	}
	if f.Withdrawal != nil {
		if err := consent.Verify(ledger.Digest(consent.WithdrawHash(id)), *f.Withdrawal, grant.GrantKey); err != nil {
			return id, nil, &Failure{CheckReceipt, doRefetch, fmt.Errorf("%w: withdrawal: %w", ErrProof, err)}
		}
		r.proven(CheckReceipt, "the signature in it ends the permission %s at any time", id)
	}
	if f.Given == nil && f.Withdrawn == nil { // grant and key are the file's own: anybody can make such a pair
		r.open(CheckReceipt, "that this permission was ever given, or that the vault knows it: no entry of its log is here")
	}
	if f.Given != nil || f.Withdrawn != nil {
		if err := f.logged(log, id, &r); err != nil {
			return id, nil, err
		}
	}
	r.open(CheckReceipt, "that a person gave it, and who: whoever runs the vault can make up a grant, a key for it and the entries; the signature that ties it to a person is not in here")
	r.open(CheckReceipt, "that the permission stands now: ask the ledger and the vault")
	return id, r, nil
}

func (f *ReceiptFile) logged(log Log, id consent.GrantID, r *Report) error {
	checkpoint, err := log.Checkpoint([]byte(f.Checkpoint))
	if err == nil {
		err = sameLog(f.Log, log.Origin, log)
	}
	if err != nil {
		return &Failure{CheckCheckpoint, doTrust, err}
	}
	r.checkpoint(log, checkpoint)
	for _, one := range []struct {
		entry *Logged
		kind  consent.EntryKind
	}{{f.Given, consent.EntryGranted}, {f.Withdrawn, consent.EntryWithdrawn}} {
		if one.entry == nil {
			continue
		}
		shared, err := one.entry.open(checkpoint.Tree)
		if err == nil && (shared.Kind != one.kind || shared.Grant != id || one.entry.Personal != nil) {
			err = fmt.Errorf("%w: the entry is of something else", ErrProof)
		}
		if err != nil {
			return &Failure{CheckReceipt, doRefetch, fmt.Errorf("%s: %w", one.kind, err)}
		}
		r.proven(CheckReceipt, "the vault wrote down that the permission was %s, %s, as entry %d of its log", one.kind, when(shared.Time), one.entry.Index)
	}
	return nil
}

// open checks an entry's shared part and its place in a tree.
func (e *Logged) open(tree Tree) (*consent.SharedPart, error) {
	if err := tree.Includes(consent.LeafHash(e.Leaf), e.Index, e.Path); err != nil {
		return nil, err
	}
	if err := checkOpening(e.Leaf, consent.PartShared, consent.Opening(e.Shared)); err != nil {
		return nil, err
	}
	return consent.ParseShared(e.Shared.Plaintext)
}
