package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wrapious/wrappy/consent"
	"github.com/wrapious/wrappy/internal/faults"
	"github.com/wrapious/wrappy/vault/historytest"
	"github.com/wrapious/wrappy/wallet"
)

// Replica is what a gate of a history has for itself. It shares what is in the stores, and
// the ledger, with the other.
type Replica struct {
	Heads, Records Store
	Watch          Watch // nil: nobody
}

// PlayHistory plays the history of a seed on two replicas, each call on one of them.
func PlayHistory(t *testing.T, seed uint64, replicas [2]Replica) *historytest.History {
	w := newWorld(t)
	w.relayer.confirm = false
	h := &historytest.History{}
	p := &player{world: w, history: h, random: faults.Draw(seed, 1)}
	for i, r := range replicas {
		c := w.config()
		c.Heads, c.Records, c.Journal, c.Watch = r.Heads, r.Records, noting{&fakeJournal{}, h}, r.Watch
		p.gates[i] = w.gateOf(c)
	}
	w.gate = p.gates[0]
	w.enrol(w.person)
	for _, terms := range historytest.Grants {
		who := []consent.Institution{w.hospital, w.clinic}[terms.Institution]
		p.who = append(p.who, who)
		p.grants = append(p.grants, w.answer(w.request(who, func(r *consent.Request) {
			r.Fields, r.MaxReleases = []consent.FieldName{"health.allergy", maiden}, terms.Limit
			if !terms.Write {
				r.Actions = consent.Read
			}
		}), wallet.Choice{}))
	}
	historytest.Run(faults.Draw(seed, 0), h, p.do)
	for _, g := range p.gates {
		g.Close()
	}
	return h
}

// InMemory are two replicas over stores that take a while, each time another.
func InMemory() [2]Replica {
	one := Replica{Heads: newMemStore(), Records: newMemStore()}
	for _, s := range []Store{one.Heads, one.Records} {
		s.(*testStore).setFault(func(string, string) (before, after bool) {
			time.Sleep(rand.N(200 * time.Microsecond))
			return false, false
		})
	}
	return [2]Replica{one, one}
}

// player makes the calls of a history.
type player struct {
	*world
	history *historytest.History
	gates   [2]*Gate
	random  *rand.Rand // under the world's lock
	who     []consent.Institution
	grants  []SignedGrant
}

// noting notes when the entry was durable that a call rests on.
type noting struct {
	Journal
	history *historytest.History
}

type opKey struct{}

func (n noting) Append(ctx context.Context, e Entry) (consent.Proof, error) {
	proof, err := n.Journal.Append(ctx, e)
	switch e.Shared.Kind {
	case consent.EntryAuthorised, consent.EntryRedelivery, consent.EntryWritten:
		if op, ok := ctx.Value(opKey{}).(*historytest.Op); ok {
			op.Wrote = n.history.Now()
		}
	}
	return proof, err
}

func (p *player) do(op *historytest.Op) {
	p.mu.Lock()
	gate := p.gates[p.random.IntN(2)]
	p.mu.Unlock()
	switch {
	case op.Pinned != 0:
		gate = p.gates[op.Pinned-1]
	case op.Key != 0 && op.Kind == historytest.Release && historytest.Grants[op.Grant].Limit == 0:
		gate = p.gates[op.Key%2] // elsewhere it is a release of its own: decision 49
	}
	ctx := context.WithValue(p.t.Context(), opKey{}, op)
	s, who := p.grants[op.Grant], p.who[op.Grant]
	key := ""
	if op.Key != 0 {
		key = fmt.Sprintf("%s key %d", p.grants[0].Act.ID, op.Key) // institutions and stores are those of other histories too
	}
	var err error
	switch op.Kind {
	case historytest.Confirm:
		p.relayer.mine()
	case historytest.Grant:
		var r GrantReceipt
		r, err = gate.Grant(ctx, s)
		op.Ended = r.Status == consent.StatusWithdrawn
	case historytest.Write:
		var r *Written
		if r, err = gate.Write(ctx, who, p.call(who, s.Act.ID, numbered(op.Number), key)); err == nil {
			op.Again = r.Redelivered
			for i, v := range r.Stored { // sorted: health, identity
				op.Seen.Versions[1-i] = v.Version
			}
		}
	case historytest.Correct:
		err = p.correctBy(ctx, gate, op)
	case historytest.Release:
		var r *Release
		if r, err = gate.Release(ctx, who, ReleaseCall{Grant: s.Act.ID, IdempotencyKey: key}); err == nil {
			op.Again, op.Used, op.Seen = r.Redelivered, r.Grant.Used, p.seen(r)
		}
	case historytest.Withdraw:
		_, err = gate.Withdraw(ctx, s.Act.ID, p.person.Withdraw(p.domain, &s.Grant))
	case historytest.Erase:
		e, sig := p.person.Erase(p.domain, testOrigin)
		for err = consent.ErrConflict; errors.Is(err, consent.ErrConflict); { // as often as somebody writes meanwhile
			_, err = gate.Erase(ctx, e, sig)
		}
	}
	op.Outcome = p.outcome(op, err)
}

func (p *player) correctBy(ctx context.Context, gate *Gate, op *historytest.Op) error {
	var value []byte
	if op.Number != 0 {
		value = fmt.Appendf(nil, `"number %d"`, op.Number)
	}
	c, err := p.person.Correct(p.domain, testOrigin, maiden, value, p.time().Add(time.Duration(op.Time)*time.Second))
	if err != nil {
		return err
	}
	r, err := gate.Correct(ctx, CorrectCall{Correction: c.Correction, Value: c.Value, Salt: c.Salt, Signature: c.Signature})
	if err == nil {
		op.Seen.Versions[0] = r.Version
	}
	return err
}

func numbered(n int) raw {
	return raw{
		maiden:           json.RawMessage(fmt.Sprintf(`"number %d"`, n)),
		"health.allergy": json.RawMessage(fmt.Sprintf(`[{"resourceType":"AllergyIntolerance","id":"a1","code":{"text":"number %d"}}]`, n)),
	}
}

// seen reads a release.
func (p *player) seen(r *Release) (seen historytest.Seen) {
	seen.Versions = [2]uint64{r.Versions[maiden], r.Versions["health.allergy"]}
	place := map[consent.InstitutionID]int{p.hospital.ID: 0, p.clinic.ID: 1, {}: 2}
	for _, one := range r.Released[maiden] {
		if _, err := fmt.Sscanf(string(one.Value), `"number %d"`, &seen.First[place[one.Writer]]); err != nil {
			p.history.Odd("torn: %q", one.Value)
		}
	}
	for _, one := range r.Released["health.allergy"] {
		var list []struct{ Code struct{ Text string } }
		if err := json.Unmarshal(one.Value, &list); err != nil || len(list) != 1 {
			p.history.Odd("torn: %q", one.Value)
			continue
		}
		if _, err := fmt.Sscanf(list[0].Code.Text, "number %d", &seen.Second[place[one.Writer]]); err != nil {
			p.history.Odd("torn: %q", one.Value)
		}
	}
	return seen
}

// outcome is what a call was told; anything that a history has no word for is odd.
func (p *player) outcome(op *historytest.Op, err error) historytest.Outcome {
	for reason, outcome := range map[consent.Reason]historytest.Outcome{
		consent.ReasonInvalid: historytest.Invalid, consent.ReasonUnconfirmed: historytest.Unconfirmed,
		consent.ReasonWithdrawn: historytest.Withdrawn, consent.ReasonLimit: historytest.Limit,
	} {
		if denied(err, reason) {
			return outcome
		}
	}
	switch {
	case err == nil:
		return historytest.Done
	case errors.Is(err, consent.ErrNotFound), errors.Is(err, consent.ErrSignature) && op.Kind == historytest.Withdraw:
		return historytest.NotFound
	case errors.Is(err, consent.ErrConflict):
		return historytest.Conflict
	case errors.Is(err, consent.ErrUnknownIdentity), errors.Is(err, ErrErased):
		return historytest.Gone
	}
	if !errors.Is(err, consent.ErrUnavailable) || op.Kind != historytest.Write && op.Kind != historytest.Release {
		p.history.Odd("%s: %v", op.Kind, err)
	}
	return historytest.Unavailable
}

// mutant is a gate with a mistake, made below it: in what it is told of the heads' store.
type mutant struct {
	Store
	get func(ctx context.Context, s Store, name string) ([]byte, string, error) // nil: as it is
	put func(ctx context.Context, s Store, name string, data []byte, expect string) (string, error)
}

func (m mutant) Get(ctx context.Context, name string) ([]byte, string, error) {
	if m.get == nil {
		return m.Store.Get(ctx, name)
	}
	return m.get(ctx, m.Store, name)
}

func (m mutant) Put(ctx context.Context, name string, data []byte, expect string) (string, error) {
	if m.put == nil {
		return m.Store.Put(ctx, name, data, expect)
	}
	return m.put(ctx, m.Store, name, data, expect)
}

// over puts data there whatever there is by now.
func over(room string) func() mutant {
	return func() mutant {
		return mutant{put: func(ctx context.Context, s Store, name string, data []byte, expect string) (string, error) {
			tag, err := s.Put(ctx, name, data, expect)
			for strings.HasPrefix(name, room+"/") && (errors.Is(err, ErrChanged) || errors.Is(err, ErrExists)) {
				if _, expect, err = s.Get(ctx, name); err != nil {
					return "", err
				}
				tag, err = s.Put(ctx, name, data, expect)
			}
			return tag, err
		}}
	}
}

// forgets does not keep what is put into a room.
func forgets(room string) func() mutant {
	return func() mutant {
		return mutant{put: func(ctx context.Context, s Store, name string, data []byte, expect string) (string, error) {
			if strings.HasPrefix(name, room+"/") {
				return "a tag", nil
			}
			return s.Put(ctx, name, data, expect)
		}}
	}
}

// remembers tells for a while what it was told before of a room, unless it was written here:
// an object, or that there is none.
func remembers(room string, absent bool) func() mutant {
	type answer struct {
		data []byte
		tag  string
		err  error
		at   time.Time
	}
	return func() mutant {
		var mu sync.Mutex
		said := map[string]answer{}
		return mutant{get: func(ctx context.Context, s Store, name string) ([]byte, string, error) {
			if !strings.HasPrefix(name, room+"/") {
				return s.Get(ctx, name)
			}
			mu.Lock()
			defer mu.Unlock()
			a, found := said[name]
			if !found || time.Since(a.at) > 5*time.Millisecond {
				a.data, a.tag, a.err = s.Get(ctx, name)
				a.at = time.Now()
				if errors.Is(a.err, ErrAbsent) == absent {
					said[name] = a
				}
			}
			return a.data, a.tag, a.err
		}, put: func(ctx context.Context, s Store, name string, data []byte, expect string) (string, error) {
			mu.Lock()
			defer mu.Unlock()
			delete(said, name)
			return s.Put(ctx, name, data, expect)
		}}
	}
}

type lastLook struct{}

// A check that cannot fail proves nothing: gates with mistakes are told from the real one.
func TestHistoriesTellMistakes(t *testing.T) {
	for name, test := range map[string]struct {
		mistake func() mutant
		watch   Watch
	}{
		"the absence of a tombstone is remembered": {mistake: remembers(roomTombstone, true)},
		"no last look after the entry": {
			mistake: func() mutant {
				return mutant{get: func(ctx context.Context, s Store, name string) ([]byte, string, error) {
					if ctx.Value(lastLook{}) != nil {
						return nil, "", ErrAbsent
					}
					return s.Get(ctx, name)
				}}
			},
			watch: func(ctx context.Context, step Step) (context.Context, func()) {
				if step == StepLook {
					ctx = context.WithValue(ctx, lastLook{}, true)
				}
				return ctx, func() {}
			},
		},
		"a withdrawal is answered and not kept":    {mistake: forgets(roomTombstone)},
		"releases are counted without a condition": {mistake: over(roomCounter)},
		"heads are written without a condition":    {mistake: over(roomHead)},
		"an older head is read":                    {mistake: remembers(roomHead, false)},
		"Idempotency-Keys are forgotten":           {mistake: forgets(roomIdempotency)},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(4000) {
				replicas := InMemory()
				for i := range replicas {
					m := test.mistake()
					m.Store = replicas[i].Heads
					replicas[i].Heads, replicas[i].Watch = m, test.watch
				}
				err := PlayHistory(t, seed, replicas).Check()
				if errors.Is(err, historytest.ErrOdd) {
					continue // a mistake may damage too; here the order must tell it
				}
				if err != nil {
					t.Logf("seed %d: %s", seed, strings.SplitN(err.Error(), "\n", 2)[0])
					return
				}
			}
			t.Error("no history tells it from the real gate")
		})
	}
}
