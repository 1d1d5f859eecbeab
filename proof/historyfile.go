package proof

import (
	"fmt"

	"github.com/wrapious/wrappy/consent"
)

// NewHistoryFile is a person's history as they keep it.
func NewHistoryFile(log Log, checkpoint *Checkpoint, statement *consent.Completeness, items []LoggedItem) *HistoryFile {
	f := &HistoryFile{Format: FormatHistory, Log: log.VerifierKey(), Checkpoint: string(checkpoint.Note), Items: make([]Logged, len(items)), Statement: Statement{
		Origin: statement.Origin, Size: statement.Size, Identity: statement.Identity, Sequence: statement.Sequence,
		Last: statement.Last, Time: statement.Time, Signature: statement.Signature[:],
	}}
	for i, item := range items {
		personal := Opening(item.Personal)
		f.Items[i] = Logged{Index: item.Index, Leaf: item.Leaf, Personal: &personal, Shared: Opening(item.Shared), Path: item.Path}
	}
	return f
}

// Verify checks that the file's entries are all that the log states the person to have:
// complete as stated. Errors are *Failure.
func (f *HistoryFile) Verify(log Log) ([]HistoryEntry, Report, error) {
	checkpoint, err := log.Checkpoint([]byte(f.Checkpoint))
	if err == nil {
		err = sameLog(f.Log, f.Statement.Origin, log)
	}
	if err != nil {
		return nil, nil, &Failure{CheckCheckpoint, doTrust, err}
	}
	statement, items, err := f.read()
	if err != nil {
		return nil, nil, &Failure{CheckHistory, doRefetch, err}
	}
	entries, err := log.VerifyComplete(statement, checkpoint.Tree, items)
	if err != nil {
		return nil, nil, &Failure{CheckHistory, doRefetch, err}
	}
	var r Report
	r.checkpoint(log, checkpoint)
	r.proven(CheckInclusion, "each of the %d entries is in the log, where the file says", len(entries))
	r.proven(CheckHistory, "complete as stated: the log signed at %s that there are %d among its first %d entries, and these are they, none missing or changed",
		when(statement.Time), statement.Sequence, statement.Size)
	r.open(CheckHistory, "that the person did what it says of them: the entries are the vault's word")
	r.open(CheckHistory, "that the vault wrote down everything it did: it can state only what it logged")
	return entries, r, nil
}

func (f *HistoryFile) read() (*consent.Completeness, []LoggedItem, error) {
	s := &consent.Completeness{Origin: f.Statement.Origin, Size: f.Statement.Size, Identity: f.Statement.Identity,
		Sequence: f.Statement.Sequence, Last: f.Statement.Last, Time: f.Statement.Time}
	if len(f.Statement.Signature) != len(s.Signature) {
		return nil, nil, fmt.Errorf("%w: statement's signature", ErrFile)
	}
	copy(s.Signature[:], f.Statement.Signature)
	items := make([]LoggedItem, len(f.Items))
	for i, item := range f.Items {
		if item.Personal == nil {
			return nil, nil, fmt.Errorf("history[%d]: %w: no personal part", i, ErrFile)
		}
		items[i] = LoggedItem{Index: item.Index, Path: item.Path,
			HistoryItem: HistoryItem{Leaf: item.Leaf, Personal: consent.Opening(*item.Personal), Shared: consent.Opening(item.Shared)}}
	}
	return s, items, nil
}
