package client

import (
	"context"
	"crypto/sha256"
	"encoding"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/openapi"
	"github.com/wrapious/wrappy/proof"
	"github.com/wrapious/wrappy/wallet"
)

// History is a person's whole history at one vault, checked.
type History struct {
	Entries   []openapi.HistoryItem
	Items     []proof.LoggedItem // the same, as the log holds them
	Statement *consent.Completeness
	State     proof.HistoryState // to be kept for the next time
}

// ErrNoStatement: the vault does not state how long a history is.
var ErrNoStatement = errors.New("the vault does not state how long the history is")

// History lists who asked to see what, and checks that nothing is missing since
// the state that was kept.
func (p *Person) History(ctx context.Context, kept proof.HistoryState) ([]openapi.HistoryItem, proof.HistoryState, error) {
	h, err := p.FullHistory(ctx, kept)
	if err != nil {
		return nil, kept, err
	}
	return h.Entries, h.State, nil
}

// FullHistory is History with what a file of it is made of. Where the vault states how
// long the history is, at least as much must be there.
func (p *Person) FullHistory(ctx context.Context, kept proof.HistoryState) (*History, error) {
	prove, err := p.inSession(ctx)
	if err != nil {
		return nil, err
	}
	h := new(History)
	for cursor := (*string)(nil); ; {
		answer, err := p.api.ListHistoryWithResponse(ctx, &openapi.ListHistoryParams{Cursor: cursor, WrappySession: p.session}, prove)
		if err != nil {
			return nil, err
		}
		if err := check(answer, http.StatusOK); err != nil {
			return nil, err
		}
		if err := h.add(answer.JSON200); err != nil {
			return nil, err
		}
		if cursor = answer.JSON200.Next; cursor == nil {
			break
		}
	}
	if err := h.verify(p.Identity.ID(), kept); err != nil {
		return nil, err
	}
	return h, h.counts(p.Identity.ID(), p.Deployment.Log())
}

func (h *History) add(page *openapi.HistoryPage) (err error) {
	if page == nil {
		return errAnswer
	}
	for _, entry := range page.Entries {
		item := proof.LoggedItem{Index: entry.Index, HistoryItem: proof.HistoryItem{
			Leaf: entry.Leaf, Personal: consent.Opening{Plaintext: entry.Opening.Plaintext}, Shared: consent.Opening{Plaintext: entry.SharedOpening.Plaintext},
		}}
		var r reader
		r.into(&item.Personal.Salt, entry.Opening.Salt)
		if r.into(&item.Shared.Salt, entry.SharedOpening.Salt); r.err != nil {
			return r.err
		}
		h.Entries, h.Items = append(h.Entries, entry), append(h.Items, item)
	}
	if page.Statement != nil { // the last page's is the newest
		h.Statement, err = readStatement(page.Statement)
	}
	return err
}

// verify checks the whole history from its beginning, and that it still contains the
// state that the person kept.
func (h *History) verify(identity consent.IdentityID, kept proof.HistoryState) error {
	items := make([]proof.HistoryItem, len(h.Items))
	for i := range items {
		items[i] = h.Items[i].HistoryItem
	}
	if kept.Sequence > uint64(len(items)) {
		return fmt.Errorf("%w: entries that were there before are missing", proof.ErrProof)
	}
	before, _, err := proof.VerifyHistory(identity, proof.HistoryState{}, items[:kept.Sequence])
	if err != nil {
		return err
	}
	if before != kept {
		return fmt.Errorf("%w: entries that were there before have changed", proof.ErrProof)
	}
	state, entries, err := proof.VerifyHistory(identity, kept, items[kept.Sequence:])
	if err != nil {
		return err
	}
	for i, entry := range entries {
		if shown := h.Entries[kept.Sequence:][i]; !sameEntry(&shown, &entry) {
			return fmt.Errorf("%w: entry %d reads otherwise than it was written", proof.ErrProof, entry.Personal.Sequence)
		}
	}
	h.State = state
	return nil
}

// counts checks the statement, where there is one: the person's, and no more in it than shown.
func (h *History) counts(identity consent.IdentityID, log proof.Log) error {
	s := h.Statement
	if s == nil {
		return nil
	}
	if err := log.VerifyStatement(s); err != nil {
		return err
	}
	var last consent.Digest
	if s.Sequence > uint64(len(h.Items)) {
		return fmt.Errorf("%w: the vault states %d entries and shows %d", proof.ErrProof, s.Sequence, len(h.Items))
	} else if s.Sequence > 0 {
		last = sha256.Sum256(h.Items[s.Sequence-1].Personal.Plaintext)
	}
	if s.Identity != identity || s.Last != last {
		return fmt.Errorf("%w: the vault states another history than it shows", proof.ErrProof)
	}
	return nil
}

// HistoryFile makes the file by which the history can be checked offline: complete as stated.
func (p *Person) HistoryFile(ctx context.Context, h *History) (*proof.HistoryFile, error) {
	if h.Statement == nil {
		return nil, ErrNoStatement
	}
	log, err := p.log()
	if err != nil {
		return nil, err
	}
	return log.HistoryFile(ctx, h.Statement, h.Items)
}

// ReceiptFile makes the file of a permission: with the entries of its giving and its end
// where the history has them, and with the signature that ends it where that is asked for.
func (p *Person) ReceiptFile(ctx context.Context, receipt *wallet.Receipt, h *History, withWithdrawal bool) (*proof.ReceiptFile, error) {
	f := proof.NewReceiptFile(consent.Domain{ChainID: receipt.ChainID, Contract: receipt.Contract}, &receipt.Grant)
	if withWithdrawal {
		f.Withdrawal = &receipt.Withdrawal
	}
	var at [2]*proof.LoggedItem
	for i, entry := range h.Entries {
		if entry.Grant == nil || *entry.Grant != text(receipt.Grant.ID()) {
			continue
		}
		switch entry.Kind {
		case string(consent.EntryGranted):
			at[0] = &h.Items[i]
		case string(consent.EntryWithdrawn):
			at[1] = &h.Items[i]
		}
	}
	if at[0] == nil && at[1] == nil {
		return f, nil
	}
	log, err := p.log()
	if err != nil {
		return nil, err
	}
	return f, log.placeIn(ctx, f, at[0], at[1])
}

// placeIn adds what the log holds of a permission.
func (r *LogReader) placeIn(ctx context.Context, f *proof.ReceiptFile, given, withdrawn *proof.LoggedItem) error {
	least := uint64(0)
	for _, item := range []*proof.LoggedItem{given, withdrawn} {
		if item != nil {
			least = max(least, item.Index+1)
		}
	}
	c, err := r.Await(ctx, least)
	if err != nil {
		return err
	}
	f.Log, f.Checkpoint = r.Log.VerifierKey(), string(c.Note)
	for _, one := range []struct {
		item *proof.LoggedItem
		into **proof.Logged
	}{{given, &f.Given}, {withdrawn, &f.Withdrawn}} {
		if one.item == nil {
			continue
		}
		_, path, err := r.Inclusion(ctx, c.Tree, one.item.Index)
		if err != nil {
			return err
		}
		*one.into = &proof.Logged{Index: one.item.Index, Leaf: one.item.Leaf, Shared: proof.Opening(one.item.Shared), Path: path}
	}
	return nil
}

// sameEntry holds what the vault shows in words against what the leaf commits to.
func sameEntry(shown *openapi.HistoryItem, written *proof.HistoryEntry) bool {
	s := &written.Shared
	return shown.Sequence == written.Personal.Sequence && shown.Kind == string(s.Kind) && shown.Time == s.Time/1000 &&
		sameID(shown.Institution, s.Institution, s.Institution == consent.InstitutionID{}) && sameID(shown.Grant, s.Grant, s.Grant == consent.GrantID{}) &&
		slices.EqualFunc(shown.Fields, s.Fields, func(a openapi.FieldVersion, b consent.FieldVersion) bool {
			return a.Field == string(b.Field) && a.Version == b.Version
		}) &&
		slices.EqualFunc(shown.Withheld, s.Withheld, func(a openapi.Withheld, b consent.Withheld) bool {
			return a.Field == string(b.Field) && a.Reason == string(b.Reason)
		}) &&
		slices.EqualFunc(shown.Reasons, s.Reasons, func(a openapi.Reason, b consent.Reason) bool { return a == string(b) })
}

// sameID: what is zero is not shown, and everything else is.
func sameID(shown *string, written encoding.TextMarshaler, zero bool) bool {
	if zero || shown == nil {
		return zero && shown == nil
	}
	return *shown == text(written)
}
