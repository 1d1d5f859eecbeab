package proof

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/wrapious/wrappy/consent"
)

// failed says which check a refusal names.
func failed(t *testing.T, err error) string {
	t.Helper()
	var f *Failure
	if !errors.As(err, &f) || f.Do == "" {
		t.Errorf("%v is no failure that says what to do", err)
		return ""
	}
	return f.Check
}

func TestEntryFileRefuses(t *testing.T) {
	w := newWorld(t)
	w.story()
	full, own := w.tree(w.size), w.items[3].Index
	anchor := Anchor{Origin: worldOrigin, Key: w.public(), Tree: full}
	other := newTestLog(t, 2)
	for _, c := range []struct {
		name   string
		change func(*EntryFile, *Log, *Anchor)
		check  string
		want   error
	}{
		{"as exported", func(*EntryFile, *Log, *Anchor) {}, "", nil},
		{"in a smaller anchored tree", func(f *EntryFile, _ *Log, a *Anchor) {
			a.Tree = w.tree(own + 1)
			f.Anchored = &AnchoredInclusion{Tree: a.Tree, Path: w.inclusion(a.Tree, own)}
		}, "", nil},
		{"in a larger anchored tree", func(f *EntryFile, _ *Log, a *Anchor) { *f = *w.entryFile(own+1, w.size) }, "", nil},
		{"another log's key trusted", func(_ *EntryFile, l *Log, _ *Anchor) { l.Key = other.public() }, CheckPromise, ErrProof},
		{"another origin trusted", func(_ *EntryFile, l *Log, _ *Anchor) { l.Origin = "log.example/2" }, CheckPromise, ErrProof},
		{"no key trusted", func(_ *EntryFile, l *Log, _ *Anchor) { l.Key = nil }, CheckPromise, ErrTrust},
		{"an origin that no note can have", func(_ *EntryFile, l *Log, _ *Anchor) { l.Origin = "log example" }, CheckPromise, ErrTrust},
		{"signed by another log", func(f *EntryFile, _ *Log, _ *Anchor) {
			p := other.sign(w.proofs[own].Promise)
			f.Promise.Signature = p.Signature[:]
		}, CheckPromise, ErrProof},
		{"a signature cut off", func(f *EntryFile, _ *Log, _ *Anchor) { f.Promise.Signature = f.Promise.Signature[:63] }, CheckEntry, ErrFile},
		{"another entry's opening", func(f *EntryFile, _ *Log, _ *Anchor) { f.Opening = Opening(w.proofs[0].Shared) }, CheckEntry, ErrProof},
		{"another entry's leaf", func(f *EntryFile, _ *Log, _ *Anchor) { f.Leaf = w.proofs[0].Leaf }, CheckEntry, ErrProof},
		{"no checkpoint", func(f *EntryFile, _ *Log, _ *Anchor) { f.Checkpoint, f.Inclusion = "", nil }, CheckInclusion, ErrNotCovered},
		{"a checkpoint before the entry", func(f *EntryFile, _ *Log, _ *Anchor) { f.Checkpoint = string(w.checkpoint(w.tree(own), false)) }, CheckInclusion, ErrNotCovered},
		{"a checkpoint of nothing", func(f *EntryFile, _ *Log, _ *Anchor) { f.Checkpoint = string(w.checkpoint(w.tree(0), false)) }, CheckInclusion, ErrNotCovered},
		{"the path of another entry", func(f *EntryFile, _ *Log, _ *Anchor) { f.Inclusion.Path = w.inclusion(full, own+1) }, CheckInclusion, ErrProof},
		{"the path in another tree", func(f *EntryFile, _ *Log, _ *Anchor) { f.Inclusion.Path = w.inclusion(w.tree(own+1), own) }, CheckInclusion, ErrProof},
		{"no path", func(f *EntryFile, _ *Log, _ *Anchor) { f.Inclusion.Path = nil }, CheckInclusion, ErrProof},
		{"a path too long", func(f *EntryFile, _ *Log, _ *Anchor) { f.Inclusion.Path = make(Path, maxPath+1) }, CheckInclusion, ErrProof},
		{"not cosigned as asked", func(_ *EntryFile, l *Log, _ *Anchor) {
			_, stranger := signerKey(t, "other.example", 10)
			l.Witnesses, l.Threshold = []string{stranger}, 1
		}, CheckCheckpoint, ErrProof},
		{"another leaf in the promised place", func(f *EntryFile, _ *Log, _ *Anchor) {
			moved := w.sign(consent.Promise{Origin: worldOrigin, Index: own + 1, LeafHash: f.Promise.LeafHash, MaxDelay: 2000})
			f.Promise.Index, f.Promise.Signature = own+1, moved.Signature[:]
			f.Inclusion = &Inclusion{LeafHash: w.proofs[own+1].Promise.LeafHash, Path: w.inclusion(full, own+1)}
		}, CheckInclusion, ErrBroken},
		{"claimed to be broken, without proof", func(f *EntryFile, _ *Log, _ *Anchor) { f.Inclusion.LeafHash[0]++ }, CheckInclusion, ErrProof},
		{"anchored under another key", func(_ *EntryFile, _ *Log, a *Anchor) { a.Key = other.public() }, CheckAnchor, ErrProof},
		{"anchored under another origin", func(_ *EntryFile, _ *Log, a *Anchor) { a.Origin += "0" }, CheckAnchor, ErrProof},
		{"another tree of that size anchored", func(_ *EntryFile, _ *Log, a *Anchor) { a.Root[0]++ }, CheckAnchor, ErrBroken},
		{"an anchor of another size", func(_ *EntryFile, _ *Log, a *Anchor) { a.Tree = w.tree(w.size - 1) }, CheckAnchor, ErrNotCovered},
		{"proof for another anchor", func(f *EntryFile, _ *Log, a *Anchor) {
			a.Tree = w.tree(w.size - 1)
			f.Anchored = &AnchoredInclusion{Tree: w.tree(w.size - 2), Path: w.inclusion(w.tree(w.size-2), own)}
		}, CheckAnchor, ErrNotCovered},
		{"an anchor before the entry", func(f *EntryFile, _ *Log, a *Anchor) {
			a.Tree = w.tree(own)
			f.Anchored = &AnchoredInclusion{Tree: a.Tree}
		}, CheckAnchor, ErrNotCovered},
		{"a wrong path in the anchored tree", func(f *EntryFile, _ *Log, a *Anchor) {
			a.Tree = w.tree(w.size - 1)
			f.Anchored = &AnchoredInclusion{Tree: a.Tree, Path: w.inclusion(a.Tree, own+1)}
		}, CheckAnchor, ErrProof},
	} {
		f, log, a := w.entryFile(w.size, 0), w.trust, anchor
		c.change(f, &log, &a)
		v, err := f.VerifyAnchored(log, a)
		if c.want == nil {
			if err != nil || v.Shared.Kind != consent.EntryAuthorised || v.Index != own {
				t.Errorf("%s: %+v, %v", c.name, v, err)
			}
			continue
		}
		if !errors.Is(err, c.want) || v != nil || failed(t, err) != c.check {
			t.Errorf("%s: %v; want %s to fail: %v", c.name, err, c.check, c.want)
		}
		if !errors.Is(c.want, ErrBroken) && errors.Is(err, ErrBroken) {
			t.Errorf("%s: %v accuses the vault", c.name, err)
		}
	}
}

func TestHistoryFileRefuses(t *testing.T) {
	w := newWorld(t)
	w.story()
	size := w.items[6].Index // the statement that leaves the last entry out is true for a smaller log
	last := w.size
	for _, c := range []struct {
		name   string
		change func(*HistoryFile)
		want   error
	}{
		{"as exported", func(*HistoryFile) {}, nil},
		{"a statement of a smaller log, with its entries", func(f *HistoryFile) {
			*f = *NewHistoryFile(w.trust, &Checkpoint{Note: w.checkpoint(w.tree(last), false)}, w.statement(size), w.logged(w.tree(last))[:6])
		}, nil},
		{"nothing yet", func(f *HistoryFile) {
			*f = *NewHistoryFile(w.trust, &Checkpoint{Note: w.checkpoint(w.tree(last), false)}, w.state(&consent.Completeness{Origin: worldOrigin, Size: last, Identity: consent.IdentityID{77}}), nil)
		}, nil},
		{"the last left out", func(f *HistoryFile) { f.Items = f.Items[:6] }, ErrProof},
		{"the first left out", func(f *HistoryFile) { f.Items = f.Items[1:] }, ErrProof},
		{"one left out", func(f *HistoryFile) { f.Items = slices.Delete(slices.Clone(f.Items), 2, 3) }, ErrProof},
		{"all left out", func(f *HistoryFile) { f.Items = []Logged{} }, ErrProof},
		{"one twice", func(f *HistoryFile) { f.Items = slices.Insert(slices.Clone(f.Items), 2, f.Items[2]) }, ErrProof},
		{"two swapped", func(f *HistoryFile) { f.Items[2], f.Items[3] = f.Items[3], f.Items[2] }, ErrProof},
		{"one beyond the statement's log", func(f *HistoryFile) { f.set(w.statement(size)) }, ErrProof},
		{"a statement that counts one beyond its log", func(f *HistoryFile) {
			s := w.statement(last)
			s.Size = size
			f.set(w.state(s))
		}, ErrProof},
		{"a statement of a larger log", func(f *HistoryFile) {
			s := w.statement(last)
			s.Size++
			f.set(w.state(s))
		}, ErrNotCovered},
		{"a statement that counts fewer", func(f *HistoryFile) {
			s := w.statement(last)
			s.Sequence--
			f.set(w.state(s))
		}, ErrProof},
		{"a statement that ends otherwise", func(f *HistoryFile) {
			s := w.statement(last)
			s.Last[0]++
			f.set(w.state(s))
		}, ErrProof},
		{"a statement of another person", func(f *HistoryFile) {
			s := w.statement(last)
			s.Identity[0]++
			f.set(w.state(s))
		}, ErrProof},
		{"a statement of another log", func(f *HistoryFile) {
			s := w.statement(last)
			s.Origin = "log.example/2"
			f.set(w.state(s))
		}, ErrProof},
		{"a statement signed by another log", func(f *HistoryFile) {
			s := w.statement(last)
			message, _ := s.Message()
			s.Signature = [64]byte(signWith(2, message))
			f.set(s)
		}, ErrProof},
		{"a statement without origin", func(f *HistoryFile) { f.Statement.Origin = "" }, ErrProof},
		{"no signature", func(f *HistoryFile) { f.Statement.Signature = nil }, ErrFile},
		{"an entry that is not in the log there", func(f *HistoryFile) { f.Items[3].Index++ }, ErrProof},
		{"an entry without its personal part", func(f *HistoryFile) { f.Items[3].Personal = nil }, ErrFile},
		{"an entry with another's shared part", func(f *HistoryFile) { f.Items[3].Shared = f.Items[2].Shared }, ErrProof},
		{"a checkpoint of another log", func(f *HistoryFile) { f.Checkpoint = f.Checkpoint[1:] }, ErrProof},
		{"a smaller checkpoint", func(f *HistoryFile) { f.Checkpoint = string(w.checkpoint(w.tree(size), false)) }, ErrNotCovered},
	} {
		f := w.historyFile()
		c.change(f)
		entries, _, err := f.Verify(w.trust)
		if c.want == nil {
			if err != nil || uint64(len(entries)) != f.Statement.Sequence {
				t.Errorf("%s: %d entries, %v", c.name, len(entries), err)
			}
			continue
		}
		if !errors.Is(err, c.want) || entries != nil || failed(t, err) == "" {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func (f *HistoryFile) set(s *consent.Completeness) {
	f.Statement = Statement{s.Origin, s.Size, s.Identity, s.Sequence, s.Last, s.Time, s.Signature[:]}
}

func TestConsistencyFileRefuses(t *testing.T) {
	w := newWorld(t)
	w.story()
	fork := newWorld(t)
	fork.story() // other salts, hence another tree of the same size
	full := w.tree(w.size)
	for _, c := range []struct {
		name   string
		change func(*ConsistencyFile)
		want   error
	}{
		{"as exported", func(*ConsistencyFile) {}, nil},
		{"from nothing", func(f *ConsistencyFile) { f.Old, f.Path = string(w.checkpoint(w.tree(0), false)), nil }, nil},
		{"the same twice", func(f *ConsistencyFile) { f.Old, f.Path = f.New, nil }, nil},
		{"the same twice, and a path", func(f *ConsistencyFile) { f.Old = f.New }, ErrProof},
		{"from nothing, and a path", func(f *ConsistencyFile) { f.Old = string(w.checkpoint(w.tree(0), false)) }, ErrProof},
		{"from a false nothing", func(f *ConsistencyFile) {
			f.Old, f.Path = string(w.checkpoint(Tree{Root: consent.Digest{1}}, false)), nil
		}, ErrProof},
		{"backward", func(f *ConsistencyFile) { f.Old, f.New = f.New, f.Old }, ErrProof},
		{"no path", func(f *ConsistencyFile) { f.Path = nil }, ErrProof},
		{"another path", func(f *ConsistencyFile) { f.Path = w.consistency(4, w.size) }, ErrProof},
		{"a path too long", func(f *ConsistencyFile) { f.Path = make(Path, 2*maxPath+1) }, ErrProof},
		{"two histories", func(f *ConsistencyFile) { f.Old = string(fork.checkpoint(fork.tree(5), false)) }, ErrProof},
		{"two trees of one size", func(f *ConsistencyFile) { f.Old, f.Path = string(fork.checkpoint(fork.tree(w.size), false)), nil }, ErrBroken},
		{"a size beyond all trees", func(f *ConsistencyFile) {
			f.New = string(w.checkpoint(Tree{Size: 1 << 63, Root: full.Root}, false))
		}, ErrProof},
		{"an older one that nobody signed", func(f *ConsistencyFile) { f.Old = f.Old[:len(f.Old)-60] }, ErrProof},
		{"of another log", func(f *ConsistencyFile) { f.Log = "" }, ErrProof},
	} {
		f := w.consistencyFile()
		c.change(f)
		older, newer, _, err := f.Verify(w.trust)
		if c.want == nil && (err != nil || older.Size > newer.Size) {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.want != nil && (!errors.Is(err, c.want) || newer != nil || failed(t, err) == "" || (!errors.Is(c.want, ErrBroken) && errors.Is(err, ErrBroken))) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestReceiptFileRefuses(t *testing.T) {
	w := newWorld(t)
	w.story()
	tree := w.tree(w.size)
	for _, c := range []struct {
		name   string
		change func(*ReceiptFile)
		want   error
	}{
		{"as exported", func(*ReceiptFile) {}, nil},
		{"without what ends it", func(f *ReceiptFile) { f.Withdrawal = nil }, nil},
		{"what ends it alone", func(f *ReceiptFile) { f.Given, f.Withdrawn = nil, nil }, nil},
		{"given only", func(f *ReceiptFile) { f.Withdrawn = nil }, nil},
		{"nothing signed", func(f *ReceiptFile) { f.Withdrawal, f.Given, f.Withdrawn = nil, nil, nil }, ErrProof},
		{"another chain", func(f *ReceiptFile) { f.ChainID++ }, ErrProof},
		{"another contract", func(f *ReceiptFile) { f.Contract[0]++ }, ErrProof},
		{"a wider grant", func(f *ReceiptFile) { f.Grant.Fields = append(slices.Clone(f.Grant.Fields), "work.employer") }, ErrProof},
		{"no document", func(f *ReceiptFile) { f.Grant.Version = 2 }, consent.ErrGrant},
		{"ended by another key", func(f *ReceiptFile) { f.Withdrawal[40]++ }, consent.ErrSignature},
		{"refused, not given", func(f *ReceiptFile) { f.Given = loggedEntry(w.logged(tree)[5]) }, ErrProof},
		{"given, not withdrawn", func(f *ReceiptFile) { f.Withdrawn = f.Given }, ErrProof},
		{"given under another grant", func(f *ReceiptFile) { f.Withdrawal, f.Grant.Salt[0] = nil, 7 }, ErrProof},
		{"given alone, and not there", func(f *ReceiptFile) { f.Withdrawn = nil; f.Given.Index++ }, ErrProof},
		{"withdrawn alone, and not there", func(f *ReceiptFile) { f.Given = nil; f.Withdrawn.Index-- }, ErrProof},
		{"an entry that is not there", func(f *ReceiptFile) { f.Given.Index++ }, ErrProof},
		{"an entry that opens otherwise", func(f *ReceiptFile) { f.Given.Shared = f.Withdrawn.Shared }, ErrProof},
		{"an entry that names the person", func(f *ReceiptFile) { f.Given.Personal = &Opening{} }, ErrProof},
		{"a checkpoint nobody signed", func(f *ReceiptFile) { f.Checkpoint = "log.example/1\n" }, ErrProof},
		{"of another log", func(f *ReceiptFile) { f.Log += "=" }, ErrProof},
	} {
		f := w.receiptFile()
		c.change(f)
		id, r, err := f.Verify(w.trust, ledger)
		if c.want == nil && (err != nil || id != w.grant.ID()) {
			t.Errorf("%s: %v", c.name, err)
		}
		// what the file's own key signed shows that it can be ended, not that it was given
		unlogged := slices.ContainsFunc(r, func(f Finding) bool { return !f.Proven && strings.Contains(f.What, "ever given") })
		if c.want == nil && unlogged != (f.Given == nil && f.Withdrawn == nil) {
			t.Errorf("%s: %v", c.name, r)
		}
		if c.want != nil && (!errors.Is(err, c.want) || !errors.Is(err, ErrProof) || r != nil || failed(t, err) == "") {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestAnchorOfATree(t *testing.T) {
	w := newWorld(t)
	w.story()
	tree := w.tree(w.size)
	for _, c := range []struct {
		name   string
		anchor Anchor
		want   error
	}{
		{"the same tree", Anchor{worldOrigin, w.public(), tree}, nil},
		{"another tree of that size", Anchor{worldOrigin, w.public(), Tree{Size: tree.Size}}, ErrBroken},
		{"another size", Anchor{worldOrigin, w.public(), w.tree(3)}, ErrNotCovered},
		{"another origin", Anchor{"log.example/2", w.public(), tree}, ErrProof},
		{"another key", Anchor{worldOrigin, newTestLog(t, 2).public(), tree}, ErrProof},
	} {
		err := c.anchor.VerifyTree(w.trust, &Checkpoint{Tree: tree})
		if !errors.Is(err, c.want) || (c.want != nil && failed(t, err) != CheckAnchor) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func signWith(seed byte, message []byte) []byte {
	return ed25519.Sign(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, 32)), message)
}

// A log whose order is not the history's has told two stories of it.
func TestHistoryOutOfTheLogsOrder(t *testing.T) {
	w := newWorld(t)
	items := w.history(w.me, HistoryState{}, 2)
	w.addLeaf(items[1].Leaf)
	w.addLeaf(items[0].Leaf)
	tree := w.tree(2)
	logged := []LoggedItem{{HistoryItem: items[0], Index: 1, Path: w.inclusion(tree, 1)}, {HistoryItem: items[1], Index: 0, Path: w.inclusion(tree, 0)}}
	statement := w.state(&consent.Completeness{Origin: worldOrigin, Size: 2, Identity: w.me, Sequence: 2, Last: sha256.Sum256(items[1].Personal.Plaintext)})
	if entries, err := w.trust.VerifyComplete(statement, tree, logged); !errors.Is(err, ErrProof) || entries != nil {
		t.Errorf("%v, want ErrProof", err)
	}
	twice := []LoggedItem{logged[0], logged[0]}
	if _, err := w.trust.VerifyComplete(statement, tree, twice); !errors.Is(err, ErrProof) {
		t.Errorf("one entry twice: %v, want ErrProof", err)
	}
}

// The parts of one entry speak of one kind, grant and time.
func TestPartsOfDifferentEntries(t *testing.T) {
	log := newTestLog(t, 1)
	shared := consent.SharedPart{Version: consent.Version, Kind: consent.EntryDenied, Grant: consent.GrantID{1}, Time: 7}
	for name, change := range map[string]func(*consent.PersonalPart){
		"":      func(*consent.PersonalPart) {},
		"kind":  func(p *consent.PersonalPart) { p.Kind = consent.EntryAuthorised },
		"grant": func(p *consent.PersonalPart) { p.Grant[0]++ },
		"time":  func(p *consent.PersonalPart) { p.Time++ },
	} {
		personal := consent.PersonalPart{Version: consent.Version, Kind: shared.Kind, Identity: consent.IdentityID{5}, Grant: shared.Grant, Sequence: 1, Time: shared.Time}
		change(&personal)
		sharedText, errShared := shared.Encode()
		personalText, errPersonal := personal.Encode()
		if err := errors.Join(errShared, errPersonal); err != nil {
			t.Fatal(err)
		}
		leaf, openings := log.seal(sharedText, []byte("evidence"), personalText)
		_, _, err := VerifyHistory(personal.Identity, HistoryState{}, []HistoryItem{{Leaf: log.encode(leaf), Personal: openings[2], Shared: openings[0]}})
		if (name == "") != (err == nil) || (err != nil && !errors.Is(err, ErrProof)) {
			t.Errorf("another %q: %v", name, err)
		}
	}
}
