package ledgerref

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble"
	"github.com/ethereum/go-ethereum/ethclient"
	"golang.org/x/sync/singleflight"

	"github.com/wrapious/wrappy/consent"
)

const (
	heartbeatAfter = 20 * time.Second
	// heartbeatLimit is how long requests wait for it.
	heartbeatLimit = 3 * time.Second
	// maxAhead is how far a head's time may be ahead of the wall clock, before one
	// of the two must be wrong and no age can be told.
	maxAhead = 15 * time.Second
)

// ErrRolledBack: the chain no longer has what the view saw as final. It takes an
// operator to say why; until then nothing is confirmed.
var ErrRolledBack = errors.New("the chain lacks blocks that were final")

// Local is the embedded chain, whose head is final once it is durable.
type Local interface {
	// Heartbeat seals a block and returns when it is durable.
	Heartbeat(ctx context.Context) error
	// Committed is the newest durable block; the channel is closed at the next one.
	Committed() (block uint64, changed <-chan struct{})
}

// Confirmation says which block of a network counts as confirmed. On the embedded
// chain it is the head.
type Confirmation uint8

// The tags of JSON-RPC.
const (
	ConfirmSafe Confirmation = iota
	ConfirmFinalized
	ConfirmHead // for test networks: what it shows can be undone
)

// ViewConfig says how a chain is followed.
type ViewConfig struct {
	Dir      string            // the view's own Pebble; may be deleted, the chain rebuilds it
	Local    Local             // nil on every network but the embedded chain
	Confirm  Confirmation      // not used with Local
	Second   *ethclient.Client // an independent source that must say the same, or nil
	OnDemand bool              // the network makes blocks only on demand: age is that of the last good poll
	Poll     time.Duration     // between polls, as wake-ups can be lost; 2 s if zero
	// LogsOfBoth is for networks whose receipts are not encoded as Ethereum's (rollups), so that
	// a block's logs cannot be proven from its header: what both sources give counts. Needs Second.
	LogsOfBoth bool
	// HeartbeatAfter is the age of the embedded chain's head at which a request asks
	// for a block; 20 s if zero. Keep it well below the age at which releases stop.
	HeartbeatAfter time.Duration
	Log            *slog.Logger // nil: silent

	now func() time.Time // nil: the wall clock
}

// View is what the ledger says, followed and kept here. Its methods are safe for
// concurrent use and return consent.ErrUnavailable once the view has stopped.
type View struct {
	chain    *Chain
	config   ViewConfig
	source   source
	second   source
	handlers map[eventAt]handler
	db       *pebble.DB
	log      *slog.Logger
	now      func() time.Time

	mu           sync.RWMutex // over db's closing, the maps and the cursor's publication
	cursor       cursorRecord
	institutions map[consent.InstitutionID]*institutionRecord
	tlsKeys      map[[32]byte]tlsKeyRecord
	attestedBy   map[consent.InstitutionID][]consent.InstitutionID // by accreditor, sorted; made from institutions
	keysOf       map[consent.InstitutionID][]consent.Digest        // sorted; made from tlsKeys
	rewritten    uint64                                            // how often an institution's record was
	ended        [][32]byte                                        // grants seen to end since the start, the newest of them
	forgotten    uint64                                            // how many more there were before those; counts from 1
	changed      chan struct{}                                     // closed at every advance of block or head, and at the end
	stopped      error

	grants     *cache[knownGrant]
	identities *cache[identityRecord]
	standing   *cache[knownInstitution]

	head     atomic.Uint64 // time of the newest agreed head
	polled   atomic.Int64  // Unix nanoseconds of the last good poll
	flight   singleflight.Group
	span     uint64 // blocks asked for in one range; the follower's own
	watching []*watcher
	cancel   context.CancelFunc
	running  sync.WaitGroup
}

// Follow opens the view and returns when it has caught up with the chain; with the view
// stale when its two sources disagree, or when a network that this view has followed before
// cannot be followed now. It goes on following until Close. ErrForeignChain, ErrRolledBack,
// consent.ErrUnavailable.
func Follow(ctx context.Context, chain *Chain, config ViewConfig) (*View, error) {
	if config.LogsOfBoth && config.Second == nil {
		return nil, errors.New("ledger view: the logs of both sources need a second")
	}
	v, err := newView(chain, config, endpoint{chain.client})
	if err != nil {
		return nil, err
	}
	if config.Second != nil {
		v.second = endpoint{config.Second}
	}
	if err := v.open(ctx); err != nil {
		return nil, errors.Join(err, v.db.Close())
	}
	following, cancel := context.WithCancel(context.Background())
	v.cancel = cancel
	v.running.Add(1)
	go v.follow(following)
	for _, w := range v.watchers() {
		v.running.Add(1)
		go v.repeat(following, w.source, "withdrawals cannot be looked for now", w.pass)
	}
	return v, nil
}

func newView(chain *Chain, config ViewConfig, from source) (*View, error) {
	if config.Poll == 0 {
		config.Poll = 2 * time.Second
	}
	if config.HeartbeatAfter == 0 {
		config.HeartbeatAfter = heartbeatAfter
	}
	if config.now == nil {
		config.now = time.Now
	}
	db, err := openPebble(config.Dir, 32<<20)
	if err != nil {
		return nil, fmt.Errorf("ledger view: %w", err)
	}
	return &View{
		chain: chain, config: config, source: from, db: db, log: loggerOr(config.Log), now: config.now,
		handlers: handlers(chain.addresses), changed: make(chan struct{}), span: maxSpan, forgotten: 1,
		institutions: map[consent.InstitutionID]*institutionRecord{}, tlsKeys: map[[32]byte]tlsKeyRecord{},
		attestedBy: map[consent.InstitutionID][]consent.InstitutionID{}, keysOf: map[consent.InstitutionID][]consent.Digest{},
		grants: newCache[knownGrant](), identities: newCache[identityRecord](), standing: newCache[knownInstitution](),
	}, nil
}

// Close stops following. Every method returns consent.ErrUnavailable from then on.
func (v *View) Close() error {
	v.cancel()
	v.running.Wait()
	v.stop(errors.New("closed"))
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.db == nil {
		return nil
	}
	err := v.db.Close()
	v.db = nil
	return err
}

// stop ends the view for good: with the first reason.
func (v *View) stop(reason error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.stopped != nil {
		return
	}
	v.stopped = fmt.Errorf("%w: ledger view: %w", consent.ErrUnavailable, reason)
	close(v.changed)
	v.changed = make(chan struct{})
}

// Err is why the view has stopped; nil while it follows.
func (v *View) Err() error {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.stopped
}

// Addresses are those of the ledger that is followed.
func (v *View) Addresses() Addresses { return v.chain.addresses }

// View says how far the ledger has been followed. On the embedded chain, whose
// clock stands still when nothing happens, it first asks for a block if the head
// is older than HeartbeatAfter; it never hides the age that remains.
func (v *View) View(ctx context.Context) (consent.View, error) {
	view, err := v.current()
	if err != nil || v.config.Local == nil || view.Age <= v.config.HeartbeatAfter {
		return view, err
	}
	result := v.flight.DoChan("", func() (any, error) {
		// not ctx: the others who wait must not lose the block with one who leaves
		ctx, cancel := context.WithTimeout(context.Background(), heartbeatLimit)
		defer cancel()
		if err := v.config.Local.Heartbeat(ctx); err != nil {
			v.log.Warn("no heartbeat", "error", err)
			return nil, err
		}
		block, _ := v.config.Local.Committed()
		return nil, v.AwaitBlock(ctx, block)
	})
	select {
	case <-result:
	case <-ctx.Done():
	}
	return v.current()
}

// Seen is View without asking for a block: for whoever only looks. On the embedded chain
// its age grows while nobody asks.
func (v *View) Seen() (consent.View, error) { return v.current() }

func (v *View) current() (consent.View, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.stopped != nil {
		return consent.View{}, v.stopped
	}
	view := consent.View{Block: v.cursor.Number, Hash: v.cursor.Hash, Time: v.head.Load()}
	now := v.now()
	view.Age = now.Sub(time.Unix(int64(view.Time), 0)) //nolint:gosec // a lie beyond 63 bits makes the view stale
	if view.Age < -maxAhead {
		return consent.View{}, fmt.Errorf("%w: the wall clock is behind the chain's", consent.ErrUnavailable)
	}
	if v.config.OnDemand {
		view.Age = now.Sub(time.Unix(0, v.polled.Load()))
	}
	view.Age = max(view.Age, 0)
	return view, nil
}

// GrantState is what the confirmed chain says of (grant key, id), StatusUnknown
// where it says nothing; withdrawn where any block of any source, confirmed or not,
// has ever shown the grant key's signature of a withdrawal, which is then Withdrawal.
func (v *View) GrantState(_ context.Context, key consent.Address, id consent.GrantID) (consent.GrantState, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if known, found := v.grants.get(id); found && known.key == key && v.stopped == nil {
		return known.state, nil
	}
	ref := refOf(key, id)
	state, err := v.grantState(ref)
	if err != nil {
		return state, err
	}
	signature, err := v.withdrawal(ref)
	if err != nil {
		return consent.GrantState{}, fmt.Errorf("%w: ledger view: %w", consent.ErrUnavailable, err)
	}
	if signature != (consent.Signature{}) {
		state.Status, state.Withdrawal = consent.StatusWithdrawn, signature
	}
	if state.Status != consent.StatusUnknown {
		v.grants.put(id, ref, knownGrant{key, state})
	}
	return state, nil
}

// knownGrant is what GrantState has answered.
type knownGrant struct {
	key   consent.Address
	state consent.GrantState
}

// maxEnded is how many ends are told one by one.
const maxEnded = 1 << 16

// Ended names the grants, by consent.GrantRef, that were seen to end, confirmed or not, since
// the call that returned since as its next. whole is false where that is too long ago, and for 0.
func (v *View) Ended(since uint64) (refs [][32]byte, next uint64, whole bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	next = v.forgotten + uint64(len(v.ended))
	if since < v.forgotten || since > next {
		return nil, next, false
	}
	return slices.Clone(v.ended[since-v.forgotten:]), next, true
}

// end notes that a grant has ended. Needs v.mu held.
func (v *View) end(ref [32]byte) {
	if len(v.ended) == maxEnded {
		v.ended, v.forgotten = append([][32]byte{}, v.ended[maxEnded/2:]...), v.forgotten+maxEnded/2
	}
	v.ended = append(v.ended, ref)
}

// grantState is what the confirmed chain says. Needs v.mu held.
func (v *View) grantState(ref [32]byte) (consent.GrantState, error) {
	if v.stopped != nil {
		return consent.GrantState{}, v.stopped
	}
	value, closer, err := v.db.Get(keyOf(grantPrefix, ref[:]))
	if errors.Is(err, pebble.ErrNotFound) {
		return consent.GrantState{Status: consent.StatusUnknown}, nil
	}
	if err != nil {
		return consent.GrantState{}, fmt.Errorf("%w: ledger view: %w", consent.ErrUnavailable, err)
	}
	defer func() { _ = closer.Close() }()
	state, err := decodeGrant(value)
	if err != nil {
		return consent.GrantState{}, fmt.Errorf("%w: ledger view: %w", consent.ErrUnavailable, err)
	}
	return state, nil
}

// AwaitBlock returns when the view has reached a block, as an institution's act reports it.
func (v *View) AwaitBlock(ctx context.Context, block uint64) error {
	return v.await(ctx, func() (bool, error) { return v.cursor.Number >= block, v.stopped })
}

// Await returns when the view shows what the act brings about: a grant (or what
// ended it), a withdrawal, a registered identity. An act that the contract
// refuses never shows: give ctx an end.
func (v *View) Await(ctx context.Context, act consent.Act) error {
	return v.await(ctx, func() (bool, error) { return v.shows(act) })
}

// await checks the condition, under v.mu, now and after every advance.
func (v *View) await(ctx context.Context, condition func() (bool, error)) error {
	for {
		v.mu.RLock()
		changed := v.changed
		met, err := condition()
		v.mu.RUnlock()
		if met || err != nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Changed is closed when block or head has moved, and when the view has stopped.
func (v *View) Changed() <-chan struct{} {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.changed
}

// shows needs v.mu held.
func (v *View) shows(act consent.Act) (bool, error) {
	switch act.Kind {
	case consent.ActGrant, consent.ActWithdraw:
		state, err := v.grantState(refOf(act.Key, act.Grant))
		if act.Kind == consent.ActWithdraw {
			return state.Status == consent.StatusWithdrawn, err
		}
		return err == nil && state.Status != consent.StatusUnknown, err
	case consent.ActRegister:
		record, err := v.identity(consent.DeriveIdentity(act.Key, act.RecoveryHash, act.Salt))
		if errors.Is(err, consent.ErrUnknownIdentity) {
			return false, nil
		}
		return err == nil && len(record.Keys) > 0, err
	}
	return false, errUnknownKind
}
