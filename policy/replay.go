package policy

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"golang.org/x/sync/errgroup"

	"github.com/wrapious/wrappy/consent"
)

// Replay decides the past again under two bundles and counts what differs.

const (
	replayBatch   = 256 // entries that a worker takes at once
	replayShards  = 64
	replayKept    = 5000 // decisions that are remembered in each
	replayMaxLost = 1000 // decisions without an answer, after which a replay gives up
)

// ReplayOptions say how to replay. The zero value will do.
type ReplayOptions struct {
	Workers  int                      // at least 1
	Progress func(done, total uint64) // entries; called from one goroutine
}

// Replay reads a file of evidence parts to its end and decides each decision in it again
// under both bundles, whose approvals, revision and expiry do not count here. Purposes
// whose first day differs are taken as begun in the later bundle: what is to come would
// else hide behind its date in what was. No person's and no vault's key is needed.
func Replay(ctx context.Context, file *EvidenceReader, from, to *Draft, o ReplayOptions) (*ReplayResult, error) {
	later, source, err := to.begun(from)
	if err != nil {
		return nil, err
	}
	same := alikeIn(from.source, source)
	workers := max(o.Workers, 1)
	batches := make(chan []EvidenceEntry, 2*workers)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(batches)
		return readBatches(ctx, file, batches, o.Progress)
	})
	counts, known := make([]*tally, workers), new(memory)
	for i := range counts {
		w := &replayer{from: from.loaded, to: later, alike: same, memory: known, tally: newTally()}
		counts[i] = w.tally
		g.Go(func() error {
			for batch := range batches {
				if err := w.replay(ctx, batch); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	total := newTally()
	for _, one := range counts {
		total.add(one)
	}
	return total.result(file, from.side(), to.side()), nil
}

func readBatches(ctx context.Context, file *EvidenceReader, to chan<- []EvidenceEntry, progress func(done, total uint64)) error {
	done, told := uint64(0), time.Now()
	send := func(batch []EvidenceEntry) error {
		select {
		case to <- batch:
			done += uint64(len(batch))
		case <-ctx.Done():
			return ctx.Err()
		}
		if progress != nil && (time.Since(told) > time.Second || done == file.Total) {
			told = time.Now()
			progress(done, file.Total)
		}
		return nil
	}
	batch := make([]EvidenceEntry, 0, replayBatch)
	for {
		e, err := file.Next()
		if errors.Is(err, io.EOF) {
			if len(batch) == 0 {
				return nil
			}
			return send(batch)
		}
		if err != nil {
			return err
		}
		if batch = append(batch, e); len(batch) == replayBatch {
			if err := send(batch); err != nil {
				return err
			}
			batch = make([]EvidenceEntry, 0, replayBatch)
		}
	}
}

// replayer is one worker.
type replayer struct {
	from, to *Loaded
	alike    alike
	memory   *memory
	spelling []byte
	lost     int
	*tally
}

// replayed is what both bundles say of one question within [since, until).
type replayed struct {
	since, until uint64
	from, to     outcome
}

// outcome is what leaves under one bundle; failed where its rules do not decide.
type outcome struct {
	fields []consent.FieldName
	failed bool
}

// memory is what all workers remember.
type memory [replayShards]struct {
	sync.RWMutex
	kept map[string]replayed
}

var memorySeed = maphash.MakeSeed()

func (m *memory) get(key []byte) (replayed, bool) {
	s := &m[maphash.Bytes(memorySeed, key)%replayShards]
	s.RLock()
	defer s.RUnlock()
	r, ok := s.kept[string(key)]
	return r, ok
}

func (m *memory) put(key []byte, r replayed) {
	s := &m[maphash.Bytes(memorySeed, key)%replayShards]
	s.Lock()
	defer s.Unlock()
	if s.kept == nil || len(s.kept) >= replayKept {
		s.kept = map[string]replayed{}
	}
	s.kept[string(key)] = r
}

func (w *replayer) replay(ctx context.Context, batch []EvidenceEntry) error {
	for _, entry := range batch {
		if err := ctx.Err(); err != nil {
			return err
		}
		e, err := consent.ParseEvidence(entry.Part)
		if err != nil {
			return fmt.Errorf("%w: entry %d of the log: %w", ErrEvidence, entry.Index, err)
		}
		w.entries(entry.Index)
		past := PastOf(e)
		w.sorted[past]++
		if past != PastDecision {
			continue
		}
		r, err := w.decide(ctx, e)
		if err != nil {
			return err
		}
		w.count(e, r, w.from.digest)
	}
	return nil
}

// decide answers from what is remembered, where the rules see nothing new.
func (w *replayer) decide(ctx context.Context, e *consent.EvidencePart) (replayed, error) {
	before, after := QuestionOf(e, w.from.catalog), QuestionOf(e, w.to.catalog)
	now := before.Time
	input := w.from.rules.input(before)
	later := input
	b := append(w.spelling[:0], bit(barred(before)), bit(now < w.from.purposes[e.Purpose].From), bit(now < w.to.purposes[e.Purpose].From))
	b = w.from.rules.seen.key(b, input)
	// What differs between the two: which fields are put to each, and what its rules see.
	if slices.Equal(before.Fields, after.Fields) && slices.Equal(w.from.rules.reads, w.to.rules.reads) {
		b = append(b, 0)
	} else {
		later = w.to.rules.input(after)
		b = w.to.rules.seen.key(append(b, 1), later)
	}
	w.spelling = b
	if r, ok := w.memory.get(b); ok && now >= r.since && now < r.until {
		return r, nil
	}
	var r replayed
	var err error
	r.since, r.until = now, ^uint64(0)
	if r.from, err = w.outcome(ctx, w.from, before, input, &r.until); err != nil {
		return r, err
	}
	if w.alike.by(e.Purpose) {
		r.to = r.from
	} else if r.to, err = w.outcome(ctx, w.to, after, later, &r.until); err != nil {
		return r, err
	}
	w.memory.put(b, r)
	return r, nil
}

func (w *replayer) outcome(ctx context.Context, l *Loaded, q consent.Question, input ast.Value, until *uint64) (outcome, error) {
	if len(q.Fields) == 0 {
		return outcome{}, nil
	}
	if len(q.Fields) > maxFields || len(q.Facts.NeverCountries) > maxNever || len(q.Institution.Accreditors) > maxAccreditors {
		return outcome{failed: true}, nil
	}
	d, err := l.rules.leaving(ctx, q, input)
	if ctx.Err() != nil {
		return outcome{}, ctx.Err()
	}
	if err != nil {
		*until = 0
		if w.lost++; w.lost > replayMaxLost {
			return outcome{}, fmt.Errorf("%w: the rules of %s fail on more than %d decisions: %w", ErrBundle, l.digest, replayMaxLost, err)
		}
		return outcome{failed: true}, nil
	}
	if l.rules.reads.sees("time") {
		// the question's own second is always covered
		*until = min(*until, max(d.ValidUntil, q.Time+1))
	}
	return outcome{fields: leaves(q, d)}, nil
}
